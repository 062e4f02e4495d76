"""The digest of a table of results: equal for equal results, however they were made."""

from hashlib import blake2b

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tokpidjin.engines.hashing import mix64

__all__ = ["DIGESTED", "TableDigest", "table_digest"]

DIGESTED = ("task", "split", "index", "solver", "status", "match", "score", "hash")
"""The columns that count: all but the times, and the primitives, which the python engine does not count."""

Words = NDArray[np.uint64]

_NULL = np.uint64(0x6E756C6C)
_SEEDS = (np.uint64(0x243F6A8885A308D3), np.uint64(0x13198A2E03707344))


class TableDigest:
    """Adds up tables, part by part; the order of parts and rows does not matter, their number does.

    A row's columns are mixed into two 64-bit words, and the words of all rows are summed.
    """

    def __init__(self) -> None:
        self._sums = [0 for _ in _SEEDS]
        self._rows = 0

    def add(self, table: pa.Table) -> None:
        """Counts the rows of a part."""
        columns = [_words(table[name]) for name in DIGESTED]
        self._rows += len(table)
        for place, seed in enumerate(_SEEDS):
            row = np.full(len(table), seed)
            for column in columns:
                row = mix64(row ^ column)
            self._sums[place] = (self._sums[place] + int(row.sum(dtype=np.uint64))) % 2**64

    def hexdigest(self) -> str:
        """32 hexadecimal digits."""
        content = repr((self._rows, self._sums)).encode()
        return blake2b(content, digest_size=16).hexdigest()


def table_digest(table: pa.Table) -> str:
    """The digest of a table with the columns of `DIGESTED`; rows may be in any order.

    Equal tables give equal digests on every engine, in every order and with every number of workers; other
    columns do not count.
    """
    digest = TableDigest()
    digest.add(table)
    return digest.hexdigest()


def _words(column: pa.ChunkedArray) -> Words:
    """A 64-bit word for each value."""
    return np.concatenate([np.zeros(0, np.uint64), *map(_chunk_words, column.chunks)])


def _chunk_words(chunk: pa.Array) -> Words:
    if pa.types.is_dictionary(chunk.type):
        known = [blake2b(word.encode(), digest_size=8).digest() for word in chunk.dictionary.to_pylist()]
        words: Words = np.frombuffer(b"".join(known), "<u8").astype(np.uint64)
        chosen: Words = words[chunk.indices.to_numpy()]
        return chosen
    if pa.types.is_string(chunk.type):
        return _chunk_words(chunk.dictionary_encode())
    values = chunk.fill_null(False if pa.types.is_boolean(chunk.type) else 0).to_numpy(zero_copy_only=False)
    if values.dtype.kind == "f":
        values = (values.astype(np.float32) + np.float32(0)).view(np.uint32)  # one zero, not two
    words = values.astype(np.int64).view(np.uint64) if values.dtype.kind == "i" else values.astype(np.uint64)
    words[chunk.is_null().to_numpy(zero_copy_only=False)] = _NULL
    return mix64(words)
