"""What another scenario changes against the first, and why: in numbers, and by the first acts on which their runs part."""

from dataclasses import dataclass

from analysis.run_folder import RunFolder
from sim.scenario.origins import differences
from sim.scenario.problems import Place, Problem, ScenarioError
from sim.study.compare import compare
from sim.study.comparison_table import HEADERS, cells, intervals_of, parting_lines

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


def compared(first: RunFolder, other: RunFolder) -> Compared:
    """Play both anew in pairs, as many as both have. Raises ScenarioError where their runs are no pairs."""
    if why := first.no_pair_of(other):
        raise ScenarioError(
            [Problem(Place(str(other.path), 0), "", why, "runs with the same --seed, clock and --posterior")]
        )
    runs = min(first.runs, other.runs)
    found = compare(first.compiled, other.compiled, runs, first.seed, posteriors=(first.posterior, other.posterior))
    changes = [
        (key, str(here), str(there))
        for key, here, there in differences(first.compiled.loaded, other.compiled.loaded, "")
        if key.partition(".")[0] not in UNTOLD
    ]
    rows = [cells(found, one) for one in found.differences if one.headline]
    return Compared(first.name, other.name, runs, intervals_of(found), changes, HEADERS, rows, parting_lines(found))
