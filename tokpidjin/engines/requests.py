"""What a compiled engine is asked to do, checked before any work starts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tokpidjin.errors import ParameterError

if TYPE_CHECKING:
    from tokpidjin.compiler.types import Type
    from tokpidjin.engines.values import Arguments

DEFAULT_BUDGET = 4_000_000
"""Units of work an item may use: four a primitive, and more for those that take long. About ten milliseconds."""

DEFAULT_ARENA = 8 << 20
"""Bytes of memory a worker has for the values of one item."""

SMALLEST_ARENA = 1 << 12
LARGEST_ARENA = 1 << 30
LONGEST_SIDE = 2048


@dataclass(frozen=True, eq=False)
class Request:
    """Items and their samples as the machine takes them.

    `programs` and `samples` int32 (n). Samples are grids: `shapes` int32 (grids, 2), `cells` uint8, all grids one
    behind the other. Of calls with `arguments` these are empty. `expected` are shapes and cells of what is expected on
    every sample, in the same form, with the shape (-1, 0) where nothing is.
    """

    programs: npt.NDArray[np.int32]
    samples: npt.NDArray[np.int32]
    shapes: npt.NDArray[np.int32]
    cells: npt.NDArray[np.uint8]
    budget: int
    arena: int
    arguments: "Arguments | None" = None
    expected: tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]] | None = None

    def __len__(self) -> int:
        return len(self.programs)


def check_request(
    grids: Sequence[npt.NDArray[np.uint8]],
    programs: npt.ArrayLike,
    samples: npt.ArrayLike,
    program_count: int,
    budget: int,
    arena: int,
    expected: Sequence[npt.NDArray[np.uint8] | None] | None = None,
) -> Request:
    """Check the arguments of an engine's `run`; ParameterError names the first one that is wrong."""
    shapes, cells = _pack_grids("grids", grids)
    programs = _places("programs", programs, program_count)
    samples = _places("samples", samples, len(shapes))
    if len(programs) != len(samples):
        raise ParameterError(
            "samples",
            cause=f"{len(samples)} for {len(programs)} programs",
            remedy="Give as many of the one as of the other.",
            parameter="samples",
        )
    check_number("budget", budget, 1, 1 << 62)
    check_number("arena", arena, SMALLEST_ARENA, LARGEST_ARENA)
    wanted = None if expected is None else _pack_expected(expected, len(shapes))
    return Request(programs, samples, shapes, cells, int(budget), int(arena), expected=wanted)


def check_values(
    arguments: "Arguments",
    programs: npt.ArrayLike,
    kinds: "Sequence[tuple[Type, ...]]",
    budget: int,
    arena: int,
) -> Request:
    """The same for calls with arguments; `kinds` are the types of the arguments of each program."""
    if arguments.kinds != tuple(kinds):
        raise ParameterError(
            "arguments", cause="written for other types than the programs take", parameter="arguments"
        )
    places = _places("programs", programs, len(kinds))
    if len(places) != len(arguments):
        raise ParameterError(
            "programs",
            cause=f"{len(places)} for the arguments of {len(arguments)} calls",
            parameter="programs",
        )
    check_number("budget", budget, 1, 1 << 62)
    check_number("arena", arena, SMALLEST_ARENA, LARGEST_ARENA)
    none = np.zeros((0, 2), np.int32)
    samples = np.arange(len(places), dtype=np.int32)
    return Request(places, samples, none, none.astype(np.uint8), int(budget), int(arena), arguments)


def check_number(name: str, value: int, least: int, most: int) -> None:
    """Raise ParameterError unless the value is an integer from `least` to `most`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not least <= value <= most:
        raise ParameterError(
            name, cause=f"{value!r}", remedy=f"It must be an integer from {least} to {most}.", parameter=name
        )


def _pack_grids(
    name: str, grids: Sequence[npt.NDArray[np.uint8]]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    for k, grid in enumerate(grids):
        if not isinstance(grid, np.ndarray) or grid.dtype != np.uint8 or grid.ndim != 2:
            raise _bad_grid(name, k, "not a 2-D array of uint8", "Convert it with np.array(grid, np.uint8).")
        if grid.shape[0] > LONGEST_SIDE or grid.shape[1] > LONGEST_SIDE:
            remedy = f"A side may have up to {LONGEST_SIDE} cells."
            raise _bad_grid(name, k, f"its shape is {grid.shape}", remedy)
    # A grid without rows has no columns either.
    shapes = np.array([grid.shape if len(grid) else (0, 0) for grid in grids], np.int32).reshape(-1, 2)
    cells = np.concatenate([grid.ravel() for grid in grids]) if len(grids) else np.zeros(0, np.uint8)
    return shapes, cells


def _pack_expected(
    expected: Sequence[npt.NDArray[np.uint8] | None], count: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    if len(expected) != count:
        cause = f"{len(expected)} for {count} grids"
        raise ParameterError("expected", cause=cause, remedy="Give one for each grid.", parameter="expected")
    none = np.zeros((0, 0), np.uint8)
    shapes, cells = _pack_grids("expected", [none if grid is None else grid for grid in expected])
    shapes[[grid is None for grid in expected]] = (-1, 0)
    return shapes, cells


def _bad_grid(name: str, k: int, cause: str, remedy: str) -> ParameterError:
    return ParameterError(f"{name}[{k}]", cause=cause, remedy=remedy, parameter=name)


def _places(name: str, values: npt.ArrayLike, count: int) -> npt.NDArray[np.int32]:
    """Places in a sequence of that many, as int32."""
    array = np.asarray(values)
    if array.ndim != 1 or (array.size and array.dtype.kind not in "iu"):
        raise ParameterError(name, cause="not a 1-D sequence of integers", parameter=name)
    outside = np.flatnonzero((array < 0) | (array >= count))
    if len(outside):
        raise ParameterError(
            f"{name}[{outside[0]}]",
            cause=f"{array[outside[0]]} is out of range",
            remedy=f"There are {count}, counted from 0.",
            parameter=name,
        )
    return np.ascontiguousarray(array, np.int32)
