"""The opcode table, read once from `engines/vm/opcodes.def`, which the machine includes too."""

from __future__ import annotations

import re
from functools import cache
from os.path import dirname, join
from typing import Any, NamedTuple

from tokpidjin.compiler.types import (
    BASIC_TYPES,
    CELL,
    GRID,
    INT,
    PAIR,
    Kind,
    Type,
    set_of,
    tuple_of,
    two_of,
)
from tokpidjin.compiler.unsupported import Unsupported

TABLE = join(dirname(dirname(__file__)), "engines", "vm", "opcodes.def")
RET, SELECT, MOVE, LOOP, END = range(5)
_LINE = re.compile(r'^OP\((\w+), (\d), "([^"]*) -> ([^"]*)", "([^"]*)"\)', re.MULTILINE)
_TOKEN = re.compile(r"#?\w|[\[\]{}(),]")
_LETTERS = {kind.text: kind for kind in BASIC_TYPES}

Pattern = Any
"""A Type, a letter, or a tuple of a tag and patterns."""


class Opcode(NamedTuple):
    """One operation of the machine: its signature as written in the table, and as patterns."""

    name: str
    number: int
    signature: str
    meaning: str
    operands: tuple[Pattern, ...]
    result: Pattern


def _parse(text: str) -> tuple[Pattern, ...]:
    """The patterns of a blank-separated list of type expressions."""
    return tuple(map(_parse_word, text.split()))


@cache
def _parse_word(word: str) -> Pattern:
    return _parse_one(_TOKEN.findall(word))


def _parse_one(tokens: list[str]) -> Pattern:
    token = tokens.pop(0)
    if token in "[{":
        inner = _parse_one(tokens)
        tokens.pop(0)
        return ("tuple" if token == "[" else "set", inner)
    if token == "(":
        first = _parse_one(tokens)
        tokens.pop(0)
        second = _parse_one(tokens)
        tokens.pop(0)
        return ("two", first, second)
    if token in ("l", "m"):
        tokens.pop(0)
        inner = _parse_one(tokens)
        tokens.pop(0)
        return ("listed", token, inner)
    if token.startswith("#"):
        return _parse_one([token[1:]])
    return _LETTERS.get(token, token)


def _read() -> dict[str, Opcode]:
    built_in = [
        Opcode("ret", RET, "G ->", "result of the program", (GRID,), GRID),
        Opcode(
            "select",
            SELECT,
            "I e e -> e",
            "one of two values; only the chosen one counts",
            (INT, "e", "e"),
            "e",
        ),
        Opcode("move", MOVE, "e -> e", "copy", ("e",), "e"),
        Opcode("loop", LOOP, "", "body for each element", (), None),
        Opcode("end", END, "", "end of a loop's body", (), None),
    ]
    table = {opcode.name: opcode for opcode in built_in}
    with open(TABLE, encoding="utf-8") as file:
        text = file.read()
    for name, _, operands, result, meaning in _LINE.findall(text):
        signature = f"{operands} -> {result}"
        table[name] = Opcode(name, len(table), signature, meaning, _parse(operands), _parse(result)[0])
    return table


OPCODES = _read()
BY_NUMBER = {opcode.number: opcode for opcode in OPCODES.values()}
_inferred: dict[tuple[Any, ...], Type] = {}


def result_type(name: str, *operands: Type) -> Type:
    """The type that an operation gives for operands of these types; Unsupported where they do not fit."""
    key = (name, operands)
    known = _inferred.get(key)
    if known is None:
        known = _inferred[key] = _infer(OPCODES[name], operands)
    return known


def _infer(opcode: Opcode, operands: tuple[Type, ...]) -> Type:
    bound: dict[str, Any] = {}
    patterns = opcode.operands
    if len(patterns) != len(operands) or not all(map(lambda p, t: _match(p, t, bound), patterns, operands)):
        given = " ".join(map(str, operands))
        raise Unsupported(f"{opcode.name} takes {opcode.signature.split(' ->')[0]}, not {given}")
    return _build(opcode.result, bound)


def _match(pattern: Pattern, given: Type, bound: dict[str, Any]) -> bool:
    """Whether a type fits a pattern; letters are bound on the way."""
    if isinstance(pattern, Type):
        return given is pattern
    if isinstance(pattern, str):
        if pattern in "pq" and not given.is_patch:
            return False
        if pattern == "c" and not (given.is_set or given.kind is Kind.TUPLE):
            return False
        return bound.setdefault(pattern, given) is given
    if pattern[0] == "two":
        return (
            given.kind is Kind.TUPLE2
            and _match(pattern[1], given.first, bound)  # type: ignore[arg-type]
            and _match(pattern[2], given.second, bound)  # type: ignore[arg-type]
        )
    if pattern[0] == "listed":
        if (
            given.kind not in (Kind.SET, Kind.TUPLE)
            or bound.setdefault(pattern[1], given.kind) is not given.kind
        ):
            return False
    elif given.kind is not (Kind.TUPLE if pattern[0] == "tuple" else Kind.SET):
        return False
    assert given.first is not None
    return _match(pattern[-1], given.first, bound)


def _build(pattern: Pattern, bound: dict[str, Any]) -> Type:
    """The type that a result pattern stands for."""
    if isinstance(pattern, Type):
        return pattern
    if isinstance(pattern, str):
        made: Type = bound[pattern]
        return made
    if pattern[0] == "two":
        return two_of(_build(pattern[1], bound), _build(pattern[2], bound))
    element = _build(pattern[-1], bound)
    if pattern[0] == "set" and element in (PAIR, CELL):
        raise Unsupported(f"a set of {element} where another set is meant")
    kind = bound[pattern[1]] if pattern[0] == "listed" else Kind.TUPLE if pattern[0] == "tuple" else Kind.SET
    return tuple_of(element) if kind is Kind.TUPLE else set_of(element)
