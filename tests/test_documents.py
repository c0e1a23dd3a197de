"""The documents say what code and data say, and point at what is there."""

import re
from functools import cache

import click
import pytest

from analysis import reference
from analysis.documents import BLOCK, DOCS, PAGES, fill_tables
from analysis.overview import PICTURE, overview_picture
from analysis.site import FROM_ROOT
from sim.commands.group import VERBS, main

ROOT = DOCS.parent
LINKED = [*PAGES, ROOT / "CHANGELOG.md", *sorted(DOCS.glob("cases/*.md"))]
FENCED = re.compile(r"^```.*?^```$", re.M | re.S)


@cache
def page_text(name: str) -> str:
    """The text of a page of the site: a file, or what code writes."""
    if name in reference.PAGES:
        return reference.PAGES[name]()
    path = ROOT / FROM_ROOT[name] if name in FROM_ROOT else DOCS / name
    return path.read_text(encoding="utf-8")


@cache
def anchors(name: str) -> set[str]:
    """The anchors of a page: of each heading, as Markdown makes them, and those that it names itself."""
    text = FENCED.sub("", page_text(name))
    given = set(re.findall(r"\{#([\w-]+)\}", text))
    slugs: list[str] = []
    for heading in re.findall(r"^#+ (.+)$", text, re.M):
        plain = re.sub(r"\{#.*\}|[`*]|\]\(.*?\)", "", heading)
        slug = re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain.encode("ascii", "ignore").decode()).strip().lower())
        slugs.append(f"{slug}_{slugs.count(slug)}" if slug in slugs else slug)
    return given | set(slugs)


def links(text: str) -> list[str]:
    """The links and pictures of a page that lead to a file, or a place in one."""
    found = re.findall(r"\]\(([^)\s]+)\)", FENCED.sub("", text))
    return [link for link in found if not re.match(r"\w+:", link)]


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_generated_tables_are_what_the_commands_print(page):
    text = page.read_text(encoding="utf-8")
    assert fill_tables(text) == text, "run python -m analysis.documents"


def test_the_odd_has_its_seven_elements_and_its_tables():
    text = (DOCS / "odd.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\d)", text, re.M) == list("1234567")
    assert set(BLOCK.findall(text)) >= {"parameters", "actions", "outcomes", "drives"}


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_files_and_commands_that_a_page_names_are_there(page):
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:tests|sim|analysis|scenarios|docs)/[\w./-]+)`", text):
        assert (ROOT / name).exists(), name
    for name in re.findall(r"`escalate (\w+)", text):
        assert name in VERBS, name


def unsound_links(text: str, folder: str, from_root: bool) -> list[str]:
    """The links of a text that lead nowhere. folder: of its page in docs/."""
    wrong = []
    for link in links(text):
        target, _, anchor = link.partition("#")
        if from_root:
            page = {name: place for place, name in FROM_ROOT.items()}.get(target) or target.removeprefix("docs/")
            there = page in reference.PAGES or (ROOT / target).is_file()
        else:
            path = (DOCS / folder / target).resolve()
            page = path.relative_to(DOCS).as_posix() if path.is_relative_to(DOCS) else ""
            there = page in reference.PAGES or page in FROM_ROOT or (bool(page) and path.is_file())
        if target and (not there or (anchor and anchor not in anchors(page))):
            wrong.append(link)
    return wrong


@pytest.mark.parametrize("page", LINKED, ids=[page.relative_to(ROOT).as_posix() for page in LINKED])
def test_links_lead_to_a_page_and_a_heading(page):
    text = page.read_text(encoding="utf-8")
    from_root = page.parent == ROOT
    folder = "" if from_root else page.parent.relative_to(DOCS).as_posix()
    assert unsound_links(text, folder, from_root) == []


@pytest.mark.parametrize("name", sorted(reference.PAGES))
def test_links_of_pages_made_of_code_lead_to_a_page_and_a_heading(name):
    assert unsound_links(page_text(name), "reference", False) == []
    local = [link[1:] for link in links(page_text(name)) if link.startswith("#")]
    assert [link for link in local if link not in anchors(name)] == []


def test_a_broken_link_is_seen():
    assert unsound_links("[a](nowhere.md) [b](odd.md#nowhere) [c](odd.md) [d](https://x.org)", "", False) == [
        "nowhere.md",
        "odd.md#nowhere",
    ]


def test_trace_has_its_eight_elements():
    text = (DOCS / "trace.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| (\d) ", text, re.M) == list("12345678")


def test_every_command_is_told_on_a_page_written_by_hand():
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert [name for name in VERBS if f"escalate {name}" not in text] == []


@pytest.mark.parametrize("verb", VERBS)
def test_the_page_of_commands_has_every_option(verb):
    command = main.get_command(click.Context(main), verb)
    text = page_text("reference/commands.md")
    (part,) = re.findall(rf"^### escalate {verb}$(.*?)(?=^##|\Z)", text, re.M | re.S)
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    assert [option.opts[0] for option in options if option.opts[0] not in part] == []


def test_the_pages_of_keys_and_of_python_are_whole():
    import sim
    from sim.scenario.schema import Scenario

    keys = set(re.findall(r"^\| `(\w+)`", page_text("reference/scenario.md"), re.M))
    assert set(Scenario.model_fields) <= keys
    names = set(re.findall(r"^### (\w+)$", page_text("reference/python.md"), re.M))
    assert names >= set(sim.__all__) - {"__version__"}


def test_the_glossary_is_in_order_and_has_the_words_of_the_field():
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    terms = re.findall(r"^([^#\n:].*)\n:   \S", text, re.M)
    assert terms == sorted(terms, key=lambda term: (term.lower(), term)) and len(terms) == len(set(terms))
    assert set(terms) >= {
        "actor", "dyad", "action", "act", "channel", "rung", "ladder", "hostility", "goodwill", "tension", "backing",
        "exposure", "imposition", "strategy", "drive", "hazard", "luck", "replay", "scenario", "study", "run",
        "ensemble", "lever", "uncertainty", "outcome", "base", "mix", "momentum", "reciprocity", "what-if", "belief",
        "skill", "simulation error",
    }  # fmt: skip


def test_the_picture_of_the_readme_is_drawn_of_the_baseline():
    assert PICTURE.read_text(encoding="utf-8") == overview_picture(), "run python -m analysis.overview"
