"""Repeated pictures and periodic continuation."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_49d1d64f(I):
    """The grid gets a border that repeats its outermost rows and columns; the four corners are black."""
    frame = canvas(BLACK, add(shape(I), TWO))
    content = asobject(I)
    copies = lambda grid, offset: paint(grid, shift(content, offset))
    raised = copies(frame, RIGHT)
    lowered = copies(raised, astuple(TWO, ONE))
    left_too = copies(lowered, DOWN)
    right_too = copies(left_too, astuple(ONE, TWO))
    return copies(right_too, UNITY)


def solve_c3e719e8(I):
    """On a black canvas of as many tiles as the grid has cells, a copy of the grid stands where its most
    common colour is.
    """
    tile_at = lambda cell: shift(asobject(I), multiply(cell, shape(I)))
    blank = canvas(BLACK, multiply(shape(I), shape(I)))
    return paint(blank, mapply(tile_at, ofcolor(I, mostcolor(I))))


def solve_c444b776(I):
    """Lines of one colour cut the grid into equal rooms; what one room holds is copied into all of them."""
    background = mostcolor(I)
    full_lines = sfilter(frontiers(I), lambda line: flip(equality(color(line), background)))
    extended = increment(shape(I))
    cuts_evenly = lambda pitch: equality(multiply(pitch, divide(extended, pitch)), extended)
    is_wall = lambda value: cuts_evenly(room_pitch(I, colorfilter(full_lines, value)))
    walls = colorfilter(full_lines, extract(palette(merge(full_lines)), is_wall))
    pitch = room_pitch(I, walls)
    within = lambda cell: subtract(cell, multiply(pitch, divide(cell, pitch)))
    contents = sfilter(
        difference(asobject(I), merge(walls)), lambda cell: flip(equality(first(cell), background))
    )
    model = paint(
        canvas(background, pitch), apply(lambda cell: astuple(first(cell), within(last(cell))), contents)
    )
    filled = apply(lambda cell: astuple(index(model, within(cell)), cell), asindices(I))
    return paint(paint(I, filled), merge(walls))


def solve_eb281b96(I):
    """The grid swings down, up and down again: mirror images follow below each other, each sharing its first
    row.
    """
    without_first_row = lambda grid: crop(grid, DOWN, shape(grid))
    swing = vconcat(I, without_first_row(hmirror(I)))
    return vconcat(swing, without_first_row(swing))


def solve_f8c80d96(I):
    """The nested outlines go on outwards at the same spacing to the grid's edges; the background turns gray."""
    hull_size = lambda outline: size(backdrop(outline))
    outlines = objects(I, T, F, T)
    outer = argmax(outlines, hull_size)
    inner = argmax(remove(outer, outlines), hull_size)
    upper_gap = subtract(ulcorner(inner), ulcorner(outer))
    lower_gap = subtract(lrcorner(outer), lrcorner(inner))
    row_gap = maximum(astuple(first(upper_gap), first(lower_gap)))
    column_gap = maximum(astuple(last(upper_gap), last(lower_gap)))
    reach = lambda count: multiply(astuple(row_gap, column_gap), count)
    far_corners = lambda count: insert(
        add(lrcorner(outer), reach(count)), initset(subtract(ulcorner(outer), reach(count)))
    )
    rings = mapply(lambda count: box(far_corners(count)), interval(ONE, 30, ONE))
    return replace(fill(I, color(outer), rings), mostcolor(I), GRAY)


def solve_f9012d9b(I):
    """A periodic pattern has a black hole; the output is the part of the pattern that the hole hides."""
    hole = ofcolor(I, BLACK)
    visible = sfilter(asobject(I), lambda cell: flip(equality(first(cell), BLACK)))
    overlap = lambda offset: size(intersection(shift(toindices(visible), offset), toindices(visible)))
    agreement = lambda offset: size(intersection(shift(visible, offset), visible))
    repeats = lambda offset: equality(overlap(offset), agreement(offset))
    rows = extract(interval(ONE, increment(height(I)), ONE), lambda step: repeats(toivec(step)))
    columns = extract(interval(ONE, increment(width(I)), ONE), lambda step: repeats(tojvec(step)))
    period = astuple(rows, columns)
    within = lambda cell: subtract(cell, multiply(period, divide(cell, period)))
    tile = apply(lambda cell: astuple(first(cell), within(last(cell))), visible)
    pattern = paint(canvas(BLACK, period), tile)
    hidden = apply(lambda cell: astuple(index(pattern, within(cell)), cell), hole)
    return subgrid(hole, paint(I, hidden))
