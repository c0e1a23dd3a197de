"""`escalate compare`: what differs between scenarios, run by run under one seed."""

from pathlib import Path
from typing import Any

import click

from sim.commands.desk import Desk, hazards_named, with_desk
from sim.commands.switches import BASES, BELIEF, EVERYTHING, POSTERIOR, SEED, SETTING, examples, runs_option


@click.command(
    "compare",
    short_help="Say what differs between scenarios, run by run.",
    epilog=examples(
        "escalate compare baseline baseline+weak_backing",
        "escalate compare baseline mine/case.yaml --runs 5000 --all",
    ),
)
@click.argument("files", nargs=-1, required=True, metavar="FILE OTHER…")
@runs_option(1000, "How many pairs of runs.")
@SEED
@SETTING
@BELIEF
@BASES
@POSTERIOR
@EVERYTHING
@with_desk("wide", "json")
def command(
    desk: Desk,
    files: tuple[str, ...],
    runs: int,
    seed: int,
    posterior: Path | None,
    everything: bool,
    **laid: Any,
) -> None:
    """Compare each OTHER with FILE, run by run under one seed.

    The table says what differs; the lines under it name the acts on which runs part.
    """
    from sim.engine.learning import compile_scenario
    from sim.scenario.load import load
    from sim.scenario.problems import UserError
    from sim.study.compare import compare, pairing_problems
    from sim.study.comparison_table import comparison_data, comparison_text

    if len(files) < 2:
        raise click.UsageError("give the scenario to compare with, and one or more others")
    loaded = [load(file, laid["settings"], laid["beliefs"]) for file in files]
    for side in loaded:
        desk.warn(side.warnings)
    desk.compile("ensemble", "learning")
    here, *others = [compile_scenario(side, laid["bases"]) for side in loaded]
    problems = [problem for there in others for problem in pairing_problems(here, there)]
    desk.warn(problem for problem in problems if problem.warning)
    if errors := [problem for problem in problems if not problem.warning]:
        raise UserError(errors)
    comparisons = []
    posterior_here = desk.read_posterior(here, posterior)
    for there in others:
        sides = (posterior_here, desk.read_posterior(there, posterior))
        with hazards_named(there.loaded.file), desk.progress(runs, "pairs", there.loaded.scenario.name) as each:
            comparisons.append(compare(here, there, runs, seed, each, sides))
        if not desk.as_json:
            if len(comparisons) > 1:
                desk.answer("\n")
            desk.answer(comparison_text(comparisons[-1], everything))
    if desk.as_json:
        desk.answer_data([comparison_data(comparison) for comparison in comparisons])
