"""The Mesa model keeps Mesa's conventions, on every version of Mesa 3 that we allow, and keeps its reasons."""

import math
import random
import warnings
from datetime import date, timedelta

import numpy as np
import pytest
from mesa.batchrunner import batch_run
from toy import WITHOUT_JIT, shipped

from sim.engine.crisis import Crisis
from sim.scenario.problems import UserError


@pytest.fixture(autouse=True)
def no_warning_that_mesa_will_change():
    """Whatever Mesa says will go away is not used."""
    with warnings.catch_warnings():
        for category in (FutureWarning, DeprecationWarning, PendingDeprecationWarning):
            warnings.filterwarnings("error", category=category, module=r"sim\.|mesa\.|test_mesa")
        yield


@pytest.fixture(scope="module")
def border():
    """A small crisis: two actors, 306 days."""
    return shipped("border")


@pytest.fixture(scope="module")
def played(border):
    model = Crisis(border, run=4)
    model.run_model()
    return model


# --- Mesa's conventions -----------------------------------------------------------------------------------------


def test_the_model_runs_to_the_last_day_of_its_clock_and_stops(played, border):
    assert not played.running
    assert played.day == border.days == 306
    assert played.date == date(2030, 12, 31)


def test_a_step_after_the_last_day_changes_nothing(border):
    model = Crisis(border)
    model.run_model()
    acts, frame = model.acts.copy(), model.datacollector.get_model_vars_dataframe()
    model.step()
    assert (model.day, model.running) == (306, False)
    assert np.array_equal(model.acts, acts)
    assert len(model.datacollector.get_model_vars_dataframe()) == len(frame)


def test_there_is_an_agent_for_every_actor(played, border):
    assert sorted(agent.name for agent in played.agents) == border.actors == ["north", "south"]
    assert played.actor("south").name == "south"
    with pytest.raises(KeyError, match="no actor 'east'; there are north, south"):
        played.actor("east")


def test_collected_frames_have_dates_acts_and_tensions(played):
    frame = played.datacollector.get_model_vars_dataframe()
    assert list(frame.columns) == ["date", "acts", "tension north south"]
    assert list(frame["date"]) == [date(2030, 3, 1) + timedelta(index) for index in range(306)]
    assert list(frame["acts"]) == played.acts.sum(axis=1).tolist()
    assert np.array_equal(frame["tension north south"].to_numpy(), played.tensions[:, 0])


def test_collected_frames_name_what_each_actor_did(played, border):
    frame = played.datacollector.get_agent_vars_dataframe().reset_index()
    told = [(actor, name) for actor, did in zip(frame["actor"], frame["did"], strict=True) for name in did]
    acts = [(border.acts[action].actor, border.acts[action].action) for _, action in np.argwhere(played.acts)]
    assert sorted(told) == sorted(acts)
    assert len(told) > 10


def test_before_the_first_day_nothing_has_happened(border):
    model = Crisis(border)
    assert (model.date, model.acts_today, model.running) == (date(2030, 2, 28), 0, True)
    assert model.actor("north").acts_today == []


def test_rng_is_mesas_word_for_the_seed(border):
    assert Crisis(border, rng=7).seed == Crisis(border, seed=7).seed == 7
    one, other = Crisis(border, rng=7), Crisis(border, seed=7)
    one.run_model()
    other.run_model()
    assert np.array_equal(one.acts, other.acts)
    assert np.array_equal(one.tensions, other.tensions)


def test_a_generator_gives_a_seed_which_gives_the_run_again(border):
    model = Crisis(border, rng=np.random.default_rng(5))
    assert model.seed == Crisis(border, rng=np.random.default_rng(5)).seed == Crisis(border, rng=model.seed).seed
    assert model.seed != Crisis(border, rng=np.random.default_rng(6)).seed


def test_a_seed_beside_an_rng_is_an_error(border):
    with pytest.raises(ValueError, match="two words for one thing"):
        Crisis(border, seed=1, rng=1)


def test_settings_are_laid_over_a_file_and_not_over_a_compiled_scenario(border):
    model = Crisis("border", **{"parameters.reciprocity": 0.5})
    assert model.compiled.loaded.scenario.parameters["reciprocity"].value == 0.5
    with pytest.raises(ValueError, match="not over a compiled scenario"):
        Crisis(border, **{"parameters.reciprocity": 0.5})
    with pytest.raises(UserError, match="reciprocty"):
        Crisis("border", **{"parameters.reciprocty": 0.5})


