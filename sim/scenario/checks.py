"""Cross-checks: what no single entry can know. One small named function each, run on the sound parts.

A check names the sections that it reads; it is passed over while one of them is unsound, since the form
has been reported already.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sim.rules.registry import DRIVES, METRICS, STRATEGIES
from sim.scenario import quantities as numbers
from sim.scenario.nodes import Node
from sim.scenario.problems import Place, Problem, listed, nearest, shown, unknown
from sim.scenario.questions import window
from sim.scenario.reach import possible
from sim.scenario.schema import BOUNDS, Condition, Scenario, Selection
from sim.scenario.selection import Act, acts_of, moved, selected, weight_of
from sim.scenario.validate import key_path

import sim.rules.drives  # noqa: F401 isort: skip  (fills the registry)
import sim.rules.metrics  # noqa: F401 isort: skip
import sim.rules.strategies  # noqa: F401 isort: skip

STATES = ("threats_open", "hostility", "goodwill")
MAX_DAYS = 36_525


@dataclass
class Sound:
    """The sound parts of a scenario, and the tree that they came from."""

    scenario: Scenario
    tree: Node
    complete: bool = True  # no entry was left out for its form
    replayed: set[str] = field(default_factory=set)  # names of the acts that the record replays
    acts: list[Act] = field(init=False)

    def __post_init__(self) -> None:
        self.acts = acts_of(self.scenario) if self.scenario.actions is not None else []

    def names(self, section: str) -> list[str]:
        """The names in a section, unsound entries too: naming one of those is no second mistake."""
        return list(self.tree.items.get(section, self.tree).items) if section in self.tree.items else []

    def place(self, *path: str | int) -> Place:
        return self.tree.at(path).place

    def problem(self, path: numbers.Path, text: str, allowed: str = "", near: str = "") -> Problem:
        return Problem(self.place(*path), key_path(list(path)), text, allowed, near)

    def unknown(self, path: numbers.Path, what: str, name: str, names: list[str]) -> Problem:
        return unknown(self.place(*path), key_path(list(path)), what, name, names)

    @property
    def action_names(self) -> list[str]:
        actors = self.tree.items["actions"].items if "actions" in self.tree.items else {}
        return [f"{actor}.{action}" for actor, actions in actors.items() for action in actions.items]


Check = Callable[[Sound], Iterator[Problem]]
CHECKS: list[tuple[Check, tuple[str, ...]]] = []


def check(*sections: str) -> Callable[[Check], Check]:
    """Register a cross-check and the sections that it reads."""

    def register(function: Check) -> Check:
        CHECKS.append((function, sections))
        return function

    return register


def cross_checks(sound: Sound) -> list[Problem]:
    """Every problem that the checks find in the sound parts."""
    problems: list[Problem] = []
    for function, sections in CHECKS:
        if all(getattr(sound.scenario, section) is not None for section in sections):
            problems += function(sound)
    return problems


@check("clock")
def clock_runs_forward(sound: Sound) -> Iterator[Problem]:
    clock = sound.scenario.clock
    if (clock.replay_until - clock.start).days < -1:
        yield sound.problem(("clock", "replay_until"), f"{clock.replay_until} lies before the start", f"the day before {clock.start} (nothing replayed) or later")
    if clock.end <= clock.replay_until:
        yield sound.problem(("clock", "end"), f"{clock.end} leaves no free day", f"after {clock.replay_until}")
    if (clock.end - clock.start).days > MAX_DAYS:
        yield sound.problem(("clock", "end"), "the clock runs too long", f"at most {MAX_DAYS:,} days")


@check()
def names_are_declared(sound: Sound) -> Iterator[Problem]:
    """Every actor, fact and date that an entry names exists."""
    wanted = {
        "actor": "actors", "target": "actors", "holder": "actors", "about": "actors", "feels_for": "actors", "against": "actors",
        "patron": "actors", "client": "actors", "rival": "actors", "of": "actors", "fact": "facts", "deadline": "dates", "before": "dates",
        "toward": "actors", "threats_from": "actors", "pair": "actors", "raises": "facts", "lowers": "facts", "lowers_first": "facts", "measures": "facts",
    }  # fmt: skip
    for section in ("actions", "channels", "sympathies", "patrons", "pressures", "drives", "outcomes"):
        if section in sound.tree.items:
            yield from _names_within(sound, sound.tree.items[section], (section,), wanted)
    for section in ("actions", "channels", "pressures", "strengths"):
        for name in sound.names(section):
            if name not in sound.names("actors"):
                yield sound.unknown((section, name), "actor", name, sound.names("actors"))
    for actor, targets in (sound.tree.items["channels"].items if "channels" in sound.tree.items else {}).items():
        for target in targets.items:
            if target not in sound.names("actors"):
                yield sound.unknown(("channels", actor, target), "actor", target, sound.names("actors"))
    for actor, losses in (sound.tree.items["strengths"].items if "strengths" in sound.tree.items else {}).items():
        for fact in losses.items:
            if fact not in sound.names("facts"):
                yield sound.unknown(("strengths", actor, fact), "fact", fact, sound.names("facts"))


def _names_within(sound: Sound, node: Node, path: numbers.Path, wanted: dict[str, str]) -> Iterator[Problem]:
    for key, inner in node.items.items():
        here = (*path, key)
        section = wanted.get(key) if len(path) >= 2 else None
        if section is not None:
            yield from _undeclared(sound, inner, here, section)
        else:
            yield from _names_within(sound, inner, here, wanted)
    if isinstance(node.value, list):
        for index, inner in enumerate(node.value):
            yield from _names_within(sound, inner, (*path, index), wanted)


def _undeclared(sound: Sound, node: Node, path: numbers.Path, section: str) -> Iterator[Problem]:
    names = sound.names(section)
    if isinstance(node.value, list):
        given = [((*path, index), inner.value) for index, inner in enumerate(node.value)]
    else:
        given = [((*path, key), key) for key in node.items] if node.is_mapping else [(path, node.value)]
    for where, name in given:
        if isinstance(name, str) and name not in names:
            yield sound.unknown(where, section[:-1], name, names)


@check("actors")
def strategies_exist(sound: Sound) -> Iterator[Problem]:
    for name, actor in sound.scenario.actors.items():
        if actor.strategy not in STRATEGIES:
            yield sound.unknown(("actors", name, "strategy"), "strategy", actor.strategy, list(STRATEGIES))


@check("parameters")
def parameters_are_explained(sound: Sound) -> Iterator[Problem]:
    """Every parameter has a number, a range, a unit, a meaning and a source."""
    for name, entry in sound.scenario.parameters.items():
        if entry.parameter is not None:
            yield sound.problem(("parameters", name), "names another parameter", "a number with its unit, range, meaning and source")
            continue
        missing = [key for key in ("low", "high", "unit", "meaning", "source") if getattr(entry, key) is None]
        if missing:
            yield sound.problem(("parameters", name), "lacks " + listed(missing), "{value, low, high, unit, meaning, source}")


@check("parameters")
def named_parameters_exist(sound: Sound) -> Iterator[Problem]:
    names = sound.names("parameters")
    for found in numbers.quantities(sound.scenario):
        if found.quantity.parameter is not None and found.quantity.parameter not in names and found.path[0] != "parameters":
            yield sound.unknown(found.path, "parameter", found.quantity.parameter, names)


@check("parameters")
def parameters_are_used(sound: Sound) -> Iterator[Problem]:
    """A parameter that nothing names would change nothing. An unsound entry may name it, so all must be sound."""
    if not sound.complete:
        return
    named = {found.quantity.parameter for found in numbers.quantities(sound.scenario)}
    for name in sound.scenario.parameters:
        if name not in named:
            near = nearest(name, set(sound.names("parameters")) - {name})
            yield sound.problem(("parameters", name), "nothing names this parameter, so it would change nothing", near=near)


@check("parameters")
def numbers_fit_their_units(sound: Sound) -> Iterator[Problem]:
    """No share above 1, no half-life of 0 days, no parameter where another unit is wanted."""
    parameters = sound.scenario.parameters
    for found in numbers.quantities(sound.scenario):
        entry = found.quantity
        if entry.parameter is not None:
            unit = parameters[entry.parameter].unit if entry.parameter in parameters else None
            if unit is not None and found.unit and unit != found.unit:
                yield sound.problem(found.path, f"'{entry.parameter}' is in {unit}", found.unit)
            continue
        if entry.unit is not None and found.unit and entry.unit != found.unit:
            yield sound.problem((*found.path, "unit"), f"found '{entry.unit}'", found.unit)
        unit = entry.unit or found.unit
        if unit:
            yield from _out_of_bounds(sound, found, unit)


def _out_of_bounds(sound: Sound, found: numbers.Found, unit: str) -> Iterator[Problem]:
    lowest, highest, closed = BOUNDS[unit]
    given = {"value": found.quantity.value, "low": found.quantity.low, "high": found.quantity.high}
    given |= {f"steps.{day}": number for day, number in (found.quantity.steps or {}).items()}
    for key, number in given.items():
        if number is not None and not (lowest < number <= highest or (closed and number == lowest)):
            allowed = f"{unit}: " + (f"{lowest:g} to {highest:g}" if highest < 1e9 else f"{'at least' if closed else 'more than'} {lowest:g}")
            yield sound.problem((*found.path, *key.split(".", 1)), f"found {number:g}", allowed)


@check("rules", "parameters")
def divisors_are_positive(sound: Sound) -> Iterator[Problem]:
    """Numbers that a rule divides by are above 0 on every day."""
    divisors = {("rules", "average_mark")}
    divisors |= {("strengths", actor, fact, "full_at") for actor, losses in (sound.scenario.strengths or {}).items() for fact in losses}
    divisors |= {("drives", name, "constant") for name, drive in (sound.scenario.drives or {}).items() if drive.drive == "audience_cost"}
    for found in numbers.quantities(sound.scenario):
        entry = found.quantity
        if found.path in divisors and (entry.parameter is None or entry.parameter in sound.scenario.parameters):
            entry = numbers.settled(entry, sound.scenario.parameters)
            if any(number is not None and number <= 0 for number in (entry.value, *(entry.steps or {}).values())):
                yield sound.problem(found.path, "is divided by", "more than 0")


@check("actions", "scale")
def actions_have_a_weight(sound: Sound) -> Iterator[Problem]:
    for actor, actions in sound.scenario.actions.items():
        for name, action in actions.items():
            path = ("actions", actor, name)
            if weight_of(action, sound.scenario.scale) is None:
                if action.cameo is None:
                    yield sound.problem(path, "has no weight", "cameo, a code of the scale, or goldstein, a weight of its own")
                else:
                    yield sound.unknown((*path, "cameo"), "code of the scale", action.cameo, list(sound.scenario.scale))
            if action.target == actor:
                yield sound.problem((*path, "target"), "an actor cannot target itself")


@check("actions", "channels", "scale")
def actions_and_channels_agree(sound: Sound) -> Iterator[Problem]:
    declared = [(a, t, tone) for a, ts in sound.scenario.channels.items() for t, tones in ts.items() for tone in tones]
    written = {(a, t, tone) for a, node in sound.tree.items["channels"].items.items() for t, tones in node.items.items() for tone in tones.items}
    used = {act.channel for act in sound.acts}
    for act in sound.acts:
        if act.channel not in written:
            key = ".".join(act.channel)
            yield sound.problem(("actions", act.actor, act.action), f"its channel channels.{key} is not declared", "an entry with base or generosity")
    all_weighed = len(sound.acts) == len(sound.action_names)
    for actor, target, tone in declared:
        if all_weighed and (actor, target, tone) not in used:
            yield sound.problem(("channels", actor, target, tone), "no action belongs to this channel")


@check("channels")
def channels_make_sense(sound: Sound) -> Iterator[Problem]:
    for actor, targets in sound.scenario.channels.items():
        for target, tones in targets.items():
            for tone, channel in tones.items():
                path = ("channels", actor, target, tone)
                twin = tones.get("hostile")
                if channel.generosity is not None and (tone == "hostile" or twin is None or twin.base is None):
                    yield sound.problem((*path, "generosity"), "there is no hostile channel with a base to the same target", "base")
                if tone == "neutral" and channel.answers_to:
                    yield sound.problem((*path, "answers_to"), "a neutral channel answers nothing")


@check("actions")
def required_quantities_exist(sound: Sound) -> Iterator[Problem]:
    for path, condition in _conditions(sound.scenario):
        name = condition.quantity
        if name in STATES and condition.days_since is not None:
            yield sound.problem(path, f"days_since counts from the day a fact rose; {name} is no fact", listed(sound.names("facts")))
        elif name is not None and name not in STATES and name not in sound.names("facts"):
            yield sound.unknown((*path, "quantity"), "fact or state", name, [*sound.names("facts"), *STATES])


@check("actions", "acts")
def required_facts_can_rise(sound: Sound) -> Iterator[Problem]:
    raised = {fact for actions in sound.scenario.actions.values() for action in actions.values() for fact in action.raises}
    for path, condition in _conditions(sound.scenario):
        needs = condition.days_since is not None or (condition.at_least is not None and (condition.at_least.value or 0) > 0)
        if needs and condition.quantity in sound.names("facts") and condition.quantity not in raised:
            yield sound.problem((*path, "quantity"), f"no action raises '{condition.quantity}'", "a fact that some action raises", nearest(condition.quantity or "", raised))


def _conditions(scenario: Scenario) -> Iterator[tuple[numbers.Path, Condition]]:
    for actor, actions in scenario.actions.items():
        for name, action in actions.items():
            for index, condition in enumerate(action.requires):
                path = ("actions", actor, name, "requires", index)
                if condition.any is None:
                    yield path, condition
                for inner_index, inner in enumerate(condition.any or []):
                    yield (*path, "any", inner_index), inner


@check("actions", "channels", "scale", "acts", "facts", "parameters")
def channels_can_open(sound: Sound) -> Iterator[Problem]:
    """No channel's every action is unavailable for ever: it would change nothing."""
    if not sound.complete or len(sound.acts) != len(sound.action_names):
        return
    open_acts = possible(sound.scenario, sound.acts, sound.replayed)
    for actor, target, tone in sorted({act.channel for act in sound.acts}):
        members = [act.name for act in sound.acts if act.channel == (actor, target, tone)]
        if not any(name in open_acts for name in members):
            yield sound.problem(("channels", actor, target, tone), f"can never act: none of {listed(members)} is ever available", "requirements that can be met")


