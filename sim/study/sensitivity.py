"""The sensitivity of a study's outcomes, from the tables of its two sweeps: screening, indices, shares of variance."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sim.scenario.problems import Place, Problem, UserError
from sim.study.boxes import Box, find_box
from sim.study.design import cube
from sim.study.indices import Effects, Indices, Interval, Shares, effects, indices, shares, survivors
from sim.study.load_study import LoadedStudy
from sim.study.tables import reported

LIKELIER_THAN_NOT = 0.5


@dataclass(frozen=True)
class Screening:
    """What Morris's trajectories say of each number, by outcome."""

    study: LoadedStudy
    effects: dict[str, Effects]
    survives: np.ndarray  # bool (numbers,)
    passed: int  # numbers with a twentieth or more of the largest effect on some outcome, kept or not

    @property
    def kept(self) -> list[str]:
        """The keys of the numbers that survive."""
        return [key for key, stays in zip(self.study.study.vary, self.survives, strict=True) if stays]


@dataclass(frozen=True)
class Sensitivity:
    """Of one outcome: Sobol's indices under each combination of the levers, and where its variance comes from."""

    outcome: str
    by_rule: list[Indices]  # of each combination
    shares: Shares
    first: list[Interval]  # of each number: its share of a run's variance, alone
    total: list[Interval]  # and with all that it does together with others
    box: Box | None  # where a share, averaged over the combinations, is likelier than not


def averaged(study: LoadedStudy) -> list[str]:
    """Return the outcomes that can be apportioned: shares and means. A median has no variance to divide."""
    return [name for name, one in reported(study).items() if one.component.unit.has_variance]


def screen(study: LoadedStudy, table: pa.Table, most: int) -> Screening:
    """Screening from the points of a sweep with the design 'morris'; at most so many numbers are kept."""
    _whole(study, table)
    design = cube("morris", len(study.study.vary), study.study.points, study.study.seed)
    found = {
        name: effects(design, table[name].to_numpy(zero_copy_only=False), study.study.seed) for name in averaged(study)
    }
    told = list(found.values())
    passed = int(survivors(told, len(study.study.vary)).sum())
    return Screening(study, found, survivors(told, most), passed)


def apportion(study: LoadedStudy, points: pa.Table, runs: pa.Table) -> list[Sensitivity]:
    """Return indices and shares of every outcome, from the tables of a sweep with the design 'saltelli' that kept its runs.

    Raises UserError if a point failed.
    """
    _whole(study, points)
    return [of_outcome(study, name, outcomes_of(study, runs, name)) for name in averaged(study)]


def outcomes_of(study: LoadedStudy, runs: pa.Table, name: str) -> np.ndarray:
    """Return one outcome of every run, float64 (rules, points, runs); of a class, 1 where the run is of it."""
    outcomes = reported(study)[name].values(runs)
    return outcomes.reshape(len(study.combinations), len(study.design), study.study.runs)


def of_outcome(study: LoadedStudy, name: str, outcomes: np.ndarray) -> Sensitivity:
    """Return the sensitivity of one outcome. outcomes: float64 (rules, points, runs)."""
    numbers, seed = len(study.study.vary), study.study.seed
    means = outcomes.mean(axis=2)
    by_rule = [indices(numbers, row, seed) for row in means]
    divided = shares(outcomes, numbers + 2, seed)
    spread = means.var(axis=1)
    weights = spread / spread.sum() * divided.parameters[0] if spread.sum() > 0 else np.zeros(len(means))
    box = None
    if reported(study)[name].component.unit.kind == "share":
        apart = np.arange(len(study.design)) % (numbers + 2) % (numbers + 1) == 0  # the other rows repeat these in part
        likely = means.mean(axis=0)[apart] > LIKELIER_THAN_NOT
        box = find_box(list(study.study.vary), study.design[apart], likely)
    first, total = (_weighted([getattr(one, order) for one in by_rule], weights) for order in ("first", "total"))
    return Sensitivity(name, by_rule, divided, first, total, box)


def _weighted(by_rule: list[list[Interval]], weights: np.ndarray) -> list[Interval]:
    """Each number's share of a run's variance: its indices, weighted by how much varies under each rule.

    The ends are weighted alike, as if all rules erred together: they share their points.
    """
    found = np.nan_to_num(np.array(by_rule))  # (rules, numbers, 3); nothing varies where an index is no number
    return [(float(one[0]), float(one[1]), float(one[2])) for one in np.einsum("r,rnk->nk", weights, found)]


def _whole(study: LoadedStudy, table: pa.Table) -> None:
    """Indices need every point. Raises UserError if one failed."""
    failed = sum(table["failed"].to_pylist())
    if failed:
        first = next(row for row in table.to_pylist() if row["failed"])
        values = ", ".join(f"{key} = {first[key]}" for key in study.keys)
        text = f"{failed:,} of {table.num_rows:,} points failed, and sensitivity needs all; the first, where {values}: {first['error']}"
        raise UserError([Problem(Place(study.file, 0), "vary", text, "ranges in which every point can be played")])


def screening_table(found: Screening) -> pa.Table:
    """A row an outcome and number: Morris's measures, and whether it is kept."""
    rows = [
        {
            "outcome": outcome,
            "parameter": key,
            "effect": float(one.mean[index]),
            "effect.low": float(one.mean[index] - one.error[index]),
            "effect.high": float(one.mean[index] + one.error[index]),
            "spread": float(one.spread[index]),
            "kept": bool(found.survives[index]),
        }
        for outcome, one in found.effects.items()
        for index, key in enumerate(found.study.study.vary)
    ]
    return pa.Table.from_pylist(rows)


def variance_table(study: LoadedStudy, found: list[Sensitivity]) -> pa.Table:
    """A row an outcome and source: its share of the variance of one run's outcome, with a 95 % interval."""
    rows = []
    for one in found:
        sources = [("chance", "", one.shares.chance), ("parameters", "", one.shares.parameters)]
        sources += [("decision rule", "first", one.shares.rule), ("decision rule", "total", one.shares.rule_in_all)]
        for key, first, total in zip(study.study.vary, one.first, one.total, strict=True):
            sources += [(key, "first", first), (key, "total", total)]
        for source, order, (value, low, high) in sources:
            rows.append({"outcome": one.outcome, "source": source, "order": order, **_ends("share", value, low, high)})
    return pa.Table.from_pylist(rows)


def indices_table(study: LoadedStudy, found: list[Sensitivity]) -> pa.Table:
    """A row an outcome, combination of the levers and number: Sobol's indices of the variance between points."""
    rows: list[dict[str, str | float | None]] = []
    for one in found:
        for combination, told in zip(study.combinations, one.by_rule, strict=True):
            levers = {key: str(node.plain()) for key, node in combination.items()}
            for key, first, total in zip(study.study.vary, told.first, told.total, strict=True):
                rows.append(
                    {
                        "outcome": one.outcome,
                        **levers,
                        "parameter": key,
                        **_ends("first", *first),
                        **_ends("total", *total),
                    }
                )
    return pa.Table.from_pylist(rows)


def _ends(name: str, value: float, low: float, high: float) -> dict[str, float | None]:
    told = {name: value, f"{name}.low": low, f"{name}.high": high}
    return {key: None if np.isnan(number) else number for key, number in told.items()}
