"""The coordinator: collects the inputs of all tasks, cuts them into batches, runs them, merges results."""

import logging
import os
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from math import inf
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from tokpidjin.answers import Answers
from tokpidjin.batches import BatchRun, BattRunner, LibraryRunner, Runner
from tokpidjin.batt import Pairs, find_batt
from tokpidjin.checks import check_path, check_seconds, check_whole, check_workers
from tokpidjin.engines.registry import AUTO, BACKENDS, check_engine, choose_engine
from tokpidjin.engines.status import Progress
from tokpidjin.engines.workers import MEMORY_LIMIT
from tokpidjin.errors import EngineError, ParameterError, did_you_mean
from tokpidjin.flow import PART_SECONDS, LocalSource, Pace, Source, flow
from tokpidjin.identity import run_identity
from tokpidjin.library import load_solvers
from tokpidjin.parts import Part, PartsFolder
from tokpidjin.progress import Bar, progress_bar
from tokpidjin.results import SCHEMA
from tokpidjin.runner import Executor, read_grids
from tokpidjin.tasks import Grid, Pair, Sample, Task, samples_of

if TYPE_CHECKING:
    from tokpidjin.cluster import Cluster
    from tokpidjin.library import Library

__all__ = ["LastRun", "MegaBatchCoordinator"]

SPLITS = ("demo", "test")
DEFAULT_TIMEOUT = 10.0
"""Seconds that an item may take in the python modes, unless told otherwise."""

_EXPLAINING = ("solvers", "prefix", "tasks", "samples", "seed")
"""Parameters that tell why a library or samples are others than they were."""

_log = logging.getLogger("tokpidjin")

TotalData = Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]] | Sequence[Task]
Results = dict[str, dict[str, list[Answers]]]
Batch = BatchRun | Part


@dataclass
class LastRun:
    """What was measured while all samples were processed: one `BatchRun` for each batch.

    Where results go to disk it is a `Part` for each part, those found there among them. `seconds` is the wall
    time of the whole; `fallback` names the solvers that could not be compiled, with the reason.
    """

    engine: str
    workers: int
    fallback: dict[str, str]
    started: str
    batches: list[Batch] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def timings(self) -> list[float]:
        """Wall seconds of each batch."""
        return [batch.seconds for batch in self.batches]

    def counts(self) -> Counter[str]:
        """How many items ended in each status, by the status's name in lower case."""
        return sum((batch.counts for batch in self.batches), Counter())

    def table(self) -> pa.Table:
        """The results table, see `tokpidjin.results.SCHEMA`: sample by sample, one row for each item."""
        tables = [batch.table for batch in self.batches]
        return pa.concat_tables([SCHEMA.empty_table(), *tables]).unify_dictionaries()


