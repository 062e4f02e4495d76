import numpy as np
import pytest

import tokpidjin as tp
from tokpidjin.engines.registry import BACKENDS, Backend, choose_engine, usable_engines
from tokpidjin.errors import EngineError, ParameterError

SOLVERS = """
from dsl import *
from constants import *


def solve_a0000001(I):
    return hmirror(I)


def solve_a0000002(I):
    return fill(I, THREE, ofcolor(I, ONE))


def solve_a0000003(I):
    return subgrid(argmax(colorfilter(objects(I, True, False, False), 15), size), I)


def solve_a0000004(I):
    return fill(I, NEG_ONE, ofcolor(I, ONE))
"""

GRIDS = [((1, 2), (3, 4)), [[5, 1]], np.array([[7], [8]], np.int64)]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    path = tmp_path_factory.mktemp("runner") / "solvers.py"
    path.write_text(SOLVERS)
    return tp.load_solvers(path)


@pytest.fixture(params=["python", "native", "cuda"])
def engine(request):
    lack = BACKENDS[request.param].why_unusable()
    if lack is not None:
        pytest.skip(lack)
    return request.param


def test_every_solver_on_every_grid(library, engine):
    run = tp.run(library, GRIDS, engine=engine)
    assert run.engine == engine
    assert run.status.shape == run.hashes.shape == run.primitives.shape == (4, 3)
    assert (run.status.dtype, run.hashes.dtype, run.primitives.dtype) == ("u1", "u8", "u4")
    assert run.status[:2].tolist() == [[tp.Status.OK] * 3] * 2
    assert run.status[2].tolist() == [tp.Status.ERROR] * 3
    assert (run.hashes[2] == 0).all()
    assert (run.hashes[[0, 1, 3]] != 0).all()
    assert run.output(0, 0).tolist() == [[3, 4], [1, 2]]
    assert run.output("a0000002", 1).tolist() == [[5, 3]]
    assert run.output(3, 0).tolist() == [[255, 2], [3, 4]]
    assert run.output(2, 0) is None
    assert run.output(0, 0).dtype == np.uint8
    assert run.microseconds is None
    assert run.seconds > 0
    assert run.fallback == {}


def test_chosen_items(library, engine):
    pairs = [("a0000002", 1), (0, 2), (2, 0), (0, 2)]
    run = tp.run(library, GRIDS, engine=engine, items=pairs, times=True)
    assert run.status.tolist() == [0, 0, tp.Status.ERROR, 0]
    assert run.hashes[1] == run.hashes[3]
    assert run.output(0).tolist() == [[5, 3]]
    assert run.output(1).tolist() == [[8], [7]]
    assert run.output(2) is None
    assert run.microseconds.shape == (4,)
    same = tp.run(library, GRIDS, engine=engine, items=np.array([(1, 1), (0, 2), (2, 0), (0, 2)]))
    assert (same.hashes == run.hashes).all()


def test_outputs_kept_or_made_again_are_the_same(library, engine):
    made, kept = (tp.run(library, GRIDS, engine=engine, outputs=outputs) for outputs in (False, True))
    for solver in range(4):
        for grid in range(3):
            first, second = made.output(solver, grid), kept.output(solver, grid)
            assert (first is None) == (second is None)
            assert first is None or first.tolist() == second.tolist()


def test_nothing_to_run(library, engine):
    assert tp.run(library, [], engine=engine).status.shape == (4, 0)
    assert tp.run(library, GRIDS, engine=engine, items=[]).status.shape == (0,)


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_workers_change_nothing(library, engine, workers):
    run = tp.run(library, GRIDS, engine=engine, workers=workers)
    assert run.workers == workers
    assert (run.hashes == tp.run(library, GRIDS, engine="python").hashes).all()


def test_solver_that_cannot_be_compiled_runs_on_python(tmp_path):
    path = tmp_path / "solvers.py"
    path.write_text(
        SOLVERS + "\n\ndef solve_b0000003(I):\n    return tuple(tuple(sorted(row)) for row in I)\n"
    )
    library = tp.load_solvers(path, trusted=True)
    if BACKENDS["native"].why_unusable() is not None:
        pytest.skip("the native engine is not built")
    run = tp.run(library, GRIDS, engine="native", times=True)
    reference = tp.run(library, GRIDS, engine="python")
    assert set(run.fallback) == {"b0000003"}
    assert run.fallback["b0000003"]
    assert (run.status == reference.status).all()
    assert (run.hashes == reference.hashes).all()
    assert run.output("b0000003", 0).tolist() == [[1, 2], [3, 4]]
    assert run.output("a0000001", 0).tolist() == [[3, 4], [1, 2]]
    kept = tp.run(library, GRIDS, engine="native", outputs=True)
    assert kept.output("b0000003", 1).tolist() == [[1, 5]]


def test_output_wants_what_the_run_has(library):
    run = tp.run(library, GRIDS, engine="python")
    for wrong in ((0,), (0, 3), (4, 0), ("a0000009", 0), (0, "x")):
        with pytest.raises(ParameterError):
            run.output(*wrong)
    chosen = tp.run(library, GRIDS, engine="python", items=[(0, 0)])
    for wrong in ((0, 0), (1,)):
        with pytest.raises(ParameterError):
            chosen.output(*wrong)


def test_missing_engine_says_what_is_missing(monkeypatch):
    lacking = Backend("cuda", True, lambda: "there is no GPU", lambda library: None)
    monkeypatch.setitem(BACKENDS, "cuda", lacking)
    with pytest.raises(EngineError, match="there is no GPU") as caught:
        choose_engine("cuda")
    assert caught.value.engine == "cuda"
    assert "cuda" not in usable_engines()
    present = Backend("native", True, lambda: None, lambda library: None)
    monkeypatch.setitem(BACKENDS, "native", present)
    assert choose_engine("auto").name == "native"
    monkeypatch.setitem(BACKENDS, "cuda", Backend("cuda", True, lambda: None, lambda library: None))
    assert choose_engine("auto").name == "cuda"
