"""Runs a batch of samples: through a library's engine, or through a user's batt."""

import sys
import time
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tokpidjin.answers import Answers, Entries, answers_of
from tokpidjin.batt import Batt, Pairs, decode_grid, log_error
from tokpidjin.engines.hashing import hash_grid
from tokpidjin.engines.items import ItemResults, Outputs
from tokpidjin.engines.python import KILL_AFTER_SECONDS, LOST_STATUS, encode_grid, pack_outputs
from tokpidjin.engines.registry import BACKENDS
from tokpidjin.engines.status import Progress, Status, count_statuses
from tokpidjin.engines.timeouts import TimeUp, call_within, check_timeout
from tokpidjin.engines.workers import MEMORY_LIMIT, Lost, WorkerPool
from tokpidjin.identity import code_identity, library_identity
from tokpidjin.results import Judgement, judge, results_table
from tokpidjin.runner import Executor, every_item, read_grids
from tokpidjin.tasks import Grid, Sample

__all__ = ["BatchRun", "BattRunner", "LibraryRunner", "Runner"]

DemoPairs = Mapping[str, Pairs]


@dataclass(frozen=True)
class BatchRun:
    """One batch, and all that was measured on it.

    Row q of `items` is solver `solvers[programs[q]]` on `samples[sample_numbers[q]]`, sample by sample.
    `outputs` and `scores` are the entries of all samples. `seconds` is the wall time of the whole batch,
    `execute_seconds` the part of it spent in the engine, `microseconds` the time inside the solvers
    themselves, for each item (for a user's batt: for each of its calls, one a sample).
    """

    samples: Sequence[Sample]
    outputs: Entries
    scores: Entries
    solvers: Sequence[str]
    programs: NDArray[np.int32]
    sample_numbers: NDArray[np.int32]
    items: ItemResults
    microseconds: NDArray[np.float32]
    seconds: float
    execute_seconds: float
    judged: Judgement | None = None

    @cached_property
    def answers(self) -> list[Answers]:
        """For each sample its "o" and "s"."""
        return answers_of(self.outputs, self.scores, len(self.samples))

    @property
    def counts(self) -> Counter[str]:
        """How many items ended in each status, by the status's name in lower case."""
        return count_statuses(self.items.status)

    @cached_property
    def table(self) -> pa.Table:
        """The results table, see `tokpidjin.results.SCHEMA`: one row for each item."""
        return results_table(
            self.solvers, self.samples, self.programs, self.sample_numbers, self.items, self.judged
        )


class Runner(Protocol):
    """What runs batches: the solvers of a library, or a user's batt."""

    engine: str
    workers: int
    fallback: dict[str, str]

    def identity(self) -> dict[str, Any]:
        """What must be the same for the results to be the same, by name."""

    def count(self, samples: int) -> int:
        """The number of units of progress that so many samples make."""

    def keep_workers(self) -> AbstractContextManager[None]:
        """Keeps worker processes for all batches inside of the block."""

    def run(self, samples: Sequence[Sample], demo: DemoPairs, progress: Progress | None = None) -> BatchRun:
        """Runs everything on a batch."""