class MegaBatchCoordinator:
    """Runs a batt (all solvers of a library) on every input grid of many tasks.

    batt_module_name: the user's module with a function `batt(task_id, S, I, C, log_path) -> (s, o)`. Where
        "batt" cannot be imported, or is "tokpidjin.batt", the built-in solvers run. `library=` gives others.
    batch_size: samples in a batch; all solvers run on them before the next batch begins.
    enable_gpu: whether "cuda" may be chosen, where it can be used.
    parallel: worker processes for the python engine, threads for "native"; False: one, and for "python" this
        process itself.
    max_workers: how many of those.
    engine: "python", "native", "cuda", or None for the best there is. A user's batt is Python and runs on
        "python".
    progress: show a bar.
    out: a folder for results.parquet, summary.json and answers.parquet. Results go there in parts of about
        two seconds' work as they come, and are put together at the end.
    resume: skip what is finished in `out`, after a check that library, samples and limits are the same.
    limit_seconds: stop after that time; with `out` what is finished is there, and can be resumed.
    timeout: seconds that an item (of a user's batt: a call) may take on the python engine; None: no limit.
    budget: units of work that an item may take on a compiled engine.
    memory_limit: MiB that a worker process may take, on the python engine, beyond what it began with; what
        takes more ends as "memory". None: no limit.
    cluster: a Dask cluster to run on instead of this machine, as its scheduler's address ("tcp://...") or a
        `dask.distributed.Client`. Each of its workers runs the solvers on all of its threads, so `max_workers`
        does not count; `batch_size` is the most samples that a worker takes at a time. Parts come in the order
        in which they are done. `process_batch` still runs here.

    With parallel=False the python engine has no worker process (save for a trusted file's solvers): nothing
    limits memory then, and what ends the process, as a crash, os._exit or SystemExit do, ends the run.
    The results are the same in every mode, save for items that meet a limit. Bad arguments raise
    ParameterError, a missing engine EngineError, a user's module that cannot be used SolverError, a folder
    that cannot be written, is in use or holds another run ResultsError.
    """

    def __init__(
        self,
        batt_module_name: str = "batt",
        batch_size: int = 1000,
        enable_gpu: bool = True,
        parallel: bool = True,
        max_workers: int = 4,
        *,
        engine: str | None = None,
        progress: bool = True,
        out: str | os.PathLike[str] | None = None,
        library: "Library | None" = None,
        timeout: float | None = DEFAULT_TIMEOUT,
        budget: int | None = None,
        memory_limit: int | None = MEMORY_LIMIT,
        resume: bool = False,
        limit_seconds: float | None = None,
        cluster: "Cluster | None" = None,
    ) -> None:
        check_whole("batch_size", batch_size)
        check_workers("max_workers", max_workers)
        check_seconds("timeout", timeout)
        check_seconds("limit_seconds", limit_seconds)
        if memory_limit is not None:
            check_whole("memory_limit", memory_limit)
        if out is not None:
            check_path("out", out)
        if resume and out is None:
            raise ParameterError(
                "resume=True without out",
                cause="there is no folder to go on from",
                remedy="Name it with out=.",
                parameter="resume",
            )
        self.batch_size = batch_size
        self.last_run: LastRun | None = None
        self.complete = False
        self._progress = progress
        self._out = None if out is None else Path(out)
        self._resume = resume
        self._limit = inf if limit_seconds is None else limit_seconds
        self._demo: dict[str, Pairs] = {}
        self._parameters = {
            "batt_module_name": batt_module_name,
            "batch_size": batch_size,
            "enable_gpu": enable_gpu,
            "parallel": parallel,
            "max_workers": max_workers,
            "engine": engine,
            "timeout": timeout,
            "budget": budget,
            "memory_limit": memory_limit,
            "limit_seconds": limit_seconds,
            "out": None if out is None else str(out),
            "cluster": cluster if cluster is None or isinstance(cluster, str) else repr(cluster),
        }
        workers = max_workers if parallel else 1
        batt = None if library is not None else find_batt(batt_module_name)
        self._runner: Runner
        self._source: Callable[..., Source] = LocalSource
        if cluster is not None:
            _refuse_on_cluster(None if batt is None else batt_module_name, parallel)
            _refuse_gpu(engine, enable_gpu)
            from tokpidjin.cluster import ClusterRunner, ClusterSource

            solvers = load_solvers() if library is None else library
            self._runner = ClusterRunner(cluster, solvers, engine, enable_gpu, budget, timeout, memory_limit)
            self._source = ClusterSource
        elif batt is not None:
            _refuse_compiled(batt_module_name, engine, enable_gpu)
            log_path = None if self._out is None else str(self._out / "errors.log")
            self._runner = BattRunner(
                batt, batt_module_name, workers, parallel, timeout, log_path, memory_limit
            )
        else:
            name = _library_engine(engine, enable_gpu)
            compiled = BACKENDS[name].compiled
            solvers = load_solvers() if library is None else library
            # A compiled engine's own limit is the budget; its workers are threads.
            isolated = parallel and not compiled
            executor = Executor(solvers, name, workers, budget, timeout, isolated, memory_limit)
            self._runner = LibraryRunner(executor)

    @property
    def engine(self) -> str:
        """The engine that items run on."""
        return self._runner.engine

    @property
    def workers(self) -> int:
        """The number of worker processes or threads."""
        return self._runner.workers

    @property
    def fallback(self) -> dict[str, str]:
        """The solvers that a compiled engine leaves to the python engine, with the reason."""
        return self._runner.fallback

    @contextmanager
    def keep_workers(self) -> Iterator[None]:
        """Keeps worker processes from one batch to the next inside of the block, as `process_all` does."""
        with self._runner.keep_workers():
            yield

    def process_all(
        self, total_data: TotalData, task_list: Sequence[str] | None = None
    ) -> tuple[Results, float]:
        """Runs everything on all samples, or on those of the tasks listed: (results, elapsed seconds).

        total_data: {"demo": {task_id: [{"input": grid, "output": grid}, ...]}, "test": {...}}, where a test
            pair may lack its output; or a list of Task.
        results: results[task_id]["demo" or "test"][index] = {"o": outputs, "s": scores}, the lists that
            `tokpidjin.batt.make_batt` describes.

        Entries are made when they are read, and not kept: `list(outputs)` keeps them. What was measured is left
        in `last_run`. Raises ParameterError for malformed data before any work. Where `limit_seconds` comes
        first, the results are those of the samples that were reached, and `complete` is False.
        """
        started = time.perf_counter()
        samples = self.collect_inputs(total_data, task_list)
        run = LastRun(self.engine, self.workers, self.fallback, _now())
        with closing(self._batches(samples, keep_answers=True)) as batches:
            run.batches.extend(sorted(batches, key=_first))
        results = self.merge_results(run.batches)
        run.seconds = time.perf_counter() - started
        self.last_run = run
        return results, run.seconds

    def stream(
        self, samples: Sequence[Sample], recorded: Mapping[str, Any] | None = None
    ) -> Generator[pa.Table]:
        """Runs everything on the samples; yields the table of each batch as it is done, and keeps none.

        samples: as `collect_inputs` gives them, or any sequence that makes them when they are asked for.
        recorded: entries for summary.json beside those that are always there.

        For runs that do not fit into memory: with `out` the tables are on disk when they are yielded, those of
        an earlier run that is resumed come first, and after the last one results.parquet and summary.json are
        whole. Their rows are solver by solver for each sample, in the order of the samples; a cluster's tables
        come as they are done.
        """
        with closing(self._batches(samples, keep_answers=False, recorded=recorded or {})) as batches:
            for batch in batches:
                yield batch.table

    def collect_inputs(self, total_data: TotalData, task_list: Sequence[str] | None = None) -> list[Sample]:
        """Every input grid with its place, task by task; raises ParameterError for malformed data."""
        tasks = _read_tasks(total_data)
        if task_list is not None:
            tasks = _chosen(tasks, task_list)
        self._demo = {task.id: tuple((pair.input, pair.output) for pair in task.demo) for task in tasks}
        return samples_of(tasks)

    def create_batches(self, samples: Sequence[Sample]) -> list[Sequence[Sample]]:
        """The samples in batches of `batch_size`, the last one shorter."""
        return [samples[k : k + self.batch_size] for k in range(0, len(samples), self.batch_size)]

    def process_batch(self, batch: Sequence[Sample], progress: Progress | None = None) -> BatchRun:
        """Runs everything on one batch.

        `progress` is told of items as they end, see `tokpidjin.engines.status.Progress`; of a batt, of calls.
        A batt's `S` are the demo pairs that `collect_inputs` saw last.
        """
        return self._runner.run(batch, self._demo, progress)

    def merge_results(self, batches: Iterable[Batch]) -> Results:
        """The answers of all batches by task, split and index; a sample in no batch has empty ones."""
        results: Results = {}
        for batch in batches:
            for sample, answers in zip(batch.samples, batch.answers, strict=True):
                entries = results.setdefault(sample.task_id, {split: [] for split in SPLITS})[sample.split]
                while len(entries) <= sample.index:
                    entries.append({"o": [], "s": []})
                entries[sample.index] = answers
        return results

    def _batches(
        self,
        samples: Sequence[Sample],
        keep_answers: bool,
        recorded: Mapping[str, Any] = MappingProxyType({}),
    ) -> Generator[Batch]:
        self.complete = not len(samples)
        pace = Pace(self.batch_size, deadline=time.perf_counter() + self._limit)
        if self._out is None:
            yield from self._in_memory(samples, pace, keep_answers)
        else:
            pace.seconds = PART_SECONDS
            yield from self._on_disk(samples, pace, keep_answers, recorded, self._out)

    def _in_memory(self, samples: Sequence[Sample], pace: Pace, keep_answers: bool) -> Generator[Batch]:
        done = 0
        with self._bar(samples) as bar:
            source = self._source(self._runner, samples, self._demo, pace, bar.add)
            with closing(source.batches([range(len(samples))], keep_answers)) as batches:
                for batch in batches:
                    yield batch
                    done += len(batch.samples)
                    self.complete = done == len(samples)

    def _on_disk(
        self,
        samples: Sequence[Sample],
        pace: Pace,
        keep_answers: bool,
        recorded: Mapping[str, Any],
        out: Path,
    ) -> Generator[Batch]:
        started, begun = time.perf_counter(), _now()
        identity = run_identity(self._runner.identity(), samples, keep_answers)
        asked = recorded.get("parameters", {})
        manifest = {
            "identity": identity,
            "asked": {name: asked[name] for name in _EXPLAINING if name in asked},
        }
        with (
            PartsFolder(out, manifest, samples, self._resume) as folder,
            self._bar(samples, shown=not folder.complete) as bar,
        ):
            found = {part.start: len(part) for part in folder.done}
            source = self._source(self._runner, samples, self._demo, pace, bar.add)
            earlier = 0.0
            for part in flow(source, folder, keep_answers):
                if part.first in found:
                    earlier += part.seconds
                    bar.add_earlier(self._ended(part))
                yield part
            self.complete = not folder.pending
            if not self.complete:
                _log.warning("stopped after %g s: %s", self._limit, folder.left())
            elif not folder.complete:
                facts = self._facts(begun, recorded, resumed_samples=sum(found.values()))
                folder.finish(time.perf_counter() - started + earlier, facts)

    def _ended(self, part: Part) -> Counter[str]:
        """How the units of progress of a part ended; a call of a batt that did well may have any number of rows."""
        failed = part.counts - Counter(ok=part.counts["ok"])
        return failed + Counter(ok=self._runner.count(len(part.samples)) - failed.total())

    def _bar(self, samples: Sequence[Sample], shown: bool = True) -> Bar:
        return progress_bar(self._runner.count(len(samples)), self.engine, shown=self._progress and shown)

    def _facts(self, begun: str, recorded: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        """What summary.json says beside what is counted."""
        return {
            "started": begun,
            "parameters": self._parameters,
            "engine": self.engine,
            "workers": self.workers,
            "fallback": self.fallback,
            **more,
            **recorded,
        }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _first(batch: Batch) -> int:
    """Where a batch belongs; those that are no parts come in order."""
    return batch.first if isinstance(batch, Part) else 0


def _refuse_on_cluster(batt: str | None, parallel: bool) -> None:
    """What only this machine does."""
    if not parallel:
        raise _excluding("cluster with parallel=False", "cluster")
    if batt is not None:
        raise EngineError(
            f"batt module {batt!r} on a cluster",
            cause="it may be any Python code, with other modules and files that the workers lack",
            remedy="Run it without cluster=, or give its solvers as library=load_solvers(file).",
        )


def _refuse_gpu(engine: str | None, enable_gpu: bool) -> None:
    if engine == "cuda" and not enable_gpu:
        raise _excluding("engine 'cuda' with enable_gpu=False", "enable_gpu")


def _excluding(what: str, parameter: str) -> ParameterError:
    return ParameterError(
        what,
        cause="the one excludes the other",
        remedy="Leave one of them out.",
        parameter=parameter,
    )


def _refuse_compiled(batt: str, engine: str | None, enable_gpu: bool) -> None:
    """A user's batt is Python, which no compiled engine runs."""
    check_engine(AUTO if engine is None else engine)
    if engine in BACKENDS and BACKENDS[engine].compiled:
        raise EngineError(
            f"engine {engine!r} cannot run batt module {batt!r}",
            cause="a user's batt is Python code, which only the python engine runs",
            remedy="Use engine='python', or give its solvers as library=load_solvers(file).",
            engine=engine,
        )
    if enable_gpu:
        _say_once(f"batt module {batt!r} is Python code: it runs on the python engine, not on a GPU")


def _library_engine(engine: str | None, enable_gpu: bool) -> str:
    """The name of the engine for solvers of a library."""
    _refuse_gpu(engine, enable_gpu)
    if engine not in (None, AUTO):
        return choose_engine(engine).name
    name = choose_engine(AUTO if enable_gpu else "native").name
    if enable_gpu and name != "cuda":
        _say_once(f"enable_gpu=True, but {BACKENDS['cuda'].why_unusable()}: running on {name!r}")
    return name


@cache
def _say_once(message: str) -> None:
    _log.warning("%s", message)


def _chosen(tasks: Sequence[Task], task_list: Sequence[str]) -> list[Task]:
    if isinstance(task_list, str) or not isinstance(task_list, Iterable):
        raise ParameterError(
            "parameter 'task_list'",
            cause=f"{task_list!r} is not a list of task ids",
            remedy="Give a list, as in ['007bbfb7'].",
            parameter="task_list",
        )
    known = {task.id: task for task in tasks}
    for name in task_list:
        if name not in known:
            raise ParameterError(
                f"task {name!r} of task_list",
                cause="it is not in total_data",
                remedy=did_you_mean(name, known),
                task=name,
                parameter="task_list",
            )
    return [known[name] for name in dict.fromkeys(task_list)]


def _read_tasks(total_data: TotalData) -> list[Task]:
    """The tasks of {"demo": {task_id: pairs}, "test": {...}}, or as they are."""
    if not isinstance(total_data, Mapping):
        tasks = list(total_data) if isinstance(total_data, Iterable) else [total_data]
        if not all(isinstance(task, Task) for task in tasks):
            raise _data_error(
                type(total_data).__name__,
                "neither tasks nor a mapping",
                'Give what load_tasks() returns, or {"demo": {...}, "test": {...}}.',
            )
        return tasks
    for split in SPLITS:
        if not isinstance(total_data.get(split), Mapping):
            raise _data_error(repr(split), "no mapping of task ids to pairs", "Give {} where there is none.")
    names = dict.fromkeys([*total_data["demo"], *total_data["test"]])
    return [Task(name, *(_read_pairs(total_data[split], split, name) for split in SPLITS)) for name in names]


def _read_pairs(tasks: Mapping[str, Any], split: str, name: str) -> tuple[Pair, ...]:
    pairs = tasks.get(name, ())
    if not isinstance(pairs, Sequence) or not all(isinstance(pair, Mapping) for pair in pairs):
        raise _data_error(
            f"{split!r}, task {name!r}", "not a list of pairs", 'A pair is {"input": grid, ...}.'
        )
    return tuple(_read_pair(pair, split, name, number) for number, pair in enumerate(pairs))


def _read_pair(pair: Mapping[str, Any], split: str, name: str, number: int) -> Pair:
    grids: list[Grid | None] = []
    for key in ("input", "output"):
        place = f"{split!r}, task {name!r}, pair {number}, {key!r}"
        if pair.get(key) is not None:
            grids.append(_read_grid(pair[key], place))
        elif key == "input" or split == "demo":
            raise _data_error(place, "the key is missing", "Only a test pair may lack its output.")
        else:
            grids.append(None)
    return Pair(*grids)  # type: ignore[arg-type]


def _read_grid(grid: Any, place: str) -> Grid:
    try:
        return tuple(map(tuple, read_grids([grid])[0].tolist()))
    except ParameterError as error:
        raise _data_error(place, error.cause, "A grid is a list of rows of colours.") from None


def _data_error(place: str, cause: str, remedy: str) -> ParameterError:
    return ParameterError(f"total_data, {place}", cause=cause, remedy=remedy, parameter="total_data")
