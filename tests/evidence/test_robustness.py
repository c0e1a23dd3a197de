"""How much of a result is the model's: spread by its source, and other scales of events."""

import json

import numpy as np
import pytest
from cases import write_case
from click.testing import CliRunner

from sim.commands.group import main
from sim.evidence import scales
from sim.evidence import spread as s
from sim.evidence.scales import PLOVER, category, category_weights, variants
from sim.evidence.shrinkage import ends_without_noise, without_noise
from sim.evidence.spread import PARTS, divide
from sim.scenario.load import load


@pytest.fixture(scope="module")
def loaded():
    return load("baseline")


def divided(cells: np.ndarray) -> dict:
    """The shares of one outcome, float64 (rules, draws, runs)."""
    spread = divide(("prior", "x", "share"), cells[0], cells, seed=1)
    return dict(zip(PARTS, spread.shares, strict=True))


def test_spread_is_chance_alone_where_nothing_else_differs():
    shares = divided((np.random.default_rng(1).random((6, 40, 50)) < 0.3).astype(float))
    assert shares["chance"][0] > 0.98 and shares["parameters"][0] < 0.01 and shares["rule"][0] < 0.01
    assert sum(share[0] for share in shares.values()) == pytest.approx(1.0)


def test_spread_goes_to_what_makes_it():
    rng = np.random.default_rng(1)
    by_draw = rng.normal(size=(1, 40, 1)) + 0.01 * rng.normal(size=(6, 40, 50))
    by_rule = rng.normal(size=(6, 1, 1)) + 0.01 * rng.normal(size=(6, 40, 50))
    by_both = rng.normal(size=(6, 40, 1)) + 0.01 * rng.normal(size=(6, 40, 50))
    assert divided(by_draw)["parameters"][0] > 0.95
    assert divided(by_rule)["rule"][0] > 0.95
    assert divided(by_both)["both"][0] > 0.6
    assert np.isnan(divided(np.ones((6, 40, 50)))["chance"]).all()


def test_shares_of_the_variance_are_covered_as_often_as_they_say():
    """Draws make as much of the variance as luck does; and, where the numbers are known, two rules a fifth."""
    of_draws = of_rules = 0
    for case in range(80):
        rng = np.random.default_rng([5, case])
        _, low, high = divided(rng.normal(size=(1, 60, 1)) + rng.normal(size=(2, 60, 20)))["parameters"]
        of_draws += low <= 0.5 <= high
        _, low, high = divided(np.array([-0.5, 0.5])[:, None, None] + rng.normal(size=(2, 1, 1000)))["rule"]
        of_rules += low <= 0.2 <= high
    assert min(of_draws, of_rules) >= 70  # of 95 %, three standard errors


# --- the noise of playing each draw only so often


def beta_shares(rng, count):
    return rng.beta(2, 8, count)


def rare_shares(rng, count):
    return rng.beta(1, 20, count)


def noisy(rng, shares: np.ndarray, runs: int) -> tuple[np.ndarray, np.ndarray]:
    """Shares of so many runs, and the variance of their error."""
    means = rng.binomial(runs, shares) / runs
    return means, means * (1 - means) / (runs - 1)


@pytest.mark.parametrize("truth", [beta_shares, rare_shares])
def test_ninety_five_in_a_hundred_draws_lie_between_the_ends(truth):
    inside = 0.0
    for case in range(30):
        rng = np.random.default_rng([3, case])
        (low, *_), (high, *_) = ends_without_noise(*noisy(rng, truth(rng, 200), 500), seed=1)
        further = truth(rng, 20_000)
        inside += np.mean((further >= low) & (further <= high)) / 30
    assert 0.935 <= inside <= 0.975


def test_draws_at_which_an_outcome_never_or_always_comes_stay_there():
    rng = np.random.default_rng(3)
    (low, *_), (high, *_) = ends_without_noise(*noisy(rng, rng.beta(0.2, 0.2, 200), 50), seed=1)
    assert low < 0.001 and high > 0.999


def test_noise_as_large_as_the_spread_is_taken_out_and_each_end_says_how_sure_it_is():
    """Draws spread by 1, and the noise of each average too: without a word 2.77 would be told in place of 1.96."""
    raw, low_ends, covered = [], [], 0
    for case in range(60):
        rng = np.random.default_rng([4, case])
        runs = rng.normal(size=(200, 1)) + np.sqrt(50) * rng.normal(size=(200, 50))
        means, noise = runs.mean(axis=1), runs.var(axis=1, ddof=1) / 50
        (low, least, most), _ = ends_without_noise(means, noise, seed=1)
        raw.append(np.quantile(means, 0.025))
        low_ends.append(low)
        covered += least <= -1.96 <= most
    assert np.mean(raw) < -2.6 and np.mean(low_ends) == pytest.approx(-1.96, abs=0.1)
    assert covered >= 52  # of 95 %, three standard errors


