"""Solvers that loop, eat, crash, fork or exit: each costs its own item, and the rest of the batch is right."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

import tokpidjin as tp
from tokpidjin.engines.hashing import hash_grid
from tokpidjin.engines.python import PythonEngine
from tokpidjin.errors import EngineError

ROOT = Path(__file__).parents[1]
MEMORY_LIMIT = 256
TIMEOUT = 0.3
PATIENT = 30.0
NAP = "73.9173"

IMPORTS = "import ctypes, faulthandler, mmap, os, signal, subprocess, sys, threading, time\n"

# What a solver does on one grid, and how that item ends. Without a return of its own it gives the grid back.
FAULTS = {
    "SystemExit": ("raise SystemExit(0)", "crashed"),
    "sys.exit in a finally": ("try:\n    1 / 0\nfinally:\n    sys.exit(3)", "crashed"),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", "crashed"),
    "an exception beyond Exception": ("raise type('Sly', (BaseException,), {})", "crashed"),
    "an exception without a text": (
        "raise type('Mute', (Exception,), {'__str__': lambda self: 1 / 0, '__repr__': lambda self: 1 / 0})",
        "error",
    ),
    "os._exit": ("os._exit(0)", "crashed"),
    "a segfault": ("faulthandler.disable()\nctypes.string_at(0)", "crashed"),
    "an abort": ("faulthandler.disable()\nos.abort()", "crashed"),
    "kill -9": ("os.kill(os.getpid(), signal.SIGKILL)", "crashed"),
    "kill -9 of its group": ("os.killpg(0, signal.SIGKILL)", "crashed"),
    "kill -STOP": ("os.kill(os.getpid(), signal.SIGSTOP)", "timeout"),
    "a loop": ("while True:\n    pass", "timeout"),
    "a loop in C": ("max(range(10**15))", "timeout"),
    "a loop that catches all": (
        "while True:\n    try:\n        time.sleep(9)\n    except BaseException:\n        pass",
        "timeout",
    ),
    "a loop that hears no alarm": (
        "signal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass",
        "timeout",
    ),
    "a long sleep": ("time.sleep(60)", "timeout"),
    "infinite recursion": ("def f():\n    return f()\nreturn f()", "error"),
    "memory, piece by piece": ("kept = []\nwhile True:\n    kept.append(bytes(1 << 20))", "memory"),
    "memory in lists": ("kept = []\nwhile True:\n    kept.append([0] * 99999)", "memory"),
    "memory at once": ("return (0,) * 10**10", "memory"),
    "memory for the output": ("return ((1,),) * 10**8", "memory"),
    "memory that others may share": ("mmap.mmap(-1, 1 << 40)", "error"),
    "memory kept from the collector": ("FOREVER.extend(bytes(1 << 20) for _ in range(10**6))", "memory"),
    "a thread left behind": ("threading.Thread(target=FOREVER.sort, daemon=True).start()", "ok"),
    "a thread that loops": ("def f():\n    while True: pass\nthreading.Thread(target=f).start()", "ok"),
    "a thread that lets nothing else run": (
        "threading.Thread(target=max, args=(range(10**15),)).start()\ntime.sleep(0.1)",
        "timeout",
    ),
    "a thread that ends the process": ("threading.Timer(0.005, os._exit, (1,)).start()", "ok"),
    "reading stdin": ("input()", "error"),
    "stdin closed": ("sys.stdin.close()\nos.close(0)", "ok"),
    "stdout and stderr closed": ("os.close(1)\nos.close(2)", "ok"),
    "all pipes closed": ("os.closerange(0, 1024)", "crashed"),
    "a program left behind": (f"subprocess.Popen(['sleep', '{NAP}'])", "ok"),
    "a child that goes on": ("os.fork()", "ok"),
    "a child that fails": ("if not os.fork():\n    1 / 0", "ok"),
    "a child that exits": ("if not os.fork():\n    sys.exit(1)", "ok"),
    "a child that hangs": ("if not os.fork():\n    time.sleep(60)", "ok"),
    "a child that holds the pipes of a dead parent": (
        "if os.fork():\n    os._exit(1)\ntime.sleep(60)",
        "crashed",
    ),
    "another folder": ("os.chdir('/proc')", "ok"),
    "an output with a trap": (
        "return ((type('Trap', (), {'__index__': lambda self: 1 / 0})(),),)",
        "error",
    ),
}

LIBRARY = IMPORTS + "FOREVER = []\n\n\ndef solve_good(I):\n    return I[::-1]\n\n\ndef solve_bad(I):\n"
BATT = IMPORTS + "FOREVER = []\n\n\ndef bad(I):\n"
BATT_END = """

