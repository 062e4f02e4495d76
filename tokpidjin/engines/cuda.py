"""The compiled engine on a GPU: the machine's own source, compiled for the device at the first use, through CuPy.

Every warp of the device runs one item at a time. The programs are verified by the native engine, which also takes over
the few items that need more memory than a warp has.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tokpidjin.engines import native
from tokpidjin.engines.items import ItemResults, Outputs
from tokpidjin.engines.native import NativeEngine
from tokpidjin.engines.requests import DEFAULT_ARENA, DEFAULT_BUDGET, Request, check_request, check_values
from tokpidjin.engines.status import Status
from tokpidjin.engines.values import Arguments
from tokpidjin.errors import EngineError, ParameterError

if TYPE_CHECKING:
    from tokpidjin.compiler import Bytecode

__all__ = ["CudaEngine", "kernel_source", "why_unusable"]

_VM = Path(__file__).parent / "vm"
_INCLUDE = re.compile(r'^#include "([^"]+)"$', re.MULTILINE)

_LANES = 32
_WARPS_PER_BLOCK = 4  # as in kernel.cu
_BLOCKS_PER_PROCESSOR = 5  # as many as the kernel's registers allow
_WARP_ARENA = 1 << 20  # few items need more, and those run on the CPU
_SHARE_OF_MEMORY = 0.5  # of the device's free memory
_ITEMS_PER_LAUNCH = 1 << 16
_CELL_ROOM = 1024  # an output that needs more is made on the CPU
_COLOR_BIAS = 4


def why_unusable() -> str | None:
    """Say what is missing for the GPU engine here, with the remedy; None when it can be used."""
    try:
        import cupy
    except ImportError:
        return "CuPy is missing: pip install 'tokpidjin[gpu]'"
    from cupy.cuda.runtime import CUDARuntimeError

    try:
        if not cupy.is_available():
            return "CuPy finds no GPU that it can use; `nvidia-smi` should list one"
        cupy.cuda.nvrtc.getVersion()
    except CUDARuntimeError as error:
        return f"the CUDA driver fails: {error}"
    except (ImportError, OSError, RuntimeError) as error:
        return f"NVRTC, which compiles for the GPU, is missing ({error}): pip install 'cupy-cuda12x[ctk]'"
    return native.why_unusable()


@cache
def kernel_source() -> str:
    """The kernel's source in one piece.

    Headers are put where they are included, because CuPy's cache of compiled kernels does not look into them.
    """
    return _with_includes("kernel.cu", set())


def _with_includes(name: str, seen: set[str]) -> str:
    if name in seen:
        return ""
    if name.endswith(".h"):
        seen.add(name)  # headers count once; the opcode table is included wherever it is asked for
    text = (_VM / name).read_text(encoding="utf-8").replace("#pragma once\n", "")
    return _INCLUDE.sub(lambda include: _with_includes(include[1], seen), text)


_FIELDS = (
    *("code", "code_start", "constants", "constant_start", "types"),
    *("samples", "sample_start", "programs", "sample_of", "count", "budget"),
    *("memory", "memory_of_warp", "registers_start", "arena_start", "next"),
    *("status", "hashes", "primitives", "microseconds", "shapes", "cells", "cell_room"),
    *("arguments", "results"),
)
"""The fields of the kernel's `Items`, in order: addresses of device arrays, and numbers."""


def _parameters(fields: dict[str, Any]) -> npt.NDArray[np.int64]:
    """The words of an `Items`; None is the null pointer."""

    def word(value: Any) -> int:
        if value is None or isinstance(value, int):
            return value or 0
        return int(value.data.ptr)

    return np.array([word(fields[name]) for name in _FIELDS], np.int64)


