"""Plain tables: the same rows for a terminal, a notebook and the README."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["COMPARED", "Table", "compare_table", "compared", "number", "run_table"]


@dataclass(frozen=True, repr=False)
class Table:
    """Rows of text under column names; a notebook shows it as a table, `print` as aligned text.

    >>> print(Table(("mode", "items"), [("sequential", "80"), ("native", "1,200")]))
    mode        items
    sequential     80
    native      1,200
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: int = 1
    """The first columns are words, set to the left; the others are numbers, set to the right."""

    def __str__(self) -> str:
        widths = [max(map(len, cells)) for cells in zip(self.columns, *self.rows, strict=True)]
        return "\n".join(self._aligned(row, widths) for row in (self.columns, *self.rows))

    __repr__ = __str__

    def markdown(self) -> str:
        """The table as Markdown.

        >>> print(Table(("mode", "items"), [("native", "1,200")]).markdown())
        | mode | items |
        | --- | ---: |
        | native | 1,200 |
        """
        rule = ["---" if k < self.words else "---:" for k in range(len(self.columns))]
        return "\n".join(f"| {' | '.join(row)} |" for row in (self.columns, rule, *self.rows))

    _repr_markdown_ = markdown

    def _aligned(self, row: Sequence[str], widths: Sequence[int]) -> str:
        cells = enumerate(zip(row, widths, strict=True))
        return "  ".join(
            cell.ljust(width) if k < self.words else cell.rjust(width) for k, (cell, width) in cells
        ).rstrip()


def number(value: float) -> str:
    """Three significant digits, without an exponent.

    >>> number(12345.6), number(3.14159), number(0.012345)
    ('12,346', '3.14', '0.0123')
    """
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def run_table(summary: Mapping[str, Any]) -> Table:
    """What one mode did: how many items, how fast, how they ended."""
    ended = {status: count for status, count in summary["status"].items() if count}
    times = summary["microseconds"]
    rows = [
        ("mode", summary["label"]),
        ("items (solvers x samples)", f"{summary['items']:,}"),
        ("seconds", number(summary["seconds"])),
        ("items/s", number(summary["items_per_second"])),
        ("seconds in the engine", number(summary["engine_seconds"])),
        ("µs an item inside the solver: median, 90 %, 99 %", _listed(times, ("p50", "p90", "p99"))),
        ("how the items ended", ", ".join(f"{status} {count:,}" for status, count in ended.items())),
        ("outputs that are the known answer", f"{summary['matches']:,}"),
        ("overhead per operation at each batch size, median", _overheads(summary["overhead"])),
    ]
    return Table(("measured", "value"), rows, words=2)


COMPARED = ("mode", "items", "seconds", "items/s", "µs/item", "speed-up", "overhead/operation")
"""The columns in which modes are compared."""


def compare_table(summaries: Sequence[Mapping[str, Any]], overheads: Sequence[float]) -> Table:
    """One row a mode: what its run did, and its overhead per operation in microseconds.

    The speed-up is in items/s against the first of them.
    """
    base = summaries[0]["items_per_second"]
    rows = [
        compared(
            {**summary, "speed_up": summary["items_per_second"] / base, "overhead_us_per_operation": cost}
        )
        for summary, cost in zip(summaries, overheads, strict=True)
    ]
    return Table(COMPARED, rows)


def compared(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The row of `COMPARED` for what was measured of a mode; `speed_up` may be None."""
    return (
        row["label"],
        f"{row['items']:,}",
        number(row["seconds"]),
        number(row["items_per_second"]),
        number(1e6 / row["items_per_second"]),
        "" if row["speed_up"] is None else f"{row['speed_up']:.1f}",
        f"{number(row['overhead_us_per_operation'])} µs",
    )


def _listed(times: Mapping[str, float] | None, names: Sequence[str]) -> str:
    return ", ".join(number(times[name]) for name in names) if times else "none taken"


def _overheads(overhead: Mapping[str, Any]) -> str:
    found = [f"{number(value)} µs at {size}" for size, value in overhead["us_per_operation"].items()]
    return f"{', '.join(found)} ({overhead['solvers']} solvers)"
