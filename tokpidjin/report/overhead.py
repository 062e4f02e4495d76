"""What an operation costs beyond executing it, measured: one solver alone, in batches of several sizes.

For a batch of b samples, with W the wall time of `MegaBatchCoordinator.process_batch` (worker processes are
kept from one batch to the next), c the workers that can run at once (no more than there are items), and E the
time inside the solver, summed over the items as the engine's own clock reports it:

    overhead per item = (W * c - E) / b
    overhead per operation = overhead per item / primitives executed per item

On a GPU, whose warps run the items of such a batch side by side, E is the time of the longest and c is 1.

A solver alone also carries what a batch costs for each sample, which all solvers share in a whole run. The
primitives are counted on the python engine, on the same samples, so every mode is plotted at the same
complexity. Nothing is fitted.
"""

import math
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from itertools import cycle, islice
from statistics import fmean
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tokpidjin.coordinator import MegaBatchCoordinator
from tokpidjin.engines.python import count_primitives
from tokpidjin.engines.status import Status
from tokpidjin.engines.timeouts import TimeUp, call_within
from tokpidjin.errors import ParameterError
from tokpidjin.library import Library, Solver
from tokpidjin.progress import progress_bar
from tokpidjin.tasks import Sample

__all__ = ["SCHEMA", "measure_overhead", "spread", "time_inside"]

SCHEMA = pa.schema(
    [
        ("solver", pa.string()),
        ("batch_size", pa.int32()),
        ("primitives", pa.float64()),
        ("wall_us", pa.float64()),
        ("engine_us", pa.float64()),
        ("executed_us", pa.float64()),
        ("overhead_us", pa.float64()),
        ("overhead_us_per_operation", pa.float64()),
    ]
)
"""One row for each solver and batch size; all but the first two are means over the items of the batch.

`wall_us` is all of W, `engine_us` the part of it in the engine's call, `executed_us` is E.
"""

_REPEATS = 3
_REPEATED_BELOW_SECONDS = 0.1
_DISTINCT = 10
_COUNTING_SECONDS = 0.5
_LONGEST_BATCH_SECONDS = 2.0

Counted = tuple[Sample, int]
"""A sample, and how many primitives a solver executes on it."""


def measure_overhead(
    library: Library,
    samples: Sequence[Sample],
    *,
    engine: str,
    parallel: bool,
    workers: int,
    batch_sizes: Sequence[int],
    seconds: float | None,
    timeout: float | None,
    progress: bool = True,
) -> pa.Table:
    """The table of `SCHEMA`: every solver alone, on batches of each of the sizes.

    A batch is made of the first ten samples on which the solver ends well, repeated as often as the size
    needs: an item that fails has no complexity of its own. A size above the number of samples counts as that
    number. The solvers are taken in an order that mixes short and long programs, and those that `seconds` has
    no time for are left out; at least one is measured. So are solvers that end on no sample within half a
    second, and batches that would take over two seconds. Each batch is run three times, once where it takes
    over a tenth of a second; the run of the median wall time counts, with its own time inside the solver.
    Raises ParameterError where that leaves nothing.
    """
    sizes = sorted({min(size, len(samples)) for size in batch_sizes})
    coordinate = partial(
        MegaBatchCoordinator,
        engine=engine,
        parallel=parallel,
        max_workers=workers,
        timeout=timeout,
        progress=False,
    )
    end = math.inf if seconds is None else time.perf_counter() + seconds
    rows: list[dict[str, Any]] = []
    with progress_bar(len(library), "overhead", " solvers", progress) as bar:
        for position in spread(library):
            if rows and time.perf_counter() > end:
                break
            if batches := _batches(library[position], samples, sizes):
                alone = coordinate(library=library[position : position + 1])
                with alone.keep_workers():
                    alone.process_batch([batches[0][0][0]])  # starts the workers
                    rows += [
                        row for batch in batches if (row := _measure(alone, library[position].id, batch))
                    ]
            bar.count({"batches": len(rows)})
            bar.update()
            bar.within(end - time.perf_counter())
    if not rows:
        raise ParameterError(
            "overhead",
            cause=f"no solver ends well on any of the {len(samples)} samples",
            remedy="Draw more samples.",
            parameter="samples",
        )
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _measure(alone: MegaBatchCoordinator, solver: str, batch: Sequence[Counted]) -> dict[str, Any] | None:
    """One row, or None where a limit ended an item."""
    samples, size = [sample for sample, _ in batch], len(batch)
    runs = [alone.process_batch(samples)]
    if runs[0].seconds < _REPEATED_BELOW_SECONDS:
        runs += [alone.process_batch(samples) for _ in range(_REPEATS - 1)]
    run = sorted(runs, key=lambda run: run.seconds)[len(runs) // 2]
    if (run.items.status != Status.OK).any():
        return None
    primitives = fmean(count for _, count in batch)
    wall, executed = 1e6 * run.seconds, time_inside(alone.engine, run.microseconds)
    at_once = 1 if alone.engine == "cuda" else min(alone.workers, size)
    overhead = (wall * at_once - executed) / size
    return {
        "solver": solver,
        "batch_size": size,
        "primitives": primitives,
        "wall_us": wall / size,
        "engine_us": 1e6 * run.execute_seconds / size,
        "executed_us": executed / size,
        "overhead_us": overhead,
        "overhead_us_per_operation": overhead / primitives,
    }


def time_inside(engine: str, microseconds: NDArray[np.float32]) -> float:
    """Microseconds that the items of a batch take inside of their solvers; a GPU runs them side by side."""
    times = microseconds.astype(np.float64)
    return float(times.max() if engine == "cuda" else times.sum())


def _batches(solver: Solver, samples: Sequence[Sample], sizes: Sequence[int]) -> list[list[Counted]]:
    """Batches of those sizes that will not take too long; none where the solver ends well on no sample."""
    counted: list[Counted] = []
    started = time.perf_counter()
    with suppress(TimeUp):
        call_within(_COUNTING_SECONDS, _count, solver, samples, counted)
    seconds = (time.perf_counter() - started) / max(1, len(counted))
    affordable = [size for size in sizes if counted and size * seconds < _LONGEST_BATCH_SECONDS]
    return [list(islice(cycle(counted), size)) for size in affordable]


def _count(solver: Solver, samples: Sequence[Sample], counted: list[Counted]) -> None:
    for sample in samples:
        with suppress(Exception):
            if primitives := count_primitives(solver.function, sample.input):
                counted.append((sample, primitives))
        if len(counted) == _DISTINCT:
            return


def spread(library: Library) -> list[int]:
    """The positions of all solvers, so that any first part of them has short and long programs alike."""
    by_length = sorted(range(len(library)), key=lambda position: len(library[position].source))
    digits = len(by_length).bit_length()
    # Read backwards, the binary digits of 0, 1, 2, ... halve the range again and again.
    places = sorted(range(len(by_length)), key=lambda place: f"{place:0{digits}b}"[::-1])
    return [by_length[place] for place in places]
