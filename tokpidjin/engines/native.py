"""The compiled engine on CPU threads: a ctypes binding of the machine in `vm/`.

The shared library is built when the package is installed. It runs verified bytecode, needs nothing of Python while it
runs, and releases the GIL.
"""

import ctypes
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tokpidjin import engines
from tokpidjin.compiler.types import Kind
from tokpidjin.engines.items import Cells, ItemResults, Outputs
from tokpidjin.engines.loading import damaged, is_type, starts_of, whole_numbers
from tokpidjin.engines.requests import (
    DEFAULT_ARENA,
    DEFAULT_BUDGET,
    Request,
    check_number,
    check_request,
    check_values,
)
from tokpidjin.engines.status import Progress, count_statuses
from tokpidjin.errors import BytecodeError, EngineError, ParameterError

if TYPE_CHECKING:
    from tokpidjin.compiler import Bytecode
    from tokpidjin.engines.values import Arguments

__all__ = ["DEFAULT_ARENA", "DEFAULT_BUDGET", "NativeEngine", "library_file", "load_machine", "why_unusable"]

MOST_WORKERS = 1024

_INTERFACE_VERSION = 4
_SLICE_SECONDS = 0.25  # between two looks at signals and two calls of progress

_Pointer = ctypes.c_void_p


class _Source(ctypes.Structure):
    _fields_ = (
        ("code", _Pointer),
        ("code_start", _Pointer),
        ("constants", _Pointer),
        ("constant_start", _Pointer),
        ("types", _Pointer),
        ("registers", _Pointer),
        ("type_count", ctypes.c_int),
        ("programs", ctypes.c_int),
        ("signatures", _Pointer),
        ("signature_start", _Pointer),
    )


class _LoadError(ctypes.Structure):
    _fields_ = (("program", ctypes.c_int), ("instruction", ctypes.c_int), ("message", ctypes.c_char * 256))


class _Batch(ctypes.Structure):
    _fields_ = (
        ("items", ctypes.c_int64),
        ("programs", _Pointer),
        ("samples", _Pointer),
        ("budget", ctypes.c_int64),
        ("seconds", ctypes.c_double),
        ("status", _Pointer),
        ("hashes", _Pointer),
        ("primitives", _Pointer),
        ("microseconds", _Pointer),
        ("expected", _Pointer),
        ("agreeing", _Pointer),
        ("shapes", _Pointer),
        ("offsets", _Pointer),
        ("cells_before", ctypes.c_int64),
        ("done", ctypes.c_int64),
        ("cell_count", ctypes.c_int64),
    )


_SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "tp_interface_version": (ctypes.c_int, []),
    "tp_library_new": (_Pointer, [ctypes.POINTER(_Source), ctypes.POINTER(_LoadError)]),
    "tp_library_free": (None, [_Pointer]),
    "tp_library_code": (None, [_Pointer, _Pointer]),
    "tp_samples_new": (_Pointer, [_Pointer, _Pointer, ctypes.c_int64]),
    "tp_arguments_new": (
        _Pointer,
        [_Pointer, ctypes.c_int64, _Pointer, ctypes.c_int64, _Pointer, ctypes.c_int64],
    ),
    "tp_samples_free": (None, [_Pointer]),
    "tp_session_new": (_Pointer, [_Pointer, _Pointer, ctypes.c_int, ctypes.c_int64]),
    "tp_session_free": (None, [_Pointer]),
    "tp_session_run": (ctypes.c_int, [_Pointer, ctypes.POINTER(_Batch)]),
    "tp_session_copy_outputs": (ctypes.c_int, [_Pointer, ctypes.POINTER(_Batch), _Pointer]),
}


def why_unusable() -> str | None:
    """Say why the native engine cannot be used here, with the remedy; None when it can."""
    try:
        _machine()
    except EngineError as error:
        return str(error)
    return None


