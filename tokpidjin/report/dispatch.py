"""What a dispatch costs, by how much goes into one: a primitive, a solver, a batch, or the whole library.

A dispatch is one call of a compiled engine: on `cuda` a launch with upload and download, on `native` a call of the
shared library, here on one thread, so that nothing but the dispatch differs. The same solvers run on the same samples

- `primitive`: every call of a primitive is a dispatch of one item, through `GPUDSLOperations`. What the solver calls
  is taken down beforehand (see `replay`), so that the Python between the calls costs nothing here. Turning Python's
  values into the machine's and back is part of such a dispatch; compiling its program, which is kept, is not.
- `solver`: each solver on each sample is a dispatch.
- `batch`: each solver on a batch of samples is a dispatch.
- `library`: all solvers of the library on a batch are one dispatch, and each item has an equal share of its overhead.

With *W* the wall time of a dispatch of *b* items and *X* the least that executing them takes, its overhead an item is
(*W* - *X*) / *b*, and an operation that divided by the primitives that the item executes. *X* is by the engine's own
clock: on one thread the sum of the items' times; on `cuda`, where items run side by side, the longest of them. A
primitive's dispatch is not clocked inside; there *X* is that of the same item run as a whole. Beside it stands what
plain Python needs for the item, in this process. Nothing is fitted.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from math import inf
from operator import itemgetter
from statistics import fmean
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tokpidjin.engines.items import ItemResults
from tokpidjin.engines.python import count_primitives
from tokpidjin.engines.registry import choose_engine
from tokpidjin.engines.status import Status
from tokpidjin.engines.timeouts import TimeUp, call_within
from tokpidjin.errors import ParameterError, ResultsError
from tokpidjin.gpu_ops import GPUDSLOperations
from tokpidjin.library import Library, Solver
from tokpidjin.progress import Bar, progress_bar
from tokpidjin.report.overhead import spread, time_inside
from tokpidjin.report.replay import PrimitiveCall, record_calls, replay
from tokpidjin.runner import every_item, read_grids
from tokpidjin.tasks import Sample

__all__ = ["DISPATCHES", "SCHEMA", "fastest_run", "measure_dispatch"]

DISPATCHES = ("primitive", "solver", "batch", "library")
"""What goes into one dispatch, the smallest first."""

SCHEMA = pa.schema(
    [
        ("engine", pa.string()),
        ("library", pa.string()),
        ("dispatch", pa.string()),
        ("solver", pa.string()),
        ("batch_size", pa.int32()),
        ("primitives", pa.float64()),
        ("dispatches", pa.float64()),
        ("fallbacks", pa.float64()),
        ("python_us", pa.float64()),
        ("wall_us", pa.float64()),
        ("executed_us", pa.float64()),
        ("overhead_us", pa.float64()),
        ("overhead_us_per_operation", pa.float64()),
    ]
)
"""One row for each solver, kind of dispatch and batch size; numbers are means over the items of the batch.

