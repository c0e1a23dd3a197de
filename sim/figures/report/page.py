"""Put the report together; how it looks is in page.html."""

import io
import re
from collections.abc import Callable, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from sim.figures.hostility import hostility_figure
from sim.figures.outcomes import outcomes_figure
from sim.figures.paired_differences import apart_figure
from sim.figures.paths import paths_figure
from sim.figures.registry import CannotBeDrawn
from sim.figures.report.comparison import compare_folders
from sim.figures.report.narrative import Narrative, narrate_run
from sim.figures.report.sentences import headline_sentences, measured_rows, scenario_sentences
from sim.figures.run_figures import acts_figure, tension_figure
from sim.figures.style import save
from sim.figures.survival import survival_figure
from sim.figures.typical_runs import path_classes, worst_run
from sim.figures.words import names_apart, percent
from sim.optional import needed
from sim.results.estimates import estimates, intervals_are
from sim.results.run_folder import RunFolder, read_run
from sim.results.what_happened import what_happened

ALWAYS = (
    "Every actor is taken as one of one mind: a government, a party, a patron. Quarrels within them are not in the model.",
    "Runs are what may follow if the scenario's numbers are right. They are not forecasts.",
)


def report(folders: Sequence[Path]) -> str:
    """Return the HTML of one run folder, and of others beside it.

    Raises UserError if a folder is not a run's, if runs are not pairs of the first's, or if Jinja is not installed.
    """
    jinja = needed("jinja2", "report", "a report")
    first, *others = [read_run(folder) for folder in folders]
    environment = jinja.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja.StrictUndefined
    )
    page = environment.from_string(files("sim.figures.report").joinpath("page.html").read_text(encoding="utf-8"))
    return str(page.render(**_contents(first, others, jinja.utils.markupsafe.Markup)))


def _contents(first: RunFolder, others: Sequence[RunFolder], safe: Any) -> dict[str, Any]:
    scenario = first.compiled.loaded.scenario
    comparisons = [compare_folders(first, second) for second in others]  # early: whether they can be compared at all
    pictures, left_out = _pictures(first, others)
    outcomes, happened = estimates(first.tally), what_happened(first.compiled)
    drawn = bool(first.manifest.get("posterior"))
    return {
        "title": scenario.name,
        "question": scenario.description,
        "headline": headline_sentences(first, outcomes, happened),
        "measured": measured_rows(first, outcomes, happened),
        "intervals": intervals_are(first.compiled, drawn),
        "words": scenario_sentences(first),
        "figures": [safe(svg(picture, f"f{place}")) for place, picture in enumerate(pictures, 1)],
        "left_out": left_out,
        "narratives": _narratives(first),
        "comparisons": comparisons,
        "caveats": [*scenario.caveats, *ALWAYS],
        "sources": [order for order in first.compiled.loaded.ordered if order.replayed],
        "labels": first.labels,
        "meanings": {act.name: act.entry.meaning for act in first.compiled.acts},
        "provenance": [
            _provenance(name, folder)
            for name, folder in zip(names_apart([first, *others]), (first, *others), strict=True)
        ],
    }


def _pictures(first: RunFolder, others: Sequence[RunFolder]) -> tuple[list[Figure], list[str]]:
    """Draw the figures, and say why some could not be drawn."""
    of_first = (tension_figure, survival_figure, paths_figure, acts_figure, hostility_figure)
    wanted: list[Callable[[], Figure]] = [partial(outcomes_figure, [first, *others])]
    wanted += [partial(draw, first) for draw in of_first]
    wanted += [partial(apart_figure, [first, second]) for second in others]
    drawn: list[Figure] = []
    left_out: list[str] = []
    for draw_figure in wanted:
        try:
            drawn.append(draw_figure())
        except CannotBeDrawn as error:
            left_out.append(str(error))
    return drawn, left_out


def _narratives(first: RunFolder) -> list[Narrative]:
    """Describe the most typical run of the most common path, and the worst; none if no run is kept whole."""
    if first.kept_whole == 0:
        return []
    worst, narratives = worst_run(first), []
    for path in path_classes(first)[:1]:
        title = f"The most typical path: {path.name}" + (" (and the worst)" if path.typical == worst else "")
        about = f"the run nearest to the average of the {percent(path.share)} of runs that go this way"
        narratives.append(narrate_run(first, path.typical, title, about))
        if path.typical == worst:
            return narratives
    about = f"of {first.kept_whole:,} runs the one in which most hostility is done"
    return [*narratives, narrate_run(first, worst, "The worst path", about)]


def _provenance(name: str, folder: RunFolder) -> dict[str, Any]:
    keys = ("command", "seed", "runs", "scenario_hash", "code_hash", "commit")
    return {
        "name": name,
        "rows": {key: folder.manifest.get(key) for key in keys},
        "versions": folder.manifest["versions"],
    }


def svg(picture: Figure, prefix: str) -> str:
    """Write a figure as inline SVG, named for readers who cannot see it.

    Parameters: prefix, put before its ids so that they differ from those of other figures.
    """
    buffer = io.BytesIO()
    save(picture, buffer, "svg")
    text = buffer.getvalue().decode()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', text)
    text = re.sub(r'(xlink:href="#|url\(#)', rf"\1{prefix}-", text)
    width, height = (float(number) for number in re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', text)[0])
    name = picture.get_suptitle().replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    start = f'<svg role="img" aria-label="{name}" viewBox="0 0 {width:g} {height:g}" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    return re.sub(r"<svg[^>]*>", lambda _: start, text, count=1)
