"""Containers through functions: apply, filter, merge, pick. Set pipelines that end in a union are one loop.

A set of patches that is only merged need not exist: the loop that would build it has a `generator`, which
runs another body over its elements, in any order and with repetitions, both of which a union hides.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tokpidjin.compiler.graph import Node, Value, current, op
from tokpidjin.compiler.loops import (
    Body,
    Collect,
    Collected,
    Collector,
    Flat,
    FunctionResult,
    Product,
    Result,
    Zip,
    container,
    data,
    flat,
    into_merged,
    into_set,
    into_tuple,
    loop,
)
from tokpidjin.compiler.operands import order_key, rows
from tokpidjin.compiler.types import GRID, INDICES, INT, OBJECT, PAIR, ROW, ROWS, Kind, set_of
from tokpidjin.compiler.unsupported import Unsupported
from tokpidjin.compiler.values import (
    StaticSet,
    bounded,
    canonical,
    common_type,
    convert,
    elements_as_tuple,
    is_empty,
    items_of,
    length_of,
    lift,
    list_of_nodes,
    nodes_in,
    parts,
    truth,
    type_of,
)

Function = Callable[..., Value]
SETS_OF_PATCHES = (set_of(INDICES), set_of(OBJECT))


class Generator(NamedTuple):
    """Runs a body over the elements of a set that is not built; `nodes` are those that it stands for."""

    run: Callable[[Body, Collect], Node]
    nodes: frozenset[int]


def run_over(node: Node, body: Body, collect: Collect) -> Node:
    """A loop over the node's elements, without building it where it is needed for nothing else so far."""
    if node.generator is None or not current().is_free_to_fuse(node):
        return loop([node], body, collect)
    made: Node = node.generator.run(body, collect)
    return made


def _generate(made: Node, source: Node, run: Callable[[Body, Collect], Node]) -> None:
    if made.type in SETS_OF_PATCHES:
        inner = source.generator.nodes if source.generator is not None else frozenset()
        made.generator = Generator(run, inner | {made.id})


def functions_in(value: Value) -> StaticSet | tuple[Value, ...] | None:
    """The value if it is a tuple or set of known elements, to be treated one by one."""
    if isinstance(value, frozenset) and any(callable(item) for item in value):
        return StaticSet(value)
    return value if isinstance(value, tuple | StaticSet) else None


def apply_to(function: Function, value: Value, primitive: str) -> Value:
    """{function(e) for e in value}, or the tuple of it."""
    if isinstance(value, Product):
        return _apply_to_product(function, value)
    if isinstance(value, Zip):
        body = lambda a, b: Result(function((a, b)))  # noqa: E731
        return loop([value.one, value.other], body, lambda result, _: into_tuple(result.type))
    known = functions_in(value)
    if isinstance(known, StaticSet):
        return StaticSet([function(item) for item in known.items])
    if known is not None or length_of(value):
        return tuple([function(part) for part in parts(value) or ()])
    source = container(value, primitive)
    try:
        return _apply_to_node(function, source)
    except FunctionResult:
        if source.op != "interval" or any(arg.op != "const" for arg in source.args):
            raise
        return tuple([function(k) for k in range(*[arg.args[0] for arg in source.args])])


def _apply_to_node(function: Function, source: Node) -> Node:
    collect = into_set if source.type.is_set else into_tuple
    made = loop([source], lambda e: Result(function(e)), lambda result, _: collect(result.type))
    _generate(made, source, lambda body, collect: run_over(source, lambda e: body(function(e)), collect))
    return made


def _apply_to_product(function: Function, value: Product) -> Node:
    made = value.collect(lambda a, b: Result(function((a, b))))
    _generate_product(made, value, lambda a, b: function((a, b)))
    return made


def _generate_product(made: Node, value: Product, function: Function) -> None:
    def run(body: Body, collect: Collect) -> Node:
        def inner(a: Node) -> Result:
            return Result(loop([value.other], lambda b: body(function(a, b)), collect))

        return loop([value.one], inner, collect)

    _generate(made, value.one, run)


