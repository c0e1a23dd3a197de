"""Measures of interaction, on histories of which the answer is known."""

import math

import numpy as np
import pytest
import yaml
from toy import compiled as toy_compiled
from toy import toy

from sim import UserError
from sim.evidence import measures as m
from sim.evidence.ensembles import Played
from sim.evidence.facts import Variant, table
from sim.evidence.load_facts import load_facts
from sim.scenario.schema import Selection

ONE, OTHER = Selection(actor="one"), Selection(actor="other")


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Two actors, one hostile action each, 400 free days."""
    return toy_compiled(tmp_path_factory.mktemp("toy"), toy(days=400))


def played(two, one=(), other=(), runs=1):
    """The same acts in every run: days of either side's."""
    acts = np.zeros((runs, 400, 2), bool)
    for column, days in enumerate((one, other)):
        acts[:, list(days), column] = True
    return {"here": Played.dense(two, acts)}


def test_acts_that_always_follow_within_a_window_have_the_ratio_of_their_chances(two):
    # every act of one is answered on the fifth day; of forty mornings ten have none as long before, four of them one ahead
    here = played(two, one=range(20, 380, 40), other=range(25, 380, 40))
    acts = np.zeros(400, bool)
    acts[list(range(20, 380, 40))] = True
    without = [day for day in range(10, 390) if not acts[day - 9 : day + 1].any()]
    chance = np.mean(
        [any((day + ahead - 25) % 40 == 0 and day + ahead < 380 for ahead in range(1, 11)) for day in without]
    )
    assert m.risk_ratio(here, ONE, OTHER, days=10).value == pytest.approx(1.0 / chance)


def test_acts_by_chance_have_a_ratio_of_one_and_no_burstiness(two):
    acts = np.random.default_rng(1).random((2000, 400, 2)) < 0.05
    here = {"here": Played.dense(two, acts)}
    assert m.risk_ratio(here, ONE, OTHER, days=10).value == pytest.approx(1.0, abs=0.03)
    assert m.burstiness(here, ONE).value == pytest.approx(0.0, abs=0.05)
    assert m.dispersion(here, ONE).value == pytest.approx(0.95, abs=0.15)
    assert m.echo(here, "one", "other").value == pytest.approx(0.0, abs=0.02)
    assert m.memory_of_gaps(here, ONE).value == pytest.approx(0.0, abs=0.08)


def test_a_clock_is_the_contrary_of_bursts(two):
    assert m.burstiness(played(two, one=range(0, 400, 20)), ONE).value == pytest.approx(-1.0)


def test_replies_after_three_days_have_that_lag_and_half_of_the_excess_by_then(two):
    here = played(two, one=range(60, 340, 50), other=range(63, 340, 50))
    assert m.reply_lag(here, ONE, OTHER, days=30).value == 3
    assert 2.0 < m.half_life_of_excess(here, ONE, OTHER, days=20).value <= 3.0


def test_what_follows_is_counted_where_there_is_time_for_it(two):
    here = played(two, one=[10, 200, 395], other=[15])
    assert m.followed(here, ONE, OTHER, days=30).value == 0.5
    assert m.followed_more(here, ONE, OTHER, OTHER, days=30).value == 0.5
    assert m.in_order(here, ONE, OTHER).value == 1.0 and m.in_order(here, OTHER, ONE).value == 0.0
    assert m.first_day(here, OTHER).value == 15
    assert m.chance(here, OTHER, days=15).value == 0.0 and m.chance(here, OTHER, days=16).value == 1.0


def test_changes_and_rates_are_those_of_the_counts(two):
    many, few = played(two, one=range(0, 400, 10)), played(two, one=range(0, 400, 20))
    assert m.change({"here": many["here"], "other": few["here"]}, ONE).value == 1.0
    assert m.rate_after(
        played(two, one=[*range(0, 100, 10), *range(100, 400, 20)], other=[100]), ONE, OTHER
    ).value == pytest.approx(0.5, abs=0.02)


def test_a_measure_of_nothing_is_no_number(two):
    here = played(two)
    for value in (
        m.dispersion(here, ONE).value,
        m.burstiness(here, ONE).value,
        m.followed(here, ONE, OTHER, 5).value,
        m.reply_lag(here, ONE, OTHER, 5).value,
    ):
        assert math.isnan(value)


