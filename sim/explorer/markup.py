"""The page's HTML of an ensemble and of one run; everything that a scenario says is escaped."""

from collections.abc import Mapping
from importlib.resources import files

import jinja2
from markupsafe import Markup

from sim.engine.crisis import Crisis
from sim.explorer import pictures
from sim.explorer.ensembles import Explorer, LeverEnsemble, day_step
from sim.explorer.levers import Settings
from sim.explorer.outcome_table import actor_labels, share_rows
from sim.results.estimates import intervals_are
from sim.results.story import because
from sim.scenario.labels import NO_LABELS, labelled

ENVIRONMENT = jinja2.Environment(
    autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
)
LIKELIEST = 12  # acts that might have been done, listed for a day


def _template(name: str) -> jinja2.Template:
    return ENVIRONMENT.from_string(files("sim.explorer").joinpath(name).read_text(encoding="utf-8"))


RESULTS, DAY, STORY = _template("results.html"), _template("day.html"), _template("story.html")


def settings_text(settings: Settings, labels: Mapping[str, str] = NO_LABELS) -> str:
    """Write settings in a line; labels, of levers, by their keys."""
    return ", ".join(f"{labelled(key, labels)} = {value}" for key, value in settings.items()) or "as it is"


def lever_labels(explorer: Explorer) -> dict[str, str]:
    """Map the key of each lever to its label."""
    return {key: lever.label for key, lever in explorer.levers.items()}


def results_html(
    explorer: Explorer, ensemble: LeverEnsemble, compared_with: str = "as it is", width: float = pictures.WIDE
) -> str:
    """Render the outcomes, the tension day by day, and when first days come.

    Parameters: compared_with, the reference in words; width of the pictures, in pixels.
    """
    labels, scenario, width = actor_labels(explorer), explorer.loaded.scenario, max(width, pictures.NARROW)
    return RESULTS.render(
        settings_text=settings_text(ensemble.settings),
        runs=ensemble.runs,
        all_runs=explorer.runs,
        seed=explorer.seed,
        compared_with=compared_with,
        intervals=intervals_are(explorer.compiled),
        shares=Markup(pictures.shares(ensemble, labels, width)),
        fans=Markup(pictures.fans(ensemble, explorer.compiled, labels, width)),
        survival=Markup(pictures.survival(ensemble, explorer.compiled, width)),
        day_step=day_step(explorer.compiled),
        has_base_days=bool(ensemble.base_waiting),
        rows=share_rows(explorer, ensemble),
        dates=", ".join(f"{named.label}, {named.date}" for named in scenario.dates.values()) or "none",
        caveats=scenario.caveats,
    )


def story_html(explorer: Explorer, model: Crisis, number: int, settings: Settings) -> str:
    """Render one run as a table of its acts.

    number: that of the run; model: the run, played to its end.
    """
    rows = [row for index in range(model.compiled.days) for row in _act_rows(explorer, model, index)]
    return STORY.render(rows=rows, number=number, settings_text=settings_text(settings))


def day_html(explorer: Explorer, model: Crisis, index: int) -> str:
    """Render one day of one run: acts, tensions, and what else might have been done.

    index: the day, from 0.
    """
    compiled, labels = model.compiled, actor_labels(explorer)
    chances = _chances(explorer, model, index) if index >= compiled.free_from else []
    return DAY.render(
        day=compiled.date(index),
        replayed=index < compiled.free_from,
        rows=_act_rows(explorer, model, index),
        tension=[
            (" – ".join(labels[actor] for actor in pair), f"{model.tensions[index, column]:.2f}")
            for column, pair in enumerate(compiled.pairs)
        ],
        chances=chances[:LIKELIEST],
        more=max(0, len(chances) - LIKELIEST),
    )


def _chances(explorer: Explorer, model: Crisis, index: int) -> list[dict[str, str | bool]]:
    """List the acts that were open on a free day, the likeliest first."""
    compiled, labels = model.compiled, actor_labels(explorer)
    chances = []
    for act in compiled.acts:
        reason = model.actor(act.actor).reason(compiled.date(index), act.action)
        if reason.available and not reason.ordered:
            chances.append((reason, f"{labels[act.actor]} → {labels[act.target]}: {act.entry.meaning}"))
    chances.sort(key=lambda chance: -chance[0].probability)
    return [
        {"words": words, "chance": f"{reason.probability:.2%}", "was_done": reason.happened, "why": because(reason)}
        for reason, words in chances
    ]


def _act_rows(explorer: Explorer, model: Crisis, index: int) -> list[dict[str, str]]:
    """List the acts of one day, and why each was done."""
    compiled, labels = model.compiled, actor_labels(explorer)
    day = compiled.date(index)
    orders = {order.name: order for order in compiled.loaded.ordered if order.day == day}
    rows = []
    for code in model.acts[index].nonzero()[0]:
        act = compiled.acts[code]
        order = orders.get(act.name)
        if order is None:
            why = because(model.actor(act.actor).reason(day, act.action))
        else:
            why = "replayed" if order.replayed else "forced"
        rows.append(
            {
                "day": str(day),
                "who": f"{labels[act.actor]} → {labels[act.target]}",
                "action": act.entry.meaning,
                "rung": f"{act.entry.rung} {compiled.loaded.scenario.ladder[act.entry.rung]}",
                "why": why,
            }
        )
    return rows
