"""The flow of a long run: samples in small batches through a runner, results to disk as they come."""

import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from math import inf
from typing import Protocol

from tokpidjin.batches import BatchRun, DemoPairs, Runner
from tokpidjin.engines.status import Progress
from tokpidjin.parts import Part, PartsFolder
from tokpidjin.tasks import Sample

__all__ = ["PART_SECONDS", "LocalSource", "Pace", "Source", "flow"]

PART_SECONDS = 2.0
"""How much work a part on disk stands for, about: what a kill may cost."""

_FIRST_BATCH = 8
_GROWTH = 4.0


class Source(Protocol):
    """What turns samples into parts: this machine, or others."""

    def parts(self, pending: Sequence[range], keep_answers: bool) -> Generator[Part]:
        """Yields the parts of the pending samples, by their numbers; in any order and of any size."""

    def batches(self, pending: Sequence[range], keep_answers: bool) -> Generator[BatchRun | Part]:
        """The same for results that stay in memory, in whatever form they come."""


@dataclass
class Pace:
    """Chooses how many samples come next, so that a batch takes about `seconds`, and ends by `deadline`.

    `most` samples at once, or all of them where neither limit is given.
    """

    most: int
    seconds: float = inf
    deadline: float = inf
    _rate: float = 0.0
    _last: int = 0

    def size(self) -> int:
        """The number of samples of the next batch."""
        seconds = min(self.seconds, max(0.0, self.deadline - time.perf_counter()))
        if seconds == inf:
            return self.most
        wanted = min(seconds * self._rate, self._last * _GROWTH) if self._last else _FIRST_BATCH
        return max(1, min(self.most, int(wanted)))

    def done(self, samples: int, seconds: float) -> None:
        """Learns from a batch."""
        self._last, self._rate = samples, samples / max(seconds, 1e-6)

    def cut(self, pending: Iterable[range]) -> Iterator[range]:
        """The numbers of the pending samples, batch by batch, until the time is up."""
        for gap in pending:
            first = gap.start
            while first < gap.stop:
                if time.perf_counter() >= self.deadline:
                    return
                end = min(gap.stop, first + self.size())
                yield range(first, end)
                first = end


class LocalSource:
    """Runs batches on this machine, one after the other; `Pace` says how large they are, and when to stop."""

    def __init__(
        self,
        runner: Runner,
        samples: Sequence[Sample],
        demo: DemoPairs,
        pace: Pace,
        progress: Progress | None = None,
    ) -> None:
        self._runner = runner
        self._samples = samples
        self._demo = demo
        self._pace = pace
        self._progress = progress

    def parts(self, pending: Sequence[range], keep_answers: bool) -> Generator[Part]:
        """See `Source`."""
        with closing(self._runs(pending)) as runs:
            for first, run in runs:
                yield Part.of(first, run, keep_answers)

    def batches(self, pending: Sequence[range], keep_answers: bool) -> Generator[BatchRun]:
        """See `Source`; in order, and with the answers, which are there already."""
        with closing(self._runs(pending)) as runs:
            for _, run in runs:
                yield run

    def _runs(self, pending: Iterable[range]) -> Generator[tuple[int, BatchRun]]:
        """The batches, each with the number of its first sample."""
        with self._runner.keep_workers():
            for numbers in self._pace.cut(pending):
                samples = self._samples[numbers.start : numbers.stop]
                run = self._runner.run(samples, self._demo, self._progress)
                self._pace.done(len(samples), run.seconds)
                yield numbers.start, run


def flow(source: Source, folder: PartsFolder, keep_answers: bool) -> Iterator[Part]:
    """Yields the parts that are on disk, then those that the source makes, each after it was put on disk."""
    yield from folder.read()
    # Closed at once when an interrupt comes, so that no worker outlives it.
    with closing(source.parts(folder.pending, keep_answers)) as parts:
        for part in parts:
            folder.write(part)
            yield part
