"""Cross-checks of numbers: every parameter explained, declared and used, every number possible in its unit."""

from collections.abc import Iterator
from dataclasses import replace

from sim.rules.registry import DRIVES
from sim.scenario.fields import BOUNDS, DIVISOR, marked
from sim.scenario.problems import Problem, key_path, listed, nearest
from sim.scenario.quantities import Located, Path
from sim.scenario.schema import Loss, Quantity, Rulebook, Scenario
from sim.scenario.slips import number_slip
from sim.scenario.sound import Sound, check


@check("parameters")
def parameters_are_explained(sound: Sound) -> Iterator[Problem]:
    """Find parameters without a number, range, unit, meaning or source."""
    allowed = "a number where another file has the entry, or an entry with " + listed(["value", *Quantity.EXPLANATION])
    for name, entry in sound.scenario.parameters.items():
        missing = [key for key in Quantity.EXPLANATION if getattr(entry, key) is None]
        if entry.parameter is not None:
            yield sound.problem(("parameters", name), _no_number(sound, entry.parameter), allowed)
        elif missing and not _is_slip(sound, name):
            others = [known for known in sound.scenario.parameters if known != name]
            meant = nearest(name, others) if len(missing) == len(Quantity.EXPLANATION) else ""
            problem = sound.lacking(("parameters", name), missing, "lacks " + listed(missing), allowed)
            yield replace(problem, nearest=meant)


def _no_number(sound: Sound, text: str) -> str:
    """Describe what is wrong with a parameter that a text stands for."""
    if text in sound.names("parameters"):
        return "names another parameter instead of a number"
    why, meant = number_slip(text)
    return f"found {text} (text)" + (f": {why}" if why else "") + (f", write {meant}" if meant else "")


def _is_slip(sound: Sound, name: str) -> bool:
    """Tell whether an unused parameter is another one misspelt.

    It is reported as such, and need not be explained.
    """
    return sound.complete and not sound.is_used("parameters", name) and bool(nearest(name, sound.names("parameters")))


@check("parameters")
def parameters_are_used(sound: Sound) -> Iterator[Problem]:
    """Find parameters that nothing names.

    An unsound entry may name one, so all must be sound.
    """
    if not sound.complete:
        return
    meant = {nearest(name, sound.names("parameters")) for name in sound.undeclared.get("parameters", {})}
    for name in sound.scenario.parameters:
        if not sound.is_used("parameters", name) and name not in meant:
            near = nearest(name, sound.scenario.parameters)
            text = "nothing names this parameter, so it would change nothing"
            unused = sound.problem(("parameters", name), text, "a parameter that an entry names", near)
            yield sound.taken(("parameters", name), (), name=name) or unused


@check("parameters")
def parameters_have_the_unit_of_their_place(sound: Sound) -> Iterator[Problem]:
    """Find parameters in another unit than the place that names them asks for."""
    parameters = sound.scenario.parameters
    for located in sound.quantities:
        name = located.quantity.parameter
        unit = parameters[name].unit if name in parameters else None
        if unit is not None and located.unit and unit != located.unit:
            yield sound.problem(located.path, f"'{name}' is in {unit}", f"a number or parameter in {located.unit}")


@check()
def numbers_have_the_unit_of_their_place(sound: Sound) -> Iterator[Problem]:
    """Find entries that say another unit than their place asks for."""
    for located in sound.quantities:
        unit = located.quantity.unit
        if unit is not None and located.unit and unit != located.unit:
            yield sound.problem((*located.path, "unit"), f"found '{unit}'", located.unit)


@check()
def numbers_are_possible(sound: Sound) -> Iterator[Problem]:
    """Find numbers that their unit does not allow.

    Such as a share above 1, or a half-life of 0 days.
    """
    for located in sound.quantities:
        unit = located.quantity.unit or located.unit
        if unit:
            yield from _out_of_bounds(sound, located, unit)


