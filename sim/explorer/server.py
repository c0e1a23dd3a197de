"""Serve the explorer on this machine, with no network: Solara's front end comes with `solara-assets`."""

import contextlib
import errno
import ipaddress
import os
import socket
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path

import click

from sim.explorer.access import TOKEN, Access, Gate, is_oversize
from sim.optional import needed
from sim.scenario.load import load
from sim.scenario.problems import Place, Problem, UserError

PAGE = "sim.explorer.page"
LARGEST_MESSAGE = 1024 * 1024  # bytes from the page at once; it sends what its levers do
SOLARA = {
    "SOLARA_MODE": "production",
    "SOLARA_ASSETS_PROXY": "True",  # in a terminal of VS Code, Solara would rather send the page to a network
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "False",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",  # nothing leaves the machine
    "SOLARA_KERNEL_CULL_TIMEOUT": "5m",  # of a page that was lost without a word; Solara keeps it for a day
    "SOLARA_ROOT_PATH": "",
    "SOLARA_THEME_SHOW_BANNER": "False",
    "SOLARA_THEME_VARIANT": "light",  # for Solara's own template; the page then follows the system, as `site` has it
    "WEBSOCKETS_MAX_LINE_LENGTH": str(64 * 1024),  # more than the gate lets through, so that the gate answers
}


def serve(
    file: str,
    runs: int,
    seed: int,
    host: str,
    port: int,
    browser: bool,
    prepare: Callable[[], object] = lambda: None,
) -> None:
    """Serve the explorer of a scenario until it is stopped.

    Parameters: file, a scenario file or the name of one that ships; runs of each ensemble and seed of their luck;
    host and port to listen on; browser, whether to open the page; prepare,
    called before anything is played.
    Raises UserError for a scenario that is not sound, a host or port that cannot be listened on, or without Solara.
    """
    load(file)  # what is wrong with a scenario is said before anything is served
    set_up_solara()
    sockets = listening_sockets(host, port)
    access = Access(port, host_names(host, sockets))
    prepare()
    click.echo(f"Playing the first {runs:,} runs …", err=True)
    app = explorer_app(file, runs, seed, access)
    for name in address_names(host, sockets):
        click.echo(f"The explorer is at http://{name}:{port}/?{TOKEN}={access.token} (Ctrl-C stops it)", err=True)
    if not all(_address(listener).is_loopback for listener in sockets):
        text = "Whoever learns this address can open the page from the network, and nothing is encrypted on its way."
        click.echo(text, err=True)
    if browser:
        name = address_names(host, sockets)[0]
        address = f"http://{name}:{port}/?{TOKEN}={access.single_use_token()}"
        threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()
    run_server(app, sockets)


def set_up_solara() -> None:
    """Set Solara's options for this process, and import it.

    It reads them from the environment.

    A user's own options are for apps of his own. Raises UserError if it is not installed.
    """
    for name in [name for name in os.environ if name.startswith("SOLARA_") and name != "SOLARA_HOME"]:
        del os.environ[name]
    os.environ |= SOLARA
    needed("solara", "explore", "the explorer")
    needed("solara_assets", "explore", "the explorer without a network")


def explorer_app(file: str, runs: int, seed: int, access: Access) -> Gate:
    """Play the first ensemble, and compose the app that shows it to whom `access` admits.

    Solara must be set up.
    """
    from solara.server import app as solara_app

    from sim.explorer import page
    from sim.explorer.gallery import Gallery
    from sim.explorer.site import site

    page.SERVED[:] = [Gallery(file, runs, seed)]
    # Solara would take a folder of this name in the working folder for the app.
    with contextlib.chdir(Path(__file__).parent):
        solara_app.apps["__default__"] = solara_app.AppScript(PAGE)
    return Gate(site(), access)


def run_server(app: Gate, sockets: list[socket.socket]) -> None:
    """Serve an app on sockets until SIGINT or SIGTERM."""
    import uvicorn
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Protocol(H11Protocol):
        """HTTP in which an oversize upgrade is answered as any other request: the library of WebSockets never would."""

        def _should_upgrade(self) -> bool:
            return not is_oversize(dict(self.scope)) and super()._should_upgrade()

    config = uvicorn.Config(
        app,
        loop="asyncio",
        http=Protocol,
        ws_max_size=LARGEST_MESSAGE,
        log_level="error",
        proxy_headers=False,  # nobody stands in between
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    uvicorn.Server(config).run(sockets=sockets)


def listening_sockets(host: str, port: int) -> list[socket.socket]:
    """Listen on every address that a host has.

    On one of two, another user could listen on the other.

    Raises UserError if the host is not known, or one of its addresses cannot be listened on.
    """
    if not host:
        raise UserError([Problem(Place("--host", 0), "", "found no host", "a name or address of this machine")])
    try:
        places = dict.fromkeys(
            (family, address) for family, *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
    except (OSError, UnicodeError):
        text = f"found '{host}', which is not known"
        raise UserError([Problem(Place("--host", 0), "", text, "a name or address of this machine")]) from None
    sockets: list[socket.socket] = []
    for number, (family, address) in enumerate(places, 1):
        try:
            sockets.append(socket.create_server(address, family=family))
        except OSError as error:
            is_missing = error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
            if is_missing and (sockets or number < len(places)):  # a machine without IPv6 knows `localhost` in it
                continue
            for opened in sockets:
                opened.close()
            text = f"cannot listen on {host}, port {port}: {os.strerror(error.errno or 0)}"
            raise UserError([Problem(Place("--port", 0), "", text, "another --port or --host")]) from None
    return sockets


def host_names(host: str, sockets: list[socket.socket]) -> frozenset[str]:
    """List the names by which a browser may ask for this server, without port.

    They are those that no stranger can own.
    """
    names = {host.lower(), "localhost", *(str(_address(listener)) for listener in sockets)}
    if any(_address(listener).is_loopback for listener in sockets):
        names |= {"127.0.0.1", "::1"}
    if any(_address(listener).is_unspecified for listener in sockets):
        names.add(socket.gethostname().lower())
    return frozenset(f"[{name}]" if ":" in name else name for name in names)


def address_names(host: str, sockets: list[socket.socket]) -> list[str]:
    """List the names to show in addresses.

    They are the host that was asked for, or this machine's own where that is every address.

    No `localhost` stands for the machine: it may have an address more, at which another user may listen for the token.
    """
    if any(_address(listener).is_unspecified for listener in sockets):
        return ["[::1]" if sockets[0].family == socket.AF_INET6 else "127.0.0.1", socket.gethostname()]
    return [f"[{host}]" if ":" in host else host]


def _address(listener: socket.socket) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(listener.getsockname()[0].partition("%")[0])
