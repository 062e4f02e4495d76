import errno
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

import tokpidjin as tp
from tokpidjin import files
from tokpidjin.digest import table_digest
from tokpidjin.errors import ParameterError, ResultsError
from tokpidjin.results import read_results
from tokpidjin.tasks import samples_of

ROOT = Path(__file__).parents[1]

SOLVERS = """
from dsl import *


def solve_67a3c6ac(I):
    return vmirror(I)


def solve_a0000002(I):
    return subgrid(argmax(objects(I, True, False, False), size), I)


def solve_a0000003(I):
    return first(())


def solve_68b16354(I):
    return hmirror(I)
"""

# Runs a part for each sample, so that there are many places to be killed at.
WORKER = """
import sys
import tokpidjin as tp

library, out, tasks = tp.load_solvers(sys.argv[1]), sys.argv[2], int(sys.argv[3])
coordinator = tp.MegaBatchCoordinator(
    library=library, out=out, resume=True, engine=sys.argv[4], parallel=False, batch_size=1, progress=False
)
print("begun", flush=True)
if sys.argv[5] == "stream":
    samples = coordinator.collect_inputs(tp.load_tasks("arc-agi-1/training")[:tasks])
    for _ in coordinator.stream(samples):
        pass
else:
    coordinator.process_all(tp.load_tasks("arc-agi-1/training")[:tasks])
"""


@pytest.fixture(scope="module")
def solvers(tmp_path_factory):
    path = tmp_path_factory.mktemp("resume") / "solvers.py"
    path.write_text(SOLVERS)
    return path


@pytest.fixture(scope="module")
def library(solvers):
    return tp.load_solvers(solvers)


@pytest.fixture(scope="module")
def tasks():
    return tp.load_tasks("arc-agi-1/training")[:6]


@pytest.fixture(scope="module")
def samples(tasks):
    return samples_of(tasks)


def coordinate(library, out, **options):
    given = {"engine": "python", "parallel": False, "progress": False, "batch_size": 1, "enable_gpu": False}
    return tp.MegaBatchCoordinator(library=library, out=out, **{**given, **options})


def start_some(library, out, samples, count, **options):
    """A run that is stopped after so many parts."""
    coordinator = coordinate(library, out, **options)
    stream = coordinator.stream(samples)
    for _ in range(count):
        next(stream)
    stream.close()
    assert len(list((out / "parts").glob("*.parquet"))) == count


def finish(library, out, samples, **options):
    """The table of the run, gone on with; and how many items were executed for it."""
    coordinator = coordinate(library, out, resume=True, **options)
    calls = []
    run = coordinator._runner.run

    def counted(batch, *rest):
        calls.append(len(batch))
        return run(batch, *rest)

    coordinator._runner.run = counted
    for _ in coordinator.stream(samples):
        pass
    assert coordinator.complete
    assert sorted(os.listdir(out)) == ["results.parquet", "summary.json"]
    return read_results(out)[0], sum(calls)


def rows(table):
    return table.drop_columns("microseconds").to_pylist()


@pytest.fixture(scope="module")
def undisturbed(library, samples, tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed")
    return rows(finish(library, out, samples, batch_size=1000)[0])


def worker(solvers, out, tasks, engine, way):
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(solvers), str(out), str(tasks), engine, way],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize(("engine", "way"), [("native", "stream"), ("python", "process_all")])
def test_a_run_that_is_killed_many_times_gives_the_same_table(solvers, library, tmp_path, engine, way):
    tasks = tp.load_tasks("arc-agi-1/training")[:25]
    whole = coordinate(library, tmp_path / "whole", engine=engine, batch_size=1000)
    expected, _ = whole.process_all(tasks)
    chance = random.Random(5)
    kills = 0
    while kills < 7:
        process = worker(solvers, tmp_path / "killed", 25, engine, way)
        assert process.stdout.readline() == "begun\n"
        time.sleep(chance.random() * 0.25)
        process.kill()
        _, errors = process.communicate(timeout=30)
        assert errors == ""
        kills += 1
        if (tmp_path / "killed" / "summary.json").exists():
            break
    assert kills > 1
    last = worker(solvers, tmp_path / "killed", 25, engine, way)
    assert last.communicate(timeout=60)[1] == ""
    table, summary = read_results(tmp_path / "killed")
    undisturbed, _ = read_results(tmp_path / "whole")
    assert rows(table) == rows(undisturbed)
    assert summary["digest"] == table_digest(undisturbed)
    if way == "process_all":
        again = coordinate(library, tmp_path / "killed", engine=engine, resume=True)
        again._runner.run = lambda *arguments: pytest.fail("it ran again")
        assert again.process_all(tasks)[0] == expected


