"""The only door to the GPU: what the engine needs of CuPy, in a few calls that raise two errors of our own.

Memory is freed when the last reference to it goes; nobody may let go of any that a stream still works with, so `wait`
comes first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Device", "DeviceFailure", "DeviceMemoryFull", "Stream", "devices", "why_unusable"]

OLDEST_CAPABILITY = (7, 5)

_OUT_OF_MEMORY = (2, 701)  # cudaErrorMemoryAllocation, cudaErrorLaunchOutOfResources
_NO_DEVICE = 100  # cudaErrorNoDevice
_KAGGLE = "on Kaggle choose Settings > Accelerator > GPU"


class DeviceMemoryFull(Exception):
    """There is no room for something on a device, which goes on working."""


class DeviceFailure(Exception):
    """A device failed, and with it everything that it was doing."""


_REINSTALL = (
    "remove all packages named cupy*, then pip install cupy-cuda12x, or cupy-cuda13x for a driver of CUDA 13"
)


def why_unusable() -> str | None:
    """Say what is missing for a GPU here, with the remedy; None where there is one that can be used."""
    try:
        import cupy
    except ImportError as error:
        if isinstance(error, ModuleNotFoundError) and error.name == "cupy":
            return "CuPy is missing: pip install 'tokpidjin[gpu]', with cupy-cuda13x instead for a driver of CUDA 13"
        return f"CuPy cannot be imported ({_first_line(error)}): {_REINSTALL}"
    try:
        return _lack_of_driver(cupy) or _lack_of_device(cupy) or _lack_of_compiler(cupy)
    except cupy.cuda.runtime.CUDARuntimeError as error:
        return (
            f"the CUDA driver fails ({_first_line(error)}): restart the session, see what `nvidia-smi` says"
        )


def _lack_of_driver(cupy: Any) -> str | None:
    """What is wrong between the driver, which must be the newer one, and the CUDA that the CuPy wheel is for."""
    driver, built_for = cupy.cuda.runtime.driverGetVersion(), cupy.cuda.runtime.runtimeGetVersion()
    if not driver:
        return f"there is no NVIDIA driver, so no GPU is switched on ({_KAGGLE})"
    if driver // 1000 >= built_for // 1000:
        return None
    if driver >= 12000:
        return (
            f"the wrong CuPy wheel: it is for CUDA {_version(built_for)}, the driver knows CUDA up to "
            f"{_version(driver)}: pip uninstall cupy-cuda13x, then pip install cupy-cuda12x"
        )
    return f"the NVIDIA driver is too old: it knows CUDA up to {_version(driver)}, 12.0 is needed: update the driver"


def _version(number: int) -> str:
    return f"{number // 1000}.{number % 1000 // 10}"


def _lack_of_device(cupy: Any) -> str | None:
    try:
        count = cupy.cuda.runtime.getDeviceCount()
    except cupy.cuda.runtime.CUDARuntimeError as error:
        if error.status != _NO_DEVICE:
            raise
        count = 0
    if not count:
        return f"the NVIDIA driver finds no GPU: see `nvidia-smi` and CUDA_VISIBLE_DEVICES ({_KAGGLE})"
    found = [Device(cupy, number) for number in range(count)]
    if all(device.capability < OLDEST_CAPABILITY for device in found):
        names = ", ".join(f"{device.name} ({_dotted(device.capability)})" for device in found)
        needed = _dotted(OLDEST_CAPABILITY)
        return f"too old a GPU, {names}: compute capability {needed} or newer is needed, as a T4 has"
    return None


def _dotted(numbers: tuple[int, int]) -> str:
    return f"{numbers[0]}.{numbers[1]}"


def _lack_of_compiler(cupy: Any) -> str | None:
    try:
        cupy.cuda.nvrtc.getVersion()
    except (ImportError, OSError, RuntimeError) as error:
        major = cupy.cuda.runtime.runtimeGetVersion() // 1000
        return (
            f"NVRTC, which compiles for the GPU, is missing ({_first_line(error)}): "
            f"pip install 'cupy-cuda{major}x[ctk]'"
        )
    return None


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".:")


@cache
def devices() -> tuple[Device, ...]:
    """The GPUs that this process sees and that are new enough; CUDA_VISIBLE_DEVICES chooses among them."""
    import cupy

    found = [Device(cupy, number) for number in range(cupy.cuda.runtime.getDeviceCount())]
    return tuple(device for device in found if device.capability >= OLDEST_CAPABILITY)


class Device:
    """One GPU. `processors` are its multiprocessors; `capability` is as in (7, 5)."""

    def __init__(self, cupy: Any, number: int) -> None:
        """Look at GPU `number`."""
        self._cupy = cupy
        self.number = number
        properties = cupy.cuda.runtime.getDeviceProperties(number)
        self.name: str = properties["name"].decode()
        self.capability: tuple[int, int] = (properties["major"], properties["minor"])
        self.processors: int = properties["multiProcessorCount"]

    def __str__(self) -> str:
        """As in "GPU 1 (Tesla T4)"."""
        return f"GPU {self.number} ({self.name})"

    def free_bytes(self) -> int:
        """How much memory can be had, what CuPy keeps for later included."""
        with self.calls():
            free, _ = self._cupy.cuda.Device(self.number).mem_info
            return int(free + self._cupy.get_default_memory_pool().free_bytes())

    @contextmanager
    def calls(self) -> Iterator[None]:
        """In the block CuPy works with this device, and its errors become ours."""
        try:
            with self._cupy.cuda.Device(self.number):
                yield
        except MemoryError as error:
            raise DeviceMemoryFull(f"{self}: {_first_line(error)}") from error
        except RuntimeError as error:  # of the runtime, the driver and NVRTC alike
            kind = DeviceMemoryFull if getattr(error, "status", None) in _OUT_OF_MEMORY else DeviceFailure
            raise kind(f"{self}: {_first_line(error)}") from error

    def load(self, source: str, name: str) -> Any:
        """The kernel of that name, compiled for this device; DeviceFailure where it does not compile."""
        with self.calls():
            try:
                return _compiled(self._cupy, source, name, self.number)
            except self._cupy.cuda.compiler.CompileException as error:
                raise DeviceFailure(f"{self}: the kernel does not compile: {_first_line(error)}") from error


@cache
def _compiled(cupy: Any, source: str, name: str, device: int) -> Any:
    """Compiled once a process and device; CuPy keeps it on disk as well, by source, options and capability."""
    return cupy.RawModule(code=source, options=("-std=c++17",)).get_function(name)


class Stream:
    """Work for a device that is done in order; all calls but `wait` return before it is."""

    def __init__(self, device: Device) -> None:
        """Begin without work."""
        self.device = device
        self._cupy = device._cupy
        self._staged: list[Any] = []  # what is still being copied from
        with device.calls():
            self._stream = self._cupy.cuda.Stream(non_blocking=True)

    def room(self, size: int) -> Any:
        """Memory of the device with whatever is in it; its address is `.ptr`."""
        with self.device.calls():
            return self._cupy.cuda.alloc(max(1, size))

    def put(self, array: npt.NDArray[Any], room: Any = None) -> Any:
        """A copy of the array in memory of the device, in that room where one is given."""
        room = self.room(array.nbytes) if room is None else room
        with self.device.calls():
            pinned = self._cupy.cuda.alloc_pinned_memory(max(1, array.nbytes))
            np.frombuffer(pinned, array.dtype, array.size)[:] = array.ravel()
            self._copy(room.ptr, pinned.ptr, array.nbytes, self._cupy.cuda.runtime.memcpyHostToDevice)
        self._staged.append(pinned)
        return room

    def clear(self, room: Any, size: int) -> None:
        """Set the first bytes of the room to zero."""
        with self.device.calls():
            self._cupy.cuda.runtime.memsetAsync(room.ptr, 0, size, self._stream.ptr)

    def launch(self, kernel: Any, blocks: int, threads: int, address: int) -> None:
        """Start the kernel, whose only parameter is a pointer."""
        with self.device.calls(), self._stream:
            kernel((blocks,), (threads,), (np.uint64(address),))

    def fetch(self, room: Any, dtype: npt.DTypeLike, count: int) -> npt.NDArray[Any]:
        """The first elements of the room, as an array that `wait` fills."""
        size = count * np.dtype(dtype).itemsize
        with self.device.calls():
            pinned = self._cupy.cuda.alloc_pinned_memory(max(1, size))
            self._copy(pinned.ptr, room.ptr, size, self._cupy.cuda.runtime.memcpyDeviceToHost)
        return np.frombuffer(pinned, dtype, count)

    def _copy(self, to: int, source: int, size: int, kind: int) -> None:
        self._cupy.cuda.runtime.memcpyAsync(to, source, size, kind, self._stream.ptr)

    def wait(self) -> None:
        """Return when all work is done; DeviceFailure where some of it failed."""
        with self.device.calls():
            self._stream.synchronize()
        self._staged.clear()
