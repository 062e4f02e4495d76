"""Loops whose iterations lanes share out end as if one lane had taken them one after the other.

The build of 32 lanes in step runs here beside the installed one.
"""

import ctypes
from pathlib import Path

import numpy as np
import pytest
from assembler import (
    FLAT_LIST,
    FLAT_PATCH,
    INDICES,
    INT,
    NOT_FLAT,
    OPCODES,
    OVER_CELLS,
    OVER_LIST,
    TO_ARGMAX,
    TO_ARGMIN,
    TO_FIRST,
    TO_FOLD,
    TO_INDICES,
    TO_LIST,
    TO_MERGED_LIST,
    TO_MERGED_PATCH,
    TO_OBJECT,
    TO_ORDERED,
    TO_SET,
    TO_VALMAX,
    TO_VALMIN,
    Assembler,
)
from emulated_cupy import compile_library

from tokpidjin.engines.native import NativeEngine
from tokpidjin.engines.status import Status

ROOT = Path(__file__).resolve().parents[2]
LENGTHS = (1, 2, 31, 32, 33, 70)
TALL = np.random.default_rng(0).integers(0, 10, (70, 3)).astype(np.uint8)
FLAGS, BY_LANE = 2, 512
FIELDS = ("status", "primitives", "hashes")


@pytest.fixture(scope="module")
def lanes(tmp_path_factory):
    """The file of the build of 32 lanes."""
    source = ROOT / "tokpidjin" / "engines" / "vm" / "host.cpp"
    target = tmp_path_factory.mktemp("lanes") / "lanes.so"
    return compile_library(source, target, "-DTOKPIDJIN_EMULATE_WARP")


class Both:
    """One program on both builds."""

    def __init__(self, lanes, build):
        program = Assembler()
        build(program)
        self.one = NativeEngine(program.bytecode())
        self.many = NativeEngine(program.bytecode(), library_file=lanes)
        self._steps = ctypes.c_uint64.in_dll(ctypes.CDLL(str(lanes)), "tp_emulated_steps")

    def run(self, **options):
        """Status and output of the item, the same on both."""
        runs = [engine.run([TALL], [0], [0], outputs=True, **options) for engine in (self.one, self.many)]
        for name in FIELDS:
            assert getattr(runs[0], name)[0] == getattr(runs[1], name)[0], (name, options)
        first, second = (run.outputs[0] for run in runs)
        assert (first is None and second is None) or np.array_equal(first, second), options
        return Status(runs[0].status[0]), first

    def steps(self, **options):
        """How many instructions the warp executes."""
        before = self._steps.value
        self.run(**options)
        return self._steps.value - before

    def marked(self):
        """For each loop, whether lanes may share it out."""
        code, k, found = self.one.verified_code(), 0, []
        while k < len(code):
            is_loop = code[k, 0] == OPCODES["loop"]
            if is_loop:
                found.append(bool(code[k, FLAGS] & BY_LANE))
            k += 2 if is_loop else 1
        return found


def interval(p, n, start=0):
    return p.op("interval", p.constant(start), p.constant(start + n), p.constant(1))


def return_length(p, found):
    p.return_numbers(p.op("len", found))


def return_tuple(p, found):
    p.ret(p.op("from_rows", p.op("list1", found)))


def with_body(make, **options):
    """A loop over 40 numbers."""

    def build(p):
        return_length(p, p.loop(TO_LIST, interval(p, 40), OVER_LIST, lambda x: make(p, x), **options))

    return build


# ---- a loop for every collector; each builder ends the program


def to_list(p, n):
    def body(x):
        return p.op("index", p.input, p.op("pair", p.op("halve_i", x), p.constant(1)))

    return_tuple(p, p.loop(TO_LIST, interval(p, n), OVER_LIST, body))


def to_filtered_list(p, n):
    conditions = []

    def body(x):
        conditions.append(p.op("even", x))
        return p.op("halve_i", x)

    return_tuple(p, p.loop(TO_LIST, interval(p, n), OVER_LIST, body, condition=lambda: conditions[0]))


