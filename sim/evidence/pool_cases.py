"""The cases of a pool: of one kind, each with its whole record, and the numbers that they share.

Every day of a record teaches the bases and mixes of its own case, day by day, from the days before. Scored are all
acts from a month into the record on: until then memories and bases have nothing to stand on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np

from sim.evidence.case import Case, case_of
from sim.evidence.pool_kind import Shares, matching, shares_of
from sim.evidence.priors import Prior, Priors, prior_of
from sim.evidence.truth import MONTH_ONLY, Truth, truth_of
from sim.scenario.files import kind_of
from sim.scenario.library import find, shown_path
from sim.scenario.load import Loaded
from sim.scenario.problems import Place, Problem, UserError, unknown
from sim.scenario.quantities import dotted, on_day, quantities, settled
from sim.scenario.revalue import replaced

WARM_UP_DAYS = 30  # of a record, which teach and are not scored
FEWEST_DAYS = 90  # of a record


@dataclass(frozen=True)
class Shield:
    """How far the term is taken away in a case: its value and range; all 0 where nobody stands behind the actor.

    value: where it changes over time, its mean over the scored days.
    """

    value: float
    low: float
    high: float
    is_given: bool  # whether the case has such a number


@dataclass(frozen=True)
class Member:
    """One case of a pool."""

    name: str
    truth: Truth
    case: Case  # the shared numbers free, its whole record replayed
    actor: str  # who feels the term
    shield: Shield


@dataclass(frozen=True)
class Pool:
    """Cases of one kind, and what they share."""

    kind: Path
    shares: Shares
    members: list[Member]
    left_out: dict[str, str]  # numbers that are not shared, and why

    @property
    def keys(self) -> list[str]:
        """Return the dotted keys of the shared numbers, in the order of every array."""
        return self.members[0].case.keys

    def fixed_without(self, idea: str) -> list[str]:
        """Return the shared numbers that are 0 without an idea."""
        scenario = self.members[0].case.loaded.scenario
        return [key for key in matching(scenario, self.shares.without[idea]) if key in self.keys]


def pool_of(files: Sequence[str], settings: Sequence[str] = (), numbers: Sequence[str] = ()) -> Pool:
    """Read the cases of a pool.

    Parameters: settings, laid over every case; numbers, dotted keys of what is shared, in which * is any name, in place
    of those that the kind's file names.
    Raises UserError for cases of no kind or of two, a case that is named twice, one without a record, a record that is
    too short, or numbers that cannot be shared.
    """
    kinds = _common_kind(files)
    kind, shares = kinds[0], shares_of(kinds)
    truths = [truth_of(file, settings) for file in files]
    for truth in truths:
        if (truth.last - truth.first).days + 1 < FEWEST_DAYS:
            text = f"its record, {truth.first} to {truth.last}, is too short"
            raise UserError([Problem(Place(truth.file, 0), "record", text, f"{FEWEST_DAYS} days or more")])
    keys, left_out = _shared_keys([truth.compiled.loaded for truth in truths], shares, numbers)
    stems = [Path(truth.compiled.loaded.tree.place.file).stem for truth in truths]
    members = [
        _member(stem if stems.count(stem) == 1 else truth.compiled.loaded.output_name, truth, keys, shares)
        for stem, truth in zip(stems, truths, strict=True)
    ]
    return Pool(kind, shares, members, left_out)


def holding(case: Case, values: dict[str, float]) -> Case:
    """Return a case with some of its numbers held at values, and no longer free."""
    scenario = case.loaded.scenario
    entries = {dotted(entry.path): entry.quantity for entry in quantities(scenario)}
    fixed = {key: entries[key].model_copy(update={"value": value, "steps": None}) for key, value in values.items()}
    priors = Priors([prior for prior in case.priors.priors if prior.key not in values])
    return replace(case, loaded=replace(case.loaded, scenario=replaced(scenario, fixed)), priors=priors)


def _common_kind(files: Sequence[str]) -> list[Path]:
    """Return the file of the kind of each case, which all say the same: a folder of one's own has its own copy.

    Raises UserError where a case is of no kind, cases are of more than one, or a case is named twice.
    """
    problems, kinds, known = [], {}, set()
    for file in files:
        path, kind = find(file).resolve(), kind_of(file)
        if path in known:
            problems.append(Problem(Place(file, 0), "", "the case is named twice", "each case once"))
        known.add(path)
        if kind is None:
            text, allowed = "is no case of a kind", "extends: kinds/regime_crisis.yaml, and roles"
            problems.append(Problem(Place(file, 0), "extends", text, allowed))
        else:
            kinds[file] = kind
    if len({(kind.name, kind.read_bytes()) for kind in kinds.values()}) > 1:
        text = "; ".join(f"{file} is of {shown_path(kind)}" for file, kind in kinds.items())
        allowed = "cases of one kind, whose file says the same for all"
        problems.append(Problem(Place(files[0], 0), "", f"the cases are of different kinds: {text}", allowed))
    if problems:
        raise UserError(problems)
    return list(kinds.values())


def _shared_keys(cases: Sequence[Loaded], shares: Shares, numbers: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Return the keys of the numbers that every case has, with one prior; and why others are left out."""
    patterns = [*(numbers or shares.numbers), shares.term.weight]
    for pattern in patterns:
        if not any(matching(loaded.scenario, [pattern]) for loaded in cases):
            known = sorted({dotted(entry.path) for loaded in cases for entry in quantities(loaded.scenario)})
            raise UserError([unknown(Place("--numbers", 0), "", "number", pattern, known)])
    wanted = dict.fromkeys(key for loaded in cases for key in matching(loaded.scenario, patterns))
    shared, left_out = [], {}
    for key in wanted:
        why = _why_not_shared(key, cases)
        if not why:
            shared.append(key)
        elif key == shares.term.weight:
            raise UserError([Problem(Place(cases[0].file, 0), key, f"is put to the test, and {why}", "the kind's own")])
        else:
            left_out[key] = why
    return sorted(shared), left_out


