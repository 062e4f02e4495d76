"""`tokpidjin bench`: sweeps, what it refuses, what it does when a notebook fails or an interrupt comes, the report."""

import argparse
import signal
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pyarrow.parquet as pq
import pytest

from tokpidjin import bench
from tokpidjin.cli import main
from tokpidjin.errors import ParameterError, TaskError
from tokpidjin.report.notebooks import shown_by
from tokpidjin.report.sweep import combine

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

PARAMETERS = """\
samples: int = 80  # how many
workers: int = 1  # how many
engine: str = "python"  # which
seed: int = 0  # which
out: str = "out"  # where"""

# A picture of one pixel.
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


@pytest.fixture
def folder(tmp_path):
    """Four small notebooks, of which the second fails when `samples` is 13; all wait where the seed is 99."""
    for name in bench.NOTEBOOKS:
        new = nbformat.v4
        parameters = new.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
        shows = new.new_code_cell(f"""\
print("<b> & what was found")
from IPython.display import display
display({{"image/png": "{PNG}", "text/plain": "Picture(title='it\\\\'s <a> finding')"}}, raw=True)
assert (samples, '{name}') != (13, '02_parallel'), '<an unlucky number>'
if seed == 99 and '{name}' == '02_parallel':
    from pathlib import Path
    from time import sleep
    Path(out, "begun").touch()
    sleep(600)""")
        book = new.new_notebook(cells=[parameters, shows])
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


class Page(HTMLParser):
    """What a page refers to, and its tags, each of which must be closed in order."""

    def __init__(self, path):
        super().__init__()
        self.references, self.open, self.text = [], [], path.read_text()
        self.feed(self.text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.references += [value for name, value in attributes if name in ("src", "href")]
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize(
    ("sweep", "says"),
    [
        ({"sampels": [8]}, r"'sampels'.*Did you mean 'samples'\?"),
        ({"samples": ["many"]}, "'samples': 'many' is not a whole number"),
        ({"workers": [1, -1]}, "'workers': -1 is not a whole number of at least 0"),
        ({"seed": [0, 1, ""]}, "'seed': '' is not a whole number"),
        ({"seed": [0, 1, 0]}, "'seed': '0' is given twice"),
        ({"engine": ["native", "natve"]}, r"'engine': 'natve' is not for 03_gpu. Did you mean 'native'\?"),
    ],
)
def test_a_bad_sweep_is_refused_before_anything_runs(folder, tmp_path, sweep, says):
    with pytest.raises(ParameterError, match=says):
        bench.run_bench(tmp_path / "out", sweep, folder=folder)
    assert not (tmp_path / "out").exists()


def test_bad_values_of_batch_sizes_and_tasks_are_refused(tmp_path):
    with pytest.raises(ParameterError, match="'batch_sizes': 0 is not"):
        combine({"batch_sizes": [[1, 8], [0]]}, tmp_path)
    with pytest.raises(ParameterError, match="'batch_sizes': '1,8' is given twice"):
        combine({"batch_sizes": [[1, 8], [1, 8]]}, tmp_path)
    with pytest.raises(TaskError, match="Did you mean 'arc-agi-1/training'"):
        combine({"tasks": ["arc-agi-2/training", "arc-agi-1/trainin"]}, tmp_path)


def test_bad_usage_ends_with_2(folder, tmp_path, capsys):
    out = ("--out", str(tmp_path / "out"), "--notebooks", str(folder))
    assert main(["bench", "--engine", "native,cdua", *out]) == 2
    assert "Did you mean 'cuda'?" in capsys.readouterr().err
    assert main(["bench", "--worker", "1,2", *out]) == 2
    assert "Did you mean '--workers'?" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_missing_folder_of_notebooks_is_named(tmp_path):
    with pytest.raises(ParameterError, match=r"nowhere/01_sequential\.ipynb.*--notebooks"):
        bench.run_bench(tmp_path / "out", {}, folder=tmp_path / "nowhere")


def test_combinations_have_folders_of_their_own_that_say_what_was_swept(tmp_path):
    found = combine(
        {"samples": [4], "batch_sizes": [[1, 8], [1]], "tasks": ["arc-agi-1/training", "arc-agi-2/training"]},
        tmp_path,
    )
    assert [combination.folder.relative_to(tmp_path).as_posix() for combination in found] == [
        "batch_sizes=1-8,tasks=arc-agi-1-training",
        "batch_sizes=1-8,tasks=arc-agi-2-training",
        "batch_sizes=1,tasks=arc-agi-1-training",
        "batch_sizes=1,tasks=arc-agi-2-training",
    ]
    assert found[1].name == "batch_sizes=1,8, tasks=arc-agi-2/training"
    assert found[0].parameters["samples"] == 4
    assert combine({"samples": [4]}, tmp_path)[0].folder == tmp_path


def test_a_folder_of_tasks_is_found_from_wherever_a_notebook_runs(tmp_path, monkeypatch):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "00000001.json").write_text(
        '{"train": [{"input": [[1]], "output": [[2]]}], "test": [{"input": [[1]]}]}'
    )
    monkeypatch.chdir(tmp_path)
    [combination] = combine({"tasks": ["mine"]}, "out")
    assert combination.parameters["tasks"] == str(tmp_path / "mine")


