"""The steps of solvers: what is seen of values, and of functions while they run."""

import os

import numpy as np
import pytest

from tokpidjin.dsl import *
from tokpidjin.library import load_solvers
from tokpidjin.report.steps import RESULT, trace_steps
from tokpidjin.report.values import LOCATION, NO_COLOUR, NOTHING, describe

GRID = ((0, 3, 0), (3, 3, 0))

STYLE = """from dsl import *

def solve_00000001(I):
    x1 = objects(I, T, F, T)
    x2 = compose(flip, identity)
    x3, x4 = astuple(
        ONE,
        first(x1),
    )
    x5 = x4
    upper = lambda rows: first(rows)
    O = fill(I, FOUR, merge(x1))
    return O
"""


@pytest.fixture
def solver(tmp_path):
    """A function from the text of one solver to the solver; without the first lines where they are there."""

    def load(text, trusted=False):
        file = tmp_path / "solvers.py"
        file.write_text(
            text if text.startswith("from dsl") else f"from dsl import *\ndef solve_00000001(I):\n{text}"
        )
        return load_solvers(file, trusted=trusted)[0]

    return load


def captions(trace):
    return [step.caption for step in trace.steps]


def test_every_call_and_every_variable_is_a_step(solver):
    trace = trace_steps(solver(STYLE), GRID, 5.0)
    assert captions(trace) == [
        "x1 = objects(I, T, F, T)",
        "x2 = compose(flip, identity)",
        "x4 = first(x1)",
        "astuple( ONE, first(x1), )",
        "x3 = part of astuple( ONE, first(x1), )",
        "x5 = x4",
        "upper = lambda rows: first(rows)",
        "merge(x1)",
        "O = fill(I, FOUR, merge(x1))",
        "return O",
    ]
    assert trace.failure == ""
    values = dict(zip(captions(trace), (step.value.text for step in trace.steps), strict=True))
    assert values["x1 = objects(I, T, F, T)"] == "set of 1 object"
    assert values["x2 = compose(flip, identity)"] == "a function made by compose"
    assert values["upper = lambda rows: first(rows)"] == "a function"
    assert values["return O"] == "grid 2x3"


@pytest.mark.parametrize("number", range(0, 400, 13))
def test_the_last_step_of_a_built_in_solver_is_what_it_returns(number, own_inputs):
    solver = load_solvers()[number]
    grid = own_inputs[solver.id]
    last = trace_steps(solver, grid, 10.0).steps[-1]
    assert last.name == RESULT
    [drawing] = last.value.drawings
    assert tuple(map(tuple, drawing.colours.tolist())) == solver.function(grid)


@pytest.fixture(scope="module")
def own_inputs():
    from tokpidjin.tasks import load_tasks

    return {task.id: task.demo[0].input for task in load_tasks("arc-agi-1/training")}


def test_a_solver_that_raises_shows_what_it_got_to(solver):
    trace = trace_steps(solver("    x = height(I)\n    return first(first(x))"), GRID, 5.0)
    assert captions(trace) == ["x = height(I)"]
    assert trace.failure.startswith("TypeError: ")


def test_a_call_that_raises_and_is_caught_has_no_value(solver):
    text = "    try:\n        x = first(ONE)\n    except TypeError:\n        x = height(I)\n    return x"
    trace = trace_steps(solver(text, trusted=True), GRID, 5.0)
    assert captions(trace) == ["x = height(I)", "return x"]


def test_a_solver_that_loops_shows_what_it_got_to(solver):
    trace = trace_steps(solver("    x = height(I)\n    while T: x = increment(x)", trusted=True), GRID, 0.2)
    assert trace.failure == "no end within 0.2 s"
    assert captions(trace)[:3] == ["x = height(I)", "x = increment(x)", "x = increment(x)"]
    assert len(trace.steps) == 300
    assert trace.left_out > 0


def test_a_loop_that_hears_no_alarm_is_killed(solver):
    trace = trace_steps(solver("    return max(iter(int, 1))", trusted=True), GRID, 0.2)
    assert trace.steps == ()
    assert trace.failure == "no end within 0.2 s; the steps are lost"


