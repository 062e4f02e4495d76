"""Executing the items of a command as its options ask for, with a progress bar."""

import argparse
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from tokpidjin.engines.items import ItemResults
from tokpidjin.library import Library
from tokpidjin.machine import usable_cores
from tokpidjin.progress import progress_bar
from tokpidjin.runner import Executor
from tokpidjin.tasks import Sample

__all__ = ["execute", "executor_of", "fallback_note"]

_Numbers = npt.NDArray[np.int32]


def executor_of(args: argparse.Namespace, library: Library) -> Executor:
    """The library on the engine and within the limits that were asked for; solvers never run in this process."""
    return Executor(
        library,
        args.engine,
        args.workers or usable_cores(),
        args.budget,
        args.timeout,
        isolated=True,
        memory_limit=args.memory_limit,
    )


def execute(
    args: argparse.Namespace,
    library: Library,
    samples: Sequence[Sample],
    solvers: _Numbers,
    numbers: _Numbers,
    outputs: bool = True,
) -> tuple[ItemResults, Executor]:
    """Runs solver `solvers[q]` on sample `numbers[q]` for each q; times are kept, outputs where asked for."""
    executor = executor_of(args, library)
    grids = [np.array(sample.input, np.uint8) for sample in samples]
    with progress_bar(len(solvers), executor.engine) as bar:
        items = executor.execute(grids, solvers, numbers, times=True, outputs=outputs, progress=bar.add)
    return items, executor


def fallback_note(fallback: Mapping[str, str]) -> list[str]:
    """Lines on the solvers that a compiled engine left to the python engine, and why."""
    reasons = [f"  {solver}: {reason}" for solver, reason in fallback.items()]
    return [f"not compiled, run by the python engine ({len(reasons)}):", *reasons] if reasons else []
