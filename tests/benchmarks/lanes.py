"""Loops whose iterations lanes share out, beside the same loops taken one iteration after the other.

    python tests/benchmarks/lanes.py [SOLVERS.py] [--inputs 1718] [--items 20000]

Runs every solver on training inputs on the GPU, both ways in turn, and compares the kernel's seconds, the fastest of
three runs each. Without a GPU it runs some of the items, drawn at random, on the emulator of a warp, and compares how
many instructions warps execute; that says nothing about the time of each. All results must be the same both ways.
Prints one JSON object.
"""

import argparse
import ctypes
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

import tokpidjin as tp
from tokpidjin.engines import cuda
from tokpidjin.engines.native import NativeEngine
from tokpidjin.machine import machine_facts, package_commit
from tokpidjin.runner import every_item, read_grids
from tokpidjin.tasks import samples_of

sys.path.insert(0, str(Path(__file__).parents[1] / "engines"))

FIELDS = ("status", "hashes", "primitives")
RUNS = 3
# As in engines/vm/bytecode.h.
LOOP, FLAGS, BY_LANE = 3, 2, 512


def one_by_one(marked: Callable[[NativeEngine], NDArray[np.int16]]) -> Callable[[Any], NDArray[np.int16]]:
    """The verified code without the marks of loops that lanes share out."""

    def cleared(engine: NativeEngine) -> NDArray[np.int16]:
        code, k, loops = marked(engine), 0, 0
        while k < len(code):
            is_loop = code[k, 0] == LOOP
            loops += is_loop and bool(code[k, FLAGS] & BY_LANE)
            code[k, FLAGS] &= ~BY_LANE if is_loop else -1
            k += 2 if is_loop else 1  # a loop takes two instructions' room
        assert loops, "no loop is marked"
        return code

    return cleared


def engines(bytecode: Any) -> dict[str, cuda.CudaEngine]:
    """The engine with the marks and without."""
    shared = cuda.CudaEngine(bytecode)
    with patch.object(NativeEngine, "verified_code", one_by_one(NativeEngine.verified_code)):
        return {"one by one": cuda.CudaEngine(bytecode), "by lane": shared}


def emulate(folder: str) -> ctypes.c_uint64:
    """Lets the engine find an emulated GPU; the count of what its warps execute."""
    from emulated_cupy import EmulatedCupy, Gpu, build_kernel

    sys.modules["cupy"] = EmulatedCupy(build_kernel(Path(folder)), [Gpu()])  # type: ignore[assignment]
    return ctypes.c_uint64.in_dll(ctypes.CDLL(str(Path(folder) / "kernel.so")), "tp_emulated_steps")


def measure(solvers: str | None, inputs: int, items: int) -> dict[str, Any]:
    """Both ways on the same items."""
    bytecode = (tp.load_solvers(solvers) if solvers else tp.load_solvers()).bytecode
    grids = read_grids([sample.input for sample in samples_of(tp.load_tasks("arc-agi-1/training"))[:inputs]])
    programs, samples = every_item(len(bytecode.names), len(grids))
    with tempfile.TemporaryDirectory() as folder:
        steps = emulate(folder) if cuda.why_unusable() else None
        if steps is not None:
            chosen = np.random.default_rng(0).choice(len(programs), min(items, len(programs)), replace=False)
            programs, samples = programs[chosen], samples[chosen]
        costs = compare(engines(bytecode), steps, grids, programs, samples)
    return {
        "measured": "kernel seconds" if steps is None else "instructions of warps, on the emulator",
        **costs,
        "ratio": costs["one by one"] / costs["by lane"],
        "items": len(programs),
        "solvers": len(bytecode.names),
        "machine": machine_facts(),
        "commit": package_commit(),
    }


def compare(ways: dict[str, cuda.CudaEngine], steps: ctypes.c_uint64 | None, *items: Any) -> dict[str, float]:
    """The least that the items cost each way, in turn; the results must be the same both ways."""
    costs: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(RUNS + 1 if steps is None else 1):
        results = []
        for name, engine in ways.items():
            before = 0 if steps is None else steps.value
            results.append(engine.run(*items))
            costs[name].append(engine.kernel_seconds if steps is None else steps.value - before)
        for field in FIELDS:
            assert np.array_equal(*(getattr(result, field) for result in results)), f"they differ in {field}"
    # On a GPU the run before these is to warm up.
    return {name: min(found[-RUNS:]) for name, found in costs.items()}


def main() -> None:
    """Reads the command line, measures, prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "solvers", nargs="?", help="a file of solvers in arc-dsl's style instead of the built-in ones"
    )
    parser.add_argument("--inputs", type=int, default=1718, help="training inputs, from the first one on")
    parser.add_argument("--items", type=int, default=20_000, help="without a GPU: so many of all items")
    args = parser.parse_args()
    print(json.dumps(measure(args.solvers, args.inputs, args.items), indent=2))


if __name__ == "__main__":
    main()
