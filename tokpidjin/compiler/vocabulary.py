"""The traced twins of the primitives, by name. The trace modules fill the table."""

from __future__ import annotations

from collections.abc import Callable

from tokpidjin.compiler.graph import Value

TRACED: dict[str, Callable[..., Value]] = {}


def primitive(function: Callable[..., Value], name: str | None = None) -> Callable[..., Value]:
    """Enter a function as the traced twin of the primitive of its name.

    It has the arguments of that primitive, in name and number, because solvers may pass them by name and
    `rbind` and `lbind` count them.
    """
    function.__name__ = name or function.__name__
    TRACED[function.__name__] = function
    return function
