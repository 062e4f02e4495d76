"""The command line: `tokpidjin run | check | bench | submit | show | doctor`."""

import argparse
import io
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from types import FrameType
from typing import NamedTuple

from tokpidjin import __version__
from tokpidjin.errors import ParameterError, TokpidjinError, did_you_mean

__all__ = ["main"]


class _Command(NamedTuple):
    """A command and the module with its `add_arguments(parser)` and `main(args) -> status`."""

    name: str
    module: str
    summary: str
    example: str


_COMMANDS = (
    _Command(
        "run",
        "tokpidjin.cli.run",
        "Run every solver on every sample and write the results.",
        "tokpidjin run --tasks arc-agi-1/training --samples 80 --out out/run",
    ),
    _Command(
        "check",
        "tokpidjin.cli.check",
        "Run each solver on the pairs of its own task and say which it solves.",
        "tokpidjin check --solvers my_solvers.py --engine native",
    ),
    _Command(
        "bench",
        "tokpidjin.bench",
        "Run the four notebooks and print how the modes compare.",
        "tokpidjin bench --samples 80 --out out",
    ),
    _Command(
        "submit",
        "tokpidjin.cli.submit",
        "Write two attempts for every test input, as the ARC Prize competitions take them.",
        "tokpidjin submit --tasks arc-agi_test_challenges.json --out submission.json",
    ),
    _Command(
        "show",
        "tokpidjin.cli.show",
        "Show a solver (rule, source, bytecode) and its task, drawn with what the solver makes of it.",
        "tokpidjin show 007bbfb7 --pairs",
    ),
    _Command(
        "doctor",
        "tokpidjin.cli.doctor",
        "Look at this machine and say what is missing, and what each lack means.",
        "tokpidjin doctor",
    ),
)

_FAILED, _BAD_USAGE, _INTERRUPTED, _TERMINATED = 1, 2, 130, 143


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit status: 0, 1 where the work failed, 2 for bad usage.

    Ctrl-C gives 130, SIGTERM 143.

    `arguments` are those of the shell by default. `--help` and bad usage raise SystemExit, as argparse does.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Where a terminal or a pipe takes ASCII alone, a question mark is better than no report.
            stream.reconfigure(errors="replace")
    try:
        with _heeding_termination():
            chosen = _parse(given)
            status: int = chosen.main(chosen)
            sys.stdout.flush()
            return status
    except ParameterError as error:
        return _say(error, _BAD_USAGE)
    except TokpidjinError as error:
        return _say(_with_notes(str(error), error), _FAILED)
    except ModuleNotFoundError as error:
        return _say(f"{error}; `tokpidjin doctor` says what is missing", _FAILED)
    except KeyboardInterrupt as interrupt:
        return _say(_with_notes("interrupted", interrupt), _INTERRUPTED)
    except _Terminated as end:
        return _say(_with_notes("terminated", end), _TERMINATED)
    except BrokenPipeError:
        # The reader has gone, as in `| head`; Python's own flush at the end must not complain again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FAILED


class _Terminated(BaseException):
    """SIGTERM came."""


@contextmanager
def _heeding_termination() -> Iterator[None]:
    """Makes SIGTERM end a command as Ctrl-C does, where this thread may: it is the main one."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        raise _Terminated

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _with_notes(message: str, error: BaseException) -> str:
    """The message, with what the work has said of its state."""
    return "; ".join([message.rstrip("."), *getattr(error, "__notes__", [])])


def _say(message: object, status: int) -> int:
    print(f"tokpidjin: {' '.join(str(message).split())}", file=sys.stderr)
    return status


def _parse(given: Sequence[str]) -> argparse.Namespace:
    """What the words mean; ParameterError, with the near matches, for a command or an option there is not."""
    names = [command.name for command in _COMMANDS]
    if given and given[0] not in names and not given[0].startswith("-"):
        raise ParameterError(
            f"command {given[0]!r}",
            cause="there is none of this name",
            remedy=did_you_mean(given[0], names),
            parameter="command",
        )
    parser, options = _parser(given)
    chosen, left = parser.parse_known_args(given)
    if left:
        word = left[0].partition("=")[0]
        command = next(name for name in given if name in names)
        raise ParameterError(
            f"{word!r}",
            cause=f"`tokpidjin {command}` does not take it",
            remedy=did_you_mean(word, options) if word.startswith("-") else "See its --help.",
            parameter=word,
        )
    return chosen


def _parser(given: Sequence[str]) -> tuple[argparse.ArgumentParser, list[str]]:
    """The parser, and the options of the command that is given."""
    options: list[str] = []
    parser = argparse.ArgumentParser(
        prog="tokpidjin",
        description="Runs every ARC solver on every ARC grid, fast.",
        epilog="Exit status: 0 done, 1 the work failed, 2 bad usage, 130 interrupted, 143 terminated.",
    )
    parser.add_argument("--version", action="version", version=f"tokpidjin {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, module_name, summary, example in _COMMANDS:
        command = commands.add_parser(
            name, help=summary, description=summary, epilog=f"Example: {example}", allow_abbrev=False
        )
        # Only what is asked for is imported: it is quick, and `doctor` works where the others cannot.
        if name in given:
            module = import_module(module_name)
            module.add_arguments(command)
            command.set_defaults(main=module.main)
            options = [word for action in command._actions for word in action.option_strings]
    return parser, options
