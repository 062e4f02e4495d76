"""Functions made of functions, and functions applied to containers."""

from typing import Any

from .canonical import in_order
from .containers import EMPTY, merge
from .types import Container, Function


def identity(x: Any) -> Any:
    """The argument itself."""
    return x


def compose(outer: Function, inner: Function) -> Function:
    """The function x -> outer(inner(x))."""
    return lambda x: outer(inner(x))


def chain(h: Function, g: Function, f: Function) -> Function:
    """The function x -> h(g(f(x)))."""
    return lambda x: h(g(f(x)))


def fork(outer: Function, a: Function, b: Function) -> Function:
    """The function x -> outer(a(x), b(x))."""
    return lambda x: outer(a(x), b(x))


def matcher(function: Function, target: Any) -> Function:
    """The function that tells whether function(x) equals the target."""
    return lambda x: function(x) == target


def power(function: Function, n: int) -> Function:
    """The function applied n times over. Raises ValueError when n is below one.

    >>> power(lambda x: 2 * x, 5)(1)
    32
    """
    if n < 1:
        raise ValueError(f"power applies a function at least once, not {n} times")
    if n == 1:
        return function

    def repeated(x: Any) -> Any:
        for _ in range(n):
            x = function(x)
        return x

    return repeated


def rbind(function: Function, fixed: Any) -> Function:
    """The function with its last argument fixed; it may take two to four. Raises AttributeError for builtins.

    >>> rbind(lambda a, b: a - b, 1)(5)
    4
    """
    arguments = _argument_count(function)
    if arguments == 2:
        return lambda x: function(x, fixed)
    if arguments == 3:
        return lambda x, y: function(x, y, fixed)
    return lambda x, y, z: function(x, y, z, fixed)


def lbind(function: Function, fixed: Any) -> Function:
    """The function with its first argument fixed; for the rest as `rbind`.

    >>> lbind(lambda a, b: a - b, 1)(5)
    -4
    """
    arguments = _argument_count(function)
    if arguments == 2:
        return lambda x: function(fixed, x)
    if arguments == 3:
        return lambda x, y: function(fixed, x, y)
    return lambda x, y, z: function(fixed, x, y, z)


def _argument_count(function: Function) -> int:
    return function.__code__.co_argcount


def apply(function: Function, container: Container) -> Container:
    """The function of each element, in a container of the same kind.

    >>> apply(lambda x: x * x, (1, -1, 2))
    (1, 1, 4)
    """
    return type(container)([function(element) for element in container])


def rapply(functions: Container, value: Any) -> Container:
    """Each function of the value, in a container of the kind that holds the functions."""
    return type(functions)([function(value) for function in functions])


def mapply(function: Function, container: Container) -> Container:
    """The function of each element, merged into one container of the same kind.

    >>> mapply(lambda n: (n, -n), (1, 2))
    (1, -1, 2, -2)
    """
    if isinstance(container, frozenset):
        return EMPTY.union(*[function(element) for element in container])
    return merge(apply(function, container))


def papply(function: Function, a: Container, b: Container) -> tuple[Any, ...]:
    """The function of the elements of two containers side by side; sets in canonical order.

    >>> papply(lambda x, y: x * y, (1, 2, 3), (4, 5, 6))
    (4, 10, 18)
    """
    return tuple([function(x, y) for x, y in zip(in_order(a), in_order(b), strict=False)])


def mpapply(function: Function, a: Container, b: Container) -> Container:
    """What `papply` gives, merged into one tuple."""
    return merge(papply(function, a, b))


def prapply(function: Function, a: Container, b: Container) -> frozenset[Any]:
    """The function of each element of the first with each of the second, as a set."""
    return frozenset([function(x, y) for y in b for x in a])
