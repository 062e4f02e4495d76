"""What batched primitives cost beside a loop over the plain ones, as a block of README.md.

python -m tokpidjin.report.batched
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from tokpidjin.dsl import PRIMITIVES, backdrop, compose, normalize, size
from tokpidjin.gpu_ops import GPUDSLOperations
from tokpidjin.machine import machine_facts
from tokpidjin.report.readme import with_block
from tokpidjin.report.tables import Table, number
from tokpidjin.tasks import Grid, load_tasks

__all__ = ["batched_block", "main"]

_ITEMS = 1000
_RUNS = 7

Case = tuple[str, str, tuple[Any, ...]]


def main(readme: str = "README.md") -> None:
    """Writes the block into `readme`."""
    path = Path(readme)
    path.write_text(with_block(path.read_text(), "batched", batched_block()))


def batched_block() -> str:
    """The table as Markdown, and on what it was made."""
    operations = GPUDSLOperations()
    engine = operations.get_stats()["engine"]
    rows = [_row(operations, case) for case in _cases(_grids())]
    machine = machine_facts()
    table = Table(
        ("call", f"µs an item, batched ({engine})", "µs an item, plain loop", "loop / batched"), rows
    )
    return "\n\n".join(
        [
            table.markdown(),
            f"{_ITEMS:,} inputs of arc-agi-1/training, best of {_RUNS} runs in turn. `python -m "
            f"tokpidjin.report.batched`; {machine['cpu']}, {machine['usable_cores']} cores, {machine['python']}.",
        ]
    )


def _grids() -> list[Grid]:
    tasks = load_tasks("arc-agi-1/training")
    return [pair.input for task in tasks for pair in task.demo][:_ITEMS]


def _cases(grids: list[Grid]) -> list[Case]:
    """Calls from the lightest to the heaviest: name of the primitive, the call in words, and the arguments."""
    found = [PRIMITIVES["objects"](grid, True, True, True) for grid in grids]
    patches = [PRIMITIVES["ofcolor"](grid, 0) for grid in grids]
    return [
        ("height", "height(grid)", (grids,)),
        ("vmirror", "vmirror(grid)", (grids,)),
        ("mostcolor", "mostcolor(grid)", (grids,)),
        ("fill", "fill(grid, 3, patch)", (grids, 3, patches)),
        ("objects", "objects(grid, T, T, T)", (grids, True, True, True)),
        ("mapply", "mapply(compose(backdrop, normalize), objects)", (compose(backdrop, normalize), found)),
        ("occurrences", "occurrences(grid, object)", (grids, [_smallest(objects) for objects in found])),
    ]


def _smallest(objects: frozenset[Any]) -> frozenset[Any]:
    smallest: frozenset[Any] = PRIMITIVES["argmin"](objects, size) if objects else frozenset({(1, (0, 0))})
    return smallest


def _row(operations: GPUDSLOperations, case: Case) -> tuple[str, ...]:
    name, words, arguments = case
    batched: Callable[[], list[Any]] = lambda: getattr(operations, f"batch_{name}")(*arguments)  # noqa: E731
    plain = _plain(name, arguments)
    before = operations.get_stats()["fallbacks"]
    if batched() != plain() or operations.get_stats()["fallbacks"] > before:
        raise RuntimeError(f"{words}: the batch is not what the loop gives, or not the machine's")
    times = [(_microseconds(batched), _microseconds(plain)) for _ in range(_RUNS)]
    fast, slow = (min(column) for column in zip(*times, strict=True))
    return f"`{words}`", number(fast), number(slow), number(slow / fast)


def _plain(name: str, arguments: Sequence[Any]) -> Callable[[], list[Any]]:
    primitive = PRIMITIVES[name]
    columns = [value if isinstance(value, list) else [value] * _ITEMS for value in arguments]
    return lambda: [primitive(*item) for item in zip(*columns, strict=True)]


def _microseconds(call: Callable[[], object]) -> float:
    start = perf_counter()
    call()
    return 1e6 * (perf_counter() - start) / _ITEMS


if __name__ == "__main__":
    main(*sys.argv[1:])
