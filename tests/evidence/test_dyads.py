"""Many dyads at once: a coded file is read as it is, and the numbers that made a simulated one are found again."""

import gzip
import tracemalloc
from datetime import date, timedelta

import numpy as np
import pytest
import yaml
from click.testing import CliRunner

from sim import UserError
from sim.commands.group import main
from sim.commands.priors import model_lines, priors_text
from sim.evidence import dyad_priors, pooling
from sim.evidence.dyad_priors import ADOPTED, fit_of, tables_of, tasks_of
from sim.evidence.dyads import COLUMNS, Choice, Dyads, Echoes, dyads_of, read_coded, root_of, without_echoes
from sim.evidence.holdout import FITTED, gain_rows
from sim.evidence.pair_numbers import Numbers, entries
from sim.evidence.pooling import Pooled

FIRST = date(2014, 1, 1)


def written(path, rows):
    path.write_text(",".join(COLUMNS) + "\n" + "\n".join(",".join(map(str, row)) for row in rows) + "\n")
    return path


def act(day, source="A", target="B", name="Accuse", goldstein=-5.0, sides=("state", "state")):
    return (FIRST + timedelta(day), source, sides[0], target, sides[1], name, goldstein)


def test_pairs_are_chosen_by_the_part_that_is_fitted_and_marks_are_capped(tmp_path):
    rows = [act(day) for day in (0, 3, 3, 3, 3, 9)] + [act(4, "B", "A")] + [act(day, "C", "D") for day in (20, 22, 24)]
    acts = read_coded(written(tmp_path / "coded.csv", rows))
    dyads = dyads_of(acts, "state → state", FIRST + timedelta(10), Choice(2))
    assert dyads.pairs == [(("A", "state"), ("B", "state"))]  # C acts only later
    assert dyads.own_marks[0, [0, 3, 9]].tolist() == [0.5, 1.5, 0.5] and dyads.other_marks[0, 4] == 0.5
    assert dyads.volume.mean() == pytest.approx(1.0) and dyads.volume[3] == dyads.volume.max()
    assert dyads_of(acts, "state → own society", FIRST + timedelta(10), Choice(1)).pairs == []


def test_the_same_story_told_again_is_an_echo(tmp_path):
    rows = [act(0), act(2), act(2), act(4), act(9), act(9), act(2, name="Threaten")]
    acts = without_echoes(read_coded(written(tmp_path / "coded.csv", rows)))
    assert [((act.day - FIRST).days, act.name) for act in acts] == [
        (0, "Accuse"),
        (2, "Threaten"),
        (9, "Accuse"),
        (9, "Accuse"),
    ]


@pytest.mark.parametrize(
    ("rows", "why"),
    [([("someday", "A", "state", "B", "state", "x", 1)], "coded.csv:2"), ([act(0, goldstein="much")], "coded.csv:2")],
)
def test_a_row_that_is_no_act_is_told_with_its_line(tmp_path, rows, why):
    with pytest.raises(UserError, match=why):
        read_coded(written(tmp_path / "coded.csv", rows))


def test_a_file_without_the_columns_is_refused_by_the_command(tmp_path):
    (tmp_path / "x.csv").write_text("date,who\n2014-01-01,A\n")
    result = CliRunner().invoke(main, ["priors", str(tmp_path / "x.csv"), "--until", "2014-08-31"])
    assert result.exit_code == 2 and "lacks the columns source" in result.output


def test_nothing_is_estimated_from_too_few_pairs(tmp_path):
    rows = [act(day) for day in range(0, 200, 10)]
    written(tmp_path / "x.csv", rows)
    call = ["priors", str(tmp_path / "x.csv"), "--until", str(FIRST + timedelta(150)), "--workers", "1"]
    result = CliRunner().invoke(main, [*call, "--out", str(tmp_path)])
    assert result.exit_code == 2 and "no kind of dyad has 5 pairs" in result.output
    assert not list(tmp_path.rglob("*.npz"))  # nothing to go on with


def refused(tmp_path, rows) -> list[str]:
    with pytest.raises(UserError) as error:
        read_coded(written(tmp_path / "coded.csv", rows))
    return [str(problem).rpartition("coded.csv:")[2] for problem in error.value.problems]


