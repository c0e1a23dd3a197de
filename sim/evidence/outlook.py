"""What the runs of a case say of the days ahead, beside what its record alone would say: chances, counts, rungs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np

from sim.evidence.baselines import highest_rung_at, persistent_rates
from sim.evidence.known import Known, truth_on
from sim.evidence.learned_base import Learned, count_forecast, highest_rung_forecast, learned_on
from sim.evidence.scores import COUNTS, poisson
from sim.evidence.truth import Truth
from sim.identity import identity
from sim.results.estimates import Estimate
from sim.results.intervals import wilson
from sim.results.run_folder import RunFolder
from sim.results.table import as_data
from sim.results.units import unit_of
from sim.rules.arrays import ROLES
from sim.scenario.compile import Compiled
from sim.scenario.questions import Question

Row = dict[str, Any]
MIDDLE = (0.1, 0.9)  # between which 80 % of runs lie
RIVALS = ("base", "persistence")  # what stands beside the model: the learned base, and the last thirty days


@dataclass(frozen=True)
class ActClass:
    """Acts that are forecast together. kind: tone, role or action; members: bool (A,)."""

    kind: str
    actor: str
    target: str
    name: str
    members: np.ndarray

    @property
    def key(self) -> Row:
        """Return what tells it from every other."""
        return {"kind": self.kind, "actor": self.actor, "target": self.target, "class": self.name}


def act_classes(compiled: Compiled) -> list[ActClass]:
    """List the classes of acts that are forecast, of one pair after another: tones, roles, each action."""
    acts = compiled.acts
    classes = []
    for actor, target in dict.fromkeys((act.actor, act.target) for act in acts):
        of_pair = np.array([(act.actor, act.target) == (actor, target) for act in acts])
        for tone in ("hostile", "cooperative", "neutral"):
            classes.append(
                ActClass("tone", actor, target, tone, of_pair & np.array([act.tone == tone for act in acts]))
            )
        for role in ROLES[1:]:
            of_role = np.array([act.entry.role == role for act in acts])
            classes.append(ActClass("role", actor, target, role, of_pair & of_role))
        for code in np.flatnonzero(of_pair):
            classes.append(ActClass("action", actor, target, acts[code].action, np.arange(len(acts)) == code))
    return [acts_together for acts_together in classes if acts_together.members.any()]


@dataclass(frozen=True)
class Outlook:
    """The tables of a forecast: rows of chances, of highest rungs, and of the scenario's outcomes."""

    chances: list[Row]
    rungs: list[Row]
    outcomes: list[Row]


def outlook_of(folder: RunFolder, known: Known, horizons: Sequence[int], estimates: Sequence[Estimate]) -> Outlook:
    """Count what the runs of a folder do in the days after the one on which a case is known.

    Parameters: folder, with every act of every run; horizons, in days; estimates, of the scenario's outcomes.
    """
    compiled = folder.compiled
    truth = truth_on(known, compiled)
    tomorrow = known.on + timedelta(1)
    learned, rates = learned_on(truth, tomorrow), persistent_rates(truth, tomorrow)
    last_year = truth.between(tomorrow - timedelta(known.last_year_days), known.last_year_days).sum(axis=0)
    chances, rungs = [], []
    for days in horizons:
        tallies = act_tallies(folder, days)
        window = {"days": days, "first": tomorrow, "last": known.on + timedelta(days)}
        for acts_together in act_classes(compiled):
            members = acts_together.members
            counts = tallies[:, members].sum(axis=1)
            base = count_forecast(truth, learned, members, days)
            persistence = poisson(np.array([rates[members].sum() * days]))[0]
            chances.append(
                acts_together.key
                | window
                | {"acts": [compiled.acts[code].name for code in np.flatnonzero(members)]}
                | _counted(counts)
                | _without_model(base, persistence)
                | {"base_mean": _learned_mean(learned, members, days), "last_year": int(last_year[members].sum())}
            )
        rungs += [window | row for row in _rung_rows(truth, learned, rates, tallies, last_year, days)]
    questions = question_by_outcome(compiled)
    outcomes = [
        row
        | {"headline": estimate.headline}
        | definition(compiled, questions[estimate.name])
        | _outcome_beside(truth, learned, compiled, questions[estimate.name], last_year)
        for row, estimate in zip(as_data(compiled, list(estimates)), estimates, strict=True)
    ]
    return Outlook(chances, rungs, outcomes)


def act_tallies(folder: RunFolder, days: int) -> np.ndarray:
    """Count each action of each run in so many free days: int64 (runs, A)."""
    run, day, code = folder.acts.T.astype(np.int64)
    first = folder.compiled.free_from
    within = (first <= day) & (day < first + days)
    actions = len(folder.compiled.acts)
    places = run[within] * actions + code[within]
    return np.bincount(places, minlength=folder.runs * actions).reshape(folder.runs, actions)


