"""HTML for notebooks: tables, sources, pictures in the page, the steps of a solver. No scripts, nothing to fetch."""

import base64
import io
from collections.abc import Iterable
from html import escape

import numpy as np
from numpy.typing import NDArray

from tokpidjin.report.exploration import View
from tokpidjin.report.pictures import PALETTE
from tokpidjin.report.plots import Picture
from tokpidjin.report.steps import Step, Trace
from tokpidjin.report.tables import Table
from tokpidjin.report.values import NO_COLOUR, Drawing

__all__ = ["draw", "picture_html", "source_html", "steps_html", "table_html", "view_pages"]

# After the ten colours and what is none: no cell, and a location, which has no colour of its own.
_INKS = np.array(
    [[int(ink[k : k + 2], 16) for k in (1, 3, 5)] for ink in (*PALETTE, "#FFFFFF", "#6A7FA0")], np.uint8
)
_LINE, _FAINT, _EDGE = 0x80, 0xE4, 0x00
_ALONE, _AMONG_OTHERS = 180, 84
_LEAST_CELL, _MOST_CELL = 3, 20
_MOST_CAPTION = 200
_CODE = "font-family:monospace;font-size:12px;overflow-wrap:anywhere"
_GRID = "display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:12px;align-items:start"
_FIGURE = "margin:0;padding:2px 8px;line-height:1.35;border-left:3px solid"
_DOTS = "image-rendering:pixelated;margin:4px 4px 0 0"  # no blurring between them


def view_pages(view: View) -> list[tuple[str, str]]:
    """The parts of a view below its grids: title and HTML."""
    return [
        ("Steps", steps_html(view.trace)),
        ("Source", source_html(view.solver.source, view.solver.rule)),
        ("Times", table_html(view.times)),
        ("Solvers", table_html(view.others)),
    ]


def draw(drawing: Drawing, longest: int = _ALONE) -> bytes:
    """A PNG of the cells: grey lines between cells, black ones around patches, white where there is no cell.

    Its longer side is about `longest` pixels; that of a small or a very large one is not.
    """
    from matplotlib.image import imsave

    file = io.BytesIO()
    imsave(file, _pixels(drawing, longest), format="png")
    return file.getvalue()


def _pixels(drawing: Drawing, longest: int) -> NDArray[np.uint8]:
    """uint8 (rows, columns, 3): square cells with a line before each, and one after the last."""
    height, width = drawing.colours.shape
    side = min(_MOST_CELL, max(_LEAST_CELL, longest // max(height, width)))
    pixels = np.full((height * side + 1, width * side + 1, 3), _FAINT, np.uint8)
    pixels[:-1, :-1] = _INKS[drawing.colours].repeat(side, 0).repeat(side, 1)
    filled = np.pad(drawing.colours <= NO_COLOUR, 1) | np.pad(drawing.parts >= 0, 1)
    parts = np.pad(drawing.parts, 1, constant_values=-1)
    _rule(pixels, filled, parts, side)
    _rule(pixels.swapaxes(0, 1), filled.T, parts.T, side)
    return pixels


def _rule(pixels: NDArray[np.uint8], filled: NDArray[np.bool_], parts: NDArray[np.int16], side: int) -> None:
    """Draws the lines above each row of cells, and below the last, in place."""
    inks = np.where(filled[1:] | filled[:-1], _LINE, _FAINT)[:, 1:-1]
    inks[(parts[1:] != parts[:-1])[:, 1:-1]] = _EDGE
    pixels[::side, :-1] = inks.repeat(side, 1)[:, :, None]


def _image(png: bytes, description: str, style: str = "max-width:100%") -> str:
    """A picture that is part of the page."""
    data = base64.b64encode(png).decode()
    return f'<img alt="{escape(description)}" style="{style}" src="data:image/png;base64,{data}">'


def picture_html(picture: Picture) -> str:
    """A picture with its finding for those who cannot see it."""
    return _image(picture.png, picture.title)


def table_html(table: Table) -> str:
    """The table; its words are set to the left, its numbers to the right."""

    def line(cells: Iterable[str], tag: str) -> str:
        sides = ("left" if k < table.words else "right" for k in range(len(table.columns)))
        pairs = zip(cells, sides, strict=True)
        return "".join(
            f'<{tag} style="text-align:{side};padding:2px 10px">{escape(cell)}</{tag}>'
            for cell, side in pairs
        )

    rows = "".join(f"<tr>{line(row, 'td')}</tr>" for row in table.rows)
    return f"<table><thead><tr>{line(table.columns, 'th')}</tr></thead><tbody>{rows}</tbody></table>"


def source_html(source: str, rule: str) -> str:
    """A solver's text under its rule in words."""
    text = f'<pre style="white-space:pre-wrap;{_CODE};line-height:1.4">{escape(source.rstrip())}</pre>'
    return f"<p>{escape(' '.join(rule.split())) or 'The solver states no rule.'}</p>{text}"


def steps_html(trace: Trace) -> str:
    """Every step with its value, in the order in which they ended; those with a name are set off."""
    figures = "".join(map(_step_html, trace.steps))
    notes = []
    if trace.left_out:
        notes.append(f"{trace.left_out:,} further steps are left out.")
    if trace.failure:
        notes.append(f"The solver ended here: {trace.failure}.")
    after = "".join(f"<p><b>{escape(note)}</b></p>" for note in notes)
    return f'<div style="{_GRID}">{figures}</div>{after}'


def _step_html(step: Step) -> str:
    caption = step.caption
    if len(caption) > _MOST_CAPTION:
        caption = f"{caption[: _MOST_CAPTION - 3]}..."
    longest = _ALONE if len(step.value.drawings) == 1 else _AMONG_OTHERS
    drawn = "".join(_image(draw(one, longest), step.value.text, _DOTS) for one in step.value.drawings)
    code = escape(caption)
    if step.name:
        code = f"<b>{escape(step.name)}</b>{escape(caption[len(step.name) :])}"
    edge = "#0072B2" if step.name else "#C8C8C8"
    return (
        f'<figure style="{_FIGURE} {edge}"><figcaption><span style="{_CODE}">{code}</span><br>'
        f'<span style="font-size:12px">{escape(step.value.text)}</span></figcaption>{drawn}</figure>'
    )