`fallbacks` are the dispatches that the machine could not do and left to Python; `wall_us` is `executed_us`, the
item's share of X, and `overhead_us`.
"""

_DISTINCT = 4
_REPEATS = 3
_RECORDING_SECONDS = 0.5

Result = TypeVar("Result")
Times = tuple[float, float]
"""Wall time and X, microseconds an item."""


@dataclass(frozen=True)
class _Item:
    """A solver on a sample on which it ends well, and what Python and dispatches of this item alone took."""

    grid: NDArray[np.uint8]
    primitives: int
    calls: int
    fallbacks: int
    python_us: float
    primitive: Times
    solver: Times


@dataclass(frozen=True)
class _Shares:
    """What an item pays of the dispatches of the whole library.

    Overhead; the part of its own time that it adds to X, less than 1 where items run side by side; dispatches.
    """

    overhead_us: float
    side_by_side: float
    dispatches: float


@dataclass(frozen=True)
class _Bench:
    """An engine with a library loaded, and the operations on the same engine."""

    name: str
    engine: Any
    position: Mapping[str, int]
    operations: GPUDSLOperations

    def run(
        self, programs: Any, grids: Sequence[NDArray[np.uint8]], samples: Any
    ) -> tuple[float, ItemResults]:
        """One dispatch: wall microseconds, and the results of its items. The fastest run counts."""
        return fastest_run(
            lambda: self.engine.run(grids, programs, samples, workers=1, times=True, outputs=True)
        )

    def least(self, results: ItemResults) -> float:
        """X of a dispatch in microseconds."""
        assert results.microseconds is not None
        return time_inside(self.name, results.microseconds)


def measure_dispatch(
    libraries: Mapping[str, Library],
    samples: Sequence[Sample],
    *,
    engine: str,
    batch_sizes: Sequence[int],
    seconds: float | None,
    progress: bool = True,
) -> pa.Table:
    """The table of `SCHEMA` for the libraries, by name, on one engine ("native" or "cuda").

    Every batch size runs the same items: a solver those of the first four samples on which it ends well, repeated as
    often as a size needs; the whole library all samples, one after the other. A size above the number of samples
    counts as that number. Of every library those solvers are left out that do not compile, that end on no sample
    within half a second, and that its part of `seconds` (None: no limit) has no time for: an equal one, and what the
    libraries before it left. The order mixes short and long ones, and at least one is measured. What takes less than
    10 ms is run up to three times, and the fastest counts. Raises ParameterError where no solver can be measured, and
    ResultsError where a dispatch and the solver do not give the same.
    """
    sizes = sorted({min(size, len(samples)) for size in batch_sizes})
    rows: list[dict[str, Any]] = []
    end = inf if seconds is None else time.perf_counter() + seconds
    solvers = sum(map(len, libraries.values()))
    with progress_bar(solvers, f"dispatch, {engine}", " solvers", progress) as bar:
        for place, (name, library) in enumerate(libraries.items()):
            limit = (end - time.perf_counter()) / (len(libraries) - place)
            found = list(_library_rows(library, samples, engine, sizes, limit, bar))
            if not found:
                raise ParameterError(
                    f"the {name} library",
                    cause=f"no compiled solver ends well on any of the {len(samples)} samples",
                    remedy="Draw more samples.",
                    parameter="samples",
                )
            rows += [{"engine": engine, "library": name, **row} for row in found]
            bar.within(end - time.perf_counter())
        bar.within(0)
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _library_rows(
    library: Library,
    samples: Sequence[Sample],
    engine: str,
    sizes: Sequence[int],
    seconds: float,
    bar: Bar,
) -> Iterator[dict[str, Any]]:
    position = {name: k for k, name in enumerate(library.bytecode.names)}
    if not position:
        return
    bench = _Bench(engine, choose_engine(engine).make(library), position, GPUDSLOperations(engine, workers=1))
    whole = {size: _whole_library(bench, samples, size) for size in sizes}
    end, measured = time.perf_counter() + seconds, 0
    for solver in [library[place] for place in spread(library)]:
        if measured and time.perf_counter() > end:
            break
        if solver.id in position and (items := _items(bench, solver, samples)):
            measured += 1
            for size in sizes:
                yield from _rows(bench, solver, items, size, whole[size])
        bar.update()


def _items(bench: _Bench, solver: Solver, samples: Sequence[Sample]) -> list[_Item]:
    """The solver on the first samples on which it ends well, in Python and on the engine."""
    recorded: list[tuple[Sample, int, list[PrimitiveCall]]] = []
    with suppress(TimeUp):
        call_within(_RECORDING_SECONDS, _record, solver, samples, recorded)
    items = [_item(bench, solver, *found) for found in recorded]
    return [item for item in items if item is not None]


def _record(
    solver: Solver, samples: Sequence[Sample], recorded: list[tuple[Sample, int, list[PrimitiveCall]]]
) -> None:
    for sample in samples:
        with suppress(Exception):
            calls = record_calls(solver.function, sample.input)
            if calls:
                recorded.append((sample, count_primitives(solver.function, sample.input), calls))
        if len(recorded) == _DISTINCT:
            return


def _item(
    bench: _Bench, solver: Solver, sample: Sample, primitives: int, calls: Sequence[PrimitiveCall]
) -> _Item | None:
    """None where the engine does not end it well."""
    [grid] = read_grids([sample.input])
    wall, results = bench.run([bench.position[solver.id]], [grid], [0])
    if results.status[0] != Status.OK:
        return None
    least = bench.least(results)
    python_us, _ = fastest_run(lambda: solver.function(sample.input))
    fallbacks = _check_replay(bench.operations, solver, calls)
    one_by_one, _ = fastest_run(lambda: replay(bench.operations, calls))
    return _Item(grid, primitives, len(calls), fallbacks, python_us, (one_by_one, least), (wall, least))


def _check_replay(operations: GPUDSLOperations, solver: Solver, calls: Sequence[PrimitiveCall]) -> int:
    """The fallbacks of a replay, the first one, which compiles what the next ones use."""
    before = operations.get_stats()["fallbacks"]
    if replay(operations, calls) != [call.result for call in calls]:
        raise ResultsError(
            f"the primitives of {solver.name}",
            cause="dispatched one by one they do not give what the solver's own calls gave",
            solver=solver.id,
        )
    return int(operations.get_stats()["fallbacks"] - before)


def _whole_library(bench: _Bench, samples: Sequence[Sample], size: int) -> _Shares:
    """All solvers on all samples, one dispatch for each batch of that size."""
    grids = read_grids([sample.input for sample in samples])
    wall, least, inside, items = 0.0, 0.0, 0.0, 0
    for first in range(0, len(grids), size):
        batch = grids[first : first + size]
        programs, numbers = every_item(len(bench.position), len(batch))
        took, results = bench.run(programs, batch, numbers)
        assert results.microseconds is not None
        wall, least, items = wall + took, least + bench.least(results), items + len(programs)
        inside += float(results.microseconds.sum(dtype=np.float64))
    return _Shares((wall - least) / items, least / inside, -(-len(grids) // size) / items)


def _rows(
    bench: _Bench, solver: Solver, items: Sequence[_Item], size: int, whole: _Shares
) -> Iterator[dict[str, Any]]:
    """One row for each kind of dispatch; the batches are full, and hold every item."""
    in_batches = list(islice(cycle(items), size * -(-len(items) // size)))
    mean = partial(_mean, in_batches)
    own = whole.side_by_side * mean(lambda item: item.solver[1])
    calls = mean(lambda item: item.calls)
    found = {
        "primitive": (calls, mean(lambda item: item.primitive[0]), mean(lambda item: item.primitive[1])),
        "solver": (1.0, mean(lambda item: item.solver[0]), mean(lambda item: item.solver[1])),
        "batch": (1 / size, *_batches(bench, solver, [item.grid for item in in_batches], size)),
        "library": (whole.dispatches, whole.overhead_us + own, own),
    }
    primitives = mean(lambda item: item.primitives)
    for dispatch, (dispatches, wall_us, executed_us) in found.items():
        yield {
            "dispatch": dispatch,
            "solver": solver.id,
            "batch_size": size,
            "primitives": primitives,
            "dispatches": dispatches,
            "fallbacks": mean(lambda item: item.fallbacks) if dispatch == "primitive" else 0.0,
            "python_us": mean(lambda item: item.python_us),
            "wall_us": wall_us,
            "executed_us": executed_us,
            "overhead_us": wall_us - executed_us,
            "overhead_us_per_operation": (wall_us - executed_us) / primitives,
        }


def _batches(bench: _Bench, solver: Solver, grids: Sequence[NDArray[np.uint8]], size: int) -> Times:
    """One dispatch for each batch of that size."""
    wall, least = 0.0, 0.0
    for first in range(0, len(grids), size):
        batch = grids[first : first + size]
        took, results = bench.run([bench.position[solver.id]] * size, batch, range(size))
        wall, least = wall + took, least + bench.least(results)
    return wall / len(grids), least / len(grids)


def _mean(batch: Sequence[_Item], value: Callable[[_Item], float]) -> float:
    return fmean(map(value, batch))


def fastest_run(call: Callable[[], Result], within: float = 0.01) -> tuple[float, Result]:
    """Wall microseconds of a call and what it gave: the fastest of three, or of fewer that took `within` seconds."""
    runs = [_timed(call)]
    while len(runs) < _REPEATS and sum(took for took, _ in runs) < 1e6 * within:
        runs.append(_timed(call))
    return min(runs, key=itemgetter(0))


def _timed(call: Callable[[], Result]) -> tuple[float, Result]:
    start = time.perf_counter()
    result = call()
    return 1e6 * (time.perf_counter() - start), result
