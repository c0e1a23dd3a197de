"""The work behind `escalate spread` and `escalate scales`: how much of a result is the model's, and how much is what was put in."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tabulate import tabulate

Words = Callable[[str], None]
SPREAD = (
    "Average outcome under three beliefs about the numbers that say how strongly something acts: drawn from their priors (value and range), as the scenario has "
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
    as_json: bool,
    tell: Words,
    say: Words,
) -> None:
    """`tell` every headline outcome at prior, defaults and posterior, with the spread split. Raises ScenarioError."""
    from tqdm import tqdm

    from sim.evidence.spread import beliefs, spreads
    from sim.results.posterior import read_draws

    rows = beliefs(file, list(settings), None if posterior is None else read_draws(posterior), draws, seed)
    cells = sum(len(row) for table in rows.values() for row in table)
    say(f"{file}: {cells:,} sets of numbers and strategies, {runs} runs each.")
    with tqdm(total=cells, unit=" sets", disable=True if as_json else None) as bar:
        found = [one for belief, table in rows.items() for one in spreads(belief, table, draws, runs, seed, bar.update)]
    if as_json:
        tell(json.dumps([asdict(one) for one in found], indent=2))
        return
    table = [
        [
            one.outcome,
            one.belief,
            _with_range(one.mean, one.low, one.high, one.belief),
            *map(_percent, (one.chance, one.parameters, one.rule, one.both)),
        ]
        for one in sorted(found, key=lambda one: [other.outcome for other in found].index(one.outcome))
    ]
    head = ["outcome", "numbers", "average", "chance", "parameters", "decision rule", "both"]
    tell(
        SPREAD.format(runs=runs)
        + "\n\n"
        + tabulate(table, head, disable_numparse=True, colalign=("left", "left", "left", *["right"] * 4))
    )


def _with_range(mean: float, low: float, high: float, belief: str) -> str:
    return f"{mean:.3g}" if belief == "defaults" else f"{mean:.3g} ({low:.2g} to {high:.2g})"


def _percent(share: float) -> str:
    return "" if share != share else f"{100 * share:.0f} %"


def scales_of(
    files: Sequence[str],
    *,
    runs: int,
    jitters: int,
    seed: int,
    settings: Iterable[str],
    as_json: bool,
    tell: Words,
    say: Words,
) -> None:
    """`tell` every headline share of each scenario under each scale of events. Raises ScenarioError."""
    import numpy as np
    from tqdm import tqdm

    from sim.evidence.scales import variants
    from sim.results.ensemble import simulate
    from sim.results.estimates import estimates
    from sim.scenario.compile import compile_scenario
    from sim.scenario.load import load

    settings = list(settings)
    found: dict[tuple[str, str], dict[str, list[float]]] = {}
    told: list[str] = []
    with tqdm(total=len(files) * (3 + jitters), unit=" ensembles", disable=True if as_json else None) as bar:
        for file in files:
            for name, laid in variants(load(file, settings), jitters, seed):
                loaded = load(file, [*settings, *laid])
                told += [f"warning: {file}, {name}: {warning.text}" for warning in loaded.warnings]
                tally = simulate(
                    compile_scenario(loaded), runs, seed, keep_acts_of=0, take=lambda block: None
                ).totals.tally
                for one in estimates(tally):
                    if one.headline and one.unit == "share":
                        found.setdefault((one.name, file), {}).setdefault(name, []).append(one.value)
                bar.update(1)
    for warning in dict.fromkeys(told):
        say(warning)
    rows: list[dict[str, Any]] = [
        {
            "outcome": outcome,
            "scenario": file,
            "scale": name,
            "share": float(np.median(values)),
            "lowest": min(values),
            "highest": max(values),
        }
        for (outcome, file), by_scale in found.items()
        for name, values in by_scale.items()
    ]
    if as_json:
        tell(json.dumps(rows, indent=2))
        return
    scales = list(dict.fromkeys(row["scale"] for row in rows))
    table = [
        [outcome, file, *(_shares(by_scale[name]) for name in scales)] for (outcome, file), by_scale in found.items()
    ]
    tell(
        SCALES.format(jitters=jitters)
        + "\n\n"
        + tabulate(table, ["outcome", "scenario", *scales], disable_numparse=True)
    )


def _shares(values: list[float]) -> str:
    middle = sorted(values)[len(values) // 2]
    return f"{middle:.3f}" if len(values) == 1 else f"{middle:.3f} ({min(values):.3f} to {max(values):.3f})"
