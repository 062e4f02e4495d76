"""The GPU engine: on emulated devices everywhere, and on real ones where there are any."""

import gc
import importlib.util
import json
import re
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import emulated_cupy
import numpy as np
import pytest
from assembler import Assembler, library
from emulated_cupy import Gpu, build_kernel

import tokpidjin as tp
from tokpidjin import dsl
from tokpidjin.compiler import types
from tokpidjin.compiler.calls import Call, compile_calls, twin_of
from tokpidjin.engines import cuda, device, launch, schedule
from tokpidjin.engines.cuda import CudaEngine
from tokpidjin.engines.launch import Part
from tokpidjin.engines.native import NativeEngine
from tokpidjin.engines.schedule import Costs, PartQueue
from tokpidjin.engines.status import Status, count_statuses
from tokpidjin.engines.values import Writer, read_values
from tokpidjin.errors import EngineError, ParameterError
from tokpidjin.report import modes, overhead
from tokpidjin.report.dispatch import DISPATCHES, measure_dispatch
from tokpidjin.report.parameters import Parameters
from tokpidjin.tasks import samples_of

BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "gpu.py"
KERNEL = (Path(cuda.__file__).parent / "vm" / "kernel.cu").read_text()


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    function = build_kernel(tmp_path_factory.mktemp("kernel"))
    gc.collect()
    gc.freeze()  # collecting after every test is quick when it looks at what the test made only
    yield function
    gc.unfreeze()


@pytest.fixture
def small_launches(monkeypatch):
    """Many launches of few items, in arenas that are too small for some."""
    monkeypatch.setattr(schedule, "_FEWEST_ITEMS", 8)
    monkeypatch.setattr(schedule, "_MOST_ITEMS", 32)
    monkeypatch.setattr(schedule, "_SMALL_ARENA", 1 << 12)


def objects_program():
    program = Assembler()
    flags = [program.constant(1) for _ in range(3)]
    found = program.op("objects", program.input, *flags)
    program.ret(program.op("cover", program.input, program.op("patch_merge", found)))
    return program


def upscale_program(factor=9):
    program = Assembler()
    program.ret(program.op("upscale_g", program.input, program.constant(factor)))
    return program


def mirror_program():
    program = Assembler()
    program.ret(program.op("vmirror_g", program.input))
    return program


def two_programs():
    return library({"objects": objects_program(), "upscale": upscale_program()})


def random_grids(count, side=9):
    rng = np.random.default_rng(0)
    return [rng.integers(0, 4, rng.integers(1, side, 2), np.uint8) for _ in range(count)]


def every_item(programs, grids):
    return np.repeat(np.arange(programs), grids), np.tile(np.arange(grids), programs)


def assert_same(found, expected):
    for name in ("status", "hashes", "primitives", "agreeing"):
        assert np.array_equal(getattr(found, name), getattr(expected, name)), name
    assert (found.outputs is None) is (expected.outputs is None)
    if found.outputs is not None:
        assert np.array_equal(found.outputs.shapes, expected.outputs.shapes)
        for k in range(len(found.outputs)):
            assert np.array_equal(found.outputs[k], expected.outputs[k])


def assert_agrees(bytecode, grids, items, engine=None, **options):
    expected = NativeEngine(bytecode).run(grids, *items, **options)
    found = (engine or CudaEngine(bytecode)).run(grids, *items, **options)
    assert_same(found, expected)
    return found


# What the two sides of the border must agree on


def test_the_fields_of_items_are_those_of_the_kernel():
    body = re.search(r"struct Items \{(.*?)\};", KERNEL, re.DOTALL)[1]
    declarations = re.sub(r"//.*", "", body).split(";")
    names = [name for line in declarations for name in re.findall(r"\*?(\w+)(?=,|$)", line.strip())]
    assert tuple(names) == launch.FIELDS


