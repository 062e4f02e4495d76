"""The machine's primitives, from bytecode written by hand: a few telling cases of every family.

That every primitive agrees with the reference on random input is checked with the compiler (tests/compiler).
"""

import numpy as np
import pytest
from assembler import (
    CELL,
    GRID,
    INDICES,
    INT,
    NONE,
    OBJECT,
    OVER_LIST,
    PAIR,
    SET,
    TO_LIST,
    TUPLE,
    Assembler,
)

from tokpidjin.engines.native import NativeEngine
from tokpidjin.engines.status import Status

GRID_3x4 = np.array([[0, 1, 2, 0], [0, 1, 1, 0], [3, 0, 0, 0]], np.uint8)


def run(build, grid=GRID_3x4, **options):
    """The status and the output of the program that build(program) emits."""
    program = Assembler()
    build(program)
    results = NativeEngine(program.bytecode()).run([grid], [0], [0], outputs=True, **options)
    return Status(results.status[0]), results.outputs[0]


def numbers(build):
    """The ints whose registers build(program) returns."""
    status, grid = run(lambda program: program.return_numbers(*build(program)))
    assert status == Status.OK
    return [None if value == 252 else int(value) - 256 * (value > 252) for value in grid[0]]


def grid_of(build, **options):
    status, grid = run(lambda program: program.ret(build(program)), **options)
    assert status == Status.OK
    return grid.tolist()


def locations(build, shape=(6, 6)):
    """The locations of the patch whose register build(program) returns, inside a canvas."""
    status, grid = run(lambda program: program.return_patch(build(program), shape))
    assert status == Status.OK
    return [(int(i), int(j)) for i, j in np.argwhere(grid)]


def status_of(build, grid=GRID_3x4, **options):
    return run(build, grid, **options)[0]


# ---- numbers


@pytest.mark.parametrize(
    ("opcode", "operands", "expected"),
    [
        ("add_ii", (2, 3), 5),
        ("subtract_ii", (2, 4), -2),
        ("multiply_ii", (7, 6), 42),
        ("divide_ii", (7, 2), 3),
        ("divide_ii", (-5, 2), -3),
        ("divide_ii", (5, -2), -3),
        ("halve_i", (-3,), -2),
        ("invert_i", (2,), -2),
        ("crement_i", (-2,), -3),
        ("crement_i", (0,), 0),
        ("sign_i", (-9,), -1),
        ("even", (-4,), 1),
        ("not", (0,), 1),
        ("not", (NONE,), 1),
        ("and", (NONE, 5), None),
        ("or", (NONE, 5), 5),
        ("greater", (2, 1), 1),
        ("choose", (NONE, 1, 2), 2),
    ],
)
def test_arithmetic(opcode, operands, expected):
    assert numbers(lambda p: [p.op(opcode, *map(p.constant, operands))]) == [expected]


@pytest.mark.parametrize(
    ("opcode", "operands", "expected"),
    [
        ("add_pp", ((1, 2), (3, 4)), [4, 6]),
        ("subtract_ip", (1, (3, 1)), [-2, 0]),
        ("multiply_pi", ((2, -1), 3), [6, -3]),
        ("divide_pp", ((7, -3), (2, 2)), [3, -2]),
        ("double_p", ((1, -1),), [2, -2]),
        ("sign_p", ((9, 0),), [1, 0]),
    ],
)
def test_arithmetic_on_pairs(opcode, operands, expected):
    def build(p):
        result = p.op(opcode, *map(p.constant, operands))
        return [p.op("pair_i", result), p.op("pair_j", result)]

    assert numbers(build) == expected


@pytest.mark.parametrize(
    ("opcode", "operands", "status"),
    [
        ("divide_ii", (1, 0), Status.ERROR),
        ("add_ii", (NONE, 1), Status.ERROR),
        ("greater", (1, NONE), Status.ERROR),
        ("even", (NONE,), Status.ERROR),
        ("add_ii", (2**31 - 1, 1), Status.RANGE),
        ("multiply_ii", (2**31 - 1, 2**31 - 1), Status.RANGE),
        ("invert_i", (2**31 - 1,), Status.RANGE),
        ("double_i", (2**30,), Status.RANGE),
    ],
)
def test_arithmetic_that_fails(opcode, operands, status):
    assert status_of(lambda p: p.return_numbers(p.op(opcode, *map(p.constant, operands)))) == status


