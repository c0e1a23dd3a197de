"""A study's sensitivity as a person reads it, or a machine."""

import json
from typing import Any

import pyarrow as pa
from tabulate import tabulate

from sim.study.indices import Interval
from sim.study.load_study import LoadedStudy
from sim.study.sensitivity import Screening, Sensitivity

READING = (
    "Shares of the variance of a single run's outcome, with 95 % intervals (bootstrap). alone: of this number by itself; in all: "
    "with what it does together with others. They hold for the ranges of the study, taken as equally likely throughout."
)


def sensitivity_text(screening: Screening, study: LoadedStudy, found: list[Sensitivity]) -> str:
    """What was screened, where variance comes from, and the boxes."""
    parts = [_screened(screening), READING, *(_of_outcome(study, one) for one in found)]
    if study.base.scenario.caveats:
        parts.append("\n".join(["To be read beside it:", *(f"- {one}" for one in study.base.scenario.caveats)]))
    return "\n\n".join(parts)


def _screened(screening: Screening) -> str:
    study = screening.study.study
    told = (
        f"{study.name}: {len(study.vary)} numbers screened by {study.points} trajectories, {study.runs} runs a point."
    )
    left = [key for key in study.vary if key not in screening.kept]
    kept = f" The {len(screening.kept)} with the largest effect on some outcome are varied below."
    return told + kept + (f" Left at their values: {', '.join(left)}." if left else "")


def _of_outcome(study: LoadedStudy, one: Sensitivity) -> str:
    rows = [["chance", "", _told(one.shares.chance)], ["decision rule (levers)", "", _told(one.shares.rule)]]
    ranked = sorted(zip(one.total, one.first, study.study.vary, strict=True), reverse=True)
    rows += [[key, _told(first), _told(total)] for total, first, key in ranked]
    if len(study.combinations) == 1:
        del rows[1]
    table = tabulate(rows, [one.outcome, "alone", "in all"], disable_numparse=True)
    return table + (f"\n{one.box.sentence(one.outcome)}" if one.box is not None else "")


def _told(interval: Interval) -> str:
    value, low, high = (f"{100 * number:.1f}" for number in interval)
    return f"{value} % ({low} to {high})" if value != "nan" else "nothing varies"


def sensitivity_data(tables: dict[str, pa.Table], found: list[Sensitivity], study: LoadedStudy) -> str:
    """The same for a machine."""
    told: dict[str, Any] = {name: table.to_pylist() for name, table in tables.items()}
    told["boxes"] = {one.outcome: one.box.sentence(one.outcome) for one in found if one.box is not None}
    told["caveats"] = study.base.scenario.caveats
    return json.dumps(told, indent=2, ensure_ascii=False)
