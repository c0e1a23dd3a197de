"""A server of the explorer, for the tests of its page and of who may ask for it."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@dataclass
class Server:
    """A running server: its port, the address with a token that it printed, and what it says."""

    process: subprocess.Popen
    port: int
    entrance: str
    log: Path
    cookie: str = ""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def send(self, request: bytes) -> bytes:
        """The answer to some bytes, up to the end of the connection."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            answer = b""
            try:
                connection.sendall(request)
                while part := connection.recv(65536):
                    answer += part
            except ConnectionError:  # it may close before all is sent
                pass
            return answer

    def ask(self, line: str, *headers: str, **others: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the answer to a request in latin-1; `host`, `origin` and `cookie` can be others."""
        own = {"host": self.host, "origin": f"http://{self.host}", "cookie": self.cookie, **others}
        lines = [line, *(f"{name}: {value}" for name, value in own.items() if value), "Connection: close", *headers]
        answer = self.send("\r\n".join([*lines, "", ""]).encode("latin-1"))
        head, _, body = answer.partition(b"\r\n\r\n")
        status, *rest = head.decode("latin-1").split("\r\n")
        pairs = (one.partition(":") for one in rest)
        return int(status.split()[1]), {name.lower(): value.strip() for name, _, value in pairs}, body


@contextmanager
def started(command: list[str], log: Path, **environment: str) -> Iterator[Server]:
    """A server in the folder of its log, up to when it is stopped. The command is without its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with log.open("w") as sink:
        process = subprocess.Popen(
            [*command, str(port)],
            cwd=log.parent,
            stdout=sink,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **environment},
        )
    try:
        while not (printed := re.search(r"http://\S+", log.read_text())):
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        server = Server(process, port, printed.group(), log)
        status, headers, _ = server.ask(f"GET /?{server.entrance.partition('?')[2]} HTTP/1.1")
        assert status == 200
        server.cookie = headers["set-cookie"].partition(";")[0]
        yield server
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """The explorer of the baseline, started where nothing fits: its user's own folders, options and editor are in the way."""
    folder = tmp_path_factory.mktemp("explore")
    for name in ("analysis", "templates", "static", "public", "sim.explorer.page"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text("raise AssertionError('this is not the package')")
    (folder / "templates" / "index.html.j2").write_text("not the page")
    (folder / ".env").write_text("SOLARA_ROOT_PATH=/elsewhere\n")
    command = [sys.executable, "-m", "sim", "explore", "baseline", "--no-browser", "--runs", "1000", "--port"]
    environment = {"VSCODE_PID": "1", "SOLARA_ASSETS_PROXY": "False", "SOLARA_ROOT_PATH": "/elsewhere"}
    with started(command, folder / "log", **environment) as server:
        yield server
