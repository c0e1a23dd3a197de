"""Which actions can ever become available, as far as the requirements alone can tell."""

from sim.scenario.quantities import settled
from sim.scenario.schema import Condition, Quantity, Scenario
from sim.scenario.selection import NamedAction


def possible(scenario: Scenario, acts: list[NamedAction], replayed: set[str]) -> set[str]:
    """Return names of the actions that may at some time be available; in doubt they may.

    Grown from nothing: an action is possible once each of its requirements can be met from the start or by
    what possible actions do, or where the scenario forces or replays it.
    """
    names = replayed | {what_if.act for what_if in scenario.acts.values() if what_if.act and what_if.do == "force"}
    while True:
        doing = [act for act in acts if act.name in names]
        grown = names | {act.name for act in acts if act.name not in names and _possible(act, scenario, doing)}
        if grown == names:
            return names
        names = grown


def _possible(act: NamedAction, scenario: Scenario, doing: list[NamedAction]) -> bool:
    tests = act.entry.requires
    return all(_meetable(test, act, scenario, doing) for test in tests) and not _contradicts(tests, scenario)


def _contradicts(tests: list[Condition], scenario: Scenario) -> bool:
    """Tell whether two tests ask one quantity to be above and below one another's numbers."""
    lowest = [(test.quantity, _smallest(test.at_least, scenario)) for test in tests if test.at_least is not None]
    highest = [(test.quantity, _largest(test.at_most, scenario)) for test in tests if test.at_most is not None]
    return any(quantity == capped and low > high for quantity, low in lowest for capped, high in highest)


def _meetable(test: Condition, act: NamedAction, scenario: Scenario, doing: list[NamedAction]) -> bool:
    """Tell whether a test can hold from the start or by what the actions `doing` do."""
    if test.any is not None:
        return any(_meetable(inner, act, scenario, doing) for inner in test.any)
    if test.at_most is not None:
        return _largest(test.at_most, scenario) >= 0
    if test.at_least is not None and _smallest(test.at_least, scenario) <= 0:
        return True
    if test.quantity in scenario.facts:
        at_start = scenario.facts[test.quantity].at_start
        if at_start > 0 and (test.at_least is None or at_start >= _smallest(test.at_least, scenario)):
            return True
        return any(test.quantity in possible_act.entry.raises for possible_act in doing)
    kind = {"threats_open": "threats"}.get(str(test.quantity), str(test.quantity))
    if any(addition.to == kind for possible_act in doing for addition in possible_act.entry.adds):
        return True
    if kind == "threats":
        return any(
            possible_act.actor == act.actor
            and possible_act.target == act.target
            and possible_act.entry.role in ("threat", "demand")
            for possible_act in doing
        )
    tone = "hostile" if kind == "hostility" else "cooperative"
    return any(possible_act.actor == act.target and possible_act.tone == tone for possible_act in doing)


def _numbers(quantity: Quantity, scenario: Scenario) -> list[float]:
    entry = settled(quantity, scenario.parameters) if quantity.parameter in (None, *scenario.parameters) else quantity
    return [number for number in (entry.value, *(entry.steps or {}).values()) if number is not None] or [0.0]


def _smallest(quantity: Quantity, scenario: Scenario) -> float:
    return min(_numbers(quantity, scenario))


def _largest(quantity: Quantity, scenario: Scenario) -> float:
    return max(_numbers(quantity, scenario))