@check("patrons")
def clients_have_one_patron(sound: Sound) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for name, patron in sound.scenario.patrons.items():
        if patron.patron == patron.client:
            yield sound.problem(("patrons", name, "client"), "a patron cannot be its own client")
        if patron.client in seen:
            yield sound.problem(("patrons", name, "client"), f"{patron.client} has a patron already, patrons.{seen[patron.client]}", "one patron a client")
        seen[patron.client] = name


@check("drives", "patrons", "pressures", "strengths", "actions", "scale")
def drives_are_complete(sound: Sound) -> Iterator[Problem]:
    optional = ("constant", "signal", "deadline", "horizon_days", "rival", "client", "fact")
    for name, drive in sound.scenario.drives.items():
        entry = DRIVES.get(drive.drive)
        if entry is None:
            yield sound.unknown(("drives", name, "drive"), "drive", drive.drive, list(DRIVES))
            continue
        for key in optional:
            given = getattr(drive, key) is not None
            if key in entry.needs and not given:
                yield sound.problem(("drives", name), f"{drive.drive} needs {key}", listed(entry.needs))
            if given and key not in entry.needs:
                yield sound.problem(("drives", name, key), f"{drive.drive} does not read {key}", listed(entry.needs) or "weight only")
        if drive.role is not None and entry.stage != "action":
            yield sound.problem(("drives", name, "role"), f"{drive.drive} acts on the {entry.stage}, not on single actions", "no role")
        if not moved(sound.acts, drive) and len(sound.acts) == len(sound.action_names):
            yield sound.problem(("drives", name), "moves no action: none fits its actor, toward, tone and role")
        if drive.client is not None and drive.client not in [patron.client for patron in sound.scenario.patrons.values()]:
            yield sound.problem(("drives", name, "client"), f"no entry of patrons has {drive.client} as its client", listed(p.client for p in sound.scenario.patrons.values()) or "none is declared")
        if drive.rival is not None and drive.rival not in sound.scenario.strengths:
            yield sound.problem(("drives", name, "rival"), f"no entry of strengths is {shown(drive.rival)}'s", listed(sound.scenario.strengths) or "none is declared")


