"""Runs every ARC solver on every ARC grid, fast, from a notebook."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tokpidjin.coordinator import MegaBatchCoordinator
    from tokpidjin.engines.status import Status
    from tokpidjin.library import Library, Solver, load_solvers
    from tokpidjin.runner import Run, run
    from tokpidjin.tasks import Pair, Sample, Task, load_tasks

__version__ = "0.1.0"

__all__ = [
    "Library",
    "MegaBatchCoordinator",
    "Pair",
    "Run",
    "Sample",
    "Solver",
    "Status",
    "Task",
    "load_solvers",
    "load_tasks",
    "run",
]

_HOME = {
    "Library": "library",
    "MegaBatchCoordinator": "coordinator",
    "Pair": "tasks",
    "Run": "runner",
    "Sample": "tasks",
    "Solver": "library",
    "Status": "engines.status",
    "Task": "tasks",
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
