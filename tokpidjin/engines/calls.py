"""Many calls of one function in one launch: typed arguments in, values out, on a compiled engine.

The types come from the arguments themselves. Calls whose arguments have different types become different programs of
one launch; what the machine cannot take is left to the caller.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Any, NamedTuple

import numpy as np

from tokpidjin.compiler import Bytecode, Unsupported
from tokpidjin.compiler.calls import Call, Twin, compile_calls
from tokpidjin.compiler.types import Type
from tokpidjin.engines.items import ItemResults
from tokpidjin.engines.status import Status
from tokpidjin.engines.values import Unfit, Writer, likely_types, read_values, types_of

__all__ = ["Calls", "Column", "Launch"]

_MOST_SIGNATURES = 64
_MOST_SPLITS = 64
_CACHED = 256


class Column(NamedTuple):
    """One argument of every call: as many values as there are calls, or one for all; a Twin is known beforehand."""

    values: Sequence[Any]
    fixed: Twin | None = None

    def at(self, positions: Sequence[int]) -> Column:
        """The same of some calls."""
        if self.fixed is not None or len(self.values) == 1:
            return self
        return Column([self.values[k] for k in positions])


@dataclass
class Launch:
    """What a launch gave: by position the values; `left` are the positions of calls that the machine did not do."""

    values: dict[int, Any] = field(default_factory=dict)
    left: list[int] = field(default_factory=list)
    launches: int = 0
    bytes_up: int = 0
    bytes_down: int = 0


class _Group(NamedTuple):
    """Calls whose arguments have the same types."""

    call: Call
    positions: Sequence[int]
    columns: list[Column]
    writer: Writer  # that wrote their arguments


class Calls:
    """Runs calls on an engine, which `make_engine` makes of bytecode; keeps the programs that it made."""

    def __init__(self, make_engine: Callable[[Bytecode], Any]) -> None:
        self._make_engine = make_engine
        self._programs: OrderedDict[object, Any] = OrderedDict()

    def run(self, function: Twin, columns: Sequence[Column], count: int, workers: int) -> Launch:
        """Call the function `count` times, all in one launch."""
        done = Launch()
        groups = list(self._groups(function, list(columns), range(count), done.left))
        if groups:
            self._launch(groups, workers, done)
        done.left.sort()
        return done

    def _groups(
        self, function: Twin, columns: list[Column], positions: Sequence[int], left: list[int]
    ) -> Iterator[_Group]:
        """The calls by types: all are tried as one, then halves of those that are not, as long as it pays."""
        waiting = [positions]
        splits = 0
        while waiting:
            some = waiting.pop()
            group = self._fitting(function, [column.at(some) for column in columns], some)
            if group is not None:
                yield group
            elif len(some) > 1 and splits < _MOST_SPLITS:
                splits += 1
                waiting += [some[len(some) // 2 :], some[: len(some) // 2]]
            else:
                left += some

    def _fitting(self, function: Twin, columns: list[Column], positions: Sequence[int]) -> _Group | None:
        """The calls with the first types that the arguments have and that compile."""
        for arguments in _signatures(columns):
            call = Call(function, arguments)
            if self._program([call]) is None:
                continue
            writer = Writer()
            try:
                _write(writer, call, columns, len(positions))
            except Unfit:
                continue
            return _Group(call, positions, columns, writer)
        return None

    def _program(self, calls: Sequence[Call]) -> tuple[Any, Bytecode, list[bool]] | None:
        """The engine with the programs of calls, the bytecode, and which results are truth values."""
        key = tuple([(call.function.key, *map(_key, call.arguments)) for call in calls])
        if key in self._programs:
            self._programs.move_to_end(key)
        else:
            self._programs[key] = self._compiled(calls)
            if len(self._programs) > _CACHED:
                self._programs.popitem(last=False)
        made: tuple[Any, Bytecode, list[bool]] | None = self._programs[key]
        return made

    def _compiled(self, calls: Sequence[Call]) -> tuple[Any, Bytecode, list[bool]] | None:
        try:
            bytecode, truths = compile_calls(calls)
        except Unsupported:
            return None
        return self._make_engine(bytecode), bytecode, truths

    def _launch(self, groups: list[_Group], workers: int, done: Launch) -> None:
        program = self._program([group.call for group in groups])
        assert program is not None
        engine, bytecode, truths = program
        writer = groups[0].writer
        for group in groups[1:]:
            _write(writer, group.call, group.columns, len(group.positions))
        arguments = writer.arguments(bytecode.argument_kinds)
        sizes = [len(group.positions) for group in groups]
        results = engine.run_values(arguments, np.repeat(np.arange(len(groups)), sizes), workers=workers)
        first = 0
        for group, kind, is_truth in zip(groups, bytecode.result_kinds, truths, strict=True):
            _take(group, kind, is_truth, results, first, done)
            first += len(group.positions)
        done.launches += 1
        done.bytes_up += arguments.block.nbytes
        done.bytes_down += results.outputs.cells.nbytes


def _signatures(columns: Sequence[Column]) -> Iterator[tuple[Twin | Type, ...]]:
    """What the arguments can be, the likeliest first."""
    tried = []
    for types in (likely_types, types_of):
        options: list[Sequence[Twin | Type]] = [
            types(column.values) if column.fixed is None else [column.fixed] for column in columns
        ]
        for arguments in islice(product(*options), _MOST_SIGNATURES):
            if arguments not in tried:
                tried.append(arguments)
                yield arguments


def _key(argument: Twin | Type) -> object:
    return argument if isinstance(argument, Type) else ("fixed", argument.key)


def _write(writer: Writer, call: Call, columns: Sequence[Column], count: int) -> None:
    kinds = [kind for kind in call.arguments if isinstance(kind, Type)]
    writer.calls(kinds, [column.values for column in columns if column.fixed is None], count)


def _take(group: _Group, kind: Type, is_truth: bool, results: ItemResults, first: int, done: Launch) -> None:
    """Read the values of a group, whose items begin at `first`."""
    assert results.outputs is not None
    span = slice(first, first + len(group.positions))
    ok = results.status[span] == Status.OK
    values = read_values(kind, results.outputs.cells, results.outputs.offsets[span][ok])
    if is_truth:
        values = list(map(bool, values))
    positions = np.asarray(group.positions)
    done.values.update(zip(positions[ok].tolist(), values, strict=True))
    done.left += positions[~ok].tolist()
