"""The work behind `escalate backtest`: forecasts, scores, skills, figures."""

import json
import os
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.evidence.backtest import Plan
    from sim.evidence.forecast import Model
    from sim.evidence.origins import Truth
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

    Raises ScenarioError for a scenario without a record, days outside it, or draws that know what is forecast.
    """
    from sim.evidence import backtest as b
    from sim.evidence import folder as f
    from sim.evidence.backtest_text import backtest_text
    from sim.evidence.origins import truth_of
    from sim.scenario.extras import needed

    needed("statsmodels", "backtest", "the baseline of vector autoregression")  # before anything is done
    settings = list(settings)
    truth = truth_of(file, settings)
    origins = _origins(truth, first, last, min(horizons))
    models = _models(truth, against)
    plan = b.Plan(truth, origins, tuple(sorted(horizons)), models, runs, seed, report_from or origins[0])
    article = _article(plan, posterior)
    told = {
        "origins": len(origins),
        "first_origin": origins[0],
        "last_origin": origins[-1],
        "report_from": plan.report_from,
        "horizons": list(plan.horizons),
        "runs": runs,
        "models": [[model.name, *model.settings] for model in models],
        "article_days": article.horizons[0] if article else None,
        "posterior": article.draws.hash if article and article.draws else None,
        "seed": seed,
    }
    folder = f.folder_of("backtest", truth.compiled.loaded, out, told)
    if f.is_whole(folder) and not force:
        say(f"An identical back-test is in {folder} (--force makes it again).")
    else:
        _make(plan, article, folder, told, workers or os.cpu_count() or 1, as_json, say)
    tables = {name: _rows(folder, name) for name in ("skills", "article")}
    tell(
        json.dumps({"folder": str(folder), **told, **tables}, indent=2, default=str)
        if as_json
        else backtest_text(f.read_manifest(folder), tables["skills"], tables["article"])
    )
    say(f"Back-test folder: {folder}")


def _origins(truth: "Truth", first: date | None, last: date | None, nearest: int) -> list[date]:
    """The starts of months that have record enough before them, and after them for one horizon at least."""
    from sim.evidence.origins import monthly, wrong_window

    earliest = truth.first + timedelta(LEARN_DAYS if first is None else 30)
    latest = truth.last - timedelta(nearest - 1)
    origins = monthly(first or earliest, last or latest)
    if not origins or not earliest <= origins[0] <= origins[-1] <= latest:
        text = "the windows asked for do not lie within the record"
        raise wrong_window("--first, --last", text, f"month starts from {earliest} to {latest}")
    return origins


def _models(truth: "Truth", against: tuple[str, ...]) -> "list[Model]":
    """The model, its ablations, and those that the user names: `no drives: parameters.leverage=0 parameters.distraction=0`."""
    from sim.evidence.forecast import Model, models_of
    from sim.evidence.origins import wrong_window

    models = models_of(_named_by(truth, "reciprocity"), _named_by(truth, "momentum"))
    for said in against:
        name, colon, settings = said.partition(":")
        pairs = settings.split()
        if not colon or not pairs or not all("=" in pair for pair in pairs):
            raise wrong_window("--against", f"cannot read '{said}'", "NAME: KEY=VALUE KEY=VALUE …")
        if name.strip() in [model.name for model in models]:
            raise wrong_window("--against", f"there is a model '{name.strip()}' already", "another name")
        models.append(Model(name.strip(), tuple(pairs), tuple(pair.partition("=")[0] for pair in pairs)))
    return models


def _named_by(truth: "Truth", number: str) -> list[str]:
    """Keys of what every actor's entry for a number comes to."""
    keys = set()
    for actor, entry in truth.compiled.loaded.scenario.actors.items():
        quantity = getattr(entry, number)
        keys.add(f"parameters.{quantity.parameter}" if quantity.parameter else f"actors.{actor}.{number}")
    return sorted(keys)


