"""The outcomes of an ensemble as rows: the table that is shown, and the one that can be taken away."""

import csv
import io
from typing import Any

from sim.explorer.ensembles import Explorer, LeverEnsemble
from sim.figures.words import capitalised, in_words, percent
from sim.results.estimates import Estimate

CSV_COLUMNS = (
    "outcome",
    "unit",
    "kind",
    "estimate",
    "low",
    "high",
    "runs",
    "compared_with",
    "difference_points",
    "difference_low",
    "difference_high",
)


def actor_labels(explorer: Explorer) -> dict[str, str]:
    """Map the name of each actor to its label."""
    return {name: actor.label for name, actor in explorer.loaded.scenario.actors.items()}


def share_rows(explorer: Explorer, ensemble: LeverEnsemble) -> list[dict[str, str]]:
    """List the headline shares and their differences, a row each, as text.

    Shares are in per cent with intervals, differences in points.

    Returns rows of outcome, now, before and difference; the last is empty where there is nothing to compare.
    """
    labels, before = actor_labels(explorer), {estimate.name: estimate for estimate in ensemble.base}
    return [
        {
            "outcome": capitalised(in_words(estimate.name, labels)),
            "now": interval_text(estimate),
            "before": interval_text(before[estimate.name]) if estimate.name in before else "",
            "difference": _difference_text(ensemble, estimate.name),
        }
        for estimate in ensemble.estimates
        if estimate.headline and estimate.kind == "share"
    ]


def estimates_csv(explorer: Explorer, ensemble: LeverEnsemble) -> str:
    """Write every estimate, that of the reference, and the paired differences, as CSV."""
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    before = {estimate.name: estimate for estimate in ensemble.base}
    for estimate in ensemble.estimates:
        difference = ensemble.differences.get(estimate.name)
        numbers = [_cell(explorer, estimate, number) for number in (estimate.value, estimate.low, estimate.high)]
        base = _cell(explorer, before[estimate.name], before[estimate.name].value) if estimate.name in before else ""
        ends = [difference.mean, difference.low, difference.high] if difference else ["", "", ""]
        writer.writerow([estimate.name, estimate.unit, estimate.kind, *numbers, estimate.runs, base, *ends])
    return sink.getvalue()


def _cell(explorer: Explorer, estimate: Estimate, number: float) -> Any:
    value = estimate.unit.data(number, explorer.compiled.start)
    return "" if value is None else value


def interval_text(estimate: Estimate) -> str:
    """Write a share and its interval in per cent."""
    low = percent(estimate.low).removesuffix("%").rstrip()
    return f"{percent(estimate.value)} ({low} to {percent(estimate.high)})"


def _difference_text(ensemble: LeverEnsemble, name: str) -> str:
    """Write a paired difference and its interval in points, with one digit where whole points would hide them."""
    gap = ensemble.differences.get(name)
    if gap is None:
        return ""
    digits = 0 if gap.high - gap.low >= 4 else 1
    return f"{gap.mean:+.{digits}f} ({gap.low:+.{digits}f} to {gap.high:+.{digits}f})"