def _is_possible(number: float, unit: str) -> bool:
    lowest, highest, closed = BOUNDS[unit]
    return lowest < number <= highest or (closed and number == lowest)


def _out_of_bounds(sound: Sound, located: Located, unit: str) -> Iterator[Problem]:
    lowest, highest, closed = BOUNDS[unit]
    least = f"at least {lowest:g}" if closed else f"more than {lowest:g}"
    allowed = f"{lowest:g} to {highest:g}" if highest < 1e9 else least
    for path, number in _written(located.path, located.quantity, ("value", "low", "high")):
        if not _is_possible(number, unit):
            yield sound.problem(path, f"found {number:g}", f"{allowed} ({unit})")


@check()
def numbers_lie_in_their_own_range(sound: Sound) -> Iterator[Problem]:
    """Warn of numbers beyond the range that their own entry gives, which are allowed."""
    for located in sound.quantities:
        low, high = located.quantity.low, located.quantity.high
        if low is None or high is None:
            continue
        for path, number in _written(located.path, located.quantity, ("value",)):
            if not low <= number <= high:
                text = f"{number:g} lies outside the range that its entry gives"
                yield sound.warning(path, text, f"{low:g} to {high:g}, unless it is meant")


@check("channels")
def factors_of_nought_leave_answers(sound: Sound) -> Iterator[Problem]:
    """Warn of factors on a base that are 0: an actor that does nothing of its own accord answers all the same."""
    for located in sound.quantities:
        if located.path[0] != "channels" or located.path[-1] != "base_times":
            continue
        for path, number in _written(located.path, located.quantity, ("value",)):
            if number == 0:
                text = "at 0 the actor does nothing of its own accord, yet goes on answering what is done to it"
                yield sound.warning(
                    path, text, "0 if that is meant; entries of `acts` with do: withhold keep all acts away"
                )


@check("clock")
def steps_lie_in_the_clock(sound: Sound) -> Iterator[Problem]:
    """Warn of dated changes after the last day, which change nothing."""
    for located in sound.quantities:
        for day in located.quantity.steps or {}:
            if day > sound.scenario.clock.end:
                text = f"the clock ends on {sound.scenario.clock.end}, so this step changes nothing"
                yield sound.warning((*located.path, "steps", str(day)), text)


@check("parameters")
def divisors_are_positive(sound: Sound) -> Iterator[Problem]:
    """Find numbers that a rule divides by and that are not above 0 on every day."""
    scenario = sound.scenario
    divisors = _divisors(scenario)
    for located in sound.quantities:
        name = located.quantity.parameter
        if located.path not in divisors or (name is not None and name not in scenario.parameters):
            continue
        path = located.path if name is None else ("parameters", name)
        entry = located.quantity if name is None else scenario.parameters[name]
        unit = entry.unit or located.unit
        for where, number in _written(path, entry, ("value",)):
            if number <= 0 and (not unit or _is_possible(number, unit)):
                text = f"found {number:g}, and a rule divides by {key_path(located.path)}"
                yield sound.problem(where, text, "more than 0")


def _divisors(scenario: Scenario) -> set[Path]:
    """List the paths of the numbers that a rule divides by, as schema and drives say."""
    divisors: set[Path] = {("rules", key) for key in marked(Rulebook, DIVISOR)}
    for actor, losses in (scenario.strengths or {}).items():
        divisors |= {("strengths", actor, fact, key) for fact in losses for key in marked(Loss, DIVISOR)}
    for name, drive in (scenario.drives or {}).items():
        if drive.drive in DRIVES:
            divisors |= {("drives", name, key) for key in DRIVES[drive.drive].divisors}
    return divisors


def _written(path: Path, entry: Quantity, keys: tuple[str, ...]) -> Iterator[tuple[Path, float]]:
    """List the numbers of a quantity, and where each is written."""
    for key in keys:
        number = getattr(entry, key)
        if number is not None:
            yield (*path, key), number
    for day, number in (entry.steps or {}).items():
        yield (*path, "steps", str(day)), number
