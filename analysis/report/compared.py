"""What another scenario changes against the first, and why: in numbers, and by the first acts on which their runs part."""

from dataclasses import dataclass

from analysis.run_folder import RunFolder
from analysis.style import spelled
from sim.scenario.origins import differences
from sim.scenario.problems import Place, Problem, ScenarioError
from sim.study.compare import Comparison, compare
from sim.study.differences import Difference

MOST_ACTS = 5


@dataclass(frozen=True)
class Row:
    outcome: str
    here: str
    there: str
    difference: str
    interval: str


@dataclass(frozen=True)
class Compared:
    here: str
    there: str
    pairs: int
    changes: list[tuple[str, str, str]]  # what is set: key, here, there
    rows: list[Row]
    parting: list[str]


def compared(first: RunFolder, other: RunFolder) -> Compared:
    """Play both anew in pairs, as many as are kept. Raises ScenarioError where their runs are no pairs."""
    if (first.seed, first.start, first.end) != (other.seed, other.start, other.end):
        text = "has another seed or clock than the first folder, so their runs are not pairs"
        raise ScenarioError([Problem(Place(str(other.path), 0), "", text, "runs with the same --seed and clock")])
    runs = min(first.runs, other.runs, max(first.kept_whole, 2))
    found = compare(first.compiled, other.compiled, runs, first.seed, posteriors=(first.posterior, other.posterior))
    rows = [_row(one) for one in found.differences if one.headline and one.pairs and one.differing]
    changes = [
        (key, str(here), str(there))
        for key, here, there in differences(first.compiled.loaded, other.compiled.loaded, "")
    ]
    told = [
        change for change in changes if change[0] not in ("name", "description") and not change[0].startswith("caveats")
    ]
    return Compared(first.name, other.name, runs, told, rows, _parting(found))


def _row(one: Difference) -> Row:
    def level(value: float) -> str:
        return f"{100 * value:.1f} %" if one.unit == "share" else f"{value:.2f}"

    def gap(value: float) -> str:
        return (
            f"{100 * value:+.1f} points"
            if one.unit == "share"
            else f"{value:+.2f} {'days' if one.unit == 'date' else one.unit}"
        )

    here, there = ("", "") if one.unit == "date" else (level(one.here), level(one.there))
    return Row(one.name, here, there, gap(one.difference), f"{gap(one.low)} to {gap(one.high)}")


def _parting(found: Comparison) -> list[str]:
    parting = found.parting
    if parting.parted == 0:
        return [f"What is left to luck is the same in all {parting.runs:,} pairs of runs."]
    day = parting.median_day
    lines = [
        f"In {parting.parted:,} of {parting.runs:,} pairs the runs part"
        + (f", half of them by {spelled(day)}." if day else ".")
    ]
    names = {"here": found.here.loaded.scenario.name, "there": found.there.loaded.scenario.name}
    meanings = {act.name: act.entry.meaning for side in (found.here, found.there) for act in side.acts}
    labels = {
        name: actor.label for side in (found.here, found.there) for name, actor in side.loaded.scenario.actors.items()
    }
    for (side, act), count in sorted(parting.acts.items(), key=lambda one: (-one[1], one[0]))[:MOST_ACTS]:
        who = labels[act.partition(".")[0]]
        lines.append(
            f"On that day, in {100 * count / parting.parted:.0f} % of them: {who} {meanings[act]} under “{names[side]}” only."
        )
    return lines
