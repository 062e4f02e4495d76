"""Patches: making, moving, measuring."""

import pytest

from tokpidjin.dsl import *

GRID = ((0, 3), (3, 0), (0, 0))
OBJ = frozenset({(3, (1, 4)), (5, (3, 2))})
SPOTS = frozenset({(1, 4), (3, 2)})
NOTHING = frozenset()


def test_from_grids():
    assert asindices(GRID) == product((0, 1, 2), (0, 1))
    assert asindices(()) == NOTHING
    assert ofcolor(GRID, 3) == frozenset({(0, 1), (1, 0)})
    assert asobject(((7, 8),)) == frozenset({(7, (0, 0)), (8, (0, 1))})
    assert toobject(frozenset({(0, 1), (5, 5), (-1, 0)}), GRID) == frozenset({(3, (0, 1))})


def test_toindices_and_recolor():
    assert toindices(OBJ) == toindices(SPOTS) == SPOTS
    assert toindices(frozenset({(1, (0, 0)), (2, (0, 0))})) == frozenset({(0, 0)})
    assert recolor(9, OBJ) == recolor(9, SPOTS) == frozenset({(9, (1, 4)), (9, (3, 2))})
    assert toindices(NOTHING) == recolor(1, NOTHING) == NOTHING


def test_moving():
    assert shift(OBJ, (-1, 1)) == frozenset({(3, (0, 5)), (5, (2, 3))})
    assert shift(SPOTS, (-1, 1)) == frozenset({(0, 5), (2, 3)})
    assert normalize(OBJ) == frozenset({(3, (0, 2)), (5, (2, 0))})
    assert normalize(SPOTS) == frozenset({(0, 2), (2, 0)})
    assert shift(NOTHING, (1, 1)) == normalize(NOTHING) == NOTHING


def test_a_tuple_of_cells_is_a_patch_too():
    assert shift(tuple(OBJ), (0, 0)) == OBJ
    assert recolor(1, tuple(SPOTS)) == recolor(1, SPOTS)
    assert toindices(tuple(SPOTS)) == tuple(SPOTS)
    assert shape(tuple(OBJ)) == (2, 2)


@pytest.mark.parametrize("patch", [OBJ, SPOTS])
def test_bounds(patch):
    assert (uppermost(patch), lowermost(patch), leftmost(patch), rightmost(patch)) == (1, 3, 2, 4)
    assert (ulcorner(patch), urcorner(patch), llcorner(patch), lrcorner(patch)) == (
        (1, 2),
        (1, 4),
        (3, 2),
        (3, 4),
    )
    assert corners(patch) == frozenset({(1, 2), (1, 4), (3, 2), (3, 4)})
    assert (height(patch), width(patch), shape(patch)) == (3, 3, (3, 3))
    assert center(patch) == (2, 3)
    assert centerofmass(patch) == (2, 3)


def test_bounds_of_an_empty_patch():
    assert shape(NOTHING) == (0, 0)
    assert ulcorner(NOTHING) == urcorner(NOTHING) == llcorner(NOTHING) == lrcorner(NOTHING) == ()
    assert corners(NOTHING) == frozenset({()})
    assert centerofmass(NOTHING) == ()
    for function in (uppermost, lowermost, leftmost, rightmost, center):
        with pytest.raises(ValueError):  # noqa: PT011 (the message is Python's)
            function(NOTHING)


def test_bounds_of_grids():
    assert (height(GRID), width(GRID), shape(GRID)) == (3, 2, (3, 2))
    assert (shape(()), shape(((),))) == ((0, 0), (1, 0))
    assert portrait(GRID)
    assert not portrait(((1, 2),))


def test_forms():
    block = product((0, 1), (0, 1))
    assert square(block)
    assert not square(remove((0, 0), block))
    assert square(((1, 2), (3, 4)))
    assert square(NOTHING)
    assert vline(connect((0, 0), (3, 0)))
    assert not vline(frozenset({(0, 0), (2, 0)}))
    assert hline(connect((0, 0), (0, 3)))
    assert vline(initset((0, 0)))
    assert hline(initset((0, 0)))
    assert not vline(NOTHING)
    with pytest.raises(IndexError):
        square(())


def test_center_takes_the_lower_right_of_two():
    assert center(product((0, 1), (0, 1))) == (1, 1)
    assert centerofmass(frozenset({(0, 0), (0, 1), (-1, 0)})) == (-1, 0)


def test_bordering():
    assert bordering(frozenset({(0, 5)}), GRID)
    assert bordering(frozenset({(1, 1)}), GRID)
    assert not bordering(frozenset({(1, 1)}), canvas(0, (3, 3)))
    with pytest.raises(ValueError):  # noqa: PT011
        bordering(NOTHING, GRID)


def test_boxes():
    patch = frozenset({(1, 1), (4, 4)})
    assert backdrop(patch) == product((1, 2, 3, 4), (1, 2, 3, 4))
    assert delta(patch) == backdrop(patch) - patch
    assert len(box(patch)) == 12
    assert inbox(patch) == product((2, 3), (2, 3))
    assert len(outbox(patch)) == 20
    assert inbox(initset((5, 5))) == product((4, 5, 6), (4, 5, 6)) - {(5, 5)}


def test_boxes_of_an_empty_patch():
    assert backdrop(NOTHING) == delta(NOTHING) == box(NOTHING) == NOTHING
    for function in (inbox, outbox):
        with pytest.raises(ValueError):  # noqa: PT011
            function(NOTHING)