def test_a_pair_may_hold_none_but_nothing_may_be_computed_with_it():
    def with_none(p):
        return p.op("pair", p.op("index", p.input, p.constant((9, 9))), p.constant(1))

    def parts(p):
        pair = with_none(p)
        return [p.op("pair_i", pair), p.op("pair_j", pair)]

    assert numbers(parts) == [None, 1]
    assert status_of(lambda p: p.return_pairs(p.op("add_pi", with_none(p), p.constant(1)))) == Status.ERROR


def test_the_corner_of_an_empty_patch_has_no_elements():
    def build(p):
        empty = p.op("ofcolor", p.input, p.constant(9))
        p.return_pairs(p.op("ulcorner", empty))

    assert status_of(build) == Status.ERROR


# ---- tuples and sets


def test_tuples():
    def build(p):
        whole = p.int_tuple(5, 3, 5, 1)
        t = p.constant(INT)
        return [
            p.op("len", whole),
            p.op("head", whole),
            p.op("at1", whole),
            p.op("tail_end", whole),
            p.op("list_max", whole),
            p.op("list_min", whole),
            p.op("mostcommon", whole, t),
            p.op("leastcommon", whole, t),
            p.op("list_contains", whole, p.constant(3), t),
            p.op("list_contains", whole, p.constant(4), t),
            p.op("len", p.op("list_dedupe", whole, t)),
            p.op("len", p.op("list_remove", whole, p.constant(5), t)),
        ]

    assert numbers(build) == [4, 5, 3, 1, 5, 1, 5, 1, 1, 0, 3, 2]


def elements(p, whole, n):
    """Registers with the first n elements of a tuple of ints."""
    found = []
    for _ in range(n):
        found.append(p.op("head", whole))
        whole = p.op("list_diff", whole, p.op("list1", found[-1]), p.constant(INT))
    return found


@pytest.mark.parametrize(
    ("opcode", "expected"), [("list_diff", [7, 9]), ("list_inter", [8, 2]), ("list_cat", [7, 8, 2, 9, 4])]
)
def test_tuples_keep_their_order(opcode, expected):
    def build(p):
        operands = [p.int_tuple(7, 8, 2, 9), p.int_tuple(2, 8, 4)]
        types = [] if opcode == "list_cat" else [p.constant(INT)]
        return elements(p, p.op(opcode, *operands, *types), len(expected))

    assert numbers(build) == expected


def test_sets_are_sorted_without_repeats_and_none_comes_first():
    def build(p):
        none = p.op("index", p.input, p.constant((9, 9)))
        whole = p.op("list_cat", p.int_tuple(4, -2, 4, 0), p.op("list1", none))
        found = p.op("as_tuple", p.op("list_canon", whole, p.constant(INT)))
        return [p.op("len", found), *elements(p, found, 4)]

    assert numbers(build) == [4, None, -2, 0, 4]


def test_dedupe_keeps_first_occurrences_of_grids():
    def build(p):
        grids = [p.op(name, p.input) for name in ("rot90", "hmirror_g", "rot90", "vmirror_g", "hmirror_g")]
        whole = p.op("list1", grids[0])
        for grid in grids[1:]:
            whole = p.op("list_cat", whole, p.op("list1", grid))
        return p.op("at1", p.op("list_dedupe", whole, p.constant(GRID)))

    assert grid_of(build) == GRID_3x4[::-1].tolist()


@pytest.mark.parametrize(("operands", "expected"), [((2, 9, 3), 3), ((5, 0, -2), 3), ((3, 3, 1), 0)])
def test_interval(operands, expected):
    assert numbers(lambda p: [p.op("len", p.op("interval", *map(p.constant, operands)))]) == [expected]


@pytest.mark.parametrize(
    "build",
    [
        lambda p: p.return_numbers(p.op("head", p.op("interval", *map(p.constant, (0, 0, 1))))),
        lambda p: p.return_numbers(p.op("at1", p.int_tuple(1))),
        lambda p: p.return_numbers(p.op("len", p.op("interval", *map(p.constant, (0, 9, 0))))),
        lambda p: p.ret(p.op("mostcommon", p.op("repeat", p.input, p.constant(0)), p.constant(GRID))),
    ],
)
def test_what_python_raises_is_an_error(build):
    assert status_of(build) == Status.ERROR


# ---- patches


