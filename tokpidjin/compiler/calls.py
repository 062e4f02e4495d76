"""Calls with typed arguments: of a primitive, or of functions that users make of primitives.

A function's twin is the same function on the traced primitives. Whatever might not mean the same on symbolic values
as on data, such as a type test, is Unsupported.
"""

from __future__ import annotations

import builtins
import functools
import opcode
from collections.abc import Callable, Mapping, Sequence
from inspect import signature
from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

from tokpidjin.compiler.bytecode import Bytecode, Program, TypeTable
from tokpidjin.compiler.graph import Graph, Node, Value, tracing
from tokpidjin.compiler.lower import lower
from tokpidjin.compiler.types import INT, Type
from tokpidjin.compiler.unsupported import Unsupported
from tokpidjin.compiler.values import is_constant, lift
from tokpidjin.compiler.vocabulary import TRACED
from tokpidjin.dsl import PRIMITIVES, higher_order

__all__ = ["Call", "Twin", "compile_calls", "twin_of"]

_NAMES = {function: name for name, function in PRIMITIVES.items()}

_OPCODES = """
CACHE NOP RESUME POP_TOP PUSH_NULL PRECALL CALL CALL_KW KW_NAMES RETURN_VALUE RETURN_CONST EXTENDED_ARG COPY SWAP
LOAD_CONST LOAD_SMALL_INT LOAD_GLOBAL LOAD_FAST LOAD_FAST_CHECK LOAD_FAST_LOAD_FAST LOAD_FAST_BORROW
LOAD_FAST_BORROW_LOAD_FAST_BORROW LOAD_FAST_AND_CLEAR LOAD_CLOSURE LOAD_DEREF LOAD_ATTR LOAD_METHOD STORE_FAST
STORE_FAST_LOAD_FAST STORE_FAST_STORE_FAST STORE_DEREF MAKE_CELL COPY_FREE_VARS MAKE_FUNCTION SET_FUNCTION_ATTRIBUTE
BUILD_TUPLE BUILD_LIST BUILD_SET BUILD_SLICE BINARY_SLICE UNPACK_SEQUENCE LIST_APPEND LIST_EXTEND LIST_TO_TUPLE
SET_ADD SET_UPDATE BINARY_OP BINARY_SUBSCR COMPARE_OP CONTAINS_OP UNARY_NEGATIVE UNARY_NOT TO_BOOL GET_ITER FOR_ITER
END_FOR POP_ITER NOT_TAKEN JUMP_FORWARD JUMP_BACKWARD POP_JUMP_IF_TRUE POP_JUMP_IF_FALSE POP_JUMP_FORWARD_IF_TRUE
POP_JUMP_FORWARD_IF_FALSE POP_JUMP_BACKWARD_IF_TRUE POP_JUMP_BACKWARD_IF_FALSE JUMP_IF_TRUE_OR_POP
JUMP_IF_FALSE_OR_POP
"""
_ALLOWED = frozenset([opcode.opmap[name] for name in _OPCODES.split() if name in opcode.opmap])
_BUILTINS = frozenset({"frozenset", "range", "tuple", "zip", "map", "reversed", "enumerate"})
_NOT_OF_SETS = frozenset({"len", "sum", "min", "max", "sorted", "list"})
_OPERATIONS = """
even not truth_len truth_grid greater equal list_contains patch_has_cell patch_has_pair portrait_x portrait_g
square_x square_g vline hline hmatching vmatching adjacent bordering
"""
_TRUTHS = frozenset(_OPERATIONS.split())


class Twin(NamedTuple):
    """A function, or another value that is the same for all calls, as the tracer takes it.

    Equal keys mean equal twins.
    """

    value: Value
    key: object


class Call(NamedTuple):
    """What is called with which arguments: a Twin is the same for all calls, a Type is that of an argument."""

    function: Twin
    arguments: tuple[Twin | Type, ...]


def twin_of(value: object) -> Twin:
    """The twin of a function, or of a value; Unsupported where there is none that surely means the same."""
    return _twin(value, ())


def _twin(value: object, within: tuple[object, ...]) -> Twin:
    if any(value is outer for outer in within):
        raise Unsupported("a function that calls itself")
    within = (*within, value)
    if isinstance(value, FunctionType):
        if value in _NAMES:
            return Twin(TRACED[_NAMES[value]], _NAMES[value])
        if value.__globals__ is vars(higher_order):
            return _made_by_primitive(value, within)
        return _own_function(value, within)
    if isinstance(value, functools.partial):
        function = _twin(value.func, within)
        fixed = [_twin(part, within) for part in value.args]
        named = {name: _twin(part, within) for name, part in value.keywords.items()}
        made = functools.partial(
            function.value,
            *[part.value for part in fixed],
            **{name: part.value for name, part in named.items()},
        )
        keys = tuple([part.key for part in fixed]), tuple([(name, part.key) for name, part in named.items()])
        return Twin(made, ("partial", function.key, *keys))
    if isinstance(value, tuple):
        parts = [_twin(part, within) for part in value]
        return Twin(tuple([part.value for part in parts]), ("tuple", *[part.key for part in parts]))
    if value is None or isinstance(value, int) or (isinstance(value, frozenset) and _is_data(value)):
        return Twin(value, ("data", value))
    raise Unsupported(f"a {type(value).__name__} in a function")


