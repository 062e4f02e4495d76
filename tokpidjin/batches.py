"""Runs a batch of samples: through a library's engine, or through a user's batt."""

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tokpidjin.batt import Batt, Output, Pairs, Score, decode_grid, log_error
from tokpidjin.engines.hashing import hash_grid
from tokpidjin.engines.items import ItemResults
from tokpidjin.engines.python import KILL_AFTER_SECONDS, LOST_STATUS, encode_grid, pack_outputs
from tokpidjin.engines.status import Status
from tokpidjin.engines.timeouts import TimeUp, call_within, check_timeout
from tokpidjin.engines.workers import Lost, WorkerPool
from tokpidjin.runner import Executor, every_item, read_grids
from tokpidjin.tasks import Grid, Sample

__all__ = ["Answers", "BatchRun", "BattRunner", "LibraryRunner"]

Answers = dict[str, list[Any]]
"""What became of one sample: its "s" and "o", as `batt` returns them."""

DemoPairs = Mapping[str, Pairs]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class BatchRun:
    """One batch, and all that was measured on it.

    Row q of `items` is solver `solvers[programs[q]]` on `samples[sample_numbers[q]]`. `seconds` is the wall
    time of the whole batch, `execute_seconds` the part of it spent in the engine, `microseconds` the time
    inside the solvers themselves, for each item (for a user's batt: for each of its calls, one a sample).
    """

    samples: Sequence[Sample]
    answers: list[Answers]
    solvers: Sequence[str]
    programs: NDArray[np.int32]
    sample_numbers: NDArray[np.int32]
    items: ItemResults
    microseconds: NDArray[np.float32]
    seconds: float
    execute_seconds: float


class LibraryRunner:
    """Runs the solvers of a library, each item on its own."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self.engine = executor.engine
        self.workers = executor.workers
        self.fallback = executor.fallback
        self.solvers = [solver.id for solver in executor.library]

    def count(self, samples: Sequence[Sample]) -> int:
        """The number of units of progress that the samples make."""
        return len(self.solvers) * len(samples)

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
        assert items.microseconds is not None
        answers = [
            self._answers(items, number, sample, len(samples)) for number, sample in enumerate(samples)
        ]
        seconds = time.perf_counter() - started
        return BatchRun(
            samples,
            answers,
            self.solvers,
            programs,
            numbers,
            items,
            items.microseconds,
            seconds,
            items.seconds,
        )

    def _answers(self, items: ItemResults, number: int, sample: Sample, samples: int) -> Answers:
        """The outputs of one sample: its items are every `samples`-th from `number` on."""
        assert items.outputs is not None
        places = np.arange(number, len(items.status), samples)
        places = places[items.status[places] == Status.OK]
        expected = None if sample.output is None else np.array(sample.output, np.uint8)
        # Many solvers leave a foreign grid as it is: equal outputs are one object.
        known: dict[int, tuple[Grid, float]] = {}
        outputs: list[Output] = []
        scores: list[Score] = []
        for place, digest in zip(places.tolist(), items.hashes[places].tolist(), strict=True):
            if digest not in known:
                known[digest] = _judged(items.outputs[place], expected)
            grid, share = known[digest]
            op_index = place // samples
            outputs.append((op_index, False, self.solvers[op_index], grid))
            if expected is not None:
                scores.append((op_index, False, self.solvers[op_index], share))
        return {"o": outputs, "s": scores}


def _judged(codes: NDArray[np.uint8] | None, expected: NDArray[np.uint8] | None) -> tuple[Grid, float]:
    """An output as a grid, and its score, see `tokpidjin.batt.score`."""
    assert codes is not None
    if expected is None or codes.shape != expected.shape:
        return decode_grid(codes), 0.0
    return decode_grid(codes), np.count_nonzero(codes == expected) / expected.size


class _Call(NamedTuple):
    """One call of a user's batt, as it travels to a worker."""

    task_id: str
    demo: Pairs
    sample: Sample
    log_path: str | None
    timeout: float | None


