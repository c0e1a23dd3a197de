"""Verdicts by intervals, intervals that cover as often as they say, seeds apart, and tables that can be gone on with."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest
import yaml
from click.testing import CliRunner
from toy import compiled as toy_compiled
from toy import toy

from sim.commands.facts import facts_text
from sim.commands.group import main
from sim.evidence import facts as f
from sim.evidence import measures as m
from sim.evidence import sums as s
from sim.evidence.ensembles import Played
from sim.evidence.groups import Groups
from sim.evidence.load_facts import load_facts
from sim.evidence.sums import Sums, of_runs
from sim.scenario.schema import Selection

RUNS = 400
CASES = 300
COVERS = (0.915, 0.98)  # of 300 intervals of 95 %: three standard errors, and a little for groups


# --- verdicts


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        (0.2, 0.4, "met"),
        (0.1, 0.45, "met"),
        (0.05, 0.2, "borderline"),
        (0.4, 0.5, "borderline"),
        (0.05, 0.5, "borderline"),
        (0.45, 0.5, "borderline"),
        (0.0, 0.09, "missed"),
        (0.46, 0.5, "missed"),
        (float("nan"), float("nan"), "missed"),
        (float("-inf"), float("inf"), "borderline"),
    ],
)
def test_a_statement_is_met_missed_or_borderline_by_its_whole_interval(low, high, found):
    assert f.verdict(low, high, [0.1, 0.45]) == found


def test_the_table_marks_each_verdict_counts_them_by_seed_and_leaves_out_bands_of_the_case(tmp_path):
    facts, *_ = load_facts(str(write(tmp_path)))
    results = [
        f.Measured("A", "defaults", 2.0, 1.5, 2.5, "met", ["met", "borderline"]),
        f.Measured("B", "defaults", 0.9, 0.85, 0.95, "borderline", ["met", "borderline"]),
        f.Measured("C", "defaults", 9.0, 8.0, 10.0, "missed", ["missed", "missed"]),
        f.Measured("D", "defaults", 3.0, 2.0, 4.0, "met", ["met", "met"]),
    ]
    text = str(facts_text(facts, f.facts_rows(facts, results), choosing=False))
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "100 to 300 runs of each ensemble under each of 2 seeds (7, 8)." in text
    assert "chosen on others (1)" in text
    assert "A acts are answered 1.3 to 9 2 (1.5 to 2.5)" in lines
    assert "B acts draw acts 0.2 to 0.9 0.9 ~ (0.85 to 0.95)" in lines
    assert "C they differ 1 to 2 9 * (8 to 10)" in lines
    assert "(D) as they did here 1 to 5 3 (2 to 4)" in lines
    assert (
        "met, of 3 1 (0 to 2)" in lines
        and "borderline, of 3 1 (0 to 2)" in lines
        and "missed, of 3 1 (1 to 1)" in lines
    )
    assert "Borderline by defaults: B." in text and "Missed by defaults: C." in text


# --- intervals


def share_covered(draw, number, truth: float, *, of_draws: bool = False) -> float:
    """How many of many intervals hold the truth. draw: makes what is taken of each run, with a generator."""
    covered = 0
    for case in range(CASES):
        rng = np.random.default_rng([7, case])
        groups = Groups()
        labels = np.repeat(np.arange(40), RUNS // 40) if of_draws else None
        groups.add(Sums(draw(rng), number), 1, range(RUNS), labels)
        _, low, high = groups.interval()
        covered += low <= truth <= high
    return covered / CASES


def test_a_ratio_of_acts_that_hang_together_in_runs_is_covered():
    def draw(rng):
        """Half of the acts are followed; how many there are, and how often they are followed, is of the run."""
        acts, share = rng.negative_binomial(1, 0.2, RUNS), rng.beta(1, 1, RUNS)
        return of_runs(rng.binomial(acts, share), acts)

    assert COVERS[0] <= share_covered(draw, s.ratio, 0.5) <= COVERS[1]


def test_a_median_of_days_that_hang_together_in_runs_is_covered():
    days = np.arange(1, 61)

    def chances(mean: np.ndarray) -> np.ndarray:
        weights = np.exp(-days / mean[:, None])
        return weights / weights.sum(axis=1, keepdims=True)

    def draw(rng):
        """Lags whose mean is of the run: 5 or 20 days."""
        return rng.multinomial(rng.poisson(3, RUNS), chances(rng.choice([5.0, 20.0], RUNS))).astype(float)

    truth = float(s.median(1, chances(np.array([5.0, 20.0])).mean(axis=0)))
    assert COVERS[0] <= share_covered(draw, partial(s.median, 1), truth) <= COVERS[1]


def test_a_correlation_beyond_the_calendar_is_covered_and_the_calendar_is_no_part_of_it():
    weeks, calendar = 30, 5.0 * np.sin(np.arange(30) / 5.0)
    raw = []

    def draw(rng):
        one = rng.normal(size=(RUNS, weeks))
        other = 0.3 * one + np.sqrt(1 - 0.3**2) * rng.normal(size=(RUNS, weeks))
        raw.append(np.corrcoef((one + calendar).ravel(), (other + calendar).ravel())[0, 1])
        return s.lagged(one + calendar, other + calendar, (0,))

    assert COVERS[0] <= share_covered(draw, partial(s.average_at_lags, weeks, (0,)), 0.3) <= COVERS[1]
    assert min(raw) > 0.9


def test_what_a_draw_of_the_numbers_does_to_all_of_its_runs_is_no_chance_of_theirs():
    def draw(rng):
        level = np.repeat(rng.normal(1.0, 0.5, 40), RUNS // 40)
        return of_runs(level + 0.1 * rng.normal(size=RUNS), np.ones(RUNS))

    assert share_covered(draw, s.ratio, 1.0, of_draws=True) >= 0.9  # of forty draws a little too short
    assert share_covered(draw, s.ratio, 1.0) < 0.6


def test_a_share_that_every_run_shows_is_not_certain():
    groups = Groups()
    groups.add(Sums(of_runs(np.ones(50), np.ones(50)), s.ratio, is_share=True), 1, range(50))
    value, low, high = groups.interval()
    assert value == high == 1.0 and 0.9 < low < 0.94


def test_groups_of_blocks_are_those_of_all_runs_at_once():
    of = np.random.default_rng(1).poisson(3, (1300, 2)).astype(float)
    whole, pieces = Groups(), Groups()
    whole.add(Sums(of, s.ratio), 1, range(1300))
    for first in range(0, 1300, 130):
        pieces.add(Sums(of[first : first + 130], s.ratio), 1, range(first, first + 130))
    assert whole.interval() == pieces.interval()


def test_weeks_that_only_share_a_calendar_do_not_go_together(tmp_path):
    two = toy_compiled(tmp_path, toy(days=400))
    rate = np.where(np.arange(400) // 50 % 2 == 0, 0.01, 0.3)[None, :, None]
    here = {"here": Played.dense(two, np.random.default_rng(1).random((1000, 400, 2)) < rate)}
    assert m.echo(here, "one", "other").value == pytest.approx(0.0, abs=0.02)
    assert m.leads(here, Selection(actor="one"), Selection(actor="other")).value == pytest.approx(0.0, abs=0.02)
    first, second = m._weeks_of(here["here"], "one", "other")
    assert np.corrcoef(first.ravel(), second.ravel())[0, 1] > 0.5


# --- the command


def write(folder: Path) -> Path:
    """Write four statements beside their scenario."""
    lag = {
        "measure": "reply_lag",
        "acts": {"after": {"actor": "one"}, "of": {"actor": "other"}},
        "numbers": {"days": 20},
    }
    answered = {"measure": "risk_ratio", "acts": lag["acts"], "numbers": {"days": 7}}
    source = {"source": "made up"}
    data = {
        "name": "Four statements",
        "facts_of": "toy.yaml",
        "runs": 100,
        "seeds": [7, 8],
        "choosing_seeds": [1],
        "ablations": {"no answers": ["pairs.state_to_state.reciprocity=0"]},
        "statements": {
            "A": {"says": "acts are answered", **answered, "band": [1.3, 9], "runs": 300, **source},
            "B": {"says": "acts draw acts", "measure": "branching", "band": [0.2, 0.9], **source},
            "C": {
                "says": "they differ",
                **answered,
                "band": [1, 2],
                "ensembles": {"here": ["pairs.state_to_state.reciprocity=0.3"]},
                **source,
            },
            "D": {"says": "as they did here", **lag, "band": [1, 5], "of_this_case": True, **source},
        },
    }
    (folder / "facts.yaml").write_text(yaml.safe_dump(data, sort_keys=False))
    (folder / "toy.yaml").write_text(yaml.safe_dump(toy(days=300, base=0.03, reciprocity=0.5), sort_keys=False))
    return folder / "facts.yaml"


def escalate(*words: str, code: int = 0):
    result = CliRunner().invoke(main, ["facts", *words])
    assert result.exit_code == code, result.output
    return result


def table_of(out: Path) -> bytes:
    (path,) = out.rglob("facts.parquet")
    return path.read_bytes()


def test_a_statement_has_as_many_runs_as_it_says_whatever_else_is_measured(tmp_path):
    facts, scenario, _ = load_facts(str(write(tmp_path)))
    alone = facts.model_copy(update={"statements": {"D": facts.statements["D"]}})
    with_others = {one.statement: one for one in f.table(facts, scenario, [f.Variant("defaults")], 1)}
    (by_itself,) = f.table(alone, scenario, [f.Variant("defaults")], 1)
    assert by_itself == with_others["D"]


def test_scenarios_that_come_to_the_same_are_played_once(tmp_path):
    facts, scenario, _ = load_facts(str(write(tmp_path)))
    same = facts.statements["C"].model_copy(update={"ensembles": {"here": ["pairs.state_to_state.reciprocity=0.5"]}})
    merged = facts.model_copy(update={"statements": {**facts.statements, "C": same}})
    assert len(f.tasks_of(facts, scenario, [f.Variant("defaults")])) == 2
    (task,) = f.tasks_of(merged, scenario, [f.Variant("defaults")])
    assert list(task.settings) == list(facts.statements) and task.runs(()) == 300


def test_the_table_has_the_same_bytes_whatever_the_workers_and_however_often_it_was_stopped(tmp_path, monkeypatch):
    file = str(write(tmp_path))
    through, stopped = (["--workers", "1", "--out", str(tmp_path / name)] for name in ("through", "stopped"))
    escalate(file, *through)
    escalate(file, "--workers", "2", "--out", str(tmp_path / "two"))
    measured, calls = f.measured, []

    def stop_at_the_third(task):
        calls.append(task.name)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return measured(task)

    monkeypatch.setattr(f, "measured", stop_at_the_third)
    note = escalate(file, *stopped, code=130)
    assert "Stopped. 2 finished parts are in" in note.stderr and "--resume goes on" in note.stderr
    assert "begun and is not done" in escalate(file, *stopped, code=2).stderr
    escalate(file, *stopped, "--resume")
    assert len(calls) == 3 + 2  # the one that was stopped, and the fourth
    assert table_of(tmp_path / "stopped") == table_of(tmp_path / "through") == table_of(tmp_path / "two")
    assert not list(tmp_path.rglob("*.parts"))


def test_a_seed_on_which_rules_were_chosen_is_not_reported(tmp_path):
    file, out = str(write(tmp_path)), ["--out", str(tmp_path / "out"), "--no-ablations", "--workers", "1"]
    assert "rules were chosen on this seed" in escalate(file, "--seed", "1", *out, code=2).stderr
    assert "under one seed (1). These seeds are for choosing" in escalate(file, "--choosing", *out).stdout
    reported = " ".join(escalate(file, "--seed", "9", *out).stdout.split())
    assert "under one seed (9). Rules and numbers were chosen on others (1)." in reported
    escalate(file, "--seed", "9", "--choosing", *out, code=2)
