"""Primitives on patches, or on grids and patches alike, traced.

What each primitive means is written in `tokpidjin.dsl`.
"""

# ruff: noqa: D103

from __future__ import annotations

from tokpidjin.compiler.equality import equals
from tokpidjin.compiler.graph import Node, Value, op
from tokpidjin.compiler.loops import Result, into_set, loop
from tokpidjin.compiler.operands import grid as as_grid
from tokpidjin.compiler.operands import is_tuple, located, obj, pair, patch, patch_of_tuple
from tokpidjin.compiler.pipelines import as_set_node
from tokpidjin.compiler.trace_containers import first, size
from tokpidjin.compiler.types import CELLS, OBJECT, PAIR, set_of
from tokpidjin.compiler.unsupported import Unsupported
from tokpidjin.compiler.values import is_empty, lift, type_of
from tokpidjin.compiler.vocabulary import primitive


def _of_patch(name: str, tuples: bool = True) -> None:
    def traced(patch: Value) -> Value:
        return op(name, _located(patch, name, tuples))

    primitive(traced, name)


def _located(value: Value, name: str, tuples: bool = True) -> Node:
    return located(value, name) if tuples else patch(value, name, False)


for _name in (
    "uppermost",
    "lowermost",
    "leftmost",
    "rightmost",
    "ulcorner",
    "urcorner",
    "llcorner",
    "lrcorner",
):
    _of_patch(_name)
for _name in ("backdrop", "inbox", "outbox", "corners"):
    _of_patch(_name)
for _name in ("center", "centerofmass"):
    _of_patch(_name, tuples=False)


def _of_two(name: str, tuples: bool = True) -> None:
    def traced(a: Value, b: Value) -> Value:
        return op(name, _located(a, name, tuples), _located(b, name, tuples))

    primitive(traced, name)


for _name in ("hmatching", "vmatching", "manhattan", "adjacent"):
    _of_two(_name)
_of_two("position", tuples=False)


@primitive
def gravitate(source: Value, destination: Value) -> Value:
    return op("gravitate", patch(source, "gravitate", False), patch(destination, "gravitate", False))


@primitive
def box(patch: Value) -> Value:
    node = patch_of_tuple(patch, "box")
    return op("box", node)


@primitive
def delta(patch: Value) -> Value:
    if is_tuple(patch) and not is_empty(patch) and type_of(patch) is not CELLS:
        raise Unsupported("delta: a set of cells or locations is expected, not a tuple")
    node = located(patch, "delta")
    return op("patch_diff", op("backdrop", node), op("toindices", node) if node.type is OBJECT else node)


@primitive
def toindices(patch: Value) -> Value:
    if isinstance(patch, tuple) and patch and all(type_of(part) is PAIR for part in patch):
        return patch
    if is_tuple(patch) and not isinstance(patch, tuple) and type_of(patch) is not CELLS:
        raise Unsupported("toindices: a set of cells or locations is expected, not a tuple")
    node = _located(patch, "toindices")
    return op("toindices", node) if node.type is OBJECT else node


@primitive
def recolor(value: Value, patch: Value) -> Value:
    return op("recolor", value, located(patch, "recolor"))


@primitive
def shift(patch: Value, directions: Value) -> Value:
    return op("shift", patch_of_tuple(patch, "shift"), pair(directions, "shift"))


@primitive
def normalize(patch: Value) -> Value:
    return op("normalize", patch_of_tuple(patch, "normalize"))


@primitive
def bordering(patch: Value, grid: Value) -> Value:
    return op("bordering", located(patch, "bordering"), as_grid(grid))


@primitive
def toobject(patch: Value, grid: Value) -> Value:
    return op("toobject", located(patch, "toobject"), as_grid(grid))


def _of_object(name: str) -> None:
    def traced(obj: Value) -> Value:
        return op(name, patch(obj, name, False))

    primitive(traced, name)


_of_object("hperiod")
_of_object("vperiod")


@primitive
def color(obj: Value) -> Value:
    if is_tuple(obj):
        return first(first(obj))
    node = patch(obj, "color")
    return op("color", node) if node.type is OBJECT else op("pair_i", first(node))


@primitive
def colorfilter(objs: Value, value: Value) -> Value:
    if is_empty(objs):
        return frozenset()
    node = as_set_node(objs, "colorfilter")
    if node.type is set_of(OBJECT):
        return op("colorfilter", node, value)
    return loop([node], lambda e: Result(e, lift(equals(color(e), value))), lambda r, _: into_set(r.type))


def _of_piece(name: str, on_grid: str, on_patch: str) -> None:
    def traced(piece: Value) -> Value:
        if is_tuple(piece) and not is_empty(piece):
            return op(on_grid, as_grid(piece))
        return op(on_patch, _located(piece, name))

    primitive(traced, name)


_of_piece("width", "grid_w", "width_x")
_of_piece("shape", "grid_shape", "shape_x")
_of_piece("portrait", "portrait_g", "portrait_x")
_of_piece("square", "square_g", "square_x")
_of_piece("hmirror", "hmirror_g", "hmirror_x")
_of_piece("vmirror", "vmirror_g", "vmirror_x")
_of_piece("dmirror", "dmirror_g", "dmirror_x")
_of_piece("cmirror", "cmirror_g", "cmirror_x")


@primitive
def height(piece: Value) -> Value:
    if is_tuple(piece):
        return size(piece)
    return op("height_x", _located(piece, "height"))


@primitive
def vline(patch: Value) -> Value:
    return (
        equals(op("grid_w", as_grid(patch)), 1) if is_tuple(patch) else op("vline", _located(patch, "vline"))
    )


@primitive
def hline(patch: Value) -> Value:
    if not is_tuple(patch):
        return op("hline", _located(patch, "hline"))
    node = as_grid(patch)
    return op("and", equals(op("grid_w", node), op("grid_h", node)), equals(op("grid_h", node), 1))


def _of_element(name: str) -> None:
    def traced(element: Value) -> Value:
        if is_tuple(element):
            return op(f"{name}_g", as_grid(element))
        return op(f"{name}_x", obj(element, name))

    primitive(traced, name)


for _name in ("mostcolor", "leastcolor", "palette", "numcolors"):
    _of_element(_name)


@primitive
def colorcount(element: Value, value: Value) -> Value:
    if is_tuple(element):
        return op("colorcount_g", as_grid(element), value)
    return op("colorcount_x", obj(element, "colorcount"), value)


@primitive
def upscale(element: Value, factor: Value) -> Value:
    if is_tuple(element):
        return op("upscale_g", as_grid(element), factor)
    return op("upscale_x", obj(element, "upscale"), factor)