@check("acts", "actions", "clock")
def what_ifs_are_possible(sound: Sound) -> Iterator[Problem]:
    clock = sound.scenario.clock
    for name, what_if in sound.scenario.acts.items():
        actor, _, action = what_if.act.partition(".")
        if actor not in sound.names("actors"):
            yield sound.unknown(("acts", name, "act"), "actor", actor, sound.names("actors"))
        elif what_if.act not in sound.action_names:
            own = [known.partition(".")[2] for known in sound.action_names if known.startswith(actor + ".")]
            yield sound.unknown(("acts", name, "act"), f"action of {actor}", action, own)
        for key in ("date", "until"):
            day = getattr(what_if, key)
            if day is not None and not clock.start <= day <= clock.end:
                yield sound.problem(("acts", name, key), f"{day} lies outside the clock", f"{clock.start} to {clock.end}")


@check("outcomes", "actions", "scale", "clock", "dates")
def outcomes_are_complete(sound: Sound) -> Iterator[Problem]:
    for name, outcome in sound.scenario.outcomes.items():
        entry = METRICS.get(outcome.metric)
        if entry is None:
            yield sound.unknown(("outcomes", name, "metric"), "metric", outcome.metric, list(METRICS))
            continue
        for key in ("acts", "others", "at_least", "before", "pair", "share", "days"):
            given = getattr(outcome, key) is not None
            by_each = (key, outcome.each) in (("acts", "action"), ("acts", "dyad"), ("pair", "pair"))
            if key in entry.needs and not given and not (by_each and key != "acts") and not (key == "acts" and outcome.each == "dyad"):
                yield sound.problem(("outcomes", name), f"{outcome.metric} needs {key}", listed(entry.needs))
            if given and key not in entry.needs:
                yield sound.problem(("outcomes", name, key), f"{outcome.metric} does not read {key}", listed(entry.needs))
        for key in ("acts", "others"):
            selection = getattr(outcome, key)
            if selection is not None:
                yield from _selection_problems(sound, ("outcomes", name, key), selection)
        if outcome.each == "pair" and "pair" not in entry.needs or outcome.each in ("action", "dyad") and "acts" not in entry.needs:
            yield sound.problem(("outcomes", name, "each"), f"{outcome.metric} is not asked of each {outcome.each}", listed(entry.needs))
        yield from _window_problems(sound, name)


