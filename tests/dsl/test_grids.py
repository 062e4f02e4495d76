"""Grids made of grids."""

import pytest

from tokpidjin.dsl import *

GRID = ((1, 2, 3), (4, 5, 6))
COLUMN = ((1,), (2,), (3,))


def test_turning():
    assert rot90(GRID) == ((4, 1), (5, 2), (6, 3))
    assert rot180(GRID) == ((6, 5, 4), (3, 2, 1))
    assert rot270(GRID) == ((3, 6), (2, 5), (1, 4))


def test_mirroring_grids():
    assert hmirror(GRID) == ((4, 5, 6), (1, 2, 3))
    assert vmirror(GRID) == ((3, 2, 1), (6, 5, 4))
    assert dmirror(GRID) == ((1, 4), (2, 5), (3, 6))
    assert cmirror(GRID) == ((6, 3), (5, 2), (4, 1))


def test_mirroring_patches_in_their_box():
    obj = frozenset({(1, (2, 3)), (2, (2, 5)), (3, (3, 5))})
    assert hmirror(obj) == frozenset({(1, (3, 3)), (2, (3, 5)), (3, (2, 5))})
    assert vmirror(obj) == frozenset({(1, (2, 5)), (2, (2, 3)), (3, (3, 3))})
    assert dmirror(obj) == frozenset({(1, (2, 3)), (2, (4, 3)), (3, (4, 4))})
    assert cmirror(obj) == frozenset({(1, (4, 4)), (2, (2, 4)), (3, (2, 3))})
    for function in (hmirror, vmirror, dmirror, cmirror):
        assert function(toindices(obj)) == toindices(function(obj))
        with pytest.raises(ValueError):  # noqa: PT011
            function(frozenset())


def test_cutting():
    assert crop(GRID, (0, 1), (2, 2)) == ((2, 3), (5, 6))
    assert crop(GRID, (1, 1), (9, 9)) == ((5, 6),)
    assert crop(GRID, (-1, 0), (1, 2)) == ()
    assert subgrid(frozenset({(0, 1), (1, 2)}), GRID) == ((2, 3), (5, 6))
    assert trim(canvas(3, (3, 4))) == ((3, 3),)
    assert trim(((1,),)) == ()
    with pytest.raises(IndexError):
        subgrid(frozenset(), GRID)


def test_halves():
    assert tophalf(COLUMN) == ((1,),)
    assert bottomhalf(COLUMN) == ((3,),)
    assert lefthalf(GRID) == ((1,), (4,))
    assert righthalf(GRID) == ((3,), (6,))
    assert lefthalf(COLUMN) == righthalf(COLUMN) == ()


def test_splitting():
    assert hsplit(GRID, 3) == (((1,), (4,)), ((2,), (5,)), ((3,), (6,)))
    assert hsplit(GRID, 2) == (((1,), (4,)), ((3,), (6,)))
    assert vsplit(GRID, 2) == (((1, 2, 3),), ((4, 5, 6),))
    assert vsplit(COLUMN, 2) == (((1,),), ((3,),))
    assert hsplit(GRID, -1) == ()
    assert vsplit(((1,), (2,)), 3) == ((), (), ())
    for function in (hsplit, vsplit):
        with pytest.raises(ZeroDivisionError):
            function(GRID, 0)
        with pytest.raises(IndexError):
            function((), 2)


def test_joining():
    assert hconcat(GRID, ((7,), (8,), (9,))) == ((1, 2, 3, 7), (4, 5, 6, 8))
    assert vconcat(((1, 2, 3),), ((4, 5, 6),)) == GRID


def test_scaling():
    assert hupscale(((1, 2),), 2) == ((1, 1, 2, 2),)
    assert vupscale(((1, 2),), 2) == ((1, 2), (1, 2))
    assert upscale(((1, 2),), 2) == ((1, 1, 2, 2), (1, 1, 2, 2))
    assert upscale(GRID, 0) == ()
    assert hupscale(GRID, 0) == ((), ())
    assert downscale(upscale(GRID, 3), 3) == GRID
    assert downscale(GRID, 2) == ((1, 3),)
    assert downscale(GRID, -2) == ((1, 3),)
    with pytest.raises(ValueError, match="zero"):
        downscale(GRID, 0)


def test_scaling_objects():
    obj = frozenset({(1, (2, 2)), (3, (3, 3))})
    grown = upscale(obj, 2)
    assert ulcorner(grown) == (2, 2)
    assert shape(grown) == (4, 4)
    assert colorcount(grown, 1) == colorcount(grown, 3) == 4
    assert (3, (4, 4)) in grown
    assert upscale(frozenset(), 2) == upscale(obj, -1) == frozenset()
    with pytest.raises(TypeError):
        upscale(frozenset({(1, 2)}), 2)


def test_recoloring():
    assert replace(GRID, 5, 0) == ((1, 2, 3), (4, 0, 6))
    assert switch(GRID, 1, 5) == ((5, 2, 3), (4, 1, 6))
    assert switch(GRID, 1, 1) == GRID
    assert switch(((0, 1),), 1, 9) == ((0, 9),)


def test_cellwise():
    assert cellwise(GRID, ((1, 0, 3, 9), (4, 0, 0, 9), (9, 9, 9, 9)), 7) == ((1, 7, 3), (4, 7, 7))
    assert cellwise(((),), (), 7) == ((),)
    for smaller in (((1, 2, 3),), ((1, 2), (3, 4)), ()):
        with pytest.raises(IndexError):
            cellwise(GRID, smaller, 7)


def test_index():
    assert index(GRID, (1, 2)) == 6
    assert index(GRID, (-1, 0)) is None
    assert index(GRID, (0, 3)) is None
    with pytest.raises(IndexError):
        index((), (0, 0))


def test_canvas():
    assert canvas(3, (2, 1)) == ((3,), (3,))
    assert canvas(3, (-1, 2)) == ()
    assert canvas(3, (1, -2)) == ((),)


def test_compress():
    assert compress(((1, 0, 2), (0, 0, 0), (3, 0, 4))) == ((1, 2), (3, 4))
    assert compress(canvas(0, (2, 2))) == compress(()) == ()
