"""The README and the pages of docs/ work: files are written, commands run, and print what is shown."""

import re
from pathlib import Path

import pytest
from pages import DOCS, played

from analysis.documents import PAGES
from analysis.transcripts import SKIPPED, PageError, play_page, selected_lines

ROOT = DOCS.parent
# What a page leaves behind, beyond what it shows.
LEFT_BEHIND = {
    "tutorial.md": {
        "outputs/mine-baseline/*/figures/outcomes.png": 1,
        "outputs/mine-baseline/*/figures/apart.png": 1,
        "outputs/mine-christmas/*/figures/survival.svg": 1,
        "outputs/studies-silence/*/figures/heat.png": 1,
        "christmas.html": 1,
    },
    "your-own-crisis.md": {"outputs/belarus-case/*/figures/acts.png": 1, "belarus.html": 1},
    "forecast.md": {"outputs/*/forecast-*/figures/chances.png": 6, "outputs/ledger/score-*/figures/due.png": 2},
}
PLAYED = [page for page in PAGES if re.search(r"^```(?:(?:sh|python)$|\w*\n\$ )", page.read_text(), re.M)]


@pytest.mark.slow  # and the same on every Python
@pytest.mark.parametrize("page", PLAYED, ids=[page.name for page in PLAYED])
def test_every_command_of_a_page_works_and_prints_what_is_shown(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    state = played(page)
    assert state.ran or any(SKIPPED.search(line) for line in page.read_text().splitlines())
    for pattern, count in LEFT_BEHIND.get(page.name, {}).items():
        assert len(list(Path().glob(pattern))) == count, pattern
    if page.name == "forecast.md":
        assert len(Path("mine/ledger.jsonl").read_text().splitlines()) == 4
        assert len(state.names["frame"]) and len(state.names["skills"])


def test_the_pages_that_teach_are_played():
    assert {page.name for page in PLAYED} >= {"README.md", "tour.md", *LEFT_BEHIND}


def test_the_readme_is_short_and_leads_with_the_picture():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.split()) <= 1000
    assert text.index("makes no difference that can be seen") < text.index("overview.svg") < text.index("## ")


SHOWN = ["head", "a 1", "  more", "b 2", "a 3", "end"]


@pytest.mark.parametrize(
    ("choice", "lines"),
    [
        ("1", ["head", "…"]),
        ("1-2, -1", ["head", "a 1", "…", "end"]),
        ("/^a/", ["…", "a 1", "…", "a 3", "…"]),
        ("/^b/*", ["…", "b 2", "a 3", "end"]),
        ("/^a [1,2]/+1, /^end/", ["…", "a 1", "  more", "…", "end"]),
    ],
)
def test_a_transcript_shows_the_lines_that_it_names(choice, lines):
    assert selected_lines(SHOWN, choice, "escalate x") == lines


@pytest.mark.parametrize("choice", ["/^c/", "9", "nonsense"])
def test_a_selector_that_fits_no_line_is_an_error(choice):
    with pytest.raises(PageError, match="escalate x"):
        selected_lines(SHOWN, choice, "escalate x")


@pytest.mark.parametrize(
    "page",
    [
        "```sh\nmake test\n```\n",
        "```sh\nescalate show nowhere\n```\n",
        "```python\nraise ValueError('no')\n```\n",
    ],
)
def test_a_page_whose_command_does_not_work_is_an_error(page, tmp_path):
    with pytest.raises(PageError):
        play_page(page, tmp_path)


def test_a_page_is_rewritten_in_place(tmp_path):
    page = (
        "Text.\n\n```sh\nmake all    # long: an hour\n```\n\n```python\nprint(6 * 7)\n```\n\n<!-- printed -->\n```\nold\n```\n\n"
        "<!-- show: -1 -->\n```\n$ escalate show border name\nold\n```\nEnd.\n"
    )
    now, state = play_page(page, tmp_path)
    assert state.ran == 2 and "42\n```" in now and "old" not in now and now.endswith("```\nEnd.\n")
    assert play_page(now, tmp_path)[0] == now