def to_set(p, n):
    found = p.loop(TO_SET, interval(p, n), OVER_LIST, lambda x: p.op("halve_i", x), type=INT)
    return_tuple(p, p.op("as_tuple", found))


def to_indices(p, n):
    found = p.loop(TO_INDICES, interval(p, n), OVER_LIST, lambda x: p.op("pair", p.op("halve_i", x), x))
    p.return_patch(found, (40, 80))


def to_object(p, n):
    cells = p.op("asobject", p.input)

    def body(cell, x):
        return p.op("cell", p.op("cell_v", cell), p.op("add_pi", p.op("cell_p", cell), x))

    p.return_object(p.loop(TO_OBJECT, cells, OVER_CELLS, body, second=(interval(p, n), OVER_LIST)), (99, 80))


def to_first(p, n):
    conditions = []

    def body(x):
        conditions.append(p.op("greater", x, p.constant(n - 3)))
        return p.op("halve_i", x)

    p.return_numbers(p.loop(TO_FIRST, interval(p, n), OVER_LIST, body, condition=lambda: conditions[0]))


def keyed(collector):
    def build(p, n):
        keys = []

        def body(x):
            keys.append(p.op("index", p.input, p.op("pair", x, p.constant(1))))
            return p.op("double_i", x)

        found = p.loop(collector, interval(p, n), OVER_LIST, body, key=lambda: keys[0], type=INT)
        return_tuple(p, found) if collector == TO_ORDERED else p.return_numbers(found)

    return build


def merged(collector, flat, first, second, finish):
    """The body chooses between values from before the loop."""

    def build(p, n):
        choices = first(p), second(p)

        def body(x):
            return p.op("choose", p.op("even", x), *choices)

        finish(p, p.loop(collector, interval(p, n), OVER_LIST, body, flat=flat))

    return build


def centers(p, n):
    """What a lane spends on one cell and on many differs."""
    choices = p.indices((3, 4)), p.op("asindices", p.input)

    def body(x):
        return p.op("pair_i", p.op("center", p.op("choose", p.op("even", x), *choices)))

    return_tuple(p, p.loop(TO_LIST, interval(p, n), OVER_LIST, body))


def best_center(p, n):
    choices = p.op("asindices", p.input), p.indices((3, 4))
    keys = []

    def body(x):
        keys.append(p.op("pair_i", p.op("center", p.op("choose", p.op("even", x), *choices))))
        return x

    p.return_numbers(p.loop(TO_ARGMIN, interval(p, n), OVER_LIST, body, key=lambda: keys[0], type=INT))


def around_other_registers(p, n):
    """Among the registers that the body sets lie others, which it reads."""
    low = p.register()
    outside, source = p.op("len", p.int_tuple(1, 2, 3)), interval(p, n)
    found = p.loop(TO_LIST, source, OVER_LIST, lambda x: p.op("add_ii", x, outside, result=low))
    return_tuple(p, found)


def moved_and_selected(p, n):
    def body(x):
        return p.op("select", p.op("even", x), p.op("move", x), p.op("invert_i", p.op("sign_i", x)))

    return_tuple(p, p.loop(TO_LIST, interval(p, n), OVER_LIST, body))


def moved_again(p, n):
    def body(x):
        value = p.op("move", x)
        return p.op("move", p.op("increment_i", value), result=value)

    return_tuple(p, p.loop(TO_LIST, interval(p, n), OVER_LIST, body))


def moved_variable(p, n):
    return_tuple(
        p, p.loop(TO_LIST, interval(p, n), OVER_LIST, lambda x: p.op("move", p.op("sign_i", x), result=x))
    )


