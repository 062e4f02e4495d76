"""Worker processes that outlive what they run: a worker that dies or hangs costs one call, never the run."""

import multiprocessing
import os
import signal
import time
import warnings
from collections import deque
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass, field
from mmap import mmap
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from types import TracebackType
from typing import Any, Self

from tokpidjin.engines.worker import IDLE, MEMORY_LIMIT, Call, Lost, work
from tokpidjin.errors import EngineError

__all__ = ["MEMORY_LIMIT", "Lost", "WorkerPool"]

_TICK_SECONDS = 0.1
_DEATHS_ALLOWED = 5

Payload = Callable[[int], Any]


@dataclass
class _Worker:
    process: ForkProcess
    pipe: Connection
    lifeline: Connection
    waiting: dict[int, None] = field(default_factory=dict)
    seen: int = IDLE
    since: float = 0.0
    used: bool = False
    proving: bool = False


@dataclass
class _Todo:
    """What no worker has: chunks, and suspects, which each get a worker that nothing else has touched."""

    chunks: deque[list[int]]
    suspects: deque[int] = field(default_factory=deque)


class WorkerPool:
    """`workers` processes that apply `call` to payloads; they start when they are needed and end with `close`.

    `call` is inherited by the processes, so anything callable will do; payloads and results travel by pickle.
    It gives Lost.MEMORY where it ran out of memory; `memory_limit` is what a process may take, in MiB, beyond
    what it began with (None: no limit). A context manager: leaving it closes the pool.
    """

    # Processes are forked. Solvers come from files, notebook cells and closures: a forked worker has them
    # as they are, while "spawn" and "forkserver" could not pickle them, and would import the user's main
    # module again. The danger of a fork beside threads is a lock held by a thread that the child lacks; the
    # child takes none: it runs `call` and reads and writes its own pipe.
    #
    # What a call leaves behind (a closed pipe, a thread, memory that is never freed) may strike a later one.
    # So a crash and a lack of memory count only where the worker was new; elsewhere they are a suspicion.

    def __init__(self, call: Call, workers: int, memory_limit: int | None = MEMORY_LIMIT) -> None:
        self._call = call
        self.count = workers
        self._memory_limit = memory_limit
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
        """Ends the workers, and what they started, at once; a later run starts new ones."""
        workers, self._workers = self._workers, []
        for worker in workers:
            _kill(worker)
        for worker in workers:
            _bury(worker)

    def run(
        self, payload: Payload, count: int, *, chunk: int, limit: float | None = None
    ) -> Generator[tuple[int, Any]]:
        """Yields (k, call(payload(k))) for each k below `count`, in the order in which they end.

        The result is Lost.CRASHED where the worker died during the call or the call raised, Lost.HUNG where
        the worker was killed because the call took more than `limit` seconds, and Lost.MEMORY where memory did
        not suffice. A call that crashed or lacked memory is made once more, in a new worker, so that it pays
        for nothing that earlier calls left behind. `chunk` payloads are sent at a time. Raises EngineError
        when workers keep dying outside of any call. An interrupt ends the workers.
        """
        todo = _Todo(deque(list(range(first, min(first + chunk, count))) for first in range(0, count, chunk)))
        self._deaths = 0
        try:
            self._start(min(self.count, len(todo.chunks)))
            while self._feed(payload, todo):
                ready = wait([worker.pipe for worker in self._workers], _TICK_SECONDS)
                for slot, worker in enumerate(self._workers):
                    if worker.pipe in ready:
                        yield from self._receive(slot, todo)
                    elif limit is not None and self._overdue(slot, limit):
                        yield from self._lose(slot, todo, Lost.HUNG)
                    elif not ready and not worker.process.is_alive():
                        # A process that it started itself may keep the pipe of a dead worker open.
                        yield from self._lose(slot, todo, Lost.CRASHED)
        except BaseException:
            self.close()
            raise

    def _start(self, wanted: int) -> None:
        while len(self._workers) < wanted:
            self._workers.append(self._fork(len(self._workers)))

    def _fork(self, slot: int) -> _Worker:
        try:
            return self._fork_worker(slot)
        except OSError as error:
            raise EngineError(
                "worker processes",
                cause=f"the system gives no more ({error.strerror or error})",
                remedy="Run with fewer workers, or see what limits processes, open files and memory (ulimit -a).",
                engine="python",
            ) from error

    def _fork_worker(self, slot: int) -> _Worker:
        self._positions[slot] = IDLE
        ours, theirs = multiprocessing.Pipe()
        end, lifeline = multiprocessing.Pipe(duplex=False)
        # A worker that kept a copy of our ends would keep the others from seeing that we are gone.
        inherited = [
            ours,
            lifeline,
            *(end for worker in self._workers for end in (worker.pipe, worker.lifeline)),
        ]
        process = multiprocessing.get_context("fork").Process(
            target=work,
            args=(self._call, theirs, end, inherited, self._positions, slot, self._memory_limit),
            daemon=True,
        )
        with warnings.catch_warnings():
            # Python 3.12 warns of a fork beside threads, and a notebook always has some; see above.
            warnings.simplefilter("ignore", DeprecationWarning)
            process.start()
        theirs.close()
        end.close()
        return _Worker(process, ours, lifeline)

    def _feed(self, payload: Payload, todo: _Todo) -> bool:
        """Gives each idle worker something to do; whether any work is under way."""
        for slot, worker in enumerate(self._workers):
            if worker.waiting:
                continue
            if todo.suspects and not (todo.chunks and worker.used):
                if worker.used:
                    self._renew(slot, todo)
                self._send(slot, payload, [todo.suspects.popleft()], proving=True)
            elif todo.chunks:
                self._send(slot, payload, todo.chunks.popleft(), proving=False)
        return any(worker.waiting for worker in self._workers)

    def _send(self, slot: int, payload: Payload, chunk: list[int], proving: bool) -> None:
        worker = self._workers[slot]
        worker.waiting, worker.used, worker.proving = dict.fromkeys(chunk), True, proving
        worker.seen, worker.since = IDLE, time.monotonic()
        # A worker that died while idle: the next wait finds its pipe at the end.
        with suppress(ConnectionError):
            worker.pipe.send([(k, payload(k)) for k in chunk])

    def _receive(self, slot: int, todo: _Todo) -> Generator[tuple[int, Any]]:
        worker = self._workers[slot]
        try:
            results, spent = worker.pipe.recv()
        except Exception:
            # The pipe's end, or, from a call that wrote into it, anything that bytes can mean.
            yield from self._lose(slot, todo, Lost.CRASHED)
            return
        self._deaths = 0
        for k, result in results:
            del worker.waiting[k]
            if result is Lost.MEMORY and not worker.proving:
                todo.suspects.append(k)
            else:
                yield k, result
        if spent:
            self._renew(slot, todo)

    def _overdue(self, slot: int, limit: float) -> bool:
        worker, position, now = self._workers[slot], self._positions[slot], time.monotonic()
        if position != worker.seen:
            worker.seen, worker.since = position, now
        return position in worker.waiting and now - worker.since > limit

    def _lose(self, slot: int, todo: _Todo, loss: Lost) -> Generator[tuple[int, Lost]]:
        """Replaces a worker that died or hangs; the call that it was at is lost, or suspected."""
        worker = self._workers[slot]
        _bury(worker)
        culprit = self._positions[slot]
        if culprit not in worker.waiting:
            self._count_death(worker)
        # A worker that seemed to hang may have gone on before it was killed.
        elif loss is not Lost.HUNG or culprit == worker.seen:
            del worker.waiting[culprit]
            if worker.proving or loss is Lost.HUNG:
                yield culprit, loss
            else:
                todo.suspects.append(culprit)
        self._renew(slot, todo)

    def _count_death(self, worker: _Worker) -> None:
        self._deaths += 1
        if self._deaths > _DEATHS_ALLOWED:
            raise EngineError(
                "worker processes",
                cause=f"they end outside of any call (exit code {worker.process.exitcode})",
                remedy="Check the free memory, or run with one worker.",
                engine="python",
            )

    def _renew(self, slot: int, todo: _Todo) -> None:
        """Puts a new worker in the place of another, and the payloads that it has not finished back."""
        worker = self._workers[slot]
        _bury(worker)
        if worker.waiting:
            todo.chunks.append(list(worker.waiting))
        self._workers[slot] = self._fork(slot)


def _kill(worker: _Worker) -> None:
    """Kills the worker and all that it started; it may not lead its group yet."""
    assert worker.process.pid is not None
    with suppress(ProcessLookupError):
        os.killpg(worker.process.pid, signal.SIGKILL)
    worker.process.kill()


def _bury(worker: _Worker) -> None:
    _kill(worker)
    worker.process.join()
    worker.pipe.close()
    worker.lifeline.close()
