"""Programs as arrays, as the machine takes them; `engines/vm/bytecode.h` describes the same format."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from tokpidjin.compiler.graph import NONE
from tokpidjin.compiler.types import BASIC_TYPES, Kind, Type

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

WORDS = 8
NO_REGISTER = 0x7FFF
SPECULATIVE = 256
MAX_REGISTERS = 8192
MAX_CONSTANTS = 32766
MAX_LOOPS = 8


class TypeTable:
    """The types that a library's programs refer to, numbered as they come; the basic ones come first."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, int]] = []
        self.kinds: list[Type] = []
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
        self.kinds.append(kind)
        self.rows.append((kind.kind, first, second))
        return self._numbers[kind]


def pack(value: int | tuple[int, int] | None) -> int:
    """A constant as a register holds it."""
    if isinstance(value, tuple):
        word = (pack(value[0]) & 0xFFFFFFFF) << 32 | (pack(value[1]) & 0xFFFFFFFF)
        return word - (1 << 64) if word >= 1 << 63 else word
    return NONE if value is None else value


class Program:
    """The code of one solver: flat instructions of 8 words, and constants.

    `signature` holds the type numbers of the arguments, then that of the result.
    """

    __slots__ = ("constants", "graph_size", "registers", "signature", "words")

    def __init__(self) -> None:
        self.words: list[int] = []
        self.constants: list[int] = []
        self.registers = 1
        self.graph_size = 0
        self.signature: tuple[int, ...] = (Kind.GRID, Kind.GRID)


class Bytecode:
    """The compiled solvers of a library: `names` in order, and arrays that go by their positions.

    `unsupported` gives the reason for each solver, by name, that stays with the `python` engine. The arrays are
    made when they are first asked for: compiling alone does not need numpy, which takes as long to import as two
    hundred solvers take to compile.
    """

    def __init__(self, programs: dict[str, Program], table: TypeTable, unsupported: dict[str, str]) -> None:
        self.names = tuple(programs)
        self.unsupported = unsupported
        self._programs = list(programs.values())
        self._table = table

    @cached_property
    def code(self) -> npt.NDArray[np.int16]:
        """int16 (instructions, 8): all programs one behind the other."""
        import numpy as np

        words = [word for program in self._programs for word in program.words]
        return np.array(words, np.int16).reshape(-1, WORDS)

    @cached_property
    def code_start(self) -> npt.NDArray[np.int32]:
        """int32 (programs + 1): the instruction at which each begins."""
        return _starts([len(program.words) // WORDS for program in self._programs])

    @cached_property
    def consts(self) -> npt.NDArray[np.int64]:
        """int64: the constants of all programs."""
        import numpy as np

        return np.array([constant for program in self._programs for constant in program.constants], np.int64)

    @cached_property
    def const_start(self) -> npt.NDArray[np.int32]:
        """int32 (programs + 1): where each program's constants begin."""
        return _starts([len(program.constants) for program in self._programs])

    @cached_property
    def types(self) -> npt.NDArray[np.int32]:
        """int32 (types, 3): kind and parts of each type that programs refer to."""
        return _whole_numbers(self._table.rows)

    @cached_property
    def registers(self) -> npt.NDArray[np.int32]:
        """int32 (programs): how many registers each needs."""
        return _whole_numbers([program.registers for program in self._programs])

    @cached_property
    def signatures(self) -> npt.NDArray[np.int32]:
        """int32: the types of each program's arguments and then of its result, one program behind the other."""
        return _whole_numbers([kind for program in self._programs for kind in program.signature])

    @cached_property
    def signature_start(self) -> npt.NDArray[np.int32]:
        """int32 (programs + 1): where each program's signature begins."""
        return _starts([len(program.signature) for program in self._programs])

    @property
    def argument_kinds(self) -> tuple[tuple[Type, ...], ...]:
        """The types of each program's arguments."""
        kinds = self._table.kinds
        return tuple(
            [tuple([kinds[number] for number in program.signature[:-1]]) for program in self._programs]
        )

    @property
    def result_kinds(self) -> tuple[Type, ...]:
        """The type of each program's result."""
        return tuple([self._table.kinds[program.signature[-1]] for program in self._programs])

    @cached_property
    def graph_sizes(self) -> npt.NDArray[np.int32]:
        """int32 (programs): values in each solver's graph."""
        return _whole_numbers([program.graph_size for program in self._programs])


def _whole_numbers(values: Sequence[object]) -> npt.NDArray[np.int32]:
    import numpy as np

    return np.array(values, np.int32)


def _starts(lengths: list[int]) -> npt.NDArray[np.int32]:
    return _whole_numbers([0, *accumulate(lengths)])
