"""What the explorer shows of a task, a solver and a sample; how it is shown is `explorer`'s."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tokpidjin.engines.items import ItemResults
from tokpidjin.engines.registry import BACKENDS, choose_engine, usable_engines
from tokpidjin.engines.status import Progress, Status
from tokpidjin.errors import ParameterError, did_you_mean
from tokpidjin.library import Library, Solver, load_solvers
from tokpidjin.machine import usable_cores
from tokpidjin.report.matrix import Matrix, run_matrix
from tokpidjin.report.parameters import ExplorerParameters
from tokpidjin.report.pictures import Panel, draw_rows
from tokpidjin.report.plots import Picture
from tokpidjin.report.steps import Trace, trace_steps
from tokpidjin.report.tables import Table, number
from tokpidjin.results import judge
from tokpidjin.runner import Executor, every_item, read_grids
from tokpidjin.tasks import Sample, Task, load_tasks, pick_samples, samples_of

__all__ = ["Exploration", "Pick", "View", "sample_name"]

_REPEATS = 9
_REPEAT_SECONDS = 0.2
_MOST_OTHERS = 12


class Pick(NamedTuple):
    """What is looked at: ids of a task and of a solver, and the number of a sample of the task."""

    task: str
    solver: str
    sample: int = 0


@dataclass(frozen=True)
class View:
    """What there is to see of a pick."""

    pick: Pick
    solver: Solver
    picture: Picture
    trace: Trace
    times: Table
    others: Table
    finding: str


class Exploration:
    """Tasks and solvers, ready to be looked at.

    Raises what `load_tasks` and `load_solvers` raise, and ParameterError for a task, a solver or a sample that is not
    there.
    """

    def __init__(self, parameters: ExplorerParameters) -> None:
        self.parameters = parameters
        choose_engine(parameters.engine)
        self.tasks = {task.id: task for task in load_tasks(parameters.tasks)}
        self.library: Library = load_solvers(parameters.solvers or None, trusted=parameters.trusted)
        self._executors: dict[tuple[str, int], Executor] = {}
        self._matrices: dict[bool, Matrix] = {}
        self._rights: dict[str, NDArray[np.bool_]] = {}
        task = parameters.task or next((solver for solver in self.library.ids if solver in self.tasks), "")
        self.first = self.pick(task or next(iter(self.tasks)), parameters.solver, parameters.sample)

    def pick(self, task: str, solver: str = "", sample: int = 0) -> Pick:
        """The pick of these, checked; without a solver it is the task's own, else the first."""
        _refuse("task", task, self.tasks)
        solver = solver or (task if task in self.library.ids else self.library.ids[0])
        _refuse("solver", solver, self.library.ids)
        count = len(self.samples(task))
        if not 0 <= sample < count:
            cause = f"task {task} has {count} samples, and {sample} is not one of 0 to {count - 1}"
            raise ParameterError("parameter 'sample'", cause=cause, parameter="sample")
        return Pick(task, solver, sample)

    def samples(self, task: str) -> list[Sample]:
        """The demo samples of a task, then its test samples."""
        return samples_of([self.tasks[task]])

    def view(self, pick: Pick) -> View:
        """Everything about a pick. The solver runs in processes of its own where it is Python."""
        sample = self.samples(pick.task)[pick.sample]
        items = self._run(self.parameters.engine, [sample], pick.solver, outputs=True)
        verdict = _verdict(sample, items)
        finding = f"solver {pick.solver} on {pick.task} {sample_name(sample)}: {verdict}"
        return View(
            pick,
            self.library[pick.solver],
            Picture(finding, _draw(sample, items, verdict, finding)),
            trace_steps(self.library[pick.solver], sample.input, self.parameters.timeout),
            self._times(sample, pick.solver),
            self._others(pick),
            finding,
        )

    def matrix(self, scored: bool = False, progress: Progress | None = None) -> Matrix:
        """The whole library on the samples that the parameters ask for; run once, and once more for the scores."""
        if True in self._matrices:
            return self._matrices[True]
        if scored not in self._matrices:
            executor = self._executor(self.parameters.engine, self.parameters.workers or usable_cores())
            self._matrices[scored] = run_matrix(executor, self.matrix_samples, scored, progress)
        return self._matrices[scored]

    @property
    def has_matrix(self) -> bool:
        """Whether the library has run on the samples."""
        return bool(self._matrices)

    @cached_property
    def matrix_samples(self) -> list[Sample]:
        """The samples of the matrix, in the order of the tasks."""
        every = samples_of(self.tasks.values())
        return pick_samples(every, self.parameters.samples or None, self.parameters.seed)

    def place(self, pick: Pick) -> tuple[int, int] | None:
        """Row and column of a pick in the matrix; None where its sample was not drawn."""
        sample = self.samples(pick.task)[pick.sample]
        if sample not in self.matrix_samples:
            return None
        return self.library.ids.index(pick.solver), self.matrix_samples.index(sample)

    def _executor(self, engine: str, workers: int) -> Executor:
        key = engine, workers
        if key not in self._executors:
            self._executors[key] = Executor(
                self.library, engine, workers, timeout=self.parameters.timeout, isolated=True
            )
        return self._executors[key]

    def _run(self, engine: str, samples: Sequence[Sample], solver: str, outputs: bool = False) -> ItemResults:
        """One solver on samples, on one worker."""
        programs = np.full(len(samples), self.library.ids.index(solver), np.int32)
        grids = read_grids([sample.input for sample in samples])
        numbers = np.arange(len(samples), dtype=np.int32)
        return self._executor(engine, 1).execute(grids, programs, numbers, times=True, outputs=outputs)

    def _times(self, sample: Sample, solver: str) -> Table:
        """The solver's time on the sample on each engine: the median of some runs."""
        rows = []
        for name, backend in BACKENDS.items():
            if name not in usable_engines():
                rows.append((name, "not usable here", f"{backend.why_unusable()}", ""))
                continue
            refusal = self._executor(name, 1).fallback.get(solver)
            if refusal is not None:
                rows.append((name, "not compiled", refusal, ""))
                continue
            status, microseconds = self._timed(name, sample, solver)
            rows.append((name, status, "", number(microseconds)))
        return Table(("engine", "ended", "note", "µs"), rows, words=3)

    def _timed(self, engine: str, sample: Sample, solver: str) -> tuple[str, float]:
        first = self._run(engine, [sample], solver)
        assert first.microseconds is not None
        repeats = min(_REPEATS, int(_REPEAT_SECONDS * 1e6 / max(1.0, float(first.microseconds[0]))))
        items = self._run(engine, [sample] * repeats, solver) if repeats > 1 else first
        assert items.microseconds is not None
        return Status(int(first.status[0])).name.lower(), float(np.median(items.microseconds))

    def _right(self, task: Task) -> NDArray[np.bool_]:
        """Whether each solver gives each known answer of a task: (solvers, samples with an answer)."""
        if task.id not in self._rights:
            samples = [sample for sample in self.samples(task.id) if sample.output is not None]
            programs, numbers = every_item(len(self.library), len(samples))
            executor = self._executor(self.parameters.engine, self.parameters.workers or usable_cores())
            items = executor.execute(read_grids([sample.input for sample in samples]), programs, numbers)
            match = judge(samples, numbers, items).match
            self._rights[task.id] = match.reshape(len(self.library), len(samples))
        return self._rights[task.id]

    def _others(self, pick: Pick) -> Table:
        """The solvers that give answers of the task, those that give most first."""
        task = self.tasks[pick.task]
        right = self._right(task)
        demos = len(task.demo)
        counts = right.sum(axis=1)
        order = [int(k) for k in np.argsort(-counts, kind="stable") if counts[k]]
        rows = []
        for k in order[:_MOST_OTHERS]:
            solver = self.library.ids[k]
            all_right = "yes" if counts[k] == right.shape[1] else "no"
            picked = " (picked)" if solver == pick.solver else ""
            shares = [f"{part.sum()} of {part.size}" for part in (right[k, :demos], right[k, demos:])]
            rows.append((solver + picked, all_right, *shares))
        if len(order) > _MOST_OTHERS:
            rows.append((f"and {len(order) - _MOST_OTHERS} more", "", "", ""))
        return Table(("solver", "gives all known answers", "demo right", "test right"), rows, words=2)


