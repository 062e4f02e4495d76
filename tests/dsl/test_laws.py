"""Laws that hold for any grid and any patch."""

from hypothesis import given
from hypothesis import strategies as st

from tokpidjin.dsl import *

COLORS = st.integers(0, 4)
PAIRS = st.tuples(st.integers(-5, 9), st.integers(-5, 9))
GRIDS = st.tuples(st.integers(1, 6), st.integers(1, 6)).flatmap(
    lambda dims: st.tuples(*[st.tuples(*[COLORS] * dims[1])] * dims[0])
)
INDICES = st.frozensets(PAIRS, min_size=1, max_size=8)
OBJECTS = st.dictionaries(PAIRS, COLORS, min_size=1, max_size=8).map(
    lambda cells: frozenset((color, place) for place, color in cells.items())
)
PATCHES = INDICES | OBJECTS


@given(GRIDS)
def test_turns_and_mirrors_of_grids(grid):
    assert power(rot90, 4)(grid) == grid
    assert rot180(grid) == rot90(rot90(grid)) == hmirror(vmirror(grid))
    assert rot270(grid) == power(rot90, 3)(grid)
    assert dmirror(hmirror(grid)) == rot90(grid)
    assert cmirror(grid) == rot180(dmirror(grid))
    for mirror in (hmirror, vmirror, dmirror, cmirror):
        assert mirror(mirror(grid)) == grid


@given(GRIDS)
def test_mirrors_of_grids_and_of_objects_agree(grid):
    for mirror in (hmirror, vmirror, dmirror, cmirror):
        assert mirror(asobject(grid)) == asobject(mirror(grid))


@given(PATCHES)
def test_mirrors_of_patches(patch):
    for mirror in (hmirror, vmirror, dmirror, cmirror):
        assert mirror(mirror(patch)) == patch
        assert ulcorner(mirror(patch)) == ulcorner(patch)


@given(PATCHES, PAIRS)
def test_shift_and_normalize(patch, offset):
    assert shift(shift(patch, offset), invert(offset)) == patch
    assert normalize(shift(patch, offset)) == normalize(patch)
    assert ulcorner(normalize(patch)) == (0, 0)


@given(GRIDS)
def test_partition_is_a_partition(grid):
    parts = partition(grid)
    assert merge(parts) == asobject(grid)
    assert sum(map(len, parts)) == len(asobject(grid))
    assert size(parts) == numcolors(grid) == size(fgpartition(grid)) + 1


@given(GRIDS, st.booleans(), st.booleans())
def test_objects_are_a_partition(grid, univalued, diagonal):
    parts = objects(grid, univalued, diagonal, F)
    assert merge(parts) == asobject(grid)
    assert sum(map(len, parts)) == len(asobject(grid))
    assert all(numcolors(part) == 1 for part in parts) or not univalued


@given(GRIDS, st.booleans(), st.booleans(), st.booleans())
def test_objects_are_connected_and_do_not_touch(grid, univalued, diagonal, without_bg):
    parts = totuple(objects(grid, univalued, diagonal, without_bg))
    around = neighbors if diagonal else dneighbors
    for part in parts:
        reached = frontier = initset(first(toindices(part)))
        while frontier:
            frontier = intersection(mapply(around, frontier), toindices(part)) - reached
            reached |= frontier
        assert reached == toindices(part)
        for foreign in parts:
            if foreign != part and (not univalued or color(foreign) == color(part)):
                assert not mapply(around, toindices(part)) & toindices(foreign)


@given(GRIDS)
def test_painting_back(grid):
    assert paint(canvas(9, shape(grid)), asobject(grid)) == grid
    assert fill(grid, mostcolor(grid), ofcolor(grid, mostcolor(grid))) == grid
    assert mapply(lambda value: recolor(value, ofcolor(grid, value)), palette(grid)) == asobject(grid)


@given(GRIDS, st.integers(1, 3))
def test_scaling_back(grid, factor):
    assert downscale(upscale(grid, factor), factor) == grid
    assert upscale(asobject(grid), factor) == asobject(upscale(grid, factor))
    assert upscale(grid, factor) == hupscale(vupscale(grid, factor), factor)


@given(GRIDS)
def test_halves_and_parts(grid):
    parts = hsplit(grid, 2)
    assert parts[0] == lefthalf(grid) or width(grid) == 1
    assert parts[1] == righthalf(grid) or width(grid) == 1
    assert vsplit(grid, 2) == (tophalf(grid), bottomhalf(grid))
    assert vconcat(grid, grid) == merge((grid, grid))


@given(PATCHES)
def test_boxes(patch):
    assert toindices(patch) <= backdrop(patch)
    assert corners(patch) <= box(patch) <= backdrop(patch)
    assert combine(delta(patch), toindices(patch)) == backdrop(patch)
    assert outbox(patch) == box(outbox(patch))
    assert not outbox(patch) & backdrop(patch)


@given(PATCHES, PATCHES)
def test_distance(a, b):
    every = [abs(i - k) + abs(j - m) for i, j in toindices(a) for k, m in toindices(b)]
    assert manhattan(a, b) == manhattan(b, a) == min(every)
    assert adjacent(a, b) == (min(every) == 1)


@given(PATCHES, PATCHES)
def test_gravitate_brings_next_to_each_other(a, b):
    offset = gravitate(a, b)
    if maximum(offset) < 42 and minimum(offset) > -42:
        assert adjacent(shift(a, offset), b)
    assert 0 in offset


@given(GRIDS, OBJECTS)
def test_occurrences_are_where_the_object_is(grid, obj):
    for place in occurrences(grid, obj):
        assert shift(normalize(obj), place) <= asobject(grid)


@given(GRIDS, PAIRS)
def test_index_agrees_with_the_object(grid, place):
    value = index(grid, place)
    assert (value is not None) == contained(place, asindices(grid))
    assert value is None or contained((value, place), asobject(grid))


@given(PAIRS, PAIRS)
def test_lines(a, b):
    line = connect(a, b)
    assert line == connect(b, a)
    assert not line or {a, b} <= line
    assert all(len(neighbors(place) & line) <= 2 for place in line)


@given(OBJECTS)
def test_periods(obj):
    for period, along in ((hperiod(obj), RIGHT), (vperiod(obj), DOWN)):
        moved = shift(obj, multiply(along, -period))
        inside = sfilter(moved, lambda cell: contained(cell[1], backdrop(obj)))
        assert inside <= obj
