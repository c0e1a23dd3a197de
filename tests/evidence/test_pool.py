"""What many cases say together: sums of what each says, tables that are direct likelihoods, tests that hold their level."""

import dataclasses
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from galleries import write_gallery
from matplotlib.text import Text

from sim import UserError, load
from sim.commands.group import main
from sim.evidence import pool as p
from sim.evidence.case import case_of
from sim.evidence.likelihood import Scorer
from sim.evidence.parts import Parts, pack
from sim.evidence.pool_cases import WARM_UP_DAYS, holding, pool_of
from sim.evidence.pool_forecast import origins_of, skill_table
from sim.evidence.pool_headline import is_opposite, whose_text
from sim.evidence.pool_permutation import assignments_of, permuted
from sim.evidence.pool_power import (
    X_NODES,
    PowerTask,
    calibrated,
    power_part,
    power_rows,
    seen_in_nine_of_ten,
    simulated,
)
from sim.evidence.pool_term import FINE, NODES, ZERO, TermScorer, curve, estimate, gains_left_out
from sim.evidence.pool_work import PoolRequest, Work
from sim.figures.forest import forest_figure

FEW = (
    "--numbers",
    "pairs.*.momentum",
    "--origins",
    "1",
    "--horizon",
    "30",
    "--runs",
    "200",
    "--power-runs",
    "2",
    "--workers",
    "1",
)


@pytest.fixture(scope="module")
def gallery(tmp_path_factory):
    """Three cases without the term: backing 0.2, none, 0.7."""
    return write_gallery(tmp_path_factory.mktemp("gallery"), [0.2, None, 0.7])


@pytest.fixture(scope="module")
def pool(gallery):
    return pool_of(gallery, numbers=["pairs.*.momentum", "parameters.sympathy"])


@pytest.fixture(scope="module")
def defaults(pool):
    return np.array([prior.default for prior in pool.members[0].case.priors.priors])


# --- what is shared


def test_the_sum_is_of_what_fits_of_the_same_days_find(gallery, pool):
    z = np.random.default_rng(1).normal(size=(3, len(pool.keys)))
    together = p.Together([member.case for member in pool.members], 1)
    by_fit = np.zeros(len(z))
    for file, member in zip(gallery, pool.members, strict=True):
        since, until = member.case.first, member.case.last
        assert (since - member.truth.first).days == WARM_UP_DAYS
        by_fit += case_of(file, until, since=since, free=pool.keys).density.log_likelihood(z)
    assert together(z) == pytest.approx(by_fit - 0.5 * (z * z).sum(axis=1), abs=1e-9)


def test_the_kind_says_what_is_shared_and_a_number_that_a_case_has_otherwise_is_not(gallery):
    assert {"pairs.state_to_state.reciprocity", "parameters.leader_salience"} <= set(pool_of(gallery).keys)
    other = Path(gallery[0]).with_name("other.yaml")
    other.write_text(f"extends: {Path(gallery[0]).name}\nparameters.sympathy.value: 0.4\n")
    mixed = pool_of([str(other), gallery[1]])
    assert "parameters.sympathy" not in mixed.keys and "another value" in mixed.left_out["parameters.sympathy"]


def test_numbers_at_0_are_held_there(pool):
    case = pool.members[0].case
    key = "parameters.leverage"
    holder = holding(case, {key: 0.0})
    values = [prior.default for prior in holder.priors.priors]
    whole = [0.0 if prior.key == key else prior.default for prior in case.priors.priors]
    assert holder.score(values).terms.tobytes() == case.score(whole).terms.tobytes() and key not in holder.keys


def test_without_a_case_the_others_find_their_own_peak(pool):
    work = Work(pool, PoolRequest())
    fit = work.fit()
    name = f"without {pool.members[0].name}"
    part = p.refit_part(work.refits(fit)[name])
    alone = p.fit_part([member.case for member in work.members[1:]], 1)
    together = p.Together([member.case for member in work.members[1:]], 1)
    heights = together(np.array([part["z"], alone["z"]]))
    assert heights[0] == pytest.approx(heights[1], abs=0.05)


# --- the term


def test_one_actor_by_itself_is_worth_what_it_is_among_all(pool, defaults):
    for member in pool.members:
        compiled, scorer = member.case.revaluer().compiled, Scorer(member.case.revaluer().compiled)
        days = member.case.first, member.case.last
        alone = scorer.score_actor(compiled, *days, member.actor)
        assert alone == pytest.approx(scorer.score(compiled, *days).of_actor(member.actor), abs=1e-9)


