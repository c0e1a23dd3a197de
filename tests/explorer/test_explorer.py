"""The explorer: levers give what the scenario with those values gives, and a page that works with the keyboard and no network."""

from xml.etree import ElementTree

import numpy as np
import pytest
import yaml
from browser import findings, needs_chromium, opened

from sim import UserError, compare, estimates, load, simulate
from sim.commands.init import start_folder
from sim.engine.loop import play_runs
from sim.explorer import pictures
from sim.explorer.ensembles import Explorer, LeverEnsemble
from sim.explorer.levers import GROUPS, checked_settings
from sim.explorer.markup import day_html, results_html, story_html
from sim.explorer.outcome_table import estimates_csv

RUNS = 200
BACKING = "parameters.backing"


@pytest.fixture(scope="module")
def explorer():
    return Explorer("baseline", RUNS, 1)


@pytest.fixture(scope="module")
def weak(explorer):
    return explorer.play({BACKING: 0.15})


# --- levers


def test_every_number_with_a_range_and_every_strategy_is_a_lever(explorer):
    levers = explorer.levers
    assert levers[BACKING].group == GROUPS[0] and next(iter(levers)) == BACKING  # who stands behind whom comes first
    assert {f"actors.{name}.strategy" for name in explorer.loaded.scenario.actors} <= set(levers)
    assert "pairs.state_to_society.base_mean" in levers
    for lever in levers.values():
        assert lever.meaning and (lever.options or lever.source)
        if not lever.options:
            assert lever.low <= lever.value <= lever.high and 40 <= (lever.high - lever.low) / lever.step <= 110


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({"record.file": "/etc/passwd"}, "no lever is called 'record.file'"),
        ({BACKING: "2"}, "a number from 0 to 1"),
        ({BACKING: "nan"}, "a number from 0 to 1"),
        ({BACKING: "0.2 }"}, "a number from 0 to 1"),
        ({"actors.cambodia.strategy": "tit_for_tot"}, "did you mean 'tit_for_tat'"),
    ],
)
def test_a_link_that_says_what_no_lever_can_is_refused(explorer, wanted, why):
    with pytest.raises(UserError, match=why):
        checked_settings(explorer.levers, wanted)


def test_settings_are_only_what_differs(explorer):
    assert checked_settings(explorer.levers, {BACKING: "0.85", "actors.china.strategy": "tit_for_tat"}) == {}
    # a dated series differs from the same number on every day
    assert checked_settings(explorer.levers, {"parameters.north_korea_salience": "0.9"}) == {
        "parameters.north_korea_salience": 0.9
    }


# --- what is played


def test_levers_give_what_the_scenario_with_those_values_gives(explorer, weak):
    alone = estimates(simulate(load("baseline", [f"{BACKING}=0.15"]), RUNS).totals.tally)
    assert [(one.name, one.value) for one in weak.estimates if one.kind == "share"] == [
        (one.name, one.value) for one in alone if one.kind == "share"
    ]


def test_differences_are_those_of_paired_runs(explorer, weak):
    found = compare(load("baseline"), load("baseline", [f"{BACKING}=0.15"]), RUNS)
    wanted = {one.name: one for one in found.differences}["dissolved_before_vote"]
    difference = weak.differences["dissolved_before_vote"]
    assert difference.mean == pytest.approx(100 * wanted.difference)
    assert difference.low == pytest.approx(100 * wanted.low, abs=1.5) and difference.high == pytest.approx(
        100 * wanted.high, abs=1.5
    )


def test_going_back_gives_the_same_and_plays_nothing(explorer, weak):
    assert explorer.play({BACKING: 0.15}) is weak
    assert explorer.play({}) is explorer.base


def test_settings_that_do_not_go_together_are_told(explorer):
    high = {
        "pairs.state_to_state.reciprocity": 0.43,
        "pairs.state_to_state.momentum": 0.79,
        "parameters.sympathy": 1.0,
    }
    with pytest.raises(UserError, match="without end"):
        explorer.play(high)


