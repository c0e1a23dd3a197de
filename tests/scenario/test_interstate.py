"""The kind of two states: two sides take six lines, and allies and third parties one more each."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from toy import picture, records, set_marks

from sim.engine.crisis import Crisis
from sim.engine.learning import compile_scenario
from sim.rules.arrays import BACKING, SUPPORT
from sim.scenario.compile import Compiled
from sim.scenario.library import shipped_folder
from sim.scenario.load import load
from sim.scenario.quantities import quantities

SIDES = """\
extends: kinds/interstate.yaml
name: Strait
description: Does it come to shots?
roles: {challenger: north, defender: south}
actors: {north: {label: North}, south: {label: South}}
clock: {start: 2030-03-01, replay_until: 2030-03-05, end: 2030-12-31}
dates.deadline: {date: 2030-10-01, source: made up}
"""
OTHERS = """\
roles: {allies_of_challenger: east, allies_of_defender: [isle, west], third_parties: union}
actors: {east: {label: East}, isle: {label: Isle}, west: {label: West}, union: {label: Union}}
"""


@pytest.fixture(autouse=True)
def shipped(folder: Path) -> None:
    """The files that ship, in a folder of one's own, as `escalate init` copies them."""
    shutil.copytree(shipped_folder(), folder, dirs_exist_ok=True)


def compiled(text: str, over: str = "") -> Compiled:
    Path("case.yaml").write_text(text, encoding="utf-8")
    Path("wider.yaml").write_text("extends: case.yaml\n" + over, encoding="utf-8")
    return compile_scenario(load("wider.yaml" if over else "case.yaml"))


def test_two_sides_stand_alone_and_can_do_the_same_to_each_other():
    case = compiled(SIDES)
    acts = {actor: {act.action: act for act in case.acts if act.actor == actor} for actor in case.actors}
    assert acts["north"].keys() == acts["south"].keys()
    assert {act.target for act in case.acts} == {"north", "south"}
    for name, act in acts["north"].items():
        other = acts["south"][name]
        assert (act.goldstein, act.entry.rung, act.entry.role) == (other.goldstein, other.entry.rung, other.entry.role)
        assert len(act.entry.requires) == len(other.entry.requires)


def test_allies_and_third_parties_are_one_line_and_their_labels():
    case = compiled(SIDES, OTHERS)
    assert case.actors == ["east", "isle", "north", "south", "union", "west"]
    own = {actor: {act.action for act in case.acts if act.actor == actor} for actor in ("isle", "west")}
    assert own["isle"] == own["west"]
    assert {"ally_forces_of_defender_isle", "ally_forces_of_defender_west"} < set(case.facts)
    assert {act.target for act in case.acts if act.actor == "union"} == {"north", "south"}


def test_every_number_of_the_kind_has_unit_range_meaning_and_source():
    logic = ("at_least", "at_most", "days_since", "cap", "full_at")
    for found in quantities(compiled(SIDES, OTHERS).loaded.scenario):
        entry = found.quantity
        said = (entry.unit, entry.low, entry.high, entry.meaning, entry.source)
        if entry.value is not None and found.path[-1] not in logic:
            assert None not in said and entry.low <= entry.value <= entry.high, found.path


def test_two_allies_of_one_side_share_its_standing_backing_and_their_support_adds_up():
    case = compiled(SIDES, OTHERS)
    backed = []
    for isle, west in ((0.0, 0.0), (0.6, 0.0), (0.2, 0.4), (0.0, 0.6)):
        model = Crisis(case)
        set_marks(model, model.state.commitments, SUPPORT, "isle", "south", isle)
        set_marks(model, model.state.commitments, SUPPORT, "west", "south", west)
        backed.append(picture(model, BACKING, "south"))
    assert backed[0] == pytest.approx(0.5)
    assert backed[0] < backed[1] == backed[3] == pytest.approx(backed[2], rel=1e-14)


def test_both_engines_play_it_alike_whoever_is_there():
    for over in ("", OTHERS):
        case = compiled(SIDES, over)
        for run, (acts, tensions) in enumerate(records(case, 1, range(3))):
            model = Crisis(case, run=run, seed=1)
            model.run_model()
            assert np.array_equal(model.acts, acts) and np.array_equal(model.tensions, tensions)
