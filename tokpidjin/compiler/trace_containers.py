"""Primitives on tuples and sets, traced.

What each primitive means is written in `tokpidjin.dsl`.
"""

# ruff: noqa: D103

from __future__ import annotations

from tokpidjin.compiler.equality import can_be_equal, contains, element_like, equals
from tokpidjin.compiler.graph import Node, Value, current, op
from tokpidjin.compiler.loops import Collector, Product, Result, Zip, container, into_set, loop
from tokpidjin.compiler.operands import grid, is_grid, is_tuple, rows
from tokpidjin.compiler.pipelines import (
    Function,
    as_set_node,
    concatenated,
    filtered,
    merged,
    ordered,
    picked,
    united,
)
from tokpidjin.compiler.types import CELL, GRID, INDICES, INT, OBJECT, PAIR, ROW, Type, parts_of
from tokpidjin.compiler.unsupported import Unsupported, WouldRaise
from tokpidjin.compiler.values import (
    Either,
    StaticSet,
    bounded,
    canonical,
    elements_as_tuple,
    is_empty,
    is_number,
    length_of,
    lift,
    may_be_missing,
    parts,
    truth,
    type_of,
)
from tokpidjin.compiler.vocabulary import primitive


def _static_set(value: Value) -> tuple[Value, ...] | None:
    """The elements of a set that holds functions or is known element by element."""
    if isinstance(value, StaticSet):
        return value.items
    if isinstance(value, frozenset) and any(callable(item) for item in value):
        return tuple(value)
    return None


@primitive
def astuple(a: Value, b: Value) -> Value:
    return (a, b)


@primitive
def initset(value: Value) -> Value:
    if callable(value):
        return StaticSet([value])
    node = lift(value)
    return op({PAIR: "indices1", CELL: "object1"}.get(node.type, "set1"), node)


@primitive
def totuple(container: Value) -> Value:
    if isinstance(container, tuple):
        return container
    items = _static_set(container)
    if items and all(callable(item) for item in items):
        return items  # functions have no order
    node = lift(container)
    if node.type.is_set:
        return elements_as_tuple(node, "totuple")
    if not is_tuple(node):
        raise Unsupported(f"totuple: a value of type {node.type} has no elements")
    return node


@primitive
def interval(start: Value, stop: Value, step: Value) -> Value:
    return op("interval", start, stop, step)


@primitive
def repeat(item: Value, num: Value) -> Value:
    if isinstance(num, int) and (callable(item) or num <= 2):
        return (item,) * _bounded(num, "repeat")
    return op("repeat", lift(item), num)


def _bounded(count: int, primitive: str) -> int:
    if count > 1000:
        raise Unsupported(f"{primitive}: {count} times a function")
    return count


@primitive
def product(a: Value, b: Value) -> Value:
    one, other = _known_items(a), _known_items(b)
    if one is not None and other is not None and any(callable(item) for item in (*one, *other)):
        bounded(len(one) * len(other), "product")
        return StaticSet([(i, j) for j in other for i in one])
    return Product(container(a, "product"), container(b, "product"))


def _known_items(value: Value) -> tuple[Value, ...] | None:
    return value if isinstance(value, tuple) else _static_set(value)


@primitive
def pair(a: Value, b: Value) -> Value:
    if length_of(a) is not None and length_of(b) is not None:
        return tuple(zip(parts(a) or (), parts(b) or (), strict=False))
    zipped = Zip(container(a, "pair"), container(b, "pair"))
    return zipped.build() if zipped.one.type.element is INT and zipped.other.type.element is INT else zipped


@primitive
def size(container: Value) -> Value:
    if isinstance(container, tuple):
        return len(container)
    items = _static_set(container)
    if is_empty(container) or (items and all(callable(item) for item in items)):
        return len(items or ())
    if isinstance(container, Either):
        return container.resolve(lambda one: op("len", one))
    node = lift(container)
    if node.type is PAIR:
        return _size_of_pair(node)
    if parts_of(node.type):
        return 2
    if node.type is INT:
        raise WouldRaise("size: an int has no size")
    return op("grid_h" if node.type is GRID else "len", node)


def _size_of_pair(node: Node) -> Value:
    held = truth(node)  # the corner of an empty patch is ()
    return op("double_i", held) if isinstance(held, Node) else 2


@primitive
def contained(value: Value, container: Value) -> Value:
    return contains(value, container)


