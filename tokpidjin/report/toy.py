"""A toy library: thirteen solvers of one trivial primitive each.

It is a file of solvers like any other, and stands for the tests that look at single cheap operations: what they say
of an engine is not what real solvers say.
"""

from tokpidjin.dsl import (
    bottomhalf,
    cmirror,
    dmirror,
    hmirror,
    identity,
    lefthalf,
    righthalf,
    rot90,
    rot180,
    rot270,
    tophalf,
    trim,
    vmirror,
)


def solve_identity(I):
    """The grid as it is."""
    return identity(I)


def solve_rot90(I):
    """The grid turned clockwise by a quarter."""
    return rot90(I)


def solve_rot180(I):
    """The grid turned by a half."""
    return rot180(I)


def solve_rot270(I):
    """The grid turned counter-clockwise by a quarter."""
    return rot270(I)


def solve_hmirror(I):
    """The grid mirrored top to bottom."""
    return hmirror(I)


def solve_vmirror(I):
    """The grid mirrored left to right."""
    return vmirror(I)


def solve_dmirror(I):
    """The grid mirrored along its main diagonal."""
    return dmirror(I)


def solve_cmirror(I):
    """The grid mirrored along its other diagonal."""
    return cmirror(I)


def solve_tophalf(I):
    """The upper half of the grid."""
    return tophalf(I)


def solve_bottomhalf(I):
    """The lower half of the grid."""
    return bottomhalf(I)


def solve_lefthalf(I):
    """The left half of the grid."""
    return lefthalf(I)


def solve_righthalf(I):
    """The right half of the grid."""
    return righthalf(I)


def solve_trim(I):
    """The grid without its border."""
    return trim(I)
