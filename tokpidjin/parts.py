"""The finished parts of a run on disk, from the first one to the whole table."""

import json
import logging
import os
import re
import shutil
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tokpidjin.answers import ANSWERS_FILE, ANSWERS_SCHEMA, Answers, Entries, answers_of
from tokpidjin.batches import BatchRun
from tokpidjin.errors import ResultsError
from tokpidjin.files import prepare_folder, remove_passing, write_file, writing
from tokpidjin.identity import check_same
from tokpidjin.locks import FolderLock
from tokpidjin.results import (
    SCHEMA,
    SUMMARY_FILE,
    TABLE_FILE,
    read_record,
    read_table,
    summary_text,
    write_tables,
    write_together,
)
from tokpidjin.summary import Tally
from tokpidjin.tasks import Sample

__all__ = ["PARTS_FOLDER", "Part", "PartsFolder"]

PARTS_FOLDER = "parts"
_MANIFEST = "manifest.json"
_SECONDS = b"seconds"

_log = logging.getLogger("tokpidjin")


@dataclass(frozen=True)
class Part:
    """The results of some neighbouring samples of a run, the first of them number `first`; it can be pickled.

    `table` has the rows of the samples in their order, see `tokpidjin.results.SCHEMA`; `kept` those of
    `ANSWERS_SCHEMA`, or is None where they were not asked for. `seconds` is the wall time of the part,
    `execute_seconds` that of the engine in it.
    """

    first: int
    samples: Sequence[Sample]
    table: pa.Table
    kept: pa.Table | None
    seconds: float
    execute_seconds: float = 0.0

    @staticmethod
    def of(first: int, run: BatchRun, keep_answers: bool) -> "Part":
        """The part that a batch is, whose samples begin at number `first`."""
        kept = None
        if keep_answers:
            kept = pa.concat_tables([run.outputs.table(first), run.scores.table(first)])
        return Part(first, run.samples, run.table, kept, run.seconds, run.execute_seconds)

    @property
    def end(self) -> int:
        """The number of the sample after the last."""
        return self.first + len(self.samples)

    @property
    def counts(self) -> Counter[str]:
        """How many items ended in each status, by the status's name in lower case."""
        return Counter({e["values"]: e["counts"] for e in pc.value_counts(self.table["status"]).to_pylist()})

    @cached_property
    def answers(self) -> list[Answers]:
        """For each sample its "o" and "s"."""
        assert self.kept is not None
        outputs, scores = (Entries.read(self.kept, self.first, grids) for grids in (True, False))
        return answers_of(outputs, scores, len(self.samples))


