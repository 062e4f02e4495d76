"""Objects on grids, and repetition."""

import pytest

from tokpidjin.dsl import *

GRID = (
    (1, 0, 2),
    (0, 1, 2),
    (3, 0, 0),
)


def sizes(objs):
    return sorted(map(len, objs))


@pytest.mark.parametrize(
    ("univalued", "diagonal", "without_bg", "expected"),
    [
        (T, F, T, [1, 1, 1, 2]),
        (T, T, T, [1, 2, 2]),
        (F, F, T, [1, 1, 3]),
        (F, T, T, [5]),
        (T, F, F, [1, 1, 1, 1, 1, 2, 2]),
        (T, T, F, [1, 2, 2, 4]),
        (F, F, F, [9]),
    ],
)
def test_objects(univalued, diagonal, without_bg, expected):
    objs = objects(GRID, univalued, diagonal, without_bg)
    assert sizes(objs) == expected
    assert sum(expected) == len(merge(objs))


def test_objects_does_not_connect_the_ends_of_rows():
    assert sizes(objects(((0, 5), (5, 0)), T, F, F)) == [1, 1, 1, 1]
    assert sizes(objects(((0, 0, 5), (5, 0, 0)), T, T, T)) == [1, 1]


def test_none_is_no_object_unless_the_background_is_left_out():
    assert sizes(objects(((None, 1),), T, F, F)) == [1]
    assert sizes(objects(((None, 1, 1),), T, F, T)) == [1]


def test_objects_of_nothing():
    assert objects(((),), T, T, F) == frozenset()
    with pytest.raises(IndexError):
        objects((), T, T, F)
    with pytest.raises(ValueError, match="empty"):
        objects(((),), T, T, T)


def test_partition():
    assert {color(part): len(part) for part in partition(GRID)} == {0: 4, 1: 2, 2: 2, 3: 1}
    assert {color(part) for part in fgpartition(GRID)} == {1, 2, 3}
    assert partition(()) == frozenset()
    with pytest.raises(ValueError, match="empty"):
        fgpartition(())


def test_frontiers():
    assert frontiers(((1, 0, 2), (0, 0, 0))) == frozenset(
        {recolor(0, product((1,), (0, 1, 2))), recolor(0, product((0, 1), (1,)))}
    )
    assert frontiers(((4,),)) == frozenset({frozenset({(4, (0, 0))})})
    assert frontiers(((), ())) == frozenset()


def test_occurrences():
    corner = frozenset({(1, (5, 5)), (0, (5, 6)), (0, (6, 5))})
    assert occurrences(GRID, corner) == frozenset({(0, 0)})
    assert occurrences(GRID, frozenset({(2, (0, 0))})) == frozenset({(0, 2), (1, 2)})
    assert occurrences(GRID, recolor(0, product(range(4), (0,)))) == frozenset()
    assert len(occurrences(GRID, frozenset())) == 16
    with pytest.raises(TypeError):
        occurrences(GRID, frozenset({(0, 0)}))


def test_periods():
    stripes = asobject(((1, 2, 1, 2, 1), (1, 2, 1, 2, 1)))
    assert (hperiod(stripes), vperiod(stripes)) == (2, 1)
    assert hperiod(asobject(((1, 2, 3),))) == 3
    assert hperiod(shift(stripes, (7, -7))) == 2
    assert hperiod(frozenset()) == vperiod(frozenset()) == 0
    assert hperiod(frozenset({(3, 3)})) == 1
    with pytest.raises(TypeError):
        hperiod(frozenset({(3, 3), (3, 4)}))
