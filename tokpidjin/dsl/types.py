"""Names for the values that primitives take and give.

All of them are plain immutable Python values, so they hash, compare and pickle as they are.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

Pair: TypeAlias = tuple[int, int]
"""Two ints: a location (row, column), an offset, or the shape (height, width)."""

Numerical: TypeAlias = int | Pair
"""What arithmetic works on: an int, or a pair element by element."""

Grid: TypeAlias = tuple[tuple[int, ...], ...]
"""Rows of colours, all rows of one length."""

Cell: TypeAlias = tuple[int, Pair]
"""A colour and its location."""

Object: TypeAlias = frozenset[Cell]
"""A set of cells."""

Objects: TypeAlias = frozenset[Object]
"""A set of objects."""

Indices: TypeAlias = frozenset[Pair]
"""A set of locations."""

Patch: TypeAlias = frozenset[Any]
"""An `Object` or `Indices`; its first element tells which."""

Element: TypeAlias = Grid | Object
"""Something that has colours."""

Piece: TypeAlias = Grid | Patch
"""Something that has a height and a width."""

Container: TypeAlias = tuple[Any, ...] | frozenset[Any]
"""A tuple or a set of anything."""

Function: TypeAlias = Callable[..., Any]
"""A primitive, or what `compose`, `rbind`, ... make of some."""
