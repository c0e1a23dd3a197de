"""`escalate scales`: whether a result depends on the scale of events."""

from collections.abc import Sequence
from typing import Any

import click

from sim.commands.desk import Desk, Row, with_desk
from sim.commands.options import SEED, SETTING, runs_option

READING = (
    "Share of runs under other weights of acts; signs stay. flat: every act 5 points. PLOVER's categories: the average weight of the CAMEO codes of each "
    "category (its own scores could not be had). Off by up to 25 %: the middle of {jitters} draws, and the range of them. Nothing is fitted anew."
)


@click.command("scales", short_help="Play scenarios under other scales of events.")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@runs_option(2000, "Runs of each scale.", 100, 1_000_000)
@click.option(
    "--jitters", default=20, show_default=True, type=click.IntRange(1, 1000), help="Draws of weights off by up to 25 %."
)
@SEED
@SETTING
@with_desk("out", "force", "verify", "json")
def command(desk: Desk, files: tuple[str, ...], runs: int, jitters: int, seed: int, settings: tuple[str, ...]) -> None:
    """Play each FILE under other scales of events.

    They are flat, by PLOVER's categories, and with every weight off by up to a quarter.
    """
    from sim.evidence.folder import EvidencePlan, Subject, scenario_subject
    from sim.evidence.scales import share_rows
    from sim.scenario.load import load

    def work() -> Sequence[Row]:
        """Play the ensembles; returns the rows of the table."""
        desk.compile("ensemble")
        with desk.progress(len(files) * (3 + jitters), "ensembles") as each:
            return share_rows(files, list(settings), runs, jitters, seed, desk.note, each)

    loaded = [load(file, settings) for file in files]
    about = {"scenarios": [scenario.scenario.name for scenario in loaded], "files": list(files)}
    subject = Subject(scenario_subject(loaded[0]).name, " ".join(scenario.hash for scenario in loaded), about)
    rows = desk.keep_rows(EvidencePlan("scales", subject, {"runs": runs, "jitters": jitters, "seed": seed}), work)
    if desk.as_json:
        desk.answer_data(rows)
    else:
        desk.answer(scales_text(rows, jitters))
    desk.note(f"Written to: {desk.result}")


def scales_text(rows: Sequence[Row], jitters: int) -> str:
    """Return the table as text, a column a scale."""
    from tabulate import tabulate

    names = list(dict.fromkeys(row["scale"] for row in rows))
    cells = {(row["outcome"], row["scenario"], row["scale"]): row for row in rows}
    lines = dict.fromkeys((row["outcome"], row["scenario"]) for row in rows)
    table: list[list[Any]] = [[*line, *(_share_text(cells[(*line, name)]) for name in names)] for line in lines]
    headers = ["outcome", "scenario", *names]
    return READING.format(jitters=jitters) + "\n\n" + tabulate(table, headers, disable_numparse=True)


def _share_text(row: Row) -> str:
    spread = f" ({row['lowest']:.3f} to {row['highest']:.3f})" if row["lowest"] < row["highest"] else ""
    return f"{row['share']:.3f}" + spread
