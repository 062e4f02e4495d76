"""The built-in library on foreign inputs: both engines agree."""

from agreement import compare, random_items, training_inputs

import tokpidjin as tp


def test_built_in_solvers_on_foreign_inputs():
    library = tp.load_solvers()
    assert library.unsupported == {}
    grids = training_inputs()
    items = random_items(len(library), len(grids), 500, seed=1)
    found = compare(library, grids, items, seconds=1.0)
    assert found.differing == []
    assert found.compared > 0.9 * len(items)
