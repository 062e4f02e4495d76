"""From solvers to programs: run once on symbolic values, and the graph of what it does becomes bytecode."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tokpidjin.compiler import (
    operators,
    trace_containers,
    trace_functions,
    trace_grids,
    trace_numbers,
    trace_patches,
)
from tokpidjin.compiler.bytecode import Bytecode, Program, TypeTable
from tokpidjin.compiler.disassemble import disassemble
from tokpidjin.compiler.graph import Graph, tracing
from tokpidjin.compiler.lower import lower
from tokpidjin.compiler.operands import grid
from tokpidjin.compiler.patience import Patience, TooLong
from tokpidjin.compiler.unsupported import Unsupported
from tokpidjin.compiler.vocabulary import TRACED
from tokpidjin.garbage import without_collection

__all__ = ["TRACED", "Bytecode", "Unsupported", "compile_solvers", "disassemble"]

_REGISTERED = (operators, trace_containers, trace_functions, trace_grids, trace_numbers, trace_patches)


def compile_solvers(functions: Mapping[str, Callable[[Any], Any]]) -> Bytecode:
    """Compile functions of a grid that are made of the traced primitives (`TRACED`).

    A function that cannot be compiled is left out, and `Bytecode.unsupported` says why.
    """
    table = TypeTable()
    programs: dict[str, Program] = {}
    unsupported: dict[str, str] = {}
    with without_collection(), Patience() as patience:
        for name, function in functions.items():
            try:
                patience.begin()
                try:
                    programs[name] = _compile(function, table)
                finally:
                    patience.end()
            except TooLong:
                unsupported[name] = "tracing it takes too long"
            except Unsupported as reason:
                unsupported[name] = str(reason)
            except Exception as error:  # whatever a function does with values that it does not expect
                unsupported[name] = f"running it on symbolic values raises {type(error).__name__}: {error}"
        return Bytecode(programs, table, unsupported)


def _compile(function: Callable[[Any], Any], table: TypeTable) -> Program:
    graph = Graph()
    with tracing(graph):
        return lower(graph, grid(function(*graph.inputs)), table)
