"""Boxes, outlines and halos drawn around things."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_22233c11(I):
    """Two equal squares meet at a corner; cyan squares of their size go outside the free corners of their
    common box.
    """
    away = lambda cell, squares: sign(subtract(double(cell), add(ulcorner(squares), lrcorner(squares))))
    moved = lambda cell, squares: add(cell, multiply(away(cell, squares), halve(height(squares))))
    cyan_squares = lambda squares: apply(lambda cell: moved(cell, squares), delta(squares))
    return fill(I, CYAN, mapply(cyan_squares, objects(I, T, T, T)))


def solve_3eda0437(I):
    """The largest rectangle of black cells, at least two cells wide and high, turns magenta (all of them, if
    several are equally large).
    """
    rectangle = lambda sides: asindices(canvas(BLACK, sides))
    places = lambda sides: occurrences(I, recolor(BLACK, rectangle(sides)))
    sizes = product(interval(TWO, increment(height(I)), ONE), interval(TWO, increment(width(I)), ONE))
    area = lambda sides: multiply(first(sides), last(sides))
    fitting = sfilter(sizes, lambda sides: positive(size(places(sides))))
    largest = sfilter(fitting, matcher(area, valmax(fitting, area)))
    return fill(
        I,
        MAGENTA,
        mapply(lambda sides: mapply(lambda place: shift(rectangle(sides), place), places(sides)), largest),
    )


def solve_50cb2852(I):
    """The inside of every filled rectangle becomes cyan; a one-cell rim of its own colour stays."""
    return fill(I, CYAN, mapply(compose(backdrop, inbox), objects(I, T, F, T)))


def solve_928ad970(I):
    """A frame in the colour of the inner shape is drawn just inside the four outer dots."""
    by_color = fgpartition(I)
    dots = argmin(by_color, size)
    inner_shape = other(by_color, dots)
    return fill(I, color(inner_shape), inbox(dots))


def solve_a9f96cdd(I):
    """Each mark vanishes and leaves green, magenta, cyan and orange cells at its upper left, upper right,
    lower left and lower right.
    """
    background = mostcolor(I)
    marks = difference(asindices(I), ofcolor(I, background))
    upper = fill(
        fill(canvas(background, shape(I)), GREEN, shift(marks, NEG_UNITY)), MAGENTA, shift(marks, UP_RIGHT)
    )
    return fill(fill(upper, CYAN, shift(marks, DOWN_LEFT)), ORANGE, shift(marks, UNITY))


def solve_b60334d2(I):
    """Every mark becomes a ring: its colour at the four corners, blue on the four sides, background in the
    middle.
    """
    marks = difference(asindices(I), ofcolor(I, mostcolor(I)))
    with_corners = fill(cover(I, marks), leastcolor(I), mapply(ineighbors, marks))
    return fill(with_corners, BLUE, mapply(dneighbors, marks))


def solve_d22278a0(I):
    """Every corner dot spreads in square rings, each second one coloured, over the cells that are nearer to
    it than to any other dot.
    """
    dots = merge(fgpartition(I))
    offset = lambda place, dot: multiply(subtract(place, last(dot)), sign(subtract(place, last(dot))))
    steps = lambda place, dot: add(first(offset(place, dot)), last(offset(place, dot)))
    rivals = lambda place, dot: sfilter(
        dots, lambda rival: flip(greater(steps(place, rival), steps(place, dot)))
    )
    on_ring = lambda place, dot: even(maximum(offset(place, dot)))
    rings = lambda dot: sfilter(asindices(I), lambda place: on_ring(place, dot))
    own_rings = lambda dot: sfilter(rings(dot), lambda place: equality(size(rivals(place, dot)), ONE))
    return paint(I, mapply(lambda dot: recolor(first(dot), own_rings(dot)), dots))


def solve_d9fac9be(I):
    """Among specks of two colours stands one 3x3 ring of the one colour around a cell of the other; the
    answer is that cell.
    """
    speck_colors = remove(mostcolor(I), palette(I))
    framed = lambda value: insert(
        astuple(value, UNITY), recolor(other(speck_colors, value), neighbors(UNITY))
    )
    center_color = extract(speck_colors, lambda value: positive(size(occurrences(I, framed(value)))))
    return canvas(center_color, UNITY)


def solve_dc1df850(I):
    """Every red cell gets a blue halo on the background around it."""
    return underfill(I, BLUE, mapply(neighbors, ofcolor(I, RED)))
