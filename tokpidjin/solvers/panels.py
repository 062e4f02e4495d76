"""Cell-wise logic of sub-grids."""

from tokpidjin.dsl import *
from tokpidjin.solvers.steps import *


def solve_1b2d62fb(I):
    """Two panels lie on both sides of a separator line; cells black in both become cyan on black."""
    panels = divided_panels(I)
    black_in_both = intersection(ofcolor(first(panels), BLACK), ofcolor(last(panels), BLACK))
    return fill(canvas(BLACK, shape(first(panels))), CYAN, black_in_both)


def solve_3428a4f5(I):
    """Of two panels beside a dividing line, the output is green where exactly one of them is black."""
    panels = divided_panels(I)
    holes = only_one(ofcolor(first(panels), BLACK), ofcolor(last(panels), BLACK))
    return fill(canvas(BLACK, shape(first(panels))), GREEN, holes)


def solve_6430c8c4(I):
    """Of two panels beside a dividing line, the output is green where both show the background."""
    panels = divided_panels(I)
    upper = first(panels)
    lower = last(panels)
    background = first(intersection(palette(upper), palette(lower)))
    both_empty = intersection(ofcolor(upper, background), ofcolor(lower, background))
    return fill(canvas(background, shape(upper)), GREEN, both_empty)


def solve_941d9a10(I):
    """Lines cut the grid into rooms: the first room turns blue, the middle one red and the last one green."""
    spaces = objects(I, T, F, F)
    walls = colorfilter(spaces, color(first(frontiers(I))))
    rooms = order(difference(spaces, walls), ulcorner)
    numbered = pair(rooms, interval(ZERO, size(rooms), ONE))
    middle = first(extract(numbered, matcher(last, halve(size(rooms)))))
    return fill(fill(fill(I, BLUE, first(rooms)), RED, middle), GREEN, last(rooms))


def solve_f2829549(I):
    """Two panels lie on both sides of a separator line; cells that are background in both become green."""
    panels = divided_panels(I)
    background = first(intersection(palette(first(panels)), palette(last(panels))))
    empty_in_both = intersection(ofcolor(first(panels), background), ofcolor(last(panels), background))
    return fill(canvas(background, shape(first(panels))), GREEN, empty_in_both)
