"""The benchmark: runs the four notebooks by papermill, for each combination of a sweep, and reports on all."""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tokpidjin.files import prepare_folder, writing
from tokpidjin.progress import progress_bar
from tokpidjin.report.compare import FOLDER, PICTURE
from tokpidjin.report.modes import MODES
from tokpidjin.report.notebooks import Outcome, execute, find_notebook, load_papermill
from tokpidjin.report.page import write_page
from tokpidjin.report.parameters import Parameters, refuse_unknown
from tokpidjin.report.sweep import Combination, combine
from tokpidjin.report.sweep_table import printed_table, sweep_table

__all__ = ["NOTEBOOKS", "PAGE", "TABLE", "Benchmark", "add_arguments", "main", "run_bench"]

NOTEBOOKS = (*(mode.folder for mode in MODES.values()), FOLDER)
"""In the order in which they run; the last reads the results of the others."""
TABLE, PAGE = "bench.parquet", "report.html"
"""The files of a report."""

# The first notebook is one process of Python, the second Python in workers: they set these themselves.
_APPLIES = {"workers": NOTEBOOKS[1:], "engine": NOTEBOOKS[2:]}


class Benchmark:
    """The notebooks, the combinations of parameters that they are to run with, and what came of it so far.

    out: the folder for all. sweep: the values of each parameter of `Parameters` but `out`. notebooks, folder:
    which, and where they are; by default `./notebooks`, or those of the source tree that this package is part of.
    A parameter that a notebook does not have, and a value that it cannot have, raise ParameterError, tasks that
    cannot be loaded TaskError, a folder that cannot be written ResultsError: all before anything runs.
    """

    def __init__(
        self,
        out: str | os.PathLike[str],
        sweep: Mapping[str, Sequence[Any]],
        notebooks: Sequence[str] = NOTEBOOKS,
        folder: str | os.PathLike[str] | None = None,
    ) -> None:
        papermill = load_papermill()
        self.sources = {name: find_notebook(name, folder) for name in notebooks}
        for source in self.sources.values():
            refuse_unknown([*sweep, "out"], list(papermill.inspect_notebook(source)))
        self.combinations = combine(sweep, out)
        self.out = Path(out)
        self.outcomes: list[Outcome] = []
        for combination in self.combinations:
            prepare_folder(combination.folder)

    @property
    def failed(self) -> list[Outcome]:
        """The notebooks that did not run to their end."""
        return [outcome for outcome in self.outcomes if outcome.error]

    def run(self, prepare_only: bool = False) -> Iterator[Outcome]:
        """Runs one notebook after the other and yields how it ended.

        A notebook that fails leaves the others running, except that 04_overhead is left out where one that it
        reads has failed. `prepare_only` writes the notebooks with their parameters set and runs none, for nbval.
        """
        for combination in self.combinations:
            for name, source in self.sources.items():
                failed = [outcome.notebook for outcome in self.failed if outcome.combination is combination]
                if name == FOLDER and failed:
                    error = f"not run: it reads the results of {failed[0]}, which failed"
                    self.outcomes.append(Outcome(name, combination, 0.0, error))
                else:
                    self.outcomes.append(self._execute(source, combination, prepare_only))
                yield self.outcomes[-1]

    def _execute(self, source: Path, combination: Combination, prepare_only: bool) -> Outcome:
        start = time.perf_counter()
        try:
            return execute(source, combination, _for(source.stem, combination), prepare_only)
        except BaseException:
            seconds = time.perf_counter() - start
            self.outcomes.append(Outcome(source.stem, combination, seconds, "interrupted"))
            raise

    def report(self) -> pa.Table:
        """Writes the table and the page of what has run so far; returns the table, see `sweep_table.SCHEMA`."""
        table = sweep_table(self.combinations, self.outcomes)
        with writing(self.out):
            pq.write_table(table, self.out / TABLE)
        write_page(self.out / PAGE, table, self.combinations, self.outcomes)
        return table


def _for(notebook: str, combination: Combination) -> dict[str, Any]:
    """The parameters that are about this notebook."""
    given = combination.parameters
    return {key: value for key, value in given.items() if notebook in _APPLIES.get(key, NOTEBOOKS)}


