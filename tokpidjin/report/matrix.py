"""The whole cross product at a glance: every solver (row) on every sample (column), by how it ended or its score."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tokpidjin.engines.status import Progress, Status
from tokpidjin.report.plots import Picture, finished
from tokpidjin.results import judge
from tokpidjin.runner import Executor, every_item, read_grids
from tokpidjin.tasks import Sample

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["COLOURINGS", "Matrix", "Window", "run_matrix"]

COLOURINGS = ("status", "score")

# From the commonest to what matters most: of several items on one pixel, the last of them in this order shows.
# The colours differ in lightness as well as in hue.
_KINDS = {
    "ok, wrong": "#C3D3E3",
    "ok, answer unknown": "#8FB1D1",
    "error": "#F2D9A0",
    "unsupported": "#999999",
    "range": "#E39BC4",
    "budget": "#D55E00",
    "memory": "#7A0403",
    "timeout": "#009E73",
    "crashed": "#000000",
    "right": "#08306B",
}
_NAMES = tuple(_KINDS)
_WITHOUT_SCORE = "#E4E4E4"
_PIXELS = 460, 800
_SAMPLES_AT_ONCE = 100
_MOST_LABELS = 40, 64
_MOST_LINES = 80

Window = tuple[int, int]
"""Rows or columns from the first on, up to and without the second."""


@dataclass(frozen=True, eq=False)
class Matrix:
    """What became of each solver on each sample.

    `kinds` uint8 (solvers, samples): places in the legend's list of how items ended. `scores` float32 of the same
    shape: the share of cells that are right, 0 without an output, NaN where no answer is known; None if not asked for.
    """

    solvers: Sequence[str]
    samples: Sequence[Sample]
    kinds: NDArray[np.uint8]
    scores: NDArray[np.float32] | None

    @property
    def counts(self) -> dict[str, int]:
        """How many items ended in which way, those with the most first."""
        return _counts(self.kinds)

    @property
    def finding(self) -> str:
        """What the whole says, in one sentence."""
        return _finding(self.kinds)

    def plot(
        self,
        rows: Window | None = None,
        columns: Window | None = None,
        colouring: str = "status",
        marked: tuple[int, int] | None = None,
    ) -> Picture:
        """A picture of some solvers on some samples, all of them by default; its title says what they show.

        colouring: "status", or "score" if the matrix has scores. marked: a row and a column to point at, where they are
        in the picture.
        """
        rows, columns = rows or (0, len(self.solvers)), columns or (0, len(self.samples))
        inside = slice(*rows), slice(*columns)
        figure, axis = _axes()
        kinds = self.kinds[inside]
        title = _finding(kinds)
        if colouring == "score" and self.scores is not None:
            scores = self.scores[inside]
            shrunk = _draw_scores(figure, axis, scores)
            if not np.isnan(scores).all():
                title = f"{title}; mean score {np.nanmean(scores):.2f}"
        else:
            shrunk = _draw_kinds(figure, axis, kinds)
        _label(axis.yaxis, self.solvers[inside[0]], _MOST_LABELS[0])
        _label(axis.xaxis, [*map(_name, self.samples[inside[1]])], _MOST_LABELS[1])
        axis.tick_params(axis="x", rotation=90)
        axis.set_ylabel(_span("solver", rows, len(self.solvers)))
        axis.set_xlabel(_span("sample", columns, len(self.samples)) + (f"; {shrunk}" if shrunk else ""))
        if max(rows[1] - rows[0], columns[1] - columns[0]) <= _MOST_LINES:
            _rule(axis)
        if marked and rows[0] <= marked[0] < rows[1] and columns[0] <= marked[1] < columns[1]:
            _mark(axis, marked[0] - rows[0], marked[1] - columns[0])
        return finished(figure, title)


def run_matrix(
    executor: Executor, samples: Sequence[Sample], scored: bool = False, progress: Progress | None = None
) -> Matrix:
    """Runs the executor's library on the samples and judges every output; `progress` is told how items end.

    `scored` asks for scores, which want the outputs themselves and so about double the time.
    """
    solvers = [solver.id for solver in executor.library]
    kinds = np.zeros((len(solvers), len(samples)), np.uint8)
    scores = np.zeros(kinds.shape, np.float32)
    with executor.keep_workers():
        for first in range(0, len(samples), _SAMPLES_AT_ONCE):
            some = samples[first : first + _SAMPLES_AT_ONCE]
            place = slice(None), slice(first, first + len(some))
            kinds[place], scores[place] = _judged(executor, some, scored, progress)
    return Matrix(solvers, samples, kinds, scores if scored else None)


def _judged(
    executor: Executor, samples: Sequence[Sample], scored: bool, progress: Progress | None
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    programs, numbers = every_item(len(executor.library), len(samples))
    grids = read_grids([sample.input for sample in samples])
    items = executor.execute(grids, programs, numbers, outputs=scored, progress=progress)
    judged = judge(samples, numbers, items)
    kinds = np.array([_NAMES.index(_kind(status)) for status in Status], np.uint8)[items.status]
    kinds[(items.status == Status.OK) & ~judged.known] = _NAMES.index("ok, answer unknown")
    kinds[judged.match] = _NAMES.index("right")
    shape = len(executor.library), len(samples)
    return kinds.reshape(shape), np.where(judged.scored, judged.score, np.nan).reshape(shape)


def _kind(status: Status) -> str:
    return "ok, wrong" if status is Status.OK else status.name.lower()


def _counts(kinds: NDArray[np.uint8]) -> dict[str, int]:
    counted = np.bincount(kinds.ravel(), minlength=len(_NAMES)).tolist()
    return {name: count for count, name in sorted(zip(counted, _NAMES, strict=True), reverse=True) if count}


def _finding(kinds: NDArray[np.uint8]) -> str:
    counts = _counts(kinds)
    ok = sum(count for name, count in counts.items() if name == "right" or name.startswith("ok"))
    solvers, samples = kinds.shape
    of = f"{solvers:,} solver{'s' * (solvers != 1)} on {samples:,} sample{'s' * (samples != 1)}"
    return f"{of}: {ok:,} of {kinds.size:,} items ({ok / kinds.size:.1%}) end ok, {counts.get('right', 0):,} are right"


def _name(sample: Sample) -> str:
    return f"{sample.task_id} {sample.split}[{sample.index}]"


def _span(noun: str, window: Window, total: int) -> str:
    return f"{noun}s {window[0] + 1:,} to {window[1]:,} of {total:,}"


# Drawing


def _axes() -> "tuple[Figure, Axes]":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.2, 6.6), layout="constrained", dpi=100)
    return figure, figure.subplots()


def _draw_kinds(figure: "Figure", axis: "Axes", kinds: NDArray[np.uint8]) -> str:
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    pixels, shrunk = _shrink(kinds)
    axis.imshow(
        pixels,
        ListedColormap([*_KINDS.values()]),
        vmin=-0.5,
        vmax=len(_KINDS) - 0.5,
        aspect="auto",
        interpolation="nearest",
        extent=_extent(kinds),
    )
    shown = [Patch(color=_KINDS[name], label=f"{name} {count:,}") for name, count in _counts(kinds).items()]
    figure.legend(handles=shown, loc="outside lower center", ncols=5, fontsize=8, frameon=False)
    return shrunk and f"{shrunk}, the kind that matters most shows"


def _draw_scores(figure: "Figure", axis: "Axes", scores: NDArray[np.float32]) -> str:
    from matplotlib import colormaps

    pixels, shrunk = _shrink(np.nan_to_num(scores, nan=-1.0))
    colours = colormaps["viridis"].with_extremes(bad=_WITHOUT_SCORE)
    image = axis.imshow(
        np.ma.masked_less(pixels, 0),
        colours,
        vmin=0,
        vmax=1,
        aspect="auto",
        interpolation="nearest",
        extent=_extent(scores),
    )
    figure.colorbar(
        image, ax=axis, label="score: share of cells that are right; grey: no answer known", pad=0.01
    )
    return shrunk and f"{shrunk}, the best shows"


def _extent(values: NDArray[Any]) -> tuple[float, float, float, float]:
    rows, columns = values.shape
    return -0.5, columns - 0.5, rows - 0.5, -0.5


def _shrink(values: NDArray[Any]) -> tuple[NDArray[Any], str]:
    """At most as many values as there are pixels, each the largest of its block; what a block is, if not one."""
    blocks = [-(-size // pixels) for size, pixels in zip(values.shape, _PIXELS, strict=True)]
    for axis, block in enumerate(blocks):
        values = np.maximum.reduceat(values, np.arange(0, values.shape[axis], block), axis)
    return values, "" if max(blocks) == 1 else f"one dot is up to {blocks[0]}x{blocks[1]} items"


def _label(axis: Any, names: Sequence[str], most: int) -> None:
    """Names evenly spaced places; every one where there is room."""
    places = range(0, len(names), -(-len(names) // most))
    axis.set_ticks(list(places), [names[place] for place in places], fontsize=6.5, family="monospace")


def _rule(axis: "Axes") -> None:
    """White lines between the items."""
    from matplotlib.ticker import MultipleLocator

    for side in (axis.xaxis, axis.yaxis):
        side.set_minor_locator(MultipleLocator(1, offset=0.5))
    axis.grid(True, which="minor", color="white", linewidth=0.5)
    axis.tick_params(which="minor", length=0)


def _mark(axis: "Axes", row: int, column: int) -> None:
    """A frame around one item, dark on light so that it shows on every colour."""
    from matplotlib.patches import Rectangle

    for colour, width in (("black", 3.5), ("white", 1.5)):
        axis.add_patch(
            Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, edgecolor=colour, linewidth=width)
        )
