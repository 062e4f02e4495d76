"""Grids made of grids: cut, joined, scaled, recoloured."""

from itertools import chain

from .bounds import edges, shape, ulcorner
from .types import Element, Grid, Pair, Patch


def canvas(value: int, dimensions: Pair) -> Grid:
    """A grid of one colour; dimensions are (height, width).

    >>> canvas(3, (1, 2))
    ((3, 3),)
    """
    return tuple([(value,) * dimensions[1] for _ in range(dimensions[0])])


def index(grid: Grid, loc: Pair) -> int | None:
    """The colour at a location, None outside the grid. Raises IndexError for an empty grid."""
    i, j = loc
    height, width = len(grid), len(grid[0])
    return grid[i][j] if 0 <= i < height and 0 <= j < width else None


def crop(grid: Grid, start: Pair, dims: Pair) -> Grid:
    """The part of the grid from `start`, `dims` high and wide, with Python's rules for slices.

    >>> crop(((1, 2, 3), (4, 5, 6)), (0, 1), (2, 2))
    ((2, 3), (5, 6))
    """
    return tuple([row[start[1] : start[1] + dims[1]] for row in grid[start[0] : start[0] + dims[0]]])


def subgrid(patch: Patch, grid: Grid) -> Grid:
    """The part of the grid in the patch's bounding box. Raises IndexError when the patch is empty."""
    return crop(grid, ulcorner(patch), shape(patch))


def trim(grid: Grid) -> Grid:
    """The grid without its outer rows and columns."""
    return tuple([row[1:-1] for row in grid[1:-1]])


def tophalf(grid: Grid) -> Grid:
    """The upper half, without the middle row of an odd number."""
    return grid[: len(grid) // 2]


def bottomhalf(grid: Grid) -> Grid:
    """The lower half, without the middle row of an odd number."""
    return grid[(len(grid) + 1) // 2 :]


def lefthalf(grid: Grid) -> Grid:
    """The left half, without the middle column of an odd number; `()` of a grid that is one wide."""
    width = _narrowest(grid)
    return tuple([row[: width // 2] for row in grid]) if width > 1 else ()


def righthalf(grid: Grid) -> Grid:
    """The right half, without the middle column of an odd number; `()` of a grid that is one wide.

    >>> righthalf(((1, 2, 3), (4, 5, 6)))
    ((3,), (6,))
    """
    width = _narrowest(grid)
    return tuple([row[(width + 1) // 2 : width] for row in grid]) if width > 1 else ()


def _narrowest(grid: Grid) -> int:
    return min(map(len, grid), default=0)


def hsplit(grid: Grid, n: int) -> tuple[Grid, ...]:
    """n parts side by side, each width // n wide, with a column between two parts where n does not divide.

    Raises ZeroDivisionError when n is 0, IndexError for an empty grid.

    >>> hsplit(((1, 0, 2),), 2)
    (((1,),), ((2,),))
    """
    width, rest = divmod(len(grid[0]), n)
    pitch = width + (rest != 0)
    return tuple([crop(grid, (0, pitch * part), (len(grid), width)) for part in range(n)])


def vsplit(grid: Grid, n: int) -> tuple[Grid, ...]:
    """n parts one below the other, each height // n high; else as `hsplit`."""
    height, rest = divmod(len(grid), n)
    pitch, width = height + (rest != 0), len(grid[0])
    return tuple([crop(grid, (pitch * part, 0), (height, width)) for part in range(n)])


def hconcat(a: Grid, b: Grid) -> Grid:
    """Two grids side by side, as far down as both have rows."""
    return tuple([row_a + row_b for row_a, row_b in zip(a, b, strict=False)])


def vconcat(a: Grid, b: Grid) -> Grid:
    """The second grid below the first."""
    return a + b


def hupscale(grid: Grid, factor: int) -> Grid:
    """Each cell `factor` times as wide.

    >>> hupscale(((1, 2),), 2)
    ((1, 1, 2, 2),)
    """
    return tuple([_widened(row, factor) for row in grid])


def vupscale(grid: Grid, factor: int) -> Grid:
    """Each cell `factor` times as high."""
    return tuple([row for row in grid for _ in range(factor)])


def upscale(element: Element, factor: int) -> Element:
    """Each cell as a square of `factor` by `factor`; an object grows from its upper left corner.

    Raises TypeError for bare locations.
    """
    if isinstance(element, tuple):
        return vupscale(hupscale(element, factor), factor)
    if len(element) == 0:
        return frozenset()
    top, left, _, _ = edges(element)
    return frozenset(
        [
            (color, (top + (i - top) * factor + di, left + (j - left) * factor + dj))
            for color, (i, j) in element
            for di in range(factor)
            for dj in range(factor)
        ]
    )


def _widened(row: tuple[int, ...], factor: int) -> tuple[int, ...]:
    return tuple(chain.from_iterable([(color,) * factor for color in row]))


def downscale(grid: Grid, factor: int) -> Grid:
    """Every factor-th cell of every factor-th row, from the upper left. Raises ValueError for factor 0.

    >>> downscale(((1, 2, 3), (4, 5, 6), (7, 8, 9)), 2)
    ((1, 3), (7, 9))
    """
    step = abs(factor)
    columns = range(0, len(grid[0]), step)
    return tuple([tuple([row[j] for j in columns]) for row in grid])[::step]


def cellwise(a: Grid, b: Grid, fallback: int) -> Grid:
    """The first grid's cells where the second has the same, elsewhere the fallback colour.

    Raises IndexError when the second grid is smaller.

    >>> cellwise(((1, 2),), ((1, 3),), 0)
    ((1, 0),)
    """
    width = len(a[0])
    if not width:
        return ((),) * len(a)
    if len(b) < len(a) or _narrowest(a) < width or _narrowest(b[: len(a)]) < width:
        raise IndexError("cellwise needs a second grid that is at least as large as the first")
    return tuple(
        [
            tuple([x if x == y else fallback for x, y in zip(row_a[:width], row_b, strict=False)])
            for row_a, row_b in zip(a, b, strict=False)
        ]
    )


def replace(grid: Grid, replacee: int, replacer: int) -> Grid:
    """The grid with one colour changed to another: (grid, old, new)."""
    return tuple(
        [
            tuple([replacer if color == replacee else color for color in row]) if replacee in row else row
            for row in grid
        ]
    )


def switch(grid: Grid, a: int, b: int) -> Grid:
    """The grid with two colours exchanged.

    >>> switch(((1, 2, 3),), 1, 2)
    ((2, 1, 3),)
    """
    new = {a: b, b: a}
    return tuple([tuple([new.get(color, color) for color in row]) for row in grid])


def compress(grid: Grid) -> Grid:
    """The grid without the rows and the columns that have one colour only.

    >>> compress(((1, 0, 2), (0, 0, 0), (3, 0, 4)))
    ((1, 2), (3, 4))
    """
    dull = {j for j, column in enumerate(zip(*grid, strict=False)) if len(set(column)) == 1}
    rows = [row for row in grid if len(set(row)) != 1]
    return tuple([tuple([color for j, color in enumerate(row) if j not in dull]) for row in rows])
