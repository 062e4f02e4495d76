"""Arithmetic and truth values."""

import pytest

from tokpidjin.dsl import *


@pytest.mark.parametrize(
    ("function", "a", "b", "result"),
    [
        (add, 2, 3, 5),
        (add, (1, 2), (3, 4), (4, 6)),
        (add, (1, 2), 3, (4, 5)),
        (add, 3, (1, 2), (4, 5)),
        (add, True, (1, True), (2, 2)),
        (subtract, 2, 3, -1),
        (subtract, (1, 2), (3, 5), (-2, -3)),
        (subtract, (1, 2), 1, (0, 1)),
        (subtract, 1, (1, 2), (0, -1)),
        (multiply, 2, 3, 6),
        (multiply, (1, 2), (3, 4), (3, 8)),
        (multiply, (1, 2), 3, (3, 6)),
        (multiply, 3, (1, 2), (3, 6)),
        (divide, 7, -2, -4),
        (divide, (7, 9), (2, 3), (3, 3)),
        (divide, (7, 9), 2, (3, 4)),
        (divide, 7, (2, 3), (3, 2)),
    ],
)
def test_binary(function, a, b, result):
    assert function(a, b) == result


@pytest.mark.parametrize(
    ("function", "x", "of_int", "of_pair"),
    [
        (invert, 3, -3, (-3, 2)),
        (double, 3, 6, (6, -4)),
        (halve, 3, 1, (1, -1)),
        (increment, 3, 4, (4, -1)),
        (decrement, 3, 2, (2, -3)),
        (crement, 3, 4, (4, -3)),
        (sign, 3, 1, (1, -1)),
    ],
)
def test_unary(function, x, of_int, of_pair):
    assert function(x) == of_int
    assert function((x, -2)) == of_pair


def test_zero_has_no_direction():
    assert crement(0) == sign(0) == 0
    assert crement((0, -1)) == (0, -2)
    assert sign((0, -5)) == (0, -1)


def test_numbers_that_are_none_or_empty_raise():
    for function, arguments in ((add, (None, 1)), (add, ((), 1)), (subtract, ({1}, {2})), (double, (None,))):
        with pytest.raises((TypeError, IndexError)):
            function(*arguments)
    with pytest.raises(ZeroDivisionError):
        divide((1, 2), 0)


def test_predicates():
    assert even(-2)
    assert not even(3)
    assert positive(1)
    assert not positive(0)
    assert greater(2, 1)
    assert not greater(1, 1)


def test_offsets():
    assert toivec(3) == (3, 0)
    assert tojvec(3) == (0, 3)


def test_both_and_either_give_a_value_as_python_does():
    assert both(0, 5) == 0
    assert both(3, 5) == 5
    assert either(0, 5) == 5
    assert either(3, 5) == 3
    assert flip(()) is True


def test_branch_and_equality():
    assert branch((), 1, 2) == 2
    assert branch(T, 1, 2) == 1
    assert equality(frozenset({1, 2}), frozenset({2, 1})) is True
    assert equality((1,), frozenset({1})) is False
