"""Bytecode as text, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tokpidjin.compiler.bytecode import NO_REGISTER, SPECULATIVE, WORDS, Bytecode
from tokpidjin.compiler.graph import NONE
from tokpidjin.compiler.loops import Collector, Over
from tokpidjin.compiler.opcodes import BY_NUMBER, END, LOOP, RET, Opcode, result_type
from tokpidjin.compiler.types import (
    BASIC_TYPES,
    CELL,
    GRID,
    INT,
    PAIR,
    Kind,
    Type,
    set_of,
    tuple_of,
    two_of,
)
from tokpidjin.compiler.unsupported import Unsupported

_COLLECTED = {
    Collector.LIST: "tuple of",
    Collector.SET: "set of",
    Collector.INDICES: "set of",
    Collector.OBJECT: "set of",
    Collector.MERGE_PATCH: "union of",
    Collector.MERGE_LIST: "concatenation of",
    Collector.MERGE_SET: "union of",
    Collector.EXTRACT: "first",
    Collector.ARGMAX: "with greatest key,",
    Collector.ARGMIN: "with smallest key,",
    Collector.VALMAX: "greatest key, of",
    Collector.VALMIN: "smallest key, of",
    Collector.ORDER: "by ascending key,",
}


def disassemble(bytecode: Bytecode, name: str) -> str:
    """A listing of one program: a line for each instruction, bodies of loops indented.

    Registers are r0 (the input), r1, ..., each with its type where it gets its value; the types are those of
    `engines/vm/opcodes.def`. An operation marked `?` may fail without failing the program as long as nothing
    that counts uses its result. Raises KeyError for a name that the bytecode does not have.
    """
    if name not in bytecode.names:
        raise KeyError(name)
    number = bytecode.names.index(name)
    code = bytecode.code[bytecode.code_start[number] : bytecode.code_start[number + 1]].tolist()
    constants = bytecode.consts[bytecode.const_start[number] : bytecode.const_start[number + 1]].tolist()
    registers = bytecode.registers[number]
    head = f"{name}: {len(code)} instructions, {registers} registers, {len(constants)} constants"
    lines = _Listing(constants, _types(bytecode.types.tolist())).lines(code)
    return "\n".join([head, *lines])


def _types(rows: Sequence[Sequence[int]]) -> list[Type]:
    """The types of a type table."""
    types: list[Type] = []
    for kind, first, second in rows:
        if kind == Kind.SET:
            types.append(set_of(types[first]))
        elif kind == Kind.TUPLE:
            types.append(tuple_of(types[first]))
        elif kind == Kind.TUPLE2:
            types.append(two_of(types[first], types[second]))
        else:
            types.append(BASIC_TYPES[kind])
    return types


class _Listing:
    """Types of the registers so far, and the loops that are open."""

    def __init__(self, constants: list[int], types: list[Type]) -> None:
        self.constants = constants
        self.types = types
        self.registers: dict[int, Type | None] = {0: GRID}
        self.open: list[list[int]] = []

    def lines(self, code: list[list[int]]) -> Iterator[str]:
        k = 0
        while k < len(code):
            words = code[k] + code[k + 1] if code[k][0] == LOOP else code[k]
            if words[0] == END:
                loop = self.open.pop()
                yield self._line(k, self._end(loop))
            elif words[0] == LOOP:
                yield self._line(k, self._loop(words))
                self.open.append(words)
            else:
                yield self._line(k, self._instruction(words))
            k += len(words) // WORDS

    def _line(self, number: int, text: str) -> str:
        return f"{number:5}  {'    ' * len(self.open)}{text}"

    def _instruction(self, words: list[int]) -> str:
        opcode = BY_NUMBER[words[0]]
        operands = words[3 : 3 + (words[2] & 255)]
        kinds = self._operand_types(opcode, operands)
        shown = ", ".join(map(self._operand, operands, kinds))
        if opcode.number == RET:
            return f"ret {shown}"
        try:
            kind = None if None in kinds else result_type(opcode.name, *kinds)  # type: ignore[arg-type]
        except Unsupported:
            kind = None
        self.registers[words[1]] = kind
        return f"r{words[1]} {kind or '_'} = {opcode.name}{self._mark(words)} {shown}"

    def _mark(self, words: list[int]) -> str:
        return "?" if words[2] & SPECULATIVE else ""

    def _operand_types(self, opcode: Opcode, operands: list[int]) -> list[Type | None]:
        """The types of the operands; of a constant, what the signature and the other operands make of it."""
        bound: dict[str, Type] = {}
        written = opcode.signature.split(" ->")[0].split()
        for pattern, operand, text in zip(opcode.operands, operands, written, strict=False):
            if text.startswith("#"):
                bound[text[1:]] = self.types[self.constants[~operand]]
            elif operand >= 0 and isinstance(pattern, str) and (known := self.registers.get(operand)):
                bound[pattern] = known
        kinds: list[Type | None] = []
        for pattern, operand in zip(opcode.operands, operands, strict=False):
            if operand >= 0:
                kinds.append(self.registers.get(operand))
            elif isinstance(pattern, Type):
                kinds.append(pattern)
            else:
                wide = not -(1 << 31) <= self.constants[~operand] < 1 << 31
                kinds.append(bound.get(pattern, PAIR if wide else INT))
        for k, text in enumerate(written):
            if text.startswith("#"):
                operands[k] = ~len(self.constants) - self.constants[~operands[k]]
        return kinds

    def _operand(self, operand: int, kind: Type | None) -> str:
        if operand >= 0:
            return f"r{operand}"
        if operand < -len(self.constants):
            return f"type {kind}"
        value = self.constants[~operand]
        return f"({_half(value >> 32)}, {_half(value)})" if kind is PAIR else _int(value)

    def _loop(self, words: list[int]) -> str:
        collector = Collector(words[3])
        if collector is Collector.FOLD:
            self.registers[words[1]] = INT
            return f"loop{self._mark(words)} {self._operand(words[4], INT)} times, at least {words[12]}"
        sources = [self._variable(words[k : k + 3]) for k in (4, 7) if words[k] != NO_REGISTER]
        return f"loop{self._mark(words)} {', '.join(sources)}"

    def _variable(self, words: list[int]) -> str:
        source, over, variable = words
        kind = self.registers.get(source)
        kinds = {Over.PAIRS: PAIR, Over.CELLS: CELL}
        self.registers[variable] = kinds.get(Over(over), kind.element if kind else None)
        return f"r{variable} {self.registers[variable] or '_'} in {self._operand(source, None)}"

    def _end(self, words: list[int]) -> str:
        """The end of a loop says what the loop gives, for only now the types in its body are known."""
        collector = Collector(words[3])
        if collector is Collector.FOLD:
            return "end"
        body, condition, key = words[10], words[11], words[15]
        of = self.registers.get(body) if body >= 0 else INT
        by = self.registers.get(key) if 0 <= key < NO_REGISTER else INT
        self.registers[words[1]] = kind = _loop_type(collector, of, by)
        text = f"end: r{words[1]} {kind or '_'} = {_COLLECTED[collector]} {self._operand(body, of)}"
        if key != NO_REGISTER:
            text += f" by {self._operand(key, by)}"
        if condition != NO_REGISTER:
            text += f" where {self._operand(condition, INT)}"
        return text


def _loop_type(collector: Collector, of: Type | None, by: Type | None) -> Type | None:
    if of is None:
        return None
    if collector in (Collector.LIST, Collector.ORDER):
        return tuple_of(of)
    if collector in (Collector.SET, Collector.INDICES, Collector.OBJECT):
        return set_of(of)
    if collector is Collector.MERGE_LIST:
        return tuple_of(of.element) if of.element else None
    if collector is Collector.MERGE_SET:
        return set_of(of.element) if of.element else None
    return by if collector in (Collector.VALMAX, Collector.VALMIN) else of


def _half(value: int) -> str:
    half = value & 0xFFFFFFFF
    return _int(half - (1 << 32) if half >= 1 << 31 else half)


def _int(value: int) -> str:
    return "None" if value == NONE else str(value)
