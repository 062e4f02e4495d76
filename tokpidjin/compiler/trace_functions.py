"""Primitives that make functions of functions, or apply them, traced: of the functions themselves nothing
remains.

What each primitive means is written in `tokpidjin.dsl`.
"""

# ruff: noqa: D103

from __future__ import annotations

from tokpidjin.compiler.equality import equals
from tokpidjin.compiler.graph import Node, Value, op
from tokpidjin.compiler.loops import fold
from tokpidjin.compiler.pipelines import (
    Function,
    apply_side_by_side,
    apply_to,
    apply_to_both,
    functions_in,
    merged,
    merged_map,
)
from tokpidjin.compiler.unsupported import Unsupported
from tokpidjin.compiler.values import StaticSet, is_empty
from tokpidjin.compiler.vocabulary import primitive

MOST_UNROLLED = 1000


@primitive
def identity(x: Value) -> Value:
    return x


@primitive
def compose(outer: Function, inner: Function) -> Function:
    return lambda x: outer(inner(x))


@primitive
def chain(h: Function, g: Function, f: Function) -> Function:
    return lambda x: h(g(f(x)))


@primitive
def fork(outer: Function, a: Function, b: Function) -> Function:
    return lambda x: outer(a(x), b(x))


@primitive
def matcher(function: Function, target: Value) -> Function:
    return lambda x: equals(function(x), target)


@primitive
def rbind(function: Function, fixed: Value) -> Function:
    count = _argument_count(function, "rbind")
    if count == 2:
        return lambda x: function(x, fixed)
    if count == 3:
        return lambda x, y: function(x, y, fixed)
    return lambda x, y, z: function(x, y, z, fixed)


@primitive
def lbind(function: Function, fixed: Value) -> Function:
    count = _argument_count(function, "lbind")
    if count == 2:
        return lambda y: function(fixed, y)
    if count == 3:
        return lambda y, z: function(fixed, y, z)
    return lambda y, z, a: function(fixed, y, z, a)


def _argument_count(function: Function, primitive: str) -> int:
    if not hasattr(function, "__code__"):
        raise Unsupported(f"{primitive}: a Python function is expected")
    count: int = function.__code__.co_argcount
    return count


@primitive
def power(function: Function, n: Value) -> Function:
    if isinstance(n, int):
        if not 1 <= n <= MOST_UNROLLED:
            raise Unsupported(f"power: {n} times")
        return function if n == 1 else _repeated(function, n)
    if not isinstance(n, Node):
        raise Unsupported("power: the number of times is not an int")
    op("divide_ii", 1, op("greater", n, 0))  # Python raises here if n is below one, even if nothing is called
    return lambda x: fold(function, n, x)


def _repeated(function: Function, n: int) -> Function:
    def repeated(x: Value) -> Value:
        for _ in range(n):
            x = function(x)
        return x

    return repeated


@primitive
def apply(function: Function, container: Value) -> Value:
    return container if is_empty(container) else apply_to(function, container, "apply")


@primitive
def rapply(functions: Value, value: Value) -> Value:
    known = functions_in(functions)
    if known is None:
        raise Unsupported("rapply: a tuple or set of functions is expected")
    if isinstance(known, StaticSet):
        return StaticSet([function(value) for function in known.items])
    return tuple([function(value) for function in known])


@primitive
def mapply(function: Function, container: Value) -> Value:
    return container if is_empty(container) else merged_map(function, container)


@primitive
def papply(function: Function, a: Value, b: Value) -> Value:
    return apply_side_by_side(function, a, b)


@primitive
def mpapply(function: Function, a: Value, b: Value) -> Value:
    return merged(apply_side_by_side(function, a, b))


@primitive
def prapply(function: Function, a: Value, b: Value) -> Value:
    return apply_to_both(function, a, b)
