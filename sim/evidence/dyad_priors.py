"""What many dyads say of answers, momentum, bases and mixes, kind by kind, as the tables of `escalate priors`."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

from sim.evidence.dyads import KINDS, ONCE, Choice, Dyads, Echoes, dyads_of, read_coded, without_echoes
from sim.evidence.holdout import gain_rows
from sim.evidence.mixes import CLASSES, mix_rows, mixes_of
from sim.evidence.pair_numbers import KEYS, Numbers, entries
from sim.evidence.parts import Part, Parts
from sim.evidence.pooling import Pooled, pool

FEWEST = 5  # pairs of a kind, without which a spread over pairs is the prior's (judgement)
CONTACT = 10  # acts that a pair must have to be in contact (judgement)
INTERVAL = ("median", "low", "high")
ARRAYS = ("acted", "own_marks", "other_marks", "volume")  # of dyads
RATES = ("momentum", "reciprocity")
ESTIMATED = (
    "momentum",
    "momentum_half_life_days",
    "reciprocity",
    "memory_half_life_days",
    "base_shape",
    "base_mean",
)


@dataclass(frozen=True)
class Variant:
    """What counts as an act, and which pairs count. by_contact: see `dyads.Choice`."""

    echoes: Echoes
    by_contact: bool = False


# Whose estimates may take the place of the model's: pairs that are chosen by their hostility say nothing of those that
# were spared, whose acts they foretell badly.
ADOPTED = "pairs in contact"
VARIANTS = {
    "each act once": Variant(ONCE),
    ADOPTED: Variant(ONCE, by_contact=True),
    "each root once a week": Variant(Echoes(7, by_root=True)),
    "echoes kept": Variant(Echoes(0)),
}


@dataclass(frozen=True)
class Task:
    """One kind of dyad in one variant.

    until: the last day that is fitted. least: days of hostile acts that a pair must have up to then.
    """

    file: Path
    kind: str
    variant: str
    until: date
    least: int


@dataclass(frozen=True)
class Fit:
    """What came of a task: the fit, None where there were too few pairs, and rows about the mix of acts."""

    task: Task
    pooled: Pooled | None
    mixes: list[dict[str, Any]]

    @property
    def part(self) -> Part:
        """Return what can be kept of it beside its task."""
        if self.pooled is None:
            return {}
        pooled, dyads = self.pooled, self.pooled.dyads
        about: Part = {
            "kind": dyads.kind,
            "pairs": dyads.pairs,
            "first": str(dyads.first),
            "alike": asdict(pooled.alike),
        }
        about |= {"fit_days": pooled.fit_days, "effective": pooled.effective, "mixes": self.mixes}
        return {**about, **{name: getattr(dyads, name) for name in ARRAYS}, "draws": pooled.draws}

    @classmethod
    def from_part(cls, task: Task, part: Part) -> "Fit":
        """Return the fit of a task that was kept as a part."""
        if not part:
            return cls(task, None, [])
        pairs = [((first, side), (second, second_side)) for (first, side), (second, second_side) in part["pairs"]]
        arrays = {name: part[name] for name in ARRAYS}
        dyads = Dyads(part["kind"], pairs, date.fromisoformat(part["first"]), **arrays)
        pooled = Pooled(dyads, part["fit_days"], part["draws"], Numbers(**part["alike"]), part["effective"])
        return cls(task, pooled, part["mixes"])


def tasks_of(file: Path, until: date, least: int) -> list[Task]:
    """List the fits of a file: every kind of dyad in every variant."""
    return [Task(file, kind, variant, until, least) for variant, kind in product(VARIANTS, KINDS)]


def fit_of(task: Task) -> Fit:
    """Fit the pairs of one kind. Raises UserError for a file that cannot be read, or where emcee is missing."""
    variant = VARIANTS[task.variant]
    acts = without_echoes(read_coded(task.file), variant.echoes)
    choice = Choice(CONTACT, by_contact=True) if variant.by_contact else Choice(task.least)
    dyads = dyads_of(acts, task.kind, task.until, choice)
    days = (task.until - dyads.first).days + 1
    if len(dyads.pairs) < FEWEST or not dyads.acted[:, :days].any():
        return Fit(task, None, [])
    mixes = [
        row | {"variant": task.variant}
        for classes in CLASSES
        for row in mix_rows(mixes_of(acts, dyads, task.until, classes), task.kind, classes)
    ]
    return Fit(task, pool(dyads, days), mixes)


def fits_of(
    tasks: Sequence[Task], parts: Parts, workers: int, each: Callable[[int], object] = lambda fits: None
) -> Iterator[Fit]:
    """Yield the fit of each task, in their order, those that are kept from before as they were.

    Parameters: workers, how many processes; each, called with how many fits more are there.
    Raises UserError as `fit_of` and `Parts.collect` do.
    """
    named = {f"{task.kind}, {task.variant}": task for task in tasks}
    for task, part in zip(tasks, parts.collect(_part_of, named, workers, each), strict=True):
        yield Fit.from_part(task, part)


def _part_of(task: Task) -> Part:
    return fit_of(task).part


def tables_of(fits: Iterable[Fit], each: Callable[[Fit], object] = lambda fit: None) -> dict[str, list[dict[str, Any]]]:
    """Gather the tables of a file: `priors`, estimates beside the model's numbers; `gains` and `mixes`, out of sample.

    Parameters: each, called with every fit as it comes.
    """
    tables: dict[str, list[dict[str, Any]]] = {"priors": [], "gains": [], "mixes": []}
    pooled: dict[str, dict[str, Pooled]] = {}
    for fit in fits:
        each(fit)
        if fit.pooled is not None:
            tables["priors"] += rows_of(fit.task, fit.pooled)
            tables["mixes"] += fit.mixes
            pooled.setdefault(fit.task.variant, {})[fit.task.kind] = fit.pooled
    for variant, kinds in pooled.items():
        tables["gains"] += [row | {"variant": variant} for row in gain_rows(kinds)]
    return tables


def rows_of(task: Task, pooled: Pooled) -> list[dict[str, Any]]:
    """Return a row for each number: its estimate, its spread over pairs, and what the model has."""
    about = {
        "kind": task.kind,
        "variant": task.variant,
        "pairs": len(pooled.dyads.pairs),
        "hostile_act_days": int(pooled.dyads.acted[:, : pooled.fit_days].sum()),
        "fitted_to": str(task.until),
        "effective_draws": pooled.effective,
    }
    return [about | {"number": name} | _estimate(pooled, name) | _shipped(task.kind, name) for name in ESTIMATED]


def _estimate(pooled: Pooled, name: str) -> dict[str, Any]:
    alike = dict(zip(ESTIMATED, _in_order(pooled), strict=True))
    nothing = (None, None, None)
    over_pairs = pooled.over_pairs(name) if name in (*RATES, "base_mean") else nothing
    mean = pooled.mean_over_pairs(name) if name in RATES else nothing
    row: dict[str, Any] = {"all_alike": alike[name], "known": "half_life" not in name or pooled.known(name)}
    for prefix, interval in (("", pooled.centre(name)), ("pairs_", over_pairs), ("mean_", mean)):
        row |= {f"{prefix}{part}": value for part, value in zip(INTERVAL, interval, strict=True)}
    return row


def _in_order(pooled: Pooled) -> tuple[float, ...]:
    numbers = pooled.alike
    rates = (numbers.momentum, numbers.momentum_days, numbers.reciprocity, numbers.memory_days)
    return (*rates, numbers.shape, numbers.mean)


def _shipped(kind: str, name: str) -> dict[str, Any]:
    entry: Mapping[str, object] = entries()[KEYS[kind]][name]
    return {f"model_{key}": float(str(entry[key])) for key in ("value", "low", "high")}
