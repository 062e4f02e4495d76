"""Times the GPU beside all cores of the same machine: every solver on every input of arc-agi-1/training, 687,200 items.

    python tests/benchmarks/gpu.py [--inputs 1718] [--runs 5] [--readme README.md]

Each engine runs once to warm up and then `--runs` times, in turn; the fastest run counts. `matches`: the inputs are on
the device already, and of every item status, hash, primitives and agreement with the expected output come back.
`outputs`: all output grids as well. Kernel seconds are how long the busiest GPU was at work, by its own clock. Where
both engines run, their results must be the same. Prints one JSON object, and the block that `--readme` puts into
README.md.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

import tokpidjin as tp
from tokpidjin.engines import cuda
from tokpidjin.engines.items import ItemResults
from tokpidjin.engines.native import NativeEngine
from tokpidjin.machine import machine_facts, package_commit, package_versions, usable_cores
from tokpidjin.report.readme import with_block
from tokpidjin.report.tables import Table, number
from tokpidjin.runner import every_item, read_grids
from tokpidjin.tasks import samples_of

FIELDS = ("status", "hashes", "primitives", "agreeing")


def load(inputs: int) -> tuple[Any, list[Any], dict[str, Any]]:
    """The bytecode, the answers, and the arguments of `run` for every solver on the first inputs."""
    bytecode = tp.load_solvers().bytecode
    samples = samples_of(tp.load_tasks("arc-agi-1/training"))[:inputs]
    answers = [np.array(sample.output, np.uint8) for sample in samples]
    grids = read_grids([sample.input for sample in samples])
    programs, numbers = every_item(len(bytecode.names), len(grids))
    return bytecode, answers, {"grids": grids, "programs": programs, "samples": numbers}


def seconds_of(engine: Any, **arguments: Any) -> dict[str, float | None]:
    """Wall time of a run, and of it the time that the busiest GPU was at work."""
    start = time.perf_counter()
    engine.run(**arguments, workers=usable_cores())
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "kernel_seconds": getattr(engine, "kernel_seconds", None)}


def measure(
    engines: dict[str, Any], answers: list[Any], arguments: dict[str, Any], runs: int
) -> dict[str, Any]:
    """For each engine the fastest run of each kind."""
    kinds = {"matches": {"expected": answers}, "outputs": {"expected": answers, "outputs": True}}
    found: dict[str, Any] = {name: {kind: [] for kind in kinds} for name in engines}
    for run in range(runs + 1):
        for kind, options in kinds.items():
            for name, engine in engines.items():
                times = seconds_of(engine, **arguments, **options)
                if run:  # the first one is to warm up
                    found[name][kind].append(times)
    return {
        name: {kind: min(times, key=lambda time: time["seconds"]) for kind, times in kinds.items()}
        for name, kinds in found.items()
    }


def assert_same(engines: dict[str, Any], answers: list[Any], arguments: dict[str, Any]) -> int:
    """How many items agree with their answers; all engines must say the same of every item, output and all."""
    first, *others = [
        engine.run(**arguments, expected=answers, outputs=True, workers=usable_cores())
        for engine in engines.values()
    ]
    for other in others:
        for name in FIELDS:
            if not np.array_equal(getattr(first, name), getattr(other, name)):
                raise AssertionError(f"the engines differ in {name}")
        if any(not np.array_equal(a, b) for a, b in zip(first.outputs, other.outputs, strict=True)):
            raise AssertionError("the engines differ in an output")
    return matches(first, answers, arguments)


def matches(results: ItemResults, answers: list[Any], arguments: dict[str, Any]) -> int:
    """The number of items whose output is the answer."""
    sizes = np.array([answer.size for answer in answers])
    return int(np.count_nonzero(results.agreeing == sizes[arguments["samples"]]))


def report(inputs: int, runs: int) -> dict[str, Any]:
    """Measures, and puts together what was measured on what."""
    lack = cuda.why_unusable()
    bytecode, answers, arguments = load(inputs)
    engines: dict[str, Any] = {"native": NativeEngine(bytecode)}
    preparing = None
    if lack is None:
        start = time.perf_counter()
        engines["cuda"] = cuda.CudaEngine(bytecode)
        preparing = time.perf_counter() - start
    matching = assert_same(engines, answers, arguments)
    fastest = measure(engines, answers, arguments, runs)
    return {
        "items": len(arguments["programs"]),
        "solvers": len(bytecode.names),
        "inputs": len(answers),
        "matching": matching,
        "no_gpu": lack,
        "cuda_preparing_seconds": preparing,
        "fastest": fastest,
        "native_to_cuda": None if lack else {kind: ratio(fastest, "cuda", kind) for kind in fastest["cuda"]},
        "workers": usable_cores(),
        "machine": machine_facts(),
        "packages": package_versions(),
        "commit": package_commit(),
    }


def ratio(fastest: dict[str, Any], engine: str, kind: str) -> float:
    """How many times faster than native, on the same machine in the same run."""
    return float(fastest["native"][kind]["seconds"] / fastest[engine][kind]["seconds"])


def block(found: dict[str, Any]) -> str:
    """The figures as Markdown."""
    rows = [
        (
            engine,
            kind,
            number(times["seconds"]),
            "" if times["kernel_seconds"] is None else number(times["kernel_seconds"]),
            number(1e6 * times["seconds"] / found["items"]),
            number(ratio(found["fastest"], engine, kind)),
        )
        for engine, kinds in found["fastest"].items()
        for kind, times in kinds.items()
    ]
    columns = ("engine", "back comes", "seconds", "kernel seconds", "µs/item", "native/this")
    machine = found["machine"]
    gpus = ", ".join(f"{gpu['name']}, {gpu['memory']}" for gpu in machine["gpus"])
    gpu = gpus if found["no_gpu"] is None else f"no GPU was used ({found['no_gpu']})"
    measured = (
        f"{found['solvers']:,} solvers on {found['inputs']:,} inputs of arc-agi-1/training, {found['items']:,} "
        f"items; {gpu}; {machine['cpu']}, {found['workers']} threads, {machine['python']}. `make gpu` at commit "
        f"{found['commit'] or 'unknown'}."
    )
    return f"{Table(columns, rows, words=2).markdown()}\n\n{measured}"


def main() -> None:
    """Reads the command line, measures, prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--inputs", type=int, default=1718, help="training inputs, from the first one on")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--readme", type=Path, help="a file whose block `gpu` is rewritten")
    args = parser.parse_args()
    found = report(args.inputs, args.runs)
    print(json.dumps(found, indent=2))
    print(f"\n{block(found)}")
    if args.readme:
        args.readme.write_text(with_block(args.readme.read_text(), "gpu", block(found)))


if __name__ == "__main__":
    main()
