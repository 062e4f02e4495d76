"""Answers to test inputs from a library: two attempts each, as the ARC Prize competitions on Kaggle take them.

A submission file is `{task id: [{"attempt_1": grid, "attempt_2": grid}, ...]}` with one entry for each test input, in
order; every task of the challenges is there, and both keys. A test output counts as right when either attempt is it.
"""

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tokpidjin.engines.items import ItemResults
from tokpidjin.errors import ResultsError, TaskError
from tokpidjin.files import prepare_folder, write_file
from tokpidjin.progress import progress_bar
from tokpidjin.results import results_table
from tokpidjin.runner import Executor, every_item
from tokpidjin.task_files import COLOURS, MAX_SIDE, Place, expect, member, read_grid, read_json
from tokpidjin.tasks import Grid, Task, mounted, samples_of

__all__ = [
    "ATTEMPTS",
    "Attempt",
    "Score",
    "Submission",
    "TaskAttempts",
    "check_submission",
    "find_challenges",
    "sample_beside",
    "submit",
]

ATTEMPTS = ("attempt_1", "attempt_2")

_ITEMS_AT_ONCE = 40_000
"""Items between two looks at the clock, on a compiled engine."""
_WRITE_SECONDS = 10.0

Counts = NDArray[np.intp]


class Attempt(NamedTuple):
    """One answer: the grid, and the solver that gave it; None where no solver did and it is the test input."""

    grid: Grid
    solver: str | None


@dataclass(frozen=True)
class TaskAttempts:
    """What is submitted for a task: `fitting` solvers give all its demo answers; two attempts a test input."""

    task: Task
    fitting: tuple[str, ...]
    attempts: tuple[tuple[Attempt, Attempt], ...]

    def right(self) -> list[bool]:
        """For each test input with a known answer, whether an attempt is that answer."""
        answered = zip(self.task.test, self.attempts, strict=True)
        return [
            any(attempt.grid == pair.output for attempt in attempts)
            for pair, attempts in answered
            if pair.output is not None
        ]


class Score(NamedTuple):
    """Test outputs that are right of those known, and tasks of which all are."""

    right: int
    known: int
    solved: int
    tasks: int

    @property
    def share(self) -> float:
        """What the competition counts: the share of test outputs that are right."""
        return self.right / self.known if self.known else 0.0


@dataclass
class Submission:
    """Attempts for all tasks; for those that are not `done` yet, the test inputs themselves."""

    tasks: Sequence[Task]
    done: dict[str, TaskAttempts] = field(default_factory=dict)

    def of(self, task: Task) -> TaskAttempts:
        """The attempts for one of the tasks."""
        return self.done.get(task.id) or TaskAttempts(task, (), tuple(map(_without_solver, task.test)))

    def as_json(self) -> dict[str, list[dict[str, Grid]]]:
        """The content of the submission file: every task, both attempts for each test input."""
        return {
            task.id: [
                {key: attempt.grid for key, attempt in zip(ATTEMPTS, attempts, strict=True)}
                for attempts in self.of(task).attempts
            ]
            for task in self.tasks
        }

    def score(self) -> Score:
        """How right it is, where the answers are known."""
        judged = [right for task in self.tasks if (right := self.of(task).right())]
        return Score(sum(map(sum, judged)), sum(map(len, judged)), sum(map(all, judged)), len(judged))

    def write(self, file: str | os.PathLike[str]) -> None:
        """Writes the file whole or not at all; ResultsError where it cannot be written."""
        text = json.dumps(self.as_json(), separators=(",", ":"))
        path = Path(file)
        prepare_folder(path.parent)
        write_file(path, text.encode())


