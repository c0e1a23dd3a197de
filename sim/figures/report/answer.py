"""Write what the first page says: the answer, what really happened, and how sure it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sim.figures.report.digits import FEW, interval_text, points_text, runs_text, share_text
from sim.figures.report.spread_found import SpreadRow, spread_of
from sim.figures.style import spelled
from sim.figures.words import capitalised
from sim.results.estimates import Estimate, estimates
from sim.results.intervals import wilson
from sim.results.run_folder import RunFolder
from sim.results.units import unit_of
from sim.results.what_happened import Happened, what_happened
from sim.scenario.questions import Question
from sim.study.differences import Difference


@dataclass(frozen=True)
class Headline:
    """What a report leads with: a share of runs, the day of the same event if the scenario asks for it, and the paths."""

    folder: RunFolder
    name: str  # as the page calls the run
    outcomes: list[Estimate]
    happened: Happened

    @property
    def share(self) -> Estimate | None:
        """Return the first headline share that is no path; None if there is none."""
        classes = self.classes
        shares = [estimate for estimate in self.outcomes if estimate.headline and estimate.kind == "share"]
        return next((estimate for estimate in shares if estimate.name not in classes), None)

    @property
    def classes(self) -> set[str]:
        """Return the names of all outcomes that are classes of a question."""
        return {name for question in self.folder.compiled.questions if question.classes for name in question.names}

    @property
    def paths(self) -> dict[str, Estimate]:
        """Return the share of each path class of the first headline question of classes, the commonest first."""
        questions = [question for question in self.folder.compiled.questions if question.headline and question.classes]
        names = questions[0].names if questions else []
        classes = [estimate for estimate in self.outcomes if estimate.name in names]
        return {estimate.name: estimate for estimate in sorted(classes, key=lambda estimate: -estimate.value)}

    @property
    def commonest_paths(self) -> list[tuple[str, Estimate]]:
        """Return the commonest class of each headline question of classes, with the actors that only this question is of."""
        questions = [question for question in self.folder.compiled.questions if question.headline and question.classes]
        shared = (
            set.intersection(*(set(question.pair or ()) for question in questions)) if len(questions) > 1 else set()
        )
        commonest = []
        for question in questions:
            classes = [estimate for estimate in self.outcomes if estimate.name in question.names]
            whose = " and ".join(self.folder.labels[actor] for actor in question.pair or () if actor not in shared)
            commonest.append((whose, max(classes, key=lambda estimate: estimate.value)))
        return commonest

    @property
    def day(self) -> Question | None:
        """Return the headline day, that of the leading share's acts if there is one; None if no day is asked for."""
        questions = self.folder.compiled.questions
        days = [question for question in questions if question.headline and unit_of(question).may_never_come]
        leading = next((question for question in questions if self.share and question.name == self.share.name), None)
        return next((question for question in days if leading and question.acts == leading.acts), (days or [None])[0])  # type: ignore[list-item]

    @property
    def event(self) -> str:
        """Name the event of the headline day: by its act if it is of one act, else by what the day means."""
        question = self.day
        if question is None:
            return ""
        if len(question.acts) == 1:
            act = next(act for act in self.folder.compiled.acts if act.name == question.acts[0])
            return f"{self.folder.labels[act.actor]} {act.entry.meaning}"
        return question.meaning.removeprefix("day on which ")

    def had_come_by(self, day: date) -> tuple[float, float, float] | None:
        """Return the share of runs in which the event of the headline day had come by a date, with its interval."""
        question = self.day
        if question is None:
            return None
        counts = self.folder.tally.counts_of(
            [each.name for each in self.folder.compiled.questions].index(question.name)
        )
        hits, runs = int(counts[: max(0, self.folder.compiled.day(day) + 1)].sum()), int(counts.sum())
        low, high = (float(end) for end in wilson(hits, runs))
        return hits / runs, low, high

    @property
    def true_day(self) -> date | None:
        """Return the day on which the event of the headline day really came, if the record says so."""
        question = self.day
        value = self.happened.answers.get(question.name) if question is not None else None
        return None if value is None or value != value else self.folder.compiled.date(int(value))


