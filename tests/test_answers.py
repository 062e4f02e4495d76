import copy
import pickle

import numpy as np
import pytest

from tokpidjin.answers import ANSWERS_SCHEMA, Entries, answers_of
from tokpidjin.engines.python import encode_grid, pack_outputs

GRIDS = [((1, 2), (3, 4)), ((0, None),), (), ((), ()), ((5,),)]
SAMPLES = np.array([0, 0, 2, 2, 2], np.int32)


def entries(values):
    return Entries(
        SAMPLES,
        np.array([0, 7, 1, 2, 9], np.int32),
        np.array([False, True, False, False, True]),
        np.array([0, 1, 0, 1, 1], np.int32),
        ["a", "b"],
        values,
    )


def outputs():
    return entries(pack_outputs([encode_grid(grid)[1] for grid in GRIDS]))


def scores():
    return entries(np.array([0.1, 1.0, 0.0, 2 / 3, 0.5]))


EXPECTED = [
    [(0, False, "a", GRIDS[0]), (7, True, "b", GRIDS[1])],
    [],
    [(1, False, "a", GRIDS[2]), (2, False, "b", GRIDS[3]), (9, True, "b", GRIDS[4])],
]


def test_entries_behave_as_a_list():
    first, empty, last = outputs().lists(3)
    assert first == EXPECTED[0]
    assert EXPECTED[0] == first
    assert [first, empty, last] == EXPECTED
    assert first != last
    assert first != EXPECTED[0][:1]
    assert first != tuple(EXPECTED[0])
    assert (len(first), len(empty), bool(empty)) == (2, 0, False)
    assert (last[-1], last[1:]) == (EXPECTED[2][-1], EXPECTED[2][1:])
    assert EXPECTED[2][1] in last
    assert list(reversed(last)) == EXPECTED[2][::-1]
    assert last.index(EXPECTED[2][1]) == 1
    assert repr(first) == repr(EXPECTED[0])
    with pytest.raises(IndexError):
        first[2]
    with pytest.raises(TypeError):
        hash(first)


def test_entries_are_made_of_plain_python():
    op_index, evo, solver, grid = outputs().lists(3)[0][0]
    assert [type(part) for part in (op_index, evo, solver, grid, grid[0], grid[0][0])] == [
        int, bool, str, tuple, tuple, int,
    ]  # fmt: skip
    assert type(scores().lists(3)[0][0][3]) is float


def test_entries_travel_as_lists():
    first = outputs().lists(3)[0]
    for copied in (pickle.loads(pickle.dumps(first)), copy.deepcopy(first)):
        assert type(copied) is list
        assert copied == EXPECTED[0]


@pytest.mark.parametrize("first", [0, 1000])
def test_a_table_gives_them_back(first):
    table = outputs().table(first)
    assert table.schema.equals(ANSWERS_SCHEMA)
    assert table["sample"].to_pylist() == (SAMPLES + first).tolist()
    back = answers_of(Entries.read(table, first, True), Entries.read(scores().table(first), first, False), 3)
    assert [answers["o"] for answers in back] == EXPECTED
    assert [answers["s"] for answers in back] == scores().lists(3)


def test_outputs_may_lie_in_any_order():
    packed = outputs()
    order = [4, 2, 0, 3, 1]
    values = packed.values
    shuffled = pack_outputs([values[k] for k in order])
    places = np.argsort(order)
    values = type(values)(shuffled.cells, shuffled.offsets[places], shuffled.shapes[places])
    assert Entries.read(entries(values).table(0), 0, True).lists(3) == EXPECTED


def test_no_entries():
    table = ANSWERS_SCHEMA.empty_table()
    assert Entries.read(table, 0, True).lists(2) == [[], []]
    assert Entries.read(table, 0, False).lists(2) == [[], []]
