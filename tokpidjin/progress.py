"""The progress bar of all long work."""

import sys
import warnings
from typing import Any

# Where nobody watches, a bar is a log: a line now and then is enough.
_LOG_SECONDS = 10.0
_SCREEN_SECONDS = 0.1


def progress_bar(total: int, description: str, unit: str = " items", shown: bool = True) -> Any:
    """A tqdm bar for a terminal, a notebook or a log, as a context manager; `shown=False` shows none."""
    with warnings.catch_warnings():
        # tqdm warns in a notebook that lacks ipywidgets, where its plain bar does as well.
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm
    return tqdm(
        total=total,
        desc=description,
        unit=unit,
        unit_scale=True,
        disable=not shown,
        mininterval=_SCREEN_SECONDS if _is_watched() else _LOG_SECONDS,
        dynamic_ncols=True,
    )


def _is_watched() -> bool:
    return sys.stderr.isatty() or "ipykernel" in sys.modules
