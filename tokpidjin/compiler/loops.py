"""Loops of the graph: a body evaluated for each element of a container, and how its results are collected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import NamedTuple

from tokpidjin.compiler.graph import NOTHING, Free, Node, Value, current, op
from tokpidjin.compiler.types import (
    CELL,
    GRID,
    INDICES,
    INT,
    OBJECT,
    PAIR,
    Kind,
    Type,
    element_of,
    is_scalar,
    set_of,
    tuple_of,
    two_of,
)
from tokpidjin.compiler.unsupported import Unsupported
from tokpidjin.compiler.values import Lazy, convert, elements_as_tuple, lift, parts, type_of


class Collector(IntEnum):
    """What a loop makes of the results of its body, numbered as in the machine."""

    LIST = 0
    SET = 1
    INDICES = 2
    OBJECT = 3
    MERGE_PATCH = 4
    MERGE_LIST = 5
    MERGE_SET = 6
    EXTRACT = 7
    ARGMAX = 8
    ARGMIN = 9
    VALMAX = 10
    VALMIN = 11
    ORDER = 12
    FOLD = 13


class Over(IntEnum):
    """What a loop iterates over."""

    LIST = 0
    PAIRS = 1
    CELLS = 2


class Flat(IntEnum):
    """What one result holds, so that the machine can move it and reclaim the rest of the body's memory."""

    SCALAR = 0
    GRID = 1
    PATCH = 2
    LIST = 3
    NOT = 4


class Result(NamedTuple):
    """What the body gives for one element: a value, whether it counts, a key to compare by."""

    value: Value
    condition: Value = None
    key: Value = None


class Collected(NamedTuple):
    """How a loop collects, the type of what comes out, and the type that has to be compared."""

    collector: Collector
    type: Type
    compared: Type | None = None
    flat: Flat = Flat.SCALAR


class Loop(NamedTuple):
    """The parts of a loop node; `initial` and `least` (the least number of turns) belong to folds.

    `checks` are nodes that Python evaluates in each turn although no result depends on them.
    """

    collector: Collector
    containers: list[Node]
    variables: list[Node]
    results: list[Node]
    condition: Node | None
    key: Node | None
    compared: Type | None
    flat: Flat
    checks: list[Node]
    requested: dict[int, Node]
    initial: Sequence[Node] = ()
    least: int = 0


Body = Callable[..., Result]
Collect = Callable[[Node, Node | None], Collected]


class FunctionResult(Unsupported):
    """The body of a loop gave a function."""


def container(value: Value, primitive: str) -> Node:
    """A node that a loop can iterate over; Unsupported where there is none."""
    node = value if isinstance(value, Node) else None
    if node is None or not (node.type.is_set or node.type.kind is Kind.TUPLE):
        if isinstance(value, Lazy):
            return value.build()
        node = lift(value) if not isinstance(value, tuple) else None
        if node is None or not node.type.is_set:
            node = elements_as_tuple(value, primitive)
    return node


def data(value: Value) -> Node:
    """A body's result as a node; FunctionResult where it is a function."""
    if callable(value):
        raise FunctionResult("a container of functions whose number is not known")
    return lift(value)


def loop(containers: Sequence[Node], body: Body, collect: Collect) -> Node:
    """The body for each element of the container, or for the elements of two containers side by side."""
    graph = current()
    level = len(graph.scopes)
    variables = [
        graph.variable((node.id, level, k), element_of(node.type, "loop"), node.type)
        for k, node in enumerate(containers)
    ]
    own = NOTHING.union(*[variable.free for variable in variables])
    with graph.body(own) as scope:
        value, condition, key = body(*variables)
        result = data(value)
        condition = None if condition is None or condition is True else lift(condition)
        key = None if key is None else data(key)
    out, kind, compared, flat = collect(result, key)
    outs = [node for node in (result, condition, key) if node is not None]
    made = Loop(
        out,
        list(containers),
        variables,
        [result],
        condition,
        key,
        compared,
        flat,
        scope.surely.obligations(outs),
        scope.surely.nodes,
    )
    name = (
        "loop",
        out,
        kind,
        *[node.id for node in containers],
        result.id,
        None if condition is None else condition.id,
        None if key is None else key.id,
        *[node.id for node in made.checks],
    )
    return _add(name, made, [*containers, *outs, *made.checks], kind, own)


def _add(name: tuple[object, ...], made: Loop, args: list[Node], kind: Type, own: Free) -> Node:
    """The loop's node; it depends on what its parts depend on, but for its own variables."""
    free = NOTHING.union(*[arg.free for arg in args]) - own
    return current().add_loop(name, made, args, kind, free)


def into_set(kind: Type) -> Collected:
    """Results as a set."""
    if kind is PAIR:
        return Collected(Collector.INDICES, INDICES)
    if kind is CELL:
        return Collected(Collector.OBJECT, OBJECT)
    return Collected(Collector.SET, set_of(kind), kind, flat(kind))


