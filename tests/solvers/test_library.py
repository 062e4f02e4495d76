"""The built-in solvers: right on every pair of their task on both engines, and in the agreed form."""

import ast
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import tokpidjin as tp
from tokpidjin import solvers
from tokpidjin.engines.hashing import hash_grid
from tokpidjin.engines.python import count_primitives
from tokpidjin.tasks import load_variants

LIBRARY = tp.load_solvers()
TASKS = {task.id: task for task in tp.load_tasks("arc-agi-1/training")}
VARIANTS = Path(__file__).parents[1] / "data" / "variants.json.gz"
MODULES = sorted(Path(solvers.__file__).parent.glob("*.py"))
# Pairs that break their own task's rule, with what is odd about them; the solver computes the rule.
AGAINST_THE_RULE = {
    ("e5062a87", 0): "the shape fits at (2, 6) and (5, 1) too, and is not drawn there",
    ("e5062a87", 1): "the shape fits at (1, 3) too, and is not drawn there",
}
STATEMENTS_ON_DATA = (
    ast.If,
    ast.IfExp,
    ast.For,
    ast.While,
    ast.Try,
    ast.With,
    ast.Match,
    ast.BoolOp,
    ast.Compare,
    ast.Subscript,
    ast.ListComp,
    ast.SetComp,
    ast.GeneratorExp,
    ast.DictComp,
)


def pairs_of(solver: tp.Solver) -> tuple[tp.Pair, ...]:
    task = TASKS[solver.id]
    return (*task.demo, *task.test)


@cache
def native_run() -> tuple[tp.Run, list[tuple[str, int]]]:
    """All solvers on their own pairs in one call."""
    grids = [pair.input for solver in LIBRARY for pair in pairs_of(solver)]
    owners = [(solver.id, k) for solver in LIBRARY for k in range(len(pairs_of(solver)))]
    items = [(owner, g) for g, (owner, _) in enumerate(owners)]
    return tp.run(LIBRARY, grids, "native", items=items), owners


@pytest.mark.parametrize("solver", LIBRARY, ids=lambda solver: solver.id)
def test_every_pair_is_right_in_python(solver):
    for k, pair in enumerate(pairs_of(solver)):
        assert (solver.function(pair.input) == pair.output) is ((solver.id, k) not in AGAINST_THE_RULE)


@pytest.mark.parametrize("solver", LIBRARY, ids=lambda solver: solver.id)
def test_every_pair_is_right_natively(solver):
    run, owners = native_run()
    for q, (owner, k) in enumerate(owners):
        if owner == solver.id:
            assert tp.Status(run.status[q]) is tp.Status.OK
            is_right = run.output(q).tolist() == [list(row) for row in pairs_of(solver)[k].output]
            assert is_right is ((solver.id, k) not in AGAINST_THE_RULE)


def test_every_solver_compiles():
    assert LIBRARY.unsupported == {}


def test_own_items_are_quick_and_stay_within_the_budget():
    run, owners = native_run()
    assert not (run.status == tp.Status.BUDGET).any()
    costs = {owner: int(count) for (owner, _), count in zip(owners, run.primitives, strict=True)}
    assert max(costs.values()) < 100_000


def test_solvers_generalise_to_fresh_examples():
    examples = [
        (task_id, pair)
        for task_id, pairs in load_variants(VARIANTS).items()
        for pair in pairs
        if task_id in LIBRARY
    ]
    items = [(task_id, k) for k, (task_id, _) in enumerate(examples)]
    run = tp.run(LIBRARY, [pair.input for _, pair in examples], "native", items=items)
    wanted = [hash_grid(np.array(pair.output, np.uint8)) for _, pair in examples]
    right = int((run.hashes == np.array(wanted, np.uint64)).sum())
    assert right >= 0.95 * len(examples), f"{right} of {len(examples)} fresh examples"


def test_there_are_short_and_long_programs():
    assert len(LIBRARY) == len(TASKS) == 400
    executed = [count_primitives(solver.function, TASKS[solver.id].demo[0].input) for solver in LIBRARY]
    written = [len(set(re.findall(r"\b[a-z]\w*(?=\()", solver.source))) for solver in LIBRARY]
    assert min(executed) == 1
    assert sum(count >= 25 for count in executed) >= 10
    assert max(written) > 5


@pytest.mark.parametrize("solver", LIBRARY, ids=lambda solver: solver.id)
def test_the_rule_is_stated(solver):
    assert 10 < len(solver.rule) < 600
    assert solver.rule.rstrip().endswith(".")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_solvers_are_made_of_primitives_alone(path):
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        assert not isinstance(node, STATEMENTS_ON_DATA), f"{path.name}:{node.lineno}: {ast.unparse(node)}"
    assert ast.get_docstring(tree)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_variables_tell_what_they_hold(path):
    names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
    assert [name for name in sorted(names) if re.fullmatch(r"x\d+", name)] == []
