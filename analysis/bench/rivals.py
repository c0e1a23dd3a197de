"""Play the same Mesa model under the tools that people would take: Mesa's batch_run, EMA Workbench, AgentPy.

Each plays `runs` runs of the baseline with as many processes as are asked for, and returns seconds. Libraries are
those of the extra `bench`.
"""

import logging
import time
import warnings
from collections.abc import Callable
from functools import lru_cache

from sim.engine.crisis import Crisis
from sim.engine.learning import compile_scenario
from sim.scenario.compile import Compiled
from sim.scenario.load import load

Contender = Callable[[int, int], float]  # runs, processes → seconds
CONTENDERS: dict[str, Contender] = {}


def contender(name: str) -> Callable[[Contender], Contender]:
    """Register a contender under the name that the table shows."""

    def register(play: Contender) -> Contender:
        """Put the contender into the table."""
        CONTENDERS[name] = play
        return play

    return register


@lru_cache(maxsize=1)
def baseline() -> Compiled:
    """Read the scenario, once in each process: reading it is not a part of a run."""
    return compile_scenario(load("baseline"))


def play_run(run: int) -> int:
    """Play one run of the Mesa model, and return the number of its acts."""
    model = Crisis(baseline(), run=run)
    model.run_model()
    return int(model.acts.sum())


@contender("Mesa's batch_run")
def mesa_batch_run(runs: int, processes: int) -> float:
    """Play runs with Mesa's batch_run, and return seconds."""
    from mesa.batchrunner import batch_run

    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own end in Mesa 4
        rows = batch_run(
            Crisis,
            {"crisis": baseline(), "run": range(runs)},
            number_processes=processes,
            max_steps=10_000,
            data_collection_period=-1,
            display_progress=False,
        )
    assert len(rows) >= runs
    return time.perf_counter() - start


@contender("EMA Workbench")
def ema_workbench(runs: int, processes: int) -> float:
    """Play runs with the EMA Workbench, and return seconds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of ipyparallel, which is not needed
        import ema_workbench as ema
    logging.getLogger("EMA").setLevel(logging.ERROR)
    model = ema.Model("crisis", function=ema_run)
    model.uncertainties = [ema.IntegerParameter("run", 0, 2**31 - 2)]
    model.outcomes = [ema.ScalarOutcome("acts")]
    start = time.perf_counter()
    if processes == 1:
        with ema.SequentialEvaluator(model) as evaluator:
            _, outcomes = evaluator.perform_experiments(scenarios=runs)
    else:
        with ema.MultiprocessingEvaluator(model, n_processes=processes) as evaluator:
            _, outcomes = evaluator.perform_experiments(scenarios=runs)
    assert len(outcomes["acts"]) == runs
    return time.perf_counter() - start


def ema_run(run: int) -> dict[str, int]:
    """Play one run as the EMA Workbench calls it."""
    return {"acts": play_run(run)}


@contender("AgentPy's Experiment")
def agentpy_experiment(runs: int, processes: int) -> float:
    """Play runs with AgentPy's Experiment, and return seconds."""
    import agentpy

    class AgentPyCrisis(agentpy.Model):
        """One run; it reports the number of acts."""

        def setup(self) -> None:
            """Play the run, and report it."""
            self.report("acts", play_run(int(self.p.run)))
            self.stop()

    start = time.perf_counter()
    sample = agentpy.Sample({"run": agentpy.Values(*range(runs))})
    results = agentpy.Experiment(AgentPyCrisis, sample, record=True).run(n_jobs=processes, display=False, verbose=0)
    assert len(results.reporters) == runs
    return time.perf_counter() - start
