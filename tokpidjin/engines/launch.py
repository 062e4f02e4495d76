"""One launch of the kernel: items in, and what became of them out, in compact form."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from tokpidjin.engines.device import Device, Stream

__all__ = [
    "FIELDS",
    "KERNEL",
    "RUN_AGAIN",
    "Found",
    "Launch",
    "Part",
    "Size",
    "empty_found",
    "grid_objects",
    "kernel_source",
]

KERNEL = "tp_run_items"
RUN_AGAIN = 255
"""Stands for the status of an item that must run again with a larger arena, as in kernel.cu."""

_LANES = 32
_WARPS_PER_BLOCK = 4  # as in kernel.cu
_BLOCKS_PER_PROCESSOR = 5  # as many as the kernel's registers allow
_SHARE_OF_MEMORY = 0.4  # of the device's free memory, for one of the two launches that are under way
_MOST_ITEMS = 1 << 16
_FEWEST_ITEMS = 1 << 10
_CELLS_PER_ITEM = 1 << 10
_MOST_CELLS = 1 << 26
_FEWEST_CELLS = 1 << 20
_COLOR_BIAS = 4

_VM = Path(__file__).parent / "vm"
_INCLUDE = re.compile(r'^#include "([^"]+)"$', re.MULTILINE)

FIELDS = (
    *("code", "code_start", "constants", "constant_start", "types"),
    *("samples", "sample_start", "expected", "expected_start", "programs", "sample_of", "count", "budget"),
    *("memory", "memory_of_warp", "registers_start", "arena_start", "arena_bytes", "larger_arena", "next"),
    *("status", "hashes", "primitives", "microseconds", "agreeing", "spent", "longest", "span"),
    *("shapes", "offsets", "cells", "cell_room", "cells_used", "arguments", "results"),
)
"""The fields of the kernel's `Items`, in order: addresses of memory on the device, and numbers."""

_FOUND = {
    "status": (np.uint8, 1),
    "hashes": (np.uint64, 1),
    "primitives": (np.uint32, 1),
    "microseconds": (np.float32, 1),
    "agreeing": (np.int32, 1),
    "shapes": (np.int32, 2),
    "offsets": (np.int64, 1),
}
"""What the kernel writes for every item: the type, and how many."""

_OF_PROGRAMS = ("spent", "longest")

Found = dict[str, npt.NDArray[Any]]
"""What a launch found: by name an array in the order of its items; `cells` of all; `spent` and `longest`, nanoseconds
by program, of all its items and of the one that took longest; `span`, when it began and ended by the device's clock."""


def empty_found(name: str, count: int) -> npt.NDArray[Any]:
    """An array for what is found of so many items."""
    kind, width = _FOUND[name]
    return np.zeros((count, width) if width > 1 else count, kind)


@cache
def kernel_source() -> str:
    """The kernel's source in one piece: NVRTC has no files, and CuPy's cache does not look into headers."""
    return _with_includes("kernel.cu", set())


def _with_includes(name: str, seen: set[str]) -> str:
    if name in seen:
        return ""
    if name.endswith(".h"):
        seen.add(name)  # headers count once; the opcode table is included wherever it is asked for
    text = (_VM / name).read_text(encoding="utf-8").replace("#pragma once\n", "")
    return _INCLUDE.sub(lambda include: _with_includes(include[1], seen), text)