def test_the_numbers_of_the_kernel_are_those_of_the_launch():
    for name, number in (("WARPS_PER_BLOCK", launch._WARPS_PER_BLOCK), ("RUN_AGAIN", launch.RUN_AGAIN)):
        assert re.search(rf"\b{name} = (\d+)", KERNEL)[1] == str(number)


def test_the_source_is_in_one_piece():
    source = launch.kernel_source()
    assert '#include "' not in source
    assert "#pragma once" not in source
    assert source.count("OP(rot90,") >= 2  # the table is read for the opcodes' numbers, and for running them
    assert source.count("struct Machine {") == 1


def test_samples_are_laid_out_as_grid_objects():
    shapes = np.array([[2, 3], [0, 0], [-1, 0], [1, 1]], np.int32)
    blob, starts = launch.grid_objects(shapes, np.arange(7, dtype=np.uint8))
    assert starts.tolist() == [0, 16, 24, 32]
    assert blob[:8].view(np.int32).tolist() == [2, 3]
    assert blob[8:16].tolist() == [4, 5, 6, 7, 8, 9, 0, 0]
    assert blob[24:32].view(np.int32).tolist() == [-1, 0]
    assert blob[40:].tolist() == [10, *[0] * 7]


@pytest.mark.parametrize("pair", [("hashes", "primitives"), ("samples", "expected"), ("shapes", "offsets")])
def test_a_wrong_order_of_fields_does_not_pass(emulate, monkeypatch, pair):
    [gpu] = emulate(Gpu()).gpus
    a, b = (launch.FIELDS.index(name) for name in pair)
    fields = list(launch.FIELDS)
    fields[a], fields[b] = fields[b], fields[a]
    monkeypatch.setattr(launch, "FIELDS", tuple(fields))
    grids = random_grids(20)
    expected = [grid[::-1, ::-1] for grid in grids]
    with pytest.raises((AssertionError, EngineError)):
        assert_agrees(two_programs(), grids, every_item(2, 20), outputs=True, expected=expected)
    gc.collect()
    gpu.violations.clear()


# Agreement with the native engine


@pytest.fixture(scope="module")
def solver_items():
    """Every solver on the smallest input of its own task and on that of another."""
    solvers = tp.load_solvers()
    tasks = {task.id: task for task in tp.load_tasks("arc-agi-1/training")}
    pairs = [min(tasks[solver.id].demo, key=lambda pair: np.size(pair.input)) for solver in solvers]
    n = len(solvers)
    programs, samples = np.tile(np.arange(n), 2), np.concatenate([np.arange(n), (7 * np.arange(n) + 3) % n])
    grids, expected = (
        [np.array(getattr(pair, side), np.uint8) for pair in pairs] for side in ("input", "output")
    )
    return solvers.bytecode, grids, expected, (programs, samples)


@pytest.mark.slow
def test_all_solvers_agree_on_an_emulated_device(emulate, solver_items):
    emulate(Gpu(processors=2))
    bytecode, grids, expected, items = solver_items
    found = assert_agrees(bytecode, grids, items, outputs=True, expected=expected, budget=100_000)
    own = slice(len(grids))
    assert np.mean(found.agreeing[own] == [grid.size for grid in expected]) > 0.9
    assert len(np.unique(found.status)) > 2


@pytest.mark.parametrize("outputs", [False, True])
def test_agrees_in_many_launches(emulate, small_launches, outputs):
    [gpu] = emulate(Gpu()).gpus
    grids = random_grids(100)
    found = assert_agrees(two_programs(), grids, every_item(2, 100), outputs=outputs, expected=grids)
    assert len(gpu.launches) > 7
    assert set(np.unique(found.status)) == {Status.OK}


def test_budgets_mean_the_same(emulate, small_launches):
    emulate(Gpu())
    statuses = [
        assert_agrees(two_programs(), random_grids(40), every_item(2, 40), budget=budget).status
        for budget in (4, 40, 200)
    ]
    assert {Status.OK, Status.BUDGET} == set(np.unique(statuses))


