"""Tuples and sets: making, joining, picking, counting.

A container is a tuple or a frozenset; "the same kind" is a tuple for a tuple and a set for a set.
"""

from collections.abc import Callable
from itertools import product as _cartesian
from typing import Any

from .canonical import by_frequency, greatest, in_order, smallest
from .types import Container, Function, Pair

EMPTY: frozenset[Any] = frozenset()


def astuple(a: Any, b: Any) -> Pair:
    """The pair of two values."""
    return (a, b)


def initset(value: Any) -> frozenset[Any]:
    """The set of one value."""
    return frozenset({value})


def totuple(container: Container) -> tuple[Any, ...]:
    """The elements as a tuple; those of a set in canonical order.

    >>> totuple(frozenset({(1, 0), (0, 2), (0, 1)}))
    ((0, 1), (0, 2), (1, 0))
    """
    return tuple(in_order(container))


def interval(start: int, stop: int, step: int) -> tuple[int, ...]:
    """The ints from `start` to before `stop`. Raises ValueError when the step is 0.

    >>> interval(5, 0, -2)
    (5, 3, 1)
    """
    return tuple(range(start, stop, step))


def repeat(item: Any, num: int) -> tuple[Any, ...]:
    """A tuple of `num` times the item, empty when `num` is not positive."""
    return (item,) * num


def product(a: Container, b: Container) -> frozenset[tuple[Any, Any]]:
    """All pairs of an element of the first and one of the second, as a set."""
    return frozenset(_cartesian(a, b))


def pair(a: Container, b: Container) -> tuple[tuple[Any, Any], ...]:
    """The elements of two containers side by side, as long as both last; sets in canonical order.

    >>> pair((1, 2, 3), (4, 5))
    ((1, 4), (2, 5))
    """
    return tuple(zip(in_order(a), in_order(b), strict=False))


def size(container: Container) -> int:
    """The number of elements."""
    return len(container)


def contained(value: Any, container: Container) -> bool:
    """Whether the value is an element."""
    return value in container


def combine(a: Container, b: Container) -> Container:
    """The elements of both in a container of the first one's kind.

    >>> combine((1, 2), frozenset({4, 3}))
    (1, 2, 3, 4)
    """
    return a.union(b) if isinstance(a, frozenset) else type(a)((*a, *in_order(b)))


def merge(containers: Container) -> Container:
    """The elements of all inner containers in one container of the outer one's kind.

    >>> merge(((1, 2), frozenset({2, 0})))
    (1, 2, 0, 2)
    """
    if isinstance(containers, frozenset):
        return EMPTY.union(*containers)
    return type(containers)([value for inner in containers for value in in_order(inner)])


def intersection(a: frozenset[Any], b: frozenset[Any]) -> frozenset[Any]:
    """The elements that two sets share. Raises TypeError for tuples."""
    return a & b


def difference(a: Container, b: Container) -> Container:
    """The elements of the first container that the second lacks; the first one's kind and order."""
    if isinstance(a, frozenset) and isinstance(b, frozenset):
        return a - b
    return type(a)([value for value in a if value not in b])


def dedupe(tup: tuple[Any, ...]) -> tuple[Any, ...]:
    """The tuple without repetitions: the first occurrence of each element stays. Raises TypeError for a set.

    >>> dedupe((3, 1, 3, 2, 1))
    (3, 1, 2)
    """
    if tup and not isinstance(tup, tuple):
        raise TypeError(f"dedupe works on a tuple, not on a {type(tup).__name__}, which has no positions")
    return tuple(dict.fromkeys(tup))


def insert(value: Any, container: frozenset[Any]) -> frozenset[Any]:
    """The set and the value. Raises TypeError for a tuple."""
    return container | {value}


def remove(value: Any, container: Container) -> Container:
    """The container without the value, wherever it occurs."""
    if isinstance(container, frozenset):
        return container - {value}
    return type(container)([element for element in container if element != value])


