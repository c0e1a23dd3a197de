"""Serve the explorer on this machine, with no network: Solara's front end comes with `solara-assets`."""

import os
import threading
import warnings
import webbrowser
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import click

from sim.optional import needed
from sim.scenario.load import load
from sim.scenario.problems import Place, Problem, UserError

App = Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]
ASSETS = "/_solara/cdn/"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def serve(file: str, runs: int, seed: int, host: str, port: int, browser: bool) -> None:
    """Serve until stopped.

    Raises UserError for a scenario that is not sound, a port that is taken, or without Solara.
    """
    load(file)  # what is wrong with a scenario is said before anything is served
    os.environ |= {
        "ESCALATE_EXPLORE_FILE": file,
        "ESCALATE_EXPLORE_RUNS": str(runs),
        "ESCALATE_EXPLORE_SEED": str(seed),
        "SOLARA_APP": "sim.explorer.app",
        "SOLARA_MODE": "production",
        "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",  # nothing leaves the machine
        "SOLARA_ASSETS_FONTAWESOME_ENABLED": "False",
        "SOLARA_THEME_SHOW_BANNER": "False",
        "SOLARA_THEME_VARIANT": "light",
    }
    needed("solara", "explore", "the explorer")
    needed("solara_assets", "explore", "the explorer without a network")
    # Solara would rather have its cookie readable in a frame of another site: on this machine alone none is wanted.
    warnings.filterwarnings("ignore", message="Cookies with samesite=none")
    import uvicorn
    from solara.server import settings, starlette

    folders = [Path(settings.assets.proxy_cache_dir), *map(Path, settings.assets.extra_locations)]
    names = {f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")} if host in LOOPBACK else None
    config = uvicorn.Config(guarded(starlette.app, folders, names), host=host, port=port, log_level="error")
    server = uvicorn.Server(config)
    address = f"http://{host}:{port}/"
    click.echo(f"The explorer is at {address} (Ctrl-C stops it)", err=True)
    if browser:
        threading.Timer(1.5, webbrowser.open, [address]).start()
    try:
        server.run()
    except SystemExit:
        text = f"cannot listen on {host}:{port}: it is taken, or not of this machine"
        raise UserError([Problem(Place("--port", 0), "", text, "another --port")]) from None


def guarded(app: App, folders: list[Path], names: set[str] | None) -> App:
    """The app behind a door: other sites' pages are refused, and so is what the front end does not hold.

    Solara would fetch a file that it lacks from the network. names: what this server may be called; any, if none are given.
    """

    async def guard(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        status = refused(scope, folders, names) if scope["type"] in ("http", "websocket") else 0
        if not status:
            await app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"refused"})

    return guard


def refused(scope: MutableMapping[str, Any], folders: list[Path], names: set[str] | None) -> int:
    """The status with which a request is refused; 0 if it is not."""
    headers = {key.decode().lower(): value.decode() for key, value in scope["headers"]}
    if names is not None and headers.get("host", "") not in names:
        return 403
    navigates = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    if headers.get("sec-fetch-site") == "cross-site" and not navigates:  # a link from elsewhere may be followed
        return 403
    path = str(scope["path"])
    if path.startswith(ASSETS):
        wanted = path.removeprefix(ASSETS).lstrip("/")
        held = [folder / wanted for folder in folders]
        if ".." in Path(wanted).parts or not any(one.is_file() or (one / "__main.js").is_file() for one in held):
            return 404
    return 0
