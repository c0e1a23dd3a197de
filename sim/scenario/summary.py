"""What `check` says of a file."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sim.scenario.branching import spectral_radius
from sim.scenario.impossible import unfitting
from sim.scenario.load import Loaded, load
from sim.scenario.problems import Problem, UserError
from sim.scenario.selection import acts_of


@dataclass(frozen=True)
class Report:
    """A file, whether it is sound, and what there is to say of it."""

    file: str
    sound: bool
    problems: list[Problem]
    summary: str

    def as_data(self) -> dict[str, Any]:
        """Return the report as plain data, for JSON."""
        problems = [
            {
                "file": problem.place.file,
                "line": problem.place.line,
                "key": problem.key,
                "problem": f"{problem.text} {problem.concerns}".rstrip(),
                "allowed": problem.allowed,
                "nearest": problem.nearest,
                "warning": problem.warning,
            }
            for problem in self.problems
        ]
        return {"file": self.file, "sound": self.sound, "summary": self.summary, "problems": problems}


def checked(file: str, settings: Iterable[str] = (), beliefs: Iterable[str] = ()) -> Report:
    """Load a file and report: what is wrong with it, and which acts of its own record it calls impossible."""
    try:
        loaded = load(file, settings, beliefs)
    except UserError as error:
        return Report(file, False, error.problems, "")
    return Report(file, True, [*loaded.warnings, *unfitting(loaded)], summary(loaded))


def summary(loaded: Loaded) -> str:
    """Sum up what a sound scenario holds, in a few numbers."""
    scenario = loaded.scenario
    replayed = sum(order.replayed for order in loaded.ordered)
    forced = sum(order.do == "force" for order in loaded.ordered) - replayed
    withheld = sum(order.do == "withhold" for order in loaded.ordered)
    text = (
        f"{len(scenario.actors)} actors, {len(acts_of(scenario))} actions; {scenario.clock.start} to {scenario.clock.end}, "
        f"free from the day after {scenario.clock.replay_until}; {replayed} acts replayed, {forced} forced, {withheld} withheld; "
        f"one act leads to {spectral_radius(scenario):.2f} more in all (the branching ratio, drives apart)."
    )
    if loaded.rows:
        text += f" Record: {len(loaded.rows_inside)} of {len(loaded.rows)} rows are inside the scenario (escalate list record)."
    return text
