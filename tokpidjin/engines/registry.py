"""Which engines there are, which of them this machine can use, and choosing one."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from tokpidjin.errors import EngineError, ParameterError, did_you_mean

if TYPE_CHECKING:
    from tokpidjin.library import Library

__all__ = ["AUTO", "BACKENDS", "Backend", "check_engine", "choose_engine", "usable_engines"]

AUTO = "auto"


@dataclass(frozen=True)
class Backend:
    """One engine: `why_unusable()` is None where this machine can run it, else what is missing.

    `make(library)` builds the engine for a library. A `compiled` engine runs the library's bytecode within a
    budget, the others run its Python functions within a timeout.
    """

    name: str
    compiled: bool
    why_unusable: Callable[[], str | None]
    make: Callable[["Library"], Any]


def _module_lack(module: str) -> str | None:
    """What the module of an engine says is missing on this machine."""
    if find_spec(module) is None:
        return f"this version of the package has no {module}"
    why_unusable = getattr(import_module(module), "why_unusable", None)
    return why_unusable() if why_unusable else None


def _make_python(library: "Library") -> Any:
    from tokpidjin.engines.python import PythonEngine

    return PythonEngine([solver.function for solver in library])


def _compiled(name: str, module: str, engine: str) -> Backend:
    return Backend(
        name,
        compiled=True,
        why_unusable=lambda: _module_lack(module),
        make=lambda library: getattr(import_module(module), engine)(library.bytecode),
    )


BACKENDS = {
    backend.name: backend
    for backend in (
        Backend("python", compiled=False, why_unusable=lambda: None, make=_make_python),
        _compiled("native", "tokpidjin.engines.native", "NativeEngine"),
        _compiled("cuda", "tokpidjin.engines.cuda", "CudaEngine"),
    )
}


def usable_engines() -> list[str]:
    """The names of the engines that this machine can run."""
    return [name for name, backend in BACKENDS.items() if backend.why_unusable() is None]


def check_engine(name: object) -> None:
    """Raises ParameterError, with the near matches, for what is no engine's name and not "auto" either."""
    names = [AUTO, *BACKENDS]
    if name not in names:
        raise ParameterError(
            f"engine {name!r}",
            cause="there is no engine of this name",
            remedy=did_you_mean(name, names),
            parameter="engine",
        )


def choose_engine(name: str) -> Backend:
    """The engine of that name; "auto" is "cuda" where it can be used and "native" where not.

    Raises ParameterError for an unknown name, EngineError for an engine that this machine cannot run.
    """
    check_engine(name)
    if name == AUTO:
        name = "cuda" if BACKENDS["cuda"].why_unusable() is None else "native"
    lack = BACKENDS[name].why_unusable()
    if lack is not None:
        raise EngineError(
            f"engine {name!r} cannot run here",
            cause=lack,
            remedy=f"Use {' or '.join(map(repr, usable_engines()))}, or supply what is missing.",
            engine=name,
        )
    return BACKENDS[name]
