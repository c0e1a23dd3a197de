"""Say in sentences what a scenario sets otherwise than another; the keys are kept for whoever wants to check."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.figures.style import spelled
from sim.figures.words import act_in_words, value_in_words
from sim.results.run_folder import RunFolder
from sim.scenario.origins import differences
from sim.scenario.schedule import Stretch, stretches
from sim.scenario.schema import Quantity, Scenario

TITLES = (
    "name",
    "description",
    "caveats",
    "learned",
)  # keys that say nothing of the crisis itself, or what follows from it
SILENT = ("acts", "roles")  # what they change is told by other sentences
ABOUT = re.compile(r"\.(low|high|unit|meaning|source|label|prior)(\.|$)")  # what is written of a number beside it
NOTHING = "–"
ENTRIES = {
    "facts": "fact",
    "drives": "drive",
    "parameters": "number",
    "sympathies": "sympathy",
    "outcomes": "question",
    "actions": "action",
}
NUMBER = re.compile(r"parameters\.([a-z0-9_]+)(\.value|\.steps.*)?")
MOST_NAMED = 3  # entries of a section
MOST = 6  # sentences of entries that have none of their own
CLOCK = {
    "clock.start": "the clock starts on",
    "clock.replay_until": "the record is replayed to",
    "clock.end": "the clock ends on",
}

Row = tuple[str, str, str]  # key, value here, value there


@dataclass
class Changes:
    """What one scenario sets otherwise than another."""

    sentences: list[str] = field(default_factory=list)
    keys: list[Row] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)  # names of the parameters whose value differs


def number_label(name: str, scenario: Scenario) -> str:
    """Return the label of a parameter, or its name in words."""
    entry = scenario.parameters.get(name)
    return entry.label if entry is not None and entry.label else name.replace("_", " ")


def changes_between(first: RunFolder, second: RunFolder) -> Changes:
    """Describe what the second folder's scenario sets otherwise than the first's."""
    here, there = first.compiled.loaded, second.compiled.loaded
    changes = Changes()
    changes.keys = [
        (key, str(before), str(after))
        for key, before, after in differences(here, there)
        if key.partition(".")[0] not in TITLES
    ]
    rows = [row for row in changes.keys if row[0].partition(".")[0] not in SILENT]
    labels = first.labels | second.labels
    for verb, whole, part in (("adds", there.scenario, here.scenario), ("leaves out", here.scenario, there.scenario)):
        new = [name for name in whole.actors if name not in part.actors]
        changes.sentences += [_actor_sentence(verb, name, whole) for name in new]
        alone = _entries(whole).keys() - _entries(part).keys()
        if not set(here.scenario.actors) ^ set(
            there.scenario.actors
        ):  # else entries come, go and are named anew with it
            changes.sentences += _entry_sentences(verb, {key: _entries(whole)[key] for key in sorted(alone)})
        rows = [row for row in rows if not any(row[0].startswith(f"{'.'.join(key)}.") for key in alone)]
        rows = [row for row in rows if not any(_mentions(row, name) for name in new)]
    for row in rows:
        if (number := NUMBER.fullmatch(row[0])) and number[1] not in changes.numbers:
            changes.numbers.append(number[1])
            changes.sentences.append(_number_sentence(number[1], here.scenario, there.scenario))
    changes.sentences += _ordered_sentences(first, second)
    rest = [row for row in rows if not row[0].startswith("parameters.") and not ABOUT.search(row[0])]
    worded = [row for row in rest if _has_words(row[0], labels)]
    changes.sentences += [_sentence(row, here.scenario, there.scenario, labels) for row in worded[:MOST]]
    if further := len(rest) - len(worded[:MOST]):
        changes.sentences.append(f"sets {further} further {'value' if further == 1 else 'values'} otherwise")
    return changes


def _entries(scenario: Scenario) -> dict[tuple[str, ...], str]:
    """Return what readers see of each entry that may be added or left out, by the path of its key."""
    entries: dict[tuple[str, ...], str] = {("facts", name): entry.meaning for name, entry in scenario.facts.items()}
    entries |= {("drives", name): entry.meaning or name.replace("_", " ") for name, entry in scenario.drives.items()}
    entries |= {("parameters", name): number_label(name, scenario) for name in scenario.parameters}
    entries |= {("sympathies", name): name.replace("_", " ") for name in scenario.sympathies}
    entries |= {("outcomes", name): entry.meaning for name, entry in scenario.outcomes.items()}
    for actor, actions in scenario.actions.items():
        label = scenario.actors[actor].label
        entries |= {("actions", actor, name): f"{label}: {entry.meaning}" for name, entry in actions.items()}
    return entries


def _entry_sentences(verb: str, entries: dict[tuple[str, ...], str]) -> Iterator[str]:
    """Tell of entries that only one scenario has: by name if they are few, else how many."""
    for section in dict.fromkeys(key[0] for key in entries):
        names = [name for key, name in entries.items() if key[0] == section]
        text = _counted(len(names), ENTRIES[section])
        yield f"{verb} {text}" + (f" ({'; '.join(names)})" if len(names) <= MOST_NAMED else "")


def _actor_sentence(verb: str, name: str, scenario: Scenario) -> str:
    """Tell of an actor that only one scenario has, and of what comes with it."""
    entries = [key for key in _entries(scenario) if key[0] != "actions" and _names(key[1], name)]
    total = sum(
        actor == name or action.target == name
        for actor, actions in scenario.actions.items()
        for action in actions.values()
    )
    counted = Counter(section for section, *_ in entries)
    beside = [_counted(count, ENTRIES[section]) for section, count in sorted(counted.items())]
    text = f"{verb} an actor ({scenario.actors[name].label}, {_counted(total, 'action')} by it or toward it)"
    return text + (f", and with it {', '.join(beside)}" if beside else "")


def _counted(count: int, noun: str) -> str:
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count} {noun if count == 1 else plural}"


def _mentions(row: Row, name: str) -> bool:
    return any(_names(text, name) for text in row)


def _names(text: str, actor: str) -> bool:
    """Tell whether a key or value names an actor, also at the end of a longer name."""
    return re.search(rf"(?<![a-z0-9]){re.escape(actor)}(?![a-z0-9])", text) is not None


def _number_sentence(name: str, here: Scenario, there: Scenario) -> str:
    before, after = (side.parameters.get(name) for side in (here, there))
    label = number_label(name, there if after is not None else here)
    if before is None or after is None:
        return f"{label} is {quantity_text(after) if after is not None else 'left out'}"
    return f"{label} is {quantity_text(after)} in place of {quantity_text(before)}"


def quantity_text(quantity: Quantity) -> str:
    """Write the value of a number, and its dated changes."""
    value = "–" if quantity.value is None else f"{quantity.value:g}"
    steps = sorted((quantity.steps or {}).items())
    if len(steps) > 3:
        return f"{value}, with {len(steps)} dated changes"
    return value + "".join(f", from {spelled(day)} on {number:g}" for day, number in steps)


def _ordered_sentences(first: RunFolder, second: RunFolder) -> Iterator[str]:
    """Yield what only one of two scenarios forces or withholds."""
    sides = [_stretches(folder) for folder in (first, second)]
    for key, (stretch, folder) in sides[1].items():
        if key not in sides[0]:
            yield _stretch_text(stretch, folder)
    for key, (stretch, folder) in sides[0].items():
        if key not in sides[1]:
            yield f"does not have what the first has: {_stretch_text(stretch, folder)}"


def _stretches(folder: RunFolder) -> dict[tuple[object, ...], tuple[Stretch, RunFolder]]:
    return {
        (stretch.first, stretch.last, stretch.names, stretch.order.do): (stretch, folder)
        for stretch in stretches(folder.compiled.loaded.ordered)
        if not stretch.order.replayed
    }


def _stretch_text(stretch: Stretch, folder: RunFolder) -> str:
    codes = {act.name: code for code, act in enumerate(folder.compiled.acts)}
    acts = "; ".join(act_in_words(folder.compiled, codes[name]) for name in stretch.names)
    days = spelled(stretch.first)
    if stretch.first != stretch.last:
        days += f" to {spelled(stretch.last)}"
    return f"{'makes this happen' if stretch.order.do == 'force' else 'withholds this'}, {days}: {acts}"


def _has_words(key: str, labels: dict[str, str]) -> bool:
    """Tell whether a key is one of which a sentence can be made: dates, the clock, strategies, numbers of channels."""
    section, *path = key.split(".")
    if section == "channels":
        return len(path) > 3 and "[" not in key and {path[0], path[1]} <= labels.keys()
    return key in CLOCK or (section, path[-1]) in (("dates", "date"), ("actors", "strategy"))


def _sentence(row: Row, here: Scenario, there: Scenario, labels: dict[str, str]) -> str:
    """Write the change of an entry that is no parameter, and of which there are words."""
    key, before, after = row
    section, *path = key.split(".")
    if key in CLOCK:
        return f"{CLOCK[key]} {after} in place of {before}"
    if section == "dates":
        named = there.dates.get(path[0]) or here.dates[path[0]]
        return f"{named.label} is on {after} in place of {before}"
    if section == "actors":
        return f"{labels[path[0]]} plays {value_in_words(after)} in place of {value_in_words(before)}"
    words = " ".join(step.replace("_", " ") for step in path[3:] if step != "value")
    was, now = (value.replace("_", " ") for value in (before, after))
    before_text = "not set in the first" if before == NOTHING else f"{was} in the first"
    return f"{words} of {path[2]} acts of {labels[path[0]]} toward {labels[path[1]]} is {now} ({before_text})"
