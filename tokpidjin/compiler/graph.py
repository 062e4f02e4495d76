"""The dataflow graph of one solver: hash-consed nodes, made while the solver runs once on symbolic values.

A node is evaluated where Python would evaluate it or, when it does not change inside a loop, before that
loop. What Python might not have evaluated at all may fail without failing the item: only requests outside of
such places count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from tokpidjin.compiler.opcodes import result_type
from tokpidjin.compiler.types import GRID, INT, PAIR, Type
from tokpidjin.compiler.unsupported import Unsupported

if TYPE_CHECKING:
    from tokpidjin.compiler.loops import Loop

Value = Any
"""What a traced solver handles: a node, a Python value, what `values` and `loops` define, or a function."""

VarKey = tuple[int, int, int]
Free = frozenset[VarKey]
NOTHING: Free = frozenset()
MISSING = -(1 << 31)
"""Both halves of the pair for the corner of an empty patch, Python's `()`; as in `engines/vm/values.h`."""
NONE = MISSING + 1
"""The int that stands for None."""
LARGEST = -NONE - 1
MAX_NODES = 100_000

LEAVES = frozenset({"const", "input", "var"})
_INFALLIBLE = """
const input var foldres not truth_len truth_grid known_pair known_filled pair_list and or equal pair cell
cell_v cell_p len as_tuple tuple2 fst snd list1 list2 set1 list_cat list_merge list_canon list_contains
list_diff list_inter list_remove list_dedupe object1 indices1 patch_union patch_inter patch_diff
patch_has_cell patch_has_pair patch_remove_cell patch_remove_pair patch_merge cells_list pairs_list
list_cells list_pairs toindices recolor ulcorner urcorner llcorner lrcorner height_x width_x shape_x
portrait_x square_x vline hline centerofmass backdrop box hmatching vmatching grid_h grid_w grid_shape
portrait_g rows from_rows grid_cat vconcat hconcat palette_g palette_x numcolors_g numcolors_x colorcount_g
colorcount_x ofcolor asindices asobject rot90 rot180 rot270 hmirror_g vmirror_g dmirror_g cmirror_g trim
tophalf bottomhalf lefthalf righthalf replace switch compress partition choose
"""
INFALLIBLE = frozenset(_INFALLIBLE.split())
"""Operations that do not raise in Python for operands of their types: where unused, they may be left out."""

OPERATORS: dict[str, Callable[..., Value]] = {}
"""What Python's operators on nodes mean, by the name of the special method; filled by `operators`."""


_numbers = count()


class Node:
    """One value of the program: an operation on other values, of a static type.

    `id` grows from operands to what uses them, and differs in all graphs. `inputs` are the operands that are
    themselves results of operations. `free` holds the loop variables that it depends on. `loop` is set for
    loops, `generator` for set-valued loops that can run another body over their elements instead of building
    the set.
    """

    __slots__ = ("args", "free", "generator", "graph", "id", "inputs", "loop", "op", "type")

    def __init__(
        self,
        graph: Graph,
        op: str,
        args: tuple[Any, ...],
        kind: Type,
        free: Free,
        inputs: tuple[Node, ...] = (),
    ) -> None:
        self.graph = graph
        self.id = next(_numbers)
        self.op = op
        self.args = args
        self.type = kind
        self.free = free
        self.inputs = inputs
        self.loop: Loop | None = None
        self.generator: Any = None

    def __repr__(self) -> str:
        return f"<{self.op} of type {self.type}>"

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        raise Unsupported("a condition on data; use branch, both, either or flip")

    def __len__(self) -> int:
        raise Unsupported("len() of data; use size")

    def __contains__(self, value: Value) -> bool:
        raise Unsupported("'in' on data; use contained")

    def __iter__(self) -> Iterator[Value]:
        parts: Iterator[Value] = iter(OPERATORS["__iter__"](self))
        return parts

    def __getitem__(self, key: Value) -> Value:
        return OPERATORS["__getitem__"](self, key)

    def __eq__(self, other: Value) -> Value:
        return OPERATORS["__eq__"](self, other)

    def __ne__(self, other: Value) -> Value:
        return OPERATORS["__ne__"](self, other)

    def __lt__(self, other: Value) -> Value:
        return OPERATORS["__lt__"](self, other)

    def __gt__(self, other: Value) -> Value:
        return OPERATORS["__gt__"](self, other)

    def __le__(self, other: Value) -> Value:
        return OPERATORS["__le__"](self, other)

    def __ge__(self, other: Value) -> Value:
        return OPERATORS["__ge__"](self, other)

    def __neg__(self) -> Value:
        return OPERATORS["__neg__"](self)

    def __add__(self, other: Value) -> Value:
        return OPERATORS["__add__"](self, other)

    def __radd__(self, other: Value) -> Value:
        return OPERATORS["__add__"](other, self)

    def __sub__(self, other: Value) -> Value:
        return OPERATORS["__sub__"](self, other)

    def __rsub__(self, other: Value) -> Value:
        return OPERATORS["__sub__"](other, self)

    def __mul__(self, other: Value) -> Value:
        return OPERATORS["__mul__"](self, other)

    def __rmul__(self, other: Value) -> Value:
        return OPERATORS["__mul__"](other, self)

    def __floordiv__(self, other: Value) -> Value:
        return OPERATORS["__floordiv__"](self, other)

    def __rfloordiv__(self, other: Value) -> Value:
        return OPERATORS["__floordiv__"](other, self)

    def __mod__(self, other: Value) -> Value:
        return OPERATORS["__mod__"](self, other)

    def __rmod__(self, other: Value) -> Value:
        return OPERATORS["__mod__"](other, self)

    def __and__(self, other: Value) -> Value:
        return OPERATORS["__and__"](self, other)

    def __or__(self, other: Value) -> Value:
        return OPERATORS["__or__"](self, other)


