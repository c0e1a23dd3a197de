"""`escalate trace`: one run, day by day, with the reasons of each act."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.commands.desk import Desk, with_desk
from sim.commands.switches import BELIEF, DAY, POSTERIOR, SEED, SETTING, WholeNumber, examples

if TYPE_CHECKING:
    from sim.scenario.compile import Compiled


@click.command(
    "trace",
    short_help="Tell one run day by day: who did what to whom, and why.",
    epilog=examples(
        "escalate trace baseline",
        "escalate trace baseline --run 7 --day 2017-10-06",
    ),
)
@click.argument("file")
@click.option(
    "--run",
    "number",
    default=0,
    show_default=True,
    type=WholeNumber(0, 2**31 - 2),
    help="Which run of the ensemble.",
)
@SEED
@SETTING
@BELIEF
@click.option("--actor", help="Only what this actor does.")
@click.option("--day", type=DAY, help="Every decision of one day, done or not.")
@POSTERIOR
@with_desk("json")
def command(
    desk: Desk,
    file: str,
    number: int,
    seed: int,
    settings: tuple[str, ...],
    beliefs: tuple[str, ...],
    actor: str | None,
    day: date | None,
    posterior: Path | None,
) -> None:
    """Tell one run day by day: who did what to whom, and why."""
    from sim.engine.learning import compile_scenario
    from sim.scenario.load import load

    loaded = load(file, settings, beliefs)
    desk.warn(loaded.warnings)
    desk.compile("model", "learning")
    compiled = compile_scenario(loaded)
    check_view(compiled, actor, day)
    from sim.engine.crisis import Crisis
    from sim.results.story import decisions, story

    drawn = desk.read_posterior(compiled, posterior)
    if drawn is not None:
        desk.note(f"Run {number} has draw {drawn.draw_of(seed, number)}.")
        compiled = drawn.drawn_scenario(seed, number)[0]
    model = Crisis(compiled, run=number, seed=seed)
    model.run_model()
    if desk.as_json:
        desk.answer_data(decisions(model, actor, day))
    else:
        screen = desk.screen()
        desk.answer("\n".join(story(model, actor, day, None if screen.whole else screen.width)))


def check_view(compiled: "Compiled", actor: str | None, day: date | None) -> None:
    """Refuse an actor that the scenario does not have, or a day outside its clock. Raises UserError."""
    from sim.scenario.problems import Place, Problem, UserError, unknown

    if actor is not None and actor not in compiled.actors:
        raise UserError([unknown(Place("--actor", 0), "", "actor", actor, compiled.actors)])
    if day is not None and not 0 <= compiled.day(day) < compiled.days:
        clock = f"{compiled.date(0)} to {compiled.date(compiled.days - 1)}"
        raise UserError([Problem(Place("--day", 0), "", f"{day} lies outside the clock", clock)])
