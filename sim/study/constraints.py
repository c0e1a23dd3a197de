"""Constraints between numbers of a study: `parameters.low < parameters.high`, `2 * a + b <= 1`.

Each side is a sum of numbers, of keys of numbers and of a number times a key; one comparison stands between them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

COMPARISONS = {"<=": np.less_equal, ">=": np.greater_equal, "<": np.less, ">": np.greater}
FORM = "two sums with <, <=, > or >= between them: parameters.a < 2 * parameters.b + 0.1"
TERM = re.compile(
    r"\s*(?P<sign>[+-]?)\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)(?:\s*\*\s*(?P<times>[a-z]\w*(?:\.\w+)+))?|(?P<key>[a-z]\w*(?:\.\w+)+))\s*"
)


@dataclass(frozen=True)
class Constraint:
    """A weighted sum of numbers that must compare with 0 as it says."""

    text: str
    weights: Mapping[str, float]  # by key
    constant: float
    comparison: str

    def holds(self, columns: Mapping[str, np.ndarray | float]) -> np.ndarray:
        """Tell of each point whether it holds.

        columns: the numbers that it names, float64 (points,) or one number for all.
        """
        total = self.constant + sum(weight * columns[key] for key, weight in self.weights.items())
        return np.asarray(COMPARISONS[self.comparison](total, 0.0))


def parsed_constraint(text: str) -> Constraint | None:
    """Read a constraint; None for a text that is none."""
    sides = re.split(r"(<=|>=|<|>)", text)
    if len(sides) != 3:
        return None
    left, right = _sum(sides[0]), _sum(sides[2])
    if left is None or right is None:
        return None
    weights = dict(left[0])
    for key, weight in right[0].items():
        weights[key] = weights.get(key, 0.0) - weight
    return Constraint(text, weights, left[1] - right[1], sides[1])


def _sum(text: str) -> tuple[dict[str, float], float] | None:
    """Read a sum: the weight of each key, and what is added; None for a text that is none."""
    weights: dict[str, float] = {}
    constant, start = 0.0, 0
    while start < len(text):
        term = TERM.match(text, start)
        if term is None or (start > 0 and not term["sign"]):
            return None
        start = term.end()
        factor = (-1.0 if term["sign"] == "-" else 1.0) * float(term["number"] or 1.0)
        key = term["times"] or term["key"]
        if key:
            weights[key] = weights.get(key, 0.0) + factor
        else:
            constant += factor
    return (weights, constant) if text.strip() else None