class PartsFolder:
    """The folder `parts` in a folder of results, which one process at a time may hold.

    `manifest` says what the run is: {"identity": ..., "asked": ...}, see `check_same`. With `resume` the
    parts that are there are kept, where they are of the same run. Without it they are refused, so that
    nothing is lost by a slip. `done` are the numbers of the samples that need not run again; `complete`
    tells that the whole table is there already.

    A context manager; an error or an interrupt that leaves it carries a note on what is finished. Everything
    is written beside its place, put on the disk and moved: a process that dies costs the part
    that it was writing. A part that is not as it was written is set aside, and its samples run again.
    """

    def __init__(
        self, out: Path, manifest: Mapping[str, Any], samples: Sequence[Sample], resume: bool
    ) -> None:
        self.out = out
        self.complete = False
        self._manifest = manifest
        self._samples = samples
        self._resume = resume
        self._folder = out / PARTS_FOLDER
        self._files: dict[int, tuple[int, str]] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        prepare_folder(self.out)
        with ExitStack() as stack:
            stack.enter_context(FolderLock(self._folder))
            stack.callback(self._tidy)
            self._open()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and not isinstance(error, GeneratorExit):
            error.add_note(self.left())
        self._stack.close()

    @property
    def done(self) -> list[range]:
        """The numbers of the samples in finished parts, ascending."""
        return [range(first, first + count) for first, (count, _) in sorted(self._files.items())]

    @property
    def pending(self) -> list[range]:
        """The numbers of the other samples, ascending."""
        if self.complete:
            return []
        ends = [0, *(part.stop for part in self.done)]
        starts = [*(part.start for part in self.done), len(self._samples)]
        return [range(end, start) for end, start in zip(ends, starts, strict=True) if end < start]

    def write(self, part: Part) -> None:
        """Puts a part on the disk; when this returns it is safe."""
        seconds = {_SECONDS: repr(part.seconds).encode()}
        contents = {"": _parquet(part.table.replace_schema_metadata(seconds))}
        if part.kept is not None:
            contents = {".answers": _parquet(part.kept), **contents}
        check = zlib.crc32(contents[""], zlib.crc32(contents.get(".answers", b"")))
        name = f"{part.first:09}-{len(part.samples):06}-{check:08x}"
        try:
            for kind, content in contents.items():
                write_file(self._folder / f"{name}{kind}.parquet", content)
        finally:
            # An interrupt may come after the last file, which makes the part a finished one, is in its place.
            if (self._folder / f"{name}.parquet").exists():
                self._files[part.first] = (len(part.samples), name)

    def read(self) -> Iterator[Part]:
        """The finished parts in their order; where the run is complete, all of it."""
        if self.complete:
            yield from self._read_whole()
        for first, (count, name) in sorted(self._files.items()):
            table = pq.read_table(pa.BufferReader((self._folder / f"{name}.parquet").read_bytes()))
            kept = None
            if self._keeps_answers:
                kept = pq.read_table(pa.BufferReader((self._folder / f"{name}.answers.parquet").read_bytes()))
            seconds = float((table.schema.metadata or {}).get(_SECONDS, b"0"))
            table = table.replace_schema_metadata(None)
            yield Part(first, self._samples[first : first + count], table, kept, seconds)

    def _read_whole(self) -> Iterator[Part]:
        if self._keeps_answers:
            kept = read_table(self.out / ANSWERS_FILE, ANSWERS_SCHEMA)
            yield Part(0, self._samples, read_table(self.out / TABLE_FILE), kept, 0.0)
            return
        # The table may be larger than the memory, and nobody asks for the samples.
        with (self.out / TABLE_FILE).open("rb") as file:
            whole = pq.ParquetFile(file)
            for group in range(whole.num_row_groups):
                yield Part(0, (), whole.read_row_group(group), None, 0.0)

    def left(self) -> str:
        """What a person should know who has stopped the run."""
        done = sum(map(len, self.done))
        if not done:
            return "nothing is finished"
        return (
            f"{done} of {len(self._samples)} samples are finished, in {str(self._folder)!r}; "
            "the same run with --resume (resume=True) goes on from there"
        )

    def finish(self, seconds: float, facts: Mapping[str, Any]) -> None:
        """Makes the whole table, its summary and the answers of all parts, and removes the parts.

        The parts pass through memory one by one. `seconds` and `facts` are for `Tally.summary`.
        """
        tally = Tally()

        def write_summary(file: Any) -> None:
            file.write(summary_text(tally.summary(seconds, **facts, run=self._manifest)).encode())

        contents = {
            TABLE_FILE: lambda file: write_tables(file, SCHEMA, self._counted(tally)),
            SUMMARY_FILE: write_summary,
        }
        if self._keeps_answers:
            answers = (part.kept for part in self.read())
            contents = {ANSWERS_FILE: lambda file: write_tables(file, ANSWERS_SCHEMA, answers), **contents}
        else:
            (self.out / ANSWERS_FILE).unlink(missing_ok=True)
        write_together(self.out, contents)
        self.complete = True
        self._remove()

    @property
    def _keeps_answers(self) -> bool:
        return bool(self._manifest["identity"]["answers kept"])

    def _counted(self, tally: Tally) -> Iterator[pa.Table]:
        for part in self.read():
            tally.add(part.table)
            yield part.table

    def _remove(self) -> None:
        """Removes the parts; at a stroke, so that what a kill leaves is no half of a run."""
        rubbish = self.out / f".{PARTS_FOLDER}.{os.getpid()}"
        if not self._folder.exists():
            return
        with writing(self.out):
            os.rename(self._folder, rubbish)
        shutil.rmtree(rubbish, ignore_errors=True)

    def _tidy(self) -> None:
        """Removes the folder where it holds no part."""
        if not any(path.suffix in (".parquet", ".broken") for path in self._folder.glob("*")):
            self._remove()

    def _open(self) -> None:
        for rubbish in self.out.glob(f".{PARTS_FOLDER}.*[0-9]"):
            shutil.rmtree(rubbish, ignore_errors=True)
        for name in (TABLE_FILE, SUMMARY_FILE, ANSWERS_FILE):
            remove_passing(self.out, name)
        remove_passing(self._folder, "*")
        before = _read_manifest(self._folder / _MANIFEST)
        if before is not None and not self._resume:
            raise ResultsError(
                f"results in {str(self.out)!r}",
                cause="there are parts of a run that did not end",
                remedy="Go on with it (--resume, resume=True), choose another folder, or remove "
                f"{str(self._folder)!r}.",
                file=str(self._folder),
            )
        if before is None and self._resume:
            before = self._completed()
            self.complete = before is not None
        if before is not None:
            check_same(self.out, before, self._manifest)
        if not self.complete:
            self._take_parts()
            text = json.dumps(self._manifest, indent=2, ensure_ascii=False) + "\n"
            write_file(self._folder / _MANIFEST, text.encode())

    def _completed(self) -> dict[str, Any] | None:
        """The manifest of the whole table in the folder, if there is one."""
        path = self.out / SUMMARY_FILE
        summary = _read_manifest(path) if (self.out / TABLE_FILE).exists() else None
        return None if summary is None else _dictionary(summary.get("run"))

    def _take_parts(self) -> None:
        reached = 0
        for path in sorted(self._folder.glob("*-*-*.parquet")):
            name = path.stem
            if not re.fullmatch(r"\d+-\d+-[0-9a-f]+", name):
                continue
            first, count = (int(number) for number in name.split("-")[:2])
            if first < reached or not self._is_whole(name):
                self._set_aside(path, first, first + count)
                continue
            reached = first + count
            self._files[first] = (count, name)

    def _is_whole(self, name: str) -> bool:
        """Whether the files are as they were written: the name has their checksum."""
        check = 0
        for kind in (".answers", "") if self._keeps_answers else ("",):
            try:
                check = zlib.crc32((self._folder / f"{name}{kind}.parquet").read_bytes(), check)
            except OSError:
                return False
        return name.endswith(f"-{check:08x}")

    def _set_aside(self, path: Path, first: int, end: int) -> None:
        aside = path.with_suffix(".broken")
        os.replace(path, aside)
        _log.warning(
            "%s is cut short or changed: set aside as %s; samples %d to %d run again",
            path,
            aside.name,
            first,
            end - 1,
        )


def _parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return bytes(sink.getvalue())


def _read_manifest(path: Path) -> dict[str, Any] | None:
    """What the file says; None where there is none."""
    return read_record(path) if path.exists() else None


def _dictionary(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