@pytest.mark.parametrize("arena", [1 << 12, 5_003, 1 << 14])
def test_arenas_mean_the_same(emulate, small_launches, arena):
    emulate(Gpu())
    items = every_item(2, 60)
    found = assert_agrees(two_programs(), random_grids(60, 12), items, arena=arena, outputs=True)
    assert (found.status == Status.MEMORY).any() or arena > 1 << 13


def test_what_a_small_arena_forgives_runs_again(emulate, monkeypatch):
    """A failure for lack of memory that the program survives would else change what it counts and spends."""
    program = Assembler()
    large = program.op("upscale_g", program.input, program.constant(20), speculative=True)
    program.op("vmirror_g", large, speculative=True)
    program.ret(program.op("select", program.constant(0), large, program.input))
    [gpu] = emulate(Gpu()).gpus
    monkeypatch.setattr(schedule, "_SMALL_ARENA", 1 << 12)
    grids = random_grids(8, 6)
    found = assert_agrees(program.bytecode(), grids, every_item(1, 8), outputs=True)
    assert (found.status == Status.OK).all()
    assert len(gpu.launches) == 2


def test_programs_that_need_a_large_arena_begin_in_one(emulate, monkeypatch):
    [gpu] = emulate(Gpu()).gpus
    monkeypatch.setattr(schedule, "_SMALL_ARENA", 1 << 12)
    engine = CudaEngine(upscale_program(30).bytecode())
    grids = [np.ones((8, 8), np.uint8)] * 10
    for launches in (2, 3):  # in vain the first time only
        assert_agrees(upscale_program(30).bytecode(), grids, every_item(1, 10), engine=engine)
        assert len(gpu.launches) == launches


def test_outputs_without_room_run_again(emulate, monkeypatch):
    [gpu] = emulate(Gpu()).gpus
    monkeypatch.setattr(launch, "_CELLS_PER_ITEM", 16)
    monkeypatch.setattr(schedule, "_CELLS_AT_ONCE", 4096)
    found = assert_agrees(two_programs(), random_grids(30), every_item(2, 30), outputs=True)
    assert len(gpu.launches) > 2
    assert found.outputs.shapes.max() > 60


def test_outputs_come_back_compactly(emulate):
    emulate(Gpu())
    grids = random_grids(50)
    found = assert_agrees(mirror_program().bytecode(), grids, every_item(1, 50), outputs=True)
    assert found.outputs.cells.size <= sum(grid.size + 7 for grid in grids)


def test_values_agree(emulate, small_launches):
    emulate(Gpu())
    assert_values_agree()


def assert_values_agree():
    bytecode, _ = compile_calls(
        [Call(twin_of(dsl.partition), (types.GRID,)), Call(twin_of(dsl.repeat), (types.GRID, types.INT))]
    )
    grids = [tuple(map(tuple, grid.tolist())) for grid in random_grids(50)]
    writer = Writer()
    writer.calls([types.GRID], [grids], 50)
    writer.calls([types.GRID, types.INT], [grids, list(range(50))], 50)
    arguments = writer.arguments(bytecode.argument_kinds)
    items = np.repeat([0, 1], 50)
    expected = NativeEngine(bytecode).run_values(arguments, items)
    found = CudaEngine(bytecode).run_values(arguments, items)
    assert np.array_equal(found.status, expected.status)
    for kind, part in zip(bytecode.result_kinds, (slice(50), slice(50, 100)), strict=True):
        a, b = (
            read_values(kind, results.outputs.cells, results.outputs.offsets[part])
            for results in (found, expected)
        )
        assert a == b


def test_nothing_to_do(emulate):
    emulate(Gpu())
    found = assert_agrees(two_programs(), [], ([], []), outputs=True)
    assert found.outputs.cells.size == 0


