"""Programs that are valid and mean harm: every item ends, in a time that its budget bounds, on memory of its own.

Most were first found by the fuzzer in tests/fuzz.
"""

import numpy as np
import pytest
from assembler import (
    GRID,
    INDICES,
    NOT_FLAT,
    OVER_LIST,
    TO_ARGMAX,
    TO_FOLD,
    TO_LIST,
    TO_ORDERED,
    TUPLE,
    TUPLE2,
    Assembler,
)

from tokpidjin.engines.native import NativeEngine
from tokpidjin.engines.status import Status
from tokpidjin.engines.values import Writer
from tokpidjin.errors import BytecodeError

TINY = np.zeros((1, 1), np.uint8)
LARGE = np.zeros((1000, 1000), np.uint8)
LARGE[:, ::2] = 1


def results_of(build, grid, budget, **options):
    program = Assembler()
    build(program)
    engine = NativeEngine(program.bytecode())
    return engine.run([grid], [0], [0], budget=budget, arena=1 << 26, times=True, **options)


def failing(p):
    return p.op("divide_ii", p.constant(1), p.constant(0))


def many_times(p, count, body):
    """A loop whose body's instructions all run, and whose result is not used."""
    source = p.op("interval", *map(p.constant, (0, count, 1)))
    p.loop(TO_LIST, source, OVER_LIST, lambda x: body() and x)


# ---- what is not charged to the budget would let an item run for hours


def copies_of_two_equal_grids(p, count):
    """Tuples of tuples of grids that are equal, not the same: one object many times takes no memory."""

    def nested(grid):
        grids = p.op("repeat", grid, p.constant(count))
        return p.op("repeat", grids, p.constant(count))

    return (
        nested(p.input),
        nested(p.op("rot180", p.op("rot180", p.input))),
        p.type(TUPLE, p.type(TUPLE, GRID)),
    )


def comparing(p):
    x, y, kind = copies_of_two_equal_grids(p, 3000)
    p.op("equal", x, y, p.constant(kind))


def sorting(p):
    x, y, kind = copies_of_two_equal_grids(p, 3000)
    p.op("list_canon", p.op("list2", x, y), p.constant(kind))


def comparing_keys(collector):
    def build(p):
        x, y, kind = copies_of_two_equal_grids(p, 3000)
        keyed = p.op("list2", x, y)
        p.loop(
            collector,
            keyed,
            OVER_LIST,
            lambda key: key,
            key=lambda: head_variable(p),
            type=kind,
            flat=NOT_FLAT,
        )

    return build


def head_variable(p):
    """The register of the element of the loop that is being written: the last but what its body made."""
    return p.registers - 1


def merging_equal_grids(p):
    """One run of a merge: many elements, each compared with an equal one."""
    half = p.op("repeat", p.input, p.constant(20_000))
    turned = p.op("repeat", p.op("rot180", p.op("rot180", p.input)), p.constant(20_000))
    p.op("mostcommon", p.op("list_cat", half, p.op("list_cat", turned, half)), p.constant(GRID))


def without_loops(p):
    for _ in range(2000):
        p.op("mostcolor_g", p.input)


def moves(p):
    def body():
        for _ in range(2000):
            p.op("move", p.constant(1))
        return True

    many_times(p, 10_000, body)


def centres(p):
    cells = p.op("asindices", p.input)
    many_times(p, 10_000, lambda: p.op("centerofmass", cells))


def colours_with_an_empty_object(p):
    object = p.op("asobject", p.op("crop", p.input, p.constant((0, 0)), p.constant((2, 2))))
    empty = p.op("patch_diff", object, object)
    objects = p.op("repeat", object, p.constant(500_000))
    mixed = p.op("list_cat", objects, p.op("list1", empty))
    many_times(p, 10_000, lambda: p.op("colorfilter", mixed, p.constant(1), speculative=True))


def greatest_beside_none(p):
    none = p.op("index", p.input, p.constant((2000, 0)))
    numbers = p.op("repeat", none, p.constant(500_000))
    many_times(p, 10_000, lambda: p.op("list_max", numbers, speculative=True))


def narrow(p):
    """Grids of 2,000 rows without columns."""
    return p.op("crop", p.op("upscale_g", p.input, p.constant(2)), p.constant((0, 0)), p.constant((2000, 0)))


def rows_without_columns(opcode, *operands):
    def build(p):
        grid = narrow(p)
        many_times(p, 10_000, lambda: p.op(opcode, grid, *map(p.constant, operands)))

    return build


def comparing_rows(p):
    x, y = narrow(p), narrow(p)
    many_times(p, 10_000, lambda: p.op("equal", x, y, p.constant(GRID)))


