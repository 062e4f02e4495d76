"""Sweeps: lists of values for parameters, and every combination of them with a folder of its own."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from tokpidjin.errors import ParameterError
from tokpidjin.report.modes import MODES
from tokpidjin.report.parameters import Parameters
from tokpidjin.tasks import load_tasks

__all__ = ["Combination", "combine", "plain"]

_LONGEST_NAME = 60


@dataclass(frozen=True)
class Combination:
    """One value for each parameter that was given; `swept` are those of them that others have differently."""

    given: Mapping[str, Any]
    swept: Mapping[str, Any]
    folder: Path

    @property
    def name(self) -> str:
        """As people write it, "workers=2, engine=native"; empty where nothing is swept."""
        return ", ".join(f"{name}={plain(value)}" for name, value in self.swept.items())

    @property
    def parameters(self) -> dict[str, Any]:
        """What the notebooks are given: the values, with paths that hold in any folder, and where to write."""
        given = {**self.given, "out": str(self.folder)}
        if os.path.exists(given.get("tasks", "")):
            given["tasks"] = os.path.abspath(given["tasks"])
        return given


def combine(values: Mapping[str, Sequence[Any]], out: str | os.PathLike[str]) -> list[Combination]:
    """Every combination of the values, the last parameter's changing fastest.

    A parameter with one value is not swept. Each combination's folder is in `out` and named after the swept
    values; without any it is `out` itself. Raises ParameterError for a value that its parameter cannot have
    and for one that is there twice, TaskError for tasks that cannot be loaded.
    """
    for name, listed in values.items():
        _refuse_repeated(name, listed)
    home = Path(out).resolve()
    combinations = []
    for chosen in product(*values.values()):
        given = dict(zip(values, chosen, strict=True))
        swept = {name: value for name, value in given.items() if len(values[name]) > 1}
        combinations.append(Combination(given, swept, home / _folder_name(swept)))
        _check(combinations[-1])
    _refuse_repeated("tasks", [combination.folder.name for combination in combinations if combination.swept])
    for spec in values.get("tasks", ()):
        load_tasks(spec)
    return combinations


def plain(value: Any) -> str:
    """A parameter's value as it is written on the command line.

    >>> plain(2), plain((1, 8)), plain("native")
    ('2', '1,8', 'native')
    """
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _check(combination: Combination) -> None:
    parameters = Parameters(**{**combination.given, "out": str(combination.folder)})
    if "engine" in combination.given:
        MODES["compiled"].check(parameters)  # The only one that the engine reaches.


def _refuse_repeated(name: str, listed: Sequence[Any]) -> None:
    for place, value in enumerate(listed):
        if value in listed[:place]:
            raise ParameterError(
                f"parameter {name!r}",
                cause=f"{plain(value)!r} is given twice",
                remedy="Give each value of a sweep once.",
                parameter=name,
            )


def _folder_name(swept: Mapping[str, Any]) -> str:
    """
    >>> _folder_name({"tasks": "arc-agi-1/training", "batch_sizes": [1, 8]})
    'tasks=arc-agi-1-training,batch_sizes=1-8'
    """
    words = {name: re.sub(r"[^\w.]+", "-", plain(value)).strip("-.") for name, value in swept.items()}
    return ",".join(f"{name}={word[-_LONGEST_NAME:]}" for name, word in words.items())
