"""The progress bar of all long work: one line that is overwritten, in a log a line now and then."""

import os
import sys
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any, TextIO

from tqdm.std import tqdm

__all__ = ["Bar", "progress_bar"]

_SCREEN_SECONDS = 0.1
_NOTEBOOK_SECONDS = 0.5
_LOG_SECONDS = 10.0
# Each line of a log comes after the work has taken so much longer: some eighty of them last for a day.
_LOG_GROWTH = 0.1

_LINE = "{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}, {rate_noinv_fmt}{postfix}]"
_NOTEBOOK_LINE = "{l_bar}{bar:40}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}, {rate_noinv_fmt}]"
_LOG_LINE = (
    "{desc}: {n_fmt} of {total_fmt}{unit} ({percentage:.0f} %), {rate_noinv_fmt}, "
    "{elapsed} gone, {remaining} left{postfix}"
)
_ROUNDED_FROM = 10_000


def progress_bar(total: int, description: str, unit: str = " items", shown: bool = True) -> "Bar":
    """A bar for `total` units of work, as a context manager; `shown=False` shows none.

    On a terminal and in a notebook it is one line that changes in its place. Where nobody watches (standard
    error is no terminal, or CI is set) work of more than ten seconds gets a line now and then.
    """
    options: dict[str, Any] = {"total": total, "desc": description, "unit": unit, "disable": not shown}
    # The mean rate over all the work, from which the remaining time follows; looked at whenever work is done.
    options |= {"smoothing": 0, "miniters": 1, "unit_scale": total >= _ROUNDED_FROM}
    if _in_notebook():
        return _NotebookBar(
            **options,
            bar_format=_NOTEBOOK_LINE,
            mininterval=_NOTEBOOK_SECONDS,
            ascii=False,
            leave=False,
        )
    if _on_terminal():
        return Bar(**options, bar_format=_LINE, mininterval=_SCREEN_SECONDS, dynamic_ncols=True)
    return _LogBar(**options, bar_format=_LOG_LINE, mininterval=_LOG_SECONDS, delay=_LOG_SECONDS, leave=False)


class Bar(tqdm):  # type: ignore[misc]
    """A tqdm bar that follows the parts of the work, and shows how the items ended."""

    monitor_interval = 0  # Its thread redraws what has not moved; with miniters=1 there is nothing to redraw.

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._counts = Counter[str]()
        self._planned: int = options["total"]

    def add(self, counts: Mapping[str, int]) -> None:
        """Moves on by items that ended, and shows how many did so in each status."""
        self._counts.update(counts)
        self.count(dict(self._counts.most_common()))
        self.update(sum(counts.values()))

    def add_earlier(self, counts: Mapping[str, int]) -> None:
        """Moves on by items that ended before this bar began, which tell nothing about its rate."""
        if not self.disable:
            self.initial += sum(counts.values())
        self.add(counts)

    def within(self, seconds: float) -> None:
        """Lowers the total to what will be done in so many more seconds, judging by the work so far."""
        elapsed = self.format_dict["elapsed"]
        if elapsed:
            self.total = max(self.n, int(min(self._planned, self.n * (1 + max(0.0, seconds) / elapsed))))

    def say(self, text: str, file: TextIO) -> None:
        """Prints a line, above the bar where both are on one screen."""
        self.write(text, file=file)
        file.flush()

    def count(self, counts: Mapping[str, int]) -> None:
        """Shows these counts, by name, from the next time on that the bar is drawn."""
        self.set_postfix_str(", ".join(f"{name}={_short(n)}" for name, n in counts.items()), refresh=False)


def _short(count: int) -> str:
    return str(count) if count < _ROUNDED_FROM else str(Bar.format_sizeof(count))


# tqdm ends a bar that it leaves standing by a line feed, one that it does not by an empty text: these two draw
# themselves, and take that text for the last state.
class _OwnBar(Bar):
    def within(self, seconds: float) -> None:
        """Lowers the total to what will be done in so many more seconds, judging by the work so far."""
        elapsed = self.format_dict["elapsed"]
        if elapsed:
            self.total = max(self.n, int(min(self._planned, self.n * (1 + max(0.0, seconds) / elapsed))))

    def say(self, text: str, file: TextIO) -> None:
        print(text, file=file, flush=True)


class _NotebookBar(_OwnBar):
    """Text in one output that is updated: unlike a widget, it also stands in the executed copy as it ended.

    The counts have a line of their own, since a notebook's column is narrow.
    """

    _handle: Any = None

    def display(self, msg: str | None = None, pos: int | None = None) -> bool:
        text = {"text/plain": "\n".join(filter(None, (str(self), self.postfix)))}
        if self._handle is None:
            from IPython.display import display

            self._handle = display(text, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update(text, raw=True)
        return False


class _LogBar(_OwnBar):
    """Lines, rarer and rarer."""

    _last = ""

    def display(self, msg: str | None = None, pos: int | None = None) -> bool:
        if str(self) != self._last:
            self._last = str(self)
            self.fp.write(f"{self._last}\n")
            self.fp.flush()
        self.mininterval = max(_LOG_SECONDS, _LOG_GROWTH * (time.time() - self.start_t))
        return False


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


def _on_terminal() -> bool:
    if not sys.stderr.isatty() or os.environ.get("CI") or os.environ.get("TERM") == "dumb":
        return False
    return os.get_terminal_size(sys.stderr.fileno()).columns > 0  # 0: a machine's, as that of a build can be
