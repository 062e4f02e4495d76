"""Other machines: the samples of a run as tasks of a Dask cluster, the solvers shipped once to each worker."""

import asyncio
import multiprocessing
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from math import inf
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias
from uuid import uuid4

import numpy as np
import pyarrow as pa

from tokpidjin.batches import DemoPairs, LibraryRunner
from tokpidjin.batt import decode_grid
from tokpidjin.engines.items import Outputs
from tokpidjin.engines.python import pack_outputs
from tokpidjin.engines.registry import AUTO, BACKENDS, check_engine, usable_engines
from tokpidjin.engines.status import Progress
from tokpidjin.errors import EngineError, ParameterError, TokpidjinError
from tokpidjin.flow import PART_SECONDS, Pace
from tokpidjin.identity import library_identity, package_identity
from tokpidjin.library import Library, load_solvers, load_text
from tokpidjin.parts import Part
from tokpidjin.runner import Executor, read_grids
from tokpidjin.tasks import Grid, Sample

try:
    from distributed import Client, Future, KilledWorker, Worker, WorkerPlugin, as_completed, get_worker
except ModuleNotFoundError as error:
    raise EngineError(
        "a cluster", cause=f"Dask is not installed ({error})", remedy="pip install 'tokpidjin[dask]'"
    ) from error

__all__ = ["Cluster", "ClusterRunner", "ClusterSource"]

_Numbered = tuple[int, Sequence[Sample]]
"""Neighbouring samples of a run, and the number of the first."""

Cluster: TypeAlias = str | Client
"""A scheduler's address, or a client of it."""

_CONNECT_SECONDS = 10.0
_PATIENCE_SECONDS = 60.0
"""How long a run waits for a worker when all are gone: they may be starting again."""

_TASKS_PER_WORKER = 2
"""One runs while another waits, so that no worker waits for the client."""

_BUILT_IN = Path(__file__).parent / "solvers"
_LOOK_SECONDS = 1.0
_TICK_SECONDS = 0.02
_KEPT_LIBRARIES = 2

_SAME_EVERYWHERE = "Install the same tokpidjin on the client, the scheduler and the workers."


class _Limits(NamedTuple):
    """Those of an item, as an executor takes them."""

    budget: int | None
    timeout: float | None
    memory_limit: int | None


# What travels


@dataclass(frozen=True)
class _Recipe:
    """What a worker needs to make a runner of its own. Solvers travel as the text of their file."""

    identity: str
    file: tuple[str, str, bool] | None
    """Path, text and whether it is trusted; None for the built-in solvers."""
    prefix: str
    ids: tuple[str, ...]
    engine: str
    limits: "_Limits"

    @staticmethod
    def of(library: Library, engine: str, limits: "_Limits") -> "_Recipe":
        prefixes = {solver.name.removesuffix(solver.id) for solver in library} or {"solve_"}
        files = {
            (solver.file, solver.text, library.trusted)
            for solver in library
            if Path(solver.file).parent != _BUILT_IN
        }
        if len(files) > 1 or len(prefixes) > 1:
            raise ParameterError(
                "a library on a cluster",
                cause="its solvers come from several files",
                remedy="Put them into one file, or run one library after the other.",
                parameter="library",
            )
        file = files.pop() if files else None
        prefix = prefixes.pop()
        return _Recipe(library_identity(library), file, prefix, library.ids, engine, limits)

    def library(self) -> Library:
        """The library, loaded with the same checks as on the client."""
        if self.file is None:
            loaded = load_solvers(prefix=self.prefix)
        else:
            path, text, trusted = self.file
            loaded = load_text(path, text, self.prefix, trusted)
        library = loaded.only(self.ids)
        if library_identity(library) != self.identity:
            raise EngineError(
                "the library of a worker",
                cause=f"it is {library_identity(library)}, where the client has {self.identity}",
                remedy=_SAME_EVERYWHERE,
            )
        return library


class _Chunk(NamedTuple):
    """Neighbouring samples, the first of them number `first`; grids travel as one block of cells."""

    first: int
    places: list[tuple[str, str, int]]
    inputs: Outputs
    answers: Outputs
    keep_answers: bool

    @staticmethod
    def of(first: int, samples: Sequence[Sample], keep_answers: bool) -> "_Chunk":
        return _Chunk(
            first,
            _places(samples),
            pack_outputs(read_grids([sample.input for sample in samples])),
            pack_outputs([_codes(sample.output) for sample in samples]),
            keep_answers,
        )

    def samples(self) -> list[Sample]:
        grids = zip(self.places, self.inputs, self.answers, strict=True)
        return [Sample(*place, _grid(given), _grid(answer)) for place, given, answer in grids]  # type: ignore[arg-type]


