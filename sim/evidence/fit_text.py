"""A fit as a person reads it: what the record taught of each number, and what it did not."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from tabulate import tabulate

from sim.evidence.calibration import Calibration

READING = (
    "Before and after: median and 95 % interval. learned: by how much the record narrowed what was believed (0: nothing, 1: all; below 0: the record and the prior disagree, and it is wider than before). "
    "A number of which nothing was learned has its prior back, and says what its author thought."
)
CALIBRATION = (
    "Cases that never happened, simulated at numbers drawn from the priors, and fitted by the peak and its curvature. recovered: correlation of the truth and "
    "what the fit found, over cases (0: a case of this length says nothing of it). covered: how often 95 % intervals held the truth. "
    "ranks uniform: chance of ranks as uneven as these if the fit is right (Talts et al. 2018)."
)


FEW = 100  # cases


def fit_text(told: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    """The table of a fit, from its manifest and its rows."""
    head = (
        f"{told['scenario']}: the record from {told['since']} to {told['until']}, {told['acts']} acts in {told['days']} days; "
        f"acts of which only the month is known: {told['month_only']}."
    )
    table = tabulate(
        [
            [
                short(row["number"]),
                _number(row["default"]),
                _interval(row, "prior_"),
                _interval(row, ""),
                f"{row['learned']:.2f}",
            ]
            for row in rows
        ],
        ["number", "scenario", "before", "after", "learned"],
        disable_numparse=True,
        colalign=("left", "right", "left", "left", "right"),
    )
    likely = f"ln L of the acts: {told['ln_l_defaults']:.1f} under the scenario's own numbers, {told['ln_l_peak']:.1f} under the likeliest, priors and all (an act that requirements do not allow costs 9.2)."
    parts = [head, READING, table, likely]
    if told["impossible"]:
        parts.append(
            "Acts that the model's requirements did not allow on their day, and so not scored: "
            + told["impossible"]
            + "."
        )
    parts.append(
        f"One act draws {told['branching']:.2f} in all in the middle draw (drives at 0); in {100 * told['explosive']:.1f} % of draws acts draw acts "
        "without end (1 and more): these are played like any other."
    )
    parts.append(_placements(told["placements"]))
    state = "Converged" if told["converged"] else "NOT CONVERGED"
    parts.append(
        f"{state}: {told['walkers']} walkers, {told['steps']:,} steps after warm-up; R-hat at most {told['rhat']:.3f}, "
        f"at least {told['ess_bulk']:.0f} effective draws, {told['lengths']:.0f} autocorrelation times."
    )
    parts += [f"  {text}" for text in told["shortcomings"]]
    return "\n\n".join(parts)


def calibration_rows(found: Calibration) -> list[dict[str, Any]]:
    """A row a number."""
    columns = zip(found.case.keys, found.recovered, found.covered, found.uniformity, strict=True)
    of = {
        "cases": len(found.acts),
        "failed": found.failed,
        "fewest_acts": int(np.min(found.acts)),
        "middle_acts": int(np.median(found.acts)),
        "most_acts": int(np.max(found.acts)),
    }
    return [
        {"number": key, "recovered": float(recovered), "covered": float(covered), "uniform_p": float(p), **of}
        for key, recovered, covered, p in columns
    ]


def calibration_text(rows: Sequence[dict[str, Any]]) -> str:
    """Whether fits find the numbers that made their cases."""
    table = tabulate(
        [
            [
                short(row["number"]),
                f"{row['recovered']:.2f}",
                f"{100 * row['covered']:.0f} %",
                f"{row['uniform_p']:.2f}",
            ]
            for row in rows
        ],
        ["number", "recovered", "covered", "ranks uniform, p"],
        disable_numparse=True,
        colalign=("left", "right", "right", "right"),
    )
    worst = min(row["uniform_p"] for row in rows)
    doubt = len(rows) * worst < 0.05
    verdict = f"The smallest p is {worst:.3f} over {len(rows)} numbers: " + (
        "the fit is NOT calibrated (Bonferroni, 5 %)."
        if doubt
        else "no sign that the fit is not calibrated (Bonferroni, 5 %)."
    )
    one = rows[0]
    cases = (
        f"{one['cases']} cases of {one['middle_acts']} acts (middle one; {one['fewest_acts']} to {one['most_acts']})."
    )
    if one["failed"]:
        cases += f" {one['failed']} more could not be fitted: the search for their likeliest numbers did not end."
    if one["cases"] < FEW:
        cases += " So few cases show gross faults only: intervals that hold the truth in four fifths of cases may pass."
    return "\n\n".join([CALIBRATION, cases, table, verdict])


def _placements(found: dict[str, dict[str, float]]) -> str:
    """What the days of month-only acts do to the likeliest bases."""
    if not next(iter(found.values())):
        return "No base was free: where acts stand of which only the month is known was not looked at."
    rows = [[short(key), *(_number(values[key]) for values in found.values())] for key in next(iter(found.values()))]
    table = tabulate(rows, ["likeliest base", *found], disable_numparse=True, stralign="right", colalign=("left",))
    return "Where acts stand of which only the month is known:\n\n" + table


def short(key: str) -> str:
    """A dotted key as people say it."""
    section, _, name = key.partition(".")
    return name.replace(".", " ") if section in ("parameters", "channels") else key.replace(".", " ")


def _interval(row: dict[str, Any], of: str) -> str:
    return f"{_number(row[of + 'median'])} ({_number(row[of + 'low'])} to {_number(row[of + 'high'])})"


def _number(value: float) -> str:
    return f"{value:.3g}"