# --- Mesa's tools -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("crisis", ["border", "baseline"])
def test_mesas_batch_run_plays_the_same_runs(crisis):
    results = batch_run(
        Crisis,
        {"crisis": crisis, "run": range(3)},
        number_processes=1,
        max_steps=1000,
        data_collection_period=1,
        display_progress=False,
    )
    pair = "tension north south" if crisis == "border" else "tension cambodia united_states"
    for run in range(3):
        model = Crisis(crisis, run=run)
        model.run_model()
        rows = {row["date"]: row for row in results if row["run"] == run}
        assert len(rows) == model.compiled.days
        assert [rows[when]["acts"] for when in sorted(rows)] == model.acts.sum(axis=1).tolist()
        assert [rows[when][pair] for when in sorted(rows)] == model.tensions[
            :, model.compiled.pairs.index(tuple(pair.split()[1:]))
        ].tolist()
    whole = [tuple(row["acts"] for row in results if row["run"] == run) for run in range(3)]
    assert len(set(whole)) == 3


def test_mesas_batch_run_ends_on_the_last_day():
    results = batch_run(
        Crisis, {"crisis": "border", "run": range(2)}, number_processes=1, max_steps=1000, display_progress=False
    )
    assert {(row["run"], row["date"]) for row in results} == {(0, date(2030, 12, 31)), (1, date(2030, 12, 31))}


def test_mesas_batch_run_varies_settings_and_seeds():
    varied = {"crisis": "border", "seed": [1, 2], "parameters.reciprocity": [0.1, 0.5]}
    if "rng" in batch_run.__code__.co_varnames:  # from Mesa 3.5 on, batch_run gives the seeds itself
        del varied["seed"]
        results = batch_run(
            Crisis,
            varied,
            number_processes=1,
            max_steps=1000,
            data_collection_period=1,
            display_progress=False,
            rng=[1, 2],
        )
    else:
        results = batch_run(
            Crisis, varied, number_processes=1, max_steps=1000, data_collection_period=1, display_progress=False
        )
    whole = {(row["seed"], row["parameters.reciprocity"]): [] for row in results}
    for row in results:
        whole[row["seed"], row["parameters.reciprocity"]].append(row["tension north south"])
    assert set(whole) == {(1, 0.1), (1, 0.5), (2, 0.1), (2, 0.5)}
    assert len({tuple(tensions) for tensions in whole.values()}) == 4


def test_solara_draws_the_model_steps_it_and_starts_it_anew():
    solara = pytest.importorskip("solara")
    vuetify = pytest.importorskip("ipyvuetify")
    from mesa.visualization import SolaraViz, make_plot_component

    warnings.simplefilter("ignore")  # what Mesa and Solara do among themselves is not ours
    model = Crisis("border")
    for _ in range(3):
        model.step()
    drawn = []

    @solara.component
    def today(shown):
        drawn.append((shown.date, shown.compiled.loaded.scenario.parameters["reciprocity"].value))
        return solara.Markdown(f"{shown.date}: {shown.acts_today} acts")

    lever = {"type": "SliderFloat", "value": 0.4, "label": "reciprocity", "min": 0.02, "max": 0.5, "step": 0.01}

    @solara.component
    def page():
        with solara.AppLayout():
            tension = make_plot_component({"tension north south": "black"})
            SolaraViz(
                model,
                components=[today, tension],
                model_params={"crisis": "border", "run": 2, "parameters.reciprocity": lever},
            )

    def press(label):
        next(button for button in context.find(vuetify.Btn).widgets if label in button.children).click()

    _, context = solara.render(page(), handle_error=False)
    assert drawn == [(date(2030, 3, 3), 0.3)]
    press("Step")
    assert model.date == date(2030, 3, 4)
    press("Reset")
    assert drawn[-1] == (date(2030, 2, 28), 0.4)
    context.close()


# --- reasons ----------------------------------------------------------------------------------------------------


def hazard_of(reason):
    """The hazard from its named terms, as the page has it."""
    base = reason.base * math.exp(sum(reason.base_drives.values()))
    intensity = (base + reason.answer) * math.exp(sum(reason.channel_drives.values())) + reason.campaign * math.exp(
        sum(reason.own_drives.values())
    )
    return reason.available * reason.share * intensity * math.exp(sum(reason.action_drives.values()))


