"""Why a file of solvers is refused: the first thing in its syntax that only a trusted file may hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tokpidjin.errors import SolverError
from tokpidjin.solver_files import FORBIDDEN_NAMES, STEPS, nested_too_deeply

_TRUST = "Write it with primitives and lambdas, or load the file with trusted=True if you trust it."
_ALLOWED_SYNTAX = (
    ast.Module,
    ast.FunctionDef,
    ast.arguments,
    ast.arg,
    ast.Return,
    ast.Assign,
    ast.AnnAssign,
    ast.Pass,
    ast.Expr,
    ast.ImportFrom,
    ast.alias,
    ast.Name,
    ast.Constant,
    ast.Tuple,
    ast.List,
    ast.Set,
    ast.Dict,
    ast.Starred,
    ast.Call,
    ast.keyword,
    ast.Lambda,
    ast.Compare,
    ast.cmpop,
    ast.BoolOp,
    ast.boolop,
    ast.BinOp,
    ast.operator,
    ast.UnaryOp,
    ast.unaryop,
    ast.IfExp,
    ast.Subscript,
    ast.Slice,
    ast.expr_context,
)
_REFUSED_OPERATORS = (ast.Pow, ast.LShift)
_IMPORTABLE = (
    "dsl",
    "constants",
    "arc_types",
    "tokpidjin.dsl",
    "tokpidjin.dsl.constants",
    "tokpidjin.dsl.types",
    STEPS,
)


def refuse(path: str, text: str) -> None:
    """SolverError for the first thing in the file that only a trusted file may hold."""
    try:
        found = min(_refusals(ast.parse(text)), default=None)
    except (MemoryError, RecursionError):
        raise nested_too_deeply(path) from None
    if found:
        line, _, cause = found
        raise SolverError(f"{path}:{line}", cause=cause, remedy=_TRUST, file=path)


def _refusals(tree: ast.Module) -> Iterator[tuple[int, int, str]]:
    """Line, place and reason of all that is refused; what has no line of its own is part of something."""
    for place, node in enumerate(ast.walk(tree)):
        reason = _refusal(node)
        if reason and hasattr(node, "lineno"):
            yield node.lineno, place, reason


def _refusal(node: ast.AST) -> str:
    """Why a solver file may not hold this; empty where it may."""
    if isinstance(node, ast.Import):
        return f"'import {node.names[0].name}': only 'from dsl import *' and its like are allowed"
    if isinstance(node, ast.ImportFrom) and (node.level or node.module not in _IMPORTABLE):
        return f"an import from {node.module or '.'}, while solvers use {', '.join(_IMPORTABLE[:3])} only"
    if isinstance(node, ast.Attribute):
        return f"access to an attribute, '.{node.attr}'"
    if isinstance(node, ast.BinOp) and isinstance(node.op, _REFUSED_OPERATORS):
        return f"the operator of '{ast.unparse(node)}', which no solver needs"
    if not isinstance(node, _ALLOWED_SYNTAX):
        return f"{_in_words(node)}, which no solver needs"
    name = getattr(node, "id", None) or getattr(node, "arg", None) or getattr(node, "name", None)
    if isinstance(name, str) and (
        name.startswith("__") or (name in FORBIDDEN_NAMES and isinstance(node, ast.Name))
    ):
        return f"the name '{name}'"
    return ""


def _in_words(node: ast.AST) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(node).__name__).lower()
    return f"a statement or expression '{words}'"
