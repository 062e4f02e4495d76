"""The arguments of batched primitives: what is one for each item, what is the same for all, and is it what is taken.

Everything is checked here, before any work: ParameterError names the method, the argument, the position in it, the
cause and the remedy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from inspect import signature
from typing import Any, NamedTuple, get_origin

import numpy as np

from tokpidjin.dsl import PRIMITIVES
from tokpidjin.dsl.types import Container, Element, Function, Grid, Numerical, Pair, Piece
from tokpidjin.errors import ItemError, ParameterError

__all__ = ["Operand", "operands_of"]

_NUMBERS: frozenset[type] = frozenset({int, bool, type(None)})
_TUPLES: frozenset[type] = frozenset({tuple})
_CONTAINERS: frozenset[type] = frozenset({tuple, frozenset})
_MAKERS = frozenset({"chain", "compose", "fork", "lbind", "matcher", "power", "rbind"})
"""Primitives whose result is a function; they alone take another function for each item."""


class Operand(NamedTuple):
    """One argument: a value for each item, or `is_same` and the one value."""

    values: Sequence[Any]
    is_same: bool

    def __getitem__(self, k: int) -> Any:  # type: ignore[override]
        return self.values[0 if self.is_same else k]


class _Role(NamedTuple):
    """What a primitive takes as an argument: the Python types, in words, and whether functions too."""

    types: frozenset[type]
    words: str
    functions: bool = False


def _role(annotation: Any, primitive: str) -> _Role:
    """What an annotation of the language asks for."""
    if primitive == "greater" or annotation == Numerical:
        return _Role(_NUMBERS | _TUPLES, "an int or a pair of ints")
    if annotation is int:
        return _Role(_NUMBERS, "an int")
    if annotation == Grid:
        return _Role(_TUPLES, "a grid, a tuple of rows")
    if annotation == Pair:
        return _Role(_TUPLES, "a pair of ints")
    if annotation in (Element, Piece):
        return _Role(_CONTAINERS, "a grid or a set of cells or locations")
    if annotation == Container or get_origin(annotation) in (tuple, frozenset):
        return _Role(_CONTAINERS, "a tuple or frozenset")
    return _Role(_NUMBERS | _CONTAINERS, "a value of the language", functions=True)


def operands_of(
    primitive: str, method: str, arguments: Sequence[Any], named: dict[str, Any]
) -> tuple[list[Operand], int]:
    """The operands in the primitive's order, and how many items there are.

    Lists, ranges, 1-D arrays and iterators have a value for each item. Numbers, functions, frozensets and, beside
    any list, tuples are the same for all. Without a list, tuples are taken for sequences of values.
    """
    called = signature(PRIMITIVES[primitive])
    try:
        given = called.bind(*arguments, **named).arguments
    except TypeError as error:
        what = f"{method}{called.replace(return_annotation=called.empty)}"
        remedy = f"It takes {', '.join(called.parameters)}."
        raise ParameterError(what, cause=str(error), remedy=remedy, parameter=method) from None
    lists = {name: _as_list(value, f"{method}: {name}") for name, value in given.items()}
    if all(values is None for values in lists.values()):
        lists |= {name: list(value) for name, value in given.items() if _is_tuple_of_values(value)}
    count = _common_length(method, lists)
    operands = []
    for name, value in given.items():
        values = lists[name]
        operand = Operand([value], True) if values is None else Operand(values, False)
        _check(primitive, f"{method}: {name}", called.parameters[name].annotation, operand)
        operands.append(operand)
    return operands, count


def _as_list(value: Any, what: str) -> list[Any] | None:
    """The values of a sequence that has one for each item; None for a value that is the same for all."""
    if isinstance(value, list):
        return value
    if value is None or isinstance(value, int | tuple | frozenset | ItemError) or callable(value):
        return None
    if isinstance(value, np.ndarray) and value.ndim == 1:
        numbers: list[Any] = value.tolist()
        return numbers
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | dict | set | np.ndarray):
        return list(value)
    raise ParameterError(
        what,
        cause=f"{_shown(value)} is neither a value of the language nor a sequence of such",
        remedy=_remedy(value),
        parameter=_parameter(what),
    )


def _is_tuple_of_values(value: Any) -> bool:
    return isinstance(value, tuple) and not any(map(callable, value))


def _common_length(method: str, lists: dict[str, list[Any] | None]) -> int:
    lengths = {name: len(values) for name, values in lists.items() if values is not None}
    if not lengths:
        raise ParameterError(
            method,
            cause="no argument is a sequence with a value for each item",
            remedy=f"Give a list for one of {', '.join(lists)}; for one item alone call the primitive itself.",
            parameter=method,
        )
    if len(set(lengths.values())) > 1:
        raise ParameterError(
            method,
            cause="sequences of different lengths: "
            + ", ".join(f"{length} {name}" for name, length in lengths.items()),
            remedy="Give one value for each item, or a value that is not a list for all of them.",
            parameter=next(iter(lengths)),
        )
    return next(iter(lengths.values()))


def _check(primitive: str, what: str, annotation: Any, operand: Operand) -> None:
    if annotation == Function:
        return _check_functions(primitive, what, operand)
    role = _role(annotation, primitive)
    for kind in set(map(type, operand.values)) - role.types:
        k = next(k for k, value in enumerate(operand.values) if type(value) is kind)
        if not (role.functions and callable(operand.values[k])):
            raise _wrong(what, operand, k, role.words)
    if annotation == Grid:
        for k, value in enumerate(operand.values):
            if value and type(value[0]) is not tuple:
                raise _wrong(what, operand, k, role.words)


def _check_functions(primitive: str, what: str, operand: Operand) -> None:
    for k, value in enumerate(operand.values):
        if not callable(value):
            raise _wrong(what, operand, k, "a function")
    if not operand.is_same and primitive not in _MAKERS:
        raise ParameterError(
            what,
            cause="a list of functions",
            remedy="Give one function for all items, and call once for each function.",
            parameter=_parameter(what),
        )


def _wrong(what: str, operand: Operand, k: int, wanted: str) -> ParameterError:
    value = operand.values[k]
    position = "" if operand.is_same else f"[{k}]"
    if isinstance(value, ItemError):
        cause, remedy = f"it is the error of an item before, {value}", "Leave failed items out."
    else:
        cause, remedy = f"{_shown(value)} is not {wanted}", _remedy(value)
    return ParameterError(
        f"{what}{position}", cause=cause, remedy=remedy, parameter=_parameter(what), sample=k
    )


def _parameter(what: str) -> str:
    """The name of "method: name"."""
    return what.rpartition(": ")[2]


def _shown(value: Any) -> str:
    text = repr(value)
    text = text if len(text) <= 40 else text[:37] + "..."
    return f"{text} of type {type(value).__name__}"


def _remedy(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return "Convert it: tuple(map(tuple, array.tolist()))."
    if isinstance(value, list):
        return "Convert it: tuple(map(tuple, rows)) for a grid, tuple(values) for others."
    if isinstance(value, set):
        return "Convert it with frozenset."
    if isinstance(value, np.integer):
        return "Convert it with int."
    return "Values are ints, and tuples and frozensets of values."