def test_parameters_reach_the_notebooks_that_they_are_about(folder, tmp_path):
    out = tmp_path / "out"
    given = {"samples": [8], "workers": [2], "engine": ["native"]}
    outcomes = bench.run_bench(out, given, folder=folder, prepare_only=True).outcomes
    assert [outcome.error for outcome in outcomes] == [None] * 4
    first, second, third, fourth = (injected(out / f"{name}.ipynb") for name in bench.NOTEBOOKS)
    assert "samples = 8" in first
    assert "workers" not in first
    assert "workers = 2" in second
    assert "engine" not in second
    assert 'engine = "native"' in third
    assert f'out = "{out.resolve()}"' in fourth
    assert not (out / bench.PAGE).exists()


def test_each_combination_is_prepared_in_its_folder(folder, tmp_path, capsys):
    words = ("--workers", "1,2", "--seed", "3", "--seed", "4", "--prepare-only")
    assert bench.main(arguments("--out", str(tmp_path / "out"), "--notebooks", str(folder), *words)) == 0
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 16
    assert said.err == ""
    assert "workers=2, seed=4: 04_overhead: prepared" in said.out
    text = injected(tmp_path / "out" / "workers=2,seed=4" / "02_parallel.ipynb")
    assert "workers = 2" in text
    assert "seed = 4" in text


@pytest.mark.notebook
def test_a_failed_notebook_is_named_and_everything_else_runs(folder, tmp_path, capsys):
    out = tmp_path / "out"
    words = ("--out", str(out), "--samples", "13,14", "--notebooks", str(folder))
    assert bench.main(arguments(*words)) == 1
    said = capsys.readouterr()
    assert "samples=13: 02_parallel: AssertionError: <an unlucky number>" in said.err
    assert "samples=13: 04_overhead: not run: it reads the results of 02_parallel, which failed" in said.err
    lines = said.out.splitlines()
    assert [line.rsplit(": ", 1)[0] for line in lines[:6]] == [
        "samples=13: 01_sequential",
        "samples=13: 03_gpu",
        *(f"samples=14: {name}" for name in bench.NOTEBOOKS),
    ]
    assert f"report: {out / bench.PAGE}" in lines
    table = pq.read_table(out / bench.TABLE).to_pylist()
    assert [(row["samples"], row["mode"]) for row in table][:2] == [(13, "sequential"), (13, "parallel")]
    assert table[1]["error"] == "AssertionError: <an unlucky number>"
    assert "there is no overhead.parquet" in table[3]["error"]  # these notebooks write no results
    check_page(out)


def check_page(out):
    page = Page(out / bench.PAGE)
    links = [unquote(link) for link in page.references if not link.startswith("data:image/png;base64,")]
    assert sorted(set(links)) == sorted(
        path.relative_to(out).as_posix() for path in out.glob("*/*.ipynb") if path.is_file()
    )
    assert len(links) > len(set(links))  # what failed is linked twice
    assert "Notebooks: 6 ran to their end, 2 failed; 2 of 2 combinations" in page.text
    assert "AssertionError: &lt;an unlucky number&gt;" in page.text
    assert "&lt;b&gt; &amp; what was found" in page.text
    assert page.text.count(PNG) == 7
    assert "http" not in page.text


# A process that is begun in the background does not heed SIGINT unless it asks for it.
HEEDING = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from tokpidjin.cli import main
sys.exit(main())
"""


@pytest.mark.notebook
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_leaves_the_report_of_what_was_done_and_no_kernel(folder, tmp_path, number, status):
    out = tmp_path / "out"
    words = ("--out", str(out), "--seed", "99,98", "--notebooks", str(folder))
    command = [sys.executable, "-c", HEEDING, "bench", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while not (out / "seed=99" / "begun").exists():
            assert process.poll() is None
            signal.sigtimedwait([], 0.1)
        process.send_signal(number)
        said = process.communicate(timeout=60)
    assert process.returncode == status
    assert said[0].startswith("seed=99: 01_sequential: ")
    assert f"what ran is in {out / bench.PAGE}" in said[1].splitlines()[-1]
    page = Page(out / bench.PAGE)
    assert "Notebooks: 1 ran to their end, 1 failed; 1 of 2 combinations" in page.text
    errors = [row["error"] for row in pq.read_table(out / bench.TABLE).to_pylist()]
    assert errors[1:] == ["interrupted", *["not run"] * 4]
    assert [path for path in Path("/proc").glob("[0-9]*/cwd") if str(out) in _target(path)] == []


def _target(link):
    try:
        return str(link.readlink())
    except OSError:  # it has ended, or is another user's
        return ""


def test_options_are_the_parameters():
    words = ("--samples", "8", "--batch-sizes", "1,8", "--timeout", "0.5", "--tasks", "a,b")
    args = arguments(*words)
    assert (args.samples, args.batch_sizes, args.timeout) == ([8], [[1, 8]], [0.5])
    assert (args.tasks, args.workers, args.out) == (["a,b"], None, "out")


def test_commas_and_repeated_options_are_sweeps():
    words = (
        "--workers",
        "1,2",
        "--workers",
        "4",
        "--batch-sizes",
        "1,8",
        "--batch-sizes",
        "1",
        "--tasks",
        "a",
    )
    args = arguments(*words, "--tasks", "b", "--engine", "native,cuda")
    assert (args.workers, args.batch_sizes) == ([1, 2, 4], [[1, 8], [1]])
    assert (args.tasks, args.engine) == (["a", "b"], ["native", "cuda"])


def test_what_a_notebook_shows_is_read_in_order(folder, tmp_path):
    assert list(shown_by(tmp_path / "absent.ipynb")) == []
    assert list(shown_by(folder / "01_sequential.ipynb")) == []
