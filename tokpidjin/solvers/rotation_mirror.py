"""Outputs arranged from turned and mirrored copies of the input."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_3af2c5a8(I):
    """The grid beside its mirror image, and below both their mirror image."""
    return mirrored_four_ways(I)


def solve_3c9b0459(I):
    """The grid turned upside down by half a turn."""
    return rot180(I)


def solve_46442a0e(I):
    """The grid is the upper left quarter of a pinwheel; its quarter turns fill the other three."""
    return pinwheel(I)


def solve_4c4377d9(I):
    """The grid stands below its own reflection."""
    return vconcat(hmirror(I), I)


def solve_6150a2bd(I):
    """The grid is turned upside down by half a turn."""
    return rot180(I)


def solve_62c24649(I):
    """The grid with its mirror image on the right, and both mirrored below."""
    return mirrored_four_ways(I)


def solve_67a3c6ac(I):
    """The grid mirrored left to right."""
    return vmirror(I)


def solve_67e8384a(I):
    """The grid with its mirror image on the right, and both mirrored below."""
    return mirrored_four_ways(I)


def solve_6855a6e4(I):
    """Two brackets face each other; whatever lies outside is mirrored across the nearer bracket's back into
    the space between them.
    """
    symmetric = lambda part: both(equality(hmirror(part), part), equality(vmirror(part), part))
    brackets_of = lambda grid: argmax(sfilter(fgpartition(grid), symmetric), size)
    brackets = brackets_of(I)
    left_edge = intersection(vfrontier(ulcorner(brackets)), toindices(brackets))
    turn = branch(equality(size(left_edge), height(brackets)), dmirror, identity)
    upright = turn(I)
    top = uppermost(brackets_of(upright))
    bottom = lowermost(brackets_of(upright))
    outside = merge(remove(brackets_of(upright), fgpartition(upright)))
    axis = lambda row: branch(greater(top, row), top, bottom)
    reflect = lambda cell: astuple(subtract(double(axis(first(cell))), first(cell)), last(cell))
    mirrored = apply(lambda cell: astuple(first(cell), reflect(last(cell))), outside)
    return turn(paint(cover(upright, outside), mirrored))


def solve_68b16354(I):
    """The grid is turned upside down."""
    return hmirror(I)


def solve_6d0aefbc(I):
    """The grid stands to the left of its own reflection."""
    return hconcat(I, vmirror(I))


def solve_6fa7a44f(I):
    """The grid stands above its own reflection."""
    return vconcat(I, hmirror(I))


def solve_74dd1130(I):
    """The grid is mirrored on its diagonal."""
    return dmirror(I)


def solve_7fe24cdd(I):
    """The grid and its three quarter turns form a pinwheel."""
    return pinwheel(I)


def solve_8be77c9e(I):
    """The grid stands on its own mirror image."""
    return vconcat(I, hmirror(I))


def solve_8d5021e8(I):
    """The mirror image and the grid side by side; three of these below each other, the first and the last
    upside down.
    """
    middle = hconcat(vmirror(I), I)
    return vconcat(hmirror(middle), vconcat(middle, hmirror(middle)))


def solve_8e5a5113(I):
    """Of the square panels in a row or column one holds a pattern; along the row each next panel gets it
    turned by one more quarter.
    """
    side = minimum(shape(I))
    dimensions = astuple(side, side)
    step = multiply(increment(side), branch(portrait(I), DOWN, RIGHT))
    count = divide(increment(maximum(shape(I))), increment(side))
    places = interval(ZERO, count, ONE)
    panel = lambda place: crop(I, multiply(step, place), dimensions)
    origin = argmax(places, compose(numcolors, panel))
    quarters = lambda place: subtract(place, subtract(origin, FOUR))
    within_turn = lambda turns: subtract(turns, multiply(FOUR, divide(turns, FOUR)))
    filled = lambda place: asobject(turned(panel(origin), within_turn(quarters(place))))
    return paint(I, mapply(lambda place: shift(filled(place), multiply(step, place)), places))


def solve_c9e6f938(I):
    """The grid with its mirror image on the right."""
    return hconcat(I, vmirror(I))


def solve_ed36ccf7(I):
    """The grid is turned anticlockwise by a quarter."""
    return rot270(I)