class Evaluated:
    """What Python evaluates at a place if it comes there; `covered` are nodes that others there stand for."""

    __slots__ = ("covered", "nodes")

    def __init__(self) -> None:
        self.nodes: dict[int, Node] = {}
        self.covered: set[int] = set()

    def obligations(self, results: Sequence[Node]) -> list[Node]:
        """Nodes that are evaluated here and may fail, but that the results do not depend on."""
        live = {node.id for node in results}
        found = []
        for key in sorted(self.nodes, reverse=True):
            node = self.nodes[key]
            if key not in live:
                if node.op in INFALLIBLE or key in self.covered:
                    continue
                found.append(node)
            for arg in node.args[:1] if node.op == "select" else node.inputs:
                live.add(arg.id)
        return found


class Scope:
    """The program, or one loop's body: its variables, what Python surely evaluates in it, and what perhaps."""

    __slots__ = ("places", "surely", "variables")

    def __init__(self, variables: Free) -> None:
        self.variables = variables
        self.surely = Evaluated()
        self.places = [self.surely]


Part = TypeVar("Part")


class Inside(Generic[Part]):
    """A scope or place that is the innermost while a block runs; Python may not come to it."""

    __slots__ = ("graph", "part", "stack")

    def __init__(self, graph: Graph, stack: list[Part], part: Part) -> None:
        self.graph = graph
        self.stack = stack
        self.part = part

    def __enter__(self) -> Part:
        self.stack.append(self.part)
        return self.part

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        self.stack.pop()
        if error is not None:
            self.graph.is_undecided = True


