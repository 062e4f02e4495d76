"""Symmetric pictures: completed, repaired or judged."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_4938f0c2(I):
    """The shape is completed so that it is mirror symmetric, both ways, around the 2x2 centre."""
    by_color = fgpartition(I)
    is_center = lambda part: both(equality(size(part), FOUR), square(part))
    center_block = extract(by_color, is_center)
    wings = other(by_color, center_block)
    row_sum = add(uppermost(center_block), lowermost(center_block))
    column_sum = add(leftmost(center_block), rightmost(center_block))
    upside_down = lambda place: astuple(subtract(row_sum, first(place)), last(place))
    left_to_right = lambda place: astuple(first(place), subtract(column_sum, last(place)))
    half = combine(toindices(wings), apply(upside_down, toindices(wings)))
    return fill(I, color(wings), combine(half, apply(left_to_right, half)))


def solve_662c240a(I):
    """Of the square tiles in a row, pick the one that is not symmetric about its main diagonal."""
    column = branch(portrait(I), I, dmirror(I))
    tiles = vsplit(column, divide(height(column), width(column)))
    lopsided = extract(tiles, lambda tile: flip(equality(tile, dmirror(tile))))
    return branch(portrait(I), lopsided, dmirror(lopsided))


def solve_9d9215db(I):
    """The dots are mirrored into all four quarters; a dot off the diagonals is also repeated, at every second
    place, along the side that joins it with its image.
    """
    depth = lambda position, extent: minimum(astuple(position, subtract(decrement(extent), position)))
    row_depth = lambda dot: depth(first(last(dot)), height(I))
    column_depth = lambda dot: depth(last(last(dot)), width(I))
    across = lambda from_edge, extent: maximum(astuple(ONE, subtract(decrement(extent), double(from_edge))))
    row_step = lambda dot: branch(
        greater(row_depth(dot), column_depth(dot)), TWO, across(row_depth(dot), height(I))
    )
    column_step = lambda dot: branch(
        greater(column_depth(dot), row_depth(dot)), TWO, across(column_depth(dot), width(I))
    )
    rows = lambda dot: interval(row_depth(dot), subtract(height(I), row_depth(dot)), row_step(dot))
    columns = lambda dot: interval(column_depth(dot), subtract(width(I), column_depth(dot)), column_step(dot))
    images = lambda dot: recolor(first(dot), product(rows(dot), columns(dot)))
    return paint(I, mapply(images, merge(fgpartition(I))))


def solve_9ecd008a(I):
    """The picture is symmetric from left to right and from top to bottom; the output is the part hidden under
    the black patch.
    """
    visible = lambda grid: sfilter(asobject(grid), lambda cell: flip(equality(first(cell), BLACK)))
    restored = paint(paint(paint(I, visible(vmirror(I))), visible(hmirror(I))), visible(rot180(I)))
    return subgrid(ofcolor(I, BLACK), restored)


def solve_ff805c23(I):
    """A rectangle of one colour hides a part of a mirror-symmetric picture; the hidden part is the answer."""
    is_solid = lambda part: equality(toindices(part), backdrop(part))
    mask = argmax(sfilter(partition(I), is_solid), size)
    across_axes = astuple(subgrid(mask, hmirror(I)), subgrid(mask, vmirror(I)))
    across_diagonals = astuple(subgrid(mask, dmirror(I)), subgrid(mask, cmirror(I)))
    is_seen = lambda part: flip(contained(color(mask), palette(part)))
    return extract(combine(across_axes, across_diagonals), is_seen)
