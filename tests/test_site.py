"""The site of the documents is read from disk: nothing is asked of the network, it is searched, and it fits a telephone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from browser import findings, needs_chromium, opened

pytestmark = [pytest.mark.slow, needs_chromium]  # and the same on every Python
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The site, built as `make docs` builds it."""
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


PAGES = (
    "index",
    "tour",
    "findings",
    "findings/other-dyads",
    "reference/commands",
    "reference/scenario",
    "reference/python",
)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_nothing_of_the_network_and_fits_a_telephone(site, name):
    with opened(390, 844) as (page, asked, wrong):
        page.goto((site / f"{name}.html").as_uri())
        page.wait_for_load_state("networkidle")
        assert [address for address in asked if not address.startswith(("file:", "data:", "blob:"))] == []
        assert wrong == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.locator("h1").first.is_visible()


def test_the_site_is_searched_from_disk(site):
    with opened() as (page, asked, wrong):
        page.goto((site / "index.html").as_uri())
        page.wait_for_load_state("networkidle")
        page.click("input.md-search__input")
        page.keyboard.type("reciprocity", delay=20)
        page.locator(".md-search-result__item a").first.wait_for(timeout=20_000)
        assert page.locator(".md-search-result__item").count() >= 2
        assert all(address.startswith(("file:", "data:", "blob:")) for address in asked) and wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_first_page_can_be_read_by_all(site, scheme):
    with opened() as (page, _, _):
        page.emulate_media(color_scheme=scheme)
        page.goto((site / "index.html").as_uri())
        assert findings(page) == []
