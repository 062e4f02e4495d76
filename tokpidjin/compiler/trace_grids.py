"""Primitives on grids and locations, traced.

What each primitive means is written in `tokpidjin.dsl`.
"""

# ruff: noqa: D103

from __future__ import annotations

from tokpidjin.compiler.graph import Value, op
from tokpidjin.compiler.operands import grid as as_grid
from tokpidjin.compiler.operands import is_tuple, located, number, pair
from tokpidjin.compiler.operands import obj as as_object
from tokpidjin.compiler.operands import patch as as_patch
from tokpidjin.compiler.types import CELLS, OBJECT
from tokpidjin.compiler.unsupported import Unsupported
from tokpidjin.compiler.values import Either, elements_as_tuple, is_empty
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
    return as_object(value, primitive)


@primitive
def ofcolor(grid: Value, value: Value) -> Value:
    return op("ofcolor", as_grid(grid), value)


@primitive
def hupscale(grid: Value, factor: Value) -> Value:
    return op("hupscale", as_grid(grid), factor)


@primitive
def vupscale(grid: Value, factor: Value) -> Value:
    return op("vupscale", as_grid(grid), factor)


@primitive
def downscale(grid: Value, factor: Value) -> Value:
    return op("downscale", as_grid(grid), factor)


@primitive
def hsplit(grid: Value, n: Value) -> Value:
    return op("hsplit", as_grid(grid), n)


@primitive
def vsplit(grid: Value, n: Value) -> Value:
    return op("vsplit", as_grid(grid), n)


@primitive
def hconcat(a: Value, b: Value) -> Value:
    return op("hconcat", as_grid(a), as_grid(b))


@primitive
def vconcat(a: Value, b: Value) -> Value:
    return op("vconcat", as_grid(a), as_grid(b))


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
    return op("subgrid", as_patch(patch, "subgrid", tuples=False), as_grid(grid))


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
    if is_tuple(value) and not is_empty(value):
        cells = elements_as_tuple(value, name)
        if cells.type is CELLS:
            return op(f"{name}_seq", as_grid(grid), cells)
    return op(name, as_grid(grid), as_object(value, name))


@primitive
def move(grid: Value, obj: Value, offset: Value) -> Value:
    target = as_grid(grid)
    cells = _object(obj, "move")
    return op("paint", op("cover", target, cells), op("shift", cells, pair(offset, "move")))


@primitive
def neighbors(loc: Value) -> Value:
    return op("neighbors", pair(loc, "neighbors"))


@primitive
def dneighbors(loc: Value) -> Value:
    return op("dneighbors", pair(loc, "dneighbors"))


@primitive
def ineighbors(loc: Value) -> Value:
    return op("ineighbors", pair(loc, "ineighbors"))


@primitive
def vfrontier(location: Value) -> Value:
    return op("vfrontier", pair(location, "vfrontier"))


@primitive
def hfrontier(location: Value) -> Value:
    return op("hfrontier", pair(location, "hfrontier"))


@primitive
def connect(a: Value, b: Value) -> Value:
    return op("connect", pair(a, "connect"), pair(b, "connect"))


@primitive
def shoot(start: Value, direction: Value) -> Value:
    return op("shoot", pair(start, "shoot"), pair(direction, "shoot"))
