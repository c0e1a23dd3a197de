"""`escalate spread`: how much of an outcome is chance, numbers, and the decision rule."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from sim.commands.desk import Desk, Row, with_desk
from sim.commands.options import POSTERIOR, SEED, SETTING, runs_option

READING = (
    "Average outcome under three beliefs about the numbers that say how strongly something acts: drawn from what a fit believes before the record, as the scenario has "
    "them, and drawn from the fit. In brackets, 95 % of the averages of draws, {runs} runs each. Of the variance of a single run, with the scenario's own strategies and each of the "
    "others for all actors: chance, parameters (the draws), decision rule (the strategies), and what the last two do together."
)


@click.command("spread", short_help="Split outcomes into chance, numbers and decision rule.")
@click.argument("file")
@POSTERIOR
@click.option("--draws", default=100, show_default=True, type=click.IntRange(10, 10_000), help="Draws of the numbers.")
@runs_option(50, "Runs of each draw and strategy.", 10, 100_000)
@SEED
@SETTING
@with_desk("out", "force", "verify", "json")
def command(desk: Desk, file: str, **options: Any) -> None:
    """Split the spread of FILE's outcomes: chance, numbers, decision rule.

    The outcomes are shown at prior, defaults and posterior.
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


def spread_scenario(desk: Desk, file: str, request: SpreadRequest) -> None:
    """Print every headline outcome at prior, defaults and posterior, with the spread split. Raises UserError."""
    from sim.evidence.folder import EvidencePlan, scenario_subject
    from sim.evidence.spread import beliefs, spreads
    from sim.results.posterior import read_draws
    from sim.scenario.load import load

    settings, draws, runs, seed = list(request.settings), request.draws, request.runs, request.seed
    posterior = None if request.posterior is None else read_draws(request.posterior)
    for warning in posterior.warnings() if posterior else []:
        desk.note(warning)

    def work() -> Sequence[Row]:
        """Play every set of numbers and strategies; returns the rows of the table."""
        tables = beliefs(file, settings, posterior, draws, seed)
        cells = sum(len(row) for table in tables.values() for row in table)
        desk.note(f"{file}: {cells:,} sets of numbers and strategies, {runs} runs each.")
        desk.compile("ensemble")
        with desk.progress(cells, "sets") as each:
            results = [
                spread for belief, table in tables.items() for spread in spreads(belief, table, draws, runs, seed, each)
            ]
        outcomes = [spread.outcome for spread in results]
        return [asdict(spread) for spread in sorted(results, key=lambda spread: outcomes.index(spread.outcome))]

    options = {"draws": draws, "runs": runs, "seed": seed, "posterior": posterior and posterior.hash}
    rows = desk.keep_rows(EvidencePlan("spread", scenario_subject(load(file, settings)), options), work)
    if desk.as_json:
        desk.answer_data(rows)
    else:
        desk.answer(spread_text(rows, runs))
    desk.note(f"Written to: {desk.result}")


def spread_text(rows: Sequence[Row], runs: int) -> str:
    """Return the table as text, a row an outcome and belief."""
    from tabulate import tabulate

    table = [
        [row["outcome"], row["belief"], _with_range(row)]
        + [_percent(row, part) for part in ("chance", "parameters", "rule", "both")]
        for row in rows
    ]
    headers = ["outcome", "numbers", "average", "chance", "parameters", "decision rule", "both"]
    align = ("left", "left", "left", *["right"] * 4)
    return READING.format(runs=runs) + "\n\n" + tabulate(table, headers, disable_numparse=True, colalign=align)


def _with_range(row: Row) -> str:
    mean = _number_text(row["mean"])
    return (
        mean if row["belief"] == "defaults" else f"{mean} ({_number_text(row['low'])} to {_number_text(row['high'])})"
    )


def _number_text(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _percent(row: Row, part: str) -> str:
    undivided = row["belief"] == "defaults" and part in ("parameters", "both")  # one set of numbers
    return "" if undivided or row[part] is None or row[part] != row[part] else f"{100 * row[part]:.0f} %"
