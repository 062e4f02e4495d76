"""The bounding box of a piece: where it lies, how large it is, what form it has.

An empty patch has no box: its edges raise ValueError, its corners are `()`, its height and width are 0.
"""

from collections.abc import Callable

from .patches import is_object, locations, toindices
from .types import Grid, Indices, Pair, Patch, Piece


def _rows(patch: Patch) -> list[int]:
    if len(patch) and is_object(patch):
        return [i for _, (i, _) in patch]
    return [i for i, _ in patch]


def _columns(patch: Patch) -> list[int]:
    if len(patch) and is_object(patch):
        return [j for _, (_, j) in patch]
    return [j for _, j in patch]


def edges(patch: Patch) -> tuple[int, int, int, int]:
    """The top row, left column, bottom row and right column. Raises ValueError when the patch is empty."""
    rows, columns = zip(*locations(patch), strict=True)
    return min(rows), min(columns), max(rows), max(columns)


def uppermost(patch: Patch) -> int:
    """The top row. Raises ValueError when the patch is empty."""
    return min(_rows(patch))


def lowermost(patch: Patch) -> int:
    """The bottom row. Raises ValueError when the patch is empty."""
    return max(_rows(patch))


def leftmost(patch: Patch) -> int:
    """The left column. Raises ValueError when the patch is empty."""
    return min(_columns(patch))


def rightmost(patch: Patch) -> int:
    """The right column. Raises ValueError when the patch is empty."""
    return max(_columns(patch))


def ulcorner(patch: Patch) -> Pair:
    """The upper left corner; `()` of an empty patch.

    >>> ulcorner(frozenset({(3, 1), (0, 2)})), ulcorner(frozenset())
    ((0, 1), ())
    """
    return tuple(map(min, zip(*locations(patch), strict=False)))


def urcorner(patch: Patch) -> Pair:
    """The upper right corner; `()` of an empty patch."""
    return _corner(patch, min, max)


def llcorner(patch: Patch) -> Pair:
    """The lower left corner; `()` of an empty patch."""
    return _corner(patch, max, min)


def lrcorner(patch: Patch) -> Pair:
    """The lower right corner; `()` of an empty patch."""
    return tuple(map(max, zip(*locations(patch), strict=False)))


def _corner(patch: Patch, *choose: Callable[..., int]) -> Pair:
    axes = enumerate(zip(*locations(patch), strict=False))
    return tuple([choose[k](axis) for k, axis in axes])  # type: ignore[return-value]


def corners(patch: Patch) -> Indices:
    """The four corners, fewer where they coincide."""
    return frozenset({ulcorner(patch), urcorner(patch), llcorner(patch), lrcorner(patch)})


def height(piece: Piece) -> int:
    """The number of rows; 0 of an empty piece."""
    if len(piece) == 0:
        return 0
    if isinstance(piece, tuple):
        return len(piece)
    rows = _rows(piece)
    return max(rows) - min(rows) + 1


def width(piece: Piece) -> int:
    """The number of columns; 0 of an empty piece."""
    if len(piece) == 0:
        return 0
    if isinstance(piece, tuple):
        return len(piece[0])
    columns = _columns(piece)
    return max(columns) - min(columns) + 1


def shape(piece: Piece) -> Pair:
    """Height and width.

    >>> shape(((1, 2, 3), (4, 5, 6))), shape(frozenset({(1, 1), (1, 4)}))
    ((2, 3), (1, 4))
    """
    return (height(piece), width(piece))


def portrait(piece: Piece) -> bool:
    """Whether it is higher than wide."""
    return height(piece) > width(piece)


def square(piece: Piece) -> bool:
    """Whether a grid is as high as wide, or a patch fills such a box. Raises IndexError for an empty grid."""
    if isinstance(piece, tuple):
        return len(piece) == len(piece[0])
    side = height(piece)
    return side == width(piece) and side * side == len(piece)


def vline(patch: Patch) -> bool:
    """Whether the patch is a vertical line without gaps, one cell included."""
    return height(patch) == len(patch) and width(patch) == 1


def hline(patch: Patch) -> bool:
    """Whether the patch is a horizontal line without gaps, one cell included."""
    return width(patch) == len(patch) and height(patch) == 1


def center(patch: Patch) -> Pair:
    """The middle of the bounding box, the lower or right one of two. Raises ValueError for an empty patch.

    >>> center(frozenset({(0, 0), (3, 2)}))
    (2, 1)
    """
    top, left, _, _ = edges(patch)
    return (top + height(patch) // 2, left + width(patch) // 2)


def centerofmass(patch: Patch) -> Pair:
    """The mean location, rounded down; `()` of an empty patch."""
    axes = zip(*toindices(patch), strict=True)
    return tuple([sum(axis) // len(patch) for axis in axes])


def bordering(patch: Patch, grid: Grid) -> bool:
    """Whether the patch reaches the grid's border. Raises ValueError for an empty patch."""
    top, left, bottom, right = edges(patch)
    return top == 0 or left == 0 or bottom == len(grid) - 1 or right == len(grid[0]) - 1
