"""Streams many samples through all built-in solvers: cost per item as the work grows tenfold, and memory.

    python tests/benchmarks/streaming.py VARIANTS.json.gz [...] --samples 40000 --workers 2

The samples are drawn from files of fresh examples ({task id: [{input, output}, ...]}), turned, mirrored and with
their colours exchanged. A tenth of them runs first, then all, each in a process of its own whose peak memory is
measured. Prints a line for each, and the ratio of the costs.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import tokpidjin as tp
from tokpidjin.machine import machine_facts, package_commit
from tokpidjin.results import read_summary
from tokpidjin.tasks import Grid, Pair, Sample, load_variants


class Augmented(Sequence[Sample]):
    """`count` samples made of pairs when they are asked for; the k-th is always the same."""

    def __init__(self, files: Sequence[str], count: int) -> None:
        examples = [load_variants(file) for file in files]
        self._pairs = [
            (task, pair) for variants in examples for task, pairs in variants.items() for pair in pairs
        ]
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: Any) -> Any:
        numbers = range(self._count)[place]
        return [self._make(k) for k in numbers] if isinstance(place, slice) else self._make(numbers)

    def _make(self, number: int) -> Sample:
        chance = random.Random(number)
        task, pair = chance.choice(self._pairs)
        turns, mirrored = chance.randrange(4), chance.random() < 0.5
        colours = np.array(chance.sample(range(10), 10), np.uint8)
        given, answer = (changed(grid, turns, mirrored, colours) for grid in both(pair))
        return Sample(task, "example", number, given, answer)


def both(pair: Pair) -> tuple[Grid, Grid]:
    assert pair.output is not None
    return pair.input, pair.output


def changed(grid: Grid, turns: int, mirrored: bool, colours: np.ndarray) -> Grid:
    array = np.rot90(colours[np.array(grid, np.uint8)], turns)
    return tuple(map(tuple, (array[::-1] if mirrored else array).tolist()))


def stream(files: Sequence[str], count: int, workers: int) -> dict[str, Any]:
    """One run, in this process."""
    library = tp.load_solvers()
    library.bytecode  # noqa: B018 (compiled before the clock starts)
    with tempfile.TemporaryDirectory() as out:
        coordinator = tp.MegaBatchCoordinator(
            library=library, engine="native", max_workers=workers, out=out, progress=False
        )
        before, started = time.process_time(), time.perf_counter()
        for _ in coordinator.stream(Augmented(files, count)):
            pass
        seconds, cpu = time.perf_counter() - started, time.process_time() - before
        summary = read_summary(Path(out))
        size = sum(file.stat().st_size for file in Path(out).iterdir())
    return {
        "samples": count,
        "items": summary["items"],
        "seconds": seconds,
        "us_per_item": 1e6 * seconds / summary["items"],
        "cpu_us_per_item": 1e6 * cpu / summary["items"],
        "bytes_per_item": size / summary["items"],
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "digest": summary["digest"],
    }


def alone(arguments: argparse.Namespace, count: int) -> dict[str, Any]:
    """One run, in a process of its own."""
    command = [sys.executable, __file__, *arguments.variants, "--workers", str(arguments.workers)]
    done = subprocess.run(
        [*command, "--only", str(count)], check=True, stdout=subprocess.PIPE, env=os.environ
    )
    return dict(json.loads(done.stdout))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("variants", nargs="+", help="files of fresh examples")
    parser.add_argument("--samples", type=int, default=40_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.only:
        print(json.dumps(stream(arguments.variants, arguments.only, arguments.workers)))
        return
    runs = [alone(arguments, count) for count in (arguments.samples // 10, arguments.samples)]
    for run in runs:
        print(
            f"{run['items']:,} items: {run['seconds']:.1f} s, {run['us_per_item']:.2f} µs an item "
            f"({run['cpu_us_per_item']:.2f} µs of processor time), peak memory {run['peak_mb']:,.0f} MiB, "
            f"{run['bytes_per_item']:.1f} bytes an item on disk",
            flush=True,
        )
    wall, cpu = (runs[1][key] / runs[0][key] for key in ("us_per_item", "cpu_us_per_item"))
    print(f"tenfold: cost per item x {wall:.2f}, processor time x {cpu:.2f}")
    machine = machine_facts()
    print(f"{arguments.workers} workers; {machine['cpu']}, {machine['python']}, commit {package_commit()}")


if __name__ == "__main__":
    main()
