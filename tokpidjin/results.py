"""The table of results, and results on disk."""

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.lib.stride_tricks import sliding_window_view

from tokpidjin.checks import check_path
from tokpidjin.engines.hashing import hash_grid
from tokpidjin.engines.status import Status
from tokpidjin.errors import ResultsError
from tokpidjin.files import passing_place, prepare_folder, sync_folder, write_safely, writing
from tokpidjin.tasks import Sample

if TYPE_CHECKING:
    from tokpidjin.engines.items import ItemResults, Outputs

__all__ = [
    "SCHEMA",
    "SUMMARY_FILE",
    "TABLE_FILE",
    "Judgement",
    "judge",
    "read_results",
    "read_summary",
    "read_table",
    "results_table",
    "summary_text",
    "write_results",
    "write_tables",
    "write_together",
]

TABLE_FILE = "results.parquet"
SUMMARY_FILE = "summary.json"
_LONGEST_RECORD = 64 << 20

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

_ROW_GROUP = 1 << 18
_SPLITS = ("demo", "test", "example")


def results_table(
    solvers: Sequence[str],
    samples: Sequence[Sample],
    programs: npt.NDArray[np.integer],
    sample_numbers: npt.NDArray[np.integer],
    items: "ItemResults",
    judged: "Judgement | None" = None,
) -> pa.Table:
    """The table of `items`: row q is solver `solvers[programs[q]]` on `samples[sample_numbers[q]]`.

    `programs` and `sample_numbers` have one integer for each item, in the order of the items. `judged` is
    what `judge` says of them, where that is known already.
    """
    tasks = sorted({sample.task_id for sample in samples})
    number_of = {task: number for number, task in enumerate(tasks)}
    task = np.array([number_of[sample.task_id] for sample in samples], np.int32)
    split = np.array([_SPLITS.index(sample.split) for sample in samples], np.int32)
    index = np.array([sample.index for sample in samples], np.int32)
    known, match, score, scored = judged or judge(samples, sample_numbers, items)
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


class Judgement(NamedTuple):
    """For each item: is an answer known, is the output that answer, the score, is the score known."""

    known: npt.NDArray[np.bool_]
    match: npt.NDArray[np.bool_]
    score: npt.NDArray[np.float64]
    scored: npt.NDArray[np.bool_]


def judge(
    samples: Sequence[Sample], sample_numbers: npt.NDArray[np.integer], items: "ItemResults"
) -> Judgement:
    """Compares the outputs with the known answers; item q is one on `samples[sample_numbers[q]]`."""
    answers = [None if sample.output is None else np.array(sample.output, np.uint8) for sample in samples]
    hashes = np.array([0 if answer is None else hash_grid(answer) for answer in answers], np.uint64)
    expected = hashes[sample_numbers]
    known = expected != 0
    match = known & (items.hashes == expected)
    score = match.astype(np.float64)
    scored = match | (known & (items.hashes == 0))
    if items.outputs is not None:
        wrong = np.flatnonzero(known & ~scored)
        score[wrong] = _shares(items.outputs, wrong, answers, sample_numbers[wrong])
        scored = known
    return Judgement(known, match, score, scored)


def _shares(
    outputs: "Outputs",
    chosen: npt.NDArray[np.integer],
    answers: Sequence[npt.NDArray[np.uint8] | None],
    numbers: npt.NDArray[np.integer],
) -> npt.NDArray[np.float64]:
    """For output chosen[q]: its share of cells that are as in answers[numbers[q]]; 0 for another shape."""
    shapes = np.array([(-1, -1) if answer is None else answer.shape for answer in answers], np.int32)
    comparable = np.flatnonzero((outputs.shapes[chosen] == shapes.reshape(-1, 2)[numbers]).all(axis=1))
    order = comparable[np.argsort(numbers[comparable], kind="stable")]
    shares = np.zeros(len(chosen))
    # The outputs that have one answer are compared with it at once: they are all of its size.
    groups = np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1) if len(order) else []
    for group in groups:
        answer = answers[numbers[group[0]]]
        assert answer is not None
        cells = sliding_window_view(outputs.cells, answer.size)[outputs.offsets[chosen[group]]]
        shares[group] = (cells == answer.ravel()).mean(axis=1)
    return shares


