"""The acts of the article, replayed: every fact and memory of 15 September 2017, worked out by hand.

Nothing here comes from the rules: marks are Goldstein weights over ten, and what is left of one after some
days is the mark times two to the minus days over the half-life.
"""

import math
from datetime import date

import numpy as np
import pytest
from toy import records, runs, shipped

from sim.engine.crisis import Crisis
from sim.rules import arrays as t

# day of the month counted from 1 August 2017, action, target, mark
EVENTS = [
    (23, "cambodia.expel_organisation", "united_states", -0.70),
    (23, "cambodia.restrict_media", "opposition", -0.50),
    (34, "cambodia.detain_leader", "opposition", -1.00),
    (34, "cambodia.accuse", "united_states", -0.20),
    (35, "cambodia.restrict_media", "opposition", -0.50),
    (42, "cambodia.restrict_law", "opposition", -0.50),
    (42, "opposition.boycott", "cambodia", -0.65),
    (42, "cambodia.threaten_ban", "opposition", -0.58),
    (42, "cambodia.seek_support", "china", 0.32),
    (42, "china.endorse", "cambodia", 0.34),
    (43, "cambodia.seek_support", "china", 0.32),
    (43, "united_states.reject_accusation", "cambodia", -0.20),
    (43, "united_states.demand_release", "cambodia", -0.50),
    (44, "united_states.suspend_visas", "cambodia", -0.50),
    (44, "united_states.security_alert", "cambodia", -0.10),
    (45, "cambodia.suspend_cooperation", "united_states", -0.40),
    (46, "cambodia.demand_withdrawal", "united_states", -0.50),
]
FIRST, LAST = 21, 46  # 21 August and 15 September


def left(mark, day, evening=LAST, half_life=7):
    """What is left on an evening of a mark that landed on a day."""
    return mark * 2 ** (-(evening - day) / half_life) if day <= evening else 0.0


@pytest.fixture(scope="module")
def replayed():
    """The baseline on the evening of 15 September 2017."""
    model = Crisis("baseline")
    while model.date < date(2017, 9, 15):
        model.step()
    return model


@pytest.mark.parametrize("seed", [1, 2, 2017])
def test_nothing_else_happens_in_the_replay_whatever_the_seed(baseline, seed):
    expected = {(day - FIRST, name) for day, name, _, _ in EVENTS}
    for acts, _ in records(baseline, seed, runs(30)):
        days, actions = np.nonzero(acts[: LAST - FIRST + 1])
        assert {(int(day), baseline.acts[action].name) for day, action in zip(days, actions, strict=True)} == expected


def test_facts_of_that_evening(replayed):
    so = {name: replayed.fact(name) for name in replayed.compiled.facts if replayed.fact(name)}
    assert so == {
        "leader_detained": 1,
        "detainees": 1,
        "bodies_expelled": 1,
        "visa_measures": 1,
        "measures_taken": 1,
        "cooperation_suspended": 1,
    }


def test_days_on_which_facts_last_rose(replayed):
    risen = {
        name: int(day)
        for name, day in zip(replayed.compiled.facts, replayed.state.facts[t.RISEN], strict=True)
        if day >= 0
    }
    assert risen == {"leader_detained": 34 - FIRST, "detainees": 34 - FIRST, "bodies_expelled": 23 - FIRST, "visa_measures": 44 - FIRST, "measures_taken": 44 - FIRST, "cooperation_suspended": 45 - FIRST}  # fmt: skip


# what each remembers of each that evening; half of what is done to the opposition is felt in Washington
HOSTILITY = {
    ("united_states", "cambodia"): left(0.7 + 0.5 * 0.5, 23) + left(0.2 + 0.5 * 1.0, 34) + left(0.5 * 0.5, 35)
    + left(0.5 * (0.5 + 0.58), 42) + left(0.4, 45) + left(0.5, 46),
    ("opposition", "cambodia"): left(0.5, 23, half_life=1) + left(1.0, 34, half_life=1) + left(0.5, 35, half_life=1)
    + left(0.5 + 0.58, 42, half_life=1),
    ("cambodia", "united_states"): left(0.2 + 0.5, 43) + left(0.5 + 0.1, 44),
    ("cambodia", "opposition"): left(0.65, 42, half_life=1),  # what passes between a state and its society fades sooner
    ("china", "united_states"): left(0.5 * (0.2 + 0.5), 43) + left(0.5 * (0.5 + 0.1), 44),
}  # fmt: skip
GOODWILL = {
    ("china", "cambodia"): left(0.32, 42) + left(0.32, 43),
    ("cambodia", "china"): left(0.34, 42),
}


