"""Other builds of the machine give what the installed one gives: sanitized, and 32 lanes in step as on a GPU."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tokpidjin.engines import native

ROOT = Path(__file__).resolve().parents[2]
ITEMS = 400

pytestmark = pytest.mark.slow


def run(*command, **environment):
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def build(folder, option):
    if not (
        shutil.which("cmake") and (shutil.which("c++") or shutil.which("g++") or shutil.which("clang++"))
    ):
        pytest.skip("needs cmake and a C++ compiler")
    run("cmake", "-S", str(ROOT), "-B", str(folder), f"-D{option}=ON", "-DCMAKE_CXX_FLAGS_RELEASE=-O1")
    run("cmake", "--build", str(folder))
    return folder / "_vm.so"


def results_of(library, folder, **environment):
    file = folder / "results.npz"
    script = Path(__file__).with_name("run_items.py")
    python_path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    run(
        sys.executable,
        str(script),
        str(library),
        str(file),
        str(ITEMS),
        PYTHONPATH=python_path,
        **environment,
    )
    return np.load(file)


def assert_same(found, expected):
    for name in ("status", "hashes", "primitives", "cells", "values"):
        assert np.array_equal(found[name], expected[name]), name


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    return results_of(native.library_file(), tmp_path_factory.mktemp("installed"))


def test_the_items_end_in_several_ways(expected):
    counts = np.bincount(expected["status"])
    assert counts[0] > ITEMS // 4
    assert len(counts[counts > 0]) >= 3


def test_lanes_in_step_give_the_same(expected, tmp_path):
    assert_same(results_of(build(tmp_path, "TOKPIDJIN_EMULATE_WARP"), tmp_path), expected)


def test_no_undefined_behaviour(expected, tmp_path):
    library = build(tmp_path, "TOKPIDJIN_SANITIZE")
    compiler = shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
    runtimes = [
        subprocess.run([compiler, f"-print-file-name={name}"], capture_output=True, text=True).stdout.strip()
        for name in ("libasan.so", "libubsan.so")
    ]
    if not all(Path(runtime).is_absolute() for runtime in runtimes):
        pytest.skip("the compiler has no shared sanitizer run time")
    environment = {"LD_PRELOAD": " ".join(runtimes), "ASAN_OPTIONS": "detect_leaks=0"}
    assert_same(results_of(library, tmp_path, **environment), expected)
