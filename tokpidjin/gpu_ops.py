"""Every primitive as a batched method: many items in one launch, on a GPU or on CPU threads.

    gpu_ops = tokpidjin.get_gpu_ops()
    gpu_ops.batch_fill(grids, 3, patches)
    gpu_ops.batch_mapply(compose(first, order_by_size), containers)

Results are ordinary values of the language, equal to what the primitive gives item by item.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING, Any

from tokpidjin.checks import check_whole
from tokpidjin.compiler import Bytecode, Unsupported
from tokpidjin.compiler.calls import Twin, twin_of
from tokpidjin.dsl import PRIMITIVES
from tokpidjin.engines.calls import Calls, Column
from tokpidjin.engines.registry import AUTO, choose_engine
from tokpidjin.errors import ItemError, ParameterError
from tokpidjin.machine import usable_cores
from tokpidjin.operands import Operand, operands_of

__all__ = ["GPUDSLOperations", "get_gpu_ops"]

_ITEMS_A_WORKER = 64  # from about here on, starting another thread pays


@cache
def get_gpu_ops() -> GPUDSLOperations:
    """The operations of this process: on the GPU where there is a usable one, on CPU threads where not.

    >>> get_gpu_ops() is get_gpu_ops()
    True
    """
    return GPUDSLOperations()


class GPUDSLOperations:
    """`batch_<name>` for each primitive, with the primitive's arguments.

    An argument is a list with a value for each item, or one value for all: a number, a function, a set or, beside a
    list, a tuple. `batch_mapply` and the others that take a function take one, a primitive or a composition of
    primitives. The result is a list with the result of each item. Where the primitive raises, an `ItemError` stands
    in the item's place, with what it raised as `__cause__`; the other items keep their results.

    Arguments that are wrong raise ParameterError before any work. One call is one launch. What the machine cannot do
    (numbers beyond its range, functions that cannot be traced, results that are functions) is done in Python, item by
    item, and counted as `fallbacks`. The methods may be called from several threads, one after the other.

    >>> operations = GPUDSLOperations(engine="native")
    >>> operations.batch_vmirror([((1, 2),), ((3, 4), (5, 6))])
    [((2, 1),), ((4, 3), (6, 5))]
    >>> operations.batch_add([1, (2, 3)], 10)
    [11, (12, 13)]
    >>> operations.batch_divide([6, 7], [2, 0])
    [3, ItemError('batch_divide, item 1: ZeroDivisionError: integer division or modulo by zero')]
    """

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Callable[..., list[Any]]: ...

    def __init__(self, engine: str = AUTO, workers: int | None = None) -> None:
        """Run on "cuda" or "native", "auto" being the former where it can; `workers` are threads, None all cores."""
        backend = choose_engine(engine)
        if not backend.compiled:
            raise ParameterError(
                f"engine {engine!r}",
                cause="it runs one item at a time",
                remedy="Use 'native', 'cuda' or 'auto'; for one item call the primitive itself.",
                parameter="engine",
            )
        if workers is not None:
            check_whole("workers", workers)
        self._workers = workers or usable_cores()
        self._engine = backend.name
        self._calls = Calls(_maker(backend.name))
        self._lock = Lock()
        self._counts = dict.fromkeys(("calls", "items", "launches", "fallbacks", "errors"), 0)
        self._bytes = [0, 0]
        self._seconds = 0.0

    def get_stats(self) -> dict[str, Any]:
        """What was done so far.

        `calls` of methods, `items` in them, `launches` of the engine, `fallbacks` (items done in Python), `errors`
        (items whose primitive raised), `seconds` of wall time in the methods, `bytes_up` and `bytes_down` between
        Python and the machine's memory, and the `engine`.
        """
        with self._lock:
            up, down = self._bytes
            return {
                "engine": self._engine,
                **self._counts,
                "seconds": self._seconds,
                "bytes_up": up,
                "bytes_down": down,
            }

    def _batch(self, primitive: str, arguments: Sequence[Any], named: dict[str, Any]) -> list[Any]:
        started = perf_counter()
        method = f"batch_{primitive}"
        operands, count = operands_of(primitive, method, arguments, named)
        with self._lock:
            results = self._launch(primitive, operands, count)
            self._finish(primitive, operands, results)
            self._counts["calls"] += 1
            self._counts["items"] += count
            self._seconds += perf_counter() - started
        return results

    def _launch(self, primitive: str, operands: Sequence[Operand], count: int) -> list[Any]:
        """The results by the machine; `_LEFT` where it gave none."""
        results = [_LEFT] * count
        if not count:
            return results
        try:
            columns = [_column(operand) for operand in operands]
        except Unsupported:
            return results
        workers = min(self._workers, 1 + count // _ITEMS_A_WORKER)
        launch = self._calls.run(twin_of(PRIMITIVES[primitive]), columns, count, workers)
        for k, value in launch.values.items():
            results[k] = value
        self._counts["launches"] += launch.launches
        self._bytes[0] += launch.bytes_up
        self._bytes[1] += launch.bytes_down
        return results

    def _finish(self, primitive: str, operands: Sequence[Operand], results: list[Any]) -> None:
        """Do what is left in Python."""
        for k, value in enumerate(results):
            if value is not _LEFT:
                continue
            self._counts["fallbacks"] += 1
            try:
                results[k] = PRIMITIVES[primitive](*[operand[k] for operand in operands])
            except Exception as error:
                results[k] = _item_error(f"batch_{primitive}", k, error)
                self._counts["errors"] += 1


_LEFT: Any = object()


def _maker(engine: str) -> Callable[[Bytecode], Any]:
    if engine == "cuda":
        from tokpidjin.engines.cuda import CudaEngine

        return CudaEngine
    from tokpidjin.engines.native import NativeEngine

    return NativeEngine


def _column(operand: Operand) -> Column:
    """The operand as the engine takes it: functions and numbers that are the same for all are known to the tracer."""
    if not operand.is_same:
        return Column(operand.values)
    value = operand.values[0]
    if value is None or isinstance(value, int) or callable(value) or _holds_functions(value):
        return Column((), _twin_of_operand(value))
    return Column(operand.values)


def _holds_functions(value: Any) -> bool:
    return isinstance(value, tuple | frozenset) and any(map(callable, value))


def _twin_of_operand(value: Any) -> Twin:
    if isinstance(value, frozenset):  # of functions; the result is a set again, so their order does not show
        twins = [twin_of(function) for function in value]
        return Twin(
            frozenset([twin.value for twin in twins]), ("set", frozenset([twin.key for twin in twins]))
        )
    return twin_of(value)


def _item_error(method: str, k: int, cause: Exception) -> ItemError:
    error = ItemError(f"{method}, item {k}", cause=f"{type(cause).__name__}: {cause}", sample=k)
    error.__cause__ = cause.with_traceback(None)
    return error


def _method(primitive: str) -> Callable[..., list[Any]]:
    def method(self: GPUDSLOperations, *arguments: Any, **named: Any) -> list[Any]:
        return self._batch(primitive, arguments, named)

    reference = PRIMITIVES[primitive]
    method.__name__ = f"batch_{primitive}"
    method.__qualname__ = f"GPUDSLOperations.{method.__name__}"
    parameters = ", ".join(reference.__code__.co_varnames[: reference.__code__.co_argcount])
    meaning = (reference.__doc__ or "").partition(">>>")[0]  # the example calls the primitive itself
    method.__doc__ = f"{primitive}({parameters}) of each item. {meaning.strip()}"
    return method


for _name in PRIMITIVES:
    setattr(GPUDSLOperations, f"batch_{_name}", _method(_name))
