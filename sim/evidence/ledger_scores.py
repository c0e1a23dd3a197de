"""The forecasts of a ledger that have come due, scored by a newer record against what the record alone said then."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from sim.evidence import scores as s
from sim.evidence.backtest import adjusted
from sim.evidence.known import is_known
from sim.evidence.ledger import Ledger, read_ledger
from sim.evidence.ledger_outcomes import outcome_scores
from sim.evidence.outlook import RIVALS, count_chances
from sim.evidence.truth import MONTH_ONLY, option_error
from sim.layout import Table
from sim.optional import needed
from sim.scenario.outline import outline
from sim.scenario.problems import Place, Problem, UserError, unknown
from sim.scenario.record import Row as Act
from sim.scenario.record import placed, read_record

Row = dict[str, Any]
FORECASTERS = ("model", *RIVALS)
TABLES = ("rows", "skills", "waiting", "revised")
SEED = 1  # of the blocks that are drawn again


@dataclass(frozen=True)
class Scored:
    """What a newer record says of a ledger.

    until: the last day of which the record is taken to be whole. rows: a row for each score of each chance that is due,
    of each forecaster. skills: the model against each rival. waiting: horizons that are not due yet. revised: rows of
    the record that a forecast knew otherwise. notes: what else must be known, a sentence each.
    """

    until: date
    rows: list[Row]
    skills: list[Row]
    waiting: list[Row]
    revised: list[Row]
    notes: list[str]

    def __repr__(self) -> str:
        parts = f"{len(self.rows)} scores, {len(self.waiting)} windows not due, {len(self.revised)} rows revised"
        return outline(self, f"record to {self.until}", parts)

    def _repr_html_(self) -> str:
        """Show the skills as a notebook does."""
        lines = [f"The record is whole to {self.until}; {len(self.waiting)} windows are not due yet.", *self.notes]
        cells = [
            {key: f"{cell:.3f}" if isinstance(cell, float) else cell for key, cell in row.items()}
            for row in self.skills
        ]
        return "\n".join([*(f"<p>{escape(line)}</p>" for line in lines), Table.from_records(cells).html()])

    def to_pandas(self, table: str = "skills") -> Any:
        """Return rows, skills, waiting or revised as a data frame. Raises UserError for another, or without pandas."""
        if table not in TABLES:
            raise UserError([unknown(Place("score", 0), "", "table", table, TABLES)])
        return needed("pandas", "report", "a data frame").DataFrame(getattr(self, table))


def score(ledger: Path | str, record: Path | str, until: date | str | None = None) -> Scored:
    """Score the forecasts of a ledger that have come due, by a newer record.

    Parameters: ledger, its file; record, a CSV of dated acts; until, the last day of which it is whole, by default
    that of its last dated row.
    Raises UserError for a ledger that is not sound, or a record that is not of its cases.
    """
    day = date.fromisoformat(until) if isinstance(until, str) else until
    return score_ledger(read_ledger(Path(ledger)), Path(record), day)


def score_ledger(ledger: Ledger, record: Path, until: date | None = None) -> Scored:
    """Score every forecast of a ledger whose last day the record has passed.

    Parameters: record, the newer one, of the columns of any record; until, the last day of which it is whole, by
    default that of its last dated row.
    Raises UserError for an empty ledger, a record that cannot be read, one that is not of the ledger's cases, or a day after which it
    has rows.
    """
    if not ledger.lines:
        text, allowed = "holds no forecast", "a ledger that escalate forecast --ledger wrote"
        raise UserError([Problem(Place(str(ledger.path), 0), "", text, allowed)])
    acts = read_record(record, str(record))
    last = _last_day(acts, record, until)
    rows: list[Row] = []
    waiting: list[Row] = []
    revised: list[Row] = []
    notes: dict[str, None] = {}
    counted_so: dict[str, list[tuple[Row, list[tuple[Act, str]]]]] = {}
    strangers = 0
    for line in ledger.lines:
        newer = _acts_of(line, acts)
        if not newer:
            notes[f"{line['case']}: the record has no act of it, so that its forecasts are not scored."] = None
            strangers += 1
            continue
        revised += _revisions(line, newer)
        counted = _counted_acts(newer)
        for days in line["horizons"]:
            windows = [row for row in line["chances"] if row["days"] == days]
            end = date.fromisoformat(line["on"]).toordinal() + days
            if end > last.toordinal():
                waiting.append(_head(line) | {"days": days, "last": str(date.fromordinal(end))})
                continue
            rows += _chance_scores(line, windows, counted)
            rows += _rung_scores(line, [row for row in line["rungs"] if row["days"] == days], counted)
        of_outcomes, reasons = outcome_scores(line, acts, last)
        rows += [_head(line) | row for row in of_outcomes]
        notes |= dict.fromkeys(reasons)
        counted_so.setdefault(str(line["case"]), []).append((line, newer))
    if strangers == len(ledger.lines):
        text = f"has no act that {ledger.path} forecasts"
        raise UserError([Problem(Place(str(record), 0), "", text, "a newer record of a case that was forecast")])
    notes |= dict.fromkeys(_notes(acts, counted_so))
    hindsight = sum(_is_hindsight(line) for line in ledger.lines)
    if hindsight:
        notes[
            f"{hindsight} of {len(ledger.lines)} forecasts were written down after days that they are about: no test of foresight."
        ] = None
    return Scored(last, rows, skill_rows(rows), waiting, revised, list(notes))


def _last_day(acts: Sequence[Act], record: Path, until: date | None) -> date:
    days = [act.day for act in acts if act.day is not None]
    if not days:
        raise UserError([Problem(Place(str(record), 0), "", "has no row with a day", "a record of dated acts")])
    if until is not None and until < max(days):
        raise option_error("--until", f"the record has rows after {until}", f"{max(days)} or later")
    return until or max(days)


def _head(line: Row) -> Row:
    return {"case": line["case"], "line": line["line"], "on": line["on"], "is_hindsight": _is_hindsight(line)}


def _is_hindsight(line: Row) -> bool:
    """Tell whether a forecast was made after the first of the windows that it is about had ended."""
    return bool(date.fromisoformat(line["made"][:10]).toordinal() > _first_end(line))


def _first_end(line: Row) -> int:
    return date.fromisoformat(line["on"]).toordinal() + min(line["horizons"])


def _acts_of(line: Row, acts: Sequence[Act]) -> list[tuple[Act, str]]:
    """List the acts of a record that a forecast knows, with the name that it has for each."""
    targets = {row["acts"][0]: row["target"] for row in line["chances"] if row["kind"] == "action"}
    known = []
    for act in acts:
        spelt_out = f"{act.name}_{act.target}"  # as a kind of crisis names an action toward one of several players
        name = act.name if act.name in targets else spelt_out
        if not act.outside and targets.get(name) == act.target:
            known.append((act, name))
    return known


def _revisions(line: Row, newer: Sequence[tuple[Act, str]]) -> list[Row]:
    """List the rows to the day of a forecast that are no longer in the record, and those that have come into it."""
    on = date.fromisoformat(line["on"])
    now = Counter(
        f"{act.day or act.month} {act.actor} {act.target} {name.partition('.')[2]}"
        for act, name in newer
        if is_known(act, on)
    )
    then: Counter[str] = Counter(line["record"])
    return [
        _head(line) | {"row": row, "change": change}
        for change, rows in (("gone", then - now), ("new", now - then))
        for row in sorted(rows.elements())
    ]


def _counted_acts(newer: Sequence[tuple[Act, str]]) -> dict[str, set[date]]:
    """Return the days on which each act is done; of a month alone, its middle, as in a back-test."""
    days: dict[str, set[date]] = {}
    for act, name in newer:
        day = placed(act, MONTH_ONLY)
        if day is not None:
            days.setdefault(name, set()).add(day)
    return days


def _count(row: Row, counted: dict[str, set[date]], name: str) -> int:
    first, last = date.fromisoformat(row["first"]), date.fromisoformat(row["last"])
    return sum(first <= day <= last for day in counted.get(name, ()))


def _chance_scores(line: Row, windows: Sequence[Row], counted: dict[str, set[date]]) -> Iterator[Row]:
    """Yield the scores of the chances of one horizon, of each forecaster."""
    floor = 1.0 / (line["runs"] + 2.0)
    for row in windows:
        observed = sum(_count(row, counted, name) for name in row["acts"])
        for forecaster in FORECASTERS:
            forecast = count_chances(row, forecaster)
            chance = float(s.chance_of_any(forecast, floor))
            values = {
                "brier": s.brier(np.array(chance), np.array(observed > 0)),
                "log": s.log_score(np.array(chance), np.array(observed > 0)),
                "crps": s.ranked_score(forecast, np.array(min(observed, s.COUNTS - 1))),
            }
            for score, value in values.items():
                yield _head(line) | {
                    "days": row["days"],
                    "kind": row["kind"],
                    "who": f"{row['actor']} → {row['target']}",
                    "class": row["class"],
                    "forecaster": forecaster,
                    "chance": chance,
                    "observed": observed,
                    "score_name": score,
                    "score": float(value),
                }


def _rung_scores(line: Row, windows: Sequence[Row], counted: dict[str, set[date]]) -> Iterator[Row]:
    """Yield the ranked scores of the highest rungs of one horizon, of each forecaster."""
    for row in windows:
        acts = zip(row["acts"], row["rungs"], strict=True)
        highest = max((rung for name, rung in acts if _count(row, counted, name)), default=0)
        for forecaster in FORECASTERS:
            forecast = np.array(row["runs" if forecaster == "model" else forecaster], float)
            yield _head(line) | {
                "days": row["days"],
                "kind": "rung",
                "who": f"{row['actor']} → {row['target']}",
                "class": "highest rung",
                "forecaster": forecaster,
                "chance": None,
                "observed": highest,
                "score_name": "rps",
                "score": float(s.ranked_score(forecast / forecast.sum(), np.array(highest))),
            }


def _notes(acts: Sequence[Act], counted_so: Mapping[str, Sequence[tuple[Row, list[tuple[Act, str]]]]]) -> Iterator[str]:
    """Yield what must be known of the acts that were counted.

    Parameters: acts, of the record; counted_so, by case, each line with the acts that it knows.
    """
    for case, lines in counted_so.items():
        first = min(date.fromisoformat(line["on"]) for line, _ in lines)
        known = {id(act) for _, newer in lines for act, _ in newer}
        later = [act for act in acts if not act.outside and not is_known(act, first)]
        strange = Counter(act.name for act in later if id(act) not in known)
        if strange:
            yield f"{case}: {sum(strange.values())} later acts of the record are of kinds that were not forecast: {', '.join(sorted(strange))}."
        months = sum(act.day is None for act in later if id(act) in known)
        if months:
            yield f"{case}: {months} later acts are known by their month only, and are counted in its middle."


def skill_rows(rows: Sequence[Row]) -> list[Row]:
    """Compute the model's skill against each rival, of each case, kind of class, horizon and score.

    Forecasts of one day count as one; days whose windows overlap hang together. Returns rows with the mean scores of
    both, how many days and chances they are of, and an interval, NaN where there are too few days to say.
    """
    groups: dict[tuple[Any, ...], dict[str, dict[tuple[Any, ...], Row]]] = {}
    for row in rows:
        days = None if row["kind"] == "outcome" else row["days"]
        forecasters = groups.setdefault((row["case"], row["kind"], days, row["score_name"]), {})
        forecasters.setdefault(row["forecaster"], {})[row["on"], row["line"], row["who"], row["class"]] = row
    return adjusted(
        [
            dict(zip(("case", "kind", "days", "score_name"), key, strict=True)) | {"rival": rival} | comparison
            for key, forecasters in groups.items()
            for rival in RIVALS
            if (comparison := _comparison(forecasters["model"], forecasters.get(rival, {})))
        ]
    )


def _comparison(model: dict[tuple[Any, ...], Row], rival: dict[tuple[Any, ...], Row]) -> Row:
    """Compare the scores of the chances that both have; nothing if there are none."""
    both = [key for key in model if key in rival]
    if not both:
        return {}
    days = sorted({key[0] for key in both})
    ours, theirs = (
        np.array([sum(scores[key]["score"] for key in both if key[0] == day) for day in days])
        for scores in (model, rival)
    )
    compared = s.skill_of(ours, theirs, SEED, max(s.BLOCK, _overlap(days, max(model[key]["days"] for key in both))))
    return {
        "forecast_days": len(days),
        "chances": len(both),
        "model": float(ours.sum()) / len(both),
        "theirs": float(theirs.sum()) / len(both),
        "skill": compared.estimate,
        "low": compared.low,
        "high": compared.high,
        "p": compared.p,
    }


def _overlap(on: Sequence[str], days: int) -> int:
    """Return of how many days of forecasts, at most, the windows overlap."""
    ordinals = np.array([date.fromisoformat(day).toordinal() for day in on])
    return int(max((np.abs(ordinals - start) < days)[place:].sum() for place, start in enumerate(ordinals)))
