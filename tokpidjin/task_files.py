"""Reads the JSON files of tasks, and says exactly where one of them is wrong."""

import gzip
import io
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from tokpidjin.errors import TaskError

Grid = tuple[tuple[int, ...], ...]

MAX_SIDE = 30
MAX_BYTES = 64 << 20
"""Of a file of tasks, unpacked; the largest public ones have a few MiB."""
COLOURS = 10
_COLOUR_BYTES = bytes(range(COLOURS))
_GZIP_MAGIC = b"\x1f\x8b"
_KIND_NAMES = {dict: "an object", list: "a list", str: "a string", float: "a float", int: "an integer"}


@dataclass(frozen=True)
class Place:
    """Where in the data we are: the parts that an error names. `pair` is written as in `"train[0]"`."""

    file: str
    task: str | None = None
    pair: str | None = None
    key: str | None = None

    def at(self, **parts: str) -> "Place":
        """This place with some parts filled in."""
        return Place(**{**self.__dict__, **parts})

    def error(self, cause: str, remedy: str = "") -> TaskError:
        """The error to raise for what is wrong here."""
        inside = ".".join(part for part in (self.pair, self.key) if part)
        words = [self.file, f"task {self.task}" if self.task else "", inside]
        return TaskError(
            ", ".join(word for word in words if word), cause=cause, remedy=remedy, **self.__dict__
        )


def read_json(path: Path, top_key: str | None = None) -> Any:
    """The content of a JSON file, gzipped or not; with `top_key` only what that key of the file holds.

    The text before the first occurrence of `top_key` is skipped unread, which saves time where no other text
    of the file can be mistaken for it. Raises TaskError when the file is missing or not JSON.
    """
    place = Place(str(path))
    text = _read_text(path, place)
    found = re.search(rf'"{top_key}"\s*:\s*', text) if top_key else None
    if top_key and not found:
        raise place.at(key=top_key).error(f"the key {top_key!r} is missing")
    try:
        return json.JSONDecoder().raw_decode(text, found.end())[0] if found else json.loads(text)
    except RecursionError:
        raise place.error(
            "not JSON of tasks (nested too deep)", "Tasks nest six levels deep at most."
        ) from None
    except ValueError as error:
        raise place.error(f"not JSON ({error})", "Correct the file, or copy it again.") from None


def _read_text(path: Path, place: Place) -> str:
    again = "Copy or download it again."
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise place.error("not a regular file", "Give the path of a file.")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if data.startswith(_GZIP_MAGIC):
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
                data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise _too_long(place)
        text = data.decode("utf-8-sig")
    except FileNotFoundError:
        raise place.error("there is no such file", "Check the path.") from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise place.error(f"not a whole gzip file ({error})", again) from None
    except UnicodeDecodeError as error:
        raise place.error(f"not JSON (not UTF-8 text: {error.reason} at byte {error.start})", again) from None
    except OSError as error:
        raise place.error(
            f"cannot be read ({error.strerror})", "Check the path and its permissions."
        ) from None
    if not text.strip():
        raise place.error("the file is empty", again)
    return text


def _too_long(place: Place) -> TaskError:
    return place.error(f"it holds more than {MAX_BYTES >> 20} MiB", "Divide it into several files.")


def expect(value: Any, kind: type, place: Place, what: str) -> Any:
    """`value` when it is of `kind`, else the error: what was wanted, what is there."""
    if type(value) is not kind:
        raise place.error(f"{describe(value)} where {what} is wanted")
    return value


def member(value: Mapping[str, Any], key: str, place: Place) -> Any:
    """`value[key]`, or the error that names the missing key."""
    if key not in value:
        there = ", ".join(repr(name) for name in list(value)[:5]) or "no key at all"
        raise place.at(key=key).error(f"the key {key!r} is missing", f"There is {there}.")
    return value[key]


def describe(value: Any) -> str:
    """A JSON value in a few words, for messages.

    >>> describe([1, 2]), describe(True), describe(None)
    ('a list', 'true', 'null')
    """
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int | float):
        return f"{_KIND_NAMES[type(value)]} ({value})"
    return _KIND_NAMES[type(value)]


def read_grid(value: Any, place: Place, key: str) -> Grid:
    """A JSON grid as a tuple of tuples of int: 1 to 30 rows of 1 to 30 colours 0-9, each row equally long.

    Raises TaskError at `key` of `place` for anything else, booleans and floats included.
    """
    # The quick test accepts exactly the good grids; only a refused one is looked at cell by cell.
    try:
        cells = list(chain.from_iterable(value))
        good = (
            type(value) is list
            and 0 < len(value) <= MAX_SIDE
            and set(map(type, value)) == {list}
            and set(map(type, cells)) == {int}
            and 0 < len(value[0]) <= MAX_SIDE
            and len(set(map(len, value))) == 1
            and not bytes(cells).translate(None, _COLOUR_BYTES)
        )
    except (TypeError, ValueError):
        good = False
    if not good:
        raise _grid_error(value, place.at(key=key))
    return tuple(map(tuple, value))


def _grid_error(value: Any, place: Place) -> TaskError:
    if type(value) is not list:
        return place.error(f"{describe(value)} where a grid is wanted", "Write it as a list of rows.")
    if not value:
        return place.error("the grid is empty", "A grid has at least one row.")
    if len(value) > MAX_SIDE:
        return place.error(f"the grid has {len(value)} rows", f"At most {MAX_SIDE} are allowed.")
    for number, row in enumerate(value):
        if type(row) is not list:
            return place.error(f"row {number} is {describe(row)}", "A row is a list of colours.")
        if not row:
            return place.error(f"row {number} is empty", "A row has at least one cell.")
        if len(row) > MAX_SIDE:
            return place.error(f"row {number} has {len(row)} cells", f"At most {MAX_SIDE} are allowed.")
        if len(row) != len(value[0]):
            counts = f"row {number} has {len(row)} cells, row 0 has {len(value[0])}"
            return place.error(f"the grid is ragged: {counts}", "All rows must be equally long.")
        for column, cell in enumerate(row):
            if type(cell) is not int or not 0 <= cell < COLOURS:
                where = f"the cell in row {number}, column {column}"
                return place.error(f"{where} is {describe(cell)}", "A colour is an integer from 0 to 9.")
    raise AssertionError("the quick test refused a good grid")