SHARED_OUT = {
    "list": to_list,
    "filtered": to_filtered_list,
    "set": to_set,
    "indices": to_indices,
    "object": to_object,
    "first": to_first,
    "argmax": keyed(TO_ARGMAX),
    "argmin": keyed(TO_ARGMIN),
    "valmax": keyed(TO_VALMAX),
    "valmin": keyed(TO_VALMIN),
    "ordered": keyed(TO_ORDERED),
    "merged lists": merged(
        TO_MERGED_LIST, FLAT_LIST, lambda p: p.int_tuple(1), lambda p: p.int_tuple(2, 3), return_tuple
    ),
    "merged patches": merged(
        TO_MERGED_PATCH,
        FLAT_PATCH,
        lambda p: p.indices((1, 1)),
        lambda p: p.indices((2, 3), (3, 3)),
        Assembler.return_patch,
    ),
    "centers": centers,
    "best center": best_center,
    "around": around_other_registers,
    "select": moved_and_selected,
    "moved again": moved_again,
    "moved variable": moved_variable,
}


@pytest.mark.parametrize("name", SHARED_OUT)
def test_loops_of_any_length(lanes, name):
    for n in LENGTHS:
        both = Both(lanes, lambda p, n=n: SHARED_OUT[name](p, n))
        assert both.marked() == [True]
        status, _ = both.run()
        assert status == Status.OK


@pytest.mark.parametrize("name", SHARED_OUT)
def test_the_warp_executes_less(lanes, name):
    short, long = (Both(lanes, lambda p, n=n: SHARED_OUT[name](p, n)).steps() for n in (1, 31))
    assert long < short + 10


@pytest.mark.parametrize("name", SHARED_OUT)
def test_any_budget_ends_the_same_item(lanes, name):
    both = Both(lanes, lambda p: SHARED_OUT[name](p, 35))
    budget, ended = 1, set()
    while Status.OK not in ended:
        ended.add(both.run(budget=budget)[0])
        budget += 1
    assert ended == {Status.OK, Status.BUDGET}


def test_without_room_for_the_lanes_registers(lanes):
    def body(p, x):
        for _ in range(20):
            x = p.op("sign_i", x)
        return x

    both = Both(lanes, with_body(body))
    assert both.marked() == [True]
    assert both.run(arena=4096) == both.run()
    assert both.steps(arena=4096) > 10 * both.steps()


# ---- what is out of the ordinary


@pytest.mark.parametrize("at", [0, 5, 31, 32, 40, 69])
@pytest.mark.parametrize("collector", [TO_LIST, TO_FIRST, TO_ARGMAX])
def test_a_failing_iteration(lanes, collector, at):
    values = []

    def build(p):
        def body(x):
            values[:] = [p.op("divide_ii", p.constant(5), p.op("subtract_ii", x, p.constant(at)))]
            return x

        found = p.loop(
            collector,
            interval(p, 70),
            OVER_LIST,
            body,
            condition=(lambda: p.op("greater", values[0], p.constant(4))) if collector == TO_FIRST else None,
            key=(lambda: values[0]) if collector == TO_ARGMAX else None,
            type=INT,
        )
        return_tuple(p, found) if collector == TO_LIST else p.return_numbers(found)

    both = Both(lanes, build)
    assert both.marked() == [True]
    for budget in (*range(100, 1500, 7), 1 << 20):
        both.run(budget=budget)
    # 5 / 1 is found one iteration after the failing one, so never before it.
    assert both.run()[0] == Status.ERROR


def test_a_result_before_the_failing_iteration_is_found(lanes):
    def build(p):
        conditions = []

        def body(x):
            conditions.append(
                p.op(
                    "greater",
                    p.op("divide_ii", p.constant(60), p.op("subtract_ii", p.constant(9), x)),
                    p.constant(9),
                )
            )
            return x

        p.return_numbers(p.loop(TO_FIRST, interval(p, 70), OVER_LIST, body, condition=lambda: conditions[0]))

    status, grid = Both(lanes, build).run()
    assert (status, grid.tolist()) == (Status.OK, [[3]])


def test_poison_from_outside_of_the_loop_and_of_the_body(lanes):
    def build(p):
        outside = p.op("divide_ii", p.constant(1), p.constant(0), speculative=True)

        def body(x):
            inside = p.op("divide_ii", p.constant(9), x, speculative=True)
            sum_ = p.op("add_ii", inside, outside, speculative=True)
            return p.op("select", p.op("greater", x, p.constant(40)), sum_, p.op("sign_i", x))

        return_tuple(p, p.loop(TO_LIST, interval(p, 40), OVER_LIST, body))

    both = Both(lanes, build)
    assert both.marked() == [True]
    assert both.run()[0] == Status.OK


