"""Primitives on grids and locations, traced.

What each primitive means is written in `tokpidjin.dsl`.
"""

# ruff: noqa: D103

from __future__ import annotations

from tokpidjin.compiler.graph import Value, op
from tokpidjin.compiler.operands import grid as as_grid
from tokpidjin.compiler.operands import is_tuple, located, number, obj, pair, patch
from tokpidjin.compiler.types import CELLS, INDICES
from tokpidjin.compiler.unsupported import Unsupported
from tokpidjin.compiler.values import Either, elements_as_tuple, is_empty, type_of
from tokpidjin.compiler.vocabulary import primitive


def _of_grid(name: str) -> None:
    def traced(grid: Value) -> Value:
        return op(name, as_grid(grid))

    primitive(traced, name)


for _name in (
    "rot90",
    "rot180",
    "rot270",
    "trim",
    "tophalf",
    "bottomhalf",
    "lefthalf",
    "righthalf",
    "compress",
    "asindices",
    "asobject",
    "partition",
    "fgpartition",
):
    _of_grid(_name)


@primitive
def frontiers(grid: Value) -> Value:
    from tokpidjin.compiler.types import OBJECT

    return op("frontiers", as_grid(grid), OBJECT)


@primitive
def objects(grid: Value, univalued: Value, diagonal: Value, without_bg: Value) -> Value:
    return op("objects", as_grid(grid), univalued, diagonal, without_bg)


@primitive
def occurrences(grid: Value, obj: Value) -> Value:
    return op("occurrences", as_grid(grid), _object(obj, "occurrences"))


def _object(value: Value, primitive: str) -> Value:
    if is_tuple(value):
        raise Unsupported(f"{primitive}: a set of cells is expected, not a tuple")
    return obj(value, primitive)


@primitive
def ofcolor(grid: Value, value: Value) -> Value:
    return op("ofcolor", as_grid(grid), value)


def _scaled(name: str) -> None:
    def traced(grid: Value, factor: Value) -> Value:
        return op(name, as_grid(grid), factor)

    primitive(traced, name)


for _name in ("hupscale", "vupscale", "downscale"):
    _scaled(_name)


def _split(name: str) -> None:
    def traced(grid: Value, n: Value) -> Value:
        return op(name, as_grid(grid), n)

    primitive(traced, name)


_split("hsplit")
_split("vsplit")


def _joined(name: str) -> None:
    def traced(a: Value, b: Value) -> Value:
        return op(name, as_grid(a), as_grid(b))

    primitive(traced, name)


_joined("hconcat")
_joined("vconcat")


@primitive
def cellwise(a: Value, b: Value, fallback: Value) -> Value:
    return op("cellwise", as_grid(a), as_grid(b), fallback)


@primitive
def replace(grid: Value, replacee: Value, replacer: Value) -> Value:
    return op("replace", as_grid(grid), replacee, replacer)


@primitive
def switch(grid: Value, a: Value, b: Value) -> Value:
    return op("switch", as_grid(grid), a, b)


@primitive
def crop(grid: Value, start: Value, dims: Value) -> Value:
    return op("crop", as_grid(grid), number(start, "crop"), number(dims, "crop"))


@primitive
def subgrid(patch: Value, grid: Value) -> Value:
    return op("subgrid", _set_of_cells(patch, "subgrid"), as_grid(grid))


def _set_of_cells(value: Value, primitive: str) -> Value:
    return patch(value, primitive, False)


@primitive
def canvas(value: Value, dimensions: Value) -> Value:
    return op("canvas", value, number(dimensions, "canvas"))


@primitive
def index(grid: Value, loc: Value) -> Value:
    return op("index", as_grid(grid), pair(loc, "index"))


@primitive
def fill(grid: Value, value: Value, patch: Value) -> Value:
    return op("fill", as_grid(grid), value, located(patch, "fill"))


@primitive
def underfill(grid: Value, value: Value, patch: Value) -> Value:
    return op("underfill", as_grid(grid), value, located(patch, "underfill"))


@primitive
def cover(grid: Value, patch: Value) -> Value:
    return op("cover", as_grid(grid), located(patch, "cover"))


@primitive
def paint(grid: Value, obj: Value) -> Value:
    return _painted("paint", grid, obj)


@primitive
def underpaint(grid: Value, obj: Value) -> Value:
    return _painted("underpaint", grid, obj)


def _painted(name: str, grid: Value, value: Value) -> Value:
    """Painted cell by cell: where a tuple has two cells at a location, their order shows."""
    if isinstance(value, Either):
        value = value.resolve(lambda one: elements_as_tuple(one, name))
    if is_tuple(value) and not is_empty(value) and type_of(value) is not INDICES:
        cells = elements_as_tuple(value, name)
        if cells.type is CELLS:
            return op(f"{name}_seq", as_grid(grid), cells)
    return op(name, as_grid(grid), obj(value, name))


@primitive
def move(grid: Value, obj: Value, offset: Value) -> Value:
    target = as_grid(grid)
    cells = _object(obj, "move")
    return op("paint", op("cover", target, cells), op("shift", cells, pair(offset, "move")))


def _at_location(name: str, argument: str) -> None:
    if argument == "loc":

        def traced(loc: Value) -> Value:
            return op(name, pair(loc, name))
    else:

        def traced(location: Value) -> Value:  # type: ignore[misc]
            return op(name, pair(location, name))

    primitive(traced, name)


for _name in ("neighbors", "dneighbors", "ineighbors"):
    _at_location(_name, "loc")
for _name in ("vfrontier", "hfrontier"):
    _at_location(_name, "location")


@primitive
def connect(a: Value, b: Value) -> Value:
    return op("connect", pair(a, "connect"), pair(b, "connect"))


@primitive
def shoot(start: Value, direction: Value) -> Value:
    return op("shoot", pair(start, "shoot"), pair(direction, "shoot"))
