"""batt: all solvers of a library as one callable, the seam at which users put their own code.

A user's own module of this kind is a `batt.py` with a function `batt` of the same arguments and result.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from os import getcwd
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tokpidjin.engines.python import encode_grid
from tokpidjin.errors import ParameterError, SolverError
from tokpidjin.tasks import Grid

if TYPE_CHECKING:
    from tokpidjin.library import Library

__all__ = ["Batt", "batt", "decode_grid", "find_batt", "make_batt", "score"]

Pairs = Sequence[tuple[Grid, Grid | None]]
Output = tuple[int, bool, str, Grid]
Score = tuple[int, bool, str, float]
Batt = Callable[[str, Pairs, Grid, Grid | None, str | None], tuple[list[Score], list[Output]]]

BUILT_IN = "tokpidjin.batt"
_DEFAULT = "batt"
_SPECIALS: Mapping[int, int | None] = {252: None, 253: -3, 254: -2, 255: -1}


def batt(
    task_id: str,
    S: Pairs,
    I: Grid,  # noqa: E741 (the field's own name)
    C: Grid | None,
    log_path: str | None = None,
) -> tuple[list[Score], list[Output]]:
    """Runs every built-in solver on the grid `I`; see `make_batt`."""
    return _built_in()(task_id, S, I, C, log_path)


@cache
def _built_in() -> Batt:
    from tokpidjin.library import load_solvers

    return make_batt(load_solvers())


def make_batt(library: "Library") -> Batt:
    """The batt of a library: a function of (task_id, S, I, C, log_path) that returns (s, o).

    `S` are the demo pairs of the task as (input, output), `I` the input grid, `C` the output expected of it
    or None. `o` lists the outputs, (op_index, evo, solver_id, grid), of the solvers that gave a grid, by
    `op_index`, the solver's position in the library; `evo` would mark an evolved solver and is False. `s`
    lists, for the same solvers, (op_index, evo, solver_id, score), see `score`; it is empty where C is
    None. What a solver raises is appended to the file `log_path`, if one is given, and costs that solver's
    output alone.
    """

    def library_batt(
        task_id: str,
        S: Pairs,
        I: Grid,  # noqa: E741
        C: Grid | None,
        log_path: str | None = None,
    ) -> tuple[list[Score], list[Output]]:
        scores: list[Score] = []
        outputs: list[Output] = []
        for op_index, solver in enumerate(library):
            try:
                grid = solver.function(I)
            except Exception as error:
                log_error(log_path, task_id, solver.id, error)
                continue
            if encode_grid(grid)[1] is not None:
                outputs.append((op_index, False, solver.id, grid))
                if C is not None:
                    scores.append((op_index, False, solver.id, score(grid, C)))
        return scores, outputs

    return library_batt


def score(grid: Grid, expected: Grid) -> float:
    """The share of cells that are as expected, 0 to 1; 0 for a grid of another shape.

    >>> score(((1, 2), (3, 4)), ((1, 2), (3, 0)))
    0.75
    """
    if len(grid) != len(expected) or any(map(_differ_in_length, grid, expected)):
        return 0.0
    pairs = [pair for rows in zip(grid, expected, strict=True) for pair in zip(*rows, strict=True)]
    return sum(a == b for a, b in pairs) / len(pairs) if pairs else 1.0


def _differ_in_length(row: Sequence[int], other: Sequence[int]) -> bool:
    return len(row) != len(other)


def decode_grid(codes: NDArray[np.uint8]) -> Grid:
    """The grid that an engine's output stands for: the inverse of `encode_grid`."""
    height, width = codes.shape
    if width == 0:
        return ((),) * int(height)
    data = codes.tobytes()
    cells: Iterable[Any] = data if data.isascii() else [_SPECIALS.get(code, code) for code in data]
    # One iterator, `width` times: zip takes a row of it at a time.
    rows: Iterable[tuple[Any, ...]] = zip(*[iter(cells)] * width, strict=True)
    return tuple(rows)


def log_error(log_path: str | None, task_id: str, solver_id: str, error: BaseException) -> None:
    """Appends one line about a solver's exception to the log, if there is one."""
    if log_path is None:
        return
    # One write of one line: lines of several worker processes do not mix.
    with open(log_path, "a", encoding="utf-8") as log:
        log.write(f"{task_id} {solver_id} {type(error).__name__}: {' '.join(str(error).split())}\n")


def find_batt(name: str) -> Batt | None:
    """The function `batt` of the user's module of that name; None stands for the built-in one.

    The module is looked for on `sys.path` and in the current folder. The name "batt" means the built-in one
    where there is no such module. Raises SolverError when a module of another name does not exist, when one
    fails to be imported, and when it has no function `batt`.
    """
    if name == BUILT_IN:
        return None
    if not isinstance(name, str):
        raise ParameterError(
            "parameter 'batt_module_name'",
            cause=f"{name!r} is not the name of a module",
            remedy="Give a text, as in 'batt'; solvers of a library go to library=.",
            parameter="batt_module_name",
        )
    with _current_folder_importable():
        if not _exists(name):
            if name == _DEFAULT:
                return None
            raise SolverError(
                f"batt module {name!r}",
                cause="there is no such module on sys.path or in the current folder",
                remedy="Check the name: it is a module's, without .py.",
                file=name,
            )
        try:
            module = import_module(name)
        except (Exception, SystemExit) as error:
            raise SolverError(
                f"batt module {name!r}",
                cause=f"it cannot be imported ({type(error).__name__}: {error})",
                remedy="Correct it, or name another with batt_module_name=.",
                file=name,
            ) from error
    function = getattr(module, "batt", None)
    if not callable(function):
        raise SolverError(
            f"batt module {name!r}",
            cause=f"{getattr(module, '__file__', None) or name} has no function batt",
            remedy="Define batt(task_id, S, I, C, log_path) in it, returning (s, o).",
            file=getattr(module, "__file__", None),
        )
    return function  # type: ignore[no-any-return]


def _exists(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):
        return False


@contextmanager
def _current_folder_importable() -> Iterator[None]:
    """A script's sys.path has the script's folder, not the one it was started in."""
    folder = getcwd()
    if folder in sys.path or "" in sys.path:
        yield
        return
    sys.path.append(folder)
    try:
        yield
    finally:
        if folder in sys.path:
            sys.path.remove(folder)
