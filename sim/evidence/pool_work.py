"""The work of a pool, stage by stage: shared fit, fits without a case or an idea, tables of the term, power, forecasts.

Each stage is made of parts, which are kept until the whole is written: work that was stopped goes on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from sim.evidence.backtest import OURS
from sim.evidence.parts import NOT_KEPT, Part, Parts
from sim.evidence.pool import Believed, Refit, SharedFit, believed, fit_part, plain, refit_part
from sim.evidence.pool_cases import Member, Pool
from sim.evidence.pool_forecast import ForecastTask, forecasts_part, models_of, origins_of
from sim.evidence.pool_permutation import Permuted, permuted, places_of
from sim.evidence.pool_power import PowerTask, power_part, power_rows, true_weights
from sim.evidence.pool_term import (
    ALL,
    FINE,
    FROM_ZERO,
    NODES,
    TermTask,
    all_shields,
    curve,
    pressure_rows,
    term_part,
    term_rows,
)
from sim.evidence.priors import Prior

Each = Callable[[int], object]
Row = dict[str, Any]


def silent(more: int) -> None:
    """Say nothing of how far work has come."""


@dataclass(frozen=True)
class PoolRequest:
    """What is asked of a pool. origins: forecasts of each case. power_runs: simulated galleries at each weight."""

    origins: int = 4
    horizons: tuple[int, ...] = (30, 90)
    runs: int = 500
    power_runs: int = 40
    seed: int = 1


@dataclass(frozen=True)
class Work:
    """A pool with what is asked of it, how many processes work, and where finished parts are kept."""

    pool: Pool
    request: PoolRequest
    workers: int = 1
    parts: Parts = NOT_KEPT

    @cached_property
    def members(self) -> list[Member]:
        """Return the cases, without what they have computed, so that they can be sent to a process."""
        return [replace(member, case=plain(member.case)) for member in self.pool.members]

    @property
    def weight_prior(self) -> Prior:
        """Return the prior of the weight that is put to the test."""
        return self.pool.members[0].case.priors.priors[self.pool.keys.index(self.pool.shares.term.weight)]

    @property
    def ideas(self) -> dict[str, list[str]]:
        """Return the ideas that are taken away, each with the shared numbers that are 0 without it."""
        fixed = {idea: self.pool.fixed_without(idea) for idea in self.pool.shares.without}
        return {idea: keys for idea, keys in fixed.items() if keys}

    # --- shared numbers

    def fit(self, each: Each = silent) -> SharedFit:
        """Fit the shared numbers to all cases.

        Parameters: each, called with how many sets of numbers were weighed: how many it will be is not known.
        """
        cases = [member.case for member in self.members]
        (part,) = self.parts.collect(lambda task: fit_part(task, self.workers, each), {"the fit of all cases": cases})
        return SharedFit(part["z"], part["log_likelihoods"], part["slopes"], part["curvatures"])

    def refits(self, fit: SharedFit) -> dict[str, Refit]:
        """List the fits without the term, without each case, and without each case and each idea."""
        cases = [member.case for member in self.members]
        tasks = {"without the term": Refit(cases, [self.pool.shares.term.weight], None, fit)}
        if len(cases) > 1:
            for place, member in enumerate(self.members):
                tasks[f"without {member.name}"] = Refit(cases, [], place, fit)
                for idea, keys in self.ideas.items():
                    tasks[f"without {member.name} and {idea}"] = Refit(cases, keys, place, fit)
        return tasks

    def refit(self, fit: SharedFit, each: Each = silent) -> dict[str, Part]:
        """Make every fit of `refits`."""
        tasks = self.refits(fit)
        return dict(zip(tasks, self.parts.collect(refit_part, tasks, self.workers, each), strict=True))

    def beliefs(self, fit: SharedFit, refits: dict[str, Part]) -> list[dict[str, Believed]]:
        """Return what each model believes of the shared numbers when it forecasts each case, by the name of the model."""
        priors = self.members[0].case.priors
        return [
            {OURS: believed(priors, refits[f"without {member.name}"])}
            | {
                f"without {idea}": believed(priors, refits[f"without {member.name} and {idea}"], keys)
                for idea, keys in self.ideas.items()
            }
            for member in self.members
        ]

    # --- the term

    def term_tables(self, fit: SharedFit, refits: dict[str, Part], each: Each = silent) -> list[Part]:
        """Tabulate the term in every case."""
        priors, term = self.members[0].case.priors, self.pool.shares.term
        values = believed(priors, fit).values
        without = believed(priors, refits["without the term"], [term.weight]).values
        shields = all_shields([member.shield for member in self.members])
        tasks = {
            f"the term in {member.name}": TermTask(member, term, values, without, shields) for member in self.members
        }
        return list(self.parts.collect(term_part, tasks, self.workers, each))

    def term_rows(self, tables: Sequence[Part]) -> tuple[list[Row], list[Row]]:
        """Return what each case and all together say of the term, and how far pressure moved in each."""
        names = [member.name for member in self.members]
        return term_rows(names, tables, self.weight_prior), pressure_rows(names, tables)

    def permutation_rows(self, tables: Sequence[Part]) -> list[Row]:
        """Return a row for each of the shields as they are, all at their low and all at their high: the test of whose is whose."""
        known = all_shields([member.shield for member in self.members])
        curves = curve(NODES, np.array([table["assigned"] for table in tables]), FINE[FROM_ZERO])
        rows = []
        for label in ("value", "low", "high"):
            places = places_of([getattr(member.shield, label) for member in self.members], known)
            test: Permuted = permuted(curves[:, places], 0, self.request.seed)
            rows.append({"shields": label, "different": len(set(places)), **test.__dict__})
        return rows

    def power_tasks(self, fit: SharedFit) -> dict[str, PowerTask]:
        """List the simulations of every case at every weight."""
        values = believed(self.members[0].case.priors, fit).values
        runs, seed = self.request.power_runs, self.request.seed
        return {
            f"{member.name}, simulated {runs} times at {weight:.6g}": PowerTask(
                member, self.pool.shares.term, values, weight, runs, seed
            )
            for weight in true_weights(self.weight_prior)
            for member in self.members
        }

    def power_rows(self, fit: SharedFit, each: Each = silent) -> list[Row]:
        """Simulate the cases with the term at several weights, and count how often it is seen."""
        tasks = self.power_tasks(fit)
        tables: dict[float, list[Part]] = {}
        for task, part in zip(tasks.values(), self.parts.collect(power_part, tasks, self.workers, each), strict=True):
            tables.setdefault(task.weight, []).append(part)
        return power_rows(self.members, tables, self.request.seed)

    # --- forecasts

    def origins(self) -> list[tuple[int, Any]]:
        """List the forecasts' origins, each with the place of its case."""
        farthest = max(self.request.horizons)
        return [
            (place, origin)
            for place, member in enumerate(self.members)
            for origin in origins_of(member.truth, self.request.origins, farthest)
        ]

    def forecast_tasks(self, fit: SharedFit, refits: dict[str, Part]) -> dict[str, ForecastTask]:
        """List the forecasts of every case from its origins; none where a case stands alone."""
        if len(self.members) < 2:
            return {}
        request, defaults = self.request, [prior.default for prior in self.members[0].case.priors.priors]
        models = [
            models_of(belief, defaults, request.seed, place) for place, belief in enumerate(self.beliefs(fit, refits))
        ]
        return {
            f"{self.members[place].name} from {origin}": ForecastTask(
                self.members[place].truth,
                origin,
                self.pool.keys,
                models[place],
                request.horizons,
                request.runs,
                request.seed,
            )
            for place, origin in self.origins()
        }

    def forecasts(self, tasks: dict[str, ForecastTask], each: Each = silent) -> list[Part]:
        """Make all forecasts."""
        return list(self.parts.collect(forecasts_part, tasks, self.workers, each))


def all_together(rows: Sequence[Row], shields: str = "value") -> Row:
    """Return the row of all cases together."""
    return next(row for row in rows if row["case"] == ALL and row["shields"] == shields)
