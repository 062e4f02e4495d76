"""Inside and outside: holes, enclosed areas, borders of regions."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_00d62c1b(I):
    """Background areas closed in on all sides turn yellow."""
    areas = colorfilter(objects(I, T, F, F), mostcolor(I))
    closed = sfilter(areas, lambda area: flip(bordering(area, I)))
    return fill(I, YELLOW, merge(closed))


def solve_4347f46a(I):
    """Every solid rectangle is hollowed out: only its outline stays."""
    inside = lambda rectangle: difference(backdrop(rectangle), box(rectangle))
    return fill(I, mostcolor(I), mapply(inside, objects(I, T, F, T)))


def solve_d4f3cd78(I):
    """The box is filled with cyan, which runs out straight through the gaps in its wall."""
    wall = merge(fgpartition(I))
    gaps = difference(box(wall), toindices(wall))
    outward = lambda place, low, high: branch(
        equality(place, low), NEG_ONE, branch(equality(place, high), ONE, ZERO)
    )
    row_way = lambda gap: outward(first(gap), uppermost(wall), lowermost(wall))
    column_way = lambda gap: outward(last(gap), leftmost(wall), rightmost(wall))
    jets = mapply(lambda gap: shoot(gap, astuple(row_way(gap), column_way(gap))), gaps)
    return fill(I, CYAN, combine(delta(wall), jets))


def solve_d5d6de2d(I):
    """Only the insides of closed outlines stay, filled with green; everything else is cleared."""
    insides = mapply(delta, objects(I, T, F, T))
    return fill(canvas(mostcolor(I), shape(I)), GREEN, insides)
