"""Cross-checks of what actors can do: weights, channels, requirements that can be met."""

from collections.abc import Iterator

from sim.scenario.problems import Problem, listed, nearest
from sim.scenario.quantities import Path, settled
from sim.scenario.reach import possible
from sim.scenario.schema import Condition, Scenario
from sim.scenario.selection import weight_of
from sim.scenario.sound import Sound, check

STATES = ("threats_open", "hostility", "goodwill")


@check("actions", "scale")
def actions_have_a_weight(sound: Sound) -> Iterator[Problem]:
    for actor, actions in sound.scenario.actions.items():
        for name, action in actions.items():
            path = ("actions", actor, name)
            if weight_of(action, sound.scenario.scale) is not None:
                continue
            if action.cameo is None:
                yield sound.problem(
                    path, "has no weight", "cameo, a code of the scale, or goldstein, a weight of its own"
                )
            elif not sound.declares("scale", action.cameo):
                yield sound.unknown((*path, "cameo"), "code of the scale", action.cameo, sound.names("scale"))


@check("actions", "channels", "scale")
def actions_have_a_channel(sound: Sound) -> Iterator[Problem]:
    for act in sound.acts:
        if sound.has_target(act) and not sound.written("channels", *act.channel):
            text = f"its channel, channels.{'.'.join(act.channel)}, is not declared"
            yield sound.problem(("actions", act.actor, act.action), text, "an entry there with base or generosity")


@check("actions", "channels", "scale")
def channels_have_an_action(sound: Sound) -> Iterator[Problem]:
    used = {act.channel for act in sound.acts}
    for actor, targets in sound.scenario.channels.items():
        for target, tones in targets.items():
            for tone in tones:
                if sound.knows_all_acts and (actor, target, tone) not in used:
                    text = f"no action of {actor} toward {target} is {tone}, so this channel would change nothing"
                    yield sound.problem(("channels", actor, target, tone), text)


@check("channels")
def generosity_has_a_hostile_base(sound: Sound) -> Iterator[Problem]:
    for actor, targets in sound.scenario.channels.items():
        for target, tones in targets.items():
            for tone, channel in tones.items():
                has_base = sound.written("channels", actor, target, "hostile", "base")
                unsound = sound.written("channels", actor, target, "hostile") and "hostile" not in tones
                if channel.generosity is not None and not has_base and not unsound:
                    text = f"multiplies the base of channels.{actor}.{target}.hostile, and there is none"
                    yield sound.problem(("channels", actor, target, tone, "generosity"), text, "base")


@check("channels")
def neutral_channels_answer_nothing(sound: Sound) -> Iterator[Problem]:
    for actor, targets in sound.scenario.channels.items():
        for target, tones in targets.items():
            if "neutral" in tones and tones["neutral"].answers_to:
                path = ("channels", actor, target, "neutral", "answers_to")
                yield sound.problem(path, "a neutral channel answers nothing", "no answers_to")


@check("actions")
def required_quantities_exist(sound: Sound) -> Iterator[Problem]:
    for path, condition in _conditions(sound.scenario):
        name = condition.quantity
        if name in STATES and condition.days_since is not None:
            text = f"counts the days since a fact rose, and {name} is no fact"
            yield sound.problem((*path, "days_since"), text, "a quantity that is a fact, or at_least, at_most")
        elif name is not None and name not in STATES and not sound.declares("facts", name):
            yield sound.unknown((*path, "quantity"), "fact or state", name, [*sound.names("facts"), *STATES])


@check("actions", "parameters")
def required_facts_can_rise(sound: Sound) -> Iterator[Problem]:
    raised = _raised(sound)
    if raised is None:
        return
    for path, condition in _conditions(sound.scenario):
        name = condition.quantity or ""
        if name in sound.names("facts") and name not in raised and _needs_a_rise(condition, sound.scenario):
            text = f"no action raises '{name}', so this can never hold"
            yield sound.problem(
                (*path, "quantity"), text, listed(raised) or "a fact that an action raises", nearest(name, raised)
            )


def _raised(sound: Sound) -> list[str] | None:
    """The facts that actions raise, unsound ones too, as far as that can be read."""
    actions = [sound.tree.at(("actions", *name.split(".", 1))) for name in sound.action_names]
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
    """No channel's every action is unavailable for ever: it would change nothing."""
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
