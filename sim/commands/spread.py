"""`escalate spread`: how much of an outcome is chance, numbers, and the decision rule."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.commands.desk import Desk, Row, with_desk
from sim.commands.switches import POSTERIOR, RESUME, SEED, SETTING, WORKERS, WholeNumber, examples, runs_option

if TYPE_CHECKING:
    from sim.evidence.parts import Parts
    from sim.layout import Page

OWN_NOTE = "ten times as many of the scenario's own strategies"
AVERAGES = (
    "Average outcomes under three beliefs about the numbers that say how strongly something acts. prior: drawn from what a fit believes before the record; "
    "defaults: as the scenario has them; posterior: drawn from a fit. 95 % of draws: between which averages these lie; in brackets how sure each end is. "
    "Each average is of {own:,} runs, and what luck adds to their spread is taken out (Louis 1984, Ghosh 1992)."
)
PARTS = (
    "Where the variance of a single run comes from. chance: luck, and the bases that each run draws where the record leaves them open. numbers: the draws. "
    "strategies: the scenario's own against each of the others for all actors, {runs:,} runs of each. both: what the last two do together. In brackets, 95 % intervals."
)


@click.command(
    "spread",
    short_help="Say how much of outcomes is chance, numbers or strategy.",
    epilog=examples(
        "escalate spread baseline",
        "escalate spread baseline --posterior outputs/fits/ID --draws 100",
    ),
)
@click.argument("file")
@POSTERIOR
@click.option("--draws", default=200, show_default=True, type=WholeNumber(10, 10_000), help="Draws of the numbers.")
@runs_option(50, "Runs of each draw and strategy; of the scenario's own strategies ten times as many.", 10, 100_000)
@WORKERS
@SEED
@SETTING
@RESUME
@with_desk("out", "force", "verify", "wide", "json")
def command(desk: Desk, file: str, **options: Any) -> None:
    """Say how much of FILE's outcomes is chance, numbers or strategy.

    The outcomes are shown under three beliefs about the numbers: prior, defaults and posterior.
    """
    spread_scenario(desk, file, SpreadRequest(**options))


@dataclass(frozen=True)
class SpreadRequest:
    """The options of a spread. draws: of the numbers. runs: of each draw and strategy."""

    posterior: Path | None
    draws: int
    runs: int
    seed: int
    settings: tuple[str, ...]
    workers: int | None
    resume: bool


def spread_scenario(desk: Desk, file: str, request: SpreadRequest) -> None:
    """Print every headline outcome at prior, defaults and posterior, with the spread split. Raises UserError."""
    from sim.evidence import spread as s
    from sim.evidence.folder import EvidencePlan, scenario_subject
    from sim.results.posterior import read_draws
    from sim.scenario.load import load

    settings, draws, runs, seed = list(request.settings), request.draws, request.runs, request.seed
    posterior = None if request.posterior is None else read_draws(request.posterior)
    for warning in posterior.warnings() if posterior else []:
        desk.note(warning)
    wanted = s.Request(file, settings, posterior, draws, runs, seed)

    def work(parts: "Parts") -> Sequence[Row]:
        """Play every set of numbers and strategies; returns the rows of the table."""
        desk.compile("ensemble", "learning")
        rows = s.tasks_of(wanted)
        tasks = [task for of_belief in rows.values() for row in of_belief for task in row]
        cells = sum(len(task.firsts) for task in tasks)
        desk.note(f"{file}: {cells:,} sets of numbers and strategies, {runs} runs each; {OWN_NOTE}.")
        workers = min(len(tasks), request.workers or os.cpu_count() or 1)
        with desk.progress(len(tasks), "parts") as each:
            return [spread.row() for spread in s.spreads(wanted, workers, each, parts)]

    options = {"draws": draws, "runs": runs, "seed": seed, "posterior": posterior and posterior.hash}
    plan = EvidencePlan("spread", scenario_subject(load(file, settings)), options)
    rows = desk.keep_rows_in_parts(plan, work, request.resume)
    if desk.as_json:
        desk.answer_data(rows)
    else:
        desk.answer(spread_text(rows, runs, runs * s.OWN_TIMES))
    desk.note(f"Written to: {desk.result}")


def spread_text(rows: Sequence[Row], runs: int, own_runs: int) -> "Page":
    """Return both tables, a row an outcome and belief. own_runs: runs of each draw under the scenario's own strategies."""
    from sim.layout import Page, Table

    averages = [[row["outcome"], row["belief"], _number_text(row, "mean"), *_ends_text(row)] for row in rows]
    parts = [
        [row["outcome"], row["belief"], *(_percent(row, part) for part in ("chance", "parameters", "rule", "both"))]
        for row in rows
    ]
    return Page(
        AVERAGES.format(own=own_runs),
        Table(["outcome", "belief", "average", "95 % of draws from", "to"], averages),
        PARTS.format(runs=runs),
        Table(["outcome", "belief", "chance", "numbers", "strategies", "both"], parts, leaves=("both",)),
    )


def _ends_text(row: Row) -> list[str]:
    """Return both ends, each with how sure it is; nothing where the numbers are known."""
    if row["belief"] == "defaults":
        return ["", ""]
    return [
        f"{_number_text(row, end)} ({_number_text(row, f'{end}.low')} to {_number_text(row, f'{end}.high')})"
        for end in ("low", "high")
    ]


def _number_text(row: Row, name: str) -> str:
    value = row[name]
    if row["unit"] == "share":
        return f"{value:.1%}"
    return f"{value:.0f}" if abs(value) >= 100 else f"{round(value, 3):.3g}"


def _percent(row: Row, part: str) -> str:
    undivided = row["belief"] == "defaults" and part in ("parameters", "both")  # one set of numbers
    if undivided or row[part] is None or row[part] != row[part]:
        return ""
    value, low, high = (f"{100 * row[name]:.0f}" for name in (part, f"{part}.low", f"{part}.high"))
    return f"{value} % ({low} to {high})"
