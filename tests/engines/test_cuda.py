"""The GPU engine: what can be checked without a GPU, and agreement with the native engine where there is one."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest
from assembler import Assembler

from tokpidjin import dsl
from tokpidjin.compiler import types
from tokpidjin.compiler.calls import Call, compile_calls, twin_of
from tokpidjin.engines import cuda
from tokpidjin.engines.cuda import CudaEngine
from tokpidjin.engines.native import NativeEngine
from tokpidjin.engines.values import Writer, read_values
from tokpidjin.errors import EngineError

KERNEL = (Path(cuda.__file__).parent / "vm" / "kernel.cu").read_text()


def test_the_fields_of_items_are_those_of_the_kernel():
    body = re.search(r"struct Items \{(.*?)\};", KERNEL, re.DOTALL)[1]
    declarations = re.sub(r"//.*", "", body).split(";")
    names = [name for line in declarations for name in re.findall(r"\*?(\w+)(?=,|$)", line.strip())]
    assert tuple(names) == cuda._FIELDS


def test_the_source_is_in_one_piece():
    source = cuda.kernel_source()
    assert '#include "' not in source
    assert "#pragma once" not in source
    assert source.count("OP(rot90,") >= 2  # the table is read for the opcodes' numbers, and for running them
    assert source.count("struct Machine {") == 1


def test_without_cupy_the_engine_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", None)
    assert cuda.why_unusable() == "CuPy is missing: pip install 'tokpidjin[gpu]'"
    with pytest.raises(EngineError, match="CuPy is missing"):
        CudaEngine(Assembler().bytecode())


def test_samples_are_laid_out_as_grid_objects():
    shapes = np.array([[2, 3], [0, 0], [1, 1]], np.int32)
    blob, starts = cuda._grid_objects(shapes, np.arange(7, dtype=np.uint8))
    assert starts.tolist() == [0, 16, 24]
    assert blob[:8].view(np.int32).tolist() == [2, 3]
    assert blob[8:14].tolist() == [4, 5, 6, 7, 8, 9]
    assert blob[32] == 10


@pytest.mark.gpu
def test_agrees_with_the_native_engine():
    program = Assembler()
    flags = [program.constant(1) for _ in range(3)]
    found = program.op("objects", program.input, *flags)
    program.ret(program.op("cover", program.input, program.op("patch_merge", found)))
    large = Assembler()
    large.ret(large.op("upscale_g", large.input, large.constant(9)))
    rng = np.random.default_rng(0)
    grids = [rng.integers(0, 4, rng.integers(1, 31, 2), np.uint8) for _ in range(200)]
    for bytecode in (program.bytecode(), large.bytecode()):
        items = ([0] * len(grids), range(len(grids)))
        expected = NativeEngine(bytecode).run(grids, *items, outputs=True)
        given = CudaEngine(bytecode).run(grids, *items, outputs=True, times=True)
        assert np.array_equal(given.status, expected.status)
        assert np.array_equal(given.hashes, expected.hashes)
        assert np.array_equal(given.primitives, expected.primitives)
        assert np.array_equal(given.outputs.cells, expected.outputs.cells)
        assert (given.microseconds > 0).all()


@pytest.mark.gpu
def test_values_agree_with_the_native_engine():
    bytecode, _ = compile_calls(
        [Call(twin_of(dsl.partition), (types.GRID,)), Call(twin_of(dsl.repeat), (types.GRID, types.INT))]
    )
    rng = np.random.default_rng(0)
    grids = [tuple(map(tuple, rng.integers(0, 4, rng.integers(1, 31, 2)).tolist())) for _ in range(100)]
    writer = Writer()
    writer.calls([types.GRID], [grids], 100)
    writer.calls([types.GRID, types.INT], [grids, list(range(100))], 100)
    arguments = writer.arguments(bytecode.argument_kinds)
    items = np.repeat([0, 1], 100)
    expected = NativeEngine(bytecode).run_values(arguments, items)
    given = CudaEngine(bytecode).run_values(arguments, items)
    assert np.array_equal(given.status, expected.status)
    for kind, part in zip(bytecode.result_kinds, (slice(100), slice(100, 200)), strict=True):
        found, wanted = (
            read_values(kind, results.outputs.cells, results.outputs.offsets[part])
            for results in (given, expected)
        )
        assert found == wanted