def other(container: Container, value: Any) -> Any:
    """The first element that is not the value. Raises when there is none.

    >>> other((3, 3, 5), 3)
    5
    """
    return first(remove(value, container))


def first(container: Container) -> Any:
    """The first element; of a set, the first in canonical order. Raises when empty."""
    return smallest(container) if isinstance(container, frozenset) else container[0]


def last(container: Container) -> Any:
    """The last element; of a set, the last in canonical order. Raises when empty."""
    return greatest(container) if isinstance(container, frozenset) else container[-1]


def sizefilter(container: Container, n: int) -> frozenset[Any]:
    """The elements of length n, as a set."""
    return frozenset([element for element in container if len(element) == n])


def maximum(container: Container) -> Any:
    """The greatest element, 0 of an empty container."""
    best = max(container, default=0)
    return best if isinstance(best, int) else max(in_order(container))  # see _best_element


def minimum(container: Container) -> Any:
    """The smallest element, 0 of an empty container."""
    best = min(container, default=0)
    return best if isinstance(best, int) else min(in_order(container))


def mostcommon(container: tuple[Any, ...]) -> Any:
    """The most frequent element of a tuple, the smallest of several.

    Raises ValueError when it is empty, and TypeError for a set, which has each element once.

    >>> mostcommon((5, 2, 5, 2, 7))
    2
    """
    return by_frequency(container, max)


def leastcommon(container: tuple[Any, ...]) -> Any:
    """The least frequent element of a tuple, the smallest of several; raises as `mostcommon`."""
    return by_frequency(container, min)


def argmax(container: Container, compfunc: Function) -> Any:
    """The element with the greatest function value, the first of several. Raises ValueError when empty.

    >>> argmax(frozenset({(0, 3), (2, 1), (1, 3)}), lambda location: location[1])
    (0, 3)
    """
    return _best_element(container, compfunc, max)


def argmin(container: Container, compfunc: Function) -> Any:
    """The element with the smallest function value, the first of several. Raises ValueError when empty."""
    return _best_element(container, compfunc, min)


def valmax(container: Container, compfunc: Function) -> Any:
    """The greatest function value over the elements; the function of 0 when there are none."""
    return _best_value(container, compfunc, max)


def valmin(container: Container, compfunc: Function) -> Any:
    """The smallest function value over the elements; the function of 0 when there are none."""
    return _best_value(container, compfunc, min)


def _best_element(container: Container, compfunc: Function, choose: Callable[..., Any]) -> Any:
    if not isinstance(container, frozenset):
        return choose(container, key=compfunc)
    key_of = {element: compfunc(element) for element in container}
    best = choose(key_of.values())
    # Sets compare by inclusion, so one may be best because it was looked at first: then the order shows.
    if not isinstance(best, int):
        return choose(in_order(container), key=key_of.__getitem__)
    found = [element for element, key in key_of.items() if key == best]
    return found[0] if len(found) == 1 else smallest(found)


def _best_value(container: Container, compfunc: Function, choose: Callable[..., Any]) -> Any:
    if len(container) == 0:
        return compfunc(0)
    best = choose([compfunc(element) for element in container])
    return best if isinstance(best, int) else choose([compfunc(element) for element in in_order(container)])


def order(container: Container, compfunc: Function) -> tuple[Any, ...]:
    """The elements by ascending function value, those with equal values in the order they had.

    >>> order(frozenset({7, 4, 2, 9}), lambda number: number % 2)
    (2, 4, 7, 9)
    """
    return tuple(sorted(in_order(container), key=compfunc))


def extract(container: Container, condition: Function) -> Any:
    """The first element that meets the condition. Raises LookupError when there is none."""
    for element in in_order(container):
        if condition(element):
            return element
    raise LookupError("no element meets the condition of extract")


def sfilter(container: Container, condition: Function) -> Container:
    """The elements that meet the condition, in a container of the same kind."""
    return type(container)([element for element in container if condition(element)])


def mfilter(container: Container, function: Function) -> Container:
    """The elements of all inner containers that meet the condition, merged."""
    return merge(sfilter(container, function))
