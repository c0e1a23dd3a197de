"""Outcome entries as questions: which metric, on which acts or pair, in which window of days."""

from dataclasses import dataclass
from datetime import date

from sim.rules.registry import METRICS
from sim.scenario.schema import Action, Outcome, Scenario, Selection
from sim.scenario.selection import NamedAction, acts_of, dyads_of, pairs_of, selected

import sim.rules.metrics  # noqa: F401 isort: skip  (fills the registry)


@dataclass(frozen=True, slots=True)
class Question:
    """One outcome of every run. Days are indices from the clock's start."""

    name: str
    metric: str
    meaning: str
    headline: bool
    acts: tuple[str, ...]
    others: tuple[str, ...]
    pair: tuple[str, str] | None
    start: int
    end: int
    before: int
    share: float
    days: int
    at_least: int
    classes: tuple[str, ...]  # the names of the classes that the metric tells apart, by their places
    fact: str = ""  # the fact that it is about: `acts` are those that raise it, `others` those that lower it

    @property
    def names(self) -> list[str]:
        """Return the names under which it is reported: its own, or one a class."""
        return [class_outcome(self.name, class_name) for class_name in self.classes] or [self.name]


def class_outcome(question: str, name: str) -> str:
    """Return the name under which the share of one class of a question is reported."""
    return f"{question}.{name.replace(' ', '_')}"


def window(outcome: Outcome, scenario: Scenario) -> tuple[int, int]:
    """Return an outcome's window: its first day, and the day after its last.

    Both are indices from the clock's start.

    A date beyond the clock's end ends the window there.
    """
    clock = scenario.clock
    length = (clock.end - clock.start).days + 1
    places = {"start": 0, "free": (clock.replay_until - clock.start).days + 1, "end": length}
    places |= {name: (entry.date - clock.start).days for name, entry in scenario.dates.items()}
    return places[outcome.since], min(places[outcome.until], length)


def is_asked(outcome: Outcome, scenario: Scenario) -> bool:
    """Tell whether an outcome's window lies in the clock and holds as many days as the outcome needs, one or more."""
    start, end = window(outcome, scenario)
    return start >= 0 and end - start >= max(1, outcome.days or 1)


def questions(scenario: Scenario) -> list[Question]:
    """Return every outcome of a sound scenario that is asked, those of each action, dyad or pair spelt out.

    Where so much is replayed that an outcome has no days left, it is not asked.
    """
    acts = acts_of(scenario)
    spelt_out: list[Question] = []
    for name, outcome in scenario.outcomes.items():
        if is_asked(outcome, scenario):
            spelt_out += _spelt_out(name, outcome, scenario, acts)
    return spelt_out


def _spelt_out(name: str, outcome: Outcome, scenario: Scenario, acts: list[NamedAction]) -> list[Question]:
    chosen = selected(acts, outcome.acts or Selection())
    if outcome.each == "action":
        return [_question(f"{name}.{act.name}", outcome, scenario, acts, [act]) for act in chosen]
    if outcome.each == "dyad":
        dyads = [dyad for dyad in dyads_of(acts) if any((act.actor, act.target) == dyad for act in chosen)]
        return [
            _question(
                f"{name}.{actor}.{target}",
                outcome,
                scenario,
                acts,
                [a for a in chosen if (a.actor, a.target) == (actor, target)],
            )
            for actor, target in dyads
        ]
    if outcome.each == "pair":
        return [
            _question(f"{name}.{first}.{second}", outcome, scenario, acts, chosen, (first, second))
            for first, second in pairs_of(scenario, acts)
        ]
    pair = (min(outcome.pair), max(outcome.pair)) if outcome.pair else None
    return [_question(name, outcome, scenario, acts, chosen, pair)]


def _question(
    name: str,
    outcome: Outcome,
    scenario: Scenario,
    acts: list[NamedAction],
    chosen: list[NamedAction],
    pair: tuple[str, str] | None = None,
) -> Question:
    start, end = window(outcome, scenario)
    others = selected(acts, outcome.others) if outcome.others else []
    if outcome.fact is not None:  # it may have come about on any day before
        start, others = 0, [act for act in acts if lowered_by(act.entry, outcome.fact)]
        chosen = [act for act in acts if outcome.fact in act.entry.raises]
    return Question(
        name=name,
        metric=outcome.metric,
        meaning=outcome.meaning,
        headline=outcome.headline,
        acts=tuple(act.name for act in chosen) if outcome.acts or outcome.fact or outcome.each == "dyad" else (),
        others=tuple(act.name for act in others),
        pair=pair,
        start=start,
        end=end,
        before=_day_of(outcome.before, scenario),
        share=outcome.share or 0.0,
        days=outcome.days or 0,
        at_least=outcome.at_least or 0,
        classes=tuple((outcome.classes or {})[key] for key in METRICS[outcome.metric].classes),
        fact=outcome.fact or "",
    )


def lowered_by(action: Action, fact: str) -> int:
    """Return by how much an action lowers a fact that stands high enough; of `lowers_first` only the first surely is."""
    return action.lowers.get(fact, 0) + (action.lowers_first[:1] == [fact])


def _day_of(name: str | None, scenario: Scenario) -> int:
    days: date = scenario.dates[name].date if name is not None else scenario.clock.end
    return (days - scenario.clock.start).days
