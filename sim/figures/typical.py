"""Which of many runs to tell: the most typical of each path class, and the worst.

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
    """int32 (runs, months, rungs): hostile acts after the replay of each run that is kept whole."""
    firsts = [day.year * 12 + day.month for day in folder.days]
    month = np.array(firsts) - firsts[0]
    hostile = np.array([act.tone == "hostile" for act in folder.compiled.acts])
    rung = np.array([act.entry.rung for act in folder.compiled.acts])
    run, day, code = folder.acts.T
    free = hostile[code] & (day >= folder.compiled.free_from)
    found = np.zeros((folder.kept_whole, int(month[-1]) + 1, len(folder.compiled.loaded.scenario.rungs)), np.int32)
    np.add.at(found, (run[free], month[day[free]], rung[code[free]]), 1)
    return found


def path_classes(folder: RunFolder) -> list[PathClass]:
    """The classes that the scenario's own outcome tells apart, the most common first; none if it asks for no path."""
    asked = [question.name for question in folder.compiled.questions if unit_of(question).has_classes]
    if not asked:
        return []
    if folder.kept_whole == 0:
        raise CannotBeDrawn("no run is kept whole: run with a larger --acts-of")
    told: list[str] = []
    for batch in read_batches(folder.path / "outcomes.parquet", asked[:1]):
        told += batch.column(0).to_pylist()
        if len(told) >= folder.kept_whole:
            break
    names = np.array(told[: folder.kept_whole])
    described = monthly_rungs(folder).reshape(folder.kept_whole, -1)
    found = []
    for name in dict.fromkeys(names.tolist()):
        runs = np.flatnonzero(names == name)
        away = np.abs(described[runs] - described[runs].mean(axis=0)).sum(axis=1)
        found.append(PathClass(name, runs, len(runs) / len(names), int(runs[int(np.argmin(away))])))
    return sorted(found, key=lambda one: (-one.share, one.name))


def worst_run(folder: RunFolder) -> int:
    """The run, of those kept whole, in which most hostility is done after the replay, in marks."""
    if folder.kept_whole == 0:
        raise CannotBeDrawn("no run is kept whole: run with a larger --acts-of")
    run, day, code = folder.acts.T
    eras = folder.compiled.tables.clock[day, 1]
    weights = folder.compiled.tables.action_numbers[eras, code, HOSTILE_MARK] * (day >= folder.compiled.free_from)
    return int(np.argmax(np.bincount(run, weights, minlength=folder.kept_whole)))
