"""The coordinator on a Dask cluster of several processes on this machine."""

import logging
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import cloudpickle
import pyarrow as pa
import pytest
from distributed import Client, LocalCluster, WorkerPlugin

import tokpidjin as tp
from tokpidjin import cluster as module
from tokpidjin import identity
from tokpidjin.cli import main
from tokpidjin.digest import table_digest
from tokpidjin.errors import EngineError, ParameterError
from tokpidjin.library import Library
from tokpidjin.results import read_results
from tokpidjin.tasks import samples_of

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]

SOLVERS = """
from dsl import *


def solve_67a3c6ac(I):
    return vmirror(I)


def solve_a0000002(I):
    return subgrid(argmax(objects(I, True, False, False), size), I)


def solve_a0000003(I):
    return first(())
"""

# Python that no tracer follows: one solver that works, one that hangs, one that ends its process.
UNTRACEABLE = """
import math
import os


def solve_a0000004(I):
    return tuple(tuple(math.gcd(cell, 6) for cell in row) for row in I)


def solve_a0000005(I):
    while len(I) > 8 and len(I) == len(I[0]):
        pass
    return I


def solve_a0000006(I):
    return os._exit(3) if I[0][0] else first(I)
"""


@contextmanager
def two_workers():
    with LocalCluster(
        n_workers=2,
        threads_per_worker=2,
        host="127.0.0.1",
        dashboard_address=None,
        # Without this it would take port 8787, and warn where somebody has that.
        scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
        silence_logs=logging.CRITICAL,
    ) as started:
        yield started


@pytest.fixture(scope="module")
def shared_cluster():
    with two_workers() as started:
        yield started


@pytest.fixture
def client(shared_cluster):
    """A client of two workers that all tests share; they leave nothing there."""
    yield from client_of(shared_cluster)


@pytest.fixture
def own_client():
    """A client of two workers that the test may kill."""
    with two_workers() as cluster:
        yield from client_of(cluster)


def client_of(cluster):
    with Client(cluster, set_as_default=False) as client:
        yield client
        assert cluster.scheduler.worker_plugins.keys() <= {"shuffle"}
        deadline = time.monotonic() + 10
        while cluster.scheduler.tasks and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not cluster.scheduler.tasks


@pytest.fixture(scope="module")
def solvers(tmp_path_factory):
    path = tmp_path_factory.mktemp("cluster") / "solvers.py"
    path.write_text(SOLVERS)
    return path


@pytest.fixture(scope="module")
def library(solvers):
    return tp.load_solvers(solvers)


@pytest.fixture(scope="module")
def tasks():
    return tp.load_tasks("arc-agi-1/training")[:8]


@pytest.fixture(scope="module")
def samples(tasks):
    return samples_of(tasks)


@pytest.fixture(scope="module")
def expected(library, samples):
    """The digest of a run on this machine."""
    return digest(coordinate(library=library, engine="native").stream(samples))


def coordinate(**options):
    return tp.MegaBatchCoordinator(**{"progress": False, "enable_gpu": False, **options})


def digest(tables):
    return table_digest(pa.concat_tables(tables))


def loads(client):
    """How often each worker process has loaded a library since it began."""
    return everywhere(client, lambda: module._load.cache_info().misses)


def everywhere(client, function):
    """What the function gives on each worker that answers."""
    return list(client.run(function, on_error="ignore").values())


@pytest.mark.parametrize("given", ["address", "client"])
def test_the_table_is_that_of_this_machine(client, library, samples, expected, given):
    cluster = client if given == "client" else client.scheduler.address
    coordinator = coordinate(library=library, cluster=cluster, batch_size=5)
    assert (coordinator.engine, coordinator.workers) == ("native", 4)
    tables = list(coordinator.stream(samples))
    assert digest(tables) == expected
    assert len(tables) >= len(samples) / 5
    assert coordinator.complete
    assert client.status == "running"


def test_built_in_solvers_chosen_and_in_another_order(client, samples):
    library = tp.load_solvers()[300:20:-7]
    tables = coordinate(library=library, cluster=client).stream(samples[:10])
    local = coordinate(library=library, engine="native").stream(samples[:10])
    assert digest(tables) == digest(local)


