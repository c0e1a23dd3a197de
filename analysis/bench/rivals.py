"""The same Mesa model under the tools that people would take: Mesa's batch_run, EMA Workbench, AgentPy.

Each plays `runs` runs of the baseline with as many processes as are asked for, and returns seconds. Libraries are
those of the extra `bench`.
"""

import logging
import time
import warnings
from collections.abc import Callable
from functools import lru_cache

from sim.engine.crisis import Crisis
from sim.scenario.compile import Compiled, compile_scenario
from sim.scenario.load import load

Contender = Callable[[int, int], float]  # runs, processes → seconds
CONTENDERS: dict[str, Contender] = {}


def contender(name: str) -> Callable[[Contender], Contender]:
    """Register a contender under the name that the table shows."""

    def register(play: Contender) -> Contender:
        CONTENDERS[name] = play
        return play

    return register


@lru_cache(maxsize=1)
def baseline() -> Compiled:
    """The scenario, read once in each process: reading it is no part of a run."""
    return compile_scenario(load("baseline"))


def played(run: int) -> int:
    """One run of the Mesa model; the number of its acts."""
    model = Crisis(baseline(), run=run)
    model.run_model()
    return int(model.acts.sum())


@contender("Mesa's batch_run")
def mesa_batch_run(runs: int, processes: int) -> float:
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
            _, found = evaluator.perform_experiments(scenarios=runs)
    else:
        with ema.MultiprocessingEvaluator(model, n_processes=processes) as evaluator:
            _, found = evaluator.perform_experiments(scenarios=runs)
    assert len(found["acts"]) == runs
    return time.perf_counter() - start


def ema_run(run: int) -> dict[str, int]:
    return {"acts": played(run)}


@contender("AgentPy's Experiment")
def agentpy_experiment(runs: int, processes: int) -> float:
    import agentpy

    class AgentPyCrisis(agentpy.Model):
        """One run; it reports the number of acts."""

        def setup(self) -> None:
            self.report("acts", played(int(self.p.run)))
            self.stop()

    start = time.perf_counter()
    sample = agentpy.Sample({"run": agentpy.Values(*range(runs))})
    found = agentpy.Experiment(AgentPyCrisis, sample, record=True).run(n_jobs=processes, display=False, verbose=0)
    assert len(found.reporters) == runs
    return time.perf_counter() - start
