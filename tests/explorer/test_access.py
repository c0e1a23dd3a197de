"""Who may ask the explorer for something: one browser, and this server's own page in it. Everything else is refused, with no traceback."""

import asyncio
import http.server
import json
import socket
import threading

import pytest
from browser import needs_chromium, opened

from sim import UserError
from sim.explorer.access import LONGEST_TARGET, Access, Gate, own_answer
from sim.explorer.server import address_names, host_names, listening_sockets

HOST = "127.0.0.1:8765"
KERNEL, PAGE = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
CHANNEL = f"/jupyter/api/kernels/{KERNEL}/channels?session_id={PAGE}"
UPGRADE = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)
PROTECTIONS = {
    "content-security-policy",
    "x-frame-options",
    "x-content-type-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
}


@pytest.fixture
def access():
    return Access(8765, frozenset({"127.0.0.1", "localhost", "[::1]"}))


def decision(access, path="/", query="", method="GET", kind="http", **headers):
    """What is answered at once to a request with the cookie and a good `Host`, unless they are others; None if it may go on."""
    headers = {"host": HOST, "cookie": access.cookie.decode(), **headers}
    scope = {
        "type": kind,
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "server": ("127.0.0.1", 8765),
        "headers": [
            (name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items() if value
        ],
    }
    return own_answer(scope, access)


# --- rules


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765", "LOCALHOST:8765", "[::1]:8765"])
def test_every_name_of_the_server_is_good(access, host):
    assert decision(access, host=host) is None


@pytest.mark.parametrize(
    "host",
    ["", "evil.example:8765", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:8765.evil.example", "localhost.:8765",
     "10.0.0.7:8765", "\xff:8765", "[::1:8765", "127.0.0.1:8765,evil.example"],
)  # fmt: skip
def test_another_name_is_refused_as_of_a_rebound_domain(access, host):
    assert decision(access, host=host).status == 403
    assert decision(access, query=f"token={access.token}", host=host).status == 403


def test_a_browser_leaves_port_80_out():
    access = Access(80, frozenset({"localhost"}))
    assert decision(access, host="localhost") is None and decision(access, host="localhost:80").status == 403


def test_the_address_at_which_a_connection_arrives_is_good():
    """So that a server on every address answers at each, and to no name that a stranger owns."""
    access = Access(8765, frozenset({"localhost"}))
    assert decision(access, host="127.0.0.1:8765") is None
    assert decision(access, host="127.0.0.2:8765").status == 403


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "https://127.0.0.1:8765", "http://127.0.0.1:9999", "http://localhost:8765"],
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_a_page_of_another_origin_is_refused_although_the_cookie_is_sent(access, origin, kind):
    assert decision(access, kind=kind, origin=origin).status == 403
    assert decision(access, kind=kind, origin=f"http://{HOST}") is None


def test_a_channel_and_a_message_need_an_origin(access):
    assert decision(access, kind="websocket").status == 403
    assert decision(access, method="POST").status == 403
    assert decision(access, method="POST", origin=f"http://{HOST}") is None


