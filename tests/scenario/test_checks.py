"""What no single entry can know: each check says its piece, in full, at the line that must be changed, and nothing else does."""

import ast
import inspect
import textwrap

import pytest
from two import line_of, said

from sim.rules.registry import DRIVES as REGISTERED
from sim.scenario import checks
from sim.scenario.load import load

STRATEGIES = "tit_for_tat, tit_for_two_tats, generous_tit_for_tat, grim_trigger, mirror_last, unresponsive"
DRIVES = "electoral_incentive, relief_seeking, distraction, exposure, audience_cost, patronage, lapsed_patronage, demobilised"
METRICS = "first_day, happened, count, highest_rung, day_of_highest_rung, peak_tension, mean_tension, days_above_crisis, de_escalated, path_class"
ACTORS = "north, south"
NORTHS = "accuse, threaten, mobilise, clash, offer_talks"
ENTRY = "a number in a patch, or an entry with value, low, high, unit, meaning, source"
LADDER = "0 still, 1 said, 2 threatened, 3 prepared, 4 pressed"
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
    ("clock_runs_forward", "clock.end: 2130-12-31", [
        "patch.yaml:2: clock.end: the clock runs too long; allowed: at most 36,525 days"]),
    ("names_are_declared", "actions.north.clash.target: suoth", [
        f"patch.yaml:2: actions.north.clash.target: no actor is called 'suoth'; allowed: {ACTORS}; did you mean 'south'?"]),
    ("names_are_declared", "actions.north.mobilise.raises: {trops: 1}\nactions.south.declare.lowers_first: [troops, snow]\nactions.south.declare.raises: {troops: 1}", [
        "patch.yaml:2: actions.north.mobilise.raises.trops: no fact is called 'trops'; allowed: troops; did you mean 'troops'?",
        "patch.yaml:3: actions.south.declare.lowers_first[1]: no fact is called 'snow'; allowed: troops"]),
    ("names_are_declared", "drives.audience.toward: [south, easst]\npressures.north.threats_from: [east]", [
        f"patch.yaml:2: drives.audience.toward[1]: no actor is called 'easst'; allowed: {ACTORS}",
        f"patch.yaml:3: pressures.north.threats_from[0]: no actor is called 'east'; allowed: {ACTORS}"]),
    ("names_are_declared", "channels.north.south.hostile.answers_to: [{memory: hostility, of: east}]", [
        f"patch.yaml:2: channels.north.south.hostile.answers_to[0].of: no actor is called 'east'; allowed: {ACTORS}"]),
    ("names_are_declared", "outcomes.shots.acts: {actor: noth}", [
        f"patch.yaml:2: outcomes.shots.acts.actor: no actor is called 'noth'; allowed: {ACTORS}; did you mean 'north'?"]),
    ("names_are_declared", "drives.vote: {drive: electoral_incentive, actor: north, weight: 1, constant: 0.5, deadline: sumit, horizon_days: 30, rival: south}", [
        "patch.yaml:2: drives.vote.deadline: no date is called 'sumit'; allowed: summit; did you mean 'summit'?"]),
    ("names_are_declared", "patrons.behind: {patron: east, client: north, standing: 0.5}", [
        f"patch.yaml:2: patrons.behind.patron: no actor is called 'east'; allowed: {ACTORS}"]),
    ("names_are_declared", "pressures.east: {measures: {}, threats_from: [], threat_weight: 0}", [
        f"patch.yaml:2: pressures.east: no actor is called 'east'; allowed: {ACTORS}"]),
    ("names_are_declared", "strengths.south.snow: {share: 0.1, full_at: 1}", [
        "patch.yaml:2: strengths.south.snow: no fact is called 'snow'; allowed: troops"]),
    ("strategies_exist", "actors.north.strategy: tit_for_tats", [
        f"patch.yaml:2: actors.north.strategy: no strategy is called 'tit_for_tats'; allowed: {STRATEGIES}; did you mean 'tit_for_tat'?"]),
    ("targets_are_others", "actions.north.clash.target: north", [
        "patch.yaml:2: actions.north.clash.target: an actor cannot target itself; allowed: south"]),
    ("additions_are_about_others", "actions.south.declare.adds: [{to: support, holder: south, about: south, amount: 1}]", [
        "patch.yaml:2: actions.south.declare.adds[0].about: holder and about are the same actor; allowed: two actors"]),
    ("sympathies_are_of_three", "sympathies.own: {actor: north, feels_for: south, against: north, share: 0.5}", [
        "patch.yaml:2: sympathies.own: actor, feels_for and against are not three different actors; allowed: three actors"]),
    ("patrons_stand_behind_others", "patrons.own: {patron: north, client: north, standing: 0.5}", [
        "patch.yaml:2: patrons.own.client: a patron cannot be its own client; allowed: another actor"]),
    ("clients_have_one_patron", THIRD + "patrons.one: {patron: south, client: north, standing: 0.5}\npatrons.more: {patron: third, client: north, standing: 0.5}", [
        "patch.yaml:4: patrons.more.client: north has a patron already, in patrons.one; allowed: one patron for each client"]),
    ("outside_actors_are_outside", "acts: null\nrecord: {file: record.csv, replay: none, month_only: leave_out, outside_actors: {east: nobody, south: why}}", [
        "patch.yaml:3: record.outside_actors.south: south is an actor of this scenario, and its rows would be left out; allowed: null here, or no such actor"]),
    ("parameters_are_explained", "parameters.reciprocity.source: null", [
        f"patch.yaml:2: parameters.reciprocity: lacks source; allowed: {ENTRY}"]),
    ("parameters_are_explained", "parameters.wrath: 3\npairs.state_to_state.momentum: {value: 0.1}\ndrives.audience.weight: wrath", [
        f"patch.yaml:2: parameters.wrath: lacks low, high, unit, meaning, source; allowed: {ENTRY}"]),
    ("parameters_are_explained", "parameters.reciprocity: half_life", [
        f"patch.yaml:2: parameters.reciprocity: names another parameter instead of a number; allowed: {ENTRY}"]),
    ("names_are_declared", "pairs.state_to_state.memory_half_life_days: halflife", [
        "patch.yaml:2: pairs.state_to_state.memory_half_life_days: no parameter is called 'halflife'; allowed: average_mark, reciprocity, half_life; did you mean 'half_life'?"]),
    ("parameters_are_used", "parameters.half_lief: {value: 7, low: 2, high: 30, unit: days, meaning: memory, source: judgement}", [
        "patch.yaml:2: parameters.half_lief: nothing names this parameter, so it would change nothing; allowed: a parameter that an entry names; did you mean 'half_life'?"]),
    ("parameters_have_the_unit_of_their_place", "actors.north.forgiveness: half_life", [
        "patch.yaml:2: actors.north.forgiveness: 'half_life' is in days; allowed: a number or parameter in share"]),
    ("numbers_have_the_unit_of_their_place", "actors.north.forgiveness: {value: 0.2, unit: ratio}", [
        "patch.yaml:2: actors.north.forgiveness.unit: found 'ratio'; allowed: share"]),
    ("numbers_are_possible", "actors.north.forgiveness: 1.5\npairs.state_to_state.momentum_half_life_days: 0\nparameters.reciprocity.low: -1", [
        "patch.yaml:2: actors.north.forgiveness.value: found 1.5; allowed: 0 to 1 (share)",
        "patch.yaml:3: pairs.state_to_state.momentum_half_life_days.value: found 0; allowed: more than 0 (days)",
        "patch.yaml:4: parameters.reciprocity.low: found -1; allowed: at least 0 (acts per act)"]),
    ("numbers_are_possible", "parameters.half_life.steps: {2030-07-01: -3}", [
        "patch.yaml:2: parameters.half_life.steps.2030-07-01: found -3; allowed: more than 0 (days)"]),
    ("divisors_are_positive", "parameters.average_mark: 0\ndrives.audience.constant: 0\nstrengths.south.troops.full_at: 0", [
        "patch.yaml:2: parameters.average_mark.value: found 0, and a rule divides by rules.average_mark; allowed: more than 0",
        "patch.yaml:3: drives.audience.constant.value: found 0, and a rule divides by drives.audience.constant; allowed: more than 0",
        "patch.yaml:4: strengths.south.troops.full_at.value: found 0, and a rule divides by strengths.south.troops.full_at; allowed: more than 0"]),
    ("actions_have_a_weight", "actions.north.accuse.cameo: null\nactions.north.threaten.cameo: '318'", [
        "patch.yaml:2: actions.north.accuse: has no weight; allowed: cameo, a code of the scale, or goldstein, a weight of its own",
        "patch.yaml:3: actions.north.threaten.cameo: no code of the scale is called '318'; allowed: 112, 138, 190, 036, 010; did you mean '138'?"]),
    ("rungs_have_no_gaps", "rungs.8: beyond", [
        "patch.yaml:2: rungs.8: there is no rung 6, 7 below it; allowed: rungs from 0 up without gaps"]),
    ("rungs_have_no_gaps", "rungs.4: null", [
        f"patch.yaml:2: rungs.4: is empty or null, which takes away what is needed by rungs.5 (two.yaml:{line_of('rungs: {')}); allowed: what is needed, or nothing that needs it"]),
    ("actions_stand_on_a_rung", "actions.north.accuse.rung: 9\nrungs.5: null", [
        f"patch.yaml:2: actions.north.accuse.rung: there is no rung 9; allowed: {LADDER}",
        f"patch.yaml:3: rungs.5: is empty or null, which takes away what is needed by actions.north.clash.rung (two.yaml:{line_of('rung: 5')}); allowed: what is needed, or nothing that needs it"]),
    ("pairs_have_numbers", "actors.south.society_of: north", [
        f"two.yaml:{line_of('pairs:')}: pairs: lacks state_to_society, the numbers of north → south; allowed: extends: parts/pairs.yaml, or an entry of its own",
        f"two.yaml:{line_of('pairs:')}: pairs: lacks society_to_state, the numbers of south → north; allowed: extends: parts/pairs.yaml, or an entry of its own"]),
    ("societies_belong_to_a_state", "actors.south.society_of: south", [
        "patch.yaml:2: actors.south.society_of: found south, which is no state; allowed: north"]),
    ("names_are_declared", "actors.south.society_of: nord", [
        "patch.yaml:2: actors.south.society_of: no actor is called 'nord'; allowed: north, south; did you mean 'north'?"]),
    ("hostile_channels_have_no_generosity", "channels.north.south.hostile: {base: null, generosity: 0.2}", [
        "patch.yaml:2: channels.north.south.hostile.generosity: says nothing of hostile acts; allowed: base, or generosity of another tone"]),
    ("channels_have_an_action", "channels.north.south.neutral: {base: 1}", [
        "patch.yaml:2: channels.north.south.neutral: no action of north toward south is neutral, so this channel would change nothing"]),
    ("neutral_channels_answer_nothing", "channels.south.north.neutral.answers_to: [{memory: goodwill, of: north}]", [
        "patch.yaml:2: channels.south.north.neutral.answers_to: a neutral channel answers nothing; allowed: no answers_to"]),
    ("names_are_declared", "actions.north.clash.requires: [{quantity: treats_open, at_least: 1}]", [
        "patch.yaml:2: actions.north.clash.requires[0].quantity: no fact or state is called 'treats_open'; allowed: troops, threats_open, hostility, goodwill; did you mean 'threats_open'?"]),
    ("days_are_counted_since_facts", "actions.north.clash.requires: [{any: [{quantity: hostility, days_since: 3}]}]", [
        "patch.yaml:2: actions.north.clash.requires[0].any[0].days_since: counts the days since a fact rose, and hostility is not a fact; allowed: a quantity that is a fact, or at_least, at_most"]),
    ("required_facts_can_rise", "facts.snow: {meaning: the pass is closed}\nactions.north.clash.requires: [{quantity: snow, days_since: 3}]", [
        "patch.yaml:3: actions.north.clash.requires[0].quantity: no action raises 'snow', so this can never hold; allowed: troops"]),
    ("required_facts_can_rise", "facts.snow: {meaning: the pass is closed}\nactions.south.accuse.requires: [{quantity: snow, at_least: reciprocity}]\nchannels.south.north.hostile.base: 0", [
        "patch.yaml:3: actions.south.accuse.requires[0].quantity: no action raises 'snow', so this can never hold; allowed: troops",
        f"two.yaml:{line_of('neutral: {base') - 1}: channels.south.north.hostile: can never act: none of south.accuse is ever available; allowed: requirements that can be met"]),
    ("channels_can_open", "actions.south.declare.requires: [{quantity: threats_open, at_least: 1}]", [
        f"two.yaml:{line_of('neutral: {base')}: channels.south.north.neutral: can never act: none of south.declare is ever available; allowed: requirements that can be met"]),
    ("what_ifs_are_possible", "acts:\n  first_troops: {date: 2029-03-02}\n  talk: {act: south.accuse, date: 2030-04-01, until: 2031-01-01, do: withhold}", [
        "patch.yaml:3: acts.first_troops.date: 2029-03-02 lies outside the clock; allowed: 2030-03-01 to 2030-12-31",
        "patch.yaml:4: acts.talk.until: 2031-01-01 lies outside the clock; allowed: 2030-03-01 to 2030-12-31"]),
    ("names_are_declared", "acts:\n  east: {act: east.accuse, date: 2030-04-01, do: force}\n  talk: {act: south.accuses, date: 2030-04-01, do: withhold}", [
        f"patch.yaml:3: acts.east.act: no actor is called 'east'; allowed: {ACTORS}",
        "patch.yaml:4: acts.talk.act: no action is called 'south.accuses'; allowed: south.accuse, south.declare; did you mean 'south.accuse'?"]),
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
    ("names_are_declared", "outcomes.shots.acts: {actions: [north.clash, north.clsh]}", [
        "patch.yaml:2: outcomes.shots.acts.actions[1]: no action is called 'north.clsh'; allowed: north.accuse, north.threaten, north.mobilise, north.clash, north.offer_talks; did you mean 'north.clash'?"]),
    ("selections_select_something", "outcomes.shots.acts: {actor: south}", [
        "patch.yaml:2: outcomes.shots.acts: selects no action: none fits all of its parts"]),
    ("pairs_can_be_tense", THIRD + "outcomes.peak: {each: null, pair: [third, north]}", [
        "patch.yaml:3: outcomes.peak.pair: no hostility is ever remembered between north and third; allowed: north and south"]),
    ("names_are_declared", "outcomes.shots.since: sumit", [
        "patch.yaml:2: outcomes.shots.since: no date is called 'sumit'; allowed: summit, start, free; did you mean 'summit'?"]),
    ("windows_hold_days", "outcomes.shots: {since: summit, until: summit}", [
        "patch.yaml:2: outcomes.shots.until: 'summit' is not after 'summit'; allowed: a window that holds a day"]),
    ("windows_hold_days", "dates.summit.date: 2030-02-01\noutcomes.shots: {since: summit, until: end}", [
        "patch.yaml:3: outcomes.shots.since: 'summit' lies outside the clock; allowed: 2030-03-01 to 2030-12-31"]),
    ("windows_hold_days", "outcomes.calm: {metric: de_escalated, pair: [north, south], share: 0.5, days: 400, meaning: calm}", [
        "patch.yaml:2: outcomes.calm.days: found 400, and the window holds 301 days; allowed: at most 301"]),
]  # fmt: skip


