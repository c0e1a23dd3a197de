"""A name that is not declared, or stands where it cannot, is an error at its line, in full, and nothing else is said."""

import pytest
from only_check import check_alone_says

STRATEGIES = "tit_for_tat, tit_for_two_tats, generous_tit_for_tat, grim_trigger, mirror_last, unresponsive"
ACTORS = "north, south"
THIRD = """\
actors.third: {label: Third, strategy: unresponsive, forgiveness: 0, commitment_half_life_days: 1}
"""

# the check, a patch of the small scenario (its first line is line 2), and all that is said of it
CASES = [
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
    ("names_are_declared", "actors.south.society_of: nord", [
        f"patch.yaml:2: actors.south.society_of: no actor is called 'nord'; allowed: {ACTORS}; did you mean 'north'?"]),
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
    ("clients_have_one_standing", THIRD + "patrons.one: {patron: south, client: north, standing: 0.5}\npatrons.more: {patron: third, client: north, standing: 0.4}", [
        "patch.yaml:4: patrons.more.standing: is not that of patrons.one: the patrons of north share one standing backing; allowed: one number or parameter for all of a client's patrons"]),
    ("clients_have_one_standing", "patrons.one: {patron: south, client: north, standing: 0.5}\npatrons.more: {patron: south, client: north, standing: 0.5}", [
        "patch.yaml:3: patrons.more.patron: south stands behind north already, in patrons.one; allowed: another patron"]),
    ("outside_actors_are_outside", "acts: null\nrecord: {file: record.csv, replay: none, month_only: leave_out, outside_actors: {east: nobody, south: why}}", [
        "patch.yaml:3: record.outside_actors.south: south is an actor of this scenario, and its rows would be left out; allowed: null here, or no such actor"]),
    ("names_are_declared", "pairs.state_to_state.memory_half_life_days: halflife", [
        "patch.yaml:2: pairs.state_to_state.memory_half_life_days: no parameter is called 'halflife'; allowed: average_mark, reciprocity, half_life; did you mean 'half_life'?"]),
    ("names_are_declared", "actions.north.clash.requires: [{quantity: treats_open, at_least: 1}]", [
        "patch.yaml:2: actions.north.clash.requires[0].quantity: no fact or state is called 'treats_open'; allowed: troops, threats_open, hostility, goodwill; did you mean 'threats_open'?"]),
    ("names_are_declared", "actions.north.clash.requires: [{any: [{quantity: treats_open, at_least: 1}, {quantity: troops, at_least: halflife}]}]", [
        "patch.yaml:2: actions.north.clash.requires[0].any[0].quantity: no fact or state is called 'treats_open'; allowed: troops, threats_open, hostility, goodwill; did you mean 'threats_open'?",
        "patch.yaml:2: actions.north.clash.requires[0].any[1].at_least: no parameter is called 'halflife'; allowed: average_mark, reciprocity, half_life; did you mean 'half_life'?"]),
    ("names_are_declared", "acts:\n  east: {act: east.accuse, date: 2030-04-01, do: force}\n  talk: {act: south.accuses, date: 2030-04-01, do: withhold}", [
        f"patch.yaml:3: acts.east.act: no actor is called 'east'; allowed: {ACTORS}",
        "patch.yaml:4: acts.talk.act: no action is called 'south.accuses'; allowed: south.accuse, south.declare; did you mean 'south.accuse'?"]),
    ("names_are_declared", "outcomes.shots.acts: {actions: [north.clash, north.clsh]}", [
        "patch.yaml:2: outcomes.shots.acts.actions[1]: no action is called 'north.clsh'; allowed: north.accuse, north.threaten, north.mobilise, north.clash, north.offer_talks; did you mean 'north.clash'?"]),
    ("names_are_declared", "outcomes.shots.since: sumit", [
        "patch.yaml:2: outcomes.shots.since: no date is called 'sumit'; allowed: summit, start, free; did you mean 'summit'?"]),
]  # fmt: skip


@pytest.mark.parametrize(("check", "patch", "problems"), CASES, ids=[case[0] for case in CASES])
def test_a_check_of_names_says_what_to_change_and_nothing_else_is_said(check, patch, problems, patched, monkeypatch):
    check_alone_says(check, patch, problems, patched, monkeypatch)
