import pickle

import pytest

from tokpidjin.errors import (
    BytecodeError,
    EngineError,
    ParameterError,
    ResultsError,
    SolverError,
    TaskError,
    TokpidjinError,
    did_you_mean,
)

KINDS = (TaskError, SolverError, BytecodeError, EngineError, ParameterError, ResultsError)


@pytest.mark.parametrize("kind", KINDS)
def test_message_says_what_why_and_what_to_do(kind):
    error = kind("task 'abc'", cause="the key 'train' is missing", remedy="Add it.", task="abc", key="train")
    assert str(error) == "task 'abc': the key 'train' is missing. Add it."
    assert isinstance(error, TokpidjinError)
    assert (error.task, error.key, error.solver) == ("abc", "train", None)


def test_message_without_cause_or_remedy():
    assert str(SolverError("solver 'abc'")) == "solver 'abc'"
    assert str(SolverError("solver 'abc'", remedy="Name it.")) == "solver 'abc'. Name it."
    assert str(SolverError("solver 'abc'", cause="It ends.", remedy="Name it.")) == (
        "solver 'abc': It ends. Name it."
    )


def test_fields_survive_a_pickle():
    error = BytecodeError("program", cause="wrong", remedy="Right.", solver="abc", instruction=7)
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    assert (again.solver, again.instruction, again.cause) == ("abc", 7, "wrong")


def test_unknown_field_is_refused():
    with pytest.raises(TypeError):
        TaskError("task", colour=3)


def test_did_you_mean():
    assert did_you_mean("natve", ["python", "native"]) == "Did you mean 'native'?"
    assert did_you_mean("x", []) == "There are none."
    assert did_you_mean("zzz", ["one"]) == "There is 'one'."
    assert did_you_mean("zzz", map(str, range(20))).startswith("There are 20, such as '0', '1' and '2'")
