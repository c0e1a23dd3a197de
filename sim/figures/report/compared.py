"""What another scenario changes against the first, and why: in numbers, and by the first acts on which their runs part."""

from dataclasses import dataclass

from sim.figures.words import in_words
from sim.results.run_folder import RunFolder
from sim.scenario.origins import differences
from sim.scenario.problems import Place, Problem, UserError
from sim.study.compare import compare
from sim.study.comparison_table import HEADERS, cells, intervals_of, parting_lines
from sim.study.differences import Difference

UNTOLD = ("name", "description", "caveats")  # keys that say nothing of the crisis itself


@dataclass(frozen=True)
class Compared:
    """A comparison as the page tells it: the table is that of `escalate compare`."""

    here: str
    there: str
    pairs: int
    intervals: str
    changes: list[tuple[str, str, str]]  # what is set: key, here, there
    headers: list[str]
    rows: list[list[str]]
    parting: list[str]
    brief: list[str]  # the first share, and the one that changes most, in a sentence each


def compared(first: RunFolder, other: RunFolder) -> Compared:
    """Play both anew in pairs, as many as both have. Raises UserError where their runs are no pairs."""
    if why := first.no_pair_of(other):
        raise UserError(
            [Problem(Place(str(other.path), 0), "", why, "runs with the same --seed, clock and --posterior")]
        )
    runs = min(first.runs, other.runs)
    found = compare(first.compiled, other.compiled, runs, first.seed, posteriors=(first.posterior, other.posterior))
    changes = [
        (key, str(here), str(there))
        for key, here, there in differences(first.compiled.loaded, other.compiled.loaded, "")
        if key.partition(".")[0] not in UNTOLD
    ]
    shown = [one for one in found.differences if one.headline]
    rows = [[in_words(one.name, first.labels), *cells(found, one)[1:]] for one in shown]
    shares = [one for one in shown if one.unit.kind == "share"]
    told = dict.fromkeys([*shares[:1], *sorted(shares, key=lambda one: -abs(one.difference))[:1]])
    brief = [_sentence(other.name, first, one) for one in told]
    return Compared(
        first.name, other.name, runs, intervals_of(found), changes, HEADERS, rows, parting_lines(found), brief
    )


def _sentence(there: str, first: RunFolder, one: Difference) -> str:
    ends = f"{100 * one.low:+.1f} to {100 * one.high:+.1f}"
    return (
        f"{there}: {in_words(one.name, first.labels)} in {100 * one.there:.1f} % of runs in place of {100 * one.here:.1f} % "
        f"({100 * one.difference:+.1f} points, {ends})."
    )
