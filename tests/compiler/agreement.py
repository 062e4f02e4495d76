"""Whether the compiled solvers of any library give what its Python functions give.

As a script: `python tests/compiler/agreement.py FILE [--items N] [--seed K] [--seconds S] [--workers W]`
draws random (solver, training input) items, prints what differs and exits with 1 if anything does.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import tokpidjin as tp
from tokpidjin.engines.native import NativeEngine
from tokpidjin.engines.python import PythonEngine

LIMITS = {tp.Status.BUDGET, tp.Status.MEMORY, tp.Status.RANGE, tp.Status.TIMEOUT}


@dataclass(frozen=True)
class Agreement:
    """Items (position in the library, grid), their statuses on both engines, and which differ."""

    statuses: Counter[tuple[str, str]]
    differing: list[tuple[str, int, str, str]]
    compared: int


def compare(
    library: tp.Library,
    grids: Sequence[NDArray[np.uint8]],
    items: Sequence[tuple[int, int]],
    seconds: float = 5.0,
    workers: int = 1,
) -> Agreement:
    """Run the items, (position among the compiled solvers, grid), on both engines."""
    bytecode = library.bytecode
    functions = [library[name].function for name in bytecode.names]
    programs = np.array([s for s, _ in items], np.int32)
    samples = np.array([g for _, g in items], np.int32)
    native = NativeEngine(bytecode).run(grids, programs, samples)
    python = PythonEngine(functions).run(grids, programs, samples, workers=workers, timeout=seconds)
    statuses: Counter[tuple[str, str]] = Counter()
    differing = []
    compared = 0
    for k, (s, g) in enumerate(items):
        both = tp.Status(native.status[k]), tp.Status(python.status[k])
        statuses[both[0].name, both[1].name] += 1
        if LIMITS & set(both):
            continue
        compared += 1
        if both[0] != both[1] or native.hashes[k] != python.hashes[k]:
            differing.append((bytecode.names[s], g, both[0].name, both[1].name))
    return Agreement(statuses, differing, compared)


def training_inputs() -> list[NDArray[np.uint8]]:
    """Every input grid of the ARC-AGI-1 training set."""
    tasks = tp.load_tasks("arc-agi-1/training")
    return [np.array(pair.input, np.uint8) for task in tasks for pair in (*task.demo, *task.test)]


def random_items(solvers: int, grids: int, count: int, seed: int) -> list[tuple[int, int]]:
    """Solvers in turn, each with random grids."""
    chosen = np.random.default_rng(seed).integers(0, grids, count)
    return [(k % solvers, int(grid)) for k, grid in enumerate(chosen)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    library = tp.load_solvers(None if given.file == "built-in" else given.file)
    grids = training_inputs()
    items = random_items(len(library.bytecode.names), len(grids), given.items, given.seed)
    found = compare(library, grids, items, given.seconds, given.workers)
    print(f"{len(library)} solvers, {len(library.unsupported)} not compiled, {found.compared} items compared")
    for (native, python), count in found.statuses.most_common():
        print(f"  native {native:8} python {python:8} {count}")
    for name, grid, native, python in found.differing:
        print(f"differs: {name} on input {grid}: native {native}, python {python}")
    return 1 if found.differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
