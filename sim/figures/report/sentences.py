"""Sentences made of tables: the headline, and a scenario in words. Nothing here is known beforehand."""

import math
from collections.abc import Sequence

from sim.figures.style import spelled
from sim.figures.words import act_in_words, capitalised, percent
from sim.results.estimates import Estimate
from sim.results.run_folder import RunFolder
from sim.rules.registry import STRATEGIES
from sim.scenario.schema import Quantity


def headline(folder: RunFolder, found: Sequence[Estimate]) -> list[str]:
    """Return a sentence for each share and day that the scenario calls a headline, and one for all classes."""
    shown = [one for one in found if one.headline]
    classes = {name for question in folder.compiled.questions if question.classes for name in question.names}
    lines = [_sentence(folder, one) for one in shown if _is_event(one) and one.name not in classes]
    paths = sorted((one for one in shown if one.name in classes), key=lambda one: -one.value)
    if paths:
        lines.append(f"How runs go: {'; '.join(f'{one.meaning} {_interval(folder, one)}' for one in paths)}.")
    return lines


def measured(folder: RunFolder, found: Sequence[Estimate]) -> list[tuple[str, str, str]]:
    """Return what, how much, and its interval, of the headline outcomes that are measured or counted."""
    others = [one for one in found if one.headline and not _is_event(one)]
    return [(capitalised(_meant(folder, one)), _value(folder, one), _ends(folder, one)) for one in others]


def _is_event(one: Estimate) -> bool:
    """Whether the outcome says if something comes, or when half of the runs in which it does have it."""
    return one.kind == "share" or (one.kind == "median" and one.unit.may_never_come)


def _sentence(folder: RunFolder, one: Estimate) -> str:
    meaning = capitalised(_meant(folder, one))
    if one.of == 0:
        return f"{meaning}: this never came."
    if one.kind == "share":
        return f"{meaning}: in {100 * one.value:.1f} % of runs ({100 * one.low:.1f} to {100 * one.high:.1f})."
    came = percent(one.of / one.runs)
    return f"{meaning}: where it comes ({came} of runs), half of the time by {_interval(folder, one)}."


def _interval(folder: RunFolder, one: Estimate) -> str:
    """Write a value with its interval in brackets, if it came often enough to have one."""
    if one.kind == "share":
        return f"{100 * one.value:.1f} % ({100 * one.low:.1f} to {100 * one.high:.1f})"
    value = one.unit.text(one.value, folder.start, spelled)
    return value if math.isnan(one.low) else f"{value} ({_ends(folder, one)})"


def _value(folder: RunFolder, one: Estimate) -> str:
    return f"{one.unit.text(one.value, folder.start, spelled)}, {'the middle run' if one.kind == 'median' else 'on average'}"


def _ends(folder: RunFolder, one: Estimate) -> str:
    low, high = (one.unit.number(end, folder.start, spelled) for end in (one.low, one.high))
    return f"{low} to {high}"


def _meant(folder: RunFolder, one: Estimate) -> str:
    """The meaning, and what it is asked of where it is asked of several."""
    parts = one.name.split(".")[1:]
    if not parts:
        return one.meaning
    codes = [code for code, act in enumerate(folder.compiled.acts) if act.name == ".".join(parts)]
    if codes:
        return f"{one.meaning} ({act_in_words(folder.compiled, codes[0])})"
    joined = " and ".join(folder.labels.get(part, part.replace("_", " ")) for part in parts)
    return f"{one.meaning} ({joined})"


def in_words(folder: RunFolder) -> list[str]:
    """What a scenario is, in a few sentences."""
    compiled = folder.compiled
    scenario = compiled.loaded.scenario
    replayed = sum(order.replayed for order in compiled.loaded.ordered)
    lines = [
        f"From {spelled(folder.start)} to {spelled(folder.end)}, a step a day. {replayed} acts are replayed to "
        f"{spelled(folder.replay_until)}; from the next day on the actors are free."
    ]
    for strategy in dict.fromkeys(actor.strategy for actor in scenario.actors.values()):
        who = [actor.label for actor in scenario.actors.values() if actor.strategy == strategy]
        lines.append(
            f"By {strategy.replace('_', ' ')} ({_first_small(STRATEGIES[strategy].sentence)}): {', '.join(who)}."
        )
    for patron in scenario.patrons.values():
        labels = folder.labels
        standing = _number(patron.standing, scenario.parameters)
        lines.append(f"{labels[patron.patron]} stands behind {labels[patron.client]} (standing backing {standing}).")
    for order in compiled.loaded.ordered:
        if not order.replayed:
            codes = {act.name: code for code, act in enumerate(compiled.acts)}
            done = "is made to happen" if order.do == "force" else "is withheld"
            lines.append(f"On {spelled(order.day)} this {done}: {act_in_words(compiled, codes[order.name])}.")
    for named in scenario.dates.values():
        lines.append(f"{named.label}: {spelled(named.date)}.")
    return lines


def _first_small(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".")


def _number(quantity: Quantity, parameters: dict[str, Quantity]) -> str:
    entry = parameters[quantity.parameter] if quantity.parameter else quantity
    steps = "".join(f", {value:g} from {spelled(day)}" for day, value in sorted((entry.steps or {}).items()))
    return f"{entry.value:g}{steps}"
