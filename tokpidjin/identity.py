"""What a run is: the things that must be the same for its results to be the same."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tokpidjin import __version__
from tokpidjin.errors import ResultsError
from tokpidjin.tasks import Grid, Sample

if TYPE_CHECKING:
    from tokpidjin.library import Library

__all__ = ["check_same", "code_identity", "library_identity", "package_identity", "run_identity"]

_FORMAT = 1
"""Counts the changes of the files that a run leaves."""

_DIGEST_BYTES = 8
_PACKAGE = Path(__file__).parent
_LANGUAGE = _PACKAGE / "dsl"
_STEPS = _PACKAGE / "solvers" / "steps.py"


def library_identity(library: "Library") -> str:
    """The solvers in their order, their files, and the language that they are written in."""
    shared = [*sorted(_LANGUAGE.glob("*.py")), _STEPS]
    names = (f"{solver.id} {solver.name}".encode() for solver in library)
    texts = (text.encode() for text in dict.fromkeys(solver.text for solver in library))
    return f"{len(library)} solvers, {_digest(chain(names, texts, _contents(shared)))}"


def package_identity() -> str:
    """This package: its version, and the content of its sources, whatever commit or copy they are of."""
    sources = sorted([*_PACKAGE.rglob("*.py"), *(_PACKAGE / "engines" / "vm").glob("*")])
    return f"{__version__}, {_digest(_contents(sources))}"


def code_identity(name: str, file: str | None) -> str:
    """A user's module: its name, and the content of its file where it has one."""
    return f"module {name}, {_digest(_contents([] if file is None else [Path(file)]))}"


def _contents(paths: Iterable[Path]) -> Iterator[bytes]:
    return (path.read_bytes() for path in paths if path.is_file())


def run_identity(runner: Mapping[str, Any], samples: Iterable[Sample], answers: bool) -> dict[str, Any]:
    """All of it, by name: what the runner says of library and limits, the samples, what is kept of them."""
    return {
        "tokpidjin": f"{__version__}, format {_FORMAT}",
        **runner,
        "samples": _samples_identity(samples),
        "answers kept": answers,
    }


def _samples_identity(samples: Iterable[Sample]) -> str:
    """The samples in their order: place, input and known answer of each."""
    tasks, count, digest = set(), 0, blake2b(digest_size=_DIGEST_BYTES)
    for sample in samples:
        tasks.add(sample.task_id)
        count += 1
        digest.update(f"{sample.task_id} {sample.split} {sample.index}\n".encode())
        digest.update(_grid_bytes(sample.input) + _grid_bytes(sample.output))
    return f"{count} samples of {len(tasks)} tasks, {digest.hexdigest()}"


def _grid_bytes(grid: Grid | None) -> bytes:
    if grid is None:
        return b"-"
    return f"{len(grid)}x{len(grid[0]) if grid else 0}:".encode() + b"".join(map(bytes, grid))


def _digest(parts: Iterable[bytes]) -> str:
    digest = blake2b(digest_size=_DIGEST_BYTES)
    for part in parts:
        digest.update(f"{len(part)}:".encode() + part)
    return digest.hexdigest()


def check_same(folder: Path, then: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Raises ResultsError, which says what differs, unless a run goes on as it began.

    `then` and `now` have "identity", whose entries must be equal, and "asked", what a person asked for: the
    differences there are named too, since they explain the others.
    """
    differences = list(_differences(then.get("identity"), now["identity"]))
    if not differences:
        return
    asked = _differences(then.get("asked"), now["asked"])
    raise ResultsError(
        f"results in {str(folder)!r}",
        cause="they are of another run (" + "; ".join(dict.fromkeys([*differences, *asked])) + ")",
        remedy="Run with what was given then, or choose another folder.",
        file=str(folder),
    )


def _differences(then: object, now: Mapping[str, Any]) -> Iterator[str]:
    # What was written then may have been changed by anybody.
    before = then if isinstance(then, dict) else {}
    for name in dict.fromkeys([*before, *now]):
        if before.get(name) != now.get(name):
            yield f"{name}: {_shown(before.get(name))} then, {_shown(now.get(name))} now"


def _shown(value: object) -> str:
    return value if isinstance(value, str) and value else repr(value)
