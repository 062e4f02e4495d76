"""Objects found on a grid, and patterns found again."""

from itertools import chain, product

from .bounds import height, shape, width
from .colors import mostcolor, palette
from .patches import normalize
from .types import Grid, Indices, Object, Objects


def objects(grid: Grid, univalued: bool, diagonal: bool, without_bg: bool) -> Objects:
    """The connected parts of a grid.

    Args:
        grid: at least one row.
        univalued: each part has one colour.
        diagonal: cells that touch by a corner are connected.
        without_bg: cells of the grid's most common colour belong to no part.

    Cells that are None belong to no part unless `without_bg`. Raises IndexError for an empty grid.

    >>> sorted(map(len, objects(((1, 1, 0), (0, 0, 1)), True, False, True)))
    [1, 2]
    """
    width = len(grid[0])
    background = mostcolor(grid) if without_bg else None
    labels = {color: k if univalued else 1 for k, color in enumerate(set(chain.from_iterable(grid)), 1)}
    labels[background] = 0  # type: ignore[index]
    # A flat list with a rim of zeros, so that no step leaves it. What is in a part becomes 0.
    pitch = width + 1
    todo = [0] * pitch
    for row in grid:
        todo += [labels[row[j]] for j in range(width)]
        todo.append(0)
    todo += [0] * pitch
    steps = [1, pitch, -1, -pitch]
    if diagonal:
        steps += [pitch + 1, pitch - 1, 1 - pitch, -1 - pitch]
    parts = []
    for start, label in enumerate(todo):
        if label:
            part = [start]
            todo[start] = 0
            for place in part:
                for step in steps:
                    if todo[place + step] == label:
                        todo[place + step] = 0
                        part.append(place + step)
            parts.append(part)
    return frozenset([_object_at(grid, part, pitch) for part in parts])


def _object_at(grid: Grid, places: list[int], pitch: int) -> Object:
    cells = []
    for place in places:
        i, j = divmod(place - pitch, pitch)
        cells.append((grid[i][j], (i, j)))
    return frozenset(cells)


def partition(grid: Grid) -> Objects:
    """One object of all cells for each colour."""
    return frozenset([_cells_of(color, grid) for color in palette(grid)])


def fgpartition(grid: Grid) -> Objects:
    """One object of all cells for each colour but the most common. Raises when there are no cells."""
    return frozenset([_cells_of(color, grid) for color in palette(grid) - {mostcolor(grid)}])


def _cells_of(color: int, grid: Grid) -> Object:
    return frozenset(
        [
            (cell, (i, j))
            for i, row in enumerate(grid)
            if color in row
            for j, cell in enumerate(row)
            if cell == color
        ]
    )


def frontiers(grid: Grid) -> Objects:
    """The rows and columns of one colour only, each as an object. Raises IndexError for an empty grid."""
    width = len(grid[0])
    rows = [
        frozenset([(row[0], (i, j)) for j in range(width)])
        for i, row in enumerate(grid)
        if len(set(row)) == 1
    ]
    columns = [
        frozenset([(column[0], (i, j)) for i in range(len(grid))])
        for j, column in enumerate(zip(*grid, strict=False))
        if len(set(column)) == 1
    ]
    return frozenset(rows + columns)


def occurrences(grid: Grid, obj: Object) -> Indices:
    """Where on the grid the object is found: the upper left corners. Raises IndexError for an empty grid.

    >>> sorted(occurrences(((1, 2, 1), (2, 1, 2)), frozenset({(1, (5, 5)), (2, (5, 6))})))
    [(0, 0), (1, 1)]
    """
    pattern = normalize(obj)
    height, width = len(grid), len(grid[0])
    obj_height, obj_width = shape(obj)
    places = list(product(range(height - obj_height + 1), range(width - obj_width + 1)))
    if not places:
        return frozenset()
    high, wide = shape(pattern)
    if high > obj_height or wide > obj_width:  # a tuple of cells, which has the shape of a table
        places = [(i, j) for i, j in places if i + high <= height and j + wide <= width]
    for color, (di, dj) in pattern:
        places = [(i, j) for i, j in places if grid[i + di][j + dj] == color]
    return frozenset(places)


def hperiod(obj: Object) -> int:
    """After how many columns the object repeats itself; its width when it does not."""
    cells = normalize(obj)
    full = width(cells)
    for period in range(1, full):
        if all((color, (i, j - period)) in cells for color, (i, j) in cells if j >= period):
            return period
    return full


def vperiod(obj: Object) -> int:
    """After how many rows the object repeats itself; its height when it does not.

    >>> vperiod(frozenset({(3, (0, 0)), (3, (2, 0)), (7, (1, 0)), (7, (3, 0))}))
    2
    """
    cells = normalize(obj)
    full = height(cells)
    for period in range(1, full):
        if all((color, (i - period, j)) in cells for color, (i, j) in cells if i >= period):
            return period
    return full
