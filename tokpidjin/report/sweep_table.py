"""One table of all that a benchmark measured: a row for each mode in each combination of the swept parameters."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from tokpidjin.errors import ResultsError
from tokpidjin.report.break_even import median_overheads
from tokpidjin.report.compare import read_comparison
from tokpidjin.report.modes import MODES
from tokpidjin.report.notebooks import Outcome
from tokpidjin.report.sweep import Combination, plain
from tokpidjin.report.tables import COMPARED, Table, compared

__all__ = ["SCHEMA", "printed_table", "sweep_table"]

SCHEMA = pa.schema(
    [
        ("tasks", pa.string()),
        ("samples", pa.int64()),
        ("batch_sizes", pa.list_(pa.int64())),
        ("workers", pa.int64()),
        ("engine", pa.string()),
        ("seed", pa.int64()),
        ("timeout", pa.float64()),
        ("overhead_seconds", pa.float64()),
        ("combination", pa.string()),
        ("folder", pa.string()),
        ("mode", pa.string()),
        ("label", pa.string()),
        ("engine_used", pa.string()),
        ("workers_used", pa.int64()),
        ("items", pa.int64()),
        ("seconds", pa.float64()),
        ("items_per_second", pa.float64()),
        ("speed_up", pa.float64()),
        ("overhead_us_per_operation", pa.float64()),
        ("digest", pa.string()),
        ("error", pa.string()),
    ]
)
"""The parameters are those given, null where the notebooks' defaults hold; `label` says what ran.

`speed_up` is in items/s against the first mode of the same combination; the overhead is the median over the
solvers measured in all its modes, at the largest batch size. Where there is an `error` nothing was measured.
"""


def sweep_table(combinations: Sequence[Combination], outcomes: Sequence[Outcome]) -> pa.Table:
    """The table of `SCHEMA`, with what the modes left in the folders of the notebooks that ran to their end."""
    rows = [row for combination in combinations for row in _rows(combination, outcomes)]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def printed_table(table: pa.Table, swept: Sequence[str]) -> Table:
    """The same for people: a row a mode, after the values of the swept parameters."""
    rows = [
        [*(plain(row[name]) for name in swept), *(_failed(row) if row["error"] else compared(row))]
        for row in table.to_pylist()
    ]
    return Table([*swept, *COMPARED], rows, words=len(swept) + 1)


def _failed(row: Mapping[str, Any]) -> list[str]:
    return [row["mode"], row["error"].split(":")[0], *[""] * (len(COMPARED) - 2)]


def _rows(combination: Combination, outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    errors = {name: _error(combination, mode.folder, outcomes) for name, mode in MODES.items()}
    try:
        measured = _measured(combination, [name for name, error in errors.items() if not error])
    except ResultsError as lack:  # they ran to their end, and left nothing that can be compared
        measured, errors = {}, {name: error or str(lack) for name, error in errors.items()}
    shared = {**combination.given, "combination": combination.name, "folder": str(combination.folder)}
    return [{**shared, "mode": name, "error": errors[name], **measured.get(name, {})} for name in MODES]


def _error(combination: Combination, notebook: str, outcomes: Sequence[Outcome]) -> str | None:
    """Why there is nothing of the notebook to read, None where there is."""
    for outcome in outcomes:
        if (outcome.combination, outcome.notebook) == (combination, notebook):
            return outcome.error
    return "not run"


def _measured(combination: Combination, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """By the mode's name, the columns that were measured."""
    if not names:
        return {}
    comparison = read_comparison(combination.folder, names)
    base = comparison.runs[0].summary["items_per_second"] if next(iter(MODES)) in names else None
    measured = {}
    for run, overheads in zip(comparison.runs, comparison.overheads.values(), strict=True):
        summary = run.summary
        measured[run.name] = {
            **{name: summary[name] for name in ("label", "items", "seconds", "items_per_second", "digest")},
            "engine_used": summary["engine"],
            "workers_used": summary["workers"],
            "speed_up": base and summary["items_per_second"] / base,
            "overhead_us_per_operation": list(median_overheads(overheads).values())[-1],
        }
    return measured