def _article(plan: "Plan", posterior: Path | None) -> "Plan | None":
    """The one forecast from the scenario's own last replayed day to the end of its record; None if that leaves no day."""
    from dataclasses import replace

    from sim.evidence.backtest import origin_after
    from sim.evidence.case import free_keys
    from sim.scenario.load import load

    until = load(plan.truth.file, plan.truth.settings).scenario.clock.replay_until
    origin = origin_after(until)
    days = (plan.truth.last - origin).days + 1
    keys = free_keys(plan.truth.compiled.loaded.scenario)
    draws = None if posterior is None else _draws(posterior, until, keys, plan.truth.settings)
    if days < 1 or (origin - plan.truth.first).days < 30:
        return None
    return replace(plan, origins=[origin], horizons=(days,), report_from=origin, draws=draws)


def _draws(posterior: Path, until: date, keys: list[str], settings: tuple[str, ...]) -> "Draws":
    """Draws that do not know what is forecast."""
    from sim.evidence.origins import wrong_window
    from sim.results.posterior import read_draws

    draws = read_draws(posterior)
    if draws.about["until"] > str(until):
        text = f"the fit knows the record to {draws.about['until']}, and what came after {until} is to be forecast"
        raise wrong_window("--posterior", text, f"a fit --until {until} or earlier")
    if sorted(draws.keys) != keys:
        missing = sorted(set(keys) ^ set(draws.keys))
        raise wrong_window(
            "--posterior", f"is of other numbers than a fit here: {', '.join(missing)}", "a fit without --free"
        )
    if changed := [key for key in keys if any(setting.startswith(key + "=") for setting in settings)]:
        raise wrong_window(
            "--posterior", f"--set says another value of {', '.join(changed)}, which the fit draws", "either of them"
        )
    return draws


def _make(
    plan: "Plan", article: "Plan | None", folder: Path, told: dict[str, Any], workers: int, quiet: bool, say: Words
) -> None:
    from tqdm import tqdm

    from sim.evidence import backtest as b
    from sim.evidence.folder import making, write_manifest

    plans = [plan, article] if article else [plan]
    say(f"{len(plan.origins)} origins × {len(plan.models)} models, {plan.runs} runs each, fitted before each origin.")
    total = sum(len(b.tasks_of(one)) for one in plans)
    with tqdm(total=total, unit=" forecasts", disable=True if quiet else None) as bar:
        said = [b.forecasts(one, workers, bar.update) for one in plans]
    rows = b.scored(plan, said[0])
    tables = {
        "scores": rows,
        "skills": b.skills(plan, rows),
        "article": b.scored(article, said[1]) if article else [],
        "pit": [{"pit": float(value)} for value in b.pits(plan, said[0])],
    }
    with making(folder) as unfinished:
        import pyarrow as pa
        import pyarrow.parquet as pq

        for name, table in tables.items():
            pq.write_table(pa.Table.from_pylist(table), unfinished / f"{name}.parquet", compression="zstd")
        _draw(plan, tables, unfinished)
        write_manifest(unfinished, plan.truth.compiled.loaded, told, {})


def _rows(folder: Path, name: str) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    found: list[dict[str, Any]] = pq.read_table(folder / f"{name}.parquet").to_pylist()
    return found


def _draw(plan: "Plan", tables: dict[str, list[dict[str, Any]]], folder: Path) -> None:
    from analysis.style import save
    from analysis.verification import pit_figure, reliability_figure, skill_figure

    (folder / "figures").mkdir()
    name = plan.truth.compiled.loaded.scenario.name
    reported = [row for row in tables["scores"] if row["origin"] >= plan.report_from]
    save(skill_figure(name, plan.report_from, tables["skills"]), folder / "figures" / "skill.png")
    save(reliability_figure(name, plan.report_from, reported), folder / "figures" / "reliability.png")
    if tables["pit"]:
        values = [row["pit"] for row in tables["pit"]]
        save(pit_figure(name, plan.report_from, values), folder / "figures" / "pit.png")
