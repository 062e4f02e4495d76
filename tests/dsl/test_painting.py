"""Painting over grids."""

import pytest

from tokpidjin.dsl import *

GRID = ((0, 0, 1), (0, 2, 0))
OUTSIDE = {(-1, 0), (0, 3), (2, 0)}


def test_fill():
    assert fill(GRID, 7, frozenset({(0, 0), (1, 1)} | OUTSIDE)) == ((7, 0, 1), (0, 7, 0))
    assert fill(GRID, 7, frozenset({(4, (0, 0))})) == ((7, 0, 1), (0, 2, 0))
    assert fill(GRID, 7, frozenset()) == GRID


def test_underfill_only_where_the_most_common_color_is():
    assert underfill(GRID, 7, frozenset({(0, 0), (1, 1), (0, 2)} | OUTSIDE)) == ((7, 0, 1), (0, 2, 0))


def test_paint():
    assert paint(GRID, frozenset({(5, (0, 0)), (6, (9, 9))})) == ((5, 0, 1), (0, 2, 0))
    with pytest.raises(TypeError):
        paint(GRID, frozenset({(0, 0)}))


def test_the_last_of_several_cells_at_one_location_shows():
    cells = frozenset((color, (0, 0)) for color in range(10))
    assert paint(GRID, cells)[0][0] == 9
    assert paint(GRID, tuple(sorted(cells, reverse=True)))[0][0] == 0


def test_underpaint_stops_at_the_first_other_color():
    cells = frozenset((color, (0, 0)) for color in range(10))
    assert underpaint(GRID, cells)[0][0] == 1
    assert underpaint(GRID, ((0, (0, 0)), (8, (0, 0)), (3, (0, 0))))[0][0] == 8
    assert underpaint(GRID, frozenset({(9, (1, 1))})) == GRID


def test_cover_and_move():
    obj = frozenset({(2, (1, 1))})
    assert cover(GRID, obj) == cover(GRID, toindices(obj)) == ((0, 0, 1), (0, 0, 0))
    assert move(GRID, obj, (-1, 0)) == ((0, 2, 1), (0, 0, 0))
    assert move(GRID, obj, (5, 0)) == ((0, 0, 1), (0, 0, 0))


def test_an_empty_grid_raises():
    spot = frozenset({(1, (0, 0))})
    for function, arguments in (
        (fill, ((), 1, spot)),
        (underfill, ((), 1, spot)),
        (paint, ((), spot)),
        (underpaint, ((), spot)),
        (cover, ((), spot)),
        (move, ((), spot, (1, 1))),
        (toobject, (spot, ())),
    ):
        with pytest.raises((IndexError, ValueError)):
            function(*arguments)
