"""Values known piece by piece while tracing, and turning them into nodes.

Python tuples stay tuples as long as they can: their elements may be anything, functions included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import reduce

from tokpidjin.compiler.graph import MISSING, Node, Value, current, describe, op, scalar
from tokpidjin.compiler.types import (
    CELL,
    GRID,
    INDICES,
    INT,
    PAIR,
    PAIRS,
    ROW,
    ROWS,
    Kind,
    Type,
    parts_of,
    set_of,
    tuple_of,
    two_of,
)
from tokpidjin.compiler.unsupported import Unsupported, WouldRaise

MOST_ELEMENTS = 10_000


class StaticSet:
    """A set whose elements are known one by one, possibly with repetitions; they may be functions."""

    __slots__ = ("items",)

    def __init__(self, items: Iterable[Value]) -> None:
        kept: list[Value] = []
        for item in items:
            if not callable(item) or not any(item is other for other in kept):
                kept.append(item)
        self.items = tuple(kept)


class Lazy:
    """A container that is built only where it is needed as a whole."""

    def build(self) -> Node:
        """The whole container."""
        raise NotImplementedError

    @property
    def built_type(self) -> Type:
        """The type of what `build` gives."""
        raise NotImplementedError

    def sources(self) -> list[Node]:
        """What it is built of."""
        raise NotImplementedError


class Either:
    """One of two containers of different types: only what treats them alike can use it.

    `how` is the operation that chooses: `choose` after Python has evaluated both, `select` where it
    evaluates one.
    """

    __slots__ = ("condition", "how", "one", "other")

    def __init__(self, condition: Node, one: Node, other: Node, how: str) -> None:
        self.condition = condition
        self.one = one
        self.other = other
        self.how = how

    def resolve(self, common: Callable[[Node], Node]) -> Node:
        """The chosen one, after both have been given a common form."""
        if self.how == "choose":
            one, other = common(self.one), common(self.other)
        else:
            with current().speculation():
                one, other = common(self.one), common(self.other)
        if one.type is not other.type:
            raise Unsupported(_no_data(self))
        return op(self.how, self.condition, one, other)


def nodes_in(value: Value) -> list[Node]:
    """The nodes that a value is made of; those that functions hold are not seen."""
    if isinstance(value, Node):
        return [value]
    if isinstance(value, Lazy):
        return value.sources()
    if isinstance(value, Either):
        return [value.condition, value.one, value.other]
    held = value.items if isinstance(value, StaticSet) else value
    return [node for part in held for node in nodes_in(part)] if isinstance(held, tuple) else []


def is_number(value: Value) -> bool:
    """Whether the value is a constant int, bool or None."""
    return value is None or isinstance(value, int)


def is_constant(value: Value) -> bool:
    """Whether the value is plain Python: nothing of it is symbolic."""
    if isinstance(value, tuple | frozenset):
        return all(is_constant(part) for part in value)
    return not isinstance(value, Node | StaticSet | Lazy | Either)


def is_empty(value: Value) -> bool:
    """Whether the value is a tuple or set that is known to have no elements."""
    if isinstance(value, StaticSet):
        return not value.items
    return isinstance(value, tuple | frozenset) and not value


_MAY_BE_MISSING = """
ulcorner urcorner llcorner lrcorner centerofmass choose select head at1 tail_end fst snd loop var foldres
mostcommon leastcommon
"""
MAY_BE_MISSING = frozenset(_MAY_BE_MISSING.split())
"""Operations that may give the corner of an empty patch, or hand it on."""


def may_be_missing(node: Node) -> bool:
    """Whether a pair may be the corner of an empty patch, Python's `()`."""
    return node.op in MAY_BE_MISSING and not (node.op == "var" and node.args[0] is INDICES)


def parts(value: Value) -> tuple[Value, ...] | None:
    """The elements of a tuple of known length, None for any other value."""
    if isinstance(value, tuple):
        return value
    if isinstance(value, Node):
        if value.type is PAIR:
            known = op("known_pair", value) if may_be_missing(value) else value
            return op("pair_i", known), op("pair_j", known)
        if value.type is CELL:
            return op("cell_v", value), op("cell_p", value)
        if value.type.kind is Kind.TUPLE2:
            return op("fst", value), op("snd", value)
    return None


def bounded(count: int, primitive: str) -> int:
    """A number of elements that are treated one by one while tracing; Unsupported where there are too many."""
    if count > MOST_ELEMENTS:
        raise Unsupported(f"{primitive}: {count} elements")
    return count


def length_of(value: Value) -> int | None:
    """How many elements `parts` gives, without asking for them."""
    if isinstance(value, tuple):
        return len(value)
    return 2 if isinstance(value, Node) and parts_of(value.type) else None


def type_of(value: Value) -> Type:
    """The type that the value has as a node, without making one."""
    if isinstance(value, Node):
        return value.type
    if is_number(value):
        return INT
    if isinstance(value, tuple):
        if len(value) == 2:
            return two_of(type_of(value[0]), type_of(value[1]))
        return tuple_of(common_type([type_of(part) for part in value], "a tuple"))
    if isinstance(value, StaticSet | frozenset):
        return set_of(common_type([type_of(part) for part in items_of(value)], "a set"))
    if isinstance(value, Lazy):
        return value.built_type
    raise Unsupported(_no_data(value))


