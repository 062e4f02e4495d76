"""The parameters that the notebooks share: one typed record, checked before any work is done."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from tokpidjin.checks import check_seconds, check_whole
from tokpidjin.errors import ParameterError, did_you_mean

__all__ = ["ExplorerParameters", "NotebookParameters", "Parameters", "SubmissionParameters", "refuse_unknown"]


def _field(default: Any, help: str) -> Any:
    return field(default=default, metadata={"help": help})


@dataclass(frozen=True)
class NotebookParameters:
    """The parameters of a notebook as a record."""

    @classmethod
    def of_notebook(cls, namespace: Mapping[str, Any]) -> Self:
        """The parameters among a notebook's `globals()`, once papermill has had its say.

        papermill sets any name it is given, known or not: one that is no parameter raises ParameterError,
        with the near match.
        """
        names = [parameter.name for parameter in fields(cls)]
        for cell in namespace.get("In", ()):
            if cell.startswith("# Parameters\n"):
                refuse_unknown(_assigned(cell), names)
        return cls(**{name: namespace[name] for name in names if name in namespace})


@dataclass(frozen=True)
class Parameters(NotebookParameters):
    """What a notebook measures, and where it writes.

    Raises ParameterError, naming the parameter, for a value of the wrong type or out of range.

    >>> Parameters(samples=8).samples
    8
    """

    tasks: str = _field(
        "arc-agi-1/training", "a public set, a Kaggle challenges file or a folder of task files"
    )
    samples: int = _field(80, "input grids, drawn from all samples of the tasks")
    batch_sizes: Sequence[int] = _field(
        (1, 8, 80), "samples in a batch: overhead at each, the whole run at the largest"
    )
    workers: int = _field(0, "worker processes (python) or threads (native); 0 is one for each usable core")
    engine: str = _field("python", "what executes the items")
    seed: int = _field(0, "chooses the samples")
    timeout: float | None = _field(0.25, "seconds after which the python engine gives an item up")
    overhead_seconds: float | None = _field(
        10.0, "time for measuring overhead; solvers beyond it are left out there"
    )
    out: str = _field("out", "folder of the results; each mode has its own in it")

    def __post_init__(self) -> None:
        for name in ("tasks", "engine", "out"):
            value = getattr(self, name)
            if not isinstance(value, str) or not value:
                raise _bad(name, value, "text")
        for name, least in (("samples", 1), ("workers", 0), ("seed", 0)):
            check_whole(name, getattr(self, name), least)
        for name in ("timeout", "overhead_seconds"):
            check_seconds(name, getattr(self, name))
        if not isinstance(self.batch_sizes, list | tuple) or not self.batch_sizes:
            raise _bad("batch_sizes", self.batch_sizes, "a list of whole numbers, as [1, 8, 80] is")
        for size in self.batch_sizes:
            check_whole("batch_sizes", size)

    def as_dict(self) -> dict[str, Any]:
        """The parameters as JSON can hold them."""
        return {**asdict(self), "batch_sizes": list(self.batch_sizes)}


@dataclass(frozen=True)
class SubmissionParameters(NotebookParameters):
    """What `05_submission` answers, with what, and where it writes.

    Raises ParameterError, naming the parameter, for a value of the wrong type or out of range.
    """

    tasks: str = _field(
        "",
        "as above; empty: the test challenges of the competition attached on Kaggle, else arc-agi-1/evaluation",
    )
    solvers: str = _field("", "a file of solvers; empty: the built-in ones")
    seconds: float = _field(3600.0, "after that no further task is begun; its attempts are the test inputs")
    workers: int = _field(0, "threads, or processes of the python engine; 0 is one for each usable core")
    engine: str = _field("auto", "what executes the items")
    timeout: float = _field(1.0, "seconds after which the python engine gives an item up")
    shown: int = _field(3, "tasks whose attempts are drawn")
    out: str = _field(".", "folder of submission.json")

    def __post_init__(self) -> None:
        for name in ("tasks", "solvers", "engine", "out"):
            if not isinstance(getattr(self, name), str):
                raise _bad(name, getattr(self, name), "text")
        for name in ("workers", "shown"):
            check_whole(name, getattr(self, name), 0)
        for name in ("seconds", "timeout"):
            check_seconds(name, getattr(self, name))


@dataclass(frozen=True)
class ExplorerParameters(NotebookParameters):
    """What `06_explorer` shows first, and of what its matrix is made.

    Raises ParameterError, naming the parameter, for a value of the wrong type or out of range.
    """

    tasks: str = _field(
        "arc-agi-1/training", "a public set, a Kaggle challenges file or a folder of task files"
    )
    solvers: str = _field("", "a file of solvers; empty: the built-in ones")
    trusted: bool = _field(False, "run that file as Python, whatever it holds: it can do all that you can")
    task: str = _field("", "the task shown first; empty: the first that has a solver of its own")
    solver: str = _field("", "the solver shown first; empty: the task's own, else the first")
    sample: int = _field(0, "the sample shown first: the demos count from 0, the tests after them")
    samples: int = _field(0, "input grids of the matrix, drawn from all samples of the tasks; 0 is all")
    engine: str = _field("auto", "what executes the items of the matrix")
    workers: int = _field(0, "threads, or processes of the python engine; 0 is one for each usable core")
    seed: int = _field(0, "chooses the samples of the matrix")
    timeout: float = _field(1.0, "seconds after which a solver that runs as Python is given up")

    def __post_init__(self) -> None:
        for name in ("tasks", "solvers", "task", "solver", "engine"):
            if not isinstance(getattr(self, name), str):
                raise _bad(name, getattr(self, name), "text")
        for name in ("sample", "samples", "workers", "seed"):
            check_whole(name, getattr(self, name), 0)
        if not isinstance(self.trusted, bool):
            raise _bad("trusted", self.trusted, "True or False")
        if self.timeout is None:
            raise _bad("timeout", self.timeout, "a number of seconds")
        check_seconds("timeout", self.timeout)


def refuse_unknown(given: Sequence[str], known: Sequence[str]) -> None:
    """Raises ParameterError, with the near match, for the first of the `given` names that is not `known`."""
    for name in given:
        if name not in known:
            raise ParameterError(
                f"parameter {name!r}",
                cause="the notebooks have none of this name",
                remedy=did_you_mean(name, known),
                parameter=name,
            )


def _assigned(cell: str) -> list[str]:
    """The names that a cell of plain assignments, as papermill writes them, gives a value."""
    targets = [
        target for node in ast.parse(cell).body if isinstance(node, ast.Assign) for target in node.targets
    ]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _bad(name: str, value: object, kind: str) -> ParameterError:
    return ParameterError(f"parameter {name!r}", cause=f"{value!r} is not {kind}", parameter=name)
