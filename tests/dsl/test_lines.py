"""Lines, and how two patches lie to each other."""

import pytest

from tokpidjin.dsl import *

NOTHING = frozenset()


def test_neighbors():
    assert dneighbors((1, 1)) == frozenset({(0, 1), (2, 1), (1, 0), (1, 2)})
    assert ineighbors((1, 1)) == frozenset({(0, 0), (0, 2), (2, 0), (2, 2)})
    assert neighbors((0, 0)) == product((-1, 0, 1), (-1, 0, 1)) - {(0, 0)}


@pytest.mark.parametrize(
    ("a", "b", "line"),
    [
        ((1, 3), (1, 1), {(1, 1), (1, 2), (1, 3)}),
        ((3, 1), (1, 1), {(1, 1), (2, 1), (3, 1)}),
        ((2, 2), (0, 0), {(0, 0), (1, 1), (2, 2)}),
        ((0, 2), (2, 0), {(0, 2), (1, 1), (2, 0)}),
        ((4, 4), (4, 4), {(4, 4)}),
        ((0, 0), (1, 3), set()),
    ],
)
def test_connect(a, b, line):
    assert connect(a, b) == connect(b, a) == frozenset(line)


def test_shoot():
    assert shoot((0, 0), (1, -1)) == frozenset((k, -k) for k in range(43))
    assert shoot((3, 3), (0, 0)) == frozenset({(3, 3)})
    assert shoot((0, 0), (1, 2)) == NOTHING
    assert len(shoot((0, 0), (0, 2))) == 85


def test_frontiers_are_30_long():
    assert vfrontier((7, 2)) == frozenset((i, 2) for i in range(30))
    assert hfrontier((7, 2)) == frozenset((7, j) for j in range(30))


def test_matching():
    a, b = frozenset({(0, 0), (1, 5)}), frozenset({(4, (1, 9))})
    assert hmatching(a, b)
    assert not vmatching(a, b)
    assert not hmatching(a, NOTHING)


def test_distance():
    a, b = frozenset({(0, 0), (9, 9)}), frozenset({(4, (2, 3)), (4, (9, 6))})
    assert manhattan(a, b) == manhattan(b, a) == 3
    assert manhattan(a, a) == 0
    assert adjacent(frozenset({(0, 0)}), frozenset({(1, (1, 0))}))
    assert not adjacent(frozenset({(0, 0)}), frozenset({(1, 1)}))
    assert not adjacent(frozenset({(0, 0), (0, 1)}), frozenset({(0, 1)}))
    for function in (manhattan, adjacent, position, gravitate):
        for pair_of_patches in ((a, NOTHING), (NOTHING, a), (NOTHING, NOTHING)):
            with pytest.raises(ValueError):  # noqa: PT011
                function(*pair_of_patches)


@pytest.mark.parametrize(
    ("there", "direction"),
    [
        ((5, 9), (0, 1)),
        ((5, 1), (0, -1)),
        ((9, 5), (1, 0)),
        ((1, 5), (-1, 0)),
        ((9, 9), (1, 1)),
        ((1, 9), (-1, 1)),
        ((9, 1), (1, -1)),
        ((5, 5), (0, -1)),
    ],
)
def test_position(there, direction):
    assert position(frozenset({(5, 5)}), frozenset({(2, there)})) == direction


@pytest.mark.parametrize(
    ("source", "destination", "offset"),
    [
        ({(0, 0)}, {(5, 0)}, (4, 0)),
        ({(5, 0)}, {(0, 0)}, (-4, 0)),
        ({(0, 0)}, {(0, 5)}, (0, 4)),
        ({(0, 5)}, {(0, 0)}, (0, -4)),
        ({(0, 0)}, {(1, 0)}, (0, 0)),
        ({(0, 0)}, {(5, 5)}, (0, 42)),
        ({(0, 0)}, {(0, 0)}, (-1, 0)),
        ({(0, 0)}, {(99, 0)}, (42, 0)),
        ({(0, 0), (0, 2)}, {(9, 2), (3, 0)}, (2, 0)),
    ],
)
def test_gravitate(source, destination, offset):
    assert gravitate(frozenset(source), frozenset(destination)) == offset
    assert gravitate(recolor(1, frozenset(source)), frozenset(destination)) == offset
