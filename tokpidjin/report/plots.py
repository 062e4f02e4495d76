"""The pictures of the notebooks; the title of each states what the data says."""

import io
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from tokpidjin.report.break_even import BreakEven, equal_bins
from tokpidjin.report.tables import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Picture", "finished", "plot_overhead", "plot_rates", "plot_times"]

_INK = "#333333"
_BAR = "#0072B2"  # Okabe and Ito's blue and vermilion: told apart with every kind of colour vision
_LINE = "#D55E00"
_COLOURS = (_BAR, _LINE, "#009E73", "#CC79A7", "#E69F00", "#56B4E9")  # of Okabe and Ito too
_MARKERS = "osD^vPX"  # one more than the colours, so that forty-two pairs differ
_LETTERS_AN_INCH = 12.5  # of a title
_COST = "overhead_us_per_operation"


@dataclass(frozen=True)
class Picture:
    """A finished picture: the bytes of a PNG file, which a notebook shows, and the finding in its title."""

    title: str
    png: bytes = field(repr=False)

    def _repr_png_(self) -> bytes:
        return self.png


def plot_times(microseconds: Sequence[float], label: str) -> Picture:
    """How the items' times are spread: a histogram on a log axis, the median and the slowest 1 % marked.

    `microseconds` is the time inside the solver of each item that ran.
    """
    times = np.asarray(microseconds, dtype=float)
    times = times[times > 0]
    middle, slow = np.percentile(times, [50, 99])
    share = times[times >= slow].sum() / times.sum()
    figure, axes = _figure(1, 7.0, 3.4)
    low, high = np.log10(times.min()), np.log10(times.max())
    heights, _, _ = axes[0].hist(times, np.logspace(low - 0.05, high + 0.05, 50).tolist(), color=_BAR)
    _mark(axes[0], middle, f"median\n{number(middle)} µs")
    _mark(axes[0], slow, f"slowest 1 %\nfrom {number(slow)} µs")
    axes[0].set(xscale="log", xlabel="time inside the solver (µs an item)", ylabel="items")
    axes[0].set_ylim(0, 1.35 * np.max(heights))
    return finished(figure, f"{label}: the slowest 1 % of the items take {share:.0%} of the time")


def _mark(axis: "Axes", value: float, text: str) -> None:
    axis.axvline(value, color=_LINE, linewidth=1.5, linestyle="--")
    axis.annotate(
        text,
        (value, 0.97),
        xycoords=("data", "axes fraction"),
        xytext=(-4, 0),
        textcoords="offset points",
        horizontalalignment="right",
        verticalalignment="top",
        color=_LINE,
    )


def plot_overhead(tables: Mapping[str, pa.Table], break_evens: Sequence[BreakEven], title: str) -> Picture:
    """Overhead per operation against solver complexity: a panel for each mode, batch size as colour, log-log.

    `tables` holds the rows of `measure_overhead` by the mode's label. A dot is a solver at one batch size, a
    line joins the medians of equally filled bins, a dotted upright marks the complexity from which the mode
    pays.
    """
    sizes = sorted({size for table in tables.values() for size in table["batch_size"].to_pylist()})
    colours = dict(zip(sizes, _ordered_colours(len(sizes)), strict=True))
    figure, axes = _figure(len(tables), 9.0, 4.6)
    for axis, (label, table) in zip(axes, tables.items(), strict=True):
        evens = {even.batch_size: even for even in break_evens if even.label == label}
        for marker, size in zip(cycle(_MARKERS), sizes, strict=False):
            _draw_batch_size(axis, table, size, colours[size], marker, evens.get(size))
        axis.set_title(label, color=_INK, fontsize=10)
        axis.legend(fontsize=8, loc="upper right", framealpha=0.9, edgecolor="none", borderpad=0.2)
    axes[0].set(ylabel="overhead per operation (µs)")
    axes[0].set(xscale="log", yscale="log")
    costs = [cost for table in tables.values() for cost in table[_COST].to_pylist() if cost > 0]
    if costs:
        axes[0].set_ylim(min(costs) / 2, max(costs) * 20)  # room for the legends
    figure.supxlabel("solver complexity (primitives executed an item)", fontsize=10)
    return finished(figure, title)


def plot_rates(rates: Mapping[str, Mapping[str, float]]) -> Picture:
    """Items a second, by combination of parameters and then by the label of the mode: a row a combination, log."""
    figure, (axis,) = _figure(1, 9.0, 1.7 + 0.32 * len(rates))
    labels = list(dict.fromkeys(label for modes in rates.values() for label in modes))
    rows = list(rates)
    for label, colour, marker in zip(labels, cycle(_COLOURS), cycle(_MARKERS), strict=False):
        here = [row for row in rows if label in rates[row]]
        x, y = [rates[row][label] for row in here], [rows.index(row) for row in here]
        axis.plot(x, y, marker, color=colour, markersize=7, label=label)
    axis.set(xscale="log", xlabel="items/s")
    axis.set_yticks(range(len(rows)), rows)
    axis.set_ylim(len(rows) - 0.5, -0.5)
    figure.legend(loc="outside lower center", ncols=2, fontsize=8.5, frameon=False)
    best, row, label = max((rates[row][label], row, label) for row in rows for label in rates[row])
    return finished(figure, f"Most items a second, {number(best)}: {label}, {row}")


def _draw_batch_size(
    axis: "Axes", table: pa.Table, size: int, colour: Any, marker: str, even: BreakEven | None
) -> None:
    rows = sorted(
        (row["primitives"], row[_COST])
        for row in table.to_pylist()
        if row["batch_size"] == size and row[_COST] > 0
    )
    if not rows:
        return
    x, y = np.array(rows).T
    axis.plot(x, y, marker, color=colour, markersize=3, alpha=0.35, markeredgewidth=0)
    bins = equal_bins(len(rows))
    middles = [
        [float(np.median(values[members.start : members.stop])) for members in bins] for values in (x, y)
    ]
    name = f"batch {size}: {number(float(np.median(y)))} µs" + (f", {even.finding}" if even else "")
    axis.plot(*middles, marker=marker, color=colour, markersize=4.5, linewidth=1.5, label=name)
    if even and even.complexity is not None and not even.everywhere:
        axis.axvline(even.complexity, color=colour, linestyle=":", linewidth=1.5)


def _ordered_colours(count: int) -> list[Any]:
    """From dark to light along viridis, which keeps its order for every kind of colour vision and in grey."""
    from matplotlib import colormaps

    return list(colormaps["viridis"](np.linspace(0.0, 0.8, count)))


def _figure(panels: int, width: float, height: float) -> "tuple[Figure, Sequence[Axes]]":
    """Panels side by side on common axes; no backend is asked for, so no window opens."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained", dpi=110)
    axes = figure.subplots(1, panels, sharex=True, sharey=True, squeeze=False)[0]
    for axis in axes:
        axis.grid(True, which="major", color="#dddddd", linewidth=0.6)
        axis.set_axisbelow(True)
        axis.spines[["top", "right"]].set_visible(False)
    return figure, axes


def finished(figure: "Figure", title: str) -> Picture:
    """The figure with its title as a PNG."""
    width = int(figure.get_figwidth() * _LETTERS_AN_INCH)
    figure.suptitle(textwrap.fill(title, width), color=_INK, fontsize=11)
    file = io.BytesIO()
    figure.savefig(file, format="png", metadata={"Software": None})
    return Picture(title, file.getvalue())
