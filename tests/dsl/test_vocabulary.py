"""The vocabulary as a whole: names, docstrings, doctests, imports."""

import doctest
import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest

import tokpidjin.dsl as dsl

MODULES = [f"tokpidjin.dsl.{module.name}" for module in pkgutil.iter_modules(dsl.__path__)]


def test_there_are_160_primitives():
    assert len(dsl.PRIMITIVES) == 160
    assert all(getattr(dsl, name) is function for name, function in dsl.PRIMITIVES.items())


def test_star_import_gives_primitives_and_constants_only():
    names: dict[str, object] = {}
    exec("from tokpidjin.dsl import *", names)
    del names["__builtins__"]
    constants = {name for name, value in names.items() if isinstance(value, int | tuple)}
    assert set(names) == constants | set(dsl.PRIMITIVES)
    assert len(constants) == 38
    assert all(name.isupper() for name in constants)


def test_constants():
    assert (dsl.F, dsl.T, dsl.TEN, dsl.NEG_TWO) == (False, True, 10, -2)
    assert (dsl.UP, dsl.DOWN, dsl.LEFT, dsl.RIGHT) == ((-1, 0), (1, 0), (0, -1), (0, 1))
    assert (dsl.UP_RIGHT, dsl.DOWN_LEFT, dsl.NEG_UNITY) == ((-1, 1), (1, -1), (-1, -1))
    assert (dsl.ZERO_BY_TWO, dsl.TWO_BY_ZERO, dsl.THREE_BY_THREE) == ((0, 2), (2, 0), (3, 3))


def test_ten_colors():
    names = "BLACK, BLUE, RED, GREEN, YELLOW, GRAY, MAGENTA, ORANGE, CYAN, MAROON"
    assert eval(names, vars(dsl)) == tuple(range(10))


@pytest.mark.parametrize("name", dsl.PRIMITIVES)
def test_every_primitive_is_documented_and_typed(name):
    function = dsl.PRIMITIVES[name]
    signature = inspect.signature(function)
    assert function.__doc__
    assert function.__name__ == name
    assert all(p.annotation is not p.empty and p.default is p.empty for p in signature.parameters.values())
    assert signature.return_annotation is not signature.empty


@pytest.mark.parametrize("module", MODULES)
def test_doctests(module):
    assert doctest.testmod(importlib.import_module(module)).failed == 0


def test_imports_nothing_but_the_standard_library():
    program = "import sys, tokpidjin.dsl; print(*sys.modules)"
    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    loaded = set(output.split())
    assert "numpy" not in loaded
    own = {name for name in loaded if name.startswith("tokpidjin")}
    assert own == {"tokpidjin", "tokpidjin.dsl", *MODULES}
