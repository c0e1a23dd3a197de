"""An action that could never be done, or a channel that does nothing, is an error at its line, in full, and nothing else is said."""

import pytest
from only_check import check_alone_says
from two import line_of

LADDER = "0 still, 1 said, 2 threatened, 3 prepared, 4 pressed"
THIRD = """\
actors.third: {label: Third, strategy: unresponsive, forgiveness: 0, commitment_half_life_days: 1}
"""

# the check, a patch of the small scenario (its first line is line 2), and all that is said of it
CASES = [
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
        f"two.yaml:{line_of('pairs:')}: pairs: lacks society_to_state, the numbers of south → north; allowed: extends: parts/pairs.yaml, or an entry of its own",
        f"two.yaml:{line_of('pairs:')}: pairs: lacks state_to_society, the numbers of north → south; allowed: extends: parts/pairs.yaml, or an entry of its own"]),
    ("societies_belong_to_a_state", "actors.south.society_of: south", [
        "patch.yaml:2: actors.south.society_of: found south, which is no state; allowed: north"]),
    ("learned_is_of_what_there_is", "learned:\n  until: 2030-03-05\n  bases: {south: {north: {cooperative: {shape: 1, days: 2, acts: 1, days_seen: 3}}}}", [
        "patch.yaml:4: learned.bases.south.north.cooperative: no action of south toward north is cooperative, so there is no base to learn"]),
    ("learned_is_of_what_there_is", "learned:\n  until: 2030-03-05\n  mix: {south: {acuse: {acts: 1, chances: 2}}}", [
        "patch.yaml:4: learned.mix.south.acuse: no action of south is called 'acuse'; allowed: accuse, declare; did you mean 'accuse'?"]),
    ("hostile_channels_have_no_generosity", "channels.north.south.hostile: {base: null, generosity: 0.2}", [
        "patch.yaml:2: channels.north.south.hostile.generosity: says nothing of hostile acts; allowed: base, or generosity of another tone"]),
    ("channels_have_an_action", "channels.north.south.neutral: {base: 1}", [
        "patch.yaml:2: channels.north.south.neutral: no action of north toward south is neutral, so this channel would change nothing"]),
    ("neutral_channels_answer_nothing", "channels.south.north.neutral.answers_to: [{memory: goodwill, of: north}]", [
        "patch.yaml:2: channels.south.north.neutral.answers_to: a neutral channel answers nothing; allowed: no answers_to"]),
    ("days_are_counted_since_facts", "actions.north.clash.requires: [{any: [{quantity: hostility, days_since: 3}]}]", [
        "patch.yaml:2: actions.north.clash.requires[0].any[0].days_since: counts the days since a fact rose, and hostility is not a fact; allowed: a quantity that is a fact, or at_least, at_most"]),
    ("required_facts_can_rise", "facts.snow: {meaning: the pass is closed, at_start: 1}\nactions.north.clash.requires: [{quantity: snow, at_least: 2}]", [
        "patch.yaml:3: actions.north.clash.requires[0].quantity: no action raises 'snow', so this can never hold; allowed: troops"]),
    ("required_facts_can_rise", "facts.snow: {meaning: the pass is closed}\nactions.north.clash.requires: [{quantity: snow, days_since: 3}]", [
        "patch.yaml:3: actions.north.clash.requires[0].quantity: no action raises 'snow', so this can never hold; allowed: troops"]),
    ("required_facts_can_rise", "facts.snow: {meaning: the pass is closed}\nactions.south.accuse.requires: [{quantity: snow, at_least: reciprocity}]\nchannels.south.north.hostile.base: 0", [
        "patch.yaml:3: actions.south.accuse.requires[0].quantity: no action raises 'snow', so this can never hold; allowed: troops",
        f"two.yaml:{line_of('neutral: {base') - 1}: channels.south.north.hostile: can never act: none of south.accuse is ever available; allowed: requirements that can be met"]),
    ("channels_can_open", "actions.south.declare.requires: [{quantity: threats_open, at_least: 1}]", [
        f"two.yaml:{line_of('neutral: {base')}: channels.south.north.neutral: can never act: none of south.declare is ever available; allowed: requirements that can be met"]),
]  # fmt: skip


@pytest.mark.parametrize(("check", "patch", "problems"), CASES, ids=[case[0] for case in CASES])
def test_a_check_of_actions_says_what_to_change_and_nothing_else_is_said(check, patch, problems, patched, monkeypatch):
    check_alone_says(check, patch, problems, patched, monkeypatch)


def test_what_holds_at_the_start_need_not_rise(patched):
    there = "facts.snow: {meaning: the pass is closed, at_start: 1}\n"
    assert not patched(there + "actions.north.clash.requires: [{quantity: snow, days_since: 3}, {quantity: snow, at_least: 1}]")  # fmt: skip
