import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import tokpidjin as tp
from tokpidjin import coordinator as module
from tokpidjin.batt import make_batt
from tokpidjin.engines.registry import BACKENDS, Backend
from tokpidjin.errors import EngineError, ParameterError
from tokpidjin.results import SCHEMA, read_results

ROOT = Path(__file__).parents[1]

SOLVERS = """
from dsl import *
from constants import *


def solve_67a3c6ac(I):
    return vmirror(I)


def solve_a0000002(I):
    return subgrid(argmax(colorfilter(objects(I, True, False, False), 15), size), I)


def solve_a0000003(I):
    return fill(I, NEG_ONE, ofcolor(I, ONE))


def solve_a0000004(I):
    return index(I, ORIGIN)


def solve_a0000005(I):
    return paint(canvas(ZERO, shape(I)), merge(objects(I, T, T, T)))


def solve_68b16354(I):
    return hmirror(I)
"""

USER_BATT = """
import os
import signal

import numpy as np


def batt(task_id, S, I, C, log_path):
    if task_id == "fails":
        raise ValueError("two\\nlines")
    if task_id == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if task_id == "hangs":
        while True:
            pass
    if task_id == "nonsense":
        return 7
    o = [(4, True, "list", [list(row) for row in I]), (1, False, "array", np.array(I)[::-1])]
    s = [] if C is None else [(1, False, "array", 0.5), (0, False, "first", len(S))]
    return s, o
"""

GRID = ((1, 2), (3, 4))
PAIR = {"input": [[1, 2], [3, 4]], "output": [[2, 1], [4, 3]]}


@pytest.fixture(scope="module")
def tasks():
    wanted = {"67a3c6ac", "68b16354", "a416b8f3"}
    return [task for task in tp.load_tasks("arc-agi-1/training") if task.id in wanted]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    path = tmp_path_factory.mktemp("coordinator") / "solvers.py"
    path.write_text(SOLVERS)
    return tp.load_solvers(path)


def coordinate(**options):
    return tp.MegaBatchCoordinator(**{"progress": False, "enable_gpu": False, **options})


MODES = {
    "sequential": {"engine": "python", "parallel": False},
    "parallel": {"engine": "python", "max_workers": 2},
    "one worker": {"engine": "python", "max_workers": 1},
    "native": {"engine": "native", "max_workers": 2},
    "cuda": {"engine": "cuda", "enable_gpu": True},
}


def mode(name):
    options = MODES[name]
    lack = BACKENDS[options["engine"]].why_unusable()
    if lack is not None:
        pytest.skip(lack)
    return options


def by_hand(library, tasks):
    """What the results must be: batt, called on every sample."""
    batt = make_batt(library)
    results = {}
    for task in tasks:
        demo = tuple((pair.input, pair.output) for pair in task.demo)
        for split, pairs in (("demo", task.demo), ("test", task.test)):
            answers = [batt(task.id, demo, pair.input, pair.output, None) for pair in pairs]
            results.setdefault(task.id, {})[split] = [{"s": s, "o": o} for s, o in answers]
    return results


@pytest.mark.parametrize("name", MODES)
@pytest.mark.parametrize("batch_size", [1, 5, 1000])
def test_results_are_the_same_in_every_mode(library, tasks, name, batch_size):
    coordinator = coordinate(library=library, batch_size=batch_size, **mode(name))
    results, elapsed = coordinator.process_all(tasks)
    assert results == by_hand(library, tasks)
    assert elapsed > 0
    grid = results["67a3c6ac"]["test"][0]["o"][0][3]
    assert type(grid) is tuple
    assert type(grid[0]) is tuple
    assert type(grid[0][0]) is int
    assert results["67a3c6ac"]["test"][0]["s"][0] == (0, False, "67a3c6ac", 1.0)


