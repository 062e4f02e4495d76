"""Arithmetic on ints and on pairs, element by element. A bool counts as 0 or 1."""

from .types import Numerical, Pair


def add(a: Numerical, b: Numerical) -> Numerical:
    """The sum; an int and a pair add the int to each element.

    >>> add((1, 2), (3, 4)), add(1, (3, 4))
    ((4, 6), (4, 5))
    """
    if isinstance(a, int):
        return a + b if isinstance(b, int) else (a + b[0], a + b[1])
    return (a[0] + b, a[1] + b) if isinstance(b, int) else (a[0] + b[0], a[1] + b[1])


def subtract(a: Numerical, b: Numerical) -> Numerical:
    """The difference; an int goes with each element of a pair.

    >>> subtract((5, 5), 1), subtract(1, (0, 3))
    ((4, 4), (1, -2))
    """
    if isinstance(a, int):
        return a - b if isinstance(b, int) else (a - b[0], a - b[1])
    return (a[0] - b, a[1] - b) if isinstance(b, int) else (a[0] - b[0], a[1] - b[1])


def multiply(a: Numerical, b: Numerical) -> Numerical:
    """The product; an int goes with each element of a pair."""
    if isinstance(a, int):
        return a * b if isinstance(b, int) else (a * b[0], a * b[1])
    return (a[0] * b, a[1] * b) if isinstance(b, int) else (a[0] * b[0], a[1] * b[1])


def divide(a: Numerical, b: Numerical) -> Numerical:
    """The quotient rounded down; an int goes with each element of a pair. Raises ZeroDivisionError.

    >>> divide(-7, 2), divide((7, 9), (2, 3))
    (-4, (3, 3))
    """
    if isinstance(a, int):
        return a // b if isinstance(b, int) else (a // b[0], a // b[1])
    return (a[0] // b, a[1] // b) if isinstance(b, int) else (a[0] // b[0], a[1] // b[1])


def invert(n: Numerical) -> Numerical:
    """The number with the opposite sign."""
    return -n if isinstance(n, int) else (-n[0], -n[1])


def double(n: Numerical) -> Numerical:
    """Twice the number."""
    return n * 2 if isinstance(n, int) else (n[0] * 2, n[1] * 2)


def halve(n: Numerical) -> Numerical:
    """Half the number, rounded down."""
    return n // 2 if isinstance(n, int) else (n[0] // 2, n[1] // 2)


def increment(x: Numerical) -> Numerical:
    """The number plus one."""
    return x + 1 if isinstance(x, int) else (x[0] + 1, x[1] + 1)


def decrement(x: Numerical) -> Numerical:
    """The number minus one."""
    return x - 1 if isinstance(x, int) else (x[0] - 1, x[1] - 1)


def crement(x: Numerical) -> Numerical:
    """The number one further from zero; zero stays.

    >>> crement(3), crement((-2, 0))
    (4, (-3, 0))
    """
    if isinstance(x, int):
        return x + (x > 0) - (x < 0)
    i, j = x[0], x[1]
    return (i + (i > 0) - (i < 0), j + (j > 0) - (j < 0))


def sign(x: Numerical) -> Numerical:
    """-1, 0 or 1 as the number is below, at or above zero.

    >>> sign((-7, 7))
    (-1, 1)
    """
    if isinstance(x, int):
        return (x > 0) - (x < 0)
    i, j = x[0], x[1]
    return ((i > 0) - (i < 0), (j > 0) - (j < 0))


def even(n: int) -> bool:
    """Whether an int is divisible by two."""
    return n % 2 == 0


def positive(x: int) -> bool:
    """Whether an int is above zero."""
    return x > 0


def greater(a: int, b: int) -> bool:
    """Whether the first int exceeds the second."""
    return a > b


def toivec(i: int) -> Pair:
    """The offset by that many rows."""
    return (i, 0)


def tojvec(j: int) -> Pair:
    """The offset by that many columns."""
    return (0, j)