class Graph:
    """The nodes of one program. Equal operations on equal operands are one node."""

    def __init__(self, arguments: Sequence[Type] = (GRID,)) -> None:
        """`arguments` are the types of the program's arguments: of a solver a grid alone."""
        self._known: dict[tuple[Any, ...], Node] = {}
        self.program = Scope(NOTHING)
        self.scopes = [self.program]
        self.folds = 0
        self.is_undecided = False
        """Whether the last failure was in a place that Python may not come to."""
        self.inputs = [
            self._leaf(("input", k), "input", (k,), kind, NOTHING) for k, kind in enumerate(arguments)
        ]

    def constant(self, value: int | tuple[int, int] | None, kind: Type) -> Node:
        """A constant int or pair; Unsupported where an int is beyond what registers take for one."""
        for part in value if isinstance(value, tuple) else (value,):
            if part is not None and part != MISSING and abs(part) > LARGEST:
                raise Unsupported(f"the int {part}, which has more than 32 bits")
        return self._leaf(("const", value, kind), "const", (value,), kind, NOTHING)

    def variable(self, key: VarKey, kind: Type, source: Type | None = None) -> Node:
        """The variable of a loop over a container of type `source`.

        Loops over the same container at the same depth share it, so equal bodies are one.
        """
        return self._leaf(("var", key), "var", (source,), kind, frozenset((key,)))

    def _leaf(self, key: tuple[Any, ...], op: str, args: tuple[Any, ...], kind: Type, free: Free) -> Node:
        node = self._known.get(key)
        if node is None:
            node = self._known[key] = Node(self, op, args, kind, free)
        return node

    def apply(self, op: str, args: tuple[Node | Type, ...]) -> Node:
        """The result of an operation; Unsupported where its operands do not have the types it takes."""
        key = (op, *[arg.id for arg in args])
        node = self._known.get(key)
        if node is None:
            node = self._known[key] = self._operation(op, args)
        self.request(node)
        return node

    def _operation(self, op: str, args: tuple[Node | Type, ...]) -> Node:
        if len(self._known) >= MAX_NODES:
            raise Unsupported(f"more than {MAX_NODES} values")
        kind = result_type(op, *[arg.type for arg in args])
        free = NOTHING
        inputs: list[Node] = []
        for arg in args:
            if isinstance(arg, Type):
                continue
            if arg.graph is not self:
                raise Unsupported(f"{op}: a value made outside of the solver")
            if arg.free and arg.free is not free:
                free = arg.free | free if free else arg.free
            if arg.op not in LEAVES:
                inputs.append(arg)
        return Node(self, op, args, kind, free, tuple(inputs))

    def add_loop(self, key: tuple[Any, ...], loop: Loop, args: list[Node], kind: Type, free: Free) -> Node:
        """The result of a loop."""
        node = self._known.get(key)
        if node is None:
            inputs = tuple([arg for arg in args if arg.op not in LEAVES])
            node = self._known[key] = Node(self, "loop", tuple(args), kind, free, inputs)
            node.loop = loop
        self.request(node)
        return node

    def fold_result(self, loop: Node, position: int, kind: Type) -> Node:
        """One of the values that a fold carries, after its last turn."""
        node = self._leaf(("foldres", loop.id, position), "foldres", (loop, position), kind, loop.free)
        node.inputs = (loop,)
        return node

    def request(self, node: Node) -> None:
        """Note that Python evaluates the node at this place."""
        self.scopes[-1].places[-1].nodes[node.id] = node

    def is_free_to_fuse(self, node: Node) -> bool:
        """Whether only what is made now needs the node, so that it need not be evaluated itself."""
        here = self.scopes[-1].places[-1]
        places = [place for scope in self.scopes for place in scope.places]
        return not any(node.id in place.nodes for place in places if place is not here)

    def covers(self, node: Node, replaced: frozenset[int]) -> None:
        """Note that evaluating the node does all that evaluating the replaced ones would."""
        here = self.scopes[-1].places[-1]
        if node.id in here.nodes:
            here.covered |= replaced

    def body(self, variables: Free) -> Inside[Scope]:
        """The scope of a loop's body, for a `with` statement."""
        return Inside(self, self.scopes, Scope(variables))

    def speculation(self) -> Inside[Evaluated]:
        """A place that Python may not come to: a failure counts only when the value is used."""
        return Inside(self, self.scopes[-1].places, Evaluated())

    def check_unused(self, place: Evaluated, results: Sequence[Node], condition: Node, when: bool) -> None:
        """See to it that what Python evaluates in vain at a place fails the item if it comes there.

        It comes there when the condition is true, or (`when` False) when it is not.
        """
        for node in place.obligations(results):
            if node.id not in self.scopes[-1].surely.nodes:
                with self.speculation():
                    unfailed = op("equal", node, node, node.type)
                op("select", condition, *((unfailed, 1) if when else (1, unfailed)))


_OPERANDS = (Node, Type)
_current: ContextVar[Graph] = ContextVar("graph")


def current() -> Graph:
    """The graph of the solver being traced."""
    return _current.get()


@contextmanager
def tracing(graph: Graph) -> Iterator[Graph]:
    """Make the graph current; each thread and context has its own. Afterwards its nodes are forgotten."""
    token = _current.set(graph)
    try:
        yield graph
    finally:
        _current.reset(token)
        vars(graph).clear()  # nodes know their graph: without this only the garbage collector would free them


def op(name: str, *args: Value) -> Node:
    """The result of an operation; ints and pairs of ints among the operands become constants."""
    graph = _current.get()
    for arg in args:
        if type(arg) not in _OPERANDS:
            args = tuple([part if type(part) in _OPERANDS else scalar(graph, part) for part in args])
            break
    return graph.apply(name, args)


def scalar(graph: Graph, value: Value) -> Node:
    """A constant int, bool, None or pair of ints."""
    if value is None or isinstance(value, int):
        return graph.constant(value if value is None else int(value), INT)
    if isinstance(value, tuple) and len(value) == 2 and all(isinstance(part, int) for part in value):
        return graph.constant((int(value[0]), int(value[1])), PAIR)
    raise Unsupported(f"a number was expected, not {describe(value)}")


def describe(value: Value) -> str:
    """A value's kind in words, for reasons."""
    if isinstance(value, Node):
        return f"a value of type {value.type}"
    if callable(value):
        return "a function"
    return f"a {type(value).__name__}"
