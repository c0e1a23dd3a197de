"""A live forecast read back: its tables as rows, as data frames, as text and as a page of a notebook."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

from sim.keeping import read_json, read_rows, verify
from sim.layout import Page, Table
from sim.optional import needed
from sim.scenario.outline import outline
from sim.scenario.problems import Place, Problem, UserError, unknown

Row = dict[str, Any]
ABOUT = "forecast.json"  # beside the tables: what they are of, and those that are not of chances
TABLES = ("chances", "rungs", "outcomes")
SHORT = ("tone", "role")  # kinds of classes that are shown unless all are wanted
REMEDY = "escalate forecast with --force, to make it again"
READING = (
    "Chances are shares of runs; “base” is the rate that the record alone teaches, without the model's answers and drives. "
    "“Expected” is the mean over runs of how many acts there are, with the middle 80 % of runs: what one course of events may bring, not how sure the mean is."
)


@dataclass(frozen=True)
class LiveForecast:
    """What is forecast of a case on a day.

    about: what it is of and what it was made with. chances: a row for each class of acts and horizon. rungs: a row for
    each pair and horizon. outcomes: a row for each outcome of the scenario.
    """

    folder: Path
    about: Row
    chances: list[Row]
    rungs: list[Row]
    outcomes: list[Row]

    def __repr__(self) -> str:
        about = self.about
        parts = f"on {about['on']}, {', '.join(map(str, about['horizons']))} days ahead, {about['runs']:,} runs, {len(self.chances)} chances"
        return outline(self, about["case"], parts, self.folder)

    def _repr_html_(self) -> str:
        """Show the tables as a notebook does."""
        parts = [f"<p>{escape(line)}</p>" for line in self.sentences()]
        for title, headers, rows in self.tables():
            parts += [f"<p><b>{escape(title)}</b></p>", Table(headers, rows).html()]
        return "\n".join(parts)

    def rows(self, table: str = "chances") -> list[Row]:
        """Return the rows of a table: chances, rungs or outcomes. Raises UserError for another."""
        if table not in TABLES:
            raise UserError([unknown(Place("forecast", 0), "", "table", table, TABLES)])
        rows: list[Row] = getattr(self, table)
        return rows

    @property
    def table(self) -> list[Row]:
        """Return the table of chances, as the results of options and turning points have theirs."""
        return self.chances

    def to_frame(self) -> Any:
        """Return the table of chances as a data frame. Raises UserError where pandas is missing."""
        return self.to_pandas()

    def to_pandas(self, table: str = "chances") -> Any:
        """Return a table as a data frame. Raises UserError for another table, or where pandas is missing."""
        pandas = needed("pandas", "report", "a data frame")
        return pandas.DataFrame(self.rows(table))

    def data(self) -> Row:
        """Return all of it for a machine: the same for the same forecast."""
        about = {key: value for key, value in self.about.items() if key != "record"}
        return {
            "folder": str(self.folder),
            **about,
            "chances": self.chances,
            "rungs": self.rungs,
            "outcomes": self.outcomes,
        }

    def text(self, everything: bool = False) -> str:
        """Write the tables as text, as a pipe gets them.

        Parameters: everything, each action and each outcome too.
        """
        return str(self.page(everything))

    def page(self, everything: bool = False) -> Page:
        """Return the sentences and the tables as a page.

        Parameters: everything, each action and each outcome too.
        """
        parts = [Page(f"{title}:", Table(headers, rows)) for title, headers, rows in self.tables(everything)]
        return Page("\n".join(self.sentences()), *parts)

    def sentences(self) -> list[str]:
        """Say what is forecast, what is known and assumed, and how the tables are read."""
        about = self.about
        acts = f"{len(about['record'])} acts of the record from {about['record_first']}"
        return [
            f"{about['case']}: what may come after {about['on']}. Known: {acts} to {about['on']}. {about['runs']:,} runs, seed {about['seed']}; numbers: {about['numbers']}.",
            *about["notes"],
            READING,
        ]

    def tables(self, everything: bool = False) -> list[tuple[str, list[str], list[list[str]]]]:
        """Return each table that is shown: its title, its headings, its cells."""
        tables = []
        for days in self.about["horizons"]:
            chances = [row for row in self.chances if row["days"] == days and (everything or row["kind"] in SHORT)]
            rungs = [row for row in self.rungs if row["days"] == days]
            first, last = next(((row["first"], row["last"]) for row in chances), ("", ""))
            window = f"{days} days, {first} to {last}"
            tables.append((f"Acts in {window}", self._chance_headers(), self._chance_cells(chances)))
            if rungs:
                tables.append((f"Highest rung in {window}", *self._rung_table(rungs)))
        outcomes = [row for row in self.outcomes if everything or row["headline"]]
        if outcomes:
            headers = ["outcome", "estimate", "base", self._year(), "to", "what it is"]
            tables.append(("Outcomes of the scenario", headers, [_outcome_cells(row) for row in outcomes]))
        return tables

    def _year(self) -> str:
        return f"last\n{self.about['last_year_days']} days"

    def _chance_headers(self) -> list[str]:
        return ["who → whom", "acts", "chance", "base", "expected (80 % of runs)", "base", self._year()]

    def _chance_cells(self, rows: Sequence[Row]) -> list[list[str]]:
        pairs = [self.pair(row) for row in rows]
        return [
            [
                "" if pair == above else pair,
                row["class"],
                _share(row["chance"]),
                _share(row["base_chance"]),
                f"{row['mean']:.1f} ({row['low']} to {row['high']})",
                f"{row['base_mean']:.1f}",
                str(row["last_year"]),
            ]
            for row, (above, pair) in zip(rows, pairwise(["", *pairs]), strict=True)
        ]

    def _rung_table(self, rows: Sequence[Row]) -> tuple[list[str], list[list[str]]]:
        ladder = self.about["ladder"]
        reached = max((rung for row in rows for rung in (*row["rungs"], row["last_year"])), default=0)
        shown = range(1, reached + 1)
        headers = ["who → whom", "likeliest", *(f"≥ {ladder[rung]}\n(base)" for rung in shown), self._year()]
        cells = []
        for row in rows:
            runs = sum(row["runs"])
            likeliest = ladder[max(range(len(ladder)), key=row["runs"].__getitem__)]
            shares = [f"{_share(sum(row['runs'][rung:]) / runs)} ({_share(sum(row['base'][rung:]))})" for rung in shown]
            cells.append([self.pair(row), likeliest, *shares, ladder[row["last_year"]]])
        return headers, cells

    def pair(self, row: Row) -> str:
        """Return who acts on whom in a row, by the names that the case gives them."""
        return f"{self.about['labels'][row['actor']]} → {self.about['labels'][row['target']]}"


def _share(share: float) -> str:
    return f"{share:.1%}" if share >= 0.0005 or share == 0.0 else "< 0.1%"


def _outcome_cells(row: Row) -> list[str]:
    if row["estimate"] is None:
        estimate = "never came"
    elif row["unit"] == "share" or row["kind"] == "share":
        estimate = _share(row["estimate"])
    else:
        number = row["estimate"] if isinstance(row["estimate"], str) else f"{row['estimate']:.4g}"
        estimate = f"{row['kind']} {number}"
    base = row["base"]
    beside = "" if base is None else _share(base) if row["kind"] == "share" else f"{base:.1f}"
    year = "" if row["last_year"] is None else str(row["last_year"])
    return [row["outcome"], estimate, beside, year, row["last"] or "", row["meaning"]]


def read_forecast(folder: Path) -> LiveForecast:
    """Read a forecast from its folder.

    Raises UserError if `folder` is not one, or if a file of it is missing or damaged.
    """
    if not (folder / ABOUT).is_file():
        text = f"is not the folder of a forecast: it lacks {ABOUT}"
        raise UserError([Problem(Place(str(folder), 0), "", text, "a folder that escalate forecast wrote")])
    verify(folder, contents=False, remedy=REMEDY)
    about = read_json(folder / ABOUT)
    rungs, outcomes = about.pop("rungs"), about.pop("outcomes")
    chances: list[Row] = json.loads(json.dumps(read_rows(folder / "chances.parquet"), default=_plain))
    return LiveForecast(folder, about, chances, rungs, outcomes)


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return str(value)
    raise TypeError(f"no table of a forecast holds {type(value).__name__}")
