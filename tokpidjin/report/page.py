"""The report of a benchmark as one page that needs nothing else: tables, pictures, what failed and why."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa

from tokpidjin.files import write_file
from tokpidjin.machine import machine_facts, package_commit, package_versions
from tokpidjin.report.notebooks import Outcome, shown_by
from tokpidjin.report.parameters import Parameters
from tokpidjin.report.plots import plot_rates
from tokpidjin.report.sweep import Combination, plain
from tokpidjin.report.sweep_table import printed_table
from tokpidjin.report.tables import Table

__all__ = ["write_page"]

_STYLE = """
body { font: 16px/1.5 sans-serif; color: #222; background: #fff; max-width: 64em; margin: 2em auto; padding: 0 1em }
h2 { margin-top: 2em; border-bottom: 1px solid #ccc }
.wide { overflow-x: auto }
table { border-collapse: collapse; margin: 1em 0; font-size: 14px }
th, td { padding: .25em .75em; border-bottom: 1px solid #ddd; text-align: left; vertical-align: top }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
img { max-width: 100%; height: auto }
pre { white-space: pre-wrap; font-size: 14px }
.failed { color: #a11 }
"""


def write_page(
    path: Path,
    table: pa.Table,
    combinations: Sequence[Combination],
    outcomes: Sequence[Outcome],
) -> None:
    """Writes the page: `table` as `sweep_table` makes it.

    Links are relative to the page, pictures are inside of it. Raises ResultsError where it cannot be written.
    """
    state = escape(_state(combinations, outcomes))
    body = "\n".join(
        [
            f"<h1>tokpidjin benchmark</h1>\n<p>{datetime.now(UTC):%Y-%m-%d %H:%M} UTC. {state}</p>",
            *_failures(path.parent, outcomes),
            f"<h2>Results</h2>\n{_table(printed_table(table, list(combinations[0].swept)))}",
            *_rates(table),
            f"<h2>Parameters</h2>\n{_table(_parameters(combinations))}",
            f"<h2>Machine</h2>\n{_table(_machine())}",
            *(_section(path.parent, combination, outcomes) for combination in combinations),
        ]
    )
    head = f'<meta charset="utf-8">\n<title>tokpidjin benchmark</title>\n<style>{_STYLE}</style>'
    page = f'<!DOCTYPE html>\n<html lang="en">\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n'
    write_file(path, page.encode())


def _state(combinations: Sequence[Combination], outcomes: Sequence[Outcome]) -> str:
    failed = sum(outcome.error is not None for outcome in outcomes)
    done = f"Notebooks: {len(outcomes) - failed} ran to their end, {failed} failed"
    begun = len({outcome.combination.folder for outcome in outcomes})
    if len(combinations) == 1:
        return f"{done}."
    return f"{done}; {begun} of {len(combinations)} combinations of parameters were begun."


def _failures(home: Path, outcomes: Sequence[Outcome]) -> Iterator[str]:
    failed = [outcome for outcome in outcomes if outcome.error]
    if failed:
        yield "<h2>What failed</h2>\n<ul>"
        for outcome in failed:
            place = f"{escape(outcome.combination.name)}: " if outcome.combination.swept else ""
            why = f'<pre class="failed">{escape(outcome.error or "")}</pre>'
            yield f"<li>{place}{_link(home, outcome)}{why}</li>"
        yield "</ul>"


def _rates(table: pa.Table) -> Iterator[str]:
    """A picture of all combinations, where there are several."""
    rates: dict[str, dict[str, float]] = {}
    for row in table.to_pylist():
        if row["items_per_second"]:
            rates.setdefault(row["combination"], {})[row["label"]] = row["items_per_second"]
    if len(rates) > 1:
        picture = plot_rates(rates)
        yield _image(base64.b64encode(picture.png).decode(), picture.title)


def _parameters(combinations: Sequence[Combination]) -> Table:
    rows = []
    for parameter in fields(Parameters):
        name = parameter.name
        given = [plain(combination.given[name]) for combination in combinations if name in combination.given]
        values = "; ".join(dict.fromkeys(given)) or "the notebook's own"
        if name != "out":
            rows.append((name, values, parameter.metadata["help"]))
    return Table(("parameter", "values", "meaning"), rows, words=3)


def _machine() -> Table:
    facts = {**machine_facts(), "versions": package_versions(), "commit": package_commit() or "unknown"}
    return Table(("", ""), [(name.replace("_", " "), _words(fact)) for name, fact in facts.items()], words=2)


def _words(fact: Any) -> str:
    if isinstance(fact, Mapping):
        return ", ".join(f"{name} {value}" for name, value in fact.items())
    return "; ".join(map(_words, fact)) or "none" if isinstance(fact, list) else str(fact)


def _section(home: Path, combination: Combination, outcomes: Sequence[Outcome]) -> str:
    """What the notebooks of a combination show: their pictures, and what they print."""
    parts = [f"<h2>{escape(combination.name or 'The notebooks')}</h2>"]
    for outcome in outcomes:
        if outcome.combination is combination:
            parts.append(f"<h3>{_link(home, outcome)}</h3>\n<p>{outcome.seconds:.1f} s</p>")
            for shown in shown_by(outcome.executed) if outcome.seconds else ():
                parts.append(
                    _image(shown.png, shown.text) if shown.png else f"<pre>{escape(shown.text)}</pre>"
                )
    if len(parts) == 1:
        parts.append("<p>Not run.</p>")
    return "\n".join(parts)


def _link(home: Path, outcome: Outcome) -> str:
    """To the executed notebook, where there is one."""
    if not outcome.seconds:
        return escape(outcome.notebook)
    place = outcome.executed.relative_to(home.resolve()).as_posix()
    return f'<a href="{quote(place)}">{escape(outcome.notebook)}</a>'


def _image(png: str, text: str) -> str:
    return f'<p><img src="data:image/png;base64,{png}" alt="{escape(text)}"></p>'


def _table(table: Table) -> str:
    kinds = ["" if k < table.words else ' class="number"' for k in range(len(table.columns))]

    def row(cells: Sequence[str], tag: str) -> str:
        filled = "".join(
            f"<{tag}{kind}>{escape(cell)}</{tag}>" for cell, kind in zip(cells, kinds, strict=True)
        )
        return f"<tr>{filled}</tr>"

    rows = "\n".join([row(table.columns, "th"), *(row(cells, "td") for cells in table.rows)])
    return f'<div class="wide"><table>\n{rows}\n</table></div>'
