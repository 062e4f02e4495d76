"""Runs our solvers on random grids with one build of the machine and saves what comes out, for comparing builds.

python run_items.py BUILD.so RESULTS.npz ITEMS
"""

import random
import sys
from pathlib import Path

import numpy as np

import tokpidjin as tp
from tokpidjin import dsl
from tokpidjin.compiler.calls import Call, compile_calls, twin_of
from tokpidjin.compiler.types import GRID, OBJECT, Type, set_of, tuple_of
from tokpidjin.engines.native import NativeEngine
from tokpidjin.engines.values import Writer, read_values

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


def call_primitives(build, grids):
    """The values of primitives whose results are of many types, as text."""
    found = [dsl.objects(grid, True, False, True) for grid in grids]
    columns = {
        (dsl.partition, GRID): grids,
        (dsl.asindices, GRID): grids,
        (dsl.mostcolor, GRID): grids,
        (dsl.order, set_of(OBJECT), dsl.size): found,
        (dsl.apply, dsl.shape, set_of(OBJECT)): found,
        (dsl.pair, tuple_of(GRID), tuple_of(GRID)): [(grid, dsl.trim(grid)) for grid in grids],
    }
    calls = [
        Call(twin_of(function), tuple(kind if isinstance(kind, Type) else twin_of(kind) for kind in kinds))
        for function, *kinds in columns
    ]
    bytecode, _ = compile_calls(calls)
    writer = Writer()
    for kinds, column in zip(bytecode.argument_kinds, columns.values(), strict=True):
        writer.calls(kinds, [column] * len(kinds), len(column))
    items = np.repeat(np.arange(len(calls)), len(grids))
    engine = NativeEngine(bytecode, library_file=Path(build))
    results = engine.run_values(writer.arguments(bytecode.argument_kinds), items, workers=2, arena=1 << 16)
    texts = []
    for program, kind in enumerate(bytecode.result_kinds):
        ok = (items == program) & (results.status == tp.Status.OK)
        values = read_values(kind, results.outputs.cells, results.outputs.offsets[ok])
        texts += [repr(dsl.canonical._key(value)) for value in values]
    return np.array([*texts, repr(results.status.tolist())])


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
    called = call_primitives(build, [tuple(map(tuple, grid.tolist())) for grid in grids])
    np.savez(
        results,
        status=found.status,
        hashes=found.hashes,
        primitives=found.primitives,
        cells=found.outputs.cells,
        values=called,
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
