"""The values that a solver handles, described: what they are in words, and as drawings where they have places."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tokpidjin.dsl import canonical
from tokpidjin.dsl.canonical import in_order

__all__ = ["LOCATION", "NOTHING", "NO_COLOUR", "Drawing", "Value", "describe"]

NO_COLOUR, NOTHING, LOCATION = 10, 11, 12
"""What a drawn cell can be besides a colour: a cell whose value is none, no cell, a location without a colour."""

_LONGEST_SIDE = 64
_MOST_ELEMENTS = 5_000
_MOST_DRAWINGS = 12
_MOST_LISTED = 12
_MOST_TEXT = 160
_DEEPEST = 4
_LANGUAGE = canonical.__name__.rpartition(".")[0]


@dataclass(frozen=True, eq=False)
class Drawing:
    """Cells to draw: `colours` uint8 (h, w); `parts` int16 (h, w), the number of the patch that a cell is of.

    Colours are 0 to 9, NO_COLOUR, NOTHING and LOCATION. A cell of no patch has the part -1.
    """

    colours: NDArray[np.uint8]
    parts: NDArray[np.int16]


@dataclass(frozen=True)
class Value:
    """A value in words, and its drawings: one for a grid, a patch or patches that do not overlap, else several."""

    text: str
    drawings: tuple[Drawing, ...] = field(default=(), repr=False)


def describe(value: Any, shape: tuple[int, int]) -> Value:
    """What a value of the language is; patches are drawn on the place of a grid of this shape (rows, columns).

    Types are seen by form: two rows or more of two ints each are drawn as a grid, though they may be locations.

    >>> describe(frozenset({(3, (0, 1)), (3, (1, 1))}), (3, 3)).text
    'object of 2 cells'
    >>> describe((1, 2), (3, 3))
    Value(text='(1, 2)')
    """
    if isinstance(value, tuple | frozenset) and 0 < len(value) <= _MOST_ELEMENTS:
        drawn = _grid(value) or _patch(value, shape) or _collection(value, shape)
        if drawn:
            return drawn
    return Value(_text(value))


def _grid(value: Collection[Any]) -> Value | None:
    if not _is_grid(value):
        return None
    cells = [
        [cell if cell is not None and 0 <= cell < NO_COLOUR else NO_COLOUR for cell in row] for row in value
    ]
    colours = np.array(cells, np.uint8)
    return Value(f"grid {colours.shape[0]}x{colours.shape[1]}", (Drawing(colours, _no_parts(colours.shape)),))


def _is_grid(value: Any) -> bool:
    if not isinstance(value, tuple) or not value or {*map(type, value)} != {tuple}:
        return False
    widths = {*map(len, value)}
    kinds = {*map(type, chain.from_iterable(value))}
    sides = len(value), *widths
    return len(widths) == 1 and 0 < max(sides) <= _LONGEST_SIDE and bool(kinds) and kinds <= {int, type(None)}


def _patch(value: Collection[Any], shape: tuple[int, int]) -> Value | None:
    cells = _cells(value)
    if not cells:
        return None
    drawn = _on_canvas([cells], shape)
    where = _extent(cells) if drawn is None or drawn.colours.shape != shape else ""
    what = f"{_kind(value)} of {_count(len(cells), 'cell')}{where}"
    return Value(what, () if drawn is None else (drawn,))


def _cells(value: Any) -> dict[tuple[int, int], int]:
    """The places of a patch with what is drawn there; empty for what is none."""
    if not isinstance(value, frozenset) or len(value) > _MOST_ELEMENTS:
        return {}
    if all(map(_is_location, value)):
        return dict.fromkeys(value, LOCATION)
    if all(isinstance(cell, tuple) and len(cell) == 2 and _is_location(cell[1]) for cell in value):
        return {
            place: colour if isinstance(colour, int) and 0 <= colour < NO_COLOUR else NO_COLOUR
            for colour, place in value
        }
    return {}


def _is_location(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and type(value[0]) is type(value[1]) is int


def _extent(cells: Iterable[tuple[int, int]]) -> str:
    (top, bottom), (left, right) = ((min(side), max(side)) for side in zip(*cells, strict=True))
    return f", rows {top} to {bottom}, columns {left} to {right}"


def _on_canvas(patches: Sequence[dict[tuple[int, int], int]], shape: tuple[int, int]) -> Drawing | None:
    """Patches on the place of the grid, or on their own where they leave it; None where that is too large."""
    places = np.array([place for cells in patches for place in cells])
    low, high = places.min(axis=0), places.max(axis=0)
    if (low >= 0).all() and (high < shape).all():
        low, high = np.zeros(2, int), np.array(shape) - 1
    if (high - low).max() >= _LONGEST_SIDE:
        return None
    colours = np.full(high - low + 1, NOTHING, np.uint8)
    parts = _no_parts(colours.shape)
    for part, cells in enumerate(patches):
        rows, columns = (np.array([*cells]) - low).T
        colours[rows, columns] = [*cells.values()]
        parts[rows, columns] = part
    return Drawing(colours, parts)


def _no_parts(shape: tuple[int, ...]) -> NDArray[np.int16]:
    return np.full(shape, -1, np.int16)


def _collection(value: Collection[Any], shape: tuple[int, int]) -> Value | None:
    """Grids or patches: on one canvas where they are patches that do not overlap, else each on its own."""
    elements = [*in_order(value)]
    kinds = {*map(_kind, elements)}
    if not kinds <= {"grid", "object", "patch"}:
        return None
    noun = kinds.pop() if len(kinds) == 1 else "value"
    text = f"{_kind(value)} of {_count(len(elements), noun)}"
    patches = [*map(_cells, elements)]
    together = _on_canvas(patches, shape) if all(patches) and _are_apart(patches) else None
    if together:
        return Value(text, (together,))
    shown = [_grid(element) or _patch(element, shape) for element in elements[:_MOST_DRAWINGS]]
    rest = f", the first {_MOST_DRAWINGS} drawn" if len(elements) > _MOST_DRAWINGS else ""
    return Value(text + rest, tuple(drawing for one in shown if one for drawing in one.drawings))


def _are_apart(patches: Sequence[Collection[Any]]) -> bool:
    return len(set().union(*patches)) == sum(map(len, patches))


def _kind(value: Any) -> str:
    if _is_grid(value):
        return "grid"
    cells = _cells(value)
    if cells:
        return "patch" if LOCATION in cells.values() else "object"
    return "set" if isinstance(value, frozenset) else type(value).__name__


def _count(number: int, noun: str) -> str:
    plural = f"{noun}es" if noun.endswith("ch") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def _text(value: Any) -> str:
    text = _listed(value, _DEEPEST)
    return text if len(text) <= _MOST_TEXT else f"{text[: _MOST_TEXT - 3]}..."


def _listed(value: Any, depth: int) -> str:
    """A value written out, sets in canonical order, as far as there is room."""
    if callable(value):
        return _function(value)
    if not isinstance(value, tuple | frozenset):
        return repr(value) if isinstance(value, int | str | None) else f"a {type(value).__name__}"
    if isinstance(value, frozenset) and not value:
        return "empty set"
    if not depth or len(value) > _MOST_ELEMENTS:
        return f"a {_kind(value)} of {_count(len(value), 'element')}"
    parts = [_listed(part, depth - 1) for part in islice(in_order(value), _MOST_LISTED)]
    if len(value) > _MOST_LISTED:
        parts.append(f"... {len(value):,} in all")
    inside = ", ".join(parts)
    if isinstance(value, frozenset):
        return f"{{{inside}}}"
    return f"({inside},)" if len(parts) == 1 else f"({inside})"


def _function(value: Callable[..., Any]) -> str:
    """Which primitive it is, or was made by; any other is just a function."""
    if not getattr(value, "__module__", "").startswith(_LANGUAGE):
        return "a function"
    maker, made, _ = value.__qualname__.partition(".<locals>.")
    return f"a function made by {maker}" if made else f"function {maker}"