def batt(task_id, S, I, C, log_path):
    return [], [(0, False, "good", I[::-1]), (1, False, "bad", bad(I))]
"""
GUILTY = ((9,), (9,))


def function_body(fault, always):
    return f"    {always}\n    if I == {GUILTY}:\n{textwrap.indent(fault, ' ' * 8)}\n    return I\n"


def tasks(count):
    """A task for each grid; the last one is the guilty one's."""
    grids = [((k // 10 % 9,), (k % 10,)) for k in range(count - 1)]
    return [tp.Task(f"{k:08x}", (), (tp.Pair(grid, None),)) for k, grid in enumerate([*grids, GUILTY])]


@pytest.fixture
def batt(tmp_path, monkeypatch):
    """Makes a module whose batt has the fault; gives the arguments of a coordinator for it."""

    def make(fault, always="pass"):
        (tmp_path / "faulty.py").write_text(BATT + function_body(fault, always) + BATT_END)
        return {"batt_module_name": "faulty", "enable_gpu": False}

    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "faulty", raising=False)
    yield make
    sys.modules.pop("faulty", None)


@pytest.fixture
def trusted(tmp_path):
    """Makes a trusted library one of whose solvers has the fault."""

    def make(fault, always="pass"):
        (tmp_path / "solvers.py").write_text(LIBRARY + function_body(fault, always))
        return {"library": tp.load_solvers(tmp_path / "solvers.py", trusted=True), "engine": "python"}

    return make


def coordinate(given, **options):
    return tp.MegaBatchCoordinator(
        **given,
        **{"progress": False, "timeout": PATIENT, "memory_limit": MEMORY_LIMIT, "max_workers": 2, **options},
    )


def timeout_for(status):
    """Short only where the item uses it up: other processes may make any other item slow."""
    return TIMEOUT if status == "timeout" else PATIENT


def statuses(coordinator, count):
    """How each item ended, as {(sample, solver): status}; checks what the good ones gave."""
    samples = coordinator.collect_inputs(tasks(count))
    rows = [row for table in coordinator.stream(samples) for row in table.to_pylist()]
    places = [(int(row["task"], 16), row["solver"]) for row in rows]
    assert len(set(places)) == len(rows)
    for (place, solver), row in zip(places, rows, strict=True):
        if row["status"] == "ok":
            output = samples[place].input[:: -1 if solver == "good" else 1]
            assert row["hash"] == hash_grid(np.array(output, np.uint8))
    return dict(zip(places, (row["status"] for row in rows), strict=True))


def options():
    """How another process is started that is to import what this one does."""
    path = os.pathsep.join([str(ROOT), *sys.path])
    return {"env": {**os.environ, "PYTHONPATH": path}, "stdout": subprocess.PIPE, "text": True}


def running(argument):
    """Whether a process with this argument is there."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if argument.encode() in path.read_bytes().split(b"\0"):
                return True
        except OSError:
            continue
    return False


@pytest.mark.parametrize("fault", FAULTS)
def test_a_trusted_solver_costs_its_own_item(trusted, fault):
    body, status = FAULTS[fault]
    found = statuses(coordinate(trusted(body), timeout=timeout_for(status)), 100)
    expected = {(k, solver): "ok" for k in range(100) for solver in ("good", "bad")}
    assert found == {**expected, (99, "bad"): status}
    assert not running(NAP)


@pytest.mark.parametrize(
    "fault", ["SystemExit", "os._exit", "a loop in C", "memory at once", "a child that goes on"]
)
@pytest.mark.parametrize("way", ["coordinator", "run"])
def test_a_trusted_solver_never_runs_in_this_process(trusted, fault, way):
    body, status = FAULTS[fault]
    given = trusted(body)
    if way == "coordinator":
        found = statuses(coordinate(given, parallel=False, timeout=timeout_for(status)), 5)[(4, "bad")]
    else:
        run = tp.run(**given, grids=[GUILTY], timeout=timeout_for(status), memory_limit=MEMORY_LIMIT)
        assert run.status[0, 0] == tp.Status.OK
        found = tp.Status(run.status[1, 0]).name.lower()
    assert found == status


@pytest.mark.parametrize("fault", FAULTS)
def test_a_users_batt_costs_its_own_sample(batt, fault):
    body, status = FAULTS[fault]
    found = statuses(coordinate(batt(body), timeout=timeout_for(status)), 20)
    lost = {(19, "good"): "ok", (19, "bad"): "ok"} if status == "ok" else {(19, "faulty"): status}
    assert found == {**{(k, solver): "ok" for k in range(19) for solver in ("good", "bad")}, **lost}
    assert not running(NAP)


@pytest.mark.parametrize("form", ["trusted", "batt"])
def test_memory_that_is_never_freed_costs_no_item(trusted, batt, form):
    given = {"trusted": trusted, "batt": batt}[form]("pass", always="FOREVER.append(bytearray(40 << 20))")
    assert set(statuses(coordinate(given), 20).values()) == {"ok"}


@pytest.mark.parametrize(("memory_limit", "status"), [(64, "memory"), (1024, "ok"), (None, "ok")])
def test_the_limit_of_memory_is_a_parameter(trusted, memory_limit, status):
    given = trusted("len(bytes(300 << 20))")
    found = statuses(coordinate(given, memory_limit=memory_limit), 3)
    assert found[(2, "bad")] == status


SEQUENTIAL = """
import tokpidjin as tp

tasks = [tp.Task(f"{k:08x}", (), (tp.Pair(grid, None),)) for k, grid in enumerate([((1,),)] * 4 + [((9,), (9,))])]
coordinator = tp.MegaBatchCoordinator(
    "faulty", parallel=False, batch_size=2, out="out", progress=False, enable_gpu=False, memory_limit=256
)
for table in coordinator.stream(coordinator.collect_inputs(tasks)):
    pass
print("done")
"""


@pytest.mark.parametrize(
    ("fault", "code"), [("SystemExit", 0), ("os._exit", 0), ("kill -9", -signal.SIGKILL)]
)
def test_in_sequence_what_ends_the_process_ends_the_run(batt, fault, code):
    batt(FAULTS[fault][0])
    done = subprocess.run([sys.executable, "-c", SEQUENTIAL], **options(), timeout=60, check=False)
    assert (done.returncode, done.stdout) == (code, "")
    assert len(list(Path("out/parts").glob("*.parquet"))) == 2
    exec(SEQUENTIAL.replace("parallel=False", "resume=True, timeout=10.0"), {})
    assert json.loads(Path("out/summary.json").read_text())["status"]["crashed"] == 1


@pytest.mark.parametrize(
    "fault",
    ["a loop", "infinite recursion", "an exception without a text", "an output with a trap", "a child that goes on",
     "a child that fails", "a child that exits"],
)  # fmt: skip
def test_in_sequence_other_faults_cost_their_own_sample(batt, fault):
    body, status = FAULTS[fault]
    found = statuses(coordinate(batt(body), parallel=False, timeout=timeout_for(status)), 5)
    assert found.pop((4, "faulty"), "ok") == status
    assert set(found.values()) == {"ok"}


KILLED = """
import os, sys
import tokpidjin as tp

library = tp.load_solvers("solvers.py", trusted=True)
print("begun", flush=True)
tp.run(library, [((9,), (9,))] * 2, "python", workers=2)
"""


def test_workers_do_not_outlive_a_coordinator_that_is_killed(tmp_path):
    (tmp_path / "solvers.py").write_text(
        f"{IMPORTS}\n\ndef solve_a(I):\n    subprocess.Popen(['sleep', '{NAP}'])\n    return max(range(10**15))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", KILLED], **options(), cwd=tmp_path)
    assert process.stdout.readline() == "begun\n"
    wait_for(lambda: running(NAP))
    process.kill()
    process.communicate(timeout=20)
    wait_for(lambda: not running(NAP))


def wait_for(condition):
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_system_that_gives_no_more_processes(monkeypatch):
    def refuse():
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    zero = np.zeros(1, np.int32)
    with pytest.raises(EngineError, match=r"Resource temporarily unavailable.*fewer workers"):
        PythonEngine([lambda grid: grid]).run([np.array([[1]])], zero, zero, workers=2)
