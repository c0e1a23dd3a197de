"""Fitting: the truth is found again, priors come back where nothing is learned, and the future is not looked at."""

import json
import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from cases import TRUTH, UNTIL, write_case
from click.testing import CliRunner
from toy import START, day

from sim import UserError, compile_scenario, load
from sim.commands.group import main
from sim.evidence import sampling
from sim.evidence.calibration import calibrate
from sim.evidence.case import Density, case_of
from sim.evidence.laplace import Peak, peak_of
from sim.evidence.parts import Parts
from sim.evidence.sampling import sample
from sim.results.estimates import intervals_are
from sim.results.posterior import Posterior, read_draws

FREE = ("parameters.base", "parameters.memory", "parameters.reciprocity")


@pytest.fixture(scope="module")
def quarrel(tmp_path_factory):
    return write_case(tmp_path_factory.mktemp("quarrel"))


@pytest.fixture(scope="module")
def case(quarrel):
    return case_of(str(quarrel), UNTIL)


def test_every_number_that_says_how_strongly_something_acts_is_free(case):
    assert case.keys == list(FREE)
    assert (case.first, case.last) == (START, UNTIL)


def test_the_density_is_likelihood_times_prior_whatever_the_number_of_threads(case):
    z = np.random.default_rng(1).normal(size=(7, 3))
    single, threaded = Density(case, threads=1), Density(case, threads=3)
    assert single(z).tobytes() == threaded(z).tobytes()
    by_hand = [case.score(case.priors.values(row).tolist()).total - 0.5 * (row @ row) for row in z]
    assert single(z) == pytest.approx(by_hand)


def test_the_peak_is_where_the_density_is_highest(case):
    peak = peak_of(case)
    around = peak.z + 0.05 * np.random.default_rng(1).normal(size=(200, 3))
    assert (case.density(around) < peak.log_density).all()


def test_bases_that_are_learned_are_not_fitted_and_one_that_is_given_is_believed_to_be_that_of_any_channel():
    assert not any(key.endswith(".base") for key in case_of("baseline", date(2017, 9, 15)).keys)
    laid = ["channels.cambodia.opposition.hostile.base={value: 0.03, low: 0.01, high: 0.1}"]
    case = case_of("baseline", date(2017, 9, 15), settings=laid)
    (base,) = [prior for prior in case.priors.priors if prior.key.endswith(".base")]
    assert (base.first, base.second) == (0.01, 1.53)


def test_a_base_that_names_a_parameter_is_no_better_known():
    laid = ["parameters.rate={value: 0.03, low: 0.01, high: 0.1, unit: acts per day, meaning: a base, source: here}"]
    laid += ["channels.cambodia.opposition.hostile.base=rate"]
    case = case_of("baseline", date(2017, 9, 15), settings=laid)
    named = next(prior for prior in case.priors.priors if prior.key == "parameters.rate")
    assert (named.first, named.second) == (0.01, 1.53)


def test_numbers_that_make_an_act_impossible_are_not_preferred():
    """Without a cost they would be: an act whose requirements fail is no part of the likelihood."""
    case = case_of("baseline", date(2018, 7, 30), free=["parameters.suit_days"])
    z = case.priors.deviates(np.array([[30.0], [60.0]]))  # the court ruled after 41
    scored = [case.score(row.tolist()) for row in case.priors.values(z)]
    assert scored[1].impossible.sum() > scored[0].impossible.sum()
    assert scored[1].total > scored[0].total
    assert case.density(z)[1] < case.density(z)[0]


def test_a_factor_that_holds_on_free_days_alone_is_no_number_to_fit():
    key = "channels.cambodia.opposition.cooperative.base_times"
    with pytest.raises(UserError, match=f"{key} multiplies a base on free days alone.*opposition.cooperative.base, or"):
        case_of("baseline", date(2018, 7, 30), settings=[f"{key}=2"], free=[key])


class Known:
    """A density that is known: of independent standard normal deviates."""

    def __call__(self, z):
        return -0.5 * (z * z).sum(axis=1)


class KnownCase:
    density = Known()


@pytest.mark.parametrize("width", [0.5, 1.0, 1.4])
def test_draws_are_as_wide_as_what_they_are_drawn_from_even_where_the_start_is_not(width):
    """emcee's own snooker move fails this: its draws are a tenth too narrow."""
    numbers = 12
    peak = Peak(KnownCase(), np.full(numbers, 0.2), width**2 * np.eye(numbers), 0.0)  # type: ignore[arg-type]
    drawn = sample(peak, 1, 1500).z.reshape(-1, numbers)
    assert drawn.std() == pytest.approx(1.0, abs=0.03)
    assert drawn.mean(axis=0) == pytest.approx(np.zeros(numbers), abs=0.15)


