"""The progress bar where it is watched, and where it is a log."""

import os
import pty
import re
import subprocess
import sys
import termios
import time
from types import SimpleNamespace

import pytest
from tqdm.std import tqdm

from tokpidjin import progress
from tokpidjin.cli import main
from tokpidjin.progress import progress_bar


@pytest.fixture
def clock(monkeypatch):
    """The seconds that have passed, in a list; nobody has to wait for them."""
    now = [1e9]
    monkeypatch.setattr("tqdm.std.time", lambda: now[0])
    monkeypatch.setattr(time, "time", lambda: now[0])
    return now


def day_of_work(clock, bar):
    """24 hours of work, reported every other second."""
    steps = 24 * 3600 // 2
    with bar:
        for done in range(0, bar.total, bar.total // steps):
            clock[0] += 2
            bar.update(done - bar.n)
        bar.count({"ok": 345_000_000, "error": 600_000})
        bar.update(bar.total - bar.n)


def test_a_log_of_a_day_has_some_eighty_lines(clock, capsys):
    day_of_work(clock, progress_bar(345_600_000, "native"))
    said = capsys.readouterr().err
    lines = said.splitlines()
    assert 40 < len(lines) < 100
    assert "\r" not in said
    assert said.endswith("\n")
    assert all(
        re.match(r"native: \S+ of 346M items \(\d+ %\), +\S+k items/s, \S+ gone, ", line) for line in lines
    )
    assert lines[-1].endswith("00:00 left, ok=345M, error=600k")
    assert "(100 %)" in lines[-1]


def test_a_log_of_short_work_is_empty(capsys):
    with progress_bar(10, "native") as bar:
        bar.update(10)
    assert capsys.readouterr().err == ""


def interrupted_work(clock):
    with progress_bar(100, "native") as bar:
        clock[0] += 20
        bar.update(10)
        clock[0] += 1
        bar.update(10)
        raise KeyboardInterrupt


def test_a_log_keeps_the_last_state_of_work_that_was_interrupted(clock, capsys):
    with pytest.raises(KeyboardInterrupt):
        interrupted_work(clock)
    first, last = capsys.readouterr().err.splitlines()
    assert first == "native: 10 of 100 items (10 %),  0.50 items/s, 00:20 gone, 03:00 left"
    assert last.startswith("native: 20 of 100 items (20 %)")


def test_no_bar_where_none_is_asked_for(clock, capsys):
    with progress_bar(100, "native", shown=False) as bar:
        clock[0] += 100
        bar.update(100)
        bar.count({"ok": 1})
        bar.add_earlier({"ok": 1})
        bar.within(1.0)
    assert capsys.readouterr().err == ""


def test_items_are_counted_as_they_end(clock, capsys):
    with progress_bar(100, "native") as bar:
        bar.add({"ok": 20})
        clock[0] += 20
        bar.add({"ok": 10, "error": 10})
    assert capsys.readouterr().err == (
        "native: 40 of 100 items (40 %),  2.00 items/s, 00:20 gone, 00:30 left, ok=30, error=10\n"
    )


def test_items_of_an_earlier_run_say_nothing_about_the_rate(clock, capsys):
    with progress_bar(100, "native") as bar:
        bar.add_earlier({"ok": 50})
        clock[0] += 20
        bar.add({"ok": 10})
    assert capsys.readouterr().err == (
        "native: 60 of 100 items (60 %),  0.50 items/s, 00:20 gone, 01:20 left, ok=60\n"
    )


def test_work_with_a_time_limit_ends_when_that_is_over(clock, capsys):
    with progress_bar(100, "overhead") as bar:
        clock[0] += 10
        bar.update(10)
        bar.within(30)
        assert bar.total == 40
        bar.within(1000)
        assert bar.total == 100
        clock[0] += 10
        bar.update(10)
        bar.within(-1)
    assert capsys.readouterr().err.splitlines()[-1].startswith("overhead: 20 of 20 items (100 %)")


def test_a_notebook_has_one_output_with_the_counts_below_the_bar(monkeypatch):
    shown = []
    handle = SimpleNamespace(update=lambda data, raw: shown.append(data["text/plain"]))
    monkeypatch.setattr(progress, "_in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda data, raw, display_id: handle)
    with progress_bar(100, "native") as bar:
        bar.add({"error": 10})
        bar.add({"ok": 90})
    line, counts = shown[-1].splitlines()
    assert re.fullmatch(r"native: 100%\|█{40}\| 100/100 \[\S+, +\S+ items/s\]", line)
    assert counts == "ok=90, error=10"


def test_there_is_no_thread_that_draws():
    with progress_bar(3, "native"):
        assert progress.Bar.monitor is tqdm.monitor is None


ON_A_TERMINAL = """
from tokpidjin.progress import progress_bar
with progress_bar(20_000, "native") as bar:
    bar.count({"ok": 19_000, "error": 1_000})
    bar.update(20_000)
"""


def on_a_terminal(columns=90, **environment):
    """What a process whose standard error is a terminal writes to it."""
    main_end, other_end = pty.openpty()
    termios.tcsetwinsize(other_end, (24, columns))
    given = {**os.environ, "CI": "", "TERM": "xterm", **environment}
    subprocess.run([sys.executable, "-c", ON_A_TERMINAL], stderr=other_end, env=given, check=True)
    os.close(other_end)
    said = b""
    try:
        while piece := os.read(main_end, 4096):
            said += piece
    except OSError:  # how Linux says that the other end is closed
        pass
    finally:
        os.close(main_end)
    return said.decode()


def test_a_terminal_has_one_line_that_is_overwritten():
    said = on_a_terminal()
    assert said.count("\n") == 1
    last = said.rstrip().split("\r")[-1]
    assert last.startswith("native: 100%|█")
    assert re.search(r"\| 20\.0k/20\.0k \[00:00<00:00, \S+ items/s, ok=19.0k, error=1000\]", last)


@pytest.mark.parametrize("terminal", [{"CI": "true"}, {"TERM": "dumb"}, {"columns": 0}])
def test_a_terminal_that_nobody_watches_is_a_log(terminal):
    assert on_a_terminal(**terminal) == ""


@pytest.mark.parametrize("command", ["run", "check", "submit"])
def test_each_command_shows_one_bar_with_counts(command, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("tokpidjin.progress._on_terminal", lambda: True)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "solvers.py").write_text(
        "from tokpidjin.dsl import *\ndef solve_00000001(I):\n    return vmirror(I)\n"
    )
    pair = '{"input": [[1, 2]], "output": [[2, 1]]}'
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "00000001.json").write_text(f'{{"train": [{pair}], "test": [{pair}]}}')
    given = ("--solvers", "solvers.py", "--tasks", "tasks", "--workers", "1", "--engine", "native")
    assert main([command, *given]) == 0
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    last = said.rstrip().split("\r")[-1]
    assert re.match(r"native: 100%\|.*\[\d\d:\d\d<00:00, +\S+ \w+/s, (ok=2|fitting=1)\]", last)
