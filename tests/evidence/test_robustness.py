"""How much of a result is the model's: spread by its source, and other scales of events."""

import json

import numpy as np
import pytest
from cases import write_case
from click.testing import CliRunner

from sim.commands.group import main
from sim.evidence.scales import PLOVER, category, category_weights, variants
from sim.evidence.spread import _divide
from sim.scenario.load import load


@pytest.fixture(scope="module")
def loaded():
    return load("baseline")


def test_spread_is_chance_alone_where_nothing_else_differs():
    cells = np.random.default_rng(1).random((6, 40, 50)) < 0.3
    spread = _divide("prior", "x", "share", cells.astype(float))
    assert spread.chance > 0.98 and spread.parameters < 0.01 and spread.rule < 0.01
    assert spread.chance + spread.parameters + spread.rule + spread.both == pytest.approx(1.0)


def test_spread_goes_to_what_makes_it():
    rng = np.random.default_rng(1)
    by_draw = rng.normal(size=(1, 40, 1)) + 0.01 * rng.normal(size=(6, 40, 50))
    by_rule = rng.normal(size=(6, 1, 1)) + 0.01 * rng.normal(size=(6, 40, 50))
    by_both = rng.normal(size=(6, 40, 1)) + 0.01 * rng.normal(size=(6, 40, 50))
    assert _divide("prior", "x", "marks", by_draw).parameters > 0.95
    assert _divide("prior", "x", "marks", by_rule).rule > 0.95
    assert _divide("prior", "x", "marks", by_both).both > 0.6
    assert np.isnan(_divide("prior", "x", "share", np.ones((6, 40, 50))).chance)


def test_the_spread_of_a_scenario_is_told_at_prior_and_defaults(tmp_path):
    path = write_case(tmp_path)
    path.write_text(
        path.read_text()
        + "outcomes:\n  many: {metric: count, acts: {tone: hostile}, headline: true, meaning: hostile acts}\n"
    )
    result = CliRunner().invoke(main, ["spread", str(path), "--draws", "12", "--runs", "20", "--json"])
    assert result.exit_code == 0, result.output
    rows = {row["belief"]: row for row in json.loads(result.stdout)}
    assert rows["prior"]["parameters"] > 0.2 and rows["defaults"]["parameters"] == 0.0
    assert rows["prior"]["low"] < rows["prior"]["mean"] < rows["prior"]["high"]


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
        main, ["scales", "baseline", "weak_backing", "--runs", "200", "--jitters", "2", "--json"]
    )
    rows = json.loads(result.stdout)
    shares = {(row["outcome"], row["scenario"], row["scale"]): row["share"] for row in rows}
    for scale in ("as pinned", "flat", "PLOVER's categories"):
        assert (
            shares["dissolved_before_vote", "baseline", scale] > shares["dissolved_before_vote", "weak_backing", scale]
        )
