"""The widgets of the explorer: they know nothing of their own, and nothing is drawn in the browser."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets

from tokpidjin.errors import TokpidjinError
from tokpidjin.report.exploration import Pick, View, sample_name
from tokpidjin.report.html import picture_html, view_pages
from tokpidjin.report.matrix import COLOURINGS, Window

if TYPE_CHECKING:
    from tokpidjin.report.explorer import Explorer

__all__ = ["MatrixPanel", "Panel"]

_AROUND = 15
_NAMES = {"description_width": "60px"}


class Panel:
    """What is picked above its grids; below them the parts of its view and the matrix, on tabs.

    `widget` shows it. The parts have the classes `tokpidjin-<part>`, for tests and for styles.
    """

    def __init__(self, explorer: "Explorer") -> None:
        self._explorer = explorer
        self._is_setting = False
        exploration = explorer.exploration
        self.task = _dropdown("Task", [*exploration.tasks], self._change)
        self.solver = _dropdown("Solver", exploration.library.ids, self._change)
        self.sample = _dropdown("Sample", [], self._change)
        self.keep = ipywidgets.Checkbox(description="keep the solver when the task changes", indent=False)
        self._message = _named(ipywidgets.HTML(), "message")
        self._grids = _named(ipywidgets.HTML(), "grids")
        self._pages = [_named(ipywidgets.HTML(), title) for title, _ in view_pages(explorer.view)]
        self.matrix = MatrixPanel(explorer, self)
        self.tabs = ipywidgets.Tab(
            [*self._pages, self.matrix.widget],
            titles=[*(title for title, _ in view_pages(explorer.view)), "Matrix"],
        )
        self.tabs.observe(lambda _: self._open(), "selected_index")
        picks = ipywidgets.HBox([self.task, self.solver, self.sample], layout={"flex_flow": "row wrap"})
        notes = ipywidgets.HBox([self.keep, self._message])
        parts = [picks, notes, self._grids, self.tabs]
        self.widget = _named(ipywidgets.VBox(parts, layout={"max_width": "960px"}), "explorer")
        self.show(explorer.view)

    def show(self, view: View) -> None:
        """Shows another view."""
        self._set_picks(view.pick)
        self._grids.value = picture_html(view.picture)
        for page, (_, html) in zip(self._pages, view_pages(view), strict=True):
            page.value = html
        self._open()

    def _change(self, change: dict[str, Any]) -> None:
        if self._is_setting:
            return
        with self.working(f"running solver {self.solver.value} ..."):
            if change["owner"] is not self.task:
                self._explorer.look(self.task.value, self.solver.value, self.sample.value)
            else:
                self._explorer.look(self.task.value, self.solver.value if self.keep.value else "")

    def _set_picks(self, pick: Pick) -> None:
        self._is_setting = True
        try:
            samples = self._explorer.exploration.samples(pick.task)
            self.sample.options = [(sample_name(sample), number) for number, sample in enumerate(samples)]
            self.task.value, self.solver.value, self.sample.value = pick
        finally:
            self._is_setting = False

    def _open(self) -> None:
        """The matrix is made when somebody looks at it."""
        if self.tabs.selected_index == len(self._pages):
            self.matrix.show()

    @contextmanager
    def working(self, what: str) -> Iterator[None]:
        """Says what is being done, then nothing, or why it could not be done."""
        self.say(what)
        try:
            yield
        except TokpidjinError as error:
            self.say(str(error))
        if self._message.value == escape(what):
            self.say("")

    def say(self, text: str) -> None:
        """Shows a message beside what is picked."""
        self._message.value = escape(text)


class MatrixPanel:
    """The matrix, with what chooses its part and its colours."""

    def __init__(self, explorer: "Explorer", panel: Panel) -> None:
        self._explorer = explorer
        self._panel = panel
        self._is_setting = False
        exploration = explorer.exploration
        self.rows = _range("Solvers", len(exploration.library), self._change)
        self.columns = _range("Samples", len(exploration.matrix_samples), self._change)
        self.colouring = ipywidgets.ToggleButtons(options=COLOURINGS, style={"button_width": "80px"})
        self.colouring.observe(self._change, "value")
        self.around = _button("Around the pick", self._zoom_in)
        self.whole = _button("Whole", self._zoom_out)
        self._picture = _named(ipywidgets.HTML(), "matrix")
        buttons = ipywidgets.HBox([self.colouring, self.around, self.whole])
        self.widget = ipywidgets.VBox([buttons, self.rows, self.columns, self._picture])

    def show(self) -> None:
        """Draws what is chosen; runs every solver on every sample the first time."""
        exploration, pick = self._explorer.exploration, self._explorer.picked
        with self._panel.working("running every solver on every sample ..."):
            matrix = exploration.matrix(scored=self.colouring.value == "score")
            picture = matrix.plot(
                _window(self.rows), _window(self.columns), self.colouring.value, exploration.place(pick)
            )
            self._picture.value = picture_html(picture)

    def _change(self, _: object) -> None:
        if not self._is_setting:
            self.show()

    def _zoom_in(self) -> None:
        place = self._explorer.exploration.place(self._explorer.picked)
        if place is None:
            self._panel.say("the sample is not one of those of the matrix")
        else:
            self._zoom([(at - _AROUND, at + _AROUND + 1) for at in place])

    def _zoom_out(self) -> None:
        self._zoom([None, None])

    def _zoom(self, windows: Sequence[Window | None]) -> None:
        """Sets both ranges to windows, as far as they go; None is all. Then draws, once."""
        self._is_setting = True
        try:
            for slider, window in zip((self.rows, self.columns), windows, strict=True):
                low, high = window or (0, slider.max)
                slider.value = max(1, low + 1), min(high, slider.max)
        finally:
            self._is_setting = False
        self.show()


def _window(slider: Any) -> Window | None:
    """What a range of numbers from 1 on, both ends included, is in places from 0 on; None is all there is."""
    first, last = slider.value
    return None if slider.disabled else (first - 1, last)


def _dropdown(name: str, options: Sequence[Any], change: Callable[[dict[str, Any]], None]) -> Any:
    dropdown = ipywidgets.Dropdown(description=name, options=options, layout={"width": "200px"}, style=_NAMES)
    dropdown.observe(change, "value")
    return _named(dropdown, name)


def _range(name: str, most: int, change: Callable[[dict[str, Any]], None]) -> Any:
    slider = ipywidgets.IntRangeSlider(
        value=(1, most),
        min=1,
        max=max(most, 2),  # a slider of one place is an error in the browser
        disabled=most == 1,
        description=name,
        continuous_update=False,
        layout={"width": "auto"},
        style=_NAMES,
    )
    slider.observe(change, "value")
    return _named(slider, f"{name}-range")


def _button(name: str, press: Callable[[], None]) -> Any:
    button = ipywidgets.Button(description=name)
    button.on_click(lambda _: press())
    return button


def _named(widget: Any, name: str) -> Any:
    widget.add_class(f"tokpidjin-{name.lower().replace(' ', '-')}")
    return widget
