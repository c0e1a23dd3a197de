"""Who may ask the explorer: only a browser that came by the address which was printed, and only this server's own page in it.

Any page that the same browser has open can send requests to this machine, and a name that an attacker owns can be made
to point at it. So the `Host` must be a name of this server, the `Origin` its own, and a cookie must be shown that only
the address with a token gives.
"""

import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Any, Any], Awaitable[None]]

LONGEST_TARGET = 16 * 1024  # bytes of a path with its query: a link that sets every lever takes a half
LONGEST_HEADERS = 32 * 1024  # bytes of all names and values: other servers of this machine share its cookies
MOST_HEADERS = 100
TOKEN = "token"  # the key in the query of the address
SESSION_COOKIE = b"solara-session-id"  # by which Solara knows a browser again
STRICT_CSP = "default-src 'none'; frame-ancestors 'none'"
SECURITY_HEADERS = {
    "content-security-policy": STRICT_CSP,
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
ARRIVAL = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Explorer</title>'
    '<meta http-equiv="refresh" content="0;url={0}"><p><a href="{0}">Open the explorer</a></p>'
)
NO_COOKIE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Explorer</title>'
    "<p>This is an explorer of crises, and your browser is not known to it. Open the address with a token that "
    "<code>escalate explore</code> printed.</p>"
    '<p>If you have done so, and came here by a link of another page: <a href="">go on</a>.</p>'
)


@dataclass(frozen=True)
class Answer:
    """An answer of this door itself: a status, a text, and headers beside those of every answer."""

    status: int
    text: str
    media_type: str = "text/plain; charset=utf-8"
    headers: tuple[tuple[bytes, bytes], ...] = ()


@dataclass
class Access:
    """What opens one server: its names, its tokens, and the cookie that they are changed for.

    Parameters: port that it listens on; names, lower case and without port, by which it may be asked (IPv6 in brackets).
    """

    port: int
    names: frozenset[str]
    token: str = field(default_factory=secrets.token_urlsafe)
    single_use_tokens: set[str] = field(default_factory=set)
    cookie_value: str = field(default_factory=secrets.token_urlsafe)
    session: str = field(default_factory=secrets.token_urlsafe)

    @property
    def cookie(self) -> bytes:
        """Return name and value of the cookie.

        Cookies do not know ports, so the name does.
        """
        return f"escalate-{self.port}={self.cookie_value}".encode()

    def single_use_token(self) -> str:
        """Make a token that admits once: for a command line, which every user of the machine can read."""
        token = secrets.token_urlsafe()
        self.single_use_tokens.add(token)
        return token

    def admits(self, token: str) -> bool:
        """Check a token, and use it up if it is for a single use."""
        if secrets.compare_digest(token.encode(), self.token.encode()):
            return True
        if token in self.single_use_tokens:
            self.single_use_tokens.remove(token)
            return True
        return False

    def knows(self, scope: Scope) -> bool:
        """Check whether a request shows the cookie."""
        pairs = [pair.strip() for value in header_values(scope, b"cookie") for pair in value.split(b";")]
        return any(secrets.compare_digest(pair, self.cookie) for pair in pairs)

    def is_named_by(self, host: str, arrived_at: str) -> bool:
        """Check a `Host` header.

        arrived_at: the address of this machine at which the connection came in.
        """
        names = self.names | {_bracketed(arrived_at)}
        port = "" if self.port == 80 else f":{self.port}"  # as browsers write it
        return host.lower() in {f"{name}{port}" for name in names}


class Gate:
    """An ASGI app before another: it refuses whatever may not ask, and sets the security headers of every answer."""

    def __init__(self, app: App, access: Access):
        self.app, self.access = app, access

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        """Refuse a request, exchange its token for the cookie, or hand it on."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        answer = own_answer(scope, self.access)
        if answer is not None:
            await _answer(scope, _with_security_headers(send), answer)
            return
        headers = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
        headers.append((b"cookie", SESSION_COOKIE + b"=" + self.access.session.encode()))
        await self.app({**scope, "headers": headers}, receive, _with_security_headers(send))


def own_answer(scope: Scope, access: Access) -> Answer | None:
    """Decide over one request: None lets it go on, else it is answered at once."""
    return _size_answer(scope) or _origin_answer(scope, access) or _token_answer(scope, access)


def is_oversize(scope: Scope) -> bool:
    """Check whether a request's target or headers are longer than anything that the page sends."""
    return _size_answer(scope) is not None


