"""Operands as primitives want them: a grid, a patch, an int or a pair."""

from __future__ import annotations

from tokpidjin.compiler.graph import Node, Value, describe, op
from tokpidjin.compiler.loops import Result, into_tuple, loop
from tokpidjin.compiler.types import (
    CELL,
    GRID,
    INDICES,
    INT,
    OBJECT,
    PAIR,
    PAIRS,
    ROW,
    ROWS,
    Kind,
    Type,
)
from tokpidjin.compiler.unsupported import Unsupported, WouldRaise
from tokpidjin.compiler.values import (
    Either,
    Lazy,
    canonical,
    convert,
    elements_as_tuple,
    is_empty,
    lift,
    parts,
    type_of,
)


def is_tuple(value: Value) -> bool:
    """Whether Python's isinstance(value, tuple) holds."""
    if isinstance(value, tuple):
        return True
    if isinstance(value, Node):
        kind = value.type
        return kind is GRID or kind.kind in (Kind.TUPLE, Kind.TUPLE2, Kind.PAIR, Kind.CELL)
    return isinstance(value, Lazy) and value.built_type.kind is Kind.TUPLE


def is_grid(value: Value) -> bool:
    """Whether the value is a grid or rows that can be one."""
    if isinstance(value, Node):
        return value.type is GRID or value.type is ROWS
    return isinstance(value, tuple) and bool(value) and all(_is_row(part) for part in value)


def _is_row(value: Value) -> bool:
    return is_tuple(value) and type_of(value) in (PAIR, ROW)


def grid(value: Value) -> Node:
    """The value as a grid."""
    if isinstance(value, Node) and value.type is GRID:
        return value
    return convert(rows(value), GRID)


def rows(value: Value) -> Node:
    """The rows of a grid, or of any tuple of tuples of ints, as tuples."""
    node = elements_as_tuple(value, "grid") if is_tuple(value) else lift(value)
    if node.type is PAIRS:
        return loop([node], lambda pair: Result(convert(pair, ROW)), lambda row, _: into_tuple(row.type))
    return convert(node, ROWS)


def empty_indices() -> Node:
    """Indices without a location: the line between two locations that no line joins."""
    return op("connect", (0, 0), (1, 2))


def patch(value: Value, primitive: str, tuples: bool = True) -> Node:
    """The value as Indices or Object; `tuples` says whether a tuple of cells or locations will do."""
    if isinstance(value, Node) and value.type.is_patch:
        return value
    if is_empty(value):
        return empty_indices()
    if isinstance(value, Either):
        raise Unsupported(f"{primitive}: cells or locations, as a branch decides")
    if is_tuple(value):
        if not tuples:
            raise Unsupported(f"{primitive}: a set of cells or locations is expected, not a tuple")
        node = canonical(elements_as_tuple(value, primitive))
    else:
        node = lift(value)
    if not node.type.is_patch:
        error = WouldRaise if node.type is INT else Unsupported
        raise error(f"{primitive}: cells or locations are expected, not a value of type {node.type}")
    return node


def patch_of_tuple(value: Value, primitive: str) -> Node:
    """A patch whose like is the result of the primitive.

    Of an empty tuple Python would make a tuple where this has a set: such an item ends with the status
    `range`.
    """
    node = patch(value, primitive)
    return op("known_filled", node) if is_tuple(value) and not isinstance(value, tuple) else node


def indices(value: Value, primitive: str) -> Node:
    """The locations of a patch."""
    if isinstance(value, Either):
        return value.resolve(lambda one: indices(one, primitive))
    node = patch(value, primitive)
    return op("toindices", node) if node.type is OBJECT else node


def located(value: Value, primitive: str) -> Node:
    """A patch of which the primitive looks at locations alone."""
    return indices(value, primitive) if isinstance(value, Either) else patch(value, primitive)


def obj(value: Value, primitive: str) -> Node:
    """The value as an Object."""
    node = patch(value, primitive)
    if node.type is INDICES and is_empty(value):
        return op("recolor", 0, node)
    if node.type is not OBJECT:
        raise Unsupported(f"{primitive}: an object is expected, not a value of type {node.type}")
    return node


def number(value: Value, primitive: str) -> Node:
    """An int, or the first two elements of a tuple of ints as a pair."""
    if isinstance(value, Node) and (value.type is INT or value.type is PAIR):
        return value
    if isinstance(value, Node) and value.type is ROW:
        return op("pair", op("head", value), op("at1", value))
    if isinstance(value, tuple) and len(value) > 2:
        value = value[:2]
    node = lift(value)
    if node.type is not INT and node.type is not PAIR:
        raise Unsupported(f"{primitive}: a number or pair is expected, not {describe(node)}")
    return node


def pair(value: Value, primitive: str) -> Node:
    """A pair of ints."""
    node = lift(value)
    if node.type is not PAIR:
        raise Unsupported(f"{primitive}: a pair of ints is expected, not a value of type {node.type}")
    return node


def order_key(key: Node) -> Node:
    """A key to sort by that the machine orders as Python does; Unsupported where Python's order is partial.

    The machine sorts canonically, which is Python's order but for sets and cells: cells by colour first in
    Python.
    """
    if key.type is CELL:
        color, location = parts(key) or ()
        return convert((color, *(parts(location) or ())), ROW)
    if _has_other_order(key.type):
        raise Unsupported(f"order: keys of type {key.type}, which Python does not order from first to last")
    return key


def _has_other_order(kind: Type | None) -> bool:
    if kind is None:
        return False
    if kind is CELL or kind.is_set:
        return True
    return _has_other_order(kind.first) or _has_other_order(kind.second)
