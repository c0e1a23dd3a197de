"""What stands between actors while acts of a record land: facts, open threats and memories, without the compiler.

It is the part of the rules (`sim/rules/memory.py`, `sim/rules/effects.py`) that requirements read, on names in place of
codes, so that checking a file starts at once; a test holds it to the engine, act by act. Errors of perception are taken
at their mean.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sim.rules.marks import cooperative_mark, hostile_mark, kept_overnight
from sim.scenario.quantities import on_day, settled
from sim.scenario.schema import Condition, Quantity, Scenario
from sim.scenario.selection import NamedAction

TONES = {"hostility": "hostile", "goodwill": "cooperative"}  # the channel whose half-life a memory has
WORDS = {"at_least": "at least", "at_most": "at most"}


class Standing:
    """All that requirements read, on one morning: nothing has happened before the first.

    Parameters: first, that morning; facts that hold at the start have risen on it.
    """

    def __init__(self, scenario: Scenario, first: date):
        self.scenario = scenario
        there = {name: fact.at_start for name, fact in scenario.facts.items() if fact.at_start > 0}
        self.counts: dict[str, int] = defaultdict(int, there)  # of facts
        self.risen: dict[str, date] = dict.fromkeys(there, first)
        self.memories: dict[str, dict[tuple[str, str], float]] = {kind: defaultdict(float) for kind in TONES}
        self.threats: dict[tuple[str, str], float] = defaultdict(float)
        self.nightly: dict[int, float] = {}  # overnight, by the half-life's identity, where it never changes

    def number(self, quantity: Quantity | None, day: date) -> float:
        """Return a number on a day; 1, which changes nothing, for an absent factor."""
        return 1.0 if quantity is None else on_day(quantity, day, self.scenario.parameters)

    # --- the night

    def pass_night(self, day: date, acts: Sequence[NamedAction]) -> None:
        """Let memories fade, then let the acts of a day land, in the order of their names."""
        self._fade(day)
        if not acts:
            return
        landing: dict[str, dict[tuple[str, str], float]] = {kind: defaultdict(float) for kind in (*TONES, "healing")}
        acts = sorted(acts, key=lambda act: act.name)
        for act in acts:
            self._strike(act, day, landing)
            self._commit(act, day, landing)
            for fact, change in act.entry.raises.items():
                self.counts[fact] += change
                self.risen[fact] = day
        for kind, memory in self.memories.items():
            for pair, marks in landing[kind].items():
                memory[pair] += marks
        for pair, marks in landing["healing"].items():
            self.memories["hostility"][pair] = max(0.0, self.memories["hostility"][pair] - marks)
        for act in acts:
            self._lower(act)
        for act in acts:
            if act.entry.role == "imposition":
                self.threats[act.actor, act.target] *= self.number(self.scenario.rules.imposition_leaves, day)

    def _fade(self, day: date) -> None:
        for kind, memory in self.memories.items():
            for holder, about in memory:
                entry = self.scenario.channel((holder, about, TONES[kind]))
                half_life = entry.memory_half_life_days or self.scenario.pair(holder, about).memory_half_life_days
                memory[holder, about] *= self._kept_of(half_life, day)
        for holder, about in self.threats:
            half_life = self.scenario.actors[holder].commitment_half_life_days
            self.threats[holder, about] *= self._kept_of(half_life, day)

    def _kept_of(self, half_life: Quantity, day: date) -> float:
        if settled(half_life, self.scenario.parameters).steps:
            return kept_overnight(self.number(half_life, day))
        if id(half_life) not in self.nightly:
            self.nightly[id(half_life)] = kept_overnight(self.number(half_life, day))
        return self.nightly[id(half_life)]

    def _strike(self, act: NamedAction, day: date, landing: dict[str, dict[tuple[str, str], float]]) -> None:
        rules, salience = self.scenario.rules, self.number(act.entry.salience, day)
        clear = math.exp(self.number(rules.misperception_bias, day))
        feelers = [(act.target, clear)] + [
            (sympathy.actor, clear * self.number(sympathy.share, day))
            for sympathy in self.scenario.sympathies.values()
            if (sympathy.feels_for, sympathy.against) == (act.target, act.actor)
        ]
        for feeler, share in feelers:
            friendly = share * cooperative_mark(act.goldstein, salience)
            landing["hostility"][feeler, act.actor] += share * hostile_mark(act.goldstein, salience)
            landing["goodwill"][feeler, act.actor] += friendly
            landing["healing"][feeler, act.actor] += self.number(rules.cooperation_heals, day) * friendly

    def _commit(self, act: NamedAction, day: date, landing: dict[str, dict[tuple[str, str], float]]) -> None:
        rules = self.scenario.rules
        opens = {"threat": rules.threat_opens, "demand": rules.demand_opens}.get(act.entry.role)
        if opens is not None:
            self.threats[act.actor, act.target] += self.number(opens, day)
        for addition in act.entry.adds:
            amount, pair = self.number(addition.amount, day), (addition.holder, addition.about)
            if addition.to in TONES:
                landing[addition.to][pair] += amount
            elif addition.to == "threats":
                self.threats[pair] += amount

    def _lower(self, act: NamedAction) -> None:
        for fact, change in act.entry.lowers.items():
            self.counts[fact] = max(0, self.counts[fact] - change)
        first = next((fact for fact in act.entry.lowers_first if self.counts[fact] > 0), None)
        if first is not None:
            self.counts[first] -= 1

    # --- the evening, and the next morning

    def tension(self, first: str, second: str) -> float:
        """Add up the hostility that two actors remember of each other, in marks."""
        hostility = self.memories["hostility"]
        return hostility.get((first, second), 0.0) + hostility.get((second, first), 0.0)

    def failing(self, act: NamedAction, day: date) -> list[str]:
        """Say, for each requirement of an act that does not hold on a morning, what it asks for and what holds."""
        failing = []
        for condition in act.entry.requires:
            tests = condition.any or [condition]
            if not any(self._holds(test, act, day) for test in tests):
                words = [self._in_words(test, act, day) for test in tests]
                failing.append(words[0] if len(words) == 1 else "one of these must hold: " + "; ".join(words))
        return failing

    def _amount(self, test: Condition, act: NamedAction) -> float:
        if test.quantity == "threats_open":
            return self.threats.get((act.actor, act.target), 0.0)
        if test.quantity in self.memories:
            return self.memories[test.quantity].get((act.actor, act.target), 0.0)
        return float(self.counts.get(str(test.quantity), 0))

    def _holds(self, test: Condition, act: NamedAction, day: date) -> bool:
        if test.at_least is not None:
            return self._amount(test, act) >= self.number(test.at_least, day)
        if test.at_most is not None:
            return self._amount(test, act) <= self.number(test.at_most, day)
        risen = self.risen.get(str(test.quantity))
        return risen is not None and (day - risen).days >= self.number(test.days_since, day)

    def _in_words(self, test: Condition, act: NamedAction, day: date) -> str:
        if test.days_since is not None:
            risen = self.risen.get(str(test.quantity))
            rose = "it never rose" if risen is None else f"it last rose on {risen}, {(day - risen).days} before"
            return (
                f"{test.quantity} must have risen {self._limit(test.days_since, day)} days before or more, and {rose}"
            )
        key = "at_least" if test.at_least is not None else "at_most"
        toward = "" if test.quantity in self.scenario.facts else f" toward {act.target}"
        limit = self._limit(getattr(test, key), day)
        return f"{test.quantity}{toward} must be {WORDS[key]} {limit}, and was {self._amount(test, act):.3g}"

    def _limit(self, quantity: Quantity, day: date) -> str:
        named = f" ({quantity.parameter})" if quantity.parameter is not None else ""
        return f"{self.number(quantity, day):.4g}{named}"
