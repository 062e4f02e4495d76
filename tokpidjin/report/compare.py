"""The three modes side by side: what the fourth notebook calls."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tokpidjin.errors import ResultsError
from tokpidjin.report.break_even import BreakEven, break_even, median_overheads
from tokpidjin.report.modes import MODES, ModeRun, read_mode, run_mode
from tokpidjin.report.parameters import Parameters
from tokpidjin.report.plots import Picture, plot_overhead
from tokpidjin.report.tables import Table, compare_table, number

__all__ = ["FOLDER", "PICTURE", "Comparison", "compare_modes", "read_comparison"]

FOLDER = "04_overhead"
"""The notebook, and its folder among the results."""
PICTURE = "overhead.png"
"""The file of the picture in that folder."""

_KEYS = ["task", "split", "index", "solver"]
_FINISHED = ["ok", "error"]
_MUST_AGREE = ("tasks", "samples", "seed", "batch_sizes")


@dataclass(frozen=True)
class Comparison:
    """The runs of the modes, the first of which is the baseline, and what follows from them."""

    runs: Sequence[ModeRun]
    compared_items: int
    """Items that no limit ended in any mode."""
    differing: Sequence[str]
    """Those of them whose outputs are not the same in all modes, each as "solver on task split index"."""

    @property
    def table(self) -> Table:
        """One row a mode, with the overhead per operation at the largest batch size."""
        return compare_table([run.summary for run in self.runs], list(self._costs.values()))

    @cached_property
    def overheads(self) -> dict[str, pa.Table]:
        """By the mode's label, the table of `measure_overhead` for the solvers and batches measured in all
        modes."""
        keys = [set(zip(*_keys(run.overhead), strict=True)) for run in self.runs]
        shared = set.intersection(*keys)
        return {run.summary["label"]: _only(run.overhead, shared) for run in self.runs}

    @cached_property
    def break_evens(self) -> list[BreakEven]:
        """Where each mode but the first starts to pay against it, at each batch size."""
        (_, base), *others = self.overheads.items()
        sizes = sorted(set(base["batch_size"].to_pylist()))
        return [break_even(label, table, base, size) for label, table in others for size in sizes]

    @cached_property
    def picture(self) -> Picture:
        """Overhead per operation against complexity, a panel a mode."""
        return plot_overhead(self.overheads, self.break_evens, self._finding)

    @property
    def conclusion(self) -> str:
        """What the comparison says, in a sentence for each mode."""
        base, *others = self.overheads
        same = self.compared_items - len(self.differing)
        lines = [
            f"{same:,} of {self.compared_items:,} items that met no limit have the same output in all modes."
        ]
        solvers = pc.count_distinct(self.overheads[base]["solver"]).as_py()
        lines.append(f"{self._finding} ({solvers} solvers, each alone).")
        for label in others:
            found = [_sentence(even) for even in self.break_evens if even.label == label]
            lines.append(f"{label} against {base}: {'; '.join(found)}.")
        return "\n".join(lines)

    @property
    def _costs(self) -> dict[str, float]:
        """Median overhead per operation at the largest batch size, by the mode's name."""
        tables = zip(self.runs, self.overheads.values(), strict=True)
        return {run.name: list(median_overheads(table).values())[-1] for run, table in tables}

    @property
    def _finding(self) -> str:
        size = max(self.overheads[self.runs[0].summary["label"]]["batch_size"].to_pylist())
        costs = ", ".join(f"{name} {number(cost)} µs" for name, cost in self._costs.items())
        return f"Median overhead per operation at batch size {size}: {costs}"


def _keys(overhead: pa.Table) -> list[list[Any]]:
    return [overhead["solver"].to_pylist(), overhead["batch_size"].to_pylist()]


def _only(overhead: pa.Table, keys: set[Any]) -> pa.Table:
    return overhead.filter(pa.array([key in keys for key in zip(*_keys(overhead), strict=True)]))


def _sentence(even: BreakEven) -> str:
    unit = "" if even.complexity is None or even.everywhere else " primitives on"
    return f"at batch size {even.batch_size} it {even.finding}{unit}"


def compare_modes(parameters: Parameters) -> Comparison:
    """Reads the results of the three modes from `parameters.out`, and writes the picture beside them.

    A mode that is not there is run first, with `parameters`. Raises ResultsError when those that are there
    were made from different samples, and so cannot be compared.
    """
    comparison = _compare([_read_or_run(name, parameters) for name in MODES])
    folder = Path(parameters.out) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PICTURE).write_bytes(comparison.picture.png)
    return comparison


def read_comparison(out: str | os.PathLike[str], names: Iterable[str] = MODES) -> Comparison:
    """The same for results that are all in `out`, those of all modes or of some; raises ResultsError where one
    is missing. Writes nothing."""
    return _compare([read_mode(name, out) for name in names])


def _compare(runs: Sequence[ModeRun]) -> Comparison:
    _check_same_items(runs)
    return Comparison(runs, *_compare_outputs([run.results for run in runs]))


def _read_or_run(name: str, parameters: Parameters) -> ModeRun:
    try:
        return read_mode(name, parameters.out)
    except ResultsError:
        folder = Path(parameters.out) / MODES[name].folder
        if (folder / "summary.json").exists():
            raise
        print(f"{folder} is not there yet: measuring it now, as notebooks/{folder.name}.ipynb does.")
    return run_mode(name, MODES[name].fit(parameters))


def _check_same_items(runs: Sequence[ModeRun]) -> None:
    first = _what_ran(runs[0])
    for run in runs[1:]:
        for key, theirs in _what_ran(run).items():
            if theirs != first[key]:
                raise ResultsError(
                    f"results {os.fspath(run.folder)!r}",
                    cause=f"made with {key} = {theirs!r}, those of {runs[0].folder.name} with {first[key]!r}",
                    remedy=f"Run {run.folder.name} and {runs[0].folder.name} again with the same parameters.",
                    file=os.fspath(run.folder),
                    key=key,
                )


def _what_ran(run: ModeRun) -> dict[str, Any]:
    asked = {key: run.summary["parameters"][key] for key in _MUST_AGREE}
    return {**asked, "solvers": run.summary["solvers"]}


def _compare_outputs(tables: Sequence[pa.Table]) -> tuple[int, list[str]]:
    """How many items no limit ended in any table, and those of them that have different outputs."""
    joined = _outputs(tables[0], 0)
    for position, table in enumerate(tables[1:], 1):
        joined = joined.join(_outputs(table, position), _KEYS, join_type="inner")
    hashes = [joined[f"hash{position}"].to_numpy() for position in range(len(tables))]
    differing = np.flatnonzero([len(set(row)) > 1 for row in zip(*hashes, strict=True)])
    rows = joined.take(pa.array(differing)).sort_by([(key, "ascending") for key in _KEYS]).to_pylist()
    return len(joined), ["{solver} on {task} {split} {index}".format(**row) for row in rows]


def _outputs(table: pa.Table, position: int) -> pa.Table:
    """The keys of the items that no limit ended, as plain text, and their hashes."""
    words = {name: pc.cast(table[name], pa.string()) for name in ("task", "split", "solver", "status")}
    ended = pc.is_in(words.pop("status"), pa.array(_FINISHED))
    columns = {**words, "index": table["index"], f"hash{position}": table["hash"]}
    return pa.table(columns).filter(ended)