def into_tuple(kind: Type) -> Collected:
    """Results as a tuple."""
    return Collected(Collector.LIST, tuple_of(kind), None, flat(kind))


def into_merged(kind: Type, primitive: str, as_set: bool) -> Collected:
    """The elements of all results, which are containers of that type, in one tuple or set."""
    if kind.is_patch:
        return Collected(Collector.MERGE_PATCH, kind)
    element = kind.first if kind.kind in (Kind.TUPLE, Kind.SET) else None
    if element is None or (as_set and element in (PAIR, CELL)):
        raise Unsupported(f"{primitive}: cannot merge values of type {kind}")
    kept = Flat.SCALAR if is_scalar(element) else Flat.NOT
    if as_set:
        return Collected(Collector.MERGE_SET, set_of(element), element, kept)
    return Collected(Collector.MERGE_LIST, tuple_of(element), None, kept)


def flat(kind: Type) -> Flat:
    """Whether a value of the type lies in one piece of memory, and which."""
    if is_scalar(kind):
        return Flat.SCALAR
    if kind is GRID:
        return Flat.GRID
    if kind.is_patch:
        return Flat.PATCH
    scalars = all(part is None or is_scalar(part) for part in (kind.first, kind.second))
    return Flat.LIST if scalars else Flat.NOT


def fold(function: Callable[[Value], Value], turns: Node, start: Value, least: int = 1) -> Value:
    """The function applied `turns` times to a value of unchanging type; an error for fewer turns than
    `least`.

    A static tuple is carried element by element.
    """
    graph = current()
    initial = [lift(part) for part in start] if isinstance(start, tuple) else [lift(start)]
    graph.folds += 1
    number = graph.folds  # the function may fold too
    keys = [(-number, 0, k) for k in range(len(initial))]
    variables = [graph.variable(key, node.type) for key, node in zip(keys, initial, strict=True)]
    own = frozenset(keys)
    with graph.body(own) as scope:
        after = function(tuple(variables) if isinstance(start, tuple) else variables[0])
        if callable(after):
            raise FunctionResult("power: a function that gives functions")
        results = list(parts(after) or ()) if isinstance(start, tuple) else [after]
        kinds = [type_of(result) for result in results]
        same = kinds == [node.type for node in variables]
        if same or not least:
            if len(results) != len(variables):
                raise Unsupported("power: a tuple whose length changes")
            results = [convert(result, node.type) for result, node in zip(results, variables, strict=True)]
    if not same and least:  # the first application may change the type: trace it apart
        return fold(function, op("decrement_i", turns), function(start), 0)
    made = Loop(
        Collector.FOLD,
        [turns],
        variables,
        results,
        None,
        None,
        None,
        Flat.SCALAR,
        scope.surely.obligations(results),
        scope.surely.nodes,
        initial,
        least,
    )
    node = _add(("fold", number), made, [turns, *initial, *results, *made.checks], INT, own)
    carried = tuple([graph.fold_result(node, k, variable.type) for k, variable in enumerate(variables)])
    return carried if isinstance(start, tuple) else carried[0]


class Zip(Lazy):
    """Two containers side by side: Python's `tuple(zip(one, other))`."""

    def __init__(self, one: Node, other: Node) -> None:
        self.one = one
        self.other = other

    @property
    def built_type(self) -> Type:
        """A tuple of 2-tuples."""
        return tuple_of(two_of(element_of(self.one.type, "pair"), element_of(self.other.type, "pair")))

    def sources(self) -> list[Node]:
        """The two containers."""
        return [self.one, self.other]

    def build(self) -> Node:
        """The tuple of 2-tuples."""
        return loop(
            [self.one, self.other], lambda a, b: Result((a, b)), lambda result, _: into_tuple(result.type)
        )


class Product(Lazy):
    """Each element of one container with each of another, as a set."""

    def __init__(self, one: Node, other: Node) -> None:
        self.one = one
        self.other = other

    @property
    def built_type(self) -> Type:
        """A set of 2-tuples."""
        return set_of(two_of(element_of(self.one.type, "product"), element_of(self.other.type, "product")))

    def sources(self) -> list[Node]:
        """The two containers."""
        return [self.one, self.other]

    def build(self) -> Node:
        """The set of 2-tuples."""
        return self.collect(lambda a, b: Result((a, b)))

    def collect(self, body: Body) -> Node:
        """The set of what the body gives for each two elements, as two loops of which each makes a set."""

        def inner(first: Node) -> Result:
            return Result(
                loop(
                    [self.other], lambda second: body(first, second), lambda result, _: into_set(result.type)
                )
            )

        return loop([self.one], inner, lambda result, _: into_merged(result.type, "product", True))
