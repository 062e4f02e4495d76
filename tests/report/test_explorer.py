"""What the explorer shows, its matrix, and its widgets without a browser."""

import json
import sys
from itertools import accumulate
from pathlib import Path

import numpy as np
import papermill
import pytest

from tokpidjin.engines.registry import BACKENDS
from tokpidjin.errors import EngineError, ParameterError, SolverError, TaskError
from tokpidjin.report.exploration import Exploration
from tokpidjin.report.explorer import explorer
from tokpidjin.report.matrix import Matrix, run_matrix
from tokpidjin.report.parameters import ExplorerParameters
from tokpidjin.report.values import Drawing
from tokpidjin.runner import Executor
from tokpidjin.tasks import Sample

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "06_explorer.ipynb"
PNG = b"\x89PNG"

SOLVERS = """from dsl import *

def solve_aaaaaaaa(I):
    \"\"\"The grid is turned <over> & back.\"\"\"
    turned = rot180(I)
    return rot180(turned)

def solve_bbbbbbbb(I):
    return hmirror(I)

def solve_cccccccc(I):
    return first(height(I))

def solve_dddddddd(I):
    return canvas(ONE, shape(I))
"""

TASKS = {
    # The identity.
    "aaaaaaaa": {
        "train": [
            {"input": [[1, 2]], "output": [[1, 2]]},
            {"input": [[1, 2], [3, 4]], "output": [[1, 2], [3, 4]]},
        ],
        "test": [{"input": [[5]], "output": [[5]]}],
    },
    # Turned upside down; the answer of the test is not known.
    "bbbbbbbb": {
        "train": [{"input": [[1, 2], [3, 4]], "output": [[3, 4], [1, 2]]}],
        "test": [{"input": [[5, 1]]}],
    },
    # No solver of its own.
    "eeeeeeee": {
        "train": [{"input": [[1]], "output": [[1, 1]]}],
        "test": [{"input": [[2]], "output": [[2, 2]]}],
    },
}


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """Parameters for the solvers and tasks above."""
    folder = tmp_path_factory.mktemp("given")
    (folder / "solvers.py").write_text(SOLVERS)
    (folder / "tasks.json").write_text(json.dumps(TASKS))
    return {"tasks": str(folder / "tasks.json"), "solvers": str(folder / "solvers.py"), "workers": 1}


@pytest.fixture(scope="module")
def explored(given):
    return explorer(ExplorerParameters(**given, engine="native"))


def rows(table):
    return {row[0]: tuple(row[1:]) for row in table.rows}


def test_without_a_wish_a_task_is_shown_with_its_own_solver(given):
    assert Exploration(ExplorerParameters(**given)).first == ("aaaaaaaa", "aaaaaaaa", 0)
    assert Exploration(ExplorerParameters(**given, task="eeeeeeee")).first == ("eeeeeeee", "aaaaaaaa", 0)


@pytest.mark.parametrize(
    ("pick", "verdict"),
    [
        (("aaaaaaaa", "aaaaaaaa", 1), "aaaaaaaa demo[1]: right"),
        (("aaaaaaaa", "bbbbbbbb", 1), "aaaaaaaa demo[1]: wrong in 4 of 4 cells"),
        (("aaaaaaaa", "dddddddd", 0), "aaaaaaaa demo[0]: wrong in 1 of 2 cells"),
        (("aaaaaaaa", "cccccccc", 2), "aaaaaaaa test[0]: no output (error)"),
        (("eeeeeeee", "aaaaaaaa", 0), "eeeeeeee demo[0]: wrong, 1x1 where 1x2 is expected"),
        (("bbbbbbbb", "bbbbbbbb", 1), "bbbbbbbb test[0]: an output, whose answer is not known"),
    ],
)
def test_a_view_says_how_right_the_output_is(explored, pick, verdict):
    explored.look(*pick)
    assert explored.picked == pick
    assert explored.view.finding == f"solver {pick[1]} on {verdict}"
    assert explored.view.picture.title == explored.view.finding
    assert explored.view.picture.png.startswith(PNG)


def test_a_view_holds_steps_source_and_times_on_every_engine(explored):
    explored.look("aaaaaaaa")
    view = explored.view
    assert [step.caption for step in view.trace.steps] == ["turned = rot180(I)", "return rot180(turned)"]
    assert view.solver.source.startswith("def solve_aaaaaaaa(I):")
    times = rows(view.times)
    assert list(times) == list(BACKENDS)
    for name, backend in BACKENDS.items():
        ended, note, microseconds = times[name]
        if backend.why_unusable():
            assert (ended, microseconds) == ("not usable here", "")
            assert note == backend.why_unusable()
        else:
            assert ended == "ok"
            assert float(microseconds.replace(",", "")) > 0


