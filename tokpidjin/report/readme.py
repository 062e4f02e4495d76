"""Rewrites the marked blocks of README.md: the results of `make bench`, and the notebooks' parameters.

python -m tokpidjin.report.readme out
"""

import re
import shutil
import sys
from dataclasses import fields
from pathlib import Path

from tokpidjin.errors import ResultsError
from tokpidjin.report.compare import FOLDER, PICTURE, Comparison, read_comparison
from tokpidjin.report.experiment import PICTURES, breakdown_of, read_experiment
from tokpidjin.report.parameters import (
    ExplorerParameters,
    NotebookParameters,
    Parameters,
    SubmissionParameters,
)
from tokpidjin.report.tables import Table

__all__ = ["dispatch_block", "main", "parameter_table", "results_block", "with_block"]

PARAMETERS: dict[str, type[NotebookParameters]] = {
    "parameters": Parameters,
    "submission parameters": SubmissionParameters,
    "explorer parameters": ExplorerParameters,
}
"""The blocks of README.md that list parameters."""

_PLACE = "notebooks"


def main(out: str, readme: str = "README.md") -> None:
    """Writes the results in `out` into `readme`, and the pictures beside the notebooks."""
    path = Path(readme)
    comparison = read_comparison(out)
    text = with_block(path.read_text(), "results", results_block(comparison))
    text = with_block(text, "dispatch", dispatch_block(comparison))
    for name, record in PARAMETERS.items():
        text = with_block(text, name, parameter_table(record).markdown())
    path.write_text(text)
    for picture in (PICTURE, *PICTURES):
        shutil.copyfile(Path(out, FOLDER, picture), path.parent / _PLACE / picture)


def results_block(comparison: Comparison) -> str:
    """The table that compares the modes, the picture, and on what they were made."""
    return "\n\n".join(
        [
            comparison.table.markdown(),
            f"![Overhead per operation against solver complexity]({_PLACE}/{PICTURE})",
            _made_by(comparison),
        ]
    )


def _made_by(comparison: Comparison) -> str:
    """The command, the commit, the items and the machine."""
    first = comparison.runs[0].summary
    machine, given = first["machine"], first["parameters"]
    return (
        f"`make bench` at commit {first['commit'] or 'unknown'}: {first['solvers']} solvers on "
        f"{given['samples']} samples of {given['tasks']}, seed {given['seed']}; {machine['cpu']}, "
        f"{machine['usable_cores']} cores, {machine['python']}."
    )


def dispatch_block(comparison: Comparison) -> str:
    """The sources of the speed-up and what dispatches cost, each as a table and a picture; whether with a GPU."""
    experiment = read_experiment(comparison.runs[-1])
    breakdown = breakdown_of(comparison, experiment)
    dispatches, sources = (f"{_PLACE}/{picture}" for picture in PICTURES)
    return "\n\n".join(
        [
            breakdown.conclusion,
            breakdown.table.markdown(),
            f"![Factors of the speed-up over sequential Python]({sources})",
            experiment.table.markdown(),
            f"![Overhead per operation by what goes into one dispatch]({dispatches})",
            _made_by(comparison),
        ]
    )


def parameter_table(record: type[NotebookParameters] = Parameters) -> Table:
    """What can be set in a notebook; for the benchmark's, the option of `tokpidjin bench` that sets it too."""
    columns, rows = ["parameter", "default", "meaning"], []
    for field in fields(record):
        row = [f"`{field.name}`", f"`{field.default!r}`", field.metadata["help"]]
        rows.append([*row, f"`--{field.name.replace('_', '-')}`"] if record is Parameters else row)
    return Table([*columns, "option"] if record is Parameters else columns, rows, words=4)


def with_block(text: str, name: str, block: str) -> str:
    """The text with what stands between `<!-- name -->` and `<!-- /name -->` replaced by `block`.

    >>> with_block("a <!-- x -->old<!-- /x --> b", "x", "new")
    'a <!-- x -->\\nnew\\n<!-- /x --> b'
    """
    pattern = re.compile(f"(<!-- {name} -->).*?(<!-- /{name} -->)", re.DOTALL)
    replaced, count = pattern.subn(lambda found: f"{found[1]}\n{block}\n{found[2]}", text)
    if count != 1:
        raise ResultsError(
            f"block {name!r}", cause="the README has no such marks, or more than one pair of them"
        )
    return replaced


if __name__ == "__main__":
    main(*sys.argv[1:])
