"""The back-test: scores that others agree with, and forecasts that know nothing of what came after."""

import json
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import numpy as np
import pytest
import scoringrules
from cases import DAYS, write_case
from click.testing import CliRunner
from scipy import stats
from statsmodels.stats.multitest import multipletests
from toy import START, day

from sim import UserError
from sim.commands.backtest import losses_text
from sim.commands.group import main
from sim.evidence import scores as s
from sim.evidence.backtest import Plan, adjusted, counted, day_rows, make_forecasts, score_rows, skill_rows
from sim.evidence.backtest_plan import fixed_keys
from sim.evidence.baselines import (
    BASELINES,
    HALF_LIVES,
    autoregression,
    base_rate,
    baseline_forecasts,
    chosen_half_life,
    forgetting_rate,
    persistence,
    window_rate,
)
from sim.evidence.forecast import Model, Task, make_forecast
from sim.evidence.learned_base import believed_base, learned_base, learned_on
from sim.evidence.parts import Parts
from sim.evidence.truth import case_before, month_starts, truth_of

ORIGIN = date(2000, 8, 1)
HORIZONS = (30, 60)


# --- scores


@pytest.mark.parametrize("observed", [0, 1, 4, 11])
def test_the_score_of_counts_is_the_crps_of_others(observed):
    mean = 3.2
    assert s.ranked_score(s.poisson(np.array([mean])), np.array([observed]))[0] == pytest.approx(
        float(scoringrules.crps_poisson(observed, mean)), abs=1e-9
    )
    runs = np.random.default_rng(1).poisson(mean, 500)
    score = s.ranked_score(s.ensemble_forecast(runs), np.array(observed))
    assert score == pytest.approx(float(scoringrules.crps_ensemble(float(observed), runs.astype(float))), abs=1e-9)


def test_the_chance_scores_are_those_of_others():
    chances, happened = np.array([0.1, 0.7, 0.5]), np.array([True, True, False])
    assert s.brier(chances, happened) == pytest.approx(scoringrules.brier_score(happened.astype(float), chances))
    assert s.log_score(chances, happened) == pytest.approx([-np.log(0.1), -np.log(0.7), -np.log(0.5)])


def test_forecasts_are_distributions():
    for forecast in (s.poisson(np.array([0.0, 0.4, 40.0])), s.normal(np.array([-3.0, 2.0]), np.array([0.5, 3.0]))):
        assert forecast.sum(axis=-1) == pytest.approx(np.ones(len(forecast))) and (forecast >= 0.0).all()
    assert s.chance_of_any(s.poisson(np.array([0.0])), floor=0.01)[0] == 0.01
    assert s.normal(np.array([-3.0]), np.array([0.5]))[0, 0] == pytest.approx(1.0)


def test_skill_is_none_against_oneself_and_its_interval_holds_what_is_so():
    rng = np.random.default_rng(1)
    ours = rng.gamma(2.0, 1.0, 24)
    assert s.skill(ours, ours) == 0.0 and s.skill_of(ours, ours, seed=1) == s.Compared(0.0, 0.0, 0.0, 1.0)
    assert s.skill_of(ours, 2.0 * ours, seed=1) == s.Compared(0.5, 0.5, 0.5, 0.0)
    result = s.skill_of(ours, ours + rng.normal(0.0, 0.3, 24), seed=1)
    assert result.low < 0.0 < result.high and result.p > 0.05
    few = s.skill_of(ours[:5], ours[:5], seed=1)
    assert np.isnan([few.low, few.high, few.p]).all()  # too few to say


@pytest.mark.parametrize("origins", [7, 13])
def test_where_nothing_differs_intervals_seldom_exclude_none_though_windows_overlap(origins):
    excluded = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        noise = np.convolve(rng.normal(0.0, 1.0, origins + 2), np.ones(3), "valid")
        theirs = 10.0 + np.convolve(rng.normal(0.0, 1.0, origins + 2), np.ones(3), "valid")
        result = s.skill_of(theirs + noise, theirs, seed)
        excluded += not result.low <= 0.0 <= result.high
        assert (result.p < 0.05) == (not result.low <= 0.0 <= result.high)
    assert excluded / 200 < 0.12  # quantiles of the draws exclude it in a quarter to a half