@pytest.mark.parametrize(("check", "patch", "problems"), CASES, ids=[case[0] for case in CASES])
def test_a_check_says_what_to_change_and_nothing_else_is_said(check, patch, problems, patched, monkeypatch):
    assert patched(patch) == sorted(problems, key=lambda problem: (problem.split(":")[0], int(problem.split(":")[1])))
    alone = [(function, sections) for function, sections in checks.CHECKS if function.__name__ == check]
    monkeypatch.setattr(checks, "CHECKS", alone)
    assert set(patched(patch)) & set(problems), "another check says it"


# what is told and is no error: settings of the small scenario, and what is said
TOLD = [
    ("numbers_lie_in_their_own_range", ["parameters.half_life=40"], "--set parameters.half_life=40: parameters.half_life.value: 40 lies outside the range that its entry gives; allowed: 2 to 30, unless it is meant"),
    ("bases_are_given_or_learned", ["channels.south.north.neutral=null"], f"two.yaml:{line_of('neutral: {base')}: channels.south.north.neutral: the base of south → north, neutral, is neither given nor learned from a record; allowed: a base, or a record (without one, runs draw it from `pairs`)"),
    ("steps_lie_in_the_clock", ["parameters.half_life.steps={2031-01-01: 3}"], "--set parameters.half_life.steps={2031-01-01: 3}: parameters.half_life.steps.2031-01-01: the clock ends on 2030-12-31, so this step changes nothing"),
    ("windows_hold_days", ["clock.end=2030-07-01"], f"two.yaml:{line_of('shots: {metric')}: outcomes.shots.until: summit, 2030-10-01, lies after the clock's end, 2030-07-01, where the question ends"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "settings", "warning"), TOLD, ids=[case[0] for case in TOLD])
def test_what_may_be_meant_is_told_and_is_no_error(check, settings, warning, monkeypatch):
    assert [str(one) for one in load("two.yaml", settings).warnings] == [warning]
    others = [(function, sections) for function, sections in checks.CHECKS if function.__name__ != check]
    monkeypatch.setattr(checks, "CHECKS", others)
    assert not load("two.yaml", settings).warnings


def test_every_check_is_tested():
    assert {case[0] for case in CASES + TOLD} == {function.__name__ for function, _ in checks.CHECKS}


def test_a_small_scenario_is_sound():
    assert said() == []


def test_every_number_that_a_drive_divides_by_is_declared_where_the_drive_is():
    """`sight.constant` under a fraction line of a drive stands in its divisors, and nothing else does but what its signal divides by."""
    for name, drive in REGISTERED.items():
        tree = ast.parse(textwrap.dedent(inspect.getsource(drive.function)))
        divided = {
            node.right.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and isinstance(node.right, ast.Attribute)
        }
        assert divided <= set(drive.divisors) <= set(drive.needs), name
