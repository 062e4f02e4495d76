"""Streaming keeps nothing: the memory that a long run needs does not grow with its samples."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GROWTH_MIB = 5

PROGRAM = """
import json, sys
from collections.abc import Sequence
from pathlib import Path
import tokpidjin as tp

class Samples(Sequence):
    def __len__(self):
        return 3000

    def __getitem__(self, place):
        numbers = range(len(self))[place]
        return [self.make(k) for k in numbers] if isinstance(place, slice) else self.make(numbers)

    def make(self, k):
        grid = tuple(tuple((k + i * j) % 10 for j in range(12)) for i in range(12))
        return tp.Sample(f"{k:08x}", "example", 0, grid, grid)

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

coordinator = tp.MegaBatchCoordinator(
    library=tp.load_solvers()[:20], engine="native", max_workers=1, batch_size=60, progress=False, out=sys.argv[1]
)
seen, kept = [], []
for table in coordinator.stream(Samples()):
    seen.append(resident())
    if sys.argv[2] == "keep":
        kept.append((table, b"x" * (300 * len(table))))
print(json.dumps(seen))
"""


def growth(out, keep):
    """By how many MiB the second half of the run needs more than the first, after a warm-up."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, out, keep],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    warm = seen[len(seen) // 10 :]
    middle = len(warm) // 2
    assert middle >= 10
    return max(warm[middle:]) - max(warm[:middle])


@pytest.mark.parametrize("keep", ["none", "keep"])
def test_memory_does_not_grow(tmp_path, keep):
    found = growth(str(tmp_path), keep)
    # Kept tables must be seen to grow: else this test could not fail.
    assert (found > GROWTH_MIB) is (keep == "keep"), found
