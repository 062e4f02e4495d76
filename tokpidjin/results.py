"""The table of results, its summary, and both on disk."""

import errno
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.lib.stride_tricks import sliding_window_view

from tokpidjin.engines.hashing import hash_grid
from tokpidjin.engines.status import Status
from tokpidjin.errors import ResultsError
from tokpidjin.tasks import Sample

if TYPE_CHECKING:
    from tokpidjin.engines.items import ItemResults, Outputs

__all__ = [
    "SCHEMA",
    "SUMMARY_FILE",
    "TABLE_FILE",
    "prepare_folder",
    "read_results",
    "results_table",
    "solved_tasks",
    "summarise",
    "write_results",
]

TABLE_FILE = "results.parquet"
SUMMARY_FILE = "summary.json"

_WORD = pa.dictionary(pa.int32(), pa.string())

SCHEMA = pa.schema(
    [
        ("task", _WORD),
        ("split", _WORD),
        ("index", pa.int32()),
        ("solver", _WORD),
        ("status", _WORD),
        ("match", pa.bool_()),
        ("score", pa.float32()),
        ("hash", pa.uint64()),
        ("microseconds", pa.float32()),
        ("primitives", pa.uint32()),
    ]
)
"""One row for each item: a solver on a sample.

`match`: the output is the known answer; null where none is known. `score`: the share of cells that agree
with the answer, 0 without an output or with one of another shape; null where that is not known, because
there is no answer or the outputs were not kept. `hash` is 0 without an output. `microseconds` is null where
no times were taken.
"""

_SPLITS = ("demo", "test", "example")


