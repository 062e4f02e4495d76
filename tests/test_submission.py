import json
import signal
import subprocess
import sys
import time

import pytest

import tokpidjin as tp
from tokpidjin.cli import main
from tokpidjin.errors import ResultsError, TaskError
from tokpidjin.runner import Executor
from tokpidjin.submission import Submission, check_submission, find_challenges, sample_beside, submit
from tokpidjin.tasks import Pair, Task

SOLVERS = """
from dsl import *


def solve_mirror(I):
    return vmirror(I)


def solve_turn(I):
    return rot90(I)


def solve_same(I):
    return switch(switch(I, ONE, TWO), ONE, TWO)


def solve_unchanged(I):
    return replace(I, ZERO, ZERO)


def solve_huge(I):
    return upscale(I, multiply(TEN, TWO))


def solve_raises(I):
    return first(())
"""

GRID = ((1, 2), (3, 4))
MIRRORED, TURNED = ((2, 1), (4, 3)), ((3, 1), (4, 2))
TEST = ((5, 6), (7, 8))


ANSWERED = Pair(TEST, ((6, 5), (8, 7)))


def task(name="00000001", answers=(MIRRORED,), test=(ANSWERED,)):
    return Task(name, tuple(Pair(GRID, answer) for answer in answers), tuple(test))


@pytest.fixture(params=["python", "native"])
def executor(request, tmp_path):
    (tmp_path / "solvers.py").write_text(SOLVERS)
    return Executor(tp.load_solvers(tmp_path / "solvers.py"), request.param)


def attempts_of(executor, tmp_path, *tasks):
    return submit(executor, tasks, tmp_path / "submission.json")


def test_the_solver_that_fits_answers_first(executor, tmp_path):
    found = attempts_of(executor, tmp_path, task()).done["00000001"]
    assert found.fitting == ("mirror",)
    [(first, second)] = found.attempts
    assert first == (((6, 5), (8, 7)), "mirror")
    assert second == (((7, 5), (8, 6)), "turn")  # half of the demo answer's cells


def test_without_a_fitting_solver_the_score_decides(executor, tmp_path):
    almost_turned = ((3, 1), (4, 9))
    found = attempts_of(executor, tmp_path, task(answers=[almost_turned])).done["00000001"]
    assert found.fitting == ()
    assert found.attempts[0][0] == (((7, 5), (8, 6)), "turn")


def test_more_demo_answers_count_before_a_higher_score(executor, tmp_path):
    # turn gives one of three answers and nothing of the others; mirror three quarters of those.
    almost_mirrored = Pair(((1, 2, 3, 4),), ((4, 3, 2, 9),))
    demo = (Pair(GRID, TURNED), almost_mirrored, almost_mirrored)
    found = attempts_of(executor, tmp_path, Task("00000001", demo, (Pair(TEST, None),)))
    assert [attempt.solver for attempt in found.done["00000001"].attempts[0]] == ["turn", "mirror"]


def test_among_equals_the_output_that_more_solvers_give_comes_first(executor, tmp_path):
    found = attempts_of(executor, tmp_path, task(answers=[((9,),)])).done["00000001"]
    assert [attempt.solver for attempt in found.attempts[0]] == ["same", "mirror"]


def test_what_cannot_be_an_answer_is_no_attempt(tmp_path):
    (tmp_path / "solvers.py").write_text(
        "from dsl import *\ndef solve_a(I):\n    return upscale(I, multiply(TEN, TWO))\n"
        "def solve_b(I):\n    return replace(I, FIVE, 11)\ndef solve_c(I):\n    return first(())\n"
    )
    library = tp.load_solvers(tmp_path / "solvers.py")
    found = submit(Executor(library, "native"), [task()], tmp_path / "submission.json")
    assert [attempt for pair in found.of(task()).attempts for attempt in pair] == [(TEST, None)] * 2


def test_the_file_has_every_task_test_input_and_key(executor, tmp_path):
    tasks = [task(), task("00000002", test=(Pair(TEST, None), Pair(GRID, None)))]
    attempts_of(executor, tmp_path, *tasks)
    content = json.loads((tmp_path / "submission.json").read_text())
    assert {name: len(entries) for name, entries in content.items()} == {"00000001": 1, "00000002": 2}
    assert all(set(entry) == {"attempt_1", "attempt_2"} for entries in content.values() for entry in entries)
    assert content["00000001"][0]["attempt_1"] == [[6, 5], [8, 7]]
    check_submission(tmp_path / "submission.json", tasks)


def test_the_score_counts_either_attempt(executor, tmp_path):
    tasks = [
        task(),
        task("00000002", test=(Pair(TEST, ((7, 5), (8, 6))), Pair(TEST, ((0,),)))),
        task("00000003", test=(Pair(TEST, None),)),
    ]
    score = attempts_of(executor, tmp_path, *tasks).score()
    assert score == (2, 3, 1, 2)
    assert score.share == 2 / 3


def test_when_the_time_is_up_the_rest_is_still_in_the_file(executor, tmp_path):
    tasks = [task(f"{number:08}") for number in range(3)]
    found = submit(executor, tasks, tmp_path / "submission.json", seconds=1e-9)
    assert not found.done
    check_submission(tmp_path / "submission.json", tasks)


