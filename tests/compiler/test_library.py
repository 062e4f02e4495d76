"""Loading files of solvers: what is taken, what is refused and how, and what a library offers."""

import pickle
import threading

import pytest

import tokpidjin as tp
from tokpidjin.errors import SolverError

HEAD = "from dsl import *\nfrom constants import *\n\n"


@pytest.fixture
def load(tmp_path):
    def load(text, **options):
        file = tmp_path / "solvers.py"
        file.write_text(HEAD + text)
        return tp.load_solvers(file, **options)

    return load


def refusal(load, text, **options):
    with pytest.raises(SolverError) as caught:
        load(text, **options)
    return str(caught.value)


def test_a_library_is_a_sequence_of_solvers(load):
    library = load(
        'def solve_b(I):\n    """Turn it.\n\n    Twice.\n    """\n    return rot180(I)\n\n\n'
        "def helper(I):\n    return I\n\n\nsolve_a = compose(hmirror, vmirror)\n"
    )
    assert library.ids == ("b", "a")
    assert len(library) == 2
    assert "a" in library
    assert library[0] is library["b"]
    assert [solver.name for solver in library[1:]] == ["solve_a"]
    assert library["b"].rule == "Turn it.\n\nTwice."
    assert library["a"].rule == ""
    assert library["b"].line == 4
    assert library["b"].source.startswith("def solve_b(I):")
    assert library["b"].source.endswith("return rot180(I)\n")
    assert library["a"].source == "solve_a = compose(hmirror, vmirror)\n"
    assert library["b"].function(((1, 2),)) == ((2, 1),)
    assert library.bytecode.names == ("b", "a")
    assert library.unsupported == {}


def test_source_of_functions_in_any_layout(load):
    first = (
        'def solve_a(\n    I,\n) -> Grid:\n    """At\nthe margin."""\n    return rot90(\n        I\n    )\n'
    )
    second = "def solve_b(I): return (\n  I\n)\n"
    library = load(f"from arc_types import *\n{first}\n# about the next\n{second}")
    assert library["a"].source == first
    assert library["b"].source == second


def test_the_functions_are_the_file_s_own(load):
    library = load("def solve_a(I):\n    return rot90(I)\n")
    assert library["a"].function.__code__.co_filename == library["a"].file
    assert pickle.loads(pickle.dumps(library["a"].id)) == "a"


def test_another_prefix(load):
    text = "def verify_a(I):\n    return I\n"
    assert load(text, prefix="verify_").ids == ("a",)
    assert refusal(load, text).endswith("begins with 'solve_'. Give prefix='verify_'?")


def test_a_constant_computed_on_loading(load):
    library = load(
        "CORNERS = corners(asindices(canvas(ZERO, THREE_BY_THREE)))\nONES = (1, add(ONE, TWO))\n"
        "turn = compose(rot90, rot90)\n\n\n"
        "def solve_a(I):\n    return turn(fill(I, last(ONES), CORNERS))\n"
    )
    assert library.unsupported == {}
    run = tp.run(library, [((0, 0, 0),) * 3], "native")
    assert run.output(0, 0).tolist() == [[3, 0, 3], [0, 0, 0], [3, 0, 3]]


def test_missing_file(tmp_path):
    with pytest.raises(SolverError, match=r"none\.py: No such file or directory\. Give the path"):
        tp.load_solvers(tmp_path / "none.py")


def test_not_python(load):
    assert "solvers.py:4: not Python: expected ':'. Correct it." in refusal(load, "def solve_a(I) return I\n")


def test_an_id_twice(load):
    text = "def solve_a(I):\n    return I\n\n\ndef solve_a(I):\n    return rot90(I)\n"
    assert "solvers.py:8: solve_a is defined again; line 4 defines it too" in refusal(load, text)


@pytest.mark.parametrize("parameters", ["", "I, O"])
def test_wrong_arguments(load, parameters):
    assert "not one grid" in refusal(load, f"def solve_a({parameters}):\n    return ZERO\n")


def test_defaults_do_not_count(load):
    library = load("def solve_a(I, c=THREE, *, g=ONE):\n    return replace(I, g, c)\n")
    assert tp.run(library, [((1, 2),)], "native").output("a", 0).tolist() == [[3, 2]]


def test_running_the_file_fails(load):
    assert "solvers.py:4: NameError: name 'unknown' is not defined" in refusal(load, "x = unknown(ONE)\n")


REFUSED = {
    "import os": "'import os'",
    "from os import path": "an import from os",
    "from . import x": "an import from .",
    "x = ().__class__": "access to an attribute, '.__class__'",
    "x = identity.a": "access to an attribute, '.a'",
    "x = eval": "the name 'eval'",
    "x = __import__": "the name '__import__'",
    "x = open": "the name 'open'",
    "for x in (1, 2):\n    pass": "'for'",
    "while T:\n    pass": "'while'",
    "class A:\n    pass": "'class def'",
    "try:\n    x = 1\nfinally:\n    pass": "'try'",
    "with identity:\n    pass": "'with'",
    "x = [y for y in (1, 2)]": "'list comp'",
    "f = lambda n: n ** n": "the operator of 'n ** n'",
    "x = f'{F}'": "'joined str'",
    "def f():\n    global x\n    x = 1": "'global'",
    "def f(I):\n    import os": "'import os'",
    "def f(I):\n    if I:\n        return I": "'if'",
    "f = lambda x: (yield x)": "'yield'",
    "del ZERO": "'delete'",
    "async def f(x):\n    return x": "'async function def'",
    "f = lambda x: x.y": "access to an attribute, '.y'",
    "f = lambda __x: __x": "the name '__x'",
}


@pytest.mark.parametrize("text", REFUSED)
def test_refused(load, text):
    solver = "\n\ndef solve_a(I):\n    return I\n"
    message = refusal(load, text + solver)
    assert REFUSED[text] in message
    assert "solvers.py:" in message
    assert "trusted=True" in message


ALLOWED = (
    "x = (ONE, -TWO, [3], {4}, {5: 6}, 'text')",
    "f = lambda x, y=ONE, *z, k=T: x == y if k else y < x",
    "def f(a, b=ONE):\n    c, d = a, b\n    return (c, *d)[0:1]",
    "x: Any = max(len((1, 2)), 3) + 1",
    '"""Text."""\nx = not T and F or 3 // 2 % 1',
)


@pytest.mark.parametrize("text", ALLOWED)
def test_allowed(load, text):
    assert load(f"from arc_types import *\n{text}\n\n\ndef solve_a(I):\n    return I\n").unsupported == {}


def test_trusted_files_may_do_anything(load):
    turns = "def solve_a(I):\n    for _ in range(math.floor(2.5)):\n        I = rot90(I)\n    return I\n"
    text = f"import math\n\n\n{turns}"
    assert "import math" in refusal(load, text)
    library = load(text, trusted=True)
    assert library.unsupported == {}
    assert tp.run(library, [((1, 2),)], "native").output(0, 0).tolist() == [[2, 1]]


def test_unknown_id_is_an_error_with_a_remedy(load):
    library = load("def solve_abc1(I):\n    return I\n")
    with pytest.raises(SolverError, match="Did you mean 'abc1'"):
        library["abc2"]


def test_compiling_in_many_threads(load):
    libraries = [load(f"def solve_a(I):\n    return fill(I, {k}, ofcolor(I, 0))\n") for k in range(1, 9)]
    codes = [None] * 8

    def compile_one(k):
        codes[k] = libraries[k].bytecode.consts.tolist()

    threads = [threading.Thread(target=compile_one, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [[0, k] for k in range(1, 9)]
