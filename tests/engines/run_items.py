"""Runs our solvers on random grids with one build of the machine and saves what comes out, for comparing builds.

python run_items.py BUILD.so RESULTS.npz ITEMS
"""

import random
import sys
from pathlib import Path

import numpy as np

import tokpidjin as tp
from tokpidjin.engines.native import NativeEngine

MOST_CELLS = 120


def random_grid(rng):
    """Blobs and noise on a background, as tasks have them."""
    h, w = rng.integers(1, 12, 2)
    grid = np.full((h, w), rng.integers(0, 10), np.uint8)
    for _ in range(rng.integers(0, 5)):
        i, j = rng.integers(0, h), rng.integers(0, w)
        grid[i : i + rng.integers(1, 5), j : j + rng.integers(1, 5)] = rng.integers(0, 10)
    noise = rng.random((h, w)) < rng.choice([0, 0.1, 0.5])
    grid[noise] = rng.integers(0, 10, noise.sum())
    return grid


def main(build, results, count):
    bytecode = tp.load_solvers().bytecode
    rng = np.random.default_rng(0)
    grids = [random_grid(rng) for _ in range(100)]
    choice = random.Random(0)
    programs = [choice.randrange(len(bytecode.names)) for _ in range(count)]
    samples = [choice.randrange(len(grids)) for _ in range(count)]
    # A small budget keeps the slow builds' heaviest items short, and both ends of the budget in the comparison.
    engine = NativeEngine(bytecode, library_file=Path(build))
    found = engine.run(grids, programs, samples, workers=2, budget=20_000, arena=1 << 20, outputs=True)
    np.savez(
        results,
        status=found.status,
        hashes=found.hashes,
        primitives=found.primitives,
        cells=found.outputs.cells,
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
