"""How far do two coders of the shipped records agree?

    python -m analysis.kappa [FILE]

Thirty rows of each case were coded a second time, by a person who read our descriptions and not the sources. For each
case and for all: the share of rows coded alike, and Cohen's kappa (Cohen 1960), which takes off what two coders with
these frequencies would agree on by chance. Intervals are 95 % percentile intervals over rows drawn again with a fixed
seed. A row outside the model is `none`.
"""

import argparse
import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.layout import Table
from sim.scenario.library import shipped_folder

CODED_TWICE = Path("record") / "second_coding.csv"
DRAWS = 2000
SEED = 1


@dataclass(frozen=True)
class Agreement:
    """How far two coders agree on some rows: the share coded alike, kappa, and its 95 % interval."""

    name: str
    rows: int
    share: float
    kappa: float
    low: float
    high: float


def kappa(first: Sequence[str], second: Sequence[str]) -> float:
    """Return Cohen's kappa of two codings of the same rows: 1 if they are alike, 0 if no more alike than by chance.

    NaN where both give every row one and the same code, for then chance alone makes them agree.
    Raises ValueError for codings of unequal length, or of no row.
    """
    if len(first) != len(second) or not len(first):
        raise ValueError(f"found {len(first):,} and {len(second):,} rows; two codings have the same rows, at least one")
    codes = sorted({*first, *second})
    table = np.zeros((len(codes), len(codes)))
    for code, again in zip(first, second, strict=True):
        table[codes.index(code), codes.index(again)] += 1 / len(first)
    by_chance = float(table.sum(axis=1) @ table.sum(axis=0))
    return float("nan") if len(codes) == 1 else (float(np.trace(table)) - by_chance) / (1 - by_chance)


def agreement(name: str, first: Sequence[str], second: Sequence[str]) -> Agreement:
    """Return how far two codings agree, with an interval over rows drawn again.

    Draws in which kappa is not defined are left out of the interval.
    """
    rng = np.random.default_rng(SEED)
    draws = rng.integers(len(first), size=(DRAWS, len(first)))
    kappas = np.array([kappa([first[row] for row in draw], [second[row] for row in draw]) for draw in draws])
    low, high = (float(end) for end in np.nanpercentile(kappas, [2.5, 97.5]))
    share = float(np.mean([code == again for code, again in zip(first, second, strict=True)]))
    return Agreement(name, len(first), share, kappa(first, second), low, high)


def agreements(file: Path) -> list[Agreement]:
    """Return how far two coders agree on each case of a file, and on all cases together.

    Parameters: file, a CSV with columns case, date, actor, target, first, second.
    """
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    cases: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        cases.setdefault(row["case"], []).append(row)
    return [
        agreement(name, [row["first"] for row in group], [row["second"] for row in group])
        for name, group in (cases | {"all": rows}).items()
    ]


def table_of(rows: Sequence[Agreement]) -> str:
    """Write agreements as a table in Markdown."""
    cells = [
        [row.name, row.rows, f"{row.share:.0%}", f"{row.kappa:.2f}", f"{row.low:.2f} to {row.high:.2f}"] for row in rows
    ]
    headings = ["case", "rows", "coded alike", "kappa", "95 % interval"]
    return Table(headings, cells).markdown()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=shipped_folder() / CODED_TWICE)
    print(table_of(agreements(parser.parse_args().file)))


if __name__ == "__main__":
    main()
