import os
import signal
import threading
import time
import weakref
from collections import Counter

import numpy as np
import pytest

from tokpidjin.dsl import apply, compose, height, hmirror, identity, mapply, objects, recolor, toindices
from tokpidjin.engines.hashing import hash_grid
from tokpidjin.engines.python import PythonEngine, count_primitives, encode_grid
from tokpidjin.engines.status import Status, count_statuses
from tokpidjin.engines.timeouts import TimeUp, call_within
from tokpidjin.errors import EngineError, ParameterError

GRIDS = [np.array([[1, 2], [3, 4]]), np.array([[9]])]


def flip(grid):
    return grid[::-1]


def die(grid):
    os.kill(os.getpid(), signal.SIGKILL)


def die_on_nine(grid):
    return die(grid) if grid == ((9,),) else grid


def loop_in_python(grid):
    while True:
        pass


def loop_in_c(grid):
    return max(range(10**15))


def fail(grid):
    raise KeyError("no")


def recurse(grid):
    return recurse(grid)


def exhaust(grid):
    raise MemoryError


def quit_python(grid):
    raise SystemExit(3)


def run(functions, grids=GRIDS, **options):
    programs = np.repeat(np.arange(len(functions), dtype=np.int32), len(grids))
    samples = np.tile(np.arange(len(grids), dtype=np.int32), len(functions))
    return PythonEngine(functions).run(grids, programs, samples, **options)


@pytest.mark.parametrize(
    ("result", "status"),
    [
        (((1, 2), (3, 4)), Status.OK),
        ((), Status.OK),
        (((), ()), Status.OK),
        (((None, -3, -1, 251),), Status.OK),
        (((True, False),), Status.OK),
        (((252,),), Status.RANGE),
        (((-4,),), Status.RANGE),
        (((1, 2), (3,)), Status.RANGE),
        (((1.5,),), Status.RANGE),
        ((((1, 2),),), Status.RANGE),
        ((((10**30),),), Status.RANGE),
        ([[1]], Status.ERROR),
        (([1],), Status.ERROR),
        ((1, 2), Status.ERROR),
        (frozenset(), Status.ERROR),
        (None, Status.ERROR),
    ],
)
def test_encode_grid(result, status):
    found, grid = encode_grid(result)
    assert found is status
    assert (grid is not None) == (status is Status.OK)


def test_encode_grid_special_cells():
    _, grid = encode_grid(((None, -3), (-2, -1)))
    assert grid.dtype == np.uint8
    assert grid.tolist() == [[252, 253], [254, 255]]
    assert encode_grid(())[1].shape == (0, 0)
    assert encode_grid(((), ()))[1].shape == (2, 0)


@pytest.mark.parametrize("options", [{}, {"workers": 2}, {"isolated": True}, {"timeout": 5.0}])
def test_every_way_to_run_gives_the_same(options):
    result = run([flip, fail, recurse, exhaust], times=True, outputs=True, **options)
    assert result.status.tolist() == [0, 0, *[Status.ERROR] * 4, *[Status.MEMORY] * 2]
    assert result.outputs[0].tolist() == [[3, 4], [1, 2]]
    assert result.outputs[2] is None
    assert result.hashes[0] == hash_grid(np.array([[3, 4], [1, 2]], np.uint8))
    assert result.hashes[2:].tolist() == [0] * 6
    assert result.microseconds.dtype == np.float32
    assert (result.microseconds[:2] > 0).all()
    assert (result.status.dtype, result.hashes.dtype, result.primitives.dtype) == ("u1", "u8", "u4")


def test_nothing_to_run():
    assert run([], GRIDS).status.shape == (0,)
    assert run([flip], [], workers=2).status.shape == (0,)


@pytest.mark.parametrize("workers", [1, 2])
def test_timeout_costs_its_item_alone(workers):
    result = run([flip, loop_in_python, flip], timeout=0.2, workers=workers)
    assert result.status.tolist() == [0, 0, Status.TIMEOUT, Status.TIMEOUT, 0, 0]


def test_worker_that_hears_no_alarm_is_killed():
    result = run([flip, loop_in_c, flip], GRIDS[:1], timeout=0.2, workers=2)
    assert result.status.tolist() == [0, Status.TIMEOUT, 0]


def test_timeout_leaves_no_alarm_behind():
    before = signal.getsignal(signal.SIGALRM)
    run([loop_in_python], GRIDS[:1], timeout=0.1)
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    time.sleep(0.12)


def test_call_within():
    assert call_within(None, divmod, 7, 2) == (3, 1)
    assert call_within(1.0, divmod, 7, 2) == (3, 1)
    with pytest.raises(TimeUp):
        call_within(0.05, loop_in_python, ())
    with pytest.raises(KeyError):
        call_within(1.0, fail, ())


