"""What tokpidjin/engines/device.py uses of CuPy, for tests without a GPU.

Devices are pieces of this machine's memory, and the kernel itself runs on emulated warps.

It is stricter than a GPU. Work on a stream is put off until somebody waits for the stream, so what is read before comes
out as garbage, and so does what is overwritten too early. Memory is full of garbage when it is handed out and when it
is given back; writing beyond its end is found, as are addresses that are not the device's own.
"""

import ctypes
import shutil
import subprocess
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tokpidjin.engines.launch import FIELDS

SOURCE = Path(__file__).with_name("emulated_kernel.cpp")
NUMBERS = {
    *("count", "budget", "memory_of_warp", "registers_start", "arena_start", "arena_bytes", "larger_arena"),
    "cell_room",
}
GARBAGE, GIVEN_BACK, GUARD = 0xCD, 0xDD, 0xAB
GUARD_BYTES = 1 << 12
FILLED_BYTES = 1 << 16


def compile_library(source, target, *options):
    """A shared library of one C++ file, which must compile without a warning."""
    compiler = shutil.which("g++") or shutil.which("c++") or shutil.which("clang++")
    if compiler is None:
        pytest.skip("needs a C++ compiler")
    always = ["-std=gnu++17", "-O1", "-fPIC", "-shared", "-pthread", "-fno-exceptions", "-fno-rtti"]
    always += ["-fno-strict-aliasing", "-Wall", "-Wextra", "-Wno-unused-function"]
    command = [compiler, *always, "-o", str(target), str(source), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return target


def build_kernel(folder, source=SOURCE, name="tp_emulate", options=()):
    """The kernel for the CPU, as a function of blocks, threads and the address of an `Items`."""
    target = compile_library(source, folder / "kernel.so", *options)
    function = ctypes.CDLL(str(target))[name]
    function.argtypes = [ctypes.c_uint, ctypes.c_uint, ctypes.c_void_p]
    return function


class CUDARuntimeError(RuntimeError):
    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class CompileException(Exception):
    pass


class OutOfMemoryError(MemoryError):
    pass


class Memory:
    """A room of one device, with a guard behind it."""

    def __init__(self, gpu, size):
        self._gpu = gpu
        self._bytes = np.empty(size + GUARD_BYTES, np.uint8)
        self._bytes[: min(size, FILLED_BYTES)] = GARBAGE
        self._bytes[size:] = GUARD
        self.ptr = self._bytes.ctypes.data
        self.size = size
        gpu.used += size
        gpu.most_used = max(gpu.most_used, gpu.used)
        gpu.rooms[self.ptr] = size

    def __del__(self):
        if (self._bytes[self.size :] != GUARD).any():
            self._gpu.violations.append(f"written beyond the end of a room of {self.size} bytes")
        self._bytes[:FILLED_BYTES] = GIVEN_BACK
        self._gpu.used -= self.size
        del self._gpu.rooms[self.ptr]


class PinnedMemory(bytearray):
    """Memory that devices may copy from and to."""

    @property
    def ptr(self):
        return ctypes.addressof((ctypes.c_char * len(self)).from_buffer(self))


class Gpu:
    """One emulated device."""

    def __init__(self, name="Emulated T4", capability=(7, 5), processors=1, memory=1 << 30):
        self.name = name
        self.capability = capability
        self.processors = processors
        self.memory = memory
        self.used = self.most_used = 0
        self.rooms = {}
        self.violations = []
        self.launches = []  # the number of warps in each
        self.uploads = []  # the size of each
        self.fail_at_launch = None
        self.broken = False

    def check_address(self, address, size, what):
        """Whether all of that is inside of one room."""
        if not any(start <= address and address + size <= start + room for start, room in self.rooms.items()):
            self.violations.append(f"{what}: {size} bytes at an address that is not the device's")
            raise CUDARuntimeError(700, "cudaErrorIllegalAddress: an illegal memory access was encountered")


class Stream:
    """Work that is put off until somebody waits."""

    current = None

    def __init__(self, cupy):
        self._cupy = cupy
        self._gpu = cupy.gpu()
        self._work = []
        self.ptr = id(self)
        cupy.streams[self.ptr] = self

    def __enter__(self):
        self._cupy.here.stream = self

    def __exit__(self, *_):
        self._cupy.here.stream = None

    def add(self, work):
        if self._cupy.gpu() is not self._gpu:
            raise CUDARuntimeError(400, "cudaErrorInvalidResourceHandle: the stream is another device's")
        self._work.append(work)

    def synchronize(self):
        work, self._work = self._work, []
        for step in work:
            if self._gpu.broken:
                raise CUDARuntimeError(719, "cudaErrorLaunchFailure: unspecified launch failure")
            step(self._gpu)


class EmulatedCupy:
    """Stands for the module `cupy`; `gpus` are the devices that there are."""

    def __init__(self, kernel, gpus):
        self.gpus = gpus
        self.streams = {}
        self.here = threading.local()
        self.compiled = []
        self.driver, self.built_for = 12080, 12090
        self.__name__ = "cupy"
        self._kernel = kernel
        self.cuda = SimpleNamespace(
            Device=self._device,
            Stream=lambda non_blocking: Stream(self),
            alloc=self._alloc,
            alloc_pinned_memory=PinnedMemory,
            runtime=SimpleNamespace(
                CUDARuntimeError=CUDARuntimeError,
                memcpyHostToDevice=1,
                memcpyDeviceToHost=2,
                memcpyAsync=self._copy,
                memsetAsync=self._set,
                getDeviceCount=lambda: len(self.gpus),
                getDeviceProperties=self._properties,
                driverGetVersion=lambda: self.driver,
                runtimeGetVersion=lambda: self.built_for,
            ),
            compiler=SimpleNamespace(CompileException=CompileException),
            nvrtc=SimpleNamespace(getVersion=lambda: (12, 9)),
        )

    def gpu(self):
        """The current device of this thread."""
        return self.gpus[getattr(self.here, "number", 0)]

    def get_default_memory_pool(self):
        return SimpleNamespace(free_bytes=lambda: 0)

    def RawModule(self, *, code, options):
        assert "tp_run_items" in code
        assert options == ("-std=c++17",)
        self.compiled.append(self.gpu())
        return SimpleNamespace(get_function=lambda name: self._launch)

    def _device(self, number):
        here, gpu = self.here, self.gpus[number]

        class Device:
            mem_info = property(lambda _: (gpu.memory - gpu.used, gpu.memory))

            def __enter__(self):
                self.before, here.number = getattr(here, "number", 0), number

            def __exit__(self, *_):
                here.number = self.before

        return Device()

    def _properties(self, number):
        gpu = self.gpus[number]
        major, minor = gpu.capability
        return {
            "name": gpu.name.encode(),
            "major": major,
            "minor": minor,
            "multiProcessorCount": gpu.processors,
        }

    def _alloc(self, size):
        gpu = self.gpu()
        if gpu.used + size > gpu.memory:
            raise OutOfMemoryError(f"Out of memory allocating {size:,} bytes")
        return Memory(gpu, size)

    def _copy(self, to, source, size, kind, stream):
        def step(gpu):
            gpu.check_address(to if kind == 1 else source, size, "copy")
            ctypes.memmove(to, source, size)

        if kind == 1:
            self.gpu().uploads.append(size)
        self.streams[stream].add(step)

    def _set(self, to, value, size, stream):
        def step(gpu):
            gpu.check_address(to, size, "clear")
            ctypes.memset(to, value, size)

        self.streams[stream].add(step)

    def _launch(self, blocks, threads, arguments):
        (address,) = arguments
        assert isinstance(address, np.uint64)

        def step(gpu):
            gpu.check_address(int(address), 8 * len(FIELDS), "launch")
            words = np.ctypeslib.as_array((ctypes.c_int64 * len(FIELDS)).from_address(int(address)))
            for name, word in zip(FIELDS, words.tolist(), strict=True):
                if name not in NUMBERS and word:
                    gpu.check_address(word, 1, name)
            gpu.launches.append(blocks[0] * threads[0] // 32)
            if gpu.fail_at_launch == len(gpu.launches):
                gpu.broken = True
                raise CUDARuntimeError(
                    700, "cudaErrorIllegalAddress: an illegal memory access was encountered"
                )
            assert self._kernel(blocks[0], threads[0], int(address)) == 0

        self.here.stream.add(step)
