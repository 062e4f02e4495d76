"""Files of solvers: reading one, refusing what no solver needs, and running it in two vocabularies.

The functions of a file are the file's own. Run with the reference primitives they are what the `python`
engine calls; run with the traced ones they are what the compiler reads.
"""

from __future__ import annotations

import builtins
import errno
import opcode
import os
import re
import stat
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from os import PathLike, fspath
from os.path import basename, splitext
from types import CodeType, FunctionType, ModuleType
from typing import Any

from tokpidjin.errors import SolverError
from tokpidjin.garbage import without_collection

Namespace = dict[str, Any]

STEPS = "tokpidjin.solvers.steps"
MAX_BYTES = 16 << 20
_TYPE_NAMES = """
Any Boolean Callable Cell Container ContainerContainer Element FrozenSet Grid Indices IndicesSet Integer
IntegerSet IntegerTuple Iterable List Numerical Object Objects Patch Piece Tuple TupleTuple Union
"""
HARMLESS = """
False None True abs all any bool divmod enumerate filter frozenset int isinstance len list map max min range
reversed set sorted sum tuple zip
"""


class SolverFile:
    """The text and the code of one file, compiled once."""

    def __init__(self, path: str, text: str, code: CodeType, trusted: bool) -> None:
        """`is_plain` and `computes` decide what has to be tried out before it runs here."""
        self.is_plain = trusted or _is_plain(code)
        self.computes = not trusted and not _DATA_IN_MODULE.issuperset(code.co_code[::2])
        self.path = path
        self.text = text
        self.code = code
        self.trusted = trusted

    def run(self, vocabulary: Vocabulary) -> Namespace:
        """The names that the file defines; SolverError where running it raises."""
        namespace = {
            "__builtins__": vocabulary.builtins(self.trusted),
            "__name__": splitext(basename(self.path))[0],
        }
        try:
            exec(self.code, namespace)
        except Exception as error:
            if isinstance(error, ImportError) and not self.trusted:
                _refuse(self.path, self.text)
            raise SolverError(
                f"{self.path}:{_line_of(error, self.path)}",
                cause=f"{type(error).__name__}: {error}",
                remedy="The file must run on its own; only solvers may wait for a grid.",
                file=self.path,
            ) from error
        return namespace

    def functions(self, namespace: Namespace, prefix: str) -> dict[str, Callable[..., Any]]:
        """The file's functions whose names begin so, in the order of the file."""
        self._refuse_duplicates(prefix)
        return {
            name: value
            for name, value in namespace.items()
            if name.startswith(prefix) and name != prefix and callable(value)
        }

    def _refuse_duplicates(self, prefix: str) -> None:
        lines: dict[str, int] = {}
        for part in self.code.co_consts:
            if not isinstance(part, CodeType) or not part.co_name.startswith(prefix):
                continue
            first = lines.setdefault(part.co_name, part.co_firstlineno)
            if first != part.co_firstlineno:
                raise SolverError(
                    f"{self.path}:{part.co_firstlineno}",
                    cause=f"{part.co_name} is defined again; line {first} defines it too",
                    remedy="Keep one of them.",
                    file=self.path,
                    solver=part.co_name,
                )


def read_solver_file(file: str | PathLike[str], trusted: bool) -> SolverFile:
    """Read and compile a file; SolverError where that fails or it holds what only a trusted file may."""
    path = fspath(file)
    try:
        text = _read_limited(path)
    except (OSError, UnicodeDecodeError) as error:
        cause = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        remedy = "Give the path of a .py file in arc-dsl's style."
        raise SolverError(path, cause=cause, remedy=remedy, file=path) from error
    return parse_solver_file(path, text, trusted)


def parse_solver_file(path: str, text: str, trusted: bool) -> SolverFile:
    """Compile the text of a file; SolverError as for `read_solver_file`."""
    try:
        with without_collection():
            code = compile(text, path, "exec", dont_inherit=True)
    except (MemoryError, RecursionError):
        raise nested_too_deeply(path) from None
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        cause = f"not Python: {getattr(error, 'msg', error)}"
        raise SolverError(f"{path}:{line}", cause=cause, remedy="Correct it.", file=path) from error
    parsed = SolverFile(path, text, code, trusted)
    if parsed.computes or not parsed.is_plain:
        _refuse(path, text)
    return parsed


