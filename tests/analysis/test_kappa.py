"""Cohen's kappa by hand, and the codings that ship."""

import csv
import math
from pathlib import Path

import pytest

from analysis.kappa import CODED_TWICE, agreement, agreements, kappa, table_of
from sim.scenario.library import shipped_folder
from sim.scenario.record import read_record

CASES = ("bolivia", "egypt", "myanmar", "nicaragua", "venezuela", "zimbabwe")


def test_kappa_is_that_of_a_sum_by_hand():
    """Of ten rows eight alike; each coder says yes to five and no to five, so chance alone makes half of them alike."""
    first = ["yes"] * 5 + ["no"] * 5
    second = ["yes"] * 4 + ["no"] * 5 + ["yes"]
    assert kappa(first, second) == pytest.approx((0.8 - 0.5) / (1 - 0.5))


def test_kappa_is_one_where_all_is_alike_zero_at_chance_and_below_where_all_is_unlike():
    assert kappa(["a", "b"], ["a", "b"]) == pytest.approx(1)
    assert kappa(["a", "a", "b", "b"], ["a", "b", "a", "b"]) == pytest.approx(0)
    assert kappa(["a", "b"], ["b", "a"]) == pytest.approx(-1)
    assert math.isnan(kappa(["a", "a"], ["a", "a"]))
    with pytest.raises(ValueError, match="same rows"):
        kappa(["a"], [])


def test_an_interval_holds_what_it_is_of_and_is_the_same_every_time():
    codes = ["arrest", "raid", "none", "criticise"] * 8
    other = ["arrest", "raid", "none", "none"] * 8
    found = agreement("case", codes, other)
    assert found == agreement("case", codes, other)
    assert 0 < found.low < found.kappa < found.high < 1 and found.share == 0.75


def test_the_codings_that_ship_agree_beyond_chance_in_every_case():
    found = agreements(shipped_folder() / CODED_TWICE)
    assert {one.name for one in found} == {*CASES, "all"} and {one.rows for one in found} == {30, 180}
    assert all(one.low > 0 for one in found)
    codebook = Path(__file__).parents[2] / "docs" / "codebook.md"
    assert table_of(found) in codebook.read_text(encoding="utf-8"), "paste what python -m analysis.kappa prints"


def test_the_first_coding_is_that_of_the_records():
    rows = {}
    for case in CASES:
        (path,) = (shipped_folder() / "record").glob(f"{case}_*.csv")
        for row in read_record(path, path.name):
            rows.setdefault((case, str(row.day or row.month), row.actor, row.target), set()).add(row.action or "none")
    with (shipped_folder() / CODED_TWICE).open(encoding="utf-8", newline="") as lines:
        coded = list(csv.DictReader(lines))
    assert [
        row for row in coded if row["first"] not in rows[row["case"], row["date"], row["actor"], row["target"]]
    ] == []
