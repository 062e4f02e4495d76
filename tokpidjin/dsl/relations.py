"""How two patches lie to each other."""

from .bounds import center
from .lines import RAY
from .patches import locations, toindices
from .types import Pair, Patch


def hmatching(a: Patch, b: Patch) -> bool:
    """Whether some row has cells of both patches."""
    return not {i for i, _ in locations(a)}.isdisjoint([i for i, _ in locations(b)])


def vmatching(a: Patch, b: Patch) -> bool:
    """Whether some column has cells of both patches."""
    return not {j for _, j in locations(a)}.isdisjoint([j for _, j in locations(b)])


def manhattan(a: Patch, b: Patch) -> int:
    """The smallest number of rows plus columns between cells of the two. Raises ValueError when one is empty.

    >>> manhattan(frozenset({(0, 0)}), frozenset({(2, 3), (9, 9)}))
    5
    """
    rows: dict[int, list[int]] = {}
    for i, j in locations(b):
        rows.setdefault(i, []).append(j)
    best = None
    for i, j in locations(a):
        for row, columns in rows.items():
            apart = abs(i - row)
            if best is None or apart < best:
                nearest = apart + min([abs(j - column) for column in columns])
                best = nearest if best is None else min(best, nearest)
    if best is None:
        raise ValueError("an empty patch has no distance")
    return best


def adjacent(a: Patch, b: Patch) -> bool:
    """Whether two patches touch by a side and do not overlap. Raises ValueError when one is empty.

    >>> adjacent(frozenset({(0, 0)}), frozenset({(0, 1)})), adjacent(frozenset({(0, 0)}), frozenset({(1, 1)}))
    (True, False)
    """
    few, many = sorted((toindices(a), toindices(b)), key=len)
    if not few:
        raise ValueError("an empty patch is adjacent to nothing")
    many = frozenset(many)
    if not many.isdisjoint(few):
        return False
    for i, j in few:  # noqa: SIM110  (a generator expression takes longer)
        if (i + 1, j) in many or (i - 1, j) in many or (i, j + 1) in many or (i, j - 1) in many:
            return True
    return False


def position(a: Patch, b: Patch) -> Pair:
    """The direction from the first patch's centre to the second's: -1, 0 or 1 by row and column.

    The same row counts before the same column, so equal centres give (0, -1). Raises ValueError when one
    is empty.

    >>> position(frozenset({(5, 5)}), frozenset({(0, 5)}))
    (-1, 0)
    """
    (ia, ja), (ib, jb) = center(toindices(a)), center(toindices(b))
    if ia == ib:
        return (0, 1 if ja < jb else -1)
    if ja == jb:
        return (1 if ia < ib else -1, 0)
    return (1 if ia < ib else -1, 1 if ja < jb else -1)


def gravitate(source: Patch, destination: Patch) -> Pair:
    """The offset that brings the source next to the destination, at most 42 steps.

    It moves by rows when the two share a column, else by columns, towards the destination's centre. Where it
    never comes to touch, the offset has 42 steps. Raises ValueError when one is empty.

    >>> gravitate(frozenset({(0, 0)}), frozenset({(5, 0)}))
    (4, 0)
    """
    (si, sj), (di, dj) = center(source), center(destination)
    if vmatching(source, destination):
        step = 1 if si < di else -1
        return (step * _steps_until_adjacent(source, destination, step, 0), 0)
    step = 1 if sj < dj else -1
    return (0, step * _steps_until_adjacent(source, destination, 0, step))


def _steps_until_adjacent(source: Patch, destination: Patch, di: int, dj: int) -> int:
    moving, fixed = toindices(source), frozenset(toindices(destination))
    for steps in range(RAY):
        if adjacent(moving, fixed):
            return steps
        moving = frozenset([(i + di, j + dj) for i, j in moving])
    return RAY
