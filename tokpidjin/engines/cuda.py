"""The compiled engine on GPUs: the machine's own source, compiled for the device at the first use, through CuPy.

Every warp of a device runs one item at a time. The native engine verifies the programs. Where there are several GPUs
all of them take launches from one queue.
"""

import hashlib
import warnings
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Sequence
from contextlib import suppress
from itertools import cycle
from queue import SimpleQueue
from threading import Lock, Thread
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tokpidjin.engines import device as gpu
from tokpidjin.engines import native
from tokpidjin.engines.device import Device, DeviceFailure, DeviceMemoryFull, Stream
from tokpidjin.engines.items import Cells, ItemResults, Outputs
from tokpidjin.engines.launch import (
    KERNEL,
    Found,
    Launch,
    Part,
    Size,
    empty_found,
    grid_objects,
    kernel_source,
)
from tokpidjin.engines.native import NativeEngine
from tokpidjin.engines.requests import DEFAULT_ARENA, DEFAULT_BUDGET, Request, check_request, check_values
from tokpidjin.engines.schedule import Costs, PartQueue, busy_seconds, parts_of, parts_to_repeat
from tokpidjin.engines.status import Progress, count_statuses
from tokpidjin.engines.values import Arguments
from tokpidjin.errors import EngineError, ParameterError

if TYPE_CHECKING:
    from tokpidjin.compiler import Bytecode

__all__ = ["CudaEngine", "why_unusable"]

_AT_ONCE = 2  # launches under way on a device: one is packed or unpacked, and fills the tail of the other
_SMALLEST_SHARE = 1 / 64
_CACHED_GRIDS = 8
_CACHED_BYTES = 1 << 26


def why_unusable() -> str | None:
    """Say what is missing for the GPU engine here, with the remedy; None when it can be used."""
    return gpu.why_unusable() or native.why_unusable()


class CudaEngine:
    """Runs compiled solvers on the GPU; takes and returns what NativeEngine does, with the same results.

    Raises EngineError where there is no usable GPU, and BytecodeError for programs that the verifier refuses. An engine
    may be used from several Python threads, which then wait for each other.

    `kernel_seconds` is how long, in the last run, the device that had most to do was at work on items.
    """

    def __init__(self, bytecode: "Bytecode") -> None:
        """Verify the programs of `bytecode` and put them into the memory of all GPUs."""
        lack = why_unusable()
        if lack is not None:
            raise EngineError("engine 'cuda'", cause=lack, engine="cuda")
        self._native = NativeEngine(bytecode)
        self.names = self._native.names
        self._costs = Costs(np.diff(bytecode.code_start))
        self._lock = Lock()
        self.kernel_seconds = 0.0
        try:
            library = _library(bytecode, self._native.verified_code())
            self._sides = [_Side(device, library) for device in gpu.devices()]
        except (DeviceFailure, DeviceMemoryFull) as error:
            raise EngineError("engine 'cuda'", cause=str(error), remedy=_BROKEN, engine="cuda") from error

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
        expected: Sequence[npt.NDArray[np.uint8] | None] | None = None,
        progress: Progress | None = None,
    ) -> ItemResults:
        """Run program `programs[k]` on grid `samples[k]` for every item k; see NativeEngine.run.

        `workers` changes nothing: all GPUs take part. The grids stay in their memory for the next call. Ctrl-C stops
        between two launches. Raises EngineError when no GPU is left that works, or the memory of all is too small.
        """
        if not self._native.takes_grids:
            raise ParameterError(
                "grids",
                cause="the programs take other arguments",
                remedy="Use run_values.",
                parameter="grids",
            )
        request = check_request(grids, programs, samples, len(self.names), budget, arena, expected)
        return self._run(request, times, outputs, progress)

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
        return self._run(request, times, True, None)

    def _run(
        self,
        request: Request,
        times: bool,
        outputs: bool,
        progress: Progress | None,
    ) -> ItemResults:
        start = perf_counter()
        with self._lock:
            if not self._sides:
                raise EngineError(
                    "engine 'cuda'", cause="no GPU is left that works", remedy=_BROKEN, engine="cuda"
                )
            parts = parts_of(request.programs, self._costs, request.arena, len(self._sides))
            call = _Call(request, parts, self._costs, times, outputs)
            sides = list(self._sides)
            while len(call.queue):
                sides = self._work(call, sides, progress)
            self.kernel_seconds = max(map(busy_seconds, call.spans.values()), default=0.0)
        return call.results(perf_counter() - start)

    def _work(self, call: "_Call", sides: "list[_Side]", progress: Progress | None) -> "list[_Side]":
        """Let devices take parts until none are left; the sides that can take those which others gave back."""
        failures: dict[_Side, Exception] = {}

        def work(side: _Side) -> None:
            try:
                side.run(call)
            except Exception as error:
                failures[side] = error
            call.events.put(None)

        threads = [Thread(target=work, args=(side,), daemon=True) for side in sides]
        for thread in threads:
            thread.start()
        try:
            call.follow(len(threads), progress)
        except BaseException:
            call.queue.clear()
            raise
        finally:
            for thread in threads:
                thread.join()
        return self._without(sides, failures)

    def _without(self, sides: "list[_Side]", failures: "dict[_Side, Exception]") -> "list[_Side]":
        """The sides that did not fail. EngineError where none is left."""
        for error in failures.values():
            if not isinstance(error, DeviceFailure | DeviceMemoryFull):
                raise error
        broken = [side for side, error in failures.items() if isinstance(error, DeviceFailure)]
        self._sides = [side for side in self._sides if side not in broken]
        left = [side for side in sides if side not in failures]
        cause = "; ".join(str(failures[side]) for side in sides if side in failures)
        if not left:
            remedy = _BROKEN if broken else _TOO_SMALL
            raise EngineError("engine 'cuda'", cause=cause, remedy=remedy, engine="cuda")
        if failures:
            warnings.warn(f"{cause}; the other GPUs take its items", RuntimeWarning, stacklevel=4)
        return left


