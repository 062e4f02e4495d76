"""Worker processes that outlive what they run: a worker that dies or hangs costs one call, never the run."""

import multiprocessing
import pickle
import signal
import time
import warnings
from collections import deque
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from mmap import mmap
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from types import TracebackType
from typing import Any, Self

from tokpidjin.errors import EngineError

_IDLE = -1
_FLUSH_SECONDS = 0.05
_TICK_SECONDS = 0.1
_DEATHS_ALLOWED = 5

Call = Callable[[Any], Any]
Payload = Callable[[int], Any]


class Lost(Enum):
    """What stands for the result of a call that took its worker with it."""

    CRASHED = "crashed"
    HUNG = "hung"


@dataclass
class _Worker:
    process: ForkProcess
    pipe: Connection
    waiting: dict[int, Any] = field(default_factory=dict)
    seen: int = _IDLE
    since: float = 0.0


class WorkerPool:
    """`workers` processes that apply `call` to payloads; they start with the first run and end with `close`.

    `call` is inherited by the processes, so anything callable will do; payloads and results travel by pickle.
    A context manager: leaving it closes the pool.
    """

    # Processes are forked. Solvers come from files, notebook cells and closures: a forked worker has them
    # as they are, while "spawn" and "forkserver" could not pickle them, and would import the user's main
    # module again. The danger of a fork beside threads is a lock held by a thread that the child lacks; the
    # child takes none: it runs `call` and reads and writes its own pipe.

    def __init__(self, call: Call, workers: int) -> None:
        self._call = call
        self.count = workers
        self._workers: list[_Worker] = []
        self._deaths = 0
        self._positions = memoryview(mmap(-1, 8 * workers)).cast("q")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the workers at once; a later run starts new ones."""
        workers, self._workers = self._workers, []
        for worker in workers:
            worker.process.kill()
        for worker in workers:
            _bury(worker)

    def run(
        self, payload: Payload, count: int, *, chunk: int, limit: float | None = None
    ) -> Generator[tuple[int, Any]]:
        """Yields (k, call(payload(k))) for each k below `count`, in the order in which they end.

        The result is Lost.CRASHED where the worker died during the call, and Lost.HUNG where it was killed
        because the call took more than `limit` seconds. `chunk` payloads are sent at a time. Raises
        EngineError when workers keep dying outside of any call. An interrupt ends the workers.
        """
        todo = deque([list(range(first, min(first + chunk, count))) for first in range(0, count, chunk)])
        self._deaths = 0
        try:
            self._start()
            while self._feed(payload, todo):
                ready = wait([worker.pipe for worker in self._workers], _TICK_SECONDS)
                for slot, worker in enumerate(self._workers):
                    if worker.pipe in ready:
                        yield from self._receive(slot, todo)
                    elif limit is not None and self._overdue(slot, limit):
                        yield from self._replace(slot, todo, Lost.HUNG)
                    elif not ready and not worker.process.is_alive():
                        # A process that it started itself may keep the pipe of a dead worker open.
                        yield from self._replace(slot, todo, Lost.CRASHED)
        except BaseException:
            self.close()
            raise

    def _start(self) -> None:
        while len(self._workers) < self.count:
            self._workers.append(self._fork(len(self._workers)))

    def _fork(self, slot: int) -> _Worker:
        self._positions[slot] = _IDLE
        ours, theirs = multiprocessing.Pipe()
        # A worker that kept a copy of our ends would keep the others from seeing that we are gone.
        inherited = [ours, *(worker.pipe for worker in self._workers)]
        process = multiprocessing.get_context("fork").Process(
            target=_work, args=(self._call, theirs, inherited, self._positions, slot), daemon=True
        )
        with warnings.catch_warnings():
            # Python 3.12 warns of a fork beside threads, and a notebook always has some; see above.
            warnings.simplefilter("ignore", DeprecationWarning)
            process.start()
        theirs.close()
        return _Worker(process, ours)

    def _feed(self, payload: Payload, todo: deque[list[int]]) -> bool:
        """Sends a chunk to each idle worker; whether any work is under way."""
        for worker in self._workers:
            if todo and not worker.waiting:
                worker.waiting = dict.fromkeys(todo.popleft())
                worker.seen, worker.since = _IDLE, time.monotonic()
                # A worker that died while idle: the next wait finds its pipe at the end.
                with suppress(ConnectionError):
                    worker.pipe.send([(k, payload(k)) for k in worker.waiting])
        return any(worker.waiting for worker in self._workers)

    def _receive(self, slot: int, todo: deque[list[int]]) -> Generator[tuple[int, Any]]:
        try:
            results = self._workers[slot].pipe.recv()
        except (EOFError, OSError, pickle.UnpicklingError):
            yield from self._replace(slot, todo, Lost.CRASHED)
            return
        for k, result in results:
            del self._workers[slot].waiting[k]
            yield k, result

    def _overdue(self, slot: int, limit: float) -> bool:
        worker, position, now = self._workers[slot], self._positions[slot], time.monotonic()
        if position != worker.seen:
            worker.seen, worker.since = position, now
        return position in worker.waiting and now - worker.since > limit

    def _replace(self, slot: int, todo: deque[list[int]], loss: Lost) -> Generator[tuple[int, Lost]]:
        """Puts a new worker in the place of one that died, and its unfinished payloads back."""
        worker = self._workers[slot]
        worker.process.kill()
        _bury(worker)
        culprit = self._positions[slot]
        if culprit not in worker.waiting:
            self._deaths += 1
        if self._deaths > _DEATHS_ALLOWED:
            raise EngineError(
                "worker processes",
                cause=f"they end outside of any call (exit code {worker.process.exitcode})",
                remedy="Check the free memory, or run with one worker.",
                engine="python",
            )
        self._workers[slot] = self._fork(slot)
        again = [k for k in worker.waiting if k != culprit]
        if again:
            todo.append(again)
        if culprit in worker.waiting:
            yield culprit, loss


def _bury(worker: _Worker) -> None:
    worker.process.join()
    worker.pipe.close()


def _work(
    call: Call, pipe: Connection, inherited: list[Connection], positions: memoryview, slot: int
) -> None:
    """A worker's life: a list of (k, payload) in, lists of (k, result) out, until the pipe is closed."""
    # Ctrl-C reaches every process of the terminal; the parent alone answers it, by ending its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for connection in inherited:
        connection.close()
    # Either means that the parent is gone.
    with suppress(EOFError, ConnectionError):
        while True:
            _work_chunk(call, pipe, pipe.recv(), positions, slot)


def _work_chunk(
    call: Call, pipe: Connection, chunk: list[tuple[int, Any]], positions: memoryview, slot: int
) -> None:
    done: list[tuple[int, Any]] = []
    sent = time.monotonic()
    for k, payload in chunk:
        positions[slot] = k
        done.append((k, call(payload)))
        if time.monotonic() - sent > _FLUSH_SECONDS:
            pipe.send(done)
            done, sent = [], time.monotonic()
    if done:
        pipe.send(done)
    positions[slot] = _IDLE
