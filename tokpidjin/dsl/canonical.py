"""The canonical order of sets, the one thing in which this vocabulary differs from arc-dsl.

Python iterates a set in the order of hashes, which depends on how the set was built and on the
interpreter. Wherever an order can show in a result, primitives take this one instead:

- None, then ints by value;
- cells by row, column, colour;
- other tuples element by element, a prefix before what it begins;
- sets as the sorted sequences of their elements.

Values of different kinds in one set are ordered all the same: ints, tuples, sets, functions. Functions go
by name and, where a closure holds values (as what `compose` or `rbind` make does), by these values in the
order of their variables' names.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from itertools import chain
from operator import itemgetter
from typing import Any

from .types import Function

_SETS = (frozenset, set)
_INTS = frozenset({int, bool})
_color, _location = itemgetter(0), itemgetter(1)


def in_order(container: Collection[Any]) -> Collection[Any]:
    """The elements of a set in canonical order, as a list; any other container as it is.

    >>> in_order(frozenset({(3, (0, 1)), (1, (1, 0)), (7, (0, 0))}))
    [(7, (0, 0)), (3, (0, 1)), (1, (1, 0))]
    """
    if not isinstance(container, _SETS):
        return container
    return [*container] if len(container) < 2 else _by_key(sorted, container)


def smallest(values: Collection[Any]) -> Any:
    """The first of the values in canonical order. Raises ValueError when there is none."""
    return _by_key(min, values)


def greatest(values: Collection[Any]) -> Any:
    """The last of the values in canonical order. Raises ValueError when there is none."""
    return _by_key(max, values)


def by_frequency(values: Iterable[Any], choose: Callable[[Iterable[int]], int]) -> Any:
    """The value whose number of occurrences `min` or `max` chooses, the smallest of several.

    Raises ValueError when there is none, and TypeError for a set, which has each value once.

    >>> by_frequency((3, 1, 3, 1, 2), max)
    1
    """
    if isinstance(values, _SETS):
        raise TypeError("a set has each element once: count in a tuple instead")
    counts: dict[Any, int]
    if isinstance(values, tuple) and len(values) < 40:  # from about here on, a Counter pays
        counts = {value: values.count(value) for value in set(values)}
    else:
        counts = Counter(values)
    frequency = choose(counts.values())
    found = [value for value, count in counts.items() if count == frequency]
    return found[0] if len(found) == 1 else smallest(found)


def _by_key(choose: Callable[..., Any], values: Collection[Any]) -> Any:
    """`sorted`, `min` or `max` of the values in canonical order."""
    sample = next(iter(values), None)
    try:
        if isinstance(sample, int):
            return choose(values)
        if isinstance(sample, tuple):
            return choose(values, key=_tuple_key(sample, values))
        if isinstance(sample, frozenset):
            return choose(values, key=_set_key(sample, values))
    except (TypeError, ValueError, IndexError):
        pass  # None, empty sets and tuples, mixed kinds: only the slow key knows them all
    return choose(values, key=_key)


def _tuple_key(sample: tuple[Any, ...], values: Collection[Any]) -> Function | None:
    if _is_cell(sample):
        if not _all_ints(set(map(_color, values))):
            return _key
        return _location if len(set(map(_location, values))) == len(values) else _location_color
    if _all_ints(chain.from_iterable(values)):
        return None
    # Grids, pairs of pairs. (Sets one level down flatten to ints too, but do not compare as tuples do.)
    if {tuple}.issuperset(map(type, chain.from_iterable(values))):
        parts = chain.from_iterable(chain.from_iterable(values))
        return None if _all_ints(parts) else _key
    return _key


def _set_key(sample: frozenset[Any], values: Collection[Any]) -> Function:
    element = next(iter(sample), None)
    first_of: dict[Any, Any]
    sequence: Function
    if _is_cell(element):
        first_of, sequence = {value: min(map(_location, value)) for value in values}, _cells_in_order
    elif isinstance(element, tuple) and _all_ints(chain.from_iterable(chain.from_iterable(values))):
        first_of, sequence = {value: min(value) for value in values}, sorted
    else:
        return _key
    # Where all begin differently, what follows does not matter.
    return first_of.__getitem__ if len(set(first_of.values())) == len(first_of) else sequence


def _location_color(cell: Any) -> Any:
    return cell[1], cell[0]


def _cells_in_order(cells: Iterable[Any]) -> list[Any]:
    return sorted([(location, color) for color, location in cells])


def _all_ints(values: Iterable[Any]) -> bool:
    return _INTS.issuperset(map(type, values))


def _key(value: Any) -> tuple[Any, ...]:
    """A key that orders any values, however nested."""
    if value is None:
        return (0,)
    if isinstance(value, int):
        return (1, value)
    if isinstance(value, tuple):
        parts = (*value[1], value[0]) if _is_cell(value) else value
        return (2, [_key(part) for part in parts])
    if isinstance(value, frozenset):
        return (3, sorted([_key(part) for part in value]))
    return (4, *_function_key(value))


def _function_key(function: Any) -> tuple[Any, ...]:
    name = getattr(function, "__qualname__", "")
    code = getattr(function, "__code__", None)
    if code is None:
        return (name,)
    closure = [_key(cell.cell_contents) for cell in function.__closure__ or ()]
    # Of lambdas, many have one name.
    return name, closure, code.co_firstlineno, code.co_code, [_key(constant) for constant in code.co_consts]


def _is_cell(value: Any) -> bool:
    return (
        isinstance(value, tuple)
        and len(value) == 2
        and isinstance(value[1], tuple)
        and len(value[1]) == 2
        and (value[0] is None or isinstance(value[0], int))
        and isinstance(value[1][0], int)
        and isinstance(value[1][1], int)
    )
