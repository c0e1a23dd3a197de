"""What `escalate pool` prints: the result in a sentence, the losses, and the tables behind them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sim.commands.desk import Row
from sim.layout import Headline, Page, Table
from sim.scenario.labels import NO_LABELS

EVEN = 0.005  # a skill that is shown as none
IDENTIFIES = (
    "What can identify the term {weight} × (1 - {shield}): bases are learned within each case, so how much a government represses says nothing of it. What speaks is change within a case: "
    "how far severe acts fall (and concessions grow) as pressure builds up, and whether less so where somebody stands behind it. A case in which pressure never moved tells little; what a case "
    "tells (knows) is its part in how ln L of the {role}'s acts bends at the likeliest weight of all. The weight may be below 0 here, so that an interval can hold 0; with its prior (half-normal, from 0 on) it cannot."
)
ALONE = "One case alone: nothing can be left out, shuffled or forecast by others. Name more cases of the kind."
SHIELDS = {"value": "as they are", "low": "all at their low", "high": "all at their high"}
LABELS = {"interval": "interval above 0", "permutation": "p of shuffling ≤ .05"}


def pool_text(manifest: Row, tables: Mapping[str, Sequence[Row]], labels: Mapping[str, str] = NO_LABELS) -> Page:
    """Return the result of a pool: the headline, the losses, the term, then the shared numbers.

    Parameters: labels, of numbers, by their keys.
    """
    parts: list[str | Headline | Table | Page] = [Headline(manifest["headline"])]
    if manifest["alone"]:
        parts.append(ALONE)
    else:
        parts += [losses_text(manifest, tables["skills"]), *_skill_texts(tables["skills"], tables["skills_by_case"])]
    names = {key: manifest[key].rpartition(".")[2].replace("_", " ") for key in ("weight", "shield")}
    parts.append(IDENTIFIES.format(**names, role=manifest["role"]))
    parts.append(_term_table(tables, names["shield"]))
    parts += [_together_table(tables["term"], tables["permutation"]), _power_text(tables["power"], names["weight"])]
    parts += [_numbers_table(tables["numbers"], tables["pulls"], labels), _cases_table(tables["cases"])]
    return Page(*parts)


def losses_text(manifest: Row, rows: Sequence[Row]) -> Page:
    """List the rivals and scores by which numbers learned from the other cases do worse."""
    if not rows:
        return Page("No record is long enough for a forecast, so nothing was compared.")
    head = (
        "Every case forecast from its own mornings by numbers that the others taught (bases of its own record alone)."
    )
    lost = sorted((row for row in rows if row["skill"] < -EVEN), key=lambda row: float(row["skill"]))
    won = [row for row in rows if row["skill"] > EVEN]
    count = manifest["comparisons"]
    sure = [sum(row["is_sure"] for row in side) for side in (lost, won)]
    counts = (
        f"Of {len(rows)} comparisons it loses {len(lost)} ({sure[0]} surely), is even in {len(rows) - len(lost) - len(won)} and does better in {len(won)} ({sure[1]} surely); "
        f"about {count['by_chance']:.1f} would look sure by chance alone, {count['sure_alone']} do, each by itself; * sure once all are taken together (Holm)."
    )
    if not lost:
        return Page(f"{head} {counts} No rival does better on any score.")
    lines = [[row["rival"], _score_name(row), _skill(row), f"{row['cases_better']} of {row['cases']}"] for row in lost]
    table = _table(lines, ["it LOSES against", "score, days ahead", "skill (95 % over cases)", "cases it wins"])
    return Page(f"{head} {counts}", table)


def _skill_texts(rows: Sequence[Row], by_case: Sequence[Row]) -> list[Page]:
    """Return the table of all skills, and that of each case, by the chance of at least one act."""
    if not rows:
        return []
    rivals = list(dict.fromkeys(row["rival"] for row in rows))
    cells = {(_score_name(row), row["rival"]): _skill(row) for row in rows}
    scores = list(dict.fromkeys(_score_name(row) for row in rows))
    table = _table(
        [[score, *(cells.get((score, rival), "") for rival in rivals)] for score in scores], ["skill", *rivals]
    )
    shown = [row for row in by_case if row["score_name"] == "log"]
    cases = list(dict.fromkeys(row["case"] for row in shown))
    days = list(dict.fromkeys(row["horizon_days"] for row in shown))
    of_case = {(row["case"], row["horizon_days"], row["rival"]): row["skill"] for row in shown}
    lines = [
        [f"{case}, {day} d", *(_number(of_case.get((case, day, rival)), "+.2f") for rival in rivals)]
        for case in cases
        for day in days
    ]
    return [
        Page(
            "Skill: 1 - score / score of the rival, above 0 where numbers learned from the other cases are better; cases count alike, intervals are over cases.",
            table,
        ),
        Page("By case, at least one act, log score:", _table(lines, ["case", *rivals])),
    ]


def _term_table(tables: Mapping[str, Sequence[Row]], shield_name: str) -> Table:
    """Write a row a case: how far pressure moved, its shield, its own evidence, its gain, what it knows."""
    from sim.evidence.pool_headline import interval_text

    term = {row["case"]: row for row in tables["term"] if row["shields"] == "value"}
    cases = {row["case"]: row for row in tables["cases"]}
    lines = []
    for row in tables["pressure"]:
        name = row["case"]
        shield = cases[name]
        backing = f"{shield['shield']:.2f} ({shield['shield_low']:.2f} to {shield['shield_high']:.2f})"
        lines.append(
            [
                name,
                backing if shield["has_shield"] else "0: nobody",
                f"{row['pressure_min']:.2f} to {row['pressure_max']:.2f}",
                f"{row['days_above_zero']:,} of {row['days']:,}",
                str(shield["acts_of_actor"]),
                interval_text(term[name]),
                _number(term[name]["gain_left_out"], "+.2f"),
                f"{100 * term[name]['knows']:.0f} %",
            ]
        )
    headers = [
        "case",
        f"{shield_name} (range)",
        "pressure",
        "days above 0",
        "its acts",
        "its own evidence",
        "gain left out, nats",
        "knows",
    ]
    return _table(lines, headers)


def _together_table(term: Sequence[Row], permutation: Sequence[Row]) -> Page:
    """Write a row for each reading of the shields: all cases together, gain left out, permutation test."""
    from sim.evidence.pool_headline import interval_text

    tests = {row["shields"]: row for row in permutation}
    lines = []
    for row in (row for row in term if row["case"] == "all together"):
        test = tests[row["shields"]]
        gain = _number(row["gain_left_out"], "+.2f")
        if row["gain_low"] is not None and row["gain_low"] == row["gain_low"]:
            gain += f" ({row['gain_low']:+.2f} to {row['gain_high']:+.2f})"
        posterior = f"{row['posterior_median']:.2f} ({row['posterior_low']:.2f} to {row['posterior_high']:.2f})"
        p = f"{test['p']:.3f}" if test["different"] > 1 else "all are equal: 1"
        lines.append([SHIELDS[row["shields"]], interval_text(row), posterior, gain, f"{test['statistic']:.2f}", p])
    headers = [
        "backing",
        "weight",
        "with its prior",
        "gain left out, nats",
        "gain of the true assignment",
        "p of shuffling",
    ]
    test = permutation[0]
    share = "all" if test["is_exact"] else "a sample of"
    note = (
        f"gain left out: how much likelier the term makes the acts of each case at the weight (0 or more) that the other cases ask for, summed; 95 % over cases. p: in how large a share of {share} {test['assignments']:,} "
        "assignments of backing to cases the gain of all cases, at the weight that suits the assignment best, is that of the true one or more (other numbers as they are without the term)."
    )
    return Page(_table(lines, headers), note)


def _power_text(rows: Sequence[Row], weight: str) -> Page:
    from sim.evidence.pool_headline import power_text, whose_text

    if not rows:
        return Page()
    lines = [
        [
            f"{row['weight']:.3g}",
            f"{row['mean_estimate']:.2f} ± {row['sd_estimate']:.2f}",
            f"{100 * row['covered']:.0f} %",
        ]
        + [_share(row, f"by_{name}") for name in LABELS]
        for row in rows
    ]
    headers = [f"true {weight}", "estimate, mean ± sd", "interval holds it", *LABELS.values()]
    head = f"Power: these cases, each simulated {rows[0]['runs']} times from its first scored day on; {power_text(weight, rows)}{whose_text(rows)}. How often the interval holds the truth says how far to believe it: learned bases take up part of what changes slowly. So the headline also says which true weights give such an estimate as was observed, 95 % by mean and spread of the simulated ones."
    return Page(head, _table(lines, headers))


def _share(row: Row, name: str) -> str:
    value, low, high = (100 * row[f"{name}{end}"] for end in ("", "_low", "_high"))
    return f"{value:.0f} % ({low:.0f} to {high:.0f})"


def _numbers_table(numbers: Sequence[Row], pulls: Sequence[Row], labels: Mapping[str, str]) -> Page:
    """Write a row for each shared number, with the case that pulls it farthest."""
    from sim.commands.fit import number_text, short

    lines = []
    for row in numbers:
        mine = sorted((pull for pull in pulls if pull["number"] == row["number"]), key=lambda pull: -abs(pull["pull"]))
        pulled = ", ".join(f"{pull['case']} {pull['pull']:+.1f}" for pull in mine[:2])
        before = (
            f"{number_text(row['prior_median'])} ({number_text(row['prior_low'])} to {number_text(row['prior_high'])})"
        )
        after = f"{number_text(row['value'])} ({number_text(row['low'])} to {number_text(row['high'])})"
        lines.append(
            [short(row["number"], labels), number_text(row["default"]), before, after, f"{row['learned']:z.2f}", pulled]
        )
    headers = ["shared number", "the kind's", "before", "after all cases", "learned", "pulled most by (sd)"]
    note = "after: where the posterior of all cases peaks, and 95 % by its curvature. learned: by how much it narrowed what was believed. pulled: how many standard deviations the number lies from where it would lie without the case."
    return Page(_table(lines, headers), note)


def _cases_table(rows: Sequence[Row]) -> Page:
    lines = [
        [
            row["case"],
            row["record_from"],
            row["scored_from"],
            row["until"],
            row["acts"],
            row["impossible"],
            f"{row['ln_l']:.1f}",
        ]
        for row in rows
    ]
    headers = ["case", "record from", "scored from", "to", "acts", "not allowed", "ln L"]
    note = "Every day of a record teaches the case's own bases; acts are scored from a month into it. not allowed: acts whose requirements did not hold on their day (9.2 nats each)."
    return Page(_table(lines, headers), note)


def _score_name(row: Row) -> str:
    from sim.evidence.backtest import SCORES

    label = next(label for label, name in SCORES.items() if name == row["score_name"])
    return f"{label}, {row['horizon_days']} d"


def _skill(row: Row) -> str:
    if row["skill"] != row["skill"]:
        return "no score"
    star = "*" if row["is_sure"] else ""
    if row["low"] != row["low"]:
        return f"{row['skill']:+.2f}"
    return f"{row['skill']:+.2f}{star} ({row['low']:+.2f} to {row['high']:+.2f})"


def _number(value: Any, form: str) -> str:
    return "" if value is None or value != value else format(value, form)


def _table(lines: Sequence[Sequence[Any]], headers: Sequence[str]) -> Table:
    return Table(headers, lines)