_BROKEN = "Restart the session, or use engine='native'; a run with `out` goes on with resume=True."
_TOO_SMALL = "End what else uses the GPU (see `nvidia-smi`), take a smaller arena, or use engine='native'."


def _library(bytecode: "Bytecode", code: npt.NDArray[np.int16]) -> dict[str, Any]:
    """The programs as the kernel takes them: arrays, and numbers that are the same for all launches."""
    signatures = np.asarray(bytecode.signatures, np.int32)
    ends = np.asarray(bytecode.signature_start, np.int32)[1:]
    return {
        "code": code,
        "code_start": np.asarray(bytecode.code_start, np.int32),
        "constants": np.asarray(bytecode.consts, np.int64),
        "constant_start": np.asarray(bytecode.const_start, np.int32),
        "types": np.asarray(bytecode.types, np.int32),
        "arguments": np.asarray(np.diff(bytecode.signature_start) - 1, np.int32),
        "results": signatures[ends - 1],
        "registers_start": int(np.diff(bytecode.const_start).max(initial=0)),
        "register_count": int(np.max(bytecode.registers, initial=1)),
        "program_count": len(bytecode.names),
    }


class _Side:
    """The library on one device, with the samples that were used last."""

    def __init__(self, device: Device, library: dict[str, Any]) -> None:
        self.device = device
        self._kernel = device.load(kernel_source(), KERNEL)
        self._streams = [Stream(device) for _ in range(_AT_ONCE)]
        put = self._streams[0].put
        self._library = {
            name: put(value) if isinstance(value, np.ndarray) else value for name, value in library.items()
        }
        self._streams[0].wait()
        self._grids: OrderedDict[tuple[int, bytes], tuple[Any, Any]] = OrderedDict()

    def run(self, call: "_Call") -> None:
        """Take parts until none are left; smaller launches are tried where the memory does not do."""
        share = 1.0
        while True:
            try:
                return self._run(call, Size(self.device, share))
            except DeviceMemoryFull:
                self._grids.clear()
                share /= 2
                if share < _SMALLEST_SHARE:
                    raise

    def _run(self, call: "_Call", size: Size) -> None:
        fields = self._library | self._inputs(call.request) | call.fields
        taken: deque[Part] = deque()
        launches: deque[Launch] = deque()
        streams = cycle(self._streams)
        try:
            while True:
                while len(launches) < _AT_ONCE and (part := call.queue.take(size.items)) is not None:
                    taken.append(part)
                    columns = (call.request.programs[part.items], call.request.samples[part.items])
                    launches.append(
                        Launch(next(streams), self._kernel, fields, part, columns, call.wanted, size)
                    )
                if not launches:
                    return
                found = launches[0].finish()
                launches.popleft()
                call.take(self.device, taken.popleft(), found)
        finally:
            for stream in self._streams:  # memory may go only when nothing works with it
                with suppress(DeviceFailure, DeviceMemoryFull):
                    stream.wait()
            call.queue.put(taken)

    def _inputs(self, request: Request) -> dict[str, Any]:
        """What the items run on, in the device's memory, and what is expected of them."""
        given = request.arguments
        if given is not None:
            return self._arguments(given)
        fields: dict[str, Any] = {"arguments": None, "results": None}
        fields["samples"], fields["sample_start"] = self._kept(request.shapes, request.cells)
        if request.expected is not None:
            fields["expected"], fields["expected_start"] = self._kept(*request.expected)
        return fields

    def _kept(self, shapes: npt.NDArray[np.int32], cells: npt.NDArray[np.uint8]) -> tuple[Any, Any]:
        """Grids in the device's memory, where those of the last few calls still are."""
        key = len(shapes), hashlib.blake2b(shapes.tobytes() + cells.tobytes()).digest()
        if key not in self._grids:
            stream = self._streams[0]
            blob, starts = grid_objects(shapes, cells)
            rooms = stream.put(blob), stream.put(starts)
            stream.wait()
            if blob.nbytes > _CACHED_BYTES:
                return rooms
            self._grids[key] = rooms
        self._grids.move_to_end(key)
        if len(self._grids) > _CACHED_GRIDS:
            self._grids.popitem(last=False)
        return self._grids[key]

    def _arguments(self, given: Arguments) -> dict[str, Any]:
        """The arguments of calls, whose places become addresses."""
        stream = self._streams[0]
        room = stream.room(given.block.nbytes)
        words = given.block.view(np.int64).copy()
        words[given.pointers] += room.ptr
        fields = {"samples": stream.put(words, room), "sample_start": stream.put(given.starts)}
        stream.wait()
        return fields