def submit(
    executor: Executor,
    tasks: Sequence[Task],
    file: str | os.PathLike[str],
    seconds: float | None = None,
    progress: bool = False,
) -> Submission:
    """Runs the library on all demo and test inputs, and writes a submission for the tasks.

    The outputs for a test input are ranked by the best solver that gives them: first the number of demo answers that it
    gives, then its mean score on them (the share of cells that are right), then how many solvers as good as it
    give the same output, then its place in the library. The first two different ones are the attempts. Only
    what may be an answer counts: up to 30x30 cells of the colours 0 to 9.

    file: written at first with the test inputs as attempts, then every ten seconds and at the end, whatever ends this:
    an interrupt, the kernel, or the time. seconds: after that no further task is begun. progress: show a
    bar, with the number of tasks that a solver fits. Raises TaskError for a task without a test input and
    ResultsError where the file cannot be written, both before any work.
    """
    for task in tasks:
        if not task.test:
            raise TaskError(f"task {task.id}", cause="it has no test input to answer", task=task.id)
    submission = Submission(tasks)
    submission.write(file)
    started = written = time.monotonic()
    try:
        with executor.keep_workers(), progress_bar(len(tasks), executor.engine, " tasks", progress) as bar:
            for some in _groups(executor, tasks):
                if seconds is not None and time.monotonic() - started > seconds:
                    break
                submission.done.update({found.task.id: found for found in _attempts(executor, some)})
                bar.count({"fitting": sum(bool(found.fitting) for found in submission.done.values())})
                bar.update(len(some))
                if time.monotonic() - written > _WRITE_SECONDS:
                    submission.write(file)
                    written = time.monotonic()
    finally:
        submission.write(file)
    return submission


