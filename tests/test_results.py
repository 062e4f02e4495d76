import errno
import json
import os
import time

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tokpidjin.engines.hashing import hash_grid
from tokpidjin.engines.items import ItemResults, Outputs
from tokpidjin.engines.status import Status
from tokpidjin.errors import ResultsError
from tokpidjin.files import prepare_folder
from tokpidjin.results import (
    SCHEMA,
    SUMMARY_FILE,
    TABLE_FILE,
    read_results,
    results_table,
    write_results,
)
from tokpidjin.summary import solved_tasks, summarise
from tokpidjin.tasks import Sample

SAMPLES = [
    Sample("bbb", "demo", 0, ((1,),), ((1, 2), (3, 4))),
    Sample("aaa", "test", 1, ((2,),), None),
    Sample("bbb", "test", 0, ((3,),), ((5,),)),
]
RIGHT = np.array([[1, 2], [3, 4]], np.uint8)
CLOSE = np.array([[1, 2], [3, 252]], np.uint8)
SMALL = np.array([[5]], np.uint8)


def packed(outputs):
    cells = [np.zeros(0, np.uint8) if output is None else output.ravel() for output in outputs]
    offsets = np.cumsum([0, *map(len, cells)])[:-1]
    shapes = [(-1, -1) if output is None else output.shape for output in outputs]
    return Outputs(
        np.concatenate([*cells, np.zeros(0, np.uint8)]), offsets, np.array(shapes, np.int32).reshape(-1, 2)
    )


def items_of(outputs, statuses=None, keep=True, times=True):
    """What an engine returns for these outputs (None: an error)."""
    if statuses is None:
        statuses = [Status.ERROR if output is None else Status.OK for output in outputs]
    count = len(outputs)
    return ItemResults(
        status=np.array(statuses, np.uint8),
        hashes=np.array([0 if output is None else hash_grid(output) for output in outputs], np.uint64),
        primitives=np.arange(count, dtype=np.uint32),
        microseconds=np.linspace(1, 2, count, dtype=np.float32) if times else None,
        outputs=packed(outputs) if keep else None,
        seconds=0.5,
    )


def table_of(items, programs=(0, 0, 0, 1, 1, 1), samples=(0, 1, 2, 0, 1, 2)):
    return results_table(["s0", "s1"], SAMPLES, np.array(programs), np.array(samples), items)


OUTPUTS = [RIGHT, SMALL, SMALL, CLOSE, None, None]


def test_every_item_has_its_row():
    table = table_of(items_of(OUTPUTS))
    assert table.schema.equals(SCHEMA)
    assert table["task"].to_pylist() == ["bbb", "aaa", "bbb"] * 2
    assert table["split"].to_pylist() == ["demo", "test", "test"] * 2
    assert table["index"].to_pylist() == [0, 1, 0] * 2
    assert table["solver"].to_pylist() == ["s0"] * 3 + ["s1"] * 3
    assert table["status"].to_pylist() == ["ok"] * 4 + ["error"] * 2
    assert table["match"].to_pylist() == [True, None, True, False, None, False]
    assert table["score"].to_pylist() == [1.0, None, 1.0, 0.75, None, 0.0]
    assert table["hash"].to_pylist() == [hash_grid(o) if o is not None else 0 for o in OUTPUTS]
    assert table["primitives"].to_pylist() == list(range(6))
    assert table["microseconds"].to_pylist() == pytest.approx(np.linspace(1, 2, 6))


def test_without_outputs_the_score_of_a_wrong_one_is_not_known():
    table = table_of(items_of(OUTPUTS, keep=False, times=False))
    assert table["match"].to_pylist() == [True, None, True, False, None, False]
    assert table["score"].to_pylist() == [1.0, None, 1.0, None, None, 0.0]
    assert table["microseconds"].null_count == 6


def test_an_output_of_another_shape_scores_nothing():
    table = table_of(items_of([SMALL]), programs=[0], samples=[0])
    assert table["match"].to_pylist() == [False]
    assert table["score"].to_pylist() == [0.0]


