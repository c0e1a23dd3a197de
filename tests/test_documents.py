"""The documents say what code and data say, and point at what is there."""

import re
from pathlib import Path

import pytest

from analysis.documents import BLOCK, DOCS, fill_tables
from sim.commands.group import VERBS

ROOT = DOCS.parent
PAGES = sorted(DOCS.glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_generated_tables_are_what_the_commands_print(page):
    text = page.read_text(encoding="utf-8")
    assert fill_tables(text) == text, "run python -m analysis.documents"


def test_the_odd_has_its_seven_elements_and_its_tables():
    text = (DOCS / "odd.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\d)", text, re.M) == list("1234567")
    assert set(BLOCK.findall(text)) >= {"parameters", "actions", "outcomes", "drives"}


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.name)
def test_files_and_commands_that_a_page_names_are_there(page):
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:tests|sim|analysis|scenarios|docs)/[\w./-]+)`", text):
        assert (ROOT / name).exists(), name
    for name in re.findall(r"`escalate (\w+)", text):
        assert name in VERBS, name
    for name in re.findall(r"\]\(([\w/]+\.md)\)", text):
        assert (page.parent / name).exists(), name


def test_trace_has_its_eight_elements():
    text = (DOCS / "trace.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| (\d) ", text, re.M) == list("12345678")


def test_every_command_is_told_in_the_readme():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in VERBS if f"escalate {name}" not in text] == []


def test_pages_are_where_they_are_looked_for():
    assert {page.name for page in PAGES} >= {"odd.md", "findings.md", "trace.md"} and isinstance(DOCS, Path)
