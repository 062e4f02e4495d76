"""No lane of the kernel relies on an order that no sync() gives it."""

import ctypes
import subprocess
from pathlib import Path

import numpy as np
import pytest
from emulated_cupy import Gpu, build_kernel

import tokpidjin as tp
from tokpidjin import dsl
from tokpidjin.engines.cuda import CudaEngine
from tokpidjin.runner import read_grids
from tokpidjin.tasks import samples_of

SOURCE = Path(__file__).with_name("races.cpp")
# The link must not bring in the run time that the option is meant for.
OPTIONS = ("-g", "-fsanitize=thread", "-nodefaultlibs", "-lc", "-lgcc", "-lpthread")
MOST_RACES = 64
KINDS = ("reads what another writes", "writes another value than another", "overwrites what another reads")


class Race(ctypes.Structure):
    _fields_ = (("kind", ctypes.c_int), ("code", ctypes.c_uint64))


class Watched:
    """A kernel whose lanes are watched."""

    def __init__(self, folder, source=SOURCE):
        self.kernel = build_kernel(folder, source, "tp_emulate_watched", OPTIONS)
        self._file = folder / "kernel.so"
        self._library = ctypes.CDLL(str(self._file))

    def try_lanes(self, kind, waits):
        """Run the lanes of TRIALS."""
        self._library.tp_try(kind, waits)

    def races(self):
        """Where there were any since the last call, with the functions that are inlined there."""
        found = (Race * MOST_RACES)()
        count = self._library.tp_races(found)
        return [f"{KINDS[race.kind]}: {self._place(race.code)}" for race in found[:count]]

    def _place(self, code):
        command = ["addr2line", "-e", str(self._file), "-i", "-f", "-s", "-p", "-C", hex(code)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return " ".join(done.stdout.split())


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    return Watched(tmp_path_factory.mktemp("watched"))


@pytest.fixture(scope="module")
def kernel(watched):
    return watched.kernel


# Lanes meet in between, but a meeting other than sync() gives loads and stores no order.
TRIALS = """
#include "races.cpp"

struct Trial {
    int kind;
    bool waits;
};

static volatile u8 room;

static void try_lane(void *argument) {
    const Trial &trial = *(const Trial *)argument;
    switch (trial.kind) {
        case READS_UNORDERED:
            if (lane() == 5) room = 1;
            lanes_where(true);
            if (trial.waits) sync();
            if (room != 1) abort();
            break;
        case WRITES_DIFFERENTLY:
            if (lane() == 5) room = 2;
            lanes_where(true);
            if (trial.waits) sync();
            if (lane() == 9) room = 3;
            break;
        case OVERWRITES_READ:
            if (lane() == 9 && room == 7) abort();  // runs before lane 5
            if (trial.waits) lanes_where(true);
            if (lane() == 5) room = 7;
    }
    sync();
    if (lane() == 0 && !room) abort();
}

extern "C" UNSEEN void tp_try(int kind, int waits) {
    static Touched byte;
    byte = {};
    Trial trial = {kind, waits != 0};
    room = 0;
    watched = (u8 *)&room;
    touched = &byte;
    watched_bytes = 1;
    run_warp(try_lane, &trial);
    watched_bytes = 0;
}
"""


def some_items(library, count):
    """All solvers on training inputs drawn at random."""
    rng = np.random.default_rng(0)
    grids = read_grids([sample.input for sample in samples_of(tp.load_tasks("arc-agi-1/training"))])
    programs = np.arange(count) % len(library.bytecode.names)
    return grids, programs, rng.integers(0, len(grids), count)


@pytest.mark.slow
def test_lanes_wait_for_each_other(watched, emulate):
    emulate(Gpu())
    library = tp.load_solvers()
    CudaEngine(library.bytecode).run(*some_items(library, 1_200), outputs=True)
    assert watched.races() == []


def test_lanes_wait_in_what_no_solver_does(watched, emulate):
    emulate(Gpu())
    grids, _, _ = some_items(tp.load_solvers(), 1)
    operations = tp.GPUDSLOperations("cuda")
    grids = [tuple(map(tuple, grid.tolist())) for grid in grids[:40]]
    patches = [dsl.asobject(grid) for grid in grids]
    operations.batch_partition(grids)
    operations.batch_compress(grids)
    operations.batch_cmirror(patches)
    operations.batch_centerofmass(patches)
    operations.batch_position(patches, patches[1:] + patches[:1])
    operations.batch_underpaint(grids, patches[1:] + patches[:1])
    assert operations.get_stats()["launches"] == 6
    assert watched.races() == []


@pytest.fixture(scope="module")
def trials(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trials")
    (folder / "trials.cpp").write_text(TRIALS.replace("races.cpp", str(SOURCE)))
    return Watched(folder, folder / "trials.cpp")


@pytest.mark.parametrize(("kind", "race"), list(enumerate(KINDS)))
def test_a_missing_sync_is_found(trials, kind, race):
    trials.try_lanes(kind, waits=True)
    assert trials.races() == []
    trials.try_lanes(kind, waits=False)
    [found] = trials.races()
    assert found.startswith(race)
    assert "trials.cpp" in found
