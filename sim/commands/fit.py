"""`escalate fit`: a scenario's numbers fitted to its record."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.commands.desk import Desk, Row, with_desk
from sim.commands.switches import DAY, FREE, RESUME, SEED, SETTING_OF_CASE, SINCE, WholeNumber, examples

if TYPE_CHECKING:
    from sim.evidence.case import Case
    from sim.evidence.fit import Fit
    from sim.evidence.parts import Parts
    from sim.layout import Page

PLACEMENTS = ("leave_out", "first", "middle", "last")
FIGURES = ("prior_posterior",)
READING = (
    "Before and after: median and 95 % interval. learned: by how much the record narrowed what was believed (0: nothing, 1: all; below 0: the record and the prior disagree, and it is wider than before). "
    "A number about which nothing was learned keeps its prior, which says what its author thought."
)


@click.command(
    "fit",
    short_help="Fit a scenario's numbers to its record.",
    epilog=examples(
        "escalate fit baseline --until 2017-09-15",
        "escalate fit baseline --until 2017-09-15 --free parameters.leverage",
    ),
)
@click.argument("file")
@click.option("--until", required=True, type=DAY, help="The last day of the record that is fitted.")
@SINCE
@click.option(
    "--month-only",
    type=click.Choice(PLACEMENTS),
    default="middle",
    show_default=True,
    help="Where to place acts of which only the month is known.",
)
@FREE
@click.option(
    "--steps",
    "most_steps",
    default=10_000,
    show_default=True,
    type=WholeNumber(10, 10_000_000),
    help="The most steps; sampling stops once it has converged.",
)
@click.option("--allow-unconverged", is_flag=True, help="Exit with 0 although the chains have not converged.")
@RESUME
@SEED
@SETTING_OF_CASE
@with_desk("out", "force", "verify", "wide", "json")
def command(desk: Desk, file: str, allow_unconverged: bool, resume: bool, **options: Any) -> None:
    """Fit FILE's numbers to its record.

    Prints what was believed and what the record says, and writes draws to play with (--posterior).
    """
    converged = fit_scenario(desk, file, FitRequest(**options), resume)
    sys.exit(0 if converged or allow_unconverged else 1)


@dataclass(frozen=True)
class FitRequest:
    """The options of a fit. month_only: where acts stand whose day is not known. free: keys of the numbers to fit."""

    until: date
    since: date | None
    month_only: str
    free: tuple[str, ...]
    most_steps: int
    seed: int
    settings: Iterable[str]

    def case(self, file: str, placement: str) -> "Case":
        """Return the case that is fitted, its month-only acts placed in one way. Raises UserError."""
        from sim.evidence.case import case_of

        settings, free = list(self.settings), self.free or None
        return case_of(file, self.until, settings=settings, since=self.since, month_only=placement, free=free)


def fit_scenario(desk: Desk, file: str, request: FitRequest, resume: bool = False) -> bool:
    """Fit a scenario's numbers to its record, print and write the result.

    Stretches of the chains are kept until the whole is written; with `resume`, a fit that was stopped goes on.

    Returns whether the chains converged. Raises UserError for a scenario, a day or a number that cannot be fitted, or a
    missing library.
    """
    from sim.evidence.folder import EvidencePlan, scenario_subject
    from sim.keeping import read_manifest, read_rows
    from sim.optional import needed
    from sim.scenario.labels import labels_of

    case = request.case(file, request.month_only)
    for library in ("emcee", "arviz"):  # before anything is computed
        needed(library, "fit", "fitting")
    options = {
        "since": case.first,
        "until": request.until,
        "month_only": request.month_only,
        "free": case.keys,
        "most_steps": request.most_steps,
        "seed": request.seed,
    }
    plan = EvidencePlan("fit", scenario_subject(case.loaded), options)
    folder = plan.folder(desk.out)

    def work(part: Path, parts: "Parts") -> None:
        """Write the fit into a folder, of the stretches that are kept as parts."""
        sample_into(desk, part, plan, case, file, request, parts)

    desk.keep_in_parts(plan, "fit", work, resume)
    manifest, rows = read_manifest(folder), read_rows(folder / "numbers.parquet")
    if desk.as_json:
        desk.answer_data({"folder": str(folder), **manifest, "numbers": rows})
    else:
        desk.answer(fit_text(manifest, rows, labels_of(case.loaded.scenario)))
    desk.draw(folder, FIGURES)
    converged = bool(manifest["converged"])
    play = f"play with its draws: escalate run {file} --posterior {folder}"
    desk.note(f"Fit folder: {folder}; {play if converged else 'fit again with more --steps'}")
    return converged


def sample_into(
    desk: Desk, folder: Path, plan: Any, case: "Case", file: str, request: FitRequest, parts: "Parts"
) -> None:
    """Sample the posterior of a case into a folder. Raises UserError.

    It holds the draws, the tables and the manifest.
    """
    from sim.evidence.fit import fit, write_fit

    desk.compile("likelihood")
    # first, so that a long sampling is not lost to a placement that is not sound
    placements = {placement: learned_bases(request.case(file, placement)) for placement in PLACEMENTS}
    desk.note(
        f"Fitting to the record up to {request.until}: {len(case.keys)} free; at most {request.most_steps:,} steps."
    )
    with desk.progress(request.most_steps, "steps", case.loaded.scenario.name) as each:
        result = fit(case, request.seed, request.most_steps, each, parts)
    write_fit(result, folder)
    plan.write(folder, {"numbers": result.rows()}, {"placements": placements, **summary(result)})


def summary(fit: "Fit") -> dict[str, Any]:
    """Return what the manifest says of a fit."""
    import numpy as np

    scored, diagnosis, branching = fit.scores(), fit.sample.diagnosis, fit.branching()
    peak = scored["peak"]
    names = [act.name for act in peak.compiled.acts]
    impossible = [f"{name} ({count})" for name, count in zip(names, peak.impossible, strict=True) if count]
    return {
        "acts": int(peak.acts.sum()),
        "days": peak.days,
        "impossible": ", ".join(impossible),
        "ln_l_defaults": scored["defaults"].penalised,
        "ln_l_peak": peak.penalised,
        "branching": float(np.median(branching)),
        "explosive": float((branching >= 1.0).mean()),
        "converged": diagnosis.converged,
        "shortcomings": diagnosis.shortcomings(),
        "walkers": fit.sample.z.shape[0],
        "steps": diagnosis.steps,
        "rhat": float(diagnosis.rhat.max()),
        "ess_bulk": float(diagnosis.ess_bulk.min()),
        "lengths": float(diagnosis.steps / diagnosis.autocorrelation.max()),
        "accepted": fit.sample.accepted,
    }


def learned_bases(case: "Case") -> dict[str, float]:
    """Return the mean of each base that the record of a case teaches, under the scenario's own numbers, by channel."""
    from sim.engine.learning import taught_by_its_replay
    from sim.results.bases import base_rows

    rows = base_rows(taught_by_its_replay(case.revaluer().compiled))
    return {row["channel"]: float(row["acts per day"]) for row in rows if row["low"] is not None}