def test_times_are_measured_and_progress_is_told(emulate, small_launches):
    emulate(Gpu())
    told = []
    engine = CudaEngine(two_programs())
    found = engine.run(random_grids(40), *every_item(2, 40), times=True, progress=told.append)
    assert (found.microseconds > 0).all()
    assert 1e-6 * found.microseconds.max() < engine.kernel_seconds < found.seconds
    longest = [found.microseconds[:40].max(), found.microseconds[40:].max()]
    assert engine._costs.longest() / 1e3 == pytest.approx(longest)
    assert len(told) > 1
    assert sum(told, Counter()) == count_statuses(found.status)


def test_bad_input_is_refused_before_any_work(emulate):
    [gpu] = emulate(Gpu()).gpus
    engine = CudaEngine(two_programs())
    with pytest.raises(ParameterError, match=r"expected: 1 for 2 grids"):
        engine.run(random_grids(2), [0], [0], expected=[None])
    with pytest.raises(ParameterError, match=r"expected\[1\]: not a 2-D array"):
        engine.run(random_grids(2), [0], [0], expected=[None, 3])
    with pytest.raises(ParameterError, match="out of range"):
        engine.run(random_grids(2), [2], [0])
    assert gpu.launches == []


def test_what_is_expected_may_be_nothing(emulate):
    emulate(Gpu())
    grids = random_grids(6)
    expected = [None, grids[1][::-1], None, np.zeros((0, 0), np.uint8), grids[4], grids[5][:-1]]
    bytecode = mirror_program().bytecode()
    found = assert_agrees(bytecode, grids, every_item(1, 6), expected=expected)
    assert found.agreeing.tolist()[:4] == [-1, (grids[1][:, ::-1] == expected[1]).sum(), -1, -1]
    assert found.agreeing[4] == (grids[4][:, ::-1] == grids[4]).sum()
    assert found.agreeing[5] == -1


# What stays on the device, and what it takes


def test_grids_stay_on_the_device(emulate):
    [gpu] = emulate(Gpu()).gpus
    engine = CudaEngine(two_programs())
    bytes_of_call = []
    for grids in (random_grids(400), random_grids(400), random_grids(400)[::-1]):
        before = sum(gpu.uploads)
        engine.run(grids, [0], [0])
        bytes_of_call.append(sum(gpu.uploads) - before)
    assert bytes_of_call[1] < 1000 < bytes_of_call[0] == bytes_of_call[2]


def test_not_all_grids_stay_for_ever(emulate):
    [gpu] = emulate(Gpu()).gpus
    engine = CudaEngine(mirror_program().bytecode())
    used = []
    for side in range(1, 30):
        engine.run([np.zeros((side, 30), np.uint8)] * 9, [0], [0])
        used.append(gpu.used)
    assert used[-1] - used[0] < cuda._CACHED_GRIDS * 10 * 1000


def test_the_kernel_is_compiled_once(emulate):
    cupy = emulate(Gpu(), Gpu())
    for _ in range(3):
        CudaEngine(two_programs())
    assert cupy.compiled == list(cupy.gpus)


# Scheduling


def found_of(status, spent, longest=None):
    return {
        "status": np.array(status, np.uint8),
        "spent": np.array(spent, np.uint64),
        "longest": np.array(longest or spent, np.uint64),
    }


def test_programs_with_long_items_come_first():
    costs = Costs(np.array([5, 50, 10]))
    items = np.array([0, 1, 2, 0, 1, 2], np.int32)
    [part] = schedule.parts_of(items, costs, 1 << 20, 1)
    assert part.items.tolist() == [1, 4, 2, 5, 0, 3]  # by instructions, until something is measured
    costs.note(items, found_of([0] * 6, [4000, 20, 3000], [2000, 10, 2900]), small=True)
    [part] = schedule.parts_of(items, costs, 1 << 20, 1)
    assert part.items.tolist() == [2, 5, 0, 3, 1, 4]
    assert costs.of_programs().tolist() == [2000, 10, 1500]