def results_table(
    solvers: Sequence[str],
    samples: Sequence[Sample],
    programs: npt.NDArray[np.integer],
    sample_numbers: npt.NDArray[np.integer],
    items: "ItemResults",
) -> pa.Table:
    """The table of `items`: row q is solver `solvers[programs[q]]` on `samples[sample_numbers[q]]`.

    `programs` and `sample_numbers` have one integer for each item, in the order of the items.
    """
    tasks = sorted({sample.task_id for sample in samples})
    number_of = {task: number for number, task in enumerate(tasks)}
    task = np.array([number_of[sample.task_id] for sample in samples], np.int32)
    split = np.array([_SPLITS.index(sample.split) for sample in samples], np.int32)
    index = np.array([sample.index for sample in samples], np.int32)
    known, match, score, scored = _judge(samples, sample_numbers, items)
    microseconds = items.microseconds
    if microseconds is None:
        microseconds = pa.nulls(len(programs), pa.float32())
    columns = [
        _words(task[sample_numbers], tasks),
        _words(split[sample_numbers], _SPLITS),
        index[sample_numbers],
        _words(programs, solvers),
        _words(items.status, [status.name.lower() for status in Status]),
        pa.array(match, mask=~known),
        pa.array(score, pa.float32(), mask=~scored),
        items.hashes,
        microseconds,
        items.primitives,
    ]
    arrays = [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def _words(numbers: npt.NDArray[np.integer], words: Sequence[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(numbers, pa.int32()), pa.array(words, pa.string()))


def _judge(
    samples: Sequence[Sample], sample_numbers: npt.NDArray[np.integer], items: "ItemResults"
) -> tuple[npt.NDArray[Any], ...]:
    """For each item: is an answer known, is the output that answer, the score, is the score known."""
    answers = [None if sample.output is None else np.array(sample.output, np.uint8) for sample in samples]
    hashes = np.array([0 if answer is None else hash_grid(answer) for answer in answers], np.uint64)
    expected = hashes[sample_numbers]
    known = expected != 0
    match = known & (items.hashes == expected)
    score = match.astype(np.float32)
    scored = match | (known & (items.hashes == 0))
    if items.outputs is not None:
        wrong = np.flatnonzero(known & ~scored)
        score[wrong] = _shares(items.outputs, wrong, answers, sample_numbers[wrong])
        scored = known
    return known, match, score, scored


def _shares(
    outputs: "Outputs",
    chosen: npt.NDArray[np.integer],
    answers: Sequence[npt.NDArray[np.uint8] | None],
    numbers: npt.NDArray[np.integer],
) -> npt.NDArray[np.float32]:
    """For output chosen[q]: its share of cells that are as in answers[numbers[q]]; 0 for another shape."""
    shapes = np.array([(-1, -1) if answer is None else answer.shape for answer in answers], np.int32)
    comparable = np.flatnonzero((outputs.shapes[chosen] == shapes.reshape(-1, 2)[numbers]).all(axis=1))
    order = comparable[np.argsort(numbers[comparable], kind="stable")]
    shares = np.zeros(len(chosen), np.float32)
    # The outputs that have one answer are compared with it at once: they are all of its size.
    groups = np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1) if len(order) else []
    for group in groups:
        answer = answers[numbers[group[0]]]
        assert answer is not None
        cells = sliding_window_view(outputs.cells, answer.size)[outputs.offsets[chosen[group]]]
        shares[group] = (cells == answer.ravel()).mean(axis=1)
    return shares


def summarise(
    table: pa.Table,
    seconds: float,
    *,
    started: str,
    parameters: Mapping[str, Any],
    **facts: Any,
) -> dict[str, Any]:
    """What summary.json says of a run: counts, rates, percentiles, and how to make it again.

    `seconds` is the wall time of the execution, `started` when it began (ISO 8601, UTC), `parameters` what
    was asked for. `facts` are added as they are (the label of a mode, what could not be compiled, ...). A
    task counts as solved when one solver gave every answer known for its samples in the table.
    """
    # Imported here: it looks at the machine, which reading and building tables need not do.
    from tokpidjin.machine import machine_facts, package_commit, package_versions

    items = len(table)
    primitives = pc.sum(table["primitives"]).as_py() or None  # An engine that does not count them leaves 0.
    counts = {entry["values"]: entry["counts"] for entry in pc.value_counts(table["status"]).to_pylist()}
    return {
        "started": started,
        "seconds": seconds,
        "items": items,
        "items_per_second": items / seconds if seconds else None,
        "primitives": primitives,
        "primitives_per_second": primitives / seconds if primitives and seconds else None,
        "microseconds": _percentiles(table["microseconds"]),
        "status": {status.name.lower(): counts.get(status.name.lower(), 0) for status in Status},
        "tasks": len(table["task"].unique()),
        "solvers": len(table["solver"].unique()),
        "answers_known": pc.count(table["match"]).as_py(),
        "matches": pc.sum(table["match"]).as_py() or 0,
        "tasks_solved": len(solved_tasks(table)),
        "parameters": dict(parameters),
        **facts,
        "versions": package_versions(),
        "machine": machine_facts(),
        "commit": package_commit(),
    }


def solved_tasks(table: pa.Table) -> list[str]:
    """The tasks of which one solver gave every answer known for their samples in the table, sorted."""
    # Tables put together of several have a dictionary each, which cannot be grouped by.
    words = table.select(["task", "solver", "match"]).unify_dictionaries()
    judged = words.filter(pc.is_valid(words["match"]))
    by_solver = judged.group_by(["task", "solver"]).aggregate([("match", "all")])
    solved = by_solver.filter(by_solver["match_all"])["task"]
    return sorted(set(solved.to_pylist()))


def _percentiles(column: pa.ChunkedArray) -> dict[str, float] | None:
    times = column.drop_null().to_numpy()
    times = times[times > 0]  # An item that did not end well may have none.
    if not len(times):
        return None
    p50, p90, p99 = np.percentile(times, [50, 90, 99]).tolist()
    return {
        "mean": float(times.mean(dtype=np.float64)),
        "p50": p50,
        "p90": p90,
        "p99": p99,
        "max": float(times.max()),
    }


def prepare_folder(folder: str | os.PathLike[str]) -> Path:
    """The folder, made where it does not exist: for finding out before long work that results can be written.

    Raises ResultsError when they cannot.
    """
    home = Path(folder)
    with _writing(home):
        home.mkdir(parents=True, exist_ok=True)
        trial = _passing(home, "trial")
        trial.open("wb").close()
        trial.unlink()
    return home


def write_results(table: pa.Table, summary: Mapping[str, Any], folder: str | os.PathLike[str]) -> None:
    """Writes results.parquet and summary.json into `folder`, which is made where it does not exist.

    Each file is written whole beside its place and then moved there, so that no reader ever meets half a
    file, a crash or not. Raises ResultsError when the folder cannot be written or the disk is full.
    """
    text = json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    home = prepare_folder(folder)
    contents: dict[str, Callable[[IO[bytes]], Any]] = {
        TABLE_FILE: lambda file: pq.write_table(table, file, compression="zstd"),
        SUMMARY_FILE: lambda file: file.write(text.encode()),
    }
    try:
        with _writing(home):
            for name, write in contents.items():
                _write_safely(_passing(home, name), write)
            for name in contents:
                os.replace(_passing(home, name), home / name)
    finally:
        for name in contents:
            with suppress(OSError):
                _passing(home, name).unlink()


def _passing(folder: Path, name: str) -> Path:
    """Where a file is while it is being written; no other process uses the same."""
    return folder / f".{name}.{os.getpid()}"


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _writing_error(folder, error) from error


def _write_safely(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Returns when the content is on the disk, not only in the system's memory."""
    with path.open("wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())


_REMEDIES = {
    errno.ENOSPC: "Free some space, or choose another folder.",
    errno.EDQUOT: "Free some space, or choose another folder.",
    errno.ENOTDIR: "Choose a folder, not a file.",
    errno.EEXIST: "Choose a folder, not a file.",
}


def _writing_error(folder: Path, error: OSError) -> ResultsError:
    remedy = _REMEDIES.get(error.errno or 0, "Choose a folder that you may write to.")
    cause = f"cannot be written ({error.strerror or error})"
    return ResultsError(f"results in {str(folder)!r}", cause=cause, remedy=remedy, file=str(folder))


def read_results(folder: str | os.PathLike[str]) -> tuple[pa.Table, dict[str, Any]]:
    """The table and the summary that `write_results` left in `folder`.

    Raises ResultsError, naming the file, when one is missing, cut short or not of this kind.
    """
    return _read_table(Path(folder, TABLE_FILE)), _read_summary(Path(folder, SUMMARY_FILE))


def _read_table(path: Path) -> pa.Table:
    try:
        # A file opened by us: given a path, pyarrow looks for partitions in the names of its folders.
        with path.open("rb") as file:
            table = pq.read_table(file)
    except OSError as error:
        raise _reading_error(path, error) from error
    except pa.ArrowException as error:
        raise _broken(path, f"not a whole Parquet file ({_first_line(error)})") from error
    for field in SCHEMA:
        if field.name not in table.column_names:
            raise _broken(path, f"the column {field.name!r} is missing", field.name)
    return table


def _read_summary(path: Path) -> dict[str, Any]:
    try:
        summary = json.loads(path.read_bytes())
    except OSError as error:
        raise _reading_error(path, error) from error
    except ValueError as error:
        raise _broken(path, f"not whole JSON ({error})") from error
    if not isinstance(summary, dict):
        raise _broken(path, "not a JSON object")
    return summary


def _reading_error(path: Path, error: OSError) -> ResultsError:
    cause = (
        "there is no such file"
        if isinstance(error, FileNotFoundError)
        else f"cannot be read ({error.strerror or error})"
    )
    remedy = f"Name a folder that holds {TABLE_FILE} and {SUMMARY_FILE}."
    return ResultsError(f"results file {str(path)!r}", cause=cause, remedy=remedy, file=str(path))


def _broken(path: Path, cause: str, key: str | None = None) -> ResultsError:
    remedy = "Make the results again, or copy them again."
    return ResultsError(f"results file {str(path)!r}", cause=cause, remedy=remedy, file=str(path), key=key)


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0].rstrip(".")