def test_comparisons_taken_together_are_those_of_others():
    p = np.random.default_rng(1).random(40) ** 3
    together = s.holm(np.array([*p, np.nan]))
    assert together[:-1] == pytest.approx(multipletests(p, method="holm")[1]) and np.isnan(together[-1])


def test_where_nothing_differs_any_of_many_comparisons_is_seldom_called_sure(monkeypatch):
    """Twelve scores of forecasters that are alike, each over thirteen origins: hundreds of tables."""
    monkeypatch.setattr(s, "RESAMPLES", 400)
    wrong, alone = 0, 0
    for seed in range(150):
        rng = np.random.default_rng(seed)
        p = []
        for _ in range(12):
            noise, theirs = rng.normal(0.0, 1.0, 13), 10.0 + rng.normal(0.0, 1.0, 13)
            p.append(s.skill_of(theirs + noise, theirs, seed).p)
        wrong += s.holm(np.array(p)).min() <= 0.05
        alone += min(p) <= 0.05
    assert wrong / 150 <= 0.05 < alone / 150


def test_a_difference_by_blocks_of_days_has_the_width_of_what_is_independent():
    values = np.random.default_rng(1).normal(0.02, 1.0, 600)
    result = s.difference(values, 30, seed=1)
    assert result.estimate == pytest.approx(values.sum())
    assert (result.high - result.low) / 2.0 == pytest.approx(2.09 * np.sqrt(600), rel=0.35)
    assert np.isnan(s.difference(values[:50], 30, seed=1).p)


def test_places_of_what_happened_are_even_if_chances_are_right():
    rng = np.random.default_rng(1)
    chances = rng.uniform(0.01, 0.6, 20_000)
    right = s.randomised_pit(chances, rng.random(20_000) < chances, rng)
    assert stats.kstest(right, "uniform").pvalue > 0.01
    wrong = s.randomised_pit(chances, rng.random(20_000) < 1.5 * chances, rng)
    assert stats.kstest(wrong, "uniform").pvalue < 1e-6


# --- forecasts


@pytest.fixture(scope="module")
def quarrel(tmp_path_factory):
    return write_case(tmp_path_factory.mktemp("quarrel"))


@pytest.fixture(scope="module")
def truth(quarrel):
    return truth_of(str(quarrel), ())


def task(truth, model=None) -> Task:
    return Task(truth, ORIGIN, model or Model("model"), HORIZONS, runs=400, seed=1)


def test_the_record_is_what_is_forecast(truth):
    assert truth.first == START and truth.last <= day(DAYS - 1)
    assert list(truth.targets.classes) == ["one → other, hostile", "other → one, hostile"]
    rows = (truth.compiled.loaded.record_path.read_text().strip().splitlines())[1:]
    assert truth.acts.sum() == len(rows)


def test_a_forecast_does_not_change_with_the_future(quarrel, truth, tmp_path):
    """Put other acts after the origin: every forecast of that morning stays as it was, to the byte."""
    text = (quarrel.parent / "record.csv").read_text().splitlines()
    before = [line for line in text if line.startswith("date") or line[:10] < str(ORIGIN)]
    after = [f"{ORIGIN + timedelta(days)},other,one,one_0,made up," for days in range(0, 80, 2)]
    (tmp_path / "record.csv").write_text("\n".join([*before, *after]) + "\n")
    (tmp_path / "quarrel.yaml").write_text(quarrel.read_text())
    changed = truth_of(str(tmp_path / "quarrel.yaml"), ())
    assert truth.between(ORIGIN, 60).sum() != changed.between(ORIGIN, 60).sum()
    forgetting = partial(forgetting_rate, half_life=60)
    for make in (base_rate, persistence, window_rate, forgetting, learned_base, autoregression):
        original, altered = make(truth, ORIGIN, HORIZONS), make(changed, ORIGIN, HORIZONS)
        assert original.counts.tobytes() == altered.counts.tobytes(), original.model
    original, altered = make_forecast(task(truth)), make_forecast(task(changed))
    assert original.counts.tobytes() == altered.counts.tobytes()
    assert original.rungs.tobytes() == altered.rungs.tobytes()
    assert original.daily[0].tobytes() == altered.daily[0].tobytes()  # later mornings know what came by then
    assert original.daily[20:].tobytes() != altered.daily[20:].tobytes()


