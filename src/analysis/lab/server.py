"""What JupyterLab asks of this program while it runs: a cell's look, a panel, what may be chosen.

JupyterLab's server loads this module by its name, as one of its extensions.
"""

import asyncio
import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from anyio.to_thread import run_sync
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web

from analysis.cycle import find_root
from analysis.cycle_toml import Target
from analysis.errors import AnalysisError
from analysis.figures.findings import LATEST
from analysis.lab.choices import list_choices
from analysis.lab.harmless import trust_harmless
from analysis.lab.panel import write_panel, write_refusal, write_style

SERVICE = "analysis-lab"


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(app: Any) -> None:
    """Add to a server what is asked under SERVICE, and let it trust what does nothing."""
    settings = {"root": find_root(Path(app.root_dir)), "lock": asyncio.Lock()}
    base = url_path_join(app.web_app.settings["base_url"], SERVICE)
    app.web_app.add_handlers(
        ".*$",
        [
            (url_path_join(base, "notebook.css"), _StyleHandler),
            (url_path_join(base, "figure"), _FigureHandler, settings),
            (url_path_join(base, "choices"), _ChoicesHandler, {"root": settings["root"]}),
        ],
    )
    trust_harmless(app.contents_manager)


class _StyleHandler(JupyterHandler):
    """Gives the look of what cells show."""

    auth_resource = SERVICE

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Write the style."""
        self.set_header("Content-Type", "text/css; charset=utf-8")
        self.finish(write_style())


class _ChoicesHandler(JupyterHandler):
    """Gives what the parameters of a notebook take."""

    auth_resource = SERVICE

    def initialize(self, root: Path) -> None:
        """Take the survey's folder."""
        self.root = root

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Write the choices of each parameter as JSON; of departments, those of a cycle."""
        found = await run_sync(list_choices, self.root, self.get_query_argument("cycle", LATEST))
        self.finish({name: own._asdict() for name, own in found.items()})


class _FigureHandler(JupyterHandler):
    """Gives a page with the panel of one figure."""

    auth_resource = SERVICE

    def initialize(self, root: Path, lock: asyncio.Lock) -> None:
        """Take what all requests share."""
        self.root, self.lock = root, lock

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Write the page of the figure that is asked for; in words, why there is none."""
        figure_id, printed = self.get_query_argument("id"), self.get_query_argument("printed", "")
        aimed = _read_aimed(*map(self.get_query_argument, ("percent", "by"), ("", "")))
        try:
            # One at a time: what is loaded for one is there for the next.
            async with self.lock:
                page = await run_sync(write_panel, self.root, figure_id, printed, aimed)
        except AnalysisError as error:
            self.set_status(HTTPStatus.NOT_FOUND)
            page = write_refusal(str(error))
        self.finish(page)


def _read_aimed(percent: str, by: str) -> Target | None:
    """Return the target that a cell's page was aimed at; raise HTTPError for what is none."""
    try:
        day = datetime.date.fromisoformat(by) if by else None
        return None if day is None else Target(rate_percent=int(percent), by=day)
    except ValueError:
        raise web.HTTPError(HTTPStatus.BAD_REQUEST) from None
