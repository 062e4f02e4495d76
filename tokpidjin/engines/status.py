"""How an item ended."""

from collections import Counter
from collections.abc import Callable
from enum import IntEnum

import numpy as np
import numpy.typing as npt

__all__ = ["Progress", "Status", "count_statuses"]

Progress = Callable[[Counter[str]], object]
"""Is told of items as they end: how many more ended in each status, by its name in lower case."""


class Status(IntEnum):
    """How an item ended, the same in every engine; fits a byte.

    >>> Status.BUDGET.name.lower(), int(Status.OK)
    ('budget', 0)
    """

    OK = 0
    """There is an output grid."""
    ERROR = 1
    """The solver raises on this grid, as Python code would."""
    BUDGET = 2
    """The item used up its budget of steps."""
    MEMORY = 3
    """The item's values did not fit its arena; in Python, the memory that it may take."""
    RANGE = 4
    """A number, location, colour or ragged grid that the engine cannot represent."""
    UNSUPPORTED = 5
    """The engine cannot run this solver."""
    TIMEOUT = 6
    """The item took longer than the wall time that it was given."""
    CRASHED = 7
    """The process that ran the item died, or was told to by the solver (SystemExit)."""


def count_statuses(status: npt.NDArray[np.uint8]) -> Counter[str]:
    """How many items ended in each status that occurs, by its name in lower case.

    >>> count_statuses(np.array([0, 1, 0], np.uint8))
    Counter({'ok': 2, 'error': 1})
    """
    counts = np.bincount(status.ravel(), minlength=len(Status)).tolist()
    return Counter({status.name.lower(): counts[status] for status in Status if counts[status]})