def test_patches_are_sets_in_canonical_order():
    def build(p):
        x = p.object((2, 1, 1), (1, 1, 1), (3, 0, 5), (2, 1, 1))
        first, last = p.op("patch_first", x), p.op("patch_last", x)
        return [
            p.op("len", x),
            p.op("cell_v", first),
            p.op("cell_v", last),
            p.op("color", x),
            p.op("len", p.op("toindices", x)),
            p.op("len", p.op("recolor", p.constant(4), x)),
            p.op("mostcolor_x", x),
        ]

    assert numbers(build) == [3, 3, 2, 3, 2, 2, 1]


@pytest.mark.parametrize(
    ("opcode", "expected"),
    [
        ("patch_union", [(0, 0), (1, 1), (2, 2), (3, 3)]),
        ("patch_inter", [(1, 1), (2, 2)]),
        ("patch_diff", [(0, 0)]),
    ],
)
def test_set_operations(opcode, expected):
    def build(p):
        return p.op(opcode, p.indices((0, 0), (1, 1), (2, 2)), p.indices((3, 3), (2, 2), (1, 1)))

    assert locations(build) == expected


@pytest.mark.parametrize(
    ("opcode", "expected"),
    [
        ("backdrop", [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2)]),
        ("corners", [(1, 1), (1, 2), (3, 1), (3, 2)]),
        ("inbox", [(2, 1), (2, 2)]),
        ("hmirror_x", [(1, 2), (3, 1)]),
        ("vmirror_x", [(1, 2), (3, 1)]),
        ("dmirror_x", [(1, 1), (2, 3)]),
        ("cmirror_x", [(1, 1), (2, 3)]),
        ("normalize", [(0, 0), (2, 1)]),
    ],
)
def test_of_two_locations(opcode, expected):
    assert locations(lambda p: p.op(opcode, p.indices((3, 2), (1, 1)))) == expected


@pytest.mark.parametrize(
    ("opcode", "operands", "expected"),
    [
        ("connect", ((1, 3), (1, 1)), [(1, 1), (1, 2), (1, 3)]),
        ("connect", ((3, 1), (1, 3)), [(1, 3), (2, 2), (3, 1)]),
        ("connect", ((2, 2), (0, 0)), [(0, 0), (1, 1), (2, 2)]),
        ("connect", ((0, 0), (1, 2)), []),
        ("shoot", ((4, 1), (-1, 1)), [(0, 5), (1, 4), (2, 3), (3, 2), (4, 1)]),
        ("neighbors", ((0, 0),), [(0, 1), (1, 0), (1, 1)]),
        ("dneighbors", ((1, 1),), [(0, 1), (1, 0), (1, 2), (2, 1)]),
        ("ineighbors", ((1, 1),), [(0, 0), (0, 2), (2, 0), (2, 2)]),
        ("vfrontier", ((9, 1),), [(i, 1) for i in range(6)]),
        ("hfrontier", ((1, 9),), [(1, j) for j in range(6)]),
    ],
)
def test_lines(opcode, operands, expected):
    assert locations(lambda p: p.op(opcode, *map(p.constant, operands))) == expected


def test_distances():
    def build(p):
        a, b = p.indices((0, 0), (0, 1)), p.indices((4, 1), (5, 0))
        offset = p.op("gravitate", a, b)
        return [
            p.op("manhattan", a, b),
            p.op("adjacent", a, p.indices((1, 1))),
            p.op("adjacent", a, p.indices((0, 1))),
            p.op("hmatching", a, b),
            p.op("vmatching", a, b),
            p.op("pair_i", offset),
            p.op("pair_j", offset),
        ]

    assert numbers(build) == [4, 1, 0, 0, 1, 3, 0]


def test_centre_of_mass_divides_by_cells_but_sums_locations():
    def build(p):
        x = p.object((1, 0, 0), (2, 0, 0), (1, 3, 4))
        mass = p.op("centerofmass", x)
        return [p.op("pair_i", mass), p.op("pair_j", mass)]

    assert numbers(build) == [1, 1]