def nested_too_deeply(path: str) -> SolverError:
    """The error for a file that is too much for Python's parser."""
    return SolverError(path, cause="nested too deeply for Python's parser", remedy="Simplify it.", file=path)


def _read_limited(path: str) -> str:
    """The text of a regular file that is not too long; OSError otherwise."""
    facts = os.stat(path)
    if not (stat.S_ISREG(facts.st_mode) or stat.S_ISDIR(facts.st_mode)):
        raise OSError(errno.EINVAL, "not a regular file")
    if facts.st_size > MAX_BYTES:
        raise OSError(errno.EFBIG, f"longer than {MAX_BYTES >> 20} MiB")
    return _read_text(path)


def _read_text(path: str) -> str:
    with open(path, encoding="utf-8") as stream:
        return stream.read()


def read_built_in(module: str) -> SolverFile:
    """A module of this package; its code comes from Python's cache where there is one."""
    from importlib.util import find_spec

    spec = find_spec(module)
    if spec is None or spec.origin is None or spec.loader is None:
        raise SolverError(module, cause="no such module", remedy="Reinstall tokpidjin.", file=module)
    code = spec.loader.get_code(module)  # type: ignore[attr-defined]
    return SolverFile(spec.origin, _read_text(spec.origin), code, True)


def _line_of(error: BaseException, file: str) -> int:
    """The last line of the file that took part in an error."""
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


# What a file may import, in two vocabularies


