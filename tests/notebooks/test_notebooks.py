"""The four notebooks, run for real on a few samples."""

import json
import re
from html import escape
from itertools import product
from pathlib import Path

import nbformat
import papermill
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tokpidjin import bench
from tokpidjin.engines import BACKENDS
from tokpidjin.errors import ParameterError, ResultsError
from tokpidjin.report.compare import compare_modes
from tokpidjin.report.experiment import PICTURES, breakdown_of, read_experiment
from tokpidjin.report.modes import MODES, read_mode, run_mode
from tokpidjin.report.parameters import Parameters
from tokpidjin.report.readme import main as write_readme

pytestmark = [
    pytest.mark.notebook,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

NOTEBOOK_05 = Path(__file__).parents[2] / "notebooks" / "05_submission.ipynb"
SMALL = {"samples": [4], "batch_sizes": [[1, 4]], "workers": [2], "overhead_seconds": [1.0]}


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """The results of a sweep of two engines, of which one can be used everywhere."""
    return bench.run_bench(tmp_path_factory.mktemp("out"), {**SMALL, "engine": ["native", "cuda"]})


@pytest.fixture(scope="module")
def out(swept):
    """The results of the four notebooks, run as `tokpidjin bench` does."""
    assert [outcome.error for outcome in swept.outcomes[:4]] == [None] * 4
    return swept.combinations[0].folder


def test_a_sweep_goes_on_after_a_failure_and_reports_both(swept):
    table = swept.report()
    assert pq.read_table(swept.out / bench.TABLE).equals(table)
    rows = table.to_pylist()
    assert [(row["engine"], row["mode"]) for row in rows] == list(product(["native", "cuda"], MODES))
    assert [row["error"] for row in rows[:5]] == [None] * 5
    assert [row["items"] for row in rows[:5]] == [1600] * 5
    assert rows[2]["items_per_second"] == pytest.approx(rows[0]["items_per_second"] * rows[2]["speed_up"])
    page = (swept.out / bench.PAGE).read_text()
    assert "Most items a second" in page
    assert all(f'href="engine%3Dnative/{name}.ipynb"' in page for name in bench.NOTEBOOKS)
    lack = BACKENDS["cuda"].why_unusable()
    assert bool(rows[5]["error"]) == bool(lack)
    if lack:
        assert [outcome.notebook for outcome in swept.failed] == ["03_gpu", "04_overhead"]
        assert f"engine &#x27;cuda&#x27; cannot run here: {escape(lack)}" in page


def test_an_executed_notebook_keeps_one_full_bar_for_each_piece_of_work(out):
    for name in bench.NOTEBOOKS[:3]:
        texts = [output.get("data", {}).get("text/plain", "") for output in outputs(out / f"{name}.ipynb")]
        bars = [text for text in texts if "items/s" in text.split("\n")[0] and "|" in text]
        assert len(bars) == 1
        assert re.search(r"100%\|.*1600/1600 \[.*items/s\]\nok=\d+, error=\d+", bars[0])
        measured = [text.split(":")[0] for text in texts if "solvers/s" in text]
        dispatches = ["dispatch, native"] if name == "03_gpu" else []
        assert measured == ["overhead", *dispatches]
        assert not [
            output
            for output in outputs(out / f"{name}.ipynb")
            if output.get("name") == "stderr" and "|" in output["text"]
        ]


def outputs(path):
    return [output for cell in nbformat.read(path, 4).cells for output in cell.get("outputs", [])]


@pytest.mark.parametrize("name", bench.NOTEBOOKS)
def test_executed_notebook_shows_a_table_a_picture_and_a_sentence(out, name):
    shown = outputs(out / f"{name}.ipynb")
    kinds = [kind for output in shown for kind in output.get("data", {})]
    assert "text/markdown" in kinds
    assert "image/png" in kinds
    assert any(output.get("name") == "stdout" and output["text"].strip() for output in shown)


@pytest.mark.parametrize("name", MODES)
def test_results_are_whole(out, name):
    mode = read_mode(name, out)
    assert mode.summary["items"] == mode.results.num_rows == mode.summary["solvers"] * 4
    assert sorted(set(mode.overhead["batch_size"].to_pylist())) == [1, 4]
    assert min(mode.overhead["overhead_us"].to_pylist()) > 0


def test_the_modes_agree(out):
    comparison = compare_modes(Parameters(out=str(out)))
    assert comparison.compared_items > 0
    assert not comparison.differing
    assert "the same output in all modes" in comparison.conclusion
    assert (out / "04_overhead" / "overhead.png").exists()


def test_04_says_what_dispatches_cost_and_where_the_speed_up_comes_from(out):
    pictures = [
        output for output in outputs(out / "04_overhead.ipynb") if "image/png" in output.get("data", {})
    ]
    assert len(pictures) == 3
    assert all((out / "04_overhead" / picture).read_bytes().startswith(b"\x89PNG") for picture in PICTURES)
    comparison = compare_modes(Parameters(out=str(out)))
    experiment = read_experiment(comparison.runs[-1])
    engine = comparison.runs[-1].summary["engine"]
    assert experiment.engines[0] == engine
    assert set(experiment.dispatch["library"].to_pylist()) == {"real", "toy"}
    breakdown = breakdown_of(comparison, experiment)
    assert breakdown.product == pytest.approx(breakdown.total)
    assert ("a GPU was not measured" in breakdown.conclusion) == (engine != "cuda")


def test_the_readme_takes_tables_and_pictures(out, tmp_path):
    source = Path(__file__).parents[2] / "README.md"
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "README.md").write_text(source.read_text())
    write_readme(str(out), str(tmp_path / "README.md"))
    text = (tmp_path / "README.md").read_text()
    for picture in ("overhead.png", *PICTURES):
        assert f"](notebooks/{picture})" in text
        assert (tmp_path / "notebooks" / picture).exists()
    assert "400 solvers on 4 samples" in text
    assert "| compiling | native, 1 thread" in text


