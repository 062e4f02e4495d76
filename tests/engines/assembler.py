"""Bytecode written by hand, one call an instruction: tests of the machine need no compiler."""

import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np

import tokpidjin
from tokpidjin.compiler.types import BASIC_TYPES, set_of, tuple_of, two_of

TABLE = Path(tokpidjin.__file__).parent / "engines" / "vm" / "opcodes.def"
OPERANDS = {"ret": 1, "select": 3, "move": 1, "loop": 0, "end": 0} | {
    name: int(count) for name, count in re.findall(r"^OP\((\w+), (\d)", TABLE.read_text(), re.MULTILINE)
}
OPCODES = {name: number for number, name in enumerate(OPERANDS)}
NO_REGISTER = 0x7FFF
SPECULATIVE = 256
NONE = -(2**31) + 1

INT, PAIR, CELL, GRID, INDICES, OBJECT, SET, TUPLE, TUPLE2 = range(9)
OVER_LIST, OVER_PAIRS, OVER_CELLS = range(3)
(
    TO_LIST,
    TO_SET,
    TO_INDICES,
    TO_OBJECT,
    TO_MERGED_PATCH,
    TO_MERGED_LIST,
    TO_MERGED_SET,
    TO_FIRST,
    TO_ARGMAX,
    TO_ARGMIN,
    TO_VALMAX,
    TO_VALMIN,
    TO_ORDERED,
    TO_FOLD,
) = range(14)
SCALAR, FLAT_GRID, FLAT_PATCH, FLAT_LIST, NOT_FLAT = range(5)


def pair(i, j):
    """A pair as a constant."""
    word = (i & 0xFFFFFFFF) << 32 | (j & 0xFFFFFFFF)
    return word - (1 << 64) if word >= 1 << 63 else word


class Assembler:
    """One program. `op` and the like return the register of the result; `constant` returns an operand.

    `signature` is the type numbers of the arguments and of the result.
    """

    def __init__(self, signature=(GRID, GRID)):
        self.signature = signature
        self.code = []
        self.constants = []
        self.types = [(kind, 0, 0) for kind in range(6)]
        self.registers = max(1, len(signature) - 1)
        self.input = 0

    def constant(self, value):
        if isinstance(value, tuple):
            value = pair(*value)
        self.constants.append(value)
        return ~(len(self.constants) - 1)

    def type(self, kind, part=0, second=0):
        """The number of a type, as an operand for signatures with `#`."""
        if (kind, part, second) not in self.types:
            self.types.append((kind, part, second))
        return self.types.index((kind, part, second))

    def register(self):
        self.registers += 1
        return self.registers - 1

    def raw(self, *words):
        self.code.append([*words, *[0] * (8 - len(words))])

    def op(self, name, *operands, speculative=False, result=None):
        """An instruction; operands are registers, or constants made by `constant`."""
        result = self.register() if result is None else result
        flags = len(operands) | (SPECULATIVE if speculative else 0)
        self.raw(OPCODES[name], result, flags, *operands)
        return result

    def loop(
        self,
        collector,
        source,
        over,
        body,
        *,
        second=None,
        condition=None,
        key=None,
        type=0,
        flat=SCALAR,
        speculative=False,
    ):
        """A loop whose body(variables...) emits instructions and returns the register of its result."""
        result, variable = self.register(), self.register()
        variables = [variable]
        other = [NO_REGISTER, 0, 0]
        if second is not None:
            other = [*second, self.register()]
            variables.append(other[2])
        head = len(self.code)
        self.raw()
        self.raw()
        value = body(*variables)
        words = [
            *[OPCODES["loop"], result, SPECULATIVE if speculative else 0],
            *[collector, source, over, variable, *other],
            NO_REGISTER if value is None else value,
            NO_REGISTER if condition is None else condition(),
            *[type, len(self.code), flat],
            NO_REGISTER if key is None else key(),
        ]
        self.code[head], self.code[head + 1] = words[:8], words[8:]
        self.raw(OPCODES["end"], 0, 0)
        return result

    def ret(self, register):
        self.raw(OPCODES["ret"], 0, 1, register)

    def kinds(self):
        """The types of the arguments, leaving out numbers that are no type's."""
        return tuple([self._kind(n) for n in self.signature[:-1] if n in range(len(self.types))])

    def _kind(self, number):
        kind, first, second = self.types[number]
        if kind == TUPLE2:
            return two_of(self._kind(first), self._kind(second))
        return {TUPLE: tuple_of, SET: set_of}[kind](self._kind(first)) if kind >= SET else BASIC_TYPES[kind]

    def bytecode(self, name="program"):
        """The program alone as a library."""
        return library({name: self})

    def return_numbers(self, *operands):
        """End with a grid of one row that shows ints, each from -3 to 251."""
        row = self.op("list1", operands[0])
        for operand in operands[1:]:
            row = self.op("list_cat", row, self.op("list1", operand))
        self.ret(self.op("from_rows", self.op("list1", row)))

    def return_pairs(self, *operands):
        """The same for the elements of pairs."""
        self.return_numbers(*[self.op(part, p) for p in operands for part in ("pair_i", "pair_j")])

    def return_patch(self, patch, shape=(6, 6)):
        """End with a canvas of zeros on which the patch is drawn, Indices in colour 1."""
        grid = self.op("canvas", self.constant(0), self.constant(shape))
        self.ret(self.op("fill", grid, self.constant(1), patch))

    def return_object(self, patch, shape=(6, 6)):
        """The same for an Object in its own colours."""
        grid = self.op("canvas", self.constant(0), self.constant(shape))
        self.ret(self.op("paint", grid, patch))

    def int_tuple(self, *values):
        """A tuple of constants."""
        items = [self.op("list1", self.constant(value)) for value in values]
        whole = items[0]
        for item in items[1:]:
            whole = self.op("list_cat", whole, item)
        return whole

    def indices(self, *locations):
        """Indices of constant locations."""
        patch = self.op("indices1", self.constant(locations[0]))
        for location in locations[1:]:
            patch = self.op("patch_union", patch, self.op("indices1", self.constant(location)))
        return patch

    def object(self, *cells):
        """An Object of constant cells (colour, i, j)."""
        patch = None
        for color, i, j in cells:
            cell = self.op("cell", self.constant(color), self.constant((i, j)))
            single = self.op("object1", cell)
            patch = single if patch is None else self.op("patch_union", patch, single)
        return patch


def library(programs):
    """Several programs as one library; their type tables must agree or be simple."""
    types = max((program.types for program in programs.values()), key=len)
    programs = dict(programs)
    return SimpleNamespace(
        names=tuple(programs),
        code=np.array([row for p in programs.values() for row in p.code], np.int16).reshape(-1, 8),
        code_start=np.cumsum([0] + [len(p.code) for p in programs.values()], dtype=np.int32),
        consts=np.array([c for p in programs.values() for c in p.constants], np.int64),
        const_start=np.cumsum([0] + [len(p.constants) for p in programs.values()], dtype=np.int32),
        types=np.array(types, np.int32),
        registers=np.array([p.registers for p in programs.values()], np.int32),
        signatures=np.array([kind for p in programs.values() for kind in p.signature], np.int32),
        signature_start=np.cumsum([0] + [len(p.signature) for p in programs.values()], dtype=np.int32),
        argument_kinds=tuple(p.kinds() for p in programs.values()),
    )