def sample_name(sample: Sample) -> str:
    """A sample's place in its task.

    >>> sample_name(Sample("007bbfb7", "demo", 0, ((0,),), None))
    'demo[0]'
    """
    return f"{sample.split}[{sample.index}]"


def _refuse(parameter: str, value: str, known: Collection[str]) -> None:
    if value not in known:
        raise ParameterError(
            f"parameter {parameter!r}",
            cause=f"there is no {parameter} {value!r}",
            remedy=did_you_mean(value, known),
            parameter=parameter,
        )


def _verdict(sample: Sample, items: ItemResults) -> str:
    """How the only item ended, and how far it is from right."""
    status = Status(int(items.status[0]))
    if status != Status.OK:
        return f"no output ({status.name.lower()})"
    assert items.outputs is not None
    output = items.outputs[0]
    if sample.output is None or output is None:
        return "an output, whose answer is not known"
    answer = np.array(sample.output, np.uint8)
    if answer.shape != output.shape:
        sizes = [f"{grid.shape[0]}x{grid.shape[1]}" for grid in (output, answer)]
        return f"wrong, {sizes[0]} where {sizes[1]} is expected"
    wrong = int((answer != output).sum())
    return f"wrong in {wrong:,} of {answer.size:,} cells" if wrong else "right"


def _draw(sample: Sample, items: ItemResults, verdict: str, title: str) -> bytes:
    assert items.outputs is not None
    output = items.outputs[0]
    expected = "expected" if sample.output else "expected: not known"
    panels: list[Panel] = [
        (f"input of {sample_name(sample)}", sample.input, None),
        (expected, sample.output, None),
        (f"produced: {verdict}", None if output is None else output.tolist(), sample.output),
    ]
    return draw_rows([panels], title)