def apply_to_both(function: Function, one: Value, other: Value) -> Node:
    """frozenset(function(a, b) for b in other for a in one)."""
    value = Product(container(one, "prapply"), container(other, "prapply"))
    made = value.collect(lambda a, b: Result(function(a, b)))
    _generate_product(made, value, function)
    return made


def apply_side_by_side(function: Function, one: Value, other: Value) -> Value:
    """tuple(function(a, b) for a, b in zip(one, other))."""
    if length_of(one) is not None and length_of(other) is not None:
        return tuple([function(a, b) for a, b in zip(parts(one) or (), parts(other) or (), strict=False)])
    sources = [container(one, "papply"), container(other, "papply")]
    return loop(sources, lambda a, b: Result(function(a, b)), lambda result, _: into_tuple(result.type))


def filtered(value: Value, condition: Function) -> Value:
    """The elements that meet the condition, in a container of the same kind."""
    if isinstance(value, Zip):
        return loop(
            [value.one, value.other],
            lambda a, b: Result((a, b), truth(condition((a, b)))),
            lambda result, _: into_tuple(result.type),
        )
    if isinstance(value, Product):
        return value.collect(lambda a, b: Result((a, b), truth(condition((a, b)))))
    if is_empty(value):
        return value
    if functions_in(value) and any(callable(item) for item in _items(value)):
        raise Unsupported("sfilter: a container of functions")
    source = container(value, "sfilter")

    def collect(result: Node, _: Node | None) -> Collected:
        out = into_set(result.type) if source.type.is_set else into_tuple(result.type)
        return out._replace(flat=Flat.SCALAR)  # elements lie outside of the loop's memory

    made = loop([source], lambda e: Result(e, truth(condition(e))), collect)

    def run(body: Body, collect: Collect) -> Node:
        return run_over(source, lambda e: _guarded(truth(condition(e)), body, e), collect)

    _generate(made, source, run)
    return made


def _items(value: Value) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else items_of(value)


def _guarded(condition: Value, body: Body, element: Value) -> Result:
    """The body for an element of which the filter decides whether it counts, and may fail."""
    if condition is True:
        return body(element)
    graph = current()
    with graph.speculation() as when_met:
        result = body(element)
    used = [node for value in result for node in nodes_in(value)]
    graph.check_unused(when_met, used, lift(condition), True)
    if result.condition is None or result.condition is True:
        return Result(result.value, condition, result.key)
    return Result(result.value, op("select", condition, result.condition, 0), result.key)


def merged_map(function: Function, value: Value) -> Value:
    """merge(apply(function, value)) without the container in between where that is possible."""
    if isinstance(value, Product) or functions_in(value) is not None or length_of(value):
        return merged(apply_to(function, value, "mapply"))
    if isinstance(value, Zip):
        return merged_loop([value.one, value.other], lambda a, b: function((a, b)), False)
    source = container(value, "mapply")
    return merged_loop([source], function, source.type.is_set)


def merged_loop(sources: list[Node], function: Function, as_set: bool) -> Node:
    """The elements of what the function gives for each element, in one tuple or set."""

    def body(*elements: Node) -> Result:
        inner = function(*elements)
        if callable(inner):
            raise FunctionResult("mapply: a function that gives functions")
        if as_set:
            return Result(as_set_node(inner, "mapply"))
        is_grid = isinstance(inner, Node) and inner.type is GRID
        return Result(inner if is_grid else elements_as_tuple(inner, "mapply"))

    def collect(result: Node, _: Node | None) -> Collected:
        if result.type is GRID:
            return into_tuple(GRID)
        return into_merged(result.type, "mapply", as_set)

    made = loop(sources, body, collect)
    is_grids = made.loop is not None and made.loop.collector is Collector.LIST
    return op("grid_cat", made) if is_grids else made


def as_set_node(value: Value, primitive: str) -> Node:
    """The elements of any container as a set."""
    node = value if isinstance(value, tuple) else lift(value)
    if isinstance(node, Node) and node.type.is_set:
        return node
    return canonical(elements_as_tuple(node, primitive))