def test_chains_that_were_stopped_and_go_on_are_those_of_an_unbroken_walk(monkeypatch, tmp_path):
    monkeypatch.setattr(sampling, "LOOK_EVERY", 40)
    peak = Peak(KnownCase(), np.full(4, 0.2), np.eye(4), 0.0)  # type: ignore[arg-type]
    unbroken = sample(peak, 1, 200)
    steps = []

    def stop_at_hundred(more: int) -> None:
        steps.append(more)
        if sum(steps) == 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sample(peak, 1, 200, stop_at_hundred, Parts(tmp_path))
    assert Parts(tmp_path).count() == 2
    steps.clear()
    resumed = sample(peak, 1, 200, steps.append, Parts(tmp_path))
    assert resumed.z.tobytes() == unbroken.z.tobytes() and resumed.accepted == unbroken.accepted
    assert resumed.log_density.tobytes() == unbroken.log_density.tobytes()
    assert sum(steps) == 200 and steps[0] == 40  # those that were read are told at once


def test_a_chain_that_is_too_short_says_so(case):
    diagnosis = sample(peak_of(case), 1, 20).diagnosis
    assert not diagnosis.converged
    texts = diagnosis.shortcomings()
    assert any("autocorrelation times long" in text for text in texts)
    assert not any("nan" in text for text in texts)


def test_fits_of_simulated_cases_are_calibrated_and_find_the_truth_again(case):
    calibration = calibrate(case, cases=40, seed=1, workers=1)
    assert (calibration.uniformity > 0.001).all()
    assert (calibration.covered > 0.8).all()
    assert calibration.recovered[case.keys.index("parameters.base")] > 0.7
    assert calibration.recovered[case.keys.index("parameters.reciprocity")] > 0.5
    again = calibrate(case, cases=2, seed=1, workers=2)
    assert again.ranks.tolist() == calibration.ranks[:2].tolist()


def test_a_calibration_goes_on_from_the_cases_that_are_kept(case, tmp_path):
    calibrate(case, cases=2, seed=1, workers=1, parts=Parts(tmp_path))
    fitted = []
    gone_on = calibrate(case, cases=3, seed=1, workers=1, each=fitted.append, parts=Parts(tmp_path))
    assert fitted == [2, 1]  # two were there
    assert gone_on.ranks.tolist() == calibrate(case, cases=3, seed=1, workers=1).ranks.tolist()


@pytest.fixture(scope="module")
def fitted(quarrel, tmp_path_factory):
    """Fit the quarrel; returns what the command prints, its folder and its arguments."""
    out = tmp_path_factory.mktemp("out")
    arguments = ["fit", str(quarrel), "--until", str(UNTIL), "--out", str(out), "--steps", "3000"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    folder = next(out.glob("*/fit-*"))
    return result.output, folder, arguments


def test_the_command_tells_prior_and_posterior_and_writes_draws(fitted):
    text, folder, arguments = fitted
    assert "Reciprocity" in text and "Converged" in text
    assert {path.name for path in folder.iterdir()} == {
        "draws.parquet", "numbers.parquet", "scenario.yaml", "record.csv", "manifest.json", "figures",
    }  # fmt: skip
    draws = read_draws(folder)
    assert draws.values.shape == (1000, 3) and draws.keys == list(FREE)
    low, high = np.quantile(draws.values, (0.005, 0.995), axis=0)
    truth = [TRUTH[key.partition(".")[2]] for key in draws.keys]
    assert (low < truth).all() and (truth < high).all()
    assert "An identical fit is in" in CliRunner().invoke(main, arguments).output


def test_a_chain_that_has_not_converged_fails_unless_it_may(quarrel, tmp_path):
    arguments = ["fit", str(quarrel), "--until", str(UNTIL), "--out", str(tmp_path), "--steps", "20"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1 and "NOT CONVERGED" in result.output
    assert CliRunner().invoke(main, [*arguments, "--allow-unconverged"]).exit_code == 0


def test_a_fit_does_not_look_past_its_last_day(quarrel, tmp_path):
    """Acts after `until` are changed, and every number stays as it was."""
    until = UNTIL - timedelta(40)
    before = peak_of(case_of(str(quarrel), until))
    lines = (quarrel.parent / "record.csv").read_text().splitlines()
    (tmp_path / "record.csv").write_text(
        "\n".join(line for line in lines if line.startswith("date") or line[:10] <= str(until)) + "\n"
    )
    (tmp_path / "quarrel.yaml").write_text(quarrel.read_text())
    after = peak_of(case_of(str(tmp_path / "quarrel.yaml"), until))
    assert before.z.tobytes() == after.z.tobytes()


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"until": START}, "lies outside the record"),
        ({"until": UNTIL, "since": UNTIL + timedelta(1)}, "--since"),
        ({"until": UNTIL, "free": ("parameters.nothing",)}, "nothing"),
        ({"until": UNTIL, "free": ("rules.average_mark",)}, "has no range"),
        ({"until": UNTIL, "settings": ["acts.x={act: one.other_0, date: 2000-02-02, do: force}"]}, "is forced"),
    ],
)
def test_what_cannot_be_fitted_is_refused(quarrel, options, why):
    with pytest.raises(UserError, match=why):
        case_of(str(quarrel), **options)


