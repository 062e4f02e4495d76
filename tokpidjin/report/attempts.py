"""What `05_submission` shows: the submission made, its tasks in a table, and some attempts as pictures."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tokpidjin.library import load_solvers
from tokpidjin.machine import usable_cores
from tokpidjin.report.parameters import SubmissionParameters
from tokpidjin.report.pictures import Panel, draw_rows
from tokpidjin.report.plots import Picture
from tokpidjin.report.tables import Table
from tokpidjin.runner import Executor
from tokpidjin.submission import (
    Submission,
    TaskAttempts,
    check_submission,
    find_challenges,
    sample_beside,
    submit,
)
from tokpidjin.tasks import load_tasks

__all__ = ["Submitted", "make_submission"]

FILE = "submission.json"
ELSEWHERE = "arc-agi-1/evaluation"
_COUNTS = ((0, 0, "none"), (1, 1, "1"), (2, 4, "2 to 4"), (5, None, "5 or more"))


@dataclass(frozen=True)
class Submitted:
    """A submission that was made and checked; `spec` names its tasks, `file` is where it was written."""

    submission: Submission
    spec: str
    file: Path
    shown: int

    @property
    def table(self) -> Table:
        """How many tasks have so many solvers that give all their demo answers, and how many of them are solved."""
        fitting = [len(self.submission.of(task).fitting) for task in self.submission.tasks]
        solved = [self._is_solved(self.submission.of(task)) for task in self.submission.tasks]
        rows = []
        for least, most, name in _COUNTS:
            inside = [
                k for k, count in enumerate(fitting) if least <= count and (most is None or count <= most)
            ]
            rows.append((name, str(len(inside)), _listed(Counter(solved[k] for k in inside))))
        return Table(("solvers that fit all demo pairs", "tasks", "solved"), rows)

    @property
    def conclusion(self) -> str:
        """One sentence of what was found."""
        tasks, score = self.submission.tasks, self.submission.score()
        fitting = sum(bool(task.fitting) for task in self.submission.done.values())
        right = f", {score.right} of {score.known} test outputs are right" if score.known else ""
        return (
            f"{self.file}: {len(tasks)} tasks of {self.spec}, {fitting} with a solver that fits all their demo pairs"
            f"{right}; {len(tasks) - len(self.submission.done)} tasks were left out for lack of time."
        )

    @property
    def picture(self) -> Picture:
        """Test inputs with their attempts, wrong cells crossed: tasks that a solver fits come first."""
        order = sorted(self.submission.tasks, key=lambda task: not self.submission.of(task).fitting)
        rows = [row for task in order[: self.shown] for row in _panels(self.submission.of(task))]
        fitting = sum(bool(task.fitting) for task in self.submission.done.values())
        title = f"Attempts for {min(self.shown, len(order))} of {len(order)} tasks; solvers fit {fitting}"
        return Picture(title, draw_rows(rows, title))

    def _is_solved(self, task: TaskAttempts) -> bool | None:
        right = task.right()
        return all(right) if right else None


def make_submission(parameters: SubmissionParameters) -> Submitted:
    """Makes submission.json in the folder `parameters.out`, and checks it as the competition would.

    Raises what `load_tasks`, `load_solvers`, `submit` and `check_submission` raise.
    """
    spec = parameters.tasks or str(find_challenges() or ELSEWHERE)
    tasks = load_tasks(spec)
    library = load_solvers(parameters.solvers or None)
    workers = parameters.workers or usable_cores()
    executor = Executor(library, parameters.engine, workers, timeout=parameters.timeout)
    file = Path(parameters.out, FILE)
    found = submit(executor, tasks, file, parameters.seconds, progress=True)
    check_submission(file, tasks, sample_beside(spec))
    return Submitted(found, spec, file, parameters.shown)


def _panels(found: TaskAttempts) -> list[list[Panel]]:
    """A row for each test input: the input, both attempts, the answer where it is known."""
    rows: list[list[Panel]] = []
    for index, (pair, attempts) in enumerate(zip(found.task.test, found.attempts, strict=True)):
        tried: list[Panel] = [
            (f"attempt {number}: {attempt.solver or 'no solver'}", attempt.grid, pair.output)
            for number, attempt in enumerate(attempts, 1)
        ]
        answer: Panel = ("answer" if pair.output else "answer not known", pair.output, None)
        rows.append([(f"{found.task.id} test[{index}]", pair.input, None), *tried, answer])
    return rows


def _listed(solved: Counter[bool | None]) -> str:
    return "unknown" if solved[None] else str(solved[True])