def header_values(scope: Scope, name: bytes) -> list[bytes]:
    """List every value of a header. name: in lower case."""
    return [value for key, value in scope["headers"] if key.lower() == name]


def _size_answer(scope: Scope) -> Answer | None:
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_TARGET:
        return Answer(414, "the address is too long")
    headers = scope["headers"]
    if len(headers) > MOST_HEADERS or sum(len(name) + len(value) for name, value in headers) > LONGEST_HEADERS:
        return Answer(431, "the headers are too long")
    return None


def _origin_answer(scope: Scope, access: Access) -> Answer | None:
    """Refuse what is asked under another server's name, or by another server's page."""
    hosts = [value.decode("latin-1") for value in header_values(scope, b"host")]
    address, _ = scope.get("server") or ("", None)
    if len(hosts) != 1 or not access.is_named_by(hosts[0], address):
        return Answer(403, f"this server answers by its own names only, with the port {access.port}")
    origins = [value.decode("latin-1").lower() for value in header_values(scope, b"origin")]
    needs_origin = scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD")
    if any(origin != f"http://{hosts[0].lower()}" for origin in origins) or (needs_origin and not origins):
        return Answer(403, "the request comes from a page of another server")
    sites = header_values(scope, b"sec-fetch-site")
    if any(site not in (b"same-origin", b"none") for site in sites) and not _navigates(scope):
        return Answer(403, "the request comes from a page of another server")
    return None


def _navigates(scope: Scope) -> bool:
    """Check whether the browser opens a page in a window of its own, as a link from elsewhere does."""
    return (
        scope["type"] == "http"
        and scope["method"] in ("GET", "HEAD")
        and header_values(scope, b"sec-fetch-mode") == [b"navigate"]
        and header_values(scope, b"sec-fetch-dest") == [b"document"]
    )


def _token_answer(scope: Scope, access: Access) -> Answer | None:
    """Exchange a token for the cookie, and refuse what shows neither.

    The answer to a token leads on by itself and is no redirect: a cookie that is `SameSite=Strict` is not sent where a
    redirect began at another site, such as a terminal in a browser.
    """
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    tokens = [value for key, value in query if key == TOKEN]
    if scope["type"] == "http" and scope["method"] == "GET" and scope["path"] == "/" and tokens:
        if not access.admits(tokens[0]):
            text = "this token is not valid: it was used already, or belongs to a server that has stopped"
            return Answer(403, text)
        rest = urlencode([pair for pair in query if pair[0] != TOKEN])
        cookie = access.cookie + b"; Path=/; HttpOnly; SameSite=Strict"
        headers = ((b"set-cookie", cookie), (b"cache-control", b"no-store"))
        return Answer(200, ARRIVAL.format(escape(f"/?{rest}" if rest else "/")), "text/html; charset=utf-8", headers)
    if not access.knows(scope):
        return Answer(403, NO_COOKIE, "text/html; charset=utf-8")
    return None


async def _answer(scope: Scope, send: Send, answer: Answer) -> None:
    if scope["type"] == "websocket":  # before it is accepted: the server answers 403, and no more
        await send({"type": "websocket.close", "code": 1008})
        return
    body = answer.text.encode()
    headers = [(b"content-type", answer.media_type.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": answer.status, "headers": [*headers, *answer.headers]})
    await send({"type": "http.response.body", "body": body})


def _with_security_headers(send: Send) -> Send:
    async def send_with_headers(message: MutableMapping[str, Any]) -> None:
        """Send a message, its headers completed by those of security."""
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", []))
            present = {name.lower() for name, _ in headers}
            more = [(name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
            message = {**message, "headers": [*headers, *(pair for pair in more if pair[0] not in present)]}
        await send(message)

    return send_with_headers


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address
