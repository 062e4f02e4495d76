"""What tests of the GPU engine share: devices on which the fixture `kernel` of their module runs."""

import gc
import sys

import pytest
from emulated_cupy import EmulatedCupy

from tokpidjin.engines import device


@pytest.fixture
def emulate(kernel, monkeypatch):
    """Makes engines find these devices; in the end none of them may have been wronged."""
    made = []

    def install(*gpus):
        made.append(EmulatedCupy(kernel, gpus))
        monkeypatch.setitem(sys.modules, "cupy", made[-1])
        device.devices.cache_clear()
        return made[-1]

    yield install
    device.devices.cache_clear()
    device._compiled.cache_clear()
    gc.collect()
    for cupy in made:
        for gpu in cupy.gpus:
            assert gpu.violations == [] or gpu.broken
            assert gpu.rooms == {}, "memory is not given back"
