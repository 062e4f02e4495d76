"""Files that mean harm: each ends in an error or a reason, in bounded time and memory."""

import gzip
import json
import os
import pickle
import resource
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import tokpidjin as tp
from tokpidjin import rehearsal, task_files
from tokpidjin.compiler import patience
from tokpidjin.errors import ResultsError, SolverError, TaskError
from tokpidjin.results import read_results
from tokpidjin.tasks import load_variants

HEAD = "from dsl import *\n\n"
SOLVER = "\n\ndef solve_a(I):\n    return I\n"


@pytest.fixture
def load(tmp_path):
    def load(text):
        file = tmp_path / "solvers.py"
        file.write_bytes(text if isinstance(text, bytes) else (HEAD + text + SOLVER).encode())
        return tp.load_solvers(file)

    return load


@pytest.fixture
def short_limits(monkeypatch):
    monkeypatch.setattr(patience, "SECONDS_PER_SOLVER", 0.3)
    monkeypatch.setattr(rehearsal, "SECONDS", 1)
    monkeypatch.setattr(rehearsal, "MEMORY", 1 << 29)


REFUSED = {
    "attributes through a format string": "x = '{0.__class__}'.format(ONE)",
    "an f-string": "x = f'{ONE!r}'",
    "a method of a string": "x = 'a'.join(('b', 'c'))",
    "a decorator with an attribute": "@identity.x\ndef f(I):\n    return I",
    "a default argument that imports": "def f(I, x=__import__('os')):\n    return I",
    "an annotation that calls": "def f(I: open('x')):\n    return I",
    "a class body": "class A:\n    x = ONE",
    "an import of everything": "from os import *",
    "a mangled name": "f = lambda I: __builtins__",
    "a huge power": "x = 9**9**9",
    "a huge shift": "x = 1 << 99999999999",
    "an exception handler": "try:\n    x = ONE\nexcept:\n    pass",
    "a match": "match ONE:\n    case int(real=r):\n        pass",
    "a comprehension": "x = tuple(k for k in range(9))",
    "getattr by name": "x = getattr(ONE, 'real')",
    "globals": "x = globals()",
}


@pytest.mark.parametrize("attack", REFUSED)
def test_what_no_solver_needs_is_refused_before_anything_runs(load, attack):
    with pytest.raises(SolverError, match=r"solvers\.py:\d+: .+trusted=True"):
        load(REFUSED[attack])


UNREADABLE = {
    "a null byte": b"x = 1\0",
    "an encoding of its own": b"# coding: rot13\nvzcbeg bf\n",
    "not text": b"\xff\xfe\x00",
    "parentheses": b"x=" + b"(" * 9999 + b")" * 9999,
    "signs": b"x=" + b"-" * 99999 + b"1",
    "calls": b"x=f" + b"()" * 99999,
    "sums": b"x=1" + b"+1" * 99999,
    "lambdas": b"x=" + b"lambda: " * 9999 + b"1",
    "conditions": b"x=" + b"1 if 1 else " * 9999 + b"1",
    "digits": b"x=" + b"9" * 99999,
}


@pytest.mark.parametrize("attack", UNREADABLE)
def test_what_is_too_much_for_the_parser(load, attack):
    with pytest.raises(SolverError, match=r"solvers\.py"):
        load(UNREADABLE[attack])


def test_what_is_no_file(tmp_path):
    pipe = tmp_path / "pipe.py"
    os.mkfifo(pipe)
    long = tmp_path / "long.py"
    with long.open("wb") as stream:
        stream.truncate(1 << 30)
    for path, cause in ((pipe, "not a regular file"), ("/dev/zero", "not a regular file"), (long, "longer")):
        with pytest.raises(SolverError, match=cause):
            tp.load_solvers(path)


TOO_MUCH_ON_LOADING = {
    "a long tuple": "x = (0,) * 10000000000",
    "a long range": "x = list(range(10000000000))",
    "a long sum": "x = sum(range(100000000000000))",
    "a long interval": "x = interval(0, 10000000000, 1)",
    "numbers that square": "x0 = 99999999999\n"
    + "\n".join(f"x{k + 1} = multiply(x{k}, x{k})" for k in range(60)),
    "calls that double": "f0 = lambda x: x\n"
    + "\n".join(f"f{k + 1} = lambda x: (f{k}(x), f{k}(x))" for k in range(60))
    + "\nx = f60(0)",
    "tuples that double": "x0 = (0, 1)\n" + "\n".join(f"x{k + 1} = combine(x{k}, x{k})" for k in range(60)),
    "a hash that doubles": "x0 = (0, 1)\n"
    + "\n".join(f"x{k + 1} = (x{k}, x{k})" for k in range(60))
    + "\nx = initset(x60)",
    "a long text": "x = '%9999999999d' % 1",
}


