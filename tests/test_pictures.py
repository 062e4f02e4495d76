"""Grids as pictures."""

import struct

import pytest

from tokpidjin.errors import ResultsError
from tokpidjin.report.pictures import draw_pairs, save_pairs

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


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    file = str(tmp_path / "nowhere" / "p.png")
    with pytest.raises(ResultsError, match="nowhere"):
        save_pairs(file, [PAIR], "t")


def _height(png: bytes) -> int:
    height: int = struct.unpack(">I", png[20:24])[0]
    return height
