"""The same inputs give the same table, whatever runs them; and a digest that says so."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import tokpidjin as tp
from tokpidjin.digest import DIGESTED, TableDigest, table_digest
from tokpidjin.engines.native import library_file
from tokpidjin.engines.registry import usable_engines
from tokpidjin.results import SCHEMA, read_results

ROOT = Path(__file__).parents[1]

# One process runs all ways of one hash seed, and prints a digest for each.
PROGRAM = """
import json, sys
import pyarrow as pa
import tokpidjin as tp
from tokpidjin.digest import table_digest
from tokpidjin.tasks import load_tasks, pick_samples, samples_of

library = tp.load_solvers()[4::16]
samples = pick_samples(samples_of(load_tasks("arc-agi-1/training")), 24, 1)
found = {}
for engine, parallel, workers, batch_size in json.loads(sys.argv[1]):
    coordinator = tp.MegaBatchCoordinator(
        library=library, engine=engine, parallel=parallel, max_workers=workers, batch_size=batch_size,
        progress=False, timeout=60.0
    )
    table = pa.concat_tables(coordinator.stream(samples))
    statuses = set(table["status"].to_pylist())
    assert statuses == {"ok", "error"}, statuses  # an item that meets a limit may differ
    found[f"{engine} {parallel} {workers} {batch_size}"] = table_digest(table)
print(json.dumps(found))
"""

WAYS = [
    ("python", False, 1, 1000),
    ("python", True, 3, 5),
    *(
        (engine, True, *way)
        for engine in usable_engines()
        if engine != "python"
        for way in ((1, 7), (3, 1000))
    ),
]


def digests(python, seed, ways, package=ROOT):
    done = subprocess.run(
        [python, "-c", PROGRAM, json.dumps(ways)],
        cwd=package,
        env={**os.environ, "PYTHONPATH": str(package), "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def reference():
    (digest,) = digests(sys.executable, "0", WAYS[:1]).values()
    return digest


@pytest.mark.parametrize("seed", ["1", "random"])
def test_engines_workers_batches_and_hash_seeds_make_no_difference(reference, seed):
    found = digests(sys.executable, seed, WAYS)
    assert found == dict.fromkeys(found, reference)
    assert len(found) == len(WAYS) >= 4


def interpreter(version):
    """A Python of this version on this machine that is not the one that runs here, or None."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [shutil.which(f"python{version}"), *sorted(pyenv.glob(f"{version}.*/bin/python{version}"))]
    for python in filter(None, found):
        # What is found on PATH may be no more than a message of pyenv's.
        if subprocess.run([python, "-c", "import venv"], capture_output=True, check=False).returncode == 0:
            return python
    return None


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """This package's files with its shared library among them, as a wheel has them: it serves any Python."""
    folder = tmp_path_factory.mktemp("package")
    shutil.copytree(ROOT / "tokpidjin", folder / "tokpidjin", ignore=shutil.ignore_patterns("__pycache__"))
    if "native" in usable_engines():
        shutil.copy(library_file(), folder / "tokpidjin" / "engines" / "_vm.so")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_python_versions_make_no_difference(reference, package, tmp_path, version):
    python = interpreter(version)
    if python is None or version == f"3.{sys.version_info.minor}":
        pytest.skip(f"no other Python {version} on this machine")
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    pip = [
        tmp_path / "venv/bin/python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-compile",
        "--only-binary=:all:",
    ]
    try:
        subprocess.run([python, "-m", "venv", tmp_path / "venv"], check=True, capture_output=True, timeout=60)
        subprocess.run([*pip, *needed], check=True, capture_output=True, timeout=120)
    except subprocess.SubprocessError as error:
        pytest.skip(f"an environment for Python {version} cannot be made: {type(error).__name__}")
    ways = [WAYS[0], *(way for way in WAYS[2:3] if way[0] == "native")]
    found = digests(tmp_path / "venv/bin/python", "7", ways, package)
    assert found == dict.fromkeys(found, reference)
    assert len(found) == len(ways)


def test_the_digest_is_that_of_the_run(tmp_path):
    library = tp.load_solvers()[:5]
    coordinator = tp.MegaBatchCoordinator(
        library=library, engine="python", parallel=False, progress=False, out=tmp_path
    )
    coordinator.process_all(tp.load_tasks("arc-agi-1/training")[:3])
    table, summary = read_results(tmp_path)
    assert summary["digest"] == table_digest(table) == table_digest(coordinator.last_run.table())


ROWS = [
    {
        "task": "a", "split": "demo", "index": 0, "solver": "s", "status": "ok", "match": True, "score": 1.0,
        "hash": 2**63 + 1, "microseconds": 5.0, "primitives": 9,
    },
    {
        "task": "b", "split": "test", "index": 1, "solver": "s", "status": "error", "match": None, "score": None,
        "hash": 0, "microseconds": None, "primitives": 0,
    },
    {
        "task": "a", "split": "test", "index": 1, "solver": "t", "status": "ok", "match": False, "score": 0.0,
        "hash": 7, "microseconds": 1.0, "primitives": 1,
    },
]  # fmt: skip
OTHER = {
    "task": "c", "split": "example", "index": 3, "solver": "u", "status": "budget", "match": False, "score": 0.5,
    "hash": 8,
}  # fmt: skip


def table_of(rows):
    return pa.Table.from_pylist(rows, SCHEMA)


def test_the_order_of_rows_parts_and_words_makes_no_difference():
    digest = table_digest(table_of(ROWS))
    assert table_digest(table_of(ROWS[::-1])) == digest
    parts = TableDigest()
    for row in np.random.default_rng(0).permutation(3):
        parts.add(table_of([ROWS[row]]))
    assert parts.hexdigest() == digest
    chunks = pa.concat_tables([table_of(ROWS[2:]), table_of([]), table_of(ROWS[:2])])
    assert table_digest(chunks) == table_digest(chunks.unify_dictionaries()) == digest


def test_times_and_primitives_make_no_difference():
    rows = [{**row, "microseconds": 3.0, "primitives": 4} for row in ROWS]
    assert table_digest(table_of(rows)) == table_digest(table_of(ROWS))


@pytest.mark.parametrize("column", DIGESTED)
@pytest.mark.parametrize("row", range(3))
def test_any_other_change_makes_a_difference(column, row):
    rows = [dict(row) for row in ROWS]
    rows[row][column] = OTHER[column] if rows[row][column] != OTHER[column] else None
    assert table_digest(table_of(rows)) != table_digest(table_of(ROWS))


def test_a_missing_row_and_one_twice_make_a_difference():
    digests = {table_digest(table_of(rows)) for rows in (ROWS, ROWS[:2], [*ROWS, ROWS[0]], [])}
    assert len(digests) == 4


def test_nothing_is_not_zero():
    digests = {
        table_digest(table_of([{**ROWS[1], "match": match, "score": score}]))
        for match, score in ((None, None), (False, None), (None, 0.0), (False, 0.0))
    }
    assert len(digests) == 4
