"""Debian's own Firefox by WebDriver BiDi, as far as a walk by the keyboard needs it.

Playwright has a Firefox of its own, which is no package; what it says to another's is not known to
the extended support release.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websocket import WebSocket, create_connection

_LISTENING = re.compile(rb"WebDriver BiDi listening on (ws://\S+)")
# A browser that tells nobody of itself, and shows no page of its own.
_PREFERENCES = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.aboutwelcome.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}
_KEYS = {"Tab": "\ue004", "Shift": "\ue008", "Enter": "\ue006", "Escape": "\ue00c"}


class FirefoxPage:
    """One page, with the few words of Playwright's that the walk uses."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket, self._sent, self._context = socket, 0, ""
        self._say("session.new", capabilities={})

    def goto(self, address: str) -> None:
        # Only a new tab has the focus; without it no button takes a key.
        self._context = self._say("browsingContext.create", type="tab")["context"]
        self._say("browsingContext.navigate", context=self._context, url=address, wait="complete")

    def evaluate(self, script: str) -> Any:
        """Return what a script gives: a text, a number, or whether something is so."""
        told = self._say(
            "script.evaluate",
            expression=script,
            target={"context": self._context},
            awaitPromise=True,
        )
        if told["type"] != "success":
            raise ValueError(told["exceptionDetails"]["text"])
        return told["result"].get("value")

    def press(self, keys: str) -> None:
        """Press a key, or several at once: `Shift+Tab`."""
        values = [_KEYS.get(key, key) for key in keys.split("+")]
        strokes = [{"type": "keyDown", "value": value} for value in values]
        strokes += [{"type": "keyUp", "value": value} for value in reversed(values)]
        self._say(
            "input.performActions",
            context=self._context,
            actions=[{"type": "key", "id": "keyboard", "actions": strokes}],
        )

    def _say(self, method: str, **given: Any) -> dict[str, Any]:
        self._sent += 1
        self._socket.send(json.dumps({"id": self._sent, "method": method, "params": given}))
        while True:
            told = json.loads(self._socket.recv())
            if told.get("id") == self._sent:
                if told["type"] != "success":
                    raise ValueError(f"{method}: {told.get('message')}")
                return dict(told["result"])


@contextmanager
def start_firefox(program: str, profile: Path) -> Iterator[FirefoxPage]:
    """Start a Firefox with a profile of its own, and end it."""
    lines = [f"user_pref({json.dumps(n)}, {json.dumps(v)});\n" for n, v in _PREFERENCES.items()]
    (profile / "user.js").write_text("".join(lines), "utf-8")
    words = ("--headless", "--no-remote", "--remote-debugging-port", "0", "--profile", str(profile))
    with subprocess.Popen([program, *words], stderr=subprocess.PIPE) as process:
        try:
            address = next(
                found[1] for line in process.stderr if (found := _LISTENING.search(line))
            )
            socket = create_connection(
                f"{address.decode()}/session", timeout=60, suppress_origin=True
            )
            yield FirefoxPage(socket)
            socket.close()
        finally:
            process.terminate()
