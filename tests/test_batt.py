import sys

import numpy as np
import pytest

import tokpidjin as tp
from tokpidjin.batt import decode_grid, find_batt, make_batt, score
from tokpidjin.engines.python import encode_grid

SOLVERS = """
from dsl import *


def solve_a0000001(I):
    return hmirror(I)


def solve_a0000002(I):
    return last(())


def solve_a0000003(I):
    return trim(I)


def solve_a0000004(I):
    return upscale(I, 2)
"""

GRID = ((1, 2), (3, 4))


@pytest.fixture
def batt(tmp_path):
    (tmp_path / "solvers.py").write_text(SOLVERS)
    return make_batt(tp.load_solvers(tmp_path / "solvers.py"))


def test_outputs_and_scores(batt):
    s, o = batt("abc", (), GRID, ((3, 4), (1, 0)), None)
    assert o == [
        (0, False, "a0000001", ((3, 4), (1, 2))),
        (2, False, "a0000003", ()),
        (3, False, "a0000004", ((1, 1, 2, 2), (1, 1, 2, 2), (3, 3, 4, 4), (3, 3, 4, 4))),
    ]
    assert s == [(0, False, "a0000001", 0.75), (2, False, "a0000003", 0.0), (3, False, "a0000004", 0.0)]


def test_no_scores_without_an_answer(batt):
    s, o = batt("abc", (), GRID, None, None)
    assert s == []
    assert len(o) == 3


def test_errors_go_to_the_log(batt, tmp_path):
    log = tmp_path / "errors.log"
    for _ in range(2):
        batt("abc", (), GRID, None, str(log))
    lines = log.read_text().splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("abc a0000002 ")


def test_built_in_batt():
    from tokpidjin.batt import batt as built_in

    task = tp.load_tasks("arc-agi-1/training")[0]
    pair = task.test[0]
    demo = tuple((p.input, p.output) for p in task.demo)
    s, o = built_in(task.id, demo, pair.input, pair.output)
    assert len(s) == len(o) > 0
    assert all(0.0 <= share <= 1.0 for *_, share in s)
    assert [k for k, *_ in o] == sorted(k for k, *_ in o)


@pytest.mark.parametrize(
    ("grid", "expected", "share"),
    [
        (((1, 2), (3, 4)), ((1, 2), (3, 4)), 1.0),
        (((1, 2), (3, 4)), ((1, 0), (0, 0)), 0.25),
        (((1, 2),), ((1, 2), (3, 4)), 0.0),
        (((1, 2, 3),), ((1, 2),), 0.0),
        ((), ((1,),), 0.0),
        (((None,),), ((1,),), 0.0),
    ],
)
def test_score(grid, expected, share):
    assert score(grid, expected) == share


@pytest.mark.parametrize("grid", [((1, 2), (3, 4)), ((None, -1), (-2, -3)), ((251,),), (), ((), ())])
def test_decode_grid_is_the_inverse_of_encode_grid(grid):
    if grid and not grid[0]:
        grid = ((),) * len(grid)
    assert decode_grid(encode_grid(grid)[1]) == grid


def test_decoded_cells_are_python_integers():
    assert type(decode_grid(np.array([[1]], np.uint8))[0][0]) is int


def test_built_in_name_and_no_module(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find_batt("tokpidjin.batt") is None
    assert find_batt("batt") is None


def test_module_in_the_current_folder(tmp_path, monkeypatch):
    (tmp_path / "batt_here.py").write_text("def batt(task_id, S, I, C, log_path):\n    return [], []\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "batt_here", raising=False)
    before = list(sys.path)
    assert find_batt("batt_here")("abc", (), GRID, None, None) == ([], [])
    assert sys.path == before