def question_by_outcome(compiled: Compiled) -> dict[str, Question]:
    """Return the question of every outcome that is reported, by the name of the outcome."""
    return {part.name: question for question in compiled.questions for part in unit_of(question).components(question)}


def definition(compiled: Compiled, question: Question) -> Row:
    """Return the last day of an outcome's window, and what changes with whatever the outcome asks."""
    window = compiled.date(question.start), compiled.date(question.end - 1), compiled.date(question.before)
    words = replace(question, start=0, end=0, before=0, meaning="", headline=False)
    return {"last": window[1], "definition": identity(repr(words), window)}


def _counted(counts: np.ndarray) -> Row:
    """Return what runs have of a class of acts. counts: int64 (runs,)."""
    hits, runs = int((counts > 0).sum()), len(counts)
    chance_low, chance_high = (float(end) for end in wilson(hits, runs))
    low, high = np.quantile(counts, MIDDLE, method="inverted_cdf")
    return {
        "chance": hits / runs,
        "chance_low": chance_low,
        "chance_high": chance_high,
        "mean": float(counts.mean()),
        "low": int(low),
        "high": int(high),
        "runs": _trimmed(np.bincount(np.minimum(counts, COUNTS - 1), minlength=1)),
    }


def _without_model(base: np.ndarray, persistence: np.ndarray) -> Row:
    """Return what the record alone says. base, persistence: float64 (COUNTS,), how likely each count is."""
    row: Row = {}
    for name, forecast in zip(RIVALS, (base, persistence), strict=True):
        row |= {f"{name}_chance": 1.0 - float(forecast[0]), f"{name}_counts": _rounded(forecast)}
    return row


def _rounded(forecast: np.ndarray) -> list[float]:
    """Return how likely each count is to six digits, without the counts that are less likely than that."""
    return _trimmed(np.round(forecast, 6))


def _trimmed(values: np.ndarray) -> list[Any]:
    """Return values up to the last that is not 0."""
    return list(np.trim_zeros(values, "b").tolist())


def _learned_mean(learned: Learned, members: np.ndarray, days: int) -> float:
    return float((learned.shape / learned.days * learned.share)[members].sum() * days)


def _rung_rows(
    truth: Truth, learned: Learned, rates: np.ndarray, tallies: np.ndarray, last_year: np.ndarray, days: int
) -> Iterator[Row]:
    """Yield how likely each rung is to be the highest of each pair, by the runs and by the record alone."""
    targets = truth.targets
    highest, before = targets.highest(tallies), targets.highest(last_year)
    base, persistence = highest_rung_forecast(truth, learned, days), highest_rung_at(targets, rates * days)
    for place, (name, members) in enumerate(targets.dyads.items()):
        actor, target = name.split(" → ")
        yield {
            "actor": actor,
            "target": target,
            "acts": [truth.compiled.acts[code].name for code in np.flatnonzero(members)],
            "rungs": targets.rungs[members].tolist(),
            "runs": np.bincount(highest[:, place], minlength=targets.ladder).tolist(),
            "base": np.round(base[place], 6).tolist(),
            "persistence": np.round(persistence[place], 6).tolist(),
            "last_year": int(before[place]),
        }


def _outcome_beside(
    truth: Truth, learned: Learned, compiled: Compiled, question: Question, last_year: np.ndarray
) -> Row:
    """Return what the record alone says of an outcome that is about acts: None where it says nothing.

    An outcome that the replayed days have settled is settled for the record too.
    """
    if question.pair or not question.acts:
        return {"base": None, "last_year": None, "was_settled": False}
    members = np.array([act.name in question.acts for act in compiled.acts])
    row: Row = {"base": None, "last_year": int(last_year[members].sum()), "was_settled": False}
    days = question.end - max(question.start, compiled.free_from)
    if question.metric not in ("happened", "count") or days < 1:
        return row
    first = compiled.date(question.start)
    since = max(first, truth.first)
    before = int(truth.between(since, max(0, (truth.last - since).days + 1))[:, members].sum())
    if question.metric == "count":
        return row | {"base": before + _learned_mean(learned, members, days)}
    base = 1.0 if before else 1.0 - float(count_forecast(truth, learned, members, days)[0])
    return row | {"base": base, "was_settled": before > 0}


def count_chances(row: Row, forecaster: str) -> np.ndarray:
    """Return how likely each count is to a forecaster, float64 (COUNTS,), from a row of chances.

    Parameters: forecaster, `model` or one of RIVALS.
    """
    values = np.array(row["runs"] if forecaster == "model" else row[f"{forecaster}_counts"], float)
    forecast = np.zeros(COUNTS)
    forecast[: len(values)] = values
    return forecast / forecast.sum()
