"""The work behind `escalate run`, `compare` and `trace`: load, simulate, tell, keep."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sim.scenario.compile import Compiled, compile_scenario
from sim.scenario.load import load
from sim.scenario.problems import Place, Problem, UserError, unknown

if TYPE_CHECKING:
    from sim.results.posterior import Posterior
    from sim.results.tally import Tally

Engine = Literal["compiled", "mesa"]
Words = Callable[[str], None]


def run_scenario(
    file: str,
    runs: int,
    seed: int,
    settings: Iterable[str],
    out: Path,
    *,
    to: str | None,
    posterior: Path | None,
    engine: Engine,
    acts_of: int,
    everything: bool,
    csv: bool,
    force: bool,
    as_json: bool,
    tell: Words,
    say: Words,
) -> None:
    """Run an ensemble, `tell` its table (or, for a machine, JSON), and write its folder and figures.

    `say` takes what is said beside the result. Raises UserError for a file that is not sound, a hazard that
    is no number, or a folder that cannot be written; the last is found before anything is played.
    """
    from sim.results import store

    compiled = compile_scenario(load(file, settings))
    for warning in compiled.loaded.warnings:
        say(f"warning: {warning}")
    believed = _believed(compiled, posterior, say)
    folder = store.folder_of(compiled, runs, seed, acts_of, out, believed)
    try:
        if store.is_whole(folder) and not force:
            say(f"An identical run is in {folder} (both engines give the same bytes; --force runs it again).")
            if csv:
                store.write_csv(folder)
            tell(_told(compiled, store.read_tally(compiled, folder), folder, everything, as_json, believed is not None))
        else:
            _played(compiled, runs, seed, folder, engine, acts_of, everything, csv, as_json, tell, believed)
            say(f"Run folder: {folder}")
    except OSError as error:
        problem = Problem(Place(str(folder), 0), "", f"cannot be written: {error.strerror or error}")
        raise UserError([problem]) from None
    except ArithmeticError as error:
        raise UserError([Problem(Place(file, 0), "", str(error), "numbers with which every hazard is one")]) from None
    if to is not None:
        from sim.results.copying import copy_to

        say(f"Copied to: {copy_to(folder, to)}")


def _played(
    compiled: Compiled,
    runs: int,
    seed: int,
    folder: Path,
    engine: Engine,
    acts_of: int,
    everything: bool,
    csv: bool,
    as_json: bool,
    tell: Words,
    posterior: "Posterior | None",
) -> None:
    """Play the runs and write their folder; the table comes before the figures, JSON when all is written."""
    from tqdm import tqdm

    from sim.results.blocks import Block
    from sim.results.simulate import simulate
    from sim.results.store import Writer

    started = time.perf_counter()
    name = compiled.loaded.scenario.name
    with Writer(compiled, folder) as writer:
        with tqdm(total=runs, unit=" runs", desc=name, disable=True if as_json else None) as bar:

            def take(block: Block) -> None:
                writer.take(block)
                bar.update(len(block.outcomes))

            results = simulate(compiled, runs, seed, engine, keep_acts_of=acts_of, take=take, posterior=posterior)
        told = _told(compiled, results.totals.tally, folder, everything, as_json, posterior is not None)
        if not as_json:
            tell(told)

        def figures(where: Path) -> None:
            from sim.figures.of_run import draw

            draw(results, where)

        writer.finish(results, time.perf_counter() - started, csv, figures)
    if as_json:
        tell(told)


def _believed(compiled: Compiled, posterior: Path | None, say: Words) -> "Posterior | None":
    """The draws that runs are played with, if any; what the scenario sets itself is said."""
    if posterior is None:
        return None
    from sim.results.posterior import Posterior, read_draws

    believed = Posterior(compiled, read_draws(posterior))
    for line in believed.in_words():
        say(line)
    return believed


def _told(compiled: Compiled, tally: "Tally", folder: Path, everything: bool, as_json: bool, drawn: bool) -> str:
    from sim.results.estimates import estimates, intervals_are
    from sim.results.table import as_data, table

    found = estimates(tally)
    if not as_json:
        return table(compiled, found, everything, drawn)
    told = {
        "folder": str(folder),
        "intervals": intervals_are(drawn),
        "caveats": compiled.loaded.scenario.caveats,
        "warnings": [str(warning) for warning in compiled.loaded.warnings],
        "estimates": as_data(compiled, found),
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def compare_scenarios(
    files: Sequence[str],
    runs: int,
    seed: int,
    settings: Iterable[str],
    everything: bool,
    as_json: bool,
    *,
    posterior: Path | None,
    tell: Words,
    say: Words,
) -> None:
    """Compare each scenario with the first, and `tell` what differs. Raises UserError."""
    from tqdm import tqdm

    from sim.study.compare import compare
    from sim.study.comparison_table import comparison_data, comparison_text

    settings = list(settings)
    here, *others = [compile_scenario(load(file, settings)) for file in files]
    for warning in dict.fromkeys(str(one) for side in (here, *others) for one in side.loaded.warnings):
        say(f"warning: {warning}")
    found = []
    once = _once(say)
    believed = _believed(here, posterior, once)
    for there in others:
        sides = (believed, _believed(there, posterior, once))
        name = there.loaded.scenario.name
        with tqdm(total=runs, unit=" pairs", desc=name, disable=True if as_json else None) as bar:
            try:
                found.append(compare(here, there, runs, seed, bar.update, sides))
            except ArithmeticError as error:
                problem = Problem(Place(there.loaded.file, 0), "", str(error), "numbers with which every hazard is one")
                raise UserError([problem]) from None
        if not as_json:
            tell(("" if len(found) == 1 else "\n\n") + comparison_text(found[-1], everything))
    if as_json:
        tell(json.dumps([comparison_data(one) for one in found], indent=2, ensure_ascii=False))


def _once(say: Words) -> Words:
    """Says what was not said before."""
    said: set[str] = set()

    def say_once(text: str) -> None:
        if text not in said:
            say(text)
        said.add(text)

    return say_once


def trace_run(
    file: str,
    run: int,
    seed: int,
    settings: Iterable[str],
    actor: str | None,
    day: date | None,
    as_json: bool,
    posterior: Path | None,
    say: Words,
) -> Iterator[str]:
    """The lines that tell one run, or its decisions as JSON.

    Raises UserError for an unknown actor or a day outside the clock.
    """
    compiled = compile_scenario(load(file, settings))
    for warning in compiled.loaded.warnings:
        say(f"warning: {warning}")
    if actor is not None and actor not in compiled.actors:
        raise UserError([unknown(Place("--actor", 0), "", "actor", actor, compiled.actors)])
    if day is not None and not 0 <= compiled.day(day) < compiled.days:
        clock = f"{compiled.date(0)} to {compiled.date(compiled.days - 1)}"
        raise UserError([Problem(Place("--day", 0), "", f"{day} lies outside the clock", clock)])
    from sim.engine.crisis import Crisis
    from sim.results.story import decisions, story

    believed = _believed(compiled, posterior, say)
    if believed is not None:
        say(f"Run {run} has draw {believed.draw_of(seed, run)}.")
    model = Crisis(compiled if believed is None else believed.of(seed, run)[0], run=run, seed=seed)
    model.run_model()
    if as_json:
        yield json.dumps(decisions(model, actor, day), indent=2, ensure_ascii=False)
        return
    yield from story(model, actor, day)