def test_a_scenario_without_a_record_has_nothing_to_fit():
    with pytest.raises(UserError, match="names no record"):
        case_of("border", day(0))


# --- playing with draws


@pytest.fixture(scope="module")
def believed(quarrel, fitted):
    from sim import compile_scenario

    settings = [f"clock.replay_until={UNTIL}"]
    return Posterior(compile_scenario(load(str(quarrel), settings)), read_draws(fitted[1]))


def test_each_run_has_its_own_draw_whatever_the_engine_or_block(believed):
    from sim import simulate

    first = simulate(believed.compiled, 24, posterior=believed)
    again = simulate(believed.compiled, 24, posterior=believed, threads=3, block_runs=5)
    mesa = simulate(believed.compiled, 24, engine="mesa", posterior=believed)
    assert first.acts.tobytes() == again.acts.tobytes() == mesa.acts.tobytes()
    assert len({believed.draw_of(1, run) for run in range(24)}) > 20


def test_a_number_that_the_scenario_sets_otherwise_keeps_its_value(quarrel, fitted):
    from sim import compile_scenario

    changed = load(str(quarrel), ["parameters.reciprocity=0.9"])
    believed = Posterior(compile_scenario(changed), read_draws(fitted[1]))
    assert believed.not_drawn == ["parameters.reciprocity"]
    assert believed.drawn_scenario(1, 0)[0].loaded.scenario.parameters["reciprocity"].value == 0.9


def test_draws_of_another_scenario_are_refused(fitted):
    from sim import compile_scenario

    with pytest.raises(UserError, match="holds draws of numbers that border does not have"):
        Posterior(compile_scenario(load("border")), read_draws(fitted[1]))


def test_run_compare_and_trace_take_draws(quarrel, fitted, tmp_path):
    call = CliRunner().invoke
    result = call(main, ["run", str(quarrel), "--runs", "20", "--posterior", str(fitted[1]), "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert f"1,000 draws of 3 numbers from {fitted[1]}, fitted to Toy on the record to {UNTIL}" in result.output
    manifest = json.loads(next(tmp_path.glob("*/*/manifest.json")).read_text())
    assert manifest["posterior"]["until"] == str(UNTIL)
    assert read_draws(next(tmp_path.glob("*/*/draws.parquet"))).hash == manifest["posterior"]["hash"]
    result = call(main, ["compare", str(quarrel), str(quarrel), "--runs", "20", "--posterior", str(fitted[1])])
    assert result.exit_code == 0, result.output
    assert call(main, ["trace", str(quarrel), "--posterior", str(fitted[1])]).exit_code == 0
    missing = call(main, ["run", str(quarrel), "--posterior", str(tmp_path / "no")])
    assert missing.exit_code == 2 and "there is no such file" in missing.output


def test_how_many_draws_are_explosive_is_told(fitted):
    manifest = json.loads((fitted[1] / "manifest.json").read_text())
    draws = read_draws(fitted[1])
    reciprocity = draws.values[
        :, draws.keys.index("parameters.reciprocity")
    ]  # two who answer each other: that is the radius
    assert manifest["branching"] == pytest.approx(float(np.median(reciprocity)), rel=1e-6)
    assert manifest["explosive"] == pytest.approx(float((reciprocity >= 1.0).mean()))
    assert "without end" in fitted[0]


def test_what_must_be_known_of_draws_is_said(quarrel, fitted):
    draws = read_draws(fitted[1])
    compiled = compile_scenario(load(str(quarrel)))
    assert draws.warnings() == [] and "hindsight" in Posterior(compiled, draws).in_words()[1]
    about = {**draws.about, "converged": False, "shortcomings": ["R-hat is 1.2"], "until": "2030-01-01"}
    lines = Posterior(compiled, replace(draws, about=about)).in_words()
    assert "have NOT converged (R-hat is 1.2)" in lines[0] and "hindsight" in lines[2]
    assert "parameters are fixed" in intervals_are() and "each run has a draw" in intervals_are(drawn=True)


def test_an_act_that_could_not_happen_costs_when_numbers_are_compared(quarrel):
    scored = case_of(str(quarrel), UNTIL).score([0.03, 0.3, 0.3])
    impossible = replace(scored, impossible=scored.impossible + np.array([2, *[0] * (len(scored.impossible) - 1)]))
    assert (
        impossible.penalised == pytest.approx(scored.penalised + 2 * math.log(1e-4))
        and impossible.total == scored.total
    )
