"""Noise removed, hidden patterns restored."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_6cf79266(I):
    """Every black 3x3 square in the noise turns blue; where just one pair overlaps, one diagonal step apart,
    only its upper left square does.
    """
    square_cells = asindices(canvas(BLACK, THREE_BY_THREE))
    places = occurrences(I, recolor(BLACK, square_cells))
    reach = shift(asindices(canvas(BLACK, astuple(FIVE, FIVE))), double(NEG_UNITY))
    crowded = sfilter(places, lambda place: greater(size(intersection(places, shift(reach, place))), ONE))
    lower_right = intersection(crowded, shift(crowded, UNITY))
    hidden = branch(equality(size(crowded), TWO), lower_right, difference(crowded, crowded))
    return fill(I, BLUE, mapply(lambda place: shift(square_cells, place), difference(places, hidden)))


def solve_7e0986d6(I):
    """Specks are removed: where a rectangle lies on two or more sides they take its colour, elsewhere the
    background's.
    """
    background = mostcolor(I)
    small_parts = sfilter(objects(I, T, F, T), lambda part: greater(FOUR, size(part)))
    specks = toindices(merge(small_parts))
    cleaned = fill(I, background, specks)
    colored = lambda cell: flip(equality(first(cell), background))
    beside = lambda speck: sfilter(toobject(dneighbors(speck), cleaned), colored)
    damaged = sfilter(specks, lambda speck: greater(size(beside(speck)), ONE))
    return paint(cleaned, mapply(lambda speck: recolor(mostcolor(beside(speck)), initset(speck)), damaged))
