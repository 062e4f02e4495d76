"""Legends that map colours or shapes to others."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_0d3d703e(I):
    """Colours change places in four fixed couples: blue-gray, red-magenta, green-yellow, cyan-maroon."""
    blue_gray = switch(I, BLUE, GRAY)
    red_magenta = switch(blue_gray, RED, MAGENTA)
    green_yellow = switch(red_magenta, GREEN, YELLOW)
    return switch(green_yellow, CYAN, MAROON)


def solve_c9f8e694(I):
    """A line of keys on one edge gives every row (or column) its colour; the shapes take the colour of the
    key in line.
    """
    by_color = remove(BLACK, palette(I))
    mask_color = argmax(by_color, lambda value: colorcount(I, value))
    mask = ofcolor(I, mask_color)
    keys = sfilter(asobject(I), lambda cell: contained(first(cell), remove(mask_color, by_color)))
    in_line = branch(portrait(keys), hfrontier, vfrontier)
    return paint(I, mapply(lambda key: recolor(first(key), intersection(mask, in_line(last(key)))), keys))


def solve_ddf7fa4f(I):
    """Blocks take the colour of a legend cell, in the row or column along an edge, that stands in line with
    them; each block has its own, so a cell in line with fewer blocks comes first.
    """
    pieces = objects(I, T, F, T)
    legend = sizefilter(pieces, ONE)
    blocks = difference(pieces, legend)
    marks = merge(legend)
    at_edge = either(equality(uppermost(marks), ZERO), equality(lowermost(marks), decrement(height(I))))
    in_line = branch(both(equality(height(marks), ONE), at_edge), vmatching, hmatching)
    demand = lambda mark: size(sfilter(blocks, lambda block: in_line(mark, block)))
    legend_color = lambda block: color(argmin(sfilter(legend, lambda mark: in_line(mark, block)), demand))
    return paint(I, mapply(lambda block: recolor(legend_color(block), block), blocks))
