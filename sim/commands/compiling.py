"""What the commands compile: the entry points of each kind of work, and one call of each."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sim.scenario.compile import Compiled

SCENARIO = "border"  # any will do: the sizes of a scenario are no part of the compiled code
WITH_RECORD = "baseline"


def call_ensemble(compiled: "Compiled") -> None:
    """Play an ensemble of one run."""
    from sim.results.simulate import simulate

    simulate(compiled, 1)


def call_run(compiled: "Compiled") -> None:
    """Play one run by itself, and count its outcomes."""
    from sim.engine.loop import play_runs
    from sim.results.outcomes import outcomes_of, questionnaire

    for _, acts, tension in play_runs(compiled, 1, range(1)):
        outcomes_of(questionnaire(compiled), acts, tension)


def call_model(compiled: "Compiled") -> None:
    """Play one run of the Mesa model, and give a reason."""
    from sim.engine.crisis import Crisis

    model = Crisis(compiled)
    model.run_model()
    act = compiled.acts[0]
    model.actor(act.actor).reason(compiled.start, act.action)


def call_likelihood(compiled: "Compiled") -> None:
    """Score the acts of the replayed days."""
    from sim.evidence.likelihood import Scorer

    Scorer(compiled).score(compiled, compiled.start, compiled.date(compiled.free_from - 1))


def call_chances(compiled: "Compiled") -> None:
    """Weigh every act of the replayed days."""
    from sim.evidence.likelihood import Scorer

    Scorer(compiled).chances(compiled, compiled.start, compiled.date(compiled.free_from - 1))


def call_actor(compiled: "Compiled") -> None:
    """Score one actor's acts of the replayed days, and what pressed it."""
    from sim.evidence.likelihood import Scorer

    scorer, window = Scorer(compiled), (compiled.start, compiled.date(compiled.free_from - 1))
    scorer.score_actor(compiled, *window, compiled.actors[0])
    scorer.pressures(compiled, *window, compiled.actors[0])


def call_learning(compiled: "Compiled") -> None:
    """Learn bases from a record, and draw some."""
    from sim.engine.learning import BaseDraws, compile_scenario
    from sim.scenario.library import shipped_files
    from sim.scenario.load import load

    BaseDraws(compile_scenario(load(shipped_files("scenario")[WITH_RECORD])), 1).of_runs(range(1))


def call_dyads(compiled: "Compiled") -> None:
    """Weigh the days of one made-up dyad."""
    import numpy as np

    from sim.evidence.dyad_filter import followed, log_likelihoods
    from sim.evidence.pair_numbers import Numbers

    marks = np.array([[0.5, 0.0]])
    followed(marks > 0.0, marks, marks, Numbers(0.1, 7.0, 0.1, 7.0, 0.2, 0.02), (0, 2))
    days, starts = np.array([0]), np.array([0, 1])
    log_likelihoods(
        days, starts, np.ones(2), marks, marks, np.array([[0.1, 0.1]]), np.ones(2), np.zeros((2, 3)), np.zeros((1, 1))
    )


class Work(NamedTuple):
    """A kind of work: what it is for, the compiled functions that it takes, and something that calls them all."""

    purpose: str
    entries: tuple[str, ...]
    call: Callable[["Compiled"], None]


WORK = {
    "ensemble": Work("ensembles", ("replay_days", "play_block"), call_ensemble),
    "learning": Work("learning from a record", ("_study", "_draw_luck"), call_learning),
    "run": Work("single runs", ("replay_days", "play_one", "ask_one"), call_run),
    "model": Work("runs with their reasons", ("morning", "decide", "night", "drawn"), call_model),
    "likelihood": Work("fits", ("_score",), call_likelihood),
    "actor": Work("the acts of one actor", ("_score_actor", "_feel_days"), call_actor),
    "dyads": Work("fits to many dyads", ("remember", "follow", "log_likelihoods"), call_dyads),
    "chances": Work("chances day by day", ("_weigh_days",), call_chances),
}
ENTRIES = [entry for work in WORK.values() for entry in work.entries]


def missing_work(*kinds: str) -> list[str]:
    """List those kinds of work of which something is to be compiled; none where the compiler is switched off."""
    from sim.rules.cache import is_compiled

    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return []
    return [kind for kind in kinds if not is_compiled(*WORK[kind].entries)]


def purposes(kinds: Sequence[str]) -> str:
    """Name what some kinds of work are for."""
    *first, last = [WORK[kind].purpose for kind in kinds]
    return f"{', '.join(first)} and {last}" if first else last


def compile_work(*kinds: str) -> None:
    """Compile all that some kinds of work call, by doing a little of each. Raises UserError for a rule that breaks a law."""
    from sim.engine.learning import compile_scenario
    from sim.scenario.library import shipped_files
    from sim.scenario.load import load

    compiled = compile_scenario(load(shipped_files("scenario")[SCENARIO]))
    for kind in kinds:
        with suppress(ArithmeticError):  # what a rule makes of this scenario does not matter: it is compiled
            WORK[kind].call(compiled)