@primitive
def combine(a: Value, b: Value) -> Value:
    items, others = _static_set(a), _static_set(b)
    if items is not None:
        if others is None and not isinstance(b, tuple) and items:
            return united(lift(a), as_set_node(b, "combine"))
        added = b if others is None else others
        bounded(len(items) + (len(added) if isinstance(added, tuple) else 0), "combine")
        return StaticSet([*items, *added]) if items else _all_as_set(b)
    if is_empty(a):
        return _all_as_set(b) if isinstance(a, frozenset) else _all_as_tuple(b)
    if isinstance(a, frozenset) or (isinstance(a, Node | Product) and lift(a).type.is_set):
        node = lift(a)
        return node if is_empty(b) else _united(node, b)
    if is_empty(b):
        return a
    if length_of(a) is not None and length_of(b) is not None and not (_is_pair(a) or _is_pair(b)):
        bounded((length_of(a) or 0) + (length_of(b) or 0), "combine")
        return (*(parts(a) or ()), *(parts(b) or ()))
    if is_grid(a) and is_grid(b) and GRID in (type_of(a), type_of(b)):
        return op("vconcat", grid(a), grid(b))
    return concatenated([elements_as_tuple(a, "combine"), elements_as_tuple(b, "combine")], "combine")


def _is_pair(value: Value) -> bool:
    """Whether the value is a pair that may be `()`, and has no certain length."""
    return isinstance(value, Node) and value.type is PAIR and may_be_missing(value)


def _all_as_set(value: Value) -> Value:
    return value if is_empty(value) else as_set_node(value, "combine")


def _all_as_tuple(value: Value) -> Value:
    return value if isinstance(value, tuple) else elements_as_tuple(value, "combine")


def _united(node: Node, value: Value) -> Node:
    other = as_set_node(value, "combine")
    if other.type is not node.type:
        raise Unsupported(f"combine: sets of different types, {node.type} and {other.type}")
    return united(node, other)


@primitive
def merge(containers: Value) -> Value:
    return merged(containers)


@primitive
def intersection(a: Value, b: Value) -> Value:
    if is_empty(a) or is_empty(b):
        return frozenset()
    one, other = lift(a), lift(b)
    _need_sets("intersection", one, other)
    if one.type is not other.type:
        _need_no_common("intersection", one, other)
        return _without_all(one)
    if one.type.is_patch:
        return op("patch_inter", one, other)
    return op("list_inter", one, other, _element(one))


def _need_sets(primitive: str, *nodes: Node) -> None:
    for node in nodes:
        if not node.type.is_set:
            raise Unsupported(f"{primitive}: a set is expected, not a value of type {node.type}")


def _need_no_common(primitive: str, one: Node, other: Node) -> None:
    if can_be_equal(one.type.element, other.type.element):
        raise Unsupported(f"{primitive}: sets of different types, {one.type} and {other.type}")


def _element(node: Node) -> Type:
    assert node.type.element is not None
    return node.type.element


def _without_all(node: Node) -> Node:
    """An empty set of the node's type."""
    if node.type.is_patch:
        return op("patch_diff", node, node)
    return op("list_diff", node, node, _element(node))


@primitive
def difference(a: Value, b: Value) -> Value:
    if is_empty(a) or is_empty(b):
        return a
    one = lift(a)
    one = one if one.type.is_set else elements_as_tuple(a, "difference")
    other = lift(b) if not isinstance(b, tuple) else elements_as_tuple(b, "difference")
    other = other if other.type.is_set else elements_as_tuple(other, "difference")
    element, others = _element(one), _element(other)
    if element is not others:
        _need_no_common("difference", one, other)
        return one
    if one.type.is_patch:
        return op("patch_diff", one, canonical(other))
    if other.type.is_patch:
        other = elements_as_tuple(other, "difference")
    return op("list_diff", one, other, element)


@primitive
def dedupe(tup: Value) -> Value:
    if is_empty(tup):
        return ()
    if not is_tuple(tup):
        raise Unsupported("dedupe: a tuple is expected, not a set")
    node = elements_as_tuple(tup, "dedupe")
    return op("list_dedupe", node, _element(node))


@primitive
def order(container: Value, compfunc: Function) -> Value:
    return () if is_empty(container) else ordered(container, compfunc)


@primitive
def maximum(container: Value) -> Value:
    return _extreme("maximum", "list_max", container)


@primitive
def minimum(container: Value) -> Value:
    return _extreme("minimum", "list_min", container)


def _extreme(primitive: str, name: str, value: Value) -> Value:
    if is_empty(value):
        return 0
    node = container(value, primitive)
    if node.type.element is not INT:
        raise Unsupported(f"{primitive}: ints are expected, not elements of type {node.type.element}")
    return op(name, node)


@primitive
def valmax(container: Value, compfunc: Function) -> Value:
    return _best_value(Collector.VALMAX, container, "valmax", compfunc)


@primitive
def valmin(container: Value, compfunc: Function) -> Value:
    return _best_value(Collector.VALMIN, container, "valmin", compfunc)


def _best_value(collector: Collector, value: Value, primitive: str, key: Function) -> Value:
    """The best key. Of no elements it is the function of 0, which raises for most functions."""
    if is_empty(value):
        return key(0)
    source = value.build() if isinstance(value, Zip) else container(value, primitive)
    try:
        default = _default_value(key, source)
    except Unsupported:
        return picked(collector, op("known_filled", source), primitive, key)
    if default is None:
        return picked(collector, source, primitive, key)
    with current().speculation():
        best = picked(collector, source, primitive, key)
    if best.type is not default.type:
        return picked(collector, op("known_filled", source), primitive, key)
    return op("select", op("truth_len", source), best, default)


