"""Cross-checks of what actors can do: weights, channels, requirements that can be met."""

from collections.abc import Iterator

from sim.scenario.fields import STATES, TONES
from sim.scenario.problems import Problem, key_path, listed, nearest
from sim.scenario.quantities import Path, settled
from sim.scenario.reach import possible
from sim.scenario.schema import Action, Condition, Scenario
from sim.scenario.selection import NamedAction, weight_of
from sim.scenario.sound import Sound, check


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
def actions_have_a_channel(sound: Sound) -> Iterator[Problem]:
    """Find actions whose channel is not declared."""
    for act in sound.acts:
        needed = ("channels", *act.channel)
        known = sound.has_target(act) and sound.declares("actors", act.actor) and sound.is_readable(*needed[:-1])
        if not known or sound.written(*needed) or _channel_is_misspelt(sound, act):
            continue
        path = ("actions", act.actor, act.action)
        text = f"its channel, {key_path(needed)}, is not declared"
        undeclared = sound.problem(path, text, "an entry there with base or generosity")
        changed = sound.taken(path, path, ("scale", act.entry.cameo or ""))
        yield sound.removed(needed, path) or changed or undeclared


def _channel_is_misspelt(sound: Sound, act: NamedAction) -> bool:
    """Tell whether one of the three names that lead to an action's channel is misspelt there."""
    actors = sound.names("actors")
    return any(
        not sound.written("channels", *act.channel[: depth + 1])
        and sound.misspelt(("channels", *act.channel[:depth]), act.channel[depth], known)
        for depth, known in enumerate((actors, actors, TONES))
    )


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


@check("channels")
def generosity_has_a_hostile_base(sound: Sound) -> Iterator[Problem]:
    """Find generosity that has no hostile base to multiply."""
    for actor, targets in sound.scenario.channels.items():
        for target, tones in targets.items():
            for tone, channel in tones.items():
                has_base = sound.written("channels", actor, target, "hostile", "base")
                unsound = sound.written("channels", actor, target, "hostile") and "hostile" not in tones
                unsound = unsound or sound.misspelt(("channels", actor, target), "hostile", TONES)
                if channel.generosity is not None and not has_base and not unsound:
                    path = ("channels", actor, target, tone, "generosity")
                    text = f"multiplies the base of channels.{actor}.{target}.hostile, and there is none"
                    removed = sound.removed(("channels", actor, target, "hostile", "base"), path)
                    yield removed or sound.problem(path, text, "base")


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


@check("actions", "parameters")
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
    if condition.days_since is not None:
        return True
    if condition.at_least is None or condition.at_least.parameter not in (None, *scenario.parameters):
        return False
    entry = settled(condition.at_least, scenario.parameters)
    return all((number or 0) > 0 for number in (entry.value, *(entry.steps or {}).values()))


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
