"""Times the whole library on all ARC-AGI-1 training inputs, on the GPU where there is one and on the CPU.

!python /kaggle/input/tokpidjin/kaggle_gpu_benchmark.py

Runs from the attached dataset as it is: installs tokpidjin from there where it is missing, without a network.
Prints a table and the machine, and writes both to kaggle_gpu_benchmark.json. Fails where the engines differ.
"""

import argparse
import importlib
import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ENGINES = ("native", "cuda")
WORKING = Path("/kaggle/working")


def main(arguments: list[str] | None = None) -> int:
    """0 when every engine of this machine gave the same, 1 when they differ."""
    args = parse(arguments)
    file = args.out / "kaggle_gpu_benchmark.json"
    args.out.mkdir(parents=True, exist_ok=True)
    file.touch()  # fails before the work where it cannot be written
    if find_spec("tokpidjin") is None:
        install(Path(__file__).resolve().parent)
    report = benchmark(args.samples, args.repeats)
    show(report)
    file.write_text(json.dumps(report, indent=1) + "\n")
    print(f"written to {file}")
    return int(report["differing"] > 0)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The options; ends the program where a number is none of its kind."""
    out = WORKING if WORKING.is_dir() else Path()
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--samples", type=count, metavar="N", help="input grids (default: all)")
    parser.add_argument(
        "--repeats", type=count, default=3, metavar="N", help="best of so many runs (default: 3)"
    )
    parser.add_argument("--out", type=Path, default=out, metavar="DIR", help=f"folder (default: {out})")
    return parser.parse_args(arguments)


def count(text: str) -> int:
    """A whole number from 1."""
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


def install(folder: Path) -> None:
    """Installs tokpidjin from the wheels in the folder."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--find-links", folder]
    subprocess.run([*command, "tokpidjin"], check=True)
    importlib.invalidate_caches()


def benchmark(samples: int | None, repeats: int) -> dict[str, Any]:
    """What each engine took for every solver on every input, the compilation aside, and on what machine."""
    import tokpidjin as tp
    from tokpidjin.engines import BACKENDS
    from tokpidjin.machine import machine_facts, package_versions
    from tokpidjin.tasks import pick_samples, samples_of

    library = tp.load_solvers()
    grids = [
        sample.input for sample in pick_samples(samples_of(tp.load_tasks("arc-agi-1/training")), samples)
    ]
    lacks = {engine: BACKENDS[engine].why_unusable() for engine in ENGINES}
    runs = {}
    for engine in (engine for engine in ENGINES if lacks[engine] is None):
        tp.run(library, grids[:1], engine)  # compiles
        found = [tp.run(library, grids, engine) for _ in range(repeats)]
        runs[engine] = min(found, key=lambda run: run.seconds)
    return {
        "solvers": len(library),
        "samples": len(grids),
        "repeats": repeats,
        "seconds": {engine: run.seconds for engine, run in runs.items()},
        "outputs": {engine: int((run.status == tp.Status.OK).sum()) for engine, run in runs.items()},
        "differing": count_differing(list(runs.values())),
        "unusable": {engine: lack for engine, lack in lacks.items() if lack is not None},
        "machine": machine_facts(),
        "versions": package_versions(),
    }


def count_differing(runs: list[Any]) -> int:
    """The items that ended otherwise, or with another output, than in the first run."""
    pairs = [(runs[0], run) for run in runs[1:]]
    return sum(int(((a.status != b.status) | (a.hashes != b.hashes)).sum()) for a, b in pairs)


def show(report: dict[str, Any]) -> None:
    """Prints the report."""
    from tokpidjin.report.tables import Table, number

    items, seconds = report["solvers"] * report["samples"], report["seconds"]
    rows = [
        (
            engine,
            f"{items:,}",
            number(taken),
            f"{items / taken:,.0f}",
            number(1e6 * taken / items),
            number(seconds["native"] / taken),
        )
        for engine, taken in seconds.items()
    ]
    print(Table(("engine", "items", "seconds", "items/s", "µs/item", "speed-up"), rows))
    print(f"\n{report['solvers']} solvers on {report['samples']:,} inputs, best of {report['repeats']} runs")
    print(f"items that differ between the engines: {report['differing']}")
    for engine, lack in report["unusable"].items():
        print(f"no {engine}: {lack}")
    facts, versions = report["machine"], report["versions"]
    gpus = ", ".join(gpu["name"] for gpu in facts["gpus"]) or "no GPU"
    print(f"{facts['cpu']}, {facts['usable_cores']} cores; {gpus}; {facts['system']}; {facts['python']}")
    print(", ".join(f"{name} {version}" for name, version in versions.items()))


if __name__ == "__main__":
    sys.exit(main())
