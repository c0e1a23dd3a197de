"""Loading a study: from a file name to its points, or to everything that is wrong with it."""

import hashlib
import itertools
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from sim.scenario.files import shown_path
from sim.scenario.library import output_name, shipped_names, study_names
from sim.scenario.load import Loaded, load, varied
from sim.scenario.nodes import Node
from sim.scenario.outline import outline
from sim.scenario.problems import Problem, UserError, listed, nearest, shown
from sim.scenario.questions import questions
from sim.scenario.variants import find_case_beside
from sim.scenario.wording import form_problems
from sim.scenario.yaml_file import read_yaml
from sim.study.check_points import numbers_named
from sim.study.check_study import numbers_of, ranges_of, study_problems, with_ranges
from sim.study.constraints import parsed_constraint
from sim.study.library import find_study, is_study
from sim.study.points import points_of
from sim.study.schema import Study
from sim.study.short_forms import written_out

Point = dict[str, Node]  # dotted key of the scenario → the value laid there


@dataclass(frozen=True)
class LoadedStudy:
    """A sound study, the scenario that it varies, and its points: all rows of the design for each combination."""

    file: str
    study: Study
    tree: Node
    base: Loaded
    combinations: list[Point]  # of the levers' values
    design: np.ndarray  # float64 (rows, numbers), in the units of the scenario
    outcomes: list[str]  # names of the questions that are reported
    warnings: list[Problem]  # of the scenario, and of the values that are laid over it

    def __repr__(self) -> str:
        parts = f"{self.points:,} points, {self.study.runs:,} runs each, seed {self.study.seed}, {len(self.keys)} keys"
        return outline(self, self.study.name, f"{parts} of {self.base.scenario.name}", self.file)

    @property
    def keys(self) -> list[str]:
        """Return the dotted keys that are varied: levers, then numbers."""
        return [*self.study.levers, *self.study.vary]

    @property
    def points(self) -> int:
        """Return how many points there are in all."""
        return len(self.combinations) * len(self.design)

    def combination(self, point: int) -> int:
        """Return the number of the combination of levers that a point has."""
        return point // len(self.design)

    def beliefs(self, point: int) -> Point:
        """Return the numbers of `vary` at a point, by dotted key: what is believed of the case, and learned from."""
        row = self.design[point % len(self.design)]
        return {
            key: Node(float(number), self.tree.node_at(("vary", key)).place)
            for key, number in zip(self.study.vary, row, strict=True)
        }

    def values(self, point: int) -> Point:
        """Return what is laid over the scenario at a point, by dotted key."""
        return self.combinations[self.combination(point)] | self.beliefs(point)

    def plain(self, point: int) -> dict[str, Any]:
        """Return the values at a point as plain data."""
        return {key: node.plain() for key, node in self.values(point).items()}

    def scenario_at(self, point: int) -> Loaded:
        """Return the scenario of one point.

        Raises UserError if what is combined there is not sound.
        """
        return varied(self.base, self.combinations[self.combination(point)], self.beliefs(point))

    @property
    def output_name(self) -> str:
        """Return the folder name of its sweeps, which no other study of the name shares."""
        return output_name(Path(self.tree.place.file), study_names())

    @cached_property
    def hash(self) -> str:
        """Return twelve hex digits that change with the study and its scenario."""
        study = self.study.model_dump(mode="json")
        orders = [list(self.study.levers), list(self.study.vary)]  # points are numbered by them
        content = json.dumps([study, orders, self.base.hash], sort_keys=True, default=str).encode()
        return hashlib.blake2b(content + self.design.tobytes(), digest_size=6).hexdigest()


def load_study(file: str, runs: int | None = None) -> LoadedStudy:
    """Load a study; `runs` in place of its own number of runs.

    Raises UserError with every problem.
    """
    path = find_study(file).resolve()
    tree = read_yaml(path, shown_path(path))
    if {"actors", "extends"} & set(tree.items):
        text, allowed = "this is a scenario, not a study", "a study: a file that names a scenario and varies it"
        raise UserError([Problem(tree.place, "", text, allowed)])
    tree = written_out(tree, path.parent)
    try:
        study = Study.model_validate(tree.plain())
    except ValidationError as error:
        raise UserError(form_problems(error, tree, Study)) from None
    if runs is not None:
        if runs < 1:
            raise ValueError(f"{runs} runs a point: at least one is needed")
        study = study.model_copy(update={"runs": runs})
    base = _scenario(study, tree, path)
    return _assembled(file, with_ranges(study, tree, base), tree, base)


def redesigned(loaded: LoadedStudy, **changes: Any) -> LoadedStudy:
    """Return the same study with other entries.

    Raises UserError with every problem that this makes.
    """
    return _assembled(loaded.file, loaded.study.model_copy(update=changes), loaded.tree, loaded.base)


def _assembled(file: str, study: Study, tree: Node, base: Loaded) -> LoadedStudy:
    problems = study_problems(study, tree, base)
    if errors := [problem for problem in problems if not problem.warning]:
        raise UserError(errors)
    warnings = sorted({*base.warnings, *problems})
    levers = [tree.node_at(("levers", key)).parts for key in study.levers]
    combinations = [dict(zip(study.levers, values, strict=True)) for values in itertools.product(*levers)]
    design, refused = _design(study, tree, base)
    warnings = [*warnings, *refused]
    return LoadedStudy(file, study, tree, base, combinations, design, _reported(study, base), warnings)


def _design(study: Study, tree: Node, base: Loaded) -> tuple[np.ndarray, list[Problem]]:
    """Make the points of a study, and say how many its constraints refused. Raises UserError where too few are left."""
    constraints = [constraint for text in study.constraints if (constraint := parsed_constraint(text))]
    points = points_of(study, ranges_of(study, base), constraints, numbers_named(study, constraints, numbers_of(base)))
    if not points.broken:
        return points.rows, []
    wanted = study.points if study.design == "lhs" else 1
    place = tree.node_at(("constraints",)).place
    if len(points.rows) < wanted:
        text = f"of {points.drawn:,} points that were drawn {len(points.rows):,} meet them, and {wanted:,} are needed"
        raise UserError([Problem(place, "constraints", text, "constraints that leave more, or narrower ranges")])
    text = f"{points.broken:,} of {points.drawn:,} points that were drawn break them; {len(points.rows):,} others are played"
    return points.rows, [Problem(place, "constraints", text, warning=True)]


def _scenario(study: Study, tree: Node, path: Path) -> Loaded:
    """Find the scenario that the study names: beside it, in the folder above, or shipped."""
    file = find_case_beside(study.scenario, path, is_study)
    if file is not None:
        return load(file)
    place = tree.node_at(("scenario",)).place
    text = f"there is no scenario '{shown(study.scenario)}' beside the study or in the folder above, and no shipped scenario has that name"
    allowed = "a path from the study's folder, or one of " + listed(shipped_names(), 30)
    raise UserError([Problem(place, "scenario", text, allowed, nearest(study.scenario, shipped_names()))])


def _reported(study: Study, base: Loaded) -> list[str]:
    """List the questions that the study names, or all.

    An entry stands for all of its actions, dyads or pairs.
    """
    names = [question.name for question in questions(base.scenario)]
    wanted = study.outcomes or list(base.scenario.outcomes)
    return [name for name in names if any(name == entry or name.startswith(entry + ".") for entry in wanted)]
