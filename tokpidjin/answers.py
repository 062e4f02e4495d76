"""What became of the samples of a batch, as arrays; the entries of "o" and "s" are made when they are read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tokpidjin.batt import decode_grid
from tokpidjin.engines.items import Outputs

__all__ = ["ANSWERS_FILE", "ANSWERS_SCHEMA", "Answers", "Entries", "EntryList", "answers_of"]

ANSWERS_FILE = "answers.parquet"

ANSWERS_SCHEMA = pa.schema(
    [
        ("sample", pa.int32()),
        ("op_index", pa.int32()),
        ("evo", pa.bool_()),
        ("solver", pa.dictionary(pa.int32(), pa.string())),
        ("height", pa.int32()),
        ("width", pa.int32()),
        ("cells", pa.large_binary()),
        ("score", pa.float64()),
    ]
)
"""One row for each entry of "o", with the grid and no score, and for each of "s", with the score and no grid.

`sample` counts the samples of the run; `cells` are row after row, encoded as `Outputs` are.
"""

Answers = dict[str, Sequence[Any]]
"""What became of one sample: its "s" and "o", as `batt` returns them."""


@dataclass(frozen=True, eq=False)
class Entries:
    """Entry k is (op_index[k], evo[k], names[solver[k]], values[k]) of sample sample[k], which ascends.

    `values` are grids or scores.
    """

    sample: NDArray[np.int32]
    op_index: NDArray[np.int32]
    evo: NDArray[np.bool_]
    solver: NDArray[np.int32]
    names: Sequence[str]
    values: Outputs | NDArray[np.float64]

    def __getitem__(self, k: int) -> tuple[int, bool, str, Any]:
        return int(self.op_index[k]), bool(self.evo[k]), self.names[self.solver[k]], self._value(k)

    def _value(self, k: int) -> Any:
        if not isinstance(self.values, Outputs):
            return float(self.values[k])
        codes = self.values[k]
        assert codes is not None
        return decode_grid(codes)

    def lists(self, samples: int) -> list["EntryList"]:
        """The entries of each of that many samples."""
        bounds = np.searchsorted(self.sample, np.arange(samples + 1)).tolist()
        return [EntryList(self, *pair) for pair in pairwise(bounds)]

    def table(self, first: int) -> pa.Table:
        """The rows of `ANSWERS_SCHEMA`, the samples counted from `first`."""
        count = len(self.sample)
        nothing = pa.nulls(count, pa.int32())
        height, width, cells = nothing, nothing, pa.nulls(count, pa.large_binary())
        score = pa.nulls(count, pa.float64())
        if isinstance(self.values, Outputs):
            height, width = self.values.shapes.T.copy()
            cells = _binary(self.values)
        else:
            score = self.values
        names = pa.array(self.names, pa.string())
        solver = pa.DictionaryArray.from_arrays(pa.array(self.solver, pa.int32()), names)
        columns = [self.sample + first, self.op_index, self.evo, solver, height, width, cells, score]
        arrays = [pa.array(column, field.type) for column, field in zip(columns, ANSWERS_SCHEMA, strict=True)]
        return pa.Table.from_arrays(arrays, schema=ANSWERS_SCHEMA)

    @staticmethod
    def read(table: pa.Table, first: int, grids: bool) -> "Entries":
        """The inverse of `table`, for the rows with grids or those with scores."""
        table = table.filter(pc.is_valid(table["cells" if grids else "score"])).unify_dictionaries()
        columns = {name: table[name].combine_chunks() for name in table.column_names}
        solver = columns["solver"]
        return Entries(
            columns["sample"].to_numpy() - first,
            columns["op_index"].to_numpy(),
            columns["evo"].to_numpy(zero_copy_only=False),
            solver.indices.to_numpy(),
            solver.dictionary.to_pylist(),
            _outputs(columns) if grids else columns["score"].to_numpy(),
        )


class EntryList(Sequence[tuple[int, bool, str, Any]]):
    """The entries of one sample; equal to a list of the same tuples, and pickled as that list."""

    __slots__ = ("_entries", "_places")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, entries: Entries, first: int, end: int) -> None:
        self._entries = entries
        self._places = range(first, end)

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, place: int) -> tuple[int, bool, str, Any]: ...
    @overload
    def __getitem__(self, place: slice) -> list[tuple[int, bool, str, Any]]: ...
    def __getitem__(self, place: int | slice) -> Any:
        """The entry at that place, or a list of those of a slice."""
        if isinstance(place, slice):
            return [self._entries[k] for k in self._places[place]]
        return self._entries[self._places[place]]

    def __iter__(self) -> Iterator[tuple[int, bool, str, Any]]:
        return (self._entries[k] for k in self._places)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, list | EntryList):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    def __repr__(self) -> str:
        return repr(list(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (list(self),)


def answers_of(outputs: Entries, scores: Entries, samples: int) -> list[Answers]:
    """The answers of that many samples."""
    pairs = zip(outputs.lists(samples), scores.lists(samples), strict=True)
    return [{"o": o, "s": s} for o, s in pairs]


def _binary(outputs: Outputs) -> pa.Array:
    """The cells of each output, which must be there, as binary values."""
    sizes = outputs.shapes.prod(axis=1, dtype=np.int64)
    ends = np.concatenate([[0], np.cumsum(sizes)])
    # Where each cell is: the outputs may lie in any order.
    places = np.repeat(outputs.offsets - ends[:-1], sizes) + np.arange(ends[-1])
    buffers = [None, pa.py_buffer(ends.astype(np.int64)), pa.py_buffer(outputs.cells[places])]
    return pa.Array.from_buffers(pa.large_binary(), len(sizes), buffers)


def _outputs(columns: dict[str, pa.Array]) -> Outputs:
    cells = columns["cells"]
    _, ends, data = cells.buffers()
    offsets = np.frombuffer(ends, np.int64)[cells.offset : cells.offset + len(cells)]
    shapes = np.stack([columns[side].to_numpy() for side in ("height", "width")], axis=1)
    return Outputs(np.frombuffer(data or b"", np.uint8), offsets, shapes)
