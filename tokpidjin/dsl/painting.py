"""Grids painted over. What lies outside the grid is left out; an empty grid raises IndexError."""

from collections.abc import Collection
from operator import itemgetter
from typing import Any

from .canonical import in_order
from .colors import mostcolor
from .patches import locations, shift
from .types import Grid, Object, Pair, Patch

_location = itemgetter(1)


def fill(grid: Grid, value: int, patch: Patch) -> Grid:
    """The grid with one colour at the patch's locations.

    >>> fill(((0, 0), (0, 0)), 5, frozenset({(0, 1), (7, 7)}))
    ((0, 5), (0, 0))
    """
    height, width = len(grid), len(grid[0])
    rows = list(map(list, grid))
    for i, j in locations(patch):
        if 0 <= i < height and 0 <= j < width:
            rows[i][j] = value
    return tuple(map(tuple, rows))


def paint(grid: Grid, obj: Object) -> Grid:
    """The grid with the object's cells; of several cells at one location, the last one shows."""
    height, width = len(grid), len(grid[0])
    rows = list(map(list, grid))
    for color, (i, j) in _in_painting_order(obj):
        if 0 <= i < height and 0 <= j < width:
            rows[i][j] = color
    return tuple(map(tuple, rows))


def underfill(grid: Grid, value: int, patch: Patch) -> Grid:
    """The grid with one colour at those of the patch's locations that have the grid's most common colour."""
    height, width = len(grid), len(grid[0])
    background = mostcolor(grid)
    rows = list(map(list, grid))
    for i, j in locations(patch):
        if 0 <= i < height and 0 <= j < width and rows[i][j] == background:
            rows[i][j] = value
    return tuple(map(tuple, rows))


def underpaint(grid: Grid, obj: Object) -> Grid:
    """The grid with the object's cells, one by one, each where there still is the most common colour.

    >>> underpaint(((0, 1), (0, 0)), frozenset({(2, (0, 0)), (2, (0, 1))}))
    ((2, 1), (0, 0))
    """
    height, width = len(grid), len(grid[0])
    background = mostcolor(grid)
    rows = list(map(list, grid))
    for color, (i, j) in _in_painting_order(obj):
        if 0 <= i < height and 0 <= j < width and rows[i][j] == background:
            rows[i][j] = color
    return tuple(map(tuple, rows))


def _in_painting_order(obj: Collection[Any]) -> Collection[tuple[int, Pair]]:
    """The cells; sorted only where two of a set share a location, for else the order cannot show."""
    if isinstance(obj, frozenset) and len(set(map(_location, obj))) < len(obj):
        return in_order(obj)
    return obj


def cover(grid: Grid, patch: Patch) -> Grid:
    """The grid with its most common colour at the patch's locations."""
    return fill(grid, mostcolor(grid), patch)


def move(grid: Grid, obj: Object, offset: Pair) -> Grid:
    """The grid with the object covered and painted again at an offset.

    >>> move(((5, 0, 0),), frozenset({(5, (0, 0))}), (0, 2))
    ((0, 0, 5),)
    """
    return paint(cover(grid, obj), shift(obj, offset))
