"""A fit: the numbers of a case after its record, beside what was believed of them before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from sim.evidence.case import Case
from sim.evidence.laplace import Peak, peak_of
from sim.evidence.likelihood import Scored
from sim.evidence.parts import NOT_KEPT, Parts
from sim.evidence.sampling import Sample, sample
from sim.results.posterior import write_draws
from sim.results.run import write_scenario
from sim.scenario.branching import spectral_radius

DRAWS = 1000  # kept of the chains: more than these say little more of means and intervals
SHARES = (0.5, 0.025, 0.975)
Row = dict[str, Any]


@dataclass(frozen=True)
class Fit:
    """What the record says of a case's numbers."""

    case: Case
    peak: Peak
    sample: Sample

    @property
    def draws(self) -> np.ndarray:
        """Return draws of the numbers, evenly from all walkers and steps: float64 (DRAWS, numbers)."""
        flat = self.sample.z.transpose(1, 0, 2).reshape(-1, len(self.case.keys))
        chosen = np.linspace(0, len(flat) - 1, min(DRAWS, len(flat))).astype(int)
        return self.case.priors.values(flat[chosen])

    def rows(self) -> list[Row]:
        """Return the table of a fit, a row for each number.

        It has the prior and the posterior (median, 95 %), the likeliest value, and how well the number was sampled.
        """
        z = self.sample.z.reshape(-1, len(self.case.keys))
        before = self.case.priors.values(_deviates(SHARES, len(self.case.keys)))
        after = self.case.priors.values(np.quantile(z, SHARES, axis=0))
        diagnosis, rows = self.sample.diagnosis, []
        for index, prior in enumerate(self.case.priors.priors):
            median, low, high = (float(number) for number in after[:, index])
            prior_median, prior_low, prior_high = (float(number) for number in before[:, index])
            rows.append(
                {
                    "number": prior.key,
                    "unit": prior.unit,
                    "prior": prior.text(),
                    "prior_source": prior.source,
                    "prior_family": prior.family,
                    "prior_first": prior.first,
                    "prior_second": prior.second,
                    "prior_median": prior_median,
                    "prior_low": prior_low,
                    "prior_high": prior_high,
                    "default": prior.default,
                    "peak": float(self.peak.values[index]),
                    "median": median,
                    "low": low,
                    "high": high,
                    "learned": float(1.0 - z[:, index].std()),
                    "rhat": float(diagnosis.rhat[index]),
                    "ess_bulk": float(diagnosis.ess_bulk[index]),
                    "ess_tail": float(diagnosis.ess_tail[index]),
                    "autocorrelation_steps": float(diagnosis.autocorrelation[index]),
                }
            )
        return rows

    def scores(self) -> dict[str, Scored]:
        """Score the record at the scenario's own numbers (`defaults`) and the likeliest (`peak`)."""
        defaults = [prior.default for prior in self.case.priors.priors]
        return {"defaults": self.case.score(defaults), "peak": self.case.score(self.peak.values.tolist())}

    def branching(self) -> np.ndarray:
        """Compute how many acts one act draws in all, under each draw: float64 (DRAWS,); at 1 and more, without end."""
        revaluer = self.case.revaluer()
        return np.array([spectral_radius(revaluer.with_values(row.tolist()).loaded.scenario) for row in self.draws])

    def about(self) -> dict[str, Any]:
        """Return what the metadata of the draws says of the fit."""
        return {
            "scenario": self.case.loaded.scenario.name,
            "since": str(self.case.first),
            "until": str(self.case.last),
            "converged": self.sample.diagnosis.converged,
            "shortcomings": self.sample.diagnosis.shortcomings(),
            "defaults": {prior.key: prior.default for prior in self.case.priors.priors},
        }


def _deviates(shares: Sequence[float], numbers: int) -> np.ndarray:
    from scipy import special

    return np.tile(special.ndtri(np.array(shares))[:, None], (1, numbers))


def fit(
    case: Case,
    seed: int,
    most_steps: int,
    each: Callable[[int], object] = lambda steps: None,
    parts: Parts = NOT_KEPT,
) -> Fit:
    """Find the likeliest numbers, then draw from around them.

    Parameters: each, called with the number of steps that are done; parts, where stretches of the chains are kept.
    Raises UserError where emcee or ArviZ is missing, or the record is impossible.
    """
    peak = peak_of(case)
    return Fit(case, peak, sample(peak, seed, most_steps, each, parts))


def write_fit(result: Fit, folder: Path) -> None:
    """Write a fit's draws, a row a draw, and their scenario.

    Raises UserError where it cannot.
    """
    units = [prior.unit for prior in result.case.priors.priors]
    write_draws(folder / "draws.parquet", result.case.keys, result.draws, units, result.about())
    write_scenario(replace(result.case.loaded, find_case=None), folder)  # it learns from what it replays itself
