"""Options that several commands share, under one name and with one meaning."""

import argparse
import math
import sys

__all__ = ["add_engine", "add_json", "add_solvers", "is_watched"]

DEFAULT_TASKS = "arc-agi-1/training"
DEFAULT_TIMEOUT = 10.0


def add_solvers(parser: argparse.ArgumentParser) -> None:
    """--solvers and --prefix: which library."""
    parser.add_argument("--solvers", metavar="FILE", help="file of solvers (default: the built-in ones)")
    parser.add_argument("--prefix", default="solve_", help="what their names begin with (default: %(default)s)")


def add_tasks(parser: argparse.ArgumentParser | argparse._MutuallyExclusiveGroup) -> None:
    """--tasks: which data."""
    parser.add_argument(
        "--tasks",
        metavar="SPEC",
        default=DEFAULT_TASKS,
        help="arc-agi-1/training or /evaluation, arc-agi-2/training or /evaluation, a Kaggle challenges file "
        "or a folder of task files (default: %(default)s)",
    )


def add_engine(parser: argparse.ArgumentParser) -> None:
    """--engine, --workers, --budget and --timeout: what executes the items, and within which limits."""
    parser.add_argument("--engine", default="auto", help="auto, python, native or cuda (default: %(default)s)")
    parser.add_argument(
        "--workers", type=_whole, metavar="N", help="threads, of python processes (default: one for each core)"
    )
    parser.add_argument(
        "--budget", type=_whole, metavar="B", help="units of work an item may take, compiled (default: the engine's)"
    )
    parser.add_argument(
        "--timeout",
        type=_seconds,
        metavar="S",
        default=DEFAULT_TIMEOUT,
        help="seconds an item may take in Python (default: %(default)s)",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """--json: output for a machine."""
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")


def is_watched() -> bool:
    """Whether somebody sees the progress bar."""
    return sys.stderr.isatty()


def _whole(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number of seconds")
    return number