def _groups(executor: Executor, tasks: Sequence[Task]) -> Iterator[list[Task]]:
    """The tasks, as many at a time as make a good batch; one at a time where solvers run as Python."""
    rest = iter(tasks)
    python = executor.engine == "python" or executor.fallback
    count = 1 if python else max(1, _ITEMS_AT_ONCE // (5 * len(executor.library)))
    while some := list(islice(rest, count)):
        yield some


def _attempts(executor: Executor, tasks: Sequence[Task]) -> Iterator[TaskAttempts]:
    samples = samples_of(tasks)
    grids = [np.array(sample.input, np.uint8) for sample in samples]
    solvers, numbers = every_item(len(executor.library), len(samples))
    items = executor.execute(grids, solvers, numbers, outputs=True)
    names = [solver.id for solver in executor.library]
    table = results_table(names, samples, solvers, numbers, items)
    shape = (len(names), len(samples))
    match = table["match"].fill_null(False).to_numpy().reshape(shape)
    score = table["score"].fill_null(0.0).to_numpy().reshape(shape)
    at = 0
    for task in tasks:
        demo, test = at + len(task.demo), at + len(task.demo) + len(task.test)
        rank = _Ranking(match[:, at:demo], score[:, at:demo], names)
        outputs = _Outputs(items, len(samples), rank)
        attempts = [
            outputs.attempts(k, pair.input) for k, pair in zip(range(demo, test), task.test, strict=True)
        ]
        yield TaskAttempts(task, rank.fitting(), tuple(attempts))
        at = test


class _Ranking:
    """How good each solver is on the demo pairs of one task: booleans and scores (solvers, pairs)."""

    def __init__(self, match: NDArray[np.bool_], score: NDArray[np.float32], names: Sequence[str]) -> None:
        self.names = names
        self._pairs = match.shape[1]
        self._right = match.sum(axis=1)
        mean = score.mean(axis=1) if self._pairs else np.zeros(len(names))
        self.keys = list(zip(self._right.tolist(), mean.tolist(), strict=True))

    def fitting(self) -> tuple[str, ...]:
        fits = (self._right == self._pairs) & (self._pairs > 0)
        return tuple(self.names[solver] for solver in np.flatnonzero(fits).tolist())


class _Outputs:
    """The outputs of all solvers, to choose attempts from: items in the order of (solvers, samples)."""

    def __init__(self, items: ItemResults, samples: int, rank: _Ranking) -> None:
        assert items.outputs is not None
        self._outputs = items.outputs
        self._hashes = items.hashes.reshape(-1, samples)
        self._rank = rank

    def attempts(self, sample: int, given: Grid) -> tuple[Attempt, Attempt]:
        """The two best outputs for a sample; the test input itself where there are not as many."""
        found = [self._attempt(solver, sample) for solver in self._best_first(sample)]
        best = list(islice((attempt for attempt in found if attempt), len(ATTEMPTS)))
        first, second = [*best, *(Attempt(given, None),) * len(ATTEMPTS)][: len(ATTEMPTS)]
        return first, second

    def _best_first(self, sample: int) -> list[int]:
        """One solver for each different output."""
        giving: dict[int, list[int]] = {}
        for solver, digest in enumerate(self._hashes[:, sample].tolist()):
            if digest:
                giving.setdefault(digest, []).append(solver)
        keys = self._rank.keys
        ranked = []
        for solvers in giving.values():
            best = max(keys[solver] for solver in solvers)
            equal = [solver for solver in solvers if keys[solver] == best]
            ranked.append((best, len(equal), -equal[0]))
        return [-place for *_, place in sorted(ranked, reverse=True)]

    def _attempt(self, solver: int, sample: int) -> Attempt | None:
        cells = self._outputs[solver * self._hashes.shape[1] + sample]
        if (
            cells is None
            or not 0 < min(cells.shape) <= max(cells.shape) <= MAX_SIDE
            or cells.max() >= COLOURS
        ):
            return None
        return Attempt(tuple(map(tuple, cells.tolist())), self._rank.names[solver])


def _without_solver(pair: Any) -> tuple[Attempt, Attempt]:
    return Attempt(pair.input, None), Attempt(pair.input, None)


def check_submission(
    file: str | os.PathLike[str], tasks: Sequence[Task], sample: str | os.PathLike[str] | None = None
) -> None:
    """Raises ResultsError where the competition would refuse the file, naming task, test input and key.

    `sample` is the competition's sample_submission.json; without it the file is held against the tasks alone.
    """
    place = Place(os.fspath(file))
    counts = {task.id: len(task.test) for task in tasks}
    if sample is not None:
        _compare(counts, _sample_counts(sample), Place(os.fspath(sample)))
    content = expect(read_json(Path(file)), dict, place, "an object of task ids")
    try:
        _compare(_counts(content, place), counts, place)
        for name, entries in content.items():
            for index, entry in enumerate(entries):
                inside = place.at(task=name, pair=f"test[{index}]")
                for key in ATTEMPTS:
                    read_grid(member(entry, key, inside), inside, key)
    except TaskError as error:
        raise ResultsError(error.what, cause=error.cause, remedy=error.remedy, file=error.file) from None


def _counts(content: Mapping[str, Any], place: Place) -> dict[str, int]:
    return {
        name: len(expect(entries, list, place.at(task=name), "a list of attempts"))
        for name, entries in content.items()
    }


def _sample_counts(sample: str | os.PathLike[str]) -> dict[str, int]:
    place = Place(os.fspath(sample))
    return _counts(expect(read_json(Path(sample)), dict, place, "an object of task ids"), place)


def _compare(found: Mapping[str, int], wanted: Mapping[str, int], place: Place) -> None:
    """TaskError unless both have the same tasks with as many test inputs."""
    for name in sorted({*found, *wanted}):
        if name not in found or name not in wanted:
            where = "in the file, but not in the challenges" if name in found else "missing"
            raise place.at(task=name).error(f"the task is {where}", "Name files of the same set.")
        if found[name] != wanted[name]:
            raise place.at(task=name).error(f"{found[name]} test inputs where {wanted[name]} are wanted")


def sample_beside(spec: str | os.PathLike[str]) -> Path | None:
    """The competition's sample submission in the folder of a challenges file, if it is there."""
    challenges = Path(mounted(spec))
    beside = challenges.parent / "sample_submission.json"
    return beside if challenges.is_file() and "test" in challenges.name and beside.is_file() else None


def find_challenges(root: str | os.PathLike[str] = "/kaggle/input") -> Path | None:
    """The test challenges of a competition that is attached to a Kaggle notebook, None where there are none."""
    folders = ("competitions/*", "*", "*/*", "*/*/*")  # a competition's before a copy in a dataset
    patterns = (f"{folder}/*test*challenges.json" for folder in folders)
    return next((file for pattern in patterns for file in sorted(Path(root).glob(pattern))), None)
