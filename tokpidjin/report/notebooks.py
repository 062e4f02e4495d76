"""Executing a notebook by papermill: how it ended, and what it shows."""

import logging
import os
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokpidjin.errors import EngineError, ParameterError
from tokpidjin.report.sweep import Combination

__all__ = ["Outcome", "Shown", "execute", "find_notebook", "load_papermill", "shown_by"]

# A kernel warns that it talks over a port of this machine, and complains of the signal by which it is ended: both
# would fill every log.
_KERNEL_ARGUMENTS = ["--log-level=50"]
_CODES = re.compile("\x1b\\[[0-9;]*m")


@dataclass(frozen=True)
class Outcome:
    """How a notebook ended: `error` is None where it ran to its end, `executed` is its copy with outputs."""

    notebook: str
    combination: Combination
    seconds: float
    error: str | None

    @property
    def executed(self) -> Path:
        """The copy with outputs; of a notebook that did not run there is none."""
        return self.combination.folder / f"{self.notebook}.ipynb"


@dataclass(frozen=True)
class Shown:
    """An output of a cell: text that was printed, or a picture as base64 with its description in `text`."""

    text: str
    png: str | None = None


def load_papermill() -> Any:
    """papermill, without its remarks in the log and the debugger's on standard error."""
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    try:
        import papermill
    except ImportError as error:
        remedy = "Install it with: pip install 'tokpidjin[notebook]'"
        raise EngineError("the benchmark", cause=f"{error.name} is not installed", remedy=remedy) from error
    logging.getLogger("papermill").setLevel(logging.ERROR)
    return papermill


def find_notebook(name: str, folder: str | os.PathLike[str] | None) -> Path:
    """The notebook in `folder`; by default in `./notebooks`, or in the source tree that this package is part of."""
    beside_the_package = Path(__file__).resolve().parents[2] / "notebooks"
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


def execute(
    source: Path, combination: Combination, parameters: Mapping[str, Any], prepare_only: bool
) -> Outcome:
    """Runs the notebook in the combination's folder; whatever it dies of is in the outcome."""
    papermill = load_papermill()
    error, start = None, time.perf_counter()
    try:
        papermill.execute_notebook(
            source,
            combination.folder / source.name,
            parameters=parameters,
            cwd=combination.folder,
            prepare_only=prepare_only,
            progress_bar=False,
            extra_arguments=_KERNEL_ARGUMENTS,
        )
    except papermill.PapermillExecutionError as failure:
        error = f"{failure.ename}: {failure.evalue}"
    except Exception as failure:  # the kernel died, or did not start: nothing that the other notebooks share
        error = f"{type(failure).__name__}: {failure}"
    return Outcome(source.stem, combination, time.perf_counter() - start, error and _CODES.sub("", error))


def shown_by(executed: Path) -> Iterator[Shown]:
    """What was printed and the pictures, in the order of the cells; nothing where there is no such file."""
    if not executed.is_file():
        return
    import nbformat

    for cell in nbformat.read(executed, 4).cells:  # type: ignore[no-untyped-call]
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if output.get("name") == "stdout":
                yield Shown(output["text"])
            elif "image/png" in data:
                yield Shown(_description(data.get("text/plain", "")), data["image/png"].replace("\n", ""))


def _description(text: str) -> str:
    """
    >>> _description("Picture(title='the finding')")
    'the finding'
    """
    title = re.fullmatch(r"Picture\(title=(['\"])(.*)\1\)", text)
    return title[2] if title else text
