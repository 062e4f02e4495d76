"""Programs as arrays, as the machine takes them; `engines/vm/bytecode.h` describes the same format."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tokpidjin.compiler.graph import NONE
from tokpidjin.compiler.types import BASIC_TYPES, Type

WORDS = 8
NO_REGISTER = 0x7FFF
SPECULATIVE = 256
MAX_REGISTERS = 8192
MAX_CONSTANTS = 32766
MAX_LOOPS = 8


@dataclass(frozen=True, eq=False)
class Bytecode:
    """The compiled solvers of a library.

    Attributes:
        names: the compiled solvers, in order; what follows is by position here.
        code: int16 (instructions, 8), all programs one behind the other.
        code_start: int32 (programs + 1), where each begins.
        consts: int64, the constants of all programs.
        const_start: int32 (programs + 1), where each program's begin.
        types: int32 (types, 3): kind and parts of each type that programs refer to.
        registers: int32 (programs), how many each needs.
        unsupported: reason by name of the solvers that stay with the `python` engine.
        graph_sizes: int32 (programs), values in each solver's graph.
    """

    names: tuple[str, ...]
    code: npt.NDArray[np.int16]
    code_start: npt.NDArray[np.int32]
    consts: npt.NDArray[np.int64]
    const_start: npt.NDArray[np.int32]
    types: npt.NDArray[np.int32]
    registers: npt.NDArray[np.int32]
    unsupported: dict[str, str]
    graph_sizes: npt.NDArray[np.int32]


class TypeTable:
    """The types that a library's programs refer to, numbered as they come; the basic ones come first."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, int]] = []
        self._numbers: dict[Type, int] = {}
        for kind in BASIC_TYPES:
            self.number(kind)

    def number(self, kind: Type) -> int:
        """The number of a type, which is entered where it is new."""
        known = self._numbers.get(kind)
        if known is not None:
            return known
        first = self.number(kind.first) if kind.first else 0
        second = self.number(kind.second) if kind.second else 0
        self._numbers[kind] = len(self.rows)
        self.rows.append((kind.kind, first, second))
        return self._numbers[kind]


def pack(value: int | tuple[int, int] | None) -> int:
    """A constant as a register holds it."""
    if isinstance(value, tuple):
        word = (pack(value[0]) & 0xFFFFFFFF) << 32 | (pack(value[1]) & 0xFFFFFFFF)
        return word - (1 << 64) if word >= 1 << 63 else word
    return NONE if value is None else value


@dataclass(slots=True)
class Program:
    """The code of one solver: flat instructions of 8 words, and constants."""

    words: list[int] = field(default_factory=list)
    constants: list[int] = field(default_factory=list)
    registers: int = 1
    graph_size: int = 0


def assemble(programs: dict[str, Program], table: TypeTable, unsupported: dict[str, str]) -> Bytecode:
    """All programs in one set of arrays."""
    every = list(programs.values())
    words = [word for program in every for word in program.words]
    constants = [constant for program in every for constant in program.constants]
    return Bytecode(
        names=tuple(programs),
        code=np.array(words, np.int16).reshape(-1, WORDS),
        code_start=_starts([len(program.words) // WORDS for program in every]),
        consts=np.array(constants, np.int64),
        const_start=_starts([len(program.constants) for program in every]),
        types=np.array(table.rows, np.int32),
        registers=np.array([program.registers for program in every], np.int32),
        unsupported=unsupported,
        graph_sizes=np.array([program.graph_size for program in every], np.int32),
    )


def _starts(lengths: list[int]) -> npt.NDArray[np.int32]:
    return np.cumsum([0, *lengths], dtype=np.int32)
