"""Effects of several acts on one outcome, as rows, as a data frame, as text and as a table of a notebook."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.keeping import read_json, write_json
from sim.layout import Headline, Page, Table
from sim.optional import needed
from sim.scenario.compile import Compiled
from sim.scenario.outline import outline
from sim.study.grounds import grounds_of

if TYPE_CHECKING:
    from sim.evidence.folder import EvidencePlan

Row = dict[str, Any]
ABOUT = "effects.json"


@dataclass(frozen=True)
class EffectTable:
    """What acts do to an outcome, those that lower it most first.

    title: what was asked, in a sentence. outcome: its name. meaning: that, in the scenario's words. reading: sentences that belong beside the table. effects: a row each, of change,
    words, day, difference, low, high, here, there, parted and first. absent: acts that could not be tried, and why. unit: of the
    differences.
    """

    title: str
    outcome: str
    meaning: str
    reading: tuple[str, ...]
    unit: str
    effects: list[Row]
    absent: list[Row]

    def __repr__(self) -> str:
        return outline(self, self.title, f"{len(self.effects)} effects, {len(self.absent)} that could not be tried")

    def _repr_html_(self) -> str:
        """Show the tables as a notebook does."""
        parts = [f"<p><b>{escape(self.title)}</b></p>", *(table.html() for table in self.tables())]
        return "\n".join([*parts, *(f"<p>{escape(line)}</p>" for line in self.reading)])

    @property
    def outcome_words(self) -> str:
        """Say the outcome in the scenario's words."""
        return f"“{self.meaning}”"

    def rows(self) -> list[Row]:
        """Return the effects, a row each."""
        return self.effects

    @property
    def table(self) -> list[Row]:
        """Return the effects, a row each."""
        return self.effects

    def to_frame(self) -> Any:
        """Return the effects as a data frame. Raises UserError where pandas is missing."""
        return needed("pandas", "report", "a data frame").DataFrame(self.effects)

    def data(self) -> Row:
        """Return all of it for a machine."""
        return {
            "title": self.title,
            "outcome": self.outcome,
            "meaning": self.meaning,
            "unit": self.unit,
            "effects": self.effects,
            "absent": self.absent,
            "reading": list(self.reading),
        }

    def text(self) -> str:
        """Write the tables as text, as a pipe gets them."""
        return str(self.page())

    def page(self) -> Page:
        """Return the tables as a page, its headline first."""
        return Page(Headline(self.headline()), self.title, *self.tables(), "\n".join(self.reading))

    def headline(self) -> str:
        """Say which act changes the outcome most, or that none surely does."""
        sure = [row for row in self.effects if row["low"] > 0.0 or row["high"] < 0.0]
        if not sure:
            return f"None of {len(self.effects)} surely changes {self.outcome_words}."
        most = max(sure, key=lambda row: abs(row["difference"]))
        gap = f"{most['difference']:+.1f} {self.unit} (95 % {most['low']:+.1f} to {most['high']:+.1f})"
        return f"The largest effect on {self.outcome_words}: {gap}, by “{most['words']}” on {most['day']}."

    def tables(self) -> list[Table]:
        """Return each table that is shown."""
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
        if len({row["day"] for row in self.effects}) == 1 and str(self.effects[0]["day"]) in self.title:
            headers, body = [headers[0], *headers[2:]], [[row[0], *row[2:]] for row in body]
        tables = [Table(headers, body, leaves=("first by", "runs that part", "day"))] if body else []
        if self.absent:
            rows = [[row["words"], row["reason"]] for row in self.absent]
            tables.append(Table(["not available", "because"], rows))
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
        "first_acts": " ".join(sorted(arm.names)),
    }


def reading_with_grounds(sentences: Sequence[str], compiled: Compiled, rows: Sequence[Row]) -> tuple[str, ...]:
    """Return what belongs beside a table: sentences, and what the effects rest on."""
    names = {name for row in rows for name in row["first_acts"].split()}
    return (*sentences, *grounds_of(compiled, names).sentences())


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
        data["title"],
        data["outcome"],
        data["meaning"],
        tuple(data["reading"]),
        data["unit"],
        data["effects"],
        data["absent"],
    )
