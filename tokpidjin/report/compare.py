"""The three modes side by side: what the fourth notebook calls."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from tokpidjin.errors import ResultsError
from tokpidjin.report.break_even import BreakEven, break_even
from tokpidjin.report.modes import MODES, ModeRun, read_mode, run_mode
from tokpidjin.report.parameters import Parameters
from tokpidjin.report.plots import Picture, plot_overhead
from tokpidjin.report.tables import Table, compare_table, number

__all__ = ["FOLDER", "PICTURE", "Comparison", "compare_modes"]

FOLDER = "04_overhead"
"""The notebook, and its folder among the results."""
PICTURE = "overhead.png"
"""The file of the picture in that folder."""

_KEYS = ["task", "split", "index", "solver"]
_FINISHED = ["ok", "error"]
_MUST_AGREE = ("tasks", "samples", "seed")


@dataclass(frozen=True)
class Comparison:
    """The runs of the modes, the first of which is the baseline, and what follows from them."""

    runs: Sequence[ModeRun]
    compared_items: int
    """Items that no limit ended in any mode."""
    differing_items: int
    """Those of them whose outputs are not the same in all modes."""

    @property
    def table(self) -> Table:
        """One row a mode."""
        return compare_table([run.summary for run in self.runs])

    @property
    def overheads(self) -> dict[str, pa.Table]:
        """The table of `measure_overhead` for each mode, by its label."""
        return {run.summary["label"]: run.overhead for run in self.runs}

    @cached_property
    def break_evens(self) -> list[BreakEven]:
        """Where each mode but the first starts to pay against it, at each batch size."""
        base = self.runs[0].overhead
        sizes = sorted(set(base["batch_size"].to_pylist()))
        return [
            break_even(label, table, base, size)
            for label, table in list(self.overheads.items())[1:]
            for size in sizes
            if size in table["batch_size"].to_pylist()
        ]

    @cached_property
    def picture(self) -> Picture:
        """Overhead per operation against complexity, a panel a mode."""
        return plot_overhead(self.overheads, self.break_evens, self._finding())

    @property
    def conclusion(self) -> str:
        """What the comparison says, in a sentence for each mode."""
        lines = [f"{self.compared_items:,} items, the same outputs in all modes; {self._finding()}."]
        for label in list(self.overheads)[1:]:
            evens = [even for even in self.break_evens if even.label == label]
            found = "; ".join(
                f"at batch size {even.batch_size} it {even.finding}{_unit(even)}" for even in evens
            )
            lines.append(f"{label} against {self.runs[0].summary['label']}: {found}.")
        return "\n".join(lines)

    def _finding(self) -> str:
        found = [
            (run.name, list(run.summary["overhead"]["us_per_operation"].items())[-1]) for run in self.runs
        ]
        costs = ", ".join(f"{name} {number(cost)} µs" for name, (_, cost) in found)
        return f"median overhead per operation at batch size {found[0][1][0]}: {costs}"


def _unit(even: BreakEven) -> str:
    return "" if even.complexity is None or even.everywhere else " primitives on"


def compare_modes(parameters: Parameters) -> Comparison:
    """Reads the results of the three modes from `parameters.out`, and writes the picture beside them.

    A mode that is not there is run first, with `parameters`. Raises ResultsError when those that are there
    were made from different samples, and so cannot be compared.
    """
    runs = [_read_or_run(name, parameters) for name in MODES]
    _check_same_samples(runs)
    compared, differing = _compare_outputs([run.results for run in runs])
    comparison = Comparison(runs, compared, differing)
    _write(comparison, Path(parameters.out) / FOLDER)
    return comparison


def _read_or_run(name: str, parameters: Parameters) -> ModeRun:
    try:
        return read_mode(name, parameters.out)
    except ResultsError:
        folder = Path(parameters.out) / MODES[name].folder
        if (folder / "summary.json").exists():
            raise
        print(f"{folder} is not there yet: measuring it now, as notebooks/{folder.name}.ipynb does.")
    return run_mode(name, MODES[name].fit(parameters))


def _check_same_samples(runs: Sequence[ModeRun]) -> None:
    first = runs[0].summary["parameters"]
    for run in runs[1:]:
        for key in _MUST_AGREE:
            theirs = run.summary["parameters"][key]
            if theirs != first[key]:
                raise ResultsError(
                    f"results {os.fspath(run.folder)!r}",
                    cause=f"made with {key} = {theirs!r}, those of {runs[0].folder.name} with {first[key]!r}",
                    remedy=f"Run {run.folder.name} and {runs[0].folder.name} again with the same parameters.",
                    file=os.fspath(run.folder),
                    key=key,
                )


def _compare_outputs(tables: Sequence[pa.Table]) -> tuple[int, int]:
    """How many items no limit ended in any table, and how many of those have different outputs."""
    joined = _outputs(tables[0], 0)
    for position, table in enumerate(tables[1:], 1):
        joined = joined.join(_outputs(table, position), _KEYS, join_type="inner")
    same = [pc.equal(joined["hash0"], joined[f"hash{k}"]) for k in range(1, len(tables))]
    differing = sum(not all(row) for row in zip(*(column.to_pylist() for column in same), strict=True))
    return joined.num_rows, differing


def _outputs(table: pa.Table, position: int) -> pa.Table:
    """The keys of the items that no limit ended, as plain text, and their hashes."""
    words = {name: pc.cast(table[name], pa.string()) for name in ("task", "split", "solver", "status")}
    ended = pc.is_in(words.pop("status"), pa.array(_FINISHED))
    columns = {**words, "index": table["index"], f"hash{position}": table["hash"]}
    return pa.table(columns).filter(ended)


def _write(comparison: Comparison, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PICTURE).write_bytes(comparison.picture.png)
