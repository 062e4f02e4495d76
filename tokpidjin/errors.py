"""Every error that this package raises on purpose: one tree, with the fields that say where it happened."""

from collections.abc import Iterable


class TokpidjinError(Exception):
    """What went wrong, why, and what to do about it.

    `what` names the thing, `cause` says why, `remedy` what the reader can do; the message is made of these.
    The other fields say where, for programs that handle the error; those that do not apply are None. `pair`
    is written as in `"train[0]"`, `instruction` counts from the start of the solver's program.

    >>> print(TaskError("task 'abc'", cause="no key 'train'", remedy="Add it.", task="abc", key="train"))
    task 'abc': no key 'train'. Add it.
    """

    def __init__(
        self,
        what: str,
        *,
        cause: str = "",
        remedy: str = "",
        file: str | None = None,
        task: str | None = None,
        pair: str | None = None,
        sample: object = None,
        key: str | None = None,
        solver: str | None = None,
        instruction: int | None = None,
        engine: str | None = None,
        parameter: str | None = None,
    ) -> None:
        message = f"{what}: {cause}" if cause else what
        if remedy:
            message = f"{message.rstrip('.')}. {remedy}"
        super().__init__(message)
        self.what = what
        self.cause = cause
        self.remedy = remedy
        self.file = file
        self.task = task
        self.pair = pair
        self.sample = sample
        self.key = key
        self.solver = solver
        self.instruction = instruction
        self.engine = engine
        self.parameter = parameter


class TaskError(TokpidjinError):
    """Tasks that cannot be read, or are not tasks: `file`, `task`, `pair`, `key`."""


class SolverError(TokpidjinError):
    """Solvers that cannot be loaded or called: `file`, `solver`."""


class BytecodeError(TokpidjinError):
    """A compiled program that its verifier refuses: `solver`, `instruction`."""


class EngineError(TokpidjinError):
    """An engine that is missing on this machine or cannot do what was asked: `engine`."""


class ParameterError(TokpidjinError):
    """An argument outside of what is allowed, found before any work: `parameter`."""


class ItemError(TokpidjinError):
    """What stands in a batch for the result of an item whose primitive raises; `__cause__` is what it raised.

    It is returned, not raised: the other items keep their results. `sample` is the item's position.
    """


class ResultsError(TokpidjinError):
    """Results that cannot be written or read: `file`, `key`."""


def did_you_mean(name: object, known: Iterable[object]) -> str:
    """A remedy for an unknown name: the near matches, or else what there is.

    >>> did_you_mean("natve", ["python", "native", "cuda"])
    "Did you mean 'native'?"
    >>> did_you_mean("fast", ["python", "native"])
    "There are 'python' and 'native'."
    """
    from difflib import get_close_matches

    names = [str(known_name) for known_name in known]
    near = get_close_matches(str(name), names, n=3)
    if near:
        return f"Did you mean {_listing(near, 'or')}?"
    if not names:
        return "There are none."
    if len(names) > 10:
        return f"There are {len(names)}, such as {_listing(names[:3], 'and')}."
    return f"There {'is' if len(names) == 1 else 'are'} {_listing(names, 'and')}."


def _listing(names: list[str], conjunction: str) -> str:
    quoted = [repr(name) for name in names]
    if len(quoted) == 1:
        return quoted[0]
    return f"{', '.join(quoted[:-1])} {conjunction} {quoted[-1]}"
