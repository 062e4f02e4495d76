"""A short run of the fuzzers: that they test what they should, and find nothing."""

import pytest
from fuzz import build, run, why_not

pytestmark = [pytest.mark.slow, pytest.mark.minutes]

SEED = 1
LONGEST_SECONDS = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    lack = why_not()
    if lack:
        pytest.skip(lack)
    folder = tmp_path_factory.mktemp("fuzz")
    build(folder)
    return folder


def found_nothing(kind, folder, inputs):
    """By the number of inputs, so that every run on every machine tries the same; the time is but a bound."""
    status, counts, log = run(kind, folder, LONGEST_SECONDS, SEED, inputs)
    assert status == 0, log[-6000:]
    return counts


def test_nothing_crashes_or_hangs(folder):
    counts = found_nothing("vm", folder, 8000)
    assert counts["inputs"] > 1000
    assert counts["accepted"] > counts["inputs"] / 2
    assert counts["accepted"] < counts["inputs"]  # the verifier refuses some
    assert counts["ok"] > counts["inputs"] / 10
    assert min(counts[status] for status in ("error", "budget", "memory", "range")) > 0
    assert counts["opcodes"] >= 195


def test_the_budget_bounds_the_time(folder):
    counts = found_nothing("time", folder, 1200)
    assert counts["accepted"] > 500
    assert counts["worst_ns_per_unit"] > 0


def test_lanes_in_step_give_the_same(folder):
    counts = found_nothing("lanes", folder, 1000)
    assert counts["compared"] > 50