def run_bench(
    out: str | os.PathLike[str],
    sweep: Mapping[str, Sequence[Any]],
    notebooks: Sequence[str] = NOTEBOOKS,
    folder: str | os.PathLike[str] | None = None,
    prepare_only: bool = False,
) -> Benchmark:
    """Runs a `Benchmark`, says how each notebook ended, and writes the report, also where an interrupt comes.

    The arguments, and what they raise, are those of `Benchmark` and of its `run`.
    """
    benchmark = Benchmark(out, sweep, notebooks, folder)
    try:
        _run(benchmark, prepare_only)
    except BaseException as end:
        if benchmark.outcomes and not prepare_only:
            benchmark.report()
            end.add_note(f"what ran is in {benchmark.out / PAGE}")
        raise
    return benchmark


def _run(benchmark: Benchmark, prepare_only: bool) -> None:
    names = list(benchmark.sources) * len(benchmark.combinations)
    counts: Counter[str] = Counter()
    with progress_bar(len(names), names[0], " notebooks", shown=not prepare_only) as bar:
        for following, outcome in zip([*names[1:], "bench"], benchmark.run(prepare_only), strict=True):
            counts["failed" if outcome.error else "ok"] += 1
            bar.count(counts)
            bar.set_description_str(following, refresh=False)
            bar.update()
            bar.say(_said(outcome, prepare_only), sys.stderr if outcome.error else sys.stdout)


def _said(outcome: Outcome, prepared: bool) -> str:
    name = f"{outcome.combination.name}: " if outcome.combination.swept else ""
    ended = outcome.error or ("prepared" if prepared else f"{outcome.seconds:.1f} s")
    return f"{name}{outcome.notebook}: {ended}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `tokpidjin bench`: where to write, and every parameter of the notebooks."""
    for parameter in fields(Parameters):
        flag = "--" + parameter.name.replace("_", "-")
        if parameter.name == "out":
            text = f"{parameter.metadata['help']} (default: {parameter.default})"
            parser.add_argument(flag, metavar="FOLDER", default=parameter.default, help=text)
        else:
            kind, metavar = _KINDS.get(parameter.name, (_each, "VALUE[,VALUE...]"))
            text = f"{parameter.metadata['help']} (default: the notebook's)"
            parser.add_argument(flag, action="extend", type=kind, metavar=metavar, help=text)
    parser.add_argument("--notebooks", metavar="DIR", help="folder of the notebooks (default: ./notebooks)")
    parser.add_argument("--prepare-only", action="store_true", help="set the parameters, run nothing")
    parser.description = (
        f"{parser.description or ''} A parameter with several values is swept: the notebooks run for every "
        "combination, each in a folder of its own in --out. Values are separated by commas (--workers 1,2) or given by "
        "repeating the option, as are sweeps of --tasks and of --batch-sizes, which is a list itself "
        f"(--batch-sizes 1,8,80 --batch-sizes 1,8). {TABLE} and {PAGE} in --out are about all of them."
    )


def main(args: argparse.Namespace) -> int:
    """Runs `tokpidjin bench`: 0 when every notebook ran to its end, 1 when one failed.

    Bad parameters raise ParameterError.
    """
    names = [parameter.name for parameter in fields(Parameters) if parameter.name != "out"]
    sweep = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    benchmark = run_bench(args.out, sweep, folder=args.notebooks, prepare_only=args.prepare_only)
    if args.prepare_only:
        return int(bool(benchmark.failed))
    table, swept = benchmark.report(), list(benchmark.combinations[0].swept)
    files = f"table: {benchmark.out / TABLE}\nreport: {benchmark.out / PAGE}"
    print(f"\n{printed_table(table, swept)}\n\n{files}")
    if benchmark.failed or table["error"].null_count < len(table):
        print("Not all of it succeeded: the report says what failed, and why.", file=sys.stderr)
        return 1
    if not swept:
        print(f"plot: {benchmark.out / FOLDER / PICTURE}")
    return 0


def _value(text: str) -> Any:
    """A number where the text is one, else the text itself.

    >>> _value("8"), _value("0.5"), _value("arc-agi-1/training")
    (8, 0.5, 'arc-agi-1/training')
    """
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _each(text: str) -> list[Any]:
    """
    >>> _each("native,cuda")
    ['native', 'cuda']
    """
    return [_value(part) for part in text.split(",")]


def _one_list(text: str) -> list[list[Any]]:
    return [_each(text)]


def _one(text: str) -> list[str]:
    return [text]


# Of these a value may hold commas itself.
_KINDS: Mapping[str, tuple[Callable[[str], list[Any]], str]] = {
    "batch_sizes": (_one_list, "SIZE[,SIZE...]"),
    "tasks": (_one, "SPEC"),
}