def test_what_is_downloaded_gives_the_same_again(explorer, weak, tmp_path):
    start_folder(tmp_path / "mine", blank=False)
    path = tmp_path / "mine" / "explored.yaml"
    path.write_text(explorer.patch_text({BACKING: 0.15, "actors.united_states.strategy": "grim_trigger"}))
    loaded = load(str(path))
    assert loaded.scenario.parameters["backing"].value == 0.15
    assert loaded.scenario.actors["united_states"].strategy == "grim_trigger"
    rows = [line.split(",") for line in estimates_csv(explorer, weak).splitlines()]
    by_name = {row[0]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}
    assert float(by_name["dissolved_before_vote"]["estimate"]) == next(
        one.value for one in weak.estimates if one.name == "dissolved_before_vote"
    )


def test_what_is_downloaded_of_a_case_with_a_variant_extends_both(tmp_path):
    start_folder(tmp_path / "mine", blank=False)
    path = tmp_path / "mine" / "explored.yaml"
    path.write_text(Explorer("baseline+weak_backing", 2, 1).patch_text({"parameters.leverage": 3.0}))
    parameters = load(str(path)).scenario.parameters
    assert (parameters["backing"].value, parameters["leverage"].value) == (0.15, 3.0)


def test_a_run_is_told_as_it_was_played(explorer):
    model = explorer.play_run({}, 3)
    _, acts, _ = next(play_runs(explorer.compiled, 1, range(3, 4)))
    assert (model.acts == acts).all()
    assert story_html(explorer, model, 3, {}).count("<tr>") == 1 + int(acts.sum())
    free = day_html(explorer, model, model.compiled.free_from + 5)
    assert "What might have been done" in free and "because" in free
    assert "(replayed)" in day_html(explorer, model, 2)
    with pytest.raises(ValueError, match="no run 200"):
        explorer.play_run({}, RUNS)


def test_pictures_are_sound_named_and_stay_inside(explorer, weak):
    labels = {name: actor.label for name, actor in explorer.loaded.scenario.actors.items()}
    for drawn in (
        pictures.shares(weak, labels),
        pictures.fans(weak, explorer.compiled, labels),
        pictures.survival(weak, explorer.base, explorer.compiled),
    ):
        root = ElementTree.fromstring(drawn)
        assert root.get("role") == "img" and root.get("aria-label")
        width, height = (float(number) for number in root.get("viewBox").split()[2:])
        for dot in root.iter("{http://www.w3.org/2000/svg}circle"):
            assert 0 <= float(dot.get("cx")) <= width and 0 <= float(dot.get("cy")) <= height


def test_text_of_a_scenario_is_escaped(tmp_path):
    start_folder(tmp_path / "mine", blank=False)
    evil = "<script>alert(1)</script>"
    (tmp_path / "mine" / "evil.yaml").write_text(
        yaml.safe_dump({"extends": "baseline.yaml", "name": evil, "description": evil, "caveats": [evil]})
    )
    own = Explorer(str(tmp_path / "mine" / "evil.yaml"), 100, 1)
    assert "<script" not in results_html(own, own.play({}))


@pytest.mark.parametrize("name", ["border", "european_union", "baseline+backing_withdrawn"])
def test_another_scenario_has_levers_and_pictures_of_its_own(name):
    own = Explorer(name, 100, 1)
    assert {lever.group for lever in own.levers.values()} == set(GROUPS)
    page = results_html(own, own.play({}))
    assert "nan" not in page and page.count("<svg") == 3


def test_tension_beyond_what_is_counted_has_a_place_in_the_picture():
    wild = simulate(load("border", ["allow_explosive=true", "parameters.reciprocity=3"]), 60)
    quantiles = wild.totals.daily.quantiles()
    explorer = Explorer("border", 100, 1)
    ensemble = LeverEnsemble({}, 60, [], [], {}, quantiles, {})
    labels = {name: actor.label for name, actor in explorer.loaded.scenario.actors.items()}
    drawn = pictures.fans(ensemble, explorer.compiled, labels)
    assert "nan" not in drawn and "inf" not in drawn
    assert np.isinf(quantiles[0.95]).any()  # else this would show nothing


# --- the page


def shown(page) -> str:
    """The settings whose results are shown and not said to be busy."""
    return page.evaluate("document.querySelector('#results[aria-busy=false] [data-settings]')?.dataset.settings ?? ''")


def wait_for(page, settings: str) -> None:
    page.wait_for_function(
        "(wanted) => document.querySelector('#results[aria-busy=false] [data-settings]')?.dataset.settings === wanted",
        arg=settings,
        timeout=60_000,
    )


