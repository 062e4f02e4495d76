"""Where the speed-up over sequential Python comes from: one factor a source, whose product is the whole.

All steps execute the same items, all solvers on all samples, and each differs from the one before in one thing. The
factor of a source is the time before it by the time with it, both in the engine alone, from grids in to outputs out.
What the coordinator does around the engine (judging the answers, making the table), and that it runs each item but
once, is the last source: it takes back a part of what a fast engine gains. In another order the sources would have
other factors, of the same product.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf, prod
from typing import Any

import numpy as np
import pyarrow as pa

from tokpidjin.engines.items import ItemResults
from tokpidjin.library import Library
from tokpidjin.report.dispatch import fastest_run
from tokpidjin.report.dispatch_plots import plot_breakdown
from tokpidjin.report.plots import Picture
from tokpidjin.report.tables import Table, number
from tokpidjin.runner import Executor, every_item, read_grids
from tokpidjin.tasks import Sample

__all__ = ["STEPS", "Breakdown", "Source", "break_down", "measure_steps"]

STEPS = pa.schema([("step", pa.string()), ("workers", pa.int32()), ("seconds", pa.float64())])
"""The steps between sequential Python and the run of `03_gpu`.

`compile`: compiling the library, once. `solver`: a dispatch for each solver and sample, on one thread of the native
engine. `library`: one dispatch for all of them. `threads`: that on threads. `gpu`: that on `cuda`, where `03_gpu` is.
"""

_ROUNDS = 5

Summary = Mapping[str, Any]


@dataclass(frozen=True)
class Source:
    """One source of the speed-up: what is done, the seconds in the engine with it, and its factor.

    None stands for what was not measured.
    """

    name: str
    how: str
    seconds: float | None
    factor: float | None


@dataclass(frozen=True)
class Breakdown:
    """The sources in order, and what the whole runs took: sequential, in processes instead, and compiled.

    `compile_seconds` are spent once, before the run, and are in none of the times.
    """

    base: Summary
    parallel: Summary
    compiled: Summary
    sources: Sequence[Source]
    compile_seconds: float

    @property
    def total(self) -> float:
        """How many times less the whole compiled run takes than the sequential one."""
        return float(self.base["seconds"] / self.compiled["seconds"])

    @property
    def processes(self) -> float:
        """The same of plain Python in processes: what they give where nothing is compiled."""
        return float(self.base["seconds"] / self.parallel["seconds"])

    @property
    def product(self) -> float:
        """The product of the factors, which must be the total."""
        return prod(source.factor for source in self.sources if source.factor is not None)

    @property
    def has_gpu(self) -> bool:
        """Whether a GPU was measured."""
        return bool(self.compiled["engine"] == "cuda")

    @property
    def table(self) -> Table:
        """One row a source, then the whole, then processes instead of it."""
        rows = [(self.base["label"], "", _seconds(self.base["engine_seconds"]), "1")]
        rows += [
            (source.name, source.how, _seconds(source.seconds), _times(source.factor))
            for source in self.sources
        ]
        rows.append(("all of these", self._whole(self.compiled), "", _times(self.total)))
        rows.append(
            (
                "processes instead of all these",
                self._whole(self.parallel),
                _seconds(self.parallel["engine_seconds"]),
                _times(self.processes),
            )
        )
        return Table(("source", "what runs", "seconds in the engine", "times faster"), rows, words=2)

    @property
    def finding(self) -> str:
        """The whole, in a few words."""
        base, compiled = (number(run["seconds"]) for run in (self.base, self.compiled))
        gpu = "with a GPU" if self.has_gpu else "a GPU was not measured"
        return f"{self.base['samples']} samples: {base} s to {compiled} s, {_times(self.total)} times less; {gpu}"

    @property
    def picture(self) -> Picture:
        """The factors as steps."""
        return plot_breakdown(self)

    @property
    def conclusion(self) -> str:
        """The whole and its factors, in a sentence; what a GPU gave, or that none was measured."""
        factors = " x ".join(
            f"{source.name} {_times(source.factor)}" for source in self.sources if source.factor is not None
        )
        compiling = f"Compiling the library takes {number(self.compile_seconds)} s, once, and is not in this."
        return f"{self.finding}.\nThe factors: {factors}. {compiling}\n{self._gpu}"

    @property
    def _gpu(self) -> str:
        if not self.has_gpu:
            return f"A GPU was not measured: the run was on {self.compiled['engine']}, {self.compiled['reason']}."
        [factor] = [source.factor for source in self.sources if source.name == "GPU"]
        return f"The GPU took {_times(factor)} times less in the engine than the threads of the CPU did."

    def _whole(self, run: Summary) -> str:
        return f"the whole run: {number(self.base['seconds'])} s to {number(run['seconds'])} s"


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else number(seconds)


def _times(factor: float | None) -> str:
    return "not measured" if factor is None else number(factor)


def break_down(base: Summary, parallel: Summary, compiled: Summary, steps: pa.Table) -> Breakdown:
    """The breakdown of the modes' summaries and the table of `measure_steps`."""
    took = {row["step"]: row["seconds"] for row in steps.to_pylist()}
    threads = {row["step"]: row["workers"] for row in steps.to_pylist()}["threads"]
    chain = {
        "compiling": ("solver", "native, 1 thread, a dispatch for each solver and sample"),
        "batching": ("library", "native, 1 thread, one dispatch for all"),
        "threads": ("threads", f"native, {threads} thread{'s' if threads > 1 else ''}, one dispatch for all"),
        "GPU": ("gpu", "cuda, one dispatch for all"),
    }
    sources, before = [], base["engine_seconds"]
    for name, (step, how) in chain.items():
        if step in took:
            sources.append(Source(name, how, took[step], before / took[step]))
            before = took[step]
        else:
            sources.append(Source(name, f"this was run on {compiled['engine']}", None, None))
    outside = (base["seconds"] / compiled["seconds"]) / (base["engine_seconds"] / before)
    sources.append(Source("outside the engine", "judging, tables, a cold start", None, outside))
    return Breakdown(base, parallel, compiled, sources, took["compile"])


