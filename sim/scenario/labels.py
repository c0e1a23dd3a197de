"""What readers see in place of the key of a number: its label, or where it stands in the words of the scenario."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from sim.scenario.quantities import Path, dotted, quantities
from sim.scenario.schema import Scenario

NO_LABELS: Mapping[str, str] = MappingProxyType({})
# what fields are called whose keys do not say it; any other is its key with spaces
FIELDS = {
    "base": "unprovoked acts",
    "base_times": "factor on unprovoked acts",
    "base_shape": "weight of the prior of a base",
    "base_mean": "mean of the prior of a base",
    "commitment_half_life_days": "half-life of the memory of threats",
    "generosity": "unprompted cooperation",
    "memory_half_life_days": "half-life of memory",
    "misperception_bias": "bias of perception",
    "misperception_sd": "error of perception",
    "mix_weight": "weight of the usual mix of actions",
    "momentum_half_life_days": "half-life of momentum",
    "standing": "backing",
}
PAIRS = {
    "state_to_state": " between states",
    "state_to_society": ", state to its society",
    "society_to_state": ", society to its state",
}


def labels_of(scenario: Scenario) -> dict[str, str]:
    """Return what readers see in place of the keys of numbers and strategies, by the dotted keys.

    A number without a label of its own is called after its place; one that only names a parameter has none.
    """
    return dict(_labels(scenario))


def _labels(scenario: Scenario) -> Iterator[tuple[str, str]]:
    for role, players in (scenario.roles or {}).items():
        named = ", ".join(scenario.actors[player].label for player in players)
        yield f"actors.{role}.strategy", f"Strategy, {named}"
    for name, actor in scenario.actors.items():
        yield f"actors.{name}.strategy", f"Strategy, {actor.label}"
    for located in quantities(scenario):
        if located.quantity.parameter is None:
            yield dotted(located.path), located.quantity.label or _by_place(scenario, located.path)


def _by_place(scenario: Scenario, path: Path) -> str:
    """Name a number by the field that it fills, and by whose it is."""
    section, *where = path
    *inside, last = map(str, where)
    field = FIELDS.get(last, last.replace("_", " "))
    name = PLACES.get(str(section), _elsewhere)(scenario, inside, field)
    return name[:1].upper() + name[1:]


def _of_pair(_: Scenario, inside: list[str], field: str) -> str:
    return f"{field}{PAIRS[inside[0]]}"


def _of_channel(scenario: Scenario, inside: list[str], field: str) -> str:
    actor, target, tone, *rest = inside
    return f"{scenario.actors[actor].label} → {scenario.actors[target].label}, {tone}: {field}{_below(rest)}"


def _of_action(scenario: Scenario, inside: list[str], field: str) -> str:
    actor, action, *rest = inside
    act = scenario.actions[actor][action]
    of_whom = f"{scenario.actors[actor].label} → {scenario.actors[act.target].label}"
    return f"{field}{_below(rest)}: {of_whom}: {act.meaning}"


def _of_actor(scenario: Scenario, inside: list[str], field: str) -> str:
    actor, *rest = inside
    return f"{scenario.actors[actor].label}: {field}{_below(rest)}"


def _elsewhere(_: Scenario, inside: list[str], field: str) -> str:
    return f"{field}{_below(inside)}"


def _below(path: list[str]) -> str:
    return f" ({' '.join(path).replace('_', ' ')})" if path else ""


PLACES: dict[str, Callable[[Scenario, list[str], str], str]] = {
    "pairs": _of_pair,
    "channels": _of_channel,
    "actions": _of_action,
    "actors": _of_actor,
    "pressures": _of_actor,
    "strengths": _of_actor,
}


def labelled(key: str, labels: Mapping[str, str]) -> str:
    """Return the label of the number at a dotted key, and what stands below it; the key itself if there is none.

    labels: by the keys of the numbers.
    """
    name = next((name for name in labels if key == name or key.startswith(f"{name}.")), "")
    if not name:
        return key
    below = key[len(name) :].removesuffix(".value").replace(".", " ")
    return f"{labels[name]}{below}"
