"""What all tests share: how hard Hypothesis tries, and which tests this machine cannot run."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tokpidjin.engines import BACKENDS

# "ci" finds the same examples every time; HYPOTHESIS_PROFILE=long looks further, and for new ones.
settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "long", max_examples=5_000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# A shell starts commands in the background with SIGINT ignored, and what they start would ignore it, too.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def in_session():
    """A function: the processes of the session that this process leads, but for those that have ended."""

    def members(leader):
        return [int(fields[0]) for fields in _processes() if fields[3] == str(leader) and fields[1] != "Z"]

    return members


def _processes():
    """Number, state, parent, session of each process."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, rest = path.parent.name, path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        yield number, rest[0], rest[1], rest[3]


def pytest_collection_modifyitems(items):
    marked = [item for item in items if item.get_closest_marker("gpu")]
    lack = BACKENDS["cuda"].why_unusable() if marked else None
    if lack:
        for item in marked:
            item.add_marker(pytest.mark.skip(reason=f"no usable GPU: {lack}"))
