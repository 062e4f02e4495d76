"""Functions made of functions."""

import pytest

from tokpidjin.dsl import *


def test_composition():
    assert compose(double, increment)(3) == 8
    assert chain(double, increment, invert)(3) == -4
    assert fork(add, double, increment)(3) == 10
    assert matcher(size, 2)((1, 2)) is True
    assert identity(abs) is abs


@pytest.mark.parametrize("times", [1, 2, 7])
def test_power(times):
    assert power(double, times)(1) == 2**times


def test_power_needs_one_application():
    with pytest.raises(ValueError, match="at least once"):
        power(double, 0)


def test_binding():
    assert rbind(subtract, 1)(5) == 4
    assert lbind(subtract, 1)(5) == -4
    assert rbind(replace, 9)(((1, 2),), 1) == ((9, 2),)
    assert lbind(replace, ((1, 2),))(1, 9) == ((9, 2),)
    assert rbind(objects, T)(((0, 1),), T, F) == frozenset({frozenset({(1, (0, 1))})})
    assert lbind(objects, ((0, 1),))(T, F, T) == frozenset({frozenset({(1, (0, 1))})})
    assert lbind(rbind(subtract, 1), 5) is not None
    assert lbind(compose, double)(increment)(3) == 8


def test_binding_a_builtin_raises():
    with pytest.raises(AttributeError):
        rbind(len, 1)


def test_applying_keeps_the_kind():
    assert apply(even, (1, 2)) == (F, T)
    assert apply(even, frozenset({1, 3})) == frozenset({F})
    assert rapply((double, increment), 3) == (6, 4)
    assert rapply(frozenset({double, increment}), 1) == frozenset({2})
    assert mapply(identity, frozenset({(1, 2), (2,)})) == frozenset({1, 2})
    assert mapply(identity, (frozenset({5, 4}), (4,))) == (4, 5, 4)


def test_applying_side_by_side():
    assert papply(subtract, frozenset({9, 5}), (1, 1, 1)) == (4, 8)
    assert mpapply(repeat, (7, 8), (1, 2)) == (7, 8, 8)
    assert prapply(add, frozenset({1, 2}), (1, 2)) == frozenset({2, 3, 4})


def test_a_failing_function_is_not_an_end_of_iteration():
    # `extract` and `first` find nothing for one element: an error, never a shorter result.
    for function in (first, lambda inner: extract(inner, positive), lambda inner: next(iter(inner))):
        for container in (((1,), ()), frozenset({(1,), ()})):
            with pytest.raises((LookupError, ValueError, StopIteration)):
                apply(function, container)
            with pytest.raises((LookupError, ValueError, StopIteration)):
                mapply(lambda inner, f=function: (f(inner),), container)
            with pytest.raises((LookupError, ValueError, StopIteration)):
                sfilter(container, function)
