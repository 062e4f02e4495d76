"""One mode of running the whole library, measured: what each of the first three notebooks calls."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tokpidjin.coordinator import LastRun, MegaBatchCoordinator
from tokpidjin.engines.device import devices
from tokpidjin.engines.registry import AUTO, BACKENDS
from tokpidjin.errors import ParameterError, ResultsError, did_you_mean
from tokpidjin.library import load_solvers
from tokpidjin.machine import usable_cores
from tokpidjin.progress import progress_bar
from tokpidjin.report.break_even import median_overheads
from tokpidjin.report.overhead import measure_overhead
from tokpidjin.report.parameters import Parameters
from tokpidjin.report.plots import Picture, plot_times
from tokpidjin.report.tables import Table, run_table
from tokpidjin.results import read_results, write_results
from tokpidjin.summary import summarise
from tokpidjin.tasks import Sample, data_version, load_tasks, pick_samples, samples_of

__all__ = ["MODES", "Mode", "ModeRun", "read_mode", "run_mode"]

OVERHEAD_FILE = "overhead.parquet"


@dataclass(frozen=True)
class Mode:
    """A way to run the library: the notebook (and folder of results) that is about it, the engines that it
    may use.

    `engines` has the usual one first. `parallel` is False for the mode that is one process.
    """

    folder: str
    engines: Sequence[str]
    parallel: bool

    def fit(self, parameters: Parameters) -> Parameters:
        """The parameters with the engine and the workers replaced where they cannot be this mode's."""
        engine = parameters.engine if parameters.engine in self.engines else self.engines[0]
        return replace(parameters, engine=engine, workers=parameters.workers if self.parallel else 1)

    def check(self, parameters: Parameters) -> None:
        """Raises ParameterError where the engine or the workers cannot be this mode's."""
        if parameters.engine not in self.engines:
            raise ParameterError(
                "parameter 'engine'",
                cause=f"{parameters.engine!r} is not for {self.folder}",
                remedy=did_you_mean(parameters.engine, self.engines),
                parameter="engine",
            )
        if not self.parallel and parameters.workers != 1:
            raise ParameterError(
                "parameter 'workers'",
                cause=f"{self.folder} is about one process, not {parameters.workers}",
                remedy="Set it to 1, or use 02_parallel.",
                parameter="workers",
            )


MODES = {
    "sequential": Mode("01_sequential", ("python", "native"), parallel=False),
    "parallel": Mode("02_parallel", ("python", "native"), parallel=True),
    "compiled": Mode("03_gpu", ("auto", "cuda", "native"), parallel=True),
}
"""By name, the baseline first."""


@dataclass(frozen=True)
class ModeRun:
    """What one mode did and cost; `folder` holds the same on disk."""

    name: str
    folder: Path
    results: pa.Table
    summary: dict[str, Any]
    overhead: pa.Table

    @property
    def table(self) -> Table:
        """How many items, how fast, how they ended."""
        return run_table(self.summary)

    @property
    def picture(self) -> Picture:
        """How the times of the items are spread."""
        return plot_times(self.results["microseconds"].drop_null().to_pylist(), self.summary["label"])

    def busy_share(self) -> float:
        """The share of the workers' time that was spent inside solvers, between 0 and 1."""
        inside = 1e-6 * sum(self.results["microseconds"].drop_null().to_pylist())
        return float(inside / (self.summary["seconds"] * self.summary["workers"]))