def test_the_tables_are_direct_likelihoods_at_every_weight_and_shield(gallery, pool, defaults):
    for file, member in zip(gallery, pool.members, strict=True):
        scorer = TermScorer(member, pool.shares.term, defaults)
        shields = (0.2, 0.7) if member.shield.is_given else (0.0,)
        for shield in shields:
            backed = [f"parameters.backing={shield}"] if member.shield.is_given else []
            case = case_of(file, member.case.last, settings=["parameters.leverage=3", *backed], since=member.case.first, free=())  # fmt: skip
            assert scorer.ln_l(3.0, shield) == pytest.approx(case.score([]).of_actor(member.actor), abs=1e-9)
        smooth = curve(NODES, scorer.over(NODES, shields[0]), np.array([3.0]))[0]
        assert smooth == pytest.approx(scorer.ln_l(3.0, shields[0]), abs=0.02)


def test_a_shield_where_nobody_stands_behind_the_actor_takes_its_part_of_the_weight(pool, defaults):
    (alone,) = [member for member in pool.members if not member.shield.is_given]
    scorer = TermScorer(alone, pool.shares.term, defaults)
    assert scorer.ln_l(4.0, 0.5) == scorer.ln_l(2.0) != scorer.ln_l(4.0)


def test_without_the_term_no_shield_matters(pool, defaults):
    scorer = TermScorer(pool.members[0], pool.shares.term, defaults)
    assert scorer.ln_l(0.0, 0.1) == scorer.ln_l(0.0, 0.9)


def test_an_estimate_of_a_parabola_is_its_top_and_1_96_standard_errors():
    found = estimate(-0.5 * ((FINE - 3.0) / 1.5) ** 2)
    assert (found.value, found.low, found.high) == pytest.approx((3.0, 3.0 - 2.94, 3.0 + 2.94), abs=0.06)
    assert not found.low_is_open and not found.high_is_open
    assert math.isnan(estimate(np.zeros(len(FINE))).value)


def test_gains_are_at_the_weight_that_the_others_ask_for():
    curves = np.array([-0.5 * (FINE - 2.0) ** 2, -0.5 * (FINE - 4.0) ** 2, np.zeros(len(FINE))])
    assert gains_left_out(curves) == pytest.approx([curves[0][FINE == 4.0][0] - curves[0][ZERO], 8.0 - 2.0, 0.0])


def test_the_term_is_found_where_it_is_strong_and_0_is_held_where_it_is_not(gallery, tmp_path):
    strong = write_gallery(tmp_path / "strong", [0.2, None, 0.7], weight=8.0)
    for files, true in ((gallery, 0.0), (strong, 8.0)):
        pool = pool_of(files, numbers=["parameters.sympathy"])
        values = np.array([prior.default for prior in pool.members[0].case.priors.priors])
        scorers = [TermScorer(member, pool.shares.term, values) for member in pool.members]
        curves = [curve(NODES, scorer.over(NODES, scorer.member.shield.value)) for scorer in scorers]
        found = estimate(np.sum(curves, axis=0))
        assert found.low < 0.0 < found.high if true == 0.0 else 4.0 < found.low < found.value


# --- shuffling


def test_equal_shields_cannot_be_shuffled_and_p_is_1():
    rng = np.random.default_rng(1)
    curves = np.repeat(rng.normal(size=(4, 1, 9)), 4, axis=1)
    assert permuted(curves, 0, 1).p == 1.0


def test_all_assignments_are_tried_where_they_are_few_and_p_counts_those_as_good():
    curves = np.zeros((3, 3, 2))
    curves[range(3), range(3), 1] = [1.0, 2.0, 3.0]  # the true one alone gains them all
    found = permuted(curves, 0, 1)
    assert (found.statistic, found.assignments, found.is_exact, found.p) == (6.0, 6, True, pytest.approx(1 / 6))
    orders, is_exact = assignments_of(8, 1)
    assert not is_exact and orders[0].tolist() == list(range(8)) and (np.sort(orders) == range(8)).all()


# --- power


def test_simulated_cases_keep_their_record_up_to_the_first_scored_day_and_then_have_acts_of_their_own(pool, defaults):
    member = pool.members[0]
    task = PowerTask(member, pool.shares.term, defaults, 4.0, 2, 1)
    runs, before = simulated(task), (member.case.first - member.truth.first).days
    real = member.truth.acts
    assert all(np.array_equal(run[:before] == 1, real[:before]) for run in runs)
    assert all((run[before : len(real)] == 1).sum() > 0 for run in runs)
    assert not np.array_equal(runs[0], runs[1]) and np.array_equal(runs[0], simulated(task)[0])
    curves = power_part(task)["curves"]
    for run, row in zip(runs, curves, strict=True):
        values = np.where(np.array(pool.keys) == pool.shares.term.weight, 2.0 / (1.0 - member.shield.value), defaults)
        direct = dataclasses.replace(member.case, schedule=run).score(values.tolist()).of_actor(member.actor)
        assert row[X_NODES == 2.0] == pytest.approx(direct, abs=1e-9)