def test_guesses_are_on_the_scale_of_what_is_measured():
    costs = Costs(np.array([10, 20]))
    costs.note(np.array([0], np.int32), found_of([0], [1000, 0]), small=True)
    assert costs.of_programs().tolist() == [1000, 2000]


def test_parts_cost_about_the_same():
    costs = Costs(np.array([1, 1]))
    programs = np.repeat(np.array([0, 1], np.int32), 200_000)
    costs.note(np.array([0, 1], np.int32), found_of([0, 0], [9, 1]), small=True)
    parts = schedule.parts_of(programs, costs, 1 << 20, 2)
    assert sorted(np.concatenate([part.items for part in parts]).tolist()) == list(range(400_000))
    total = costs.of_programs()[programs].sum()
    for part in parts:
        cost = costs.of_programs()[programs[part.items]].sum()
        assert cost <= 1.01 * total / 16
        assert len(part.items) <= schedule._MOST_ITEMS


def test_programs_are_moved_to_large_arenas_by_experience():
    costs = Costs(np.array([1, 1]))
    items = np.array([0, 0, 1, 1], np.int32)
    costs.note(items, found_of([launch.RUN_AGAIN, 0, 0, 0], [1, 1]), small=True)
    large, small = schedule.parts_of(items, costs, 1 << 30, 1)
    assert (large.items.tolist(), large.arena) == ([0, 1], 1 << 30)
    assert (small.items.tolist(), small.arena) == ([2, 3], schedule._SMALL_ARENA)


def test_parts_are_split_for_those_who_can_take_less():
    queue = PartQueue([Part(np.arange(5), 64)])
    assert queue.take(3).items.tolist() == [0, 1, 2]
    queue.put([Part(np.arange(9), 64)])
    assert queue.take(9).items.tolist() == list(range(9))
    assert queue.take(9).items.tolist() == [3, 4]
    assert queue.take(9) is None


# Several devices, and devices that fail


def test_several_devices_share_the_items(emulate, small_launches):
    gpus = emulate(Gpu(), Gpu(), Gpu(), Gpu()).gpus
    assert_agrees(two_programs(), random_grids(200), every_item(2, 200), outputs=True)
    assert all(gpu.launches for gpu in gpus)


def test_the_others_take_the_items_of_a_device_that_fails(emulate, small_launches):
    good, bad = emulate(Gpu(), Gpu("Broken T4")).gpus
    bad.fail_at_launch = 2
    engine = CudaEngine(two_programs())
    grids, items = random_grids(100), every_item(2, 100)
    with pytest.warns(
        RuntimeWarning, match=r"GPU 1 \(Broken T4\): .*illegal memory access.*the other GPUs take"
    ):
        assert_agrees(two_programs(), grids, items, engine=engine, outputs=True)
    launches = len(bad.launches)
    assert_agrees(two_programs(), grids, items, engine=engine, outputs=True)
    assert len(bad.launches) == launches
    assert good.launches


def test_without_a_device_left_it_is_an_error(emulate, small_launches):
    gpus = emulate(Gpu("A"), Gpu("B")).gpus
    for gpu in gpus:
        gpu.fail_at_launch = 1
    engine = CudaEngine(two_programs())
    with pytest.raises(EngineError, match=r"GPU 0 \(A\): .*GPU 1 \(B\): .*engine='native'") as caught:
        engine.run(random_grids(100), *every_item(2, 100))
    assert caught.value.engine == "cuda"
    with pytest.raises(EngineError, match="no GPU is left"):
        engine.run(random_grids(100), *every_item(2, 100))


def test_smaller_launches_are_tried_where_memory_runs_out(emulate, monkeypatch):
    [gpu] = emulate(Gpu(processors=8, memory=24 << 20)).gpus
    monkeypatch.setattr(launch, "_SHARE_OF_MEMORY", 0.8)  # more than there is for two launches at once
    monkeypatch.setattr(schedule, "_FEWEST_ITEMS", 100)
    monkeypatch.setattr(schedule, "_MOST_ITEMS", 200)
    assert_agrees(two_programs(), random_grids(300), every_item(2, 300), outputs=True)
    assert gpu.most_used <= gpu.memory


