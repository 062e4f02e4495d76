"""`tokpidjin submit`: two attempts for every test input, as the ARC Prize competitions take them."""

import argparse
import json
import os
import time
from collections.abc import Mapping
from typing import Any

from tokpidjin.cli.execution import executor_of, fallback_note
from tokpidjin.cli.options import add_engine, add_json, add_solvers, seconds
from tokpidjin.errors import ParameterError
from tokpidjin.library import load_solvers
from tokpidjin.report.tables import number
from tokpidjin.submission import check_submission, find_challenges, sample_beside, submit
from tokpidjin.tasks import load_tasks

__all__ = ["add_arguments", "main"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of this command."""
    add_solvers(parser)
    parser.add_argument(
        "--tasks",
        metavar="SPEC",
        help="as for `run` (default: the test challenges of the competition attached to a Kaggle notebook)",
    )
    parser.add_argument(
        "--sample",
        metavar="FILE",
        help="the competition's sample submission (default: the one beside the tasks)",
    )
    parser.add_argument(
        "--seconds",
        type=seconds,
        metavar="S",
        help="begin no further task after that time (default: no limit)",
    )
    add_engine(parser)
    parser.add_argument(
        "--out", default="submission.json", metavar="FILE", help="the file to write (default: %(default)s)"
    )
    add_json(parser)


def main(args: argparse.Namespace) -> int:
    """Writes the submission, checks it as the competition would, prints what is in it."""
    spec = args.tasks or find_challenges()
    if spec is None:
        raise ParameterError(
            "--tasks",
            cause="no competition's test challenges are attached under /kaggle/input",
            remedy="Name the challenges file, or a public set such as arc-agi-1/evaluation.",
            parameter="tasks",
        )
    tasks = load_tasks(spec)
    sample = args.sample or sample_beside(spec)
    executor = executor_of(args, load_solvers(args.solvers, prefix=args.prefix, trusted=args.trusted))
    started = time.perf_counter()
    found = submit(executor, tasks, args.out, args.seconds, progress=True)
    check_submission(args.out, tasks, sample)
    score = found.score()
    summary = {
        "file": args.out,
        "tasks": len(tasks),
        "done": len(found.done),
        "test_inputs": sum(len(task.test) for task in tasks),
        "answered": sum(
            attempt[0].solver is not None for task in tasks for attempt in found.of(task).attempts
        ),
        "fitting": {name: list(task.fitting) for name, task in sorted(found.done.items()) if task.fitting},
        "sample": None if sample is None else os.fspath(sample),
        "score": score._asdict() if score.known else None,
        "engine": executor.engine,
        "workers": executor.workers,
        "seconds": time.perf_counter() - started,
        "fallback": executor.fallback,
    }
    print(json.dumps(summary, indent=2) if args.json else _report(summary))
    if not args.json:
        print(*fallback_note(executor.fallback), sep="\n", end="")
    return 0


def _report(summary: Mapping[str, Any]) -> str:
    score, left = summary["score"], summary["tasks"] - summary["done"]
    lines = [
        f"{len(summary['fitting'])} of {summary['tasks']} tasks have a solver that gives all their demo answers",
        f"{summary['answered']} of {summary['test_inputs']} test inputs have an answer by a solver",
    ]
    if left:
        lines.append(f"the time was up: {left} tasks were not begun; their attempts are the test inputs")
    if score:
        lines.append(
            f"right: {score['right']} of {score['known']} test outputs, {score['solved']} of {score['tasks']} tasks"
        )
    against = f", as in {summary['sample']}" if summary["sample"] else ""
    lines.append(f"{summary['file']}: valid{against}; {number(summary['seconds'])} s on {summary['engine']}")
    return "\n".join(lines)