def measure_steps(library: Library, samples: Sequence[Sample], engine: str, workers: int) -> pa.Table:
    """The table of `STEPS` for a library that was not compiled before; `engine` and `workers` are those of `03_gpu`.

    `compile` and `solver` are timed once. The others run in turn, since a machine's clock varies, and of each the
    fastest run counts. Raises EngineError where an engine cannot run.
    """
    compile_us, alone = fastest_run(lambda: Executor(library, "native", workers=1), within=0)
    together = {"library": alone, "threads": Executor(library, "native", workers)}
    if engine == "cuda":
        together["gpu"] = Executor(library, "cuda", workers)
    grids = read_grids([sample.input for sample in samples])
    solvers, numbers = every_item(len(library), len(grids))
    first = np.zeros(1, np.int32)

    def one_by_one() -> None:
        for solver, sample in zip(solvers.reshape(-1, 1), numbers.tolist(), strict=True):
            alone.execute([grids[sample]], solver, first, times=True, outputs=True)

    def at_once(executor: Executor) -> ItemResults:
        return executor.execute(grids, solvers, numbers, times=True, outputs=True)

    rows = [("compile", 1, compile_us), ("solver", 1, fastest_run(one_by_one, within=0)[0])]
    fastest = dict.fromkeys(together, inf)
    for _ in range(_ROUNDS):
        for step, executor in together.items():
            fastest[step] = min(fastest[step], fastest_run(partial(at_once, executor), within=0)[0])
    rows += [(step, executor.workers, fastest[step]) for step, executor in together.items()]
    return pa.Table.from_pylist(
        [{"step": step, "workers": count, "seconds": 1e-6 * took} for step, count, took in rows], schema=STEPS
    )