@pytest.mark.parametrize("count", [0, 1, 5])
def test_finished_items_are_skipped(library, samples, tmp_path, undisturbed, count):
    start_some(library, tmp_path, samples, count) if count else None
    table, ran = finish(library, tmp_path, samples)
    assert ran == len(samples) - count
    assert rows(table) == undisturbed
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["resumed_samples"] == count
    again, ran = finish(library, tmp_path, samples)
    assert ran == 0
    assert rows(again) == undisturbed


def test_workers_and_batches_may_differ(library, samples, tmp_path, undisturbed):
    start_some(library, tmp_path, samples, 2, batch_size=3)
    table, ran = finish(library, tmp_path, samples, parallel=True, max_workers=2, batch_size=7)
    assert ran == len(samples) - 6
    assert rows(table) == undisturbed


def test_results_in_memory_are_those_of_the_whole_run(library, tasks, samples, tmp_path):
    expected, _ = tp.MegaBatchCoordinator(
        library=library, engine="python", parallel=False, progress=False
    ).process_all(tasks)
    coordinator = coordinate(library, tmp_path)
    batches = coordinator._batches(samples, keep_answers=True)
    for _ in range(4):
        next(batches)
    batches.close()
    resumed = coordinate(library, tmp_path, resume=True)
    results, _ = resumed.process_all(tasks)
    assert results == expected
    assert resumed.last_run.counts().total() == 4 * len(samples)
    assert len(resumed.last_run.table()) == 4 * len(samples)
    assert sorted(os.listdir(tmp_path)) == ["answers.parquet", "results.parquet", "summary.json"]
    assert coordinate(library, tmp_path, resume=True).process_all(tasks)[0] == expected


BATT = """
from pathlib import Path


def batt(task_id, S, I, C, log_path):
    with open("calls", "a") as calls:
        calls.write("x")
    return [(0, False, "a", 0.25), (5, True, "unseen", 2.0)], [(0, False, "b", I[::-1]), (3, True, "a", I)]
"""


def test_a_users_batt_is_not_called_again(tasks, samples, tmp_path, monkeypatch, capsys):
    (tmp_path / "counting_batt.py").write_text(BATT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "counting_batt", raising=False)
    options = {"progress": False, "parallel": False, "batch_size": 2, "enable_gpu": False}
    expected, _ = tp.MegaBatchCoordinator("counting_batt", **options).process_all(tasks)
    (tmp_path / "calls").unlink()
    first = tp.MegaBatchCoordinator("counting_batt", out=tmp_path / "out", **options)
    first.collect_inputs(tasks)
    batches = first._batches(samples, keep_answers=True)
    next(batches)
    batches.close()
    monkeypatch.setattr("tokpidjin.progress._on_terminal", lambda: True)
    options["progress"] = True
    second = tp.MegaBatchCoordinator("counting_batt", out=tmp_path / "out", resume=True, **options)
    assert second.process_all(tasks)[0] == expected
    assert len((tmp_path / "calls").read_text()) == len(samples)
    last = capsys.readouterr().err.rstrip().split("\r")[-1]
    assert f" {len(samples)}/{len(samples)} " in last
    assert f", ok={len(samples)}]" in last
    third = tp.MegaBatchCoordinator("counting_batt", out=tmp_path / "out", resume=True, **options)
    assert third.process_all(tasks)[0] == expected
    assert capsys.readouterr().err == ""  # all is there already: no bar


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"timeout": 3.0}, r"timeout: 10\.0 then, 3\.0 now"),
        ({"memory_limit": 512}, "memory_limit: 1024 then, 512 now"),
        ({"engine": "native"}, "engine: python then, compiled now"),
        ({"samples": 3}, r"samples: \d+ samples of 6 tasks, \w+ then, 3 samples of 1 tasks, \w+ now"),
        ({"solvers": 2}, r"library: 4 solvers, \w+ then, 2 solvers, \w+ now"),
        ({"answers": True}, "answers kept: False then, True now"),
    ],
)
@pytest.mark.parametrize("complete", [False, True])
def test_another_run_is_refused_with_what_differs(library, samples, tmp_path, change, says, complete):
    if complete:
        finish(library, tmp_path, samples)
    else:
        start_some(library, tmp_path, samples, 2)
    before = sorted(os.walk(tmp_path))
    options = dict(change)
    chosen = samples[: options.pop("samples", None)]
    solvers = library[: options.pop("solvers", None)]
    answers = options.pop("answers", False)
    coordinator = coordinate(solvers, tmp_path, resume=True, **options)
    with pytest.raises(ResultsError, match=says):
        next(coordinator._batches(chosen, keep_answers=answers))
    assert sorted(os.walk(tmp_path)) == before