def test_too_little_memory_is_an_error_and_no_more(emulate):
    [gpu] = emulate(Gpu(memory=20 << 20)).gpus
    engine = CudaEngine(upscale_program(30).bytecode())
    grids = [np.ones((20, 20), np.uint8)] * 3
    with pytest.raises(EngineError, match=r"Out of memory allocating .*take a smaller arena"):
        engine.run(grids, *every_item(1, 3), arena=1 << 28)
    assert_agrees(upscale_program(30).bytecode(), grids, every_item(1, 3), engine=engine)
    assert gpu.violations == []


def test_an_interrupt_leaves_nothing_behind(emulate, small_launches):
    emulate(Gpu(), Gpu())
    engine = CudaEngine(two_programs())
    grids, items = random_grids(100), every_item(2, 100)

    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine.run(grids, *items, progress=interrupt)
    assert_agrees(two_programs(), grids, items, engine=engine, outputs=True)


def test_a_kernel_that_does_not_compile_is_an_error(emulate, monkeypatch):
    cupy = emulate(Gpu())

    def refuse(**_):
        raise emulated_cupy.CompileException("k.cu(7): error: expected a ;")

    monkeypatch.setattr(cupy, "RawModule", refuse)
    with pytest.raises(EngineError, match=r"GPU 0 .*does not compile: k\.cu\(7\): error"):
        CudaEngine(two_programs())


# The benchmark


@pytest.fixture
def benchmark(monkeypatch):
    spec = importlib.util.spec_from_file_location("gpu_benchmark", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module.tp, "load_solvers", lambda: SimpleNamespace(bytecode=two_programs()))
    return module


def test_the_benchmark_compares_the_engines(emulate, benchmark):
    emulate(Gpu())
    found = benchmark.report(inputs=5, runs=1)
    assert (found["items"], found["no_gpu"]) == (10, None)
    cuda_seconds = found["fastest"]["cuda"]["outputs"]
    assert 0 < cuda_seconds["kernel_seconds"] < cuda_seconds["seconds"]
    assert found["native_to_cuda"]["outputs"] < 1
    assert "| cuda | matches |" in benchmark.block(found)


def test_the_benchmark_says_that_there_is_no_gpu(benchmark, monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "cupy", None)
    readme = tmp_path / "README.md"
    readme.write_text("a\n<!-- gpu -->\n<!-- /gpu -->\n")
    arguments = ["gpu.py", "--inputs", "5", "--runs", "1", "--readme", str(readme)]
    monkeypatch.setattr(sys, "argv", arguments)
    benchmark.main()
    assert "no GPU was used (CuPy is missing" in readme.read_text()
    assert json.loads(capsys.readouterr().out.partition("\n\n")[0])["native_to_cuda"] is None


def test_the_benchmark_stops_where_the_engines_differ(benchmark):
    bytecode, answers, arguments = benchmark.load(5)
    engines = {
        "a": NativeEngine(bytecode),
        "b": NativeEngine(library({"a": mirror_program(), "b": mirror_program()})),
    }
    with pytest.raises(AssertionError, match="the engines differ"):
        benchmark.assert_same(engines, answers, arguments)


# What is built on the engine


def assert_batched_primitives_agree():
    ours, others = tp.GPUDSLOperations("cuda"), tp.GPUDSLOperations("native")
    grids = [tuple(map(tuple, grid.tolist())) for grid in random_grids(50)]
    calls = {
        "batch_objects": (grids, True, False, True),
        "batch_fill": (grids, 3, list(map(dsl.asindices, grids))),
    }
    calls["batch_mapply"] = (
        dsl.compose(dsl.backdrop, dsl.normalize),
        ours.batch_objects(grids, True, False, True),
    )
    for method, arguments in calls.items():
        assert getattr(ours, method)(*arguments) == getattr(others, method)(*arguments)
    assert ours.get_stats()["engine"] == "cuda"
    assert ours.get_stats()["launches"] == 4


