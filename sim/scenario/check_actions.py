"""Cross-checks of what actors can do: weights, channels, requirements that can be met."""

import itertools
from collections.abc import Iterator

from sim.scenario.bases import ChannelKey, base_source
from sim.scenario.fields import PAIR_KINDS, STATES
from sim.scenario.problems import Problem, listed, nearest
from sim.scenario.quantities import Path, settled
from sim.scenario.reach import possible
from sim.scenario.schema import Action, Condition, Scenario
from sim.scenario.selection import channels_of, weight_of
from sim.scenario.sound import Sound, check

MOST_NAMED = 2  # channels in one warning


@check("actions", "scale")
def actions_have_a_weight(sound: Sound) -> Iterator[Problem]:
    """Find actions without a weight, and codes that the scale does not have."""
    for actor, actions in sound.scenario.actions.items():
        for name, action in actions.items():
            path = ("actions", actor, name)
            if weight_of(action, sound.scenario.scale) is not None:
                continue
            if action.cameo is None:
                allowed = "cameo, a code of the scale, or goldstein, a weight of its own"
                yield sound.lacking(path, ("cameo", "goldstein"), "has no weight", allowed)
            elif not sound.declares("scale", action.cameo):
                removed = sound.removed(("scale", action.cameo), (*path, "cameo"))
                codes = sound.names("scale")
                yield removed or sound.unknown((*path, "cameo"), "code of the scale", action.cameo, codes)


@check("actions", "channels", "scale")
def channels_have_an_action(sound: Sound) -> Iterator[Problem]:
    """Find channels that no action is on."""
    used = {act.channel for act in sound.acts}
    for actor, targets in sound.scenario.channels.items():
        for target, tones in targets.items():
            known = sound.knows_all_acts and all(sound.declares("actors", name) for name in (actor, target))
            for tone in tones:
                if known and (actor, target, tone) not in used:
                    path = ("channels", actor, target, tone)
                    text = f"no action of {actor} toward {target} is {tone}, so this channel would change nothing"
                    unused = sound.problem(path, text)
                    changed = sound.taken(path, *[("scale", code) for code in _codes(sound, actor, target)])
                    yield sound.taken(path, ("actions", actor), name=target) or changed or unused


def _codes(sound: Sound, actor: str, target: str) -> list[str]:
    """List the codes of an actor's actions toward a target."""
    return [act.entry.cameo or "" for act in sound.acts if (act.actor, act.target) == (actor, target)]


@check("actors", "pairs")
def pairs_have_numbers(sound: Sound) -> Iterator[Problem]:
    """Find kinds of ordered pairs that some actors make and that have no numbers."""
    names = [
        name for name, actor in sound.scenario.actors.items() if actor.society_of in (None, *sound.names("actors"))
    ]
    needed: dict[str, tuple[str, str]] = {}
    for actor, target in itertools.permutations(names, 2):
        needed.setdefault(sound.scenario.pair_kind(actor, target), (actor, target))
    for kind, (actor, target) in needed.items():
        if not sound.written("pairs", kind) and not sound.misspelt(("pairs",), kind, PAIR_KINDS):
            text = f"lacks {kind}, the numbers of {actor} → {target}"
            removed = sound.removed(("pairs", kind), ("pairs",))
            yield removed or sound.problem(("pairs",), text, "extends: parts/pairs.yaml, or an entry of its own")


@check("actors")
def societies_belong_to_a_state(sound: Sound) -> Iterator[Problem]:
    """Find actors that are their own society, or that of another society."""
    for name, actor in sound.scenario.actors.items():
        state = sound.scenario.actors.get(actor.society_of or "")
        if actor.society_of == name or (state is not None and state.society_of is not None):
            path = ("actors", name, "society_of")
            states = [state_name for state_name, entry in sound.scenario.actors.items() if entry.society_of is None]
            yield sound.problem(path, f"found {actor.society_of}, which is no state", listed(states))


@check("actions", "channels", "pairs", "scale", "actors")
def bases_are_given_or_learned(sound: Sound) -> Iterator[Problem]:
    """Warn of bases that no record teaches: they are drawn from what is believed of any such pair."""
    if sound.scenario.record is not None:
        return
    keys = _to_learn(sound)
    names = listed([f"{actor} → {target}, {tone}" for actor, target, tone in keys], MOST_NAMED)
    allowed = "a base, or a record (without one, runs draw it from `pairs`)"
    if len(keys) == 1:
        text = f"the base of {names}, is neither given nor learned from a record"
        yield sound.warning(("channels", *keys[0]), text, allowed)
    elif keys:
        text = f"the bases of {len(keys)} channels are neither given nor learned from a record ({names})"
        yield sound.warning(("channels",), text, allowed)


@check("actions", "channels", "pairs", "scale", "actors", "record", "clock")
def records_teach(sound: Sound) -> Iterator[Problem]:
    """Warn of a record without a day up to the last that is replayed, where bases are to be learned from it."""
    if not sound.teaches and _to_learn(sound):
        until = sound.scenario.clock.replay_until
        text = f"no row has a day up to {until}, the last that is replayed, so no base is learned from it"
        yield sound.warning(
            ("record", "file"), text, "rows of the time before the runs (without any, runs draw bases from `pairs`)"
        )


