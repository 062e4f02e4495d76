"""How an item ended."""

from enum import IntEnum


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
    """The item's values did not fit its arena."""
    RANGE = 4
    """A number, location, colour or ragged grid that the engine cannot represent."""
    UNSUPPORTED = 5
    """The engine cannot run this solver."""
    TIMEOUT = 6
    """The item took longer than the wall time that it was given."""
    CRASHED = 7
    """The process that ran the item died."""
