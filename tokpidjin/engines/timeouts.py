"""A limit on the wall time of one Python call."""

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

from tokpidjin.errors import ParameterError

Result = TypeVar("Result")

# Python drops an exception that a signal handler raises inside of some callbacks: so the alarm rings again.
_AGAIN_SECONDS = 0.05


class TimeUp(BaseException):
    """A call took longer than it may; no Exception, lest the called code catch it."""


def check_timeout(seconds: float | None) -> None:
    """Raises ParameterError where a limit is wanted and this thread cannot have one."""
    if seconds is not None and threading.current_thread() is not threading.main_thread():
        raise ParameterError(
            "timeout",
            cause="only the main thread can interrupt a Python call",
            remedy="Use worker processes (two workers or more), or timeout=None.",
            parameter="timeout",
        )


def call_within(seconds: float | None, function: Callable[..., Result], *arguments: object) -> Result:
    """`function(*arguments)`; raises TimeUp when it takes more than `seconds` (None: no limit).

    Only for the main thread of a process. A call that stays inside C code is interrupted when it returns to Python.
    """
    if seconds is None:
        return function(*arguments)
    armed = True

    def ring(number: int, frame: FrameType | None) -> None:
        if armed:
            raise TimeUp

    before = signal.signal(signal.SIGALRM, ring)
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN_SECONDS)
            return function(*arguments)
        finally:
            armed = False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