def test_a_side_a_weight_or_a_day_that_is_none_is_refused_with_its_row_and_not_dropped(tmp_path):
    rows = [
        act(0),
        act(1, sides=("State", "government")),
        act(2, goldstein="nan"),
        act(3, goldstein="-inf"),
        act(4, goldstein=-11),
        ("2014-01", "A", "state", "", "state", "Accuse", -5),
        ("20140106", "A", "state", "B", "state", "Accuse", -5),
    ]
    weight = "allowed: a number from -10 to 10"
    assert refused(tmp_path, rows) == [
        "3: source_side: found 'State'; allowed: state, society; did you mean 'state'?",
        "3: target_side: found 'government'; allowed: state, society",
        f"4: goldstein: found 'nan'; {weight}",
        f"5: goldstein: found '-inf'; {weight}",
        f"6: goldstein: found '-11'; {weight}",
        "7: date: '2014-01' is not a day; allowed: a day, as 2014-09-03",
        "7: target: is empty; allowed: a name",
        "8: date: '20140106' is not a day; allowed: a day, as 2014-09-03",
    ]


def test_one_impossible_year_is_refused_and_takes_no_memory(tmp_path):
    rows = [act(day) for day in range(9)] + [("0014-01-01", "A", "state", "B", "state", "Accuse", -5)]
    tracemalloc.start()
    result = CliRunner().invoke(main, ["priors", str(written(tmp_path / "x.csv", rows)), "--until", "2014-01-05"])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert result.exit_code == 2 and "x.csv:11: date: 0014-01-01 lies 2,000 years from most acts" in result.output
    assert peak < 5_000_000


def test_coded_acts_are_read_in_every_dialect(tmp_path):
    text = written(tmp_path / "plain.csv", [act(0, goldstein=-2.5), act(1, "B", "A")]).read_text()
    expected = read_coded(tmp_path / "plain.csv")
    (tmp_path / "other").write_bytes(
        gzip.compress((text.replace(",", ";").replace("-2.5", "-2,5")).encode("utf-8-sig"))
    )
    assert read_coded(tmp_path / "other") == expected and expected[0].goldstein == -2.5
    (tmp_path / "other").write_bytes(
        (text.replace(",", "\t").upper().replace("STATE\t", "state\t") + "\t" * 6).encode("utf-16")
    )
    assert [(act.day, act.goldstein) for act in read_coded(tmp_path / "other")] == [
        (act.day, act.goldstein) for act in expected
    ]


def test_a_file_of_a_day_leaves_nothing_to_fit(tmp_path):
    result = CliRunner().invoke(main, ["priors", str(written(tmp_path / "x.csv", [act(0)])), "--until", "2014-01-05"])
    assert (
        result.exit_code == 2
        and "x.csv: holds acts from 2014-01-01 to 2014-01-01; allowed: acts of three days" in result.output
    )


def test_pairs_in_contact_are_chosen_whether_or_not_the_first_is_hostile(tmp_path):
    rows = [act(day, goldstein=3) for day in range(4)] + [act(day, "B", "A") for day in range(3)]
    acts = read_coded(written(tmp_path / "coded.csv", [*rows, *(act(day, "C", "D") for day in range(9))]))
    pairs = dyads_of(acts, "state → state", FIRST + timedelta(8), Choice(6, by_contact=True)).pairs
    assert [(first[0], second[0]) for first, second in pairs] == [
        ("A", "B"),
        ("D", "C"),
    ]  # spared, D is there all the same
    only = dyads_of(acts, "state → state", FIRST + timedelta(8), Choice(3)).pairs
    assert [(first[0], second[0]) for first, second in only] == [("B", "A"), ("C", "D")]


def test_a_week_of_one_root_is_one_story(tmp_path):
    rows = [
        act(0, name="Accuse"),
        act(5, name="Criticize or denounce"),
        act(6, name="Threaten"),
        act(13, name="Accuse"),
    ]
    acts = without_echoes(read_coded(written(tmp_path / "coded.csv", rows)), Echoes(7, by_root=True))
    assert [(act.day - FIRST).days for act in acts] == [0, 6, 13]
    assert root_of("Accuse") == "11" and root_of("Threaten") == "13" and root_of("Dance") == "Dance"


def bouts(path, pairs: int = 6):
    """A small file: pairs of states that accuse each other in bouts, each with a habit of its own."""
    rng = np.random.default_rng(1)
    rows = []
    for number in range(pairs):
        habit = "Threaten" if number % 2 else "Accuse"
        for day in np.flatnonzero(rng.random(200) < 0.13):
            rows += [act(int(day), f"S{number}", "X", habit), act(int(day) + 1, "X", f"S{number}", habit)]
    rows += [act(day, "Y", "Z", "Consult", 1) for day in range(200)]
    return written(path, sorted(rows))


