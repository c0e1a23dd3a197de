"""What an effect rests on: the numbers in the hazards of the acts on which runs part, and where each comes from.

An effect that passes through a judged number is a judgement, however narrow its interval is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sim.scenario.compile import Compiled
from sim.scenario.labels import labelled, labels_of
from sim.scenario.quantities import key_of, quantities, settled
from sim.scenario.schema import Entry, Quantity

JUDGED = "judgement"  # what a source calls a judged number
RANGE_ONLY = "range by judgement"  # the number itself comes from elsewhere
LEARNED, SOURCED = "Bases and mixes that the record taught", "From data or literature"
MOST_NAMED = 6


@dataclass(frozen=True)
class Grounds:
    """What effects rest on: names of what the record taught, and labels of numbers by where they come from."""

    learned: list[str]
    sourced: list[str]
    judged: list[str]

    def sentences(self) -> list[str]:
        """Say what is estimated and what is judgement; nothing where no run parts."""
        if not (self.learned or self.sourced or self.judged):
            return []
        parts = [
            f"{meaning}: {_listed(names)}."
            for meaning, names in ((LEARNED, self.learned), (SOURCED, self.sourced), ("Judgement", self.judged))
            if names
        ]
        text = f"What this rests on, by the hazards of the acts on which runs part. {' '.join(parts)}"
        if self.judged:
            text += (
                " So far as an effect passes through a judged number, it is a judgement: intervals are of luck alone."
            )
        return [text]


def _listed(names: Sequence[str]) -> str:
    more = f"; and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return "; ".join(names[:MOST_NAMED]) + more


def grounds_of(compiled: Compiled, acts: Iterable[str]) -> Grounds:
    """Return what the hazards of some acts are made of, acts by their names: those on which runs part most often."""
    scenario, names = compiled.loaded.scenario, set(acts)
    labels = labels_of(scenario)
    keys = {id(located.quantity): key_of(located) for located in quantities(scenario)}
    learned: set[str] = set()
    used: dict[str, Quantity] = {}
    for code, act in enumerate(compiled.acts):
        if act.name not in names:
            continue
        channel = compiled.channels.index(act.channel)
        if compiled.tables.learns[channel]:
            actor, target = (scenario.actors[name].label for name in (act.actor, act.target))
            learned.add(f"{actor} → {target} ({act.tone})")
        for quantity in _read_by(compiled, code, channel):
            used[labelled(keys[id(quantity)], labels)] = settled(quantity, scenario.parameters)
    judged = sorted(key for key, quantity in used.items() if is_judged(quantity))
    return Grounds(sorted(learned), sorted(set(used) - set(judged)), judged)


def is_judged(quantity: Quantity) -> bool:
    """Tell whether a number is a judgement: its source says so, or it has none."""
    return not quantity.source or JUDGED in quantity.source.replace(RANGE_ONLY, "")


def _read_by(compiled: Compiled, code: int, channel: int) -> Iterator[Quantity]:
    """Yield the numbers that say how an action answers, goes on, and is driven."""
    scenario, act = compiled.loaded.scenario, compiled.acts[code]
    entry, pair = scenario.channel(act.channel), scenario.pair(act.actor, act.target)
    yield entry.reciprocity or pair.reciprocity
    yield entry.memory_half_life_days or pair.memory_half_life_days
    yield entry.momentum or pair.momentum
    if not compiled.tables.learns[channel] and entry.base is not None:
        yield entry.base
    tables = compiled.tables
    for drive in sorted({int(each) for each in (*tables.channel_drives[channel], *tables.action_drives[code])} - {-1}):
        yield from _numbers_in(scenario.drives[compiled.drives[drive]])


def _numbers_in(entry: Entry) -> Iterator[Quantity]:
    for name in type(entry).model_fields:
        value = getattr(entry, name)
        if isinstance(value, Quantity):
            yield value
