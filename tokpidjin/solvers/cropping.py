"""One part of the grid, picked by a property."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_3de23699(I):
    """Four dots mark the corners of a frame; the picture inside the frame is cut out in the dots' colour."""
    by_color = fgpartition(I)
    is_frame = lambda part: both(equality(size(part), FOUR), equality(toindices(part), corners(part)))
    frame = extract(by_color, is_frame)
    picture = merge(remove(frame, by_color))
    return trim(subgrid(frame, fill(I, color(frame), picture)))


def solve_8efcae92(I):
    """The rectangle with the most dots is cut out."""
    dot_color = leastcolor(I)
    dots = ofcolor(I, dot_color)
    around_dots = toobject(difference(mapply(neighbors, dots), dots), I)
    plain = replace(I, dot_color, mostcolor(around_dots))
    rectangles = colorfilter(objects(plain, T, F, F), mostcolor(around_dots))
    dot_count = lambda rectangle: colorcount(toobject(rectangle, I), dot_color)
    return subgrid(argmax(rectangles, dot_count), I)


def solve_90c28cc7(I):
    """The patchwork of coloured rectangles on black shrinks to one cell per rectangle: neighbouring equal
    rows and columns are merged.
    """
    patchwork = subgrid(difference(asindices(I), ofcolor(I, BLACK)), I)
    return dmirror(merge_equal_rows(dmirror(merge_equal_rows(patchwork))))


def solve_b94a9452(I):
    """Crop the two-coloured block and swap its two colours."""
    block = subgrid(first(objects(I, F, F, T)), I)
    colors = palette(block)
    return switch(block, first(colors), last(colors))
