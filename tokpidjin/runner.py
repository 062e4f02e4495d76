"""Runs a library on grids: every solver on every grid, or the chosen items only, on whichever engine."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tokpidjin.checks import check_seconds, check_whole, check_workers
from tokpidjin.engines.items import ItemResults
from tokpidjin.engines.python import PythonEngine, pack_outputs
from tokpidjin.engines.registry import AUTO, choose_engine
from tokpidjin.engines.requests import DEFAULT_BUDGET
from tokpidjin.engines.status import Progress, Status
from tokpidjin.engines.workers import MEMORY_LIMIT
from tokpidjin.errors import ParameterError, did_you_mean
from tokpidjin.machine import usable_cores
from tokpidjin.progress import progress_bar

if TYPE_CHECKING:
    from tokpidjin.library import Library

__all__ = ["FALLBACK_TIMEOUT", "Executor", "Run", "every_item", "read_grids", "run"]

FALLBACK_TIMEOUT = 10.0
"""Seconds for an item that a compiled engine leaves to the python engine, unless told otherwise."""

_MOST_COLOUR = 251

Items = Iterable[tuple[int | str, int]] | NDArray[np.integer[Any]]
Array = NDArray[Any]


@dataclass(frozen=True)
class Run:
    """What became of the items of a run.

    The arrays are (solvers, grids), or (items,) where items were chosen:

    - `status`: uint8, values of `Status`
    - `hashes`: uint64, equal for equal output grids, 0 where there is no output
    - `primitives`: uint32, primitives executed; counted by the compiled engines, 0 on the python engine
    - `microseconds`: float32, time of each item in its solver; None unless asked for by `times=True`

    `seconds` is the wall time of execution alone. `engine` ran the items on `workers` threads or processes.
    `fallback` names the solvers that could not be compiled, with the reason: the python engine ran those.
    """

    status: NDArray[np.uint8]
    hashes: NDArray[np.uint64]
    primitives: NDArray[np.uint32]
    microseconds: NDArray[np.float32] | None
    seconds: float
    engine: str
    workers: int
    fallback: dict[str, str]
    _index: dict[str, int] = field(repr=False)
    _output: Callable[[int], NDArray[np.uint8] | None] = field(repr=False)

    def output(self, s: int | str, k: int | None = None) -> NDArray[np.uint8] | None:
        """The output of solver `s` (id or position) on grid `k`, as uint8 (h, w); None where there is none.

        A cell that is None counts as 252, -3 to -1 as 253 to 255. Where items were chosen, `output(q)` is
        that of the q-th. A compiled engine that did not keep outputs executes the item once more.
        """
        if (k is None) is (self.status.ndim == 2):
            wanted = "a solver and a grid" if self.status.ndim == 2 else "the position of an item"
            raise ParameterError("output()", cause=f"this run wants {wanted}", parameter="k")
        place = [_solver_position(s, self._index) if self.status.ndim == 2 else s, k][: self.status.ndim]
        try:
            item = np.ravel_multi_index(tuple(place), self.status.shape)  # type: ignore[arg-type]
        except (ValueError, TypeError) as error:
            raise ParameterError(
                f"output({s!r}{'' if k is None else f', {k!r}'})",
                cause=f"the run has the shape {self.status.shape}",
                remedy="Positions count from 0.",
                parameter="s",
            ) from error
        return self._output(int(item))


def run(
    library: "Library",
    grids: Sequence[Any],
    engine: str = AUTO,
    workers: int | None = None,
    budget: int | None = None,
    items: Items | None = None,
    timeout: float | None = None,
    progress: bool = False,
    *,
    memory_limit: int | None = MEMORY_LIMIT,
    times: bool = False,
    outputs: bool = False,
) -> Run:
    """Runs every solver of the library on every grid.

    grids: 2-D integer sequences or arrays, colours 0 to 251.
    engine: "python" (the reference), "native" (compiled, CPU threads), "cuda" (compiled, GPU), or "auto":
        "cuda" where it can be used, else "native".
    workers: threads of a compiled engine (None: one for each usable core), processes of the python engine
        (None: 1, which is this process).
    budget: units of work after which a compiled engine gives an item up (None: the engine's default).
    items: pairs (solver id or position, grid position); only these run, and the results are 1-D.
    timeout: seconds after which the python engine gives an item up (None: never; FALLBACK_TIMEOUT for
        solvers that a compiled engine leaves to it). In this process that works in the main thread only.
    progress: show a bar.
    memory_limit: MiB that a worker process of the python engine may take beyond what it began with (None: no
        limit); what takes more ends as MEMORY. It needs worker processes: this process has none.
    times: measure each item. outputs: keep all output grids, instead of executing again what is asked for.

    A solver that cannot be compiled runs on the python engine, in a worker process, and `fallback` says why.
    Raises ParameterError for a malformed argument before any work, EngineError for a missing engine.
    """
    executor = Executor(library, engine, workers, budget, timeout, memory_limit=memory_limit)
    grid_arrays = read_grids(grids)
    chosen = None if items is None else _read_items(items, executor.index, len(grid_arrays))
    total = len(library) * len(grid_arrays) if chosen is None else len(chosen[0])
    with progress_bar(total, f"{executor.engine}", shown=progress) as bar:
        return executor.run(grid_arrays, chosen, times=times, outputs=outputs, progress=bar.add)


class Executor:
    """A library on an engine, ready to run; arguments as those of `run`.

    `isolated` makes even one worker of the python engine a process, and so does a trusted library.
    `keep_workers` keeps processes from one run to the next.
    """

    def __init__(
        self,
        library: "Library",
        engine: str = AUTO,
        workers: int | None = None,
        budget: int | None = None,
        timeout: float | None = None,
        isolated: bool = False,
        memory_limit: int | None = MEMORY_LIMIT,
    ) -> None:
        _check_library(library)
        if workers is not None:
            check_workers("workers", workers)
        for name, value in (("budget", budget), ("memory_limit", memory_limit)):
            if value is not None:
                check_whole(name, value)
        check_seconds("timeout", timeout)
        backend = choose_engine(engine)
        self.library = library
        self.engine = backend.name
        self.workers = workers or (usable_cores() if backend.compiled else 1)
        self.index = {solver.id: position for position, solver in enumerate(library)}
        self.fallback = dict(library.unsupported) if backend.compiled else {}
        self._python = np.array(
            [not backend.compiled or solver.id in self.fallback for solver in library], np.bool_
        )
        self._isolated = isolated or backend.compiled or library.trusted
        self._timeout = FALLBACK_TIMEOUT if backend.compiled and timeout is None else timeout
        self._budget = {} if budget is None else {"budget": budget}
        self._memory_limit = memory_limit
        self._reference = PythonEngine([solver.function for solver in library], memory_limit)
        self._compiled = backend.make(library) if backend.compiled and not self._python.all() else None
        # The engine counts the compiled solvers only.
        self._program = (np.cumsum(~self._python) - 1).astype(np.int32)

    @property
    def limits(self) -> dict[str, float | None]:
        """The limits that an item may meet here, by name."""
        limits: dict[str, float | None] = {}
        if self._python.any():
            limits |= {"timeout": self._timeout, "memory_limit": self._memory_limit}
        if self._compiled is not None:
            limits["budget"] = self._budget.get("budget", DEFAULT_BUDGET)
        return limits

    @contextmanager
    def keep_workers(self) -> Iterator[None]:
        """Keeps the worker processes, where there are any, for all runs inside of the block."""
        if self._python.any() and (self._isolated or self.workers > 1):
            with self._reference.workers(self.workers):
                yield
        else:
            yield

    def run(
        self,
        grids: Sequence[Array],
        items: tuple[Array, Array] | None = None,
        *,
        times: bool = False,
        outputs: bool = False,
        progress: Progress | None = None,
    ) -> Run:
        """Runs the items (solver positions, grid positions), or every solver on every grid."""
        solvers, samples = items if items is not None else every_item(len(self.library), len(grids))
        result = self.execute(grids, solvers, samples, times=times, outputs=outputs, progress=progress)
        shape = (len(self.library), len(grids)) if items is None else solvers.shape

        def output(item: int) -> NDArray[np.uint8] | None:
            if result.outputs is not None or result.status[item] != Status.OK:
                return None if result.outputs is None else result.outputs[item]
            one = slice(item, item + 1)
            again = self.execute(grids, solvers[one], samples[one], outputs=True)
            return None if again.outputs is None else again.outputs[0]

        return Run(
            result.status.reshape(shape),
            result.hashes.reshape(shape),
            result.primitives.reshape(shape),
            None if result.microseconds is None else result.microseconds.reshape(shape),
            result.seconds,
            self.engine,
            self.workers,
            self.fallback,
            self.index,
            output,
        )

    def execute(
        self,
        grids: Sequence[Array],
        solvers: Array,
        samples: Array,
        *,
        times: bool = False,
        outputs: bool = False,
        progress: Progress | None = None,
    ) -> ItemResults:
        """Runs solver solvers[q] on grids[samples[q]] for each q; the results keep that order."""
        python = self._python[solvers]
        if self._compiled is None or (python.any() and python.all()):
            # The python engine need not give the same again: its outputs are kept.
            return self._run_python(grids, solvers, samples, times, True, progress)
        if not python.any():
            return self._run_compiled(grids, solvers, samples, times, outputs, progress)
        quick, slow = np.flatnonzero(~python), np.flatnonzero(python)
        first = self._run_compiled(grids, solvers[quick], samples[quick], times, outputs, progress)
        second = self._run_python(grids, solvers[slow], samples[slow], times, outputs, progress)
        return _merge(first, quick, second, slow)

    def _run_python(
        self,
        grids: Sequence[Array],
        solvers: Array,
        samples: Array,
        times: bool,
        outputs: bool,
        progress: Progress | None,
    ) -> ItemResults:
        return self._reference.run(
            grids,
            solvers,
            samples,
            workers=self.workers,
            isolated=self._isolated,
            timeout=self._timeout,
            times=times,
            outputs=outputs,
            progress=progress,
        )

    def _run_compiled(
        self,
        grids: Sequence[Array],
        solvers: Array,
        samples: Array,
        times: bool,
        outputs: bool,
        progress: Progress | None,
    ) -> ItemResults:
        assert self._compiled is not None
        result: ItemResults = self._compiled.run(
            grids,
            self._program[solvers],
            samples.astype(np.int32, copy=False),
            workers=self.workers,
            times=times,
            outputs=outputs,
            progress=progress,
            **self._budget,
        )
        return result


def _check_library(library: object) -> None:
    from tokpidjin.library import Library

    if not isinstance(library, Library):
        raise ParameterError(
            "parameter 'library'",
            cause=f"{type(library).__name__} is not a library of solvers",
            remedy="Give what load_solvers() or load_solvers(file) returns.",
            parameter="library",
        )


def _merge(first: ItemResults, places: Array, second: ItemResults, others: Array) -> ItemResults:
    """One result of two: item k of `first` is number places[k], of `second` others[k]."""

    def together(one: Array, other: Array) -> Array:
        merged = np.empty(len(places) + len(others), one.dtype)
        merged[places], merged[others] = one, other
        return merged

    microseconds = outputs = None
    if first.microseconds is not None and second.microseconds is not None:
        microseconds = together(first.microseconds, second.microseconds)
    if first.outputs is not None and second.outputs is not None:
        grids: list[NDArray[np.uint8] | None] = [None] * (len(places) + len(others))
        for part, numbers in ((first.outputs, places), (second.outputs, others)):
            for k, number in enumerate(numbers.tolist()):
                grids[number] = part[k]
        outputs = pack_outputs(grids)
    return ItemResults(
        status=together(first.status, second.status),
        hashes=together(first.hashes, second.hashes),
        primitives=together(first.primitives, second.primitives),
        microseconds=microseconds,
        outputs=outputs,
        seconds=first.seconds + second.seconds,
    )


def every_item(solvers: int, grids: int) -> tuple[Array, Array]:
    """Solver and grid of every item, int32, in the order of an array (solvers, grids)."""
    programs = np.repeat(np.arange(solvers, dtype=np.int32), grids)
    return programs, np.tile(np.arange(grids, dtype=np.int32), solvers)


def read_grids(grids: Sequence[Any]) -> list[NDArray[np.uint8]]:
    """The grids as uint8 (h, w) arrays; ParameterError names the position of one that is no grid."""
    if isinstance(grids, str | bytes) or not hasattr(grids, "__iter__"):
        raise ParameterError(
            "parameter 'grids'",
            cause=f"{type(grids).__name__} is not a sequence of grids",
            remedy="Give a list of 2-D integer sequences or arrays.",
            parameter="grids",
        )
    return [_read_grid(grid, position) for position, grid in enumerate(grids)]


def _read_grid(grid: Any, position: int) -> NDArray[np.uint8]:
    try:
        array = np.asarray(grid)
    except ValueError:
        raise _grid_error(position, "its rows are not equally long") from None
    if array.ndim != 2:
        raise _grid_error(position, f"it has {array.ndim} dimensions, not 2")
    if not array.size:
        raise _grid_error(position, "it has no cell")
    if array.dtype.kind not in "iu":
        raise _grid_error(position, f"its cells are {array.dtype}, not integers")
    if array.min() < 0 or array.max() > _MOST_COLOUR:
        raise _grid_error(position, f"a colour is outside 0-{_MOST_COLOUR}")
    return np.ascontiguousarray(array, np.uint8)


def _grid_error(position: int, cause: str) -> ParameterError:
    remedy = "A grid is a 2-D integer sequence or array."
    return ParameterError(f"grid {position}", cause=cause, remedy=remedy, sample=position, parameter="grids")


def _read_items(items: Items, index: dict[str, int], grids: int) -> tuple[Array, Array]:
    """The items as two int32 arrays, solver positions and grid positions."""
    if not isinstance(items, np.ndarray) and isinstance(items, Iterable):
        items = _numbered(items, index)
    if not isinstance(items, np.ndarray):
        raise _items_error(type(items).__name__)
    if items.ndim != 2 or items.shape[1] != 2 or items.dtype.kind not in "iu":
        raise _items_error(f"an array of shape {items.shape} and type {items.dtype}")
    wrong = np.flatnonzero(((items < 0) | (items >= (len(index), grids))).any(axis=1))
    if len(wrong):
        number = int(wrong[0])
        raise ParameterError(
            f"item {number}, {tuple(items[number].tolist())}",
            cause=f"there are {len(index)} solvers and {grids} grids",
            remedy="Positions count from 0.",
            parameter="items",
        )
    return items[:, 0].astype(np.int32), items[:, 1].astype(np.int32)


def _items_error(cause: str) -> ParameterError:
    remedy = "Give pairs (solver id or position, grid position), or an integer array (n, 2)."
    return ParameterError("parameter 'items'", cause=cause, remedy=remedy, parameter="items")


def _numbered(items: Iterable[tuple[int | str, int]], index: dict[str, int]) -> Array:
    pairs = []
    for number, item in enumerate(items):
        try:
            solver, grid = item
        except (TypeError, ValueError):
            raise ParameterError(
                f"item {number}, {item!r}",
                cause="not a pair",
                remedy="An item is (solver id or position, grid position).",
                parameter="items",
            ) from None
        pairs.append((_solver_position(solver, index), grid))
    if not all(np.ndim(grid) == 0 for _, grid in pairs):
        return np.empty(len(pairs), object)
    return np.array(pairs).reshape(-1, 2) if pairs else np.empty((0, 2), np.int32)


def _solver_position(solver: int | str, index: dict[str, int]) -> int:
    if not isinstance(solver, str):
        return solver
    if solver not in index:
        raise ParameterError(
            f"solver {solver!r}",
            cause="the library has none of this id",
            remedy=did_you_mean(solver, index),
            solver=solver,
            parameter="items",
        )
    return index[solver]