def test_a_speculative_loop_that_fails_in_a_later_chunk(lanes):
    def build(p):
        def body(x):
            return p.op("divide_ii", p.constant(1), p.op("subtract_ii", x, p.constant(50)))

        failed = p.loop(TO_LIST, interval(p, 70), OVER_LIST, body, speculative=True)
        length = p.op("len", failed, speculative=True)
        p.return_numbers(p.op("select", p.constant(0), length, p.constant(7)))

    both = Both(lanes, build)
    status, grid = both.run()
    assert (status, grid.tolist()) == (Status.OK, [[7]])
    for budget in range(1, 1500, 3):
        both.run(budget=budget)


def test_keys_that_python_cannot_compare(lanes):
    """None is among them, from some iteration on."""
    for start in (60, 69, 75):

        def build(p, start=start):
            keys = []

            def body(x):
                keys.append(p.op("index", p.input, p.op("pair", x, p.constant(1))))
                return x

            p.return_numbers(
                p.loop(TO_ARGMAX, interval(p, 40, start), OVER_LIST, body, key=lambda: keys[0], type=INT)
            )

        both = Both(lanes, build)
        assert both.run()[0] == Status.ERROR
        for budget in range(1, 1000, 3):
            both.run(budget=budget)


def test_locations_that_do_not_fit(lanes):
    def build(p):
        p.return_patch(
            p.loop(
                TO_INDICES, interval(p, 70), OVER_LIST, lambda x: p.op("pair", p.op("multiply_ii", x, x), x)
            )
        )

    assert Both(lanes, build).run()[0] == Status.RANGE


# ---- loops that are left to the interpreter


def many_registers(p, x):
    for _ in range(30):
        x = p.op("sign_i", x)
    return x


LEFT = {
    "makes a list": lambda p, x: p.op("list1", x),
    "asks the lanes": lambda p, x: p.op("mostcolor_g", p.op("choose", x, p.input, p.input)),
    "many registers": many_registers,
}


@pytest.mark.parametrize("name", LEFT)
def test_what_lanes_cannot_do_alone(lanes, name):
    both = Both(lanes, with_body(LEFT[name], flat=NOT_FLAT))
    assert both.marked() == [False]
    assert both.run()[0] == Status.OK


@pytest.mark.parametrize(("kind", "shared_out"), [(INT, True), (INDICES, False)])
def test_only_small_values_are_compared(lanes, kind, shared_out):
    def build(p):
        patches = p.op("asindices", p.input), p.indices((1, 1))

        def body(x):
            values = (x, p.constant(3)) if kind == INT else (p.op("choose", x, *patches), patches[0])
            return p.op("equal", *values, p.constant(kind))

        return_tuple(p, p.loop(TO_LIST, interval(p, 40), OVER_LIST, body))

    both = Both(lanes, build)
    assert both.marked() == [shared_out]
    assert both.run()[0] == Status.OK


def test_the_inner_one_of_two_loops(lanes):
    def build(p):
        def outer(x):
            return p.loop(TO_LIST, interval(p, 33), OVER_LIST, lambda y: p.op("sign_i", p.op("add_ii", x, y)))

        p.ret(p.op("from_rows", p.loop(TO_LIST, interval(p, 5), OVER_LIST, outer, flat=FLAT_LIST)))

    both = Both(lanes, build)
    assert both.marked() == [False, True]
    assert both.run()[0] == Status.OK
    for budget in range(1, 2000, 13):
        both.run(budget=budget)


def test_a_fold(lanes):
    def build(p):
        value = p.op("move", p.constant(1))

        def body(_):
            p.op("move", p.op("increment_i", value), result=value)

        p.loop(TO_FOLD, p.constant(40), OVER_LIST, body)
        p.return_numbers(value)

    both = Both(lanes, build)
    assert both.marked() == [False]
    assert both.run()[0] == Status.OK