def test_batched_primitives_agree(emulate):
    emulate(Gpu())
    assert_batched_primitives_agree()


def run_compiled_mode(monkeypatch, folder):
    """Items run side by side: their times together may be more than the wall time."""
    monkeypatch.setattr(modes, "load_solvers", lambda: tp.load_solvers()[:8])
    monkeypatch.setattr(overhead, "_COUNTING_SECONDS", 60.0)
    parameters = Parameters(
        samples=8, batch_sizes=[1, 8], workers=1, engine="cuda", overhead_seconds=60.0, out=str(folder)
    )
    mode = modes.run_mode("compiled", parameters)
    assert len(mode.overhead) > 8
    assert min(mode.overhead["overhead_us"].to_pylist()) > 0
    return mode.summary["label"]


def test_the_overhead_on_gpus_is_more_than_nothing(emulate, monkeypatch, tmp_path):
    emulate(Gpu(), Gpu())
    assert run_compiled_mode(monkeypatch, tmp_path) == "compiled (cuda, 2 GPUs)"


def assert_dispatches_cost():
    samples = samples_of(tp.load_tasks("arc-agi-1/training"))[:2]
    found = measure_dispatch(
        {"real": tp.load_solvers()[:2]},
        samples,
        engine="cuda",
        batch_sizes=[1, 2],
        seconds=None,
        progress=False,
    )
    assert set(found["engine"].to_pylist()) == {"cuda"}
    assert set(found["dispatch"].to_pylist()) == set(DISPATCHES)
    assert min(found["overhead_us"].to_pylist()) > 0


def test_dispatches_are_measured(emulate):
    emulate(Gpu())
    assert_dispatches_cost()


# On real devices


@pytest.mark.gpu
def test_agrees_on_a_gpu():
    grids = random_grids(200, 31)
    bytecode = two_programs()
    engine = CudaEngine(bytecode)
    for options in ({"budget": 2_000}, {"arena": 1 << 14}, {"outputs": True, "expected": grids}):
        assert_agrees(bytecode, grids, every_item(2, 200), engine=engine, **options)


@pytest.mark.gpu
def test_all_solvers_agree_on_a_gpu(solver_items):
    bytecode, grids, expected, items = solver_items
    engine = CudaEngine(bytecode)
    for _ in range(2):  # then with measured costs, and with the grids in place
        assert_agrees(bytecode, grids, items, engine=engine, outputs=True, expected=expected)
    every = every_item(len(bytecode.names), len(grids))
    assert_agrees(bytecode, grids, every, engine=engine, expected=expected)


@pytest.mark.gpu
def test_values_agree_on_a_gpu():
    assert_values_agree()


@pytest.mark.gpu
def test_small_launches_agree_on_a_gpu(small_launches):
    found = assert_agrees(two_programs(), random_grids(300), every_item(2, 300), outputs=True)
    assert (found.status == Status.OK).all()


@pytest.mark.gpu
def test_smaller_launches_are_tried_on_a_gpu(monkeypatch):
    monkeypatch.setattr(device.Device, "free_bytes", lambda self: 1 << 60)
    monkeypatch.setattr(schedule, "_SMALL_ARENA", 1 << 28)
    assert_agrees(two_programs(), random_grids(2000), every_item(2, 2000), arena=1 << 28)


@pytest.mark.gpu
def test_batched_primitives_agree_on_a_gpu():
    assert_batched_primitives_agree()


@pytest.mark.gpu
def test_the_overhead_on_a_gpu_is_more_than_nothing(monkeypatch, tmp_path):
    assert run_compiled_mode(monkeypatch, tmp_path).startswith("compiled (cuda")


@pytest.mark.gpu
def test_dispatches_are_measured_on_a_gpu():
    assert_dispatches_cost()
