"""What the experiment with dispatches measures, on few items, and the arithmetic of the breakdown."""

import sys
from math import inf, isclose
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

import tokpidjin as tp
from tokpidjin.dsl import *
from tokpidjin.dsl import PRIMITIVES
from tokpidjin.engines import cuda, registry
from tokpidjin.engines.native import NativeEngine
from tokpidjin.engines.python import count_primitives
from tokpidjin.errors import ParameterError, ResultsError
from tokpidjin.report import breakdown, dispatch, experiment, toy
from tokpidjin.report.dispatch import DISPATCHES, measure_dispatch
from tokpidjin.report.modes import ModeRun
from tokpidjin.report.parameters import Parameters
from tokpidjin.report.replay import PrimitiveCall, record_calls, replay
from tokpidjin.tasks import pick_samples, samples_of

GRID = ((0, 1, 0, 0), (0, 1, 0, 2), (0, 0, 0, 2))
SIZES = (1, 3)
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def samples():
    return pick_samples(samples_of(tp.load_tasks("arc-agi-1/training")), 6, 0)


@pytest.fixture(scope="module")
def libraries():
    return {"toy": tp.load_solvers(toy.__file__), "real": tp.load_solvers()[:8]}


@pytest.fixture(scope="module")
def measured(libraries, samples):
    table = measure_dispatch(
        libraries, samples, engine="native", batch_sizes=SIZES, seconds=None, progress=False
    )
    return table.to_pylist()


@pytest.fixture(scope="module")
def operations():
    return tp.GPUDSLOperations(engine="native", workers=1)


# Calls of primitives


def painted(grid):
    found = objects(grid, True, False, True)
    return fill(grid, 3, mapply(compose(backdrop, identity), found))


def test_calls_are_those_of_the_solver_with_what_they_took_and_gave():
    calls = record_calls(painted, GRID)
    assert [call.primitive for call in calls] == ["objects", "mapply", "fill"]
    assert calls[0].arguments == (GRID, True, False, True)
    assert calls[0].result == calls[1].arguments[1] == objects(GRID, True, False, True)
    assert calls[2].result == painted(GRID)


def test_calls_through_composed_functions_are_the_solver_s_own():
    turned = lambda grid: chain(hmirror, vmirror, fork(hconcat, rot180, identity))(grid)  # noqa: E731
    names = [call.primitive for call in record_calls(turned, GRID)]
    assert names == ["rot180", "identity", "hconcat", "vmirror", "hmirror"]


def test_what_a_solver_raises_passes_and_the_profiler_is_put_back():
    before = sys.getprofile()
    with pytest.raises(IndexError):
        record_calls(lambda grid: rot90(grid)[9], GRID)
    assert sys.getprofile() is before


def test_a_replay_is_one_launch_a_call_and_gives_the_same(operations):
    calls = record_calls(painted, GRID)
    before = operations.get_stats()
    assert replay(operations, calls) == [call.result for call in calls]
    after = operations.get_stats()
    assert after["launches"] - before["launches"] == after["items"] - before["items"] == 3
    assert after["fallbacks"] == before["fallbacks"]


def test_a_dispatch_that_gives_something_else_is_refused(operations):
    solver = SimpleNamespace(id="x", name="solve_x")
    with pytest.raises(ResultsError, match=r"solve_x.*do not give what the solver's own calls gave"):
        dispatch._check_replay(operations, solver, [PrimitiveCall("rot90", (GRID,), GRID)])


# The toy library


def test_the_toy_library_is_thirteen_single_primitives(libraries):
    solvers = libraries["toy"]
    assert len(solvers) == 13
    assert not solvers.unsupported
    for solver in solvers:
        assert [call.primitive for call in record_calls(solver.function, GRID)] == [solver.id]
    run = tp.run(solvers, [GRID], engine="native")
    for k, solver in enumerate(solvers):
        assert run.output(k, 0).tolist() == [list(row) for row in PRIMITIVES[solver.id](GRID)]


# Measuring


def test_there_is_a_row_for_each_solver_dispatch_and_size(measured, libraries):
    keys = [(row["library"], row["solver"], row["dispatch"], row["batch_size"]) for row in measured]
    assert len(set(keys)) == len(keys)
    for name, library in libraries.items():
        solvers = {row["solver"] for row in measured if row["library"] == name}
        assert solvers <= set(library.ids)
        assert len([key for key in keys if key[0] == name]) == len(solvers) * len(DISPATCHES) * len(SIZES)
    assert {row["solver"] for row in measured if row["library"] == "toy"} == set(libraries["toy"].ids)


def test_wall_time_is_execution_and_overhead(measured):
    for row in measured:
        assert isclose(row["wall_us"], row["executed_us"] + row["overhead_us"])
        assert isclose(row["overhead_us"], row["overhead_us_per_operation"] * row["primitives"])
        assert row["python_us"] > 0 < row["executed_us"]
        assert row["dispatch"] == "primitive" or row["overhead_us"] > 0


