"""The binding: arguments, results in order, outputs, limits, slices and errors."""

from collections import Counter

import numpy as np
import pytest
from assembler import OVER_CELLS, OVER_PAIRS, TO_INDICES, TO_MERGED_PATCH, Assembler, library

from tokpidjin.engines import native
from tokpidjin.engines.hashing import hash_grid
from tokpidjin.engines.native import NativeEngine
from tokpidjin.engines.status import Status, count_statuses
from tokpidjin.errors import EngineError, ParameterError

GRIDS = [np.random.default_rng(k).integers(0, 10, (3 + k, 5), np.uint8) for k in range(8)]


def identity():
    program = Assembler()
    program.ret(program.input)
    return program


def mirrored():
    program = Assembler()
    program.ret(program.op("vmirror_g", program.input))
    return program


def failing():
    program = Assembler()
    program.ret(program.op("downscale", program.input, program.constant(0)))
    return program


def all_pairs():
    """Joins every two cells by a line: much work."""
    program = Assembler()
    cells = program.op("asindices", program.input)

    def inner(a):
        return program.loop(TO_MERGED_PATCH, cells, OVER_PAIRS, lambda b: program.op("connect", a, b))

    joined = program.loop(TO_MERGED_PATCH, cells, OVER_PAIRS, inner)
    program.ret(program.op("fill", program.input, program.constant(1), joined))
    return program


@pytest.fixture(scope="module")
def engine():
    return NativeEngine(library({"a": identity(), "b": mirrored(), "c": failing(), "d": all_pairs()}))


def everything():
    return [np.repeat(np.arange(4), len(GRIDS)), np.tile(np.arange(len(GRIDS)), 4)]


def test_results_are_in_the_order_of_the_items(engine):
    results = engine.run(GRIDS, [1, 0, 2], [4, 3, 0], outputs=True)
    assert results.status.tolist() == [Status.OK, Status.OK, Status.ERROR]
    assert np.array_equal(results.outputs[0], GRIDS[4][:, ::-1])
    assert np.array_equal(results.outputs[1], GRIDS[3])
    assert results.outputs[2] is None
    assert results.hashes.tolist() == [hash_grid(GRIDS[4][:, ::-1]), hash_grid(GRIDS[3]), 0]
    assert results.primitives.tolist() == [1, 0, 1]
    assert results.microseconds is None
    assert results.seconds > 0


@pytest.mark.parametrize("workers", [2, 3, 7])
def test_any_number_of_workers_gives_the_same(engine, workers):
    one = engine.run(GRIDS, *everything(), outputs=True)
    many = engine.run(GRIDS, *everything(), outputs=True, workers=workers)
    assert np.array_equal(one.status, many.status)
    assert np.array_equal(one.hashes, many.hashes)
    assert np.array_equal(one.primitives, many.primitives)
    assert np.array_equal(one.outputs.cells, many.outputs.cells)
    assert np.array_equal(one.outputs.offsets, many.outputs.offsets)


def test_slices_give_the_same(engine, monkeypatch):
    whole = engine.run(GRIDS, *everything(), outputs=True)
    seen = []
    monkeypatch.setattr(native, "_SLICE_SECONDS", 0.0)
    sliced = engine.run(GRIDS, *everything(), outputs=True, workers=2, progress=seen.append)
    assert len(seen) > 3
    assert sum(seen, Counter()) == count_statuses(whole.status)
    assert np.array_equal(whole.hashes, sliced.hashes)
    assert all(
        np.array_equal(a, b) if a is not None else b is None
        for a, b in zip(whole.outputs, sliced.outputs, strict=True)
    )


def test_an_interrupt_between_slices_comes_through(engine, monkeypatch):
    monkeypatch.setattr(native, "_SLICE_SECONDS", 0.0)

    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine.run(GRIDS, *everything(), progress=interrupt)


def test_times_are_given_when_asked_for(engine):
    microseconds = engine.run(GRIDS, [0, 3], [0, 0], times=True).microseconds
    assert microseconds.dtype == np.float32
    assert 0 <= microseconds[0] < microseconds[1]


def test_outputs_are_compared_with_what_is_expected(engine, monkeypatch):
    mirrored = [grid[:, ::-1] for grid in GRIDS]
    nothing_left = np.zeros((0, 0), np.uint8)
    expected = [mirrored[0], GRIDS[1], None, nothing_left, mirrored[4][1:], *mirrored[5:]]
    same = [GRIDS[0].size, (mirrored[1] == GRIDS[1]).sum(), -1, -1, -1, *[grid.size for grid in GRIDS[5:]]]
    monkeypatch.setattr(native, "_SLICE_SECONDS", 0)
    programs, samples = [1] * 8 + [2], [*range(8), 0]
    results = engine.run(GRIDS, programs, samples, expected=expected, workers=2)
    assert results.agreeing.tolist() == [*same, -1]
    assert results.outputs is None
    assert engine.run(GRIDS, programs, samples).agreeing is None


