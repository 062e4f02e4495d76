"""`06_explorer` in JupyterLab in a real browser: what is picked is what is seen. Screenshots go to out/screenshots."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import papermill
import pytest

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "out" / "screenshots"
SECONDS = 120  # far more than it takes, for a machine that is busy
LACK = [tool for tool in ("chromium", "chromedriver") if not shutil.which(tool)] + [
    package for package in ("jupyterlab", "selenium") if not find_spec(package)
]

pytestmark = [
    pytest.mark.notebook,
    pytest.mark.slow,
    pytest.mark.skipif(bool(LACK), reason=f"not installed: {', '.join(LACK)}"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

QUIET = "JUPYTER_CONFIG_DIR/lab/user-settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
TOKEN = secrets.token_hex()
CHROMIUM = """
--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --disable-dev-shm-usage --window-size=1280,1700
"""


@pytest.fixture
def lab(tmp_path):
    """The address of a JupyterLab, on this machine alone, whose folder holds the notebook."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    notebook = ROOT / "notebooks" / "06_explorer.ipynb"
    parameters = {"samples": 40, "workers": 1}
    papermill.execute_notebook(
        notebook, folder / notebook.name, parameters, prepare_only=True, progress_bar=False
    )
    port = _free_port()
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": folder,
        "ServerApp.allow_root": True,
        "IdentityProvider.token": TOKEN,
        "LabApp.open_browser": False,
        "LabApp.expose_app_in_browser": True,
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.extension_manager": "readonly",
    }
    command = [sys.executable, "-m", "jupyterlab", *(f"--{name}={value}" for name, value in options.items())]
    (tmp_path / QUIET).parent.mkdir(parents=True)
    (tmp_path / QUIET).write_text('{"fetchNews": "false"}')
    places = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    environment = {**os.environ, **{name: str(tmp_path / name) for name in places}}
    log_file = tmp_path / "lab.log"
    with log_file.open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _await_server(server, port, log_file)
            yield f"http://127.0.0.1:{port}/lab/tree/{notebook.name}?reset&token={TOKEN}"
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()  # its kernel notices that, and ends
                server.wait()


@pytest.fixture
def browser(tmp_path):
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService

    options = ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for option in (*CHROMIUM.split(), f"--user-data-dir={tmp_path / 'chromium'}"):
        options.add_argument(option)
    driver = Chrome(options, ChromeService(shutil.which("chromedriver")))
    driver.set_script_timeout(SECONDS)
    try:
        yield driver
    finally:
        driver.quit()


TAB = ".tokpidjin-explorer .lm-TabBar-tab"

READY = """
const panel = window.jupyterapp?.shell?.currentWidget;
return panel?.sessionContext?.session?.kernel?.connectionStatus === "connected" && panel.content.widgets.length > 3;
"""
RUN_ALL = """
const done = arguments[arguments.length - 1];
window.jupyterapp.commands.execute("notebook:run-all-cells").then(() => done(true), error => done(String(error)));
"""
IMAGES = """
const images = [...document.querySelectorAll(arguments[0] + " img")];
return images.filter(image => image.naturalWidth > 0).map(image => image.src);
"""


