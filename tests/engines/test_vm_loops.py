"""Loops of hand-written bytecode: every collector, filters, folds, keys, nesting, and failures that become poison."""

import numpy as np
import pytest
from assembler import (
    FLAT_GRID,
    FLAT_LIST,
    FLAT_PATCH,
    GRID,
    INT,
    NOT_FLAT,
    OBJECT,
    OVER_CELLS,
    OVER_LIST,
    OVER_PAIRS,
    PAIR,
    SCALAR,
    SET,
    TO_ARGMAX,
    TO_ARGMIN,
    TO_FIRST,
    TO_FOLD,
    TO_INDICES,
    TO_LIST,
    TO_MERGED_LIST,
    TO_MERGED_PATCH,
    TO_MERGED_SET,
    TO_OBJECT,
    TO_ORDERED,
    TO_SET,
    TO_VALMAX,
    TO_VALMIN,
    TUPLE,
    Assembler,
)

from tokpidjin.engines.native import NativeEngine
from tokpidjin.engines.status import Status

GRID_3x3 = np.array([[0, 1, 2], [0, 1, 1], [3, 0, 0]], np.uint8)


def run(build, grid=GRID_3x3, **options):
    program = Assembler()
    build(program)
    results = NativeEngine(program.bytecode()).run([grid], [0], [0], outputs=True, **options)
    return Status(results.status[0]), results.outputs[0]


def row_of(build):
    """The tuple of ints whose register build(program) returns."""
    status, grid = run(lambda p: p.ret(p.op("from_rows", p.op("list1", build(p)))))
    assert status == Status.OK
    return grid[0].astype(np.int8).tolist()


def status_of(build, **options):
    return run(lambda p: p.ret(p.op("from_rows", p.op("list1", build(p)))), **options)[0]


def tuple_of_loop(p, found):
    return p.op("as_tuple", found)


def test_a_tuple_and_a_set_of_results():
    def half(p):
        return lambda x: p.op("halve_i", x)

    source = (5, 4, 9, 4)
    assert row_of(lambda p: p.loop(TO_LIST, p.int_tuple(*source), OVER_LIST, half(p))) == [2, 2, 4, 2]
    assert row_of(
        lambda p: p.op("as_tuple", p.loop(TO_SET, p.int_tuple(*source), OVER_LIST, half(p), type=INT))
    ) == [2, 4]


def test_two_sources_in_step_end_with_the_shorter():
    def build(p):
        return p.loop(
            TO_LIST,
            p.int_tuple(1, 2, 3),
            OVER_LIST,
            lambda x, y: p.op("add_ii", x, y),
            second=(p.int_tuple(10, 20), OVER_LIST),
        )

    assert row_of(build) == [11, 22]


def test_indices_and_objects_of_results():
    def build(p):
        moved = p.loop(
            TO_INDICES,
            p.op("ofcolor", p.input, p.constant(1)),
            OVER_PAIRS,
            lambda x: p.op("add_pi", x, p.constant(1)),
        )
        cells = p.loop(
            TO_OBJECT,
            p.op("toobject", moved, p.input),
            OVER_CELLS,
            lambda c: p.op("cell", p.op("increment_i", p.op("cell_v", c)), p.op("cell_p", c)),
        )
        return p.op("list_cat", p.op("list1", p.op("len", moved)), p.op("list1", p.op("len", cells)))

    assert row_of(build) == [3, 2]


def test_a_filter_of_a_set_is_a_set_again():
    def build(p):
        colors = p.op("palette_g", p.input)
        holder = []

        def body(x):
            holder.append(p.op("even", x))
            return x

        kept = p.loop(TO_LIST, colors, OVER_LIST, body, condition=lambda: holder[0])
        return p.op("as_tuple", kept)

    assert row_of(build) == [0, 2]


def test_results_in_the_arena_survive_the_iterations_garbage():
    def build(p):
        def body(x):
            p.op("upscale_g", p.input, p.constant(9))
            return p.op("repeat", x, x)

        rows = p.loop(TO_LIST, p.int_tuple(1, 2, 3), OVER_LIST, body, flat=FLAT_LIST)
        return p.op("list_merge", rows)

    assert row_of(build) == [1, 2, 2, 3, 3, 3]


