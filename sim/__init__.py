"""escalate: an agent-based simulator of an international crisis.

    from sim import estimates, load, simulate
    for one in estimates(simulate(load("baseline"), runs=1000).totals.tally):
        print(one.name, one.value, one.low, one.high)

The names below are imported when they are first used, so that checking a file loads no compiler.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_WHERE = {
    "load": "sim.scenario.load",
    "Loaded": "sim.scenario.load",
    "UserError": "sim.scenario.problems",
    "compile_scenario": "sim.engine.learning",
    "Crisis": "sim.engine.crisis",
    "simulate": "sim.results.simulate",
    "estimates": "sim.results.estimates",
    "compare": "sim.study.compare",
    "load_study": "sim.study.load_study",
    "sweep": "sim.study.sweep",
    "run": "sim.results.run",
    "trace": "sim.results.trace",
    "forecast": "sim.evidence.live_forecast",
    "score": "sim.evidence.ledger_scores",
    "options": "sim.evidence.act_options",
    "turning": "sim.evidence.turning_points",
}
__all__ = [*_WHERE, "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'sim' has no attribute '{name}'")
    return getattr(import_module(_WHERE[name]), name)
