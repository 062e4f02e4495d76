"""Which colours an element has: a grid, or an object."""

from itertools import chain

from .canonical import by_frequency
from .containers import EMPTY, first
from .types import Container, Element, Object, Objects


def mostcolor(element: Element) -> int:
    """The most frequent colour, the smallest of several. Raises ValueError when there are no cells.

    >>> mostcolor(((3, 1), (1, 3)))
    1
    """
    found: int = by_frequency(_colors(element), max)
    return found


def leastcolor(element: Element) -> int:
    """The least frequent colour, the smallest of several. Raises ValueError when there are no cells."""
    found: int = by_frequency(_colors(element), min)
    return found


def _colors(element: Element) -> "tuple[int, ...] | chain[int]":
    if isinstance(element, tuple):
        return chain.from_iterable(element)
    return tuple([color for color, _ in element])


def colorcount(element: Element, value: int) -> int:
    """How many cells have the colour."""
    if isinstance(element, tuple):
        return sum([row.count(value) for row in element])
    return [color for color, _ in element].count(value)


def palette(element: Element) -> frozenset[int]:
    """The colours that occur."""
    if isinstance(element, tuple):
        return EMPTY.union(*element)
    return frozenset({color for color, _ in element})


def numcolors(element: Element) -> int:
    """How many colours occur."""
    return len(palette(element))


def color(obj: Object) -> int:
    """The colour of the first cell in canonical order. Raises when the object is empty.

    >>> color(frozenset({(2, (5, 0)), (8, (4, 9))}))
    8
    """
    colors = {cell[0] for cell in obj}
    found: int = colors.pop() if len(colors) == 1 else first(obj)[0]
    return found


def colorfilter(objs: Container, value: int) -> Objects:
    """The objects of that colour, as a set. Raises when an object is empty."""
    return frozenset([obj for obj in objs if color(obj) == value])
