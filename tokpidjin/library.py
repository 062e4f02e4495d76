"""Libraries of solvers: the built-in one, or any file of functions in arc-dsl's style."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from importlib import import_module
from os import PathLike
from typing import TYPE_CHECKING, Any, overload

from tokpidjin.checks import check_path
from tokpidjin.errors import ParameterError, SolverError, did_you_mean
from tokpidjin.solver_files import (
    STEPS,
    Namespace,
    SolverFile,
    parse_solver_file,
    read_built_in,
    read_solver_file,
    reference,
    source_of,
    traced,
)

if TYPE_CHECKING:
    from tokpidjin.compiler import Bytecode

__all__ = ["Library", "Solver", "load_solvers"]

Function = Callable[..., Any]
BUILT_IN = "tokpidjin.solvers"


class Solver:
    """One solver of a library; two are equal if id, name and file are.

    Attributes:
        id: the task's id, such as "007bbfb7".
        name: the function's name, such as "solve_007bbfb7".
        function: the solver on the reference primitives; takes and gives a grid as a tuple of tuples of ints.
        file: the file that defines it.
        text: the text of that file.
    """

    id: str
    name: str
    function: Function
    file: str
    text: str

    def __init__(self, id: str, name: str, function: Function, file: str, text: str) -> None:
        vars(self).update(id=id, name=name, function=function, file=file, text=text)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name!r} of a solver cannot be set")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Solver) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    def __repr__(self) -> str:
        return f"Solver(id={self.id!r}, name={self.name!r}, file={self.file!r})"

    @property
    def _identity(self) -> tuple[str, str, str]:
        return self.id, self.name, self.file

    @property
    def rule(self) -> str:
        """The docstring's text, "" where there is none."""
        from textwrap import dedent

        first, _, rest = (self.function.__doc__ or "").strip().partition("\n")
        return f"{first}\n{dedent(rest)}".strip()

    @property
    def line(self) -> int:
        """The line of the file where the function begins."""
        return self._place[0]

    @property
    def source(self) -> str:
        """The function's own text."""
        return self._place[1]

    @cached_property
    def _place(self) -> tuple[int, str]:
        return source_of(self.text, self.function, self.name)


class Library(Sequence[Solver]):
    """Solvers in order, by position or by id; compiled when that is first asked for."""

    def __init__(
        self, solvers: Sequence[Solver], trace: Callable[[], Mapping[str, Function]], trusted: bool = False
    ) -> None:
        """`trace` gives the same functions on symbolic values, by name; slices call it again.

        `trusted` says that they come from a file that was loaded whatever it holds.
        """
        self.trusted = trusted
        self._solvers = tuple(solvers)
        self._positions = {solver.id: position for position, solver in enumerate(self._solvers)}
        self._trace = trace

    def __len__(self) -> int:
        return len(self._solvers)

    def __iter__(self) -> Iterator[Solver]:
        return iter(self._solvers)

    def __contains__(self, value: object) -> bool:
        return value in self._positions if isinstance(value, str) else value in self._solvers

    @overload
    def __getitem__(self, key: int | str) -> Solver: ...
    @overload
    def __getitem__(self, key: slice) -> Library: ...
    def __getitem__(self, key: int | str | slice) -> Solver | Library:
        """The solver at a position or with an id; a library of some of them for a slice."""
        if isinstance(key, slice):
            return Library(self._solvers[key], self._trace, self.trusted)
        if isinstance(key, str):
            if key not in self._positions:
                remedy = did_you_mean(key, self.ids)
                raise SolverError(
                    f"solver {key!r}", cause="the library has none of that id", remedy=remedy, solver=key
                )
            key = self._positions[key]
        return self._solvers[key]

    def only(self, ids: Sequence[str]) -> Library:
        """A library of the solvers with these ids, in this order."""
        return Library([self[key] for key in ids], self._trace, self.trusted)

    def __repr__(self) -> str:
        return f"<Library of {len(self)} solvers>"

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids, in order."""
        return tuple(self._positions)

    @cached_property
    def bytecode(self) -> Bytecode:
        """All solvers compiled; those that cannot be are missing, and `unsupported` says why."""
        from tokpidjin.compiler import compile_solvers

        functions = self._trace()
        return compile_solvers({solver.id: functions[solver.name] for solver in self._solvers})

    @property
    def unsupported(self) -> dict[str, str]:
        """By id, why a solver cannot be compiled. It runs on the `python` engine all the same."""
        return self.bytecode.unsupported


def load_solvers(
    path: str | PathLike[str] | None = None, prefix: str = "solve_", trusted: bool = False
) -> Library:
    """A library of solvers.

    Args:
        path: a file of functions <prefix><id>(I) that begins with `from dsl import *`; None: the built-in one.
        prefix: what the names of the functions begin with, such as "verify_".
        trusted: run the file as Python, here, whatever it holds: it can do all that you can. Otherwise it is
            refused unless it only has functions, assignments, calls, lambdas, literals, operators and
            imports of the vocabulary. Of such a file this process runs what stands outside of functions
            and, when the library is compiled, the solvers once on symbolic values. Where that could take
            much time or memory it is tried out in a process of its own first, with limits.

    On grids, the `python` engine runs the solvers of a trusted file in worker processes even where one worker
    is asked for; compiled, solvers are data for a machine that checks them.

    Raises SolverError, which names file, line, cause and remedy: no such file, not Python, refused, an id
    twice, no function of that prefix, a function that does not take one grid. ParameterError: arguments of a
    wrong type.
    """
    if not isinstance(prefix, str) or not prefix:
        raise ParameterError(
            "parameter 'prefix'",
            cause=f"{prefix!r} is not the beginning of a name",
            remedy="Give one as 'solve_' or 'verify_'.",
            parameter="prefix",
        )
    if path is None:
        return _built_in(prefix)
    check_path("path", path)
    return _checked_library(read_solver_file(path, trusted), prefix)


def load_text(path: str, text: str, prefix: str, trusted: bool) -> Library:
    """As `load_solvers`, with the same checks, for a file's text that came from elsewhere."""
    return _checked_library(parse_solver_file(path, text, trusted), prefix)