class LibraryRunner:
    """Runs the solvers of a library, each item on its own."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self.engine = executor.engine
        self.workers = executor.workers
        self.fallback = executor.fallback
        self.solvers = [solver.id for solver in executor.library]

    def identity(self) -> dict[str, Any]:
        """Library and limits; compiled engines share theirs, and give the same within them."""
        kind = "compiled" if BACKENDS[self.engine].compiled else "python"
        return {
            "library": library_identity(self._executor.library),
            "engine": kind,
            **self._executor.limits,
        }

    def count(self, samples: int) -> int:
        """The number of units of progress that so many samples make."""
        return len(self.solvers) * samples

    @contextmanager
    def keep_workers(self) -> Iterator[None]:
        """Keeps worker processes for all batches inside of the block."""
        with self._executor.keep_workers():
            yield

    def run(self, samples: Sequence[Sample], demo: DemoPairs, progress: Progress | None = None) -> BatchRun:
        """Runs every solver on every sample of the batch."""
        started = time.perf_counter()
        grids = read_grids([sample.input for sample in samples])
        programs, numbers = every_item(len(self.solvers), len(samples))
        items = self._executor.execute(grids, programs, numbers, times=True, outputs=True, progress=progress)
        # Engines take the items solver by solver; results are sample by sample, whatever the batch.
        order = np.arange(len(programs)).reshape(-1, len(samples)).T.ravel()
        programs, numbers, items = programs[order], numbers[order], _in_order(items, order)
        assert items.microseconds is not None
        judged = judge(samples, numbers, items)
        outputs, scores = self._entries(programs, numbers, items, judged)
        return BatchRun(
            samples,
            outputs,
            scores,
            self.solvers,
            programs,
            numbers,
            items,
            items.microseconds,
            time.perf_counter() - started,
            items.seconds,
            judged,
        )

    def _entries(
        self,
        programs: NDArray[np.int32],
        numbers: NDArray[np.int32],
        items: ItemResults,
        judged: Judgement,
    ) -> tuple[Entries, Entries]:
        """The outputs of all items that ended well, and the scores of those whose answer is known."""
        assert items.outputs is not None
        ended_well = items.status == Status.OK

        def entries(chosen: NDArray[np.bool_], values: Outputs | NDArray[np.float64]) -> Entries:
            evo = np.zeros(np.count_nonzero(chosen), np.bool_)
            return Entries(numbers[chosen], programs[chosen], evo, programs[chosen], self.solvers, values)

        judged_well = ended_well & judged.known
        return (
            entries(ended_well, _chosen(items.outputs, ended_well)),
            entries(judged_well, judged.score[judged_well]),
        )


def _in_order(items: ItemResults, order: NDArray[np.int64]) -> ItemResults:
    return ItemResults(
        status=items.status[order],
        hashes=items.hashes[order],
        primitives=items.primitives[order],
        microseconds=None if items.microseconds is None else items.microseconds[order],
        outputs=None if items.outputs is None else _chosen(items.outputs, order),
        seconds=items.seconds,
    )


def _chosen(outputs: Outputs, places: NDArray[Any]) -> Outputs:
    return Outputs(outputs.cells, outputs.offsets[places], outputs.shapes[places])


class _Call(NamedTuple):
    """One call of a user's batt, as it travels to a worker."""

    task_id: str
    demo: Pairs
    sample: Sample
    log_path: str | None
    timeout: float | None


Listed = Sequence[tuple[int, bool, str, Any]]


class _Returned(NamedTuple):
    """What became of that call."""

    status: Status
    outputs: Listed = ()
    scores: Listed = ()
    microseconds: float = 0.0


