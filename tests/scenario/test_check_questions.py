"""A question that cannot be answered, or a drive that moves nothing, is an error at its line, in full, and nothing else is said."""

import pytest
from only_check import check_alone_says
from two import line_of

from sim.scenario.load import load
from sim.scenario.questions import questions

DRIVES = "electoral_incentive, relief_seeking, distraction, exposure, audience_cost, patronage, lapsed_patronage, demobilised"
METRICS = "first_day, happened, count, highest_rung, day_of_highest_rung, peak_tension, mean_tension, days_above_crisis, de_escalated, path_class, followed, holds"
WAY = "outcomes.way: {metric: path_class, acts: {role: imposition}, others: {role: threat}, at_least: 1, before: summit, pair: [north, south], share: 0.5, days: 9, meaning: way"
THIRD = """\
actors.third: {label: Third, strategy: unresponsive, forgiveness: 0, commitment_half_life_days: 1}
"""

# the check, a patch of the small scenario (its first line is line 2), and all that is said of it
CASES = [
    ("outcomes_are_not_called_like_other_columns", "outcomes.failed: {metric: happened, acts: {role: imposition}, meaning: shots}", [
        "patch.yaml:2: outcomes.failed: is already the name of a column of the tables; allowed: another name"]),
    ("clock_runs_forward", "clock.replay_until: 2030-02-27\nacts: null", [
        "patch.yaml:2: clock.replay_until: 2030-02-27 lies before the start; allowed: the day before 2030-03-01 (nothing is replayed) or later"]),
    ("clock_runs_forward", "clock.end: 2030-03-05\noutcomes: null", [
        "patch.yaml:2: clock.end: 2030-03-05 leaves no free day; allowed: a day after 2030-03-05"]),
    ("clock_runs_forward", "clock.start: 2030-03-20\nacts: null", [
        "patch.yaml:2: clock.start: 2030-03-20 lies after the last replayed day; allowed: 2030-03-05 or earlier"]),
    ("clock_runs_forward", "clock.replay_until: 2030-12-31\noutcomes: null", [
        "patch.yaml:2: clock.replay_until: 2030-12-31 leaves no free day; allowed: a day before 2030-12-31"]),
    ("clock_runs_forward", "clock.end: 2130-12-31", [
        "patch.yaml:2: clock.end: the clock runs too long; allowed: at most 36,525 days"]),
    ("what_ifs_are_possible", "acts:\n  first_troops: {date: 2029-03-02}\n  talk: {act: south.accuse, date: 2030-04-01, until: 2031-01-01, do: withhold}", [
        "patch.yaml:3: acts.first_troops.date: 2029-03-02 lies outside the clock; allowed: 2030-03-01 to 2030-12-31",
        "patch.yaml:4: acts.talk.until: 2031-01-01 lies outside the clock; allowed: 2030-03-01 to 2030-12-31"]),
    ("drives_exist", "drives.audience.drive: audience_costs", [
        f"patch.yaml:2: drives.audience.drive: no drive is called 'audience_costs'; allowed: {DRIVES}; did you mean 'audience_cost'?"]),
    ("drives_have_what_they_read", "drives.audience.constant: null\ndrives.audience.fact: troops", [
        "patch.yaml:2: drives.audience: lacks constant; allowed: what audience_cost reads: weight, constant",
        "patch.yaml:3: drives.audience.fact: audience_cost does not read this; allowed: weight, constant"]),
    ("drives_on_channels_have_no_role", "drives.away: {drive: distraction, actor: north, role: threat, weight: 1, signal: 0.5}", [
        "patch.yaml:2: drives.away.role: distraction moves whole channels, not single actions; allowed: no role; tone and toward choose channels"]),
    ("drives_move_something", "drives.audience: {actor: south}", [
        "patch.yaml:2: drives.audience: moves nothing: no action of south fits its toward, tone and role"]),
    ("drives_find_patron_and_rival", "drives.help: {drive: patronage, actor: south, weight: 1, client: north}", [
        "patch.yaml:2: drives.help.client: no entry of patrons has north as its client; allowed: an entry of patrons for it"]),
    ("drives_find_patron_and_rival", "drives.vote: {drive: electoral_incentive, actor: south, weight: 1, constant: 0.5, deadline: summit, horizon_days: 30, rival: north}", [
        "patch.yaml:2: drives.vote.rival: no entry of strengths is about north; allowed: south"]),
    ("metrics_exist", "outcomes.shots.metric: happend", [
        f"patch.yaml:2: outcomes.shots.metric: no metric is called 'happend'; allowed: {METRICS}; did you mean 'happened'?"]),
    ("outcomes_have_what_they_read", "outcomes.shots.acts: null\noutcomes.shots.share: 0.5", [
        "patch.yaml:2: outcomes.shots: lacks acts; allowed: what happened reads: acts",
        "patch.yaml:3: outcomes.shots.share: happened does not read this; allowed: acts"]),
    ("outcomes_have_what_they_read", "outcomes.peak.each: null", [
        "patch.yaml:2: outcomes.peak: lacks pair; allowed: what peak_tension reads: pair"]),
    ("outcomes_have_what_they_read", WAY + "}\noutcomes.shots.classes: {calm: quiet}", [
        "patch.yaml:2: outcomes.way: lacks classes; allowed: what path_class reads: acts, others, at_least, before, pair, share, days, classes",
        "patch.yaml:3: outcomes.shots.classes: happened does not read this; allowed: acts"]),
    ("classes_have_their_names", WAY + ", classes: {clam: quiet, acts: quiet end, otherwise: quiet end, acts_and_others: quiet-end}}", [
        "patch.yaml:2: outcomes.way.classes.clam: no class of path_class is called 'clam'; allowed: otherwise, calm, acts, acts_and_others; did you mean 'calm'?",
        "patch.yaml:2: outcomes.way.classes.otherwise: 'quiet end' is the name of another class too; allowed: a name of its own"]),
    ("outcomes_are_asked_of_what_they_read", "outcomes.shots.each: pair\noutcomes.peak.each: dyad\noutcomes.rung.each: action", [
        "patch.yaml:2: outcomes.shots.each: happened is not asked of each pair; allowed: action or dyad",
        "patch.yaml:3: outcomes.peak.each: peak_tension is not asked of each dyad; allowed: pair",
        f"two.yaml:{line_of('peak: {metric')}: outcomes.peak: lacks pair; allowed: what peak_tension reads: pair"]),
    ("outcomes_are_asked_of_what_they_read", "outcomes.peak.pair: [north, south]", [
        "patch.yaml:2: outcomes.peak.pair: stands beside `each: pair`, which asks of every pair; allowed: one of the two"]),
    ("selections_select_something", "outcomes.shots.acts: {actor: south}", [
        "patch.yaml:2: outcomes.shots.acts: selects no action: none fits all of its parts"]),
    ("facts_can_be_told_from_acts", "facts.peace: {meaning: m}\noutcomes.held: {metric: holds, fact: peace, meaning: m}\nactions.north.mobilise.lowers: {peace: 1}", [
        "patch.yaml:3: outcomes.held.fact: no action raises peace, so it never holds; allowed: troops"]),
    ("facts_can_be_told_from_acts", "facts.more: {meaning: m}\noutcomes.held: {metric: holds, fact: troops, meaning: m}\nactions.south.accuse: {raises: {more: 1}}\nactions.north.offer_talks.lowers_first: [more, troops]", [
        "patch.yaml:3: outcomes.held.fact: north.offer_talks lowers troops only where what stands before it in `lowers_first` does not hold; allowed: a fact whose changes follow from the acts alone"]),
    ("pairs_can_be_tense", THIRD + "outcomes.peak: {each: null, pair: [third, north]}", [
        "patch.yaml:3: outcomes.peak.pair: no hostility is ever remembered between north and third; allowed: north and south"]),
    ("windows_hold_days", "outcomes.shots: {since: summit, until: summit}", [
        "patch.yaml:2: outcomes.shots.until: 'summit' is not after 'summit'; allowed: a window that holds a day"]),
    ("windows_hold_days", "dates.summit.date: 2030-02-01\noutcomes.shots: {since: summit, until: end}", [
        "patch.yaml:3: outcomes.shots.since: 'summit' lies outside the clock; allowed: 2030-03-01 to 2030-12-31"]),
    ("windows_hold_days", "outcomes.calm: {metric: de_escalated, pair: [north, south], share: 0.5, days: 400, meaning: calm}", [
        "patch.yaml:2: outcomes.calm.days: found 400, and the window holds 301 days; allowed: at most 301"]),
]  # fmt: skip


@pytest.mark.parametrize(("check", "patch", "problems"), CASES, ids=[case[0] for case in CASES])
def test_a_check_of_questions_says_what_to_change_and_nothing_else_is_said(
    check, patch, problems, patched, monkeypatch
):
    check_alone_says(check, patch, problems, patched, monkeypatch)


def test_an_outcome_that_the_replay_leaves_no_days_is_not_asked(patched):
    late = "clock.replay_until=2030-10-05"
    loaded = load("two.yaml", [late])
    (warning,) = [problem for problem in loaded.warnings if "is not asked" in problem.text]
    assert "outcomes.shots: is not asked: after 2030-10-05 its window, to 'summit', holds 0 days" in str(warning)
    names = [question.name for question in questions(loaded.scenario)]
    assert "shots" not in names and "peak.north.south" in names
    assert "shots" in [question.name for question in questions(load("two.yaml").scenario)]
    calm = "outcomes.calm: {metric: de_escalated, each: pair, share: 0.5, days: 80, meaning: it calms down}"
    assert patched(calm, "clock.replay_until=2030-09-01") == []
    assert patched(calm, late) == []  # 87 days are left
    load("patch.yaml", ["clock.replay_until=2030-11-01"])  # 60 are left: a warning