@pytest.mark.parametrize(
    "settings",
    [
        (),
        ("parameters.backing=0.3", "actors.united_states.strategy=grim_trigger"),
        ("parameters.backing=0",),
    ],
)
def test_the_named_terms_of_a_reason_make_its_hazard_and_luck_decides(settings):
    scenario = shipped("baseline", *settings)
    model = Crisis(scenario, run=3)
    model.run_model()
    chance = random.Random(3)
    reasons = []
    for index in chance.sample(range(scenario.days), 60 if WITHOUT_JIT else scenario.days):
        for action in chance.sample(range(len(scenario.acts)), 6):
            act = scenario.acts[action]
            reason = model.actor(act.actor).reason(scenario.date(index), act.action)
            reasons.append(reason)
            assert reason.act == act.name
            assert reason.happened == bool(model.acts[index, action])
            assert abs(reason.hazard - hazard_of(reason)) < 1e-12
            assert reason.probability == pytest.approx(1 - math.exp(-reason.hazard), abs=1e-15)
            if index >= scenario.free_from:
                assert reason.ordered == ""
                assert reason.happened == (reason.luck < 1 - math.exp(-reason.hazard))
            else:
                assert reason.happened == (reason.ordered == "force")
    assert any(reason.hazard > 0 for reason in reasons)
    assert any(not reason.available for reason in reasons)


def test_every_act_of_a_free_day_has_luck_below_its_chance_and_an_open_door(baseline):
    model = Crisis(baseline, run=1)
    model.run_model()
    done = np.argwhere(model.acts[baseline.free_from :])
    for index, action in done:
        act = baseline.acts[action]
        reason = model.actor(act.actor).reason(baseline.date(index + baseline.free_from), act.action)
        assert reason.available
        assert reason.luck < reason.probability
    assert len(done) > 20


def test_a_reason_names_the_drives_of_the_scenario(baseline):
    model = Crisis(baseline)
    for _ in range(40):
        model.step()
    arrest = model.actor("cambodia").reason(date(2017, 9, 20), "arrest")
    assert (set(arrest.base_drives), set(arrest.channel_drives), set(arrest.own_drives), set(arrest.action_drives)) == (
        set(),
        {"electoral_incentive"},
        set(),
        {"exposure"},
    )
    offer = model.actor("cambodia").reason(date(2017, 9, 20), "offer_talks")
    assert (set(offer.base_drives), set(offer.channel_drives), set(offer.action_drives)) == (
        {"relief_seeking"},
        {"electoral_incentive"},
        set(),
    )
    pledge = model.actor("china").reason(date(2017, 9, 20), "pledge_aid")
    assert (set(pledge.channel_drives), set(pledge.own_drives)) == ({"patronage"}, {"lapsed_patronage"})
    cut = model.actor("united_states").reason(date(2017, 9, 20), "cut_aid")
    assert (set(cut.channel_drives), set(cut.action_drives)) == ({"distraction"}, {"audience_cost"})


def test_a_reason_tells_what_was_ordered(baseline):
    model = Crisis(baseline)
    for _ in range(30):
        model.step()
    cambodia = model.actor("cambodia")
    assert [
        cambodia.reason(when, "detain_leader").ordered
        for when in (date(2017, 9, 3), date(2017, 9, 4), date(2017, 9, 17))
    ] == ["force", "withhold", ""]
    assert [cambodia.reason(when, "detain_leader").happened for when in (date(2017, 9, 3), date(2017, 9, 4))] == [
        True,
        False,
    ]


def test_there_is_no_reason_for_a_day_that_has_not_been_run_or_an_action_of_another(border):
    model = Crisis(border)
    model.step()
    with pytest.raises(ValueError, match="2030-03-02 has not been run"):
        model.actor("north").reason(date(2030, 3, 2), "accuse")
    with pytest.raises(ValueError, match="2030-02-28 has not been run"):
        model.actor("north").reason(date(2030, 2, 28), "accuse")
    with pytest.raises(KeyError, match="north has no action 'sue'"):
        model.actor("north").reason(date(2030, 3, 1), "sue")


def test_reasons_of_a_day_do_not_change_when_later_days_are_run(border):
    model = Crisis(border)
    for _ in range(10):
        model.step()
    before = [model.actor("north").reason(border.date(index), "accuse") for index in range(10)]
    model.run_model()
    assert [model.actor("north").reason(border.date(index), "accuse") for index in range(10)] == before
