"""Many dyads at once: a coded file is read as it is, and the numbers that made a simulated one are found again."""

import gzip
import tracemalloc
from datetime import date, timedelta

import numpy as np
import pytest
from click.testing import CliRunner

from sim import UserError
from sim.commands.group import main
from sim.commands.init import start_folder
from sim.commands.priors import prior_lines
from sim.evidence import pooling
from sim.evidence.dyads import COLUMNS, Dyads, dyads_of, read_coded, without_echoes
from sim.evidence.pooling import held_out_likelihood, pool, remembered
from sim.scenario.load import load

FIRST = date(2014, 1, 1)


def written(path, rows):
    path.write_text(",".join(COLUMNS) + "\n" + "\n".join(",".join(map(str, row)) for row in rows) + "\n")
    return path


def act(day, source="A", target="B", name="Accuse", goldstein=-5.0, sides=("state", "state")):
    return (FIRST + timedelta(day), source, sides[0], target, sides[1], name, goldstein)


def test_pairs_are_chosen_by_the_part_that_is_fitted_and_marks_are_capped(tmp_path):
    rows = [act(day) for day in (0, 3, 3, 3, 3, 9)] + [act(4, "B", "A")] + [act(day, "C", "D") for day in (20, 22, 24)]
    acts = read_coded(written(tmp_path / "coded.csv", rows))
    dyads = dyads_of(acts, "state → state", FIRST + timedelta(10), least=2)
    assert dyads.pairs == [(("A", "state"), ("B", "state"))]  # C acts only later
    assert dyads.own_marks[0, [0, 3, 9]].tolist() == [0.5, 1.5, 0.5] and dyads.other_marks[0, 4] == 0.5
    assert dyads.volume.mean() == pytest.approx(1.0) and dyads.volume[3] == dyads.volume.max()
    assert dyads_of(acts, "state → own society", FIRST + timedelta(10), least=1).pairs == []


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


def test_an_average_act_draws_one_act_in_all():
    marks = np.zeros((1, 200))
    marks[0, 0] = 0.5
    drawn = remembered(marks, 7.0)[0]
    assert drawn.sum() == pytest.approx(1.0, abs=1e-6) and drawn[1:8].sum() == pytest.approx(0.5, abs=0.01)


def simulated(pairs: int, days: int, reciprocity: float, momentum: float) -> Dyads:
    """Pairs that act by the hazard of `pooling`, both ways, half-lives of 7 days and 1."""
    rng = np.random.default_rng(1)
    marks = np.zeros((2, pairs, days))
    base = np.exp(rng.normal(np.log(0.03), 0.5, pairs))
    memory, own_memory = np.zeros((2, pairs)), np.zeros((2, pairs))
    retained, retained_own = 2.0 ** (-1 / 7), 0.5
    for day in range(days):
        hazard = base + reciprocity * (1 - retained) * memory / 0.5 + momentum * (1 - retained_own) * own_memory / 0.5
        acted = rng.random((2, pairs)) < -np.expm1(-hazard)
        marks[:, :, day] = 0.5 * acted
        memory = retained * memory + 0.5 * acted[::-1]
        own_memory = retained_own * own_memory + 0.5 * acted
    names = [(("A", "state"), (str(number), "state")) for number in range(pairs)]
    return Dyads("state → state", names, FIRST, marks[0] > 0, marks[0], marks[1], np.ones(days))


@pytest.mark.slow  # and the same on every Python
def test_the_numbers_that_made_the_pairs_are_found_again_and_help_on_days_not_seen(monkeypatch):
    monkeypatch.setattr(pooling, "MEMORY_DAYS", (2.0, 7.0, 14.0))
    monkeypatch.setattr(pooling, "OWN_DAYS", (1.0, 4.0))
    dyads = simulated(30, 300, reciprocity=0.3, momentum=0.25)
    pooled = pool(dyads, 220)
    for name, truth in (("reciprocity", 0.3), ("momentum", 0.25), ("base", 0.03)):
        _, low, high = pooled.typical(name)
        assert low < truth < high, name
        assert pooled.of_a_new_pair(name)[1] < low
    assert pooled.half_life("memory")[1] <= 7.0 <= pooled.half_life("memory")[2]
    assert held_out_likelihood(pooled) > held_out_likelihood(pool(dyads, 220, answers=False, momentum=False))


def test_nothing_is_estimated_from_too_few_pairs(tmp_path):
    rows = [act(day) for day in range(0, 200, 10)]
    written(tmp_path / "x.csv", rows)
    call = ["priors", str(tmp_path / "x.csv"), "--until", str(FIRST + timedelta(150)), "--workers", "1"]
    result = CliRunner().invoke(main, [*call, "--out", str(tmp_path)])
    assert result.exit_code == 2 and "no kind of dyad has 5 pairs" in result.output


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


def test_the_priors_that_are_printed_load_in_a_scenario(tmp_path):
    start_folder(tmp_path / "mine", blank=False)
    row = {"kind": "state → state", "variant": "without echoes", "pairs": 62, "fitted_to": "2014-08-31"}
    row |= {f"{name}_new_pair_{part}": value for name in ("reciprocity", "momentum") for part, value in zip(("median", "low", "high"), (0.2, 0.02, 0.9), strict=True)}  # fmt: skip
    lines = [line.split(":", 1) for line in prior_lines(row, 'my "own" file.csv')]
    patch = "".join(f"parameters.{name}:{entry}\n" for name, entry in lines)
    (tmp_path / "mine" / "own.yaml").write_text(f"extends: baseline.yaml\nname: Own\n{patch}")
    assert (
        load(str(tmp_path / "mine" / "own.yaml"))
        .scenario.parameters["momentum"]
        .prior.source.startswith("escalate priors my ")
    )
