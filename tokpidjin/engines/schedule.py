"""Which items run when and where: heavy solvers first, on whichever GPU is free, until all are done."""

from collections import deque
from collections.abc import Iterator, Sequence
from threading import Lock

import numpy as np
import numpy.typing as npt

from tokpidjin.engines.launch import RUN_AGAIN, Found, Part

__all__ = ["Costs", "PartQueue", "busy_seconds", "parts_of", "parts_to_repeat"]

_SMALL_ARENA = 1 << 18
"""Bytes of memory that an item has at first; the few that need more run again with all that they may have."""

_FEWEST_ITEMS = 1 << 12  # in a part
_MOST_ITEMS = 1 << 16
_PARTS_PER_DEVICE = 8
_CELLS_AT_ONCE = 1 << 26

Places = npt.NDArray[np.intp]


class Costs:
    """What an item of each program costs, as measured so far, and which programs need a large arena."""

    def __init__(self, instructions: npt.NDArray[np.integer]) -> None:
        """Without measurements, guess by the number of instructions of each program."""
        self._guess = np.maximum(instructions, 1).astype(np.float64)
        self._spent = np.zeros(len(instructions))
        self._longest = np.zeros(len(instructions))
        self._items = np.zeros(len(instructions), np.int64)
        self._overflows = np.zeros(len(instructions), np.int64)

    def note(self, programs: npt.NDArray[np.int32], found: Found, small: bool) -> None:
        """Learn from a launch; programs are those of its items, `small` whether their arena was."""
        count = len(self._spent)
        self._spent += found["spent"]
        self._longest = np.maximum(self._longest, found["longest"])
        self._items += np.bincount(programs, minlength=count)
        if small:
            self._overflows += np.bincount(programs[found["status"] == RUN_AGAIN], minlength=count)

    def of_programs(self) -> npt.NDArray[np.float64]:
        """Cost of an item of each program, on the average."""
        return self._with_guesses(self._spent / np.maximum(self._items, 1))

    def longest(self) -> npt.NDArray[np.float64]:
        """What the longest item of each program costs."""
        return self._with_guesses(self._longest)

    def _with_guesses(self, measured: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Guesses, on the scale of what is measured, for programs that are not."""
        known = self._items > 0
        scale = measured[known].mean() / self._guess[known].mean() if known.any() else 1.0
        return np.where(known, measured, self._guess * (scale or 1.0))

    def large(self) -> npt.NDArray[np.bool_]:
        """For which programs a small arena was in vain for a tenth of the items or more."""
        return np.asarray(self._overflows * 10 >= np.maximum(self._items, 1), np.bool_)


def parts_of(programs: npt.NDArray[np.int32], costs: Costs, arena: int, devices: int) -> list[Part]:
    """All items in launches of about equal cost, each program's items together.

    The programs with the longest items come first: begun late, a single one would keep all warps but its own waiting.
    Before them come those that need a large arena.
    """
    large = costs.large()
    sequence = np.lexsort((-costs.longest(), ~large))
    rank = np.empty(len(sequence), np.min_scalar_type(len(sequence)))  # numbers of 16 bits or less sort fast
    rank[sequence] = np.arange(len(sequence))
    order = np.argsort(rank[programs], kind="stable")
    counts = np.bincount(programs, minlength=len(sequence))[sequence]
    places, spent = (
        np.append(0, np.cumsum(each)) for each in (counts, counts * costs.of_programs()[sequence])
    )
    with_large = int(counts[large[sequence]].sum())
    parts = []
    for start, end, size in ((0, with_large, arena), (with_large, len(order), min(arena, _SMALL_ARENA))):
        parts += [
            Part(order[first:last], size) for first, last in _bounds(start, end, places, spent, devices)
        ]
    return parts


def _bounds(
    start: int, end: int, places: npt.NDArray[np.intp], spent: npt.NDArray[np.float64], devices: int
) -> Iterator[tuple[int, int]]:
    """Where parts begin and end from `start` to `end`; `spent` is the cost of all items before some places."""
    before, after = np.interp((start, end), places, spent)
    share = (after - before) / (_PARTS_PER_DEVICE * devices)
    while start < end:
        last = round(np.interp(np.interp(start, places, spent) + share, spent, places))
        last = min(max(last, start + _FEWEST_ITEMS), start + _MOST_ITEMS, end)
        yield start, last
        start = last


def parts_to_repeat(part: Part, found: Found, arena: int) -> list[Part]:
    """The items of a launch whose arena was too small, and those for whose outputs there was no room."""
    parts = []
    again = found["status"] == RUN_AGAIN
    if again.any():
        parts.append(Part(part.items[again], arena))
    if "offsets" in found:
        lacking = ~again & (found["offsets"] < 0)
        sizes = (found["shapes"][lacking].prod(axis=1, dtype=np.int64) + 7) // 8 * 8
        parts += _parts_with_room(part.items[lacking], sizes, part.arena)
    return parts


def _parts_with_room(items: Places, sizes: npt.NDArray[np.int64], arena: int) -> Iterator[Part]:
    group = np.cumsum(sizes) // _CELLS_AT_ONCE
    for number in np.unique(group):
        members = group == number
        yield Part(items[members], arena, int(sizes[members].sum()))


def busy_seconds(spans: Sequence[tuple[int, int]]) -> float:
    """How long at least one of the launches was under way, each given by its beginning and end in nanoseconds.

    >>> busy_seconds([(0, 4), (2, 5), (7, 8)]) * 1e9
    6.0
    """
    total = reached = 0
    for start, end in sorted(spans):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total / 1e9


class PartQueue:
    """The parts that nobody has taken yet; devices take from it at the same time."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = deque(parts)
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._parts)

    def take(self, most: int) -> Part | None:
        """The next part, or as many of its items; None where none is left."""
        with self._lock:
            if not self._parts:
                return None
            part = self._parts.popleft()
            if len(part.items) > most:
                part, rest = part.split(most)
                self._parts.appendleft(rest)
            return part

    def put(self, parts: Sequence[Part] | deque[Part]) -> None:
        """Parts to be taken next."""
        with self._lock:
            self._parts.extendleft(reversed(parts))

    def clear(self) -> None:
        """Leave nothing to be taken."""
        with self._lock:
            self._parts.clear()