def test_large_patches_with_many_colours_are_sorted():
    rng = np.random.default_rng(0)
    grid = rng.integers(0, 252, (20, 20), np.uint8)

    def build(p):
        x = p.op("asobject", p.input)
        y = p.op("upscale_x", x, p.constant(2))
        z = p.op("dmirror_x", p.op("patch_union", x, p.op("dmirror_x", p.op("cmirror_x", x))))
        both = p.op("patch_merge", p.op("list2", y, z))
        return p.op("paint", p.op("canvas", p.constant(0), p.constant((40, 40))), both)

    doubled = grid.repeat(2, 0).repeat(2, 1).astype(int)
    other = np.zeros_like(doubled)
    other[:20, :20] = np.maximum(grid.T, grid[::-1, ::-1].T)
    expected = np.where(np.arange(1600).reshape(40, 40) % 40 < 20, np.maximum(doubled, other), doubled)
    assert grid_of(build, grid=grid) == expected.tolist()


def test_locations_and_colours_have_limits():
    far = 4000
    assert status_of(lambda p: p.return_patch(p.op("shift", p.indices((0, 0)), p.constant((0, far))))) == (
        Status.RANGE
    )
    assert status_of(lambda p: p.return_patch(p.op("indices1", p.constant((far, 0))))) == Status.RANGE
    assert status_of(lambda p: p.return_patch(p.op("recolor", p.constant(300), p.indices((0, 0))))) == (
        Status.RANGE
    )
    assert status_of(lambda p: p.ret(p.op("canvas", p.constant(300), p.constant((1, 1))))) == Status.RANGE
    assert status_of(lambda p: p.ret(p.op("canvas", p.constant(0), p.constant((1, 9999))))) == Status.RANGE
    assert status_of(lambda p: p.ret(p.op("canvas", p.constant(0), p.constant((9999, 0))))) == Status.RANGE


# ---- grids


@pytest.mark.parametrize(
    ("opcode", "expected"),
    [
        ("rot90", np.rot90(GRID_3x4, -1)),
        ("rot180", np.rot90(GRID_3x4, 2)),
        ("rot270", np.rot90(GRID_3x4)),
        ("hmirror_g", GRID_3x4[::-1]),
        ("vmirror_g", GRID_3x4[:, ::-1]),
        ("dmirror_g", GRID_3x4.T),
        ("cmirror_g", GRID_3x4[::-1, ::-1].T),
        ("trim", GRID_3x4[1:-1, 1:-1]),
        ("tophalf", GRID_3x4[:1]),
        ("bottomhalf", GRID_3x4[2:]),
        ("lefthalf", GRID_3x4[:, :2]),
        ("righthalf", GRID_3x4[:, 2:]),
        ("compress", GRID_3x4[:, :3]),
    ],
)
def test_grids_of_grids(opcode, expected):
    assert grid_of(lambda p: p.op(opcode, p.input)) == expected.tolist()


@pytest.mark.parametrize(
    ("opcode", "operand", "expected"),
    [
        ("hupscale", 2, GRID_3x4.repeat(2, 1)),
        ("vupscale", 2, GRID_3x4.repeat(2, 0)),
        ("upscale_g", 3, GRID_3x4.repeat(3, 0).repeat(3, 1)),
        ("upscale_g", 0, np.zeros((0, 0), np.uint8)),
        ("hupscale", -1, np.zeros((3, 0), np.uint8)),
        ("downscale", 2, GRID_3x4[::2, ::2]),
        ("downscale", -3, GRID_3x4[::3, ::3]),
    ],
)
def test_scaling(opcode, operand, expected):
    found = run(lambda p: p.ret(p.op(opcode, p.input, p.constant(operand))))[1]
    assert np.array_equal(found, expected)


@pytest.mark.parametrize(
    ("start", "shape"),
    [((0, 1), (2, 2)), ((-1, -2), (1, 1)), ((1, 1), (99, 99)), ((5, 0), (2, 2)), ((-2, 0), (9, 9))],
)
def test_crop_slices_as_python_does(start, shape):
    i, j = start
    rows = [list(row) for row in GRID_3x4.tolist()]
    expected = [row[j : j + shape[1]] for row in rows[i : i + shape[0]]]
    assert grid_of(lambda p: p.op("crop", p.input, p.constant(start), p.constant(shape))) == expected