def test_series_stay_at_what_they_are_on_the_origin_and_bases_are_learned():
    truth = truth_of("baseline", ())
    case = case_before(truth, date(2017, 12, 1), (), ())
    assert case.last == date(2017, 11, 30)
    assert case.loaded.scenario.parameters["north_korea_salience"].steps == {}
    assert not any(prior.key.endswith(".base") for prior in case.priors.priors)  # the record teaches them


def test_what_a_scenario_forces_is_no_record():
    with pytest.raises(UserError, match="is forced"):
        truth_of("baseline", ["acts.x={act: united_states.cut_aid, date: 2018-07-10, do: force}"])


def test_a_model_held_without_answers_does_not_answer(truth):
    model = Model("without answers", ("parameters.reciprocity=0",), ("parameters.reciprocity",))
    daily = make_forecast(task(truth, model)).daily
    assert np.ptp(daily[:, 0]) == pytest.approx(0.0, abs=1e-12)
    assert np.ptp(make_forecast(task(truth)).daily[:, 0]) > 0.0


def test_simple_rules_are_as_by_hand(truth):
    days = (ORIGIN - truth.first).days
    counts = truth.between(truth.first, days).sum(axis=0)
    counts_of_class = base_rate(truth, ORIGIN, (30,)).counts[0]
    assert counts_of_class.shape[0] == 2  # one action a channel: each has the half act of its channel
    assert 1.0 - counts_of_class[:, 0] == pytest.approx(1.0 - np.exp(-(counts + 0.5) / days * 30))
    last = truth.between(ORIGIN - timedelta(30), 30).sum(axis=0)
    assert 1.0 - persistence(truth, ORIGIN, (30,)).counts[0][:, 0] == pytest.approx(
        1.0 - np.exp(-last - 0.5 / days * 30)
    )
    names = [entry.name for entry in BASELINES]
    assert [forecast.model for forecast in baseline_forecasts(truth, [ORIGIN], (30,))] == names
    listed = CliRunner().invoke(main, ["list", "baselines", "--json"]).output
    assert [row["baseline"] for row in json.loads(listed)] == names
    assert autoregression(truth, START + timedelta(90), (30,)) is None  # twenty weeks are wanted


def test_a_learned_base_is_calibrated_on_records_of_rates_that_do_not_change(truth):
    """Rates as different as pairs of the kind are: places of counts, and the share of mornings with an act, come out."""
    rng = np.random.default_rng(1)
    scenario = truth.compiled.loaded.scenario
    shape, mean = believed_base(scenario, truth.compiled.channels[0])
    assert (shape, mean) == (0.2, 0.02)  # of the toy's only kind of pair
    places, expected, came = [], 0.0, 0
    for _ in range(400):
        rates = rng.gamma(shape, mean / shape, 2)
        record = replace(truth, acts=rng.poisson(rates, truth.acts.shape))
        forecast = learned_base(record, ORIGIN, HORIZONS)
        observed = record.between(ORIGIN, 30).sum(axis=0)
        below = np.concatenate([np.zeros((2, 1)), forecast.counts[0].cumsum(axis=-1)], axis=1)
        low, high = below[[0, 1], observed], below[[0, 1], observed + 1]
        places.append(low + rng.random(2) * (high - low))
        expected += forecast.daily.sum()
        came += int((record.between(ORIGIN, 30) > 0).sum())
        assert forecast.rungs[1, :, 0] == pytest.approx(forecast.counts[1, :, 0])  # no rung: no act
    assert stats.kstest(np.concatenate(places), "uniform").pvalue > 0.01
    assert came == pytest.approx(expected, abs=3.0 * np.sqrt(expected))


def test_a_base_is_learned_from_all_of_the_record_and_drawn_toward_its_kind(truth):
    days = (ORIGIN - truth.first).days
    counts = truth.between(truth.first, days).sum(axis=0)
    known = learned_on(truth, ORIGIN)
    scenario = truth.compiled.loaded.scenario
    shape, mean = believed_base(scenario, truth.compiled.channels[0])
    assert (shape, mean) == (0.2, 0.02)  # of the toy's only kind of pair
    assert known.shape / known.days == pytest.approx((shape + counts) / (shape / mean + days))


