"""The static types of traced values, one object per type.

They are written as in `engines/vm/opcodes.def`: `I` int, bool or None, `P` pair of ints, `C` cell, `G` grid,
`X` Indices, `O` Object, `{e}` set, `[e]` tuple, `(e,f)` 2-tuple.
"""

from __future__ import annotations

from enum import IntEnum

from tokpidjin.compiler.unsupported import Unsupported

MAX_DEPTH = 4  # how deep the machine compares values


class Kind(IntEnum):
    """The outermost constructor of a type, numbered as in a program's type table."""

    INT = 0
    PAIR = 1
    CELL = 2
    GRID = 3
    INDICES = 4
    OBJECT = 5
    SET = 6
    TUPLE = 7
    TUPLE2 = 8


class Type:
    """One type; equal types are the same object, so compare with `is`.

    `first` and `second` are the parts of a set, tuple or 2-tuple. `id` is a negative number of its own,
    which keeps types and nodes apart where both are operands. A type used as an operand is its own `type`.
    """

    __slots__ = ("depth", "element", "first", "id", "is_patch", "is_set", "kind", "second", "text", "type")

    def __init__(self, kind: Kind, first: Type | None, second: Type | None, text: str, number: int) -> None:
        self.kind = kind
        self.first = first
        self.second = second
        self.text = text
        self.id = -1 - number
        self.type = self
        self.depth: int = 1 + max(part.depth if part else 0 for part in (first, second))
        self.is_patch = kind is Kind.INDICES or kind is Kind.OBJECT
        self.is_set = self.is_patch or kind is Kind.SET
        self.element: Type | None = first if kind in (Kind.SET, Kind.TUPLE) else None
        """What iterating over a value of this type gives, where that is one type."""

    def __repr__(self) -> str:
        return self.text


_interned: dict[tuple[Kind, Type | None, Type | None], Type] = {}


def _intern(kind: Kind, text: str, first: Type | None = None, second: Type | None = None) -> Type:
    known = _interned.get((kind, first, second))
    if known is not None:
        return known
    made = Type(kind, first, second, text, len(_interned))
    if made.depth > MAX_DEPTH:
        raise Unsupported(f"values nested too deeply: {text}")
    return _interned.setdefault((kind, first, second), made)


INT = _intern(Kind.INT, "I")
PAIR = _intern(Kind.PAIR, "P")
CELL = _intern(Kind.CELL, "C")
GRID = _intern(Kind.GRID, "G")
INDICES = _intern(Kind.INDICES, "X")
OBJECT = _intern(Kind.OBJECT, "O")
BASIC_TYPES = (INT, PAIR, CELL, GRID, INDICES, OBJECT)


def tuple_of(element: Type) -> Type:
    """The type of a tuple of any length."""
    return _intern(Kind.TUPLE, f"[{element}]", element)


def set_of(element: Type) -> Type:
    """The type of a set: Indices, Object or another."""
    if element is PAIR:
        return INDICES
    if element is CELL:
        return OBJECT
    return _intern(Kind.SET, f"{{{element}}}", element)


def two_of(first: Type, second: Type) -> Type:
    """The type of a 2-tuple: a pair of ints, a cell or another."""
    if first is INT and second is INT:
        return PAIR
    if first is INT and second is PAIR:
        return CELL
    return _intern(Kind.TUPLE2, f"({first},{second})", first, second)


ROW = tuple_of(INT)
ROWS = tuple_of(ROW)
PAIRS = tuple_of(PAIR)
CELLS = tuple_of(CELL)
INDICES.element = PAIR
OBJECT.element = CELL
GRID.element = ROW


def parts_of(kind: Type) -> tuple[Type, Type] | None:
    """The two element types of a pair, cell or 2-tuple."""
    if kind is PAIR:
        return INT, INT
    if kind is CELL:
        return INT, PAIR
    if kind.kind is Kind.TUPLE2:
        assert kind.first is not None
        assert kind.second is not None
        return kind.first, kind.second
    return None


def is_scalar(kind: Type) -> bool:
    """Whether the machine holds such a value in a register, not in memory."""
    return kind is INT or kind is PAIR or kind is CELL


def element_of(kind: Type, primitive: str) -> Type:
    """What iterating over such a value gives; Unsupported where that is nothing or no single type."""
    if kind.element is None:
        raise Unsupported(f"{primitive}: cannot iterate over {kind}")
    return kind.element