class _Returned(NamedTuple):
    """What became of that call."""

    status: Status
    answers: Answers
    microseconds: float = 0.0


class BattRunner:
    """Runs a user's batt, one call a sample; a call that fails or takes too long costs that sample alone."""

    engine = "python"

    def __init__(
        self, batt: Batt, name: str, workers: int, isolated: bool, timeout: float | None, log_path: str | None
    ) -> None:
        self._batt = batt
        self._name = name
        self._isolated = isolated
        self._timeout = timeout
        self._log_path = log_path
        self._pool = WorkerPool(self._perform, workers)
        self._kept = False
        self.workers = workers
        self.fallback: dict[str, str] = {}

    def count(self, samples: Sequence[Sample]) -> int:
        """The number of units of progress that the samples make."""
        return len(samples)

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
                    progress(len(returned), len(calls))
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

    def _perform(self, call: _Call) -> _Returned:
        """Makes one call, in whatever process this is."""
        sample = call.sample
        started = time.perf_counter()
        try:
            result = call_within(
                call.timeout, self._batt, call.task_id, call.demo, sample.input, sample.output, call.log_path
            )
            seconds = time.perf_counter() - started
            return _Returned(Status.OK, _read_answers(result), seconds * 1e6)
        except TimeUp:
            return _failed(Status.TIMEOUT)
        except Exception as error:
            log_error(call.log_path, call.task_id, self._name, error)
            return _failed(Status.MEMORY if isinstance(error, MemoryError) else Status.ERROR)

    def _batch(
        self,
        samples: Sequence[Sample],
        returned: Sequence[_Returned],
        started: float,
        execute_seconds: float,
    ) -> BatchRun:
        """A row for each output, and one that names the batt for each call that failed."""
        rows = [
            (number, solver, status, grid)
            for number, outcome in enumerate(returned)
            for solver, status, grid in self._rows(outcome)
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
        return BatchRun(
            samples=samples,
            answers=[outcome.answers for outcome in returned],
            solvers=solvers,
            programs=np.array([position[solver] for _, solver, _, _ in rows], np.int32),
            sample_numbers=np.array([number for number, *_ in rows], np.int32),
            items=items,
            microseconds=np.array([outcome.microseconds for outcome in returned], np.float32),
            seconds=time.perf_counter() - started,
            execute_seconds=execute_seconds,
        )

    def _rows(self, outcome: _Returned) -> list[tuple[str, Status, Grid | None]]:
        if outcome.status != Status.OK:
            return [(self._name, outcome.status, None)]
        return [(solver, Status.OK, grid) for _, _, solver, grid in outcome.answers["o"]]


def _failed(status: Status) -> _Returned:
    return _Returned(status, {"o": [], "s": []})


def _lost(loss: Lost) -> _Returned:
    return _failed(LOST_STATUS[loss])


def _read_answers(result: Any) -> Answers:
    """What a user's batt returned, checked, sorted by op_index, with its grids as tuples of tuples."""
    try:
        scores, outputs = result
        kept = [(int(k), bool(evo), str(solver), _plain(grid)) for k, evo, solver, grid in outputs]
        judged = [(int(k), bool(evo), str(solver), float(share)) for k, evo, solver, share in scores]
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"batt must return (s, o), lists of (op_index, evo, solver_id, score or grid): {error}"
        ) from error
    return {"o": sorted(kept, key=_op_index), "s": sorted(judged, key=_op_index)}


def _op_index(entry: tuple[Any, ...]) -> int:
    position: int = entry[0]
    return position


def _plain(grid: Any) -> Grid:
    rows = grid.tolist() if isinstance(grid, np.ndarray) else grid
    _, codes = encode_grid(tuple(tuple(row) for row in rows))
    if codes is None:
        raise ValueError("an output is no rectangular grid of colours")
    return decode_grid(codes)
