"""The canonical order of sets."""

import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tokpidjin.dsl import *
from tokpidjin.dsl.canonical import by_frequency, greatest, in_order, smallest

INTS = st.integers(-3, 9)
PAIRS = st.tuples(INTS, INTS)
CELLS = st.tuples(st.none() | INTS, PAIRS)
ROWS = st.lists(INTS, max_size=3).map(tuple)
KINDS = {
    "ints": INTS,
    "pairs": PAIRS,
    "cells": CELLS,
    "rows": ROWS,
    "grids": st.lists(ROWS, max_size=3).map(tuple),
    "pairs of pairs": st.tuples(PAIRS, PAIRS),
    "pairs of cells": st.tuples(CELLS, CELLS),
    "numbered objects": st.tuples(INTS, st.frozensets(CELLS, max_size=3)),
    "indices": st.frozensets(PAIRS, max_size=4),
    "objects": st.frozensets(CELLS, max_size=4),
    "sets of ints": st.frozensets(INTS, max_size=4),
    "sets of indices": st.frozensets(st.frozensets(PAIRS, max_size=2), max_size=3),
    "pairs of sets": st.tuples(st.frozensets(INTS, max_size=3), st.frozensets(INTS, max_size=3)),
    "mixed": st.none() | INTS | PAIRS | CELLS | ROWS | st.frozensets(INTS, max_size=2),
}


def test_cells_go_by_row_column_color():
    cells = frozenset({(9, (0, 1)), (1, (2, 0)), (5, (0, 2)), (3, (0, 1)), (None, (0, 1))})
    assert in_order(cells) == [(None, (0, 1)), (3, (0, 1)), (9, (0, 1)), (5, (0, 2)), (1, (2, 0))]


def test_sets_go_by_their_sorted_elements():
    objs = {
        frozenset({(1, (0, 1)), (1, (3, 3))}),
        frozenset({(8, (0, 0))}),
        frozenset({(1, (0, 1))}),
        frozenset(),
    }
    assert [sorted(obj) for obj in in_order(objs)] == [
        [],
        [(8, (0, 0))],
        [(1, (0, 1))],
        [(1, (0, 1)), (1, (3, 3))],
    ]


def test_sets_of_sets_do_not_compare_by_inclusion():
    assert in_order({(frozenset({2}),), (frozenset({1, 5}),)}) == [(frozenset({1, 5}),), (frozenset({2}),)]


def test_none_comes_first():
    assert in_order({0, None, -1}) == [None, -1, 0]


def test_kinds_may_mix():
    assert in_order({(3, 1), 7, frozenset({0}), None}) == [None, 7, (3, 1), frozenset({0})]
    assert in_order({(5, (1, 2)), ()}) == [(), (5, (1, 2))]
    cell, pair_of_pairs = (0, (3, 4)), ((3, 5), (-2, 2))
    assert in_order({cell, pair_of_pairs}) == [cell, pair_of_pairs]


def test_functions_go_by_name_and_by_what_they_hold():
    assert in_order({rot90, hmirror, len}) == [hmirror, len, rot90]
    bound = [rbind(add, 2), rbind(add, 3), rbind(subtract, 1)]
    assert in_order({bound[1], bound[2], bound[0]}) == [bound[2], bound[0], bound[1]]
    lambdas = [lambda x: x + 1, lambda x: x + 2]
    assert in_order(set(lambdas)) == lambdas
    assert first(initset(abs)) is abs


def test_tuples_keep_their_order():
    assert in_order((3, 1, 2)) == (3, 1, 2)


@pytest.mark.parametrize("kind", KINDS)
def test_order_does_not_depend_on_how_the_set_was_built(kind):
    @settings(max_examples=50)
    @given(st.lists(KINDS[kind], max_size=7, unique=True), st.randoms())
    def check(values, random):
        shuffled = values.copy()
        random.shuffle(shuffled)
        ordered = list(in_order(frozenset(values)))
        assert ordered == list(in_order(frozenset(shuffled)))
        assert set(ordered) == set(values)
        assert len(ordered) == len(values)
        if values:
            assert smallest(frozenset(shuffled)) == ordered[0]
            assert greatest(frozenset(shuffled)) == ordered[-1]

    check()


@given(st.lists(KINDS["objects"], min_size=2, max_size=5, unique=True))
def test_objects_in_the_order_of_the_definition(objs):
    def sequence(obj):
        return sorted((i, j, color is not None, color or 0) for color, (i, j) in obj)

    assert in_order(frozenset(objs)) == sorted(objs, key=sequence)


def test_by_frequency_takes_the_smallest_of_several():
    assert by_frequency((3, 2, 2, 3, 1), max) == 2
    assert by_frequency([3, 1, 2] * 30, min) == 1
    with pytest.raises(ValueError, match="empty"):
        by_frequency((), max)


PROGRAM = """
from tokpidjin.dsl import *
branch_first = lambda a, b: a
fork_compose = fork(compose, first, last)
grid = ((0, 1, 2, None), (1, 0, 0, 2), (3, 3, 0, 1))
parts = objects(grid, T, F, F)
print([sorted(part) for part in totuple(parts)], sorted(first(parts)), sorted(last(parts)))
print(sorted(argmax(parts, size)), sorted(extract(parts, lambda part: size(part) == 1)))
print(order(palette(grid), lambda color: color is None), merge(totuple(parts)))
print([sorted(part) for part in papply(branch_first, parts, product(palette(grid), initset(1)))])
turns = apply(fork_compose, product((rot90, hmirror, vmirror), (dmirror, cmirror)))
print(rapply(totuple(turns), grid))
print(paint(grid, frozenset({(c, (0, 0)) for c in range(9)})), other(palette(grid), 1))
"""


def test_results_do_not_depend_on_the_hash_seed():
    def output(seed):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        run = subprocess.run(
            [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, env=environment
        )
        return run.stdout

    assert len({output(seed).replace("frozenset", "") for seed in ("0", "1", "4711", "random")}) == 1