def _is_data(value: object) -> bool:
    if isinstance(value, tuple | frozenset):
        return all(map(_is_data, value))
    return value is None or isinstance(value, int)


def _made_by_primitive(function: FunctionType, within: tuple[object, ...]) -> Twin:
    """What compose, fork, ... return: the traced one of the same makes it anew."""
    maker = function.__qualname__.partition(".")[0]
    if maker not in TRACED:
        raise Unsupported(f"the function {function.__qualname__}")
    held = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    parts = [_twin(held[name].cell_contents, within) for name in signature(PRIMITIVES[maker]).parameters]
    return Twin(TRACED[maker](*[part.value for part in parts]), (maker, *[part.key for part in parts]))


def _own_function(function: FunctionType, within: tuple[object, ...]) -> Twin:
    """A function that is written in Python, with the names that it uses bound to their twins."""
    code = function.__code__
    _check_code(code)
    names = _names_in(code)
    bound = {
        name: _twin_of_name(name, function, within) for name in sorted(names) if _is_bound(name, function)
    }
    cells = [_twin(cell.cell_contents, within) for cell in function.__closure__ or ()]
    defaults = [_twin(value, within) for value in function.__defaults__ or ()]
    if function.__kwdefaults__:
        raise Unsupported("a function with keyword-only arguments")
    made = FunctionType(
        code,
        {"__builtins__": {}, **{name: twin.value for name, twin in bound.items()}},
        function.__name__,
        tuple([default.value for default in defaults]),
        tuple([CellType(cell.value) for cell in cells]),
    )
    key = (
        code,
        tuple([(name, twin.key) for name, twin in bound.items()]),
        *[twin.key for twin in (*cells, *defaults)],
    )
    return Twin(made, key)


def _check_code(code: CodeType) -> None:
    if code.co_exceptiontable or not _ALLOWED.issuperset(code.co_code[::2]):
        used = sorted({opcode.opname[number] for number in set(code.co_code[::2]) - _ALLOWED})
        raise Unsupported(f"Python that may mean something else on symbols: {', '.join(used) or 'try'}")
    for part in code.co_consts:
        if isinstance(part, CodeType):
            _check_code(part)


def _names_in(code: CodeType) -> set[str]:
    names = set(code.co_names)
    return names.union(*[_names_in(part) for part in code.co_consts if isinstance(part, CodeType)])


def _is_bound(name: str, function: FunctionType) -> bool:
    return name in function.__globals__ or hasattr(builtins, name)


def _twin_of_name(name: str, function: FunctionType, within: tuple[object, ...]) -> Twin:
    missing = object()
    value = function.__globals__.get(name, missing)
    if isinstance(value, ModuleType):
        return Twin(_module_of_twins(value), ("module", value.__name__))
    if value is not missing:
        return _twin(value, within)
    found = getattr(builtins, name)
    if name in _NOT_OF_SETS:
        return Twin(_refusing_sets(found), ("builtin", name))
    if name not in _BUILTINS:
        raise Unsupported(f"the builtin {name}")
    return Twin(found, ("builtin", name))


class _Names:
    """A module's names; what is not of the language raises AttributeError."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        vars(self).update(names)


def _module_of_twins(module: ModuleType) -> _Names:
    """A module that may be used as `module.primitive`: its primitives and its constants."""
    names: dict[str, Any] = {}
    for name, value in vars(module).items():
        if isinstance(value, FunctionType) and value in _NAMES:
            names[name] = TRACED[_NAMES[value]]
        elif name.isupper() and _is_data(value):
            names[name] = value
    if not names:
        raise Unsupported(f"the module {module.__name__}")
    return _Names(names)


def _refusing_sets(function: Callable[..., Any]) -> Callable[..., Any]:
    """Symbols that differ may be equal values, so how many a set has is not known."""

    def refusing(*values: Value, **options: Value) -> Value:
        if any(isinstance(value, set | frozenset) and not is_constant(frozenset(value)) for value in values):
            raise Unsupported(f"{function.__name__} of a set of symbols")
        return function(*values, **options)

    return refusing


def compile_calls(calls: Sequence[Call]) -> tuple[Bytecode, list[bool]]:
    """The calls as programs, in order, and for each whether its int is a truth value.

    Raises Unsupported for the first that cannot be compiled.
    """
    table = TypeTable()
    programs: dict[str, Program] = {}
    truths = []
    for number, call in enumerate(calls):
        programs[str(number)], is_truth = _compile_call(call, table)
        truths.append(is_truth)
    return Bytecode(programs, table, {}), truths


def _compile_call(call: Call, table: TypeTable) -> tuple[Program, bool]:
    graph = Graph([argument for argument in call.arguments if isinstance(argument, Type)])
    nodes = iter(graph.inputs)
    arguments = [next(nodes) if isinstance(given, Type) else given.value for given in call.arguments]
    with tracing(graph):
        try:
            value = call.function.value(*arguments)
            if callable(value):
                raise Unsupported("the result is a function")
            result = lift(value)
            program = lower(graph, result, table)
        except Unsupported:
            raise
        except Exception as error:
            raise Unsupported(f"on symbolic values it raises {type(error).__name__}: {error}") from error
    return program, isinstance(value, bool) or _is_truth(result)


def _is_truth(result: Node) -> bool:
    return result.type is INT and result.op in _TRUTHS
