"""What a scenario file cannot say is refused by name, at its line, with what to write instead."""

import pytest


@pytest.mark.parametrize(
    ("patch", "problem"),
    [
        ("actions.north.accuse.target: [south, north]", "actions.north.accuse.target: found a list, where one name or text is wanted; allowed: one actor; an action toward two is two actions"),
        ("actors.north.strategy: {2030-06-01: grim_trigger}", "actors.north: gives several strategies, or dates; an actor keeps one strategy, so compare two scenarios"),
        ("outcomes.peak: {each: null, pair: [[north, south], [south, north]]}", "outcomes.peak: asks of several pairs; each: pair asks of every pair, and an outcome of one is of one"),
        ("actions.north.clash.requires: [{quantity: date, at_least: 1}]", "actions.north.clash.requires[0]: asks for a date, and requirements are about facts and memories; an act is kept away until a day by an entry of acts (do: withhold, until)"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_refused_by_name(patched, patch, problem):
    (text,) = patched(patch + "\n")
    assert text.startswith(f"patch.yaml:2: {problem}")
