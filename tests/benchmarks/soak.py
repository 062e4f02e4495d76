"""Random libraries, samples, engines, workers and batches; kills and resumes; for as long as wanted.

    python tests/benchmarks/soak.py --seconds 3600 --seed 1

In each round one run is left alone, in this process, and another of the same samples is killed or interrupted
a few times, each time resumed with other workers and batches. The two tables must be the same, save for the
times, and for items that met a limit where not both engines are compiled. The memory of this process must not
grow. The last line says what was done; exit status 1 means a difference or a leak.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa

import tokpidjin as tp
from tokpidjin.digest import table_digest
from tokpidjin.library import Library
from tokpidjin.results import read_results
from tokpidjin.tasks import Sample, pick_samples, samples_of

TASKS = ("arc-agi-1/training", "arc-agi-1/evaluation", "arc-agi-2/evaluation")
LIMITS = {"budget", "memory", "range", "unsupported", "timeout"}
SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
ENGINES = ("native", "python")
WARM_UP = 0.2
GROWTH = 1.1

# What makes a grid of the grid x, or fails.
STEPS = """
rot90({x}) | rot180({x}) | hmirror({x}) | vmirror({x}) | dmirror({x}) | tophalf({x}) | lefthalf({x})
replace({x}, {c}, {d}) | switch({x}, {c}, {d}) | upscale({x}, TWO) | hconcat({x}, {x}) | trim({x})
fill({x}, {c}, ofcolor({x}, {d})) | underfill({x}, {c}, asindices({x})) | compress({x})
subgrid(argmax(objects({x}, T, F, T), size), {x}) | subgrid(first(fgpartition({x})), {x})
paint(canvas({c}, shape({x})), merge(objects({x}, T, T, T))) | cover({x}, first(objects({x}, T, F, F)))
underpaint({x}, shift(asobject({x}), UNITY)) | fill({x}, {c}, delta(ofcolor({x}, {d}))) | downscale({x}, TWO)
fill({x}, {c}, mapply(outbox, objects({x}, T, T, T))) | subgrid(extract(partition({x}), square), {x})
canvas(leastcolor({x}), astuple(numcolors({x}), height({x}))) | crop({x}, ORIGIN, (TWO, TWO))
"""
STEP_LIST = [step.strip() for line in STEPS.split("\n") for step in line.split("|") if step.strip()]


@dataclass(frozen=True)
class Case:
    """What a round runs: solvers from a file, or some of the built-in ones, on some samples."""

    solvers: str | None
    first: int
    last: int
    tasks: str
    samples: int
    seed: int

    def library(self) -> Library:
        return tp.load_solvers(self.solvers)[self.first : self.last]

    def chosen(self) -> list[Sample]:
        return pick_samples(samples_of(tp.load_tasks(self.tasks)), self.samples, self.seed)


@dataclass(frozen=True)
class How:
    """How one process runs a case."""

    engine: str
    workers: int
    batch_size: int

    def finish(self, case: Case, out: Path, resume: bool) -> None:
        coordinator = tp.MegaBatchCoordinator(
            library=case.library(),
            engine=self.engine,
            max_workers=self.workers,
            batch_size=self.batch_size,
            out=out,
            resume=resume,
            progress=False,
            enable_gpu=False,
            timeout=1.0,
        )
        samples = case.chosen()
        print("begun", flush=True) if resume else None
        for _ in coordinator.stream(samples):
            pass


def draw_case(chance: random.Random, folder: Path) -> Case:
    tasks, samples, seed = chance.choice(TASKS), chance.randint(1, 60), chance.randrange(10**6)
    if chance.random() < 0.5:
        first = chance.randrange(390)
        return Case(None, first, first + chance.randint(1, 40), tasks, samples, seed)
    count = chance.randint(1, 40)
    path = folder / "solvers.py"
    path.write_text("from dsl import *\nfrom constants import *\n" + "".join(draw_solvers(chance, count)))
    return Case(str(path), 0, count, tasks, samples, seed)


def draw_solvers(chance: random.Random, count: int) -> Iterator[str]:
    for number in range(count):
        lines = [f"\n\ndef solve_{number:08x}(I):", "    x0 = I"]
        for step in range(chance.randint(1, 6)):
            words = {"x": f"x{chance.randint(0, step)}", "c": chance.randint(0, 9), "d": chance.randint(0, 9)}
            lines.append(f"    x{step + 1} = {chance.choice(STEP_LIST).format(**words)}")
        yield "\n".join([*lines, f"    return x{len(lines) - 2}\n"])


def draw_how(chance: random.Random, engine: str) -> How:
    return How(engine, chance.randint(1, 3), chance.choice([1, 2, 5, 20, 1000]))


def disturbed(chance: random.Random, case: Case, engine: str, out: Path) -> int:
    """Runs the case in processes that are stopped, until one is not; returns how many were."""
    stopped = 0
    while True:
        how = draw_how(chance, engine)
        command = [sys.executable, __file__, "--worker", json.dumps([asdict(case), asdict(how), str(out)])]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        )
        assert process.stdout is not None
        process.stdout.readline()
        if stopped < 4 and chance.random() < 0.8:
            time.sleep(chance.random() ** 3 * 2)
            process.send_signal(chance.choice(SIGNALS))
        _, errors = process.communicate(timeout=300)
        if process.returncode == 0:
            return stopped
        if process.returncode > 0 and b"KeyboardInterrupt" not in errors:
            raise SystemExit(f"{case}, {how}: {errors.decode()}")
        stopped += 1


def difference(table: pa.Table, other: pa.Table, exact: bool) -> str | None:
    """The first row that differs, in words; not `exact`, items that met a limit may."""
    if exact:
        return None if table_digest(table) == table_digest(other) else "the digests differ"
    if len(table) != len(other):
        return f"{len(table)} rows and {len(other)}"
    kept = ["microseconds", "primitives"]
    pairs = zip(table.drop_columns(kept).to_pylist(), other.drop_columns(kept).to_pylist(), strict=True)
    for row, twin in pairs:
        if row != twin and not LIMITS & {row["status"], twin["status"]}:
            return f"{row} and {twin}"
    return None


def resident_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def leaks(memory: Sequence[float]) -> bool:
    """Whether the last rounds need more than the first ones after the warm-up."""
    after = memory[int(len(memory) * WARM_UP) :]
    half = len(after) // 2
    return half > 10 and max(after[half:]) > GROWTH * max(after[:half])


def soak(seconds: float, seed: int) -> int:
    end = time.monotonic() + seconds
    memory: list[float] = []
    items = stops = 0
    while time.monotonic() < end:
        chance = random.Random(f"{seed} {len(memory)}")
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            case = draw_case(chance, folder)
            engine, other = chance.choice(ENGINES), chance.choice(ENGINES)
            draw_how(chance, engine).finish(case, folder / "whole", resume=False)
            stops += disturbed(chance, case, other, folder / "stopped")
            whole, _ = read_results(folder / "whole")
            table, _ = read_results(folder / "stopped")
            found = difference(whole, table, exact=engine == other == "native")
            if found:
                print(f"round {len(memory)}, {engine} and {other}, {case}: {found}")
                return 1
        items += len(whole)
        memory.append(resident_mb())
        if len(memory) % 10 == 0:
            print(f"{len(memory)} rounds, {items:,} items, {stops} stops, {memory[-1]:.0f} MB", flush=True)
    leaking = leaks(memory)
    print(
        f"soak: {len(memory)} rounds, {items:,} items, {stops} stops and resumes, no difference, memory "
        f"{memory[int(len(memory) * WARM_UP)]:.0f} MB then {memory[-1]:.0f} MB, at most {max(memory):.0f} MB"
        + (": it grows" if leaking else "")
    )
    return int(leaking)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        case, how, out = json.loads(arguments.worker)
        How(**how).finish(Case(**case), Path(out), resume=True)
        return 0
    return soak(arguments.seconds, arguments.seed)


if __name__ == "__main__":
    sys.exit(main())
