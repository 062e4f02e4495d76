"""The life of a worker process: what it may take, what it does, and when it must not go on."""

import fcntl
import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from enum import Enum
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

__all__ = ["IDLE", "MEMORY_LIMIT", "Lost", "work"]

MEMORY_LIMIT = 1024
"""MiB that a worker process may take beyond what it began with, unless told otherwise."""

IDLE = -1
"""What a worker is at between its calls."""

_FLUSH_SECONDS = 0.05

Call = Callable[[Any], Any]


class Lost(Enum):
    """What stands for the result of a call that cannot be trusted to have left its worker as it was."""

    CRASHED = "crashed"
    HUNG = "hung"
    MEMORY = "memory"


def work(
    call: Call,
    pipe: Connection,
    lifeline: Connection,
    inherited: Iterable[Connection],
    positions: memoryview,
    slot: int,
    memory_limit: int | None,
) -> None:
    """Takes lists of (k, payload) and gives lists of (k, result), until the pipe is closed.

    Before each call `positions[slot]` is set to its k. With each list goes whether this process is spent: then
    another one must make the next call.
    """
    # Ctrl-C reaches every process of the terminal; the parent alone answers it, by ending its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for connection in inherited:
        connection.close()
    _lead_group(lifeline)
    _limit(memory_limit)
    # The parent is gone, or a call has closed the pipe or left no memory; whichever, it ends here.
    with suppress(EOFError, OSError, MemoryError):
        while True:
            _work_chunk(call, pipe, pipe.recv(), positions, slot)


def _lead_group(lifeline: Connection) -> None:
    """Makes this process and all that it will start a group, which the system kills when the parent is gone.

    The parent does so by itself, unless it is killed: then its end of the lifeline is closed for it.
    """
    os.setpgid(0, 0)
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, os.O_ASYNC)


def _limit(memory_limit: int | None) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory_limit is None:
        return
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    wanted = pages * resource.getpagesize() + (memory_limit << 20)
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _work_chunk(
    call: Call, pipe: Connection, chunk: Iterable[tuple[int, Any]], positions: memoryview, slot: int
) -> None:
    done: list[tuple[int, Any]] = []
    sent, spent = time.monotonic(), False
    for k, payload in chunk:
        positions[slot] = k
        result = _result(call, payload)
        done.append((k, result))
        spent = result is Lost.MEMORY or _left_something()
        if spent:
            break
        if time.monotonic() - sent > _FLUSH_SECONDS:
            pipe.send((done, False))
            done, sent = [], time.monotonic()
    if done:
        pipe.send((done, spent))
    positions[slot] = IDLE


def _result(call: Call, payload: Any) -> Any:
    try:
        return call(payload)
    except MemoryError:
        return Lost.MEMORY
    except BaseException:
        # As SystemExit does, or an exception made to pass through `except Exception`.
        return Lost.CRASHED


def _left_something() -> bool:
    """Whether a thread or a process is still there that the calls started."""
    return threading.active_count() > 1 or _has_children()


def _has_children() -> bool:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True
