"""The work behind `escalate backtest`: forecasts, scores, skills, figures."""

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.scenario.problems import Place, UserError

if TYPE_CHECKING:
    from sim.evidence.backtest import Plan
    from sim.evidence.forecast import Model
    from sim.evidence.truth import Truth
    from sim.results.posterior import Draws

Words = Callable[[str], None]
LEARN_DAYS = 180  # of the record before the first origin, unless it is said


def backtest_scenario(
    file: str,
    *,
    first: date | None,
    last: date | None,
    report_from: date | None,
    horizons: tuple[int, ...],
    runs: int,
    against: tuple[str, ...],
    posterior: Path | None,
    workers: int | None,
    seed: int,
    settings: Iterable[str],
    out: Path,
    force: bool,
    as_json: bool,
    tell: Words,
    say: Words,
) -> None:
    """Forecast from every month's start and from the scenario's last replayed day, score, `tell` and write.

    Raises UserError for a scenario without a record, days outside it, or draws that know what is forecast.
    """
    from sim.evidence import backtest as b
    from sim.evidence import folder as f
    from sim.evidence.backtest_text import backtest_text
    from sim.evidence.truth import truth_of
    from sim.optional import needed
    from sim.results.machine import json_text

    needed("statsmodels", "backtest", "the baseline of vector autoregression")  # before anything is done
    settings = list(settings)
    truth = truth_of(file, settings)
    origins = _origins(truth, first, last, min(horizons))
    models = _models(truth, against)
    plan = b.Plan(truth, origins, tuple(sorted(horizons)), models, runs, seed, report_from or origins[0])
    long = _long_forecast(plan, posterior)
    told = {
        "origins": len(origins),
        "first_origin": origins[0],
        "last_origin": origins[-1],
        "report_from": plan.report_from,
        "horizons": list(plan.horizons),
        "runs": runs,
        "models": [[model.name, *model.settings] for model in models],
        "long_days": long.horizons[0] if long else None,
        "posterior": long.draws.hash if long and long.draws else None,
        "seed": seed,
    }
    folder = f.folder_of("backtest", f.of_scenario(truth.compiled.loaded), out, told)
    if f.is_whole(folder) and not force:
        say(f"An identical back-test is in {folder} (--force makes it again).")
    else:
        _make(plan, long, folder, told, workers or os.cpu_count() or 1, as_json, say)
    tables = {name: f.read_rows(folder, name) for name in ("skills", "long")}
    tell(
        json_text({"folder": str(folder), **told, **tables})
        if as_json
        else backtest_text(f.read_manifest(folder), tables["skills"], tables["long"])
    )
    say(f"Back-test folder: {folder}")


def _origins(truth: "Truth", first: date | None, last: date | None, nearest: int) -> list[date]:
    """The starts of months that have record enough before them, and after them for one horizon at least."""
    from sim.evidence.truth import monthly, wrong_window

    earliest = truth.first + timedelta(LEARN_DAYS if first is None else 30)
    latest = truth.last - timedelta(nearest - 1)
    if first is not None and last is not None and first > last:
        raise wrong_window("--first, --last", f"{first} is after {last}", "the first before the last")
    origins = monthly(first or earliest, last or latest)
    if not origins or not earliest <= origins[0] <= origins[-1] <= latest:
        text = "the windows asked for do not lie within the record"
        raise wrong_window("--first, --last", text, f"month starts from {earliest} to {latest}")
    return origins


def _models(truth: "Truth", against: tuple[str, ...]) -> "list[Model]":
    """The model, its ablations, and those that the user names: `no drives: parameters.leverage=0 parameters.distraction=0`."""
    from sim.evidence.case import keys_of
    from sim.evidence.forecast import Model, models_of
    from sim.evidence.truth import wrong_window

    scenario = truth.compiled.loaded.scenario
    models = models_of(keys_of(scenario, "reciprocity"), keys_of(scenario, "momentum"))
    for said in against:
        name, colon, settings = said.partition(":")
        pairs = settings.split()
        if not colon or not pairs or not all("=" in pair for pair in pairs):
            raise wrong_window("--against", f"cannot read '{said}'", "NAME: KEY=VALUE KEY=VALUE …")
        if name.strip() in [model.name for model in models]:
            raise wrong_window("--against", f"there is a model '{name.strip()}' already", "another name")
        models.append(Model(name.strip(), tuple(pairs), _held_by(truth, pairs)))
    return models


