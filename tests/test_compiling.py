"""Every command that compiles says so first; the compiler is kept out of these tests."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from galleries import write_gallery

from sim.commands import compiling
from sim.commands.desk import Desk
from sim.commands.group import VERBS, main
from sim.rules import cache

MESSAGE = re.compile(r"^Compiling the rules for [a-z ,]+, once, about 15 s\.$", re.M)
CALLS = {
    "run": "border",
    "trace": "border",
    "sweep": "backing --runs 1",
    "explore": "border --no-browser",
    "compare": "border border",
    "options": "border --actor north --runs 2",
    "turning": "border --runs 2",
    "sensitivity": "what_matters --runs 50",
    "plot": "RUN --figure acts",
    "report": "RUN",
    "fit": "baseline --until 2017-09-15",
    "calibrate": "baseline --until 2017-09-15",
    "backtest": "baseline",
    "pool": "CASES",
    "forecast": "baseline",
    "facts": "",
    "spread": "border",
    "scales": "border",
    "warm": "",
}
COMPILES_NOTHING = {"show", "list", "init", "check", "record", "priors", "score"}


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory) -> Path:
    """Return the folder of one small run."""
    from sim import run

    return run("border", 5, out=tmp_path_factory.mktemp("outputs")).path


@pytest.fixture
def nothing_is_compiled(tmp_path, monkeypatch):
    """Stand in an empty folder with an empty cache, and stop where the compiler would begin."""
    kinds: list[str] = []

    def stop(*some: str) -> None:
        kinds.extend(some)
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(compiling, "missing_work", lambda *some: list(some))
    monkeypatch.setattr(compiling, "compile_work", stop)
    monkeypatch.setattr(cache, "why_not_kept", lambda: "")
    return kinds


def test_every_command_is_known_to_compile_or_not():
    assert {*CALLS, *COMPILES_NOTHING} == set(VERBS) and not COMPILES_NOTHING & set(CALLS)


@pytest.mark.parametrize("verb", CALLS)
def test_a_command_that_compiles_says_so(verb, nothing_is_compiled, run_folder, monkeypatch):
    for name in ("set_up_solara", "listening_sockets"):  # before the page there is the compiler
        monkeypatch.setattr(f"sim.explorer.server.{name}", lambda *some: [])
    words = [str(run_folder) if word == "RUN" else word for word in CALLS[verb].split()]
    words = write_gallery(Path("cases"), [0.5]) if words == ["CASES"] else words
    result = CliRunner().invoke(main, [verb, *words], catch_exceptions=False)
    assert MESSAGE.search(result.stderr), result.output
    assert nothing_is_compiled and set(nothing_is_compiled) <= set(compiling.WORK)


def test_where_nothing_is_missing_nothing_is_said(monkeypatch, capsys):
    monkeypatch.setattr(compiling, "missing_work", lambda *some: [])
    Desk().compile(*compiling.WORK)
    assert capsys.readouterr() == ("", "")


def test_what_cannot_be_kept_is_not_called_once(nothing_is_compiled, monkeypatch, capsys):
    monkeypatch.setattr(
        cache, "why_not_kept", lambda: "they cannot be kept in /cache: NUMBA_CACHE_DIR names another folder"
    )
    with pytest.raises(KeyboardInterrupt):
        Desk().compile("ensemble")
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "They cannot be kept in /cache: NUMBA_CACHE_DIR names another folder.",
        "Compiling the rules for ensembles, about 15 s.",
    ]


def test_the_second_kind_of_one_command_takes_less(monkeypatch, capsys):
    monkeypatch.setattr(compiling, "missing_work", lambda *some: list(some))
    monkeypatch.setattr(compiling, "compile_work", lambda *some: None)
    monkeypatch.setattr(cache, "why_not_kept", lambda: "")
    desk = Desk()
    desk.compile("ensemble")
    desk.compile("run", "model", "likelihood")
    assert capsys.readouterr().err.splitlines() == [
        "Compiling the rules for ensembles, once, about 15 s.",
        "Compiling the rules for single runs, runs with their reasons and fits, once, about 4 s.",
    ]


def test_warming_what_cannot_be_kept_is_refused(nothing_is_compiled, monkeypatch):
    monkeypatch.setattr(cache, "why_not_kept", lambda: "they cannot be kept in /cache")
    result = CliRunner().invoke(main, ["warm"], catch_exceptions=False)
    assert result.exit_code == 2 and "they cannot be kept in /cache" in result.stderr


def test_every_compiled_function_belongs_to_a_kind_of_work():
    root = Path(cache.__file__).parents[2]
    texts = [path.read_text() for path in (root / "sim").rglob("*.py")]
    assert {name for text in texts for name in re.findall(r"^@entry\ndef (\w+)", text, re.M)} == set(compiling.ENTRIES)