class CudaEngine:
    """Runs compiled solvers on the GPU; takes and returns what NativeEngine does, with the same results.

    Raises EngineError where there is no usable GPU, and BytecodeError for programs that the verifier refuses.
    """

    def __init__(self, bytecode: "Bytecode") -> None:
        """Verify the programs of `bytecode` and put them into the device's memory."""
        lack = why_unusable()
        if lack is not None:
            raise EngineError("engine 'cuda'", cause=lack, engine="cuda")
        import cupy

        self._cupy = cupy
        self._native = NativeEngine(bytecode)
        self.names = self._native.names
        self._library = {
            "code": cupy.asarray(self._native.verified_code()),
            "code_start": cupy.asarray(bytecode.code_start, np.int32),
            "constants": cupy.asarray(bytecode.consts, np.int64),
            "constant_start": cupy.asarray(bytecode.const_start, np.int32),
            "types": cupy.asarray(bytecode.types, np.int32),
        }
        signatures = np.asarray(bytecode.signatures, np.int32)
        ends = np.asarray(bytecode.signature_start, np.int32)[1:]
        self._arguments = cupy.asarray(np.diff(bytecode.signature_start) - 1, np.int32)
        self._results = cupy.asarray(signatures[ends - 1], np.int32)
        self._most_constants = int(np.diff(bytecode.const_start).max(initial=0))
        self._most_registers = int(np.max(bytecode.registers, initial=1))
        module = cupy.RawModule(code=kernel_source(), options=("-std=c++17",))
        self._kernel = module.get_function("tp_run_items")

    def run(
        self,
        grids: Sequence[npt.NDArray[np.uint8]],
        programs: npt.ArrayLike,
        samples: npt.ArrayLike,
        *,
        workers: int = 1,
        budget: int = DEFAULT_BUDGET,
        arena: int = DEFAULT_ARENA,
        times: bool = False,
        outputs: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> ItemResults:
        """Run program `programs[k]` on grid `samples[k]` for every item k; see NativeEngine.run.

        `workers` are threads for the items that the CPU takes over. Ctrl-C stops between two launches of
        65,536 items.
        """
        if not self._native.takes_grids:
            raise ParameterError(
                "grids",
                cause="the programs take other arguments",
                remedy="Use run_values.",
                parameter="grids",
            )
        request = check_request(grids, programs, samples, len(self.names), budget, arena)

        def on_cpu(left: npt.NDArray[np.intp]) -> ItemResults:
            return self._native.run(
                grids,
                request.programs[left],
                request.samples[left],
                workers=workers,
                budget=budget,
                arena=arena,
                times=times,
                outputs=outputs,
            )

        return self._run(request, on_cpu, times, outputs, progress)

    def run_values(
        self,
        arguments: Arguments,
        programs: npt.ArrayLike,
        *,
        workers: int = 1,
        budget: int = DEFAULT_BUDGET,
        arena: int = DEFAULT_ARENA,
        times: bool = False,
    ) -> ItemResults:
        """Run program `programs[k]` on the k-th arguments for every item k; see NativeEngine.run_values."""
        request = check_values(arguments, programs, self._native.kinds, budget, arena)

        def on_cpu(left: npt.NDArray[np.intp]) -> ItemResults:
            return self._native.run_values(
                arguments.of(left),
                request.programs[left],
                workers=workers,
                budget=budget,
                arena=arena,
                times=times,
            )

        return self._run(request, on_cpu, times, True, None)

    def _run(
        self,
        request: Request,
        on_cpu: Callable[[npt.NDArray[np.intp]], ItemResults],
        times: bool,
        outputs: bool,
        progress: Callable[[int, int], None] | None,
    ) -> ItemResults:
        start = perf_counter()
        results = _Results(len(request), times, outputs)
        launches = _Launches(self, request)
        for first in range(0, len(request), _ITEMS_PER_LAUNCH):
            last = min(first + _ITEMS_PER_LAUNCH, len(request))
            launches.run(first, last, results)
            if progress is not None:
                progress(last, len(request))
        left = np.flatnonzero(results.left_over(request))
        if len(left):
            results.replace(left, on_cpu(left))
        return results.packed(perf_counter() - start)


class _Launches:
    """The device's memory for one call of `run`: samples, and every warp's registers and arena."""

    def __init__(self, engine: CudaEngine, request: Request) -> None:
        self._cupy = engine._cupy
        self._kernel = engine._kernel
        self._request = request
        samples = self._samples(engine)
        self._arena_start = 8 * (engine._most_constants + engine._most_registers)
        self._memory_of_warp = self._arena_start + min(request.arena, _WARP_ARENA) // 8 * 8
        self._blocks = self._affordable_blocks()
        memory = self._blocks * _WARPS_PER_BLOCK * self._memory_of_warp
        self._constant_fields = (
            engine._library
            | samples
            | {
                "budget": request.budget,
                "memory": self._cupy.empty(memory, self._cupy.uint8),
                "memory_of_warp": self._memory_of_warp,
                "registers_start": engine._most_constants,
                "arena_start": self._arena_start,
                "cell_room": _CELL_ROOM,
            }
        )

    def _samples(self, engine: CudaEngine) -> dict[str, Any]:
        """The samples on the device and, of calls with arguments, how many each program has and its result's type."""
        cupy = self._cupy
        given = self._request.arguments
        if given is None:
            blob, starts = _grid_objects(self._request.shapes, self._request.cells)
            fields = {"samples": cupy.asarray(blob), "arguments": None, "results": None}
            return fields | {"sample_start": cupy.asarray(starts)}
        blob = cupy.asarray(given.block)
        blob.view(cupy.int64)[cupy.asarray(given.pointers)] += blob.data.ptr
        fields = {"samples": blob, "arguments": engine._arguments, "results": engine._results}
        return fields | {"sample_start": cupy.asarray(given.starts)}

    def _affordable_blocks(self) -> int:
        device = self._cupy.cuda.Device()
        wanted = _BLOCKS_PER_PROCESSOR * int(device.attributes["MultiProcessorCount"])
        free, _ = device.mem_info
        return max(1, min(wanted, int(_SHARE_OF_MEMORY * free) // (_WARPS_PER_BLOCK * self._memory_of_warp)))

    def run(self, first: int, last: int, results: "_Results") -> None:
        cupy = self._cupy
        n = last - first
        with_outputs = results.grids is not None
        found = {
            "status": cupy.empty(n, cupy.uint8),
            "hashes": cupy.empty(n, cupy.uint64),
            "primitives": cupy.empty(n, cupy.uint32),
            "microseconds": None if results.microseconds is None else cupy.empty(n, cupy.float32),
            "shapes": cupy.empty((n, 2), cupy.int32) if with_outputs else None,
            "cells": cupy.empty((n, _CELL_ROOM), cupy.uint8) if with_outputs else None,
        }
        items = {
            "programs": cupy.asarray(self._request.programs[first:last]),
            "sample_of": cupy.asarray(self._request.samples[first:last]),
            "count": n,
            "next": cupy.zeros(1, cupy.int32),
        }
        words = cupy.asarray(_parameters(self._constant_fields | items | found))
        self._kernel((self._blocks,), (_WARPS_PER_BLOCK * _LANES,), (words,))
        results.take(first, {name: array.get() for name, array in found.items() if array is not None})


class _Results:
    """What the items of one call of `run` gave so far."""

    def __init__(self, n: int, times: bool, outputs: bool) -> None:
        self.status = np.zeros(n, np.uint8)
        self.hashes = np.zeros(n, np.uint64)
        self.primitives = np.zeros(n, np.uint32)
        self.microseconds = np.zeros(n, np.float32) if times else None
        self.grids: list[npt.NDArray[np.uint8] | None] | None = [None] * n if outputs else None
        self._cut = np.zeros(n, np.bool_)

    def take(self, first: int, found: dict[str, npt.NDArray[Any]]) -> None:
        """Take what a launch found for the items from `first` on."""
        span = slice(first, first + len(found["status"]))
        self.status[span] = found["status"]
        self.hashes[span] = found["hashes"]
        self.primitives[span] = found["primitives"]
        if self.microseconds is not None:
            self.microseconds[span] = found["microseconds"]
        if self.grids is not None:
            self._take_grids(self.grids, first, found["shapes"], found["cells"])

    def _take_grids(
        self,
        grids: list[npt.NDArray[np.uint8] | None],
        first: int,
        shapes: npt.NDArray[np.int32],
        cells: npt.NDArray[np.uint8],
    ) -> None:
        """Outputs that did not fit their room are only marked."""
        for k, (h, w) in enumerate(shapes.tolist()):
            if h < 0:
                continue
            if h * w > _CELL_ROOM:
                self._cut[first + k] = True
            else:
                grids[first + k] = cells[k, : h * w].reshape(h, w).copy()

    def left_over(self, request: Request) -> npt.NDArray[np.bool_]:
        """Which items the CPU must run: a larger arena may do, or the output is too large."""
        more_memory = (self.status == Status.MEMORY) & (request.arena > _WARP_ARENA)
        return np.asarray(more_memory | self._cut, np.bool_)

    def replace(self, items: npt.NDArray[np.intp], results: ItemResults) -> None:
        self.status[items] = results.status
        self.hashes[items] = results.hashes
        self.primitives[items] = results.primitives
        if self.microseconds is not None and results.microseconds is not None:
            self.microseconds[items] = results.microseconds
        if self.grids is not None and results.outputs is not None:
            for k, grid in zip(items.tolist(), results.outputs, strict=True):
                self.grids[k] = grid

    def packed(self, seconds: float) -> ItemResults:
        outputs = None if self.grids is None else _pack(self.grids)
        return ItemResults(self.status, self.hashes, self.primitives, self.microseconds, outputs, seconds)


def _pack(grids: list[npt.NDArray[np.uint8] | None]) -> Outputs:
    shapes = np.array([(-1, -1) if grid is None else grid.shape for grid in grids], np.int32).reshape(-1, 2)
    sizes = np.where(shapes[:, 0] < 0, 0, shapes.prod(axis=1, dtype=np.int64))
    offsets = np.cumsum(sizes) - sizes
    parts = [grid.ravel() for grid in grids if grid is not None]
    cells = np.concatenate(parts) if parts else np.zeros(0, np.uint8)
    return Outputs(cells, offsets.astype(np.int64), shapes)


def _grid_objects(
    shapes: npt.NDArray[np.int32], cells: npt.NDArray[np.uint8]
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """All grids as the machine's Grid objects, eight-byte aligned, and where each starts."""
    areas = shapes.prod(axis=1, dtype=np.int64)
    sizes = 8 + (areas + 7) // 8 * 8
    starts = np.cumsum(sizes) - sizes
    blob = np.zeros(int(sizes.sum()) + 8, np.uint8)
    biased = cells + np.uint8(_COLOR_BIAS)
    at = 0
    for start, area, shape in zip(starts.tolist(), areas.tolist(), shapes, strict=True):
        blob[start : start + 8] = shape.view(np.uint8)
        blob[start + 8 : start + 8 + area] = biased[at : at + area]
        at += area
    return blob, starts