@pytest.mark.parametrize("site", ["cross-site", "same-site"])  # another port of this machine is the same site
def test_only_whole_pages_may_be_opened_from_elsewhere(access, site):
    document = {"sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
    assert decision(access, sec_fetch_site=site, sec_fetch_mode="no-cors", sec_fetch_dest="script").status == 403
    assert decision(access, sec_fetch_site=site, sec_fetch_mode="navigate", sec_fetch_dest="iframe").status == 403
    assert decision(access, sec_fetch_site=site, **document) is None
    assert decision(access, method="POST", sec_fetch_site=site, origin=f"http://{HOST}", **document).status == 403
    assert decision(access, sec_fetch_site="none") is None and decision(access, sec_fetch_site="same-origin") is None


@pytest.mark.parametrize("cookie", ["", "escalate-8765=", "escalate-8765=x", "a=\xff", ";;;=;", "escalate-1=x; b=c"])
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_without_the_cookie_nothing_is_given(access, cookie, kind):
    for path in ("/", "/static/main-vuetify.js", CHANNEL):
        assert decision(access, path, kind=kind, cookie=cookie, origin=f"http://{HOST}").status == 403


def test_the_cookie_is_found_among_those_of_other_servers(access):
    assert decision(access, cookie=f"_xsrf=\xff; {access.cookie.decode()}; username-localhost-8888=x") is None


def test_a_token_is_exchanged_for_a_cookie_that_scripts_and_other_sites_cannot_use(access):
    answer = decision(access, query=f"a=1&token={access.token}&b=%22%3E", cookie="")
    cookie = dict(answer.headers)[b"set-cookie"].decode()
    assert answer.status == 200 and cookie == f"{access.cookie.decode()}; Path=/; HttpOnly; SameSite=Strict"
    assert access.token not in answer.text + cookie and 'url=/?a=1&amp;b=%22%3E"' in answer.text
    for token in ("", "x", access.token[:-1], "\xff"):
        assert decision(access, query=f"token={token}").status == 403
    assert decision(access, "/static/ansi.js", query=f"token={access.token}", cookie="").status == 403


def test_the_token_of_a_command_line_admits_once(access):
    token = access.single_use_token()
    assert [decision(access, query=f"token={token}", cookie="").status for _ in range(2)] == [200, 403]
    assert decision(access, query=f"token={access.token}", cookie="").status == 200


def test_what_is_too_long_is_refused(access):
    assert decision(access, "/" + "a" * LONGEST_TARGET).status == 414
    assert decision(access, query="a" * LONGEST_TARGET).status == 414
    assert decision(access, cookie="a" * 40_000).status == 431
    assert decision(access, **{f"x{number}": "1" for number in range(120)}).status == 431


def test_the_page_behind_the_door_sees_no_cookie_of_anybody(access):
    seen = []

    async def page(scope, receive, send):
        seen.extend(value for name, value in scope["headers"] if name == b"cookie")

    headers = [(b"host", HOST.encode()), (b"cookie", access.cookie + b"; secret=1"), (b"cookie", b"other=2")]
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers}
    asyncio.run(Gate(page, access)(scope, None, None))
    assert seen == [b"solara-session-id=" + access.session.encode()]


def test_two_servers_have_other_secrets():
    one, other = (Access(8765, frozenset()) for _ in range(2))
    assert len({one.token, other.token, one.cookie, other.cookie, one.session, other.session}) == 6


# --- hosts and ports


def test_a_host_is_listened_to_at_all_its_addresses_and_named_as_a_browser_writes_it():
    sockets = listening_sockets("localhost", 0)
    try:
        assert {one.getsockname()[0] for one in sockets} <= {"127.0.0.1", "::1"}
        assert host_names("LocalHost", sockets) == {"localhost", "127.0.0.1", "[::1]"}
        assert address_names("localhost", sockets) == ["localhost"] and address_names("::1", sockets) == ["[::1]"]
    finally:
        for one in sockets:
            one.close()


def test_a_server_on_every_address_is_named_by_this_machine_only():
    (listening,) = listening_sockets("0.0.0.0", 0)
    with listening:
        assert host_names("0.0.0.0", [listening]) == {"0.0.0.0", "localhost", socket.gethostname().lower()}
        assert address_names("0.0.0.0", [listening]) == ["127.0.0.1", socket.gethostname()]


@pytest.mark.parametrize(
    ("host", "text"),
    [("", "found no host"), ("no.such.invalid", "not known"), ("a" * 300, "not known"), ("192.0.2.1", "cannot listen")],
)
def test_a_host_that_is_none_is_refused(host, text):
    with pytest.raises(UserError, match=text):
        listening_sockets(host, 0)