class _Call:
    """One call of `run`: what is asked, the parts that are left, and what was found so far."""

    def __init__(
        self, request: Request, parts: Sequence[Part], costs: Costs, times: bool, outputs: bool
    ) -> None:
        self.request = request
        self.queue = PartQueue(parts)
        self.events: SimpleQueue[Counter[str] | None] = SimpleQueue()
        self.fields = {"budget": request.budget, "largest_arena": request.arena}
        optional = {
            "microseconds": times,
            "agreeing": request.expected is not None,
            "shapes": outputs,
            "offsets": outputs,
        }
        self.wanted = ["status", "hashes", "primitives", *(name for name, asked in optional.items() if asked)]
        self.spans: defaultdict[Device, list[tuple[int, int]]] = defaultdict(list)
        self._costs = costs
        self._lock = Lock()
        self._found = {name: empty_found(name, len(request)) for name in self.wanted}
        self._cells = Cells()
        self._done = 0

    def take(self, device: Device, part: Part, found: Found) -> None:
        """Keep what a launch found, and put what must run again back into the queue."""
        small = part.arena < self.request.arena
        with self._lock:
            self.spans[device].append(tuple(found["span"].tolist()))
            self._costs.note(self.request.programs[part.items], found, small)
            repeat = parts_to_repeat(part, found, self.request.arena)
            if "cells" in found:
                before, cells = len(self._cells), found["cells"]
                found["offsets"] = found["offsets"] + before
                self._done += len(part.items)
                self._cells.grown_by(len(cells), min(1, self._done / len(self.request)))[before:] = cells
            for name in self.wanted:
                self._found[name][part.items] = found[name]
        self.queue.put(repeat)
        repeated = np.concatenate([part.items[:0], *(again.items for again in repeat)])
        self.events.put(count_statuses(found["status"][~np.isin(part.items, repeated)]))

    def follow(self, workers: int, progress: Progress | None) -> None:
        """Report items as they are done, until that many workers have nothing left to do."""
        while workers:
            ended = self.events.get()
            if ended is None:
                workers -= 1
            elif progress is not None:
                progress(ended)

    def results(self, seconds: float) -> ItemResults:
        """All that was found; an item's cells are wherever its launch left them."""
        found, outputs = self._found, None
        if "shapes" in found:
            outputs = Outputs(self._cells.all, found["offsets"], found["shapes"])
        return ItemResults(
            found["status"],
            found["hashes"],
            found["primitives"],
            found.get("microseconds"),
            outputs,
            seconds,
            found.get("agreeing"),
        )
