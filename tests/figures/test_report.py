"""The report: the first page answers, what it says is in the tables, nothing in it comes from elsewhere, and a browser finds it sound."""

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
MOST_PAGES = 8
A4 = {"width": 688, "height": 1018}  # what is left of a sheet inside its margins, in CSS pixels


def played(file, out, runs, *options):
    """The folder of so many runs of a scenario."""
    before = set(out.glob("*/*"))
    result = CliRunner().invoke(main, ["run", file, "--runs", str(runs), "--out", str(out), *options])
    assert result.exit_code == 0, result.output
    return next(path for path in set(out.glob("*/*")) - before)


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("report")


@pytest.fixture(scope="module")
def folders(out):
    """A scenario with text that means harm, and two beside it: another number, another actor."""
    start_folder(out / "mine", blank=False)
    evil = {
        "extends": "baseline.yaml", "name": EVIL, "description": EVIL, "caveats": [EVIL],
        "acts.amnesty": {"act": "cambodia.release_leader", "date": date(2017, 12, 25), "do": "force", "note": EVIL},
    }  # fmt: skip
    (out / "mine" / "evil.yaml").write_text(yaml.safe_dump(evil))
    files = (str(out / "mine" / "evil.yaml"), "baseline+weak_backing", "european_union")
    return [played(file, out / "runs", 100) for file in files]


@pytest.fixture(scope="module")
def page(folders):
    return report(folders)


@pytest.fixture(scope="module")
def case(out):
    """A case of the kind with two outside powers and two patrons, alone."""
    return played("venezuela", out / "runs", 100)


@pytest.fixture(scope="module")
def border(out):
    """Two made-up actors without a record, in so few runs that shares are counts."""
    return played("border", out / "runs", 20)


@pytest.fixture(scope="module")
def case_page(case):
    return report([case])


@pytest.fixture(scope="module")
def border_page(border):
    return report([border])


def text_of(page):
    """The words of a page, without its tags and with every blank a plain one."""
    return re.sub(r"\s+", " ", re.sub(r"<(style|svg).*?</\1>|<[^>]+>", " ", page, flags=re.S).replace("\u00a0", " "))


def first_page(page):
    """The words of the section that is the first printed page."""
    return text_of(re.search(r'<section class="front.*?</section>', page, re.S)[0])


def test_text_of_a_scenario_is_shown_and_never_run(page):
    assert "<script" not in page
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp;" in page


def test_the_first_page_answers_says_what_happened_and_how_likely_the_model_had_it(page, folders):
    front, runs = first_page(page), [read_run(folder) for folder in folders]
    number = [question.name for question in runs[0].compiled.questions].index("dissolved_before_vote")
    share = 100 * runs[0].tally.counts_of(number)[1] / runs[0].runs
    assert f"In {share:.0f} % of runs the party is dissolved before the vote under" in front
    assert re.search(
        r"under “.*?weak backing” in (none of 100|\d+ %)( of)? runs \(\d+ points fewer, \d+ to \d+\)", front
    )
    assert "this really happened on 16 Nov 2017. By that day it had come in" in front
    assert "The path that was really taken, rupture, is that of" in front
    assert re.search(
        r"The record settles \d+ yes-or-no outcomes; in \w+ of them most runs of “.*?” go as events went", front
    )


def test_three_caveats_are_chosen_by_rule_and_the_scenarios_follow(page):
    front = re.search(r"<ol>(.*?)</ol>", page, re.S)[1]
    assert front.count("<li>") == 3
    assert (
        "a patron&#39;s backing makes no difference that can be seen" in front
        and "put it at 0.2 (95\u00a0%: −0.4 to 0.8" in front
        and "at any true value from 0 to 6.9" in front
    )
    assert (
        "What differs between the scenarios is put in, not found, and rests on judgement: Chinese backing."
        in text_of(front)
    )
    assert "cannot happen within 30 days after" in front
    rest = text_of(page[page.index('id="more-caveats"') :])
    assert "acts of the record cannot be done in the model" in rest and "Runs begin with 17 of the" in rest
    assert "Every actor is taken to be of one mind" in rest