def in_thread(function):
    """What the function returns, or the exception that it raises, in another thread."""
    found = []

    def target():
        try:
            found.append(function())
        except Exception as error:
            found.append(error)

    thread = threading.Thread(target=target)
    thread.start()
    thread.join()
    return found[0]


def test_a_timeout_waits_for_callbacks_of_weak_references():
    """Python would drop it there, and print that it did."""
    namespace = {"__name__": "weakref", "wait": time.sleep}
    exec("def remove(reference):\n    wait(0.2)", namespace)
    objects = [type("Target", (), {})()]
    reference = weakref.ref(objects[0], namespace["remove"])
    seen = []

    def work():
        objects.clear()
        seen.append(reference())
        while True:
            pass

    with pytest.raises(TimeUp):
        call_within(0.05, work)
    assert seen == [None]


def test_timeout_outside_of_the_main_thread():
    error = in_thread(lambda: run([flip], timeout=1.0))
    assert isinstance(error, ParameterError)
    assert error.parameter == "timeout"
    assert "workers" in str(error)
    assert in_thread(lambda: run([flip], timeout=1.0, workers=2)).status.tolist() == [0, 0]
    assert in_thread(lambda: run([flip])).status.tolist() == [0, 0]


def test_killed_worker_costs_its_item_alone():
    grids = [np.array([[k % 10]]) for k in range(200)]
    result = run([flip, die_on_nine], grids, workers=2)
    expected = [0] * 200 + [Status.CRASHED if k % 10 == 9 else 0 for k in range(200)]
    assert result.status.tolist() == expected


def test_exit_passes_in_this_process_and_is_a_crash_in_a_worker():
    with pytest.raises(SystemExit):
        run([quit_python])
    assert run([quit_python], workers=2).status.tolist() == [Status.CRASHED] * 2


def test_workers_are_kept_and_closed():
    engine = PythonEngine([lambda grid: ((os.getpid() % 200,),)])
    zero = np.zeros(1, np.int32)
    with engine.workers(1), engine.workers(1):
        first, second = (engine.run(GRIDS, zero, zero).hashes[0] for _ in range(2))
        pool = engine._pool
        process = pool._workers[0].process
    assert first == second
    assert not process.is_alive()


def test_workers_that_keep_dying_between_calls_are_an_error():
    engine = PythonEngine([flip])
    with engine.workers(1):
        pool = engine._pool
        pool._start(1)

        def payload(k):
            pool._workers[0].process.kill()
            pool._workers[0].process.join()
            return None

        with pytest.raises(EngineError, match="outside of any call"):
            list(pool.run(payload, 1, chunk=1))


def test_progress_is_told_of_every_item(monkeypatch):
    seen = []
    monkeypatch.setattr("tokpidjin.engines.python._PROGRESS_SECONDS", 0.0)
    found = run([flip, fail], progress=seen.append)
    assert [told.total() for told in seen] == [1, 1, 1, 1]
    assert sum(seen, Counter()) == count_statuses(found.status) == {"ok": 2, "error": 2}


def one(grid):
    return hmirror(grid)


def handed(grid):
    return apply(height, objects(grid, True, False, False))


def through_user_code(grid):
    return apply(lambda o: recolor(3, o), objects(grid, True, False, False))


def merged(grid):
    return mapply(toindices, objects(grid, True, False, False))


def composed(grid):
    return compose(hmirror, hmirror)(grid)


@pytest.mark.parametrize(
    ("function", "primitives"),
    [
        (identity, 1),
        (one, 1),
        (handed, 2 + 3),
        (through_user_code, 2 + 3),
        (merged, 2 + 3),
        (composed, 3),
        (lambda grid: grid, 0),
    ],
)
def test_count_primitives(function, primitives):
    assert count_primitives(function, ((1, 2), (1, 3))) == primitives


def test_primitives_are_counted_when_wanted():
    assert run([one, fail], GRIDS[:1], count=True).primitives.tolist() == [1, 0]
    assert run([one], GRIDS[:1]).primitives.tolist() == [0]


def test_functions_need_not_pickle():
    shade = 7
    result = run([lambda grid: ((shade,),)], GRIDS[:1], workers=2, outputs=True)
    assert result.outputs[0].tolist() == [[7]]


def test_an_output_longer_than_the_machine_takes_is_out_of_range():
    assert encode_grid(((0,) * 2048,))[0] is Status.OK
    assert encode_grid(((0,) * 2049,)) == (Status.RANGE, None)
    assert encode_grid(((0,),) * 2049) == (Status.RANGE, None)