def test_a_half_life_is_chosen_by_what_lies_before_the_first_origin_and_is_short_where_rates_change(truth):
    before, after = (truth.acts.copy() for _ in range(2))
    before[:] = np.random.default_rng(0).random(before.shape) < 0.1
    after[:] = (
        np.random.default_rng(2).random(after.shape) < np.where(np.arange(len(after)) % 60 < 30, 0.4, 0.01)[:, None]
    )
    steady, changing = replace(truth, acts=before), replace(truth, acts=after)
    assert chosen_half_life(steady, ORIGIN) >= 240 and chosen_half_life(changing, ORIGIN) in HALF_LIVES[:2]
    later = before.copy()
    later[(ORIGIN - truth.first).days :] = True
    assert chosen_half_life(replace(truth, acts=later), ORIGIN) == chosen_half_life(steady, ORIGIN)


def test_months_start_within_both_days():
    assert month_starts(date(2017, 11, 2), date(2018, 2, 1)) == [date(2017, 12, 1), date(2018, 1, 1), date(2018, 2, 1)]


def test_a_model_scores_better_than_one_whose_numbers_are_wrong(truth):
    wrong = Model("far off", ("parameters.base=0.1", "parameters.reciprocity=1.2"), fitted=False)
    origins = month_starts(date(2000, 5, 1), date(2000, 8, 1))
    plan = Plan(truth, origins, (30,), [Model("model"), wrong], runs=200, seed=1, report_from=origins[0])
    first = make_forecasts(plan, workers=1)
    again = make_forecasts(replace(plan, origins=origins[:1]), workers=2)
    assert first[0].counts.tobytes() == again[0].counts.tobytes()
    rows = skill_rows(plan, score_rows(plan, first))
    against = {row["score_name"]: row["skill"] for row in rows if row["rival"] == "far off"}
    assert against["crps"] > 0.1 and against["daily"] > 0.0
    lost = [{**row, "skill": -0.1, "p": p} for row, p in zip(rows[:2], (0.001, 0.04), strict=True)]
    text = losses_text(adjusted(lost)).splitlines()
    assert "LOSES" in text[0] and text[1].endswith("surely") and text[2].endswith("surely")
    many = adjusted([*lost, *({**row, "skill": 0.1, "p": 0.5} for row in rows[:2])])
    text = losses_text(many).splitlines()  # an interval that excludes 0 by itself is not sure among four
    assert text[1].endswith("surely") and text[2].endswith("maybe by chance")
    assert counted(many)["by_chance"] == 0.2 and (counted(many)["sure_alone"], counted(many)["sure"]) == (2, 1)


def test_a_forecast_that_was_kept_is_the_one_that_would_be_made(truth, tmp_path):
    """Stopped after some forecasts and resumed, by two workers in place of one: the same scores, to the byte."""
    origins = month_starts(date(2000, 6, 1), date(2000, 8, 1))
    plan = Plan(truth, origins, (30,), [Model("model")], runs=200, seed=1, report_from=origins[0])
    whole = score_rows(plan, make_forecasts(plan, workers=1))
    parts = Parts(tmp_path)
    make_forecasts(replace(plan, origins=origins[:2]), 1, parts=parts)
    assert parts.count() == 2
    resumed = score_rows(plan, make_forecasts(plan, workers=2, parts=parts))
    assert parts.count() == 3
    assert json.dumps(resumed, default=str) == json.dumps(whole, default=str)


def test_the_days_of_one_forecast_are_compared_in_pairs(truth):
    plan = Plan(truth, [date(2000, 6, 1)], (90,), [Model("model")], runs=200, seed=1, report_from=date(2000, 6, 1))
    forecasts = make_forecasts(plan, workers=1)
    rows = day_rows(plan, forecasts)
    scores = {row["model"]: row["score"] for row in score_rows(plan, forecasts) if row["score_name"] == "daily"}
    for row in rows:
        assert row["nats"] == pytest.approx(scores[row["rival"]] - scores["model"])
        assert row["low"] < row["nats"] < row["high"] and row["p_adjusted"] >= row["p"]


