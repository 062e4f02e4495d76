"""The benchmark of the dataset as a program: what it refuses, and when it fails."""

import json
from types import SimpleNamespace

import kaggle_gpu_benchmark as benchmark
import numpy as np
import pytest


def test_it_prints_and_writes_what_it_measured(tmp_path, capsys):
    assert benchmark.main(["--samples", "2", "--repeats", "1", "--out", str(tmp_path / "new")]) == 0
    report = json.loads((tmp_path / "new" / "kaggle_gpu_benchmark.json").read_text())
    assert (report["samples"], report["differing"]) == (2, 0)
    printed = capsys.readouterr().out
    assert f"{report['solvers']} solvers on 2 inputs, best of 1 runs" in printed
    assert report["machine"]["python"] in printed


def test_engines_that_differ_are_a_failure(tmp_path, monkeypatch):
    honest = benchmark.benchmark
    monkeypatch.setattr(benchmark, "benchmark", lambda *given: {**honest(*given), "differing": 1})
    assert benchmark.main(["--samples", "1", "--repeats", "1", "--out", str(tmp_path)]) == 1


def test_items_that_differ_are_counted_once():
    native = SimpleNamespace(status=np.array([0, 0, 1, 0]), hashes=np.array([1, 2, 0, 4]))
    cuda = SimpleNamespace(status=np.array([0, 1, 1, 0]), hashes=np.array([1, 0, 0, 5]))
    assert benchmark.count_differing([native, cuda]) == 2
    assert benchmark.count_differing([native]) == 0


@pytest.mark.parametrize("option", ["--samples", "--repeats"])
@pytest.mark.parametrize("number", ["0", "-1", "1.5", "many"])
def test_a_number_that_is_none_is_refused(capsys, option, number):
    with pytest.raises(SystemExit, match="2"):
        benchmark.main([option, number])
    assert f"{number!r} is not a whole number from 1" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_found_before_the_work(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(benchmark, "benchmark", lambda *_: pytest.fail("it worked first"))
    with pytest.raises(OSError, match="file"):
        benchmark.main(["--out", str(tmp_path / "file")])
