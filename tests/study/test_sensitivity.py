"""`escalate sensitivity` on the small crisis: what it prints, writes and refuses."""

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from studies import write_study
from test_indices import answer, ishigami

from sim.commands.group import main
from sim.study.design import cube
from sim.study.load_study import load_study
from sim.study.sensitivity import outcome_sensitivity

pytestmark = pytest.mark.slow  # and the same on every Python

STUDY = {
    "levers": {"actors.south.strategy": ["unresponsive", "tit_for_tat"]},
    "vary": {
        "parameters.reciprocity": {},
        "channels.south.north.neutral.base": {"low": 0.0, "high": 0.1},
        "channels.north.south.hostile.base": {"low": 0.005, "high": 0.1},
        "parameters.half_life": {},
    },
    "design": "saltelli",
    "points": 32,
    "runs": 60,
}


def sensitivity(path: Path, *words: str, code: int = 0):
    result = CliRunner().invoke(
        main, ["sensitivity", str(path), "--trajectories", "8", "--out", str(path.parent / "out"), *words]
    )
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    path = write_study(tmp_path_factory.mktemp("sensitivity"), **STUDY)
    return path, sensitivity(path)


def test_it_screens_then_divides_the_variance_of_every_outcome(played):
    text = " ".join(played[1].stdout.split())
    assert text.startswith("Who answers?: 4 numbers screened by 8 trajectories, 60 runs a point.")
    assert (
        "Left at their values" in text and "South → North, neutral: unprovoked acts" in text
    )  # statements draw no answer
    for outcome in ("shots", "peak.north.south"):
        assert f"{outcome} " in text
    assert "chance" in text and "decision rule (levers)" in text


def test_its_tables_hold_what_it_prints(played):
    (folder,) = {path.parent for path in played[0].parent.glob("out/*/*/variance.parquet")}
    rows = pq.read_table(folder / "variance.parquet").to_pylist()
    shots = {(row["source"], row["order"]): row["share"] for row in rows if row["outcome"] == "shots"}
    parts = [shots["chance", ""], shots["parameters", ""], shots["decision rule", "first"]]
    assert sum(parts) == pytest.approx(1.0) and all(0.0 <= part <= 1.0 for part in parts)
    screening = pq.read_table(folder / "screening.parquet").to_pylist()
    kept_keys = {row["parameter"] for row in screening if row["kept"]}
    assert {source for source, order in shots if order} == {*kept_keys, "decision rule"}
    assert not {"channels.south.north.neutral.base"} & kept_keys
    levers = {row["actors.south.strategy"] for row in pq.read_table(folder / "indices.parquet").to_pylist()}
    assert levers == {"unresponsive", "tit_for_tat"}
    assert (folder / "figures" / "sensitivity.png").stat().st_size > 10_000


def test_asked_again_it_plays_nothing_and_says_the_same(played):
    again = sensitivity(played[0])
    assert again.stdout == played[1].stdout and again.stderr.count("An identical sweep") == 2


def test_it_speaks_json(played):
    data = json.loads(sensitivity(played[0], "--json").stdout)
    assert {"screening", "indices", "variance", "boxes"} <= set(data) and data["study"] == "Who answers?"


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"design": "sobol"}, "design: 'sobol' has no indices of sensitivity; allowed: saltelli"),
        ({"vary": None, "levers": STUDY["levers"]}, "vary: no number is varied"),
        ({"runs": 1}, "one run has no variance"),
        ({"points": 12}, "balanced only at powers of two"),
        ({"outcomes": ["rung"]}, "a median, of a date or a rung, has no variance to divide"),
    ],
)
def test_a_study_of_another_kind_is_told_what_it_lacks(tmp_path, entries, words):
    assert words in sensitivity(write_study(tmp_path, **STUDY | entries), code=2).stderr


def test_what_is_told_of_an_outcome_is_what_its_runs_say(tmp_path):
    """Two rules on Ishigami's function: under the second everything is a tenth of it, and one higher."""
    vary = ["parameters.reciprocity", "channels.north.south.hostile.base", "parameters.half_life"]
    study = load_study(
        str(
            write_study(
                tmp_path, **STUDY | {"vary": {key: STUDY["vary"][key] for key in vary}, "points": 2048, "runs": 2}
            )
        )
    )
    unit = cube("saltelli", 3, 2048, study.study.seed)
    values = np.stack([ishigami(unit), 0.1 * ishigami(unit) + 1.0])
    result = outcome_sensitivity(study, "peak.north.south", np.repeat(values[:, :, None], 2, axis=2))
    assert result.shares.chance[0] == pytest.approx(0.0, abs=1e-9)
    within, between = np.var(values, axis=1), np.var(values.mean(axis=1))
    assert result.shares.rule[0] == pytest.approx(between / (within.mean() + between), rel=1e-6)
    known_first, known_total = answer()
    for intervals, known in ((result.first, known_first), (result.total, known_total)):
        assert [interval[0] for interval in intervals] == pytest.approx(known * result.shares.parameters[0], abs=0.03)
    assert result.by_rule[0].total[0][0] == pytest.approx(result.by_rule[1].total[0][0])


def test_a_box_is_told_in_the_units_of_the_scenario(tmp_path):
    vary = {"parameters.reciprocity": {}, "parameters.half_life": {}}
    study = load_study(str(write_study(tmp_path, **STUDY | {"vary": vary, "points": 256, "runs": 2, "levers": None})))
    happens = (study.design[:, 1] > 16.0).astype(float)
    result = outcome_sensitivity(study, "shots", np.repeat(happens[None, :, None], 2, axis=2))
    (side,) = result.box.sides
    assert (side.name, side.high) == ("parameters.half_life", None) and side.low == pytest.approx(16.0, abs=0.6)


def test_few_runs_a_point_are_warned_of(tmp_path):
    notes = sensitivity(write_study(tmp_path, **STUDY | {"points": 2, "levers": None}), "--runs", "3").stderr
    assert "with fewer than 50 runs a point, much of chance is taken for parameters" in notes


def test_points_that_fail_are_told_since_indices_need_all(tmp_path):
    wide = {
        "parameters.reciprocity": {"low": 0.1, "high": 0.9},
        "pairs.state_to_state.momentum": {"low": 0.1, "high": 0.8},
        "channels.south.north.hostile.momentum": {"low": 0.1, "high": 0.8},
    }
    error = sensitivity(write_study(tmp_path, **STUDY | {"vary": wide}), code=2).stderr
    assert "points failed, and sensitivity needs all; the first, where parameters.reciprocity = 0." in error
