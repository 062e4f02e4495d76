"""A limit on the wall time of Python calls."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from time import perf_counter
from types import FrameType
from typing import TypeVar

from tokpidjin.errors import ParameterError

__all__ = ["TimeUp", "call_within", "check_timeout", "start_clock", "ticking"]

Result = TypeVar("Result")

_LONGEST_TICK_SECONDS = 0.05
_TICKS_IN_LIMIT = 10


class TimeUp(BaseException):
    """A call took longer than it may; no Exception, lest the called code catch it."""


class _Clock:
    """The process's one interval timer, which ticks through many calls: arming it costs more than some calls.

    Python drops an exception that a signal handler raises inside of some callbacks, and prints it; the next tick raises
    it again. In the callbacks of weak references, which are the most frequent, it is not raised at all.
    """

    def __init__(self) -> None:
        self.deadline = inf
        self.tick = inf

    def ring(self, number: int, frame: FrameType | None) -> None:
        if perf_counter() > self.deadline and not _in_callback(frame):
            raise TimeUp

    def stop(self) -> None:
        self.deadline = self.tick = inf


def _in_callback(frame: FrameType | None) -> bool:
    return frame is not None and frame.f_globals.get("__name__") in ("weakref", "_weakrefset")


_clock = _Clock()
# A forked process inherits the variables, but not the timer.
os.register_at_fork(after_in_child=_clock.stop)


def check_timeout(seconds: float | None) -> None:
    """Raises ParameterError where a limit is wanted and this thread cannot have one."""
    if seconds is not None and threading.current_thread() is not threading.main_thread():
        raise ParameterError(
            f"timeout of {seconds} s",
            cause="only the main thread can interrupt a Python call",
            remedy="Use worker processes (two workers or more), or timeout=None.",
            parameter="timeout",
        )


def start_clock(seconds: float | None) -> None:
    """Starts the timer for limits of this length and leaves it running, as a worker process may."""
    tick = inf if seconds is None else min(_LONGEST_TICK_SECONDS, seconds / _TICKS_IN_LIMIT)
    if tick < _clock.tick:
        _clock.tick = tick
        signal.signal(signal.SIGALRM, _clock.ring)
        signal.setitimer(signal.ITIMER_REAL, tick, tick)


@contextmanager
def ticking(seconds: float | None) -> Iterator[None]:
    """Keeps the timer running for many calls with limits of this length, where it is not running already."""
    if seconds is None or _clock.tick < inf:
        yield
        return
    before = signal.getsignal(signal.SIGALRM)
    start_clock(seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        _clock.stop()
        signal.signal(signal.SIGALRM, before)


def call_within(seconds: float | None, function: Callable[..., Result], *arguments: object) -> Result:
    """`function(*arguments)`; raises TimeUp when it takes more than `seconds` (None: no limit).

    Only for the main thread of a process, and not for calls within calls. A call that stays inside C code is
    interrupted when it returns to Python. The limit is kept to a tenth, or to 0.05 s where that is less. A
    process that the function forks ends where it would return: it must not do the caller's work again.
    """
    caller = os.getpid()
    try:
        if seconds is None:
            return function(*arguments)
        with ticking(seconds):
            return _call_by_deadline(seconds, function, *arguments)
    finally:
        if os.getpid() != caller:
            os._exit(0)


def _call_by_deadline(seconds: float, function: Callable[..., Result], *arguments: object) -> Result:
    _clock.deadline = perf_counter() + seconds
    try:
        try:
            return function(*arguments)
        finally:
            _clock.deadline = inf
    except TimeUp:
        # It may have come before the deadline was lifted.
        _clock.deadline = inf
        raise
