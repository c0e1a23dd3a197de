"""Whether chains have converged: the one place that knows ArviZ, whose releases differ between versions of Python.

Both 0.23 and 1.x take plain arrays of (chains, draws).
"""

import warnings
from dataclasses import dataclass

import numpy as np

from sim.optional import needed

RHAT_BELOW = 1.01  # Vehtari et al. 2021
ESS_ABOVE = 400.0  # likewise, for four chains
LENGTHS = 50.0  # autocorrelation times; emcee's own rule
GROUPS = 4  # of walkers
TAILS = (0.05, 0.95)  # given, for 1.x has no default


@dataclass(frozen=True)
class Diagnosis:
    """Of each number: R-hat, effective draws in bulk and tail, autocorrelation time in steps."""

    rhat: np.ndarray
    ess_bulk: np.ndarray
    ess_tail: np.ndarray
    autocorrelation: np.ndarray
    steps: int

    @property
    def converged(self) -> bool:
        """Return whether the chains have converged."""
        return not self.shortcomings()

    def shortcomings(self) -> list[str]:
        """List in words what falls short; nothing if the chains have converged."""
        texts = []
        if not self.rhat.max() < RHAT_BELOW:
            texts.append(f"R-hat is {_number_text(self.rhat.max(), '.3f')} (below {RHAT_BELOW} is wanted)")
        if not self.ess_bulk.min() > ESS_ABOVE:
            texts.append(f"{_number_text(self.ess_bulk.min(), '.0f')} effective draws (more than {ESS_ABOVE:.0f})")
        lengths = self.steps / self.autocorrelation.max()
        if not lengths >= LENGTHS:
            texts.append(f"{_number_text(lengths, '.0f')} autocorrelation times long ({LENGTHS:.0f})")
        return texts


def _number_text(number: float, form: str) -> str:
    """Write a number; too short a chain has none."""
    return format(number, form) if np.isfinite(number) else "unknown"


def diagnose(chains: np.ndarray) -> Diagnosis:
    """Diagnose chains, float64 (walkers, steps, numbers). Raises UserError where ArviZ or emcee is missing.

    R-hat compares groups of walkers, and their first half with their second: a hundred walkers, each a chain of its
    own, would be called apart for being short. Effective draws are counted walker by walker.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # 0.23 announces 1.0 on import
        arviz = needed("arviz", "fit", "diagnosing chains")
    emcee = needed("emcee", "fit", "diagnosing chains")
    numbers = range(chains.shape[2])
    grouped = _groups(chains)
    return Diagnosis(
        np.array([float(arviz.rhat(grouped[:, :, k])) for k in numbers]),
        np.array([float(arviz.ess(chains[:, :, k], method="bulk")) for k in numbers]),
        np.array([float(arviz.ess(chains[:, :, k], method="tail", prob=TAILS)) for k in numbers]),
        np.atleast_1d(emcee.autocorr.integrated_time(chains.transpose(1, 0, 2), tol=0)),
        chains.shape[1],
    )


def _groups(chains: np.ndarray) -> np.ndarray:
    """float64 (groups, draws, numbers): walkers dealt to groups, their draws in the order of steps."""
    walkers, steps, numbers = chains.shape
    each = walkers // GROUPS
    dealt = chains[: each * GROUPS].reshape(GROUPS, each, steps, numbers)
    return np.asarray(dealt.transpose(0, 2, 1, 3).reshape(GROUPS, each * steps, numbers))
