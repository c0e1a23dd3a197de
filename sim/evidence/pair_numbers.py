"""The numbers that the model has for each kind of pair, `scenarios/parts/pairs.yaml`: what estimates are held to."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from sim.evidence.dyads import KINDS
from sim.scenario.library import shipped_folder
from sim.scenario.yaml_file import read_yaml

KEYS = dict(zip(KINDS, ("state_to_state", "state_to_society", "society_to_state"), strict=True))


@dataclass(frozen=True)
class Numbers:
    """What a forecast of one kind of pair needs.

    Half-lives in days. shape, mean: of the gamma prior of a base, in acts per day.
    """

    momentum: float
    momentum_days: float
    reciprocity: float
    memory_days: float
    shape: float
    mean: float


@cache
def entries() -> Mapping[str, Mapping[str, Mapping[str, object]]]:
    """Read the entries of the file: value, low, high, unit, meaning and source of each number, by key of the kind."""
    path = shipped_folder() / "parts" / "pairs.yaml"
    return dict(read_yaml(path, path.name).plain()["pairs"])


def value_of(kind: str, name: str) -> float:
    """Return one number of a kind of pair."""
    return float(str(entries()[KEYS[kind]][name]["value"]))


def shipped(kind: str) -> Numbers:
    """Return the numbers that the model has for a kind of pair."""
    names = ("momentum", "momentum_half_life_days", "reciprocity", "memory_half_life_days")
    return Numbers(*(value_of(kind, name) for name in (*names, "base_shape", "base_mean")))
