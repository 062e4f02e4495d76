"""`tokpidjin run`: every solver on every sample, into a table."""

import argparse
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np

from tokpidjin.cli.execution import execute, fallback_note
from tokpidjin.cli.options import add_engine, add_json, add_solvers, add_tasks, whole
from tokpidjin.library import load_solvers
from tokpidjin.report.tables import number
from tokpidjin.results import (
    SUMMARY_FILE,
    TABLE_FILE,
    prepare_folder,
    results_table,
    summarise,
    write_results,
)
from tokpidjin.tasks import data_version, load_tasks, pick_samples, samples_of

__all__ = ["add_arguments", "main"]

_RECORDED = ("solvers", "prefix", "tasks", "samples", "seed", "engine", "workers", "budget", "timeout")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of this command."""
    add_solvers(parser)
    add_tasks(parser)
    parser.add_argument("--samples", type=whole, metavar="N", help="how many input grids (default: all)")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="S", help="chooses them (default: %(default)s)"
    )
    add_engine(parser)
    parser.add_argument(
        "--out", default="out/run", metavar="FOLDER", help="for the results (default: %(default)s)"
    )
    add_json(parser)


def main(args: argparse.Namespace) -> int:
    """Runs, writes the results, prints their summary."""
    library = load_solvers(args.solvers, prefix=args.prefix)
    samples = pick_samples(samples_of(load_tasks(args.tasks)), args.samples, args.seed)
    solvers = np.repeat(np.arange(len(library), dtype=np.int32), len(samples))
    numbers = np.tile(np.arange(len(samples), dtype=np.int32), len(library))
    prepare_folder(args.out)
    started = datetime.now(UTC).isoformat(timespec="seconds")
    items, executor = execute(args, library, samples, solvers, numbers)
    table = results_table([solver.id for solver in library], samples, solvers, numbers, items)
    summary = summarise(
        table,
        items.seconds,
        started=started,
        parameters={name: getattr(args, name) for name in _RECORDED},
        data=data_version(args.tasks),
        samples=len(samples),
        engine=executor.engine,
        workers=executor.workers,
        fallback=executor.fallback,
    )
    write_results(table, summary, args.out)
    if args.json:
        print(json.dumps(summary, indent=2))
    else:
        print(_report(summary, args.out))
        print(*fallback_note(executor), sep="\n", end="")
    return 0


def _report(summary: Mapping[str, Any], folder: str) -> str:
    times = summary["microseconds"]
    percentiles = ", ".join(f"{name} {number(value)}" for name, value in times.items()) if times else "none"
    ended = ", ".join(f"{status} {count:,}" for status, count in summary["status"].items() if count)
    rows = {
        "engine": f"{summary['engine']}, workers: {summary['workers']}",
        "items": f"{summary['items']:,} ({summary['solvers']} solvers x {summary['samples']:,} samples)",
        "ended": ended,
        "right": f"{summary['matches']:,} of {summary['answers_known']:,} items with a known answer",
        "tasks solved": f"{summary['tasks_solved']:,} of {summary['tasks']:,}",
        "time": f"{number(summary['seconds'])} s, {number(summary['items_per_second'])} items/s",
        "µs an item": percentiles,
        "results": f"{folder}/{TABLE_FILE}, {SUMMARY_FILE}",
    }
    return "\n".join(f"{name:14}{text}" for name, text in rows.items())