def move(page, key: str, value: float) -> None:
    script = "([id, value]) => { const one = document.getElementById(id); one.value = value; one.dispatchEvent(new Event('input')); }"
    page.evaluate(script, [f"lever-{key.replace('.', '-').replace('_', '-')}", value])


@needs_chromium
def test_levers_move_numbers_follow_and_nothing_leaves_the_machine(served):
    address = served.address
    with opened() as (page, asked, wrong):
        page.goto(served.entrance)
        page.wait_for_selector("#results", timeout=60_000)
        wait_for(page, "as it is")
        first = page.inner_text(".headline")
        assert page.input_value(f"#lever-{BACKING.replace('.', '-').replace('_', '-')}") == "0.85"
        assert page.locator(".lever.moved").count() == 0
        move(page, BACKING, 0.15)
        wait_for(page, f"{BACKING} = 0.15")
        assert page.inner_text(".headline") != first and "points" in page.inner_text(".headline")
        assert findings(page) == []
        # quick moves: whatever is shown as done is either of the last settings or not said to be done
        for value in (0.3, 0.4, 0.5, 0.6, 0.7):
            move(page, BACKING, value)
            page.wait_for_timeout(60)
        wait_for(page, f"{BACKING} = 0.7")
        page.wait_for_timeout(1500)
        assert shown(page) == f"{BACKING} = 0.7"
        # a link restores the settings; one that asks for more than a lever can is refused
        page.goto(address + page.get_attribute("#link", "href"))
        wait_for(page, f"{BACKING} = 0.7")
        page.goto(address + "?record.file=/etc/passwd&" + f"{BACKING}=7")
        page.wait_for_selector(".problem", timeout=60_000)
        assert "no lever is called 'record.file'" in page.inner_text(".problem") and "root:" not in page.content()
        page.goto(address + "?%3Cimg%20src%3Dx%20onerror%3Dwindow.pwned%3D1%3E=1")
        page.wait_for_selector(".problem", timeout=60_000)
        assert page.evaluate("window.pwned") is None and page.locator(".problem img").count() == 0
        assert [
            url for url in asked if not url.startswith((address, address.replace("http", "ws"), "data:", "blob:"))
        ] == []
        assert [
            one for one in wrong if "/_solara/api/close/" not in one
        ] == []  # a page that is left says so, and hears no answer


@needs_chromium
def test_the_keyboard_alone_suffices_and_narrow_screens_too(served):
    with opened(width=360, height=720) as (page, _, wrong):
        page.goto(served.entrance)
        page.wait_for_selector("#results", timeout=60_000)
        wait_for(page, "as it is")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        for _ in range(12):  # the buttons and the link come first
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.type") == "range":
                break
        page.keyboard.press("ArrowLeft")
        wait_for(page, f"{BACKING} = 0.84")
        button = page.get_by_role("button", name="Tell one run, day by day")
        button.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector(".story", timeout=60_000)
        day = page.get_attribute("section.day", "data-day")
        page.get_by_role("button", name="Next day").focus()
        page.keyboard.press("Enter")
        page.wait_for_function(
            "(day) => document.querySelector('section.day').dataset.day !== day", arg=day, timeout=30_000
        )
        # with a run open, settings that do not go together are told, and the levers stay
        for key, high in (
            ("pairs.state_to_state.reciprocity", 0.43),
            ("pairs.state_to_state.momentum", 0.79),
            ("parameters.sympathy", 1.0),
        ):
            page.evaluate("document.querySelector('details').open = true")
            move(page, key, high)
        page.wait_for_selector(".problem", timeout=60_000)
        assert "without end" in page.inner_text(".problem >> nth=0")
        page.get_by_role("button", name="As the scenario is").click()
        wait_for(page, "as it is")
        page.wait_for_function("document.querySelectorAll('.lever.moved').length === 0", timeout=10_000)
        move(page, BACKING, 0.84)
        wait_for(page, f"{BACKING} = 0.84")
        with page.expect_download() as taken:
            page.get_by_role("button", name="Scenario (YAML)").press("Enter")
        assert f"{BACKING}: 0.84" in taken.value.path().read_text()
        assert wrong == []