def test_a_solver_that_ends_its_process_does_not_end_ours(solver):
    trace = trace_steps(solver("    import os\n    os._exit(3)", trusted=True), GRID, 5.0)
    assert trace.failure == "its process died; the steps are lost"


def test_a_trusted_solver_runs_elsewhere(solver, tmp_path):
    mark = tmp_path / "pid"
    text = f"    import os\n    open({str(mark)!r}, 'w').write(str(os.getpid()))\n    return I"
    assert trace_steps(solver(text, trusted=True), GRID, 5.0).failure == ""
    assert int(mark.read_text()) != os.getpid()


def test_a_solver_without_code_of_its_own(solver):
    text = "from dsl import *\nsolve_00000001 = compose(vmirror, hmirror)\n"
    trace = trace_steps(solver(text), GRID, 5.0)
    assert captions(trace) == ["hmirror", "return vmirror"]


def test_text_beyond_ascii_is_cut_where_it_should_be(solver):
    trace = trace_steps(solver('    é = identity("ä")\n    return vmirror(I)'), GRID, 5.0)
    assert captions(trace) == ['é = identity("ä")', "return vmirror(I)"]


@pytest.mark.parametrize(
    ("value", "text", "drawings"),
    [
        (GRID, "grid 2x3", 1),
        (((None, 12), (-1, 3)), "grid 2x2", 1),
        (frozenset({(0, 0), (1, 2)}), "patch of 2 cells", 1),
        (frozenset({(3, (0, 0))}), "object of 1 cell", 1),
        (frozenset({(3, (-1, 5))}), "object of 1 cell, rows -1 to -1, columns 5 to 5", 1),
        (frozenset({(0, 0), (500, 2)}), "patch of 2 cells, rows 0 to 500, columns 0 to 2", 0),
        (objects(GRID, T, F, F), "set of 3 objects", 1),
        (frozenset({frozenset({(0, 0)}), frozenset({(0, 0), (0, 1)})}), "set of 2 patches", 2),
        ((GRID, GRID), "tuple of 2 grids", 2),
        (tuple([GRID] * 30), "tuple of 30 grids, the first 12 drawn", 12),
        ((GRID, frozenset({(0, 0)})), "tuple of 2 values", 2),
        ((3, (1, 2)), "(3, (1, 2))", 0),
        (frozenset({2, 1}), "{1, 2}", 0),
        (frozenset(), "empty set", 0),
        ((), "()", 0),
        ((1,), "(1,)", 0),
        (True, "True", 0),
        (None, "None", 0),
        (first, "function first", 0),
        (rbind(first, 1), "a function made by rbind", 0),
        (lambda: 0, "a function", 0),
        (2.5, "a float", 0),
        (tuple(range(100)), "(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, ... 100 in all)", 0),
    ],
)
def test_values_are_described_by_what_they_are(value, text, drawings):
    described = describe(value, (2, 3))
    assert described.text == text
    assert len(described.drawings) == drawings


def test_patches_are_drawn_on_the_place_of_the_grid():
    [drawing] = describe(frozenset({(3, (0, 1)), (None, (1, 2))}), (2, 3)).drawings
    assert drawing.colours.tolist() == [[NOTHING, 3, NOTHING], [NOTHING, NOTHING, NO_COLOUR]]
    assert drawing.parts.tolist() == [[-1, 0, -1], [-1, -1, 0]]


def test_patches_without_overlap_are_parts_of_one_drawing():
    [drawing] = describe(frozenset({frozenset({(0, 0)}), frozenset({(1, 0), (1, 1)})}), (2, 3)).drawings
    assert drawing.parts.tolist() == [[0, -1, -1], [1, 1, -1]]
    assert set(np.unique(drawing.colours)) == {NOTHING, LOCATION}


def test_huge_values_are_described_in_little_time_and_room():
    nested = frozenset({frozenset({(k, j) for j in range(70)}) for k in range(70)})
    for value in (frozenset(range(10**6)), tuple([GRID] * 10**5), nested, ((0,) * 10**5,) * 3):
        described = describe(value, (30, 30))
        assert len(described.text) <= 160
        assert len(described.drawings) <= 12
