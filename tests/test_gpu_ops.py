"""Batched primitives: each gives what the primitive gives item by item, whatever the types and on every item."""

import functools
from threading import Thread

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st
from programs import HIGHER_ORDER, PRODUCTIONS
from typed_values import functions, is_of_functions, values

import tokpidjin as tp
from tokpidjin import dsl
from tokpidjin.dsl import *
from tokpidjin.errors import EngineError, ItemError, ParameterError

ROWS = [row for row in PRODUCTIONS if row[0].partition("(")[0] in dsl.PRIMITIVES and "=" not in row[0]]
MAKERS = set(HIGHER_ORDER) - {"identity"}
GRIDS = [((0, 1), (2, 3)), ((4,),), ((5, 5, 5), (1, 1, 1))]
EXAMPLES = max(2, settings().max_examples // 50)


@pytest.fixture(scope="module")
def operations():
    return tp.GPUDSLOperations(engine="native")


def expected(primitive, items):
    """By item, what the primitive gives, or the type of what it raises."""
    found = []
    for arguments in items:
        try:
            found.append(dsl.PRIMITIVES[primitive](*arguments))
        except Exception as error:
            found.append(type(error))
    return found


def comparable(results):
    return [type(result.__cause__) if isinstance(result, ItemError) else result for result in results]


def test_every_primitive_is_a_method_and_is_generated(operations):
    for name in dsl.PRIMITIVES:
        assert callable(getattr(operations, f"batch_{name}"))
    assert {row[0].partition("(")[0] for row in ROWS} | MAKERS | {"identity"} == set(dsl.PRIMITIVES)
    assert len(dsl.PRIMITIVES) == 160


@pytest.mark.parametrize(
    "row", ROWS, ids=lambda row: f"{row[0].partition('(')[0]}:{' '.join(row[1])}->{row[2]}"
)
@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_results_are_those_of_the_primitive(operations, row, data):
    template, kinds, _ = row
    primitive = template.partition("(")[0]
    count = data.draw(st.integers(1, 4))
    arguments = []
    for kind in kinds:
        if is_of_functions(kind):
            arguments.append(data.draw(functions(kind)))
        elif kind in ("I", "B") and data.draw(st.booleans()):
            arguments.append(data.draw(values(kind)))
        else:
            arguments.append(data.draw(st.lists(values(kind), min_size=count, max_size=count)))
    if not any(isinstance(argument, list) for argument in arguments):
        arguments[-1] = [arguments[-1]] * count
    columns = [argument if isinstance(argument, list) else [argument] * count for argument in arguments]
    note(f"{primitive}{tuple(arguments)}")
    found = getattr(operations, f"batch_{primitive}")(*arguments)
    assert comparable(found) == expected(primitive, list(zip(*columns, strict=True)))


def test_the_machine_does_what_it_can(operations):
    """For every primitive there are arguments that do not fall back to Python."""
    native = set()
    for template, kinds, _ in ROWS:
        primitive = template.partition("(")[0]
        if primitive in native:
            continue
        columns = [EXAMPLE_FUNCTIONS.get(kind) or [EXAMPLE_VALUES.get(kind)] for kind in kinds]
        if [None] in columns:
            continue
        before = operations.get_stats()["fallbacks"]
        getattr(operations, f"batch_{primitive}")(*columns)
        if operations.get_stats()["fallbacks"] == before:
            native.add(primitive)
    assert set(dsl.PRIMITIVES) - MAKERS - {"identity"} <= native


EXAMPLE_OBJECT = frozenset({(1, (0, 0)), (1, (0, 1)), (2, (3, 3))})
EXAMPLE_INDICES = frozenset({(0, 0), (0, 1), (2, 2)})
EXAMPLE_VALUES = {
    "I": 2,
    "B": True,
    "P": (1, 2),
    "C": (1, (2, 3)),
    "G": ((1, 2, 1, 2), (3, 4, 3, 4), (1, 2, 1, 2), (3, 4, 3, 4)),
    "X": EXAMPLE_INDICES,
    "O": EXAMPLE_OBJECT,
    "{O}": frozenset({EXAMPLE_OBJECT, frozenset({(3, (1, 1))})}),
    "{I}": frozenset({1, 2, 3}),
    "[I]": (3, 1, 2),
    "[P]": ((0, 1), (2, 3), (4, 5)),
    "[G]": (((1, 2), (3, 4)), ((5, 6), (7, 8))),
}
EXAMPLE_FUNCTIONS = {
    "O>I": size,
    "O>B": lambda o: size(o) > 1,
    "O>X": toindices,
    "O>O": normalize,
    "I>I": increment,
    "G>G": vmirror,
    "[G>G]": (vmirror, hmirror),
    "I,I>I": add,
    "P,P>P": add,
    "I,I>P": astuple,
    "I,I>[I]": lambda a, b: (a, b, a),
}


def test_functions_of_functions_give_functions(operations):
    made = operations.batch_compose([first, last], hmirror)
    assert [f(GRIDS[0]) for f in made] == [(2, 3), (0, 1)]
    made = operations.batch_chain(first, [first, last], hmirror)
    assert [f(GRIDS[0]) for f in made] == [2, 0]
    made = operations.batch_fork([add, subtract], height, width)
    assert [f(GRIDS[2]) for f in made] == [5, -1]
    made = operations.batch_lbind(subtract, [1, 2])
    assert [f(5) for f in made] == [-4, -3]
    made = operations.batch_rbind(subtract, [1, 2])
    assert [f(5) for f in made] == [4, 3]
    made = operations.batch_matcher(height, [1, 2])
    assert [f(GRIDS[0]) for f in made] == [False, True]
    made = operations.batch_power(double, [1, 3, 0])
    assert [f(5) for f in made[:2]] == [10, 40]
    assert isinstance(made[2].__cause__, ValueError)
    assert operations.batch_identity([1, (2, 3), GRIDS[0]]) == [1, (2, 3), GRIDS[0]]


def stats_of(operations, call):
    before = operations.get_stats()
    result = call()
    after = operations.get_stats()
    changed = {name: after[name] - before[name] for name in after if name not in ("engine", "seconds")}
    return result, changed


def test_one_call_is_one_launch(operations):
    compositions = [
        compose(first, vmirror),
        fork(combine, hmirror, vmirror),
        chain(first, vmirror, rbind(hconcat, ((1,), (2,)))),
        lbind(apply, increment),
        lambda g: vmirror(hmirror(g)),
        power(rot90, 3),
        functools.partial(replace, replacee=0, replacer=7),
    ]
    containers = [(GRIDS[0], GRIDS[0]), (((1, 2), (3, 4)),)]
    for function in compositions:
        found, stats = stats_of(operations, lambda f=function: operations.batch_apply(f, containers))
        assert found == [apply(function, container) for container in containers]
        assert (stats["calls"], stats["items"], stats["launches"]) == (1, 2, 1)
        assert stats["fallbacks"] == 0
        assert stats["bytes_up"] > 0 < stats["bytes_down"]


def test_mapply_of_a_composition(operations):
    containers = [objects(grid, True, False, False) for grid in GRIDS]
    function = fork(recolor, color, compose(backdrop, identity))
    found, stats = stats_of(operations, lambda: operations.batch_mapply(function, containers))
    assert found == [mapply(function, container) for container in containers]
    assert (stats["launches"], stats["fallbacks"]) == (1, 0)


def test_items_of_different_types_are_one_launch(operations):
    call = lambda: operations.batch_add([1, (2, 3), 4, (0, 0)], [1, 1, (2, 2), (5, 6)])  # noqa: E731
    found, stats = stats_of(operations, call)
    assert found == [2, (3, 4), (6, 6), (5, 6)]
    assert (stats["launches"], stats["fallbacks"]) == (1, 0)


def test_an_item_that_fails_costs_its_own_slot(operations):
    call = lambda: operations.batch_first([(1, 2), (), (3,)])  # noqa: E731
    found, stats = stats_of(operations, call)
    assert found[0] == 1
    assert found[2] == 3
    assert isinstance(found[1], ItemError)
    assert found[1].sample == 1
    assert str(found[1]).startswith("batch_first, item 1: ")
    assert isinstance(found[1].__cause__, expected("first", [((),)])[0])
    assert (stats["fallbacks"], stats["errors"]) == (1, 1)
    with pytest.raises(ParameterError, match=r"batch_increment: x\[1\]: it is the error of an item before"):
        operations.batch_increment(found)


def test_what_the_machine_cannot_hold_is_done_in_python(operations):
    found, stats = stats_of(operations, lambda: operations.batch_double([1, 2**40, 3]))
    assert found == [2, 2**41, 6]
    assert (stats["launches"], stats["fallbacks"]) == (1, 1)
    found, stats = stats_of(operations, lambda: operations.batch_multiply([2**20, 2], [2**20, 3]))
    assert found == [2**40, 6]
    assert stats["fallbacks"] == 1


class Module:
    """Something that a function may use and that no tracer understands."""

    factor = 3


LIMIT = 1


@pytest.mark.parametrize(
    ("function", "values"),
    [
        (lambda x: x if isinstance(x, int) else 0, [(1, 2)]),
        (lambda x: Module.factor * x, [(1, 2)]),
        (lambda x: 1 if x > 2 else 0, [(1, 2, 3)]),
        (lambda x: int(str(x)), [(1, 2)]),
        (lambda x: 0 if x is None else x, [(1, None)]),
        (len, [((1, 2), (3,))]),
        (lambda x: len({first(x), last(x)}), [((1, 1), (1, 2))]),
    ],
)
def test_functions_that_cannot_be_traced_run_in_python(operations, function, values):
    found, stats = stats_of(operations, lambda: operations.batch_apply(function, values))
    assert found == [apply(function, value) for value in values]
    assert stats["fallbacks"] + stats["launches"] == 1


def test_a_function_is_read_anew_when_what_it_uses_changes(operations, monkeypatch):
    function = lambda x: x + LIMIT  # noqa: E731
    assert operations.batch_apply(function, [(1, 2)]) == [(2, 3)]
    monkeypatch.setitem(globals(), "LIMIT", 10)
    assert operations.batch_apply(function, [(1, 2)]) == [(11, 12)]


def test_functions_reach_primitives_through_modules(operations):
    mirrored = lambda g: dsl.vmirror(g)  # noqa: E731
    found, stats = stats_of(operations, lambda: operations.batch_apply(mirrored, [(GRIDS[0],)]))
    assert found == [(vmirror(GRIDS[0]),)]
    assert stats["fallbacks"] == 0


def test_values_that_are_the_same_for_all(operations):
    grid = ((0, 0), (0, 0))
    assert operations.batch_fill(grid, [1, 2], frozenset({(0, 0)})) == [((1, 0), (0, 0)), ((2, 0), (0, 0))]
    assert operations.batch_shift([frozenset({(0, 0)})] * 2, (1, 2)) == [frozenset({(1, 2)})] * 2
    assert operations.batch_objects(GRIDS, True, diagonal=False, without_bg=True) == [
        objects(grid, True, False, True) for grid in GRIDS
    ]
    assert operations.batch_canvas(range(2), (1, 1)) == [((0,),), ((1,),)]
    assert operations.batch_canvas(np.arange(2), (1, 1)) == [((0,),), ((1,),)]
    assert operations.batch_vmirror(tuple(GRIDS)) == operations.batch_vmirror(iter(GRIDS))


def test_an_empty_batch_launches_nothing(operations):
    found, stats = stats_of(operations, lambda: operations.batch_fill([], 3, []))
    assert found == []
    assert (stats["calls"], stats["launches"]) == (1, 0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda o: o.batch_fill(GRIDS, [1, 2], []),
            "batch_fill: sequences of different lengths: 3 grid, 2 val",
        ),
        (
            lambda o: o.batch_fill(GRIDS),
            r"batch_fill\(grid: .*missing a required argument: 'value'.*It takes grid",
        ),
        (lambda o: o.batch_vmirror(GRIDS, GRIDS), "too many positional arguments"),
        (
            lambda o: o.batch_vmirror([GRIDS[0], 5]),
            r"batch_vmirror: piece\[1\]: 5 of type int is not a grid or",
        ),
        (
            lambda o: o.batch_trim([[[1, 2], [3, 4]]]),
            r"batch_trim: grid\[0\]: \[\[1, 2\], \[3, 4\]\] of type list",
        ),
        (lambda o: o.batch_trim([np.zeros((2, 2), int)]), r"Convert it: tuple\(map\(tuple, array.tolist"),
        (lambda o: o.batch_trim(np.zeros((2, 2), int)), "neither a value of the language nor a sequence"),
        (
            lambda o: o.batch_rot90(GRIDS[0]),
            r"batch_rot90: grid\[0\]: \(0, 1\) of type tuple is not a grid, a tuple",
        ),
        (lambda o: o.batch_double(5), "batch_double: no argument is a sequence"),
        (lambda o: o.batch_double(["5"]), r"batch_double: n\[0\]: '5' of type str is not an int or a pair"),
        (lambda o: o.batch_double([1.5]), "1.5 of type float"),
        (lambda o: o.batch_double("12"), "'12' of type str is neither"),
        (lambda o: o.batch_size([{1, 2}]), "Convert it with frozenset"),
        (lambda o: o.batch_crop(GRIDS, 1, (2, 2)), "batch_crop: start: 1 of type int is not a pair of ints"),
        (
            lambda o: o.batch_apply([size], [(1,)]),
            "batch_apply: function: a list of functions.*Give one function",
        ),
        (lambda o: o.batch_apply(5, [(1,)]), "batch_apply: function: 5 of type int is not a function"),
    ],
)
def test_wrong_arguments_raise_before_any_launch(operations, call, message):
    before = operations.get_stats()
    with pytest.raises(ParameterError, match=message):
        call(operations)
    assert operations.get_stats() == before


