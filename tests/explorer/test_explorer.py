"""The explorer: levers give what the scenario with those values gives, and pictures that stay inside."""

import json
from xml.etree import ElementTree

import numpy as np
import pytest
import yaml

from sim import UserError, compare, estimates, load, simulate
from sim.commands.init import start_folder
from sim.engine.loop import play_runs
from sim.explorer import ensembles, pictures
from sim.explorer.ensembles import Explorer, LeverEnsemble
from sim.explorer.levers import GROUPS, checked_settings
from sim.explorer.look import DARK, LIGHT, on_dark
from sim.explorer.markup import day_html, results_html, story_html
from sim.explorer.outcome_table import estimates_csv
from sim.figures.style import PAIR_COLOURS, contrast, text_width

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


def test_differences_and_their_intervals_are_those_of_compare(explorer, weak):
    comparison = compare(load("baseline"), load("baseline", [f"{BACKING}=0.15"]), RUNS)
    wanted = {one.name: (100 * one.difference, 100 * one.low, 100 * one.high) for one in comparison.differences}
    assert weak.differences
    for name, gap in weak.differences.items():
        assert (gap.mean, gap.low, gap.high) == wanted[name]


def test_settings_are_compared_with_those_that_are_pinned(explorer, weak):
    pinned = explorer.reference({BACKING: 0.15})
    assert explorer.play({BACKING: 0.15}, pinned).differences == {}
    back = explorer.play({}, pinned)
    assert [one.value for one in back.base] == [one.value for one in weak.estimates]
    for name, gap in back.differences.items():
        assert gap.mean == pytest.approx(-weak.differences[name].mean)


def test_a_dragged_lever_shows_the_first_runs_of_the_whole(explorer, weak, monkeypatch):
    monkeypatch.setattr(ensembles, "MOST_FEW", 50)
    few = explorer.play({BACKING: 0.2}, few=True)
    alone = estimates(simulate(load("baseline", [f"{BACKING}=0.2"]), 50).totals.tally)
    assert few.runs == 50 and [one.value for one in few.estimates if one.kind == "share"] == [
        one.value for one in alone if one.kind == "share"
    ]
    assert explorer.play({BACKING: 0.15}, few=True) is weak  # the whole, where it is there
    assert "50 of 200 runs" in results_html(explorer, few)


def test_an_ensemble_that_is_not_wanted_any_more_is_left_and_nothing_of_it_stays(explorer):
    asked = []
    with pytest.raises(ensembles.NotWanted):
        explorer.play({BACKING: 0.6}, is_wanted=lambda: bool(asked.append(None)))
    assert len(asked) == 1
    whole = explorer.play({BACKING: 0.6})
    assert whole.runs == 200 and explorer.play({BACKING: 0.6}) is whole


def test_a_long_case_is_dragged_with_fewer_runs(explorer, monkeypatch):
    assert explorer.few == 200  # all there are
    decisions = explorer.compiled.days * len(explorer.compiled.acts)
    monkeypatch.setattr(ensembles, "FEW_DECISIONS", 60 * decisions)
    assert explorer.few == 60
    monkeypatch.setattr(ensembles, "FEW_DECISIONS", decisions)
    assert explorer.few == ensembles.LEAST_FEW


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


@pytest.mark.parametrize("width", [300, 640, 1000])
def test_pictures_are_sound_named_and_stay_inside(explorer, weak, width):
    labels = {name: actor.label for name, actor in explorer.loaded.scenario.actors.items()}
    for drawn in (
        pictures.shares(weak, labels, width),
        pictures.fans(weak, explorer.compiled, labels, width),
        pictures.survival(weak, explorer.compiled, width),
    ):
        root = ElementTree.fromstring(drawn)
        assert root.get("role") == "img" and root.get("aria-label")
        wide, height = (float(number) for number in root.get("viewBox").split()[2:])
        assert wide == width
        for dot in root.iter("{http://www.w3.org/2000/svg}circle"):
            assert 0 <= float(dot.get("cx")) <= wide and 0 <= float(dot.get("cy")) <= height
        for words in root.iter("{http://www.w3.org/2000/svg}text"):
            length = 72 * text_width(words.text, pictures.FONT)
            before = {"start": 0.0, "middle": 0.5, "end": 1.0}[words.get("text-anchor")] * length
            assert float(words.get("x")) - before >= -1 and float(words.get("x")) - before + length <= wide + 1, (
                words.text
            )


def test_values_under_the_pointer_are_those_of_the_ensemble(explorer, weak):
    labels = {name: actor.label for name, actor in explorer.loaded.scenario.actors.items()}
    root = ElementTree.fromstring(pictures.fans(weak, explorer.compiled, labels))
    panels = [json.loads(one.get("data-panel")) for one in root.iter() if one.get("data-panel")]
    assert (root.get("data-start"), int(root.get("data-days"))) == ("2017-08-21", explorer.compiled.days)
    for column, panel in enumerate(panels):
        assert panel["rows"][0][1] == np.round(weak.tension[0.5][:, column], 2).tolist()
    drawn = pictures.shares(weak, labels)
    tips = [json.loads(one.get("data-tip")) for one in ElementTree.fromstring(drawn).iter() if one.get("data-tip")]
    share = next(one for one in weak.estimates if one.name == "dissolved_before_vote")
    assert tips[0][0] == "Dissolved before vote" and f"{100 * share.value:.0f}" in tips[0][1]


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_what_is_written_can_be_read_in_either_theme(colours):
    for name in ("ink", "muted", "now", "problem"):
        assert contrast(colours[name], colours["paper"]) >= 4.5
    assert all(contrast(on_dark(colour), DARK["paper"]) >= 4.5 for colour in PAIR_COLOURS)


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
    ensemble = LeverEnsemble({}, 60, [], [], {}, quantiles, {}, {})
    labels = {name: actor.label for name, actor in explorer.loaded.scenario.actors.items()}
    drawn = pictures.fans(ensemble, explorer.compiled, labels)
    assert "nan" not in drawn and "inf" not in drawn
    assert np.isinf(quantiles[0.95]).any()  # else this would show nothing
