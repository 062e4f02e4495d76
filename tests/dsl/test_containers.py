"""Tuples and sets."""

import pytest

from tokpidjin.dsl import *

ABC = frozenset({(5, (2, 2)), (7, (0, 1)), (5, (0, 0))})


def test_order_shows_where_a_set_becomes_a_tuple():
    assert totuple(ABC) == ((5, (0, 0)), (7, (0, 1)), (5, (2, 2)))
    assert first(ABC) == (5, (0, 0))
    assert last(ABC) == (5, (2, 2))
    assert other(frozenset({9, 3, 6}), 3) == 6
    assert combine((1,), frozenset({9, 3, 6})) == (1, 3, 6, 9)
    assert merge((frozenset({9, 3}), (5,))) == (3, 9, 5)
    assert pair(frozenset({9, 3}), (0, 1)) == ((3, 0), (9, 1))
    assert extract(frozenset({9, 3, 6}), positive) == 3


def test_first_and_last_of_tuples():
    assert (first((4, 2, 6)), last((4, 2, 6))) == (4, 6)


@pytest.mark.parametrize("function", [first, last])
@pytest.mark.parametrize("empty", [(), frozenset()])
def test_first_and_last_of_nothing_raise(function, empty):
    with pytest.raises((IndexError, ValueError)):
        function(empty)


def test_extract_finds_nothing():
    with pytest.raises(LookupError, match="extract"):
        extract((1, 2), lambda x: x > 2)


def test_kind_is_kept():
    assert merge(frozenset({(1, 2), (2, 3)})) == frozenset({1, 2, 3})
    assert merge(((1, 2), (2, 3))) == (1, 2, 2, 3)
    assert remove(2, (1, 2, 2, 3)) == (1, 3)
    assert remove(2, frozenset({1, 2})) == frozenset({1})
    assert sfilter((1, 2, 3, 4), even) == (2, 4)
    assert sfilter(frozenset({1, 2}), even) == frozenset({2})
    assert mfilter(((1, 2), (3,)), lambda inner: len(inner) > 1) == (1, 2)
    assert difference((1, 2, 1, 3), (2,)) == (1, 1, 3)
    assert difference(frozenset({1, 2}), (2,)) == frozenset({1})
    assert combine(frozenset({1}), (2, 2)) == frozenset({1, 2})


def test_sets_only():
    assert intersection(frozenset({1, 2}), frozenset({2, 3})) == frozenset({2})
    assert insert(3, frozenset({1})) == frozenset({1, 3})
    assert initset((1, 2)) == frozenset({(1, 2)})
    for function, arguments in ((intersection, ((1,), (1,))), (insert, (3, (1,)))):
        with pytest.raises(TypeError):
            function(*arguments)


def test_tuples_only():
    assert dedupe((3, 1, 3, 2)) == (3, 1, 2)
    assert dedupe(frozenset()) == ()
    for function in (dedupe, mostcommon, leastcommon):
        with pytest.raises(TypeError):
            function(frozenset({1, 2}))


def test_sizefilter_gives_a_set():
    assert sizefilter(((1,), (2, 3), (4,)), 1) == frozenset({(1,), (4,)})


def test_making():
    assert astuple(1, (2, 3)) == (1, (2, 3))
    assert interval(0, 5, 2) == (0, 2, 4)
    assert interval(0, 5, -1) == ()
    assert repeat((1,), 2) == ((1,), (1,))
    assert repeat(1, -1) == ()
    assert product((1, 2), frozenset({3})) == frozenset({(1, 3), (2, 3)})
    assert size(ABC) == 3
    assert contained(1, (1, 2))
    assert not contained(3, frozenset())
    with pytest.raises(ValueError, match="zero"):
        interval(0, 5, 0)


def test_extremes_of_nothing_are_zero():
    assert maximum(()) == minimum(frozenset()) == 0
    assert valmax((), increment) == valmin(frozenset(), increment) == 1
    with pytest.raises(TypeError):
        valmax((), height)


def test_extremes():
    assert maximum(frozenset({3, -1})) == 3
    assert minimum((3, -1)) == -1
    assert maximum(frozenset({(1, 5), (2, 0)})) == (2, 0)
    assert valmax(((1, 2), (3,)), len) == 2
    assert valmin(((1, 2), (3,)), len) == 1


@pytest.mark.parametrize("function", [argmax, argmin])
def test_best_element(function):
    assert function(frozenset({8, 5, 2}), lambda _: 0) == 2
    assert function((8, 5, 2), lambda _: 0) == 8
    with pytest.raises(ValueError, match="empty"):
        function((), size)
    with pytest.raises(TypeError):
        function(frozenset({1, 2}), lambda _: None)


def test_sets_as_values_compare_by_inclusion():
    # Neither {1} nor {2} exceeds the other: the first in canonical order stays until one exceeds it.
    sets = {frozenset({2}), frozenset({1}), frozenset({2, 3})}
    assert argmax(frozenset(sets), identity) == frozenset({1})
    assert maximum(frozenset(sets)) == frozenset({1})
    assert valmax(frozenset(sets - {frozenset({1})}), identity) == frozenset({2, 3})


def test_order_is_stable_on_the_canonical_order():
    assert order(frozenset({(1, 0), (0, 5), (0, 1)}), first) == ((0, 1), (0, 5), (1, 0))
    assert order((3, 1, 2), even) == (3, 1, 2)


def test_frequencies():
    assert mostcommon((1, 2, 2, 1, 3)) == 1
    assert leastcommon((1, 2, 2, 1, 4, 3)) == 3
    assert mostcommon(((1, (0, 5)), (2, (0, 3)))) == (2, (0, 3))
    with pytest.raises(ValueError, match="empty"):
        mostcommon(())