def fit_text(manifest: Row, rows: Sequence[Row], labels: Mapping[str, str]) -> "Page":
    """Return the table of a fit, from its manifest and its rows. labels: of numbers, by their keys."""
    from sim.layout import Page, Table

    head = (
        f"{manifest['scenario']}: the record from {manifest['since']} to {manifest['until']}, {manifest['acts']} acts in {manifest['days']} days; "
        f"acts of which only the month is known: {manifest['month_only']}."
    )
    cells = [
        [
            short(row["number"], labels),
            number_text(row["default"]),
            _interval_text(row, "prior_"),
            _interval_text(row, ""),
            f"{row['learned']:.2f}",
        ]
        for row in rows
    ]
    table = Table(["number", "scenario", "before", "after", "learned"], cells, "<><<>")
    likely = f"ln L of the acts: {manifest['ln_l_defaults']:.1f} under the scenario's own numbers, {manifest['ln_l_peak']:.1f} under the likeliest, priors and all (an act that requirements do not allow costs 9.2)."
    parts: list[str | Table | Page] = [head, READING, table, likely]
    if manifest["impossible"]:
        text = "Acts that the model's requirements did not allow on their day, and so not scored: "
        parts.append(text + manifest["impossible"] + ".")
    parts.append(
        f"In the median draw one act leads to {manifest['branching']:.2f} more in all, drives apart. In {100 * manifest['explosive']:.1f} % of the draws it is 1 or more, "
        "so that acts draw acts without end; these are played like any other."
    )
    parts.append(_placements_text(manifest["placements"]))
    return Page(*parts, *_convergence_text(manifest))


def _convergence_text(manifest: Row) -> list[str]:
    state = "Converged" if manifest["converged"] else "NOT CONVERGED"
    rhat, draws, lengths = (
        "unknown" if manifest[key] is None else format(manifest[key], form)  # too short a chain has none
        for key, form in (("rhat", ".3f"), ("ess_bulk", ".0f"), ("lengths", ".0f"))
    )
    text = (
        f"{state}: {manifest['walkers']} walkers, {manifest['steps']:,} steps after warm-up; R-hat at most {rhat}, "
        f"at least {draws} effective draws, {lengths} autocorrelation times."
    )
    return [text, *(f"  {shortcoming}" for shortcoming in manifest["shortcomings"])]


def _placements_text(placements: dict[str, dict[str, float]]) -> "Page":
    """Write what the days of month-only acts do to the bases that are learned."""
    from sim.layout import Page, Table

    keys = next(iter(placements.values()))
    if not keys:
        return Page("No base is learned, so the placement of acts of which only the month is known was not examined.")
    rows = [[key, *(number_text(values[key]) for values in placements.values())] for key in keys]
    head = "What the record teaches of bases, by the placement of acts of which only the month is known:"
    return Page(head, Table(["base, acts per day", *placements], rows, "<" + ">" * len(placements)))


def short(key: str, labels: Mapping[str, str]) -> str:
    """Return the label of a number, or its dotted key shortened to how people say it. labels: by keys."""
    from sim.scenario.labels import labelled

    if (label := labelled(key, labels)) != key:
        return label
    section, _, name = key.partition(".")
    return name.replace(".", " ") if section in ("parameters", "channels") else key.replace(".", " ")


def number_text(value: float) -> str:
    """Format a number with three digits."""
    return f"{value:.3g}"


def _interval_text(row: Row, prefix: str) -> str:
    median, low, high = (number_text(row[prefix + name]) for name in ("median", "low", "high"))
    return f"{median} ({low} to {high})"