def test_all_answers_are_those_of_this_machine(client, library, tasks):
    coordinator = coordinate(library=library, cluster=client, batch_size=3)
    local = coordinate(library=library, engine="native")
    assert coordinator.process_all(tasks)[0] == local.process_all(tasks)[0]
    ours, theirs = (run.last_run.table().drop_columns("microseconds") for run in (coordinator, local))
    assert ours.to_pylist() == theirs.to_pylist()


def test_a_library_is_loaded_once_by_each_worker(client, tmp_path, samples, expected):
    (tmp_path / "solvers.py").write_text(SOLVERS)
    library = tp.load_solvers(tmp_path / "solvers.py")
    before = loads(client)
    for _ in range(2):
        tables = coordinate(library=library, cluster=client, batch_size=2).stream(samples)
        assert digest(tables) == expected
    assert loads(client) == [count + 1 for count in before]


def test_a_worker_comes_late_and_another_dies(own_client, library, samples, expected, tmp_path):
    cluster = own_client.cluster
    before = own_client.run(os.getpid)
    coordinator = coordinate(library=library, cluster=own_client, batch_size=1, out=tmp_path)
    tables = coordinator.stream(samples)
    first = [next(tables) for _ in range(4)]
    cluster.scale(3)
    own_client.wait_for_workers(3)
    [late] = own_client.run(os.getpid).keys() - before.keys()
    victim, process = next(iter(before.items()))
    with ThreadPoolExecutor() as executor:
        killed = executor.submit(kill_at_work, cluster.scheduler.workers[victim], process)
        assert digest([*first, *tables]) == expected
    assert killed.result() > 0
    facts = own_client.run(
        lambda dask_worker: (dask_worker.state.executed_count, module._load.cache_info().misses),
        on_error="ignore",
    )
    assert victim not in facts
    executed, loaded = facts[late]
    assert executed > 0
    assert loaded == 1
    table, summary = read_results(tmp_path)
    assert table_digest(table) == summary["digest"] == expected
    assert summary["workers"] == 4


def kill_at_work(worker, process):
    """Kills a worker that has tasks; how many it had."""
    while not worker.processing:
        time.sleep(0.001)
    os.kill(process, signal.SIGKILL)
    return len(worker.processing)


def test_what_is_under_way_is_bounded(shared_cluster, client, library, samples):
    tables = coordinate(library=library, cluster=client, batch_size=1).stream(samples)
    seen = [len(shared_cluster.scheduler.tasks) for _ in tables]
    assert len(seen) == len(samples)
    # A task that was just received may still be among them.
    assert max(seen) < 2 * (2 * module._TASKS_PER_WORKER)


class Killer(WorkerPlugin):
    """Ends a worker process when it begins the task of the tenth sample."""

    def transition(self, key, start, finish, **rest):
        if key.startswith("tokpidjin-") and key.endswith("-9") and finish == "executing":
            os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def killing(client):
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    client.register_plugin(Killer(), name="killer")
    try:
        yield
    finally:
        client.unregister_worker_plugin("killer")
        cloudpickle.unregister_pickle_by_value(sys.modules[__name__])


def test_a_sample_that_kills_its_workers_is_named(own_client, library, samples, expected, tmp_path):
    own_client.cluster.scheduler.allowed_failures = 1
    coordinator = coordinate(library=library, cluster=own_client, batch_size=1, out=tmp_path)
    with killing(own_client), pytest.raises(EngineError, match="died again and again") as caught:
        list(coordinator.stream(samples))
    sample = samples[9]
    assert f"samples 9 to 9 ({sample.task_id} {sample.split}[{sample.index}]" in str(caught.value)
    assert (sample.task_id, sample.split, sample.index) in caught.value.sample
    assert len(caught.value.sample) <= 4
    finished = len(list((tmp_path / "parts").glob("*.parquet")))
    assert finished >= 4
    assert f"{finished} of {len(samples)} samples are finished" in caught.value.__notes__[-1]
    resumed = coordinate(library=library, engine="native", batch_size=7, out=tmp_path, resume=True)
    assert digest(resumed.stream(samples)) == expected
    assert read_results(tmp_path)[1]["resumed_samples"] == finished


