"""`escalate list`: tables of what there is to choose from."""

from typing import TYPE_CHECKING, Any

import click

from sim.commands.desk import Desk, Row, with_desk
from sim.commands.switches import BELIEF, SETTING, examples

if TYPE_CHECKING:
    from sim.scenario.load import Loaded


@click.command(
    "list",
    short_help="List actions, drives, parameters, outcomes, scenarios, …",
    epilog=examples(
        "escalate list",
        "escalate list parameters baseline --wide",
    ),
)
@click.argument("kind", default="")
@click.argument("file", default="")
@click.option("--format", "form", type=click.Choice(["text", "md"]), default="text", show_default=True)
@SETTING
@BELIEF
@with_desk("wide", "json")
def command(desk: Desk, kind: str, file: str, form: str, settings: tuple[str, ...], beliefs: tuple[str, ...]) -> None:
    """List the actions, drives, parameters, outcomes, scenarios, … there are.

    Without KIND, list the kinds of lists.
    """
    from sim.scenario.listing import listed_page

    more = {"bases": bases, "mix": mix, "figures": figures, "baselines": baselines}
    desk.answer(listed_page(kind, file, settings, "json" if desk.as_json else form, more, beliefs))


def bases(loaded: "Loaded") -> list[Row]:
    """List how often each channel acts unprovoked, and what the record has taught of it."""
    from sim.engine.learning import compile_scenario
    from sim.results.bases import base_rows

    return [{key: _short(value) for key, value in row.items()} for row in base_rows(compile_scenario(loaded))]


def _short(value: Any) -> Any:
    return "" if value is None else f"{value:.4f}" if isinstance(value, float) else value


def mix(loaded: "Loaded") -> list[Row]:
    """List what speaks for each action among those of its channel."""
    from sim.engine.learning import compile_scenario
    from sim.results.bases import mix_rows

    return mix_rows(compile_scenario(loaded))


def baselines(_: Any) -> list[Row]:
    """List the simple forecasts that a back-test holds the model against, and what each says."""
    from sim.evidence.baselines import BASELINES

    return [{"baseline": entry.name, "forecasts": entry.meaning} for entry in BASELINES]


def figures(_: Any) -> list[Row]:
    """List the figures: what folder each is of, its script, what it shows."""
    from sim.figures.plot import all_figures

    return [
        {"figure": entry.name, "of": entry.kind, "script": f"sim.figures.{entry.module}", "shows": entry.shows}
        for entry in all_figures().values()
    ]