@pytest.mark.parametrize(
    ("expected", "cause"), [([None] * 7, "7 for 8 grids"), ([None] * 7 + [[[1]]], "not a 2-D array of uint8")]
)
def test_what_is_expected_is_one_grid_or_none_for_each(engine, expected, cause):
    with pytest.raises(ParameterError, match=cause):
        engine.run(GRIDS, [0], [0], expected=expected)


def test_no_items_are_no_work(engine):
    results = engine.run(GRIDS, [], [], outputs=True)
    assert len(results.status) == len(results.outputs) == 0
    assert len(engine.run([], [], []).hashes) == 0


def test_empty_grids_are_grids(engine):
    grids = [np.zeros((0, 4), np.uint8), np.zeros((2, 0), np.uint8)]
    outputs = engine.run(grids, [0, 0], [0, 1], outputs=True).outputs
    assert [grid.shape for grid in outputs] == [(0, 0), (2, 0)]


def test_bytes_above_the_colours_stand_for_none_and_negative_colours(engine):
    grid = np.array([[0, 9, 251, 252, 253, 254, 255]], np.uint8)
    assert np.array_equal(engine.run([grid], [0], [0], outputs=True).outputs[0], grid)


def test_the_budget_ends_an_item_and_no_other(engine):
    results = engine.run(GRIDS, [3, 0, 3], [0, 0, 0], budget=1000)
    assert results.status.tolist() == [Status.BUDGET, Status.OK, Status.BUDGET]
    assert results.hashes[0] == 0
    assert engine.run(GRIDS, [3], [0]).status[0] == Status.OK


def test_the_arena_ends_an_item_and_no_other():
    program = Assembler()
    program.ret(program.op("upscale_g", program.input, program.constant(60)))
    results = NativeEngine(program.bytecode()).run(
        [np.zeros((1, 1), np.uint8), np.zeros((3, 3), np.uint8)], [0, 0, 0], [0, 1, 0], arena=1 << 14
    )
    assert results.status.tolist() == [Status.OK, Status.MEMORY, Status.OK]


@pytest.mark.parametrize(
    ("arguments", "options", "parameter"),
    [
        (([0, 4], [0, 0]), {}, "programs"),
        (([-1], [0]), {}, "programs"),
        (([0], [8]), {}, "samples"),
        (([0.5], [0]), {}, "programs"),
        (([[0]], [0]), {}, "programs"),
        (([0, 0], [0]), {}, "samples"),
        (([0], [0]), {"budget": 0}, "budget"),
        (([0], [0]), {"budget": 2.5}, "budget"),
        (([0], [0]), {"workers": 0}, "workers"),
        (([0], [0]), {"workers": True}, "workers"),
        (([0], [0]), {"arena": 16}, "arena"),
    ],
)
def test_bad_arguments_are_refused_before_any_work(engine, arguments, options, parameter):
    with pytest.raises(ParameterError) as error:
        engine.run(GRIDS, *arguments, **options)
    assert error.value.parameter == parameter


@pytest.mark.parametrize(
    "grid",
    [
        [[1, 2]],
        np.zeros((2, 2), np.int64),
        np.zeros(4, np.uint8),
        np.zeros((1, 1, 1), np.uint8),
        np.zeros((1, 3000), np.uint8),
    ],
)
def test_what_is_not_a_grid_is_refused(engine, grid):
    with pytest.raises(ParameterError, match=r"grids\[1\]"):
        engine.run([GRIDS[0], grid], [0], [0])


def test_a_missing_library_file_is_named_with_the_remedy(tmp_path):
    with pytest.raises(EngineError, match=r"_gone\.so is missing.*pip"):
        NativeEngine(identity().bytecode(), library_file=tmp_path / "_gone.so")


def test_a_file_that_is_no_library_is_refused(tmp_path):
    file = tmp_path / "_vm.so"
    file.write_text("no library")
    with pytest.raises(EngineError, match="cannot be loaded"):
        NativeEngine(identity().bytecode(), library_file=file)


def test_none_and_negative_colours_leave_as_bytes():
    program = Assembler()
    outside = program.op("index", program.input, program.constant((50, 0)))
    program.return_numbers(outside, *[program.constant(value) for value in (-3, -1, 0, 251)])
    results = NativeEngine(program.bytecode()).run(GRIDS[:1], [0], [0], outputs=True)
    assert results.outputs[0].tolist() == [[252, 253, 255, 0, 251]]


def test_loops_reclaim_what_their_bodies_leave_behind():
    program = Assembler()
    cells = program.op("asobject", program.input)

    def shape_of_copy(cell):
        large = program.op("upscale_g", program.input, program.constant(4))
        return program.op("grid_shape", large)

    found = program.loop(TO_INDICES, cells, OVER_CELLS, shape_of_copy)
    program.ret(program.op("fill", program.input, program.constant(1), found))
    results = NativeEngine(program.bytecode()).run([np.zeros((30, 30), np.uint8)], [0], [0], arena=1 << 20)
    assert results.status[0] == Status.OK
