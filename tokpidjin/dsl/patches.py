"""Patches: sets of cells or of locations, made from grids, moved and recoloured."""

from collections.abc import Collection
from itertools import product
from typing import Any

from .types import Grid, Indices, Object, Pair, Patch


def is_object(patch: Collection[Any]) -> bool:
    """Whether a patch that is not empty holds cells, not bare locations."""
    return isinstance(next(iter(patch))[1], tuple)


def locations(patch: Collection[Any]) -> Collection[Pair]:
    """The locations of a patch; one with several colours comes several times."""
    if len(patch) and isinstance(next(iter(patch))[1], tuple):
        return [location for _, location in patch]
    return patch


def asindices(grid: Grid) -> Indices:
    """All locations of a grid.

    >>> sorted(asindices(((7, 7),)))
    [(0, 0), (0, 1)]
    """
    width = len(grid[0]) if len(grid) else 0
    return frozenset(product(range(len(grid)), range(width)))


def asobject(grid: Grid) -> Object:
    """All cells of a grid."""
    return frozenset([(color, (i, j)) for i, row in enumerate(grid) for j, color in enumerate(row)])


def ofcolor(grid: Grid, value: int) -> Indices:
    """The locations of a colour.

    >>> sorted(ofcolor(((0, 3), (3, 0)), 3))
    [(0, 1), (1, 0)]
    """
    return frozenset(
        [
            (i, j)
            for i, row in enumerate(grid)
            if value in row
            for j, color in enumerate(row)
            if color == value
        ]
    )


def toindices(patch: Patch) -> Indices:
    """The locations of a patch, without colours."""
    if len(patch) == 0:
        return frozenset()
    return frozenset([location for _, location in patch]) if is_object(patch) else patch


def toobject(patch: Patch, grid: Grid) -> Object:
    """The grid's cells at the patch's locations; those outside the grid are left out.

    Raises IndexError for an empty grid.
    """
    height, width = len(grid), len(grid[0])
    return frozenset(
        [(grid[i][j], (i, j)) for i, j in locations(patch) if 0 <= i < height and 0 <= j < width]
    )


def recolor(value: int, patch: Patch) -> Object:
    """The patch's locations as cells of one colour."""
    return frozenset(product((value,), locations(patch)))


def shift(patch: Patch, directions: Pair) -> Patch:
    """The patch moved by an offset.

    >>> sorted(shift(frozenset({(0, 0), (1, 2)}), (1, -1)))
    [(1, -1), (2, 1)]
    """
    if len(patch) == 0:
        return patch
    di, dj = directions
    if is_object(patch):
        return frozenset([(color, (i + di, j + dj)) for color, (i, j) in patch])
    return frozenset([(i + di, j + dj) for i, j in patch])


def normalize(patch: Patch) -> Patch:
    """The patch moved so that its bounding box starts at the origin."""
    if len(patch) == 0:
        return patch
    rows, columns = zip(*locations(patch), strict=True)
    return shift(patch, (-min(rows), -min(columns)))