def load_machine(path: Path) -> ctypes.CDLL:
    """Open a build of the machine's shared library and declare its functions.

    Raises EngineError when the file is missing, is not for this system, or belongs to another version.
    """
    remedy = "Install tokpidjin with pip, which builds it (needs g++ or clang++), or use engine='python'."
    if not path.exists():
        raise EngineError(
            "engine 'native'", cause=f"its shared library {path} is missing", remedy=remedy, engine="native"
        )
    try:
        machine = ctypes.CDLL(str(path.resolve()))
        for name, (result, arguments) in _SIGNATURES.items():
            function = getattr(machine, name)
            function.restype = result
            function.argtypes = arguments
    except (OSError, AttributeError) as error:
        raise EngineError(
            "engine 'native'", cause=f"{path} cannot be loaded: {error}", remedy=remedy, engine="native"
        ) from error
    if machine.tp_interface_version() != _INTERFACE_VERSION:
        raise EngineError(
            "engine 'native'", cause=f"{path} was built from another version", remedy=remedy, engine="native"
        )
    return machine


def library_file() -> Path:
    """Where the machine's shared library is; where it should be, if it is missing."""
    # An editable install has what was built in another folder than the package's own files, and names both.
    files = [Path(folder) / "_vm.so" for folder in engines.__path__]
    return next((file for file in files if file.exists()), files[-1])


@cache
def _machine() -> ctypes.CDLL:
    return load_machine(library_file())


def _address(array: npt.NDArray[Any] | None) -> int | None:
    return None if array is None else array.ctypes.data


