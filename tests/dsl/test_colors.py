"""Colours of grids and objects."""

import pytest

from tokpidjin.dsl import *

GRID = ((0, 2, 2), (0, 5, 7))
OBJ = frozenset({(4, (0, 1)), (3, (0, 2)), (4, (1, 0)), (3, (9, 9)), (8, (5, 5))})


def test_frequencies_with_ties_to_the_smallest():
    assert (mostcolor(GRID), leastcolor(GRID)) == (0, 5)
    assert (mostcolor(OBJ), leastcolor(OBJ)) == (3, 8)
    assert mostcolor(((None, None, 3),)) is None


@pytest.mark.parametrize("empty", [(), ((),), frozenset()])
def test_no_cells_no_color(empty):
    assert palette(empty) == frozenset()
    assert numcolors(empty) == 0
    for function in (mostcolor, leastcolor):
        with pytest.raises(ValueError, match="empty"):
            function(empty)


def test_counting():
    assert colorcount(GRID, 2) == 2
    assert colorcount(OBJ, 4) == 2
    assert palette(GRID) == frozenset({0, 2, 5, 7})
    assert palette(OBJ) == frozenset({3, 4, 8})
    assert numcolors(OBJ) == 3


def test_color_is_that_of_the_first_cell():
    assert color(OBJ) == 4
    assert color(frozenset({(9, (0, 0)), (2, (0, 0))})) == 2
    assert color(((6, (5, 5)), (1, (0, 0)))) == 6
    with pytest.raises((IndexError, ValueError)):
        color(frozenset())


def test_colorfilter():
    single = frozenset({(4, (7, 7))})
    assert colorfilter(frozenset({OBJ, single}), 4) == frozenset({OBJ, single})
    assert colorfilter((OBJ, single), 3) == frozenset()
    with pytest.raises((IndexError, ValueError)):
        colorfilter(frozenset({frozenset(), single}), 4)