@pytest.fixture
def few_steps(monkeypatch):
    """Fits of a few steps, which are soon made."""
    monkeypatch.setattr(dyad_priors, "pool", lambda dyads, days: pooling.pool(dyads, days, steps=20))


def priors_of(tmp_path):
    """The tables of a small file."""
    tasks = tasks_of(bouts(tmp_path / "coded.csv"), FIRST + timedelta(140), 5)
    return tables_of([fit_of(task) for task in tasks if task.variant == ADOPTED])


def test_priors_that_were_stopped_go_on_and_have_the_bytes_of_those_that_ran_through(tmp_path, monkeypatch, few_steps):
    file = str(bouts(tmp_path / "coded.csv"))
    call = ["priors", file, "--until", str(FIRST + timedelta(140)), "--workers", "1", "--out"]
    begun = []

    def stopped(task):
        begun.append(task)
        if len(begun) == 5:
            raise KeyboardInterrupt
        return fit_of(task)

    with monkeypatch.context() as patch:
        patch.setattr(dyad_priors, "fit_of", stopped)
        result = CliRunner().invoke(main, [*call, str(tmp_path / "stopped")])
    assert result.exit_code == 130 and "4 finished parts" in result.stderr
    assert "--resume, to go on with it" in CliRunner().invoke(main, [*call, str(tmp_path / "stopped")]).stderr
    again = []
    monkeypatch.setattr(dyad_priors, "fit_of", lambda task: again.append(task) or fit_of(task))
    assert CliRunner().invoke(main, [*call, str(tmp_path / "stopped"), "--resume"]).exit_code == 0
    assert len(again) == len(tasks_of(tmp_path, FIRST, 5)) - 4
    assert CliRunner().invoke(main, [*call, str(tmp_path / "through")]).exit_code == 0
    stopped_at, through = (
        {path.name: path.read_bytes() for path in (tmp_path / name).rglob("*.parquet")}
        for name in ("stopped", "through")
    )
    assert stopped_at == through and set(through) == {"priors.parquet", "gains.parquet", "mixes.parquet"}
    assert not list((tmp_path / "stopped").rglob("*.parts"))


def test_estimates_stand_beside_the_models_numbers_and_can_take_their_place(tmp_path, few_steps):
    tables = priors_of(tmp_path)
    text = str(priors_text(tables, "coded.csv"))
    assert "state → state" in text and "0.3 (0.05 to 0.79)" in text  # what the model has
    printed = yaml.safe_load(model_lines(tables, 'my "own" file.csv'))
    assert list(printed) == ["state_to_state"]
    model = entries()["state_to_state"]
    assert printed["state_to_state"].keys() == model.keys() - {"generosity"}  # which dyads of states say nothing of
    for name, entry in printed["state_to_state"].items():
        assert entry.keys() == model[name].keys() and entry["low"] <= entry["value"] <= entry["high"], name
    assert 'my "own" file.csv' in printed["state_to_state"]["momentum"]["source"]


def test_an_own_mix_helps_where_pairs_differ(tmp_path, few_steps):
    rows = [row for row in priors_of(tmp_path)["mixes"] if row["classes"] == "action" and row["numbers"] == "fitted"]
    assert len(rows) == 1 and rows[0]["low"] > 0.5 and rows[0]["weight"] < 1.0


def test_a_learned_base_gains_where_a_rate_has_changed_and_nothing_where_none_is_learned():
    days, fit_days = 200, 100
    acted = np.zeros((6, days), bool)
    acted[:, 10::50] = True
    acted[:, fit_days::5] = True  # ten times as often afterwards
    pairs = [(("A", "state"), (str(number), "state")) for number in range(6)]
    dyads = Dyads("state → state", pairs, FIRST, acted, 0.5 * acted, 0.0 * acted, np.ones(days))
    numbers = Numbers(1e-6, 1.0, 1e-6, 1.0, 1.0, 0.02)
    draws = np.tile(np.log([1e-6, 1e-6, 0.5, 0.5, 1.0, 0.02, 1.0, 1.0]), (4, 1))
    rows = gain_rows({"state → state": Pooled(dyads, fit_days, draws, numbers, 4.0)})
    gains = {(row["comparison"], row["numbers"]): row["gain"] for row in rows}
    assert gains["learned base over the same base frozen", FITTED] > 0.3
    draws[:, 4] = np.log(1e12)
    known = gain_rows({"state → state": Pooled(dyads, fit_days, draws, numbers, 4.0)})
    assert known[0]["comparison"] == "learned base over the same base frozen"
    assert known[0]["gain"] == pytest.approx(0.0, abs=1e-9)