def headline_of(folder: RunFolder, name: str) -> Headline:
    """Read what a report leads with from a run folder."""
    return Headline(folder, name, estimates(folder.tally), what_happened(folder.compiled))


def answer_sentence(first: Headline, others: Sequence[tuple[Headline, Sequence[Difference]]]) -> str:
    """Answer the question in one sentence: the leading share, and how it differs in other scenarios or which path is commonest.

    Parameters: others, each with its paired differences from the first.
    """
    share = first.share
    if share is None:
        paths = [f"{path.meaning} in {_runs(path)}" for path in first.paths.values()]
        return (
            capitalised(f"{', '.join(paths)}.") if paths else "The scenario asks for no share of runs: see the table."
        )
    text = f"In {_runs(share)} {share.meaning}"
    if not others:
        ends = "" if share.runs < FEW or share.value in (0.0, 1.0) else f" ({interval_text(share.low, share.high)})"
        text = f"In {_runs(share)}{ends} {share.meaning}"
        commonest = _commonest_text(first)
        return f"{text}; {commonest}." if commonest else f"{text}."
    parts = [_against(headline, share, differences) for headline, differences in others]
    return f"{text} under “{first.name}”; {'; '.join(parts)}."


def _commonest_text(first: Headline) -> str:
    """Say which path is commonest; of several pairs of actors that of each, those alike together."""
    paths = first.commonest_paths
    if len(paths) < 2:
        return "".join(f"the most common path is {path.meaning} ({_runs(path)})" for _, path in paths)
    alike: dict[str, list[str]] = {}
    for whose, path in paths:
        alike.setdefault(path.meaning, []).append(f"{whose}: {_runs(path)}")
    parts = [f"{name} ({'; '.join(shares)})" for name, shares in alike.items()]
    return f"the most common path{'s are' if len(parts) > 1 else ' is'} {' and '.join(parts)}"


def _against(headline: Headline, share: Estimate, differences: Sequence[Difference]) -> str:
    """Say in how many runs of another scenario the leading event comes, and how far that differs."""
    same = next((estimate for estimate in headline.outcomes if estimate.name == share.name), None)
    gap = next((difference for difference in differences if difference.name == share.name), None)
    if same is None or gap is None:
        return f"“{headline.name}” does not ask for it"
    if gap.differing == 0:
        return f"under “{headline.name}” in {_runs(same)} (no run differs)"
    return f"under “{headline.name}” in {_runs(same)} ({points_text(gap.difference, gap.low, gap.high, gap.pairs)})"


def _runs(estimate: Estimate) -> str:
    return runs_text(estimate.value, estimate.low, estimate.high, estimate.runs)


def truth_sentences(headlines: Sequence[Headline]) -> list[str]:
    """Say what really happened of the leading outcomes, and in how many runs the model had it."""
    first = headlines[0]
    if first.happened.last_day is None:
        return ["The scenario names no record, so there is nothing to compare with."]
    lines = [line for line in (_day_sentence(headlines), _path_sentence(headlines)) if line]
    settled = [
        (estimate, first.happened.answers[estimate.name] > 0)
        for estimate in first.outcomes
        if estimate.headline and estimate.kind == "share" and estimate.name in first.happened.answers
        and estimate.name not in first.classes
    ]  # fmt: skip
    if settled:
        right = sum((estimate.value > 0.5) == came for estimate, came in settled)
        lines.append(
            f"The record settles {len(settled)} yes-or-no outcomes; in {right or 'none'} of them most runs"
            f"{f' of “{first.name}”' if len(headlines) > 1 else ''} go as events went."
        )
    return lines or [f"The record ends on {spelled(first.happened.last_day)} and settles no leading outcome."]


