"""The files of a new case of a kind: the case itself, an empty record, a map for imports, a study, what they are."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sim.scenario.kinds import CrisisKind
from sim.scenario.nodes import Node
from sim.scenario.record import MEANINGS
from sim.scenario.roles import Cast
from sim.scenario.yaml_text import write_yaml

CASE, RECORD, MAP, STUDY, README = "case.yaml", "record.csv", "map.yaml", "study.yaml", "README.md"
FILES = (CASE, RECORD, MAP, STUDY, README)
RECORD_COLUMNS = (
    "date", "actor", "target", "action", "outside", "description", "source", "confidence", "date_confidence", "note",
)  # fmt: skip
LEVELS = 5  # of each number that the study varies


@dataclass(frozen=True)
class NewCase:
    """What the user says of a new case: its kind and name, who plays what, its days and dates."""

    kind: CrisisKind
    name: str
    cast: Cast
    start: date
    replay_until: date
    end: date
    dates: dict[str, date] = field(default_factory=dict)

    @property
    def levers(self) -> list[str]:
        """Return the parameters that the study varies: the standing of the patrons there are, else what deters."""
        backing = [
            str(entry.items["standing"].value)
            for entry in self._entries("patrons")
            if self.cast.players.get(str(entry.items["patron"].value))
        ]
        deterring = [
            str(entry.items["weight"].value)
            for entry in self._entries("drives")
            if entry.items["drive"].value == "exposure"
        ]
        return list(dict.fromkeys(backing or deterring))

    def _entries(self, section: str) -> list[Node]:
        return list(self.kind.tree.node_at((section,)).items.values())

    def texts(self) -> dict[str, str]:
        """Return the text of every file that does not hang on what the case comes to, by its name."""
        return {
            CASE: "\n".join(self._case_lines()) + "\n",
            RECORD: ",".join(RECORD_COLUMNS) + "\n",
            STUDY: "\n".join(self._study_lines()) + "\n",
            README: self._read_me(),
        }

    def _case_lines(self) -> Iterator[str]:
        yield f"# {self.name}: a case of the kind that ships as {self.kind.name} (escalate list kinds)."
        yield f"# What is not here stands in the kind: escalate show {CASE} prints the whole, --origins where it stands."
        yield f"extends: {self.kind.name}"
        yield f"name: {_scalar(self.name)}"
        yield "description: How does the crisis go on?   # the question that this case asks"
        yield ""
        yield "# Who plays which role; another player is one more name here and one more label below."
        yield "roles:"
        for role, players in self.cast.players.items():
            names = f"[{', '.join(players)}]" if self.kind.roles[role].many else players[0]
            yield f"  {role}: {names}   # {self.kind.roles[role].label}"
        yield "actors:"
        for actor in self._actors():
            yield f"  {actor}: {{label: {_label(actor)}}}"
        yield ""
        yield "# Acts of the record are replayed up to replay_until; from the next day on the actors are free."
        yield f"clock: {{start: {self.start}, replay_until: {self.replay_until}, end: {self.end}}}"
        for name, day in self.dates.items():
            yield f"dates.{name}: {day}   # {self.kind.open_dates[name]}"
        yield ""
        yield f"# Dated, sourced acts ({README} says what each column holds). How often each acts unprovoked is learned from it."
        yield f"record: {{file: {RECORD}, replay: all, month_only: leave_out}}"
        yield ""
        yield f"# Your own numbers, each within its range (escalate list parameters {CASE} has range, unit and source)."
        for name in self.levers:
            yield f"parameters.{name}: {self._parameter(name, 'value')}   # {self._parameter(name, 'meaning')}"
        yield ""
        yield "# What if? An act that happens on a day, or is withheld:"
        yield "# acts.one: {act: ACTOR.ACTION, date: 2030-01-31, do: force}"

    def _study_lines(self) -> Iterator[str]:
        names = " and ".join(name.replace("_", " ") for name in self.levers)
        yield f"# escalate sweep {STUDY}"
        yield f"name: {_scalar(f'{self.name}, {names}')}"
        yield f"description: How does the crisis go at each level of {names}?"
        yield f"scenario: {CASE}"
        yield "levers:"
        for name in self.levers:
            yield f"  parameters.{name}: [{', '.join(f'{level:g}' for level in self._levels(name))}]"
        yield "runs: 1000"

    def _read_me(self) -> str:
        rows = "\n".join(f"| `{name}` | {MEANINGS[name]} |" for name in RECORD_COLUMNS)
        return README_TEXT.format(name=self.name, kind=self.kind.name, rows=rows)

    def _actors(self) -> list[str]:
        return [actor for players in self.cast.players.values() for actor in players]

    def _parameter(self, name: str, key: str) -> object:
        return self.kind.tree.node_at(("parameters", name, key)).value

    def _levels(self, name: str) -> list[float]:
        low, high = float(str(self._parameter(name, "low"))), float(str(self._parameter(name, "high")))
        return [low + (high - low) * step / (LEVELS - 1) for step in range(LEVELS)]


def _label(actor: str) -> str:
    return actor.replace("_", " ").title()


def _scalar(text: str) -> str:
    return write_yaml(text).strip()


README_TEXT = """\
# {name}

| file | is |
|---|---|
| `case.yaml` | the case: who plays what, its days, its own numbers; the rest stands in the kind `{kind}` |
| `record.csv` | its dated, sourced acts, one a row; empty as yet |
| `map.yaml` | who is who, for importing machine-coded acts |
| `study.yaml` | a sweep, for `escalate sweep study.yaml` |

A row of `record.csv` is one public act of one actor toward another:

| column | holds |
|---|---|
{rows}

```sh
escalate list actions case.yaml                  # what each can do, by the names that the record uses
escalate check case.yaml study.yaml map.yaml
escalate record check record.csv --for case.yaml
escalate run case.yaml
escalate sweep study.yaml
```
"""
