"""How good the built-in library is, as a block of README.md: solved, generalisation, size and time.

python -m tokpidjin.report.library tests/data/variants.json.gz
"""

import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tokpidjin.engines.hashing import hash_grid
from tokpidjin.engines.python import count_primitives
from tokpidjin.library import Library, load_solvers
from tokpidjin.machine import machine_facts
from tokpidjin.report.readme import with_block
from tokpidjin.report.tables import Table, number
from tokpidjin.runner import run
from tokpidjin.tasks import Grid, Pair, load_tasks, load_variants

__all__ = ["library_block", "main"]

_RUNS = 5
_SLOWEST = 10
_SIZES = (1, 2, 5, 10, 25, 50, 100, 250, 1000)

Examples = Sequence[tuple[str, Pair]]


def main(variants: str, readme: str = "README.md") -> None:
    """Writes the block into `readme`; `variants` is a file of further examples of the training tasks."""
    path = Path(readme)
    path.write_text(with_block(path.read_text(), "library", library_block(variants)))


def library_block(variants: str) -> str:
    """The tables as Markdown, and on what they were made."""
    library = load_solvers()
    tasks = [task for task in load_tasks("arc-agi-1/training") if task.id in library.ids]
    own = [(task.id, pair) for task in tasks for pair in (*task.demo, *task.test)]
    fresh = [
        (task_id, pair)
        for task_id, pairs in load_variants(variants).items()
        for pair in pairs
        if task_id in library.ids
    ]
    machine = machine_facts()
    return "\n\n".join(
        [
            _correctness(library, {"published pairs": own, "fresh examples": fresh}).markdown(),
            _histogram(_sizes(library, own)).markdown(),
            _times(library, own).markdown(),
            f"Every solver on every one of the {len(own):,} published inputs: "
            f"{number(_mean_of_all(library, [pair.input for _, pair in own]))} µs an item on one thread. "
            f"`python -m tokpidjin.report.library {variants}`; "
            f"{machine['cpu']}, {machine['usable_cores']} cores, {machine['python']}.",
        ]
    )


def _correctness(library: Library, examples: dict[str, Examples]) -> Table:
    rows = []
    for name, pairs in examples.items():
        right = _right(library, pairs)
        failed = {task_id for (task_id, _), hit in zip(pairs, right, strict=True) if not hit}
        tasks = {task_id for task_id, _ in pairs}
        share = f"{right.sum():,} of {len(pairs):,} ({right.mean():.1%})"
        rows.append((name, share, f"{len(tasks) - len(failed)} of {len(tasks)}"))
    return Table(("on", "right", "tasks right throughout"), rows)


def _right(library: Library, pairs: Examples) -> NDArray[np.bool_]:
    """Whether each example's own solver gives its output."""
    items = [(task_id, k) for k, (task_id, _) in enumerate(pairs)]
    found = run(library, [pair.input for _, pair in pairs], "native", items=items).hashes
    wanted = [hash_grid(np.array(pair.output, np.uint8)) for _, pair in pairs]
    hits: NDArray[np.bool_] = found == np.array(wanted, np.uint64)
    return hits


def _sizes(library: Library, own: Examples) -> list[int]:
    """Primitives that each solver executes on the first input of its task."""
    first: dict[str, Grid] = {}
    for task_id, pair in own:
        first.setdefault(task_id, pair.input)
    return [count_primitives(solver.function, first[solver.id]) for solver in library if solver.id in first]


def _histogram(sizes: Sequence[int]) -> Table:
    counts, _ = np.histogram(sizes, (*_SIZES, np.inf))
    names = [
        *(f"{low} to {high - 1}" for low, high in pairwise(_SIZES)),
        f"{_SIZES[-1]} or more",
    ]
    names[0] = str(_SIZES[0])
    rows = [
        (name, str(count), "#" * round(60 * count / max(counts)))
        for name, count in zip(names, counts, strict=True)
    ]
    return Table(("primitives executed on the task's first input", "solvers", ""), rows, words=1)


def _times(library: Library, own: Examples) -> Table:
    """The solvers whose slowest own input takes longest, on one thread; each input's best of some runs."""
    items = [(task_id, k) for k, (task_id, _) in enumerate(own)]
    grids = [pair.input for _, pair in own]
    taken = [
        run(library, grids, "native", workers=1, items=items, times=True).microseconds for _ in range(_RUNS)
    ]
    best = np.min(np.array(taken, float), axis=0)
    slowest: dict[str, float] = {}
    for (task_id, _), microseconds in zip(own, best.tolist(), strict=True):
        slowest[task_id] = max(microseconds, slowest.get(task_id, 0.0))
    ranked = sorted(slowest.items(), key=lambda entry: -entry[1])[:_SLOWEST]
    rows = [(f"`{task_id}`", number(microseconds)) for task_id, microseconds in ranked]
    return Table(("slowest solvers", "µs on their slowest own input"), rows)


def _mean_of_all(library: Library, grids: Sequence[Grid]) -> float:
    """Mean microseconds of an item over the whole cross product, on one thread."""
    whole = run(library, grids, "native", workers=1)
    return 1e6 * whole.seconds / whole.status.size


if __name__ == "__main__":
    main(*sys.argv[1:])