class Page:
    """What a person does and sees, through the browser; waits for what is to come, never for a time."""

    def __init__(self, driver):
        self.driver = driver

    def wait(self, condition):
        from selenium.common.exceptions import StaleElementReferenceException
        from selenium.webdriver.support.ui import WebDriverWait

        waiting = WebDriverWait(self.driver, SECONDS, 0.1, [StaleElementReferenceException, IndexError])
        return waiting.until(lambda _: condition())

    def open(self, address):
        """Opens a notebook of JupyterLab and runs all its cells; returns when the explorer is there."""
        self.driver.get(address)
        self.wait(lambda: self.driver.execute_script(READY))
        ran = self.driver.execute_async_script(RUN_ALL)
        assert ran is True, ran
        self.wait(lambda: self.images("grids"))

    def find(self, css):
        return self.driver.find_elements("css selector", css)

    def images(self, part):
        """The addresses of the pictures in a part that are there as pictures."""
        return self.driver.execute_script(IMAGES, f".tokpidjin-{part}")

    def described(self, part):
        return self.find(f".tokpidjin-{part} img")[0].get_attribute("alt")

    def text(self, part):
        return self.find(f".tokpidjin-{part}")[0].text

    def pick(self, part, option):
        from selenium.webdriver.support.ui import Select

        Select(self.find(f".tokpidjin-{part} select")[0]).select_by_visible_text(option)
        self.wait(lambda: self.picked(part) == option)

    def picked(self, part):
        from selenium.webdriver.support.ui import Select

        return Select(self.find(f".tokpidjin-{part} select")[0]).first_selected_option.text

    def move_lower_end(self, part):
        """Moves the lower end of a range up, as one does with the keyboard."""
        from selenium.webdriver import Keys

        self.find(f".tokpidjin-{part} .noUi-handle-lower")[0].send_keys(Keys.PAGE_UP)

    def press(self, css, text):
        button = next(button for button in self.find(css) if button.text == text)
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()

    def shoot(self, name):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.driver.execute_script(
            "document.querySelector('.tokpidjin-explorer').scrollIntoView({block: 'start'})"
        )
        assert self.driver.save_screenshot(SCREENSHOTS / f"{name}.png")


def test_what_is_picked_is_what_is_seen(lab, browser):
    page = Page(browser)
    page.open(lab)
    assert page.picked("task") == page.picked("solver") == "007bbfb7"
    assert "007bbfb7 demo[0]: right" in page.described("grids")
    page.shoot("1-opened")

    first = page.images("grids")
    page.pick("task", "00d62c1b")
    page.wait(lambda: "solver 00d62c1b on 00d62c1b demo[0]: right" in page.described("grids"))
    page.wait(lambda: page.images("grids") not in ([], first))
    assert page.picked("solver") == "00d62c1b"
    assert "closed = sfilter(areas, lambda area: flip(bordering(area, I)))" in page.text("steps")
    assert len(page.images("steps")) >= 5
    page.shoot("2-task-picked")

    second, steps = page.images("grids"), page.images("steps")
    page.pick("solver", "4347f46a")
    page.wait(
        lambda: "solver 4347f46a on 00d62c1b demo[0]: wrong in 2 of 36 cells" in page.described("grids")
    )
    page.wait(lambda: page.images("grids") not in ([], first, second))
    assert page.images("steps") != steps
    page.shoot("3-wrong-solver")

    third = page.images("grids")
    page.pick("sample", "test[0]")
    page.wait(lambda: "on 00d62c1b test[0]: wrong" in page.described("grids"))
    page.wait(lambda: page.images("grids") not in ([], third))

    for name, said in {
        "Source": "def solve_4347f46a(I):",
        "Times": "native",
        "Solvers": "00d62c1b yes",
    }.items():
        page.press(TAB, name)
        page.wait(lambda name=name, said=said: said in page.text(name.lower()))
    page.shoot("4-solvers")

    page.press(TAB, "Matrix")
    page.wait(lambda: page.images("matrix"))
    page.shoot("5-matrix")
    whole = page.images("matrix")
    assert "400 solvers on 40 samples: " in page.described("matrix")
    page.press(".tokpidjin-explorer button", "score")
    page.wait(lambda: "mean score" in page.described("matrix"))
    scored = page.images("matrix")
    page.move_lower_end("solvers-range")
    page.wait(lambda: not page.described("matrix").startswith("400 solvers"))
    page.wait(lambda: page.images("matrix") not in ([], whole, scored))
    page.shoot("6-matrix-zoomed")


def _free_port():
    with socket.socket() as some:
        some.bind(("127.0.0.1", 0))
        return some.getsockname()[1]


def _await_server(server, port, log):
    """Returns when the server answers."""
    until = time.monotonic() + SECONDS
    while server.poll() is None and time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    pytest.fail(f"JupyterLab does not answer:\n{log.read_text()}")
