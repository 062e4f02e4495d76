"""Checks of arguments, made before any work."""

from tokpidjin.errors import ParameterError

__all__ = ["check_seconds", "check_whole"]


def check_whole(name: str, value: object, least: int = 1) -> None:
    """Raises ParameterError, naming the parameter, unless `value` is a whole number of at least `least`."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ParameterError(
            f"parameter {name!r}",
            cause=f"{value!r} is not a whole number of at least {least}",
            remedy=f"Give {least} or more.",
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
