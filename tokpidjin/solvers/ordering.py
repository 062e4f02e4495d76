"""Things sorted or ranked."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_08ed6ac7(I):
    """Bars, one to a column, are coloured by their height: the tallest blue, the next red, then green, then
    yellow; equal heights share a colour.
    """
    colored = difference(asindices(I), ofcolor(I, mostcolor(I)))
    bars = apply(
        lambda column: intersection(colored, vfrontier(tojvec(column))), interval(ZERO, width(I), ONE)
    )
    heights = dedupe(apply(size, bars))
    rank = lambda bar: increment(size(sfilter(heights, lambda tall: greater(tall, size(bar)))))
    return paint(I, mapply(lambda bar: recolor(rank(bar), bar), bars))


def solve_9af7a82c(I):
    """A bar chart hanging from the top: one column for each colour, as long as its cell count, the longest
    first.
    """
    count = lambda value: colorcount(I, value)
    ranked = order(palette(I), compose(invert, count))
    longest = count(first(ranked))
    bar = lambda value: combine(repeat(value, count(value)), repeat(BLACK, subtract(longest, count(value))))
    return dmirror(apply(bar, ranked))


def solve_a3325580(I):
    """The largest shapes, as columns of their colours from left to right, as high as their cell count."""
    shapes = objects(I, T, F, T)
    greatest = valmax(shapes, size)
    row = apply(color, order(sizefilter(shapes, greatest), leftmost))
    return repeat(row, greatest)


def solve_a61f2674(I):
    """The longest bar turns blue, the shortest red; the others vanish."""
    bars = objects(I, T, F, T)
    longest = argmax(bars, size)
    return fill(fill(cover(I, merge(bars)), BLUE, longest), RED, argmin(bars, size))


def solve_beb8660c(I):
    """The bars pile up on the cyan wall along one edge, the longest first; seen with the wall at the bottom,
    all are pushed to the right.
    """
    bottom_row = lambda grid: crop(grid, toivec(decrement(height(grid))), astuple(ONE, width(grid)))
    on_wall = lambda grid: equality(palette(bottom_row(grid)), initset(CYAN))
    quarters = extract(interval(ZERO, FOUR, ONE), lambda count: on_wall(turned(I, count)))
    grid = turned(I, quarters)
    hall = crop(grid, ORIGIN, astuple(decrement(height(grid)), width(grid)))
    bars = order(objects(hall, T, F, T), size)
    levels = interval(subtract(height(hall), size(bars)), height(hall), ONE)
    pushed = lambda bar, level: shift(bar, subtract(astuple(level, decrement(width(hall))), lrcorner(bar)))
    piled = merge(mpapply(lambda bar, level: initset(pushed(bar, level)), bars, levels))
    settled = paint(canvas(mostcolor(hall), shape(hall)), piled)
    return turned_back(vconcat(settled, bottom_row(grid)), quarters)


def solve_cdecee7f(I):
    """The dots' colours, read column by column, fill a three-by-three grid row by row, there and back."""
    background = mostcolor(I)
    dots = merge(fgpartition(I))
    by_column = order(dots, lambda dot: astuple(last(last(dot)), first(last(dot))))
    line = repeat(combine(apply(first, by_column), repeat(background, NINE)), ONE)
    piece = lambda start: crop(line, tojvec(start), astuple(ONE, THREE))
    return vconcat(vconcat(piece(ZERO), vmirror(piece(THREE))), piece(SIX))


def solve_ea32f347(I):
    """The longest bar turns blue, the shortest red, the other yellow."""
    bars = objects(I, T, F, T)
    yellow = fill(I, YELLOW, merge(bars))
    return fill(fill(yellow, BLUE, argmax(bars, size)), RED, argmin(bars, size))


def solve_f8ff0b80(I):
    """The colours of the objects are listed from top to bottom, largest object first."""
    ranked = order(objects(I, T, T, T), compose(invert, size))
    return apply(lambda thing: repeat(color(thing), ONE), ranked)
