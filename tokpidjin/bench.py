"""The benchmark: runs the four notebooks by papermill and prints what they found."""

import argparse
import logging
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from tokpidjin.errors import EngineError, ParameterError
from tokpidjin.report.compare import FOLDER, PICTURE, read_comparison
from tokpidjin.report.modes import MODES
from tokpidjin.report.parameters import Parameters, refuse_unknown

__all__ = ["NOTEBOOKS", "Outcome", "add_arguments", "main", "run_bench"]

NOTEBOOKS = (*(mode.folder for mode in MODES.values()), FOLDER)
"""In the order in which they run; the last reads the results of the others."""

# The first notebook is one process of Python, the second Python in workers: they set these themselves.
_APPLIES = {"workers": NOTEBOOKS[1:], "engine": NOTEBOOKS[2:]}
# A kernel warns that it talks over a port of this machine; as it always does here, that would fill every log.
_KERNEL_ARGUMENTS = ["--log-level=40"]


@dataclass(frozen=True)
class Outcome:
    """How a notebook ended: `error` is None where it ran to its end, `executed` is its copy with outputs."""

    notebook: str
    seconds: float
    executed: Path
    error: str | None


def run_bench(
    out: str | os.PathLike[str],
    parameters: Mapping[str, Any] | None = None,
    notebooks: Sequence[str] = NOTEBOOKS,
    folder: str | os.PathLike[str] | None = None,
    prepare_only: bool = False,
) -> list[Outcome]:
    """Runs the notebooks into `out`, one after the other, and says how each ended.

    `parameters` are those of `Parameters` but `out`; one that a notebook does not have, or a value it cannot
    take, raises ParameterError before anything runs. A notebook that fails leaves the others running, except
    that 04_overhead is left out when one that it reads has failed. `folder` holds the notebooks; by default
    `./notebooks`, or those of the source tree that this package is part of. `prepare_only` writes the
    notebooks with their parameters set and runs none, for nbval.
    """
    papermill = _papermill()
    given = {**(parameters or {}), "out": str(Path(out).resolve())}
    sources = {name: _find(name, folder) for name in notebooks}
    for source in sources.values():
        refuse_unknown(list(given), list(papermill.inspect_notebook(source)))
    Parameters(**given)
    Path(out).mkdir(parents=True, exist_ok=True)
    outcomes: list[Outcome] = []
    for name, source in sources.items():
        chosen = {key: value for key, value in given.items() if name in _APPLIES.get(key, NOTEBOOKS)}
        failed = [outcome.notebook for outcome in outcomes if outcome.error]
        if name == FOLDER and failed:
            error = f"not run: it reads the results of {failed[0]}, which failed"
            outcomes.append(Outcome(name, 0.0, Path(out) / f"{name}.ipynb", error))
        else:
            outcomes.append(_execute(papermill, source, Path(out), chosen, prepare_only))
        _say(outcomes[-1], prepare_only)
    return outcomes


def _execute(
    papermill: Any, source: Path, out: Path, parameters: dict[str, Any], prepare_only: bool
) -> Outcome:
    executed = out / source.name
    start = time.perf_counter()
    error = None
    try:
        papermill.execute_notebook(
            source,
            executed,
            parameters=parameters,
            cwd=out,
            prepare_only=prepare_only,
            progress_bar=sys.stderr.isatty(),
            extra_arguments=_KERNEL_ARGUMENTS,
        )
    except papermill.PapermillExecutionError as failure:
        error = f"{failure.ename}: {failure.evalue}"
    return Outcome(source.stem, time.perf_counter() - start, executed, error)


def _say(outcome: Outcome, prepared: bool) -> None:
    if outcome.error:
        print(f"{outcome.notebook}: {outcome.error}", file=sys.stderr, flush=True)
    else:
        print(f"{outcome.notebook}: {'prepared' if prepared else f'{outcome.seconds:.1f} s'}", flush=True)


def _papermill() -> Any:
    """papermill, without its remarks in the log and the debugger's on standard error."""
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    try:
        import papermill
    except ImportError as error:
        remedy = "Install it with: pip install 'tokpidjin[notebook]'"
        raise EngineError("the benchmark", cause=f"{error.name} is not installed", remedy=remedy) from error
    logging.getLogger("papermill").setLevel(logging.ERROR)
    return papermill


def _find(name: str, folder: str | os.PathLike[str] | None) -> Path:
    beside_the_package = Path(__file__).resolve().parents[1] / "notebooks"
    folders = [Path(folder)] if folder else [Path("notebooks"), beside_the_package]
    for candidate in folders:
        if (candidate / f"{name}.ipynb").is_file():
            return (candidate / f"{name}.ipynb").resolve()
    raise ParameterError(
        f"notebook {name!r}",
        cause=f"there is no {folders[0] / name}.ipynb",
        remedy="Run in a clone of the repository, or give the folder of the notebooks with --notebooks.",
        parameter="notebooks",
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `tokpidjin bench`: where to write, and every parameter of the notebooks."""
    for parameter in fields(Parameters):
        flag = "--" + parameter.name.replace("_", "-")
        value = parameter.default if parameter.name == "out" else "the notebook's"
        text = f"{parameter.metadata['help']} (default: {value})"
        kind = _values if parameter.name == "batch_sizes" else _value
        parser.add_argument(flag, type=kind, metavar="VALUE", help=text, dest=parameter.name)
    parser.add_argument(
        "--notebooks", metavar="DIR", help="folder of the four notebooks (default: ./notebooks)"
    )
    parser.add_argument("--prepare-only", action="store_true", help="set the parameters, run nothing")


def main(args: argparse.Namespace) -> int:
    """Runs `tokpidjin bench`: 0 when every notebook ran to its end, 1 when one failed.

    Bad parameters raise ParameterError.
    """
    names = [parameter.name for parameter in fields(Parameters) if parameter.name != "out"]
    given = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    out = str(args.out or Parameters.out)
    outcomes = run_bench(out, given, folder=args.notebooks, prepare_only=args.prepare_only)
    if any(outcome.error for outcome in outcomes):
        print(f"The notebooks that ran, and the cell that failed, are in {out}.", file=sys.stderr)
        return 1
    if not args.prepare_only:
        print(f"\n{read_comparison(out).table}\n\nplot: {Path(out, FOLDER, PICTURE)}")
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


def _values(text: str) -> list[Any]:
    """
    >>> _values("1,8,80")
    [1, 8, 80]
    """
    return [_value(part) for part in text.split(",")]