def test_colour_statistics_prefer_the_smallest_colour_in_a_tie():
    def build(p):
        grid = p.op("crop", p.input, p.constant((0, 1)), p.constant((2, 3)))  # 1 2 0 / 1 1 0
        part = p.op("crop", p.input, p.constant((0, 0)), p.constant((1, 4)))  # 0 1 2 0
        tie = p.op("crop", p.input, p.constant((0, 1)), p.constant((1, 2)))  # 1 2
        return [
            p.op("mostcolor_g", grid),
            p.op("leastcolor_g", grid),
            p.op("leastcolor_g", part),
            p.op("mostcolor_g", tie),
            p.op("numcolors_g", grid),
            p.op("colorcount_g", grid, p.constant(1)),
            p.op("colorcount_g", grid, p.constant(999)),
        ]

    assert numbers(build) == [1, 2, 1, 1, 3, 3, 0]


def test_objects_come_in_scan_order():
    def build(p):
        flags = [p.constant(flag) for flag in (1, 0, 1)]
        found = p.op("objects", p.input, *flags)
        sizes = [p.op("len", p.op(name, found)) for name in ("head", "at1", "tail_end")]
        colors = [p.op("color", p.op(name, found)) for name in ("head", "at1", "tail_end")]
        return [p.op("len", found), *sizes, *colors]

    assert numbers(build) == [3, 3, 1, 1, 1, 2, 3]


def components(grid, univalued, diagonal, background):
    """Connected components by flood fill, as sets of locations."""
    h, w = grid.shape
    left = {(i, j) for i in range(h) for j in range(w) if grid[i, j] != background}
    steps = [(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1) if (a or b) and (diagonal or not (a and b))]
    found = []
    while left:
        todo = [min(left)]
        left -= set(todo)
        part = set(todo)
        while todo:
            i, j = todo.pop()
            near = {(i + a, j + b) for a, b in steps} & left
            near = {n for n in near if not univalued or grid[n] == grid[i, j]}
            left -= near
            part |= near
            todo += near
        found.append(part)
    return found


@pytest.mark.parametrize("univalued", [0, 1])
@pytest.mark.parametrize("diagonal", [0, 1])
def test_objects_are_connected_components(univalued, diagonal):
    rng = np.random.default_rng(1)
    program = Assembler()
    flags = [program.constant(flag) for flag in (univalued, diagonal, 1)]
    found = program.op("objects", program.input, *flags)
    program.ret(program.op("from_rows", program.op("list1", sizes_of(program, found))))
    grids = [rng.choice([0, 0, 0, 1, 2], (rng.integers(1, 20), rng.integers(1, 20))) for _ in range(60)]
    grids = [grid.astype(np.uint8) for grid in grids]
    results = NativeEngine(program.bytecode()).run(grids, [0] * 60, range(60), outputs=True)
    for grid, output in zip(grids, results.outputs, strict=True):
        counts = np.bincount(grid.ravel())
        expected = [len(part) for part in components(grid, univalued, diagonal, counts.argmax())]
        assert output.ravel().tolist() == expected


def sizes_of(p, objects):
    return p.loop(TO_LIST, objects, OVER_LIST, lambda x: p.op("len", x))


def test_painting():
    def build(p):
        object_ = p.object((5, 0, 0), (7, 0, 0), (6, 2, 3), (6, 9, 9))
        return p.op("paint", p.input, object_)

    painted = GRID_3x4.copy()
    painted[0, 0], painted[2, 3] = 7, 6
    assert grid_of(build) == painted.tolist()


def test_painting_under_stops_at_the_first_cell_that_is_not_background():
    def build(p):
        return p.op("underpaint", p.input, p.object((0, 0, 0), (7, 0, 0), (8, 0, 0), (6, 0, 1)))

    painted = GRID_3x4.copy()
    painted[0, 0] = 7
    assert grid_of(build) == painted.tolist()


def test_occurrences_of_an_object():
    def build(p):
        return p.op("occurrences", p.input, p.object((1, 5, 5), (1, 6, 5)))

    assert locations(build) == [(0, 1)]


def test_none_is_a_colour_that_objects_leave_out():
    grid = np.array([[1, 252, 252], [1, 1, 252]], np.uint8)

    def build(p):
        flags = [p.constant(flag) for flag in (1, 0, 0)]
        return [p.op("len", p.op("objects", p.input, *flags)), p.op("mostcolor_g", p.input)]

    program = Assembler()
    program.return_numbers(*build(program))
    output = NativeEngine(program.bytecode()).run([grid], [0], [0], outputs=True).outputs[0]
    assert output.tolist() == [[1, 252]]