class Vocabulary:
    """The modules that a file may import from, by name; trusted files may import all others too."""

    def __init__(self, primitives: Mapping[str, Any], steps: Callable[[], Mapping[str, Any]]) -> None:
        from tokpidjin.dsl import constants

        colors_and_numbers = {name: value for name, value in vars(constants).items() if name.isupper()}
        language = {**colors_and_numbers, **primitives}
        self._modules: dict[str, ModuleType | None] = {
            "dsl": _module("dsl", language),
            "constants": _module("constants", colors_and_numbers),
            "arc_types": _module("arc_types", dict.fromkeys(_TYPE_NAMES.split(), Any)),
            STEPS: None,
        }
        for name in ("", ".constants", ".types"):
            short = {"": "dsl", ".constants": "constants", ".types": "arc_types"}[name]
            self._modules[f"tokpidjin.dsl{name}"] = self._modules[short]
        self._steps = steps

    def import_(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """What stands in for `__import__`."""
        if name not in self._modules or level:
            raise ImportError(
                f"a file of solvers imports from dsl, constants and arc_types only, not from {name}"
            )
        if name == STEPS and self._modules[STEPS] is None:
            self._modules[STEPS] = _module(STEPS, self._steps())
        found = self._modules[name]
        assert found is not None
        return found

    def _import_anything(self, name: str, *args: Any, **named: Any) -> ModuleType:
        return (
            self.import_(name, *args, **named) if name in self._modules else __import__(name, *args, **named)
        )

    def builtins(self, trusted: bool) -> Namespace:
        """The builtins of a file."""
        if trusted:
            return {**vars(builtins), "__import__": self._import_anything}
        return {**{name: getattr(builtins, name) for name in HARMLESS.split()}, "__import__": self.import_}


def _module(name: str, content: Mapping[str, Any]) -> ModuleType:
    module = ModuleType(name)
    vars(module).update({key: value for key, value in content.items() if not key.startswith("_")})
    return module


@cache
def reference() -> Vocabulary:
    """The vocabulary in plain Python."""
    from tokpidjin import dsl

    def steps() -> Mapping[str, Any]:
        return vars(sys.modules.get(STEPS) or __import__(STEPS, fromlist=["*"]))

    return Vocabulary(dsl.PRIMITIVES, steps)


@cache
def traced() -> Vocabulary:
    """The vocabulary on symbolic values."""
    from tokpidjin.compiler import TRACED

    def steps() -> Mapping[str, Any]:
        return read_built_in(STEPS).run(traced())

    return Vocabulary(TRACED, steps)


# What a file may hold, unless it is trusted

_PLAIN_OPCODES = """
CACHE NOP RESUME POP_TOP PUSH_NULL PRECALL CALL CALL_KW KW_NAMES RETURN_VALUE RETURN_CONST EXTENDED_ARG COPY
SWAP LOAD_CONST LOAD_SMALL_INT LOAD_NAME LOAD_GLOBAL LOAD_FAST LOAD_FAST_CHECK LOAD_FAST_LOAD_FAST
LOAD_FAST_BORROW LOAD_FAST_BORROW_LOAD_FAST_BORROW LOAD_CLOSURE LOAD_DEREF STORE_FAST STORE_FAST_LOAD_FAST
STORE_FAST_STORE_FAST STORE_NAME STORE_DEREF MAKE_CELL COPY_FREE_VARS MAKE_FUNCTION SET_FUNCTION_ATTRIBUTE
BUILD_TUPLE UNPACK_SEQUENCE
"""
_PLAIN = frozenset([opcode.opmap[name] for name in _PLAIN_OPCODES.split() if name in opcode.opmap])
_MODULE_OPCODES = "IMPORT_NAME IMPORT_STAR IMPORT_FROM CALL_INTRINSIC_1"
_PLAIN_IN_MODULE = _PLAIN | {opcode.opmap[name] for name in _MODULE_OPCODES.split() if name in opcode.opmap}
_DATA_IN_MODULE = _PLAIN_IN_MODULE - {
    opcode.opmap[name] for name in ("CALL", "CALL_KW") if name in opcode.opmap
}
FORBIDDEN_NAMES = frozenset(vars(builtins)) - frozenset(HARMLESS.split())


_BUILTINS = frozenset(vars(builtins))


def _is_plain(code: CodeType) -> bool:
    """Whether code only assigns, calls, returns and makes functions and tuples.

    This is quicker than looking at the syntax tree, which decides where the answer is no.
    """
    names: set[str] = set()
    return _only_plain(code, _PLAIN_IN_MODULE, names) and not any(name.startswith("__") for name in names)


def _only_plain(code: CodeType, allowed: frozenset[int], names: set[str]) -> bool:
    """Whether code and the functions in it have allowed instructions alone; the names in them are added."""
    if not allowed.issuperset(code.co_code[::2]) or not _BUILTINS.isdisjoint(code.co_names):
        return False
    names.update(code.co_names, code.co_varnames, code.co_freevars)
    return all(_only_plain(part, _PLAIN, names) for part in code.co_consts if isinstance(part, CodeType))


def _refuse(path: str, text: str) -> None:
    """SolverError for the first thing in the file that only a trusted file may hold."""
    from tokpidjin.refusals import refuse  # the parser of syntax trees takes long to import

    refuse(path, text)


def source_of(text: str, function: Callable[..., Any], name: str) -> tuple[int, str]:
    """Where in the file's text a function is defined, and its own lines."""
    lines = text.splitlines()
    code = function.__code__ if isinstance(function, FunctionType) else None
    if code is None or code.co_name != name:
        return _assignment(lines, name)
    start = code.co_firstlineno
    end = max(start, _last_line(code))
    while end < len(lines) and (not lines[end].strip() or lines[end][0].isspace() or lines[end][0] in ")]}"):
        end += 1
    return start, "\n".join(lines[start - 1 : end]).rstrip() + "\n"


def _last_line(code: CodeType) -> int:
    ends = [end or 0 for _, end, _, _ in code.co_positions()]
    ends += [_last_line(part) for part in code.co_consts if isinstance(part, CodeType)]
    return max(ends, default=0)


def _assignment(lines: list[str], name: str) -> tuple[int, str]:
    """The last top-level assignment to a name."""
    for number in range(len(lines), 0, -1):
        if re.match(rf"{re.escape(name)}\s*[:=]", lines[number - 1]):
            return number, lines[number - 1] + "\n"
    return 1, ""
