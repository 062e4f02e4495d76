"""What a Dask cluster costs beside threads of one process, as a block of README.md.

    python tests/benchmarks/cluster.py --samples 800 --workers 2

All built-in solvers run on the samples, three times: on threads of this process, then on a cluster of as many
processes on this machine, whose first run ships the solvers and is not measured. The tables must be the same.
Processor time is that of the workers and of this process, in which the scheduler runs too; what a cluster that
has nothing to do takes here in the same time is subtracted.
"""

import argparse
import logging
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from distributed import Client, LocalCluster

import tokpidjin as tp
from tokpidjin.library import Library
from tokpidjin.machine import machine_facts, package_commit, usable_cores
from tokpidjin.report.readme import with_block
from tokpidjin.report.tables import Table, number
from tokpidjin.results import read_summary
from tokpidjin.runner import Executor
from tokpidjin.tasks import Sample, samples_of

CORES = (2, 8, 32, 128)
BILLION = 10**9
IDLE_SECONDS = 10.0


@dataclass(frozen=True)
class Measured:
    """A run: wall seconds, and processor µs an item: of this process, in its engine alone, of the workers."""

    items: int
    seconds: float
    engine: float
    here: float
    there: float
    bytes: float
    digest: str


def measure(
    library: Library, samples: list[Sample], workers: int, client: Client | None, idle: float = 0.0
) -> Measured:
    """`idle` is the share of a core that this process takes without any work."""
    with tempfile.TemporaryDirectory() as out:
        coordinator = tp.MegaBatchCoordinator(
            library=library, engine="native", max_workers=workers, cluster=client, out=out, progress=False
        )
        started, here, there = time.perf_counter(), time.process_time(), worker_seconds(client)
        with engine_seconds() as engine:
            for _ in coordinator.stream(samples):
                pass
        seconds, here = time.perf_counter() - started, time.process_time() - here
        there = worker_seconds(client) - there
        summary = read_summary(Path(out))
        size = sum(file.stat().st_size for file in Path(out).iterdir())
    items = summary["items"]
    costs = (1e6 * cost / items for cost in (sum(engine), here - idle * seconds, there))
    return Measured(items, seconds, *costs, size / items, summary["digest"])


@contextmanager
def engine_seconds() -> Iterator[list[float]]:
    """Lists the processor time of each batch in the engine of this process."""
    found: list[float] = []
    execute = Executor.execute

    def timed(*arguments: Any, **options: Any) -> Any:
        before = time.process_time()
        result = execute(*arguments, **options)
        found.append(time.process_time() - before)
        return result

    with patch.object(Executor, "execute", timed):
        yield found


def worker_seconds(client: Client | None) -> float:
    """Processor time of all workers so far."""
    return 0.0 if client is None else sum(client.run(time.process_time).values())


def idle_share() -> float:
    """The share of a core that this process takes while it waits."""
    before = time.process_time()
    time.sleep(IDLE_SECONDS)
    return (time.process_time() - before) / IDLE_SECONDS


def measure_both(count: int, workers: int) -> tuple[Measured, Measured]:
    library = tp.load_solvers()
    samples = samples_of(tp.load_tasks("arc-agi-1/training"))[:count]
    library.bytecode  # noqa: B018 (compiled before the clock starts)
    local = measure(library, samples, workers, None)
    with (
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=None,
            silence_logs=logging.ERROR,
        ) as cluster,
        Client(cluster) as client,
    ):
        measure(library, samples[: 8 * workers], workers, client)
        shared = measure(library, samples, workers, client, idle_share())
    if local.digest != shared.digest:
        raise SystemExit(f"the cluster's table differs: {shared.digest}, not {local.digest}")
    return local, shared


def block(local: Measured, shared: Measured, workers: int) -> str:
    """The tables as Markdown, and on what they were made."""
    machine = machine_facts()
    return "\n\n".join(
        [
            measured_table(local, shared, workers).markdown(),
            f"{local.items:,} items, the same digest. `python tests/benchmarks/cluster.py --samples "
            f"{local.items // len(tp.load_solvers())} --workers {workers}` at commit "
            f"{package_commit() or 'unknown'}; {machine['cpu']}, {machine['usable_cores']} cores, "
            f"{machine['python']}.",
            "A billion items on paper, with these figures. One process with *n* threads: 10⁹ (*e* / *n* + *s*), "
            f"where *e* = {number(local.engine)} µs are the engine's and *s* = "
            f"{number(local.here - local.engine)} µs all that one thread does. A cluster of *n* cores: "
            f"the longer of 10⁹ *w* / *n* and 10⁹ *c*, where *w* = {number(shared.there)} µs are a worker's and "
            f"*c* = {number(shared.here)} µs the client's, with the scheduler's in it: one client keeps "
            f"up with *w* / *c* = {number(shared.there / shared.here)} cores, and with as many times more as "
            f"solvers are heavier than these. The results are {number(shared.bytes)} GB.",
            paper_table(local, shared).markdown(),
        ]
    )


def measured_table(local: Measured, shared: Measured, workers: int) -> Table:
    rows = [
        (name, number(run.items / run.seconds), *(number(cost) if cost else "" for cost in costs))
        for name, run, costs in (
            (f"one process, {workers} threads", local, (0, local.here)),
            (f"cluster of {workers} processes, on the same cores", shared, (shared.there, shared.here)),
        )
    ]
    return Table(
        ("on", "items/s", "processor µs an item, workers", "processor µs an item, this process"), rows
    )


def paper_table(local: Measured, shared: Measured) -> Table:
    rows = []
    for cores in CORES:
        alone = local.engine / cores + local.here - local.engine
        times = (alone, max(shared.there / cores, shared.here))
        bound = "workers" if shared.there / cores > shared.here else "client"
        rows.append((f"{cores}", *(number(BILLION * time / 1e6 / 60) for time in times), bound))
    return Table(("cores", "minutes, one process", "minutes, cluster", "the cluster's bound"), rows, words=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--samples", type=int, default=800)
    parser.add_argument("--workers", type=int, default=usable_cores())
    parser.add_argument("--readme", type=Path, default=Path("README.md"))
    arguments = parser.parse_args()
    text = block(*measure_both(arguments.samples, arguments.workers), arguments.workers)
    print(text)
    arguments.readme.write_text(with_block(arguments.readme.read_text(), "cluster", text))


if __name__ == "__main__":
    main()
