"""A short run of the fuzzers: that they test what they should, and find nothing."""

import pytest
from fuzz import build, run, why_not

pytestmark = pytest.mark.slow

SEED = 1


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    lack = why_not()
    if lack:
        pytest.skip(lack)
    folder = tmp_path_factory.mktemp("fuzz")
    build(folder)
    return folder


def found_nothing(kind, folder, seconds):
    status, counts, log = run(kind, folder, seconds, SEED)
    assert status == 0, log[-6000:]
    return counts


def test_nothing_crashes_or_hangs(folder):
    counts = found_nothing("vm", folder, 35)
    assert counts["inputs"] > 1000
    assert counts["accepted"] > counts["inputs"] / 2
    assert counts["accepted"] < counts["inputs"]  # the verifier refuses some
    assert counts["ok"] > counts["inputs"] / 10
    assert min(counts[status] for status in ("error", "budget", "memory", "range")) > 0
    assert counts["opcodes"] >= 195


def test_the_budget_bounds_the_time(folder):
    counts = found_nothing("time", folder, 5)
    assert counts["accepted"] > 500
    assert counts["worst_ns_per_unit"] > 0


def test_lanes_in_step_give_the_same(folder):
    counts = found_nothing("lanes", folder, 15)
    assert counts["compared"] > 50