class BattRunner:
    """Runs a user's batt, one call a sample; a call that fails or takes too long costs that sample alone."""

    engine = "python"

    def __init__(
        self,
        batt: Batt,
        name: str,
        workers: int,
        isolated: bool,
        timeout: float | None,
        log_path: str | None,
        memory_limit: int | None = MEMORY_LIMIT,
    ) -> None:
        self._batt = batt
        self._name = name
        self._isolated = isolated
        self._timeout = timeout
        self._log_path = log_path
        self._memory_limit = memory_limit
        self._pool = WorkerPool(self._perform_as_worker, workers, memory_limit)
        self._kept = False
        self.workers = workers
        self.fallback: dict[str, str] = {}

    def identity(self) -> dict[str, Any]:
        """The user's module and the limits of a call."""
        module = sys.modules.get(getattr(self._batt, "__module__", ""))
        code = code_identity(self._name, getattr(module, "__file__", None))
        limits = {"timeout": self._timeout, "memory_limit": self._memory_limit}
        return {"library": code, "engine": self.engine, **limits}

    def count(self, samples: int) -> int:
        """The number of units of progress that so many samples make."""
        return samples

    @contextmanager
    def keep_workers(self) -> Iterator[None]:
        """Keeps worker processes for all batches inside of the block."""
        if self._kept:
            yield
            return
        with self._pool:
            self._kept = True
            try:
                yield
            finally:
                self._kept = False

    def run(self, samples: Sequence[Sample], demo: DemoPairs, progress: Progress | None = None) -> BatchRun:
        """Calls the batt on every sample of the batch."""
        started = time.perf_counter()
        calls = [
            _Call(sample.task_id, demo.get(sample.task_id, ()), sample, self._log_path, self._timeout)
            for sample in samples
        ]
        returned: dict[int, _Returned] = {}
        # Closed at once when an interrupt comes, so that no worker outlives it.
        with closing(self._each(calls)) as outcomes:
            for number, outcome in outcomes:
                returned[number] = outcome
                if progress is not None:
                    progress(Counter({outcome.status.name.lower(): 1}))
        execute_seconds = time.perf_counter() - started
        return self._batch(samples, [returned[k] for k in range(len(calls))], started, execute_seconds)

    def _each(self, calls: Sequence[_Call]) -> Generator[tuple[int, _Returned]]:
        if not self._isolated:
            check_timeout(self._timeout)
            yield from ((number, self._perform(call)) for number, call in enumerate(calls))
            return
        limit = None if self._timeout is None else self._timeout + KILL_AFTER_SECONDS
        with nullcontext() if self._kept else self._pool:
            for number, outcome in self._pool.run(calls.__getitem__, len(calls), chunk=1, limit=limit):
                yield number, _lost(outcome) if isinstance(outcome, Lost) else outcome

    def _perform_as_worker(self, call: _Call) -> _Returned | Lost:
        returned = self._perform(call)
        return Lost.MEMORY if returned.status == Status.MEMORY else returned

    def _perform(self, call: _Call) -> _Returned:
        """Makes one call, in whatever process this is."""
        try:
            return call_within(call.timeout, self._answer, call)
        except TimeUp:
            return _Returned(Status.TIMEOUT)
        except Exception as error:
            # What it raised may not even have a text, and a log that cannot be written must not cost more.
            with suppress(Exception):
                log_error(call.log_path, call.task_id, self._name, error)
            return _Returned(Status.MEMORY if isinstance(error, MemoryError) else Status.ERROR)

    def _answer(self, call: _Call) -> _Returned:
        sample = call.sample
        started = time.perf_counter()
        result = self._batt(call.task_id, call.demo, sample.input, sample.output, call.log_path)
        seconds = time.perf_counter() - started
        return _Returned(Status.OK, *_read_answers(result), seconds * 1e6)

    def _batch(
        self,
        samples: Sequence[Sample],
        returned: Sequence[_Returned],
        started: float,
        execute_seconds: float,
    ) -> BatchRun:
        """A row for each output, and one that names the batt for each call that failed."""
        rows = [
            (number, solver, outcome.status, grid)
            for number, outcome in enumerate(returned)
            for solver, grid in self._rows(outcome)
        ]
        solvers = list(dict.fromkeys(solver for _, solver, _, _ in rows))
        position = {solver: place for place, solver in enumerate(solvers)}
        codes = [None if grid is None else encode_grid(grid)[1] for *_, grid in rows]
        items = ItemResults(
            status=np.array([status for _, _, status, _ in rows], np.uint8),
            hashes=np.array([0 if code is None else hash_grid(code) for code in codes], np.uint64),
            primitives=np.zeros(len(rows), np.uint32),
            microseconds=None,
            outputs=pack_outputs(codes),
            seconds=execute_seconds,
        )
        grids = pack_outputs([code for code in codes if code is not None])
        return BatchRun(
            samples=samples,
            outputs=_entries([outcome.outputs for outcome in returned], grids),
            scores=_entries([outcome.scores for outcome in returned], None),
            solvers=solvers,
            programs=np.array([position[solver] for _, solver, _, _ in rows], np.int32),
            sample_numbers=np.array([number for number, *_ in rows], np.int32),
            items=items,
            microseconds=np.array([outcome.microseconds for outcome in returned], np.float32),
            seconds=time.perf_counter() - started,
            execute_seconds=execute_seconds,
        )

    def _rows(self, outcome: _Returned) -> list[tuple[str, Grid | None]]:
        if outcome.status != Status.OK:
            return [(self._name, None)]
        return [(solver, grid) for _, _, solver, grid in outcome.outputs]


def _entries(listed: Sequence[Listed], grids: Outputs | None) -> Entries:
    """The entries of all samples, from a list for each; without `grids` their values are scores."""
    rows = [(number, *entry) for number, entries in enumerate(listed) for entry in entries]
    names = list(dict.fromkeys(row[3] for row in rows))
    position = {name: place for place, name in enumerate(names)}
    return Entries(
        np.array([row[0] for row in rows], np.int32),
        np.array([row[1] for row in rows], np.int32),
        np.array([row[2] for row in rows], np.bool_),
        np.array([position[row[3]] for row in rows], np.int32),
        names,
        np.array([row[4] for row in rows], np.float64) if grids is None else grids,
    )


def _lost(loss: Lost) -> _Returned:
    return _Returned(LOST_STATUS[loss])


def _read_answers(result: Any) -> tuple[Listed, Listed]:
    """The outputs and scores that a user's batt returned, checked, sorted by op_index, with plain grids."""
    try:
        scores, outputs = result
        kept = [(int(k), bool(evo), str(solver), _plain(grid)) for k, evo, solver, grid in outputs]
        judged = [(int(k), bool(evo), str(solver), float(share)) for k, evo, solver, share in scores]
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"batt must return (s, o), lists of (op_index, evo, solver_id, score or grid): {error}"
        ) from error
    return sorted(kept, key=_op_index), sorted(judged, key=_op_index)


def _op_index(entry: tuple[Any, ...]) -> int:
    position: int = entry[0]
    return position


def _plain(grid: Any) -> Grid:
    rows = grid.tolist() if isinstance(grid, np.ndarray) else grid
    _, codes = encode_grid(tuple(tuple(row) for row in rows))
    if codes is None:
        raise ValueError("an output is no rectangular grid of colours")
    return decode_grid(codes)