@pytest.mark.parametrize("attack", TOO_MUCH_ON_LOADING)
def test_loading_is_bounded(load, short_limits, attack):
    text = TOO_MUCH_ON_LOADING[attack]
    with pytest.raises(SolverError, match=r"solvers\.py.*running it"):
        load(text)


def traced(load, text):
    """The reason why a solver with this body is not compiled, and the seconds of deciding so."""
    library = load(text.replace("solve_a", "solve_b"))
    start = time.process_time()
    reason = library.unsupported["b"]
    return reason, time.process_time() - start


def doubling(form, first="I"):
    lines = [f"    x0 = {first}"] + [f"    x{k + 1} = {form.format(k)}" for k in range(60)]
    return "def solve_b(I):\n" + "\n".join(lines) + "\n    return x60"


TOO_MUCH_TO_TRACE = {
    "a function that calls itself": ("def solve_b(I):\n    return solve_b(I)", "RecursionError"),
    "functions that double": (
        "def solve_b(I):\n    f0 = identity\n"
        + "\n".join(f"    f{k + 1} = compose(f{k}, f{k})" for k in range(60))
        + "\n    return f60(I)",
        "too long",
    ),
    "lambdas that double": (doubling("lambda y, f=x{0}: (f(y), f(y))", "identity") + "(I)", "too long"),
    "tuples that grow": (doubling("combine(x{0}, x{0})", "(1, 2, 3)"), "elements"),
    "merged tuples that grow": (doubling("merge((x{0}, x{0}))", "(1, 2, 3)"), "elements"),
    "sets that grow": (doubling("product(x{0}, x{0})", "(identity, I)"), "elements|function"),
    "repeated without end": ("def solve_b(I):\n    return power(rot90, 9999999)(I)", "9999999 times"),
    "nested repetition": (
        "def solve_b(I):\n    f = power(lambda x: add(x, size(I)), 1000)\n"
        "    return canvas(power(f, 1000)(ONE), UNITY)",
        "values|too long",
    ),
    "a long number": ("def solve_b(I):\n    return canvas(9999999999999, UNITY)", "32 bits"),
}


@pytest.mark.parametrize("attack", TOO_MUCH_TO_TRACE)
def test_tracing_is_bounded(load, short_limits, attack):
    text, expected = TOO_MUCH_TO_TRACE[attack]
    reason, seconds = traced(load, text)
    assert any(word in reason for word in expected.split("|")), reason
    assert seconds < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 3 << 20  # KiB


def test_tracing_operators_is_tried_out_elsewhere(load, short_limits):
    for body in ("(0,) * 10000000000", "sum(range(100000000000000))", "'%9999999999d' % 1"):
        library = load(f"def solve_b(I):\n    return {body}")
        with pytest.raises(SolverError, match="tracing its solvers takes more than 1 seconds"):
            assert library.bytecode


def test_patience_ends(load, short_limits, monkeypatch):
    monkeypatch.setattr(patience, "SECONDS_IN_ALL", 0.5)
    body, _ = TOO_MUCH_TO_TRACE["functions that double"]
    library = load("\n\n".join(body.replace("solve_b", f"solve_b{k}") for k in range(50)))
    start = time.process_time()
    assert len(library.unsupported) >= 50
    assert time.process_time() - start < 5


def test_a_trusted_file_costs_its_items_only(tmp_path):
    file = tmp_path / "solvers.py"
    file.write_text(f"import os\n{HEAD}{SOLVER}\n\ndef solve_b(I):\n    return os._exit(1)\n")
    library = tp.load_solvers(file, trusted=True)
    run = tp.run(library, [((1,),)], "python", workers=1)
    assert run.status.tolist() == [[tp.Status.OK], [tp.Status.CRASHED]]


# Files of tasks


def test_tasks_nested_deeply(tmp_path):
    file = tmp_path / "deep.json"
    for text in ("[" * 100_000, '{"a":' * 100_000, "[" * 900 + "]" * 900):
        file.write_text(text)
        with pytest.raises(TaskError, match=r"deep\.json"):
            tp.load_tasks(file)


