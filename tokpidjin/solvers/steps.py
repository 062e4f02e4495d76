"""Steps that many solvers share, each made of primitives and traced like a solver's own code."""

from tokpidjin.dsl import *


def merge_equal_rows(grid):
    """The grid with each run of equal neighbouring rows reduced to one row."""
    rows_below = crop(grid, DOWN, shape(grid))
    last_row = crop(grid, toivec(decrement(height(grid))), shape(grid))
    changes = sfilter(pair(grid, rows_below), lambda rows: flip(equality(first(rows), last(rows))))
    return vconcat(apply(first, changes), last_row)


def divided_panels(grid):
    """The two panels on either side of a line of one colour through the middle, upper or left one first."""
    middle_row = crop(grid, toivec(halve(height(grid))), astuple(ONE, width(grid)))
    stacked = equality(numcolors(middle_row), ONE)
    return branch(stacked, vsplit, hsplit)(grid, TWO)


def only_one(first_patch, second_patch):
    """What exactly one of two patches holds."""
    return difference(combine(first_patch, second_patch), intersection(first_patch, second_patch))


def room_pitch(grid, lines):
    """Height and width, with one line, of the equal rooms that full lines (objects) cut a grid into."""
    across = sfilter(lines, lambda line: equality(height(line), ONE))
    first_row = minimum(insert(height(grid), apply(uppermost, across)))
    first_column = minimum(insert(width(grid), apply(leftmost, difference(lines, across))))
    return increment(astuple(first_row, first_column))