def test_a_port_that_is_taken_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(UserError, match="in use"):
        listening_sockets("127.0.0.1", taken.getsockname()[1])


# --- the server, by its socket


def test_every_answer_has_the_protections(served):
    answers = [
        served.ask(f"GET {path} HTTP/1.1", cookie=cookie)
        for path in ("/", "/static/main-vuetify.js?v=1", "/_solara/cdn/requirejs@2.3.6/require.js", "/none")
        for cookie in (served.cookie, "")
    ]
    answers.append(served.ask("BREW / HTTP/1.1"))
    assert [status for status, _, _ in answers] == [200, 403, 200, 403, 200, 403, 404, 403, 405]
    for _, headers, _ in answers:
        assert headers.keys() >= PROTECTIONS and headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in headers["content-security-policy"] and "server" not in headers
    policy = answers[0][1]["content-security-policy"]
    script = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "'unsafe-inline'" not in script and "'sha256-" in script and "http" not in policy
    assert "set-cookie" not in answers[0][1]  # Solara's own cookie can be read by scripts


@pytest.mark.parametrize(
    "path",
    ["/readyz", "/resourcez?verbose", "/jupyter/api/kernels/x", f"/jupyter/api/kernels/{KERNEL}", "/static/",
     "/static/solara_bootstrap.py", "/static/../server.py", "/static/%2e%2e/server.py", "/static/..%2fserver.py",
     "/static/__pycache__/solara_bootstrap.cpython-311.pyc", "/static//etc/passwd", "/static/assets/..%5c..%5cserver.py",
     "/static/public/x", "/_solara/cdn/", "/_solara/cdn/requirejs@2.3.6", "/_solara/cdn/requirejs@2.3.6/",
     "/_solara/cdn/@widgetti/solara-vuetify-app@10.1.1", "/_solara/cdn/vue@9/other.js", "/_solara/cdn/../../../pyvenv.cfg",
     "/jupyter/nbextensions/jupyter-js-widgets/extension.js", "/favicon.ico", "/index.html", "//", "/%00", "/static/a%00b"],
)  # fmt: skip
def test_what_the_page_does_not_need_is_not_there(served, path):
    assert served.ask(f"GET {path} HTTP/1.1")[0] == 404


