"""`tokpidjin show`: a solver from its rule to its bytecode, and what it makes of its task."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tokpidjin.cli.check import verdicts
from tokpidjin.cli.execution import execute
from tokpidjin.cli.options import add_engine, add_json, add_solvers, add_tasks
from tokpidjin.compiler import disassemble
from tokpidjin.errors import ParameterError, did_you_mean
from tokpidjin.library import Library, Solver, load_solvers
from tokpidjin.report.terminal import draw_pair, wants_colour
from tokpidjin.tasks import Sample, load_tasks, samples_of

__all__ = ["add_arguments", "main"]

_PARTS = ("source", "bytecode", "pairs")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of this command."""
    parser.add_argument(
        "name",
        metavar="TASK_OR_SOLVER",
        nargs="?",
        help="as in 007bbfb7 or solve_007bbfb7; without one, the library's index by task id",
    )
    for part in _PARTS:
        parser.add_argument(
            f"--{part}", action="store_true", help=f"show the {part} (all parts if none is named)"
        )
    parser.add_argument("--png", metavar="FILE", help="also draw the pairs as a picture into this file")
    add_solvers(parser)
    add_tasks(parser)
    add_engine(parser)
    add_json(parser)


def main(args: argparse.Namespace) -> int:
    """Prints the parts asked for of the solver and of its task, of which one may be missing; or the index."""
    library = load_solvers(args.solvers, prefix=args.prefix, trusted=args.trusted)
    if args.name is None:
        return _print_index(library, args.json)
    tasks = load_tasks(args.tasks)
    task_id = args.name.removeprefix(args.prefix)
    number = next((number for number, solver in enumerate(library) if solver.id == task_id), None)
    samples = samples_of(task for task in tasks if task.id == task_id)
    if number is None and not samples:
        raise ParameterError(
            f"{args.name!r}",
            cause=f"neither a solver of the library nor a task of {args.tasks!r} has this name",
            remedy=did_you_mean(task_id, sorted({*library.ids, *(task.id for task in tasks)})),
            parameter="name",
        )
    parts = [part for part in _PARTS if getattr(args, part)] or _PARTS
    facts = {} if number is None else _solver_facts(library, library[number], parts)
    pairs = list(_pairs(args, library, number, samples)) if "pairs" in parts or args.png else []
    if args.png:
        _save_picture(args.png, pairs, facts.get("name", task_id))
    if args.json:
        print(json.dumps({"id": task_id, **facts, "pairs": pairs}, indent=2))
    else:
        print(*_text(facts, pairs, parts), sep="\n\n")
    return 0


def _print_index(library: Library, as_json: bool) -> int:
    index = [
        {
            "id": solver.id,
            "group": Path(solver.file).stem,
            "line": solver.line,
            "rule": " ".join(solver.rule.split()),
        }
        for solver in sorted(library, key=lambda solver: solver.id)
    ]
    if as_json:
        print(json.dumps(index, indent=2))
    else:
        width = max(len(str(entry["group"])) for entry in index)
        print(*(f"{entry['id']}  {entry['group']:{width}}  {entry['rule']}" for entry in index), sep="\n")
    return 0


def _save_picture(file: str, pairs: Sequence[dict[str, Any]], title: str) -> None:
    from tokpidjin.report.pictures import save_pairs

    if not pairs:
        raise ParameterError("--png", cause="the data has no task of this id to draw", parameter="png")
    save_pairs(file, pairs, title)


def _solver_facts(library: Library, solver: Solver, parts: Sequence[str]) -> dict[str, Any]:
    facts = {"name": solver.name, "file": str(solver.file), "line": solver.line, "rule": solver.rule}
    if "source" in parts:
        facts["source"] = solver.source.rstrip()
    if "bytecode" not in parts:
        return facts
    if solver.id in library.unsupported:
        return {**facts, "unsupported": library.unsupported[solver.id]}
    number = library.bytecode.names.index(solver.id)
    listing = disassemble(library.bytecode, solver.id).rstrip()
    return {**facts, "graph_size": int(library.bytecode.graph_sizes[number]), "bytecode": listing}


def _pairs(
    args: argparse.Namespace, library: Library, number: int | None, samples: Sequence[Sample]
) -> Iterator[dict[str, Any]]:
    """Each pair as JSON holds it, with what the solver made of it if there is one."""
    results: Sequence[tuple[Any, str]] = [(None, "")] * len(samples)
    if number is not None and samples:
        solvers = np.full(len(samples), number, np.int32)
        items, _ = execute(args, library, samples, solvers, np.arange(len(samples), dtype=np.int32))
        assert items.outputs is not None
        outputs = [items.outputs[item] for item in range(len(samples))]
        results = list(zip(outputs, verdicts(samples, items), strict=True))
    for sample, (output, verdict) in zip(samples, results, strict=True):
        yield {
            "pair": f"{sample.split}[{sample.index}]",
            "input": sample.input,
            "answer": sample.output,
            "output": None if output is None else output.tolist(),
            "verdict": verdict,
        }


def _text(facts: dict[str, Any], pairs: Sequence[dict[str, Any]], parts: Sequence[str]) -> Iterator[str]:
    if facts:
        yield f"{facts['name']}  ({facts['file']}:{facts['line']})\n{facts['rule']}".rstrip()
    else:
        yield "The library has no solver for this task."
    if "source" in facts:
        yield facts["source"]
    if "bytecode" in facts:
        yield f"graph: {facts['graph_size']} nodes\n{facts['bytecode']}"
    if "unsupported" in facts:
        yield f"no bytecode, the python engine runs it: {facts['unsupported']}"
    colour = wants_colour(sys.stdout)
    for pair in pairs:
        drawing = draw_pair(pair["input"], pair["answer"], pair["output"], pair["verdict"], colour)
        yield f"{pair['pair']}\n{drawing}"
    if "pairs" in parts and not pairs:
        yield "The data has no task of this id."