def _checked_library(file: SolverFile, prefix: str) -> Library:
    if file.computes:
        _rehearse(file, prefix, "load")
    return _library_of(file, prefix, rehearsed=file.is_plain)


def load_rehearsed(path: str, text: str, prefix: str) -> Library:
    """A library of an untrusted file's text, in a process that has limits of its own."""
    return _library_of(parse_solver_file(path, text, False), prefix, rehearsed=True)


def _rehearse(file: SolverFile, prefix: str, stage: str) -> None:
    from tokpidjin.rehearsal import rehearse

    rehearse(file.path, file.text, prefix, stage)


def _library_of(file: SolverFile, prefix: str, rehearsed: bool) -> Library:
    solvers = _solvers_of(file, file.run(reference()), prefix)
    if not solvers:
        raise _none_found(file, prefix)

    @cache
    def trace() -> dict[str, Function]:
        if not rehearsed:
            _rehearse(file, prefix, "compile")
        return _traced_functions([file], prefix)

    return Library(solvers, trace, file.trusted)


def _built_in(prefix: str) -> Library:
    from pkgutil import iter_modules

    package = import_module(BUILT_IN)
    names = sorted(f"{BUILT_IN}.{module.name}" for module in iter_modules(package.__path__))
    files = {name: read_built_in(name) for name in names if name != STEPS}
    solvers: dict[str, Solver] = {}
    for name, file in files.items():
        for solver in _solvers_of(file, vars(import_module(name)), prefix):
            other = solvers.setdefault(solver.id, solver)
            if other is not solver:
                raise SolverError(
                    f"{solver.file}:{solver.line}",
                    cause=f"{solver.name} is defined in {other.file}:{other.line} too",
                    remedy="Keep one of them.",
                    file=solver.file,
                    solver=solver.name,
                )
    in_order = [solvers[key] for key in sorted(solvers)]
    return Library(in_order, cache(lambda: _traced_functions(list(files.values()), prefix)))


def _solvers_of(file: SolverFile, namespace: Mapping[str, Any], prefix: str) -> list[Solver]:
    functions = file.functions(dict(namespace), prefix)
    solvers = [
        Solver(name[len(prefix) :], name, function, file.path, file.text)
        for name, function in functions.items()
    ]
    for solver in solvers:
        _check_arguments(solver)
    return solvers


def _check_arguments(solver: Solver) -> None:
    code = getattr(solver.function, "__code__", None)
    if code is None:
        return
    needed = code.co_argcount - len(solver.function.__defaults__ or ())
    if needed > 1 or not (code.co_argcount or code.co_flags & 0x04):
        raise SolverError(
            f"{solver.file}:{solver.line}",
            cause=f"{solver.name} takes {needed} arguments, not one grid",
            remedy="Rename it if it is a helper, or give it the one parameter I.",
            file=solver.file,
            solver=solver.name,
        )


def _none_found(file: SolverFile, prefix: str) -> SolverError:
    names = [part.co_name for part in file.code.co_consts if hasattr(part, "co_firstlineno")]
    others = {name.split("_")[0] + "_" for name in names if "_" in name}
    remedy = (
        f"Give prefix={sorted(others)[0]!r}?" if len(others) == 1 else "Name them so, or give another prefix."
    )
    cause = f"no function's name begins with {prefix!r}"
    return SolverError(file.path, cause=cause, remedy=remedy, file=file.path)


def _traced_functions(files: Sequence[SolverFile], prefix: str) -> dict[str, Function]:
    """The solvers of the files on symbolic values, by name."""
    functions: dict[str, Function] = {}
    for file in files:
        functions.update(file.functions(run_traced(file), prefix))
    return functions


def run_traced(file: SolverFile) -> Namespace:
    """The file's names in the traced vocabulary; data that it computes on loading is Python's."""
    from tokpidjin.compiler.graph import Graph, tracing
    from tokpidjin.compiler.values import is_constant

    with tracing(Graph()):
        namespace = file.run(traced())
    symbolic = [
        name for name, value in namespace.items() if name != "__builtins__" and not is_constant(value)
    ]
    if symbolic:
        plain = file.run(reference())
        namespace.update({name: plain[name] for name in symbolic})
    return namespace