def test_an_outcome_without_a_day_to_ask_about_stops_nothing(quarrel, truth):
    """It is not asked where the record is replayed past the end of its window."""
    asks = "{metric: count, meaning: early acts, acts: {actor: one}, since: free, until: soon}"
    settings = ["dates.soon={date: 2000-03-01, label: a day, source: made up}", f"outcomes.early={asks}"]
    early = truth_of(str(quarrel), settings)
    assert early.acts.tobytes() == truth.acts.tobytes()
    assert case_before(early, ORIGIN, (), ()).keys == case_before(truth, ORIGIN, (), ()).keys
    assert "early" not in early.compiled.loaded.scenario.outcomes
    assert "early" in case_before(early, date(2000, 2, 1), (), ()).loaded.scenario.outcomes  # there it has days


# --- the command


def test_the_command_tells_where_the_model_loses_and_draws(quarrel, tmp_path):
    arguments = [
        "backtest",
        str(quarrel),
        "--runs",
        "200",
        "--first",
        "2000-06-01",
        "--last",
        "2000-08-01",
        "--out",
        str(tmp_path),
    ]
    arguments += [
        "--report-from",
        "2000-07-01",
        "--horizon",
        "30",
        "--workers",
        "1",
        "--against",
        "no memory: parameters.memory=2",
    ]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    for text in (
        "against no memory",
        "against base rate",
        "against learned base",
        "Before 2000-07-01, for choosing a model",
        "From 2000-07-01 on, reported",
    ):
        assert text in result.output.replace("\n", " ") or all(word in result.output for word in text.split())
    folder = next(tmp_path.glob("*/backtest-*"))
    assert {path.name for path in (folder / "figures").iterdir()} == {"skill.png", "reliability.png", "pit.png"}
    again = CliRunner().invoke(main, arguments)
    assert "An identical back-test is in" in again.output


@pytest.mark.parametrize(("until", "why"), [("1999-12-31", "is of other numbers than a fit here")])
def test_draws_of_other_numbers_are_refused(quarrel, tmp_path, until, why):
    from sim.results.posterior import write_draws

    about = {"until": until, "defaults": {"parameters.base": 0.03}, "scenario": "Toy"}
    write_draws(tmp_path / "draws.parquet", ["parameters.base"], np.full((5, 1), 0.03), ["acts per day"], about)
    result = CliRunner().invoke(
        main, ["backtest", str(quarrel), "--out", str(tmp_path), "--posterior", str(tmp_path / "draws.parquet")]
    )
    assert result.exit_code == 2 and why in result.output


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (["--first", "1999-01-01"], "do not lie within the record"),
        (["--against", "no colon"], "NAME: KEY=VALUE"),
        (["--against", "model: parameters.base=1"], "there is a model 'model' already"),
    ],
)
def test_what_cannot_be_forecast_is_refused(quarrel, tmp_path, more, why):
    result = CliRunner().invoke(main, ["backtest", str(quarrel), "--out", str(tmp_path), *more])
    assert result.exit_code == 2 and why in result.output


def test_draws_that_know_what_is_forecast_are_refused(quarrel, tmp_path):
    from sim.results.posterior import write_draws

    assert losses_text([]) == "No origin is reported, so nothing was compared."
    about = {"until": "2000-09-01", "defaults": {"parameters.base": 0.03}, "scenario": "Toy"}
    write_draws(tmp_path / "draws.parquet", ["parameters.base"], np.full((5, 1), 0.03), ["acts per day"], about)
    result = CliRunner().invoke(
        main, ["backtest", str(quarrel), "--out", str(tmp_path), "--posterior", str(tmp_path / "draws.parquet")]
    )
    assert result.exit_code == 2 and "the fit knows the record to 2000-09-01" in result.output


def test_a_scenario_without_a_record_cannot_be_tested():
    with pytest.raises(UserError, match="names no record"):
        truth_of("border", ())


def test_what_a_variant_says_is_held_and_the_rest_is_fitted():
    truth = truth_of("baseline", ())
    settings = ["parameters.leverage.value=0", "pairs.state_to_state.momentum=0.3"]  # the second as the scenario has it
    assert fixed_keys(truth, settings) == ("pairs.state_to_state.momentum", "parameters.leverage")
    assert fixed_keys(truth, ["actors.cambodia.strategy=unresponsive"]) == ()
    with pytest.raises(UserError, match="--against"):
        fixed_keys(truth, ["parameters.leverag=0"])
