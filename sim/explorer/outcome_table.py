"""The outcomes of an ensemble as rows: the table that is shown, and the one that can be taken away."""

import csv
import io
from typing import Any

from sim.explorer.ensembles import Explorer, LeverEnsemble
from sim.figures.words import in_words
from sim.results.estimates import Estimate

CSV_COLUMNS = (
    "outcome",
    "unit",
    "kind",
    "estimate",
    "low",
    "high",
    "runs",
    "as_it_is",
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

    Returns rows of outcome, now, before and difference; the last is empty where the scenario is as it is.
    """
    labels, before = actor_labels(explorer), {estimate.name: estimate for estimate in ensemble.base}
    return [
        {
            "outcome": in_words(estimate.name, labels),
            "now": _interval_text(estimate),
            "before": _interval_text(before[estimate.name]) if estimate.name in before else "",
            "difference": _difference_text(ensemble, estimate.name),
        }
        for estimate in ensemble.estimates
        if estimate.headline and estimate.kind == "share"
    ]


def estimates_csv(explorer: Explorer, ensemble: LeverEnsemble) -> str:
    """Write every estimate, that of the scenario as it is, and the paired differences, as CSV."""
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


def _interval_text(estimate: Estimate) -> str:
    return f"{100 * estimate.value:.1f} % ({100 * estimate.low:.1f} to {100 * estimate.high:.1f})"


def _difference_text(ensemble: LeverEnsemble, name: str) -> str:
    difference = ensemble.differences.get(name)
    if difference is None or not ensemble.settings:
        return ""
    return f"{difference.mean:+.1f} ({difference.low:+.1f} to {difference.high:+.1f})"