def test_results_that_hold_pointers_are_kept_whole():
    def build(p):
        def body(x):
            return p.op("list1", p.op("repeat", x, x))

        nested = p.loop(TO_LIST, p.int_tuple(2, 1), OVER_LIST, body, flat=NOT_FLAT)
        return p.op("list_merge", p.op("list_merge", nested))

    assert row_of(build) == [2, 2, 1]


@pytest.mark.parametrize("count", [1, 3, 40])
def test_merging_results_that_hold_pointers(count):
    def build(p):
        def body(x):
            pair = p.op("list2", p.op("repeat", x, p.constant(1)), p.op("repeat", x, p.constant(2)))
            return pair

        source = p.op("interval", p.constant(0), p.constant(count), p.constant(1))
        merged = p.loop(TO_MERGED_LIST, source, OVER_LIST, body, flat=NOT_FLAT)
        return p.op("list_merge", merged)

    assert row_of(build) == [x for x in range(count) for _ in range(3)]


def test_merging_flat_results():
    def body(p):
        return lambda x: p.op("list_cat", p.op("list1", x), p.int_tuple(7, 3))

    source = (9, 3, 8)
    assert row_of(
        lambda p: p.loop(TO_MERGED_LIST, p.int_tuple(*source), OVER_LIST, body(p), flat=FLAT_LIST)
    ) == [9, 7, 3, 3, 7, 3, 8, 7, 3]
    assert row_of(
        lambda p: p.op("as_tuple", p.loop(TO_MERGED_SET, p.int_tuple(*source), OVER_LIST, body(p), type=INT))
    ) == [3, 7, 8, 9]


