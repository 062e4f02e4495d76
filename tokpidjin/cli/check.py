"""`tokpidjin check`: each solver on the pairs of its own task."""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from tokpidjin.cli.execution import execute, fallback_note
from tokpidjin.cli.options import add_engine, add_json, add_solvers, add_tasks
from tokpidjin.engines.hashing import hash_grid
from tokpidjin.engines.items import ItemResults
from tokpidjin.engines.status import Status
from tokpidjin.errors import SolverError
from tokpidjin.library import load_solvers
from tokpidjin.tasks import Sample, load_tasks, load_variants, samples_of

__all__ = ["add_arguments", "main", "verdicts"]

_RIGHT, _WRONG = "right", "wrong"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of this command."""
    add_solvers(parser)
    data = parser.add_mutually_exclusive_group()
    add_tasks(data)
    data.add_argument(
        "--variants",
        metavar="FILE",
        help="further examples instead of tasks: .json or .json.gz, {task id: [{input, output}, ...]}",
    )
    add_engine(parser)
    add_json(parser)


def main(args: argparse.Namespace) -> int:
    """Checks, prints what fails and, last, the count; 1 unless every task is solved."""
    library = load_solvers(args.solvers, prefix=args.prefix, trusted=args.trusted)
    position = {solver.id: number for number, solver in enumerate(library)}
    samples = [
        sample for sample in _samples(args) if sample.task_id in position and sample.output is not None
    ]
    if not samples:
        raise SolverError(
            f"none of the {len(library)} solvers can be checked",
            cause=f"none is for a task with known answers in {args.variants or args.tasks!r}",
            remedy="Choose the data with --tasks or --variants.",
        )
    solvers = np.array([position[sample.task_id] for sample in samples], np.int32)
    numbers = np.arange(len(samples), dtype=np.int32)
    items, executor = execute(args, library, samples, solvers, numbers, outputs=False)  # hashes are enough
    failures: dict[str, dict[str, str]] = {}
    for sample, verdict in zip(samples, verdicts(samples, items), strict=True):
        if verdict != _RIGHT:
            failures.setdefault(sample.task_id, {})[f"{sample.split}[{sample.index}]"] = verdict
    tasks = {sample.task_id for sample in samples}
    summary = {
        "solved": len(tasks) - len(failures),
        "tasks": len(tasks),
        "right": len(samples) - sum(map(len, failures.values())),
        "pairs": len(samples),
        "without_task": sorted(set(position) - tasks),
        "engine": executor.engine,
        "seconds": items.seconds,
        "failures": failures,
        "fallback": executor.fallback,
    }
    print(
        json.dumps(summary, indent=2)
        if args.json
        else "\n".join([*fallback_note(executor.fallback), *_report(summary)])
    )
    return int(bool(failures))


def verdicts(samples: Sequence[Sample], items: ItemResults) -> Iterator[str]:
    """For item q on samples[q]: "right", "wrong", "ok" without a known answer, or its failure as "error"."""
    for sample, status, output_hash in zip(
        samples, items.status.tolist(), items.hashes.tolist(), strict=True
    ):
        if status != Status.OK or sample.output is None:
            yield Status(status).name.lower()
        else:
            yield _RIGHT if output_hash == hash_grid(np.array(sample.output, np.uint8)) else _WRONG


def _samples(args: argparse.Namespace) -> list[Sample]:
    if not args.variants:
        return samples_of(load_tasks(args.tasks))
    return [
        Sample(task_id, "example", index, pair.input, pair.output)
        for task_id, pairs in load_variants(args.variants).items()
        for index, pair in enumerate(pairs)
    ]


def _report(summary: Mapping[str, Any]) -> Iterator[str]:
    if summary["without_task"]:
        yield f"without a task with known answers in the data: {len(summary['without_task'])} solvers"
    for task, pairs in summary["failures"].items():
        yield f"{task}  {', '.join(f'{pair} {verdict}' for pair, verdict in pairs.items())}"
    yield f"engine {summary['engine']}, {summary['seconds']:.3g} s"
    yield f"solved {summary['solved']}/{summary['tasks']} tasks, {summary['right']}/{summary['pairs']} pairs"
