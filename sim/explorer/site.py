"""What the explorer serves: the page, the files that it is made of, and the channel to its session. Nothing else.

Solara's own server would also answer for its health, show its resources, fetch missing files from a network and delete
folders of its cache; none of it is reachable here.
"""

import base64
import hashlib
import re
from pathlib import Path

from solara.server import app as solara_app
from solara.server import kernel_context, settings, starlette
from solara.server import server as solara_server
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from sim.scenario.problems import Place, Problem, UserError

CDN = "/_solara/cdn/"  # Solara's front end, which `solara-assets` brings
EXTENSIONS = ("jupyter-vue", "jupyter-vuetify")  # what the page's widgets are made of
# The kinds of files that are served. Their types are stated here: a system's own table may call a script plain text.
MEDIA_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
THEME = '"variant": "{}"'  # in the page's script
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)


def site() -> Starlette:
    """Compose the app; Solara's default app must be set.

    Raises UserError if the files of Solara's front end are not installed.
    """
    html = page_html()
    policy = content_security_policy(html)
    files = page_files(html)

    async def page(request: Request) -> Response:
        """Answer with the page and its policy of content."""
        source = f" ws://{request.headers['host']}"  # not every browser takes 'self' for it
        headers = {"content-security-policy": policy.replace("connect-src 'self'", f"connect-src 'self'{source}")}
        return HTMLResponse(html, headers={**headers, "cache-control": "no-store"})

    async def file(request: Request) -> Response:
        """Answer with one of the page's files; 404 for any other path."""
        path = files.get(request.url.path)
        if path is None:
            raise HTTPException(404)
        caching = (
            "private, max-age=86400" if request.url.path.startswith(CDN) else "no-cache"
        )  # the first have versions
        return FileResponse(path, media_type=MEDIA_TYPES[path.suffix], headers={"cache-control": caching})

    routes = [
        Route("/", page, methods=["GET"]),
        Route("/jupyter/api/kernels/{kernel_id}", show_session, methods=["GET"]),
        Route("/_solara/api/close/{kernel_id}", close_session, methods=["POST"]),
        WebSocketRoute("/jupyter/api/kernels/{kernel_id}/channels", open_channel),
        Route("/{path:path}", file, methods=["GET"]),
    ]
    return Starlette(routes=routes, lifespan=starlette.lifespan)


def page_html() -> str:
    """Render the page, with only the extensions that it needs.

    Its theme is the system's until a reader chooses: Solara's template can do so, but not be asked for it.
    """
    extensions = [f"{name}/extension" for name in EXTENSIONS]
    solara_server.get_nbextensions = lambda: (extensions, {})  # type: ignore[assignment]
    solara_app.ensure_apps_initialized()
    html = solara_server.read_root("/")
    assert html is not None  # there is no page only for an address that the app has not
    assert html.count(THEME.format("light")) == 1
    return html.replace("\r\n", "\n").replace(THEME.format("light"), THEME.format("auto"))


def content_security_policy(html: str) -> str:
    """Write the tightest policy under which the page works.

    No other server, no inline script but its own.

    Vue compiles its templates in the browser, which takes 'unsafe-eval'; Vuetify writes styles into the page.
    """
    scripts = [hashlib.sha256(script.encode()).digest() for script in INLINE_SCRIPT.findall(html)]
    hashes = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in scripts)
    return (
        f"default-src 'none'; script-src 'self' 'unsafe-eval' {hashes}; style-src 'self' 'unsafe-inline'; "
        "font-src 'self' data:; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def page_files(html: str) -> dict[str, Path]:
    """List the files that the page may ask for, by their paths in an address.

    No other path reaches the disk.

    Raises UserError if the files of Solara's front end are not installed.
    """
    static = solara_server.solara_static
    folders = {"/static/assets/": static.parent / "assets", "/static/": static}
    cache = Path(settings.assets.proxy_cache_dir)
    for package in sorted(set(re.findall(rf"{CDN}((?:@[\w.-]+/)?[\w.-]+@[\w.-]+)/", html))):
        folders[f"{CDN}{package}/"] = cache / package
    installed = Path(settings.prefix) / "share" / "jupyter" / "nbextensions"  # before those of the user's notebooks
    for name in EXTENSIONS:
        places = [place / name for place in (installed, *solara_server.nbextensions_directories)]
        folders[f"/jupyter/nbextensions/{name}/"] = next((path for path in places if path.is_dir()), places[0])
    for folder in folders.values():
        if not folder.is_dir():
            text = f"the explorer's page is made of files that are not installed: {folder}"
            raise UserError([Problem(Place("escalate", 0), "", text, "solara-assets, ipyvue and ipyvuetify")])
    return {
        prefix + path.relative_to(folder).as_posix(): path
        for prefix, folder in folders.items()
        for path in folder.rglob("*")
        if path.suffix in MEDIA_TYPES and path.is_file()
    }


async def open_channel(socket: WebSocket) -> None:
    """Connect a page with its session, by the ids that the page has made."""
    if _session_ids(socket) is None:
        await socket.close(1008)
        return
    await starlette.kernel_connection(socket)


async def show_session(request: Request) -> Response:
    """Say whether a session is still there, as a page asks that has lost its channel."""
    kernel = request.path_params["kernel_id"]
    if kernel not in kernel_context.contexts:
        raise HTTPException(404)
    return JSONResponse({"id": kernel, "name": "explorer"})


def close_session(request: Request) -> Response:
    """Close the session of a page that is left."""
    ids = _session_ids(request)
    context = kernel_context.contexts.get(ids[0]) if ids else None
    if ids is None or context is None or ids[1] not in context.page_status:
        raise HTTPException(404)
    context.page_close(ids[1])
    return Response(status_code=204)


def _session_ids(connection: HTTPConnection) -> tuple[str, str] | None:
    """Read the ids of a session and of its page; None if they are not such as a page makes."""
    kernel, page = connection.path_params["kernel_id"], connection.query_params.get("session_id", "")
    return (kernel, page) if UUID.fullmatch(kernel) and UUID.fullmatch(page) else None
