"""What the page shows of an ensemble and of one run, as HTML in which everything that a file says is escaped."""

import csv
import io
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from sim.engine.crisis import Crisis
from sim.explorer import pictures
from sim.explorer.levers import Settings
from sim.explorer.played import Explorer, Played
from sim.figures.words import in_words
from sim.results.estimates import Estimate, intervals_are
from sim.results.story import because

ENVIRONMENT = jinja2.Environment(
    autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
)
RESULTS = ENVIRONMENT.from_string(files("sim.explorer").joinpath("results.html").read_text(encoding="utf-8"))
DAY = ENVIRONMENT.from_string(files("sim.explorer").joinpath("day.html").read_text(encoding="utf-8"))
STORY = ENVIRONMENT.from_string(files("sim.explorer").joinpath("story.html").read_text(encoding="utf-8"))


def settings_text(settings: Settings) -> str:
    return ", ".join(f"{key} = {value}" for key, value in settings.items()) or "as it is"


def results_html(explorer: Explorer, played: Played) -> str:
    """Outcomes, fans, survival."""
    labels = _labels(explorer)
    return RESULTS.render(
        settings_text=settings_text(played.settings),
        runs=explorer.runs,
        seed=explorer.seed,
        intervals=intervals_are(),
        shares=Markup(pictures.shares(played, labels)),
        fans=Markup(pictures.fans(played, labels)),
        survival=Markup(pictures.survival(played, explorer.own)),
        rows=table(explorer, played),
        dates=", ".join(f"{named.label}, {named.date}" for named in explorer.loaded.scenario.dates.values()) or "none",
        caveats=explorer.loaded.scenario.caveats,
    )


def table(explorer: Explorer, played: Played) -> list[dict[str, str]]:
    """A row a headline share."""
    labels, own = _labels(explorer), {one.name: one for one in played.own}
    return [
        {
            "outcome": in_words(one.name, labels),
            "now": _interval(one),
            "own": _interval(own[one.name]) if one.name in own else "",
            "difference": _gap(played, one.name),
        }
        for one in played.estimates
        if one.headline and one.kind == "share"
    ]


CSV_HEADS = (
    "outcome",
    "unit",
    "kind",
    "estimate",
    "low",
    "high",
    "runs",
    "as_it_is",
    "difference_points",
    "difference_low",
    "difference_high",
)


def table_csv(played: Played) -> str:
    """Every estimate at these settings, that of the scenario as it is, and the paired differences of shares."""
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(CSV_HEADS)
    compiled, own = played.results.compiled, {one.name: one for one in played.own}
    for one in played.estimates:
        gap = played.gaps.get(one.name)
        numbers = [_plain(compiled, one, number) for number in (one.value, one.low, one.high)]
        before = _plain(compiled, own[one.name], own[one.name].value) if one.name in own else ""
        ends = [gap.mean, gap.low, gap.high] if gap else ["", "", ""]
        writer.writerow([one.name, one.unit, one.kind, *numbers, one.runs, before, *ends])
    return sink.getvalue()


def _plain(compiled: Any, one: Estimate, number: float) -> Any:
    value = one.unit.data(number, compiled.start)
    return "" if value is None else value


def story_html(explorer: Explorer, model: Crisis, number: int, settings: Settings) -> str:
    """One run as a story."""
    rows = [row for index in range(model.compiled.days) for row in _acts(explorer, model, index)]
    return STORY.render(rows=rows, number=number, settings_text=settings_text(settings))


def day_html(explorer: Explorer, model: Crisis, index: int) -> str:
    """One day of one run: what was done, how tense each pair is, which facts hold, and what else might have been done."""
    compiled, labels = model.compiled, _labels(explorer)
    day = compiled.date(index)
    chances = []
    for act in compiled.acts:
        reason = model.actor(act.actor).reason(day, act.action)
        if index >= compiled.free_from and reason.available and not reason.ordered:
            words = f"{labels[act.actor]} → {labels[act.target]}: {act.entry.meaning}"
            chances.append(
                (
                    reason.probability,
                    {"what": words, "chance": f"{reason.probability:.2%}", "done": reason.done, "why": because(reason)},
                )
            )
    chances.sort(key=lambda one: -one[0])
    return DAY.render(
        day=day,
        replayed=index < compiled.free_from,
        rows=_acts(explorer, model, index),
        tension=[
            (" – ".join(labels[one] for one in pair), f"{model.tensions[index, at]:.2f}")
            for at, pair in enumerate(compiled.pairs)
        ],
        chances=[row for _, row in chances[:12]],
        more=max(0, len(chances) - 12),
    )


def _acts(explorer: Explorer, model: Crisis, index: int) -> list[dict[str, str]]:
    compiled, labels = model.compiled, _labels(explorer)
    day = compiled.date(index)
    ordered = {order.name: order for order in compiled.loaded.ordered if order.day == day}
    found = []
    for code in model.acts[index].nonzero()[0]:
        act = compiled.acts[code]
        order = ordered.get(act.name)
        why = (
            because(model.actor(act.actor).reason(day, act.action))
            if order is None
            else "replayed"
            if order.replayed
            else "forced"
        )
        who = f"{labels[act.actor]} → {labels[act.target]}"
        found.append(
            {
                "day": str(day),
                "who": who,
                "what": act.entry.meaning,
                "rung": f"{act.entry.rung} {compiled.loaded.scenario.ladder[act.entry.rung]}",
                "why": why,
            }
        )
    return found


def _labels(explorer: Explorer) -> dict[str, str]:
    return {name: actor.label for name, actor in explorer.loaded.scenario.actors.items()}


def _interval(one: Estimate) -> str:
    return f"{100 * one.value:.1f} % ({100 * one.low:.1f} to {100 * one.high:.1f})"


def _gap(played: Played, name: str) -> str:
    gap = played.gaps.get(name)
    if gap is None or not played.settings:
        return ""
    return f"{gap.mean:+.1f} ({gap.low:+.1f} to {gap.high:+.1f})"