def test_an_unknown_method_is_an_attribute_error(operations):
    with pytest.raises(AttributeError, match="batch_fil"):
        operations.batch_fil(GRIDS)


def test_one_for_the_process():
    assert tp.get_gpu_ops() is tp.get_gpu_ops()
    assert tp.get_gpu_ops().get_stats()["engine"] in ("native", "cuda")


def test_engines():
    with pytest.raises(ParameterError, match="it runs one item at a time"):
        tp.GPUDSLOperations(engine="python")
    with pytest.raises(ParameterError, match="Did you mean 'native'"):
        tp.GPUDSLOperations(engine="natve")
    with pytest.raises(ParameterError, match="workers"):
        tp.GPUDSLOperations(engine="native", workers=0)
    if tp.get_gpu_ops().get_stats()["engine"] == "native":
        with pytest.raises(EngineError, match="cuda"):
            tp.GPUDSLOperations(engine="cuda")


def test_threads_share_the_operations(operations):
    found = [None] * 4

    def work(k):
        found[k] = operations.batch_add(list(range(100)), k)

    threads = [Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[n + k for n in range(100)] for k in range(4)]


def test_methods_are_documented(operations):
    assert operations.batch_fill.__doc__.startswith("fill(grid, value, patch) of each item. ")
    assert operations.batch_fill.__name__ == "batch_fill"
