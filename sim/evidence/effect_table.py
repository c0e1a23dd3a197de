"""Effects of several acts on one outcome, as rows, as a data frame, as text and as a table of a notebook."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tabulate import tabulate

from sim.keeping import read_json, write_json
from sim.optional import needed
from sim.scenario.outline import outline

if TYPE_CHECKING:
    from sim.evidence.folder import EvidencePlan

Row = dict[str, Any]
ABOUT = "effects.json"


@dataclass(frozen=True)
class EffectTable:
    """What acts do to an outcome, those that lower it most first.

    title: what was asked, in a sentence. outcome: its name. reading: sentences that belong beside the table. effects: a row each, of change,
    words, day, difference, low, high, here, there, parted and first. absent: acts that could not be tried, and why. unit: of the
    differences.
    """

    title: str
    outcome: str
    reading: tuple[str, ...]
    unit: str
    effects: list[Row]
    absent: list[Row]

    def __repr__(self) -> str:
        return outline(self, self.title, f"{len(self.effects)} effects, {len(self.absent)} that could not be tried")

    def _repr_html_(self) -> str:
        """Show the tables as a notebook does."""
        parts = [f"<p><b>{escape(self.title)}</b></p>"]
        parts += [str(tabulate(rows, headers, "html", disable_numparse=True)) for headers, rows in self.tables()]
        return "\n".join([*parts, *(f"<p>{escape(line)}</p>" for line in self.reading)])

    @property
    def outcome_words(self) -> str:
        """Say the outcome in words."""
        return self.outcome.replace("_", " ").replace(".", ", ")

    def rows(self) -> list[Row]:
        """Return the effects, a row each."""
        return self.effects

    def to_pandas(self) -> Any:
        """Return the effects as a data frame. Raises UserError where pandas is missing."""
        return needed("pandas", "report", "a data frame").DataFrame(self.effects)

    def data(self) -> Row:
        """Return all of it for a machine."""
        return {
            "title": self.title,
            "outcome": self.outcome,
            "unit": self.unit,
            "effects": self.effects,
            "absent": self.absent,
            "reading": list(self.reading),
        }

    def text(self) -> str:
        """Write the tables as text."""
        tables = [str(tabulate(rows, headers, disable_numparse=True)) for headers, rows in self.tables()]
        return "\n\n".join([self.title, *tables, "\n".join(self.reading)])

    def tables(self) -> list[tuple[list[str], list[list[str]]]]:
        """Return each table that is shown: its headings, and its cells."""
        headers = ["act", "day", f"effect, {self.unit}", "95 % interval", "runs that part", "first by"]
        body = [
            [
                row["words"],
                str(row["day"]),
                f"{row['difference']:+.1f}",
                f"{row['low']:+.1f} to {row['high']:+.1f}",
                f"{row['parted']:.0%}",
                row["first"],
            ]
            for row in self.effects
        ]
        tables = [(headers, body)] if body else []
        if self.absent:
            tables.append((["not available", "because"], [[row["words"], row["reason"]] for row in self.absent]))
        return tables


def effect_row(change: str, words: str, day: object, arm: Any) -> Row:
    """Return the row of an effect.

    Parameters: change, the name of the act; words, what readers see; arm, what it does.
    """
    firsts = ", ".join(f"{words_of} ({count / max(1, arm.looked_at):.0%})" for words_of, count in arm.first_acts)
    return {
        "change": change,
        "words": words,
        "day": str(day),
        "difference": arm.effect.mean,
        "low": arm.effect.low,
        "high": arm.effect.high,
        "here": arm.here,
        "there": arm.there,
        "parted": arm.parted / max(1, arm.looked_at),
        "first": firsts,
    }


def sorted_rows(rows: Sequence[Row]) -> list[Row]:
    """Sort effects: the lowest first, those that are alike by their names."""
    return sorted(rows, key=lambda row: (row["difference"], row["words"]))


def write_effects(folder: Path, table: EffectTable, plan: "EvidencePlan") -> None:
    """Write a table and its manifest into a folder."""
    write_json(folder / ABOUT, table.data())
    plan.write(folder, {plan.kind: table.effects} if table.effects else {})


def read_effects(folder: Path) -> EffectTable:
    """Read a table back. Raises UserError if a file of it is missing or damaged."""
    data = read_json(folder / ABOUT)
    return EffectTable(
        data["title"], data["outcome"], tuple(data["reading"]), data["unit"], data["effects"], data["absent"]
    )
