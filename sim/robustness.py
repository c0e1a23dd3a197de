"""The work behind `escalate spread` and `escalate scales`: how much of a result is the model's, and how much is what was put in."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tabulate import tabulate

Row = dict[str, Any]
Words = Callable[[str], None]
SPREAD = (
    "Average outcome under three beliefs about the numbers that say how strongly something acts: drawn from what a fit believes before the record, as the scenario has "
    "them, and drawn from the fit. In brackets, 95 % of the averages of draws, {runs} runs each. Of the variance of a single run, with the scenario's own strategies and each of the "
    "others for all actors: chance, parameters (the draws), decision rule (the strategies), and what the last two do together."
)
SCALES = (
    "Share of runs under other weights of acts; signs stay. flat: every act 5 points. PLOVER's categories: the average weight of the CAMEO codes of each "
    "category (its own scores could not be had). Off by up to 25 %: the middle of {jitters} draws, and the range of them. Nothing is fitted anew."
)


def spread_of(
    file: str,
    *,
    posterior: Path | None,
    draws: int,
    runs: int,
    seed: int,
    settings: Iterable[str],
    out: Path,
    force: bool,
    as_json: bool,
    tell: Words,
    say: Words,
) -> None:
    """`tell` every headline outcome at prior, defaults and posterior, with the spread split. Raises UserError."""
    from tqdm import tqdm

    from sim.evidence import folder as f
    from sim.evidence.spread import beliefs, spreads
    from sim.results.machine import json_text
    from sim.results.posterior import read_draws
    from sim.scenario.load import load

    settings = list(settings)
    drawn = None if posterior is None else read_draws(posterior)
    for warning in drawn.warnings() if drawn else []:
        say(warning)

    def make() -> Sequence[Row]:
        rows = beliefs(file, settings, drawn, draws, seed)
        cells = sum(len(row) for table in rows.values() for row in table)
        say(f"{file}: {cells:,} sets of numbers and strategies, {runs} runs each.")
        with tqdm(total=cells, unit=" sets", disable=True if as_json else None) as bar:
            found = [
                one for belief, table in rows.items() for one in spreads(belief, table, draws, runs, seed, bar.update)
            ]
        outcomes = [one.outcome for one in found]
        return [asdict(one) for one in sorted(found, key=lambda one: outcomes.index(one.outcome))]

    plan = {"draws": draws, "runs": runs, "seed": seed, "posterior": drawn and drawn.hash}
    subject = f.of_scenario(load(file, settings))
    folder, rows = f.table_of("spread", subject, out, plan, force=force, say=say, make=make)
    tell(json_text(rows) if as_json else spread_text(rows, runs))
    say(f"Written to: {folder}")


def spread_text(rows: Sequence[Row], runs: int) -> str:
    """The table, a row an outcome and belief."""
    table = [
        [row["outcome"], row["belief"], _with_range(row)]
        + [_percent(row, part) for part in ("chance", "parameters", "rule", "both")]
        for row in rows
    ]
    head = ["outcome", "numbers", "average", "chance", "parameters", "decision rule", "both"]
    align = ("left", "left", "left", *["right"] * 4)
    return SPREAD.format(runs=runs) + "\n\n" + tabulate(table, head, disable_numparse=True, colalign=align)


def _with_range(row: Row) -> str:
    mean = _number(row["mean"])
    return mean if row["belief"] == "defaults" else f"{mean} ({_number(row['low'])} to {_number(row['high'])})"


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _percent(row: Row, part: str) -> str:
    known = row["belief"] == "defaults" and part in ("parameters", "both")  # one set of numbers: nothing to divide
    return "" if known or row[part] is None or row[part] != row[part] else f"{100 * row[part]:.0f} %"


def scales_of(
    files: Sequence[str],
    *,
    runs: int,
    jitters: int,
    seed: int,
    settings: Iterable[str],
    out: Path,
    force: bool,
    as_json: bool,
    tell: Words,
    say: Words,
) -> None:
    """`tell` every headline share of each scenario under each scale of events. Raises UserError."""
    from tqdm import tqdm

    from sim.evidence import folder as f
    from sim.evidence.scales import shares
    from sim.results.machine import json_text
    from sim.scenario.load import load

    settings = list(settings)

    def make() -> Sequence[Row]:
        with tqdm(total=len(files) * (3 + jitters), unit=" ensembles", disable=True if as_json else None) as bar:
            return shares(files, settings, runs, jitters, seed, say, bar.update)

    loaded = [load(file, settings) for file in files]
    about = {"scenarios": [one.scenario.name for one in loaded], "files": list(files)}
    subject = f.Subject(f.of_scenario(loaded[0]).name, " ".join(one.hash for one in loaded), about)
    plan = {"runs": runs, "jitters": jitters, "seed": seed}
    folder, rows = f.table_of("scales", subject, out, plan, force=force, say=say, make=make)
    tell(json_text(rows) if as_json else scales_text(rows, jitters))
    say(f"Written to: {folder}")


def scales_text(rows: Sequence[Row], jitters: int) -> str:
    """The table, a column a scale."""
    names = list(dict.fromkeys(row["scale"] for row in rows))
    cells = {(row["outcome"], row["scenario"], row["scale"]): row for row in rows}
    lines = dict.fromkeys((row["outcome"], row["scenario"]) for row in rows)
    table = [[*line, *(_share(cells[(*line, name)]) for name in names)] for line in lines]
    head = ["outcome", "scenario", *names]
    return SCALES.format(jitters=jitters) + "\n\n" + tabulate(table, head, disable_numparse=True)


def _share(row: Row) -> str:
    return f"{row['share']:.3f}" + (
        f" ({row['lowest']:.3f} to {row['highest']:.3f})" if row["lowest"] < row["highest"] else ""
    )