ODD = {
    "an odd byte in a header": ("GET / HTTP/1.1", ["X-Odd: \xff\xfe"], {200}),
    "an odd byte in a cookie": ("GET / HTTP/1.1", ["Cookie: a=\xff"], {200}),
    "a NUL in a header": ("GET / HTTP/1.1", ["X-Odd: a\x00b"], {400}),
    "a header without a colon": ("GET / HTTP/1.1", ["odd"], {400}),
    "raw bytes in the path": ("GET /\xff\xfe HTTP/1.1", [], {400}),
    "a broken escape": ("GET /%zz%ff%c3 HTTP/1.1", [], {404}),
    "a broken escape in the query": ("GET /?a=%zz%ff&token HTTP/1.1", [], {403}),
    "a long name of a file": (f"GET /static/{'a' * 5000} HTTP/1.1", [], {404}),
    "a long name in the front end": (f"GET /_solara/cdn/{'a' * 5000} HTTP/1.1", [], {404}),
    "a long path": (f"GET /{'a' * 20_000} HTTP/1.1", [], {414}),
    "a very long path": (f"GET /{'a' * 600_000} HTTP/1.1", [], {400, 414}),
    "a long query": (f"GET /?{'a=b&' * 10_000} HTTP/1.1", [], {414}),
    "a huge cookie": ("GET / HTTP/1.1", [f"Cookie: a={'b' * 40_000}"], {431}),
    "a huger cookie": ("GET / HTTP/1.1", [f"Cookie: a={'b' * 600_000}"], {400, 431}),
    "many headers": ("GET / HTTP/1.1", [f"X-{number}: 1" for number in range(200)], {431}),
    "an address in place of a path": ("GET http://evil.example/ HTTP/1.1", [], {404}),
    "a star": ("OPTIONS * HTTP/1.1", [], {404, 405}),
    "a tunnel": ("CONNECT evil.example:80 HTTP/1.1", [], {404, 405}),
    "an unknown method": ("BREW / HTTP/1.1", [], {405}),
    "a trace": ("TRACE / HTTP/1.1", [], {405}),
    "no version": ("GET /", [], {400}),
    "two hosts": ("GET / HTTP/1.1", ["Host: evil.example"], {400}),
    "an odd length": ("POST / HTTP/1.1", ["Content-Length: x"], {400}),
    "two lengths": ("POST / HTTP/1.1", ["Content-Length: 1", "Content-Length: 2"], {400}),
    "a body to the page": ("POST / HTTP/1.1", ["Content-Length: 0"], {405}),
    "an upload": ("PUT /static/main.js HTTP/1.1", ["Content-Length: 0"], {405}),
    "a close of nothing": ("POST /_solara/api/close/x HTTP/1.1", ["Content-Length: 0"], {404}),
    "a close of no page": (f"POST /_solara/api/close/{KERNEL} HTTP/1.1", ["Content-Length: 0"], {404}),
    "an eviction": (f"POST /_solara/api/evict/{KERNEL} HTTP/1.1", ["Content-Length: 0"], {405}),
    "another proxy's words": ("GET / HTTP/1.1", ["X-Script-Name: //evil.example", "X-Forwarded-Host: evil.example"], {200}),
    "another upgrade": ("GET / HTTP/1.1", ["Upgrade: h2c", "Connection: Upgrade"], {200}),
    "a channel without a key": (f"GET {CHANNEL} HTTP/1.1", UPGRADE[:3], {400}),
    "a channel of another version": (f"GET {CHANNEL} HTTP/1.1", [*UPGRADE[:2], "Sec-WebSocket-Version: 7", UPGRADE[3]], {400, 426}),
    "a channel with an odd key": (f"GET {CHANNEL} HTTP/1.1", [*UPGRADE[:3], "Sec-WebSocket-Key: \xff"], {400}),
    "a channel by POST": (f"POST {CHANNEL} HTTP/1.1", UPGRADE, {400, 405}),
    "a channel without a page": (f"GET /jupyter/api/kernels/{KERNEL}/channels HTTP/1.1", UPGRADE, {403}),
    "a channel of an odd session": (f"GET /jupyter/api/kernels/%ff%00/channels?session_id={PAGE} HTTP/1.1", UPGRADE, {403}),
    "a channel elsewhere": ("GET /other HTTP/1.1", UPGRADE, {403}),
    "a channel of a long name": (f"GET /jupyter/api/kernels/{'k' * 40_000}/channels HTTP/1.1", UPGRADE, {414}),
    "a channel with a huge cookie": (f"GET {CHANNEL} HTTP/1.1", [*UPGRADE, f"Cookie: a={'b' * 40_000}"], {431}),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_odd_requests_get_an_answer_and_leave_no_trace(served, name):
    line, headers, statuses = ODD[name]
    before = served.log.read_text()
    assert served.ask(line, *headers)[0] in statuses
    assert served.ask("GET /none HTTP/1.1")[0] == 404  # and it goes on
    assert served.log.read_text() == before


@pytest.mark.parametrize(
    "garbage", [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\x00" * 100, b"\r\n" * 3 + b"\xff\r\n\r\n"]
)
def test_garbage_is_no_request(served, garbage):
    assert served.send(garbage).startswith(b"HTTP/1.1 400 ") and "Traceback" not in served.log.read_text()


@pytest.mark.parametrize(
    "others",
    [{"origin": "http://evil.example"}, {"origin": "null"}, {"origin": ""}, {"cookie": ""}, {"host": "evil.example"},
     {"cookie": "solara-session-id=1"}],
)  # fmt: skip
def test_a_channel_is_for_the_page_alone(served, others):
    status, _, body = served.ask(f"GET {CHANNEL} HTTP/1.1", *UPGRADE, **others)
    assert (status, body) == (403, b"")


# --- another page of the same browser

ATTACK = """async ([address, channel]) => {
  const read = {};
  const attempt = async (name, work) => { try { read[name] = await work(); } catch (error) { read[name] = ""; } };
  for (const mode of ["cors", "no-cors"])
    await attempt(mode, async () => (await fetch(address, { mode, credentials: "include" })).text());
  await attempt("script", () => new Promise((yes, no) => {
    const script = Object.assign(document.createElement("script"), { src: address + "static/main-vuetify.js" });
    script.onload = () => yes("ran"); script.onerror = no; document.head.append(script); }));
  await attempt("frame", () => new Promise((yes) => {
    const frame = Object.assign(document.createElement("iframe"), { src: address });
    frame.onload = () => { try { yes(frame.contentDocument.body.innerText); } catch (error) { yes(""); } };
    document.body.append(frame); }));
  await attempt("channel", () => new Promise((yes, no) => {
    const socket = new WebSocket(channel);
    socket.onopen = () => yes("open"); socket.onmessage = () => yes("message"); socket.onerror = no; socket.onclose = no; }));
  await attempt("post", async () => (await fetch(address + "_solara/api/close/x", { method: "POST", mode: "no-cors", credentials: "include" })).text());
  return read;
}"""


class Stranger(http.server.SimpleHTTPRequestHandler):
    """Another server of this machine, with an empty page."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>x</title><body>")

    def log_message(self, *_):
        pass


@pytest.fixture
def stranger():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@needs_chromium
@pytest.mark.parametrize("site", ["127.0.0.1", "localhost", "evil.example"])  # the first has the same cookies
def test_another_page_of_the_browser_can_read_nothing(served, stranger, site):
    with opened(1200, 900, "--host-resolver-rules=MAP evil.example 127.0.0.1") as (page, _, _):
        page.goto(served.entrance)
        page.wait_for_selector("#results", timeout=60_000)
        where = [served.address, served.address.replace("http", "ws") + CHANNEL[1:]]
        allowed = page.evaluate(ATTACK, where)  # from the page itself the same attempts succeed
        assert "solara" in allowed["cors"] and allowed["script"] == "ran" and allowed["channel"] == "open"
        other = page.context.new_page()
        answers = []
        other.on("response", lambda answer: answers.append((answer.url, answer.status)))
        other.goto(f"http://{site}:{stranger}/")
        read = other.evaluate(ATTACK, where)
        assert json.dumps(read) == json.dumps(
            dict.fromkeys(("cors", "no-cors", "script", "frame", "channel", "post"), "")
        )
        statuses = {status for url, status in answers if url.startswith(served.address)}
        assert statuses == {403} and page.locator("#results").count() == 1


@needs_chromium
def test_a_name_that_an_attacker_points_here_reads_nothing_even_with_the_token(served):
    with opened(1200, 900, "--host-resolver-rules=MAP evil.example 127.0.0.1") as (page, _, _):
        answer = page.goto(served.entrance.replace("127.0.0.1", "evil.example"))
        assert answer.status == 403 and page.context.cookies() == [] and "names" in page.inner_text("body")


@needs_chromium
def test_a_link_of_another_page_can_be_followed_by_a_click(served, stranger):
    with opened() as (page, _, _):
        page.goto(served.entrance)
        page.wait_for_selector("#results", timeout=60_000)
        page.goto(f"http://localhost:{stranger}/")
        page.set_content(f"<a href='{served.address}?parameters.backing=0.3'>a link</a>")
        page.click("a")
        page.get_by_role("link", name="go on").click()
        page.wait_for_selector("#results", timeout=60_000)
        assert "Chinese backing = 0.3" in page.inner_text(".tools")
