"""`escalate priors`: what many dyads say of answers and momentum, as priors for one that is not among them."""

import json
import os
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from sim.commands.desk import Desk, Row, with_desk
from sim.commands.options import A_FILE, DAY, WORKERS

READING = (
    "Median over pairs (95 %). A new pair: the range for a pair that is not in the file, which a fit to another case may use as its prior. "
    "Half-lives are common to the pairs, on a grid. every day alike: without the day's volume of news. without echoes: the same act between the same two "
    "within three days is counted once. Each pair's numbers are summed over a grid that begins at 0.003: estimates near that may be smaller still."
)


@click.command("priors", short_help="Estimate answers and momentum over many dyads.")
@click.argument("file", type=A_FILE)
@click.option("--until", required=True, type=DAY, help="The last day that is fitted; what follows tests it.")
@click.option(
    "--least",
    default=5,
    show_default=True,
    type=click.IntRange(1),
    help="Days of hostile acts that a pair must have to count.",
)
@WORKERS
@with_desk("out", "force", "verify", "json")
def command(desk: Desk, file: Path, until: date, least: int, workers: int | None) -> None:
    """Estimate answers and momentum over the many dyads of FILE.

    They are priors for a case that is not in it.

    FILE is CSV, plain or gzipped, with the columns date, source, source_side, target, target_side, cameo_name,
    goldstein; a side is `state` or `society`. ICEWS and GDELT tell the side by their sectors and types of actors.
    """
    dyad_priors(desk, file, until, least, workers or os.cpu_count() or 1)


def dyad_priors(desk: Desk, file: Path, until: date, least: int, workers: int) -> None:
    """Fit every kind of dyad in every variant, print the tables and write them.

    Raises UserError for a file that is not in the form described in `evidence.dyads`, and where there is nothing to fit
    or to test.
    """
    from sim.evidence.dyad_priors import FEWEST, row_of, tasks_of
    from sim.evidence.dyads import read_coded
    from sim.evidence.folder import EvidencePlan, file_subject
    from sim.evidence.parallel import map_in_processes
    from sim.scenario.problems import Place, Problem, UserError

    acts = read_coded(file)
    _check_until(file, until, [act.day for act in acts])
    desk.note(f"{len(acts):,} acts from {acts[0].day} to {acts[-1].day}; fitted to {until}, tested on what follows.")
    tasks = tasks_of(file, until, least)

    def work() -> Sequence[Row]:
        """Fit every kind of dyad in every variant; returns the rows of the table."""
        rows: list[Row] = []
        with desk.progress(len(tasks), "fits") as each:
            for task, row in zip(tasks, map_in_processes(row_of, tasks, workers), strict=True):
                each(1)
                if row is None:
                    few = f"fewer than {FEWEST} pairs with {least} days of hostile acts, left out"
                    desk.note(f"{task.kind}, {task.variant}: {few}")
                else:
                    rows.append(row)
        if not rows:
            text = f"no kind of dyad has {FEWEST} pairs with {least} days of hostile acts up to {until}"
            raise UserError([Problem(Place(str(file), 0), "", text, "a lower --least, a later --until, or more acts")])
        return rows

    rows = desk.keep_rows(EvidencePlan("priors", file_subject(file), {"until": until, "least": least}), work)
    if desk.as_json:
        desk.answer_data(rows)
    else:
        desk.answer(priors_text(rows, file.name))
    desk.note(f"Written to: {desk.result}")


def _check_until(file: Path, until: date, days: Sequence[date]) -> None:
    """Refuse a last day of the fit that leaves nothing to fit or nothing to test; days in their order."""
    from sim.scenario.problems import Place, Problem, UserError

    if not days or (days[-1] - days[0]).days < 2:
        text = f"holds acts from {days[0]} to {days[-1]}" if days else "holds no acts"
        raise UserError([Problem(Place(str(file), 0), "", text, "acts of three days or more: to fit, and to test")])
    if not days[0] < until < days[-1]:
        text = f"{until} leaves nothing to fit, or nothing to test"
        raise UserError([Problem(Place("--until", 0), "", text, f"a day after {days[0]} and before {days[-1]}")])


def priors_text(rows: list[dict[str, Any]], file: str) -> str:
    """Return the tables as text, and the priors as lines of a scenario.

    Parameters: rows, see `evidence.dyad_priors.row_of`; file, the name of the table, for the source of the priors.
    """
    from tabulate import tabulate

    table = tabulate(
        [
            [row["kind"], row["variant"], f"{row['pairs']}; {row['hostile_act_days']:,}"]
            + [_interval(row, f"{name}_") for name in ("reciprocity", "momentum")]
            + [_interval(row, f"{acts_of}_half_life_") for acts_of in ("memory", "own")]
            for row in rows
        ],
        [
            "ordered pairs",
            "variant",
            "pairs; hostile act-days",
            "reciprocity",
            "momentum",
            "memory, days",
            "own acts, days",
        ],
        disable_numparse=True,
    )
    tested = tabulate(
        [
            [row["kind"], *(f"{row[f'held_out_{name}']:.1f}" for name in ("base", "reciprocity", "momentum", "both"))]
            for row in rows
            if row["held_out_base"] is not None
        ],
        ["ordered pairs", "base alone", "and reciprocity", "and momentum", "both"],
        disable_numparse=True,
        colalign=("left", "right", "right", "right", "right"),
    )
    lines = [line for row in rows if row["variant"] == "without echoes" for line in prior_lines(row, file)]
    head = "ln L of the days after, at each pair's own numbers (higher is better):"
    return "\n\n".join(
        [READING, table, head, tested, "As priors of a new pair, for `parameters` of a scenario:", "\n".join(lines)]
    )


def prior_lines(row: dict[str, Any], file: str) -> Iterator[str]:
    """Yield the priors of one row as lines of a scenario.

    Parameters: file, their source.
    """
    source = f"escalate priors {file}: {row['kind']}, {row['variant']}, {row['pairs']} pairs, to {row['fitted_to']}"
    for name in ("reciprocity", "momentum"):
        median, low, high = (row[f"{name}_new_pair_{part}"] for part in ("median", "low", "high"))
        yield f"{name}: {{prior: {{median: {median:.3g}, low: {low:.2g}, high: {high:.2g}, source: {json.dumps(source, ensure_ascii=False)}}}}}"


def _interval(row: dict[str, Any], prefix: str) -> str:
    return f"{row[prefix + 'median']:.2g} ({row[prefix + 'low']:.2g} to {row[prefix + 'high']:.2g})"
