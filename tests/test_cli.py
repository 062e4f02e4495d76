import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tokpidjin
from tokpidjin.cli import main
from tokpidjin.report.terminal import draw_grid, draw_pair, side_by_side, wants_colour
from tokpidjin.results import read_results

# Three solvers: of a task that it solves, of one that it gets wrong, and one whose task is not in the data.
SOLVERS = '''
from tokpidjin.dsl import *


def solve_00000001(I):
    """The grid is mirrored left to right."""
    return vmirror(I)


def solve_00000002(I):
    """The grid is mirrored, or fails where it is one row."""
    return hmirror(I)


def solve_00000003(I):
    """The grid is turned, and its number of colours must be taken as a grid: an error."""
    return first(())
'''

ASYMMETRIC = [[1, 2], [3, 4]]


def task(output):
    return {
        "train": [{"input": ASYMMETRIC, "output": output}],
        "test": [{"input": [[5, 6]], "output": [[6, 5]]}],
    }


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with solvers.py, the tasks 00000001 and 00000002, and variants of both."""
    (tmp_path / "solvers.py").write_text(SOLVERS)
    (tmp_path / "tasks").mkdir()
    for name in ("00000001", "00000002"):
        (tmp_path / "tasks" / f"{name}.json").write_text(json.dumps(task([[2, 1], [4, 3]])))
    variants = {
        "00000001": [{"input": ASYMMETRIC, "output": [[2, 1], [4, 3]]}],
        "00000002": [{"input": ASYMMETRIC, "output": [[3, 4], [1, 2]]}, {"input": [[1]], "output": [[2]]}],
    }
    (tmp_path / "variants.json").write_text(json.dumps(variants))
    monkeypatch.chdir(tmp_path)
    return tmp_path


SOURCES = ("--solvers", "solvers.py", "--tasks", "tasks")
ENGINES = ("python", "native")


@pytest.mark.parametrize("engine", ENGINES)
def test_run_writes_the_results_and_prints_a_short_table(folder, capsys, engine):
    assert main(["run", *SOURCES, "--engine", engine, "--workers", "1", "--out", "out"]) == 0
    said = capsys.readouterr().out
    assert "12 (3 solvers x 4 samples)" in said
    assert "out/results.parquet" in said
    table, summary = read_results("out")
    assert len(table) == summary["items"] == 12
    assert table["solver"].unique().to_pylist() == ["00000001", "00000002", "00000003"]
    assert summary["tasks_solved"] == 2
    assert summary["status"]["error"] == 4
    assert summary["engine"] == engine
    assert summary["parameters"]["tasks"] == "tasks"
    assert summary["data"] == str(folder / "tasks")


def test_run_in_two_processes_gives_the_same(folder, capsys):
    tables = []
    for workers in ("1", "2"):
        assert main(["run", *SOURCES, "--engine", "python", "--workers", workers, "--out", workers]) == 0
        tables.append(read_results(workers)[0].drop_columns("microseconds"))
    assert tables[0].equals(tables[1])


def test_run_picks_samples_by_the_seed(folder, capsys):
    arguments = ["run", *SOURCES, "--engine", "python", "--workers", "1", "--samples", "2", "--json"]
    assert main([*arguments, "--seed", "3"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert (summary["items"], summary["samples"]) == (6, 2)
    assert summary["parameters"]["seed"] == 3


@pytest.mark.parametrize("engine", ENGINES)
def test_check_lists_what_fails_and_ends_with_the_count(folder, capsys, engine):
    assert main(["check", *SOURCES, "--engine", engine, "--workers", "1"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "solved 1/2 tasks, 2/4 pairs"
    assert "00000002  demo[0] wrong, test[0] wrong" in lines
    assert "without a task with known answers in the data: 1 solvers" in lines


def test_check_of_variants(folder, capsys):
    arguments = ["check", "--solvers", "solvers.py", "--variants", "variants.json", "--engine", "python"]
    assert main([*arguments, "--workers", "1"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "00000002  example[1] wrong" in lines
    assert lines[-1] == "solved 1/2 tasks, 2/3 pairs"
    assert main([*arguments, "--json"]) == 1
    summary = json.loads(capsys.readouterr().out)
    assert (summary["solved"], summary["tasks"], summary["right"], summary["pairs"]) == (1, 2, 2, 3)
    assert summary["failures"] == {"00000002": {"example[1]": "wrong"}}
    assert summary["without_task"] == ["00000003"]


def test_check_succeeds_where_all_is_solved(folder, capsys):
    (folder / "tasks" / "00000002.json").unlink()
    assert main(["check", *SOURCES, "--engine", "python", "--workers", "1"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "solved 1/1 tasks, 2/2 pairs"


def test_check_without_a_common_task_says_so(folder, capsys):
    assert main(["check", "--solvers", "solvers.py", "--tasks", "arc-agi-2/evaluation"]) == 1
    assert "none is for a task with known answers in 'arc-agi-2/evaluation'" in capsys.readouterr().err


def test_show_draws_the_pairs_beside_what_the_solver_makes_of_them(folder, capsys):
    arguments = ["solve_00000002", *SOURCES, "--engine", "python", "--workers", "1"]
    assert main(["show", *arguments, "--pairs"]) == 0
    assert capsys.readouterr().out == (
        "solve_00000002  (solvers.py:10)\n"
        "The grid is mirrored, or fails where it is one row.\n\n"
        "demo[0]\n"
        "input 2x2   answer 2x2   solver 2x2: wrong\n"
        "1 2         2 1          3!4!\n"
        "3 4         4 3          1!2!\n\n"
        "test[0]\n"
        "input 1x2   answer 1x2   solver 1x2: wrong\n"
        "5 6         6 5          5!6!\n"
    )


def test_show_prints_source_graph_and_bytecode(folder, capsys):
    assert main(["show", "00000001", *SOURCES]) == 0
    said = capsys.readouterr().out
    assert "return vmirror(I)" in said
    assert "graph: " in said
    assert "vmirror" in said.split("graph: ")[1]
    assert main(["show", "00000001", *SOURCES, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["rule"] == "The grid is mirrored left to right."
    assert "unsupported" not in facts
    assert facts["graph_size"] >= 1
    assert [pair["verdict"] for pair in facts["pairs"]] == ["right", "right"]


def test_show_a_task_without_a_solver_and_a_solver_without_a_task(folder, capsys):
    (folder / "tasks" / "00000009.json").write_text(json.dumps(task([[1]])))
    assert main(["show", "00000009", *SOURCES]) == 0
    said = capsys.readouterr().out
    assert "The library has no solver for this task." in said
    assert "input 1x2   answer 1x2\n5 6         6 5" in said
    assert main(["show", "00000003", *SOURCES]) == 0
    assert "The data has no task of this id." in capsys.readouterr().out


def test_show_of_an_unknown_name_offers_the_near_ones(folder, capsys):
    assert main(["show", "00000011", *SOURCES]) == 2
    assert "Did you mean '00000001'" in capsys.readouterr().err


def test_doctor_says_what_is_there_and_what_each_lack_means(capsys):
    status = main(["doctor"])
    said = capsys.readouterr().out
    assert all(line.startswith(("ok ", "missing ")) for line in said.splitlines()[:-1])
    assert all(": " in line for line in said.splitlines() if line.startswith("missing "))
    assert main(["doctor", "--json"]) == status
    findings = {finding["name"]: finding for finding in json.loads(capsys.readouterr().out)}
    assert findings["Python"]["ok"]
    assert findings["arc-agi-1/training"]["detail"].startswith("400 tasks")
    assert {"compiler", "engine native", "engine cuda", "GPU", "driver", "CuPy", "NVRTC"} <= set(findings)
    assert status == int(any(finding["needed"] and not finding["ok"] for finding in findings.values()))


def test_doctor_works_where_a_needed_package_is_missing(capsys, monkeypatch):
    monkeypatch.setattr("tokpidjin.cli.doctor.package_versions", dict)
    monkeypatch.delitem(sys.modules, "tokpidjin.engines.native", raising=False)
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "not installed: no engine can run (pip install numpy)" in said
    assert said.splitlines()[-1].startswith("needed, but missing: ")


def test_other_commands_point_to_doctor_where_a_package_is_missing(capsys, monkeypatch):
    monkeypatch.delitem(sys.modules, "tokpidjin.cli.run", raising=False)
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert main(["run"]) == 1
    assert "`tokpidjin doctor` says what is missing" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["run", "check", "bench", "show", "doctor"])
def test_every_command_has_a_help_with_an_example(command, capsys):
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    assert f"Example: tokpidjin {command}" in capsys.readouterr().out


def test_a_folder_that_cannot_be_written_is_found_before_the_work(folder, capsys, monkeypatch):
    monkeypatch.setattr("tokpidjin.runner.Executor.execute", lambda *arguments: pytest.fail("it ran"))
    assert main(["run", *SOURCES, "--out", "solvers.py"]) == 1


def test_an_interrupt_is_one_line_and_130(folder, capsys, monkeypatch):
    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("tokpidjin.runner.Executor.execute", interrupt)
    assert main(["run", *SOURCES]) == 130
    assert capsys.readouterr().err == "tokpidjin: interrupted; nothing is finished\n"


@pytest.fixture
def same_package(monkeypatch):
    """Lets other processes, wherever they start, import the package that is tested here."""
    monkeypatch.setenv("PYTHONPATH", str(Path(tokpidjin.__file__).parents[1]))


@pytest.mark.usefixtures("same_package")
def test_the_module_runs_as_a_program(folder):
    def program(*arguments):
        command = [sys.executable, "-m", "tokpidjin", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert program("--version").stdout == f"tokpidjin {tokpidjin.__version__}\n"
    done = program("check", *SOURCES, "--engine", "python")
    assert done.returncode == 1
    assert done.stdout.endswith("solved 1/2 tasks, 2/4 pairs\n")
    assert done.stderr == ""


@pytest.mark.usefixtures("same_package")
def test_a_reader_that_goes_away_is_no_traceback(folder):
    command = (
        f"{sys.executable} -m tokpidjin show 00000001 --pairs --engine python {' '.join(SOURCES)} | true"
    )
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""


GRID = [[0, 3], [10, 255]]


def test_grids_in_plain_characters():
    assert draw_grid(GRID) == [". 3", "+ -1"]
    assert draw_grid([[1, 252]], answer=[[2, 0]]) == ["1!?"]
    assert draw_grid([[1, 2]], answer=[[1], [2]]) == ["1 2"]


def test_grids_in_colours():
    assert draw_grid([[0, 3]], answer=[[0, 4]], colour=True) == [
        "\x1b[48;5;16;38;5;231;1m  \x1b[0m\x1b[48;5;40;38;5;16;1m !\x1b[0m"
    ]
    assert draw_grid([[252]], colour=True) == ["\x1b[7m? \x1b[0m"]


def test_colour_codes_take_no_room():
    (captions, first, second) = side_by_side(
        [("a", draw_grid([[1, 2], [3, 4]], colour=True)), ("b", ["x"])]
    ).split("\n")
    assert captions == "a      b"
    assert first.endswith("\x1b[0m   x")
    assert second.endswith("\x1b[0m")


def test_pairs_that_do_not_fit_stand_below_each_other(monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    assert draw_pair([[1]], [[2]], [[3]], "wrong") == "input 1x1\n1\nanswer 1x1\n2\nsolver 1x1: wrong\n3!"


def test_an_item_without_an_output_has_its_caption():
    assert draw_pair([[1]], None, None, "error") == "input 1x1   solver: error\n1"


@pytest.mark.parametrize(
    ("environment", "terminal", "wanted"),
    [
        ({"TERM": "xterm"}, True, True),
        ({"TERM": "xterm"}, False, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(monkeypatch, environment, terminal, wanted):
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal, raising=False)
    assert wants_colour(sys.stdout) is wanted
    assert os.environ["TERM"] == environment["TERM"]


def test_show_without_a_name_lists_the_library_by_id(capsys):
    assert main(["show", "--json"]) == 0
    index = json.loads(capsys.readouterr().out)
    assert [entry["id"] for entry in index] == sorted(entry["id"] for entry in index)
    assert {"id", "group", "line", "rule"} <= set(index[0])
    assert main(["show"]) == 0
    assert capsys.readouterr().out.count("\n") == len(index)


def test_show_draws_the_pairs_as_a_picture(tmp_path, capsys):
    file = tmp_path / "pairs.png"
    assert main(["show", "1cf80156", "--source", "--png", str(file)]) == 0
    assert file.read_bytes().startswith(b"\x89PNG")
    assert "solve_1cf80156" in capsys.readouterr().out