def test_a_view_lists_the_solvers_that_give_answers(explored):
    explored.look("aaaaaaaa", "dddddddd")
    assert rows(explored.view.others) == {
        "aaaaaaaa": ("yes", "2 of 2", "1 of 1"),
        "bbbbbbbb": ("no", "1 of 2", "1 of 1"),
    }
    explored.look("bbbbbbbb")
    assert rows(explored.view.others) == {"bbbbbbbb (picked)": ("yes", "1 of 1", "0 of 0")}


def test_a_loop_does_not_hold_the_explorer_up(given, tmp_path):
    file = tmp_path / "loop.py"
    file.write_text("def solve_aaaaaaaa(I):\n    while True: pass\n")
    parameters = {**given, "solvers": str(file), "trusted": True, "timeout": 0.1}
    view = explorer(ExplorerParameters(**parameters)).view
    assert view.finding.endswith("no output (timeout)")
    assert view.trace.failure == "no end within 0.1 s"
    assert rows(view.times)["python"][0] == "timeout"
    assert rows(view.times)["native"][0] == "not compiled"


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"task": "aaaaaaab"}, ParameterError, "there is no task 'aaaaaaab'.*Did you mean 'aaaaaaaa'"),
        ({"solver": "bbbbbbbc"}, ParameterError, "there is no solver 'bbbbbbbc'.*Did you mean 'bbbbbbbb'"),
        ({"sample": 3}, ParameterError, "'sample'.*has 3 samples, and 3 is not one of 0 to 2"),
        ({"engine": "natve"}, ParameterError, "Did you mean 'native'"),
        ({"tasks": "nowhere"}, TaskError, "nowhere"),
        ({"solvers": "nowhere.py"}, SolverError, r"nowhere\.py"),
    ],
)
def test_what_is_not_there_is_refused(given, change, error, message):
    with pytest.raises(error, match=message):
        Exploration(ExplorerParameters(**{**given, **change}))


def test_an_engine_that_cannot_be_used_is_refused(given):
    if BACKENDS["cuda"].why_unusable() is None:
        pytest.skip("cuda can be used here")
    with pytest.raises(EngineError, match="cuda"):
        Exploration(ExplorerParameters(**given, engine="cuda"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("task", 1),
        ("samples", -1),
        ("trusted", 1),
        ("timeout", None),
        ("timeout", 0),
        ("workers", "2"),
        ("engine", None),
    ],
)
def test_parameters_are_checked(name, value):
    with pytest.raises(ParameterError, match=f"'{name}'"):
        ExplorerParameters(**{name: value})


# The matrix


def test_the_matrix_says_how_every_item_ended(explored):
    matrix = explored.matrix()
    assert matrix.solvers == ["aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd"]
    assert [sample.task_id[0] for sample in matrix.samples] == [*"aaabbee"]
    assert matrix.counts == {"error": 7, "ok, wrong": 12, "right": 6, "ok, answer unknown": 3}
    assert matrix.finding == "4 solvers on 7 samples: 21 of 28 items (75.0%) end ok, 6 are right"


@pytest.mark.parametrize("engine", ["python", "native"])
def test_engines_make_the_same_matrix(explored, given, engine):
    library, samples = explored.exploration.library, explored.exploration.matrix_samples
    executor = Executor(library, engine, 1, isolated=True)
    matrix = run_matrix(executor, samples, scored=True)
    assert matrix.kinds.tolist() == explored.matrix().kinds.tolist()
    assert matrix.scores.shape == matrix.kinds.shape
    assert matrix.scores[3, :3].tolist() == [0.5, 0.25, 0.0]
    assert matrix.scores[2, :3].tolist() == [0.0, 0.0, 0.0]
    assert np.isnan(matrix.scores[:, 4]).all()


def test_batches_of_samples_make_no_difference(explored, monkeypatch):
    exploration, seen = explored.exploration, []
    executor = Executor(exploration.library, "native", 1)
    whole = run_matrix(executor, exploration.matrix_samples)
    monkeypatch.setattr("tokpidjin.report.matrix._SAMPLES_AT_ONCE", 3)
    parts = run_matrix(executor, exploration.matrix_samples, progress=seen.append)
    assert parts.kinds.tolist() == whole.kinds.tolist()
    done = list(accumulate(told.total() for told in seen))
    assert {12, 24, 28} <= set(done)
    assert done[-1] == 28


