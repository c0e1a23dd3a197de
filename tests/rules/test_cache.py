"""Compiled rules are kept where they can be, and never serve a rule that has changed."""

import os
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from sim.rules import cache
from sim.rules.compiled import entry
from sim.rules.registry import DRIVES, Registered

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """Set an empty folder for what is compiled, and return it."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(cache, "_temporary", {})
    monkeypatch.setattr(numba.config, "CACHE_DIR", numba.config.CACHE_DIR)
    return tmp_path / "cache"


def test_a_child_of_this_process_finds_what_it_has_compiled(home):
    """The folder is handed on in the environment; reckoned from there it is the same folder, not one inside it."""
    entry(lambda number: number)
    assert os.environ["NUMBA_CACHE_DIR"] == str(home / "escalate" / cache.rules_hash())
    assert cache.cache_folder() == cache.kept_folder() == home / "escalate" / cache.rules_hash()


def test_the_cache_of_compiled_rules_changes_with_any_source_of_theirs(tmp_path, monkeypatch):
    copies = [tmp_path / path.name for path in cache.SOURCES]
    for copy, path in zip(copies, cache.SOURCES, strict=True):
        copy.write_bytes(path.read_bytes())
    monkeypatch.setattr(cache, "SOURCES", copies)
    hashes = {cache.rules_hash.__wrapped__()}
    for copy in copies:
        copy.write_bytes(copy.read_bytes() + b"# a word\n")
        hashes.add(cache.rules_hash.__wrapped__())
    assert len(hashes) == len(copies) + 1


def test_every_function_that_python_calls_compiled_is_in_a_hashed_source():
    entries = [path for path in (ROOT / "sim").rglob("*.py") if "\n@entry\n" in path.read_text()]
    assert set(entries) <= set(cache.SOURCES) and len(entries) >= 5


def test_what_is_kept_where_nothing_can_be_written_is_used_from_a_copy(home, monkeypatch):
    kept = cache.kept_folder()
    (kept / "engine_1").mkdir(parents=True)
    (kept / "engine_1" / "loop.play_one-1.py.1.nbc").write_bytes(b"code")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    folder = cache.cache_folder()
    assert folder is not None and folder != kept and folder.name == kept.name
    assert (folder / "engine_1" / "loop.play_one-1.py.1.nbc").read_bytes() == b"code"
    assert cache.is_compiled("play_one") and not cache.is_compiled("play_one", "play_block")
    assert str(home / "escalate") in cache.why_not_kept() and "NUMBA_CACHE_DIR" in cache.why_not_kept()


def test_where_nothing_can_be_made_compiled_rules_live_as_long_as_the_process(tmp_path):
    (tmp_path / "file").touch()
    code = "from sim.rules.cache import cache_folder; print(cache_folder())"
    surroundings = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "file"), "PYTHONPATH": str(ROOT)}
    folder = subprocess.run([sys.executable, "-c", code], env=surroundings, capture_output=True, text=True, check=True)
    path = Path(folder.stdout.strip())
    assert path.name == cache.rules_hash() and path.parent.name == "escalate"
    assert not path.exists() and not path.is_relative_to(tmp_path / "file")


def test_a_rule_of_a_file_of_ones_own_is_never_served_stale(tmp_path):
    """Its file may depend on anything, so nothing of it is kept; the rules without it are kept apart."""
    (tmp_path / "rule.py").write_text(
        "from pathlib import Path\nfrom sim.rules.registry import DRIVES, drive, functions_of\n"
        "VALUE = float(Path('value.txt').read_text())\n"
        "@drive(on='base')\ndef mine(number):\n    return VALUE * number\n"
    )
    (tmp_path / "play.py").write_text(
        "import rule\nfrom sim.rules.cache import cache_folder, why_not_kept\n"
        "from sim.rules.compiled import chain, entry\nterm_of = chain([rule.mine])\n"
        "@entry\ndef play(number):\n    return term_of(0, number)\n"
        "print(play(2.0), why_not_kept())\n"
    )
    surroundings = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT)}
    for value in (1.0, 5.0):
        (tmp_path / "value.txt").write_text(str(value))
        played = subprocess.run(
            [sys.executable, "play.py"], cwd=tmp_path, env=surroundings, capture_output=True, text=True, check=True
        )
        assert played.stdout == f"{2 * value} rule registers rules of its own, which are compiled at every start\n"
    assert list((tmp_path / "cache").rglob("*.nbc")) == []


def test_a_child_with_the_same_rules_of_ones_own_uses_what_its_parent_compiled(home, monkeypatch):
    def mine(sight):
        return 1.0

    monkeypatch.setitem(DRIVES, "mine", Registered("mine", len(DRIVES), mine))
    folder = cache.cache_folder()
    assert folder is not None and not folder.is_relative_to(home)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(folder))
    monkeypatch.setattr(cache, "_temporary", {})
    assert cache.cache_folder() == folder
