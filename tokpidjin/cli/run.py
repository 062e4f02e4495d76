"""`tokpidjin run`: every solver on every sample, into a table."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tokpidjin.cli.execution import fallback_note
from tokpidjin.cli.options import add_engine, add_json, add_solvers, add_tasks, seconds, whole
from tokpidjin.coordinator import MegaBatchCoordinator
from tokpidjin.engines.registry import choose_engine
from tokpidjin.errors import ParameterError
from tokpidjin.library import load_solvers
from tokpidjin.machine import usable_cores
from tokpidjin.report.tables import number
from tokpidjin.results import SUMMARY_FILE, TABLE_FILE, read_summary
from tokpidjin.tasks import data_version, load_tasks, pick_samples, samples_of

__all__ = ["add_arguments", "main"]

_RECORDED = (
    "solvers", "prefix", "tasks", "samples", "seed", "engine", "workers", "cluster", "budget", "timeout",
    "memory_limit",
)  # fmt: skip


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
        "--cluster",
        metavar="ADDRESS",
        help="run on a Dask cluster: its scheduler, as in tcp://10.0.0.1:8786 (default: this machine)",
    )
    parser.add_argument(
        "--out", default="out/run", metavar="FOLDER", help="for the results (default: %(default)s)"
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on with a run that was stopped: skip what is finished in --out",
    )
    parser.add_argument(
        "--limit-seconds",
        type=seconds,
        metavar="S",
        help="stop after S seconds; --resume goes on (default: never)",
    )
    add_json(parser)


def main(args: argparse.Namespace) -> int:
    """Runs, writes the results, prints their summary; 1 where the limit came first."""
    if args.cluster is not None and args.workers is not None:
        raise ParameterError(
            "--workers with --cluster",
            cause="each worker of a cluster uses the threads that it was started with",
            remedy="Leave --workers out; `dask worker --nthreads` sets them.",
            parameter="workers",
        )
    library = load_solvers(args.solvers, prefix=args.prefix, trusted=args.trusted)
    samples = pick_samples(samples_of(load_tasks(args.tasks)), args.samples, args.seed)
    coordinator = MegaBatchCoordinator(
        library=library,
        engine=args.engine if args.cluster is not None else choose_engine(args.engine).name,
        max_workers=args.workers or usable_cores(),
        budget=args.budget,
        timeout=args.timeout,
        memory_limit=args.memory_limit,
        out=args.out,
        resume=args.resume,
        limit_seconds=args.limit_seconds,
        cluster=args.cluster,
    )
    recorded = {
        "parameters": {name: getattr(args, name) for name in _RECORDED},
        "data": data_version(args.tasks),
        "samples": len(samples),
    }
    for _ in coordinator.stream(samples, recorded):
        pass
    if not coordinator.complete:
        return 1
    summary = read_summary(Path(args.out))
    if args.json:
        print(json.dumps(summary, indent=2))
    else:
        print(_report(summary, args.out))
        print(*fallback_note(summary["fallback"]), sep="\n", end="")
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
        "results": f"{Path(folder) / TABLE_FILE}, {SUMMARY_FILE}",
    }
    return "\n".join(f"{name:14}{text}" for name, text in rows.items())
