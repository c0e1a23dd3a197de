"""A live forecast: a case as it is known on a day, played on many times, kept as a run folder with its chances.

Each run has its own draw of the numbers: of a fit, or of what is believed of them before the record of the case (pooled
over other dyads, or a judged range), and draws the bases that the record leaves open.
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np

from sim.engine.learning import compile_scenario
from sim.evidence.case import free_keys, priors_of
from sim.evidence.forecast_tables import ABOUT, LiveForecast, read_forecast
from sim.evidence.known import Known, known_on, record_lines
from sim.evidence.ledger import append_forecast
from sim.evidence.outlook import outlook_of
from sim.evidence.truth import option_error
from sim.identity import identity, source_hash, versions
from sim.keeping import bytes_hash, keep, read_manifest, write_file, write_json, write_manifest, write_rows
from sim.results.estimates import estimates
from sim.results.posterior import Draws, Posterior, read_draws, write_draws
from sim.results.run import RunPlan, play_into
from sim.results.run_folder import RunFolder
from sim.scenario.quantities import dotted, quantities
from sim.scenario.record import NEEDED, Row

Numbers = Literal["believed", "fixed"]
CODE = "sim.evidence.live_forecast"  # the module whose imports a forecast depends on
HORIZONS = (30, 90)  # days
RUNS = 10_000
DRAWS = 200  # of what is believed of the numbers: more say little more, and each takes a while to make ready
FEWEST_RUNS, MOST_RUNS = 100, 200_000
LONGEST = 3650  # days
BELIEVED = "believed"  # in place of the path of a fit
Each = Callable[[int], object]


@dataclass(frozen=True)
class ForecastPlan:
    """Everything that a forecast depends on."""

    known: Known
    horizons: tuple[int, ...]  # days
    run: RunPlan

    @property
    def id(self) -> str:
        """Return twelve hex digits of all that the forecast depends on."""
        return identity(self.run.id, self.known.on, self.horizons, source_hash(CODE), versions(CODE))

    def folder(self, out: Path) -> Path:
        """Return where the forecast is, or will be, below `out`."""
        return out / self.known.loaded.output_name / f"forecast-{self.id}"

    def about(self) -> dict[str, Any]:
        """Return what the forecast is of, and what it was made with, as JSON can hold it."""
        loaded, posterior = self.known.loaded, self.run.posterior
        numbers = "the scenario's own"
        if posterior is not None:
            is_believed = posterior.draws.path == Path(BELIEVED)
            numbers = "drawn from what is believed" if is_believed else f"draws of a fit, {posterior.draws.hash}"
        return {
            "id": self.id,
            "case": loaded.scenario.name,
            "file": loaded.file,
            "settings": list(self.known.settings),
            "beliefs": list(self.known.beliefs),
            "on": str(self.known.on),
            "horizons": list(self.horizons),
            "runs": self.run.runs,
            "seed": self.run.seed,
            "numbers": numbers,
            "notes": list(self.known.notes),
            "record_first": str(self.known.first),
            "record": record_lines(loaded.rows_inside),
            "record_hash": record_hash(self.known),
            "scenario_hash": self.run.scenario_hash,
            "last_year_days": self.known.last_year_days,
            "ladder": loaded.scenario.ladder,
            "labels": {name: actor.label for name, actor in loaded.scenario.actors.items()},
            "code_hash": source_hash(CODE),
            "versions": versions(CODE),
        }


def plan_forecast(
    file: str,
    on: date | None = None,
    horizons: Sequence[int] = HORIZONS,
    *,
    runs: int = RUNS,
    seed: int = 1,
    settings: Iterable[str] = (),
    beliefs: Iterable[str] = (),
    posterior: Path | None = None,
    numbers: Numbers = "believed",
) -> ForecastPlan:
    """Plan a forecast.

    Parameters: file, of the case, or its bare name; on, the last day that is known, by default the last that the
    scenario replays; horizons, how many days ahead; settings, beliefs, laid over the file; posterior, a fit, whose
    draws the runs are played with; numbers, believed, without a fit each run draws its numbers from what is believed
    of them, or fixed, every run has the scenario's own.
    Raises UserError for a case that cannot be forecast on that day, or draws that know what came after it.
    """
    horizons = tuple(sorted(set(horizons)))
    if not horizons or not all(1 <= days <= LONGEST for days in horizons):
        raise option_error(
            "--days", f"found {', '.join(map(str, horizons)) or 'nothing'}", f"from 1 to {LONGEST:,} days"
        )
    if not FEWEST_RUNS <= runs <= MOST_RUNS:
        raise option_error("--runs", f"found {runs:,}", f"{FEWEST_RUNS} to {MOST_RUNS:,}")
    known = known_on(file, on, max(horizons), settings, beliefs)
    compiled = compile_scenario(known.loaded)
    draws = believed_draws(known, seed) if posterior is None else _blind_draws(posterior, known)
    is_drawn = posterior is not None or (numbers == "believed" and draws.keys)
    drawn = Posterior(compiled, draws) if is_drawn else None
    return ForecastPlan(known, horizons, RunPlan(compiled, runs, seed, runs, drawn))


def _blind_draws(fit: Path, known: Known) -> Draws:
    """Return the draws of a fit, which must not know what is forecast. Raises UserError where they do."""
    draws = read_draws(fit)
    if draws.about["until"] > str(known.on):
        text = f"the fit knows the record to {draws.about['until']}, and what came after {known.on} is to be forecast"
        raise option_error("--posterior", text, f"a fit --until {known.on} or earlier")
    return draws


def believed_draws(known: Known, seed: int) -> Draws:
    """Draw the numbers that a fit would free from what is believed of them before it.

    They are those that the scenario and its case have alike: what a scenario sets otherwise is a what-if, and stays.
    """
    scenario, case = known.loaded.scenario, known.loaded.case
    values = {dotted(entry.path): entry.quantity.value for entry in quantities(scenario)}
    keys = [key for key in free_keys(case.scenario) if key in values]
    priors = priors_of(case, keys)
    normal = np.random.default_rng([seed, known.on.toordinal()]).standard_normal((DRAWS, len(keys)))
    about = {
        "scenario": case.scenario.name,
        "until": str(known.on),
        "defaults": {prior.key: prior.default for prior in priors.priors},
        "converged": True,
    }
    return Draws(Path(BELIEVED), keys, priors.values(normal), about)


def forecast_into(plan: ForecastPlan, folder: Path, each: Each = lambda runs: None) -> None:
    """Play the runs of a forecast into a folder, and write its tables and its manifest.

    Parameters: each, called with the number of runs after each block.
    Raises ArithmeticError for a hazard that is not a number.
    """
    run, source = plan.run, folder / "believed.parquet"
    posterior = run.posterior
    if posterior is not None and posterior.draws.path == Path(BELIEVED):
        draws = posterior.draws
        write_draws(source, draws.keys, draws.values, [""] * len(draws.keys), draws.about)
        played = Posterior(run.compiled, replace(draws, path=source))
        play_into(replace(run, posterior=played), folder, each=each)
        source.unlink()
    else:
        play_into(run, folder, each=each)
    write_file(folder / "record.csv", _known_record(plan.known).encode())
    manifest = read_manifest(folder)
    played_runs = RunFolder(folder, manifest, run.compiled)
    outlook = outlook_of(played_runs, plan.known, plan.horizons, estimates(played_runs.tally))
    write_rows(folder / "chances.parquet", outlook.chances)
    write_json(folder / ABOUT, {**plan.about(), "rungs": outlook.rungs, "outcomes": outlook.outcomes})
    if posterior is not None:
        manifest["posterior"] = posterior.manifest_entry
    write_manifest(folder, {key: value for key, value in manifest.items() if key not in ("files", "command")})


def _known_record(known: Known) -> str:
    """Write the record to the day on which a case is known, as CSV."""
    columns = [*NEEDED, "outside", "seed", "description", "confidence", "date_confidence"]
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(columns)
    for row in known.loaded.rows:
        writer.writerow([_cell(row, name) for name in columns])
    return sink.getvalue()


def _cell(row: Row, name: str) -> Any:
    if name == "date":
        return row.day or row.month
    if name == "seed":
        return "yes" if row.seed else "no"
    return getattr(row, name)


def record_hash(known: Known) -> str:
    """Return sixteen hex digits that change with any row of the record to the day on which a case is known."""
    return bytes_hash(_known_record(known).encode())


def forecast(
    case: str | Path,
    on: date | str | None = None,
    days: Sequence[int] = HORIZONS,
    *,
    runs: int = RUNS,
    seed: int = 1,
    settings: Iterable[str] = (),
    posterior: Path | str | None = None,
    ledger: Path | str | None = None,
    out: Path | str = "outputs",
) -> LiveForecast:
    """Forecast a case from a day on, knowing nothing of what came after it.

    Parameters: case, a file, or the bare name of one that ships; on, the last day that is known, by default the last
    that the scenario replays; days, how many days ahead; settings, `key=value` laid over the file; posterior, the
    folder of a fit; ledger, a file that the forecast is appended to; out, below which the run folder is.
    Returns its tables: of chances, of highest rungs, of outcomes. Raises UserError for a case that cannot be forecast
    on that day, or a ledger that is not sound; ArithmeticError for a hazard that is not a number.

    >>> import tempfile
    >>> from sim import forecast
    >>> forecast("baseline", on="2017-09-15", days=[30], runs=100, out=tempfile.mkdtemp()).rows("chances")[0]["days"]
    30
    """
    day = date.fromisoformat(on) if isinstance(on, str) else on
    fit = None if posterior is None else Path(posterior)
    plan = plan_forecast(str(case), day, days, runs=runs, seed=seed, settings=settings, posterior=fit)
    folder = plan.folder(Path(out))
    keep(folder, lambda part: forecast_into(plan, part), force=False, contents=False)
    result = read_forecast(folder)
    if ledger is not None:
        append_forecast(Path(ledger), result)
    return result