def grid_objects(
    shapes: npt.NDArray[np.int32], cells: npt.NDArray[np.uint8]
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """All grids as the machine's Grid objects, eight-byte aligned, and where each starts."""
    areas = shapes.prod(axis=1, dtype=np.int64)
    sizes = 8 + (areas + 7) // 8 * 8
    starts = np.cumsum(sizes) - sizes
    blob = np.zeros(int(sizes.sum()), np.uint8)
    words = blob.view(np.int32)
    words[starts // 4], words[starts // 4 + 1] = shapes[:, 0], shapes[:, 1]
    before = np.cumsum(areas) - areas
    blob[np.repeat(starts + 8 - before, areas) + np.arange(len(cells))] = cells + np.uint8(_COLOR_BIAS)
    return blob, starts


@dataclass(frozen=True, eq=False)
class Part:
    """The items of one launch, by number, with an arena of that many bytes.

    `cell_room` is the least room for their outputs, in bytes.
    """

    items: npt.NDArray[np.intp]
    arena: int
    cell_room: int = 0

    def split(self, count: int) -> tuple[Self, Self]:
        """The first `count` items, and the rest."""
        return (
            type(self)(self.items[:count], self.arena, self.cell_room),
            type(self)(self.items[count:], self.arena, self.cell_room),
        )


@dataclass(frozen=True)
class Size:
    """How large launches on a device may be; `share` of 1 is the size wanted, and less after memory ran out."""

    device: Device
    share: float

    @property
    def items(self) -> int:
        """How many items a launch may have."""
        return max(_FEWEST_ITEMS, int(_MOST_ITEMS * self.share))

    def warps(self, items: int, bytes_of_warp: int) -> tuple[int, int]:
        """Blocks, and warps in each, for so many items, where each warp needs so much memory."""
        wanted = _WARPS_PER_BLOCK * max(1, int(_BLOCKS_PER_PROCESSOR * self.device.processors * self.share))
        affordable = int(_SHARE_OF_MEMORY * self.device.free_bytes()) // bytes_of_warp
        warps = max(1, min(wanted, affordable, items))
        in_block = min(warps, _WARPS_PER_BLOCK)
        return warps // in_block, in_block

    def cells(self, part: Part) -> int:
        """Room for the outputs of so many items, in bytes."""
        most = max(_FEWEST_CELLS, int(_MOST_CELLS * self.share))
        return max(part.cell_room, min(_CELLS_PER_ITEM * len(part.items), most))


class Launch:
    """Items on their way through a device; `finish` waits for them."""

    def __init__(
        self,
        stream: Stream,
        kernel: Any,
        fields: Mapping[str, Any],
        part: Part,
        columns: tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]],
        wanted: Sequence[str],
        size: Size,
    ) -> None:
        """Start. `columns` are the program and the sample of every item; `wanted` is what to find of each.

        `fields` are those of the library, of the samples, and `budget`, `program_count`, `larger_arena`.
        """
        self.part = part
        self._stream = stream
        self._rooms = dict(fields)
        self._rooms.update(zip(("programs", "sample_of"), map(stream.put, columns), strict=True))
        self._add_counters(int(fields["program_count"]))
        self._add_results(wanted, size)
        blocks, warps = self._add_memory(size)
        self._words = stream.put(np.array([self._word(name) for name in FIELDS], np.int64))
        stream.launch(kernel, blocks, _LANES * warps, self._words.ptr)
        self._found = self._fetch(wanted)

    def _word(self, name: str) -> int:
        """A field of `Items`: a number, an address, or the null pointer."""
        value = self._rooms.get(name)
        if value is None or isinstance(value, int | np.integer):
            return int(value or 0)
        return int(value.ptr)

    def _add_counters(self, programs: int) -> None:
        for name, count in (
            ("next", 1),
            ("cells_used", 1),
            ("span", 2),
            *[(name, programs) for name in _OF_PROGRAMS],
        ):
            self._rooms[name] = self._stream.room(8 * count)
            self._stream.clear(self._rooms[name], 8 * count)

    def _add_results(self, wanted: Sequence[str], size: Size) -> None:
        n = self._rooms["count"] = len(self.part.items)
        for name in wanted:
            kind, width = _FOUND[name]
            self._rooms[name] = self._stream.room(n * width * np.dtype(kind).itemsize)
        if "shapes" in wanted:
            self._rooms["cell_room"] = size.cells(self.part)
            self._rooms["cells"] = self._stream.room(self._rooms["cell_room"])

    def _add_memory(self, size: Size) -> tuple[int, int]:
        """Registers and an arena for every warp; how many blocks there are, and warps in each."""
        start = 8 * (self._rooms["registers_start"] + self._rooms["register_count"])
        bytes_of_warp = start + (self.part.arena + 7) // 8 * 8
        blocks, warps = size.warps(len(self.part.items), bytes_of_warp)
        self._rooms |= {
            "memory": self._stream.room(blocks * warps * bytes_of_warp),
            "memory_of_warp": bytes_of_warp,
            "arena_start": start,
            "arena_bytes": self.part.arena,
            "larger_arena": int(self.part.arena < self._rooms["largest_arena"]),
        }
        return blocks, warps

    def _fetch(self, wanted: Sequence[str]) -> Found:
        fetch, rooms = self._stream.fetch, self._rooms
        found = {
            **{name: fetch(rooms[name], np.uint64, rooms["program_count"]) for name in _OF_PROGRAMS},
            "span": fetch(rooms["span"], np.uint64, 2),
        }
        for name in wanted:
            kind, width = _FOUND[name]
            found[name] = fetch(rooms[name], kind, width * rooms["count"])
        if "shapes" in wanted:
            found["cells_used"] = fetch(rooms["cells_used"], np.uint64, 1)
        return found

    def finish(self) -> Found:
        """Wait for the items, and then for their outputs, of which only the cells come that there are."""
        self._stream.wait()
        found = self._found
        found["span"] = found["span"] ^ np.array([2**64 - 1, 0], np.uint64)
        if "shapes" in found:
            used = min(int(found.pop("cells_used")[0]), self._rooms["cell_room"])
            found["shapes"] = found["shapes"].reshape(-1, 2)
            found["cells"] = self._stream.fetch(self._rooms["cells"], np.uint8, used)
            self._stream.wait()
        return found
