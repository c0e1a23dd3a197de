"""Write a scenario in words, and what each outcome means. Nothing here is known beforehand."""

from sim.figures.report.changes import quantity_text
from sim.figures.style import spelled
from sim.figures.words import act_in_words
from sim.results.estimates import Estimate
from sim.results.run_folder import RunFolder
from sim.rules.registry import STRATEGIES
from sim.scenario.quantities import settled
from sim.scenario.questions import Question
from sim.scenario.schedule import stretches


def meaning_of(folder: RunFolder, estimate: Estimate) -> str:
    """Return what an outcome means, with the act or actors that it is of, where it is of several."""
    parts = estimate.name.split(".")[1:]
    question = next((each for each in folder.compiled.questions if estimate.name in each.names), None)
    if question is not None and question.classes:
        return f"the path{pair_text(folder, question)} is {estimate.meaning}"
    if not parts:
        return estimate.meaning
    codes = [code for code, act in enumerate(folder.compiled.acts) if act.name == ".".join(parts)]
    if codes:
        return f"{estimate.meaning} ({act_in_words(folder.compiled, codes[0])})"
    joined = " and ".join(folder.labels.get(part, part.replace("_", " ")) for part in parts)
    return f"{estimate.meaning} ({joined})"


def pair_text(folder: RunFolder, question: Question) -> str:
    """Name the two actors whose path a question is about, in brackets; nothing if it is the only such question."""
    of_classes = [each for each in folder.compiled.questions if each.classes and each.headline]
    if len(of_classes) < 2 or question.pair is None:
        return ""
    return f" ({' and '.join(folder.labels[actor] for actor in question.pair)})"


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
        standing = quantity_text(settled(patron.standing, scenario.parameters))
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