def _default_value(key: Function, source: Node) -> Node | None:
    """The function of 0, None if that surely raises; Unsupported where it cannot be told."""
    graph = current()
    with graph.speculation() as when_empty:
        graph.is_undecided = False
        try:
            default = lift(key(0))
        except (WouldRaise, TypeError, ArithmeticError) as error:
            if graph.is_undecided:
                raise Unsupported(str(error)) from error
            return None
    graph.check_unused(when_empty, [default], op("truth_len", source), False)
    return default


@primitive
def argmax(container: Value, compfunc: Function) -> Value:
    return picked(Collector.ARGMAX, container, "argmax", compfunc)


@primitive
def argmin(container: Value, compfunc: Function) -> Value:
    return picked(Collector.ARGMIN, container, "argmin", compfunc)


@primitive
def mostcommon(container: Value) -> Value:
    return _common("mostcommon", container)


@primitive
def leastcommon(container: Value) -> Value:
    return _common("leastcommon", container)


def _common(primitive: str, value: Value) -> Node:
    if not is_tuple(value):
        raise Unsupported(f"{primitive}: a tuple is expected, not a set")
    node = elements_as_tuple(value, primitive)
    return op(primitive, node, _element(node))


@primitive
def insert(value: Value, container: Value) -> Value:
    items = _static_set(container)
    if callable(value):
        return StaticSet([value, *(items or ())])
    if items or is_empty(container):
        return StaticSet([*(items or ()), value])
    node = lift(container)
    _need_sets("insert", node)
    if type_of(value) is not _element(node):
        raise Unsupported(f"insert: a value of type {type_of(value)} into a set of {_element(node)}")
    return united(node, initset(value))


@primitive
def remove(value: Value, container: Value) -> Value:
    if is_empty(container):
        return container
    items = _static_set(container)
    if callable(value) and (items is not None or isinstance(container, tuple)):
        kept = [item for item in items or container if item is not value]
        return tuple(kept) if items is None else StaticSet(kept)
    node = _iterable(container, "remove")
    element = ROW if node.type is GRID else _element(node)
    key = element_like(value, element, "remove")
    if key is None:
        return node
    if node.type is INDICES or node.type is OBJECT:
        return op("patch_remove_pair" if node.type is INDICES else "patch_remove_cell", node, key)
    return op("list_remove", rows(node) if node.type is GRID else node, key, element)


def _iterable(value: Value, primitive: str) -> Node:
    node = value if isinstance(value, tuple) else lift(value)
    if isinstance(node, Node) and (node.type.is_set or node.type is GRID):
        return node
    return elements_as_tuple(node, primitive)


@primitive
def other(container: Value, value: Value) -> Value:
    return first(remove(value, container))


@primitive
def first(container: Value) -> Value:
    return _end(container, "first", 0, "head", "patch_first")


@primitive
def last(container: Value) -> Value:
    return _end(container, "last", -1, "tail_end", "patch_last")


def _end(value: Value, primitive: str, position: int, of_list: str, of_patch: str) -> Value:
    if isinstance(value, tuple) and value:
        return value[position]
    if isinstance(value, Node) and parts_of(value.type):
        return part_of(value, position)
    if is_number(value) or is_empty(value):
        raise WouldRaise(f"{primitive}: there is no element")
    items = _static_set(value)
    if items is not None and len(items) == 1:
        return items[0]
    node = _iterable(value, primitive)
    if node.type is GRID:
        node = rows(node)
    if node.type.is_patch:
        cell = op(of_patch, node)
        return op("cell_p", cell) if node.type is INDICES else cell
    return op(of_list, node)


def part_of(node: Node, position: int) -> Node:
    """The first or last element of a pair, cell or 2-tuple."""
    names = {PAIR: ("pair_i", "pair_j"), CELL: ("cell_v", "cell_p")}.get(node.type, ("fst", "snd"))
    return op(names[position], node)


@primitive
def extract(container: Value, condition: Function) -> Value:
    return picked(Collector.EXTRACT, container, "extract", None, condition)


@primitive
def sfilter(container: Value, condition: Function) -> Value:
    return filtered(container, condition)


@primitive
def mfilter(container: Value, function: Function) -> Value:
    return merged(filtered(container, function))


@primitive
def sizefilter(container: Value, n: Value) -> Value:
    if is_empty(container):
        return frozenset()
    node = _iterable(container, "sizefilter")
    if node.type is GRID:
        node = rows(node)
    element = _element(node)
    if element.is_patch or (element.element is not None and element is not GRID):
        return canonical(op("list_sizefilter", node, n))
    if element is INT:
        raise Unsupported("sizefilter: an int has no size")

    def body(item: Node) -> Result:
        return Result(item, lift(equals(size(item), n)))

    return loop([node], body, lambda result, _: into_set(result.type))
