"""The project's own files agree with each other."""

import ast
import json
import re
import subprocess
import tomllib
from dataclasses import asdict, fields
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from tokpidjin.bench import NOTEBOOKS as BENCHMARKS
from tokpidjin.report.parameters import ExplorerParameters, Parameters, SubmissionParameters
from tokpidjin.report.readme import PARAMETERS, parameter_table

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
RECORDS = {
    **dict.fromkeys(BENCHMARKS, Parameters),
    "05_submission": SubmissionParameters,
    "06_explorer": ExplorerParameters,
}
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text())


def notebook(name):
    return json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text())


def parameters_cell(name):
    [cell] = [cell for cell in notebook(name)["cells"] if "parameters" in cell["metadata"].get("tags", [])]
    return "".join(cell["source"])


def pip_lines():
    """What environment.yml leaves to pip: the extras of each line, by the folder that it installs."""
    lines = next(entry["pip"] for entry in ENVIRONMENT["dependencies"] if isinstance(entry, dict))
    return {
        line[1]: line[2].split(",") for line in map(re.compile(r"--editable (\S+)\[(.+)\]").fullmatch, lines)
    }


def test_conda_environment_is_named_and_limited_as_the_package():
    limits = {
        requirement.name: requirement.specifier
        for lines in (
            PROJECT["project"]["dependencies"],
            *PROJECT["project"]["optional-dependencies"].values(),
        )
        for requirement in map(Requirement, lines)
    }
    limits["python"] = SpecifierSet(PROJECT["project"]["requires-python"])
    given = [Requirement(entry) for entry in ENVIRONMENT["dependencies"] if isinstance(entry, str)]
    assert ENVIRONMENT["name"] == PROJECT["project"]["name"]
    # Tools that are no requirement of the package: the compiler of the wheel, and pip for what follows.
    tools = {"cxx-compiler": SpecifierSet(), "pip": SpecifierSet()}
    assert {one.name: one.specifier for one in given}.items() <= {**limits, **tools}.items()
    assert {"python", *tools} <= {one.name for one in given}


def test_conda_environment_installs_the_package_as_make_does():
    [(folder, extras)] = pip_lines().items()
    assert folder == "."
    assert f"$(VENV:%=%/.{','.join(extras)})" in (ROOT / "Makefile").read_text()
    assert set(extras) <= set(PROJECT["project"]["optional-dependencies"])


def test_installed_package_has_what_the_conda_environment_asks_for():
    try:
        facts = distribution("tokpidjin")
    except PackageNotFoundError:
        pytest.skip("the package is not installed, only on the path")
    [extras] = pip_lines().values()
    assert set(extras) <= set(facts.metadata.get_all("Provides-Extra"))
    for requirement in map(Requirement, facts.requires):
        if any(
            requirement.marker is None or requirement.marker.evaluate({"extra": extra}) for extra in extras
        ):
            assert version(requirement.name) in requirement.specifier


def test_workflow_runs_what_the_package_is_for():
    pythons = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["project"]["classifiers"]))
    job = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())["jobs"]["test"]
    assert job["strategy"]["matrix"]["python"] == pythons
    assert job["steps"][-1]["run"].endswith(".ci/run")


def test_workflow_pushes_with_credentials_alone():
    job = yaml.safe_load((ROOT / ".github" / "workflows" / "kaggle.yml").read_text())["jobs"]["push"]
    push = job["steps"][-1]
    target, name = push["run"].split()
    assert (target, set(push["env"])) == ("make", {"KAGGLE_USERNAME", "KAGGLE_KEY"})
    assert re.search(rf"^{name}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_wheel_has_no_python_abi():
    assert PROJECT["tool"]["scikit-build"]["wheel"]["py-api"] == "py3"


def test_installed_wheel_serves_every_python():
    try:
        facts = distribution("tokpidjin").read_text("WHEEL")
    except PackageNotFoundError:
        pytest.skip("the package is not installed, only on the path")
    assert re.search(r"^Tag: py3-none-(linux|manylinux|macosx)\w+$", facts, re.MULTILINE)


def test_make_knows_every_parameter():
    [names] = re.findall(r"^PARAMETERS = (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert sorted(names.lower().split()) == sorted(set(Parameters().as_dict()) - {"out"})


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_make_runs_every_notebook(name):
    assert name in BENCHMARKS or f" notebooks/{name}.ipynb " in (ROOT / "Makefile").read_text()


def test_make_finds_every_test_that_needs_a_gpu():
    marked = [
        path for path in (ROOT / "tests").rglob("test_*.py") if "\n@pytest.mark.gpu" in path.read_text()
    ]
    [folder] = re.findall(r"pytest -q -m gpu -rs (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert marked
    assert all((ROOT / folder) in path.parents for path in marked)


def test_make_passes_sweeps_on():
    words = ["BATCH_SIZES=1,8 1", "WORKERS=1,2", "TASKS=a folder"]
    command = ["make", "--no-print-directory", "--dry-run", "--assume-old=.venv/.notebook", "bench", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    options = "--tasks 'a folder' --batch-sizes '1,8' --batch-sizes '1' --workers '1,2'"
    assert re.sub(" +", " ", done.stdout).strip().endswith(options)


@pytest.mark.parametrize("variable", ["SAMPELS=8", "samples=8"])
def test_make_refuses_an_unknown_variable(variable):
    command = ["make", "--dry-run", "bench", variable]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert f"unknown variable: {variable.split('=')[0]};" in done.stderr


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_is_stripped(name):
    cells = [cell for cell in notebook(name)["cells"] if cell["cell_type"] == "code"]
    assert [cell for cell in cells if cell["outputs"] or cell["execution_count"] is not None] == []


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_parameters_are_typed_explained_and_all_there(name):
    lines = parameters_cell(name).splitlines()
    assert all(re.fullmatch(r"\w+: [\w\[\]]+ = .+  # .+", line) for line in lines)
    assert [line.split(":")[0] for line in lines] == [field.name for field in fields(RECORDS[name])]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_defaults_are_those_of_the_package(name):
    given = {node.target.id: ast.literal_eval(node.value) for node in ast.parse(parameters_cell(name)).body}
    defaults = json.loads(json.dumps(asdict(RECORDS[name]())))
    differing = {key for key, value in defaults.items() if given[key] != value}
    assert differing <= ({"workers", "engine"} if name in BENCHMARKS else set())
    RECORDS[name](**given)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_is_thin_and_asserts(name):
    code = ["".join(cell["source"]) for cell in notebook(name)["cells"] if cell["cell_type"] == "code"]
    assert 4 <= len(code) <= 6
    assert max(len(text.splitlines()) for text in code) <= 20
    assert sum(text.count("assert ") for text in code) >= 2


@pytest.mark.parametrize("block", PARAMETERS)
def test_readme_lists_the_parameters_as_they_are(block):
    text = (ROOT / "README.md").read_text()
    assert f"<!-- {block} -->\n{parameter_table(PARAMETERS[block]).markdown()}\n<!-- /{block} -->" in text


def test_readme_s_own_links_lead_somewhere():
    text = (ROOT / "README.md").read_text()
    targets = re.findall(r"\]\((?!http)(?!#)([^)]+)\)", text)
    assert [target for target in targets if not (ROOT / target).exists()] == []
