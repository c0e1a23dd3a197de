"""The work behind `escalate fit` and `escalate calibrate`: a case, its fit, a table, a folder of draws."""

import json
import os
from collections.abc import Callable, Iterable
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

    Whether the chains have converged. Raises ScenarioError for a scenario, a day or a number that cannot be fitted.
    """
    from sim.evidence import folder as f
    from sim.evidence.case import case_of
    from sim.evidence.fit import fit, write_fit
    from sim.evidence.fit_text import fit_text
    from sim.scenario.extras import needed

    for library in ("emcee", "arviz"):  # before anything is done
        needed(library, "fit", "fitting")
    settings = list(settings)

    def case_at(placement: str) -> "Case":
        return case_of(file, until, settings=settings, since=since, month_only=placement, free=free)

    case = case_at(month_only)
    plan = {
        "since": case.first,
        "until": until,
        "month_only": month_only,
        "free": case.keys,
        "most_steps": steps,
        "seed": seed,
    }
    folder = f.folder_of("fit", case.loaded, out, plan)
    if f.is_whole(folder) and not force:
        say(f"An identical fit is in {folder} (--force fits again).")
    else:
        from tqdm import tqdm

        say(f"Fitting {len(case.keys)} numbers to the record up to {until}; at most {steps:,} steps.")
        with tqdm(total=steps, unit=" steps", desc=case.loaded.scenario.name, disable=True if as_json else None) as bar:
            found = fit(case, seed, steps, bar.update)
        with f.making(folder) as unfinished:
            write_fit(found, unfinished)
            _draw(found, unfinished)
            f.write_manifest(unfinished, case.loaded, plan, _told(found, case_at))
    told, rows = f.read_manifest(folder), _rows(folder)
    tell(json.dumps({"folder": str(folder), **told, "numbers": rows}, indent=2) if as_json else fit_text(told, rows))
    say(f"Fit folder: {folder}; play with its draws: escalate run {file} --posterior {folder}")
    return bool(told["converged"])


def _rows(folder: Path) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    found: list[dict[str, Any]] = pq.read_table(folder / "numbers.parquet").to_pylist()
    return found


def _told(found: "Fit", case_at: "Callable[[str], Case]") -> dict[str, Any]:
    """What a manifest says of a fit."""
    scored, told = found.scored(), found.sample.diagnosis
    peak = scored["peak"]
    names = [act.name for act in peak.compiled.acts]
    impossible = [f"{name} ({count})" for name, count in zip(names, peak.impossible, strict=True) if count]
    return {
        "acts": int(peak.done.sum()),
        "days": peak.days,
        "impossible": ", ".join(impossible),
        "ln_l_defaults": scored["defaults"].total,
        "ln_l_peak": peak.total,
        "placements": {placement: _bases(case_at(placement)) for placement in PLACEMENTS},
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
    from sim.evidence.laplace import peak_of

    peak = peak_of(case)
    return {key: float(value) for key, value in zip(case.keys, peak.values, strict=True) if key.startswith("channels.")}


def _draw(found: "Fit", folder: Path) -> None:
    from analysis.beliefs import beliefs_figure
    from analysis.style import save

    (folder / "figures").mkdir()
    title = f"{found.case.loaded.scenario.name}: what the record from {found.case.first} to {found.case.last} taught"
    save(beliefs_figure(title, found.rows(), found.case.priors), folder / "figures" / "prior_posterior.png")


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
    as_json: bool,
    tell: Words,
    say: Words,
) -> None:
    """Simulate cases as long as the record, fit each, and `tell` whether the truth was found."""
    from tqdm import tqdm

    from sim.evidence.calibration import calibrate
    from sim.evidence.case import case_of
    from sim.evidence.fit_text import calibration_rows, calibration_text

    case = case_of(file, until, settings=settings, since=since, free=free)
    say(
        f"{cases} cases, {(until - case.first).days + 1} days each, at numbers drawn from the priors; {len(case.keys)} numbers are fitted."
    )
    with tqdm(total=cases, unit=" cases", desc=case.loaded.scenario.name, disable=True if as_json else None) as bar:
        found = calibrate(case, cases, seed, workers or os.cpu_count() or 1, bar.update)
    tell(json.dumps(calibration_rows(found), indent=2) if as_json else calibration_text(found))
