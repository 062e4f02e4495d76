"""What a user is told whose GPU cannot be used: one cause, and what to do about it."""

import sys
from types import SimpleNamespace

import pytest

from tokpidjin.cli import doctor
from tokpidjin.engines import cuda, device
from tokpidjin.engines.cuda import CudaEngine
from tokpidjin.engines.registry import choose_engine
from tokpidjin.errors import EngineError


class CUDARuntimeError(RuntimeError):
    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def raising(error):
    def fail(*_):
        raise error

    return fail


def stand_in(
    driver=12080, built_for=12090, count=1, capability=(7, 5), nvrtc=lambda: (12, 9), free=15_000_000_000
):
    """As much of the module `cupy` as says what there is."""
    major, minor = capability
    properties = {"name": b"Some GPU", "major": major, "minor": minor, "multiProcessorCount": 40}

    class Device:
        mem_info = (free, 16_000_000_000)

        def __init__(self, number):
            self.number = number

        def __enter__(self):
            pass

        def __exit__(self, *_):
            pass

    runtime = SimpleNamespace(
        CUDARuntimeError=CUDARuntimeError,
        driverGetVersion=lambda: driver,
        runtimeGetVersion=lambda: built_for,
        getDeviceCount=count if callable(count) else lambda: count,
        getDeviceProperties=lambda number: properties,
    )
    pool = SimpleNamespace(free_bytes=lambda: 0)
    return SimpleNamespace(
        cuda=SimpleNamespace(runtime=runtime, nvrtc=SimpleNamespace(getVersion=nvrtc), Device=Device),
        get_default_memory_pool=lambda: pool,
    )


NO_GPU = CUDARuntimeError(100, "cudaErrorNoDevice: no CUDA-capable device is detected")
BROKEN = CUDARuntimeError(999, "cudaErrorUnknown: unknown error")
NO_NVRTC = RuntimeError("CuPy failed to load libnvrtc.so.12: OSError: libnvrtc.so.12: cannot open\nmore")

LACKS = {
    "no CuPy": (None, "CuPy is missing: pip install 'tokpidjin[gpu]'"),
    "no driver": ({"driver": 0}, "no GPU is switched on (on Kaggle choose Settings > Accelerator > GPU)"),
    "no GPU": ({"count": raising(NO_GPU)}, "the NVIDIA driver finds no GPU: see `nvidia-smi`"),
    "a hidden GPU": ({"count": 0}, "CUDA_VISIBLE_DEVICES"),
    "an old driver": ({"driver": 11040}, "driver is too old: it knows CUDA up to 11.4, 12.0 is needed"),
    "the wrong wheel": (
        {"driver": 12040, "built_for": 13000},
        "wrong CuPy wheel: it is for CUDA 13.0, the driver knows CUDA up to 12.4: "
        "pip uninstall cupy-cuda13x, then pip install cupy-cuda12x",
    ),
    "an old GPU": ({"capability": (6, 0)}, "too old a GPU, Some GPU (6.0): compute capability 7.5"),
    "no NVRTC": (
        {"nvrtc": raising(NO_NVRTC)},
        "NVRTC, which compiles for the GPU, is missing (CuPy failed to load libnvrtc.so.12: OSError: "
        "libnvrtc.so.12: cannot open): pip install 'cupy-cuda12x[ctk]'",
    ),
    "no NVRTC of CUDA 13": (
        {"driver": 13010, "built_for": 13000, "nvrtc": raising(NO_NVRTC)},
        "pip install 'cupy-cuda13x[ctk]'",
    ),
    "a broken driver": (
        {"count": raising(BROKEN)},
        "the CUDA driver fails (cudaErrorUnknown: unknown error)",
    ),
}


@pytest.fixture(autouse=True)
def _forget_devices():
    device.devices.cache_clear()
    yield
    device.devices.cache_clear()


def install(monkeypatch, **facts):
    monkeypatch.setitem(sys.modules, "cupy", stand_in(**facts))


@pytest.mark.parametrize("lack", LACKS)
def test_each_lack_is_told_with_its_remedy(lack, monkeypatch, capsys):
    facts, wanted = LACKS[lack]
    monkeypatch.setitem(sys.modules, "cupy", None if facts is None else stand_in(**facts))
    assert wanted in cuda.why_unusable()
    with pytest.raises(EngineError, match="cuda") as caught:
        CudaEngine(None)
    assert wanted in str(caught.value)
    with pytest.raises(EngineError, match=r"'cuda' cannot run here.*Use 'python' or 'native'") as caught:
        choose_engine("cuda")
    assert wanted in str(caught.value)
    assert choose_engine("auto").name == "native"
    [finding] = [finding for finding in doctor._engines() if finding.name == "engine cuda"]
    assert not finding.ok
    assert wanted in finding.detail
    assert "engine='native' does the same work" in finding.meaning


def test_a_cupy_that_cannot_be_imported_is_told(monkeypatch, tmp_path):
    (tmp_path / "cupy.py").write_text("raise ImportError('libcudart.so.12: cannot open\\nand more')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "cupy", raising=False)
    lack = cuda.why_unusable()
    assert lack.startswith(
        "CuPy cannot be imported (libcudart.so.12: cannot open): remove all packages named cupy*"
    )


@pytest.mark.parametrize("driver", [12000, 12080, 13010])
def test_a_newer_driver_serves_an_older_wheel(driver, monkeypatch):
    install(monkeypatch, driver=driver, built_for=12090)
    assert cuda.why_unusable() is None
    assert choose_engine("auto").name == "cuda"


def test_devices_that_are_too_old_are_left_out(monkeypatch):
    install(monkeypatch, count=2)
    properties = sys.modules["cupy"].cuda.runtime.getDeviceProperties(0)
    monkeypatch.setattr(
        sys.modules["cupy"].cuda.runtime,
        "getDeviceProperties",
        lambda number: properties if number else properties | {"major": 6, "minor": 1},
    )
    assert cuda.why_unusable() is None
    assert [found.number for found in device.devices()] == [1]


def test_doctor_tells_of_memory_that_others_use(monkeypatch):
    install(monkeypatch)
    [finding] = doctor._gpu_memory()
    assert (finding.ok, finding.detail) == (True, "15.0 GB free on GPU 0 (Some GPU)")
    install(monkeypatch, free=100_000_000)
    device.devices.cache_clear()
    [finding] = doctor._gpu_memory()
    assert not finding.ok
    assert (
        finding.meaning == "launches are small or fail (end what else uses GPU 0 (Some GPU), see nvidia-smi)"
    )


def test_doctor_tells_of_wheels_that_exclude_each_other(monkeypatch):
    monkeypatch.setattr(doctor, "package_versions", lambda: {"cupy-cuda12x": "13.3", "cupy-cuda13x": "14.0"})
    finding = doctor._cupy()
    assert not finding.ok
    assert finding.detail == "cupy-cuda12x 13.3 and cupy-cuda13x 14.0"
    assert "exclude each other" in finding.meaning


def test_what_runs_out_of_memory_and_what_fails_are_told_apart():
    gpu = device.Device(stand_in(), 0)
    for status, kind in (
        (2, device.DeviceMemoryFull),
        (701, device.DeviceMemoryFull),
        (700, device.DeviceFailure),
    ):
        with pytest.raises(kind, match=r"GPU 0 \(Some GPU\): what"), gpu.calls():
            raise CUDARuntimeError(status, "what happened\nand where")
    with pytest.raises(device.DeviceMemoryFull, match="Out of memory"), gpu.calls():
        raise MemoryError("Out of memory")
