"""`escalate calibrate`: does a fit find the numbers that made a case?"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from sim.commands.desk import Desk, Row, with_desk
from sim.commands.fit import short
from sim.commands.switches import DAY, FREE, RESUME, SEED, SETTING_OF_CASE, SINCE, WORKERS, WholeNumber, examples

if TYPE_CHECKING:
    from sim.evidence.parts import Parts
    from sim.layout import Page

READING = (
    "Cases that never happened, simulated at numbers drawn from the priors, and fitted by the peak and its curvature. recovered: correlation of the truth and "
    "what the fit found, over cases (0: a case of this length says nothing about it). covered: how often 95 % intervals held the truth. "
    "ranks uniform: chance of ranks as uneven as these if the fit is right (Talts et al. 2018)."
)
FEW = 100  # cases


@click.command(
    "calibrate",
    short_help="Check that a fit recovers the numbers that made a case.",
    epilog=examples(
        "escalate calibrate baseline --until 2017-09-15",
        "escalate calibrate baseline --until 2017-09-15 --cases 20 --resume",
    ),
)
@click.argument("file")
@click.option("--until", required=True, type=DAY, help="The last day of the record that a fit would know.")
@SINCE
@FREE
@click.option(
    "--cases",
    default=100,
    show_default=True,
    type=WholeNumber(20, 100_000),
    help="How many are simulated and fitted.",
)
@WORKERS
@SEED
@SETTING_OF_CASE
@RESUME
@with_desk("out", "force", "verify", "wide", "json")
def command(desk: Desk, file: str, resume: bool, **options: Any) -> None:
    """Check that a fit recovers the numbers that made a case.

    Cases as long as FILE's record are simulated, and each is fitted.
    """
    calibrate_scenario(desk, file, CalibrationRequest(**options), resume)


@dataclass(frozen=True)
class CalibrationRequest:
    """The options of a calibration. cases: how many are simulated. free: keys of the numbers to fit."""

    until: date
    since: date | None
    free: tuple[str, ...]
    cases: int
    workers: int | None
    seed: int
    settings: tuple[str, ...]


def calibrate_scenario(desk: Desk, file: str, request: CalibrationRequest, resume: bool) -> None:
    """Simulate cases, fit each, and print whether the truth was found.

    Raises UserError for a scenario, a day or a number that cannot be fitted.
    """
    from sim.evidence.calibration import calibrate, calibration_rows
    from sim.evidence.case import case_of
    from sim.evidence.folder import EvidencePlan, scenario_subject
    from sim.scenario.labels import labels_of

    settings, free = list(request.settings), request.free or None
    case = case_of(file, request.until, settings=settings, since=request.since, free=free)
    days = (request.until - case.first).days + 1

    def work(parts: "Parts") -> Sequence[Row]:
        """Fit the cases; returns the rows of the table."""
        desk.note(f"{request.cases} cases, {days} days each, at numbers drawn from the priors; {len(case.keys)} free.")
        desk.compile("run", "likelihood")
        workers = request.workers or os.cpu_count() or 1
        with desk.progress(request.cases, "cases", case.loaded.scenario.name) as each:
            return calibration_rows(calibrate(case, request.cases, request.seed, workers, each, parts))

    options = {"since": case.first, "until": request.until, "free": case.keys}
    options |= {"cases": request.cases, "seed": request.seed}
    rows = desk.keep_rows_in_parts(EvidencePlan("calibration", scenario_subject(case.loaded), options), work, resume)
    if desk.as_json:
        desk.answer_data(rows)
    else:
        desk.answer(calibration_text(rows, labels_of(case.loaded.scenario)))
    desk.note(f"Written to: {desk.result}")


def calibration_text(rows: Sequence[Row], labels: Mapping[str, str]) -> "Page":
    """Return the table of a calibration, with a verdict. labels: of numbers, by their keys."""
    from sim.layout import Page, Table

    cells = [
        [
            short(row["number"], labels),
            f"{row['recovered']:.2f}",
            f"{100 * row['covered']:.0f} %",
            f"{row['uniform_p']:.2f}",
        ]
        for row in rows
    ]
    table = Table(["number", "recovered", "covered", "ranks uniform, p"], cells, "<>>>")
    return Page(READING, _cases_text(rows[0]), table, _verdict(rows))


def _cases_text(row: Row) -> str:
    text = (
        f"{row['cases']} cases of {row['middle_acts']} acts (middle one; {row['fewest_acts']} to {row['most_acts']})."
    )
    if row["failed"]:
        text += f" {row['failed']} more could not be fitted: the search for their likeliest numbers did not end."
    if row["cases"] < FEW:
        text += " So few cases show gross faults only: intervals that hold the truth in four fifths of cases may pass."
    return text


def _verdict(rows: Sequence[Row]) -> str:
    worst = min(row["uniform_p"] for row in rows)
    verdict = (
        "the fit is NOT calibrated (Bonferroni, 5 %)."
        if len(rows) * worst < 0.05
        else "no sign that the fit is not calibrated (Bonferroni, 5 %)."
    )
    return f"The smallest p is {worst:.3f} over {len(rows)} numbers: {verdict}"
