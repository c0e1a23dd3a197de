"""`escalate scales`: whether a result depends on the scale of events."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from sim.commands.desk import Desk, Row, with_desk
from sim.commands.switches import RESUME, SEED, SETTING, WholeNumber, examples, runs_option

if TYPE_CHECKING:
    from sim.evidence.parts import Parts
    from sim.layout import Page

MOST_ERROR = 98  # half a 95 % interval of a share of one half, of one run, in points
READING = (
    "Share of runs under other weights of acts; signs stay. flat: every act 5 points. PLOVER's categories: the average weight of the CAMEO codes of each "
    "category (its own scores could not be had). Off by up to 25 %: the middle of {jitters} draws, and the range of them. Nothing is fitted anew. "
    "Every ensemble has {runs:,} runs, all under the same luck: a share by itself is known to ±{reach:.1f} points or better (95 %, simulation error only)."
)


@click.command(
    "scales",
    short_help="Play scenarios with acts weighed by other scales.",
    epilog=examples(
        "escalate scales baseline",
        "escalate scales baseline baseline+weak_backing --runs 1000",
    ),
)
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@runs_option(2000, "Runs of each scale.", 100, 1_000_000)
@click.option(
    "--jitters", default=20, show_default=True, type=WholeNumber(1, 1000), help="Draws of weights off by up to 25 %."
)
@SEED
@SETTING
@RESUME
@with_desk("out", "force", "verify", "wide", "json")
def command(desk: Desk, files: tuple[str, ...], resume: bool, **options: Any) -> None:
    """Play each FILE with acts weighed by other scales of hostility.

    Three scales stand beside its own: one weight for every act, weights of PLOVER's categories, and every weight off
    by up to a quarter.
    """
    from sim.evidence.folder import EvidencePlan, Subject, scenario_subject
    from sim.evidence.scales import share_rows, tasks_of
    from sim.scenario.load import load

    runs, jitters, seed, settings = (options[name] for name in ("runs", "jitters", "seed", "settings"))

    def work(parts: "Parts") -> Sequence[Row]:
        """Play the ensembles; returns the rows of the table."""
        desk.compile("ensemble", "learning")
        tasks = tasks_of(files, settings, runs, jitters, seed)
        with desk.progress(len(tasks), "ensembles") as each:
            return share_rows(tasks, desk.note, each, parts)

    loaded = [load(file, settings) for file in files]
    about = {"scenarios": [scenario.scenario.name for scenario in loaded], "files": list(files)}
    subject = Subject(scenario_subject(loaded[0]).name, " ".join(scenario.hash for scenario in loaded), about)
    plan = EvidencePlan("scales", subject, {"runs": runs, "jitters": jitters, "seed": seed})
    rows = desk.keep_rows_in_parts(plan, work, resume)
    if desk.as_json:
        desk.answer_data(rows)
    else:
        desk.answer(scales_text(rows, runs, jitters))
    desk.note(f"Written to: {desk.result}")


def scales_text(rows: Sequence[Row], runs: int, jitters: int) -> "Page":
    """Return the table, a column a scale."""
    from sim.layout import Page, Table

    names = list(dict.fromkeys(row["scale"] for row in rows))
    cells = {(row["outcome"], row["scenario"], row["scale"]): row for row in rows}
    lines = dict.fromkeys((row["outcome"], row["scenario"]) for row in rows)
    table: list[list[Any]] = [[*line, *(_share_text(cells[(*line, name)]) for name in names)] for line in lines]
    headers = ["outcome", "scenario", *names]
    reading = READING.format(runs=runs, jitters=jitters, reach=MOST_ERROR / math.sqrt(runs))
    return Page(reading, Table(headers, table))


def _share_text(row: Row) -> str:
    spread = f" ({row['lowest']:.1%} to {row['highest']:.1%})" if row["lowest"] < row["highest"] else ""
    return f"{row['share']:.1%}" + spread