def test_merging_patches_beyond_the_first_room():
    """More cells than are kept before duplicates are removed on the way."""

    def build(p):
        shifts = p.op("asindices", p.op("canvas", p.constant(0), p.constant((9, 9))))
        large = p.op("asindices", p.op("canvas", p.constant(0), p.constant((20, 20))))
        moved = p.loop(TO_MERGED_PATCH, shifts, OVER_PAIRS, lambda d: p.op("shift", large, d))
        return p.op("list2", p.op("halve_i", p.op("halve_i", p.op("len", moved))), p.op("width_x", moved))

    assert row_of(build) == [28 * 28 // 4 - 256, 28]


def keyed(collector, key, **options):
    """Sum of (collector over the objects of the grid by their `key`)'s cells, or the key itself."""

    def build(p):
        flags = [p.constant(flag) for flag in (1, 0, 0)]
        found = p.op("objects", p.input, *flags)
        keys = []

        def body(x):
            keys.append(p.op(key, x))
            return x

        return p, p.loop(collector, found, OVER_LIST, body, key=lambda: keys[0], **options)

    return build


@pytest.mark.parametrize(("collector", "expected"), [(TO_ARGMAX, [3, 1]), (TO_ARGMIN, [1, 2])])
def test_argmax_and_argmin_take_the_first_of_equals(collector, expected):
    def build(p):
        _, found = keyed(collector, "len", type=INT, flat=FLAT_PATCH)(p)
        return p.op("list2", p.op("len", found), p.op("color", found))

    assert row_of(build) == expected


@pytest.mark.parametrize(("collector", "expected"), [(TO_VALMAX, 3), (TO_VALMIN, 1)])
def test_valmax_and_valmin_give_the_key(collector, expected):
    def build(p):
        return p.op("list1", keyed(collector, "len", type=INT, flat=FLAT_PATCH)(p)[1])

    assert row_of(build) == [expected]


def test_order_is_stable():
    def build(p):
        _, found = keyed(TO_ORDERED, "len", type=INT)(p)
        return p.loop(TO_LIST, found, OVER_LIST, lambda x: p.op("color", x))

    assert row_of(build) == [2, 3, 0, 0, 1]


def test_sets_as_keys_compare_by_inclusion():
    def build(p):
        flags = [p.constant(flag) for flag in (1, 0, 0)]
        found = p.op("objects", p.input, *flags)
        keys = []

        def body(x):
            keys.append(p.op("backdrop", x))
            return x

        best = p.loop(TO_ARGMAX, found, OVER_LIST, body, key=lambda: keys[0], type=4, flat=FLAT_PATCH)
        return p.op("list1", p.op("color", best))

    # The first object, at (0, 0) to (1, 0), is included in no other's box; so it stays the best.
    assert row_of(build) == [0]


@pytest.mark.parametrize("collector", [TO_ARGMAX, TO_VALMIN, TO_ORDERED])
def test_none_among_several_keys_is_an_error(collector):
    def build(p, last):
        keys = []

        def body(x):
            keys.append(p.op("index", p.input, p.op("pair", x, p.constant(0))))
            return x

        source = p.op("interval", p.constant(last), p.constant(5), p.constant(1))
        found = p.loop(collector, source, OVER_LIST, body, key=lambda: keys[0], type=INT)
        return p.op("len", found) if collector == TO_ORDERED else p.op("sign_i", p.op("even", p.constant(0)))

    assert status_of(lambda p: p.op("list1", build(p, 1))) == Status.ERROR
    assert status_of(lambda p: p.op("list1", build(p, 4))) == Status.OK


def test_extract_takes_the_first_and_fails_without():
    def build(p, color):
        conditions = []

        def body(x):
            conditions.append(p.op("greater", x, p.constant(color)))
            return x

        return p.loop(TO_FIRST, p.int_tuple(1, 5, 7), OVER_LIST, body, condition=lambda: conditions[0])

    assert row_of(lambda p: p.op("list1", build(p, 4))) == [5]
    assert status_of(lambda p: p.op("list1", build(p, 9))) == Status.ERROR


def power_of_two(p, count, least=0):
    """A fold that doubles 1 `count` times."""
    value = p.op("move", p.constant(1))

    def body(_):
        p.op("move", p.op("double_i", value), result=value)

    p.loop(TO_FOLD, p.op("len", p.int_tuple(*[0] * count)), OVER_LIST, body, type=least)
    return p.op("list1", value)


def test_a_fold_carries_its_variables():
    assert row_of(lambda p: power_of_two(p, 6)) == [64]


def test_a_fold_below_its_least_count_is_an_error():
    assert status_of(lambda p: power_of_two(p, 1, least=2)) == Status.ERROR
    assert status_of(lambda p: power_of_two(p, 2, least=2)) == Status.OK


def test_a_fold_carries_grids():
    def build(p):
        grid = p.op("move", p.input)

        def body(_):
            p.op("move", p.op("hconcat", grid, p.input), result=grid)

        p.loop(TO_FOLD, p.constant(3), OVER_LIST, body)
        p.ret(grid)

    status, grid = run(build)
    assert status == Status.OK
    assert np.array_equal(grid, np.tile(GRID_3x3, (1, 4)))


def test_nested_loops_see_outer_variables():
    def build(p):
        def outer(x):
            return p.loop(
                TO_LIST,
                p.int_tuple(1, 2, 3),
                OVER_LIST,
                lambda y: p.op("multiply_ii", x, y),
            )

        rows = p.loop(TO_LIST, p.int_tuple(1, 10), OVER_LIST, outer, flat=FLAT_LIST)
        return p.op("list_merge", rows)

    assert row_of(build) == [1, 2, 3, 10, 20, 30]


def test_grids_in_loops():
    def build(p):
        parts = p.op("hsplit", p.input, p.constant(3))
        turned = p.loop(TO_LIST, parts, OVER_LIST, lambda g: p.op("rot90", g), flat=FLAT_GRID)
        distinct = p.loop(TO_SET, parts, OVER_LIST, lambda g: p.op("rot90", g), flat=FLAT_GRID, type=GRID)
        p.ret(p.op("vconcat", p.op("grid_cat", turned), p.op("grid_cat", p.op("as_tuple", distinct))))

    status, grid = run(build)
    rows = [GRID_3x3[::-1, k].tolist() for k in range(3)]
    assert status == Status.OK
    assert grid.tolist() == rows + sorted(rows)


# ---- speculation


def divided(p, by, **options):
    return p.op("divide_ii", p.constant(6), by, **options)


def test_poison_counts_only_when_it_is_read():
    def build(p, condition):
        bad = divided(p, p.constant(0), speculative=True)
        return p.op("list1", p.op("select", p.constant(condition), bad, p.constant(5)))

    assert row_of(lambda p: build(p, 0)) == [5]
    assert status_of(lambda p: build(p, 1)) == Status.ERROR


def test_poison_spreads_through_speculative_code_and_keeps_its_status():
    def build(p):
        far = p.op("indices1", p.constant((5000, 0)), speculative=True)
        size = p.op("len", far, speculative=True)
        return p.op("list1", p.op("increment_i", size))

    assert status_of(build) == Status.RANGE


def test_a_speculative_loop_that_fails_becomes_poison():
    def build(p, condition):
        rows = p.loop(TO_LIST, p.int_tuple(2, 0), OVER_LIST, lambda x: divided(p, x), speculative=True)
        return p.op("select", p.constant(condition), rows, p.int_tuple(4))

    assert row_of(lambda p: build(p, 0)) == [4]
    assert status_of(lambda p: build(p, 1)) == Status.ERROR


def test_a_failure_inside_of_inner_loops_ends_the_outermost_speculative_one_only():
    def build(p):
        def outer(x):
            rows = p.loop(TO_LIST, p.int_tuple(1, 0), OVER_LIST, lambda y: divided(p, y), speculative=True)
            return p.op("select", x, rows, p.int_tuple(8))

        found = p.loop(TO_LIST, p.int_tuple(0, 0), OVER_LIST, outer, flat=NOT_FLAT)
        return p.op("list_merge", found)

    assert row_of(build) == [8, 8]


def test_running_out_of_budget_is_never_poison():
    def build(p):
        p.loop(
            TO_LIST,
            p.op("interval", p.constant(0), p.constant(5000), p.constant(1)),
            OVER_LIST,
            lambda x: p.op("increment_i", x),
            speculative=True,
        )
        return p.int_tuple(1)

    assert status_of(build, budget=10_000) == Status.BUDGET
    assert status_of(build, budget=100_000) == Status.OK


def test_primitives_are_counted():
    program = Assembler()
    source = program.op("interval", *map(program.constant, (0, 10, 1)))
    found = program.loop(TO_LIST, source, OVER_LIST, lambda x: program.op("increment_i", x))
    program.ret(program.op("from_rows", program.op("list1", found)))
    assert NativeEngine(program.bytecode()).run([GRID_3x3], [0], [0]).primitives[0] == 13


def test_empty_sources():
    def build(p):
        nothing = p.op("interval", *map(p.constant, (0, 0, 1)))
        merged = p.loop(TO_MERGED_PATCH, nothing, OVER_LIST, lambda x: p.op("asindices", p.input))
        sets = p.loop(TO_SET, nothing, OVER_LIST, lambda x: x, type=INT)
        lists = p.loop(TO_LIST, nothing, OVER_LIST, lambda x: p.op("pair", x, x), flat=SCALAR)
        lengths = [p.op("list1", p.op("len", found)) for found in (merged, sets, lists)]
        return p.op("list_cat", p.op("list_cat", *lengths[:2]), lengths[2])

    assert row_of(build) == [0, 0, 0]


def test_sets_of_tuples_and_of_objects():
    def build(p):
        pairs = p.type(TUPLE, PAIR)
        source = p.int_tuple(3, 1, 2, 1)
        tuples = p.loop(
            TO_SET,
            source,
            OVER_LIST,
            lambda x: p.op("list1", p.op("pair", p.op("invert_i", x), x)),
            type=pairs,
            flat=FLAT_LIST,
        )
        objects = p.loop(
            TO_SET,
            source,
            OVER_LIST,
            lambda x: p.op("object1", p.op("cell", p.constant(1), p.op("pair", x, x))),
            type=OBJECT,
            flat=FLAT_PATCH,
        )
        first = p.op("head", p.op("head", tuples))
        return p.op("list2", p.op("pair_i", first), p.op("uppermost", p.op("tail_end", objects)))

    assert row_of(build) == [-3, 3]


def test_a_set_of_sets_is_in_order():
    def build(p):
        ints = p.type(SET, INT)
        rows = p.op("rows", p.input)
        sets = p.loop(
            TO_SET,
            rows,
            OVER_LIST,
            lambda r: p.op("list_canon", r, p.constant(INT)),
            type=ints,
            flat=FLAT_LIST,
        )
        return p.op("list_merge", p.op("as_tuple", sets))

    assert row_of(build) == [0, 1, 0, 1, 2, 0, 3]
