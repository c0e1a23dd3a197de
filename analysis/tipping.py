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

from sim.figures.curves import curves_figure
from sim.figures.registry import CannotBeDrawn
from sim.figures.style import save
from sim.figures.wording import wording_in
from sim.layout import Table
from sim.results.intervals import middle
from sim.study.tipping import Tipping, read_curves, rises, tipping_points


def tipping_table(along: str, outcome: str, tippings: Sequence[Tipping]) -> str:
    """Write a table of tipping levels, a row for each combination of the other levers.

    Parameters: along, the lever that is followed, in words; outcome, the share.
    """
    rows = [
        [*tipping.curve.others.values(), *_crossing_text(tipping), f"{tipping.curve.shares.max():.1%}"]
        for tipping in tippings
    ]
    headers = [*tippings[0].curve.others, f"{along} at one half", "95 % interval", "largest share"]
    runs = tippings[0].curve.happened.shape[1]
    return f"{outcome} along {along}, {runs:,} runs a point\n\n" + Table(headers, rows).text()


def _crossing_text(tipping: Tipping) -> list[str]:
    rising = rises(tipping.curve.shares)
    if np.isinf(tipping.level):
        return ["above throughout" if (tipping.level < 0) == rising else "below throughout", ""]
    first, last = tipping.curve.levels[0], tipping.curve.levels[-1]
    low = f"{tipping.low:.2f}" if np.isfinite(tipping.low) else f"below {first:g}"
    high = f"{tipping.high:.2f}" if np.isfinite(tipping.high) else f"above {last:g}"
    return [f"{tipping.level:.2f}" + ("" if rising else ", falling"), f"{low} to {high}"]


def crossing_shifts(tippings: Sequence[Tipping]) -> list[str]:
    """Say, for each other lever, between which of its values the crossing moves most, and how far, all else alike."""
    lines = []
    for lever in tippings[0].curve.others:
        pairs = [
            (first, second)
            for first, second in itertools.combinations(tippings, 2)
            if _rest(first, lever) == _rest(second, lever) and np.isfinite([first.level, second.level]).all()
        ]
        if not pairs:
            lines.append(f"{lever}: no two of its values have a crossing each")
            continue
        first, second = max(pairs, key=lambda pair: abs(pair[1].level - pair[0].level))
        values = f"from {first.curve.others[lever]} to {second.curve.others[lever]}"
        lines.append(
            f"{lever}, {values}, moves it most: {second.level - first.level:+.3f} ({_shift_interval(first, second, len(pairs))})"
        )
    return lines


def _shift_interval(first: Tipping, second: Tipping, pairs: int) -> str:
    """Write the 95 % interval of how far a crossing moves, wide enough for the largest of so many pairs (Bonferroni).

    There is none if in some draws a crossing lies beyond the levels that were played.
    """
    if not np.isfinite([first.drawn, second.drawn]).all():
        return "in some draws beyond the levels that were played"
    low, high = middle(second.drawn - first.drawn, at_once=pairs)
    return f"{low:+.3f} to {high:+.3f}"


def _rest(tipping: Tipping, lever: str) -> dict[str, Any]:
    return {key: value for key, value in tipping.curve.others.items() if key != lever}


def main() -> None:
    about, _, usage = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        description=about, epilog=usage, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--along", help="the lever that is followed; the first numeric one if none is named")
    parser.add_argument("--outcome", help="a share; the first one if none is named")
    options = parser.parse_args()
    try:
        along, outcome, curves = read_curves(options.folder, options.along, options.outcome)
    except (ValueError, OSError) as error:
        parser.exit(2, f"error: {error}\n")
    tippings = tipping_points(curves)
    wording = wording_in(options.folder)
    print(tipping_table(wording.number(along), outcome, tippings), *crossing_shifts(tippings), sep="\n")
    try:
        seed = json.loads((options.folder / "study.json").read_text(encoding="utf-8"))["seed"]
        drawn = curves_figure(along, outcome, tippings, wording, seed)
    except CannotBeDrawn as error:
        parser.exit(1, f"No figure: {error}. Sweep fewer values.\n")
    (options.folder / "figures").mkdir(exist_ok=True)
    figure = options.folder / "figures" / f"{outcome}.png"
    save(drawn, figure)
    print(f"Figure: {figure}")


if __name__ == "__main__":
    main()