def test_a_term_that_every_case_shows_is_seen_always_and_none_is_not(pool):
    members = pool.members

    def parts(true: float) -> list:
        return [
            {"curves": np.tile(-0.5 * 9.0 * (X_NODES - true * (1.0 - member.shield.value)) ** 2, (5, 1))}
            for member in members
        ]

    rows = power_rows(members, {0.0: parts(0.0), 4.0: parts(4.0)}, 1)
    assert [row["by_interval"] for row in rows] == [0.0, 1.0]
    assert seen_in_nine_of_ten(rows, "interval")[0] == pytest.approx(3.6)
    assert math.isinf(seen_in_nine_of_ten(rows[:1], "interval")[0])


def test_an_estimate_that_simulations_draw_toward_0_is_turned_back():
    rows = [{"weight": 2.0 * k, "mean_estimate": k - 0.5, "sd_estimate": 0.25} for k in range(5)]
    left = calibrated(0.5, rows)  # a true weight w gives w / 2 - 0.5
    assert (left.low, left.high) == pytest.approx((2.0 - 0.98, 2.0 + 0.98), abs=0.02) and not left.high_is_open
    assert calibrated(-0.4, rows).low == 0.0 and math.isnan(calibrated(-1.5, rows).high)
    assert calibrated(3.4, rows).high_is_open and calibrated(9.0, rows).high_is_open


def test_an_interval_below_0_is_no_verdict_where_simulations_without_the_term_give_it_too():
    everyone = {"value": -0.6, "low": -1.0, "high": -0.1, "low_is_open": False, "high_is_open": False}
    rows = [{"weight": 4.0 * k, "mean_estimate": 2.0 * k - 0.5, "sd_estimate": 0.25} for k in range(3)]
    assert is_opposite(everyone, []) and not is_opposite(everyone, rows)
    assert is_opposite({**everyone, "value": -1.6}, rows)


def test_the_headline_says_how_strong_each_of_the_two_tests_is():
    def rows_of(*shares: float) -> list[dict[str, float]]:
        ends = ("by_permutation", "by_permutation_low", "by_permutation_high")
        return [{"weight": 4.0 * k, **dict.fromkeys(ends, share)} for k, share in enumerate(shares)]

    assert whose_text(rows_of(0.02, 0.43, 0.85)) == "; that it matters whose is whose, at none up to 8"
    assert whose_text(rows_of(0.02, 0.92)) == "; that it matters whose is whose, from 3.9 on"
    assert whose_text([]) == ""


# --- forecasts


def test_origins_lie_after_the_first_third_with_room_for_the_farthest_horizon(pool):
    truth = pool.members[0].truth
    days = [(origin - truth.first).days for origin in origins_of(truth, 4, 90)]
    length = (truth.last - truth.first).days + 1
    assert days[0] == (length - 1) // 3 and days[-1] + 90 == length and len(days) == 4
    assert origins_of(truth, 4, 9 * length) == []


def test_skill_is_over_cases_each_of_which_counts_alike():
    head = {"score_name": "log", "horizon_days": 30}
    rows = [
        {**head, "case": case, "model": model, "origin": origin, "class": "any", "score": score}
        for case, ours, theirs, origins in (("a", 1.0, 2.0, 1), ("b", 2.0, 2.0, 9), ("c", 1.5, 2.0, 3))
        for model, score in (("model", ours), ("persistence", theirs))
        for origin in range(origins)
    ]
    (together,), by_case = skill_table(rows, 1)
    assert together["skill"] == pytest.approx(1 - 4.5 / 6.0) and together["cases_better"] == 2
    assert together["low"] < together["skill"] < together["high"]
    assert [row["skill"] for row in by_case] == pytest.approx([0.5, 0.0, 0.25])


# --- the command


