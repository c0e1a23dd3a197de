"""Sessions that are closed, and settings that are no longer shown, leave nothing in memory."""

import gc
import json
import signal
import sys
import time
import weakref

import pytest
from conftest import started
from websockets.sync.client import connect

from sim.explorer import ensembles
from sim.explorer.ensembles import CACHED_SETTINGS, Explorer

pytestmark = pytest.mark.slow  # and the same on every Python
KERNELS = [f"00000000-0000-4000-8000-00000000000{number}" for number in range(3)]
PAGE = "00000000-0000-4000-8000-0000000000ff"
# The same server, but a page that is lost is given up at once, every page has a run open, and a signal counts what lives.
IMPATIENT = """
import gc, signal, sys
from sim.explorer import server

def count(*_):
    gc.collect()
    names = [type(one).__name__ for one in gc.get_objects()]
    print("alive", *(names.count(name) for name in ("VirtualKernelContext", "_RenderContext", "Crisis")), flush=True)

def app(*arguments):
    from sim.explorer import page, run_panel
    page.RunPanel = run_panel.OneRun
    return explorer_app(*arguments)

explorer_app, server.explorer_app = server.explorer_app, app
server.SOLARA["SOLARA_KERNEL_CULL_TIMEOUT"] = "0.1s"
signal.signal(signal.SIGUSR1, count)
server.serve("border", 100, 1, "127.0.0.1", int(sys.argv[1]), False)
"""


def test_a_run_that_is_no_longer_shown_leaves_memory():
    model = weakref.ref(Explorer("border", 100, 1).play_run({}, 3))
    gc.collect()
    assert model() is None


def test_only_what_is_shown_of_an_ensemble_is_kept(monkeypatch):
    results = []

    def recorded(*arguments):
        results.append(weakref.ref(found := played(*arguments)))
        return found

    played = ensembles.Played
    monkeypatch.setattr(ensembles, "Played", recorded)
    explorer = Explorer("border", 100, 1)
    lever = next(one for one in explorer.levers.values() if not one.options)
    values = [lever.low + number * lever.step for number in range(CACHED_SETTINGS + 3)]
    played = [weakref.ref(explorer.play({lever.key: value})) for value in values]
    gc.collect()
    assert len(results) > CACHED_SETTINGS and not any(one() for one in results)
    assert sum(one() is not None and one() is not explorer.base for one in played) <= CACHED_SETTINGS


@pytest.fixture(scope="module")
def impatient(tmp_path_factory):
    with started([sys.executable, "-c", IMPATIENT], tmp_path_factory.mktemp("impatient") / "log") as server:
        yield server


def channel(server, kernel):
    """A page's connection with its session."""
    return connect(
        f"ws://{server.host}/jupyter/api/kernels/{kernel}/channels?session_id={PAGE}",
        origin=f"http://{server.host}",
        additional_headers={"Cookie": server.cookie},
    )


def message(kind, **content) -> str:
    """What a page sends about its first widget."""
    header = {
        "msg_id": "1",
        "msg_type": kind,
        "session": PAGE,
        "username": "",
        "version": "5.3",
        "date": "2030-01-01T00:00:00Z",
    }
    content = {"comm_id": "1", "data": {}, **content}
    return json.dumps({"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"})


def alive(server) -> list[int]:
    """How many sessions, drawn pages and runs the server has in memory."""
    before = server.log.read_text()
    server.process.send_signal(signal.SIGUSR1)
    wait_until(lambda: len(server.log.read_text()) > len(before))
    return [int(number) for number in server.log.read_text().split()[-3:]]


def exists(server, kernel) -> bool:
    return server.ask(f"GET /jupyter/api/kernels/{kernel} HTTP/1.1")[0] == 200


def wait_until(condition) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it never came")


def test_a_page_that_is_left_closes_its_session(impatient):
    with channel(impatient, KERNELS[0]):
        wait_until(lambda: exists(impatient, KERNELS[0]))
        status, _, _ = impatient.ask(
            f"POST /_solara/api/close/{KERNELS[0]}?session_id={PAGE} HTTP/1.1", "Content-Length: 0"
        )
        assert status == 204 and not exists(impatient, KERNELS[0])


def test_a_page_that_is_lost_without_a_word_is_given_up(impatient):
    with channel(impatient, KERNELS[1]):
        wait_until(lambda: exists(impatient, KERNELS[1]))
    wait_until(lambda: not exists(impatient, KERNELS[1]))


def test_nobody_closes_the_session_of_another_page(impatient):
    with channel(impatient, KERNELS[2]):
        wait_until(lambda: exists(impatient, KERNELS[2]))
        other = PAGE.replace("f", "e")
        close = f"POST /_solara/api/close/{KERNELS[2]}?session_id="
        assert impatient.ask(f"{close}{other} HTTP/1.1", "Content-Length: 0")[0] == 404
        assert impatient.ask(f"{close}{PAGE} HTTP/1.1", "Content-Length: 0", cookie="")[0] == 403
        assert exists(impatient, KERNELS[2])


@pytest.mark.parametrize("says_goodbye", [True, False])
def test_a_closed_session_leaves_nothing_in_memory(impatient, says_goodbye):
    wait_until(lambda: alive(impatient) == [0, 0, 0])
    with channel(impatient, KERNELS[0]) as page:
        page.send(message("comm_open", target_name="solara.control"))
        page.send(message("comm_msg", data={"method": "run", "args": {"path": "/", "themes": {}, "dark": False}}))
        for sent in page:
            if 'class=\\"story\\"' in (sent if isinstance(sent, str) else sent.decode("latin-1")):
                break
        assert alive(impatient) == [1, 1, 1]
        if says_goodbye:
            impatient.ask(f"POST /_solara/api/close/{KERNELS[0]}?session_id={PAGE} HTTP/1.1", "Content-Length: 0")
    wait_until(lambda: alive(impatient) == [0, 0, 0])
