"""Write sentences of tables: the headline, and a scenario in words. Nothing here is known beforehand."""

import math
from collections.abc import Sequence

from sim.figures.style import spelled
from sim.figures.words import act_in_words, capitalised, percent
from sim.results.estimates import Estimate
from sim.results.run_folder import RunFolder
from sim.results.what_happened import Happened
from sim.rules.registry import STRATEGIES
from sim.scenario.schedule import stretches
from sim.scenario.schema import Quantity


def headline_sentences(folder: RunFolder, estimates: Sequence[Estimate], happened: Happened) -> list[str]:
    """Write a sentence for each headline share and day, and one for all path classes, each with what happened."""
    shown = [estimate for estimate in estimates if estimate.headline]
    classes = {name for question in folder.compiled.questions if question.classes for name in question.names}
    lines = [
        _sentence(folder, estimate) + _in_the_record(happened, estimate)
        for estimate in shown
        if _is_event(estimate) and estimate.name not in classes
    ]
    paths = sorted((estimate for estimate in shown if estimate.name in classes), key=lambda estimate: -estimate.value)
    if paths:
        lines.append(
            f"How runs go: {'; '.join(f'{estimate.meaning} {_interval(folder, estimate)}' for estimate in paths)}."
        )
    lines += [f"It went: {estimate.meaning}." for estimate in paths if happened.answers.get(estimate.name)]
    lines += [text for text in (happened.likelihood(folder.tally, spelling=spelled), happened.note()) if text]
    return lines


def _in_the_record(happened: Happened, estimate: Estimate) -> str:
    answer = happened.answer(estimate.name, spelled)
    return f" What happened: {answer}." if answer else ""


def measured_rows(
    folder: RunFolder, estimates: Sequence[Estimate], happened: Happened
) -> list[tuple[str, str, str, str]]:
    """Return meaning, value, interval and what happened of each headline outcome that is measured or counted."""
    others = [estimate for estimate in estimates if estimate.headline and not _is_event(estimate)]
    return [
        (
            capitalised(_meaning(folder, estimate)),
            _value(folder, estimate),
            _ends(folder, estimate),
            happened.answer(estimate.name, spelled),
        )
        for estimate in others
    ]


def _is_event(estimate: Estimate) -> bool:
    """Say whether the outcome is a share, or the day by which half of the runs in which it comes have it."""
    return estimate.kind == "share" or (estimate.kind == "median" and estimate.unit.may_never_come)


def _sentence(folder: RunFolder, estimate: Estimate) -> str:
    meaning = capitalised(_meaning(folder, estimate))
    if estimate.counted_runs == 0:
        return f"{meaning}: this never came."
    if estimate.kind == "share":
        return f"{meaning}: in {100 * estimate.value:.1f} % of runs ({100 * estimate.low:.1f} to {100 * estimate.high:.1f})."
    came = percent(estimate.counted_runs / estimate.runs)
    return f"{meaning}: where it comes ({came} of runs), half of the time by {_interval(folder, estimate)}."


def _interval(folder: RunFolder, estimate: Estimate) -> str:
    """Write a value with its interval in brackets, if it came often enough to have one."""
    if estimate.kind == "share":
        return f"{100 * estimate.value:.1f} % ({100 * estimate.low:.1f} to {100 * estimate.high:.1f})"
    value = estimate.unit.text(estimate.value, folder.start, spelled)
    return value if math.isnan(estimate.low) else f"{value} ({_ends(folder, estimate)})"


def _value(folder: RunFolder, estimate: Estimate) -> str:
    return f"{estimate.unit.text(estimate.value, folder.start, spelled)}, {'the middle run' if estimate.kind == 'median' else 'on average'}"


def _ends(folder: RunFolder, estimate: Estimate) -> str:
    low, high = (estimate.unit.number(end, folder.start, spelled) for end in (estimate.low, estimate.high))
    return f"{low} to {high}"


def _meaning(folder: RunFolder, estimate: Estimate) -> str:
    """Return what an outcome means, with the act or actors that it is of, where it is of several."""
    parts = estimate.name.split(".")[1:]
    if not parts:
        return estimate.meaning
    codes = [code for code, act in enumerate(folder.compiled.acts) if act.name == ".".join(parts)]
    if codes:
        return f"{estimate.meaning} ({act_in_words(folder.compiled, codes[0])})"
    joined = " and ".join(folder.labels.get(part, part.replace("_", " ")) for part in parts)
    return f"{estimate.meaning} ({joined})"


def scenario_sentences(folder: RunFolder) -> list[str]:
    """Describe a scenario in a few sentences: clock, strategies, patrons, ordered acts, dates."""
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
    codes = {act.name: code for code, act in enumerate(compiled.acts)}
    for stretch in stretches(compiled.loaded.ordered):
        if not stretch.order.replayed:
            effect = "is made to happen" if stretch.order.do == "force" else "is withheld"
            days = f"On {spelled(stretch.first)}"
            if stretch.first != stretch.last:
                days = f"From {spelled(stretch.first)} to {spelled(stretch.last)}"
            acts = "; ".join(act_in_words(compiled, codes[name]) for name in stretch.names)
            lines.append(f"{days} this {effect}: {acts}.")
    for named in scenario.dates.values():
        lines.append(f"{named.label}: {spelled(named.date)}.")
    return lines


def _first_small(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".")


def _number(quantity: Quantity, parameters: dict[str, Quantity]) -> str:
    entry = parameters[quantity.parameter] if quantity.parameter else quantity
    steps = "".join(f", {value:g} from {spelled(day)}" for day, value in sorted((entry.steps or {}).items()))
    return f"{entry.value:g}{steps}"
