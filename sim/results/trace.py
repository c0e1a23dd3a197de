"""One run of a scenario as a text: who did what to whom, day by day, and why."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from sim.engine.crisis import Crisis
from sim.engine.learning import compile_scenario
from sim.results.simulate import DEFAULT_SEED
from sim.results.story import story
from sim.scenario.load import Loaded, load


def trace(
    scenario: str | Path | Loaded,
    run: int = 0,
    seed: int = DEFAULT_SEED,
    *,
    settings: Iterable[str] = (),
    actor: str | None = None,
    day: date | None = None,
) -> str:
    """Tell one run of an ensemble.

    Parameters: scenario, a file, the bare name of one that ships, or a loaded one; run and seed, which run it is;
    settings, `key=value` laid over the file; actor, only what this actor does; day, every decision of one day.
    Returns the lines that `escalate trace` prints. Raises UserError for a scenario that is not sound, ValueError for a
    day outside its clock.

    >>> from sim import trace
    >>> print(trace("border", run=3).splitlines()[0])
    Border dispute, run 3, seed 1: 2030-03-01 to 2030-12-31
    """
    compiled = compile_scenario(scenario if isinstance(scenario, Loaded) else load(scenario, settings))
    model = Crisis(compiled, run=run, seed=seed)
    model.run_model()
    return "\n".join(story(model, actor, day))
