"""Many dyads at once: a coded file is read as it is, and the numbers that made a simulated one are found again."""

from datetime import date, timedelta

import numpy as np
import pytest
from click.testing import CliRunner

from sim import UserError
from sim.cli import main
from sim.evidence import pooling
from sim.evidence.dyads import COLUMNS, Dyads, dyads_of, read_coded, without_echoes
from sim.evidence.pooling import held_out, pool, remembered

pytestmark = pytest.mark.slow  # and the same on every Python

FIRST = date(2014, 1, 1)


def written(path, rows):
    path.write_text(",".join(COLUMNS) + "\n" + "\n".join(",".join(map(str, row)) for row in rows) + "\n")
    return path


def act(day, source="A", target="B", name="Accuse", goldstein=-5.0, sides=("state", "state")):
    return (FIRST + timedelta(day), source, sides[0], target, sides[1], name, goldstein)


def test_pairs_are_chosen_by_the_part_that_is_fitted_and_marks_are_capped(tmp_path):
    rows = [act(day) for day in (0, 3, 3, 3, 3, 9)] + [act(4, "B", "A")] + [act(day, "C", "D") for day in (20, 22, 24)]
    acts = read_coded(written(tmp_path / "coded.csv", rows))
    found = dyads_of(acts, "state → state", FIRST + timedelta(10), least=2)
    assert found.pairs == [(("A", "state"), ("B", "state"))]  # C acts only later
    assert found.own_marks[0, [0, 3, 9]].tolist() == [0.5, 1.5, 0.5] and found.other_marks[0, 4] == 0.5
    assert found.volume.mean() == pytest.approx(1.0) and found.volume[3] == found.volume.max()
    assert dyads_of(acts, "state → own society", FIRST + timedelta(10), least=1).pairs == []


def test_the_same_story_told_again_is_an_echo(tmp_path):
    rows = [act(0), act(2), act(2), act(4), act(9), act(9), act(2, name="Threaten")]
    kept = without_echoes(read_coded(written(tmp_path / "coded.csv", rows)))
    assert [((one.day - FIRST).days, one.name) for one in kept] == [
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
    told = CliRunner().invoke(main, ["priors", str(tmp_path / "x.csv"), "--until", "2014-08-31"])
    assert told.exit_code == 2 and "lacks the columns source" in told.output


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
    memory, own = np.zeros((2, pairs)), np.zeros((2, pairs))
    kept, kept_own = 2.0 ** (-1 / 7), 0.5
    for day in range(days):
        hazard = base + reciprocity * (1 - kept) * memory / 0.5 + momentum * (1 - kept_own) * own / 0.5
        done = rng.random((2, pairs)) < -np.expm1(-hazard)
        marks[:, :, day] = 0.5 * done
        memory = kept * memory + 0.5 * done[::-1]
        own = kept_own * own + 0.5 * done
    names = [(("A", "state"), (str(number), "state")) for number in range(pairs)]
    return Dyads("state → state", names, FIRST, marks[0] > 0, marks[0], marks[1], np.ones(days))


def test_the_numbers_that_made_the_pairs_are_found_again_and_help_on_days_not_seen(monkeypatch):
    monkeypatch.setattr(pooling, "MEMORY_DAYS", (2.0, 7.0, 14.0))
    monkeypatch.setattr(pooling, "OWN_DAYS", (1.0, 4.0))
    dyads = simulated(30, 300, reciprocity=0.3, momentum=0.25)
    found = pool(dyads, 220)
    for name, truth in (("reciprocity", 0.3), ("momentum", 0.25), ("base", 0.03)):
        _, low, high = found.typical(name)
        assert low < truth < high, name
        assert found.of_a_new_pair(name)[1] < low
    assert found.half_life("memory")[1] <= 7.0 <= found.half_life("memory")[2]
    assert held_out(found) > held_out(pool(dyads, 220, answers=False, momentum=False))


def test_nothing_is_estimated_from_too_few_pairs(tmp_path):
    rows = [act(day) for day in range(0, 200, 10)]
    written(tmp_path / "x.csv", rows)
    call = ["priors", str(tmp_path / "x.csv"), "--until", str(FIRST + timedelta(150)), "--workers", "1"]
    told = CliRunner().invoke(main, [*call, "--out", str(tmp_path)])
    assert told.exit_code == 2 and "no kind of dyad has 5 pairs" in told.output
