"""`escalate score`: the forecasts of a ledger, scored by a newer record as they come due."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.commands.desk import Desk, Row, counted, with_desk
from sim.commands.switches import A_FILE, DAY, examples

if TYPE_CHECKING:
    from sim.evidence.ledger import Ledger
    from sim.evidence.ledger_scores import Scored
    from sim.layout import Page

FIGURES = ("due",)
NAMES = {"brier": "at least one, Brier", "log": "at least one, log", "crps": "counts, CRPS", "rps": "highest rung, RPS"}
RIVALS = {"base": "the record's rate alone", "persistence": "the last 30 days"}
KINDS = {"tone": "tones", "role": "roles", "action": "each action", "rung": "pairs", "outcome": "outcomes"}
READING = (
    "Scores are means; lower is better. Skill is 1 - score / score of the rival, above 0 where the model is better, with 95 % intervals from blocks of days whose windows overlap; "
    "* where that is sure once all comparisons, those of --all too, are taken together (Holm)."
)
SHORT = ("tone", "rung", "outcome")
MOST_LISTED = 20


@click.command(
    "score",
    short_help="Score the forecasts of a ledger that have come due.",
    epilog=examples(
        "escalate score ledger.jsonl --record newer.csv",
        "escalate score ledger.jsonl --record newer.csv --until 2018-01-31 --all",
    ),
)
@click.argument("ledger", type=A_FILE)
@click.option("--record", required=True, type=A_FILE, help="The newer record (CSV), which says what came.")
@click.option(
    "--until", type=DAY, help="The last day of which the record is whole; by default that of its last dated row."
)
@click.option("--head", metavar="HASH", help="A hash that was written down: that of a line which the ledger must have.")
@click.option("--all", "everything", is_flag=True, help="Roles and each action, too.")
@with_desk("out", "force", "verify", "wide", "json")
def command(desk: Desk, ledger: Path, record: Path, until: date | None, head: str | None, everything: bool) -> None:
    """Score the forecasts of LEDGER that have come due, by a newer record.

    Each is held against what the record alone said on its day: the rate that it teaches, and that of its last 30 days.
    """
    score_forecasts(desk, ledger, record, until, head, everything)


def score_forecasts(
    desk: Desk, path: Path, record: Path, until: date | None, head: str | None, everything: bool
) -> None:
    """Score a ledger, print the table, and write it with its figure.

    Raises UserError for a ledger that is not sound, or a record that is not of its cases.
    """
    from sim.evidence.folder import EvidencePlan, file_subject
    from sim.evidence.ledger import read_ledger
    from sim.evidence.ledger_scores import score_ledger
    from sim.keeping import file_hash, write_json

    ledger = read_ledger(path)
    if head is not None:
        ledger.check_head(head)
    scored = score_ledger(ledger, record, until)
    options = {"record": str(record), "record_hash": file_hash(record), "until": str(scored.until)}
    evidence = EvidencePlan("score", file_subject(path), options)
    folder = evidence.folder(desk.out)
    data = {
        "ledger": str(path),
        "forecasts": len(ledger.lines),
        "head": ledger.head,
        "until": str(scored.until),
        "skills": scored.skills,
        "not_due": scored.waiting,
        "revised": scored.revised,
        "notes": scored.notes,
    }
    if scored.rows:

        def work(part: Path) -> None:
            """Write the scores into a folder."""
            write_json(part / "skill.json", data)
            evidence.write(part, {"scored": scored.rows})

        desk.keep(folder, "score", work)
    if desk.as_json:
        desk.answer_data({"folder": str(folder) if scored.rows else None, **data, "scores": scored.rows})
    else:
        desk.answer(score_text(ledger, scored, everything))
    if scored.rows:
        desk.draw(folder, FIGURES)
        desk.note(f"Score folder: {folder}")


LEAVES = ("its score", "the model", "chances", "forecast days")  # on a narrow terminal


def score_text(ledger: "Ledger", scored: "Scored", everything: bool = False) -> "Page":
    """Return what is due and what is not, the scores against each rival, and what was revised.

    Parameters: everything, the scores of roles and of each action, too.
    """
    from sim.layout import Page

    head = f"{ledger.path}: {counted(len(ledger.lines), 'forecast')}, each bound to the one before; the last has the hash {ledger.head}. The record is whole to {scored.until}."
    parts: list[str | Page] = ["\n".join([head, *scored.notes])]
    if scored.skills:
        parts.append(READING)
        shown = [row for row in scored.skills if everything or row["kind"] in SHORT]
        parts += [_case_table(case, shown) for case in dict.fromkeys(row["case"] for row in shown)]
    else:
        parts.append("No forecast is due yet.")
    if scored.waiting:
        lines = [
            f"- line {row['line']}, {row['case']} on {row['on']}: {row['days']} days, due after {row['last']}"
            for row in scored.waiting
        ]
        parts.append(_listed("Not due yet:", lines))
    if scored.revised:
        lines = [f"- line {row['line']}, on {row['on']}: {row['change']}: {row['row']}" for row in scored.revised]
        parts.append(
            _listed("Rows of the record that a forecast knew otherwise (gone from it since, or new in it):", lines)
        )
    else:
        parts.append("The record agrees with what each forecast knew of it.")
    return Page(*parts)


def _listed(title: str, lines: Sequence[str]) -> str:
    more = [f"- … {len(lines) - MOST_LISTED} more (--json lists all)"] if len(lines) > MOST_LISTED else []
    return "\n".join([title, *lines[:MOST_LISTED], *more])


def _case_table(case: str, skills: Sequence[Row]) -> "Page":
    from sim.layout import Page, Table

    headers = ["of", "days", "score", "forecast days", "chances", "the model", "against", "its score", "skill"]
    cells = [
        [
            KINDS[row["kind"]],
            "" if row["days"] is None else str(row["days"]),
            NAMES[row["score_name"]],
            str(row["forecast_days"]),
            str(row["chances"]),
            f"{row['model']:.3f}",
            RIVALS[row["rival"]],
            f"{row['theirs']:.3f}",
            skill_words(row),
        ]
        for row in skills
        if row["case"] == case
    ]
    return Page(f"{case}:", Table(headers, cells, leaves=LEAVES))


def skill_words(row: dict[str, Any]) -> str:
    """Return a skill with its interval; where there are too few days of forecasts, that."""
    skill = "none to compare" if row["skill"] != row["skill"] else f"{row['skill']:+.2f}"
    if row["low"] != row["low"]:  # NaN
        return f"{skill}, n too few"
    return f"{skill} ({row['low']:+.2f} to {row['high']:+.2f}){' *' if row['is_sure'] else ''}"
