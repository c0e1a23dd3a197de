"""Outcomes on small records written by hand: every metric, plain and compiled, and the windows that scenarios ask for."""

import math
from datetime import date

import numpy as np
import pytest
from toy import compiled, day, records, toy

from sim.engine.crisis import Crisis
from sim.results.outcomes import Questionnaire, ask_one, each_run, outcomes_of, questionnaire
from sim.results.units import unit_of
from sim.rules.arrays import COUNT
from sim.rules.metrics import ACTS as ACTS_ALONE
from sim.rules.metrics import ACTS_AND_OTHERS, CALM, CLASSES, OTHERWISE, RunRecord
from sim.rules.registry import METRICS

#      action: 0  1  2  3     rungs
RUNGS = np.array([1, 3, 5, 3])
ACTS = np.array(
    [
        [1, 0, 0, 0],  # day 0
        [0, 0, 0, 0],
        [1, 1, 0, 0],  # day 2
        [0, 0, 0, 1],
        [0, 1, 0, 0],  # day 4
        [0, 0, 1, 0],
    ],
    np.uint8,
)
# two pairs; the second is calm throughout
TENSION = np.array([[1.0, 0.0], [0.5, 0.0], [2.0, 0.0], [4.0, 0.0], [1.0, 0.0], [0.5, 0.0]])


def record_of(
    acts=ACTS,
    tension=TENSION,
    chosen=(),
    others=(),
    start=0,
    end=None,
    pair=0,
    crisis_day=0,
    share=0.0,
    days=0,
    at_least=0,
    before=0,
    at_start=0,
):
    chosen, others = ([int(action in listed) for action in range(acts.shape[1])] for listed in (chosen, others))
    marks = (np.array(flags, np.uint8) for flags in (chosen, others))
    days_of, codes_of = acts.nonzero()
    return RunRecord(
        days_of.astype(np.int32),
        codes_of.astype(np.int32),
        len(days_of),
        tension,
        *marks,
        RUNGS,
        start,
        len(acts) if end is None else end,
        pair,
        crisis_day,
        share,
        days,
        at_least,
        before,
        at_start,
    )


def both_ways(name, question):
    """The answer, given by the plain function and by the compiled chain."""
    plain = METRICS[name].function(question)
    numbers = [
        [
            question.start,
            question.end,
            question.pair,
            question.crisis_day,
            question.days,
            question.at_least,
            question.before,
            question.at_start,
        ]
    ]
    answers = np.full(1, -1.0)
    questions = Questionnaire(
        np.array([METRICS[name].code]),
        question.chosen[None],
        question.others[None],
        question.rungs,
        np.array(numbers),
        np.array([question.share]),
    )
    ask_one(questions, question.days_of, question.codes_of, question.total, question.tension, answers)
    assert np.array_equal(answers[0], plain, equal_nan=True)
    return plain


