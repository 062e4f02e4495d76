"""A solver watched while it runs: the value of every step, in a process of its own.

The function runs as it is, under Python's own trace. A step is a call that its code makes, with the call's text, or a
variable that it sets to anything else.
"""

import ast
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from types import CodeType, FrameType
from typing import Any

from tokpidjin.engines.python import KILL_AFTER_SECONDS
from tokpidjin.engines.timeouts import TimeUp, call_within
from tokpidjin.engines.workers import Lost, WorkerPool
from tokpidjin.library import Solver
from tokpidjin.report.values import Value, describe
from tokpidjin.tasks import Grid

__all__ = ["RESULT", "Step", "Trace", "trace_steps"]

RESULT = "return"
"""The name of the step whose value the solver returns."""

_MOST_STEPS = 300
_CLOCK = call_within.__code__.co_filename

Positions = tuple[int | None, int | None, int | None, int | None]


@dataclass(frozen=True)
class Step:
    """One value: the variable that holds it ("" where none does), the text that makes it, and the value."""

    name: str
    expression: str
    value: Value

    @property
    def caption(self) -> str:
        """As it would stand in a solver that names every step."""
        if self.name == RESULT:
            return f"{RESULT} {self.expression}".rstrip()
        return " = ".join(part for part in (self.name, self.expression) if part)


@dataclass(frozen=True)
class Trace:
    """The steps in the order in which they ended; `failure` says what ended the solver early, "" if nothing.

    `left_out` counts further steps that were not kept.
    """

    steps: tuple[Step, ...]
    failure: str = ""
    left_out: int = 0


def trace_steps(solver: Solver, grid: Grid, timeout: float) -> Trace:
    """Runs the solver on a grid in a process of its own and gives every step that it gets to.

    After `timeout` seconds it is stopped, and the steps until then are given; a second later its process is killed
    with all it had, and so it is where the solver ends its process.
    """

    def traced(given: Grid) -> Trace:
        return _traced(solver, given, timeout)

    with WorkerPool(traced, 1) as pool:
        [(_, found)] = pool.run(lambda _: grid, 1, chunk=1, limit=timeout + KILL_AFTER_SECONDS)
    if isinstance(found, Lost):
        ended = "its process died" if found is Lost.CRASHED else f"no end within {timeout:g} s"
        return Trace((), f"{ended}; the steps are lost")
    trace: Trace = found
    return trace


def _traced(solver: Solver, grid: Grid, timeout: float) -> Trace:
    watch = _Watch(_Source(solver))
    failure = ""
    try:
        result = call_within(timeout, watch.run, solver.function, grid)
    except TimeUp:
        failure = f"no end within {timeout:g} s"
    except Exception as error:
        failure = f"{type(error).__name__}: {error}"
    else:
        watch.end(result)
    shape = len(grid), len(grid[0])
    steps = [Step(seen.name, seen.expression, describe(seen.value, shape)) for seen in watch.seen]
    return Trace(tuple(steps), failure, watch.left_out)


class _Source:
    """The text of a solver, to say what stands where."""

    def __init__(self, solver: Solver) -> None:
        self._file = solver.file
        self._lines = solver.text.encode().split(b"\n")
        self._first = solver.line
        self._text = solver.source

    def holds(self, code: CodeType) -> bool:
        return code.co_filename == self._file

    def segment(self, place: Positions) -> str:
        """The text between two places, in one line; columns count bytes, as Python's positions do."""
        line, end_line, column, end_column = place
        if line is None or end_line is None or column is None or end_column is None:
            return ""
        lines = self._lines[line - 1 : end_line]
        if not lines:
            return ""
        lines[-1] = lines[-1][:end_column]
        lines[0] = lines[0][column:]
        return " ".join(b" ".join(lines).decode(errors="replace").split())

    def assigned(self, line: int) -> str:
        """What the statement at this line assigns or returns; "" where it does neither."""
        return next((text for first, last, text in self._statements if first <= line <= last), "")

    @cached_property
    def _statements(self) -> list[tuple[int, int, str]]:
        """First and last line of each statement with a value, and that value's text."""
        try:
            tree = ast.parse(self._text)
        except SyntaxError:
            return []
        ast.increment_lineno(tree, self._first - 1)
        return [
            (node.lineno, node.end_lineno or node.lineno, self._value(node))
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.Return)
        ]

    def _value(self, node: ast.Assign | ast.AnnAssign | ast.Return) -> str:
        if node.value is None:
            return ""
        place = node.value
        text = self.segment((place.lineno, place.end_lineno, place.col_offset, place.end_col_offset))
        unpacked = isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Name)
        return f"part of {text}" if unpacked else text


@dataclass
class _Seen:
    """A step as it is found, with the value itself."""

    name: str
    expression: str
    value: Any


class _Watch:
    """Follows the first function that is called, and the calls that its own code makes."""

    def __init__(self, source: _Source) -> None:
        self.seen: list[_Seen] = []
        self.left_out = 0
        self._source = source
        self._frame: FrameType | None = None
        self._positions: list[Positions] = []
        self._locals: dict[str, Any] = {}
        self._line = 0
        self._named = 0

    def run(self, function: Callable[[Grid], Any], grid: Grid) -> Any:
        before = sys.gettrace()
        sys.settrace(self._enter)
        try:
            return function(grid)
        finally:
            sys.settrace(before)

    def end(self, result: Any) -> None:
        """Notes what the function returned."""
        self._bind(RESULT, result)

    def _enter(self, frame: FrameType, event: str, argument: Any) -> Any:
        if _is_clock(frame):
            return None
        if self._frame is None:
            self._frame, self._locals, self._line = frame, dict(frame.f_locals), frame.f_lineno
            if self._source.holds(frame.f_code):
                self._positions = [*frame.f_code.co_positions()]
            return self._follow
        if frame.f_back is not self._frame:
            return None
        frame.f_trace_lines = False
        return self._called

    def _called(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "return":
            self._add(_Seen("", self._call(frame), argument))
        return self._called

    def _call(self, frame: FrameType) -> str:
        """The text of the call that the solver's code is in."""
        assert self._frame is not None
        place = next(islice(self._positions, self._frame.f_lasti // 2, None), None)
        return self._source.segment(place) if place else frame.f_code.co_name

    def _follow(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "exception":
            _, _, trace = argument
            if trace is not None and trace.tb_next is not None and not _is_clock(trace.tb_next.tb_frame):
                self._drop_last()  # the call that raised has no value
        else:
            self._bind_new(frame)
            self._line = frame.f_lineno
        return self._follow

    def _drop_last(self) -> None:
        if self.left_out:
            self.left_out -= 1
        elif self.seen:
            self.seen.pop()

    def _bind_new(self, frame: FrameType) -> None:
        before, self._locals = self._locals, dict(frame.f_locals)
        new = [
            name for name, value in self._locals.items() if name not in before or before[name] is not value
        ]
        for name in new:
            self._bind(name, self._locals[name])
        if new:
            self._named = len(self.seen)

    def _bind(self, name: str, value: Any) -> None:
        """Gives the latest call with this value the name; a step of its own where no call made it."""
        for seen in reversed(self.seen[self._named :]):
            if seen.value is value and not seen.name:
                seen.name = name
                return
        self._add(_Seen(name, self._source.assigned(self._line), value))

    def _add(self, seen: _Seen) -> None:
        if len(self.seen) < _MOST_STEPS:
            self.seen.append(seen)
        else:
            self.left_out += 1


def _is_clock(frame: FrameType) -> bool:
    """Whether this is the alarm of the time limit, which rings in the middle of the solver's code."""
    return frame.f_code.co_filename == _CLOCK