@pytest.mark.parametrize(("kind", "expected"), [("hostility", HOSTILITY), ("goodwill", GOODWILL)])
def test_memories_of_that_evening(replayed, kind, expected):
    names = replayed.compiled.actors
    found = {(who, of): replayed.memory(kind, who, of) for who in names for of in names}
    assert found == pytest.approx({pair: expected.get(pair, 0.0) for pair in found}, abs=1e-12)


def test_promises_of_that_evening(replayed):
    """Washington's demand of the 12th opened half a threat, which the visa measure of the 13th halved."""
    expected = {
        (t.THREATS, "united_states", "cambodia"): 0.5 * 2 ** (-1 / 60) / 2 * 2 ** (-2 / 60),
        (t.THREATS, "cambodia", "opposition"): 2 ** (-4 / 60),
        (t.THREATS, "cambodia", "united_states"): 0.5,
        (t.SUPPORT, "china", "cambodia"): 0.34 * 2 ** (-4 / 60),
    }
    names = replayed.compiled.actors
    commitments = replayed.state.commitments
    found = {
        (kind, who, of): commitments[kind, i, j]
        for kind in (0, 1)
        for i, who in enumerate(names)
        for j, of in enumerate(names)
    }
    assert found == pytest.approx({key: expected.get(key, 0.0) for key in found}, abs=1e-12)


def test_campaigns_of_that_evening(replayed):
    expected = dict.fromkeys(replayed.compiled.channels, 0.0)
    for day, name, target, mark in EVENTS:
        channel = (name.split(".")[0], target, "hostile" if mark < 0 else "cooperative")
        at_home = "opposition" in channel and "cambodia" in channel
        expected[channel] += left(abs(mark), day, half_life=14 if at_home else 10)
    found = dict(zip(replayed.compiled.channels, replayed.state.momentum, strict=True))
    assert found == pytest.approx(expected, abs=1e-12)


def test_tension_between_the_two_on_every_evening(baseline):
    ((_, tensions),) = records(baseline, 1, range(1))
    pair = baseline.pairs.index(("cambodia", "united_states"))
    expected = []
    for evening in range(FIRST, LAST + 1):
        direct = sum(
            left(-mark, day, evening)
            for day, name, target, mark in EVENTS
            if {name.split(".")[0], target} == {"cambodia", "united_states"}
        )
        felt = sum(
            left(-mark, day, evening) / 2
            for day, name, target, mark in EVENTS
            if (name.split(".")[0], target) == ("cambodia", "opposition")
        )
        expected.append(direct + felt)
    assert tensions[: LAST - FIRST + 1, pair] == pytest.approx(expected, abs=1e-12)


# --- the first free morning -------------------------------------------------------------------------------------

OPEN_THREATS = 0.25 * 2 ** (-3 / 60)
SUPPORT = 0.34 * 2 ** (-4 / 60)
BACKING = 1 - 0.15 * math.exp(-0.85 * SUPPORT)
PRESSURE = 1 - math.exp(-0.15) * math.exp(-0.25 * OPEN_THREATS)  # one visa measure
STRENGTH = 1 - 0.25 * 1 / 4  # one detainee
NEAR_THE_VOTE = math.exp(-(date(2018, 7, 29) - date(2017, 9, 16)).days / 150)


@pytest.fixture(scope="module")
def first_free_morning():
    """The baseline after 16 September 2017, with bases pinned and mixes as before any record."""
    pinned = ("channels.united_states.cambodia.hostile.base=0.02", "channels.cambodia.opposition.hostile.base=0.03")
    model = Crisis(shipped("baseline", *pinned, "channels.china.cambodia.cooperative.base=0.009"))
    model.state.counted[:] = model.state.chances[:] = 0.0
    while model.date < date(2017, 9, 16):
        model.step()
    return model


def common(weight, how_common=1.0):
    """How common an action is, by the weight of its Goldstein score times its salience."""
    return how_common * math.exp(-0.25 * max(0.0, weight - 2))


def answers(marks, half_life=7):
    """Average acts a day that marks draw."""
    return (1 - 2 ** (-1 / half_life)) * marks / 0.5


def test_the_picture_of_the_first_free_morning(first_free_morning):
    cambodia, opposition = (first_free_morning.compiled.actors.index(name) for name in ("cambodia", "opposition"))
    picture = first_free_morning.state.picture
    assert picture[cambodia, [t.BACKING, t.PRESSURE]] == pytest.approx([BACKING, PRESSURE], abs=1e-12)
    assert picture[opposition, t.STRENGTH] == pytest.approx(STRENGTH, abs=1e-12)


