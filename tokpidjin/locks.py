"""A lock on a folder: one process at a time writes into it."""

import errno
import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from tokpidjin.errors import ResultsError
from tokpidjin.files import writing

__all__ = ["FolderLock"]

_BUSY = (errno.EACCES, errno.EAGAIN)
_UNABLE = (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS)

_held: set[Path] = set()


class FolderLock:
    """Holds the file `.lock` of a folder, which it makes, inside of the block.

    The system frees it when the process dies.

    Raises ResultsError, with the number of the process that holds it, where another does.
    """

    # A record lock, not flock: worker processes, which are forked, would inherit a flock, and one that
    # outlives a killed parent by a moment would keep it. Record locks do not bind the process that holds
    # them, which `_held` does.

    def __init__(self, folder: Path) -> None:
        self._path = folder.resolve() / ".lock"
        self._descriptor = -1

    def __enter__(self) -> Self:
        if self._path in _held:
            raise self._refusal(os.getpid())
        with writing(self._path.parent):
            while not self._take():
                pass
        _held.add(self._path)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _held.discard(self._path)
        os.close(self._descriptor)

    def _take(self) -> bool:
        """Whether the lock was taken on the file that is there now, not on one just removed."""
        self._path.parent.mkdir(exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(descriptor, 32).decode(errors="replace").strip()
            os.close(descriptor)
            if error.errno in _BUSY:
                raise self._refusal(holder) from None
            if error.errno not in _UNABLE:
                raise
            descriptor = os.open(self._path, os.O_RDWR)  # a file system without locks
        try:
            current = os.path.samestat(os.fstat(descriptor), os.stat(self._path))
        except FileNotFoundError:
            current = False
        if not current:
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor
        return True

    def _refusal(self, holder: object) -> ResultsError:
        folder = str(self._path.parent)
        return ResultsError(
            f"results in {folder!r}",
            cause=f"process {holder} is writing there",
            remedy="Wait for it or end it, or choose another folder.",
            file=folder,
        )
