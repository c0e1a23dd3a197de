"""A study's sensitivity as a person reads it, or a machine."""

import json
from typing import Any

import pyarrow as pa
from tabulate import tabulate

from sim.study.indices import Interval
from sim.study.load_study import LoadedStudy
from sim.study.sensitivity import Screening, Sensitivity

READING = (
    "Shares of the variance of a single run's outcome, with 95 % intervals. Chance is all that luck does, also together with numbers. alone: "
    "of this number by itself; in all: with what it does together with others; both of the means of points, whose intervals leave luck out, so that "
    "shares of a hundredth cannot be told from none. They hold for the ranges of the study, taken as equally likely throughout."
)
WIDE = 0.2  # an interval of that width says little


def sensitivity_text(screening: Screening, study: LoadedStudy, found: list[Sensitivity]) -> str:
    """What was screened, where variance comes from, and the boxes."""
    parts = [_screened(screening), READING, *(_of_outcome(study, one) for one in found)]
    if study.base.scenario.caveats:
        parts.append("\n".join(["To be read beside it:", *(f"- {one}" for one in study.base.scenario.caveats)]))
    return "\n\n".join(parts)


def _screened(screening: Screening) -> str:
    study, vary = screening.study.study, list(screening.study.study.vary)
    told = f"{study.name}: {len(vary)} numbers screened by {study.points} trajectories, {study.runs} runs a point."
    left = [key for key in vary if key not in screening.kept]
    if left:
        told += f" {screening.passed} have a twentieth or more of the largest effect on some outcome; {len(screening.kept)} of them"
        told += f" are varied below. Left at their values, so that what they do is in no share: {', '.join(left)}."
    else:
        told += " All are varied below."
    rows = []
    for index, key in enumerate(vary):
        effects = [(one.mean[index], one.error[index]) for one in screening.effects.values()]
        if key in screening.kept:
            rows.append([key, *(f"{mean:.3g} ± {error:.2g}" for mean, error in effects)])
    headers = ["mean size of the effect of its whole range (Morris)", *screening.effects]
    return told + "\n\n" + tabulate(rows, headers, disable_numparse=True)


def _of_outcome(study: LoadedStudy, one: Sensitivity) -> str:
    shares = one.shares
    rows = [["chance", "", _told(shares.chance)]]
    if len(study.combinations) > 1:
        rows.append(["decision rule (levers)", _told(shares.rule), _told(shares.rule_in_all)])
    rows.append(["all numbers below", "", _told(shares.parameters)])
    ranked = sorted(zip(one.total, one.first, study.study.vary, strict=True), reverse=True)
    rows += [[key, _told(first), _told(total)] for total, first, key in ranked]
    table = tabulate(rows, [one.outcome, "alone", "in all"], disable_numparse=True)
    if any(high - low > WIDE for _, low, high in one.total):
        table += "\nThese intervals are wide: twice the `points` of the study, or four times, would narrow them."
    return table + (f"\n{one.box.sentence(one.outcome)}" if one.box is not None else "")


def _told(interval: Interval) -> str:
    value, low, high = (f"{100 * number:.1f}" for number in interval)
    return f"{value} % ({low} to {high})" if value != "nan" else "nothing varies"


def sensitivity_data(tables: dict[str, pa.Table], found: list[Sensitivity], study: LoadedStudy) -> str:
    """The same for a machine."""
    told: dict[str, Any] = {name: table.to_pylist() for name, table in tables.items()}
    told["boxes"] = {one.outcome: one.box.sentence(one.outcome) for one in found if one.box is not None}
    told |= {"study": study.study.name, "reading": READING, "caveats": study.base.scenario.caveats}
    told["warnings"] = [str(warning) for warning in study.warnings]
    return json.dumps(told, indent=2, ensure_ascii=False)
