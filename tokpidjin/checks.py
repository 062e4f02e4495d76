"""Checks of arguments, made before any work."""

import os

from tokpidjin.errors import ParameterError

__all__ = ["check_path", "check_seconds", "check_whole", "check_workers"]

MOST_WORKERS = 1024


def check_workers(name: str, value: object) -> None:
    """Raises ParameterError, naming the parameter, for a number of processes that would flood a machine."""
    check_whole(name, value)
    if value > MOST_WORKERS:  # type: ignore[operator]
        raise ParameterError(
            f"parameter {name!r}",
            cause=f"{value} is more than {MOST_WORKERS}",
            remedy="More than one for each core gains nothing.",
            parameter=name,
        )


def check_whole(name: str, value: object, least: int = 1) -> None:
    """Raises ParameterError, naming the parameter, unless `value` is a whole number of at least `least`."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ParameterError(
            f"parameter {name!r}",
            cause=f"{value!r} is not a whole number of at least {least}",
            remedy=f"Give {least} or more.",
            parameter=name,
        )


def check_path(name: str, value: object) -> None:
    """Raises ParameterError, naming the parameter, unless `value` can be the path of a file or folder."""
    path = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(path, str) or not path or "\0" in path:
        raise ParameterError(
            f"parameter {name!r}",
            cause=f"{value!r} is not a path",
            remedy="Give the name of a file or folder.",
            parameter=name,
        )


def check_seconds(name: str, value: object) -> None:
    """Raises ParameterError, naming the parameter, unless `value` is None or a positive number."""
    if value is None:
        return
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < float("inf"):
        raise ParameterError(
            f"parameter {name!r}",
            cause=f"{value!r} is not a positive number of seconds",
            remedy="Give one above 0, or None for no limit.",
            parameter=name,
        )