def test_an_interrupt_leaves_what_is_done(tmp_path, monkeypatch):
    (tmp_path / "solvers.py").write_text(SOLVERS)
    python = Executor(tp.load_solvers(tmp_path / "solvers.py"), "python")
    tasks = [task(f"{number:08}") for number in range(3)]

    calls, execute = iter(range(3)), python.execute

    def interrupted(*args, **options):
        if next(calls) == 2:
            raise KeyboardInterrupt
        return execute(*args, **options)

    monkeypatch.setattr(python, "execute", interrupted)
    with pytest.raises(KeyboardInterrupt):
        submit(python, tasks, tmp_path / "submission.json")
    content = json.loads((tmp_path / "submission.json").read_text())
    assert [content[name][0]["attempt_1"] == [[6, 5], [8, 7]] for name in sorted(content)] == [
        True,
        True,
        False,
    ]


def test_killed_it_leaves_a_valid_file(tmp_path):
    out = tmp_path / "submission.json"
    command = [
        sys.executable,
        "-m",
        "tokpidjin",
        "submit",
        "--tasks",
        "arc-agi-2/evaluation",
        "--out",
        str(out),
    ]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    while not out.exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    check_submission(out, tp.load_tasks("arc-agi-2/evaluation"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content.pop("00000001"), "task 00000001: the task is missing"),
        (lambda content: content.update(extra=[]), "task extra: the task is in the file, but not"),
        (lambda content: content["00000001"].pop(), "0 test inputs where 1 are wanted"),
        (
            lambda content: content["00000001"][0].pop("attempt_2"),
            r"test\[0\].attempt_2: the key 'attempt_2'",
        ),
        (lambda content: content["00000001"][0].update(attempt_1=[[10]]), "10"),
        (lambda content: content["00000001"][0].update(attempt_1=[]), "attempt_1"),
        (lambda content: content.update({"00000001": 3}), "an integer .* where a list of attempts"),
    ],
)
def test_what_the_competition_would_refuse_is_named(tmp_path, change, message):
    content = json.loads(json.dumps(Submission([task()]).as_json()))
    change(content)
    (tmp_path / "submission.json").write_text(json.dumps(content))
    with pytest.raises(ResultsError, match=message):
        check_submission(tmp_path / "submission.json", [task()])


def test_a_task_without_a_test_input_is_refused(executor, tmp_path):
    with pytest.raises(TaskError, match="task 00000009: it has no test input"):
        attempts_of(executor, tmp_path, task("00000009", test=()))
    assert not (tmp_path / "submission.json").exists()


@pytest.fixture
def competition(tmp_path):
    """A folder as Kaggle mounts it, with test challenges and the sample submission."""
    folder = tmp_path / "input" / "competitions" / "arc-prize"
    folder.mkdir(parents=True)
    pair = {"input": GRID, "output": MIRRORED}
    challenges = {"00000001": {"train": [pair], "test": [{"input": TEST}]}}
    (folder / "arc-agi_test_challenges.json").write_text(json.dumps(challenges))
    sample = {"00000001": [{"attempt_1": [[0, 0], [0, 0]], "attempt_2": [[0, 0], [0, 0]]}]}
    (folder / "sample_submission.json").write_text(json.dumps(sample))
    (tmp_path / "solvers.py").write_text(SOLVERS)
    return folder


def test_the_competition_is_found_where_kaggle_mounts_it(competition, tmp_path):
    challenges = competition / "arc-agi_test_challenges.json"
    assert find_challenges(tmp_path / "input") == challenges
    assert find_challenges(tmp_path / "nowhere") is None
    assert sample_beside(challenges) == competition / "sample_submission.json"
    assert sample_beside("arc-agi-1/evaluation") is None


@pytest.mark.parametrize("mount", ["arc-prize", "competitions/arc-prize", "datasets/somebody/arc-prize"])
def test_the_competition_is_found_however_it_is_mounted(competition, tmp_path, mount):
    (tmp_path / "other" / mount).parent.mkdir(parents=True)
    competition.rename(tmp_path / "other" / mount)
    assert find_challenges(tmp_path / "other") == tmp_path / "other" / mount / "arc-agi_test_challenges.json"


def test_the_competition_comes_before_a_dataset_that_is_attached_too(competition, tmp_path):
    (tmp_path / "input" / "a-copy").mkdir()
    (tmp_path / "input" / "a-copy" / "arc-agi_test_challenges.json").write_text("{}")
    assert find_challenges(tmp_path / "input") == competition / "arc-agi_test_challenges.json"


def run_submit(competition, tmp_path, *more):
    command = ["submit", "--tasks", str(competition / "arc-agi_test_challenges.json")]
    options = ["--solvers", str(tmp_path / "solvers.py"), "--out", str(tmp_path / "out" / "submission.json")]
    return main([*command, *options, *more])


def test_the_command_writes_and_reports(competition, tmp_path, capsys):
    assert run_submit(competition, tmp_path, "--json") == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["fitting"] == {"00000001": ["mirror"]}
    assert summary["sample"] == str(competition / "sample_submission.json")
    assert summary["score"] is None
    assert run_submit(competition, tmp_path) == 0
    printed = capsys.readouterr().out
    assert "1 of 1 tasks have a solver" in printed
    assert "valid, as in" in printed


def test_a_sample_of_another_set_is_refused(competition, tmp_path, capsys):
    (competition / "sample_submission.json").write_text('{"00000002": [{}]}')
    assert run_submit(competition, tmp_path) == 1
    assert "sample_submission.json" in capsys.readouterr().err


def test_without_a_competition_the_tasks_must_be_named(capsys):
    assert main(["submit"]) == 2
    assert "no competition's test challenges" in capsys.readouterr().err
