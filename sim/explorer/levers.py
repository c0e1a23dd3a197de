"""The levers of a scenario: numbers with a range, and each actor's strategy. What may be moved, and how far."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sim.rules.registry import STRATEGIES
from sim.scenario.load import Loaded
from sim.scenario.problems import Place, Problem, UserError, unknown
from sim.scenario.quantities import key_of, quantities
from sim.scenario.schema import Scenario

Settings = dict[str, float | str]
STEPS = 100  # from one end of a slider to the other
# Where the number of a lever stands that is shown at once: who backs whom, what pushes and holds back, how acts are answered.
FIRST = (
    ("patrons", "standing"),
    ("drives", "signal"),
    ("drives", "weight"),
    ("actors", "reciprocity"),
    ("actors", "momentum"),
)
STRATEGY = "Strategies"
HEADS = ("Levers", STRATEGY, "Every other number")


@dataclass(frozen=True)
class Lever:
    """One control: a number between two ends, or a choice. value: what the scenario has."""

    key: str
    label: str
    group: str
    value: float | str
    meaning: str
    source: str
    unit: str = ""
    low: float = 0.0
    high: float = 0.0
    step: float = 0.0
    note: str = ""
    options: dict[str, str] = field(default_factory=dict)  # choice → what it means


def levers_of(loaded: Loaded) -> dict[str, Lever]:
    """Every lever by its key, those that matter at first sight before the others."""
    found = [*_strategies(loaded.scenario), *_numbers(loaded.scenario)]
    return {lever.key: lever for lever in sorted(found, key=lambda lever: HEADS.index(lever.group))}


def _strategies(scenario: Scenario) -> Iterator[Lever]:
    options = {name: entry.sentence for name, entry in STRATEGIES.items()}
    for name, actor in scenario.actors.items():
        meaning = f"how {actor.label} answers what it remembers"
        yield Lever(f"actors.{name}.strategy", actor.label, STRATEGY, actor.strategy, meaning, "", options=options)


def _numbers(scenario: Scenario) -> Iterator[Lever]:
    every = list(quantities(scenario))
    first = [key_of(found) for place in FIRST for found in every if (found.path[0], found.path[-1]) == place]
    order = {key: index for index, key in enumerate(dict.fromkeys(first))}
    for found in sorted(every, key=lambda found: order.get(key_of(found), len(order))):
        entry, key = found.quantity, key_of(found)
        if entry.value is None or entry.low is None or entry.high is None or not entry.low < entry.high:
            continue
        group = HEADS[0] if key in first else HEADS[2]
        steps = f"a dated series from {entry.value:g} on; once moved it is the same on every day" if entry.steps else ""
        yield Lever(
            key, _label(key, scenario), group, entry.value, entry.meaning or "", entry.source or "", entry.unit or found.unit,
            entry.low, entry.high, _step(entry.low, entry.high), steps,
        )  # fmt: skip


def _label(key: str, scenario: Scenario) -> str:
    section, _, rest = key.partition(".")
    if section == "channels":
        actor, target, tone, *_ = rest.split(".")
        return f"{scenario.actors[actor].label} → {scenario.actors[target].label}, {tone}, base"
    return (rest if section == "parameters" else key).replace("_", " ").replace(".", " ")


def _step(low: float, high: float) -> float:
    """A round step, about a hundredth of the range."""
    rough = (high - low) / STEPS
    size = 10.0 ** math.floor(math.log10(rough))
    return float(f"{next(times for times in (1, 2, 5, 10) if times * size >= rough * 0.999) * size:.3g}")


def checked(levers: Mapping[str, Lever], wanted: Mapping[str, str | float]) -> Settings:
    """Settings that differ from the scenario's own, in the order of the levers.

    They come from a link, which anybody may have written. Raises UserError for a key that is no lever, or a value that it cannot take.
    """
    place = Place("link", 0)
    problems: list[Problem] = [unknown(place, "", "lever", key, list(levers)) for key in wanted if key not in levers]
    found: Settings = {}
    for key, lever in levers.items():
        if key not in wanted:
            continue
        value = wanted[key]
        if lever.options:
            if value not in lever.options:
                problems.append(unknown(place, key, "strategy", str(value), list(lever.options)))
            elif value != lever.value:
                found[key] = value
            continue
        number = _number(value)
        if not lever.low <= number <= lever.high:  # so is what is no number
            problems.append(
                Problem(place, key, f"found '{str(value)[:40]}'", f"a number from {lever.low:g} to {lever.high:g}")
            )
        elif number != lever.value or lever.note:
            found[key] = number
    if problems:
        raise UserError(problems)
    return found


def _number(value: str | float) -> float:
    try:
        return float(value)
    except ValueError:
        return math.nan
