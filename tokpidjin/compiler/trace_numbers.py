"""Primitives on ints, pairs and truth values, traced.

What each primitive means is written in `tokpidjin.dsl`.
"""

# ruff: noqa: D103

from __future__ import annotations

import operator
from collections.abc import Callable

from tokpidjin.compiler.equality import equals
from tokpidjin.compiler.graph import Node, Value, current, op
from tokpidjin.compiler.operands import grid, is_grid, number
from tokpidjin.compiler.types import CELLS, INT, PAIR, PAIRS
from tokpidjin.compiler.unsupported import Unsupported
from tokpidjin.compiler.values import (
    Either,
    common_type,
    convert,
    is_number,
    lift,
    nodes_in,
    parts,
    truth,
    type_of,
)
from tokpidjin.compiler.vocabulary import primitive


def _suffix(node: Node) -> str:
    return "i" if node.type is INT else "p"


def _binary(name: str, fold: Callable[[int, int], int]) -> None:
    def traced(a: Value, b: Value) -> Value:
        if isinstance(a, int) and isinstance(b, int) and (b or name != "divide"):
            return fold(a, b)
        left, right = number(a, name), number(b, name)
        return op(f"{name}_{_suffix(left)}{_suffix(right)}", left, right)

    primitive(traced, name)


_binary("add", operator.add)
_binary("subtract", operator.sub)
_binary("multiply", operator.mul)
_binary("divide", operator.floordiv)


def _unary(name: str, value: Value) -> Value:
    node = number(value, name)
    return op(f"{name}_{_suffix(node)}", node)


@primitive
def invert(n: Value) -> Value:
    return -n if isinstance(n, int) else _unary("invert", n)


@primitive
def double(n: Value) -> Value:
    return 2 * n if isinstance(n, int) else _unary("double", n)


@primitive
def halve(n: Value) -> Value:
    return n // 2 if isinstance(n, int) else _unary("halve", n)


@primitive
def increment(x: Value) -> Value:
    return x + 1 if isinstance(x, int) else _unary("increment", x)


@primitive
def decrement(x: Value) -> Value:
    return x - 1 if isinstance(x, int) else _unary("decrement", x)


@primitive
def crement(x: Value) -> Value:
    return _unary("crement", x)


@primitive
def sign(x: Value) -> Value:
    return _unary("sign", x)


@primitive
def even(n: Value) -> Value:
    return op("even", lift(n))


@primitive
def positive(x: Value) -> Value:
    return greater(x, 0)


@primitive
def greater(a: Value, b: Value) -> Value:
    left, right = lift(a), lift(b)
    if left.type is PAIR and right.type is PAIR:
        (ai, aj), (bi, bj) = parts(left) or (), parts(right) or ()
        tie = op("and", op("equal", ai, bi, INT), op("greater", aj, bj))
        return op("or", op("greater", ai, bi), tie)
    return op("greater", left, right)


@primitive
def toivec(i: Value) -> Value:
    return op("pair", i, 0)


@primitive
def tojvec(j: Value) -> Value:
    return op("pair", 0, j)


@primitive
def equality(a: Value, b: Value) -> Value:
    return equals(a, b)


@primitive
def flip(b: Value) -> Value:
    value = truth(b)
    return op("not", value) if isinstance(value, Node) else not value


@primitive
def both(a: Value, b: Value) -> Value:
    return _logical("both", a, b)


@primitive
def either(a: Value, b: Value) -> Value:
    return _logical("either", a, b)


def _logical(name: str, a: Value, b: Value) -> Value:
    condition = truth(a)
    if not isinstance(condition, Node):
        return b if condition == (name == "both") else a
    if type_of(a) is INT and type_of(b) is INT:
        return op("and" if name == "both" else "or", a, b)
    return choose(condition, b, a) if name == "both" else choose(condition, a, b)


@primitive
def branch(condition: Value, a: Value, b: Value) -> Value:
    return choose(truth(condition), a, b)


def choose(condition: Value, a: Value, b: Value) -> Value:
    """One of two values, both evaluated; one of two functions, of which Python calls only the one."""
    if not isinstance(condition, Node):
        return a if condition else b
    if callable(a) and callable(b):
        return _chosen_function(condition, a, b)
    if callable(a) or callable(b):
        raise Unsupported("branch: a function or a value, as data decides")
    return _choose_data(condition, a, b, "choose")


def _chosen_function(
    condition: Node, a: Callable[..., Value], b: Callable[..., Value]
) -> Callable[..., Value]:
    def chosen(*args: Value) -> Value:
        graph = current()
        with graph.speculation() as when_true:
            one = a(*args)
        with graph.speculation() as when_false:
            other = b(*args)
        graph.check_unused(when_true, nodes_in(one), condition, True)
        graph.check_unused(when_false, nodes_in(other), condition, False)
        if callable(one) and callable(other):
            return choose(condition, one, other)
        return _choose_data(condition, one, other, "select")

    return chosen


def _choose_data(condition: Node, a: Value, b: Value, how: str) -> Value:
    if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
        return tuple([_choose_part(condition, one, other, how) for one, other in zip(a, b, strict=True)])
    if a is b or (is_number(a) and is_number(b) and a == b):
        return op(how, condition, a, a) if how == "select" and isinstance(a, Node) else a
    if is_grid(a) and is_grid(b):
        return op(how, condition, grid(a), grid(b))
    one, other = lift(a), lift(b)
    if one.type is other.type:
        return op(how, condition, one, other)
    if _is_patch_like(one) and _is_patch_like(other):
        return Either(condition, one, other, how)
    kind = common_type([one.type, other.type], "branch: values")
    return op(how, condition, convert(one, kind), convert(other, kind))


def _is_patch_like(node: Node) -> bool:
    return node.type.is_patch or node.type is CELLS or node.type is PAIRS


def _choose_part(condition: Node, a: Value, b: Value, how: str) -> Value:
    return choose(condition, a, b) if callable(a) or callable(b) else _choose_data(condition, a, b, how)