def test_caveats_of_one_case_are_not_those_of_another(case_page, border_page):
    made_up, venezuela = first_page(border_page), first_page(case_page)
    assert (
        "Only 20 runs were played" in made_up and "patron" not in made_up and "record, so there is nothing" in made_up
    )
    assert (
        "That Russian and Chinese backing matters is built into the model" in venezuela
        and "put in, not found" not in venezuela
    )


def test_shares_have_the_digits_that_their_runs_deserve(page, border_page):
    assert not re.search(r"\d\.\d+ ?%", first_page(page)), "a hundred runs leave no tenth of a percent"
    assert re.search(r"In \d+ of 20 runs|In none of 20 runs|In all 20 runs", first_page(border_page))
    bare = text_of(border_page).partition("Figures")[0]
    assert set(re.findall(r"(\d+) % of runs", bare)) == set()


def test_all_kinds_of_uncertainty_are_told_and_what_was_not_asked_names_the_command(case_page, border, border_page):
    front = first_page(case_page)
    for kind in ("Chance", "Numbers", "Rule"):
        assert kind in front
    assert "escalate spread venezuela" in front and "escalate spread border" in first_page(border_page)
    result = CliRunner().invoke(
        main, ["spread", "border", "--draws", "10", "--runs", "10", "--out", str(border.parent.parent)]
    )
    assert result.exit_code == 0, result.output
    told = first_page(report([border]))
    assert "in 95 % of draws" in told and "escalate spread" not in told
    assert re.search(r"what one run gives is \d+ % chance, \d+ % numbers, \d+ % the rule", told)


def test_a_spread_of_other_numbers_is_not_taken_for_this_ones(out, border):
    other = played("border", border.parent.parent, 20, "--set", "parameters.reciprocity=0.1")
    assert any(other.parent.glob("spread-*")) and "escalate spread border" in first_page(report([other]))


def test_differences_are_sentences_and_their_keys_are_folded(page):
    told = text_of(page)
    assert "Chinese backing is 0.15 in place of 0.85." in told
    assert re.search(r"Adds an actor \(European Union, \d+ actions by it or toward it\), and with it", told)
    assert re.search(r"makes this happen, 25 Dec 2017: .*releases the opposition.*?s leader", told)
    keys = [match.start() for match in re.finditer(r"<code>parameters\.backing", page)]
    assert keys and all(page.rfind("<details", 0, key) > page.rfind("</details>", 0, key) for key in keys)
    assert "Of 100 pairs" in told


def test_no_key_is_seen_unless_it_is_unfolded(page, folders):
    seen = re.sub(r"<details.*?</details>|<code>.*?</code>", " ", page, flags=re.S)
    keys = {
        key
        for folder in folders
        for scenario in [read_run(folder).compiled.loaded.scenario]
        for names in (scenario.parameters, scenario.actors, scenario.outcomes, scenario.facts, scenario.drives)
        for key in names
        if "_" in key
    }
    told = text_of(seen)
    assert [key for key in keys if re.search(rf"\b{key}\b", told)] == []
    assert not re.search(r"\b[a-z]+\.[a-z]+_[a-z_]+\b", told)


def test_stories_are_ten_turning_points_and_the_whole_is_folded(page):
    stories = re.findall(r'<ol class="turns">(.*?)</ol>', page, re.S)
    assert len(stories) == 2 and all(0 < story.count("<li>") <= 10 for story in stories)
    assert all("its chance that day was" in story for story in stories)
    for line in ("because (base", "State Dept said solely about deportees"):
        place = page.index(line)
        assert page.rfind("<details", 0, place) > page.rfind("</details>", 0, place)
    assert "<details open" not in page


