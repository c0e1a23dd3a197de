"""At what level of one lever does an outcome become likelier than not, and how far do the other levers move that level?

    escalate sweep backing --keep-runs
    python -m analysis.tipping outputs/backing/ID

Reads a sweep's folder. For each combination of the other levers it finds where the share of runs first crosses one
half, linear between the levels that were played. Intervals: runs are drawn again a thousand times, the same ones at
every point, as points share their luck (a paired bootstrap). They are simulation error only: parameters are fixed.
"""

import argparse
import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tabulate import tabulate

from sim.figures.curves import curves_figure
from sim.figures.registry import CannotBeDrawn
from sim.figures.style import save
from sim.results.intervals import middle
from sim.study.tipping import Tipping, read_curves, rises, tipping_points


def table(along: str, outcome: str, found: Sequence[Tipping]) -> str:
    """A row a combination of the other levers."""
    rows = [[*one.curve.others.values(), *_told(one), f"{one.curve.shares.max():.1%}"] for one in found]
    short = along.split(".")[-1]
    headers = [*found[0].curve.others, f"{short} at one half", "95 % interval", "largest share"]
    runs = found[0].curve.happened.shape[1]
    return f"{outcome} along {along}, {runs:,} runs a point\n\n" + tabulate(rows, headers, disable_numparse=True)


def _told(one: Tipping) -> list[str]:
    rising = rises(one.curve.shares)
    if np.isinf(one.level):
        return ["above throughout" if (one.level < 0) == rising else "below throughout", ""]
    first, last = one.curve.levels[0], one.curve.levels[-1]
    low = f"{one.low:.2f}" if np.isfinite(one.low) else f"below {first:g}"
    high = f"{one.high:.2f}" if np.isfinite(one.high) else f"above {last:g}"
    return [f"{one.level:.2f}" + ("" if rising else ", falling"), f"{low} to {high}"]


def moved(found: Sequence[Tipping]) -> list[str]:
    """For each other lever: between which two of its values the crossing moves most, all else alike, and how far."""
    told = []
    for lever in found[0].curve.others:
        pairs = [
            (one, other)
            for one, other in itertools.combinations(found, 2)
            if _rest(one, lever) == _rest(other, lever) and np.isfinite([one.level, other.level]).all()
        ]
        if not pairs:
            told.append(f"{lever}: no two of its values have a crossing each")
            continue
        one, other = max(pairs, key=lambda pair: abs(pair[1].level - pair[0].level))
        values = f"from {one.curve.others[lever]} to {other.curve.others[lever]}"
        told.append(
            f"{lever}, {values}, moves it most: {other.level - one.level:+.3f} ({_moves(one, other, len(pairs))})"
        )
    return told


def _moves(one: Tipping, other: Tipping, pairs: int) -> str:
    """The 95 % interval of how far a crossing moves, as wide as the largest of so many pairs needs (Bonferroni).

    None if in some draws one lies beyond the levels that were played.
    """
    if not np.isfinite([one.drawn, other.drawn]).all():
        return "in some draws beyond the levels that were played"
    low, high = middle(other.drawn - one.drawn, at_once=pairs)
    return f"{low:+.3f} to {high:+.3f}"


def _rest(one: Tipping, lever: str) -> dict[str, Any]:
    return {key: value for key, value in one.curve.others.items() if key != lever}


def main() -> None:
    about, _, how = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        description=about, epilog=how, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--along", help="the lever that is followed; the first numeric one if none is named")
    parser.add_argument("--outcome", help="a share; the first one if none is named")
    asked = parser.parse_args()
    try:
        along, outcome, curves = read_curves(asked.folder, asked.along, asked.outcome)
    except (ValueError, OSError) as error:
        parser.exit(2, f"error: {error}\n")
    found = tipping_points(curves)
    print(table(along, outcome, found), *moved(found), sep="\n")
    try:
        seed = json.loads((asked.folder / "study.json").read_text(encoding="utf-8"))["seed"]
        drawn = curves_figure(along, outcome, found, seed)
    except CannotBeDrawn as error:
        parser.exit(1, f"No figure: {error}. Sweep fewer values.\n")
    (asked.folder / "figures").mkdir(exist_ok=True)
    figure = asked.folder / "figures" / f"{outcome}.png"
    save(drawn, figure)
    print(f"Figure: {figure}")


if __name__ == "__main__":
    main()
