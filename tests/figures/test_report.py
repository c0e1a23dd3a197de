"""The report: what it says is in the tables, nothing in it comes from elsewhere, and a browser finds it sound."""

import re
import shutil
from datetime import date

import pytest
import yaml
from browser import findings, needs_chromium, opened
from click.testing import CliRunner

from sim.commands.group import main
from sim.commands.init import start_folder
from sim.figures.report.page import report
from sim.results.run_folder import read_run

pytestmark = pytest.mark.slow  # and the same on every Python
EVIL = "<script>alert('x')</script> & \"quotes\""


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A scenario with text that means harm, and one beside it."""
    out = tmp_path_factory.mktemp("report")
    start_folder(out / "mine", blank=False)
    evil = {
        "extends": "baseline.yaml", "name": EVIL, "description": EVIL, "caveats": [EVIL],
        "acts.amnesty": {"act": "cambodia.release_leader", "date": date(2017, 12, 25), "do": "force", "note": EVIL},
    }  # fmt: skip
    (out / "mine" / "evil.yaml").write_text(yaml.safe_dump(evil))
    paths = []
    for file, name in (
        (str(out / "mine" / "evil.yaml"), "mine-evil"),
        ("baseline+weak_backing", "baseline+weak_backing"),
    ):
        result = CliRunner().invoke(main, ["run", file, "--runs", "100", "--out", str(out / "runs")])
        assert result.exit_code == 0, result.output
        paths.append(next((out / "runs" / name).iterdir()))
    return paths


@pytest.fixture(scope="module")
def page(folders):
    return report(folders)


def test_text_of_a_scenario_is_shown_and_never_run(page):
    assert "<script" not in page
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp;" in page


def test_what_happened_stands_beside_what_runs_do(page):
    assert "What happened: yes." in page and "What happened: 16 Nov 2017." in page and "It went: rupture." in page
    assert re.search(r"day on which the party is dissolved, 16 Nov 2017: by then in [\d.]+% of runs", page)
    assert "the record ends on 2018-07-31" in page


def test_nothing_comes_from_elsewhere(page):
    loaded = re.findall(r'(?:src|data|action)="([^"]*)"', page) + re.findall(r"url\(([^)]*)\)", page)
    assert [address for address in loaded if not address.startswith(("#", "data:"))] == []
    assert "default-src 'none'" in page


def test_every_picture_has_a_name_and_ids_of_its_own(page):
    pictures = re.findall(r'<svg role="img" aria-label="([^"]+)"', page)
    assert len(pictures) == 7 and all(pictures)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in re.findall(r'href="(#[^"]+)"', page)} <= set(ids)


def test_the_headline_is_the_table_in_sentences(page, folders):
    run = read_run(folders[0])
    number = [question.name for question in run.compiled.questions].index("dissolved_before_vote")
    share = 100 * run.tally.counts_of(number)[1] / run.runs
    assert f"The party is dissolved before the vote: in {share:.1f} % of runs" in page
    assert "parameters are fixed" in page and "forecast" in page


def test_two_runs_are_told_and_what_differs_is_explained(page):
    assert "The most typical path" in page and "The worst path" in page
    assert "because (base" in page and "replayed" in page and "made to happen by the scenario" in page
    assert "Chinese backing" in page and "Where their runs part" in page
    assert "of 100 pairs what is left to luck parts" in page
    assert (
        "over the pairs in which they came on both sides" in page
    )  # days are compared over fewer pairs than there are


def test_sources_caveats_and_how_to_make_it_again_are_there(page):
    assert "State Dept said solely about deportees" in page and "phnompenhpost" in page
    assert "Every actor is taken as one of one mind" in page
    for word in ("scenario hash", "code hash", "versions", "escalate"):
        assert word in page


def test_the_command_writes_it_whole_or_tells_what_is_wrong(folders, tmp_path):
    call = CliRunner().invoke
    result = call(main, ["report", str(folders[1]), "--out", str(tmp_path / "x.html")])
    assert result.exit_code == 0 and (tmp_path / "x.html").read_text().startswith("<!DOCTYPE html>")
    result = call(main, ["report", str(folders[1]), "--out", str(tmp_path / "no" / "x.html")])
    assert result.exit_code == 2 and "cannot be written" in result.output
    assert call(main, ["report", str(tmp_path)]).exit_code == 2


def test_a_folder_alone_is_enough(folders, tmp_path):
    """Nothing of the machine on which it was run is needed: a reader gets the same page."""
    shutil.copytree(folders[1], tmp_path / "sent")
    assert "The worst path" in report([tmp_path / "sent"])


@needs_chromium
def test_a_browser_opens_it_from_disk_and_finds_nothing_wrong(page, tmp_path):
    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    with opened() as (tab, requests, wrong):
        tab.goto((tmp_path / "report.html").as_uri())
        assert [url for url in requests if not url.startswith(("file:", "data:"))] == [] and wrong == []
        assert findings(tab) == []
        tab.set_viewport_size({"width": 360, "height": 700})
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360
        tab.emulate_media(media="print")
        assert tab.locator("details table tr").last.is_visible()  # what is folded on screen is printed
