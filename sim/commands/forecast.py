"""`escalate forecast`: what may come in the next weeks, beside what the record alone would say; and its ledger."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.commands.desk import Desk, hazards_named, with_desk
from sim.commands.switches import BELIEF, DAY, POSTERIOR, SEED, SETTING, OwnPath, examples, runs_option

if TYPE_CHECKING:
    from sim.evidence.live_forecast import ForecastPlan

FIGURES = ("chances", "acts", "tension")


class Days(click.ParamType):
    """Numbers of days, as 30,90."""

    name = "days"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        """Return the numbers. Fails for what is not one."""
        if isinstance(value, tuple):
            return value
        parts = [part.strip() for part in str(value).split(",")]
        if not all(part.isascii() and part.isdigit() for part in parts):
            self.fail(f"'{value}' is no list of days; allowed: whole numbers with commas, as 30,90", param, ctx)
        return tuple(int(part) for part in parts)


@dataclass(frozen=True)
class ForecastRequest:
    """The options of a forecast. everything: each action and outcome in the tables."""

    on: date | None
    days: tuple[int, ...]
    runs: int
    seed: int
    settings: Iterable[str]
    beliefs: Iterable[str]
    posterior: Path | None
    numbers: Any
    everything: bool
    ledger: Path | None

    def plan(self, file: str) -> "ForecastPlan":
        """Return what is played. Raises UserError for a case that cannot be forecast so."""
        from sim.evidence.live_forecast import plan_forecast

        return plan_forecast(
            file, self.on, self.days, runs=self.runs, seed=self.seed, settings=self.settings,
            beliefs=self.beliefs, posterior=self.posterior, numbers=self.numbers,
        )  # fmt: skip


@click.command(
    "forecast",
    short_help="Forecast the next weeks of a case; keep a ledger of it.",
    epilog=examples(
        "escalate forecast baseline --on 2017-09-15",
        "escalate forecast baseline --days 30,60 --ledger ledger.jsonl",
    ),
)
@click.argument("file", metavar="CASE")
@click.option("--on", type=DAY, help="The last day that is known; by default the last that the scenario replays.")
@click.option("--days", default="30,90", show_default=True, type=Days(), help="How many days ahead, with commas.")
@runs_option(10_000, "How many runs.", 100, 200_000)
@SEED
@SETTING
@BELIEF
@POSTERIOR
@click.option(
    "--numbers",
    type=click.Choice(["believed", "fixed"]),
    default="believed",
    show_default=True,
    help="Without --posterior: each run draws its numbers from what is believed of them, or has the scenario's own.",
)
@click.option("--all", "everything", is_flag=True, help="Each action, and every outcome.")
@click.option(
    "--ledger",
    metavar="FILE",
    type=OwnPath(dir_okay=False),
    help="Append the forecast to this file, which is never rewritten (escalate score).",
)
@with_desk("out", "force", "verify", "wide", "json")
def command(desk: Desk, file: str, **options: Any) -> None:
    """Forecast the next weeks of CASE, knowing nothing of what came later.

    The record to --on is replayed and learned from, and dated series are held at their last known value. Beside each
    chance stands what the record alone would say, so that you see what the model adds.
    """
    if options["posterior"] is not None and options["numbers"] == "fixed":
        raise click.UsageError("--posterior draws the numbers; --numbers fixed has the scenario's own")
    forecast_case(desk, file, ForecastRequest(**options))


def forecast_case(desk: Desk, file: str, request: ForecastRequest) -> None:
    """Play a forecast unless it exists, print its tables, draw its figures, and append it to a ledger if one is named.

    Raises UserError for a case that cannot be forecast so, a ledger that is not sound, a folder that cannot be written.
    """
    from sim.evidence.forecast_tables import read_forecast
    from sim.evidence.ledger import append_forecast, read_ledger
    from sim.evidence.live_forecast import forecast_into

    if request.ledger is not None and request.ledger.exists():
        read_ledger(request.ledger)  # before anything is played
    desk.compile("ensemble", "learning")
    plan = request.plan(file)
    desk.warn(plan.known.loaded.warnings)
    if request.posterior is not None and plan.run.posterior is not None:
        for words in plan.run.posterior.in_words():
            desk.note(words)
    folder = plan.folder(desk.out)

    def work(part: Path) -> None:
        """Play the runs into a folder, and count them."""
        with hazards_named(file), desk.progress(plan.run.runs, "runs", plan.known.loaded.scenario.name) as each:
            forecast_into(plan, part, each)

    desk.keep(folder, "forecast", work)
    forecast = read_forecast(folder)
    if desk.as_json:
        desk.answer_data(forecast.data())
    else:
        desk.answer(forecast.page(request.everything))
    desk.draw(folder, FIGURES, ["run"])
    if request.ledger is not None:
        line, is_new = append_forecast(request.ledger, forecast)
        desk.note(f"Ledger: line {line} of {request.ledger}{'' if is_new else ', where it was already'}.")
    desk.note(f"Forecast folder: {folder}")
