"""Equality and membership of values of any two types, as Python decides them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from tokpidjin.compiler.graph import Node, Value, op
from tokpidjin.compiler.operands import is_tuple, rows
from tokpidjin.compiler.types import GRID, INDICES, INT, OBJECT, PAIR, PAIRS, ROW, ROWS, Type, parts_of
from tokpidjin.compiler.unsupported import Unsupported
from tokpidjin.compiler.values import (
    StaticSet,
    convert,
    is_empty,
    is_number,
    length_of,
    lift,
    parts,
    truth,
    type_of,
)


def equals(a: Value, b: Value) -> Value:
    """Whether two values are equal: a bool, or a node."""
    if is_number(a) and is_number(b):
        return a == b
    if is_empty(a) or is_empty(b):
        return _equals_empty(a, b) if is_empty(b) else _equals_empty(b, a)
    if callable(a) or callable(b):
        return a is b
    if isinstance(a, tuple) and isinstance(b, tuple):
        return all_of(equals(x, y) for x, y in zip(a, b, strict=True)) if len(a) == len(b) else False
    one, other = _comparable(a, b)
    if one is None or other is None:
        return False
    if isinstance(one, tuple) or isinstance(other, tuple):
        return all_of(equals(x, y) for x, y in zip(parts(one) or (), parts(other) or (), strict=True))
    if one.type is not other.type:
        return both_empty(one, other)
    return op("equal", one, other, one.type)


def _equals_empty(value: Value, empty: Value) -> Value:
    if is_empty(value):
        return is_tuple(value) == is_tuple(empty)
    if callable(value) or is_number(value) or is_tuple(value) != is_tuple(empty):
        return False
    if isinstance(value, Node) and value.type is INT:
        return False
    held = truth(value)
    return op("not", held) if isinstance(held, Node) else not held


def both_empty(one: Node, other: Node) -> Value:
    """Equality of sets whose elements cannot be equal."""
    return op("not", op("or", op("truth_len", one), op("truth_len", other)))


def all_of(values: Iterable[Value]) -> Value:
    """Whether all are true. Python may stop early, but comparing cannot fail."""
    found: Value = True
    for value in values:
        if value is False or found is False:
            return False
        found = value if found is True else found if value is True else op("and", found, value)
    return found


def _comparable(a: Value, b: Value) -> tuple[Value, Value]:
    """The two with types that can be compared; None where they cannot be equal."""
    lengths = length_of(a), length_of(b)
    if isinstance(a, tuple) != isinstance(b, tuple) and None not in lengths:
        if lengths[0] != lengths[1]:
            return None, None
        if not _have_one_type(a, b):
            return a, b
    kinds = type_of(a), type_of(b)
    if kinds[0] is kinds[1]:
        return lift(a), lift(b)
    relation = compare_types(*kinds)
    if relation is None:
        return None, None
    if relation is ROWS:
        return rows(a), rows(b)
    if isinstance(relation, Type):
        return convert(a, relation), convert(b, relation)
    return lift(a), lift(b)


def _have_one_type(a: Value, b: Value) -> bool:
    try:
        return type_of(a) is type_of(b)
    except Unsupported:  # a tuple of anything can still be compared part by part
        return False


def compare_types(one: Type, other: Type) -> Type | str | None:
    """The type to compare two different ones in; "empty" if only empty sets are equal; None if nothing is."""
    kinds = {one, other}
    if one.is_set and other.is_set:
        if can_be_equal(one.element, other.element):
            raise Unsupported(f"equality: sets of different types, {one} and {other}")
        return "empty"
    if one is INT or other is INT or one.is_set or other.is_set:
        return None
    if kinds <= {PAIR, ROW}:
        return ROW
    if kinds <= {GRID, ROWS, PAIRS}:
        return ROWS
    if not can_be_equal(one, other):
        return None
    raise Unsupported(f"equality: values of different types, {one} and {other}")


def can_be_equal(one: Type | None, other: Type | None) -> bool:
    """Whether values of two types can be equal in Python."""
    if one is None or other is None or one is other:
        return True
    if one is INT or other is INT:
        return False
    if one.is_set or other.is_set:
        return one.is_set and other.is_set
    two, too = parts_of(one), parts_of(other)
    if two and too:
        return all(map(can_be_equal, two, too))
    if two or too:
        element = other.element if two else one.element
        return all(can_be_equal(part, element) for part in two or too or ())
    return True  # tuples of any length, which may both be empty


def contains(value: Value, container: Value) -> Value:
    """Whether the value is an element of the container."""
    if is_empty(container):
        return False
    if isinstance(container, StaticSet | tuple) or length_of(container) is not None:
        items = container.items if isinstance(container, StaticSet) else parts(container) or ()
        found = [equals(value, item) for item in items]
        if any(one is True for one in found):
            return True
        open_ones: list[Value] = [one for one in found if one is not False]
        return reduce(lambda a, b: op("or", a, b), open_ones) if open_ones else False
    node = lift(container)
    element = ROW if node.type is GRID else node.type.element
    if element is None:
        raise Unsupported(f"contained: a value of type {node.type} has no elements")
    key = element_like(value, element, "contained")
    if key is None:
        return False
    if node.type is INDICES or node.type is OBJECT:
        return op("patch_has_pair" if node.type is INDICES else "patch_has_cell", node, key)
    return op("list_contains", op("rows", node) if node.type is GRID else node, key, element)


def element_like(value: Value, element: Type, primitive: str) -> Node | None:
    """The value with the type of a container's elements; None where it cannot equal one."""
    if callable(value):
        return None
    if is_empty(value):
        raise Unsupported(f"{primitive}: an empty container, whose type is not known")
    given = type_of(value)
    if given is element:
        return lift(value)
    if not can_be_equal(given, element):
        return None
    if {given, element} <= {PAIR, ROW} and element is ROW:
        return convert(value, ROW)
    if {given, element} <= {GRID, ROWS} and element is ROWS:
        return convert(value, ROWS)
    raise Unsupported(f"{primitive}: a value of type {given} among elements of type {element}")
