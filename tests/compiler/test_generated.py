"""Random typed programs on random grids: the compiled program gives what the Python function gives.

HYPOTHESIS_PROFILE=long looks further than the default.
"""

import gc

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, note, settings
from hypothesis import strategies as st
from programs import PRIMITIVES_IN_TABLE, PRODUCTIONS, calls, expressions, grids

import tokpidjin as tp
from tokpidjin import dsl
from tokpidjin.engines.native import NativeEngine
from tokpidjin.engines.python import PythonEngine

LIMITS = {tp.Status.BUDGET, tp.Status.MEMORY, tp.Status.RANGE, tp.Status.TIMEOUT}
QUICK = settings(suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("generated") / "solvers.py"


def check(file, sources, samples):
    """Load the expressions as a file of solvers and compare the engines on all samples."""
    bodies = [f"def solve_{k}(I):\n    return {source}\n" for k, source in enumerate(sources)]
    file.write_text("from dsl import *\nfrom constants import *\n\n" + "\n".join(bodies))
    library = tp.load_solvers(file)
    for reason in library.unsupported.values():
        event(f"unsupported: {reason.partition(':')[0]}")
    names = library.bytecode.names
    if not names:
        return
    arrays = [np.array(sample, np.uint8) for sample in samples]
    programs = np.repeat(np.arange(len(names), dtype=np.int32), len(samples))
    places = np.tile(np.arange(len(samples), dtype=np.int32), len(names))
    native = NativeEngine(library.bytecode).run(arrays, programs, places, outputs=True)
    functions = [library[name].function for name in names]
    gc.disable()  # Hypothesis listens to it, and a time-out that strikes there is lost
    python = PythonEngine(functions).run(arrays, programs, places, timeout=2.0, outputs=True)
    gc.enable()
    for k in range(len(programs)):
        statuses = tp.Status(native.status[k]), tp.Status(python.status[k])
        event(f"native {statuses[0].name}")
        if LIMITS & set(statuses):
            continue
        note(library[names[programs[k]]].source)
        note(f"{samples[places[k]]}: native {native.outputs[k]}, python {python.outputs[k]}")
        assert statuses[0] == statuses[1]
        assert native.hashes[k] == python.hashes[k]


def test_every_primitive_is_generated():
    assert not set(dsl.PRIMITIVES) - PRIMITIVES_IN_TABLE


@pytest.mark.parametrize(
    "row", PRODUCTIONS, ids=lambda row: f"{row[0].partition('(')[0]}:{' '.join(row[1])}->{row[2]}"
)
@settings(QUICK, max_examples=max(3, QUICK.max_examples // 250))
@given(data=st.data())
def test_one_call(file, row, data):
    check(file, [data.draw(calls(row))], data.draw(st.lists(grids(), min_size=2, max_size=2)))


@settings(QUICK)
@given(
    sources=st.lists(expressions(), min_size=1, max_size=4), samples=st.lists(grids(), min_size=2, max_size=3)
)
def test_programs(file, sources, samples):
    check(file, sources, samples)
