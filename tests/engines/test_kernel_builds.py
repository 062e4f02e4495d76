"""The kernel's source in one piece compiles for every GPU, by nvcc and by NVRTC, and stays small enough to run fast."""

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest

from tokpidjin.engines import launch
from tokpidjin.engines.launch import KERNEL, kernel_source

ARCHITECTURES = ("sm_75", "sm_80", "sm_89", "sm_90")
REGISTERS_OF_A_PROCESSOR = 1 << 16

# Measured with nvcc 13.0: 96 registers, and on sm_90 a stack of 1,008 bytes, 108 bytes of stores and 252 of loads.
MOST_REGISTERS = 96
MOST_STACK = 1100
MOST_SPILL_STORES = 160
MOST_SPILL_LOADS = 340

pytestmark = [pytest.mark.slow, pytest.mark.minutes]


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    file = tmp_path_factory.mktemp("kernel") / "kernel.cu"
    file.write_text(kernel_source())
    return file


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said


def assert_small_enough(log, architectures):
    """Holds what `ptxas -v` says of the kernel against the limits."""
    pattern = (
        rf"'{KERNEL}' for '(sm_\d+)'.*?properties for {KERNEL}\n\D*(\d+) bytes stack frame, "
        r"(\d+) bytes spill stores, (\d+) bytes spill loads.*?Used (\d+) registers"
    )
    found = {name: list(map(int, numbers)) for name, *numbers in re.findall(pattern, log, re.DOTALL)}
    assert sorted(found) == sorted(architectures), log[:1000]
    for name, (stack, stores, loads, registers) in found.items():
        assert registers <= MOST_REGISTERS, name
        assert stack <= MOST_STACK, name
        assert stores <= MOST_SPILL_STORES, name
        assert loads <= MOST_SPILL_LOADS, name


def test_the_registers_allow_the_blocks_that_are_launched():
    threads = 32 * launch._WARPS_PER_BLOCK * launch._BLOCKS_PER_PROCESSOR
    assert threads * MOST_REGISTERS <= REGISTERS_OF_A_PROCESSOR


def test_nvcc_compiles_it_for_every_gpu(source, tmp_path):
    compiler = shutil.which("nvcc")
    if compiler is None:
        pytest.skip("needs nvcc")
    targets = [f"-gencode=arch=compute_{name.removeprefix('sm_')},code={name}" for name in ARCHITECTURES]
    options = ["-std=c++17", "--threads=0", "-fatbin", "-Xptxas=-v", "-o", str(tmp_path / "kernel.fatbin")]
    assert_small_enough(run(compiler, "-x", "cu", *options, *targets, str(source)), ARCHITECTURES)


def nvrtc_libraries():
    """Those that pip and the toolkit installed."""
    pip = find_spec("nvidia")
    folders = [
        *(pip.submodule_search_locations if pip else ()),
        os.environ.get("CUDA_PATH", "/usr/local/cuda"),
    ]
    found = [file for folder in folders for file in sorted(Path(folder).glob("**/libnvrtc.so.1[23]"))]
    return list({file.resolve(): str(file) for file in found}.values())


def test_nvrtc_compiles_it(source):
    libraries = nvrtc_libraries()
    if not libraries:
        pytest.skip("needs NVRTC: pip install nvidia-cuda-nvrtc-cu12, or nvidia-cuda-nvrtc for CUDA 13")
    script = str(Path(__file__).with_name("nvrtc.py"))
    # The two share a front end and ptxas: where nvcc has compiled for all, the oldest stands for the others here.
    architectures = ARCHITECTURES[:1] if shutil.which("nvcc") else ARCHITECTURES
    builds = [(library, architecture) for library in libraries for architecture in architectures]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        logs = pool.map(lambda build: run(sys.executable, script, build[0], str(source), build[1]), builds)
        for (_, architecture), log in zip(builds, logs, strict=True):
            assert_small_enough(log, [architecture])
