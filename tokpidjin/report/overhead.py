"""What an operation costs beyond executing it, measured: one solver alone, in batches of several sizes.

For a batch of b samples, with W the wall time of running it as `tokpidjin.run` and the coordinator do (from
grids to arrays of results; worker processes are kept from one batch to the next), c the workers that can run
at once (no more than there are items), and E the time inside the solver, summed over the items as the
engine's own clock reports it:

    overhead per item = (W * c - E) / b
    overhead per operation = overhead per item / primitives executed per item

The primitives are counted on the python engine, on the same samples, so every mode is plotted at the same
complexity. Nothing is fitted.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import cycle, islice
from statistics import fmean
from typing import Any

import numpy as np
import pyarrow as pa

from tokpidjin.engines.python import count_primitives
from tokpidjin.engines.status import Status
from tokpidjin.engines.timeouts import TimeUp, call_within
from tokpidjin.errors import ParameterError
from tokpidjin.library import Library, Solver
from tokpidjin.progress import progress_bar
from tokpidjin.runner import Executor
from tokpidjin.tasks import Sample

__all__ = ["SCHEMA", "measure_overhead"]

SCHEMA = pa.schema(
    [
        ("solver", pa.string()),
        ("batch_size", pa.int32()),
        ("primitives", pa.float64()),
        ("wall_us", pa.float64()),
        ("executed_us", pa.float64()),
        ("overhead_us", pa.float64()),
        ("overhead_us_per_operation", pa.float64()),
    ]
)
"""One row for each solver and batch size; all but the first two are means over the items of the batch."""

_REPEATS = 3
_REPEATED_BELOW_SECONDS = 0.1
_DISTINCT = 10
_LONGEST_BATCH_SECONDS = 5.0

Counted = tuple[Sample, int]
"""A sample, and how many primitives a solver executes on it."""


def measure_overhead(
    library: Library,
    samples: Sequence[Sample],
    *,
    engine: str,
    workers: int,
    batch_sizes: Sequence[int],
    seconds: float,
    timeout: float,
    progress: bool = True,
) -> pa.Table:
    """The table of `SCHEMA`: every solver alone, on batches of each of the sizes.

    A batch is made of the first ten samples on which the solver ends well, repeated as often as the size
    needs: an item that fails has no complexity of its own. A size above the number of samples counts as that
    number. The solvers are taken in an order that mixes short and long programs, and those that `seconds` has
    no time for are left out; at least one is measured. So are solvers that end on no sample within `timeout`
    seconds, and batches that would take over five. Each batch is run three times, once where it takes over a
    tenth of a second; the run of the median wall time counts, with its own time inside the solver.
    """
    sizes = sorted({min(size, len(samples)) for size in batch_sizes})
    executor = Executor(library, engine, workers, timeout=timeout)
    end = time.perf_counter() + seconds
    rows: list[dict[str, Any]] = []
    with executor.keep_workers(), progress_bar(len(library), "overhead", " solvers", progress) as bar:
        for solver in _spread(library):
            if rows and time.perf_counter() > end:
                break
            for batch in _batches(solver, samples, sizes, timeout):
                rows += _measure(executor, solver, batch)
            bar.update()
    if not rows:
        raise ParameterError(
            "overhead",
            cause=f"no solver ends well on any of the {len(samples)} samples",
            remedy="Draw more samples.",
            parameter="samples",
        )
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _measure(executor: Executor, solver: Solver, batch: Sequence[Counted]) -> list[dict[str, Any]]:
    """One row; none where the engine's limits ended an item."""
    size, primitives = len(batch), fmean(count for _, count in batch)
    grids = [np.array(sample.input, np.uint8) for sample, _ in batch]
    items = np.full(size, executor.index[solver.id], np.int32), np.arange(size, dtype=np.int32)
    runs = [_run(executor, grids, items)]
    if runs[0][0] < _REPEATED_BELOW_SECONDS:
        runs += [_run(executor, grids, items) for _ in range(_REPEATS - 1)]
    wall, executed, ok = sorted(runs)[len(runs) // 2]
    overhead = 1e6 * (wall * min(executor.workers, size) - executed) / size
    row = {
        "solver": solver.id,
        "batch_size": size,
        "primitives": primitives,
        "wall_us": 1e6 * wall / size,
        "executed_us": 1e6 * executed / size,
        "overhead_us": overhead,
        "overhead_us_per_operation": overhead / primitives,
    }
    return [row] if ok else []


def _run(executor: Executor, grids: list[Any], items: tuple[Any, Any]) -> tuple[float, float, bool]:
    """Wall time, time inside the solver, and whether every item ended well."""
    started = time.perf_counter()
    run = executor.run(grids, items, times=True)
    wall = time.perf_counter() - started
    assert run.microseconds is not None
    return wall, 1e-6 * float(run.microseconds.sum(dtype=np.float64)), bool((run.status == Status.OK).all())


def _batches(
    solver: Solver, samples: Sequence[Sample], sizes: Sequence[int], timeout: float
) -> Iterator[list[Counted]]:
    """Batches of those sizes that will not take too long."""
    counted: list[Counted] = []
    started = time.perf_counter()
    with suppress(TimeUp):
        call_within(timeout, _count, solver, samples, counted)
    seconds = time.perf_counter() - started
    for size in sizes:
        if counted and seconds * size / len(counted) < _LONGEST_BATCH_SECONDS:
            yield list(islice(cycle(counted), size))


def _count(solver: Solver, samples: Sequence[Sample], counted: list[Counted]) -> None:
    for sample in samples:
        with suppress(Exception):
            if primitives := count_primitives(solver.function, sample.input):
                counted.append((sample, primitives))
        if len(counted) == _DISTINCT:
            return


def _spread(library: Library) -> list[Solver]:
    """All solvers, ordered so that any first part of them has short and long programs alike."""
    by_length = sorted(library, key=lambda solver: (len(solver.source), solver.id))
    digits = len(by_length).bit_length()
    # Read backwards, the binary digits of 0, 1, 2, ... halve the range again and again.
    positions = sorted(range(len(by_length)), key=lambda k: f"{k:0{digits}b}"[::-1])
    return [by_length[k] for k in positions]