def write_results(table: pa.Table, summary: Mapping[str, Any], folder: str | os.PathLike[str]) -> None:
    """Writes results.parquet and summary.json into `folder`, which is made where it does not exist.

    Each file is written whole beside its place and then moved there, so that no reader ever meets half a
    file, a crash or not. Raises ResultsError when the folder cannot be written or the disk is full.
    """
    text = summary_text(summary)
    write_together(
        prepare_folder(folder),
        {
            TABLE_FILE: lambda file: write_tables(file, SCHEMA, [table]),
            SUMMARY_FILE: lambda file: file.write(text.encode()),
        },
    )


def write_together(folder: Path, contents: Mapping[str, Callable[[IO[bytes]], Any]]) -> None:
    """Writes files by name, in this order, and moves all of them to their places when all are whole."""
    try:
        with writing(folder):
            for name, write in contents.items():
                write_safely(passing_place(folder, name), write)
            for name in contents:
                os.replace(passing_place(folder, name), folder / name)
            sync_folder(folder)
    finally:
        for name in contents:
            with suppress(OSError):
                passing_place(folder, name).unlink()


def write_tables(file: IO[bytes], schema: pa.Schema, tables: Iterable[pa.Table]) -> None:
    """Writes tables, one after the other, as one Parquet file; no more than a few of them are in memory."""
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        waiting: list[pa.Table] = []
        for table in tables:
            waiting.append(table)
            if sum(map(len, waiting)) >= _ROW_GROUP:
                writer.write_table(_together(schema, waiting))
                waiting = []
        writer.write_table(_together(schema, waiting))


def _together(schema: pa.Schema, tables: Sequence[pa.Table]) -> pa.Table:
    plain = [table.replace_schema_metadata(None) for table in tables]
    return pa.concat_tables([schema.empty_table(), *plain]).unify_dictionaries()


def summary_text(summary: Mapping[str, Any]) -> str:
    """What summary.json holds."""
    return json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def read_results(folder: str | os.PathLike[str]) -> tuple[pa.Table, dict[str, Any]]:
    """The table and the summary that `write_results` left in `folder`.

    Raises ResultsError, naming the file, when one is missing, cut short or not of this kind.
    """
    check_path("folder", folder)
    return read_table(Path(folder, TABLE_FILE)), read_summary(Path(folder))


def read_table(path: Path, schema: pa.Schema = SCHEMA) -> pa.Table:
    """The Parquet file as a table; ResultsError, naming the file, where it is not whole or not of the schema."""
    try:
        # A file opened by us: given a path, pyarrow looks for partitions in the names of its folders.
        with path.open("rb") as file:
            table = pq.read_table(file)
    except OSError as error:
        raise _reading_error(path, error) from error
    except pa.ArrowException as error:
        raise _broken(path, f"not a whole Parquet file ({_first_line(error)})") from error
    for field in schema:
        if field.name not in table.column_names:
            raise _broken(path, f"the column {field.name!r} is missing", field.name)
    return table


def read_summary(folder: Path) -> dict[str, Any]:
    """The folder's summary.json; ResultsError, naming the file, where it is missing or not whole."""
    return read_record(folder / SUMMARY_FILE)


def read_record(path: Path) -> dict[str, Any]:
    """The JSON object in a file; ResultsError, naming the file, where it is missing, too long or not whole."""
    try:
        with path.open("rb") as file:
            content = file.read(_LONGEST_RECORD + 1)
        if len(content) > _LONGEST_RECORD:
            raise _broken(path, f"longer than {_LONGEST_RECORD >> 20} MiB")
        record = json.loads(content)
    except OSError as error:
        raise _reading_error(path, error) from error
    except RecursionError:
        raise _broken(path, "nested too deep") from None
    except ValueError as error:
        raise _broken(path, f"not whole JSON ({error})") from error
    if not isinstance(record, dict):
        raise _broken(path, "not a JSON object")
    return record


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