def test_ragged_rows_are_out_of_range():
    def build(p):
        rows = p.op("list2", p.int_tuple(1, 2), p.int_tuple(3))
        p.ret(p.op("from_rows", rows))

    assert status_of(build) == Status.RANGE
    assert status_of(lambda p: p.ret(p.op("vconcat", p.input, p.op("rot90", p.input)))) == Status.RANGE


def test_equality_of_every_kind_of_value():
    def build(p):
        cell = p.op("cell", p.constant(1), p.constant((2, 3)))
        row = p.op("list1", p.input)
        two = p.op("list1", p.op("list1", p.constant((1, 2))))
        values = {
            INT: p.op("add_ii", p.constant(1), p.constant(2)),
            PAIR: p.op("pair", p.constant(1), p.constant(2)),
            CELL: cell,
            GRID: p.op("rot90", p.input),
            INDICES: p.op("asindices", p.input),
            OBJECT: p.op("asobject", p.input),
            p.type(TUPLE, GRID): row,
            p.type(TUPLE, p.type(TUPLE, PAIR)): two,
            p.type(SET, INT): p.op("palette_g", p.input),
        }
        copies = {GRID: p.op("rot90", p.input), OBJECT: p.op("asobject", p.input)}
        return [p.op("equal", x, copies.get(t, x), p.constant(t)) for t, x in values.items()]

    assert set(numbers(build)) == {1}


# ---- limits: no primitive may run long


LONG = np.zeros((30, 30), np.uint8)


def long_tuple(p, n=200_000):
    return p.op("repeat", p.op("rot90", p.input), p.constant(n))


@pytest.mark.parametrize(
    "build",
    [
        lambda p: p.ret(p.op("mostcommon", p.op("list_cat", long_tuple(p), long_tuple(p)), p.constant(GRID))),
        lambda p: p.ret(p.op("head", p.op("list_dedupe", long_tuple(p), p.constant(GRID)))),
        lambda p: p.ret(p.op("head", p.op("list_remove", long_tuple(p), p.input, p.constant(GRID)))),
        lambda p: p.ret(p.op("head", p.op("list_diff", long_tuple(p), long_tuple(p), p.constant(GRID)))),
        lambda p: p.return_numbers(p.op("list_contains", long_tuple(p), p.input, p.constant(GRID))),
        lambda p: p.return_numbers(p.op("len", p.op("interval", *map(p.constant, (0, 900_000, 1))))),
        lambda p: p.ret(p.op("grid_cat", p.op("repeat", p.op("tophalf", p.input), p.constant(900_000)))),
        lambda p: p.return_numbers(p.op("manhattan", *far_apart(p))),
        lambda p: p.return_pairs(p.op("gravitate", *far_apart(p))),
        lambda p: p.return_patch(p.op("occurrences", large(p), p.op("asobject", p.op("lefthalf", large(p))))),
        lambda p: p.return_numbers(p.op("hperiod", p.op("asobject", large(p)))),
    ],
)
def test_long_work_ends_in_time(build):
    program = Assembler()
    build(program)
    results = NativeEngine(program.bytecode()).run(
        [LONG], [0], [0], times=True, arena=1 << 26, budget=1_000_000
    )
    assert results.microseconds[0] < 1_000_000
    assert results.status[0] in {Status.OK, Status.BUDGET, Status.ERROR, Status.RANGE, Status.MEMORY}


def large(p):
    return p.op("upscale_g", p.input, p.constant(20))


def far_apart(p):
    """Two large patches whose cells must all be looked at: rows far apart, columns shared."""
    near = p.op("asindices", large(p))
    return near, p.op("shift", near, p.constant((1300, 0)))


@pytest.mark.parametrize("opcode", ["mostcommon", "list_dedupe"])
def test_distinct_grids_use_up_the_budget(opcode):
    program = Assembler()
    whole = program.op("rows", program.op("upscale_g", program.input, program.constant(40)))
    whole = program.op("list_cat", whole, whole)
    found = program.op(opcode, whole, program.constant(program.type(TUPLE, INT)))
    found = found if opcode == "mostcommon" else program.op("head", found)
    program.ret(program.op("from_rows", program.op("list1", found)))
    run = NativeEngine(program.bytecode()).run
    assert run([LONG], [0], [0], arena=1 << 26, budget=1 << 40).status[0] == Status.OK
    assert run([LONG], [0], [0], arena=1 << 26, budget=1_900_000).status[0] == Status.BUDGET
