"""From the graph to linear code: every node goes into the block of the innermost loop that it depends on."""

from __future__ import annotations

from collections.abc import Iterable

from tokpidjin.compiler.bytecode import (
    MAX_CONSTANTS,
    MAX_LOOPS,
    MAX_REGISTERS,
    NO_REGISTER,
    SPECULATIVE,
    WORDS,
    Program,
    TypeTable,
    pack,
)
from tokpidjin.compiler.graph import NOTHING, Free, Graph, Node
from tokpidjin.compiler.loops import Collector, Loop, Over
from tokpidjin.compiler.opcodes import END, LOOP, MOVE, OPCODES, RET
from tokpidjin.compiler.types import INDICES, OBJECT, Type
from tokpidjin.compiler.unsupported import Unsupported

NUMBERS = {opcode.name: opcode.number for opcode in OPCODES.values()}
WITHOUT_CODE = frozenset({"const", "input", "var", "foldres"})
PADDING = [(0,) * (WORDS - 3 - operands) for operands in range(WORDS - 2)]
OVER = {INDICES: Over.PAIRS, OBJECT: Over.CELLS}


def lower(graph: Graph, result: Node, table: TypeTable) -> Program:
    """The program that computes the node; Unsupported where it exceeds the machine's limits."""
    return _Lowering(table).run(graph, result)


class _Lowering:
    """State of lowering one program: what has a register, which constants there are."""

    def __init__(self, table: TypeTable) -> None:
        self.table = table
        self.program = Program()
        self.words = self.program.words
        self.constants: dict[int, int] = {}
        self.places: dict[int, int] = {}
        """By the id of a node or type: its register, or a constant as a negative number."""
        self.depth = 0

    def run(self, graph: Graph, result: Node) -> Program:
        self.program.signature = tuple([self.table.number(node.type) for node in (*graph.inputs, result)])
        self.program.registers = len(graph.inputs)
        checks = graph.program.surely.obligations([result])
        count = self.block([result, *checks], NOTHING, NOTHING, graph.program.surely.nodes)
        self.emit(RET, 0, [self.operand(result)])
        self.program.constants = list(self.constants)
        self.program.graph_size = count
        if self.program.registers > MAX_REGISTERS or len(self.constants) > MAX_CONSTANTS:
            raise Unsupported("a program too long for the machine")
        if len(self.words) // WORDS >= NO_REGISTER:
            raise Unsupported("a program too long for the machine")
        return self.program

    def block(self, roots: Iterable[Node], own: Free, around: Free, requested: dict[int, Node]) -> int:
        """The instructions of one block. `own` are the variables it binds, `around` those of the blocks
        about it.

        Returns the number of nodes that were looked at.
        """
        bound = own | around
        found = _needed(roots, own)
        places = self.places
        for node in found:
            if node.op in WITHOUT_CODE or (node.free and not node.free <= bound):
                continue
            flags = 0 if node.id in requested else SPECULATIVE
            if node.loop is not None:
                self.loop(node, node.loop, bound, flags)
            else:
                operands = [places[arg.id] if arg.id in places else self.operand(arg) for arg in node.args]
                self.emit(NUMBERS[node.op], self.operand(node), operands, flags)
        return len(found)

    def loop(self, node: Node, loop: Loop, around: Free, flags: int) -> None:
        """A loop: its head, which takes two slots, its body and its end."""
        self.depth += 1
        if self.depth > MAX_LOOPS:
            raise Unsupported(f"more than {MAX_LOOPS} loops inside each other")
        is_fold = loop.collector is Collector.FOLD
        if is_fold:
            for variable, start in zip(loop.variables, loop.initial, strict=True):
                self.emit(MOVE, self.operand(variable), [self.operand(start)], flags)
        head = len(self.words)
        self.words += [0] * (2 * WORDS)
        self.body(loop, around)
        self.words[head : head + 2 * WORDS] = self.head(node, loop, flags)
        self.emit(END, 0, [])
        self.depth -= 1

    def body(self, loop: Loop, around: Free) -> None:
        own = NOTHING.union(*[variable.free for variable in loop.variables])
        outs = [out for out in (*loop.results, loop.condition, loop.key) if out is not None]
        self.block([*outs, *loop.checks], own, around, loop.requested)
        for check in loop.checks:
            if not check.free & own:  # it was evaluated before the loop, but counts here
                self.emit(MOVE, self.new_register(), [self.operand(check)])
        if loop.collector is Collector.FOLD:
            self.carry(loop)

    def carry(self, loop: Loop) -> None:
        """The results of a fold's turn become its variables, all at once."""
        if len(loop.results) == 1:
            self.emit(MOVE, self.operand(loop.variables[0]), [self.operand(loop.results[0])])
            return
        copies = [self.new_register() for _ in loop.results]
        for copy, result in zip(copies, loop.results, strict=True):
            self.emit(MOVE, copy, [self.operand(result)])
        for copy, variable in zip(copies, loop.variables, strict=True):
            self.emit(MOVE, self.operand(variable), [copy])

    def head(self, node: Node, loop: Loop, flags: int) -> list[int]:
        is_fold = loop.collector is Collector.FOLD
        two = len(loop.containers) > 1
        first = loop.containers[0]
        second = [NO_REGISTER, 0, 0]
        if two:
            other = loop.containers[1]
            second = [self.operand(other), OVER.get(other.type, Over.LIST), self.operand(loop.variables[1])]
        return [
            LOOP,
            self.operand(node),
            flags,
            loop.collector,
            self.operand(first),
            OVER.get(first.type, Over.LIST),
            self.operand(loop.variables[0]),
            *second,
            NO_REGISTER if is_fold else self.operand(loop.results[0]),
            self.optional(loop.condition),
            loop.least if is_fold else 0 if loop.compared is None else self.table.number(loop.compared),
            len(self.words) // WORDS,
            loop.flat,
            self.optional(loop.key),
        ]

    def optional(self, node: Node | None) -> int:
        return NO_REGISTER if node is None else self.operand(node)

    def operand(self, arg: Node | Type) -> int:
        """A register, or a constant as a negative number."""
        known = self.places.get(arg.id)
        if known is None:
            known = self.places[arg.id] = self.new_place(arg)
        return known

    def new_place(self, arg: Node | Type) -> int:
        if isinstance(arg, Type):
            return self.constant(self.table.number(arg))
        if arg.op == "const":
            return self.constant(pack(arg.args[0]))
        if arg.op == "input":
            argument: int = arg.args[0]
            return argument
        if arg.op == "foldres":
            loop = arg.args[0].loop
            return self.operand(loop.variables[arg.args[1]])
        return self.new_register()

    def constant(self, value: int) -> int:
        return ~self.constants.setdefault(value, len(self.constants))

    def new_register(self) -> int:
        self.program.registers += 1
        return self.program.registers - 1

    def emit(self, opcode: int, register: int, operands: list[int], flags: int = 0) -> None:
        self.words += (opcode, register, len(operands) | flags, *operands, *PADDING[len(operands)])


def _needed(roots: Iterable[Node], own: Free) -> list[Node]:
    """The roots and what they depend on, operands first; of a loop, only what depends on its variables."""
    seen: dict[int, Node] = {}
    todo = list(roots)
    while todo:
        node = todo.pop()
        if node.id not in seen and not (own and own.isdisjoint(node.free)):
            seen[node.id] = node
            todo += node.inputs
    return [seen[key] for key in sorted(seen)]
