"""The reference engine: solvers run as the Python functions they are, one item at a time."""

import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from types import CodeType, FrameType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tokpidjin.engines.hashing import hash_grid
from tokpidjin.engines.items import ItemResults, Outputs
from tokpidjin.engines.requests import LONGEST_SIDE
from tokpidjin.engines.status import Progress, Status, count_statuses
from tokpidjin.engines.timeouts import TimeUp, call_within, check_timeout, start_clock, ticking
from tokpidjin.engines.workers import MEMORY_LIMIT, Lost, WorkerPool

__all__ = ["PythonEngine", "call_profiled", "count_primitives", "encode_grid", "pack_outputs"]

Function = Callable[..., Any]

_PROGRESS_SECONDS = 0.1
_CHUNK = 32

KILL_AFTER_SECONDS = 1.0
"""How much longer than it may an item lasts before its worker is killed: C code hears no alarm."""

LOST_STATUS = {Lost.CRASHED: Status.CRASHED, Lost.HUNG: Status.TIMEOUT, Lost.MEMORY: Status.MEMORY}
_NONE_CODE = 252
_LEAST, _MOST = -3, 251


class _Order(NamedTuple):
    """One item as it travels to a worker."""

    program: int
    grid: tuple[tuple[int, ...], ...]
    wanted: "_Wanted"


class _Wanted(NamedTuple):
    """What a run wants of each item."""

    timeout: float | None
    outputs: bool
    primitives: bool


class _Outcome(NamedTuple):
    """What became of one item, in types that travel quickly; `output` is encoded, row after row."""

    status: int
    microseconds: float = 0.0
    hash: int = 0
    primitives: int = 0
    shape: tuple[int, ...] = ()
    output: bytes | None = None


_Found = Generator[tuple[int, _Outcome]]


