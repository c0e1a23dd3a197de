"""The work behind `escalate run` and `escalate trace`: load, simulate, tell, keep."""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np

from sim.scenario.compile import Compiled, compile_scenario
from sim.scenario.load import load
from sim.scenario.problems import Place, Problem, ScenarioError, unknown

Engine = Literal["compiled", "mesa"]


def run_scenario(
    file: str,
    runs: int,
    seed: int,
    settings: Iterable[str],
    out: Path,
    *,
    engine: Engine,
    everything: bool,
    csv: bool,
    force: bool,
    as_json: bool,
    tell: Callable[[str], None],
    say: Callable[[str], None],
) -> None:
    """Run an ensemble, `tell` its table (or, for a machine, JSON), then write its folder and figures.

    `say` takes what is said beside the result. Raises ScenarioError for a file that is not sound or a folder
    that cannot be written.
    """
    from tqdm import tqdm

    from analysis.of_run import draw
    from sim.results import store
    from sim.results.ensemble import simulate

    compiled = compile_scenario(load(file, settings))
    for warning in compiled.loaded.warnings:
        say(f"warning: {warning}")
    folder = store.folder_of(compiled, runs, seed, out)
    if store.is_whole(folder) and not force:
        say(f"An identical run is in {folder} (--force runs it again).")
        tell(_told(compiled, store.read_outcomes(compiled, folder), folder, everything, as_json))
        return
    started = time.perf_counter()
    with tqdm(total=runs, unit=" runs", desc=compiled.loaded.scenario.name, disable=True if as_json else None) as bar:
        results = simulate(compiled, runs, seed, engine, each=bar.update)
    tell(_told(compiled, results.outcomes, folder, everything, as_json))
    try:
        store.write(results, folder, time.perf_counter() - started, csv, lambda where: draw(results, where))
    except OSError as error:
        problem = Problem(Place(str(folder), 0), "", f"cannot be written: {error.strerror or error}")
        raise ScenarioError([problem]) from None
    say(f"Run folder: {folder}")


def _told(compiled: Compiled, outcomes: np.ndarray, folder: Path, everything: bool, as_json: bool) -> str:
    from sim.results.estimates import estimates
    from sim.results.table import as_data, table

    found = estimates(compiled, outcomes)
    if as_json:
        return json.dumps({"folder": str(folder), "estimates": as_data(compiled, found)}, indent=2, ensure_ascii=False)
    return table(compiled, found, everything)


def trace_run(
    file: str, run: int, seed: int, settings: Iterable[str], actor: str | None, day: date | None, as_json: bool
) -> Iterator[str]:
    """The lines that tell one run, or its decisions as JSON.

    Raises ScenarioError for an unknown actor or a day outside the clock.
    """
    compiled = compile_scenario(load(file, settings))
    if actor is not None and actor not in compiled.actors:
        raise ScenarioError([unknown(Place("--actor", 0), "", "actor", actor, compiled.actors)])
    if day is not None and not 0 <= compiled.day(day) < compiled.days:
        clock = f"{compiled.date(0)} to {compiled.date(compiled.days - 1)}"
        raise ScenarioError([Problem(Place("--day", 0), "", f"{day} lies outside the clock", clock)])
    from sim.engine.crisis import Crisis
    from sim.results.story import decisions, story

    model = Crisis(compiled, run=run, seed=seed)
    model.run_model()
    if as_json:
        yield json.dumps(decisions(model, actor, day), indent=2, ensure_ascii=False)
        return
    yield from story(model, actor, day)