def test_no_items_make_an_empty_table():
    table = table_of(items_of([]), programs=np.zeros(0, int), samples=np.zeros(0, int))
    assert len(table) == 0
    assert summary_of(table)["microseconds"] is None


def test_a_task_is_solved_by_one_solver_that_gives_every_known_answer():
    assert solved_tasks(table_of(items_of(OUTPUTS))) == ["bbb"]
    # Between them two solvers give both answers, but neither gives both.
    assert solved_tasks(table_of(items_of([RIGHT, None, None, None, None, SMALL]))) == []


def test_tables_put_together_are_counted_as_one():
    first = table_of(items_of(OUTPUTS[:3]), programs=[0, 0, 0], samples=[0, 1, 2])
    second = results_table(["s7"], SAMPLES[1:], np.array([0]), np.array([1]), items_of([None]))
    both = pa.concat_tables([first, second])
    assert solved_tasks(both) == ["bbb"]
    assert summary_of(both)["solvers"] == 2


def test_scores_are_those_of_a_plain_comparison():
    rng = np.random.default_rng(0)
    answers = [rng.integers(0, 3, (rng.integers(1, 4), rng.integers(1, 4)), np.uint8) for _ in range(6)]
    samples = [Sample(str(k), "demo", k, ((0,),), as_tuples(answer)) for k, answer in enumerate(answers)]
    numbers = rng.integers(0, len(samples), 300)
    outputs = [rng.integers(0, 3, rng.permutation(answers[number].shape), np.uint8) for number in numbers]
    outputs[::7] = [None] * len(outputs[::7])
    table = results_table(["s"], samples, np.zeros(300, int), numbers, items_of(outputs))
    plain = [
        0 if output is None or output.shape != answers[number].shape else np.mean(output == answers[number])
        for output, number in zip(outputs, numbers, strict=True)
    ]
    assert table["score"].to_pylist() == pytest.approx(plain)


def as_tuples(grid):
    return tuple(map(tuple, grid.tolist()))


def test_half_a_million_rows_are_built_in_seconds():
    count, answer = 500_000, ((1, 2), (3, 4))
    samples = [Sample(f"{k:08x}", "demo", 0, ((1,),), answer) for k in range(1000)]
    items = ItemResults(
        status=np.zeros(count, np.uint8),
        hashes=np.random.default_rng(0).choice(np.array([1, hash_grid(RIGHT)], np.uint64), count),
        primitives=np.ones(count, np.uint32),
        microseconds=np.ones(count, np.float32),
        outputs=Outputs(
            np.zeros(4 * count, np.uint8), np.arange(count) * 4, np.full((count, 2), 2, np.int32)
        ),
        seconds=1.0,
    )
    start = time.perf_counter()
    table = results_table(
        [f"s{k}" for k in range(500)], samples, np.arange(count) // 1000, np.arange(count) % 1000, items
    )
    assert time.perf_counter() - start < 5
    assert table.nbytes < 50 * count


def summary_of(table, **facts):
    parameters = {"tasks": "arc-agi-1/training", "seed": 0}
    return summarise(table, 0.5, started="2026-01-02T03:04:05+00:00", parameters=parameters, **facts)


def test_the_summary_counts():
    summary = summary_of(table_of(items_of(OUTPUTS)), label="native")
    assert summary["items"] == 6
    assert summary["items_per_second"] == 12
    assert summary["primitives"] == 15
    assert summary["primitives_per_second"] == 30
    assert summary["status"] == {status.name.lower(): 0 for status in Status} | {"ok": 4, "error": 2}
    assert (summary["tasks"], summary["solvers"], summary["tasks_solved"]) == (2, 2, 1)
    assert (summary["answers_known"], summary["matches"]) == (4, 2)
    assert summary["microseconds"]["p50"] == pytest.approx(1.5)
    assert summary["microseconds"]["max"] == pytest.approx(2)
    assert summary["label"] == "native"
    assert summary["machine"]["usable_cores"] >= 1
    assert summary["versions"]["numpy"] == np.__version__
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary


