"""`escalate turning`: which past act mattered most."""

from typing import Any

import click

from sim.commands.desk import Desk, with_desk
from sim.commands.options import OUTCOME, EffectPlan, keep_effects
from sim.commands.switches import BELIEF, SEED, SETTING, examples, runs_option


@click.command(
    "turning",
    short_help="Say which past act mattered most for an outcome.",
    epilog=examples(
        "escalate turning baseline",
        "escalate turning venezuela --outcome any_imposition --runs 500",
    ),
)
@click.argument("file", metavar="CASE")
@OUTCOME
@runs_option(2_000, "How many pairs of runs of each act.")
@SEED
@SETTING
@BELIEF
@with_desk("out", "force", "verify", "wide", "json")
def command(desk: Desk, file: str, **request: Any) -> None:
    """Say which past act of CASE mattered most for an outcome.

    Each replayed act is withheld in turn, against the whole record, run by run under one luck. What the record taught
    stays as it was, and later acts are replayed all the same. Intervals are widened so that all hold at
    once (Bonferroni).
    """
    from sim.evidence.forced import situation
    from sim.evidence.turning_points import replayed_acts, turning

    laid = {"settings": request["settings"], "beliefs": request["beliefs"]}
    count = len(replayed_acts(situation(file, None, request["outcome"], **laid).loaded))
    numbers = {"runs": request["runs"], "seed": request["seed"]}
    keep_effects(
        desk,
        EffectPlan("turning", file, request),
        count,
        lambda each: turning(file, request["outcome"], each=each, **numbers, **laid),
    )