def test_a_run_goes_on_there_that_began_here(client, library, samples, expected, tmp_path):
    tables = coordinate(library=library, engine="native", batch_size=1, out=tmp_path).stream(samples)
    found = [next(tables), next(tables)]
    tables.close()
    resumed = coordinate(library=library, cluster=client, batch_size=2, out=tmp_path, resume=True)
    assert digest(resumed.stream(samples)) == expected
    assert read_results(tmp_path)[1]["resumed_samples"] == len(found)


def test_no_chunk_begins_when_the_time_is_up(client, library, samples, tmp_path):
    coordinator = coordinate(library=library, cluster=client, out=tmp_path, limit_seconds=1e-6)
    assert list(coordinator.stream(samples)) == []
    assert not coordinator.complete


def command(client, *arguments):
    """A process that runs the command line on the cluster."""
    return subprocess.Popen(
        [sys.executable, "-m", "tokpidjin", "run", "--cluster", client.scheduler.address, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_an_interrupt_cancels_the_tasks_and_keeps_the_parts(client, tmp_path):
    process = command(client, "--out", str(tmp_path), "--samples", "600")
    parts = tmp_path / "parts"
    while process.poll() is None and len(list(parts.glob("*.parquet"))) < 2:
        time.sleep(0.02)
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert time.monotonic() - started < 2
    assert process.returncode == 130
    assert "of 600 samples are finished" in errors
    assert errors.count("\n") == 1
    assert list(parts.glob("*.parquet"))


def test_the_command_line_gives_the_same(client, solvers, library, tmp_path, capsys):
    given = ["--solvers", str(solvers), "--samples", "20", "--seed", "3"]
    process = command(client, *given, "--out", str(tmp_path / "there"))
    said, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert "native, workers: 4" in said
    assert main(["run", *given, "--engine", "native", "--out", str(tmp_path / "here")]) == 0
    there, here = (read_results(tmp_path / place)[1] for place in ("there", "here"))
    assert there["digest"] == here["digest"]
    assert there["parameters"]["cluster"] == client.scheduler.address


@pytest.mark.parametrize("engine", ["native", "python"])
def test_solvers_that_run_as_python_have_processes_there_too(client, tmp_path, samples, engine):
    (tmp_path / "mine.py").write_text(UNTRACEABLE)
    library = tp.load_solvers(tmp_path / "mine.py", trusted=True)
    tables = list(coordinate(library=library, engine=engine, cluster=client, timeout=1.0).stream(samples[:9]))
    statuses = set(pa.concat_tables(tables)["status"].to_pylist())
    assert statuses == {"ok", "error", "timeout", "crashed"}
    local = coordinate(library=library, engine=engine, max_workers=2, timeout=1.0)
    assert digest(tables) == digest(local.stream(samples[:9]))


SLEEPER = """
def solve_a0000005(I):
    import os, time
    open(os.path.join({folder!r}, str(os.getpid())), "w").close()
    time.sleep(0.5)
    return I
"""


def test_a_worker_that_is_killed_leaves_no_orphans(own_client, tmp_path, samples):
    places = tmp_path / "processes"
    places.mkdir()
    (tmp_path / "mine.py").write_text(SLEEPER.format(folder=str(places)))
    library = tp.load_solvers(tmp_path / "mine.py", trusted=True)
    tables = coordinate(library=library, engine="python", cluster=own_client, batch_size=4).stream(samples)
    next(tables)
    workers = everywhere(own_client, os.getpid)
    os.kill(workers[0], signal.SIGKILL)
    processes = list(map(int, os.listdir(places)))
    tables.close()
    assert len(processes) >= 4
    deadline = time.monotonic() + 5
    while any(map(is_running, processes)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(is_running, processes))


def is_running(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


# What is refused


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (7, "it is a int"),
        (b"tcp://127.0.0.1:8786", "it is a bytes"),
        ("somewhere", "missing port number"),
        ("udp://127.0.0.1:8786", "unknown address scheme 'udp'"),
        ("", "it is empty"),
    ],
)
def test_what_is_no_cluster_is_refused(library, given, words):
    with pytest.raises(ParameterError, match=words) as caught:
        coordinate(library=library, cluster=given)
    assert caught.value.parameter == "cluster"
    assert "tcp://10.0.0.1:8786" in caught.value.remedy


def test_a_client_that_is_closed_is_refused(shared_cluster, library):
    with Client(shared_cluster, set_as_default=False) as client:
        pass
    with pytest.raises(ParameterError, match="it is closed"):
        coordinate(library=library, cluster=client)


def test_a_scheduler_that_is_not_there(library, monkeypatch):
    monkeypatch.setattr(module, "_CONNECT_SECONDS", 0.3)
    with pytest.raises(EngineError, match=r"no scheduler can be reached there.*`dask scheduler`"):
        coordinate(library=library, cluster="tcp://127.0.0.1:1")


def test_another_version_on_the_workers(client, library, monkeypatch):
    monkeypatch.setattr(identity, "__version__", "0.0.9")
    with pytest.raises(EngineError, match=r"here is 0\.0\.9, \w+; on worker tcp://.*: 0\.1\.0, \w+"):
        coordinate(library=library, cluster=client)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"parallel": False}, ParameterError, "cluster with parallel=False"),
        ({"engine": "fast"}, ParameterError, "no engine of this name"),
        ({"engine": "cuda"}, ParameterError, "cuda.*enable_gpu=False"),
        ({"timeout": -1}, ParameterError, "timeout"),
        ({"budget": 0}, ParameterError, "budget"),
    ],
)
def test_options_that_do_not_go_with_a_cluster(client, library, options, error, words):
    with pytest.raises(error, match=words):
        coordinate(library=library, cluster=client, **options)