class NativeEngine:
    """Runs compiled solvers on CPU threads.

    The bytecode is verified once, here; BytecodeError names the solver and the instruction that is refused. An engine
    may be used from several Python threads at once.
    """

    def __init__(self, bytecode: "Bytecode", library_file: Path | None = None) -> None:
        """Load the programs of `bytecode` into the machine; `library_file` is another build of it, for tests."""
        self._machine = _machine() if library_file is None else load_machine(library_file)
        self.names = tuple(bytecode.names)
        self.kinds = tuple(bytecode.argument_kinds)
        self._load(bytecode)

    def _load(self, bytecode: "Bytecode") -> None:
        count = len(self.names)
        code = whole_numbers(bytecode, "code", np.int16, (-1, 8))
        code_start = starts_of(bytecode, "code_start", count, len(code))
        constants = whole_numbers(bytecode, "consts", np.int64, (-1,))
        constant_start = starts_of(bytecode, "const_start", count, len(constants))
        types = whole_numbers(bytecode, "types", np.int32, (-1, 3))
        registers = whole_numbers(bytecode, "registers", np.int32, (count,))
        signatures = whole_numbers(bytecode, "signatures", np.int32, (-1,))
        signature_start = starts_of(bytecode, "signature_start", count, len(signatures))
        lengths = np.diff(signature_start)
        if not lengths.all():
            raise damaged("signature_start", "a program without a signature")
        self.takes_grids = bool((signatures == Kind.GRID).all() and (lengths == 2).all())
        source = _Source(
            _address(code),
            _address(code_start),
            _address(constants),
            _address(constant_start),
            _address(types),
            _address(registers),
            len(types),
            count,
            _address(signatures),
            _address(signature_start),
        )
        self._code = code
        error = _LoadError()
        library = self._machine.tp_library_new(ctypes.byref(source), ctypes.byref(error))
        if not library:
            raise self._refusal(error)
        self._library = int(library)
        self._check_kinds(types, signatures, signature_start)

    def _check_kinds(
        self, types: npt.NDArray[np.int32], signatures: npt.NDArray[np.int32], start: npt.NDArray[np.int32]
    ) -> None:
        """Arguments are written as `argument_kinds` says and read as the signatures say."""
        if len(self.kinds) != len(self.names):
            raise damaged("argument_kinds", f"{len(self.kinds)} for {len(self.names)} programs")
        for k, (solver, kinds) in enumerate(zip(self.names, self.kinds, strict=True)):
            numbers = signatures[start[k] : start[k + 1] - 1]
            if len(kinds) != len(numbers) or not all(map(partial(is_type, types), numbers, kinds)):
                cause = "its argument_kinds are not those of its signature"
                raise BytecodeError(f"bytecode of {solver}", cause=cause, solver=solver)

    def _refusal(self, error: _LoadError) -> BytecodeError:
        message = error.message.decode()
        if error.program < 0:
            return BytecodeError("bytecode", cause=message)
        solver = self.names[error.program]
        if error.instruction < 0:
            return BytecodeError(f"bytecode of {solver}", cause=message, solver=solver)
        what = f"bytecode of {solver}, instruction {error.instruction}"
        return BytecodeError(what, cause=message, solver=solver, instruction=error.instruction)

    def __del__(self) -> None:
        library = getattr(self, "_library", None)
        if library:
            self._machine.tp_library_free(library)

    def run(
        self,
        grids: Sequence[npt.NDArray[np.uint8]],
        programs: npt.ArrayLike,
        samples: npt.ArrayLike,
        *,
        workers: int = 1,
        budget: int = DEFAULT_BUDGET,
        arena: int = DEFAULT_ARENA,
        times: bool = False,
        outputs: bool = False,
        expected: Sequence[npt.NDArray[np.uint8] | None] | None = None,
        progress: Progress | None = None,
    ) -> ItemResults:
        """Run program `programs[k]` on grid `samples[k]` for every item k, the same for any number of workers.

        `grids` are uint8 (h, w); `programs` are places in the bytecode's names and `samples` places in `grids`, both
        integers (n). `budget` is in units of work an item, `arena` in bytes a worker. `times` asks for microseconds,
        `outputs` for the output grids. `expected` are what the programs should give on every grid, uint8 (h, w) or
        None, and ask for `agreeing`. `progress` is told how items ended, a few times a second.

        Arguments that are out of range raise ParameterError before any work starts. Ctrl-C stops between two slices
        of a quarter of a second.
        """
        check_number("workers", workers, 1, MOST_WORKERS)
        if not self.takes_grids:
            raise ParameterError(
                "grids",
                cause="the programs take other arguments",
                remedy="Use run_values.",
                parameter="grids",
            )
        request = check_request(grids, programs, samples, len(self.names), budget, arena, expected)
        return self._run(request, workers, times, outputs, progress)

    def run_values(
        self,
        arguments: "Arguments",
        programs: npt.ArrayLike,
        *,
        workers: int = 1,
        budget: int = DEFAULT_BUDGET,
        arena: int = DEFAULT_ARENA,
        times: bool = False,
    ) -> ItemResults:
        """Run program `programs[k]` on the k-th arguments for every item k.

        The outputs are pieces that `read_values` reads: output k is uint8 (1, bytes). There are no hashes.
        """
        check_number("workers", workers, 1, MOST_WORKERS)
        request = check_values(arguments, programs, self.kinds, budget, arena)
        return self._run(request, workers, times, True, None)

    def _run(
        self,
        request: Request,
        workers: int,
        times: bool,
        outputs: bool,
        progress: Progress | None,
    ) -> ItemResults:
        job = _Job(request, times, outputs)
        start = perf_counter()
        with _Session(self._machine, self._library, request, workers) as session:
            while job.done < len(request):
                status = job.run_slice(self._machine, *session)
                if progress is not None:
                    progress(count_statuses(status))
        return job.results(perf_counter() - start)

    def verified_code(self) -> npt.NDArray[np.int16]:
        """The code (instructions, 8) as the interpreter takes it, with the marks that loading adds."""
        code = np.empty_like(self._code)
        self._machine.tp_library_code(self._library, _address(code))
        return code