class PythonEngine:
    """Runs Python functions on grids; a program is the position of a function in `functions`.

    `memory_limit` is what a worker process may take beyond what it began with, in MiB; None: no limit.
    """

    def __init__(self, functions: Sequence[Function], memory_limit: int | None = MEMORY_LIMIT) -> None:
        self._functions = tuple(functions)
        self._memory_limit = memory_limit
        self._pool: WorkerPool | None = None

    @contextmanager
    def workers(self, count: int) -> Iterator[None]:
        """Keeps `count` worker processes for all runs inside of the block, which may be nested.

        Without it every run that wants worker processes starts its own.
        """
        if self._pool is not None:
            yield
            return
        with WorkerPool(self._perform_as_worker, count, self._memory_limit) as pool:
            self._pool = pool
            try:
                yield
            finally:
                self._pool = None

    def run(
        self,
        grids: Sequence[NDArray[Any]],
        programs: NDArray[np.int32],
        samples: NDArray[np.int32],
        *,
        workers: int = 1,
        isolated: bool = False,
        timeout: float | None = None,
        times: bool = False,
        outputs: bool = False,
        count: bool = False,
        progress: Progress | None = None,
    ) -> ItemResults:
        """Runs item k, functions[programs[k]] on grids[samples[k]], for each k; what became of each.

        One worker is this process, more are processes of their own, and so is one if `isolated`; inside of
        `workers()` it is always those. An item that takes more than `timeout` seconds ends as TIMEOUT, one
        that lacks memory as MEMORY, one that ends its worker process, or tries to, as CRASHED; any other
        exception is ERROR. In this process there is no limit of memory, and what is no Exception, such as
        SystemExit, passes. `microseconds` is the time of the solver's call alone, failed or not. `primitives`
        is 0 unless `count`, which runs each item that ended well a second time to count them. Raises
        ParameterError for a timeout in this process outside of its main thread.
        """
        started = time.perf_counter()
        tuples = [tuple(map(tuple, np.asarray(grid).tolist())) for grid in grids]
        orders = _Orders(tuples, programs, samples, _Wanted(timeout, outputs, count))
        if self._pool is not None:
            found = self._in_workers(self._pool, orders)
        elif workers > 1 or isolated:
            found = self._in_new_workers(workers, orders)
        else:
            check_timeout(timeout)
            found = self._in_this_process(orders)
        return _collect(found, len(programs), times, outputs, progress, started)

    def _in_this_process(self, orders: "_Orders") -> _Found:
        with ticking(orders.wanted.timeout):
            for k in range(len(orders)):
                yield k, self._perform(orders[k])

    def _in_new_workers(self, workers: int, orders: "_Orders") -> _Found:
        with WorkerPool(self._perform_as_worker, workers, self._memory_limit) as pool:
            yield from self._in_workers(pool, orders)

    def _in_workers(self, pool: WorkerPool, orders: "_Orders") -> _Found:
        # Grid by grid: the items of a chunk then share theirs, and pickle sends it once.
        order = np.argsort(orders.samples, kind="stable")
        chunk = max(1, min(_CHUNK, len(order) // (8 * pool.count)))
        limit = None if orders.wanted.timeout is None else orders.wanted.timeout + KILL_AFTER_SECONDS
        for place, outcome in pool.run(lambda q: orders[order[q]], len(order), chunk=chunk, limit=limit):
            if isinstance(outcome, Lost):
                outcome = _Outcome(int(LOST_STATUS[outcome]))
            yield int(order[place]), outcome

    def _perform_as_worker(self, order: _Order) -> _Outcome | Lost:
        start_clock(order.wanted.timeout)
        outcome = self._perform(order)
        return Lost.MEMORY if outcome.status == Status.MEMORY else outcome

    def _perform(self, order: _Order) -> _Outcome:
        """Runs one item, in whatever process this is."""
        function = self._functions[order.program]
        started = time.perf_counter()
        try:
            status, grid, seconds = call_within(order.wanted.timeout, _solve, function, order.grid)
        except (Exception, TimeUp) as error:
            return _Outcome(int(_failure(error)), (time.perf_counter() - started) * 1e6)
        if grid is None:
            return _Outcome(int(status), seconds * 1e6)
        primitives = _count(function, order) if order.wanted.primitives else 0
        output = grid.tobytes() if order.wanted.outputs else None
        return _Outcome(int(status), seconds * 1e6, hash_grid(grid), primitives, grid.shape, output)


@dataclass(frozen=True)
class _Orders:
    """The items of a run, each made when it is due."""

    grids: list[tuple[tuple[int, ...], ...]]
    programs: NDArray[np.int32]
    samples: NDArray[np.int32]
    wanted: _Wanted

    def __len__(self) -> int:
        return len(self.programs)

    def __getitem__(self, k: int) -> _Order:
        return _Order(int(self.programs[k]), self.grids[self.samples[k]], self.wanted)


def _failure(error: BaseException) -> Status:
    if isinstance(error, TimeUp):
        return Status.TIMEOUT
    return Status.MEMORY if isinstance(error, MemoryError) else Status.ERROR


def _solve(function: Function, grid: object) -> tuple[Status, NDArray[np.uint8] | None, float]:
    """Status and output of a call, and the seconds of the call alone."""
    started = time.perf_counter()
    result = function(grid)
    seconds = time.perf_counter() - started
    return *encode_grid(result), seconds


def _count(function: Function, order: _Order) -> int:
    """The item's primitives; 0 where counting them takes longer than the item may."""
    try:
        return call_within(order.wanted.timeout, count_primitives, function, order.grid)
    except TimeUp:
        return 0


def encode_grid(result: object) -> tuple[Status, NDArray[np.uint8] | None]:
    """A solver's result as uint8 (h, w): colours as they are, None as 252, -3 to -1 as 253 to 255.

    ERROR for what is no tuple of tuples; RANGE for rows of different lengths, for other values and for a side
    longer than the machine takes.

    >>> encode_grid(((1, None), (-1, 0)))
    (<Status.OK: 0>, array([[  1, 252],
           [255,   0]], dtype=uint8))
    """
    if not isinstance(result, tuple) or not set(map(type, result)) <= {tuple}:
        return Status.ERROR, None
    if len(set(map(len, result))) > 1 or max(len(result), *map(len, result[:1]), 0) > LONGEST_SIDE:
        return Status.RANGE, None
    try:
        codes = _encode_cells(result)
    except (TypeError, ValueError):
        return Status.RANGE, None
    shape = (len(result), len(result[0]) if result else 0)
    return Status.OK, np.frombuffer(codes, np.uint8).reshape(shape)


def _encode_cells(grid: tuple[tuple[Any, ...], ...]) -> bytes:
    try:
        codes = b"".join(map(bytes, grid))
    except (TypeError, ValueError):
        return bytes([_encode_cell(cell) for row in grid for cell in row])
    if not codes.isascii() and max(codes) > _MOST:
        raise ValueError
    return codes


def _encode_cell(cell: object) -> int:
    if cell is None:
        return _NONE_CODE
    if isinstance(cell, int) and _LEAST <= cell <= _MOST:
        return cell & 255
    raise ValueError


def _collect(
    found: _Found,
    count: int,
    times: bool,
    outputs: bool,
    progress: Progress | None,
    started: float,
) -> ItemResults:
    """Puts outcomes, in whatever order they come, into the arrays of a run."""
    status = np.zeros(count, np.uint8)
    hashes = np.zeros(count, np.uint64)
    primitives = np.zeros(count, np.uint32)
    microseconds = np.zeros(count, np.float32) if times else None
    grids: list[NDArray[np.uint8] | None] = [None] * count if outputs else []
    told, ended = time.perf_counter(), list[int]()
    # Closed at once when an interrupt comes: workers must not live as long as its traceback does.
    with closing(found):
        for done, (k, outcome) in enumerate(found, 1):
            status[k] = outcome.status
            primitives[k] = outcome.primitives
            hashes[k] = outcome.hash
            if microseconds is not None:
                microseconds[k] = outcome.microseconds
            if outcome.output is not None:
                grids[k] = np.frombuffer(outcome.output, np.uint8).reshape(outcome.shape)
            ended.append(k)
            if done == count or time.perf_counter() - told > _PROGRESS_SECONDS:
                if progress is not None:
                    progress(count_statuses(status[ended]))
                told, ended = time.perf_counter(), []
    return ItemResults(
        status=status,
        hashes=hashes,
        primitives=primitives,
        microseconds=microseconds,
        outputs=pack_outputs(grids) if outputs else None,
        seconds=time.perf_counter() - started,
    )


def call_profiled(profile: Callable[[FrameType, str, Any], object], function: Function, grid: object) -> None:
    """Calls `function(grid)` under a profile function, and puts back the one that was there before."""
    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        function(grid)
    finally:
        sys.setprofile(before)


def count_primitives(function: Function, grid: object) -> int:
    """How many primitives run while `function` runs on `grid`.

    Counted are calls by the function's own code and of functions handed to primitives, as in `apply(height,
    objs)`; not those that a primitive's own body makes to other primitives. What the function raises passes
    through.
    """
    primitives, folder = _primitives()
    counted = 0

    def profile(frame: FrameType, event: str, argument: object) -> None:
        nonlocal counted
        if event == "call" and frame.f_code in primitives:
            assert frame.f_back is not None
            caller = frame.f_back.f_code
            # A primitive calls what it is made of by name, and what it was handed through a variable.
            inner = caller.co_filename.startswith(folder) and frame.f_code.co_name in caller.co_names
            counted += not inner

    call_profiled(profile, function, grid)
    return counted


@cache
def _primitives() -> tuple[frozenset[CodeType], str]:
    """The code of every primitive, and the folder that it is defined in."""
    from tokpidjin import dsl

    return frozenset(function.__code__ for function in dsl.PRIMITIVES.values()), dsl.__path__[0]


def pack_outputs(grids: Sequence[NDArray[np.uint8] | None]) -> Outputs:
    """The encoded outputs of a run, None where there is none, in one compact piece."""
    shapes = np.array([(-1, -1) if grid is None else grid.shape for grid in grids], np.int32).reshape(-1, 2)
    sizes = np.where(shapes[:, 0] < 0, 0, shapes[:, 0].astype(np.int64) * shapes[:, 1])
    cells = [grid.ravel() for grid in grids if grid is not None]
    return Outputs(np.concatenate([np.zeros(0, np.uint8), *cells]), np.cumsum(sizes) - sizes, shapes)