def test_dispatches_and_primitives_are_counted(measured, libraries, samples):
    for row in measured:
        expected = {"solver": 1, "batch": 1 / row["batch_size"]}
        expected["library"] = 1 / (row["batch_size"] * len(libraries[row["library"]]))
        if row["library"] == "toy":
            assert row["primitives"] == 1
            expected["primitive"] = 1
        assert isclose(row["dispatches"], expected.get(row["dispatch"], row["dispatches"]))
    [row, *_] = [row for row in measured if row["library"] == "real" and row["dispatch"] == "primitive"]
    solver = libraries["real"][row["solver"]]
    grids = [sample.input for sample in samples]
    status = tp.run(libraries["real"], grids, engine="native").status[libraries["real"].ids.index(solver.id)]
    ended = [grid for grid, ending in zip(grids, status, strict=True) if ending == tp.Status.OK]
    counts = [count_primitives(solver.function, grid) for grid in ended[:4]]
    calls = [len(record_calls(solver.function, grid)) for grid in ended[:4]]
    assert min(counts) <= row["primitives"] <= max(counts)
    assert min(calls) <= row["dispatches"] <= max(calls)


def test_a_size_above_the_number_of_samples_counts_as_that_number(libraries, samples):
    table = measure_dispatch(
        {"toy": libraries["toy"][:1]},
        samples[:2],
        engine="native",
        batch_sizes=[80],
        seconds=0.001,
        progress=False,
    )
    assert set(table["batch_size"].to_pylist()) == {2}


def test_a_library_that_ends_on_no_sample_is_refused(tmp_path, samples):
    (tmp_path / "bad.py").write_text("from dsl import *\ndef solve_bad(I):\n    return first(tuple())\n")
    library = {"bad": tp.load_solvers(tmp_path / "bad.py")}
    with pytest.raises(ParameterError, match="the bad library: no compiled solver ends well on any of the 6"):
        measure_dispatch(library, samples, engine="native", batch_sizes=[1], seconds=1, progress=False)


def test_items_that_run_side_by_side_take_as_long_as_the_longest():
    results = SimpleNamespace(microseconds=np.array([1, 5, 2], np.float32))
    assert dispatch._Bench("native", None, {}, None).least(results) == 8
    assert dispatch._Bench("cuda", None, {}, None).least(results) == 5


# The breakdown


def summary(engine, seconds, engine_seconds, workers=1):
    return {
        "label": f"{engine}, {workers}",
        "engine": engine,
        "reason": "as asked for",
        "seconds": seconds,
        "engine_seconds": engine_seconds,
        "workers": workers,
        "samples": 80,
    }


def steps(**seconds):
    rows = [{"step": step, "workers": 4, "seconds": took} for step, took in seconds.items()]
    return pa.Table.from_pylist(rows, schema=breakdown.STEPS)


BASE, PARALLEL = summary("python", 21.0, 20.0), summary("python", 7.0, 6.0, 3)


def test_factors_without_a_gpu():
    compiled = summary("native", 1.5, 0.5, 4)
    found = breakdown.break_down(
        BASE, PARALLEL, compiled, steps(compile=0.3, solver=5.0, library=2.0, threads=0.5)
    )
    factors = {source.name: source.factor for source in found.sources}
    outside = factors.pop("outside the engine")
    assert factors == {"compiling": 4.0, "batching": 2.5, "threads": 4.0, "GPU": None}
    assert isclose(outside, (21 / 1.5) / (20 / 0.5))
    assert isclose(found.product, found.total)
    assert (found.total, found.processes) == (14.0, 3.0)
    assert [row[-1] for row in found.table.rows] == ["1", "4", "2.5", "4", "not measured", "0.35", "14", "3"]
    assert "21 s to 1.5 s, 14 times less; a GPU was not measured." in found.conclusion
    assert "the run was on native, as asked for" in found.conclusion


def test_factors_with_a_gpu():
    compiled = summary("cuda", 1.25, 0.25, 4)
    table = steps(compile=0.3, solver=5.0, library=2.0, threads=1.0, gpu=0.25)
    found = breakdown.break_down(BASE, PARALLEL, compiled, table)
    factors = [source.factor for source in found.sources[:-1]]
    assert factors == [4.0, 2.5, 2.0, 4.0]
    assert isclose(found.product, found.total)
    assert "The GPU took 4 times less in the engine" in found.conclusion
    assert found.picture.png.startswith(PNG)


def test_steps_run_everything_once_the_compiling_included(samples):
    library = tp.load_solvers(toy.__file__)
    took = breakdown.measure_steps(library, samples, "native", 2).to_pylist()
    steps = [(row["step"], row["workers"]) for row in took]
    assert steps == [("compile", 1), ("solver", 1), ("library", 1), ("threads", 2)]
    assert all(row["seconds"] > 0 for row in took)


