"""The levers of a scenario: numbers with a range, and each actor's strategy. What may be moved, and how far."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sim.rules.registry import STRATEGIES
from sim.scenario.labels import labels_of
from sim.scenario.load import Loaded
from sim.scenario.problems import Place, Problem, UserError, unknown
from sim.scenario.quantities import key_of, quantities
from sim.scenario.schema import Scenario

Settings = dict[str, float | str]
STEPS = 100  # from one end of a slider to the other
# Where the number of a lever stands that is shown at once: who backs whom, what pushes and holds back, how acts are answered.
FIRST_PLACES = (
    ("patrons", "standing"),
    ("drives", "signal"),
    ("drives", "weight"),
    ("pairs", "reciprocity"),
    ("pairs", "momentum"),
)
MAIN, STRATEGY, OTHER = GROUPS = ("Levers", "Strategies", "Every other number")
LINK = Place("link", 0)


@dataclass(frozen=True)
class Lever:
    """One control: a number between two ends, or a choice of strategy.

    value: what the scenario has. low, high, step: of a number, in `unit`. options: of a choice, name to meaning.
    """

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
    options: dict[str, str] = field(default_factory=dict)


def levers_of(loaded: Loaded) -> dict[str, Lever]:
    """List the levers of a scenario by their keys, the most telling first."""
    levers = [*_strategy_levers(loaded.scenario), *_number_levers(loaded.scenario)]
    return {lever.key: lever for lever in sorted(levers, key=lambda lever: GROUPS.index(lever.group))}


def _strategy_levers(scenario: Scenario) -> Iterator[Lever]:
    options = {name: entry.sentence for name, entry in STRATEGIES.items()}
    for name, actor in scenario.actors.items():
        meaning = f"how {actor.label} answers what it remembers"
        yield Lever(f"actors.{name}.strategy", actor.label, STRATEGY, actor.strategy, meaning, "", options=options)


def _number_levers(scenario: Scenario) -> Iterator[Lever]:
    numbers, labels = list(quantities(scenario)), labels_of(scenario)
    first = [
        key_of(number) for place in FIRST_PLACES for number in numbers if (number.path[0], number.path[-1]) == place
    ]
    order = {key: index for index, key in enumerate(dict.fromkeys(first))}
    for number in sorted(numbers, key=lambda number: order.get(key_of(number), len(order))):
        entry, key = number.quantity, key_of(number)
        if entry.value is None or entry.low is None or entry.high is None or not entry.low < entry.high:
            continue
        series = f"a dated series from {entry.value:g} on; once moved it is the same on every day"
        yield Lever(
            key=key,
            label=labels[key],
            group=MAIN if key in order else OTHER,
            value=entry.value,
            meaning=entry.meaning or "",
            source=entry.source or "",
            unit=entry.unit or number.unit,
            low=entry.low,
            high=entry.high,
            step=_round_step(entry.low, entry.high),
            note=series if entry.steps else "",
        )


def _round_step(low: float, high: float) -> float:
    """Choose a round step of about a hundredth of the range."""
    rough = (high - low) / STEPS
    size = 10.0 ** math.floor(math.log10(rough))
    return float(f"{next(times for times in (1, 2, 5, 10) if times * size >= rough * 0.999) * size:.3g}")


def checked_settings(levers: Mapping[str, Lever], wanted: Mapping[str, str | float]) -> Settings:
    """Check settings, and return those that differ from the scenario's.

    They are in the order of the levers.

    They may come from a link, which anybody may have written.
    Raises UserError for a key that is no lever, or a value that its lever cannot take.
    """
    problems: list[Problem] = [unknown(LINK, "", "lever", key, list(levers)) for key in wanted if key not in levers]
    settings: Settings = {}
    for key, lever in levers.items():
        if key not in wanted:
            continue
        value, problem = _lever_value(lever, wanted[key])
        if problem is not None:
            problems.append(problem)
        elif value != lever.value or lever.note:  # a dated series differs from the same number on every day
            settings[key] = value
    if problems:
        raise UserError(problems)
    return settings


def _lever_value(lever: Lever, text: str | float) -> tuple[float | str, Problem | None]:
    """Read a lever's value from text or a number; return it, and what is wrong with it."""
    if lever.options:
        known = text in lever.options
        return text, None if known else unknown(LINK, lever.key, "strategy", str(text), list(lever.options))
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if lever.low <= number <= lever.high:  # no comparison holds for NaN
        return number, None
    allowed = f"a number from {lever.low:g} to {lever.high:g}"
    return number, Problem(LINK, lever.key, f"found '{str(text)[:40]}'", allowed)
