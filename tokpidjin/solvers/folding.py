"""Pieces assembled into one."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_bc1d5164(I):
    """The four corner parts, as high as the upper half with the middle row and as wide as half the grid
    without its middle column, are laid over each other; the background shows in the grid's centre.
    """
    part_shape = astuple(halve(increment(height(I))), halve(decrement(width(I))))
    inner_corner = subtract(shape(I), part_shape)
    background = index(I, halve(shape(I)))
    colored = other(palette(I), background)
    marks = lambda corner: ofcolor(crop(I, corner, part_shape), colored)
    left_marks = combine(marks(ORIGIN), marks(toivec(first(inner_corner))))
    right_marks = combine(marks(tojvec(last(inner_corner))), marks(inner_corner))
    return fill(canvas(background, part_shape), colored, combine(left_marks, right_marks))


def solve_e3497940(I):
    """The right half is folded over onto the left half along the line in the middle."""
    background = mostcolor(I)
    folded = sfilter(asobject(vmirror(righthalf(I))), lambda cell: flip(equality(first(cell), background)))
    return paint(lefthalf(I), folded)