def test_a_window_of_the_matrix_is_what_it_says(explored):
    matrix = explored.exploration.matrix(scored=True)
    window = matrix.plot((0, 2), (0, 3))
    assert window.title == "2 solvers on 3 samples: 6 of 6 items (100.0%) end ok, 5 are right"
    assert matrix.plot((0, 1), (0, 1)).title.startswith("1 solver on 1 sample: 1 of 1 items")
    pictures = {
        matrix.plot().png,
        window.png,
        matrix.plot((0, 2), (0, 3), "score").png,
        matrix.plot((0, 2), (0, 3), marked=(1, 1)).png,
    }
    assert len(pictures) == 4
    assert matrix.plot((0, 2), (0, 3), marked=(3, 1)).png == window.png
    assert matrix.plot(colouring="score").title.endswith(f"mean score {np.nanmean(matrix.scores):.2f}")


def test_of_many_items_on_one_dot_what_matters_most_shows():
    from tokpidjin.report.matrix import _shrink

    kinds = np.zeros((1000, 3000), np.uint8)
    kinds[999, 2999] = 9
    dots, said = _shrink(kinds)
    assert dots.shape == (334, 750)
    assert dots.sum() == dots[-1, -1] == 9
    assert said == "one dot is up to 3x4 items"
    assert _shrink(kinds[:5, :5])[1] == ""


def test_a_matrix_without_answers_has_no_mean_score():
    sample = Sample("aaaaaaaa", "test", 0, ((1,),), None)
    matrix = Matrix(["s"], [sample], np.ones((1, 1), np.uint8), np.full((1, 1), np.nan, np.float32))
    assert (
        matrix.plot(colouring="score").title
        == "1 solver on 1 sample: 1 of 1 items (100.0%) end ok, 0 are right"
    )


# Pages


def test_the_static_page_shows_everything_and_needs_nothing(explored):
    explored.look("aaaaaaaa", "dddddddd")
    page = explored.static()._repr_html_()
    assert page.count('src="data:image/png;base64,') == 3
    assert "http" not in page
    assert "<script" not in page
    for text in (
        "def solve_dddddddd(I):",
        "canvas(ONE, shape(I))",
        "wrong in 1 of 2 cells",
        "native",
        "4 solvers on 7",
    ):
        assert text in page


def test_what_a_file_says_is_text_and_no_markup(explored):
    explored.look("aaaaaaaa")
    page = explored.static()._repr_html_()
    assert "turned &lt;over&gt; &amp; back" in page
    assert "<over>" not in page


def test_as_text_it_says_the_same(explored):
    explored.look("aaaaaaaa", "cccccccc")
    text = repr(explored.static())
    for said in ("no output (error)", "height(I): 1", "not usable here", "4 solvers on 7 samples"):
        assert said in text


def test_a_drawing_has_lines_between_cells_and_edges_around_patches():
    from tokpidjin.report.html import _pixels

    cells = np.array([[3, 3, 11]], np.uint8)
    pixels = _pixels(Drawing(cells, np.array([[0, 1, -1]], np.int16)), 30)
    assert pixels.shape == (11, 31, 3)
    assert pixels[5, 5].tolist() == [0x37, 0xD4, 0x49]
    assert pixels[5, 0].tolist() == pixels[5, 10].tolist() == pixels[5, 20].tolist() == [0, 0, 0]
    assert pixels[5, 25].tolist() == [255, 255, 255]
    together = _pixels(Drawing(cells, np.array([[0, 0, -1]], np.int16)), 30)
    assert together[5, 10].tolist() == [0x80] * 3


# Widgets


@pytest.fixture
def panel(given):
    """The panel of an explorer of its own, as Jupyter asks for it."""
    shown = explorer(ExplorerParameters(**given, engine="native"))
    assert "application/vnd.jupyter.widget-view+json" in shown._repr_mimebundle_()
    return shown._panel


def test_what_is_picked_is_shown(panel):
    assert (panel.task.value, panel.solver.value, panel.sample.label) == ("aaaaaaaa", "aaaaaaaa", "demo[0]")
    panel.task.value = "bbbbbbbb"
    assert panel.solver.value == "bbbbbbbb"
    assert [name for name, _ in panel.sample.options] == ["demo[0]", "test[0]"]
    assert "solver bbbbbbbb on bbbbbbbb demo[0]: right" in panel._grids.value
    panel.sample.value = 1
    assert "bbbbbbbb test[0]: an output" in panel._grids.value
    panel.solver.value = "dddddddd"
    assert "solver dddddddd on bbbbbbbb test[0]" in panel._grids.value
    assert "canvas(ONE, shape(I))" in panel._pages[0].value
    panel.keep.value = True
    panel.task.value = "aaaaaaaa"
    assert (panel.solver.value, panel.sample.value) == ("dddddddd", 0)


