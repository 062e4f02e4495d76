"""Sets of locations around the bounding box of a patch."""

from itertools import product

from .bounds import edges
from .patches import toindices
from .types import Indices, Patch


def backdrop(patch: Patch) -> Indices:
    """All locations of the bounding box; none of an empty patch."""
    if len(patch) == 0:
        return frozenset()
    top, left, bottom, right = edges(patch)
    return frozenset(product(range(top, bottom + 1), range(left, right + 1)))


def delta(patch: Patch) -> Indices:
    """The locations of the bounding box that are not the patch's.

    >>> sorted(delta(frozenset({(0, 0), (1, 1)})))
    [(0, 1), (1, 0)]
    """
    return backdrop(patch) - toindices(patch)


def box(patch: Patch) -> Indices:
    """The outline of the bounding box; an empty patch as it is."""
    return _outline(*edges(patch)) if len(patch) else patch


def inbox(patch: Patch) -> Indices:
    """The outline one inside the bounding box. Raises ValueError when the patch is empty.

    In a box that is one or two wide, the inner edges have changed sides; the outline spans them all the same.
    """
    top, left, bottom, right = edges(patch)
    return _outline(top + 1, left + 1, bottom - 1, right - 1)


def outbox(patch: Patch) -> Indices:
    """The outline one outside the bounding box. Raises ValueError when the patch is empty.

    >>> len(outbox(frozenset({(5, 5)})))
    8
    """
    top, left, bottom, right = edges(patch)
    return _outline(top - 1, left - 1, bottom + 1, right + 1)


def _outline(top: int, left: int, bottom: int, right: int) -> Indices:
    top, bottom = min(top, bottom), max(top, bottom)
    left, right = min(left, right), max(left, right)
    rows, columns = range(top, bottom + 1), range(left, right + 1)
    return frozenset([*product(rows, (left, right)), *product((top, bottom), columns)])