CASES = [
    ("first_day", {"chosen": [1]}, 2.0),
    ("first_day", {"chosen": [1, 3]}, 2.0),
    ("first_day", {"chosen": [1], "start": 3}, 4.0),
    ("first_day", {"chosen": [2]}, 5.0),
    ("first_day", {"chosen": [2], "end": 5}, math.nan),  # the end of a window is not in it
    ("first_day", {"chosen": []}, math.nan),
    ("happened", {"chosen": [2]}, 1.0),
    ("happened", {"chosen": [2], "end": 5}, 0.0),
    ("happened", {"chosen": [0], "start": 3}, 0.0),
    ("happened", {"chosen": [0], "start": 2}, 1.0),
    ("happened", {"chosen": [0, 2], "start": 3}, 1.0),
    ("count", {"chosen": [0, 1, 2, 3]}, 6.0),
    ("count", {"chosen": [0, 1], "start": 2, "end": 3}, 2.0),
    ("count", {"chosen": []}, 0.0),
    ("highest_rung", {"chosen": [0, 1, 3]}, 3.0),
    ("highest_rung", {"chosen": [0, 2], "end": 5}, 1.0),
    ("highest_rung", {"chosen": [0], "start": 3}, 0.0),  # calm
    ("day_of_highest_rung", {"chosen": [0, 1, 3]}, 2.0),  # the first day on rung 3, not the last
    ("day_of_highest_rung", {"chosen": [0, 1, 2]}, 5.0),
    ("day_of_highest_rung", {"chosen": [1, 3], "start": 3}, 3.0),
    ("day_of_highest_rung", {"chosen": [0], "start": 3}, math.nan),
    ("peak_tension", {}, 4.0),
    ("peak_tension", {"end": 3}, 2.0),
    ("peak_tension", {"pair": 1}, 0.0),
    ("mean_tension", {}, 9 / 6),
    ("mean_tension", {"start": 2, "end": 4}, 3.0),
    ("days_above_crisis", {"crisis_day": 0, "start": 1}, 2.0),  # 1.0 itself is not above 1.0
    ("days_above_crisis", {"crisis_day": 1, "start": 0}, 4.0),
    ("days_above_crisis", {"crisis_day": 3, "start": 4}, 0.0),
    ("days_above_crisis", {"pair": 1}, 0.0),
    ("de_escalated", {"share": 0.5, "days": 2}, 1.0),
    ("de_escalated", {"share": 0.5, "days": 3}, 0.0),  # the clock ends too soon
    ("de_escalated", {"share": 0.25, "days": 2}, 0.0),  # 1.0 is not under a quarter of 4.0
    ("de_escalated", {"share": 0.25, "days": 1}, 1.0),
    ("de_escalated", {"share": 0.5, "days": 1, "end": 4}, 0.0),  # the peak is the last day
    ("de_escalated", {"share": 0.9, "days": 1, "end": 3}, 0.0),  # low before the peak does not count
    ("de_escalated", {"share": 0.5, "days": 1, "pair": 1}, 0.0),  # there was nothing to come down from
    ("followed", {"chosen": [2], "others": [3]}, 1.0),
    ("followed", {"chosen": [3], "others": [2]}, 0.0),
    ("followed", {"chosen": [1], "others": [0]}, 1.0),
    ("followed", {"chosen": [1], "others": [0], "start": 2, "end": 4}, 0.0),  # on one day neither is later
    ("followed", {"chosen": [2], "others": [0], "start": 3}, 0.0),  # the other was done before the window
    ("followed", {"chosen": [0], "others": []}, 0.0),
    ("holds", {"chosen": [0], "others": [3]}, 1.0),  # raised on days 0 and 2, lowered on day 3
    ("holds", {"chosen": [3], "others": [2]}, 0.0),
    ("holds", {"chosen": [3], "others": [2], "end": 5}, 1.0),
    ("holds", {"chosen": [3], "others": [2], "end": 3}, 0.0),  # not yet
    ("holds", {"chosen": [3], "others": [0, 1]}, 0.0),
    ("holds", {"chosen": [3], "others": [2], "end": 3, "at_start": 1}, 1.0),
    ("holds", {"chosen": [3], "others": [0], "end": 3, "at_start": 2}, 0.0),
    ("holds", {"chosen": [2], "others": [0]}, 1.0),  # what does not hold is not lowered below nothing
    ("holds", {"chosen": [0], "others": [1], "start": 5, "end": 3}, 1.0),  # two, less one on the day of the second
]


@pytest.mark.parametrize(("name", "question", "expected"), CASES)
def test_a_metric_gives_what_is_counted_by_hand(name, question, expected):
    assert both_ways(name, record_of(**question)) == pytest.approx(expected, rel=1e-15, nan_ok=True)


def test_every_metric_is_among_the_cases_or_the_paths():
    assert {name for name, _, _ in CASES} | {"path_class"} == set(METRICS)


def test_calm_days_must_follow_one_another():
    tension = np.array([[9.0], [1.0], [1.0], [8.0], [1.0], [1.0], [1.0]])
    acts = np.zeros((7, 4), np.uint8)
    assert both_ways("de_escalated", record_of(acts, tension, share=1 / 3, days=3)) == 1.0
    assert both_ways("de_escalated", record_of(acts, tension, share=1 / 3, days=3, end=6)) == 0.0


def test_calm_counts_from_the_first_of_two_equal_peaks():
    tension = np.array([[6.0], [1.0], [1.0], [6.0], [5.0]])
    assert both_ways("de_escalated", record_of(np.zeros((5, 4), np.uint8), tension, share=0.5, days=2)) == 1.0


# --- paths: action 2 breaks, actions 0, 1 and 3 are measures ------------------------------------------------------


def path(acts=ACTS, tension=TENSION, **question):
    question = {"chosen": [2], "others": [0, 1, 3], "at_least": 3, "before": 6, "share": 0.5, "days": 2} | question
    return CLASSES[int(both_ways("path_class", record_of(acts, tension, **question)))]


def without(action):
    acts = ACTS.copy()
    acts[:, action] = 0
    return acts


def test_a_break_before_the_vote_and_three_kinds_of_measures_are_the_worst_class():
    assert path() == "acts_and_others"


def test_a_break_on_the_day_of_the_vote_is_not_before_it():
    assert path(before=5) == "acts"


def test_a_break_with_two_kinds_of_measures_are_not_however_often_each_is_taken():
    assert path(without(3)) == "acts"


