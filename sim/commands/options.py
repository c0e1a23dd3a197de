"""`escalate options`: what an actor could do on a day, and what each act would change."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from sim.commands.desk import Desk, hazards_named, with_desk
from sim.commands.switches import DAY, SEED, SETTING, examples, runs_option

if TYPE_CHECKING:
    from sim.evidence.effect_table import EffectTable

OUTCOME = click.option("--outcome", metavar="NAME", help="The outcome of interest; by default the first of CASE.")


@click.command(
    "options",
    short_help="Say what an actor could do on a day, and what it would change.",
    epilog=examples(
        "escalate options baseline --actor government",
        "escalate options baseline --actor outside_powers --on 2017-12-20",
    ),
)
@click.argument("file", metavar="CASE")
@click.option("--actor", required=True, metavar="NAME", help="Whose acts: an actor, or the role that it alone plays.")
@click.option("--on", type=DAY, help="The day; by default the first that is not replayed.")
@OUTCOME
@click.option("--strategies", is_flag=True, help="Each strategy of the actor from that day on, in place of acts.")
@runs_option(2_000, "How many pairs of runs of each act.")
@SEED
@SETTING
@with_desk("out", "force", "verify", "wide", "json")
def command(desk: Desk, file: str, **request: Any) -> None:
    """Say what an actor of CASE could do on a day, and what it would change.

    Each act that is available is forced in turn, against a day on which the actor does nothing, run by run under one
    luck. Nothing later than the evening before is known: all of the record to then is replayed, dated series are held. Acts that are not available
    are listed with the requirement that fails.
    """
    from sim.evidence.act_options import options, trials

    laid = {"settings": request["settings"]}
    actor, on, outcome = request["actor"], request["on"], request["outcome"]
    count = trials(file, actor, on, outcome, request["strategies"], **laid)
    numbers = {"runs": request["runs"], "seed": request["seed"], "strategies": request["strategies"]}
    keep_effects(
        desk,
        EffectPlan("options", file, request),
        count,
        lambda each: options(file, actor, on, outcome, each=each, **numbers, **laid),
    )


@dataclass(frozen=True)
class EffectPlan:
    """What effects are asked for. kind: options or turning. request: the options of the command."""

    kind: str
    file: str
    request: dict[str, Any]


def keep_effects(
    desk: Desk, plan: EffectPlan, count: int, play: "Callable[[Callable[[int], object]], EffectTable]"
) -> None:
    """Play effects unless their folder exists; write, print and draw them.

    Parameters: count, how many acts are tried; play, makes the table, and takes what to call after each block.
    Raises UserError for what the case does not have, or a folder that cannot be written.
    """
    from sim.evidence.effect_table import read_effects, write_effects
    from sim.evidence.folder import EvidencePlan, scenario_subject
    from sim.scenario.load import load

    loaded = load(plan.file, plan.request["settings"], plan.request.get("beliefs", ()))
    desk.warn(loaded.warnings)
    desk.compile("ensemble", "learning")
    options = {key: _plain(value) for key, value in plan.request.items()}
    evidence = EvidencePlan(plan.kind, scenario_subject(loaded), options)

    def work(part: Any) -> None:
        """Play the pairs, and write the table into a folder."""
        total = count * plan.request["runs"]
        with hazards_named(plan.file), desk.progress(total, "pairs", loaded.scenario.name) as each:
            write_effects(part, play(each), evidence)

    folder = evidence.folder(desk.out)
    desk.keep(folder, "result", work)
    table = read_effects(folder)
    if desk.as_json:
        desk.answer_data({"folder": str(folder), **table.data()})
    else:
        desk.answer(table.page())
    desk.draw(folder, [plan.kind])
    desk.note(f"Folder: {folder}")


def _plain(value: Any) -> Any:
    """Return an option as JSON can hold it."""
    if isinstance(value, date):
        return str(value)
    return list(value) if isinstance(value, Iterable) and not isinstance(value, str) else value