def _no_data(value: Value) -> str:
    if isinstance(value, Either):
        return f"branch: values of different types, {type_of(value.one)} and {type_of(value.other)}"
    return f"{describe(value)} where data is expected"


def items_of(value: StaticSet | frozenset[Value]) -> tuple[Value, ...]:
    """The elements of a static set."""
    return value.items if isinstance(value, StaticSet) else tuple(value)


def common_type(kinds: Sequence[Type], what: str) -> Type:
    """The one type that values of all these types have or can be given."""
    if not kinds:
        raise Unsupported(f"{what} without elements, whose type is not known")
    distinct = dict.fromkeys(kinds)
    if len(distinct) == 1:
        return kinds[0]
    if all(kind in (GRID, ROWS, PAIRS) for kind in distinct):
        return GRID if GRID in distinct else ROWS
    if all(kind in (PAIR, ROW) for kind in distinct):
        return ROW
    raise Unsupported(f"{what} of different types, {' and '.join(map(str, distinct))}")


def lift(value: Value) -> Node:
    """The value as a node; Unsupported where it has no static type."""
    if isinstance(value, Node):
        return value
    if is_number(value):
        return scalar(current(), value)
    if isinstance(value, tuple):
        return _lift_tuple(value)
    if isinstance(value, StaticSet | frozenset):
        items = [lift(item) for item in items_of(value)]
        element = common_type([item.type for item in items], "a set")
        return canonical(list_of_nodes([convert(item, element) for item in items]))
    if isinstance(value, Lazy):
        return value.build()
    raise Unsupported(_no_data(value))


def _lift_tuple(value: tuple[Value, ...]) -> Node:
    if len(value) != 2:
        element = common_type([type_of(part) for part in value], "a tuple")
        return list_of_nodes([convert(part, element) for part in value])
    kind = type_of(value)
    if kind is PAIR and is_number(value[0]) and is_number(value[1]) and None not in value:
        return current().constant((int(value[0]), int(value[1])), PAIR)
    return op({PAIR: "pair", CELL: "cell"}.get(kind, "tuple2"), lift(value[0]), lift(value[1]))


def list_of_nodes(items: Sequence[Node]) -> Node:
    """A tuple of nodes of one type, at least one, as a node."""
    if len(items) == 1:
        return op("list1", items[0])
    start = op("list2", items[0], items[1])
    return reduce(lambda built, item: op("list_cat", built, op("list1", item)), items[2:], start)


def canonical(node: Node) -> Node:
    """The set of a tuple's or set's elements."""
    if node.type.is_set:
        return node
    element = node.type.element
    if element is PAIR:
        return op("list_pairs", node)
    if element is CELL:
        return op("list_cells", node)
    assert element is not None
    return op("list_canon", node, element)


def convert(value: Value, kind: Type) -> Node:
    """The value with a type that Python does not tell from its own: rows and grids, pairs and tuples."""
    if isinstance(value, tuple) and kind.kind is Kind.TUPLE and kind.element and value:
        return list_of_nodes([convert(part, kind.element) for part in value])
    if isinstance(value, tuple) and kind is GRID and value:
        return op("from_rows", convert(value, ROWS))
    node = lift(value)
    given = node.type
    if given is kind:
        return node
    if kind is GRID and given is ROWS:
        return op("from_rows", node)
    if kind is ROWS and given is GRID:
        return op("rows", node)
    if kind is ROW and given is PAIR:
        return op("pair_list", node)
    two = parts_of(given)
    if kind.kind is Kind.TUPLE and two and two[0] is two[1]:
        assert kind.element is not None
        first, second = parts(node) or ()
        return list_of_nodes([convert(first, kind.element), convert(second, kind.element)])
    error = WouldRaise if given is INT else Unsupported
    raise error(f"a value of type {given} where {kind} is expected")


def truth(value: Value) -> Value:
    """Whether Python takes the value for true: a bool, or a node of type int."""
    if isinstance(value, Either):
        return value.resolve(lambda one: op("truth_len", one))
    if isinstance(value, Lazy):
        value = value.build()
    if not isinstance(value, Node):
        if isinstance(value, StaticSet):
            return bool(value.items)
        return value is not None and (callable(value) or bool(value))
    kind = value.type
    if kind is INT:
        return value
    if kind is PAIR and may_be_missing(value):
        return op("not", op("equal", value, current().constant((MISSING, MISSING), PAIR), PAIR))
    if parts_of(kind):
        return True
    return op("truth_grid" if kind is GRID else "truth_len", value)


def elements_as_tuple(value: Value, primitive: str) -> Node:
    """The elements of any container as a tuple node, those of a set in canonical order."""
    if isinstance(value, tuple) and len(value) == 2:
        element = common_type([type_of(part) for part in value], primitive)
        return convert(value, tuple_of(element))
    node = lift(value)
    kind = node.type
    if kind.kind is Kind.TUPLE:
        return node
    if kind is GRID:
        return op("rows", node)
    if kind.is_set:
        return op({INDICES: "pairs_list"}.get(kind, "cells_list" if kind.is_patch else "as_tuple"), node)
    two = parts_of(kind)
    if two is None or two[0] is not two[1]:
        error = WouldRaise if kind is INT else Unsupported
        raise error(f"{primitive}: a container of one type of elements is expected, not {kind}")
    return convert(node, tuple_of(two[0]))