class _Session:
    """The workers' memory and the samples in the machine's form, for one call of `run`."""

    def __init__(self, machine: ctypes.CDLL, library: int, request: Request, workers: int) -> None:
        self._machine = machine
        self._session: int | None = None
        self._samples = _samples(machine, request)
        self._expected = None if request.expected is None else _grids(machine, *request.expected)
        if self._samples and (self._expected or request.expected is None):
            self._session = machine.tp_session_new(library, self._samples, workers, request.arena)
        if not self._session:
            self.__exit__()
            raise MemoryError(f"no memory for {workers} workers with {request.arena} bytes each")

    def __enter__(self) -> tuple[int, int | None]:
        """The session, and what is expected of it."""
        assert self._session is not None
        return self._session, self._expected

    def __exit__(self, *_: object) -> None:
        self._machine.tp_session_free(self._session)
        self._machine.tp_samples_free(self._samples)
        self._machine.tp_samples_free(self._expected)


def _grids(machine: ctypes.CDLL, shapes: npt.NDArray[np.int32], cells: npt.NDArray[np.uint8]) -> int | None:
    made = machine.tp_samples_new(_address(cells), _address(shapes), len(shapes))
    return None if made is None else int(made)


def _samples(machine: ctypes.CDLL, request: Request) -> int | None:
    """The samples in the machine's memory; None when there is not enough."""
    given = request.arguments
    if given is None:
        return _grids(machine, request.shapes, request.cells)
    made = machine.tp_arguments_new(
        _address(given.block),
        given.block.nbytes,
        _address(given.starts),
        len(given.starts),
        _address(given.pointers),
        len(given.pointers),
    )
    return None if made is None else int(made)


class _Job:
    """The items of one call of `run`, and their results as far as they are done."""

    def __init__(self, request: Request, times: bool, outputs: bool) -> None:
        n = len(request)
        self._request = request
        self._status = np.zeros(n, np.uint8)
        self._hashes = np.zeros(n, np.uint64)
        self._primitives = np.zeros(n, np.uint32)
        self._microseconds = np.zeros(n, np.float32) if times else None
        self._agreeing = None if request.expected is None else np.zeros(n, np.int32)
        self._shapes = np.full((n, 2), -1, np.int32) if outputs else None
        self._offsets = np.zeros(n, np.int64) if outputs else None
        self._cells = Cells()
        self.done = 0

    def run_slice(self, machine: ctypes.CDLL, session: int, expected: int | None) -> npt.NDArray[np.uint8]:
        """Runs items for a while, and gives the statuses of those that ended."""
        start = self.done

        def rest(array: npt.NDArray[Any] | None) -> int | None:
            return None if array is None else _address(array[start:])

        batch = _Batch(
            items=len(self._request) - start,
            programs=rest(self._request.programs),
            samples=rest(self._request.samples),
            budget=self._request.budget,
            seconds=_SLICE_SECONDS,
            status=rest(self._status),
            hashes=rest(self._hashes),
            primitives=rest(self._primitives),
            microseconds=rest(self._microseconds),
            expected=expected,
            agreeing=rest(self._agreeing),
            shapes=rest(self._shapes),
            offsets=rest(self._offsets),
            cells_before=len(self._cells),
        )
        if not machine.tp_session_run(session, ctypes.byref(batch)):
            raise MemoryError("no memory for the items' outputs")
        self.done = start + batch.done
        self._take_cells(machine, session, batch)
        return self._status[start : self.done]

    def _take_cells(self, machine: ctypes.CDLL, session: int, batch: _Batch) -> None:
        cells = self._cells.grown_by(batch.cell_count, self.done / len(self._request))
        if not machine.tp_session_copy_outputs(session, ctypes.byref(batch), _address(cells)):
            raise MemoryError("no memory for the items' outputs")

    def results(self, seconds: float) -> ItemResults:
        """All that was found; to be asked for once."""
        outputs = None
        if self._shapes is not None and self._offsets is not None:
            outputs = Outputs(self._cells.all, self._offsets, self._shapes)
        return ItemResults(
            self._status,
            self._hashes,
            self._primitives,
            self._microseconds,
            outputs,
            seconds,
            self._agreeing,
        )
