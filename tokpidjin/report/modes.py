"""One mode of running the whole library, measured: what each of the first three notebooks calls."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tokpidjin.errors import ParameterError, ResultsError, did_you_mean
from tokpidjin.library import load_solvers
from tokpidjin.machine import usable_cores
from tokpidjin.report.break_even import median_overheads
from tokpidjin.report.overhead import measure_overhead
from tokpidjin.report.parameters import Parameters
from tokpidjin.report.plots import Picture, plot_times
from tokpidjin.report.tables import Table, run_table
from tokpidjin.results import read_results, write_results
from tokpidjin.tasks import load_tasks, pick_samples, samples_of

__all__ = ["MODES", "Mode", "ModeRun", "read_mode", "run_mode"]

OVERHEAD_FILE = "overhead.parquet"


@dataclass(frozen=True)
class Mode:
    """A way to run the library: the notebook (and folder of results) that is about it, the engines that it may use.

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
