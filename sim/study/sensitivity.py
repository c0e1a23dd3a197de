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
    def kept_keys(self) -> list[str]:
        """Return the keys of the numbers that survive."""
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


def outcomes_with_variance(study: LoadedStudy) -> list[str]:
    """Return the outcomes that can be apportioned: shares and means. A median has no variance to divide."""
    return [name for name, outcome in reported(study).items() if outcome.component.unit.has_variance]


def screen(study: LoadedStudy, table: pa.Table, most: int) -> Screening:
    """Screen the numbers of a study by Morris's measures.

    Parameters: table, the points of a sweep with the design 'morris'; most, how many numbers survive at most.
    Raises UserError if a point failed, or SALib is missing.
    """
    _whole(study, table)
    design = cube("morris", len(study.study.vary), study.study.points, study.study.seed)
    by_outcome = {
        name: effects(design, table[name].to_numpy(zero_copy_only=False), study.study.seed)
        for name in outcomes_with_variance(study)
    }
    all_effects = list(by_outcome.values())
    passed = int(survivors(all_effects, len(study.study.vary)).sum())
    return Screening(study, by_outcome, survivors(all_effects, most), passed)


def apportion(study: LoadedStudy, points: pa.Table, runs: pa.Table) -> list[Sensitivity]:
    """Compute indices and shares of every outcome of a sweep with the design 'saltelli'.

    Parameters: points, runs, the tables of the sweep, which kept its runs.
    Raises UserError if a point failed, or a library is missing.
    """
    _whole(study, points)
    return [outcome_sensitivity(study, name, outcomes_of(study, runs, name)) for name in outcomes_with_variance(study)]


def outcomes_of(study: LoadedStudy, runs: pa.Table, name: str) -> np.ndarray:
    """Return one outcome of every run: float64 (rules, points, runs).

    Of a class it is 1 where the run is of it.
    """
    outcomes = reported(study)[name].values(runs)
    return outcomes.reshape(len(study.combinations), len(study.design), study.study.runs)


def outcome_sensitivity(study: LoadedStudy, name: str, outcomes: np.ndarray) -> Sensitivity:
    """Compute the sensitivity of one outcome. outcomes: float64 (rules, points, runs)."""
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
        box = find_box(list(study.study.vary), study.design[apart], likely, seed)
    first, total = (
        _weighted([getattr(of_rule, order) for of_rule in by_rule], weights) for order in ("first", "total")
    )
    return Sensitivity(name, by_rule, divided, first, total, box)


def _weighted(by_rule: list[list[Interval]], weights: np.ndarray) -> list[Interval]:
    """Each number's share of a run's variance: its indices, weighted by how much varies under each rule.

    The ends are weighted alike, as if all rules erred together: they share their points.
    """
    values = np.nan_to_num(np.array(by_rule))  # (rules, numbers, 3); nothing varies where an index is no number
    return [(float(value), float(low), float(high)) for value, low, high in np.einsum("r,rnk->nk", weights, values)]


def _whole(study: LoadedStudy, table: pa.Table) -> None:
    """Refuse a sweep in which a point failed: indices need every point. Raises UserError."""
    failed = sum(table["failed"].to_pylist())
    if failed:
        first = next(row for row in table.to_pylist() if row["failed"])
        values = ", ".join(f"{key} = {first[key]}" for key in study.keys)
        text = f"{failed:,} of {table.num_rows:,} points failed, and sensitivity needs all; the first, where {values}: {first['error']}"
        raise UserError([Problem(Place(study.file, 0), "vary", text, "ranges in which every point can be played")])


def screening_table(screening: Screening) -> pa.Table:
    """Return a row for each outcome and number: Morris's measures, and whether the number is kept."""
    rows = [
        {
            "outcome": outcome,
            "parameter": key,
            "effect": float(effects_on.mean[index]),
            "effect.low": float(effects_on.mean[index] - effects_on.error[index]),
            "effect.high": float(effects_on.mean[index] + effects_on.error[index]),
            "spread": float(effects_on.spread[index]),
            "kept": bool(screening.survives[index]),
        }
        for outcome, effects_on in screening.effects.items()
        for index, key in enumerate(screening.study.study.vary)
    ]
    return pa.Table.from_pylist(rows)


def variance_table(study: LoadedStudy, results: list[Sensitivity]) -> pa.Table:
    """Return the table of shares: a row for each outcome and source.

    It has the source's share of the variance of one run's outcome, with a 95 % interval.
    """
    rows = []
    for result in results:
        sources = [("chance", "", result.shares.chance), ("parameters", "", result.shares.parameters)]
        sources += [
            ("decision rule", "first", result.shares.rule),
            ("decision rule", "total", result.shares.rule_in_all),
        ]
        for key, first, total in zip(study.study.vary, result.first, result.total, strict=True):
            sources += [(key, "first", first), (key, "total", total)]
        for source, order, (value, low, high) in sources:
            rows.append(
                {"outcome": result.outcome, "source": source, "order": order, **_ends("share", value, low, high)}
            )
    return pa.Table.from_pylist(rows)


def indices_table(study: LoadedStudy, results: list[Sensitivity]) -> pa.Table:
    """Return the table of indices: a row for each outcome, combination of the levers and number.

    It has Sobol's indices of the variance between points.
    """
    rows: list[dict[str, str | float | None]] = []
    for result in results:
        for combination, of_rule in zip(study.combinations, result.by_rule, strict=True):
            levers = {key: str(node.plain()) for key, node in combination.items()}
            for key, first, total in zip(study.study.vary, of_rule.first, of_rule.total, strict=True):
                rows.append(
                    {
                        "outcome": result.outcome,
                        **levers,
                        "parameter": key,
                        **_ends("first", *first),
                        **_ends("total", *total),
                    }
                )
    return pa.Table.from_pylist(rows)


def _ends(name: str, value: float, low: float, high: float) -> dict[str, float | None]:
    numbers = {name: value, f"{name}.low": low, f"{name}.high": high}
    return {key: None if np.isnan(number) else number for key, number in numbers.items()}
