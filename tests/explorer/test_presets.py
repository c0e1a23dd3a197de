"""What can be opened beside a scenario, found by rule, and the address that says what is shown."""

import pytest

from sim import UserError
from sim.commands.init import start_folder
from sim.explorer.address import Address, Position, read_address, write_address
from sim.explorer.gallery import Gallery
from sim.explorer.presets import OTHER_CASES, THIS_CASE, first_name, presets_of
from sim.scenario.library import shipped_files, shipped_names


def test_every_scenario_that_ships_can_be_opened_with_its_case_first():
    presets = presets_of("baseline")
    assert set(presets) >= set(shipped_names()) and next(iter(presets)) == "baseline"
    for preset in presets.values():
        assert preset.label and preset.question
        assert preset.group == (THIS_CASE if preset.case == "baseline" else OTHER_CASES)
        assert preset.group == THIS_CASE or preset.case == preset.name
    assert presets["no_arrest"].group == THIS_CASE and presets["venezuela"].group == OTHER_CASES


def test_a_variant_has_the_presets_of_its_case():
    assert set(presets_of("no_arrest")) == set(presets_of("baseline")) == set(presets_of("baseline+weak_backing"))
    two = "baseline+weak_backing+no_election"
    assert set(presets_of(two)) == {two, *presets_of("baseline")} and first_name(two) == two


def test_only_variants_that_are_sound_over_the_case_are_offered():
    names = set(Gallery("border", 100, 1).presets)
    assert names >= {"border", "venezuela"} and not any("+" in name for name in names)
    offered = set(Gallery("no_arrest", 100, 1).presets)
    assert offered >= {f"baseline+{variant}" for variant in shipped_files("variant")}


def test_a_folder_of_ones_own_has_its_own_variants(tmp_path):
    start_folder(tmp_path / "mine", blank=True)
    (case,) = (tmp_path / "mine").glob("*.yaml")
    variant = case.with_name("harder.yaml")
    variant.write_text(f"extends: {case.name}\nname: Harder\ndescription: What if it were harder?\n")
    case.with_name("broken.yaml").write_text("name: [")
    presets = presets_of(str(case))
    own = [preset.label for preset in presets.values() if preset.group == THIS_CASE]
    assert own[1] == "Harder" and set(shipped_names()) & set(presets)


# --- addresses

PINNED = Position("no_arrest", (("parameters.leverage", 2.0), ("actors.north.strategy", "grim_trigger")))


@pytest.mark.parametrize(
    "address",
    [
        Address(Position("baseline")),
        Address(Position("venezuela", (("parameters.leverage", 0.5),))),
        Address(Position("baseline"), PINNED),
        Address(PINNED, Position("baseline")),
    ],
)
def test_what_an_address_says_is_read_again(address):
    names = ["baseline", "venezuela", "no_arrest"]
    again = read_address(write_address(address, "baseline")[1:], names, "baseline")
    assert write_address(again, "baseline") == write_address(address, "baseline")
    assert again.shown.scenario == address.shown.scenario and (again.pinned is None) == (address.pinned is None)


@pytest.mark.parametrize("query", ["?scenario=/etc/passwd", "?scenario=", "?pinned=scenario%3D..%2Fx"])
def test_an_address_opens_nothing_but_presets(query):
    with pytest.raises(UserError, match="no scenario"):
        read_address(query, ["baseline"], "baseline")


# --- what is played


def test_a_variant_is_compared_with_its_case_and_with_what_is_pinned():
    gallery = Gallery("border", 100, 1)
    lever = next(one for one in gallery.explorer("border").levers.values() if not one.options)
    moved = Position("border", ((lever.key, lever.high),))
    assert gallery.play(Position("border"), None).differences == {}
    assert gallery.play(moved, None).differences
    assert gallery.play(moved, moved).differences == {}
    assert gallery.play(Position("border"), moved).differences


def test_another_crisis_is_no_reference():
    gallery = Gallery("border", 100, 1)
    with pytest.raises(UserError, match="different crisis"):
        gallery.play(Position("border", (("parameters.leverage", 3.0),)), Position("venezuela"))
