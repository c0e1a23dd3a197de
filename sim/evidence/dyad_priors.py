"""What many dyads say of answers and momentum, kind by kind, as rows of the table of `escalate priors`."""

from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

from sim.evidence.dyads import KINDS, dyads_of, read_coded, without_echoes
from sim.evidence.pooling import NAMES, held_out_likelihood, pool

VARIANTS = {
    "as coded": (True, False),
    "every day alike": (False, False),
    "without echoes": (True, True),
}  # news volume as an offset; acts of a story left out when it is repeated
FEWEST = 5  # pairs of a kind, without which a spread over pairs is the prior's (judgement)
PARTS = ("median", "low", "high")


@dataclass(frozen=True)
class Task:
    """One kind of dyad in one variant.

    until: the last day that is fitted. least: days of hostile acts that a pair must have up to then. ablations: whether
    it is fitted without answers and without momentum, too.
    """

    file: Path
    kind: str
    variant: str
    until: date
    least: int
    ablations: bool


def tasks_of(file: Path, until: date, least: int) -> list[Task]:
    """List the fits of a file: every kind of dyad in every variant."""
    return [
        Task(file, kind, variant, until, least, variant == "as coded") for kind, variant in product(KINDS, VARIANTS)
    ]


def row_of(task: Task) -> dict[str, Any] | None:
    """Fit the pairs of one kind.

    Returns a row of the table; None where fewer than FEWEST pairs have enough acts. Raises UserError for a file that
    cannot be read.
    """
    with_volume, no_echoes = VARIANTS[task.variant]
    acts = read_coded(task.file)
    acts = without_echoes(acts) if no_echoes else acts
    dyads = dyads_of(acts, task.kind, task.until, task.least, with_volume)
    if len(dyads.pairs) < FEWEST:
        return None
    days = (task.until - dyads.first).days + 1
    pooled = pool(dyads, days)
    row: dict[str, Any] = {
        "kind": task.kind,
        "variant": task.variant,
        "pairs": len(dyads.pairs),
        "hostile_act_days": int(dyads.acted.sum()),
        "fitted_to": str(task.until),
    }
    for name in NAMES:
        for prefix, interval in (("", pooled.typical(name)), ("new_pair_", pooled.of_a_new_pair(name))):
            row |= {f"{name}_{prefix}{part}": value for part, value in zip(PARTS, interval, strict=True)}
    for acts_of in ("memory", "own"):
        interval = pooled.half_life(acts_of)
        row |= {f"{acts_of}_half_life_{part}": value for part, value in zip(PARTS, interval, strict=True)}
    row["held_out_both"] = held_out_likelihood(pooled)
    for name, answers, momentum in (("base", False, False), ("reciprocity", True, False), ("momentum", False, True)):
        row[f"held_out_{name}"] = held_out_likelihood(pool(dyads, days, answers, momentum)) if task.ablations else None
    return row
