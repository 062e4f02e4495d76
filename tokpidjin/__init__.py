"""Runs every ARC solver on every ARC grid, fast, from a notebook."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tokpidjin.coordinator import MegaBatchCoordinator
    from tokpidjin.engines.status import Status
    from tokpidjin.gpu_ops import GPUDSLOperations, get_gpu_ops
    from tokpidjin.library import Library, Solver, load_solvers
    from tokpidjin.runner import Run, run
    from tokpidjin.tasks import Pair, Sample, Task, load_tasks

__version__ = "0.1.0"

__all__ = [
    "GPUDSLOperations",
    "Library",
    "MegaBatchCoordinator",
    "Pair",
    "Run",
    "Sample",
    "Solver",
    "Status",
    "Task",
    "get_gpu_ops",
    "load_solvers",
    "load_tasks",
    "run",
]

_HOME = {
    "GPUDSLOperations": "gpu_ops",
    "Library": "library",
    "MegaBatchCoordinator": "coordinator",
    "Pair": "tasks",
    "Run": "runner",
    "Sample": "tasks",
    "Solver": "library",
    "Status": "engines.status",
    "Task": "tasks",
    "get_gpu_ops": "gpu_ops",
    "load_solvers": "library",
    "load_tasks": "tasks",
    "run": "runner",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'tokpidjin' has no attribute {name!r}")
    value = getattr(import_module(f"tokpidjin.{_HOME[name]}"), name)
    globals()[name] = value
    return value