def _to_learn(sound: Sound) -> list[ChannelKey]:
    """List the channels whose bases are neither given nor kept under `learned`; none of a scenario that is not all sound."""
    scenario, channels = sound.scenario, channels_of(sound.acts)
    if not sound.complete or not sound.knows_all_acts or scenario.learned is not None:
        return []
    if any(scenario.pair_kind(*key[:2]) not in scenario.pairs for key in channels):
        return []
    return [key for key in channels if base_source(scenario, key).is_learned]


@check("actions", "channels", "scale", "actors")
def learned_is_of_what_there_is(sound: Sound) -> Iterator[Problem]:
    """Find channels and actions of which something is said to be learned and that the scenario does not have.

    Actors that are not declared are reported as every such name is.
    """
    if sound.scenario.learned is None or not sound.knows_all_acts:
        return
    channels = set(channels_of(sound.acts))
    for actor, targets in sound.scenario.learned.bases.items():
        for target, tones in targets.items():
            known = sound.declares("actors", actor) and sound.declares("actors", target)
            for tone in tones:
                if known and (actor, target, tone) not in channels:
                    path: Path = ("learned", "bases", actor, target, tone)
                    text = f"no action of {actor} toward {target} is {tone}, so there is no base to learn"
                    yield sound.taken(path, ("actions", actor), name=target) or sound.problem(path, text)
    for actor, names in sound.scenario.learned.mix.items():
        for name in names:
            if sound.declares("actors", actor) and f"{actor}.{name}" not in sound.action_names:
                path = ("learned", "mix", actor, name)
                removed = sound.removed(("actions", actor, name), path)
                yield removed or sound.unknown(path, f"action of {actor}", name, sound.names("actions", actor))


@check("channels")
def hostile_channels_have_no_generosity(sound: Sound) -> Iterator[Problem]:
    """Find generosity of a hostile channel, to which it would do nothing."""
    for actor, targets in sound.scenario.channels.items():
        for target, tones in targets.items():
            if "hostile" in tones and tones["hostile"].generosity is not None:
                path = ("channels", actor, target, "hostile", "generosity")
                yield sound.problem(path, "says nothing of hostile acts", "base, or generosity of another tone")


@check("channels")
def neutral_channels_answer_nothing(sound: Sound) -> Iterator[Problem]:
    """Find neutral channels that say what they answer."""
    for actor, targets in sound.scenario.channels.items():
        for target, tones in targets.items():
            if "neutral" in tones and tones["neutral"].answers_to:
                path = ("channels", actor, target, "neutral", "answers_to")
                yield sound.problem(path, "a neutral channel answers nothing", "no answers_to")


@check("actions")
def days_are_counted_since_facts(sound: Sound) -> Iterator[Problem]:
    """Find requirements that count the days since something that is not a fact."""
    for path, condition in _conditions(sound.scenario):
        if condition.quantity in STATES and condition.days_since is not None:
            text = f"counts the days since a fact rose, and {condition.quantity} is not a fact"
            yield sound.problem((*path, "days_since"), text, "a quantity that is a fact, or at_least, at_most")


@check("actions", "parameters", "facts")
def required_facts_can_rise(sound: Sound) -> Iterator[Problem]:
    """Find requirements of facts that no action raises."""
    raised = _raised(sound)
    if raised is None:
        return
    for path, condition in _conditions(sound.scenario):
        name = condition.quantity or ""
        misspelt = nearest(name, [fact for fact in raised if not sound.declares("facts", fact)])
        needs_a_rise = name not in raised and not misspelt and _needs_a_rise(condition, sound.scenario)
        if name in sound.names("facts") and needs_a_rise:
            text = f"no action raises '{name}', so this can never hold"
            allowed = listed(raised) or "a fact that an action raises"
            never = sound.problem((*path, "quantity"), text, allowed, nearest(name, raised))
            yield sound.taken((*path, "quantity"), ("actions",), name=name) or never


def _raised(sound: Sound) -> list[str] | None:
    """List the facts that actions raise, those of unsound actions too; None if that cannot be read."""
    paths: list[Path] = [("actions", *name.split(".", 1)) for name in sound.action_names]
    if any(sound.misspelt(path, "raises", Action.model_fields) for path in paths):
        return None
    actions = [sound.tree.node_at(path) for path in paths]
    changes = [action.items["raises"] for action in actions if "raises" in action.items]
    if not all(node.is_mapping for node in (*actions, *changes)):
        return None
    return sorted({fact for node in changes for fact in node.items})


def _needs_a_rise(condition: Condition, scenario: Scenario) -> bool:
    fact = scenario.facts.get(condition.quantity or "")
    at_start = 0 if fact is None else fact.at_start
    if condition.days_since is not None:
        return at_start == 0
    if condition.at_least is None or condition.at_least.parameter not in (None, *scenario.parameters):
        return False
    entry = settled(condition.at_least, scenario.parameters)
    return all((number or 0) > at_start for number in (entry.value, *(entry.steps or {}).values()))


def _conditions(scenario: Scenario) -> Iterator[tuple[Path, Condition]]:
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
    """Find channels of which every action is unavailable for ever."""
    if not sound.complete or not sound.knows_all_acts:
        return
    open_acts = possible(sound.scenario, sound.acts, sound.replayed)
    members: dict[tuple[str, str, str], list[str]] = {}
    for act in sound.acts:
        members.setdefault(act.channel, []).append(act.name)
    for channel, names in sorted(members.items()):
        if not any(name in open_acts for name in names):
            text = f"can never act: none of {listed(names)} is ever available"
            yield sound.problem(("channels", *channel), text, "requirements that can be met")
