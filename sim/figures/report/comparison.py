"""Compare another run folder with the first: in numbers, and by the first acts on which their runs part."""

from dataclasses import dataclass

from sim.figures.words import in_words, names_apart
from sim.results.run_folder import RunFolder
from sim.scenario.labels import labelled, labels_of
from sim.scenario.origins import differences
from sim.scenario.problems import Place, Problem, UserError
from sim.study.compare import compare
from sim.study.comparison_table import HEADERS, cells, intervals_of, parting_lines
from sim.study.differences import Difference

LEFT_OUT = ("name", "description", "caveats")  # keys that say nothing of the crisis itself


@dataclass(frozen=True)
class RunComparison:
    """A comparison as the page shows it: the table is that of `escalate compare`."""

    here: str
    there: str
    pairs: int
    intervals: str
    changes: list[tuple[str, str, str]]  # what is set: key, here, there
    headers: list[str]
    rows: list[list[str]]
    parting: list[str]
    brief: list[str]  # the first share, and the one that changes most, in a sentence each


def compare_folders(first: RunFolder, second: RunFolder) -> RunComparison:
    """Play the runs of two folders again in pairs, as many as both have.

    Raises UserError if their runs are not pairs: another seed, clock or fit.
    """
    if why := first.no_pair_of(second):
        raise UserError(
            [Problem(Place(str(second.path), 0), "", why, "runs with the same --seed, clock and --posterior")]
        )
    runs = min(first.runs, second.runs)
    comparison = compare(
        first.compiled, second.compiled, runs, first.seed, posteriors=(first.posterior, second.posterior)
    )
    labels = labels_of(first.compiled.loaded.scenario)
    changes = [
        (labelled(key, labels), str(before), str(after))
        for key, before, after in differences(first.compiled.loaded, second.compiled.loaded, "")
        if key.partition(".")[0] not in LEFT_OUT
    ]
    here, there = names_apart([first, second])
    shown = [difference for difference in comparison.differences if difference.headline]
    rows = [[in_words(difference.name, first.labels), *cells(comparison, difference)[1:]] for difference in shown]
    shares = [difference for difference in shown if difference.unit.kind == "share"]
    brief_differences = dict.fromkeys(
        [*shares[:1], *sorted(shares, key=lambda difference: -abs(difference.difference))[:1]]
    )
    brief = [_sentence(there, first, difference) for difference in brief_differences]
    return RunComparison(
        here,
        there,
        runs,
        intervals_of(comparison),
        changes,
        HEADERS,
        rows,
        parting_lines(comparison),
        brief,
    )


def _sentence(there: str, first: RunFolder, difference: Difference) -> str:
    ends = f"{100 * difference.low:+.1f} to {100 * difference.high:+.1f}"
    return (
        f"{there}: {in_words(difference.name, first.labels)} in {100 * difference.there:.1f} % of runs in place of {100 * difference.here:.1f} % "
        f"({100 * difference.difference:+.1f} points, {ends})."
    )