def _day_sentence(headlines: Sequence[Headline]) -> str:
    first = headlines[0]
    question, day = first.day, first.true_day
    if question is None or question.name not in first.happened.answers:
        return ""
    until = first.folder.end if day is None else day
    shares = []
    for headline in headlines:
        by_then = headline.had_come_by(until)
        if by_then is not None:
            shares.append((runs_text(*by_then, headline.folder.runs), headline.name))
    if day is None:
        return f"{capitalised(first.event)}: this really did not happen by {spelled(until)}; by then it has come in {_of_each(shares)}."
    return f"{capitalised(first.event)}: this really happened on {spelled(day)}. By that day it had come in {_of_each(shares)}."


def _of_each(shares: Sequence[tuple[str, str]]) -> str:
    """Write shares of runs, each with the scenario that it is of: once if all are alike, without a name if there is one."""
    texts = [text for text, _ in shares]
    if len(shares) == 1:
        return texts[0]
    if len(set(texts)) == 1:
        return f"{texts[0]} of each scenario"
    parts = [f"{text} of “{name}”" for text, name in shares]
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _path_sentence(headlines: Sequence[Headline]) -> str:
    first = headlines[0]
    taken = next((path for path in first.paths.values() if first.happened.answers.get(path.name)), None)
    if taken is None:
        return ""
    shares = [
        (_runs(headline.paths[taken.name]), headline.name) for headline in headlines if taken.name in headline.paths
    ]
    return f"The path that was really taken, {taken.meaning}, is that of {_of_each(shares)}."


def setting_sentence(headlines: Sequence[Headline]) -> str:
    """Say what a run is, how many there are, and from when to when the actors are free."""
    first = headlines[0].folder
    runs = " and ".join(f"{count:,}" for count in dict.fromkeys(headline.folder.runs for headline in headlines))
    each = " of each scenario" if len(headlines) > 1 else ""
    before = "replayed" if first.record else "as ordered"
    return (
        f"A run is one simulated course of the crisis, day by day: {before} to {spelled(first.replay_until)}, then free to "
        f"{spelled(first.end)}. Runs{each}: {runs}."
    )


@dataclass(frozen=True)
class Unsure:
    """A kind of uncertainty in words; command: what asks it, where it was not asked."""

    kind: str
    text: str
    command: str = ""


def uncertainty(first: Headline) -> list[Unsure]:
    """Say what is unsure, kind by kind: chance, numbers, rule."""
    folder, share = first.folder, first.share
    drawn = folder.posterior is not None
    spread = spread_of(folder, share.name) if share is not None and not drawn else None
    chance = "other luck would give other shares"
    if share is not None:
        chance = f"with endlessly many runs, {interval_text(share.low, share.high)} (95 %) could stand in place of {_percent_or_count(share)}"
    lines = [
        Unsure(
            "Chance", f"{chance}. All intervals on this page hold {'chance and numbers' if drawn else 'chance alone'}."
        )
    ]
    if spread is not None:
        return [*lines, *_spread_lines(spread)]
    command = f"escalate spread {folder.manifest['file']}"
    if drawn:
        text = "each run has its own draw of the fitted numbers; what the fit could not know is not in it."
        return [
            *lines,
            Unsure("Numbers", text),
            Unsure("Rule", "other strategies of the actors were not tried. To try them:", command),
        ]
    return [
        *lines,
        Unsure("Numbers", "what other plausible numbers would give was not tried. To try it:", command),
        Unsure("Rule", "other strategies of the actors were not tried either; the same command does."),
    ]


def _percent_or_count(share: Estimate) -> str:
    return share_text(share.value, share.low, share.high, share.runs)


def _spread_lines(spread: SpreadRow) -> list[Unsure]:
    """Say what a spread found of the leading share."""
    numbers = f"with numbers drawn from what was believed before the record it lies between {interval_text(spread.low, spread.high)} in 95 % of draws."
    parts = [
        f"{_hundredths(spread.chance)} chance",
        f"{_hundredths(spread.parameters)} numbers",
        f"{_hundredths(spread.rule)} the rule by which actors answer",
    ]
    rule = f"what one run gives is {', '.join(parts)} (of its variance, over strategies of the actors)."
    return [Unsure("Numbers", numbers), Unsure("Rule", rule)]


def _hundredths(share: float) -> str:
    return "–" if share != share else f"{100 * share:.0f}\u00a0%"
