"""Truth values and choices."""

from typing import Any


def flip(b: bool) -> bool:
    """The opposite truth value."""
    return not b


def equality(a: Any, b: Any) -> bool:
    """Whether two values are equal."""
    return bool(a == b)


def both(a: bool, b: bool) -> bool:
    """Python's `and`: the second value when the first is true, else the first."""
    return a and b


def either(a: bool, b: bool) -> bool:
    """Python's `or`: the first value when it is true, else the second."""
    return a or b


def branch(condition: bool, a: Any, b: Any) -> Any:
    """The second argument when the condition is true, else the third; all are evaluated by the caller."""
    return a if condition else b
