"""Values of any type in the machine's own form: arguments on their way in, results on their way out.

A value is a slot of 64 bits: an int, a pair or a cell itself, or the place of an object. Objects are those of
`vm/values.h`: a Grid is h, w and colour bytes; Indices and Object are n and sorted packed cells; a tuple or another
set is n and slots. All of them lie in one block of memory, at places that are multiples of eight; no address is in
it, so any engine can take it where it likes, after adding that address to the slots which `pointers` names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from tokpidjin.compiler.graph import LARGEST, MISSING, NONE
from tokpidjin.compiler.types import (
    CELL,
    CELLS,
    GRID,
    INDICES,
    INT,
    MAX_DEPTH,
    OBJECT,
    PAIR,
    PAIRS,
    ROW,
    ROWS,
    Kind,
    Type,
    set_of,
    tuple_of,
    two_of,
)
from tokpidjin.dsl.canonical import in_order
from tokpidjin.engines.requests import LONGEST_SIDE
from tokpidjin.errors import ParameterError

__all__ = ["Arguments", "Unfit", "Writer", "likely_types", "read_values", "types_of"]

Ints = npt.NDArray[np.int64]

_COORDINATE_BIAS = 2048
_COLOR_BIAS = 4
_BYTE_NONE = 0
_NONE_CODE = 252
_LEAST_COLOR, _GREATEST_COLOR = -3, 251
_HEADER = 8
_NUMBERS = frozenset({int, bool, type(None)})
_UNKNOWN_TUPLES = (GRID, ROW, PAIRS, CELLS, tuple_of(OBJECT), tuple_of(INDICES), tuple_of(GRID))
_UNKNOWN_SETS = (INDICES, OBJECT, set_of(OBJECT), set_of(INT), set_of(INDICES))


class Unfit(Exception):
    """A value that the machine cannot hold, or not as that type."""


@dataclass(frozen=True, eq=False)
class Arguments:
    """The arguments of n calls: uint8 `block`; int64 `starts` (n), where each call's slots begin in it; int64
    `pointers`, the numbers of the 8-byte words that hold places; `kinds`, for each program the types of its arguments.
    """

    block: npt.NDArray[np.uint8]
    starts: Ints
    pointers: Ints
    kinds: tuple[tuple[Type, ...], ...]

    def __len__(self) -> int:
        return len(self.starts)

    def of(self, calls: npt.NDArray[np.intp]) -> "Arguments":
        """The arguments of some of the calls, in the same block."""
        return Arguments(self.block, self.starts[calls], self.pointers, self.kinds)


# Which types values can have


def types_of(values: Sequence[Any]) -> list[Type]:
    """The types that all these values can have together, likelier ones first; none where they differ.

    Only their make-up is looked at: whether the numbers fit shows when they are written.

    >>> types_of([((0, 1), (2, 3))])
    [G, [P], [[I]], (P,P), (P,[I]), ([I],P), ([I],[I])]
    >>> types_of([1, (1, 2)])
    []
    """
    return _types(values, MAX_DEPTH)


def likely_types(values: Sequence[Any]) -> list[Type]:
    """The same, but of what begins like grids it is not looked at the rest: writing them finds out."""
    some: Any = next(iter(values), None)
    for _ in range(2):
        some = some[0] if isinstance(some, tuple) and some else None
    return [GRID] if isinstance(some, int) else types_of(values)


def _types(values: Sequence[Any], depth: int) -> list[Type]:
    found = set(map(type, values))
    if found <= _NUMBERS:
        return [INT]
    if depth == 0 or len(found) > 1:
        return []
    if found == {tuple}:
        return [kind for kind in _tuple_types(values, depth) if kind.depth <= depth]
    if found == {frozenset}:
        elements = list(chain.from_iterable(values))
        if not elements:
            return [kind for kind in _UNKNOWN_SETS if kind.depth <= depth]
        within = [kind for kind in _types(elements, depth) if kind.depth < depth or kind in (PAIR, CELL)]
        return [set_of(kind) for kind in within]
    return []


def _tuple_types(values: Sequence[Any], depth: int) -> list[Type]:
    elements = list(chain.from_iterable(values))
    if not elements:
        return list(_UNKNOWN_TUPLES)
    two = set(map(len, values)) == {2}
    within = _types(elements, depth - 1)
    if within == [INT]:
        return [PAIR, ROW] if two else [ROW]
    found = [tuple_of(kind) for kind in within if kind.depth < depth]
    if ROWS in found:
        found.insert(0, GRID)
    if two:
        firsts = _types([value[0] for value in values], depth - 1)
        seconds = _types([value[1] for value in values], depth - 1)
        found += [two_of(a, b) for a in firsts for b in seconds]
    return list(dict.fromkeys(found))


# Writing


class Writer:
    """Puts the arguments of calls into one block. Whoever writes a column as types that do not fit gets Unfit."""

    def __init__(self) -> None:
        self._pieces: list[npt.NDArray[Any]] = []
        self._bytes = 0
        self._pointers: list[Ints] = []
        self._starts: list[Ints] = []

    def calls(self, kinds: Sequence[Type], columns: Sequence[Sequence[Any]], count: int) -> None:
        """Write the arguments of `count` calls; a column of one value is that of all of them."""
        slots = np.empty((count, len(kinds)), np.int64)
        for k, (kind, column) in enumerate(zip(kinds, columns, strict=True)):
            slots[:, k] = self._column(kind, column)
        are_places = np.array([_is_object(kind) for kind in kinds])
        start = self._put_slots(slots.ravel(), np.tile(are_places, count))
        self._starts.append(start + 8 * len(kinds) * np.arange(count))

    def arguments(self, kinds: tuple[tuple[Type, ...], ...]) -> Arguments:
        """All that was written, for programs whose arguments have those types."""
        none = np.zeros(0, np.int64)
        block = [piece.view(np.uint8) for piece in self._pieces]
        return Arguments(
            np.concatenate([none.view(np.uint8), *block]),
            np.concatenate([none, *self._starts]),
            np.concatenate([none, *self._pointers]),
            kinds,
        )

    def _put(self, piece: npt.NDArray[Any]) -> int:
        """The place of a piece, whose size is a multiple of eight bytes."""
        start = self._bytes
        self._pieces.append(piece)
        self._bytes += piece.nbytes
        return start

    def _put_slots(self, slots: Ints, are_places: npt.NDArray[np.bool_]) -> int:
        start = self._put(slots)
        self._pointers.append(start // 8 + np.flatnonzero(are_places))
        return start

    def _column(self, kind: Type, values: Sequence[Any]) -> Ints:
        """The slots of values of one type, after their objects have been put."""
        if kind is INT:
            return _numbers(values)
        if kind is PAIR:
            return _packed_pairs(_two_numbers(values))
        if kind is CELL:
            return _packed_cells(values).astype(np.int64)
        if kind is GRID:
            return self._grids(values)
        if kind is INDICES:
            return self._patches(values, _packed_locations(_pairs_of(chain.from_iterable(values))))
        if kind is OBJECT:
            return self._patches(values, _packed_cells(list(chain.from_iterable(values))))
        if kind.kind is Kind.TUPLE2:
            return self._twos(kind, values)
        if kind.kind is Kind.SET:
            values = [in_order(value) for value in values]
        return self._lists(kind, values)

    def _lists(self, kind: Type, values: Sequence[Any]) -> Ints:
        assert kind.first is not None
        items = self._column(kind.first, list(chain.from_iterable(values)))
        lengths = _lengths(values)
        starts = _starts(lengths + 1)
        words = np.zeros(len(items) + len(lengths), np.int64)
        words[starts] = lengths
        places = np.zeros(len(words), np.bool_)
        at = _spans(starts + 1, lengths)
        words[at] = items
        places[at] = _is_object(kind.first)
        return self._put_slots(words, places) + 8 * starts

    def _twos(self, kind: Type, values: Sequence[Any]) -> Ints:
        assert kind.first is not None
        assert kind.second is not None
        if any(len(value) != 2 for value in values):
            raise Unfit
        words = np.full((len(values), 3), 2, np.int64)
        words[:, 1] = self._column(kind.first, [value[0] for value in values])
        words[:, 2] = self._column(kind.second, [value[1] for value in values])
        places = np.array([False, _is_object(kind.first), _is_object(kind.second)])
        start = self._put_slots(words.ravel(), np.tile(places, len(values)))
        return start + 24 * np.arange(len(values))

    def _patches(self, values: Sequence[Any], packed: npt.NDArray[np.uint32]) -> Ints:
        lengths = _lengths(values)
        if lengths.sum() != len(packed):
            raise Unfit
        # Each set's cells in ascending order, which is canonical.
        keys = np.repeat(np.arange(len(lengths)), lengths) << 32 | packed.astype(np.int64)
        keys.sort()
        starts = _starts(2 + (lengths + 1) // 2 * 2)
        words = np.zeros(int((2 + (lengths + 1) // 2 * 2).sum()), np.uint32)
        words[starts] = lengths
        words[_spans(starts + 2, lengths)] = keys & 0xFFFFFFFF
        return self._put(words) + 4 * starts

    def _grids(self, values: Sequence[Any]) -> Ints:
        if {tuple}.union(map(type, values)) != {tuple}:
            raise Unfit
        rows = list(chain.from_iterable(values))
        if {tuple}.union(map(type, rows)) != {tuple}:
            raise Unfit
        heights = _lengths(values)
        widths = np.array([len(value[0]) if value else 0 for value in values], np.int64)
        if not np.array_equal(_lengths(rows), np.repeat(widths, heights)):
            raise Unfit  # ragged
        if max(heights.max(initial=0), widths.max(initial=0)) > LONGEST_SIDE:
            raise Unfit
        areas = heights * widths
        starts = _starts(_HEADER + (areas + 7) // 8 * 8)
        block = np.zeros(int((_HEADER + (areas + 7) // 8 * 8).sum()), np.uint8)
        block.view(np.int32)[starts // 4] = heights
        block.view(np.int32)[starts // 4 + 1] = widths
        block[_spans(starts + _HEADER, areas)] = _color_bytes(rows)
        return self._put(block) + starts


def _is_object(kind: Type) -> bool:
    return not (kind is INT or kind is PAIR or kind is CELL)


def _lengths(values: Sequence[Any]) -> Ints:
    return np.fromiter(map(len, values), np.int64, len(values))


def _starts(sizes: Ints) -> Ints:
    return np.cumsum(sizes) - sizes


def _spans(starts: Ints, lengths: Ints) -> Ints:
    """starts[0], starts[0] + 1, ... for lengths[0] numbers, then from starts[1] on, and so forth."""
    return np.repeat(starts - _starts(lengths), lengths) + np.arange(int(lengths.sum()))


def _numbers(values: Sequence[Any]) -> Ints:
    try:
        array = np.array(values, np.int64).reshape(len(values))
    except TypeError:  # None is among them
        if NONE in values:
            raise Unfit from None
        array = np.array([NONE if value is None else value for value in values], np.int64)
        return _checked(array, NONE)
    except (ValueError, OverflowError):
        raise Unfit from None
    return _checked(array, -LARGEST)


def _checked(array: Ints, least: int) -> Ints:
    if array.size and (array.min() < least or array.max() > LARGEST):
        raise Unfit
    return array


def _two_numbers(pairs: Sequence[Any]) -> Ints:
    flat = list(chain.from_iterable(pairs))
    if len(flat) != 2 * len(pairs):
        raise Unfit
    return _numbers(flat).reshape(-1, 2)


def _pairs_of(pairs: Any) -> Ints:
    try:
        return np.fromiter(chain.from_iterable(pairs), np.int64).reshape(-1, 2)
    except (TypeError, ValueError, OverflowError):
        raise Unfit from None


def _packed_pairs(pairs: Ints) -> Ints:
    return pairs[:, 0] << 32 | (pairs[:, 1] & 0xFFFFFFFF)


def _packed_locations(pairs: Ints) -> npt.NDArray[np.uint32]:
    biased = pairs + _COORDINATE_BIAS
    if biased.size and (biased.min() < 0 or biased.max() >= 2 * _COORDINATE_BIAS):
        raise Unfit
    return (biased[:, 0] << 20 | biased[:, 1] << 8).astype(np.uint32)


def _packed_cells(cells: Sequence[Any]) -> npt.NDArray[np.uint32]:
    locations = _packed_locations(_pairs_of([location for _, location in cells]))
    if len(locations) != len(cells):
        raise Unfit
    return locations | _bytes_of_colors([color for color, _ in cells])


def _bytes_of_colors(values: Sequence[Any]) -> npt.NDArray[np.uint8]:
    colors = _numbers(values)
    known = (colors >= _LEAST_COLOR) & (colors <= _GREATEST_COLOR)
    if not (known | (colors == NONE)).all():
        raise Unfit
    return np.where(known, colors + _COLOR_BIAS, _BYTE_NONE).astype(np.uint8)


def _color_bytes(rows: Sequence[Any]) -> npt.NDArray[np.uint8]:
    """The colours of rows, one behind the other, as the machine has them."""
    try:
        codes = b"".join(map(bytes, rows))
    except (TypeError, ValueError):  # None or a negative colour
        cells = list(chain.from_iterable(rows))
        if not _NUMBERS.issuperset(map(type, cells)):
            raise Unfit from None
        return _bytes_of_colors(cells)
    colors = np.frombuffer(codes, np.uint8)
    if colors.max(initial=0) > _GREATEST_COLOR:
        raise Unfit
    return colors + np.uint8(_COLOR_BIAS)


# Reading


def read_values(kind: Type, block: npt.NDArray[np.uint8], starts: Ints) -> list[Any]:
    """Values of one type, each in a piece of its own that begins at `starts` with its slot (see `vm/export.h`).

    Raises ParameterError where a piece is not whole.
    """
    if block.nbytes % 8:
        raise _damaged()
    reader = _Reader(np.ascontiguousarray(block))
    return reader.column(
        kind, reader.items(reader.words, starts // 8, np.ones(len(starts), np.int64)), starts
    )


def _damaged() -> ParameterError:
    cause = "an object lies outside of the block"
    return ParameterError(
        "values", cause=cause, remedy="Read the outputs of one run whole.", parameter="block"
    )


class _Reader:
    """The block as words of each size. In what follows `bases` are the starts of the pieces that slots are in."""

    def __init__(self, block: npt.NDArray[np.uint8]) -> None:
        self.bytes = block
        self.halves = block.view(np.uint32)
        self.words = block.view(np.int64)

    def lengths(self, places: Ints, which: int = 0) -> Ints:
        """What the headers of objects say; none is longer than the block."""
        lengths = self.items(self.halves, places // 4 + which, np.ones(len(places), np.int64)).astype(
            np.int64
        )
        if lengths.max(initial=0) > len(self.bytes) or (places % 8).any():
            raise _damaged()
        return lengths

    def items(self, array: npt.NDArray[Any], starts: Ints, lengths: Ints) -> npt.NDArray[Any]:
        """That many items from each start, one behind the other. Objects do not overlap."""
        ends = starts + lengths
        if starts.min(initial=0) < 0 or max(ends.max(initial=0), lengths.sum()) > len(array):
            raise _damaged()
        return array[_spans(starts, lengths)]

    def column(self, kind: Type, slots: Ints, bases: Ints) -> list[Any]:
        if kind is INT:
            return _numbers_of(slots)
        if kind is PAIR:
            return _pairs_in(slots)
        if kind is CELL:
            return _cells_in(slots.astype(np.uint32))
        if kind is GRID:
            return self._grids(slots + bases)
        if kind is INDICES or kind is OBJECT:
            return self._patches(kind, slots + bases)
        if kind.kind is Kind.TUPLE2:
            return self._twos(kind, slots + bases, bases)
        return self._lists(kind, slots + bases, bases)

    def _lists(self, kind: Type, places: Ints, bases: Ints) -> list[Any]:
        assert kind.first is not None
        lengths = self.lengths(places)
        slots = self.items(self.words, places // 8 + 1, lengths)
        items = self.column(kind.first, slots, np.repeat(bases, lengths))
        return _cut(items, lengths, frozenset if kind.kind is Kind.SET else tuple)

    def _twos(self, kind: Type, places: Ints, bases: Ints) -> list[Any]:
        assert kind.first is not None
        assert kind.second is not None
        slots = self.items(self.words, places // 8 + 1, np.full(len(places), 2)).reshape(-1, 2)
        firsts = self.column(kind.first, slots[:, 0], bases)
        seconds = self.column(kind.second, slots[:, 1], bases)
        return list(zip(firsts, seconds, strict=True))

    def _patches(self, kind: Type, places: Ints) -> list[Any]:
        lengths = self.lengths(places)
        packed = self.items(self.halves, places // 4 + 2, lengths)
        cells = _locations_in(packed) if kind is INDICES else _cells_in(packed)
        return _cut(cells, lengths, frozenset)

    def _grids(self, places: Ints) -> list[Any]:
        heights, widths = self.lengths(places), self.lengths(places, 1)
        areas = heights * widths
        codes = self.items(self.bytes, places + _HEADER, areas) - np.uint8(_COLOR_BIAS)
        cells: Any = codes.tobytes()
        if codes.size and codes.max() >= _NONE_CODE:
            cells = [
                None if code == _NONE_CODE else code - 256 if code > _NONE_CODE else code for code in cells
            ]
        shapes = zip(_starts(areas).tolist(), heights.tolist(), widths.tolist(), strict=True)
        return [_grid(cells, start, h, w) for start, h, w in shapes]


def _grid(cells: Any, start: int, h: int, w: int) -> tuple[tuple[Any, ...], ...]:
    if w == 0:
        return ((),) * h
    return tuple([tuple(cells[at : at + w]) for at in range(start, start + h * w, w)])


def _cut(items: list[Any], lengths: Ints, make: type) -> list[Any]:
    ends = np.cumsum(lengths)
    return [
        make(items[start:end]) for start, end in zip((ends - lengths).tolist(), ends.tolist(), strict=True)
    ]


def _numbers_of(slots: Ints) -> list[Any]:
    numbers: list[Any] = slots.tolist()
    if slots.size and slots.min() <= NONE:
        return [None if number == NONE else number for number in numbers]
    return numbers


def _pairs_in(slots: Ints) -> list[Any]:
    first, second = slots >> 32, slots.astype(np.int32).astype(np.int64)
    pairs: list[Any] = list(zip(_numbers_of(first), _numbers_of(second), strict=True))
    if slots.size and first.min() == MISSING:
        return [() if pair[0] == MISSING else pair for pair in pairs]
    return pairs


def _locations_in(packed: npt.NDArray[np.uint32]) -> list[Any]:
    rows = (packed >> 20).astype(np.int64) - _COORDINATE_BIAS
    columns = (packed >> 8 & 4095).astype(np.int64) - _COORDINATE_BIAS
    return list(zip(rows.tolist(), columns.tolist(), strict=True))


def _cells_in(packed: npt.NDArray[np.uint32]) -> list[Any]:
    codes = (packed & 255).astype(np.int64)
    colors: Any = (codes - _COLOR_BIAS).tolist()
    if codes.size and codes.min() == _BYTE_NONE:
        colors = [None if color == -_COLOR_BIAS else color for color in colors]
    return list(zip(colors, _locations_in(packed), strict=True))
