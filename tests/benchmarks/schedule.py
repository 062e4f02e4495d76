"""What the order of items and the size of arenas are worth on a GPU, reckoned from times measured on a CPU.

    python tests/benchmarks/schedule.py [--inputs 1718]

Runs every solver on training inputs on one thread, three times, and takes each item's shortest time for that on a warp,
which it is not in detail. Then warps take the items as the kernel's do, the next one whenever one is done, in several
orders: how long all of it takes, over what it would if no warp ever waited. `guessed` is the order of a first call, by
the length of programs; `measured` that of the calls after it, by the longest item of each solver, beside `by mean`. No
order is better than `longest item`. Also counts the items that need more than the first, small arena.
Prints one JSON object.
"""

import argparse
import heapq
import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

import tokpidjin as tp
from tokpidjin.engines import launch, schedule
from tokpidjin.engines.native import NativeEngine
from tokpidjin.engines.requests import DEFAULT_ARENA
from tokpidjin.engines.schedule import Costs
from tokpidjin.engines.status import Status
from tokpidjin.machine import machine_facts, package_commit
from tokpidjin.runner import every_item, read_grids
from tokpidjin.tasks import samples_of

RUNS = 3
PROCESSORS = {"T4": 40, "L4": 58, "H200": 132}
"""Multiprocessors, from NVIDIA's data sheets."""


def waiting(times: NDArray[np.float64], warps: int) -> float:
    """The time until the last warp is done, over that of a perfect division."""
    free = times[:warps].tolist()
    heapq.heapify(free)
    for time in times[warps:].tolist():
        heapq.heapreplace(free, free[0] + time)
    return max(free) / (times.sum() / warps)


def orders(
    times: NDArray[np.float64], programs: NDArray[np.int32], bytecode: Any
) -> dict[str, NDArray[np.intp]]:
    """Places of items, by the name of the order; the items are solver by solver."""
    guessed, measured = Costs(np.diff(bytecode.code_start)), Costs(np.diff(bytecode.code_start))
    spent = np.bincount(programs, weights=times)
    longest = times.reshape(len(spent), -1).max(axis=1)
    found = {"spent": spent, "longest": longest, "status": np.zeros(len(programs), np.uint8)}
    measured.note(programs, found, small=False)

    def scheduled(costs: Costs) -> NDArray[np.intp]:
        return np.concatenate([part.items for part in schedule.parts_of(programs, costs, DEFAULT_ARENA, 1)])

    places = np.arange(len(programs)).reshape(len(spent), -1)
    return {
        "solver by solver": places.ravel(),
        "sample by sample": places.T.ravel(),
        "at random": np.random.default_rng(0).permutation(len(programs)),
        "by mean": places[np.argsort(-spent)].ravel(),
        "guessed": scheduled(guessed),
        "measured": scheduled(measured),
    }


def measure(inputs: int) -> dict[str, Any]:
    """Runs the items on the CPU, and reckons."""
    bytecode = tp.load_solvers().bytecode
    grids = read_grids([sample.input for sample in samples_of(tp.load_tasks("arc-agi-1/training"))[:inputs]])
    programs, samples = every_item(len(bytecode.names), len(grids))
    engine = NativeEngine(bytecode)
    runs = [engine.run(grids, programs, samples, times=True) for _ in range(RUNS)]
    times = np.min([run.microseconds for run in runs], axis=0).astype(float)
    small = engine.run(grids, programs, samples, arena=schedule._SMALL_ARENA)
    lacking = np.count_nonzero((small.status == Status.MEMORY) & (runs[0].status != Status.MEMORY))
    ordered = {name: times[places] for name, places in orders(times, programs, bytecode).items()}
    warps = {
        gpu: count * launch._WARPS_PER_BLOCK * launch._BLOCKS_PER_PROCESSOR
        for gpu, count in PROCESSORS.items()
    }
    return {
        "items": len(programs),
        "over_a_perfect_division": {
            gpu: {
                "longest item": round(times.max() / (times.sum() / count), 3),
                **{name: round(waiting(queue, count), 3) for name, queue in ordered.items()},
            }
            for gpu, count in warps.items()
        },
        "small_arena_bytes": schedule._SMALL_ARENA,
        "items_that_need_more": int(lacking),
        "machine": machine_facts(),
        "commit": package_commit(),
    }


def main() -> None:
    """Reads the command line, measures, prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--inputs", type=int, default=1718, help="training inputs, from the first one on")
    print(json.dumps(measure(parser.parse_args().inputs), indent=2))


if __name__ == "__main__":
    main()
