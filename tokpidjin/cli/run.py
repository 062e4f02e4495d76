"""`tokpidjin run`: every solver on every sample, into a table."""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from tokpidjin.cli.options import add_engine, add_json, add_solvers, add_tasks, whole
from tokpidjin.cli.work import Work, execute
from tokpidjin.errors import TaskError
from tokpidjin.library import load_solvers
from tokpidjin.report.tables import number, text_table
from tokpidjin.results import results_table, summarise, write_results
from tokpidjin.tasks import data_version, load_tasks, pick_samples, samples_of

__all__ = ["add_arguments", "main"]

_RECORDED = ("solvers", "prefix", "tasks", "samples", "seed", "engine", "workers", "budget", "timeout")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of this command."""
    add_solvers(parser)
    add_tasks(parser)
    parser.add_argument("--samples", type=whole, metavar="N", help="how many input grids (default: all)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="chooses them (default: %(default)s)")
    add_engine(parser)
    parser.add_argument("--out", default="out/run", metavar="FOLDER", help="of the results (default: %(default)s)")
    add_json(parser)


def main(args: argparse.Namespace) -> int:
    """Runs, writes the results, prints their summary."""
    library = load_solvers(args.solvers, prefix=args.prefix)
    samples = pick_samples(samples_of(load_tasks(args.tasks)), args.samples, args.seed)
    started = datetime.now(UTC).isoformat(timespec="seconds")
    solvers = np.repeat(np.arange(len(library), dtype=np.int32), len(samples))
    numbers = np.tile(np.arange(len(samples), dtype=np.int32), len(library))
    items, executor = execute(args, library, samples, solvers, numbers)
    table = results_table([solver.id for solver in library], samples, solvers, numbers, items)
    summary = summarise(
        table,
        items.seconds,
        started=started,
        parameters={name: getattr(args, name) for name in _RECORDED},
        data=data_version(args.tasks),
        engine=executor.engine,
        workers=executor.workers,
        fallback=executor.fallback,
    )
    write_results(table, summary, args.out)
    print(json.dumps(summary, indent=2) if args.json else _report(summary, args.out))
    return 0