def test_nothing_comes_from_elsewhere(page):
    loaded = re.findall(r'(?:src|data|action)="([^"]*)"', page) + re.findall(r"url\(([^)]*)\)", page)
    assert [address for address in loaded if not address.startswith(("#", "data:"))] == []
    assert "default-src 'none'" in page


def test_every_picture_has_a_name_and_ids_of_its_own(page):
    pictures = re.findall(r'<svg role="img" aria-label="([^"]+)"', page)
    assert len(pictures) == 8 and all(pictures)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in re.findall(r'href="(#[^"]+)"', page)} <= set(ids)


def test_sources_and_how_to_make_it_again_are_there(page):
    assert "phnompenhpost" in page
    for word in ("scenario hash", "code hash", "versions", "escalate", "1 − exp(−h)"):
        assert word in page


def test_the_same_folders_give_the_same_bytes(case_page, case):
    assert report([case]) == case_page


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


@pytest.mark.parametrize(
    "options", [["--runs", "1"], ["--runs", "2", "--acts-of", "0"]], ids=["one run", "no act kept"]
)
def test_a_page_can_be_made_of_hardly_anything(out, tmp_path, options):
    result = CliRunner().invoke(main, ["run", "border", "--out", str(tmp_path), *options])
    assert result.exit_code == 0, result.output
    page = report([next((tmp_path / "border").iterdir())])
    few = r"in (the only|no) run\b" if options[1] == "1" else r"(none of|all|1 of) 2\b"
    assert re.search(few, first_page(page), re.IGNORECASE) and "1 runs" not in first_page(page)


@needs_chromium
@pytest.mark.parametrize("which", ["page", "case_page", "border_page"])
def test_it_prints_on_eight_pages_and_the_first_holds_what_matters(request, tmp_path, which):
    (tmp_path / "report.html").write_text(request.getfixturevalue(which), encoding="utf-8")
    with opened() as (tab, _, wrong):
        tab.goto((tmp_path / "report.html").as_uri())
        pdf = tab.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) <= MOST_PAGES
        tab.emulate_media(media="print")
        tab.set_viewport_size(A4)
        for words in ("What really happened", "Three caveats", "How sure is it?"):
            box = tab.get_by_text(words, exact=False).first.bounding_box()
            assert box is not None and box["y"] < A4["height"]
        front = tab.locator("section.front").bounding_box()
        assert front["y"] + front["height"] <= A4["height"], "it begins a second sheet"
        assert not tab.locator("details").first.is_visible() and not tab.locator("nav").is_visible()
        assert wrong == []


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_opens_it_from_disk_and_finds_nothing_wrong(page, tmp_path, scheme):
    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    with opened(1280, 800) as (tab, requests, wrong):
        tab.emulate_media(color_scheme=scheme)
        tab.goto((tmp_path / "report.html").as_uri())
        assert [url for url in requests if not url.startswith(("file:", "data:"))] == [] and wrong == []
        ground = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(26, 26, 26)"}[scheme]
        for words in ("What really happened", "Three caveats"):
            assert tab.get_by_text(words).first.bounding_box()["y"] < 800
        assert tab.locator("ol").first.bounding_box()["y"] + tab.locator("ol").first.bounding_box()["height"] < 800
        assert findings(tab) == []
        tab.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        assert findings(tab) == []


@needs_chromium
def test_on_a_narrow_screen_only_tables_and_figures_scroll_in_boxes_of_their_own(page, tmp_path):
    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    with opened(390, 844) as (tab, _, _):
        tab.goto((tmp_path / "report.html").as_uri())
        tab.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390
        small = tab.evaluate(
            "[...document.querySelectorAll('.front *')].filter(node => node.children.length === 0 && node.textContent.trim()"
            " && node.getBoundingClientRect().height > 0 && parseFloat(getComputedStyle(node).fontSize) < 11).length"
        )
        assert small == 0, "text of the first screen is too small to read"