def _codes(grid: Grid | None) -> Any:
    return None if grid is None else np.array(grid, np.uint8)


def _grid(codes: Any) -> Grid | None:
    return None if codes is None else decode_grid(codes)


class _Result(NamedTuple):
    """What comes back: the tables of a part as compressed Arrow streams."""

    table: bytes
    kept: bytes | None
    seconds: float
    execute_seconds: float

    @staticmethod
    def of(part: Part) -> "_Result":
        kept = None if part.kept is None else _packed(part.kept)
        return _Result(_packed(part.table), kept, part.seconds, part.execute_seconds)

    def part(self, first: int, samples: Sequence[Sample]) -> Part:
        kept = None if self.kept is None else _unpacked(self.kept)
        return Part(first, samples, _unpacked(self.table), kept, self.seconds, self.execute_seconds)


def _packed(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _unpacked(content: bytes) -> pa.Table:
    return pa.ipc.open_stream(content).read_all()


# On a worker


class _Shipped(WorkerPlugin):  # type: ignore[misc]
    """The solvers on a worker. Dask gives it to every worker that there is, and to each that comes later."""

    def __init__(self, recipe: _Recipe) -> None:
        self._recipe = recipe

    async def setup(self, worker: Worker) -> None:
        """Loads and compiles the library; an error here is raised on the client."""
        # In a thread: meanwhile the worker must answer the scheduler.
        await asyncio.to_thread(self._loaded, worker)

    def run(self, chunk: _Chunk, worker: Worker) -> _Result:
        """Runs every solver on the samples."""
        loaded, samples = self._loaded(worker), chunk.samples()
        with loaded.alone:
            run = loaded.runner.run(samples, {})
        return _Result.of(Part.of(chunk.first, run, chunk.keep_answers))

    def _loaded(self, worker: Worker) -> "_Loaded":
        try:
            with _loading:
                return _load(self._recipe, worker.state.nthreads)
        except TokpidjinError as error:
            error.add_note(f"on worker {worker.address}")
            raise


class _Loaded(NamedTuple):
    """A library ready to run in this process. Each run takes all threads, so runs come one after the other."""

    runner: LibraryRunner
    alone: threading.Lock


_loading = threading.Lock()


# Kept by the process, so that the next run with the same solvers, or another client's, finds them here.
@lru_cache(_KEPT_LIBRARIES)
def _load(recipe: _Recipe, threads: int) -> _Loaded:
    executor = Executor(recipe.library(), recipe.engine, threads, isolated=True, **recipe.limits._asdict())
    # Workers are daemonic, which bars them from starting processes, lest they leave orphans when they are
    # killed. The python engine's end by themselves when the worker's end of their pipe is closed.
    if "timeout" in executor.limits:
        multiprocessing.current_process().daemon = False
    return _Loaded(LibraryRunner(executor), threading.Lock())


def _work(name: str, chunk: _Chunk) -> _Result:
    """A task."""
    worker = get_worker()
    shipped = worker.plugins.get(name)
    if not isinstance(shipped, _Shipped):
        raise EngineError(
            f"worker {worker.address}", cause="it was not given the solvers", remedy=_SAME_EVERYWHERE
        )
    return shipped.run(chunk, worker)


# On the client


class ClusterRunner(LibraryRunner):
    """The solvers of a library on a Dask cluster; `ClusterSource` runs them there, `run` in this process.

    cluster: the scheduler's address, as in "tcp://10.0.0.1:8786", or a `distributed.Client`.
    engine: as for the coordinator; without one it is "cuda" where all workers can use it and `enable_gpu`,
        else "native". budget, timeout, memory_limit: the limits of an item.

    `workers` is the number of the cluster's threads, as they are now. Raises ParameterError for what is no
    cluster, EngineError for one that cannot be reached, has no worker or another version of this package.
    """

    def __init__(
        self,
        cluster: object,
        library: Library,
        engine: str | None,
        enable_gpu: bool,
        budget: int | None,
        timeout: float | None,
        memory_limit: int | None,
    ) -> None:
        check_engine(AUTO if engine is None else engine)
        self._cluster = cluster
        with self._connected() as client:
            chosen = _common_engine(client, enable_gpu) if engine in (None, AUTO) else engine
            assert chosen is not None
            workers = sum(client.nthreads().values())
        # What runs here, and says what must be the same; it need not be able to do what the workers can.
        here = "native" if BACKENDS[chosen].compiled else chosen
        limits = _Limits(budget, timeout, memory_limit)
        super().__init__(Executor(library, here, None, isolated=True, **limits._asdict()))
        self._recipe = _Recipe.of(library, chosen, limits)
        self.engine = chosen
        self.workers = workers

    @contextmanager
    def shipped(self) -> Iterator[tuple[Client, str]]:
        """Ships the library to the workers: the client, and the name by which they know it, while it lasts."""
        name = f"tokpidjin-{uuid4()}"
        with self._connected() as client:
            try:
                _ship(client, _Shipped(self._recipe), name)
                yield client, name
            finally:
                # A scheduler that is gone has forgotten it.
                with suppress(OSError, ValueError, TimeoutError):
                    client.unregister_worker_plugin(name)

    @contextmanager
    def _connected(self) -> Iterator[Client]:
        """A client of a cluster that is fit to be used."""
        if isinstance(self._cluster, Client):
            _check_client(self._cluster)
            _check_cluster(self._cluster)
            yield self._cluster
            return
        with _connect(self._cluster) as client:
            _check_cluster(client)
            yield client


def _connect(address: object) -> Client:
    if not isinstance(address, str):
        raise _no_cluster(address, f"it is a {type(address).__name__}")
    if not address:  # Dask would start a cluster of its own.
        raise _no_cluster(address, "it is empty")
    try:
        return Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except ValueError as error:
        raise _no_cluster(address, str(error)) from error
    except (OSError, TimeoutError) as error:
        raise EngineError(
            f"cluster {address!r}",
            cause=f"no scheduler can be reached there ({error})",
            remedy="Start one with `dask scheduler`, and check the address that it prints.",
        ) from error


def _ship(client: Client, shipped: _Shipped, name: str) -> None:
    try:
        client.register_plugin(shipped, name=name)
    except OSError as error:
        raise EngineError(
            f"cluster {client.scheduler.address!r}",
            cause=f"a worker was lost while the solvers were on their way to it ({error})",
            remedy="Run again.",
        ) from error


def _check_client(client: Client) -> None:
    if client.asynchronous:
        raise _no_cluster(client, "it is asynchronous")
    if client.status != "running":
        raise _no_cluster(client, f"it is {client.status}")


def _no_cluster(given: object, cause: str) -> ParameterError:
    return ParameterError(
        f"cluster {given!r}",
        cause=cause,
        remedy="Give a scheduler's address, as in 'tcp://10.0.0.1:8786', or a dask.distributed.Client.",
        parameter="cluster",
    )


def _check_cluster(client: Client) -> None:
    """EngineError unless there are workers, and this package is the same everywhere."""
    address = client.scheduler.address
    try:
        client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
    except TimeoutError as error:
        raise EngineError(
            f"cluster {address!r}",
            cause="it has no worker",
            remedy=f"Start some with `dask worker {address}`.",
        ) from error
    try:
        found = {"the scheduler": client.run_on_scheduler(package_identity)}
    except Exception as error:  # whatever importing it raises there
        found = {"the scheduler": error}
    for worker, answer in client.run(package_identity, on_error="return").items():
        found[f"worker {worker}"] = answer
    here = package_identity()
    for place, there in found.items():
        if there != here:
            raise EngineError(
                f"cluster {address!r}",
                cause=f"tokpidjin here is {here}; on {place}: {there}",
                remedy=_SAME_EVERYWHERE,
            )


def _common_engine(client: Client, enable_gpu: bool) -> str:
    if not enable_gpu:
        return "native"
    usable = client.run(usable_engines)
    return "cuda" if all("cuda" in engines for engines in usable.values()) else "native"


class ClusterSource:
    """Runs the samples on a cluster's workers, in chunks of a second or two; parts come as they are done.

    The arguments are those of `LocalSource`; solvers of a library need no demo pairs. No more chunks are
    under way than keep the workers busy, so that a run may be larger than the memory.
    """

    def __init__(
        self,
        runner: ClusterRunner,
        samples: Sequence[Sample],
        demo: DemoPairs,
        pace: Pace,
        progress: Progress | None = None,
    ) -> None:
        pace.seconds = PART_SECONDS
        self._runner = runner
        self._samples = samples
        self._pace = pace
        self._progress = progress

    def parts(self, pending: Sequence[range], keep_answers: bool) -> Generator[Part]:
        """See `Source`. Raises EngineError where chunks or all workers are lost."""
        with self._runner.shipped() as (client, name):
            chunks = self._pace.cut(pending)
            under_way = _UnderWay(client)
            try:
                while True:
                    for numbers in islice(chunks, under_way.room()):
                        samples = self._samples[numbers.start : numbers.stop]
                        under_way.submit(name, numbers.start, samples, keep_answers)
                    if not under_way:
                        return
                    first, samples, outcome = under_way.next()
                    if isinstance(outcome, KilledWorker):
                        raise _killed([(first, samples), *under_way.killed()]) from outcome
                    yield self._received(first, samples, outcome)
            finally:
                under_way.cancel()

    batches = parts

    def _received(self, first: int, samples: Sequence[Sample], outcome: _Result | Exception) -> Part:
        if isinstance(outcome, Exception):
            raise _failure(outcome, first, samples)
        part = outcome.part(first, samples)
        self._pace.done(len(samples), part.seconds)
        if self._progress is not None:
            self._progress(part.counts)
        return part


class _UnderWay:
    """The tasks that were submitted and not received yet."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._tasks: dict[Future, _Numbered] = {}
        # With results: asking a task for its own would wait for ever where its worker is gone meanwhile.
        self._completed = as_completed(loop=client.loop, with_results=True, raise_errors=False)
        self._workers = 0
        self._looked, self._seen = -inf, time.monotonic()

    def __bool__(self) -> bool:
        return bool(self._tasks)

    def room(self) -> int:
        """How many more there may be."""
        self._look()
        return max(0, _TASKS_PER_WORKER * max(1, self._workers) - len(self._tasks))

    def submit(self, name: str, first: int, samples: Sequence[Sample], keep_answers: bool) -> None:
        chunk = _Chunk.of(first, samples, keep_answers)
        future = self._client.submit(_work, name, chunk, key=f"{name}-{first}", pure=False)
        self._tasks[future] = first, samples
        self._completed.add(future)

    def next(self) -> tuple[int, Sequence[Sample], _Result | Exception]:
        """The samples of the next one that is done, and what became of them.

        EngineError where no worker is left to do it.
        """
        while not self._completed.has_ready():
            self._look()
            time.sleep(_TICK_SECONDS)
        future, outcome = next(self._completed)
        if future.status == "error":
            _, outcome, _ = outcome
        return *self._tasks.pop(future), outcome

    def killed(self) -> list[_Numbered]:
        """The others whose workers died: they were on the same ones, and the first need not be to blame."""
        time.sleep(_LOOK_SECONDS)
        ready = [self.next() for _ in range(self._completed.count()) if self._completed.has_ready()]
        return [(first, samples) for first, samples, outcome in ready if isinstance(outcome, KilledWorker)]

    def cancel(self) -> None:
        self._client.cancel(list(self._tasks))

    def _look(self) -> None:
        """Counts the workers, once a second at most: some may have come, or all gone."""
        now = time.monotonic()
        if now - self._looked < _LOOK_SECONDS:
            return
        self._looked, self._workers = now, 0
        # Where there is no scheduler there are no workers.
        with suppress(OSError, TimeoutError):
            self._workers = len(self._client.nthreads())
        if self._workers:
            self._seen = now
        elif now - self._seen > _PATIENCE_SECONDS:
            raise EngineError(
                f"cluster {self._client.scheduler.address!r}",
                cause=f"it has had no worker for {_PATIENCE_SECONDS:g} s",
                remedy="Start some, and go on with resume.",
            )


def _failure(error: Exception, first: int, samples: Sequence[Sample]) -> TokpidjinError:
    """The error for a task that failed; it names the samples."""
    what = _named(first, samples)
    if isinstance(error, TokpidjinError):
        error.add_note(f"while {what} ran")
        return error
    cause, remedy = f"{type(error).__name__}: {error}", "See the workers' logs."
    if isinstance(error, CancelledError):
        cause, remedy = f"its task was cancelled ({error})", "See whether the scheduler runs."
    failure = EngineError(what, cause=cause, remedy=remedy, sample=_places(samples))
    failure.__cause__ = error
    return failure


def _killed(chunks: Sequence[_Numbered]) -> EngineError:
    """The error for tasks whose workers died again and again."""
    return EngineError(
        " and ".join(_named(first, samples) for first, samples in sorted(chunks)),
        cause="the workers that had them died again and again",
        remedy="See their logs. More memory for them, or a smaller batch_size, may help.",
        sample=[place for _, samples in sorted(chunks) for place in _places(samples)],
    )


def _places(samples: Sequence[Sample]) -> list[tuple[str, str, int]]:
    return [(sample.task_id, sample.split, sample.index) for sample in samples]


def _named(first: int, samples: Sequence[Sample]) -> str:
    ends = (f"{sample.task_id} {sample.split}[{sample.index}]" for sample in (samples[0], samples[-1]))
    return f"the chunk of samples {first} to {first + len(samples) - 1} ({' to '.join(ends)})"