def _why_not_shared(key: str, cases: Sequence[Loaded]) -> str:
    """Say why a number is not the same in all cases; nothing where it is."""
    priors: dict[str, Prior] = {}
    for loaded in cases:
        entries = {dotted(entry.path): entry.quantity for entry in quantities(loaded.scenario)}
        entry = settled(entries[key], loaded.scenario.parameters) if key in entries else None
        if entry is None or entry.value is None or entry.steps:
            return f"{loaded.output_name} has no such number"
        priors[loaded.output_name] = prior_of(key, entry, loaded.tree.node_at(tuple(key.split("."))).place)
    (name, first), *others = priors.items()
    apart = [case for case, prior in others if replace(prior, source="") != replace(first, source="")]
    return f"{apart[0]} has another value or range of it than {name}" if apart else ""


def _member(name: str, truth: Truth, keys: Sequence[str], shares: Shares) -> Member:
    loaded = truth.compiled.loaded
    first = truth.first + timedelta(WARM_UP_DAYS)
    case = case_of(truth.file, truth.last, settings=truth.settings, since=first, month_only=MONTH_ONLY, free=list(keys))
    players = (loaded.scenario.roles or {}).get(shares.term.role, [])
    if len(players) != 1:
        text = f"{len(players)} actors play {shares.term.role}, whose acts are looked at"
        raise UserError([Problem(Place(truth.file, 0), "roles", text, "one actor")])
    return Member(name, truth, case, players[0], _shield(case, shares.term.shield, players[0]))


def _shield(case: Case, key: str, actor: str) -> Shield:
    """Return how far the term is taken away in a case. Raises UserError where that has no range."""
    loaded, scenario = case.loaded, case.loaded.scenario
    entry = {dotted(located.path): located.quantity for located in quantities(scenario)}.get(key)
    behind = [patron for patron in scenario.patrons.values() if patron.client == actor]
    if entry is None or not behind:
        return Shield(0.0, 0.0, 0.0, False)
    if (entry.value is None and not entry.steps) or entry.low is None or entry.high is None:
        place = loaded.tree.node_at(tuple(key.split("."))).place
        raise UserError([Problem(place, key, "has no value with a range", "value or steps, low and high")])
    days = [case.first + timedelta(day) for day in range((case.last - case.first).days + 1)]
    value = float(np.mean([on_day(entry, day, scenario.parameters) for day in days])) if entry.steps else entry.value
    return Shield(float(value or 0.0), float(entry.low), float(entry.high), True)
