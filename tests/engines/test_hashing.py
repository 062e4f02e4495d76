"""The grid hash: its definition, spelled out with Python ints, and what it must tell apart."""

import numpy as np
import pytest
from assembler import Assembler

from tokpidjin.engines.hashing import hash_grid
from tokpidjin.engines.native import NativeEngine

MASK = (1 << 64) - 1


def splitmix64(z):
    z = (z + 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ z >> 27) * 0x94D049BB133111EB) & MASK
    return z ^ z >> 31


def hash_by_definition(grid):
    h, w = grid.shape
    cells = grid.tobytes() + bytes(-grid.size % 8)
    words = [int.from_bytes(cells[k : k + 8], "little") for k in range(0, len(cells), 8)]
    total = sum(splitmix64((x + (k + 1) * 0xD6E8FEB86659FD93) & MASK) for k, x in enumerate(words))
    return splitmix64((total & MASK) ^ (h << 32 | w)) or 1


def random_grids(count):
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, rng.integers(1, 31, 2), np.uint8) for _ in range(count)]


@pytest.mark.parametrize("shape", [(0, 0), (3, 0), (1, 1), (1, 8), (3, 3), (30, 30)])
def test_is_what_the_definition_says(shape):
    grid = np.arange(shape[0] * shape[1], dtype=np.uint8).reshape(shape)
    assert hash_grid(grid) == hash_by_definition(grid)


def test_the_machine_hashes_alike():
    program = Assembler()
    program.ret(program.input)
    grids = [np.zeros((0, 0), np.uint8), np.zeros((3, 0), np.uint8), *random_grids(50)]
    results = NativeEngine(program.bytecode()).run(grids, [0] * len(grids), range(len(grids)))
    assert results.hashes.tolist() == [hash_grid(grid) for grid in grids]


def test_depends_on_the_shape_and_on_places():
    row = np.array([[1, 2, 0, 0]], np.uint8)
    alike = [row, row.reshape(2, 2), row.reshape(4, 1), row[:, ::-1], row[:, :3], row[:, :2]]
    assert len({hash_grid(grid) for grid in alike}) == len(alike)


def test_a_view_hashes_as_its_copy():
    grid = random_grids(1)[0]
    assert hash_grid(grid.T) == hash_grid(grid.T.copy())
