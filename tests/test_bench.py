"""`tokpidjin bench`: what it refuses, what it passes on, what it does when a notebook fails."""

import argparse

import nbformat
import pytest

from tokpidjin import bench
from tokpidjin.errors import ParameterError

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

PARAMETERS = """\
samples: int = 80  # how many
workers: int = 1  # how many
engine: str = "python"  # which
out: str = "out"  # where"""


@pytest.fixture
def folder(tmp_path):
    """Four small notebooks, of which the second fails when `samples` is 13."""
    for name in bench.NOTEBOOKS:
        new = nbformat.v4
        parameters = new.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
        claim = new.new_code_cell(f"assert (samples, '{name}') != (13, '02_parallel'), 'an unlucky number'")
        book = new.new_notebook(cells=[parameters, claim])
        book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(book, tmp_path / f"{name}.ipynb")
    return tmp_path


def arguments(*words):
    parser = argparse.ArgumentParser()
    bench.add_arguments(parser)
    return parser.parse_args(words)


def injected(path):
    return "".join(
        cell.source
        for cell in nbformat.read(path, 4).cells
        if "injected-parameters" in cell.metadata.get("tags", [])
    )


def test_an_unknown_parameter_is_refused_with_the_near_match(folder, tmp_path):
    with pytest.raises(ParameterError, match=r"'sampels'.*Did you mean 'samples'\?"):
        bench.run_bench(tmp_path / "out", {"sampels": 8}, folder=folder)
    assert not (tmp_path / "out").exists()


def test_a_value_of_the_wrong_type_is_refused_before_anything_runs(folder, tmp_path):
    with pytest.raises(ParameterError, match="'samples': 'many' is not a whole number"):
        bench.run_bench(tmp_path / "out", {"samples": "many"}, folder=folder)
    assert not (tmp_path / "out").exists()


def test_a_missing_folder_of_notebooks_is_named(tmp_path):
    with pytest.raises(ParameterError, match=r"nowhere/01_sequential\.ipynb.*--notebooks"):
        bench.run_bench(tmp_path / "out", folder=tmp_path / "nowhere")


def test_parameters_reach_the_notebooks_that_they_are_about(folder, tmp_path):
    out = tmp_path / "out"
    given = {"samples": 8, "workers": 2, "engine": "native"}
    outcomes = bench.run_bench(out, given, folder=folder, prepare_only=True)
    assert [outcome.error for outcome in outcomes] == [None] * 4
    first, second, third, fourth = (injected(out / f"{name}.ipynb") for name in bench.NOTEBOOKS)
    assert "samples = 8" in first
    assert "workers" not in first
    assert "workers = 2" in second
    assert "engine" not in second
    assert 'engine = "native"' in third
    assert f'out = "{out.resolve()}"' in fourth


@pytest.mark.notebook
def test_a_failed_notebook_is_named_and_the_others_run(folder, tmp_path, capsys):
    out = tmp_path / "out"
    words = ("--out", str(out), "--samples", "13", "--notebooks", str(folder))
    assert bench.main(arguments(*words)) == 1
    said = capsys.readouterr()
    assert "02_parallel: AssertionError: an unlucky number" in said.err
    assert "04_overhead: not run: it reads the results of 02_parallel, which failed" in said.err
    assert [line.split(":")[0] for line in said.out.splitlines()] == ["01_sequential", "03_gpu"]
    assert (out / "03_gpu.ipynb").exists()


def test_options_are_the_parameters():
    args = arguments(
        "--samples", "8", "--batch-sizes", "1,8", "--timeout", "0.5", "--tasks", "arc-agi-2/training"
    )
    assert (args.samples, args.batch_sizes, args.timeout) == (8, [1, 8], 0.5)
    assert (args.tasks, args.workers) == ("arc-agi-2/training", None)
