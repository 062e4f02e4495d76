"""The explorer of `06_explorer`: pick a task, a solver and a sample, and see all about them; the matrix of all.

Widgets where ipywidgets is installed, and always a rendering without them: `explorer(...).static()`. Pictures are made
by Python and shown as images, so that the page needs nothing but ipywidgets.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tokpidjin.progress import progress_bar
from tokpidjin.report.exploration import Exploration, Pick, View
from tokpidjin.report.html import picture_html, view_pages
from tokpidjin.report.matrix import Matrix
from tokpidjin.report.parameters import ExplorerParameters

if TYPE_CHECKING:
    from tokpidjin.report.panel import Panel

__all__ = ["Explorer", "Static", "explorer"]

_NO_WIDGETS = "<p>Widgets need Jupyter and ipywidgets; <code>static()</code> needs neither.</p>"


def explorer(parameters: ExplorerParameters | None = None) -> "Explorer":
    """The explorer of these tasks and solvers, for the last line of a notebook's cell.

    Raises what `Exploration` raises.
    """
    return Explorer(Exploration(parameters or ExplorerParameters()))


@dataclass(frozen=True)
class Static:
    """All about a pick, and the matrix, as a page without widgets; as text where HTML is not shown."""

    view: View
    matrix: Matrix

    def _repr_html_(self) -> str:
        parts = [("Grids", picture_html(self.view.picture)), *view_pages(self.view)]
        parts.append(("Matrix", picture_html(self.matrix.plot())))
        page = "".join(f"<h3>{title}</h3>{html}" for title, html in parts)
        return f'<div style="max-width:940px">{page}</div>'

    def __repr__(self) -> str:
        steps = [f"{step.caption}: {step.value.text}" for step in self.view.trace.steps]
        parts = [
            self.view.finding,
            "\n".join(steps),
            str(self.view.times),
            str(self.view.others),
            self.matrix.finding,
        ]
        return "\n\n".join(parts)


class Explorer:
    """Shows itself as widgets in a notebook; `view` is what there is to see of what is `picked`."""

    def __init__(self, exploration: Exploration) -> None:
        self.exploration = exploration
        self.view = exploration.view(exploration.first)
        self._panel: Panel | None = None

    @property
    def picked(self) -> Pick:
        """The task, the solver and the sample that are looked at."""
        return self.view.pick

    def look(self, task: str, solver: str = "", sample: int = 0) -> None:
        """Picks; without a solver the task's own, else the first. Raises ParameterError for what is not there."""
        self.view = self.exploration.view(self.exploration.pick(task, solver, sample))
        if self._panel is not None:
            self._panel.show(self.view)

    def matrix(self) -> Matrix:
        """What became of every solver on every sample of the parameters; run once."""
        exploration = self.exploration
        total = len(exploration.library) * len(exploration.matrix_samples)
        with progress_bar(total, exploration.parameters.engine, shown=not exploration.has_matrix) as bar:
            return exploration.matrix(progress=bar.add)

    def static(self) -> Static:
        """What is picked now, and the matrix, for wherever widgets do not work or do not last."""
        return Static(self.view, self.matrix())

    @property
    def conclusion(self) -> str:
        """One sentence of what was found, of the pick and of the whole."""
        return f"{self.view.finding}; {self.exploration.matrix().finding}."

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        plain = {"text/plain": self.view.finding, "text/html": _NO_WIDGETS}
        with suppress(ImportError):
            from tokpidjin.report.panel import Panel

            self._panel = self._panel or Panel(self)
            return {**plain, **self._panel.widget._repr_mimebundle_()}
        return plain
