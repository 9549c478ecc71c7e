"""A real JupyterLab, started as `make lab` starts it, and one page of it in a real browser."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import APIResponse, Browser, Locator, Response, expect

from conftest import ROOT

TOKEN = "a-token-of-the-test"  # noqa: S105  of a server that lives for these tests
SECONDS = 120
EXPORT = "Save and Export Notebook As"
INDICATOR = ".jp-Notebook-ExecutionIndicator"
ACTIVE = ".jp-NotebookPanel:not(.lm-mod-hidden)"
# An error's text is drawn as the first: JupyterLab has no renderer of `error` itself.
_RED = ("application/vnd.jupyter.stderr", "application/vnd.jupyter.error")
RED = ", ".join(f"{ACTIVE} [data-mime-type='{kind}']" for kind in _RED)
"""Where the open notebook shows what a cell failed with, or wrote as an error."""
HTML, PDF = "報告書（HTML）", "報告書（PDF）"
PANEL = ".analysis-panel"
OWN_FOLDERS = (
    "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR",
    "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR",
)  # fmt: skip
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/")


@contextmanager
def start_lab(project: Path, own: Path) -> Iterator[str]:
    """Run `make lab`'s command in a project; its settings and traces go to a folder of its own.

    Yields the address. The server takes a free port of this machine and opens no browser.
    """
    recipe = re.search(r"^lab:.*\n\t@\$\(BIN\)/(.+)$", (ROOT / "Makefile").read_text("utf-8"), re.M)
    program, *arguments = recipe[1].split()
    environment = os.environ | {name: str(own / name) for name in OWN_FOLDERS}
    settings = ["--no-browser", "--ip=127.0.0.1", "--port=0", "--allow-root"]
    log = own / "log"
    with log.open("wb") as file:
        server = subprocess.Popen(
            [
                Path(sys.executable).with_name(program),
                *arguments,
                *settings,
                f"--IdentityProvider.token={TOKEN}",
            ],
            cwd=project,
            env=environment,
            stdout=file,
            stderr=file,
        )
    try:
        yield _wait_for_address(server, log)
    finally:
        server.terminate()
        server.wait(SECONDS)


def _wait_for_address(server: "subprocess.Popen[bytes]", log: Path) -> str:
    for _ in range(SECONDS * 10):
        told = log.read_text("utf-8", "replace")
        if (found := ADDRESS.search(told)) is not None:
            return found[0]
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text('utf-8', 'replace')}")


class Lab:
    """One page of JupyterLab, used as an analyst uses it: by its menus and its list of files."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.errors: list[str] = []
        self.address = address
        self._has_formats = False
        self.context = browser.new_context(accept_downloads=True)
        self.context.set_default_timeout(SECONDS * 1000)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("response", self._note_formats)
        self.page.goto(f"{address}lab?token={TOKEN}")
        self.page.wait_for_selector(".jp-DirListing-item")

    def _note_formats(self, response: Response) -> None:
        """Note that the menu has its exporters: JupyterLab asks for them at the first notebook."""
        self._has_formats |= "/api/nbconvert" in response.url

    def list_files(self) -> list[str]:
        """Return the names in the file browser."""
        return self.page.locator(".jp-DirListing-itemText").all_inner_texts()

    def enter(self, name: str) -> None:
        """Open a file or a folder by a double click in the file browser."""
        self.page.locator(".jp-DirListing-item", has_text=name).dblclick()

    def open_folder(self, name: str) -> None:
        """Show a folder of the project in the file browser, whatever it shows now."""
        self.page.click(".jp-BreadCrumbs-home")
        self.enter(name)
        self.page.locator(".jp-BreadCrumbs-item", has_text=name).wait_for()

    def choose(self, menu: str, *items: str) -> None:
        """Choose from a menu and its submenus, each by its whole title."""
        self.page.click(f".lm-MenuBar-itemLabel:text-is('{menu}')")
        for item in items:
            self.page.click(f".lm-Menu-itemLabel:text-is('{item}')")

    def open_notebook(self, name: str) -> None:
        """Open a notebook of the folder shown, and wait for its kernel."""
        self.enter(name)
        self.page.wait_for_selector(f".jp-mod-current .lm-TabBar-tabLabel:text-is('{name}')")
        self.page.wait_for_selector(f"{ACTIVE} .jp-KernelName:has-text('Python 3')")
        for _ in range(SECONDS * 10):
            # Once more after the answer, which fills the menu: one that is open stays as it was.
            is_answered = self._has_formats
            self.page.wait_for_timeout(100)
            if is_answered:
                break

    def write_cell(self, place: int, text: str) -> None:
        """Put a text in place of that of one of the open notebook's cells, counted from 0."""
        self.page.locator(f"{ACTIVE} .jp-Cell").nth(place).locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def pick(self, title: str, value: str) -> None:
        """Pick a value of a parameter from what is offered below the open notebook's cell."""
        self.find_choice(title).select_option(value)

    def find_choice(self, title: str) -> Locator:
        """Return what is offered for a parameter below the open notebook's cell."""
        labels = self.page.locator(f"{ACTIVE} .analysis-choices label", has_text=title)
        return labels.locator("select")

    def follow(self, number: Locator) -> Locator:
        """Open the panel of a number, and return it once it has the rows."""
        number.click()
        panel = self.page.frame_locator(f"{ACTIVE} {PANEL} iframe").locator("#panel")
        panel.locator("tbody tr").first.wait_for()
        return panel

    def run_all(self) -> None:
        """Run all cells of the open notebook, and wait for the last."""
        self.choose("Run", "Run All Cells")
        prompts = self.page.locator(f"{ACTIVE} .jp-CodeCell .jp-InputPrompt")
        for prompt in prompts.all():
            expect(prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=SECONDS * 1000)
        # A cell far down the page may not be drawn yet, and have no prompt.
        self.page.wait_for_selector(f"{ACTIVE} {INDICATOR}[data-status='idle']")

    def export(self, title: str, folder: Path) -> bytes:
        """Save what *Save and Export Notebook As* gives under a title, and return it."""
        with self.page.expect_download() as started:
            self.choose("File", EXPORT, title)
        path = folder / started.value.suggested_filename
        started.value.save_as(path)
        return path.read_bytes()

    def ask(self, path: str) -> APIResponse:
        """Return what the server answers."""
        owner = {"Authorization": f"token {TOKEN}"}
        return self.context.request.get(f"{self.address}{path}", headers=owner)

    def list_exports(self) -> list[str]:
        """Return the titles under *Save and Export Notebook As*."""
        self.choose("File", EXPORT)
        titles = self.page.locator(".lm-Menu").last.locator(".lm-Menu-itemLabel").all_inner_texts()
        for _ in range(2):
            self.page.keyboard.press("Escape")
        return titles
