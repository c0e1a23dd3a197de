"""Cross-checks of the ladder: its rungs are numbered without gaps, and every action stands on one of them."""

from collections.abc import Iterator

from sim.scenario.problems import Problem, listed
from sim.scenario.sound import Sound, check


@check("rungs")
def rungs_have_no_gaps(sound: Sound) -> Iterator[Problem]:
    """Find the rungs that lack below the highest."""
    numbers = {int(number) for number in sound.names("rungs") if number.isdecimal()}
    if not numbers:
        yield sound.problem(("rungs",), "has no rung", "a name for each rung, from 0 up")
    lacking = [number for number in range(max(numbers, default=0)) if number not in numbers]
    if lacking:
        highest = ("rungs", str(max(numbers)))
        removed = sound.removed(("rungs", str(lacking[0])), highest)
        text = f"there is no rung {listed(map(str, lacking))} below it"
        yield removed or sound.problem(highest, text, "rungs from 0 up without gaps")


@check("rungs", "actions")
def actions_stand_on_a_rung(sound: Sound) -> Iterator[Problem]:
    """Find the actions whose rung the ladder does not have."""
    ladder = [f"{number} {sound.scenario.rungs[number]}" for number in sorted(sound.scenario.rungs, key=int)]
    for actor, actions in sound.scenario.actions.items():
        for name, action in actions.items():
            if ladder and not sound.declares("rungs", str(action.rung)):
                path = ("actions", actor, name, "rung")
                removed = sound.removed(("rungs", str(action.rung)), path)
                yield removed or sound.problem(path, f"there is no rung {action.rung}", listed(ladder, 20))