def _selection_problems(sound: Sound, path: numbers.Path, selection: Selection) -> Iterator[Problem]:
    for index, name in enumerate(selection.actions or []):
        if name not in sound.action_names:
            yield sound.unknown((*path, "actions", index), "action", name, sound.action_names)
    if not selected(sound.acts, selection) and len(sound.acts) == len(sound.action_names):
        yield sound.problem(path, "selects no action")


def _window_problems(sound: Sound, name: str) -> Iterator[Problem]:
    outcome, clock, dates = sound.scenario.outcomes[name], sound.scenario.clock, sound.names("dates")
    for key, words in (("since", ["start", "free", *dates]), ("until", [*dates, "end"])):
        if getattr(outcome, key) not in words:
            yield sound.unknown(("outcomes", name, key), "date", getattr(outcome, key), words)
    if outcome.since in ("start", "free", *sound.scenario.dates) and outcome.until in ("end", *sound.scenario.dates):
        start, end = window(outcome, sound.scenario)
        if not 0 <= start < end:
            yield sound.problem(("outcomes", name), f"its window {outcome.since} to {outcome.until} holds no day of the clock", f"{clock.start} to {clock.end}")
        elif outcome.days is not None and outcome.days > end - start:
            yield sound.problem(("outcomes", name, "days"), f"its window has only {end - start} days")