def merged(value: Value) -> Value:
    """The elements of the inner containers in one container of the outer one's kind."""
    if isinstance(value, tuple):
        return _merged_tuple(value)
    if isinstance(value, StaticSet | frozenset):
        return _merged_set(items_of(value))
    node = lift(value)
    two = parts(node) if node.type.kind is Kind.TUPLE2 else None
    if two:
        return _merged_tuple(two)
    if node.type.is_set:
        return _merged_node_as_set(node)
    return _merged_node_as_tuple(node)


def _merged_tuple(items: tuple[Value, ...]) -> Value:
    if all(length_of(item) is not None for item in items):
        bounded(sum(length_of(item) or 0 for item in items), "merge")
        return tuple([part for item in items for part in parts(item) or ()])
    kinds = [None if is_empty(item) else type_of(item) for item in items]
    if all(kind in (GRID, ROWS, None) for kind in kinds) and GRID in kinds:
        return op("grid_cat", list_of_nodes([convert(item, GRID) for item in items if not is_empty(item)]))
    lists = [elements_as_tuple(item, "merge") for item in items if not is_empty(item)]
    return concatenated(lists, "merge")


def concatenated(lists: list[Node], primitive: str) -> Node:
    """Tuples one behind the other."""
    kind = common_type([node.type for node in lists], primitive)
    lists = [rows(node) if kind is ROWS else convert(node, kind) for node in lists]
    made = lists[0]
    for node in lists[1:]:
        made = op("list_cat", made, node)
    return made


def _merged_set(items: tuple[Value, ...]) -> Value:
    nodes = [as_set_node(item, "merge") for item in items if not is_empty(item)]
    if not nodes:
        return StaticSet(())
    common_type([node.type for node in nodes], "merge: sets")
    made = nodes[0]
    for node in nodes[1:]:
        made = united(made, node)
    return made


def united(one: Node, other: Node) -> Node:
    """The union of two sets of one type."""
    if one.type.is_patch:
        return op("patch_union", one, other)
    return canonical(op("list_cat", one, other))


def _merged_node_as_set(node: Node) -> Node:
    element = node.type.element
    assert element is not None
    if element.is_patch:
        if node.generator is None or not current().is_free_to_fuse(node):
            return op("patch_merge", node)
        made = run_over(node, Result, lambda result, _: into_merged(result.type, "merge", True))
        current().covers(made, node.generator.nodes)
        return made
    if element.kind in (Kind.SET, Kind.TUPLE):
        return canonical(op("list_merge", node))
    return merged_loop([node], lambda e: e if element is not GRID else rows(e), True)


def _merged_node_as_tuple(node: Node) -> Node:
    element = ROW if node.type is GRID else node.type.element
    if element is GRID:
        return op("grid_cat", node)
    if node.type is GRID:
        return op("list_merge", op("rows", node))
    if element is None or element is INT or node.type is PAIR:
        raise Unsupported(f"merge: cannot merge a value of type {node.type}")
    if element.kind in (Kind.SET, Kind.TUPLE):
        return op("list_merge", node)
    return merged_loop([node], lambda e: elements_as_tuple(e, "merge"), False)


def picked(
    collector: Collector,
    value: Value,
    primitive: str,
    key: Function | None,
    condition: Function | None = None,
) -> Node:
    """One element, or the best function value: extract, argmax, argmin, valmax, valmin."""
    sources = [value.one, value.other] if isinstance(value, Zip) else [container(value, primitive)]
    by_value = collector in (Collector.VALMAX, Collector.VALMIN)

    def body(*elements: Node) -> Result:
        one = elements if len(elements) > 1 else elements[0]
        if condition is not None:
            return Result(one, truth(condition(one)))
        assert key is not None
        found = data(key(one))
        return Result(found if by_value else one, None, found)

    def collect(result: Node, compared: Node | None) -> Collected:
        return Collected(
            collector, result.type, None if compared is None else compared.type, flat(result.type)
        )

    return loop(sources, body, collect)


def ordered(value: Value, key: Function) -> Node:
    """The elements by ascending key."""
    source = container(value, "order")

    def body(element: Node) -> Result:
        return Result(element, None, order_key(data(key(element))))

    def collect(result: Node, compared: Node | None) -> Collected:
        assert compared is not None
        return Collected(Collector.ORDER, into_tuple(result.type).type, compared.type)

    return loop([source], body, collect)
