"""Grids drawn in a terminal: in its colours, or in plain characters where it has none."""

import os
import re
import shutil
from collections.abc import Sequence
from itertools import zip_longest
from operator import ne
from typing import TextIO

__all__ = ["draw_grid", "draw_pair", "side_by_side", "wants_colour"]

Cells = Sequence[Sequence[int]]

# Of the 256 colours of xterm, the nearest to those in which ARC's grids are usually shown.
_PALETTE = (16, 27, 196, 40, 226, 248, 201, 208, 117, 88)
_DARK = frozenset((0, 1, 2, 6, 9))
_CODES = re.compile("\x1b\\[[0-9;]*m")
_RESET = "\x1b[0m"
_GAP = "   "

# What an output can hold besides colours, as the engines encode it: None and -3 to -1.
_OUTSIDE = {252: "? ", 253: "-3", 254: "-2", 255: "-1"}
_TOO_HIGH = "+ "


def wants_colour(stream: TextIO) -> bool:
    """Whether to write colours to `stream`: a terminal that has some, NO_COLOR (no-color.org) not set."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def draw_grid(grid: Cells, answer: Cells | None = None, colour: bool = False) -> list[str]:
    """The lines of a grid, two characters a cell; cells that differ from `answer` bear an exclamation mark.

    Nothing is marked where the shapes differ. In plain characters black is a dot. An output's None is drawn
    as `?`, a value above 9 as `+`.

    >>> print(*draw_grid([[0, 3], [1, 2]], answer=[[0, 3], [1, 1]]), sep="\\n")
    . 3
    1 2!
    """
    draw = _coloured if colour else _plain
    wanted = answer if answer is not None and _size(answer) == _size(grid) else grid
    lines = [map(draw, row, map(ne, row, aim)) for row, aim in zip(grid, wanted, strict=True)]
    return ["".join(cells).rstrip() for cells in lines]


def _plain(cell: int, wrong: bool) -> str:
    if cell < len(_PALETTE):
        return f"{cell or '.'}{'!' if wrong else ' '}"
    return _OUTSIDE.get(cell, _TOO_HIGH)


def _coloured(cell: int, wrong: bool) -> str:
    if cell < len(_PALETTE):
        ink = 231 if cell in _DARK else 16
        return f"\x1b[48;5;{_PALETTE[cell]};38;5;{ink};1m{' !' if wrong else '  '}{_RESET}"
    return f"\x1b[7m{_OUTSIDE.get(cell, _TOO_HIGH)}{_RESET}"


def _size(grid: Cells) -> str:
    return f"{len(grid)}x{len(grid[0]) if len(grid) else 0}"


def draw_pair(
    given: Cells, answer: Cells | None, output: Cells | None = None, verdict: str = "", colour: bool = False
) -> str:
    """A pair as it is, and beside it what a solver made of it, with the cells that are wrong marked.

    `verdict` is the caption of the solver's output, as in "right" or "error"; without one there is no solver.
    """
    blocks = [(f"input {_size(given)}", draw_grid(given, colour=colour))]
    if answer is not None:
        blocks.append((f"answer {_size(answer)}", draw_grid(answer, colour=colour)))
    if output is not None:
        blocks.append((f"solver {_size(output)}: {verdict}", draw_grid(output, answer, colour)))
    elif verdict:
        blocks.append((f"solver: {verdict}", []))
    return side_by_side(blocks)


def side_by_side(blocks: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Blocks of (caption, lines) beside each other, or one below the other where the terminal is too narrow.

    >>> print(side_by_side([("input 1x2", [". 3"]), ("answer 1x1", ["3"])]))
    input 1x2   answer 1x1
    . 3         3
    """
    columns = [[caption, *lines] for caption, lines in blocks]
    widths = [max(map(_width, column)) for column in columns]
    if sum(widths) + len(_GAP) * (len(blocks) - 1) > shutil.get_terminal_size((100, 24)).columns:
        return "\n".join(line for column in columns for line in column)
    rows = zip_longest(*columns, fillvalue="")
    return "\n".join(_GAP.join(map(_padded, row, widths)).rstrip() for row in rows)


def _width(line: str) -> int:
    """The room that a line takes on the screen, where colour codes take none."""
    return len(_CODES.sub("", line))


def _padded(line: str, width: int) -> str:
    return line + " " * (width - _width(line))
