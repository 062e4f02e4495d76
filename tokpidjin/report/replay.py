"""The calls of primitives that a solver makes, taken down once, and made again as one dispatch each.

This is how a system works that sends single operations to a fast engine and leaves the solver in Python. The solver
is neither changed nor given other primitives: a profiler takes down what it calls with which arguments.
"""

from collections.abc import Callable, Sequence
from functools import cache
from types import CodeType, FrameType
from typing import Any, NamedTuple

from tokpidjin.dsl import PRIMITIVES
from tokpidjin.engines.python import call_profiled
from tokpidjin.gpu_ops import GPUDSLOperations

__all__ = ["PrimitiveCall", "record_calls", "replay"]


class PrimitiveCall(NamedTuple):
    """One call that a solver made: of which primitive, with what, and what it gave."""

    primitive: str
    arguments: tuple[Any, ...]
    result: Any


def record_calls(function: Callable[[Any], Any], grid: object) -> list[PrimitiveCall]:
    """The calls of primitives that `function` makes on `grid`, in the order in which they return.

    A call from inside another primitive is part of that one: `mapply(normalize, objs)` is one call. Calls
    that give a function (`compose`, `fork`, ...) compute nothing and are left out. What the function raises
    passes through.
    """
    primitives = _primitives()
    calls: list[PrimitiveCall] = []
    running: tuple[FrameType, tuple[Any, ...]] | None = None

    def profile(frame: FrameType, event: str, result: object) -> None:
        nonlocal running
        if running is None:
            if event == "call" and frame.f_code in primitives:
                running = frame, _arguments(frame)
        elif event == "return" and frame is running[0]:
            if not callable(result):
                calls.append(PrimitiveCall(primitives[frame.f_code], running[1], result))
            running = None

    call_profiled(profile, function, grid)
    return calls


@cache
def _primitives() -> dict[CodeType, str]:
    return {function.__code__: name for name, function in PRIMITIVES.items()}


def _arguments(frame: FrameType) -> tuple[Any, ...]:
    code = frame.f_code
    return tuple([frame.f_locals[name] for name in code.co_varnames[: code.co_argcount]])


def replay(operations: GPUDSLOperations, calls: Sequence[PrimitiveCall]) -> list[Any]:
    """The results of the calls, each made as a batch of one item: one dispatch a call."""
    return [
        getattr(operations, f"batch_{call.primitive}")(*map(_operand, call.arguments))[0] for call in calls
    ]


def _operand(value: Any) -> Any:
    """Data as a batch of one; functions, and containers of them, cannot be batched and are the same for all."""
    if callable(value) or (isinstance(value, tuple | frozenset) and any(map(callable, value))):
        return value
    return [value]