def test_a_look_from_another_cell_is_shown_too(panel):
    panel._explorer.look("bbbbbbbb", "aaaaaaaa", 1)
    assert (panel.task.value, panel.solver.value, panel.sample.value) == ("bbbbbbbb", "aaaaaaaa", 1)


def test_the_matrix_is_made_when_its_tab_is_opened_and_zooms(panel):
    assert not panel._explorer.exploration.has_matrix
    panel.tabs.selected_index = 4
    assert panel._explorer.exploration.has_matrix
    assert 'alt="4 solvers on 7 samples' in panel.matrix._picture.value
    panel.matrix.rows.value = (2, 3)
    assert 'alt="2 solvers on 7 samples' in panel.matrix._picture.value
    panel.matrix.columns.value = (7, 7)
    assert 'alt="2 solvers on 1 sample:' in panel.matrix._picture.value
    panel.matrix.colouring.value = "score"
    assert "mean score 0.00" in panel.matrix._picture.value
    panel.matrix.whole.click()
    assert 'alt="4 solvers on 7 samples' in panel.matrix._picture.value


def test_the_matrix_zooms_to_what_is_picked(panel, monkeypatch):
    monkeypatch.setattr("tokpidjin.report.panel._AROUND", 1)
    panel._explorer.look("bbbbbbbb", "dddddddd")
    panel.matrix.around.click()
    assert panel.matrix.rows.value == (3, 4)
    assert panel.matrix.columns.value == (3, 5)


def test_a_sample_that_is_not_in_the_matrix_is_not_zoomed_to(given):
    shown = explorer(ExplorerParameters(**given, samples=1))
    shown._repr_mimebundle_()
    [only] = shown.exploration.matrix_samples
    other = next(sample for sample in shown.exploration.samples("aaaaaaaa") if sample != only)
    shown.look("aaaaaaaa", sample=other.index if other.split == "demo" else 2)
    shown._panel.matrix.around.click()
    assert "not one of those of the matrix" in shown._panel._message.value
    shown._panel.matrix.show()
    assert 'alt="4 solvers on 1 sample' in shown._panel.matrix._picture.value


def test_an_error_is_said_and_the_view_stays(panel, monkeypatch):
    def fail(*_):
        raise EngineError("engine 'native'", cause="it is <gone>")

    before = panel._grids.value
    monkeypatch.setattr(panel._explorer.exploration, "view", fail)
    panel.solver.value = "bbbbbbbb"
    assert "it is &lt;gone&gt;" in panel._message.value
    assert panel._grids.value == before


def test_without_ipywidgets_it_says_what_there_is_instead(explored, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    monkeypatch.delitem(sys.modules, "tokpidjin.report.panel", raising=False)
    bundle = explored._repr_mimebundle_()
    assert bundle.keys() == {"text/plain", "text/html"}
    assert "static()" in bundle["text/html"]


# The notebook


@pytest.mark.notebook
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_notebook_shows_the_pick_without_widgets_too(given, tmp_path):
    executed = tmp_path / "06.ipynb"
    papermill.execute_notebook(NOTEBOOK, executed, {**given, "solver": "dddddddd"}, progress_bar=False)
    shown = [
        output for cell in json.loads(executed.read_text())["cells"] for output in cell.get("outputs", [])
    ]
    pages = [
        "".join(output["data"]["text/html"]) for output in shown if "text/html" in output.get("data", {})
    ]
    assert any("canvas(ONE, shape(I))" in page and "data:image/png" in page for page in pages)
    said = "solver dddddddd on aaaaaaaa demo[0]: wrong in 1 of 2 cells; 4 solvers on 7 samples"
    assert any(said in "".join(output.get("text", "")) for output in shown)


@pytest.mark.notebook
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_notebook_refuses_a_parameter_that_it_does_not_have(tmp_path):
    with pytest.raises(papermill.PapermillExecutionError, match="Did you mean 'solver'"):
        papermill.execute_notebook(NOTEBOOK, tmp_path / "06.ipynb", {"solvr": "x"}, progress_bar=False)
