"""What Python's operators mean on traced values, where that is what the reference means by them."""

from __future__ import annotations

from tokpidjin.compiler.equality import equals
from tokpidjin.compiler.graph import OPERATORS, Node, Value, describe, op
from tokpidjin.compiler.operands import is_tuple, rows
from tokpidjin.compiler.trace_containers import combine, difference, intersection, part_of
from tokpidjin.compiler.trace_numbers import flip, greater
from tokpidjin.compiler.types import GRID, INT, PAIR, parts_of
from tokpidjin.compiler.unsupported import Unsupported
from tokpidjin.compiler.values import elements_as_tuple, lift, parts


def _ints(symbol: str, name: str, a: Value, b: Value) -> Node:
    one, other = lift(a), lift(b)
    if one.type is not INT or other.type is not INT:
        raise Unsupported(f"'{symbol}' between {describe(one)} and {describe(other)}")
    return op(name, one, other)


def _add(a: Value, b: Value) -> Value:
    return combine(a, b) if is_tuple(a) and is_tuple(b) else _ints("+", "add_ii", a, b)


def _subtract(a: Value, b: Value) -> Value:
    sets = [
        isinstance(value, frozenset) or (isinstance(value, Node) and value.type.is_set) for value in (a, b)
    ]
    return difference(a, b) if all(sets) else _ints("-", "subtract_ii", a, b)


def _modulo(a: Value, b: Value) -> Value:
    quotient = _ints("%", "divide_ii", a, b)
    return op("subtract_ii", a, op("multiply_ii", quotient, b))


def _union(a: Value, b: Value) -> Value:
    if is_tuple(a) or is_tuple(b) or lift(a).type is INT:
        raise Unsupported(f"'|' between {describe(a)} and {describe(b)}")
    return combine(a, b)


def _greater(a: Value, b: Value) -> Value:
    if lift(a).type is not lift(b).type or lift(a).type not in (INT, PAIR):
        raise Unsupported(f"'<' or '>' between {describe(a)} and {describe(b)}")
    return greater(a, b)


def _item(value: Node, key: Value) -> Value:
    if isinstance(key, Node):
        raise Unsupported("an index that is data")
    if parts_of(value.type) and isinstance(key, int) and -2 <= key < 2:
        return part_of(value, key)
    if value.type.is_set or value.type is INT or not isinstance(key, int) or key not in (0, 1, -1):
        raise Unsupported(f"[{key}] of {describe(value)}")
    node = rows(value) if value.type is GRID else elements_as_tuple(value, "[]")
    return op({0: "head", 1: "at1", -1: "tail_end"}[int(key)], node)


def _parts(value: Node) -> tuple[Value, ...]:
    found = parts(value)
    if found is None:
        raise Unsupported(f"iteration over {describe(value)}; use apply")
    return found


def _negative(value: Node) -> Value:
    if value.type is not INT:
        raise Unsupported(f"'-' before {describe(value)}")
    return op("invert_i", value)


OPERATORS.update(
    {
        "__eq__": equals,
        "__ne__": lambda a, b: flip(equals(a, b)),
        "__gt__": _greater,
        "__lt__": lambda a, b: _greater(b, a),
        "__ge__": lambda a, b: flip(_greater(b, a)),
        "__le__": lambda a, b: flip(_greater(a, b)),
        "__neg__": _negative,
        "__add__": _add,
        "__sub__": _subtract,
        "__mul__": lambda a, b: _ints("*", "multiply_ii", a, b),
        "__floordiv__": lambda a, b: _ints("//", "divide_ii", a, b),
        "__mod__": _modulo,
        "__and__": intersection,
        "__or__": _union,
        "__getitem__": _item,
        "__iter__": _parts,
    }
)
