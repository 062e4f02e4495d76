"""Turning and mirroring grids, and patches within their bounding box."""

from typing import TypeVar

from .bounds import edges, ulcorner
from .patches import is_object
from .types import Grid, Patch, Piece

P = TypeVar("P", bound=Piece)


def rot90(grid: Grid) -> Grid:
    """The grid turned a quarter clockwise.

    >>> rot90(((1, 2), (3, 4)))
    ((3, 1), (4, 2))
    """
    return tuple(zip(*grid[::-1], strict=False))


def rot180(grid: Grid) -> Grid:
    """The grid turned by half."""
    return tuple([row[::-1] for row in grid[::-1]])


def rot270(grid: Grid) -> Grid:
    """The grid turned a quarter anticlockwise."""
    return tuple(zip(*grid, strict=False))[::-1]


def hmirror(piece: Piece) -> Piece:
    """Upside down. Raises ValueError when it is an empty patch."""
    if isinstance(piece, tuple):
        return piece[::-1]
    top, _, bottom, _ = edges(piece)
    across = top + bottom
    if is_object(piece):
        return frozenset([(color, (across - i, j)) for color, (i, j) in piece])
    return frozenset([(across - i, j) for i, j in piece])


def vmirror(piece: Piece) -> Piece:
    """Left to right. Raises ValueError when it is an empty patch.

    >>> vmirror(((1, 2), (3, 4)))
    ((2, 1), (4, 3))
    """
    if isinstance(piece, tuple):
        return tuple([row[::-1] for row in piece])
    _, left, _, right = edges(piece)
    across = left + right
    if is_object(piece):
        return frozenset([(color, (i, across - j)) for color, (i, j) in piece])
    return frozenset([(i, across - j) for i, j in piece])


def dmirror(piece: Piece) -> Piece:
    """Rows as columns; the upper left corner stays. Raises ValueError when it is an empty patch.

    >>> dmirror(((1, 2), (3, 4)))
    ((1, 3), (2, 4))
    """
    if isinstance(piece, tuple):
        return tuple(zip(*piece, strict=False))
    top, left = ulcorner(piece)
    return _swapped(piece, 1, top - left, left - top)


def cmirror(piece: Piece) -> Piece:
    """Mirrored at the other diagonal; the upper left corner stays. Raises ValueError for an empty patch.

    >>> cmirror(((1, 2), (3, 4)))
    ((4, 2), (3, 1))
    """
    if isinstance(piece, tuple):
        return tuple(zip(*[row[::-1] for row in piece[::-1]], strict=False))
    top, left, bottom, right = edges(piece)
    return _swapped(piece, -1, top + right, left + bottom)


def _swapped(patch: Patch, sign: int, rows: int, columns: int) -> Patch:
    """Each (i, j) as (rows + sign * j, columns + sign * i)."""
    if is_object(patch):
        return frozenset([(color, (rows + sign * j, columns + sign * i)) for color, (i, j) in patch])
    return frozenset([(rows + sign * j, columns + sign * i) for i, j in patch])