def test_a_users_batt_stays_here(client, tmp_path, monkeypatch):
    (tmp_path / "their_batt.py").write_text("def batt(task_id, S, I, C, log_path):\n    return [], []\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EngineError, match=r"'their_batt' on a cluster.*library=load_solvers"):
        coordinate(batt_module_name="their_batt", cluster=client)


def test_solvers_of_several_files(client, library, tmp_path):
    (tmp_path / "more.py").write_text(SOLVERS.replace("a0000003", "a0000009"))
    more = tp.load_solvers(tmp_path / "more.py")
    mixed = Library([library["a0000002"], more["a0000009"]], dict)
    with pytest.raises(ParameterError, match="several files"):
        coordinate(library=mixed, engine="python", cluster=client)


def test_workers_are_those_of_the_cluster(capsys):
    assert main(["run", "--cluster", "tcp://127.0.0.1:1", "--workers", "2"]) == 2
    assert "--workers with --cluster" in capsys.readouterr().err


def test_without_dask(monkeypatch, library):
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "tokpidjin.cluster")
    with pytest.raises(EngineError, match=r"pip install 'tokpidjin\[dask\]'"):
        coordinate(library=library, cluster="tcp://127.0.0.1:1")


def test_dask_is_imported_where_it_is_needed():
    program = (
        "import sys, tokpidjin.coordinator; sys.exit('distributed' in sys.modules or 'dask' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_cluster_without_workers(own_client, library, monkeypatch, tmp_path, samples):
    monkeypatch.setattr(module, "_CONNECT_SECONDS", 1.0)
    monkeypatch.setattr(module, "_PATIENCE_SECONDS", 0.5)
    tables = coordinate(library=library, cluster=own_client, batch_size=1, out=tmp_path).stream(samples)
    next(tables)
    own_client.cluster.scale(0)
    with pytest.raises(EngineError, match=r"no worker for 0\.5 s") as caught:
        list(tables)
    assert f"of {len(samples)} samples are finished" in caught.value.__notes__[-1]
    with pytest.raises(EngineError, match=r"it has no worker.*`dask worker tcp://127"):
        coordinate(library=library, cluster=own_client.scheduler.address)
