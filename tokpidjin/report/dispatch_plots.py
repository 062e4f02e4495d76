"""The pictures of what dispatches cost, and of where the speed-up comes from."""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from operator import mul
from typing import TYPE_CHECKING, Any

import numpy as np

from tokpidjin.report.break_even import BreakEven, equal_bins
from tokpidjin.report.plots import Picture, finished
from tokpidjin.report.tables import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from tokpidjin.report.breakdown import Breakdown, Source

__all__ = ["WORDS", "plot_breakdown", "plot_dispatches"]

_INK = "#333333"
_GREY = "#8c8c8c"
_PAYS = "#eeeeee"
_GAIN = "#0072B2"  # Okabe and Ito's blue, vermilion and green
_LOSS = "#D55E00"
_WHOLE = "#009E73"
_NOTHING = 1e-9  # a log axis has no place for nothing, or less than that
_MARKERS = "osD^"
_COST = "overhead_us_per_operation"

_LEGEND = "One dispatch for each ... An overhead below the break-even, on grey, pays against plain Python."

WORDS = {
    "primitive": "primitive and sample",
    "solver": "solver and sample",
    "batch": "solver and batch",
    "library": "library and batch",
}
"""What goes into one dispatch, in words."""

Rows = Sequence[Mapping[str, Any]]
Panel = Mapping[str, Rows]
"""By what goes into a dispatch, rows of `measure_dispatch`."""