def answer(*words: str, code: int = 0):
    result = CliRunner().invoke(main, ["pool", *words], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def test_the_command_prints_the_result_then_the_losses_and_writes_a_patch(gallery, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = answer(*gallery, *FEW, "--priors-out", "pooled.yaml").stdout
    assert text.startswith("Over 3 cases, a patron's backing ")
    assert text.index("comparisons it loses") < text.index("What can identify the term") < text.index("shared number")
    folder = Path(gallery[0]).parent
    (folder / "pooled.yaml").write_bytes(Path("pooled.yaml").read_bytes())
    laid = folder / "laid.yaml"
    laid.write_text(Path(gallery[0]).read_text().replace("kinds/regime_crisis.yaml", "[kinds/regime_crisis.yaml, pooled.yaml]"))  # fmt: skip
    data = json.loads(answer(*gallery, *FEW, "--json").stdout)
    momentum = {row["number"]: row["value"] for row in data["numbers"]}["pairs.state_to_society.momentum"]
    entry = load(laid).scenario.pairs["state_to_society"].momentum
    assert entry.value == pytest.approx(momentum, rel=1e-4) and "escalate pool" in (entry.source or "") and entry.unit
    assert Path(data["folder"], "figures", "forest.png").is_file()
    words = {text.get_text().replace("\n", " ") for text in forest_figure(Path(data["folder"])).findobj(Text)}
    assert {
        f"{load(file).scenario.name}, {row['shield']:.2f}" for file, row in zip(gallery, data["cases"], strict=True)
    } <= words
    assert "leverage (log-hazard)" in words
    assert {row["case"] for row in data["pressure"]} == {Path(file).stem for file in gallery}


def test_work_that_was_stopped_goes_on_to_the_same_bytes(pool, tmp_path):
    request = PoolRequest(origins=1, horizons=(30,), runs=200, power_runs=2)

    def whole(parts: Parts) -> bytes:
        work = Work(pool, request, 1, parts)
        fit = work.fit()
        refits = work.refit(fit)
        forecasts = work.forecasts(work.forecast_tasks(fit, refits))
        rows = {"power": work.power_rows(fit), "term": work.term_rows(work.term_tables(fit, refits))}
        return b"".join(map(pack, [*refits.values(), *forecasts])) + json.dumps(rows).encode()

    first = whole(Parts(tmp_path))
    files = sorted(tmp_path.iterdir())
    for path in files[::2]:
        path.unlink()
    assert whole(Parts(tmp_path)) == first and sorted(tmp_path.iterdir()) == files


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda files: [*files, files[0]], "the case is named twice"),
        (
            lambda files: [files[0], "border"],
            "of different kinds: .*anvard.yaml is of .*border is of .*interstate.yaml",
        ),
        (lambda files: [*files, "--numbers", "parameters.symphaty"], "parameters.symphaty.*parameters.sympathy"),
    ],
)
def test_cases_that_cannot_be_pooled_are_refused_in_words(gallery, change, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = answer(*change(gallery), code=2)
    assert re.search(message, result.stderr, re.S)


def test_a_case_of_ones_own_folder_is_welcome_and_one_without_a_record_or_of_another_kind_is_not(gallery, tmp_path):
    folder = Path(gallery[0]).parent
    bare = folder / "bare.yaml"
    bare.write_text(
        "\n".join(line for line in Path(gallery[0]).read_text().splitlines() if not line.startswith("record"))
    )
    with pytest.raises(UserError, match="names no record of dated acts"):
        pool_of([gallery[1], str(bare)])
    mine = tmp_path / "mine"
    write_gallery(mine, [0.5])
    (mine / "pools" / "regime_crisis.yaml").unlink()
    mine.joinpath("anvard.yaml").rename(mine / "my_case.yaml")
    names = [member.name for member in pool_of([gallery[0], str(mine / "my_case.yaml")], numbers=["parameters.sympathy"]).members]  # fmt: skip
    assert names == ["anvard", "my_case"]
    (folder / "whole.yaml").write_text(load(gallery[0]).resolved_yaml())
    with pytest.raises(UserError, match=r"whole\.yaml:\d*:? ?extends: is no case of a kind"):
        pool_of([gallery[0], str(folder / "whole.yaml")])
    (folder / "kinds" / "coup.yaml").write_text((folder / "kinds" / "regime_crisis.yaml").read_text())
    coup = folder / "coup.yaml"
    coup.write_text(Path(gallery[0]).read_text().replace("kinds/regime_crisis", "kinds/coup"))
    with pytest.raises(UserError, match="of different kinds"):
        pool_of([gallery[1], str(coup)])
    with pytest.raises(UserError, match=r"nothing says which numbers cases of .*coup.yaml share"):
        pool_of([str(coup)])


def test_one_case_alone_gets_what_it_can(gallery, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = answer(gallery[0], *FEW).stdout
    assert text.startswith("In one case, ") and "One case alone: nothing can be left out" in text


def test_a_pool_is_the_same_whoever_works_on_it(pool):
    works = [Work(pool, PoolRequest(), workers) for workers in (1, 2)]
    fits = [work.fit() for work in works]
    assert fits[0].z.tobytes() == fits[1].z.tobytes()
    assert fits[0].curvatures.tobytes() == fits[1].curvatures.tobytes()
