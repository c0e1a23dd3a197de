"""The work behind `escalate fit` and `escalate calibrate`: a case, its fit, a table, a folder of draws."""

import os
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.evidence.case import Case
    from sim.evidence.fit import Fit

Words = Callable[[str], None]
PLACEMENTS = ("leave_out", "first", "middle", "last")


def fit_scenario(
    file: str,
    until: date,
    *,
    since: date | None,
    month_only: str,
    free: tuple[str, ...],
    steps: int,
    seed: int,
    settings: Iterable[str],
    out: Path,
    force: bool,
    as_json: bool,
    tell: Words,
    say: Words,
) -> bool:
    """Fit a scenario's numbers to its record up to a day, `tell` the table and write the folder.

    Whether the chains have converged. Raises UserError for a scenario, a day or a number that cannot be fitted.
    """
    from sim.evidence import folder as f
    from sim.evidence.case import case_of
    from sim.evidence.fit import fit, write_fit
    from sim.evidence.fit_text import fit_text
    from sim.optional import needed
    from sim.results.machine import json_text

    settings = list(settings)

    def case_at(placement: str) -> "Case":
        return case_of(file, until, settings=settings, since=since, month_only=placement, free=free or None)

    case = case_at(month_only)
    for library in ("emcee", "arviz"):  # before anything is reckoned
        needed(library, "fit", "fitting")
    plan = {
        "since": case.first,
        "until": until,
        "month_only": month_only,
        "free": case.keys,
        "most_steps": steps,
        "seed": seed,
    }
    folder = f.folder_of("fit", f.of_scenario(case.loaded), out, plan)
    if f.is_whole(folder) and not force:
        say(f"An identical fit is in {folder} (--force fits again).")
    else:
        from tqdm import tqdm

        placements = {
            placement: _bases(case_at(placement)) for placement in PLACEMENTS
        }  # first: a long sampling is not lost
        say(f"Fitting to the record up to {until}: {len(case.keys)} free; at most {steps:,} steps.")
        with tqdm(total=steps, unit=" steps", desc=case.loaded.scenario.name, disable=True if as_json else None) as bar:
            found = fit(case, seed, steps, bar.update)
        with f.making(folder) as unfinished:
            write_fit(found, unfinished)
            _draw(found, unfinished)
            f.write_manifest(unfinished, f.of_scenario(case.loaded), plan, {"placements": placements, **_told(found)})
    told, rows = f.read_manifest(folder), f.read_rows(folder, "numbers")
    tell(json_text({"folder": str(folder), **told, "numbers": rows}) if as_json else fit_text(told, rows))
    converged = bool(told["converged"])
    how = (
        f"play with its draws: escalate run {file} --posterior {folder}" if converged else "fit again with more --steps"
    )
    say(f"Fit folder: {folder}; {how}")
    return converged


def _told(found: "Fit") -> dict[str, Any]:
    """What a manifest says of a fit."""
    import numpy as np

    scored, told, branching = found.scored(), found.sample.diagnosis, found.branching()
    peak = scored["peak"]
    names = [act.name for act in peak.compiled.acts]
    impossible = [f"{name} ({count})" for name, count in zip(names, peak.impossible, strict=True) if count]
    return {
        "acts": int(peak.done.sum()),
        "days": peak.days,
        "impossible": ", ".join(impossible),
        "ln_l_defaults": scored["defaults"].penalised,
        "ln_l_peak": peak.penalised,
        "branching": float(np.median(branching)),
        "explosive": float((branching >= 1.0).mean()),
        "converged": told.converged,
        "shortcomings": told.shortcomings(),
        "walkers": found.sample.z.shape[0],
        "steps": told.steps,
        "rhat": float(told.rhat.max()),
        "ess_bulk": float(told.ess_bulk.min()),
        "lengths": float(told.steps / told.autocorrelation.max()),
        "accepted": found.sample.accepted,
    }


def _bases(case: "Case") -> dict[str, float]:
    """The likeliest value of each number that a channel gives."""
    from sim.evidence.case import base_keys
    from sim.evidence.laplace import peak_of

    peak = peak_of(case)
    told = zip(case.keys, peak.values, strict=True)
    return {key: float(value) for key, value in told if key in base_keys(case.loaded.scenario)}


def _draw(found: "Fit", folder: Path) -> None:
    from sim.figures.beliefs import belief_rows
    from sim.figures.style import save

    (folder / "figures").mkdir()
    title = f"{found.case.loaded.scenario.name}: what the record from {found.case.first} to {found.case.last} taught"
    save(belief_rows(title, found.rows(), found.case.priors), folder / "figures" / "prior_posterior.png")


def calibrate_scenario(
    file: str,
    until: date,
    *,
    since: date | None,
    free: tuple[str, ...],
    cases: int,
    workers: int | None,
    seed: int,
    settings: Iterable[str],
    out: Path,
    force: bool,
    as_json: bool,
    tell: Words,
    say: Words,
) -> None:
    """Simulate cases as long as the record, fit each, and `tell` whether the truth was found."""
    from tqdm import tqdm

    from sim.evidence import folder as f
    from sim.evidence.calibration import calibrate
    from sim.evidence.case import case_of
    from sim.evidence.fit_text import calibration_rows, calibration_text
    from sim.results.machine import json_text

    case = case_of(file, until, settings=settings, since=since, free=free or None)
    days = (until - case.first).days + 1

    def make() -> Sequence[dict[str, Any]]:
        say(f"{cases} cases, {days} days each, at numbers drawn from the priors; {len(case.keys)} free.")
        with tqdm(total=cases, unit=" cases", desc=case.loaded.scenario.name, disable=True if as_json else None) as bar:
            return calibration_rows(calibrate(case, cases, seed, workers or os.cpu_count() or 1, bar.update))

    plan = {"since": case.first, "until": until, "free": case.keys, "cases": cases, "seed": seed}
    folder, rows = f.table_of("calibration", f.of_scenario(case.loaded), out, plan, force=force, say=say, make=make)
    tell(json_text(rows) if as_json else calibration_text(rows))
    say(f"Written to: {folder}")
