"""The work behind `escalate priors`: what many dyads say of answers and momentum, as priors for one that is not among them."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

from tabulate import tabulate

from sim.commands.desk import Desk
from sim.scenario.problems import Place, Problem, UserError

VARIANTS = {
    "as coded": (True, False),
    "every day alike": (False, False),
    "without echoes": (True, True),
}  # news volume as an offset; acts of one story told again left out
READING = (
    "Median over pairs (95 %). A new pair: where a pair that is not in the file may lie, which is what a fit to another case may believe beforehand. "
    "Half-lives are common to the pairs, on a grid. every day alike: without the day's volume of news. without echoes: the same act between the same two "
    "within three days is counted once. Each pair's numbers are summed over a grid that begins at 0.003: estimates near that are ends of it."
)
FEWEST = 5  # pairs of a kind, without which a spread over pairs is the prior's (judgement)


@dataclass(frozen=True)
class Task:
    """One kind of dyad in one variant."""

    file: Path
    kind: str
    variant: str
    until: date
    least: int
    ablations: bool


def dyad_priors(desk: Desk, file: Path, until: date, least: int, workers: int | None) -> None:
    """Fit every kind of dyad in every variant, `tell` the tables and write them.

    Raises UserError for a file that is not in the form described in `evidence.dyads`.
    """
    from sim.evidence.dyads import KINDS, read_coded
    from sim.evidence.folder import EvidencePlan, file_subject
    from sim.evidence.parallel import mapped

    acts = read_coded(file)
    if not acts or not acts[0].day < until < acts[-1].day:
        allowed = f"a day after {acts[0].day} and before {acts[-1].day}" if acts else "a file that holds acts"
        raise UserError(
            [Problem(Place("--until", 0), "", f"{until} leaves nothing to fit, or nothing to test", allowed)]
        )
    desk.note(f"{len(acts):,} acts from {acts[0].day} to {acts[-1].day}; fitted to {until}, tested on what follows.")
    tasks = [
        Task(file, kind, variant, until, least, variant == "as coded") for kind, variant in product(KINDS, VARIANTS)
    ]

    def make() -> Sequence[dict[str, Any]]:
        done = mapped(row_of, tasks, workers or os.cpu_count() or 1)
        told = []
        with desk.progress(len(tasks), "fits") as each:
            for row in done:
                told.append(row)
                each(1)
        for task, row in zip(tasks, told, strict=True):
            if row is None:
                desk.note(
                    f"{task.kind}, {task.variant}: fewer than {FEWEST} pairs with {least} days of hostile acts, left out"
                )
        rows = [row for row in told if row is not None]
        if not rows:
            text = f"no kind of dyad has {FEWEST} pairs with {least} days of hostile acts up to {until}"
            raise UserError([Problem(Place(str(file), 0), "", text, "a lower --least, a later --until, or more acts")])
        return rows

    rows = desk.keep_rows(EvidencePlan("priors", file_subject(file), {"until": until, "least": least}), make)
    if desk.as_json:
        desk.answer_data(rows)
    else:
        desk.answer(priors_text(rows))
    desk.note(f"Written to: {desk.result}")


def row_of(task: Task) -> dict[str, Any] | None:
    """A row of the table: what the pairs of one kind have in common. None where there are too few to have anything."""
    from sim.evidence.dyads import dyads_of, read_coded, without_echoes
    from sim.evidence.pooling import held_out, pool

    with_volume, no_echoes = VARIANTS[task.variant]
    acts = read_coded(task.file)
    acts = without_echoes(acts) if no_echoes else acts
    dyads = dyads_of(acts, task.kind, task.until, task.least, with_volume)
    if len(dyads.pairs) < FEWEST:
        return None
    days = (task.until - dyads.first).days + 1
    found = pool(dyads, days)
    row: dict[str, Any] = {
        "kind": task.kind,
        "variant": task.variant,
        "pairs": len(dyads.pairs),
        "hostile_act_days": int(dyads.acted.sum()),
        "fitted_to": str(task.until),
    }
    for name in ("base", "reciprocity", "momentum"):
        for of, told in (("", found.typical(name)), ("new_pair_", found.of_a_new_pair(name))):
            row |= {f"{name}_{of}{part}": value for part, value in zip(("median", "low", "high"), told, strict=True)}
    for of in ("memory", "own"):
        told = found.half_life(of)
        row |= {f"{of}_half_life_{part}": value for part, value in zip(("median", "low", "high"), told, strict=True)}
    row["held_out_both"] = held_out(found)
    for name, answers, momentum in (("base", False, False), ("reciprocity", True, False), ("momentum", False, True)):
        row[f"held_out_{name}"] = held_out(pool(dyads, days, answers, momentum)) if task.ablations else None
    return row


def priors_text(rows: list[dict[str, Any]]) -> str:
    """The tables as a person reads them, and the priors as lines of a scenario."""
    table = tabulate(
        [
            [row["kind"], row["variant"], f"{row['pairs']}; {row['hostile_act_days']:,}"]
            + [_interval(row, f"{name}_") for name in ("reciprocity", "momentum")]
            + [_interval(row, f"{of}_half_life_") for of in ("memory", "own")]
            for row in rows
        ],
        [
            "ordered pairs",
            "variant",
            "pairs; hostile act-days",
            "reciprocity",
            "momentum",
            "memory, days",
            "own acts, days",
        ],
        disable_numparse=True,
    )
    tested = tabulate(
        [
            [row["kind"], *(f"{row[f'held_out_{name}']:.1f}" for name in ("base", "reciprocity", "momentum", "both"))]
            for row in rows
            if row["held_out_base"] is not None
        ],
        ["ordered pairs", "base alone", "and reciprocity", "and momentum", "both"],
        disable_numparse=True,
        colalign=("left", "right", "right", "right", "right"),
    )
    lines = [line for row in rows if row["variant"] == "without echoes" for line in _as_yaml(row)]
    head = "ln L of the days after, at each pair's own numbers (higher is better):"
    return "\n\n".join(
        [READING, table, head, tested, "As priors of a new pair, for `parameters` of a scenario:", "\n".join(lines)]
    )


def _as_yaml(row: dict[str, Any]) -> Iterator[str]:
    yield f"# {row['kind']}, {row['variant']}, {row['pairs']} pairs, to {row['fitted_to']}"
    for name in ("reciprocity", "momentum"):
        median, low, high = (row[f"{name}_new_pair_{part}"] for part in ("median", "low", "high"))
        yield f"{name}: {{prior: {{median: {median:.3g}, low: {low:.2g}, high: {high:.2g}}}}}"


def _interval(row: dict[str, Any], of: str) -> str:
    return f"{row[of + 'median']:.2g} ({row[of + 'low']:.2g} to {row[of + 'high']:.2g})"
