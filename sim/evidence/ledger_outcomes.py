"""The outcomes of a scenario that a ledger forecast, scored once a newer record settles them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from sim.evidence import scores as s
from sim.evidence.outlook import definition, question_by_outcome
from sim.results.what_happened import what_happened
from sim.scenario.compile import compile_tables
from sim.scenario.load import checked_scenario, load
from sim.scenario.problems import UserError, listed
from sim.scenario.record import Row as Act

Row = dict[str, Any]


def outcome_scores(line: Row, acts: Sequence[Act], until: date) -> tuple[list[Row], list[str]]:
    """Score the outcomes of a forecast that are shares, were open on its day and have been settled.

    Parameters: line, of a ledger; acts, of the newer record; until, the last day of which it is whole.
    Returns the rows of the scores, and why outcomes are left out: their scenario is gone, or asks something else now.
    """
    due = [
        row
        for row in line["outcomes"]
        if row["kind"] == "share" and row["last"] <= str(until) and not row["was_settled"]
    ]
    if not due:
        return [], []
    try:
        loaded = load(line["file"], line["settings"])
        compiled = compile_tables(checked_scenario(loaded.file, loaded.tree, [], list(acts)))
    except UserError as error:
        return [], [f"{line['case']}: outcomes are not scored, for {line['file']} cannot be used: {error.problems[0]}"]
    questions, happened = question_by_outcome(compiled), what_happened(compiled)
    rows: list[Row] = []
    changed, open_still = [], []
    for row in due:
        name = row["outcome"]
        if name not in questions or definition(compiled, questions[name])["definition"] != row["definition"]:
            changed.append(name)
        elif name not in happened.answers:
            open_still.append(name)
        else:
            rows += _scores(line, row, int(happened.answers[name]))
    reasons = []
    if changed:
        reasons.append(f"{line['case']}: {line['file']} asks something else now: {', '.join(changed)} are not scored.")
    if open_still:
        reasons.append(f"{line['case']}, forecast on {line['on']}: the record does not settle {listed(open_still, 6)}.")
    return rows, reasons


def _scores(line: Row, row: Row, observed: int) -> list[Row]:
    floor = 1.0 / (line["runs"] + 2.0)
    rows: list[Row] = []
    for forecaster, share in (("model", row["estimate"]), ("base", row["base"])):
        if share is None:
            continue
        chance = float(np.clip(share, floor, 1.0 - floor))
        values = (
            ("brier", s.brier(np.array(chance), np.array(observed > 0))),
            ("log", s.log_score(np.array(chance), np.array(observed > 0))),
        )
        rows += [
            {
                "days": (date.fromisoformat(row["last"]) - date.fromisoformat(line["on"])).days,
                "kind": "outcome",
                "who": "",
                "class": row["outcome"],
                "forecaster": forecaster,
                "chance": chance,
                "observed": observed,
                "score_name": score,
                "score": float(value),
            }
            for score, value in values
        ]
    return rows
