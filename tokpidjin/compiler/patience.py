"""Ends the tracing of functions that call each other without end, or nearly so."""

from __future__ import annotations

import threading
import time

SECONDS_PER_SOLVER = 2.0
SECONDS_IN_ALL = 10.0
"""Of processor time: what tracings that were ended may have taken together."""
_INTERVAL = 0.1


class TooLong(BaseException):
    """Tracing a solver takes too long. No handler of what solvers raise may catch it."""


class Patience:
    """A thread that watches another one trace, and raises TooLong there where a function takes too long."""

    def __init__(self) -> None:
        self._traced_in = threading.get_ident()
        self._left = SECONDS_IN_ALL
        self._began: float | None = None
        self._lock = threading.Lock()
        self._done = threading.Event()

    def __enter__(self) -> Patience:
        self._thread = threading.Thread(target=self._watch, name="tokpidjin-patience", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def begin(self) -> None:
        """From here to `end` TooLong may be raised; it is raised at once where no patience is left."""
        if self._left <= 0:
            raise TooLong
        self._began = time.process_time()

    def end(self) -> None:
        """Nothing is raised any more."""
        with self._lock:
            self._began = None

    def _watch(self) -> None:
        while not self._done.wait(_INTERVAL):
            with self._lock:
                if self._began is not None and time.process_time() - self._began > SECONDS_PER_SOLVER:
                    self._began = None
                    self._left -= SECONDS_PER_SOLVER
                    self._interrupt()

    def _interrupt(self) -> None:
        import ctypes

        thread = ctypes.c_ulong(self._traced_in)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(TooLong))
