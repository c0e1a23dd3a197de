"""Choose by rule, from what is in a folder, the caveats that change how a result is read; the weightiest come first."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sim.evidence.pool_kind import Shares, shipped_shares
from sim.figures.report.answer import Headline
from sim.figures.report.changes import Changes, number_label, quantity_text
from sim.figures.style import spelled
from sim.scenario.quantities import settled
from sim.scenario.schema import Condition, Quantity, Scenario

MOST = 3  # that stand on the first page
SKETCH = 100  # runs below which shares are a sketch
JUDGEMENT = "judgement"
ALWAYS = (
    "Every actor is taken to be of one mind: a government, a party, a patron. Quarrels within them are not in the model.",
    "Runs are what may follow if the scenario's numbers are right. They are not forecasts.",
)


class Caveats(NamedTuple):
    """The caveats of a report: those of the first page, and all others."""

    first: list[str]
    others: list[str]


@dataclass(frozen=True)
class Reading:
    """What caveats are chosen from: the runs of a report, and what each other scenario sets otherwise than the first."""

    headlines: Sequence[Headline]
    changes: Sequence[Changes]

    @property
    def first(self) -> Headline:
        """Return the first run."""
        return self.headlines[0]

    @property
    def scenario(self) -> Scenario:
        """Return the scenario of the first run."""
        return self.first.folder.compiled.loaded.scenario

    @property
    def changed_numbers(self) -> list[str]:
        """Return the names of the parameters that any other scenario sets otherwise."""
        return list(dict.fromkeys(name for changes in self.changes for name in changes.numbers))


def caveats_of(reading: Reading) -> Caveats:
    """Choose the caveats of the first page, and list the others: by rule, then the scenario's, then those of every model."""
    by_rule = [text for rule in RULES if (text := rule(reading))]
    authors = dict.fromkeys(
        caveat for headline in reading.headlines for caveat in headline.folder.compiled.loaded.scenario.caveats
    )
    listed = list(dict.fromkeys([*by_rule, *authors, *ALWAYS]))
    return Caveats(listed[:MOST], listed[MOST:])


# --- the rules, the weightiest first; each says nothing where it does not apply


def few_runs(reading: Reading) -> str:
    """Warn of an ensemble that is too small to say more than roughly how often."""
    runs = min(headline.folder.runs for headline in reading.headlines)
    return (
        f"Only {'one run was' if runs == 1 else f'{runs} runs were'} played: read {'it as one story' if runs == 1 else 'the shares as a sketch'}. "
        "A thousand take seconds."
        if runs < SKETCH
        else ""
    )


def tested_term(reading: Reading) -> str:
    """Say what other cases of the kind found of the term that the result hangs on."""
    parameters = reading.scenario.parameters
    for shares in shipped_shares():
        weight, shield = (key.removeprefix("parameters.") for key in (shares.term.weight, shares.term.shield))
        if shares.finding is None or shares.term.role not in (reading.scenario.roles or {}):
            continue
        if weight in parameters and shield in parameters and parameters[weight].value:
            return _finding_text(shares, weight, shield, reading.scenario)
    return ""


def _finding_text(shares: Shares, weight: str, shield: str, scenario: Scenario) -> str:
    entry, finding, label = scenario.parameters[weight], shares.finding, number_label(shield, scenario)
    assert finding is not None
    judged = ", by judgement" if JUDGEMENT in (entry.source or "") else ""
    pooled = f"{finding.value:g} (95\u00a0%: {finding.low:g} to {finding.high:g}; 0 is no effect)".replace("-", "−")
    verdict = "makes a difference" if finding.low > 0.0 else "makes no difference that can be seen"
    name = number_label(weight, scenario)
    return (
        f"That {label} matters is built into the model, through the number “{name}” ({quantity_text(entry)} here{judged}). "
        f"{finding.cases} crises of this kind put it at {pooled}, as simulated ones do "
        f"at any true value from {finding.left[0]:g} to {finding.left[1]:g}: "
        f"{shares.term.shield_words} {verdict} to {shares.term.effect_words}."
    )


def put_in_by_hand(reading: Reading) -> str:
    """Say that a difference between scenarios is put in by hand, where what differs is judgement."""
    parameters = reading.scenario.parameters
    judged = [name for name in reading.changed_numbers if _is_judged(parameters.get(name))]
    if not judged:
        return ""
    names = ", ".join(number_label(name, reading.scenario) for name in judged)
    return f"What differs between the scenarios is put in, not found, and rests on judgement: {names}. The contrast shows what follows if that is right, not whether it is."


def numbers_are_judged(reading: Reading) -> str:
    """Say how many of the numbers rest on nobody's measurement."""
    parameters = reading.scenario.parameters.values()
    judged = sum(_is_judged(entry) for entry in parameters)
    if reading.first.folder.posterior is not None or judged == 0:
        return ""
    return f"{judged} of the {len(parameters)} named numbers of the model are judgement, in whole or in part; other numbers give other shares."


def _is_judged(entry: Quantity | None) -> bool:
    return entry is not None and JUDGEMENT in (entry.source or "")


def earliest_day(reading: Reading) -> str:
    """Say that the leading event cannot come sooner than so many days after another, where the scenario rules so."""
    question, compiled = reading.first.day, reading.first.folder.compiled
    if question is None:
        return ""
    for act in compiled.acts:
        if act.name not in question.acts:
            continue
        for condition in _conditions(act.entry.requires):
            if condition.days_since is None or condition.quantity not in reading.scenario.facts:
                continue
            days = settled(condition.days_since, reading.scenario.parameters)
            if days.value:
                return (
                    f"By a rule of the model “{act.entry.meaning}” cannot happen within {days.value:g} days after "
                    f"“{reading.scenario.facts[condition.quantity].meaning}” comes true: where events were quicker, the runs are late."
                )
    return ""


def _conditions(conditions: Sequence[Condition]) -> Iterator[Condition]:
    for condition in conditions:
        yield condition
        yield from condition.any or []


def cannot_be_done(reading: Reading) -> str:
    """Say how much of the record the scenario has no action for."""
    loaded = reading.first.folder.compiled.loaded
    inside = {(row.place.line, row.place.file) for row in loaded.rows_inside}
    outside = [row for row in loaded.rows if (row.place.line, row.place.file) not in inside]
    if len(outside) < 0.05 * len(loaded.rows) or not outside:
        return ""
    return f"{len(outside)} of the {len(loaded.rows)} acts of the record cannot be done in the model: their actors or actions are not in it."


def not_replayed(reading: Reading) -> str:
    """Say how much of what had happened before the free days the runs do not begin with."""
    folder = reading.first.folder
    before = [day for day, _ in folder.record if day <= folder.replay_until]
    replayed = sum(order.replayed for order in folder.compiled.loaded.ordered)
    if not before or replayed >= 0.9 * len(before):
        return ""
    return f"Runs begin with {replayed} of the {len(before)} acts that the record has up to {spelled(folder.replay_until)}, so with less tension than there was."


def unlike_pairs(reading: Reading) -> str:
    """Say that a scenario with other actions shares less luck with the first."""
    names = [{act.name for act in headline.folder.compiled.acts} for headline in reading.headlines]
    if all(side == names[0] for side in names):
        return ""
    return "The scenarios do not have the same actions. Acts that only one of them has count in its totals, and have no counterpart in the other."


RULES: tuple[Callable[[Reading], str], ...] = (
    few_runs,
    tested_term,
    put_in_by_hand,
    earliest_day,
    cannot_be_done,
    not_replayed,
    numbers_are_judged,
    unlike_pairs,
)
