"""Writing files so that no reader ever meets half of one, a crash or a full disk or not."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from tokpidjin.errors import ResultsError

__all__ = [
    "passing_place",
    "prepare_folder",
    "remove_passing",
    "sync_folder",
    "write_file",
    "write_safely",
    "writing",
]

_REMEDIES = {
    errno.ENOSPC: "Free some space, or choose another folder.",
    errno.EDQUOT: "Free some space, or choose another folder.",
    errno.EFBIG: "Raise the limit on the size of files (ulimit -f), or choose another folder.",
    errno.ENOTDIR: "Choose a folder, not a file.",
    errno.EISDIR: "Choose a file, not a folder.",
    errno.EEXIST: "Choose a folder, not a file.",
}


def prepare_folder(folder: str | os.PathLike[str]) -> Path:
    """The folder, made where it does not exist: for finding out before long work that results can be written.

    Raises ResultsError when they cannot.
    """
    home = Path(folder)
    with writing(home):
        home.mkdir(parents=True, exist_ok=True)
        trial = passing_place(home, "trial")
        trial.open("wb").close()
        trial.unlink()
    return home


def write_file(path: Path, content: bytes) -> None:
    """Writes a file beside its place and moves it there when it is whole and on the disk.

    Raises ResultsError when that fails; what was in the place is then still there.
    """
    passing = passing_place(path.parent, path.name)
    try:
        with writing(path if path.is_dir() else path.parent):
            write_safely(passing, lambda file: file.write(content))
            os.replace(passing, path)
            sync_folder(path.parent)
    finally:
        with suppress(OSError):
            passing.unlink()


def write_safely(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Returns when the content is on the disk, not only in the system's memory."""
    with path.open("wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Puts the folder's list of names on the disk, where the file system can do that."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def passing_place(folder: Path, name: str) -> Path:
    """Where a file is while it is being written; no other process uses the same."""
    return folder / f".{name}.{os.getpid()}"


def remove_passing(folder: Path, names: str) -> None:
    """Removes what killed processes left while they wrote files of these names (a pattern)."""
    for path in folder.glob(f".{names}.*[0-9]"):
        path.unlink(missing_ok=True)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turns what the system says against writing into `folder` into ResultsError."""
    try:
        yield
    except OSError as error:
        raise _writing_error(folder, error) from error


def _writing_error(folder: Path, error: OSError) -> ResultsError:
    remedy = _REMEDIES.get(error.errno or 0, "Choose a folder that you may write to.")
    cause = f"cannot be written ({error.strerror or error})"
    return ResultsError(f"results in {str(folder)!r}", cause=cause, remedy=remedy, file=str(folder))
