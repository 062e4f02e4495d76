"""Sets of locations that a location, or two, define."""

from itertools import product

from .types import Indices, Pair

FRONTIER = 30
"""Length of a frontier: the side of the largest grid."""

RAY = 42
"""Steps of a shot: more than any grid is long, and the diagonal of the largest one."""


def dneighbors(loc: Pair) -> Indices:
    """The four locations above, below, left and right."""
    i, j = loc[0], loc[1]
    return frozenset({(i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)})


def ineighbors(loc: Pair) -> Indices:
    """The four diagonally adjacent locations."""
    i, j = loc[0], loc[1]
    return frozenset({(i - 1, j - 1), (i - 1, j + 1), (i + 1, j - 1), (i + 1, j + 1)})


def neighbors(loc: Pair) -> Indices:
    """The eight adjacent locations."""
    return dneighbors(loc) | ineighbors(loc)


def connect(a: Pair, b: Pair) -> Indices:
    """The straight or diagonal line between two locations, both included; empty where neither fits.

    >>> sorted(connect((0, 2), (2, 0)))
    [(0, 2), (1, 1), (2, 0)]
    >>> connect((0, 0), (1, 2))
    frozenset()
    """
    (ai, aj), (bi, bj) = a, b
    rows, columns = _span(ai, bi), _span(aj, bj)
    if ai == bi or aj == bj:
        return frozenset(product(rows, columns))
    return frozenset(zip(rows, columns, strict=True)) if len(rows) == len(columns) else frozenset()


def _span(a: int, b: int) -> range:
    return range(a, b + 1) if a <= b else range(a, b - 1, -1)


def shoot(start: Pair, direction: Pair) -> Indices:
    """The line from a location 42 times as far as the direction; empty unless straight or diagonal."""
    return connect(start, (start[0] + RAY * direction[0], start[1] + RAY * direction[1]))


def vfrontier(location: Pair) -> Indices:
    """The first 30 locations of the location's column."""
    column = location[1]
    return frozenset(product(range(FRONTIER), (column,)))


def hfrontier(location: Pair) -> Indices:
    """The first 30 locations of the location's row."""
    row = location[0]
    return frozenset(product((row,), range(FRONTIER)))
