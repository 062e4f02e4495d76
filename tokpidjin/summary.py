"""What summary.json says of a run, counted part by part."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tokpidjin.digest import TableDigest
from tokpidjin.engines.status import Status

__all__ = ["Tally", "solved_tasks", "summarise"]

_MOST_TIMES = 1 << 25


class Tally:
    """Counts the rows of tables that are added one after the other; only the counts stay in memory."""

    def __init__(self) -> None:
        self._items = self._primitives = self._known = self._matches = 0
        self._status: Counter[str] = Counter()
        self._verdicts = _Verdicts()
        self._times = _Times()
        self._digest = TableDigest()

    def add(self, table: pa.Table) -> None:
        """Counts a part's rows, see `tokpidjin.results.SCHEMA`."""
        self._items += len(table)
        self._primitives += pc.sum(table["primitives"]).as_py() or 0
        self._known += pc.count(table["match"]).as_py()
        self._matches += pc.sum(table["match"]).as_py() or 0
        self._status.update({e["values"]: e["counts"] for e in pc.value_counts(table["status"]).to_pylist()})
        self._verdicts.add(table)
        self._times.add(table["microseconds"])
        self._digest.add(table)

    def solved_tasks(self) -> list[str]:
        """The tasks of which one solver gave every answer known for their samples, sorted."""
        return self._verdicts.solved()

    def summary(
        self, seconds: float, *, started: str, parameters: Mapping[str, Any], **facts: Any
    ) -> dict[str, Any]:
        """See `summarise`."""
        # Imported here: it looks at the machine, which counting need not do.
        from tokpidjin.machine import machine_facts, package_commit, package_versions

        items = self._items
        primitives = self._primitives or None  # An engine that does not count them leaves 0.
        return {
            "started": started,
            "seconds": seconds,
            "items": items,
            "items_per_second": items / seconds if seconds else None,
            "primitives": primitives,
            "primitives_per_second": primitives / seconds if primitives and seconds else None,
            "microseconds": self._times.summary(),
            "status": {status.name.lower(): self._status[status.name.lower()] for status in Status},
            "tasks": self._verdicts.tasks,
            "solvers": self._verdicts.solvers,
            "answers_known": self._known,
            "matches": self._matches,
            "tasks_solved": len(self.solved_tasks()),
            "digest": self._digest.hexdigest(),
            "parameters": dict(parameters),
            **facts,
            "versions": package_versions(),
            "machine": machine_facts(),
            "commit": package_commit(),
        }


def summarise(
    table: pa.Table, seconds: float, *, started: str, parameters: Mapping[str, Any], **facts: Any
) -> dict[str, Any]:
    """What summary.json says of a run: counts, rates, percentiles, and how to make it again.

    `seconds` is the wall time of the execution, `started` when it began (ISO 8601, UTC), `parameters` what
    was asked for. `facts` are added as they are (the label of a mode, what could not be compiled, ...). A
    task counts as solved when one solver gave every answer known for its samples in the table. "digest" is
    equal for equal results, see `tokpidjin.digest`. The percentiles are those of all times, or of a regular
    choice of at least 16 million of them.
    """
    tally = Tally()
    tally.add(table)
    return tally.summary(seconds, started=started, parameters=parameters, **facts)


def solved_tasks(table: pa.Table) -> list[str]:
    """The tasks of which one solver gave every answer known for their samples in the table, sorted."""
    tally = Tally()
    tally.add(table)
    return tally.solved_tasks()


class _Verdicts:
    """Which solver gave every known answer of which task: two bits for each pair of them."""

    def __init__(self) -> None:
        self._tasks: dict[str, int] = {}
        self._solvers: dict[str, int] = {}
        self._judged = np.zeros((0, 0), np.bool_)
        self._wrong = np.zeros((0, 0), np.bool_)

    @property
    def tasks(self) -> int:
        return len(self._tasks)

    @property
    def solvers(self) -> int:
        return len(self._solvers)

    def add(self, table: pa.Table) -> None:
        places = _numbered(table["task"], self._tasks), _numbered(table["solver"], self._solvers)
        self._judged, self._wrong = self._grown(self._judged), self._grown(self._wrong)
        judged = pc.is_valid(table["match"]).to_numpy()
        wrong = judged & ~pc.fill_null(table["match"], True).to_numpy()
        for verdicts, chosen in ((self._judged, judged), (self._wrong, wrong)):
            verdicts[places[0][chosen], places[1][chosen]] = True

    def solved(self) -> list[str]:
        right = set(np.flatnonzero((self._judged & ~self._wrong).any(axis=1)).tolist())
        return sorted(task for task, number in self._tasks.items() if number in right)

    def _grown(self, verdicts: NDArray[np.bool_]) -> NDArray[np.bool_]:
        missing = self.tasks - verdicts.shape[0], self.solvers - verdicts.shape[1]
        return np.pad(verdicts, [(0, missing[0]), (0, missing[1])]) if any(missing) else verdicts


def _numbered(column: pa.ChunkedArray, numbers: dict[str, int]) -> NDArray[np.int64]:
    """The number of each word; new words get the next ones."""
    found = [np.zeros(0, np.int64)]
    for chunk in column.chunks:
        words, places = chunk.dictionary.to_pylist(), chunk.indices.to_numpy()
        known = np.zeros(len(words), np.int64)
        for place in np.unique(places):
            known[place] = numbers.setdefault(words[place], len(numbers))
        found.append(known[places])
    return np.concatenate(found)


class _Times:
    """The times of items: their mean, percentiles and maximum."""

    def __init__(self) -> None:
        self._kept: list[NDArray[np.float32]] = []
        self._step = 1
        self._count = 0
        self._sum = 0.0
        self._max = 0.0

    def add(self, column: pa.ChunkedArray) -> None:
        times = column.drop_null().to_numpy()
        times = times[times > 0]  # An item that did not end well may have none.
        if not len(times):
            return
        self._sum += float(times.sum(dtype=np.float64))
        self._max = max(self._max, float(times.max()))
        # Of many, every second, fourth, ... counts for the percentiles.
        self._kept.append(times[-self._count % self._step :: self._step])
        self._count += len(times)
        if sum(map(len, self._kept)) > _MOST_TIMES:
            self._kept = [np.concatenate(self._kept)[::2].copy()]
            self._step *= 2

    def summary(self) -> dict[str, float] | None:
        if not self._count:
            return None
        p50, p90, p99 = np.percentile(np.concatenate(self._kept), [50, 90, 99]).tolist()
        return {"mean": self._sum / self._count, "p50": p50, "p90": p90, "p99": p99, "max": self._max}