def test_04_makes_what_is_missing(tmp_path):
    [outcome] = bench.run_bench(tmp_path, SMALL, notebooks=["04_overhead"]).outcomes
    assert outcome.error is None
    assert [read_mode(name, tmp_path).summary["parameters"]["samples"] for name in MODES] == [4, 4, 4]


def test_results_of_other_samples_are_not_compared(out, tmp_path):
    for mode in MODES.values():
        (tmp_path / mode.folder).mkdir()
        for file in (out / mode.folder).iterdir():
            (tmp_path / mode.folder / file.name).write_bytes(file.read_bytes())
    path = tmp_path / "02_parallel" / "summary.json"
    path.write_text(path.read_text().replace('"seed": 0', '"seed": 1'))
    with pytest.raises(ResultsError, match=r"02_parallel.*seed = 1, those of 01_sequential with 0"):
        compare_modes(Parameters(out=str(tmp_path)))


def test_a_different_output_is_found(out, tmp_path):
    for mode in MODES.values():
        (tmp_path / mode.folder).mkdir()
        for file in (out / mode.folder).iterdir():
            (tmp_path / mode.folder / file.name).write_bytes(file.read_bytes())
    path = tmp_path / "03_gpu" / "results.parquet"
    table = pq.read_table(path)
    hashes = table["hash"].to_pylist()
    place = table["status"].to_pylist().index("ok")
    hashes[place] ^= 1
    pq.write_table(
        table.set_column(table.schema.get_field_index("hash"), "hash", pa.array(hashes, pa.uint64())), path
    )
    place = {key: table[key][place].as_py() for key in ("solver", "task", "split", "index")}
    assert compare_modes(Parameters(out=str(tmp_path))).differing == [
        "{solver} on {task} {split} {index}".format(**place)
    ]


def test_missing_results_name_the_notebook(tmp_path):
    with pytest.raises(ResultsError, match=r"02_parallel.*Run notebooks/02_parallel\.ipynb"):
        read_mode("parallel", tmp_path)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("sequential", {"workers": 2}, "one process, not 2"),
        ("parallel", {"engine": "cuda"}, "'cuda' is not for 02_parallel"),
        ("compiled", {"engine": "natve"}, "Did you mean 'native'"),
    ],
)
def test_a_mode_refuses_what_it_is_not_about(name, change, message):
    with pytest.raises(ParameterError, match=message):
        run_mode(name, Parameters(**change))


def test_05_writes_a_submission_and_draws_it(tmp_path):
    pair = {"input": [[1, 2], [3, 4]], "output": [[2, 1], [4, 3]]}
    challenges = {"00000001": {"train": [pair], "test": [{"input": [[5, 6], [7, 8]]}]}}
    (tmp_path / "some_challenges.json").write_text(json.dumps(challenges))
    executed = tmp_path / "05_submission.ipynb"
    parameters = {"tasks": str(tmp_path / "some_challenges.json"), "out": str(tmp_path)}
    papermill.execute_notebook(NOTEBOOK_05, executed, parameters, progress_bar=False)
    shown = outputs(executed)
    assert {"text/markdown", "image/png"} <= {kind for output in shown for kind in output.get("data", {})}
    assert any("1 with a solver that fits" in output.get("text", "") for output in shown)
    [entry] = json.loads((tmp_path / "submission.json").read_text())["00000001"]
    assert entry["attempt_1"] == [[6, 5], [8, 7]]


def test_05_refuses_a_parameter_that_it_does_not_have(tmp_path):
    with pytest.raises(papermill.PapermillExecutionError, match="Did you mean 'seconds'"):
        papermill.execute_notebook(NOTEBOOK_05, tmp_path / "05.ipynb", {"second": 1}, progress_bar=False)
