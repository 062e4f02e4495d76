"""Times the native engine beside arc-dsl's own Python on the same items, in one run.

    python tests/benchmarks/against_arc_dsl.py PATH/TO/arc-dsl [--inputs 20] [--seed 0] [--cap 2.0]

PATH is a checkout of https://github.com/michaelhodel/arc-dsl. Each of its solvers runs on the same randomly
drawn training inputs: under arc-dsl's own `dsl.py`, cut off after `--cap` seconds an item, and compiled, on
one thread and on two. Agreement on the own tasks' pairs is counted as well. Prints one JSON object.
"""

import argparse
import importlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

import tokpidjin as tp
from tokpidjin.machine import machine_facts

Grid = tuple[tuple[int, ...], ...]


class CutOff(BaseException):
    """Raised by the timer when an item exceeds the cap."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises CutOff in the block once `seconds` have passed."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def arc_dsl_functions(folder: Path, names: list[str]) -> list[Callable[[Grid], Any]]:
    """The solvers as arc-dsl itself runs them."""
    sys.path.insert(0, str(folder))
    module = importlib.import_module("solvers")
    return [getattr(module, name) for name in names]


def time_python(
    functions: list[Callable[[Grid], Any]], items: list[tuple[int, Grid]], cap: float
) -> dict[str, Any]:
    """Seconds of all items, one after the other, and how many were cut off or raised."""

    def stop(*_: object) -> None:
        raise CutOff

    signal.signal(signal.SIGALRM, stop)
    cut, raised, start = 0, 0, time.perf_counter()
    for solver, grid in items:
        try:
            with time_limit(cap):
                functions[solver](grid)
        except CutOff:
            cut += 1
        except Exception:
            raised += 1
    return {"seconds": time.perf_counter() - start, "cut_off": cut, "raised": raised}


def time_native(
    library: Any, grids: list[Grid], items: list[tuple[int, int]], workers: int, runs: int
) -> float:
    """Seconds of the fastest of some runs."""
    return min(tp.run(library, grids, "native", workers=workers, items=items).seconds for _ in range(runs))


def own_pairs(library: Any, tasks: list[Any]) -> dict[str, int]:
    """How many solvers give every pair of their own task, and how many pairs are right."""
    by_id = {task.id: task for task in tasks}
    solved, right, total = 0, 0, 0
    for solver in library:
        task = by_id[solver.id]
        pairs = (*task.demo, *task.test)
        run = tp.run(
            library,
            [pair.input for pair in pairs],
            "native",
            items=[(solver.id, k) for k in range(len(pairs))],
        )
        hits = sum(np.array_equal(run.output(k), pair.output) for k, pair in enumerate(pairs))
        solved, right, total = solved + (hits == len(pairs)), right + hits, total + len(pairs)
    return {
        "solvers": len(library),
        "compiled": len(library) - len(library.unsupported),
        "solved": solved,
        "pairs_right": right,
        "pairs": total,
    }


def time_loading(folder: Path) -> float:
    """Seconds of a fresh process for importing tokpidjin, with its modules' bytecode cached, and compiling the file."""

    code = (
        "import time; start = time.perf_counter(); import tokpidjin as tp; "
        f"tp.load_solvers({str(folder / 'solvers.py')!r}).bytecode; print(time.perf_counter() - start)"
    )
    command = [sys.executable, "-c", code]
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache, "PYTHONDONTWRITEBYTECODE": ""}
        runs = [
            subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
            for _ in range(6)
        ]
    return min(float(run.stdout) for run in runs)


def main() -> None:
    """Reads the command line, measures, prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="checkout of arc-dsl")
    parser.add_argument("--inputs", type=int, default=20, help="random training inputs a solver")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cap", type=float, default=2.0, help="seconds after which a Python item is cut off")
    args = parser.parse_args()

    loading = time_loading(args.folder)
    library = tp.load_solvers(args.folder / "solvers.py")
    tasks = tp.load_tasks("arc-agi-1/training")
    grids = [pair.input for task in tasks for pair in (*task.demo, *task.test)]
    rng = random.Random(args.seed)
    items = [(s, rng.randrange(len(grids))) for s in range(len(library)) for _ in range(args.inputs)]
    functions = arc_dsl_functions(args.folder, [solver.name for solver in library])

    one, two = (time_native(library, grids, items, workers, runs=5) for workers in (1, 2))
    python = time_python(functions, [(s, grids[k]) for s, k in items], args.cap)
    report = {
        "own_tasks": own_pairs(library, tasks),
        "import_and_compile_seconds": loading,
        "items": len(items),
        "arc_dsl": python,
        "native_1_thread_seconds": one,
        "native_2_threads_seconds": two,
        "ratio_1_thread": python["seconds"] / one,
        "ratio_2_threads_to_1": one / two,
        "machine": machine_facts(),
    }
    print(json.dumps(report, indent=2, default=str))


if __name__ == "__main__":
    main()
