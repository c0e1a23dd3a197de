"""`escalate warm`: the rules compiled beforehand, for images and clusters."""

import click

from sim.commands.desk import Desk, with_desk

SCENARIO = "border"  # any will do: the sizes of a scenario are no part of the compiled code


@click.command("warm", short_help="Compile the rules beforehand, for images and clusters.")
@with_desk()
def command(desk: Desk) -> None:
    """Compile the rules once and keep them, so that every later command starts at once.

    They are kept below NUMBA_CACHE_DIR, or else below the user's own folder of caches.
    """
    from sim.rules.cache import cache_folder
    from sim.scenario.problems import Place, Problem, UserError

    folder = cache_folder()
    if folder is None:
        text, allowed = "there is nowhere to keep compiled rules", "NUMBA_CACHE_DIR, a folder that can be written"
        raise UserError([Problem(Place("escalate warm", 0), "", text, allowed)])
    compile_rules(desk)
    desk.answer(f"The compiled rules are in {folder}")


def compile_rules(desk: Desk) -> None:
    """Call every compiled entry point once: of the ensemble, the Mesa model, outcomes and the likelihood."""
    from sim.engine.crisis import Crisis
    from sim.engine.learning import compile_scenario
    from sim.engine.loop import play_runs
    from sim.evidence.likelihood import Scorer
    from sim.results.outcomes import outcomes_of, questionnaire
    from sim.results.simulate import simulate
    from sim.rules.arrays import POSTERIOR
    from sim.rules.luck import drawn
    from sim.scenario.load import load

    compiled = compile_scenario(load(SCENARIO))
    desk.compile(compiled)
    simulate(compiled, 1)
    for _, acts, tension in play_runs(compiled, 1, range(1)):
        outcomes_of(questionnaire(compiled), acts, tension)
    Crisis(compiled).run_model()
    scorer, last = Scorer(compiled), compiled.date(compiled.free_from - 1)
    scorer.score(compiled, compiled.start, last)
    scorer.chances(compiled, compiled.start, last)
    drawn(1, 0, 0, POSTERIOR, compiled.tables.action_address[0])
