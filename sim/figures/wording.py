"""Write the keys of a scenario as it labels them: its numbers, its levers and its outcomes."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.figures.words import capitalised, in_words, lever_in_words, value_in_words
from sim.results.run_folder import load_kept
from sim.scenario.labels import labels_of
from sim.scenario.questions import Question, questions
from sim.scenario.schema import Scenario
from sim.scenario.selection import NamedAction, acts_of


@dataclass(frozen=True)
class Wording:
    """What a scenario calls its entries."""

    scenario: Scenario

    @cached_property
    def actors(self) -> dict[str, str]:
        """Return the label of each actor, by its name."""
        return {name: actor.label for name, actor in self.scenario.actors.items()}

    @cached_property
    def _labels(self) -> dict[str, str]:
        return labels_of(self.scenario)

    @cached_property
    def _questions(self) -> dict[str, Question]:
        return {name: question for question in questions(self.scenario) for name in question.names}

    @cached_property
    def _acts(self) -> dict[str, NamedAction]:
        return {act.name: act for act in acts_of(self.scenario)}

    def outcome(self, name: str) -> str:
        """Write a reported outcome: its act, its class, or what it means and of whom; its name in words if it is not asked."""
        question = self._questions.get(name)
        if question is None:
            return capitalised(in_words(name, self.actors))
        part = self.part(name)
        if question.classes or self._act(name) is not None:
            return part
        return capitalised(question.meaning.removeprefix("day on which ")) + (f" ({part})" if part else "")

    def part(self, name: str) -> str:
        """Write which of its question's outcomes this is: an act, a class, or of whom; nothing if it is the only one."""
        question, act = self._questions[name], self._act(name)
        if question.classes:
            return capitalised(question.classes[question.names.index(name)])
        if act is not None:
            return f"{self.actors[act.actor]}: {act.entry.meaning}"
        actors = filter(None, name.partition(".")[2].split("."))
        return (" – " if question.pair else " → ").join(self.actors.get(actor, actor) for actor in actors)

    def _act(self, name: str) -> NamedAction | None:
        """Return the act that an outcome is of, where its question has an outcome for each."""
        act = name.partition(".")[2]
        return self._acts[act] if self._questions[name].acts == (act,) else None

    def number(self, key: str) -> str:
        """Write a dotted key of a number or lever by its label."""
        return capitalised(lever_in_words(key, self._labels))

    def value(self, value: Any) -> str:
        """Write a level of a lever: an actor by its label."""
        return self.actors.get(str(value), value_in_words(value))


def wording_in(folder: Path) -> Wording:
    """Return what the scenario that a folder keeps calls its entries. Raises UserError if it cannot be read."""
    return Wording(load_kept(folder).scenario)
