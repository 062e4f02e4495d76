"""What a table of overheads says: medians, and the complexity from which a mode pays."""

from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

import pyarrow as pa

__all__ = ["BreakEven", "break_even", "equal_bins", "median_overheads"]

_BINS = 8
_LEAST_IN_BIN = 3


@dataclass(frozen=True)
class BreakEven:
    """From which complexity on a mode takes less wall time an item than the first mode.

    `complexity` is in primitives executed, None where the mode does not pay at the highest one measured.
    """

    label: str
    batch_size: int
    complexity: float | None
    everywhere: bool

    @property
    def finding(self) -> str:
        """The answer in words."""
        if self.complexity is None:
            return "does not pay"
        return "pays everywhere" if self.everywhere else f"pays from {self.complexity:.0f}"


def break_even(label: str, table: pa.Table, base: pa.Table, batch_size: int) -> BreakEven:
    """Where the mode of `table` starts to pay against that of `base`, at one batch size.

    The solvers measured in both are sorted by complexity and cut into equally filled bins (at most eight, of
    at least three solvers). The answer is the lowest complexity of the first bin from which on, to the last,
    the median wall time an item is below that of `base`.
    """
    ours, theirs = (_by_solver(rows, batch_size) for rows in (table, base))
    shared = sorted((row["primitives"], solver) for solver, row in ours.items() if solver in theirs)
    start: int | None = None
    bins = equal_bins(len(shared))
    for number, members in reversed(list(enumerate(bins))):
        solvers = [shared[k][1] for k in members]
        if median(ours[s]["wall_us"] for s in solvers) >= median(theirs[s]["wall_us"] for s in solvers):
            break
        start = number
    complexity = None if start is None else shared[bins[start][0]][0]
    return BreakEven(label, batch_size, complexity, everywhere=start == 0)


def equal_bins(count: int) -> list[range]:
    """The positions 0 to count - 1 in equally filled bins: at most eight, of at least three where there are.

    >>> equal_bins(7)
    [range(0, 4), range(4, 7)]
    """
    bins = max(1, min(_BINS, count // _LEAST_IN_BIN))
    edges = [round(k * count / bins) for k in range(bins + 1)]
    return [range(low, high) for low, high in pairwise(edges) if high > low]


def median_overheads(table: pa.Table) -> dict[int, float]:
    """The median overhead per operation in microseconds, by batch size, from the smallest size on."""
    sizes = sorted(set(table["batch_size"].to_pylist()))
    name = "overhead_us_per_operation"
    return {size: median(row[name] for row in _by_solver(table, size).values()) for size in sizes}


def _by_solver(table: pa.Table, batch_size: int) -> dict[str, dict[str, Any]]:
    return {row["solver"]: row for row in table.to_pylist() if row["batch_size"] == batch_size}
