"""Options that several commands share, under one name and with one meaning."""

import argparse
import math

from tokpidjin.engines.worker import MEMORY_LIMIT

__all__ = ["add_engine", "add_json", "add_solvers", "add_tasks", "seconds", "whole"]

_TASKS = "arc-agi-1/training"
_TIMEOUT_SECONDS = 10.0


def add_solvers(parser: argparse.ArgumentParser) -> None:
    """--solvers, --prefix and --trusted: which library."""
    parser.add_argument("--solvers", metavar="FILE", help="file of solvers (default: the built-in ones)")
    parser.add_argument(
        "--prefix", default="solve_", help="what their names begin with (default: %(default)s)"
    )
    parser.add_argument(
        "--trusted", action="store_true", help="run the file as Python, whatever it holds; trust it first"
    )


def add_tasks(parser: argparse.ArgumentParser | argparse._MutuallyExclusiveGroup) -> None:
    """--tasks: which data."""
    parser.add_argument(
        "--tasks",
        metavar="SPEC",
        default=_TASKS,
        help="arc-agi-1/training or /evaluation, arc-agi-2/training or /evaluation, a Kaggle challenges file "
        "or a folder of task files (default: %(default)s)",
    )


def add_engine(parser: argparse.ArgumentParser) -> None:
    """--engine, --workers, and the limits of an item: --budget, --timeout and --memory."""
    parser.add_argument(
        "--engine", default="auto", help="auto, python, native or cuda (default: %(default)s)"
    )
    parser.add_argument(
        "--workers",
        type=whole,
        metavar="N",
        help="threads, or processes of the python engine (default: one for each core)",
    )
    parser.add_argument(
        "--budget",
        type=whole,
        metavar="B",
        help="units of work an item may take, compiled (default: the engine's)",
    )
    parser.add_argument(
        "--timeout",
        type=seconds,
        metavar="S",
        default=_TIMEOUT_SECONDS,
        help="seconds an item may take in Python (default: %(default)s)",
    )
    parser.add_argument(
        "--memory",
        dest="memory_limit",
        type=whole,
        metavar="MIB",
        default=MEMORY_LIMIT,
        help="MiB a process may take in Python beyond what it began with (default: %(default)s)",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """--json: output for a machine."""
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")


def whole(text: str) -> int:
    """The type of an option that counts something: at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return int(text)


def seconds(text: str) -> float:
    """The type of an option that is a time: more than 0."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number of seconds")
    return number