def test_measures_count_whenever_they_are_taken_in_the_window():
    assert path(before=6, start=3) == "acts"  # one kind fewer
    late = ACTS.copy()
    late[5, 2], late[1, 2] = 0, 1  # the break comes first, the measures after
    assert path(late, before=2) == "acts_and_others"


def test_only_the_first_break_must_lie_before_the_vote():
    twice = ACTS.copy()
    twice[1, 2] = 1
    assert path(twice, before=2) == "acts_and_others"


def test_no_break_and_calm_last_days_are_calm():
    assert path(without(2)) == "calm"
    assert path(without(2), share=0.25) == "otherwise"  # 1.0 is not under a quarter of 4.0
    assert path(without(2), days=3) == "otherwise"  # the peak is among the last three days
    assert path(without(2), pair=1) == "otherwise"  # a pair that was never tense has nothing to come down from


def test_a_break_counts_even_if_the_last_days_are_calm():
    assert path(without(0), share=1.0) == "acts"


def test_classes_have_their_places():
    places = [int(place) for place in (OTHERWISE, CALM, ACTS_ALONE, ACTS_AND_OTHERS)]
    assert [CLASSES[place] for place in places] == ["otherwise", "calm", "acts", "acts_and_others"]
    assert METRICS["path_class"].classes == CLASSES


# --- questions of a scenario --------------------------------------------------------------------------------------


def answers(scenario, *done, tension=None):
    """Every outcome by name, of a record in which some acts are done: (name, date)."""
    acts = np.zeros((scenario.days, len(scenario.acts)), np.uint8)
    names = [act.name for act in scenario.acts]
    for name, when in done:
        acts[scenario.day(when), names.index(name)] = 1
    tension = np.zeros((scenario.days, len(scenario.pairs))) if tension is None else tension
    return dict(
        zip(
            (question.name for question in scenario.questions),
            outcomes_of(questionnaire(scenario), acts, tension),
            strict=True,
        )
    )


VOTE = date(2018, 7, 29)
EVE = date(2018, 7, 28)


def test_before_the_vote_does_not_hold_the_day_of_the_vote(baseline):
    eve = answers(baseline, ("cambodia.dissolve_party", EVE), ("cambodia.release_leader", EVE))
    assert (eve["dissolved_before_vote"], eve["leader_freed_before_vote"], eve["leader_freed_after_vote"]) == (1, 1, 0)
    day = answers(baseline, ("cambodia.dissolve_party", VOTE), ("cambodia.release_leader", VOTE))
    assert (day["dissolved_before_vote"], day["leader_freed_before_vote"], day["leader_freed_after_vote"]) == (0, 0, 1)
    assert baseline.date(day["day_dissolved"]) == VOTE


def test_what_is_replayed_is_not_counted_among_what_comes_after(baseline):
    replayed = answers(baseline, ("united_states.suspend_visas", date(2017, 9, 15)))
    assert (replayed["any_imposition"], replayed["imposed.united_states.suspend_visas"], replayed["hostile_acts"]) == (
        0,
        0,
        0,
    )
    assert math.isnan(replayed["day_of_first_imposition"])
    free = answers(baseline, ("united_states.suspend_visas", date(2017, 9, 16)))
    assert (
        free["any_imposition"],
        free["imposed.united_states.suspend_visas"],
        free["imposed.united_states.cut_aid"],
    ) == (1, 1, 0)
    assert baseline.date(free["day_of_first_imposition"]) == date(2017, 9, 16)


def test_replayed_measures_count_towards_the_worst_class(baseline):
    measures = [
        ("united_states.suspend_visas", date(2017, 9, 13)),
        ("united_states.cut_aid", date(2018, 2, 1)),
        ("united_states.end_programme", date(2018, 9, 30)),
    ]
    assert answers(baseline, ("cambodia.dissolve_party", EVE), *measures)["path"] == ACTS_AND_OTHERS
    assert answers(baseline, ("cambodia.dissolve_party", VOTE), *measures)["path"] == ACTS_ALONE
    assert answers(baseline, ("cambodia.dissolve_party", EVE), *measures[1:])["path"] == ACTS_ALONE
    assert answers(baseline, *measures)["path"] == OTHERWISE


def test_calm_is_asked_of_the_two_named_actors_and_the_last_ninety_days(baseline):
    tension = np.zeros((baseline.days, len(baseline.pairs)))
    pair = baseline.pairs.index(("cambodia", "united_states"))
    tension[30] = 3.0
    tension[-90:, pair] = 0.99
    assert answers(baseline, tension=tension)["path"] == CALM
    tension[-90, pair] = 1.0  # a third of 3.0, and the scenario says .3333
    assert answers(baseline, tension=tension)["path"] == OTHERWISE
    tension[-90, pair], tension[-91, pair] = 0.99, 1.0
    assert answers(baseline, tension=tension)["path"] == CALM
    tension[-1, [other for other in range(len(baseline.pairs)) if other != pair]] = 3.0
    assert answers(baseline, tension=tension)["path"] == CALM