def plot_dispatches(
    engines: Mapping[str, tuple[Panel, Panel]], break_evens: Mapping[str, Sequence[BreakEven]], title: str
) -> Picture:
    """Overhead per operation of each kind of dispatch, a row of panels for each engine.

    `engines` has for each the real library and the toy library, `break_evens` those of the real one, at its
    largest batch size. The first panel is that size against complexity: a dot is a solver, a line joins the
    medians of equally filled bins, a dotted upright marks from where a dispatch pays. The others are medians
    against the batch size. The dashed line is the break-even: the time of Python an operation, less that of
    executing it compiled. An overhead below it, on grey, pays.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10.0, 0.5 + 4.0 * len(engines)), layout="constrained", dpi=110)
    grid = figure.subplots(len(engines), 3, sharey="row", squeeze=False, width_ratios=(1.5, 1, 1))
    for axes, (engine, (real, toy)) in zip(grid, engines.items(), strict=True):
        size = max(row["batch_size"] for rows in real.values() for row in rows)
        _draw_complexity(axes[0], _at(real, size), {even.label: even for even in break_evens[engine]})
        _draw_sizes(axes[1], real)
        _draw_sizes(axes[2], toy)
        for axis, name in zip(
            axes, (f"real library, batches of {size}", "real library", "toy library"), strict=True
        ):
            _style(axis, f"{engine}: {name}")
        axes[0].set(xlabel="primitives executed an item", ylabel="overhead per operation (µs)")
        axes[0].set_ylim(*_limits(real, toy))
        axes[1].set(xlabel="batch size (samples)")
        axes[2].set(xlabel="batch size (samples)")
    handles, names = grid[0][0].get_legend_handles_labels()
    figure.legend(
        handles, names, title=_LEGEND, loc="outside lower center", ncols=5, fontsize=9, frameon=False
    )
    return finished(figure, title)


def _limits(*panels: Panel) -> tuple[float, float]:
    """Of the axis that the panels of an engine share."""
    rows = [row for panel in panels for kind in panel.values() for row in kind]
    values = [value for row in rows for value in (_cost(row), _room(row)) if value > _NOTHING]
    return min(values) / 2, 2 * max(values)


def _at(panel: Panel, size: int) -> Panel:
    return {kind: [row for row in rows if row["batch_size"] == size] for kind, rows in panel.items()}


def _draw_complexity(axis: "Axes", panel: Panel, evens: Mapping[str, BreakEven]) -> None:
    axis.set(xscale="log", yscale="log")
    _draw_break_even(axis, *_binned([(row["primitives"], _room(row)) for row in panel["solver"]]))
    for (kind, rows), colour, marker in zip(panel.items(), _colours(len(panel)), _MARKERS, strict=False):
        dots = [(row["primitives"], _cost(row)) for row in rows]
        axis.plot(*zip(*dots, strict=True), marker, color=colour, markersize=3, alpha=0.3, markeredgewidth=0)
        axis.plot(
            *_binned(dots), marker=marker, color=colour, markersize=4.5, linewidth=1.5, label=WORDS[kind]
        )
        even = evens[kind]
        if even.complexity is not None and not even.everywhere:
            axis.axvline(even.complexity, color=colour, linestyle=":", linewidth=1.5)


def _draw_sizes(axis: "Axes", panel: Panel) -> None:
    axis.set(xscale="log", yscale="log")
    sizes = sorted({row["batch_size"] for rows in panel.values() for row in rows})
    room = [float(np.median([_room(row) for row in _at(panel, size)["solver"]])) for size in sizes]
    _draw_break_even(axis, sizes, room)
    for (kind, rows), colour, marker in zip(panel.items(), _colours(len(panel)), _MARKERS, strict=False):
        costs = [np.median([_cost(row) for row in rows if row["batch_size"] == size]) for size in sizes]
        axis.plot(sizes, costs, marker=marker, color=colour, markersize=5, linewidth=1.5, label=WORDS[kind])
        axis.annotate(
            number(float(costs[-1])),
            (sizes[-1], costs[-1]),
            xytext=(5, 0),
            textcoords="offset points",
            verticalalignment="center",
            color=colour,
            fontsize=8,
        )
    axis.set_xticks(sizes, [str(size) for size in sizes])
    axis.minorticks_off()
    axis.margins(x=0.18)


def _room(row: Mapping[str, Any]) -> float:
    """What is to be saved of an operation, in microseconds."""
    return max(_NOTHING, float((row["python_us"] - row["executed_us"]) / row["primitives"]))


def _cost(row: Mapping[str, Any]) -> float:
    return max(_NOTHING, float(row[_COST]))


def _draw_break_even(axis: "Axes", x: Sequence[float], y: Sequence[float]) -> None:
    axis.plot(x, y, color=_INK, linestyle="--", linewidth=1.5, label="break-even")
    axis.fill_between(x, y, _NOTHING, color=_PAYS, zorder=0)


def _binned(dots: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    """The medians of equally filled bins."""
    x, y = np.array(sorted(dots)).T
    bins = [slice(members.start, members.stop) for members in equal_bins(len(x))]
    return [float(np.median(x[some])) for some in bins], [float(np.median(y[some])) for some in bins]


def _colours(count: int) -> list[Any]:
    from matplotlib import colormaps

    return list(colormaps["viridis"](np.linspace(0.0, 0.85, count)))


def plot_breakdown(breakdown: "Breakdown") -> Picture:
    """How many times faster each source makes the run, as steps on a log axis; the last bars are whole runs."""
    from matplotlib.figure import Figure

    sources = breakdown.sources
    reached = list(accumulate([source.factor or 1.0 for source in sources], mul, initial=1.0))
    figure = Figure(figsize=(9.0, 1.2 + 0.42 * (len(sources) + 2)), layout="constrained", dpi=110)
    axis = figure.subplots()
    axis.set(xscale="log", xlabel="times faster than sequential Python")
    for place, (source, before, after) in enumerate(zip(sources, reached[:-1], reached[1:], strict=True)):
        _draw_step(axis, place, before, after, source)
    wholes = (
        (breakdown.total, breakdown.compiled["seconds"], _WHOLE),
        (breakdown.processes, breakdown.parallel["seconds"], _GREY),
    )
    for place, (factor, seconds, colour) in enumerate(wholes, len(sources)):
        axis.barh(place, factor - 1, left=1, color=colour, height=0.6)
        _write(axis, place, max(factor, 1), f"{number(factor)}   ({number(seconds)} s)", _INK)
    names = [*(source.name for source in sources), "the whole run", "instead: processes alone"]
    axis.set_yticks(range(len(names)), names)
    axis.axhline(len(sources) - 0.5, color=_GREY, linewidth=0.8)
    axis.invert_yaxis()
    axis.set_xlim(0.9 * min(1, breakdown.processes, *reached), 4 * max(reached))
    axis.xaxis.set_major_formatter("{x:g}")
    _style(axis, "")
    return finished(figure, breakdown.finding)


def _draw_step(axis: "Axes", place: int, before: float, after: float, source: "Source") -> None:
    axis.plot([before, before], [place - 0.7, place + 0.3], color=_GREY, linewidth=0.8)
    if source.factor is None:
        return _write(axis, place, before, "not measured", _GREY)
    axis.barh(place, after - before, left=before, color=_GAIN if source.factor >= 1 else _LOSS, height=0.6)
    seconds = "" if source.seconds is None else f"   ({number(source.seconds)} s)"
    _write(axis, place, max(before, after), f"× {number(source.factor)}{seconds}", _INK)


def _write(axis: "Axes", place: int, x: float, text: str, colour: str) -> None:
    axis.annotate(
        text, (x, place), xytext=(5, 0), textcoords="offset points", verticalalignment="center", color=colour
    )


def _style(axis: "Axes", title: str) -> None:
    axis.set_title(title, color=_INK, fontsize=10)
    axis.grid(True, which="major", axis="both", color="#dddddd", linewidth=0.6)
    axis.set_axisbelow(True)
    axis.spines[["top", "right"]].set_visible(False)
