"""An ensemble's results: outcomes of each run, acts of each run, tension day by day over all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.results.daily import DailyTension
from sim.results.outcomes import Questionnaire
from sim.scenario.compile import Compiled

Engine = Literal["compiled", "mesa"]


@dataclass(frozen=True)
class Results:
    """What a run of `escalate run` found."""

    compiled: Compiled
    seed: int
    outcomes: np.ndarray  # float64 (runs, questions); days as indices, NaN where the day never came
    acts: np.ndarray  # int32 (acts, 3): run, day, action
    daily: DailyTension
    first_tension: np.ndarray  # float64 (days, pairs): that of run 0

    @property
    def runs(self) -> int:
        return len(self.outcomes)


def simulate(
    compiled: Compiled, runs: int, seed: int, engine: Engine = "compiled", each: Callable[[], object] = lambda: None
) -> Results:
    """Run an ensemble; `each` is called after every run. Both engines give the same results to the byte."""
    questionnaire = Questionnaire(compiled)
    daily = DailyTension(compiled.days, len(compiled.pairs))
    outcomes = np.full((runs, len(questionnaire.questions)), np.nan)
    acts: list[np.ndarray] = []
    first = np.zeros((compiled.days, len(compiled.pairs)))
    for run, done, tension in _records(compiled, runs, seed, engine):
        outcomes[run] = questionnaire.ask(done, tension)
        daily.add(tension)
        day, action = done.nonzero()
        acts.append(np.stack([np.full(len(day), run), day, action], axis=1).astype(np.int32))
        if run == 0:
            first = tension.copy()
        each()
    return Results(compiled, seed, outcomes, np.concatenate(acts), daily, first)


def _records(compiled: Compiled, runs: int, seed: int, engine: Engine) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    if engine == "compiled":
        from sim.engine.ensemble import play_runs

        yield from play_runs(compiled, seed, range(runs))
        return
    from sim.engine.crisis import Crisis

    for run in range(runs):
        model = Crisis(compiled, run=run, seed=seed)
        model.run_model()
        yield run, model.acts, model.tensions
