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
    """The bars pile up on the wall along one edge, the longest first; seen with the wall at the bottom, all
    are pushed to the right.
    """
    background = mostcolor(I)
    on_wall = lambda grid: both(
        equality(numcolors(crop(grid, toivec(decrement(height(grid))), astuple(ONE, width(grid)))), ONE),
        flip(equality(index(grid, decrement(shape(grid))), background)),
    )
    quarters = extract(interval(ZERO, FOUR, ONE), lambda count: on_wall(turned(I, count)))
    grid = turned(I, quarters)
    bars = order(objects(grid, T, F, T), size)
    corner = decrement(shape(grid))
    levels = interval(subtract(height(grid), size(bars)), height(grid), ONE)
    place = lambda bar, level: shift(bar, subtract(astuple(level, last(corner)), lrcorner(bar)))
    piled = merge(mpapply(lambda bar, level: initset(place(bar, level)), bars, levels))
    return turned_back(paint(canvas(background, shape(grid)), piled), quarters)


def solve_ea32f347(I):
    """The longest bar turns blue, the shortest red, the other yellow."""
    bars = objects(I, T, F, T)
    yellow = fill(I, YELLOW, merge(bars))
    return fill(fill(yellow, BLUE, argmax(bars, size)), RED, argmin(bars, size))


def solve_f8ff0b80(I):
    """The colours of the objects are listed from top to bottom, largest object first."""
    ranked = order(objects(I, T, T, T), compose(invert, size))
    return apply(lambda thing: repeat(color(thing), ONE), ranked)