def _held_by(truth: "Truth", pairs: list[str]) -> tuple[str, ...]:
    """Of the numbers that a fit frees, those that some settings say: they are held, and the others fitted."""
    from sim.evidence.case import free_keys
    from sim.scenario.load import load
    from sim.scenario.quantities import dotted, quantities

    try:
        variant = load(truth.file, [*truth.settings, *pairs]).scenario
    except UserError as error:
        raise UserError([replace(one, place=Place("--against", 0)) for one in error.problems]) from None
    own, theirs = (
        {dotted(found.path): found.quantity for found in quantities(scenario)}
        for scenario in (truth.compiled.loaded.scenario, variant)
    )
    said = [pair.partition("=")[0] for pair in pairs]
    return tuple(
        key
        for key in free_keys(variant)
        if own.get(key) != theirs[key]
        or any(f"{key}.".startswith(f"{one}.") or one.startswith(f"{key}.") for one in said)
    )


def _long_forecast(plan: "Plan", posterior: Path | None) -> "Plan | None":
    """The one forecast from the scenario's own last replayed day to the end of its record; None if that leaves no day."""
    from sim.evidence.case import free_keys
    from sim.evidence.truth import wrong_window
    from sim.scenario.load import load

    until = load(plan.truth.file, plan.truth.settings).scenario.clock.replay_until
    origin = until + timedelta(1)
    days = (plan.truth.last - origin).days + 1
    keys = free_keys(plan.truth.compiled.loaded.scenario)
    draws = None if posterior is None else _draws(posterior, until, keys, plan.truth)
    if days < 1 or (origin - plan.truth.first).days < 30:
        if posterior is not None:
            text = f"draws are for the forecast from {origin}, and the record leaves none to be made"
            raise wrong_window("--posterior", text, "a scenario whose record goes on after its last replayed day")
        return None
    return replace(plan, origins=[origin], horizons=(days,), report_from=origin, draws=draws)


def _draws(posterior: Path, until: date, keys: list[str], truth: "Truth") -> "Draws":
    """Draws that do not know what is forecast."""
    from sim.evidence.truth import wrong_window
    from sim.results.posterior import Posterior, read_draws

    draws = read_draws(posterior)
    if draws.about["until"] > str(until):
        text = f"the fit knows the record to {draws.about['until']}, and what came after {until} is to be forecast"
        raise wrong_window("--posterior", text, f"a fit --until {until} or earlier")
    if sorted(draws.keys) != keys:
        missing = sorted(set(keys) ^ set(draws.keys))
        raise wrong_window(
            "--posterior", f"is of other numbers than a fit here: {', '.join(missing)}", "a fit without --free"
        )
    if own := Posterior(truth.compiled, draws).own:
        text = f"the scenario says another value of {', '.join(own)} than the one that was fitted"
        raise wrong_window("--posterior", text, "a fit of this scenario")
    return draws


def _make(
    plan: "Plan", long: "Plan | None", folder: Path, told: dict[str, Any], workers: int, quiet: bool, say: Words
) -> None:
    from tqdm import tqdm

    from sim.evidence import backtest as b
    from sim.evidence.folder import making, of_scenario, write_manifest, write_rows

    plans = [plan, long] if long else [plan]
    more = f", and one forecast {long.horizons[0]} days ahead from {long.origins[0]}" if long else ""
    say(
        f"{len(plan.origins)} origins × {len(plan.models)} models, {plan.runs} runs each, fitted before each origin{more}."
    )
    total = sum(len(b.tasks_of(one)) for one in plans)
    with tqdm(total=total, unit=" forecasts", disable=True if quiet else None) as bar:
        said = [b.forecasts(one, workers, bar.update) for one in plans]
    rows = b.scored(plan, said[0])
    tables = {
        "scores": rows,
        "skills": b.skills(plan, rows),
        "long": b.scored(long, said[1]) if long else [],
        "pit": [{"pit": float(value)} for value in b.pits(plan, said[0])],
    }
    with making(folder) as unfinished:
        for name, table in tables.items():
            write_rows(unfinished, name, table)
        _draw(plan, tables, unfinished)
        write_manifest(unfinished, of_scenario(plan.truth.compiled.loaded), told, {})


def _draw(plan: "Plan", tables: dict[str, list[dict[str, Any]]], folder: Path) -> None:
    from sim.figures.style import save
    from sim.figures.verification import pit_of, reliability_of, skill_of

    (folder / "figures").mkdir()
    name = plan.truth.compiled.loaded.scenario.name
    reported = [row for row in tables["scores"] if row["origin"] >= plan.report_from]
    save(skill_of(name, plan.report_from, tables["skills"]), folder / "figures" / "skill.png")
    save(reliability_of(name, plan.report_from, reported), folder / "figures" / "reliability.png")
    if tables["pit"]:
        values = [row["pit"] for row in tables["pit"]]
        save(pit_of(name, plan.report_from, values), folder / "figures" / "pit.png")
