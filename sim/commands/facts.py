"""`escalate facts`: what the literature finds, and whether the model does it too."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.commands.desk import Desk, Row, counted, with_desk
from sim.commands.switches import POSTERIOR, RESUME, WORKERS, WholeNumber, examples
from sim.scenario.library import shipped_default, shown_path

if TYPE_CHECKING:
    from sim.evidence.facts import Facts, Variant
    from sim.evidence.parts import Parts
    from sim.layout import Page

READING = (
    "Each statement's measure over an ensemble, every run with the means of the bases that the record taught, with a 95 % interval from drawing runs again, beside the band that the literature gives. "
    "A statement is met where its whole interval lies in the band; * marks those that are missed, whose whole interval lies outside, and ~ the borderline ones, "
    "whose interval crosses an end of the band. Intervals are simulation error only; counts are of all seeds together, and in brackets from the lowest to the highest of each seed alone, whose intervals are wider. Statements in brackets have a band that was made from this very case, and are not counted. "
    "A model whose ideas do the work meets fewer statements without them."
)
SIGNS = {"met": "", "borderline": " ~", "missed": " *"}
KINDS = list(SIGNS)
WIDE = 0.1  # of the band: an interval that is wider is called so


@click.command(
    "facts",
    short_help="Check the model against patterns that the literature reports.",
    epilog=examples(
        "escalate facts",
        "escalate facts --runs 500 --no-ablations",
    ),
)
@click.argument("file", default=lambda: shipped_default("facts"))
@click.option(
    "--runs",
    type=WholeNumber(100, 10_000_000),
    help="Runs of each ensemble under each seed, in place of the file's own numbers.",
)
@click.option(
    "--for", "scenario", metavar="SCENARIO", help="The scenario to measure, in place of the one that FILE names."
)
@click.option("--ablations/--no-ablations", default=True, show_default=True, help="The same table without each idea.")
@click.option(
    "--seed",
    "seeds",
    multiple=True,
    type=WholeNumber(0, 2**63 - 1),
    help="A seed to report, in place of the file's own; several may be given. None on which rules were chosen.",
)
@click.option("--choosing", is_flag=True, help="For choosing rules or numbers: on the file's seeds for that.")
@POSTERIOR
@WORKERS
@RESUME
@with_desk("out", "force", "verify", "wide", "json")
def command(desk: Desk, file: str, **options: Any) -> None:
    """Check the model against patterns that the literature reports.

    FILE holds the statements; by default it is the table of stylised facts that ships.
    """
    check_facts(desk, file, FactsRequest(**options))


@dataclass(frozen=True)
class FactsRequest:
    """The options of a table of facts.

    scenario: in place of the file's own. ablations: the table without each idea. seeds: that are reported, in place of
    the file's. choosing: on the file's seeds for choosing rules, and nothing is reported.
    """

    runs: int | None
    scenario: str | None
    ablations: bool
    seeds: tuple[int, ...]
    choosing: bool
    posterior: Path | None
    workers: int | None
    resume: bool


def check_facts(desk: Desk, file: str, request: FactsRequest) -> None:
    """Measure a file's statements, print the table and write it.

    They are measured of the defaults, of each ablation and, with draws, of the posterior.
    Raises UserError for a file, a scenario or draws that are not sound.
    """
    from sim.evidence.facts import facts_rows, table, tasks_of
    from sim.evidence.folder import EvidencePlan, scenario_subject
    from sim.evidence.load_facts import load_facts
    from sim.scenario.load import load

    facts, scenario, not_asked = load_facts(file, request.scenario)
    if not_asked:
        reasons = "; ".join(f"{name}, for {reason}" for name, reason in not_asked.items())
        desk.note(f"{counted(len(not_asked), 'statement')} not asked of {shown_path(Path(scenario))}: {reasons}.")
    facts = with_options(facts, request)
    variants = variants_of(desk, facts, request)

    def work(parts: "Parts") -> Sequence[Row]:
        """Measure every statement in every variant; returns the rows of the table."""
        names = ", ".join(variant.name for variant in variants)
        desk.note(f"{len(facts.statements)} statements of {shown_path(Path(scenario))}: {names}.")
        desk.compile("ensemble")
        tasks = len(tasks_of(facts, scenario, variants))
        workers = min(tasks, request.workers or os.cpu_count() or 1)
        with desk.progress(tasks, "parts") as each:
            return facts_rows(facts, table(facts, scenario, variants, workers, each, parts))

    options = {
        "statements": facts.model_dump(mode="json"),
        "variants": [[variant.name, variant.settings, variant.draws and variant.draws.hash] for variant in variants],
    }
    plan = EvidencePlan("facts", scenario_subject(load(scenario)), options)
    rows = desk.keep_rows_in_parts(plan, work, request.resume)
    if desk.as_json:
        desk.answer_data(rows)
    else:
        desk.answer(facts_text(facts, rows, request.choosing))
    desk.note(f"Written to: {desk.result}")


def with_options(facts: "Facts", request: FactsRequest) -> "Facts":
    """Lay the options for runs and seeds over a file of facts.

    Raises UsageError for a seed to report on which rules were chosen, for one that is given twice, or where none is
    there to choose on.
    """
    if request.choosing and request.seeds:
        raise click.UsageError("--choosing takes the file's choosing_seeds; --seed is for a report")
    if request.choosing and not facts.choosing_seeds:
        raise click.UsageError("--choosing: the file has no choosing_seeds")
    spent = [seed for seed in request.seeds if seed in facts.choosing_seeds]
    if spent:
        raise click.UsageError(f"--seed {spent[0]}: rules were chosen on this seed; report another, or --choosing")
    if len(set(request.seeds)) < len(request.seeds):
        raise click.UsageError("--seed: each seed once")
    seeds = facts.choosing_seeds if request.choosing else list(request.seeds) or facts.seeds
    changes: dict[str, Any] = {"seeds": seeds}
    if request.runs is not None:
        plain = {name: statement.model_copy(update={"runs": None}) for name, statement in facts.statements.items()}
        changes |= {"runs": request.runs, "statements": plain}
    return facts.model_copy(update=changes)


def variants_of(desk: Desk, facts: "Facts", request: FactsRequest) -> "list[Variant]":
    """Return the models that are measured, the defaults first. Raises UserError for draws that are not sound."""
    from sim.evidence.facts import Variant
    from sim.results.posterior import read_draws

    variants = [Variant("defaults")]
    if request.posterior is not None:
        draws = read_draws(request.posterior)
        for warning in draws.warnings():
            desk.note(warning)
        variants.append(Variant("posterior", draws=draws))
    if request.ablations:
        variants += [Variant(name, tuple(settings)) for name, settings in facts.ablations.items()]
    return variants


def facts_text(facts: "Facts", rows: Sequence[Row], choosing: bool) -> "Page":
    """Return the table of statements by variants. choosing: it is not to be reported."""
    from sim.layout import Page, Table

    variants = list(dict.fromkeys(row["variant"] for row in rows))
    first = variants[0]
    cells = {(row["statement"], row["variant"]): row for row in rows}
    table = []
    for name, statement in facts.statements.items():
        band = f"{_number_text(statement.band[0])} to {_number_text(statement.band[1])}"
        others = [_value_text(cells[name, variant]) for variant in variants[1:]]
        shown = f"({name})" if statement.of_this_case else name
        table.append([shown, statement.says, band, _interval_text(cells[name, first]), *others])
    of_variant = [[row for row in rows if row["variant"] == variant and row["counted"]] for variant in variants]
    for kind in KINDS:
        table.append(["", f"{kind}, of {len(of_variant[0])}", "", *(_count_text(ours, kind) for ours in of_variant)])
    body = Table(["", "statement", "band", *variants], table)
    lists = _lists(first, [row for row in rows if row["variant"] == first])
    return Page(_head(facts, choosing), READING, body, *lists)


def _head(facts: "Facts", choosing: bool) -> str:
    """Say how much was played, and on which seeds."""
    numbers = sorted({facts.runs_of(name) for name in facts.statements})
    runs = f"{numbers[0]:,}" if len(numbers) == 1 else f"{numbers[0]:,} to {numbers[-1]:,}"
    seeds = ", ".join(map(str, facts.seeds))
    under = f"each of {len(facts.seeds)} seeds" if len(facts.seeds) > 1 else "one seed"
    head = f"{facts.name}: {runs} runs of each ensemble under {under} ({seeds})."
    if choosing:
        return f"{head} These seeds are for choosing rules and numbers: what they count is not to be reported."
    if facts.choosing_seeds:
        head += f" Rules and numbers were chosen on others ({', '.join(map(str, facts.choosing_seeds))})."
    return head


def _lists(variant: str, rows: Sequence[Row]) -> list[str]:
    """Name the statements that the first variant misses, those that more runs might decide, and wide intervals."""
    lines = []
    for kind in KINDS[1:]:
        names = [row["statement"] for row in rows if row["verdict"] == kind and row["counted"]]
        lines.append(f"{kind.capitalize()} by {variant}: {', '.join(names) or 'none'}.")
    if wide := [f"{row['statement']} ({_needed(row):,})" for row in rows if _needed(row) > row["runs"]]:
        lines.append(f"Wider than a tenth of their band; runs under each seed that would do: {', '.join(wide)}.")
    return lines


def _needed(row: Row) -> int:
    """Reckon how many runs under each seed make an interval of a tenth of the band, to two digits: widths go as 1 / √runs."""
    width, band = row["high"] - row["low"], row["band_high"] - row["band_low"]
    if not math.isfinite(width) or band == 0.0:
        return 0
    needed = row["runs"] * (width / (WIDE * band)) ** 2
    digits = 10 ** max(0, math.floor(math.log10(max(needed, 1.0))) - 1)
    return math.ceil(needed / digits) * digits


def _count_text(rows: Sequence[Row], kind: str) -> str:
    """Count the statements that are met, or whatever; and the range of the counts of each seed alone."""
    count = sum(row["verdict"] == kind for row in rows)
    alone = [sum(row["by_seed"][place] == kind for row in rows) for place in range(len(rows[0]["seeds"]))]
    return f"{count}" if len(alone) == 1 else f"{count} ({min(alone)} to {max(alone)})"


def _number_text(value: float | None) -> str:
    if value is None or math.isnan(value):
        return "none"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _value_text(row: Row) -> str:
    return _number_text(row["value"]) + SIGNS[row["verdict"]]


def _interval_text(row: Row) -> str:
    if row["low"] is None or math.isnan(row["low"]):
        return _value_text(row)
    return f"{_value_text(row)} ({_number_text(row['low'])} to {_number_text(row['high'])})"