@pytest.mark.parametrize("name", MODES)
def test_built_in_solvers_agree(tasks, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    options = mode(name)
    few = tasks[:1]
    results, _ = coordinate(**options).process_all(few)
    expected, _ = coordinate(**MODES["sequential"]).process_all(few)
    assert results == expected


def test_dictionary_and_task_list(library, tasks):
    data = {
        "demo": {t.id: [{"input": p.input, "output": p.output} for p in t.demo] for t in tasks},
        "test": {t.id: [{"input": np.array(p.input)} for p in t.test] for t in tasks},
    }
    coordinator = coordinate(library=library, engine="python", parallel=False)
    results, _ = coordinator.process_all(data, [tasks[2].id, tasks[0].id])
    assert list(results) == [tasks[2].id, tasks[0].id]
    full, _ = coordinator.process_all(tasks)
    for task_id, splits in results.items():
        assert splits["demo"] == full[task_id]["demo"]
        assert [entry["o"] for entry in splits["test"]] == [entry["o"] for entry in full[task_id]["test"]]
        assert all(entry["s"] == [] for entry in splits["test"])


def test_named_steps(library, tasks):
    coordinator = coordinate(library=library, engine="python", batch_size=4, parallel=False)
    samples = coordinator.collect_inputs(tasks)
    batches = coordinator.create_batches(samples)
    assert [len(batch) for batch in batches[:-1]] == [4] * (len(batches) - 1)
    assert [sample for batch in batches for sample in batch] == samples
    runs = [coordinator.process_batch(batch) for batch in batches]
    assert coordinator.merge_results(runs) == coordinator.process_all(tasks)[0]
    first = runs[0]
    assert first.items.status.shape == first.microseconds.shape == (len(library) * 4,)
    assert 0 < first.execute_seconds <= first.seconds
    assert first.microseconds.sum() / 1e6 <= first.execute_seconds


def test_merging_some_batches_leaves_the_others_empty(library, tasks):
    coordinator = coordinate(library=library, engine="python", batch_size=1, parallel=False)
    batches = coordinator.create_batches(coordinator.collect_inputs(tasks))
    merged = coordinator.merge_results([coordinator.process_batch(batches[1])])
    assert list(merged) == [tasks[0].id]
    assert merged[tasks[0].id]["demo"][0] == {"o": [], "s": []}
    assert merged[tasks[0].id]["demo"][1]["o"]


def test_last_run(library, tasks):
    coordinator = coordinate(library=library, engine="python", batch_size=4, max_workers=2)
    _, elapsed = coordinator.process_all(tasks)
    run = coordinator.last_run
    samples = sum(len(task.demo) + len(task.test) for task in tasks)
    assert (run.engine, run.workers, run.seconds) == ("python", 2, elapsed)
    assert len(run.timings) == -(-samples // 4)
    assert sum(run.timings) <= elapsed
    assert run.counts()["ok"] == 4 * samples
    assert run.counts()["error"] == 2 * samples
    assert run.table().num_rows == 6 * samples


def test_results_on_disk(library, tasks, tmp_path):
    coordinator = coordinate(
        library=library, engine="python", parallel=False, batch_size=5, out=tmp_path / "out"
    )
    coordinator.process_all(tasks)
    table, summary = read_results(tmp_path / "out")
    assert table.schema.names == SCHEMA.names
    assert table.num_rows == summary["items"] == 6 * sum(len(t.demo) + len(t.test) for t in tasks)
    assert summary["engine"] == "python"
    assert summary["parameters"]["batch_size"] == 5
    right = [row for row in table.to_pylist() if row["task"] == row["solver"]]
    assert right
    assert all(row["match"] and row["score"] == 1.0 for row in right)


def test_no_task_at_all(library, tmp_path):
    coordinator = coordinate(library=library, engine="python", parallel=False, out=tmp_path / "out")
    assert coordinator.process_all([])[0] == {}
    assert coordinator.process_all({"demo": {}, "test": {}})[0] == {}
    assert read_results(tmp_path / "out")[0].num_rows == 0


def test_missing_gpu_is_said_once(library, monkeypatch, caplog):
    monkeypatch.setitem(
        BACKENDS, "cuda", Backend("cuda", True, lambda: "there is no GPU", lambda library: None)
    )
    monkeypatch.setitem(BACKENDS, "native", Backend("native", True, lambda: None, lambda library: None))
    module._say_once.cache_clear()
    for _ in range(2):
        assert coordinate(library=library, enable_gpu=True).engine == "native"
    assert [record.getMessage() for record in caplog.records] == [
        "enable_gpu=True, but there is no GPU: running on 'native'"
    ]
    with pytest.raises(EngineError, match="there is no GPU"):
        coordinate(library=library, enable_gpu=True, engine="cuda")


@pytest.fixture
def user_batt(tmp_path, monkeypatch):
    (tmp_path / "batt.py").write_text(USER_BATT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "batt", raising=False)
    yield "batt"
    sys.modules.pop("batt", None)


def user_data(*test_ids):
    tests = {name: [{"input": GRID}] for name in test_ids}
    return {"demo": {"abc": [PAIR, PAIR]}, "test": {"abc": [{"input": GRID}], **tests}}


@pytest.mark.parametrize("parallel", [False, True])
def test_user_batt(user_batt, parallel, tmp_path):
    coordinator = coordinate(parallel=parallel, max_workers=2, out=tmp_path / "out", timeout=5.0)
    results, _ = coordinator.process_all(user_data("fails", "nonsense"))
    assert coordinator.engine == "python"
    o = [(1, False, "array", ((3, 4), (1, 2))), (4, True, "list", ((1, 2), (3, 4)))]
    assert results["abc"]["demo"] == [{"o": o, "s": [(0, False, "first", 2.0), (1, False, "array", 0.5)]}] * 2
    assert results["abc"]["test"] == [{"o": o, "s": []}]
    assert results["fails"]["test"] == results["nonsense"]["test"] == [{"o": [], "s": []}]
    log = (tmp_path / "out" / "errors.log").read_text().splitlines()
    assert sorted(line.split()[0] for line in log) == ["fails", "nonsense"]
    assert "fails batt ValueError: two lines" in log
    table, summary = read_results(tmp_path / "out")
    assert summary["status"]["ok"] == 6
    assert summary["status"]["error"] == 2
    assert set(table["solver"].to_pylist()) == {"array", "list", "batt"}


def test_user_batt_that_dies_or_hangs_costs_its_sample(user_batt):
    coordinator = coordinate(max_workers=2, timeout=0.3)
    results, _ = coordinator.process_all(user_data("dies", "hangs"))
    assert results["dies"]["test"] == results["hangs"]["test"] == [{"o": [], "s": []}]
    assert len(results["abc"]["demo"][1]["o"]) == 2
    assert coordinator.last_run.counts() == {"ok": 6, "crashed": 1, "timeout": 1}


def test_user_batt_is_for_the_python_engine(user_batt, caplog):
    module._say_once.cache_clear()
    for _ in range(2):
        assert coordinate(enable_gpu=True).engine == "python"
    assert len(caplog.records) == 1
    for engine in ("native", "cuda"):
        with pytest.raises(EngineError, match="batt"):
            coordinate(enable_gpu=True, engine=engine)
    with pytest.raises(ParameterError):
        coordinate(engine="pyton")


def test_built_in_batt_by_name(user_batt):
    coordinator = coordinate(batt_module_name="tokpidjin.batt", engine="python", parallel=False)
    assert len(coordinator.process_all(user_data())[0]["abc"]["demo"][0]["o"]) > 2


def test_progress_bar(library, tasks, capsys, monkeypatch):
    monkeypatch.setattr("tokpidjin.progress._on_terminal", lambda: True)
    coordinate(library=library, engine="python", parallel=False, progress=True).process_all(tasks[:1])
    shown = capsys.readouterr().err
    assert "items/s" in shown
    assert "ok=" in shown
    assert shown.count("\r") < 10
    coordinate(library=library, engine="python", parallel=False).process_all(tasks[:1])
    assert capsys.readouterr().err == ""


INTERRUPTED = """
import sys, time
import tokpidjin as tp
parallel = sys.argv[1] == "parallel"
coordinator = tp.MegaBatchCoordinator("slow_batt", parallel=parallel, max_workers=2, timeout=60.0)
coordinator.process_all({"demo": {}, "test": {"abc": [{"input": [[1]]}] * 50}})
"""

SLOW_BATT = """
import time


def batt(task_id, S, I, C, log_path):
    print("begun", flush=True)
    time.sleep(30)
    return [], []
"""


@pytest.mark.parametrize("way", ["sequential", "parallel"])
@pytest.mark.parametrize("whole_group", [False, True])
def test_interrupt_ends_everything_soon(tmp_path, in_session, way, whole_group):
    (tmp_path / "slow_batt.py").write_text(SLOW_BATT)
    # A session of its own: what is left of it is an orphan.
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, way],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout.readline().startswith("begun")
    started = time.monotonic()
    (os.killpg if whole_group else os.kill)(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=10)
    assert time.monotonic() - started < 2
    assert process.returncode == -signal.SIGINT
    assert "KeyboardInterrupt" in errors
    assert not in_session(process.pid)


def test_summary_is_json(library, tasks, tmp_path):
    coordinate(library=library, engine="python", parallel=False, out=tmp_path).process_all(tasks[:1])
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["parameters"]["parallel"] is False