def test_a_changed_solver_and_a_changed_grid_are_noticed(library, samples, tmp_path):
    start_some(library, tmp_path, samples, 2)
    (tmp_path / "other.py").write_text(SOLVERS.replace("vmirror", "hmirror"))
    other = tp.load_solvers(tmp_path / "other.py")
    with pytest.raises(ResultsError, match=r"another run \(library: 4 solvers, \w+ then, 4 solvers, \w+ now"):
        next(coordinate(other, tmp_path, resume=True).stream(samples))
    moved = [samples[1], samples[0], *samples[2:]]
    with pytest.raises(ResultsError, match=r"another run \(samples: "):
        next(coordinate(library, tmp_path, resume=True).stream(moved))


def test_unfinished_parts_are_not_lost_by_a_slip(library, samples, tmp_path, undisturbed):
    start_some(library, tmp_path, samples, 2)
    with pytest.raises(ResultsError, match=r"did not end\. Go on with it \(--resume, resume=True\)"):
        next(coordinate(library, tmp_path).stream(samples))
    assert finish(library, tmp_path, samples)[1] == len(samples) - 2


def test_resume_without_a_folder_is_refused(library):
    with pytest.raises(ParameterError, match="out="):
        coordinate(library, None, resume=True)


def test_one_process_at_a_time(solvers, library, samples, tmp_path):
    stream = coordinate(library, tmp_path).stream(samples)
    next(stream)
    with pytest.raises(ResultsError, match=f"process {os.getpid()} is writing there"):
        next(coordinate(library, tmp_path, resume=True).stream(samples))
    other = worker(solvers, tmp_path, 6, "python", "stream")
    _, errors = other.communicate(timeout=60)
    assert f"process {os.getpid()} is writing there" in errors
    stream.close()
    assert finish(library, tmp_path, samples)[1] == len(samples) - 1


@pytest.mark.parametrize("damage", ["truncated", "changed", "emptied"])
def test_a_damaged_part_is_set_aside_and_made_again(library, samples, tmp_path, undisturbed, caplog, damage):
    start_some(library, tmp_path, samples, 3)
    part = sorted((tmp_path / "parts").glob("*.parquet"))[1]
    content = part.read_bytes()
    middle = len(content) // 2
    changed = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    part.write_bytes({"truncated": content[:-9], "changed": changed, "emptied": b""}[damage])
    table, ran = finish(library, tmp_path, samples)
    assert ran == len(samples) - 2
    assert rows(table) == undisturbed
    assert "is cut short or changed: set aside" in caplog.text


@contextmanager
def full_disk():
    """A disk that fills while the fifth part is put on it."""
    real, synced = os.fsync, []

    def fsync(descriptor):
        synced.append(descriptor)
        if len(synced) > 10:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(descriptor)

    with pytest.MonkeyPatch.context() as context:
        context.setattr(os, "fsync", fsync)
        yield