# --- statements


FILE = {
    "name": "Two statements",
    "facts_of": "toy.yaml",
    "runs": 100,
    "ablations": {"no answers": ["pairs.state_to_state.reciprocity=0"]},
    "statements": {
        "A": {
            "says": "acts are answered",
            "measure": "risk_ratio",
            "acts": {"after": {"actor": "one"}, "of": {"actor": "other"}},
            "numbers": {"days": 7},
            "band": [1.3, 9],
            "source": "made up",
        },
        "B": {"says": "acts draw acts", "measure": "branching", "band": [0.2, 0.9], "source": "made up"},
    },
}


@pytest.fixture
def file(tmp_path):
    """A file of statements beside its scenario; called with changes, it is written anew."""

    def write(**statement):
        told = yaml.safe_load(yaml.safe_dump(FILE))
        told["statements"]["A"] |= statement
        (tmp_path / "facts.yaml").write_text(yaml.safe_dump(told))
        scenario = toy(days=300, base=0.03, reciprocity=0.5)
        (tmp_path / "toy.yaml").write_text(yaml.safe_dump(scenario, sort_keys=False))
        return str(tmp_path / "facts.yaml")

    return write


def test_what_answers_do_is_met_with_them_and_missed_without(file):
    facts, scenario, _ = load_facts(file())
    variants = [Variant("defaults"), *(Variant(name, tuple(told)) for name, told in facts.ablations.items())]
    found = {(one.statement, one.variant): one for one in table(facts, scenario, variants, workers=1)}
    assert found["A", "defaults"].verdict == "met" and found["A", "no answers"].verdict == "missed"
    assert found["B", "defaults"].value == pytest.approx(0.5, rel=1e-6) and found["B", "no answers"].value == 0.0
    assert found["A", "defaults"].low < found["A", "defaults"].value < found["A", "defaults"].high
    assert found["A", "no answers"].low < 1.0 < found["A", "no answers"].high


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"measure": "risk_ration"}, "did you mean 'risk_ratio'|risk_ratio"),
        ({"numbers": {}}, "lacks days, which risk_ratio needs"),
        ({"numbers": {"days": 7, "weeks": 1}}, "weeks"),
        ({"bands": [0, 1]}, "bands"),
        ({"band": [0]}, "band"),
    ],
)
def test_a_statement_that_is_not_sound_is_refused(file, change, why):
    with pytest.raises(UserError, match=why):
        load_facts(file(**change))


def test_the_statements_that_ship_are_sound_and_each_has_a_source():
    facts, scenario, _ = load_facts("stylised")
    assert scenario.endswith("baseline.yaml") and len(facts.statements) == 30
    assert all(one.source for one in facts.statements.values())


def test_every_measure_is_used_by_a_statement_that_ships():
    facts, *_ = load_facts("stylised")
    assert {one.measure for one in facts.statements.values()} == set(m.MEASURES)


@pytest.mark.parametrize("name", [name for name, entry in m.MEASURES.items() if entry.spans])
def test_the_longest_span_that_is_allowed_can_be_measured(two, name):
    """Of chance acts at one rate or another. Free are all 400 days, and the date is the 300th."""
    entry = m.MEASURES[name]
    words = {"actors": iter(["one", "other"]), "dates": iter(["somewhen"])}
    given = {argument: ONE if kind is Selection else OTHER for argument, kind in entry.types.items()}
    given |= {argument: next(words[section]) for argument, section in entry.sections.items()}
    for argument, span in entry.spans.items():
        days = 299 if span.before else 100 if span.after else 400
        given[argument] = (days - span.spare) // (span.days * span.times)
    values = []
    for rate in (0.2, 0.005, 0.02, 0.05):
        acts = np.random.default_rng(2).random((400, 400, 2)) < rate
        values.append(entry.function({label: Dated.dense(two, acts) for label in entry.ensembles}, **given).value)
    assert any(map(math.isfinite, values))


class Dated(Played):
    """A scenario with one date in it, which toys have not."""

    def day(self, name: str) -> int:
        return 299
