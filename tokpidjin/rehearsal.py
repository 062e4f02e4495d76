"""Loading a file that nobody vouches for in a process of its own first, with limits of time and memory.

Names, calls, lambdas and tuples cannot take much before the tracer stops them. Operators and builtins can,
in one step: `(0,) * 10**10`. A file that has them, or that computes while it is loaded, is therefore tried
out. It has no way to tell the trial from the real thing.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from os.path import dirname

from tokpidjin.errors import SolverError

SECONDS = 20
MEMORY = 2 << 30
_REMEDY = "Simplify it, or load the file with trusted=True if you trust it."
_TOO_MUCH = 3


def rehearse(path: str, text: str, prefix: str, stage: str) -> None:
    """Load a file's text elsewhere and, with `stage` "compile", trace its solvers.

    Raises SolverError where that takes more than `SECONDS` of processor time or `MEMORY` bytes.
    """
    root = dirname(dirname(__file__))
    call = f"import sys; sys.path.insert(0, {root!r}); from tokpidjin.rehearsal import main; main()"
    command = [sys.executable, "-c", call, path, prefix, stage, str(SECONDS), str(MEMORY)]
    try:
        ended = subprocess.run(command, input=text.encode(), capture_output=True, timeout=5 * SECONDS)
    except subprocess.TimeoutExpired:
        code = -1
    else:
        code = ended.returncode
    if code:
        doing = "running it" if stage == "load" else "tracing its solvers"
        cause = f"{doing} takes more than {SECONDS} seconds or {MEMORY >> 30} GiB, or crashes Python"
        raise SolverError(path, cause=cause, remedy=_REMEDY, file=path)


def main() -> None:
    """The process: exits with 0 where loading ended within the limits, well or with an error."""
    from tokpidjin.library import load_rehearsed

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    path, prefix, stage, seconds, memory = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    text = sys.stdin.buffer.read().decode()
    try:
        library = load_rehearsed(path, text, prefix)
        reasons = list(library.unsupported.values()) if stage == "compile" else []
    except SolverError as error:
        reasons = [error.cause]
    except MemoryError:
        reasons = ["MemoryError"]
    sys.exit(_TOO_MUCH if any("MemoryError" in reason for reason in reasons) else 0)