@pytest.mark.parametrize(
    "build",
    [
        rows_without_columns("crop", (0, 0), (2000, 0)),
        rows_without_columns("hsplit", 3),
        rows_without_columns("ofcolor", 1),
        rows_without_columns("asobject"),
        rows_without_columns("partition"),
        comparing_rows,
        comparing,
        sorting,
        comparing_keys(TO_ARGMAX),
        comparing_keys(TO_ORDERED),
        merging_equal_grids,
        without_loops,
        moves,
        centres,
        colours_with_an_empty_object,
        greatest_beside_none,
    ],
)
def test_all_work_is_charged(build):
    def program(p):
        build(p)
        p.ret(p.input)

    results = results_of(program, LARGE, 2_000_000)
    assert results.status[0] == Status.BUDGET
    assert results.microseconds[0] < 2_000_000


# ---- memory


def test_what_a_fold_moved_out_outlives_its_failure():
    def build(p):
        outer = p.op("move", p.op("asindices", p.input))

        def body(_):
            p.op("move", p.op("box", outer), result=outer)
            failing(p)

        p.loop(TO_FOLD, p.constant(1), OVER_LIST, body, speculative=True)
        p.op("canvas", p.constant(9), p.constant((30, 30)))  # over the memory that the fold would leave
        p.return_patch(outer, (5, 5))

    results = results_of(build, np.zeros((5, 5), np.uint8), 10_000, outputs=True)
    assert results.status[0] == Status.OK
    assert results.outputs[0].tolist() == [
        [1] * 5,
        [1, 0, 0, 0, 1],
        [1, 0, 0, 0, 1],
        [1, 0, 0, 0, 1],
        [1] * 5,
    ]


def test_a_fold_may_not_replace_the_element_of_a_filter():
    program = Assembler()

    def body(x):
        def replace(_):
            program.op("move", program.op("box", x), result=x)

        program.loop(TO_FOLD, program.constant(1), OVER_LIST, replace)
        return x

    program.loop(TO_LIST, program.op("list1", program.op("asindices", 0)), OVER_LIST, body)
    program.ret(program.input)
    with pytest.raises(BytecodeError, match="flatness 0 does not fit a result of type X"):
        NativeEngine(program.bytecode())


def test_equal_values_leave_as_equal_bytes():
    """Nothing of other items' memory lies between the objects of a value."""
    program = Assembler((GRID, INDICES, 6))
    program.type(TUPLE2, GRID, INDICES)
    program.ret(program.op("tuple2", 0, 1))
    writer = Writer()
    values = [((1, 2, 3),)], [frozenset({(0, 0), (5, 5), (2, 3)})]
    writer.calls(program.kinds(), values, 1)
    writer.calls(program.kinds(), [[((7,) * 30,) * 30], [frozenset()]], 1)
    writer.calls(program.kinds(), values, 1)
    results = NativeEngine(program.bytecode()).run_values(writer.arguments((program.kinds(),)), [0, 0, 0])
    first, _, last = results.outputs
    assert first.tobytes() == last.tobytes()


# ---- loading


def test_the_empty_tuple_is_no_int():
    """Half of it, in a pair, would be taken for a failure."""
    program = Assembler()
    nothing = program.op("move", program.constant((-(2**31), -(2**31))))
    program.op("pair", nothing, program.constant(7))
    program.ret(program.input)
    with pytest.raises(BytecodeError, match="operand 1 of pair has type P"):
        NativeEngine(program.bytecode())


@pytest.mark.parametrize("halves", [(0, -(2**31)), (-(2**31), 9)])
def test_half_of_the_empty_tuple_is_no_constant(halves):
    program = Assembler()
    program.op("move", program.constant(halves))
    program.ret(program.input)
    with pytest.raises(BytecodeError, match="constant 0 is not a value"):
        NativeEngine(program.bytecode())


def nested_twice(p, x, depth):
    for _ in range(depth):
        x = p.op("tuple2", x, x)
    return x


def test_types_that_nest_deep_are_refused_quickly():
    """A type of n 2-tuples in each other has 2 ** n parts."""
    program = Assembler()
    x = nested_twice(program, program.constant(1), 60)
    y = nested_twice(program, program.op("grid_h", 0), 60)
    program.op("list2", x, y)
    program.ret(program.input)
    with pytest.raises(BytecodeError, match="the result of tuple2 has no type"):
        NativeEngine(program.bytecode())


def test_a_full_type_table_is_named():
    program = Assembler()
    seen = [program.input, program.op("grid_h", 0), program.op("rows", 0), program.op("asindices", 0)]
    while len(program.code) < 4300:
        x, y = seen[len(program.code) % 61 % len(seen)], seen[len(program.code) // 61 % len(seen)]
        seen.append(program.op("tuple2", x, y))
    program.ret(program.input)
    with pytest.raises(BytecodeError, match="has no type"):
        NativeEngine(program.bytecode())
