"""The hash of a grid: equal grids have equal hashes, in every engine and on every machine."""

import numpy as np
import numpy.typing as npt

_WORD_STEP = np.uint64(0xD6E8FEB86659FD93)


def mix64(z: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Mixes the bits of each word (splitmix64)."""
    z = z + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def hash_grid(grid: npt.NDArray[np.uint8]) -> int:
    """Hash a uint8 grid (h, w) to 64 bits; 0 is never a grid's hash and stands for "no output".

    The cells, row by row and padded with zeros, are read as little-endian 64-bit words; the sum of the words' mixed
    values (splitmix64 of each word plus a multiple of its position) is mixed with the shape. The sum has no order, so
    that parallel lanes can make it.

    >>> hex(hash_grid(np.array([[1, 2], [3, 4]], np.uint8)))
    '0x889f488777e0a01f'
    """
    h, w = grid.shape
    padded = np.zeros(-(-grid.size // 8) * 8, np.uint8)
    padded[: grid.size] = grid.ravel()
    words = padded.view("<u8").astype(np.uint64)
    places = np.arange(1, len(words) + 1, dtype=np.uint64) * _WORD_STEP
    total = np.uint64(mix64(words + places).sum(dtype=np.uint64))
    mixed = int(mix64(np.array([int(total) ^ (h << 32 | w)], np.uint64))[0])
    return mixed or 1