def test_the_hazard_that_washington_demands_a_release(first_free_morning):
    """All are open: who has taken a measure may take another."""
    base, answer = 0.02, 0.16 * answers(HOSTILITY["united_states", "cambodia"])
    own = 0.3 * answers(left(0.2 + 0.5, 43, half_life=10) + left(0.5 + 0.1, 44, half_life=10), half_life=10)
    intensity = (base + answer) * math.exp(-0.8 * 0.9) + own
    words = (
        common(2.0, 1.6 + 0.21)
        + common(1.0, 0.1)
        + common(4.0, 0.2 + 0.13)
        + common(5.0, 0.75 + 0.86)
        + common(5.8, 0.77)
    )
    measures = common(5.0, 0.82) + 2 * common(5.6, 0.82) + 2 * common(8.0, 0.82)
    share = common(5.0, 0.75) / (words + measures)
    reason = first_free_morning.actor("united_states").reason(date(2017, 9, 16), "demand_release")
    assert (reason.base, reason.answer, reason.campaign) == pytest.approx((base, answer, own), abs=1e-12)
    assert reason.hazard == pytest.approx(share * intensity, abs=1e-12)


def test_every_measure_is_open_to_washington_since_it_has_taken_one(first_free_morning):
    for name in (
        "end_programme",
        "suspend_visas",
        "cut_aid",
        "sanction_officials",
        "sanction_economy",
        "ease_measures",
    ):
        reason = first_free_morning.actor("united_states").reason(date(2017, 9, 16), name)
        assert reason.available and reason.hazard > 0.0


def test_the_hazard_of_another_arrest(first_free_morning):
    """Open at home is all but another arrest of the leader, who is held, and the ban, for there is no suit yet."""
    base = 0.03
    answer = 0.04 * answers(HOSTILITY["cambodia", "opposition"], half_life=1)
    marks = [(0.5, 23), (1.0, 34), (0.5, 35), (0.5 + 0.58, 42)]
    own = 0.1 * answers(sum(left(mark, day, half_life=14) for mark, day in marks), half_life=14)
    intensity = (base + answer) * math.exp(1.5 * NEAR_THE_VOTE * STRENGTH) + own
    of_the_same_weight = common(5.0, 1.1 + 0.19 + 0.47 + 1.5 + 0.34)  # arrest, bar, convict, restrict by law, the media
    others = common(5.8, 0.77) + common(2.0, 0.068 + 0.65) + common(9.0, 4.3) + common(9.2, 2.0)
    share = common(5.0, 1.1) / (of_the_same_weight + others)
    deterred = math.exp(-5 * (1 - BACKING) * (0.5 + PRESSURE) * 0.5)
    reason = first_free_morning.actor("cambodia").reason(date(2017, 9, 16), "arrest")
    assert reason.hazard == pytest.approx(share * intensity * deterred, abs=1e-12)


def test_the_hazard_that_beijing_pledges_aid(first_free_morning):
    """It answers what Cambodia did for it and what Washington did to Cambodia."""
    base = 0.009
    answer = 0.16 * answers(GOODWILL["china", "cambodia"] + HOSTILITY["china", "united_states"])
    own = 0.3 * answers(left(0.34, 42, half_life=10), half_life=10)
    intensity = (base + answer) * 2 * 0.85 + own
    words = common(3.4, 1.6) + common(3.5, 0.74) + common(1.9, 0.75)
    share = common(7.4, 1.1) / (words + common(7.4, 1.1 + 0.55) + common(8.0, 1.3))
    reason = first_free_morning.actor("china").reason(date(2017, 9, 16), "pledge_aid")
    assert reason.hazard == pytest.approx(share * intensity, abs=1e-12)


def test_the_hazard_of_an_offer_of_talks_by_the_government(first_free_morning):
    """Nothing kind was done to it: its own generosity, relief from pressure, and the vote that holds it back."""
    base = first_free_morning.actor("cambodia").reason(date(2017, 9, 16), "offer_talks").base
    relief = 0.5 * 5 * (1 - BACKING) * PRESSURE
    # The search for remains is suspended, so it can be resumed.
    share = common(4.0, 1.3) / (common(4.0, 1.3) + common(5.0, 0.58) + common(6.0, 1.1))
    reason = first_free_morning.actor("cambodia").reason(date(2017, 9, 16), "offer_talks")
    assert reason.hazard == pytest.approx(share * base * math.exp(relief) * math.exp(-1.5 * NEAR_THE_VOTE), abs=1e-12)
