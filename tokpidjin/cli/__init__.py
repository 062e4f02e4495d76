"""The command line: `tokpidjin run | check | bench | show | doctor`."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NamedTuple

from tokpidjin import __version__
from tokpidjin.errors import ParameterError, TokpidjinError

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

_FAILED, _BAD_USAGE, _INTERRUPTED = 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit status: 0, 1 where the work failed, 2 for bad usage, 130 for Ctrl-C.

    `arguments` are those of the shell by default. `--help` and bad usage raise SystemExit, as argparse does.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        chosen = _parser(given).parse_args(given)
        status: int = chosen.main(chosen)
        sys.stdout.flush()
        return status
    except ParameterError as error:
        return _say(error, _BAD_USAGE)
    except TokpidjinError as error:
        return _say(error, _FAILED)
    except ModuleNotFoundError as error:
        return _say(f"{error}; `tokpidjin doctor` says what is missing", _FAILED)
    except KeyboardInterrupt:
        return _say("interrupted", _INTERRUPTED)
    except BrokenPipeError:
        # The reader has gone, as in `| head`; Python's own flush at the end must not complain again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FAILED


def _say(message: object, status: int) -> int:
    print(f"tokpidjin: {' '.join(str(message).split())}", file=sys.stderr)
    return status


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tokpidjin",
        description="Runs every ARC solver on every ARC grid, fast.",
        epilog="Exit status: 0 done, 1 the work failed, 2 bad usage, 130 interrupted.",
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
    return parser