def test_the_fastest_of_three_runs_counts_and_a_long_run_is_the_only_one(monkeypatch):
    def fastest(*runs, **options):
        left = iter(runs)
        monkeypatch.setattr(dispatch, "_timed", lambda call: next(left))
        return dispatch.fastest_run(None, **options), len(list(left))

    assert fastest((5.0, "a"), (2.0, "b"), (3.0, "c"), (1.0, "d")) == ((2.0, "b"), 1)
    assert fastest((10_000.0, "a"), (2.0, "b")) == ((10_000.0, "a"), 1)
    assert fastest((9_000.0, "a"), (2_000.0, "b"), (1.0, "c")) == ((2_000.0, "b"), 1)
    assert fastest((1e9, "a"), (3.0, "b"), (4.0, "c"), within=inf) == ((3.0, "b"), 0)


# The experiment


@pytest.fixture
def mode(tmp_path):
    def make(engine):
        parameters = Parameters(samples=4, batch_sizes=[1, 4], overhead_seconds=0.5, out=str(tmp_path))
        facts = {"engine": engine, "workers": 2, "started": "now", "parameters": parameters.as_dict()}
        folder = tmp_path / "03_gpu"
        folder.mkdir()
        return ModeRun("compiled", folder, None, facts, None)

    return make


def test_on_a_gpu_both_compiled_engines_are_measured(mode, monkeypatch):
    """The CPU's engine stands in for the GPU's: what is done is the same, whatever it takes."""
    monkeypatch.setattr(cuda, "CudaEngine", NativeEngine)
    backend = registry.Backend("cuda", True, lambda: None, lambda library: NativeEngine(library.bytecode))
    monkeypatch.setitem(registry.BACKENDS, "cuda", backend)
    found = experiment.measure_experiment(mode("cuda"))
    assert found.engines == ["cuda", "native"]
    assert [row[0] for row in found.table.rows] == ["cuda"] * 4 + ["native"] * 4
    assert found.picture.png.startswith(PNG)
    assert "No GPU" not in found.conclusion
    assert found.steps["step"].to_pylist()[-1] == "gpu"


def test_what_was_measured_is_read_again(mode):
    run = mode("native")
    with pytest.raises(ResultsError, match=r"there is no dispatch.parquet.*notebooks/03_gpu\.ipynb"):
        experiment.read_experiment(run)
    found = experiment.measure_experiment(run)
    again = experiment.read_experiment(run)
    assert again.dispatch.equals(found.dispatch)
    assert again.steps.equals(found.steps)
    assert again.engines == ["native"]
    assert again.largest == 4
    assert "No GPU was measured" in again.conclusion
    run.summary["started"] = "later"
    with pytest.raises(ResultsError, match=r"dispatch.parquet is of another run"):
        experiment.read_experiment(run)


def rows(real_wall, toy_wall, executed_us=1.0):
    """Solvers of 1 to 24 primitives, ten microseconds each in Python; `primitive` takes 100 times as long."""
    return [
        {
            "engine": "native",
            "library": library,
            "dispatch": kind,
            "solver": f"s{complexity:02}",
            "batch_size": 8,
            "primitives": float(complexity),
            "python_us": 10.0 * complexity,
            "wall_us": slower * wall(complexity),
            "executed_us": executed_us,
            "overhead_us": slower * wall(complexity) - executed_us,
            "overhead_us_per_operation": (slower * wall(complexity) - executed_us) / complexity,
        }
        for library, wall in (("real", real_wall), ("toy", toy_wall))
        for kind, slower in zip(DISPATCHES, (100, 1, 1, 1), strict=True)
        for complexity in range(1, 25)
    ]


def test_speeds_and_break_evens_of_known_costs():
    table = pa.Table.from_pylist(rows(lambda n: 60.0 + 2.0 * n, lambda n: 20.0 * n), schema=dispatch.SCHEMA)
    found = experiment.Experiment(table, None)
    assert found.speed_up("native", "toy", "library") == 0.5
    assert isclose(found.speed_up("native", "real", "solver"), 10 * 300 / (24 * 60 + 2 * 300))
    assert found.break_even("native", "solver", 8).finding == "pays from 7"
    assert found.break_even("native", "primitive", 8).finding == "does not pay"
    last = found.table.rows[-1]
    assert last == (
        "native",
        "library and batch",
        "19.9 µs",
        "6.73 µs",
        "2 times slower",
        "1.47 times faster",
        "pays from 7",
    )
    assert found.picture.title == (
        "native against plain Python: a dispatch for each primitive is 68 times slower, one for all 1.47 times faster"
    )


def test_a_picture_where_nothing_is_to_be_saved_and_where_a_clock_was_disturbed():
    table = pa.Table.from_pylist(rows(float, lambda n: 1000.0 * n, executed_us=500.0), schema=dispatch.SCHEMA)
    assert min(table["overhead_us"].to_pylist()) < 0
    assert experiment.Experiment(table, None).picture.png.startswith(PNG)