def run_mode(name: str, parameters: Parameters) -> ModeRun:
    """Runs the built-in library on the drawn samples in one mode, measures its overhead, and writes both.

    The coordinator processes the samples in batches of the largest size; that is what `seconds` and `items/s`
    are about. The overhead is then measured on the same samples, see `measure_overhead`. Both go to the
    mode's folder in `parameters.out`: results.parquet, summary.json, overhead.parquet. Raises ParameterError,
    TaskError or EngineError before any work for parameters that cannot be met.
    """
    mode = MODES[name]
    mode.check(parameters)
    library = load_solvers()
    samples = pick_samples(samples_of(load_tasks(parameters.tasks)), parameters.samples, parameters.seed)
    coordinator = MegaBatchCoordinator(
        batch_size=max(parameters.batch_sizes),
        parallel=mode.parallel,
        max_workers=parameters.workers or usable_cores(),
        engine=parameters.engine,
        library=library,
        timeout=parameters.timeout,
    )
    run = _process(coordinator, samples, len(library))
    overhead = measure_overhead(
        library,
        samples,
        engine=coordinator.engine,
        workers=coordinator.workers,
        parallel=mode.parallel,
        batch_sizes=parameters.batch_sizes,
        seconds=parameters.overhead_seconds,
        timeout=parameters.timeout,
    )
    facts = {
        **_facts(name, parameters, coordinator),
        "samples": len(samples),
        "engine_seconds": sum(batch.execute_seconds for batch in run.batches),
        "compiled": len(library) - len(coordinator.fallback),
        "overhead": {
            "solvers": pc.count_distinct(overhead["solver"]).as_py(),
            "us_per_operation": _by_size(overhead),
        },
    }
    results = run.table()
    summary = summarise(results, run.seconds, started=run.started, parameters=parameters.as_dict(), **facts)
    folder = Path(parameters.out) / mode.folder
    write_results(results, summary, folder)
    _write_overhead(overhead, folder / OVERHEAD_FILE)
    return ModeRun(name, folder, results, summary, overhead)


def read_mode(name: str, out: str | os.PathLike[str]) -> ModeRun:
    """What `run_mode` wrote.

    Raises ResultsError, naming the folder and the notebook to run, where it is missing.
    """
    folder = Path(out) / MODES[name].folder
    if not (folder / OVERHEAD_FILE).is_file():
        raise ResultsError(
            f"results {os.fspath(folder)!r}",
            cause=f"there is no {OVERHEAD_FILE}",
            remedy=f"Run notebooks/{folder.name}.ipynb with out={os.fspath(out)!r} first.",
            file=os.fspath(folder),
        )
    results, summary = read_results(folder)
    return ModeRun(name, folder, results, summary, pq.read_table(folder / OVERHEAD_FILE))


def _write_overhead(overhead: pa.Table, path: Path) -> None:
    """Whole or not at all, as `write_results` does."""
    passing = path.with_name(f".{path.name}.{os.getpid()}")
    pq.write_table(overhead, passing)
    os.replace(passing, path)


def _process(coordinator: MegaBatchCoordinator, samples: Sequence[Sample], solvers: int) -> LastRun:
    """The coordinator's batches of exactly these samples, timed as a whole."""
    begun = datetime.now(UTC).isoformat(timespec="seconds")
    run = LastRun(coordinator.engine, coordinator.workers, coordinator.fallback, begun)
    total = len(samples) * solvers
    with progress_bar(total, coordinator.engine) as bar, coordinator.keep_workers():
        started = time.perf_counter()
        for batch in coordinator.create_batches(samples):
            run.batches.append(coordinator.process_batch(batch, bar.add))
        run.seconds = time.perf_counter() - started
    return run


def _facts(name: str, parameters: Parameters, coordinator: MegaBatchCoordinator) -> dict[str, Any]:
    """The mode, as people name it and as it was carried out."""
    engine, workers = coordinator.engine, coordinator.workers
    kind = "process" if not MODES[name].parallel else "thread" if BACKENDS[engine].compiled else "worker"
    count, kind = (len(devices()), "GPU") if engine == "cuda" else (workers, kind)
    lack = BACKENDS["cuda"].why_unusable()
    chosen = f"chosen because cuda cannot be used: {lack}" if lack else "a GPU can be used"
    return {
        "mode": name,
        "label": f"{name} ({engine}, {count} {kind}{'s' if count > 1 else ''})",
        "engine": engine,
        "reason": chosen if parameters.engine == AUTO else "as asked for",
        "workers": workers,
        "fallback": coordinator.fallback,
        "data": data_version(parameters.tasks),
    }


def _by_size(overhead: pa.Table) -> dict[str, float]:
    return {str(size): value for size, value in median_overheads(overhead).items()}
