"""The six strategies as transcripts: against these marks on these days, each answers so."""

import pytest
from toy import compiled, day, force, toy

from sim.engine.crisis import Crisis
from sim.rules.registry import STRATEGIES
from sim.rules.strategies import (
    Remembered,
    generous_tit_for_tat,
    grim_trigger,
    mirror_last,
    tit_for_tat,
    tit_for_two_tats,
    unresponsive,
)

# One act of 0.5 marks on day 0, two on day 2; half of a memory is kept overnight; an average act has 0.5 marks.
# Morning:             0    1     2      3       4
TOTAL = [0.0, 0.5, 0.25, 1.125, 0.5625]
LATEST = [0.0, 0.5, 0.25, 1.0, 0.5]
LARGEST = [0.0, 0.5, 0.5, 1.125, 1.125]
# With half forgotten a night, answers a day are half the marks over 0.5: the marks themselves.
TRANSCRIPTS = {
    "tit_for_tat": [0.0, 0.5, 0.25, 1.125, 0.5625],
    "tit_for_two_tats": [0.0, 0.0, 0.0, 0.625, 0.0625],
    "generous_tit_for_tat": [0.0, 0.375, 0.1875, 0.84375, 0.421875],  # a quarter is let pass
    "grim_trigger": [0.0, 0.5, 0.5, 1.125, 1.125],
    "mirror_last": [0.0, 0.5, 0.25, 1.0, 0.5],
    "unresponsive": [0.0, 0.0, 0.0, 0.0, 0.0],
}


def remembered(total=0.0, largest=0.0, latest=0.0, fade=0.5, hostile=True):
    return Remembered(total, largest, latest, fade, average_mark=0.5, hostile=hostile, forgiveness=0.25)


def test_every_strategy_has_a_transcript():
    assert set(TRANSCRIPTS) == set(STRATEGIES)


@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_a_strategy_answers_as_written_down(name):
    mornings = zip(TOTAL, LARGEST, LATEST, strict=True)
    assert [STRATEGIES[name].function(remembered(*morning)) for morning in mornings] == TRANSCRIPTS[name]


@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_an_actor_of_that_strategy_answers_the_same_acts_the_same(name, tmp_path):
    scenario = toy(
        weights=(-5, -5), days=6, replayed=5, reciprocity=0.5, forgiveness=0.25, memory_half_life_days=1, strategy=name
    )
    scenario["acts"] = force("one.other_0", 0, 2) | force("one.other_1", 2)
    model = Crisis(compiled(tmp_path, scenario))
    model.run_model()
    answers = [model.actor("other").reason(day(morning), "one_0").answer for morning in range(5)]
    assert answers == [0.5 * answer for answer in TRANSCRIPTS[name]]  # reciprocity 0.5


@pytest.mark.parametrize("strategy", [tit_for_tat, grim_trigger, mirror_last])
def test_answers_are_in_proportion_to_marks(strategy):
    once, thrice = remembered(0.4, 0.4, 0.4), remembered(1.2, 1.2, 1.2)
    assert strategy(thrice) == pytest.approx(3 * strategy(once), rel=1e-12)


def test_one_average_act_draws_one_answer_in_all_and_half_of_it_within_the_half_life():
    keep = 2 ** (-1 / 7)
    answers = [tit_for_tat(remembered(0.5 * keep**night, fade=1 - keep)) for night in range(700)]
    assert sum(answers) == pytest.approx(1.0, abs=1e-12)
    assert sum(answers[:7]) == pytest.approx(0.5, abs=1e-12)


def test_a_generous_actor_forgives_hostile_acts_only():
    assert generous_tit_for_tat(remembered(1.0, hostile=True)) == 0.75
    assert generous_tit_for_tat(remembered(1.0, hostile=False)) == 1.0


def test_tit_for_two_tats_lets_one_average_act_pass_whole():
    assert tit_for_two_tats(remembered(0.5)) == 0.0
    assert tit_for_two_tats(remembered(0.75)) == 0.25


def test_a_grim_actor_does_not_hear_of_reconciliation():
    assert grim_trigger(remembered(total=0.0, largest=2.0)) == 2.0


def test_who_mirrors_the_last_act_has_forgotten_the_worse_one_before():
    assert mirror_last(remembered(total=5.0, largest=5.0, latest=0.1)) == pytest.approx(0.1)


def test_who_does_not_respond_answers_nothing_however_much_is_done():
    assert unresponsive(remembered(9.0, 9.0, 9.0)) == 0.0


def test_an_actor_answers_hostility_with_hostility_and_goodwill_with_goodwill(tmp_path):
    scenario = toy(weights=(-5, 4), days=3, replayed=2, reciprocity=0.5)
    scenario["acts"] = force("one.other_1", 0)  # a cooperative act of 0.4 marks
    model = Crisis(compiled(tmp_path, scenario))
    model.run_model()
    kind, unkind = (model.actor("other").reason(day(1), action).answer for action in ("one_1", "one_0"))
    assert kind == pytest.approx(0.5 * (1 - 2 ** (-1 / 7)) * 0.4 / 0.5, rel=1e-12)
    assert unkind == 0.0


def test_a_neutral_channel_answers_nothing(tmp_path):
    scenario = toy(weights=(-5, 0), days=3, replayed=2, reciprocity=0.5)
    scenario["acts"] = force("one.other_0", 0)
    model = Crisis(compiled(tmp_path, scenario))
    model.run_model()
    assert model.actor("other").reason(day(1), "one_1").answer == 0.0
    assert model.actor("other").reason(day(1), "one_0").answer > 0.0


def test_a_channel_may_answer_several_memories_at_once(tmp_path):
    scenario = toy(
        [("one", "other"), ("third", "other"), ("other", "one")],
        days=3,
        replayed=2,
        reciprocity=0.5,
        memory_half_life_days=1,
    )
    scenario["channels"]["other"]["one"]["hostile"]["answers_to"] = [
        {"memory": "hostility", "of": name} for name in ("one", "third")
    ]
    scenario["acts"] = force("one.other_0", 0) | force("third.other_0", 0)
    model = Crisis(compiled(tmp_path, scenario))
    model.run_model()
    assert model.actor("other").reason(day(1), "one_0").answer == 0.5 * 0.5 * (0.5 + 0.5) / 0.5
