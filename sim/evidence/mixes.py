"""Which act it is, given that one comes: the actor's own mix over its record, shrunken to the mix of its kind of pair.

An act of class k has a chance of (own acts of k + weight · share of k in the kind) / (own acts + weight). The kind's mix
leaves the pair itself out; an act of a class counts once a day.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from sim.evidence.dyads import Coded, Dyads, root_of
from sim.evidence.holdout import DRAWS, gain_per_act
from sim.evidence.pair_numbers import value_of
from sim.results.intervals import drawn_again, middle

CLASSES: dict[str, Callable[[str], str]] = {"CAMEO root": root_of, "action": str}
WEIGHTS = np.geomspace(0.05, 2000.0, 107)  # acts; a tenth more from one to the next
UNSEEN = 0.5  # acts that a class without any in the other pairs counts for, so that it stays possible (Jeffreys)


@dataclass(frozen=True)
class Mixes:
    """How well each weight foretells the classes of the acts of P pairs.

    fitted, tested: float64 (P, weights), ln of the chances of the acts before and after. kind_alone: float64 (P,), of the
    acts after by the kind's mix. act_days: int64 (P,), days of acts after.
    """

    fitted: np.ndarray
    tested: np.ndarray
    kind_alone: np.ndarray
    act_days: np.ndarray


def mixes_of(acts: list[Coded], dyads: Dyads, until: date, classes: str) -> Mixes:
    """Foretell the class of every hostile act from those before it.

    Parameters: acts, in the order of days; until, the last day by which a weight is chosen, and the kind's mix is; classes,
    one of CLASSES.
    """
    to_class = CLASSES[classes]
    rows = {pair: row for row, pair in enumerate(dyads.pairs)}
    days: dict[tuple[int, date, str], None] = {}
    names = sorted({to_class(act.name) for act in acts if act.goldstein < 0.0})
    for act in acts:
        row = rows.get((act.source, act.target))
        if row is not None and act.goldstein < 0.0:
            days[row, act.day, to_class(act.name)] = None
    by_pair: list[list[tuple[date, str]]] = [[] for _ in rows]
    for row, day, name in days:
        by_pair[row].append((day, name))
    everyone = Counter(name for series in by_pair for day, name in series if day <= until)
    shape = (len(rows), len(WEIGHTS))
    fitted, tested, alone, act_days = (
        np.zeros(shape),
        np.zeros(shape),
        np.zeros(len(rows)),
        np.zeros(len(rows), np.int64),
    )
    for row, series in enumerate(by_pair):
        elsewhere = everyone - Counter(name for day, name in series if day <= until)
        total = sum(elsewhere.values()) + UNSEEN * len(names)
        counts: Counter[str] = Counter()
        for place, (day, name) in enumerate(series):
            share = (elsewhere[name] + UNSEEN) / total
            chances = np.log((counts[name] + WEIGHTS * share) / (place + WEIGHTS))
            if day <= until:
                fitted[row] += chances
            else:
                tested[row] += chances
                alone[row] += np.log(share)
            counts[name] += 1
        act_days[row] = len({day for day, _ in series if day > until})
    return Mixes(fitted, tested, alone, act_days)


def mix_rows(mixes: Mixes, kind: str, classes: str) -> list[dict[str, Any]]:
    """Return the weight that the days before make likeliest, and what own mixes add on the days after.

    One row with that weight, and one with the model's. The weight's interval is of pairs drawn again; one that ends at
    an end of WEIGHTS is without an end there.
    """
    drawn = drawn_again(np.random.default_rng(0), len(mixes.fitted), DRAWS) @ mixes.fitted
    low, high = middle(WEIGHTS[np.argmax(drawn, axis=1)])
    best, model = int(np.argmax(mixes.fitted.sum(axis=0))), value_of(kind, "mix_weight")
    rows = []
    for label, index in (("fitted", best), ("the model's", int(np.argmin(np.abs(np.log(WEIGHTS / model)))))):
        gain = gain_per_act(mixes.tested[:, index] - mixes.kind_alone, mixes.act_days)
        rows.append({"kind": kind, "classes": classes, "numbers": label, "weight": float(WEIGHTS[index])} | gain)
    rows[0] |= {"weight_low": float(low), "weight_high": float(high)}
    rows[1] |= {"weight": model, "weight_low": None, "weight_high": None}
    return rows
