"""An ensemble's results: what is counted over its runs, and as much of each run as is asked for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.engine.learning import compile_scenario
from sim.engine.loop import scene_of
from sim.results.blocks import BLOCK_RUNS, Block, Totals, Worker, empty_totals, play_blocks
from sim.results.outcomes import outcomes_of, questionnaire
from sim.results.posterior import Posterior
from sim.scenario.compile import Compiled
from sim.scenario.load import Loaded
from sim.scenario.outline import outline

Engine = Literal["compiled", "mesa"]
KEEP_ACTS_OF = 10_000  # runs whose acts are kept whole unless more is asked for: some 70 acts each
DEFAULT_SEED = 1


@dataclass(frozen=True)
class Results:
    """What an ensemble found."""

    compiled: Compiled
    seed: int
    runs: int
    totals: Totals
    keep_acts_of: int  # the runs below it are kept whole
    first_acts: np.ndarray  # int32 (acts, 3): run, day and action of the acts of run 0
    first_tension: np.ndarray  # float64 (days, pairs): that of run 0
    outcomes: np.ndarray | None = None  # float64 (runs, questions), if kept; NaN where a day never came
    acts: np.ndarray | None = None  # int32 (acts, 3) of the runs kept whole, if kept
    posterior: Posterior | None = None

    def __repr__(self) -> str:
        acts_kept = f", acts of {min(self.runs, self.keep_acts_of):,} kept" if self.acts is not None else ""
        parts = f"{self.runs:,} runs, seed {self.seed}, {len(self.compiled.questions)} outcomes{acts_kept}"
        return outline(self, self.compiled.loaded.scenario.name, parts)


def simulate(
    scenario: Loaded | Compiled,
    runs: int,
    seed: int = DEFAULT_SEED,
    engine: Engine = "compiled",
    *,
    keep_acts_of: int = KEEP_ACTS_OF,
    take: Callable[[Block], object] | None = None,
    posterior: Posterior | None = None,
    **options: int,
) -> Results:
    """Simulate an ensemble; both engines give the same results to the byte.

    take: called with each block of runs, in order; without it, outcomes and acts are kept in the results.
    posterior: each run has its own draw of the numbers that were fitted.
    options: threads and block_runs of the compiled engine; they change no byte.
    Raises ArithmeticError if a hazard is not a number.

    >>> from sim import load, simulate
    >>> simulate(load("border"), runs=50).runs
    50
    """
    compiled = scenario if isinstance(scenario, Compiled) else compile_scenario(scenario)
    totals = empty_totals(compiled)
    blocks: list[Block] = []
    played = {"compiled": play_blocks, "mesa": _mesa_blocks}[engine]
    for block in played(compiled, seed, range(runs), totals, keep_acts_of=keep_acts_of, posterior=posterior, **options):
        (take or blocks.append)(block)
    outcomes = acts = None
    if take is None:
        outcomes = np.concatenate([block.outcomes for block in blocks])
        acts = np.concatenate([block.acts for block in blocks])
    return Results(
        compiled, seed, runs, totals, keep_acts_of, *_first_run(compiled, seed, posterior), outcomes, acts, posterior
    )


def _first_run(compiled: Compiled, seed: int, posterior: Posterior | None) -> tuple[np.ndarray, np.ndarray]:
    """Return acts and tension of run 0, for the figures.

    It is played as a block, so that nothing else is compiled.
    """
    worker = Worker(compiled, scene_of(compiled), questionnaire(compiled), daily_step=0, posterior=posterior)
    block = worker.play(seed, range(1), keep_to=1)
    return block.acts, worker.room.tension


def _listed(acts: np.ndarray, run: int) -> np.ndarray:
    day, action = acts.nonzero()
    return np.stack([np.full(len(day), run), day, action], axis=1).astype(np.int32)


def _mesa_blocks(
    compiled: Compiled,
    seed: int,
    runs: range,
    totals: Totals,
    *,
    keep_acts_of: int = 0,
    posterior: Posterior | None = None,
    block_runs: int = BLOCK_RUNS,
) -> Iterator[Block]:
    """Yield the same blocks from the Mesa model."""
    from sim.engine.crisis import Crisis

    questions = questionnaire(compiled)
    for start in range(runs.start, runs.stop, block_runs):
        outcomes, kept_acts = [], [np.empty((0, 3), np.int32)]
        for run in range(start, min(start + block_runs, runs.stop)):
            compiled_run = compiled if posterior is None else posterior.drawn_scenario(seed, run)[0]
            model = Crisis(compiled_run, run=run, seed=seed)
            model.run_model()
            outcomes.append(outcomes_of(questions, model.acts, model.tensions))
            totals.daily.add(model.tensions)
            totals.acts += model.acts
            if run < keep_acts_of:
                kept_acts.append(_listed(model.acts, run))
        block = Block(start, np.array(outcomes), np.concatenate(kept_acts))
        totals.tally.add(block.outcomes)
        yield block