@contextmanager
def small_files():
    """A system that lets no file grow beyond 1000 bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(
    ("lack", "says", "finished"),
    [
        (full_disk, r"No space left on device.*Free some space", 4),
        (small_files, r"File too large.*Raise the limit", 0),
    ],
)
def test_a_full_disk_costs_the_part_being_written(
    library, samples, tmp_path, undisturbed, lack, says, finished
):
    stream = coordinate(library, tmp_path).stream(samples)
    with lack(), pytest.raises(ResultsError, match=says) as caught:
        for _ in stream:
            pass
    assert caught.value.__notes__[0].startswith(f"{finished} of" if finished else "nothing is finished")
    assert not list(tmp_path.rglob(".0*"))
    table, ran = finish(library, tmp_path, samples)
    assert ran == len(samples) - finished
    assert rows(table) == undisturbed


def test_a_full_disk_at_the_end_keeps_all_parts(library, samples, tmp_path, monkeypatch, undisturbed):
    def fill_the_disk(*arguments):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as context:
        context.setattr("tokpidjin.parts.write_tables", fill_the_disk)
        with pytest.raises(ResultsError, match="No space left"):
            for _ in coordinate(library, tmp_path).stream(samples):
                pass
    table, ran = finish(library, tmp_path, samples)
    assert ran == 0
    assert rows(table) == undisturbed


def test_a_folder_that_takes_no_files_is_found_before_the_work(library, samples):
    coordinator = coordinate(library, "/proc/tokpidjin")
    coordinator._runner.run = lambda *arguments: pytest.fail("it ran")
    with pytest.raises(ResultsError, match="cannot be written"):
        next(coordinator.stream(samples))


def test_an_interrupt_leaves_parts_and_says_so(library, samples, tmp_path, undisturbed):
    coordinator = coordinate(library, tmp_path)
    run = coordinator._runner.run

    def interrupted(batch, *rest):
        if batch[0] == samples[3]:
            raise KeyboardInterrupt
        return run(batch, *rest)

    coordinator._runner.run = interrupted
    with pytest.raises(KeyboardInterrupt) as caught:
        list(coordinator.stream(samples))
    assert caught.value.__notes__ == [
        f"3 of {len(samples)} samples are finished, in '{tmp_path}/parts'; "
        "the same run with --resume (resume=True) goes on from there"
    ]
    assert rows(finish(library, tmp_path, samples)[0]) == undisturbed


def test_an_interrupt_when_a_part_is_in_its_place(library, samples, tmp_path, undisturbed, monkeypatch):
    sync_folder = files.sync_folder

    def interrupted(folder):
        sync_folder(folder)
        if list(folder.glob("000000001-*.parquet")):
            raise KeyboardInterrupt

    monkeypatch.setattr(files, "sync_folder", interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        list(coordinate(library, tmp_path).stream(samples))
    assert caught.value.__notes__[0].startswith(f"2 of {len(samples)} samples are finished")
    monkeypatch.undo()
    assert rows(finish(library, tmp_path, samples)[0]) == undisturbed


def test_nothing_is_left_where_nothing_was_done(library, samples, tmp_path):
    coordinator = coordinate(library, tmp_path / "out")

    def interrupted(*arguments):
        raise KeyboardInterrupt

    coordinator._runner.run = interrupted
    with pytest.raises(KeyboardInterrupt):
        next(coordinator.stream(samples))
    assert os.listdir(tmp_path / "out") == []


@pytest.mark.parametrize("out", [None, "out"])
def test_a_limit_on_the_whole_run(library, samples, tmp_path, out, undisturbed, caplog):
    folder = None if out is None else tmp_path / out
    coordinator = coordinate(library, folder, limit_seconds=0.2)
    tables = []
    for table in coordinator.stream(samples):
        tables.append(table)
        time.sleep(0.15)
    assert not coordinator.complete
    assert 0 < len(tables) < len(samples)
    if folder is not None:
        assert f"stopped after 0.2 s: {len(tables)} of {len(samples)} samples are finished" in caplog.text
        assert rows(finish(library, folder, samples)[0]) == undisturbed


SLOW = """
from dsl import *


def solve_slow(I):
    return order(frozenset(product(asindices(canvas(0, (120, 120))), frozenset({1, 2}))), lambda x: x)[0]
"""


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_command_ends_soon_and_can_be_resumed(tmp_path, in_session, number, status):
    (tmp_path / "slow.py").write_text(SLOW)
    command = [sys.executable, "-m", "tokpidjin", "run", "--solvers", "slow.py", "--engine", "python"]
    options = {
        "cwd": tmp_path,
        "env": {**os.environ, "PYTHONPATH": str(ROOT)},
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "text": True,
        "start_new_session": True,
    }
    process = subprocess.Popen([*command, "--samples", "400"], **options)
    parts = tmp_path / "out" / "run" / "parts"
    waited = time.monotonic()
    # The first one may be on disk and not yet counted when the signal comes.
    while len(list(parts.glob("*.parquet"))) < 2:
        assert time.monotonic() - waited < 60
        assert process.poll() is None
        time.sleep(0.02)
    started = time.monotonic()
    process.send_signal(number)
    _, errors = process.communicate(timeout=20)
    assert time.monotonic() - started < 2
    assert process.returncode == status
    word = "interrupted" if number == signal.SIGINT else "terminated"
    *progress, last = errors.splitlines()
    assert last.startswith(f"tokpidjin: {word}; ")
    assert "--resume" in last
    # There is a line of the bar where this takes over ten seconds.
    assert all(line.startswith("python: ") for line in progress)
    assert not in_session(process.pid)
    done = subprocess.run(
        [*command, "--samples", "401", "--resume"],
        check=False,
        timeout=60,
        **options,
    )
    assert done.returncode == 1
    assert "samples: 400 then, 401 now" in done.stderr