def test_where_draws_differ_by_noise_alone_they_are_one():
    means = np.random.default_rng(2).normal(size=200)
    assert (without_noise(means, np.full(200, 1.5)) == means.mean()).all()


def test_the_spread_of_a_scenario_is_told_at_prior_and_defaults_and_goes_on_where_it_was_stopped(tmp_path, monkeypatch):
    path = write_case(tmp_path)
    path.write_text(
        path.read_text()
        + "outcomes:\n  many: {metric: count, acts: {tone: hostile}, headline: true, meaning: hostile acts}\n"
    )
    words = ["spread", str(path), "--draws", "40", "--runs", "20", "--json", "--workers", "1", "--out"]
    result = CliRunner().invoke(main, [*words, str(tmp_path / "through")])
    assert result.exit_code == 0, result.output
    rows = {row["belief"]: row for row in json.loads(result.stdout)}
    assert rows["prior"]["parameters"] > 0.2 and rows["defaults"]["parameters"] == 0.0
    prior = rows["prior"]
    assert prior["low.low"] <= prior["low"] < prior["mean"] < prior["high"] <= prior["high.high"]
    play = s.played

    def stop(task):
        if task.name.startswith("defaults"):
            raise KeyboardInterrupt
        return play(task)

    monkeypatch.setattr(s, "played", stop)
    assert CliRunner().invoke(main, [*words, str(tmp_path / "stopped")]).exit_code == 130
    assert len(list(tmp_path.rglob("*.npz"))) > 2
    monkeypatch.setattr(s, "played", play)
    assert CliRunner().invoke(main, [*words, str(tmp_path / "stopped"), "--resume"]).stdout == result.stdout
    one, other = (next((tmp_path / name).rglob("spread.parquet")) for name in ("through", "stopped"))
    assert one.read_bytes() == other.read_bytes() and not list(tmp_path.rglob("*.npz"))


# --- scales


def test_codes_fall_into_the_categories_of_the_public_conversion():
    assert [category(code) for code in ("1053", "163", "1722", "0841", "080", "1712", "192")] == [
        "demand", "coerce", "coerce", "retreat", "concede", "assault", "coerce",
    ]  # fmt: skip
    assert category("016") is None and category("0233") is None
    assert len(set(PLOVER.values())) == 16


def test_categories_weigh_what_their_codes_do_on_average(loaded):
    weights = category_weights(loaded.scenario.scale)
    codes = [weight for code, weight in loaded.scenario.scale.items() if code.startswith("13")]
    assert weights["threaten"] == pytest.approx(np.mean(codes))
    assert all(-10 <= weight <= 10 for weight in weights.values())


def test_no_scale_turns_a_sign_or_gives_weight_to_what_has_none(loaded):
    from sim.scenario.selection import acts_of

    weights = {act.name: act.goldstein for act in acts_of(loaded.scenario)}
    names = []
    for name, settings in variants(loaded, jitters=2, seed=1):
        names.append(name)
        for setting in settings:
            key, _, value = setting.partition("=")
            act = key.removeprefix("actions.").removesuffix(".goldstein")
            assert np.sign(float(value)) == np.sign(weights[act])
            if name.startswith("each"):
                assert abs(float(value)) <= 1.25 * abs(weights[act]) + 1e-9
    assert names == ["as pinned", "flat", "PLOVER's categories", *["each weight off by up to 25 %"] * 2]


def test_scenarios_are_told_side_by_side_under_each_scale():
    result = CliRunner().invoke(
        main, ["scales", "baseline", "baseline+weak_backing", "--runs", "200", "--jitters", "2", "--json"]
    )
    rows = json.loads(result.stdout)
    shares = {(row["outcome"], row["scenario"], row["scale"]): row["share"] for row in rows}
    for scale in ("as pinned", "flat", "PLOVER's categories"):
        assert (
            shares["dissolved_before_vote", "baseline", scale]
            > shares["dissolved_before_vote", "baseline+weak_backing", scale]
        )


def test_scales_go_on_where_they_were_stopped_and_have_the_same_bytes(tmp_path, monkeypatch):
    words = ["scales", "border", "--runs", "100", "--jitters", "1", "--out"]
    through = CliRunner().invoke(main, [*words, str(tmp_path / "through")])
    assert "has 100 runs" in through.stdout and "known to ±9.8 points or better" in through.stdout
    play = scales.played

    def stop(task):
        if task.scale.startswith("PLOVER"):
            raise KeyboardInterrupt
        return play(task)

    monkeypatch.setattr(scales, "played", stop)
    stopped = CliRunner().invoke(main, [*words, str(tmp_path / "stopped")])
    assert stopped.exit_code == 130 and "2 finished parts" in stopped.stderr
    monkeypatch.setattr(scales, "played", play)
    assert CliRunner().invoke(main, [*words, str(tmp_path / "stopped"), "--resume"]).stdout == through.stdout
    one, other = (next((tmp_path / name).rglob("scales.parquet")) for name in ("through", "stopped"))
    assert one.read_bytes() == other.read_bytes()
