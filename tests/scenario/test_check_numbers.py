"""A number without its entry, of another unit or out of its range is an error at its line, in full, and nothing else is said."""

import pytest
from only_check import check_alone_says

ENTRY = "a number where another file has the entry, or an entry with value, low, high, unit, meaning, source"

# the check, a patch of the small scenario (its first line is line 2), and all that is said of it
CASES = [
    ("parameters_are_explained", "parameters.reciprocity.source: null", [
        f"patch.yaml:2: parameters.reciprocity: lacks source; allowed: {ENTRY}"]),
    ("parameters_are_explained", "parameters.wrath: 3\npairs.state_to_state.momentum: {value: 0.1}\ndrives.audience.weight: wrath", [
        f"patch.yaml:2: parameters.wrath: lacks low, high, unit, meaning, source; allowed: {ENTRY}"]),
    ("parameters_are_explained", "parameters.reciprocity: half_life", [
        f"patch.yaml:2: parameters.reciprocity: names another parameter instead of a number; allowed: {ENTRY}"]),
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
]  # fmt: skip


@pytest.mark.parametrize(("check", "patch", "problems"), CASES, ids=[case[0] for case in CASES])
def test_a_check_of_numbers_says_what_to_change_and_nothing_else_is_said(check, patch, problems, patched, monkeypatch):
    check_alone_says(check, patch, problems, patched, monkeypatch)