def test_the_crisis_level_is_the_tension_of_the_last_day_replayed(baseline):
    tension = np.zeros((baseline.days, len(baseline.pairs)))
    pair = baseline.pairs.index(("cambodia", "opposition"))
    tension[baseline.day(date(2017, 9, 15)), pair] = 2.0
    tension[baseline.day(date(2017, 9, 14)), pair] = 9.0  # replayed days are not counted
    tension[baseline.day(date(2017, 9, 16)) :, pair] = [2.0, 2.1, 1.9] + [0.0] * (baseline.days - 29)
    found = answers(baseline, tension=tension)
    assert found["days_above_crisis.cambodia.opposition"] == 1
    assert found["peak_tension.cambodia.opposition"] == 2.1


def test_counts_and_rungs_are_asked_of_each_ordered_pair(baseline):
    done = [
        ("cambodia.accuse", date(2018, 1, 1)),
        ("cambodia.arrest", date(2018, 1, 1)),
        ("united_states.criticise", date(2018, 1, 2)),
    ]
    found = answers(baseline, *done, ("cambodia.offer_talks", date(2018, 1, 3)))
    assert found["hostile_acts_of.cambodia.united_states"] == found["hostile_acts_of.united_states.cambodia"] == 1
    assert (found["hostile_acts"], found["cooperative_acts"]) == (3, 1)
    assert (found["highest_rung.cambodia.united_states"], found["highest_rung.cambodia.opposition"]) == (1, 4)
    assert found["highest_rung.opposition.cambodia"] == 0
    assert math.isnan(found["day_of_highest_rung.opposition.cambodia"])


def test_outcomes_of_runs_are_those_of_their_records(baseline):
    questions = questionnaire(baseline)
    kept = [(acts.copy(), tension.copy(), outcomes) for _, acts, tension, outcomes in each_run(baseline, 1, range(3))]
    for (acts, tension), (acts_too, tension_too, outcomes) in zip(records(baseline, 1, range(3)), kept, strict=True):
        assert np.array_equal(acts, acts_too)
        assert np.array_equal(tension, tension_too)
        assert np.array_equal(outcomes_of(questions, acts, tension), outcomes, equal_nan=True)
        found = dict(zip((question.name for question in baseline.questions), outcomes, strict=True))
        hostile = [index for index, act in enumerate(baseline.acts) if act.tone == "hostile"]
        assert found["hostile_acts"] == acts[baseline.free_from :, hostile].sum()


def test_a_scenario_that_asks_nothing_is_answered_nothing(tmp_path):
    silent = compiled(tmp_path, toy(days=5))
    assert len(outcomes_of(questionnaire(silent), np.zeros((5, 2), np.uint8), np.zeros((5, 1)))) == 0


def test_every_outcome_has_a_unit(baseline):
    assert {unit_of(question).name for question in baseline.questions} == {
        "share",
        "date",
        "acts",
        "rung",
        "marks",
        "days",
        "path",
    }


def test_a_fact_holds_on_a_date_as_the_engine_counts_it_whoever_raised_or_lowered_it(tmp_path):
    scenario = toy(weights=(-5.0, 5.0), base=0.2, days=40)
    for actor, target in (("one", "other"), ("other", "one")):
        scenario["actions"][actor][f"{target}_0"] |= {"raises": {"taken": 2}}
        scenario["actions"][actor][f"{target}_1"] |= {"lowers": {"taken": 1}, "lowers_first": ["taken"]}
    scenario["facts"] = {"taken": {"meaning": "something is taken", "at_start": 3}}
    dates = {f"d{index}": {"date": day(index), "label": "a day"} for index in range(1, 40)}
    asked = {"metric": "holds", "fact": "taken", "meaning": "it is taken"}
    scenario |= {"dates": dates, "outcomes": {name: {**asked, "since": "start", "until": name} for name in dates}}
    played = compiled(tmp_path, scenario)
    questions, seen = questionnaire(played), set()
    for run in range(5):
        model = Crisis(played, run=run)
        counts = []
        while model.day < played.days:
            model.step()
            counts.append(float(model.state.facts[COUNT, 0] > 0))
        answers = outcomes_of(questions, model.acts, model.tensions)
        assert list(answers) == counts[:39]
        seen |= set(answers)
    assert seen == {0.0, 1.0}
