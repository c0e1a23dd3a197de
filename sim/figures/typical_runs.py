"""Choose which of many runs to show: the most typical of each path class, and the worst.

A run is described by its hostile acts in each month at each rung; typical is the run nearest to the average of its
class (sum of absolute differences), the first of several as near.
"""

from dataclasses import dataclass

import numpy as np

from sim.figures.registry import CannotBeDrawn
from sim.keeping import read_batches
from sim.results.run_folder import RunFolder
from sim.results.units import unit_of
from sim.rules.arrays import HOSTILE_MARK


@dataclass(frozen=True)
class PathClass:
    """One path class of the runs whose acts are kept."""

    name: str
    runs: np.ndarray  # int64: which they are
    share: float
    typical: int  # the run nearest to the class's average


def monthly_rungs(folder: RunFolder) -> np.ndarray:
    """Count the hostile acts after the replay of each run that is kept whole: int32 (runs, months, rungs)."""
    firsts = [day.year * 12 + day.month for day in folder.days]
    month = np.array(firsts) - firsts[0]
    hostile = np.array([act.tone == "hostile" for act in folder.compiled.acts])
    rung = np.array([act.entry.rung for act in folder.compiled.acts])
    run, day, code = folder.acts.T
    free = hostile[code] & (day >= folder.compiled.free_from)
    counts = np.zeros((folder.kept_whole, int(month[-1]) + 1, len(folder.compiled.loaded.scenario.rungs)), np.int32)
    np.add.at(counts, (run[free], month[day[free]], rung[code[free]]), 1)
    return counts


def path_classes(folder: RunFolder) -> list[PathClass]:
    """Divide the runs that are kept whole into the scenario's path classes.

    Returns the most common first; none if the scenario asks for no path. Raises CannotBeDrawn if no run is kept whole.
    """
    path_outcomes = [question.name for question in folder.compiled.questions if unit_of(question).has_classes]
    if not path_outcomes:
        return []
    if folder.kept_whole == 0:
        raise CannotBeDrawn("no run is kept whole: run with a larger --acts-of")
    class_names: list[str] = []
    for batch in read_batches(folder.path / "outcomes.parquet", path_outcomes[:1]):
        class_names += batch.column(0).to_pylist()
        if len(class_names) >= folder.kept_whole:
            break
    names = np.array(class_names[: folder.kept_whole])
    described = monthly_rungs(folder).reshape(folder.kept_whole, -1)
    classes = []
    for name in dict.fromkeys(names.tolist()):
        runs = np.flatnonzero(names == name)
        distances = np.abs(described[runs] - described[runs].mean(axis=0)).sum(axis=1)
        classes.append(PathClass(name, runs, len(runs) / len(names), int(runs[int(np.argmin(distances))])))
    return sorted(classes, key=lambda path_class: (-path_class.share, path_class.name))


def worst_run(folder: RunFolder) -> int:
    """Find the run, of those kept whole, with most hostility (marks) after the replay.

    Raises CannotBeDrawn if no run is kept whole.
    """
    if folder.kept_whole == 0:
        raise CannotBeDrawn("no run is kept whole: run with a larger --acts-of")
    run, day, code = folder.acts.T
    eras = folder.compiled.tables.clock[day, 1]
    weights = folder.compiled.tables.action_numbers[eras, code, HOSTILE_MARK] * (day >= folder.compiled.free_from)
    return int(np.argmax(np.bincount(run, weights, minlength=folder.kept_whole)))