def test_results_come_back_as_they_were_written(tmp_path):
    folder = tmp_path / "new" / "folder"
    table, summary = table_of(items_of(OUTPUTS)), {"items": 6, "note": "µs"}
    write_results(table, summary, folder)
    assert read_results(folder) == (table, summary)
    assert sorted(os.listdir(folder)) == [TABLE_FILE, SUMMARY_FILE]
    assert pc.sum(pc.equal(read_results(folder)[0]["status"], "ok")).as_py() == 4


def test_writing_replaces_what_was_there(tmp_path):
    write_results(table_of(items_of(OUTPUTS)), {"run": 1}, tmp_path)
    write_results(table_of(items_of([RIGHT]), programs=[1], samples=[0]), {"run": 2}, tmp_path)
    table, summary = read_results(tmp_path)
    assert (len(table), summary) == (1, {"run": 2})


def test_a_failed_writing_leaves_the_old_results_whole(tmp_path, monkeypatch):
    table = table_of(items_of(OUTPUTS))
    write_results(table, {"run": 1}, tmp_path)

    def fill_the_disk(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fill_the_disk)
    with pytest.raises(ResultsError, match=r"No space left on device.*Free some space") as caught:
        write_results(table.slice(0, 1), {"run": 2}, tmp_path)
    assert caught.value.file == str(tmp_path)
    assert read_results(tmp_path) == (table, {"run": 1})
    assert sorted(os.listdir(tmp_path)) == [TABLE_FILE, SUMMARY_FILE]


def test_a_full_disk_is_an_error_of_ours():
    with pytest.raises(ResultsError, match=r"cannot be written"):
        write_results(table_of(items_of(OUTPUTS)), {}, "/dev/full")


def test_a_folder_that_may_not_be_written_is_an_error_of_ours(tmp_path, monkeypatch):
    def refuse(self, *arguments, **options):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    # Made by hand, since file permissions do not bind the root user.
    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(ResultsError, match=r"Permission denied.*Choose a folder that you may write to"):
        write_results(table_of(items_of(OUTPUTS)), {}, tmp_path)


def test_a_file_in_the_place_of_the_folder_is_an_error_of_ours(tmp_path):
    (tmp_path / "out").write_text("")
    for folder in (tmp_path / "out", tmp_path / "out" / "deeper"):
        with pytest.raises(ResultsError, match="Choose a folder, not a file"):
            write_results(table_of(items_of(OUTPUTS)), {}, folder)


def test_a_folder_is_prepared_before_the_work(tmp_path):
    assert prepare_folder(str(tmp_path / "a" / "b")) == tmp_path / "a" / "b"
    assert os.listdir(tmp_path / "a" / "b") == []
    with pytest.raises(ResultsError, match="cannot be written"):
        prepare_folder("/dev/full/out")


@pytest.mark.parametrize("name", [TABLE_FILE, SUMMARY_FILE])
def test_missing_and_broken_files_are_named(tmp_path, name):
    write_results(table_of(items_of(OUTPUTS)), {"items": 6}, tmp_path)
    whole = (tmp_path / name).read_bytes()
    for content, says in ((whole[: len(whole) // 2], "whole"), (b"", "whole"), (b"[]", "not a")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ResultsError, match=says) as caught:
            read_results(tmp_path)
        assert caught.value.file == str(tmp_path / name)
    (tmp_path / name).unlink()
    with pytest.raises(ResultsError, match="there is no such file"):
        read_results(tmp_path)


def test_a_table_of_another_kind_is_refused(tmp_path):
    write_results(table_of(items_of(OUTPUTS)), {}, tmp_path)
    pq.write_table(pa.table({"task": ["a"]}), tmp_path / TABLE_FILE)
    with pytest.raises(ResultsError, match="the column 'split' is missing") as caught:
        read_results(tmp_path)
    assert caught.value.key == "split"
