"""Strategies, drives and metrics by name. A decorator here only puts a function into a dict.

The registered functions are plain Python on numbers, so that a scenario file can be checked against
their names without loading a compiler; `sim.rules.compiled.chain` turns each dict into compiled code.

Two laws. The compiled engine passes over most decisions by a ceiling of each hazard (`sim.engine.ceilings`), which is
right only if each drive grows or falls with each number that it reads, with no maximum between, and if each strategy
answers no more to less, as when memories fade over a quiet night. A rule that breaks its law stops the engine, which
names it (`sim.engine.laws`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Rule = Callable[..., float]


@dataclass(frozen=True)
class Registered:
    """One registered rule: its function, its number in the compiled chain, and what it asks of the data."""

    name: str
    code: int
    function: Rule
    stage: str = ""  # of a drive: base, channel, momentum or action
    unit: str = ""  # of a metric
    needs: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()  # of a metric whose values are the places of classes: their keys, in this order
    divisors: tuple[str, ...] = ()  # of what it needs, the numbers that it divides by: they must be above 0
    lasts_from: float | None = None  # of a metric: from this value on, no later day of the window can change it

    @property
    def sentence(self) -> str:
        """Return the first paragraph of the rule's docstring, on one line."""
        return " ".join((self.function.__doc__ or "").split("\n\n")[0].split())


STRATEGIES: dict[str, Registered] = {}
DRIVES: dict[str, Registered] = {}
METRICS: dict[str, Registered] = {}


_chained: list[dict[str, Registered]] = []  # registries of which compiled code was made


def functions_of(registry: dict[str, Registered]) -> list[Rule]:
    """Return all functions of a registry by their codes, to be compiled; nothing can be registered after that."""
    _chained.append(registry)
    return [entry.function for entry in registry.values()]


def _register(into: dict[str, Registered], function: Rule, **fields: Any) -> Rule:
    name = function.__name__
    if name in into:
        raise ValueError(f"{name} is registered twice")
    if any(registry is into for registry in _chained):
        raise ValueError(f"{name} is registered too late: register it before anything of sim.engine is imported")
    into[name] = Registered(name, len(into), function, **fields)
    return function


def strategy(function: Rule) -> Rule:
    """Register a way of answering what is remembered."""
    return _register(STRATEGIES, function)


def drive(on: str, needs: tuple[str, ...] = (), divisors: tuple[str, ...] = ()) -> Callable[[Rule], Rule]:
    """Register a log-hazard term that acts on `base`, `channel`, `momentum` or `action`.

    `needs` names the keys that a scenario must give the drive beside `weight`, `divisors` those of them that it divides by.
    """
    return lambda function: _register(DRIVES, function, stage=on, needs=needs, divisors=divisors)


def metric(
    unit: str, needs: tuple[str, ...] = (), classes: tuple[str, ...] = (), lasts_from: float | None = None
) -> Callable[[Rule], Rule]:
    """Register an outcome of one run's record.

    Parameters: unit, one of `sim/results/units.py`; needs, the keys that a scenario must give it; classes, the keys of
    the classes that it tells apart, which a scenario names: the metric returns the place of one of them; lasts_from,
    the least value that no later day of the window can change, so that a record need not reach the window's end.
    """
    return lambda function: _register(METRICS, function, unit=unit, needs=needs, classes=classes, lasts_from=lasts_from)
