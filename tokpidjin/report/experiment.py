"""Does a GPU help? What `03_gpu` measures of dispatches, and what `04_overhead` says of it and of the speed-up."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tokpidjin.errors import ResultsError
from tokpidjin.files import write_file
from tokpidjin.library import load_solvers
from tokpidjin.report import toy
from tokpidjin.report.break_even import BreakEven, break_even
from tokpidjin.report.breakdown import Breakdown, break_down, measure_steps
from tokpidjin.report.compare import FOLDER, Comparison
from tokpidjin.report.dispatch import DISPATCHES, measure_dispatch
from tokpidjin.report.dispatch_plots import WORDS, plot_dispatches
from tokpidjin.report.modes import ModeRun
from tokpidjin.report.parameters import Parameters
from tokpidjin.report.plots import Picture
from tokpidjin.report.tables import Table, number
from tokpidjin.tasks import load_tasks, pick_samples, samples_of

__all__ = ["PICTURES", "Experiment", "breakdown_of", "explain", "measure_experiment", "read_experiment"]

PICTURES = ("dispatch.png", "breakdown.png")
"""The files of the pictures in the folder of `04_overhead`."""

REAL, TOY = "real", "toy"
"""The libraries by name: the built-in one, and `tokpidjin.report.toy`."""

_FILES = ("dispatch.parquet", "steps.parquet")
_RUN = b"run"  # which run of 03_gpu the tables belong to


@dataclass(frozen=True)
class Experiment:
    """What dispatches cost: the table of `measure_dispatch` for each engine; the steps of `measure_steps`."""

    dispatch: pa.Table
    steps: pa.Table

    @property
    def engines(self) -> list[str]:
        """The engines that were measured."""
        return list(dict.fromkeys(self.dispatch["engine"].to_pylist()))

    @property
    def largest(self) -> int:
        """The largest batch size."""
        return int(pc.max(self.dispatch["batch_size"]).as_py())

    def rows(
        self, engine: str, library: str, dispatch: str, batch_size: int | None = None
    ) -> list[dict[str, Any]]:
        """The rows of one kind of dispatch, at one batch size or at all."""
        wanted: dict[str, Any] = {"engine": engine, "library": library, "dispatch": dispatch}
        if batch_size is not None:
            wanted["batch_size"] = batch_size
        return [row for row in self._all_rows if all(row[key] == value for key, value in wanted.items())]

    @cached_property
    def _all_rows(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.dispatch.to_pylist()
        return found

    def speed_up(self, engine: str, library: str, dispatch: str) -> float:
        """How many times less all measured solvers take than in plain Python, at the largest batch size."""
        rows = self.rows(engine, library, dispatch, self.largest)
        return float(sum(row["python_us"] for row in rows) / sum(row["wall_us"] for row in rows))

    def overhead(self, engine: str, library: str, dispatch: str) -> float:
        """The median overhead per operation in microseconds, at the largest batch size."""
        rows = self.rows(engine, library, dispatch, self.largest)
        return float(median(row["overhead_us_per_operation"] for row in rows))

    def break_even(self, engine: str, dispatch: str, batch_size: int) -> BreakEven:
        """From which complexity on the dispatch pays against plain Python, over the real library."""
        rows = self.rows(engine, REAL, dispatch, batch_size)
        plain = [{**row, "wall_us": row["python_us"]} for row in rows]
        ours, base = (pa.Table.from_pylist(found, schema=self.dispatch.schema) for found in (rows, plain))
        return break_even(dispatch, ours, base, batch_size)

    @property
    def table(self) -> Table:
        """One row for each engine and kind of dispatch, at the largest batch size: the toy library beside the real."""
        return Table(
            (
                "engine",
                "one dispatch for each",
                "overhead/operation, toy",
                "overhead/operation, real",
                "against plain Python, toy",
                "against plain Python, real",
                "real solvers, by primitives",
            ),
            [self._row(engine, dispatch) for engine in self.engines for dispatch in DISPATCHES],
            words=2,
        )

    def _row(self, engine: str, dispatch: str) -> Sequence[str]:
        costs = [f"{number(self.overhead(engine, library, dispatch))} µs" for library in (TOY, REAL)]
        gains = [_speed(self.speed_up(engine, library, dispatch)) for library in (TOY, REAL)]
        finding = self.break_even(engine, dispatch, self.largest).finding
        return (engine, WORDS[dispatch], *costs, *gains, finding)

    @cached_property
    def picture(self) -> Picture:
        """Overhead per operation against complexity and against batch size, and what there is to be saved."""
        panels = {engine: (self._panel(engine, REAL), self._panel(engine, TOY)) for engine in self.engines}
        evens = {
            engine: [self.break_even(engine, kind, self.largest) for kind in DISPATCHES]
            for engine in self.engines
        }
        return plot_dispatches(panels, evens, self._finding)

    def _panel(self, engine: str, library: str) -> dict[str, list[dict[str, Any]]]:
        return {kind: self.rows(engine, library, kind) for kind in DISPATCHES}

    @property
    def _finding(self) -> str:
        engine = self.engines[0]
        worst, best = (_speed(self.speed_up(engine, REAL, kind)) for kind in (DISPATCHES[0], DISPATCHES[-1]))
        return f"{engine} against plain Python: a dispatch for each primitive is {worst}, one for all {best}"

    @property
    def conclusion(self) -> str:
        """What the experiment says, a sentence for each engine and dispatch; whether a GPU was measured."""
        sentences = [
            f"{engine}, one dispatch for each {WORDS[dispatch]}: {_speed(self.speed_up(engine, REAL, dispatch))} "
            f"than plain Python (toy library: {_speed(self.speed_up(engine, TOY, dispatch))})."
            for engine in self.engines
            for dispatch in DISPATCHES
        ]
        if "cuda" not in self.engines:
            sentences.append("No GPU was measured: a dispatch is a call of the machine on the CPU.")
        return "\n".join(sentences)


def _speed(factor: float) -> str:
    """
    >>> _speed(12.34), _speed(0.25)
    ('12.3 times faster', '4 times slower')
    """
    return f"{number(factor)} times faster" if factor >= 1 else f"{number(1 / factor)} times slower"


def measure_experiment(mode: ModeRun) -> Experiment:
    """Measures what dispatches cost on the engine of `03_gpu`, and beside `cuda` on `native`; writes it to its folder.

    `mode` is that run; the samples and parameters are its own. It takes `overhead_seconds`, and some more for the
    whole library. Raises what `measure_dispatch` raises.
    """
    parameters = Parameters(**mode.summary["parameters"])
    samples = pick_samples(samples_of(load_tasks(parameters.tasks)), parameters.samples, parameters.seed)
    libraries = {TOY: load_solvers(toy.__file__), REAL: load_solvers()}
    engine = mode.summary["engine"]
    steps = measure_steps(libraries[REAL], samples, engine, mode.summary["workers"])
    engines = list(dict.fromkeys([engine, "native"]))
    seconds = parameters.overhead_seconds
    tables = [
        measure_dispatch(
            libraries,
            samples,
            engine=name,
            batch_sizes=parameters.batch_sizes,
            seconds=None if seconds is None else seconds / len(engines),
        )
        for name in engines
    ]
    tables = [pa.concat_tables(tables), steps]
    for file, table in zip(_FILES, tables, strict=True):
        _write(table.replace_schema_metadata({_RUN: mode.summary["started"]}), mode.folder / file)
    return Experiment(*tables)


def read_experiment(mode: ModeRun) -> Experiment:
    """What `measure_experiment` wrote beside the run of `03_gpu`.

    Raises ResultsError, naming the folder and the notebook to run, where it is missing or of another run.
    """
    tables = []
    for file in _FILES:
        path = mode.folder / file
        table = pq.read_table(path) if path.is_file() else None
        if table is None or (table.schema.metadata or {}).get(_RUN) != mode.summary["started"].encode():
            raise ResultsError(
                f"results {os.fspath(mode.folder)!r}",
                cause=f"there is no {file}" if table is None else f"{file} is of another run",
                remedy=f"Run notebooks/{mode.folder.name}.ipynb with out={os.fspath(mode.folder.parent)!r} first.",
                file=os.fspath(path),
            )
        tables.append(table)
    return Experiment(*tables)


def explain(comparison: Comparison) -> tuple[Experiment, Breakdown]:
    """What dispatches cost, and where the speed-up of the compared runs comes from; the pictures are written.

    What `03_gpu` has not measured is measured first.
    """
    compiled = comparison.runs[-1]
    try:
        experiment = read_experiment(compiled)
    except ResultsError:
        experiment = measure_experiment(compiled)
    breakdown = breakdown_of(comparison, experiment)
    folder = compiled.folder.parent / FOLDER
    for file, picture in zip(PICTURES, (experiment.picture, breakdown.picture), strict=True):
        write_file(folder / file, picture.png)
    return experiment, breakdown


def breakdown_of(comparison: Comparison, experiment: Experiment) -> Breakdown:
    """Where the speed-up of the compared runs comes from."""
    base, parallel, compiled = (run.summary for run in comparison.runs)
    return break_down(base, parallel, compiled, experiment.steps)


def _write(table: pa.Table, path: Path) -> None:
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer)
    write_file(path, buffer.getvalue().to_pybytes())