def test_tasks_that_are_long(tmp_path, monkeypatch):
    monkeypatch.setattr(task_files, "MAX_BYTES", 1 << 20)
    plain, packed = tmp_path / "long.json", tmp_path / "bomb.json.gz"
    plain.write_bytes(b" " * (1 << 20) + b"{}")
    packed.write_bytes(gzip.compress(bytes(1 << 26)))
    with pytest.raises(TaskError, match=r"long\.json: it holds more than 1 MiB\. Divide"):
        tp.load_tasks(plain)
    with pytest.raises(TaskError, match=r"bomb\.json\.gz: it holds more than 1 MiB\. Divide"):
        load_variants(packed)


def test_tasks_outside_of_the_folder(tmp_path):
    task = json.dumps({"train": [{"input": [[1]], "output": [[1]]}], "test": [{"input": [[1]]}]})
    outside, folder = tmp_path / "outside.json", tmp_path / "folder"
    folder.mkdir()
    outside.write_text(task)
    (folder / "inside.json").write_text(task)
    (folder / "same.json").symlink_to(folder / "inside.json")
    assert len(tp.load_tasks(folder)) == 2
    (folder / "secret.json").symlink_to(outside)
    with pytest.raises(TaskError, match=r"secret\.json: a link to a file outside of the folder\. Copy"):
        tp.load_tasks(folder)


# Results


@pytest.fixture
def results(tmp_path):
    """A folder of results, finished, of two samples."""
    (tmp_path / "solvers.py").write_text(HEAD + SOLVER)
    library = tp.load_solvers(tmp_path / "solvers.py")
    samples = [tp.Sample("a", "test", k, ((k,),), None) for k in range(2)]

    def coordinator(**options):
        return tp.MegaBatchCoordinator(
            library=library, engine="python", parallel=False, progress=False, out=tmp_path / "out", **options
        )

    list(coordinator().stream(samples))
    return tmp_path / "out", coordinator, samples


class Planted:
    """Unpickled, it makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def test_a_pickle_in_a_table_is_not_opened(results, tmp_path):
    folder, coordinator, samples = results
    pickled = pickle.dumps(Planted(tmp_path / "planted"))
    table = pq.read_table(folder / "results.parquet")
    # How pyarrow once named types that unpickle themselves.
    kind = {"ARROW:extension:name": "arrow.py_extension_type", "ARROW:extension:metadata": pickled}
    fields = [field.with_metadata(kind) for field in table.schema]
    hostile = table.cast(pa.schema(fields, {"pandas": pickled, "trap": pickled}))
    pq.write_table(hostile, folder / "results.parquet")
    found, _ = read_results(folder)
    assert found.column("solver").to_pylist() == ["a", "a"]
    list(coordinator(resume=True).stream(samples))
    assert not (tmp_path / "planted").exists()


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '{"run":' * 100_000, "null", "[]", '{"run": {"identity": 3}}', '{"run": []}', "\xff", ""],
)
@pytest.mark.parametrize("name", ["summary.json", "parts/manifest.json"])
def test_hostile_json_beside_results(results, text, name):
    folder, coordinator, samples = results
    if name.startswith("parts"):
        (folder / "summary.json").unlink()
        (folder / "parts").mkdir()
    (folder / name).write_text(text, "latin-1")
    with pytest.raises(ResultsError, match=r"results"):
        list(coordinator(resume=True).stream(samples))


@pytest.mark.parametrize(
    "number", ["000000099-000001-00000000", "000000000-999999-00000000", "x-y-z", "0-0-0-0"]
)
def test_parts_of_strange_names_are_not_believed(results, number, caplog):
    folder, coordinator, samples = results
    for name in ("summary.json", "results.parquet"):
        (folder / name).unlink()
    stream = coordinator().stream(samples)
    next(stream)
    stream.close()
    (folder / "parts" / f"{number}.parquet").write_bytes(b"PAR1")
    tables = list(coordinator(resume=True).stream(samples))
    assert sum(map(len, tables)) == 2


def test_names_are_never_paths(tmp_path):
    """Task ids and solver ids go into tables and messages, never into the names of files."""
    names = ["../../escaped", "/tmp/escaped", "a\x00b", "CON", "%s%n", "x" * 300]
    tasks = [tp.Task(name, (), (tp.Pair(((1,),), None),)) for name in names]
    (tmp_path / "solvers.py").write_text(HEAD + SOLVER)
    out = tmp_path / "deep" / "er" / "out"
    coordinator = tp.MegaBatchCoordinator(
        library=tp.load_solvers(tmp_path / "solvers.py"),
        engine="python",
        parallel=False,
        progress=False,
        out=out,
    )
    assert set(coordinator.process_all(tasks)[0]) == set(names)
    files = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    made = ("answers.parquet", "results.parquet", "summary.json")
    assert files == {"solvers.py", *(f"deep/er/out/{name}" for name in made)}
