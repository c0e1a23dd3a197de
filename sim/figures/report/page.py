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
from sim.figures.report.answer import (
    Headline,
    answer_sentence,
    headline_of,
    setting_sentence,
    truth_sentences,
    uncertainty,
)
from sim.figures.report.caveats import Reading, caveats_of
from sim.figures.report.comparison import RunComparison, check_rows, compare_folders, outcome_rows
from sim.figures.report.narrative import Narrative, narrate_run
from sim.figures.report.picture import Curves, picture_of
from sim.figures.report.sentences import scenario_sentences
from sim.figures.run_figures import acts_figure, tension_figure
from sim.figures.scale import RunScale
from sim.figures.style import save, spelled
from sim.figures.survival import survival_figure
from sim.figures.typical_runs import path_classes, worst_run
from sim.figures.words import capitalised, names_apart
from sim.optional import needed
from sim.results.estimates import intervals_are
from sim.results.run_folder import RunFolder, read_run

Draw = Callable[[], Figure]


def report(folders: Sequence[Path]) -> str:
    """Return the HTML of one run folder, and of others beside it.

    Raises UserError if a folder is not a run's, if runs are not pairs of the first's, or if Jinja is not installed.
    """
    jinja = needed("jinja2", "report", "a report")
    runs = [read_run(folder) for folder in folders]
    headlines = [headline_of(run, name) for run, name in zip(runs, short_names(names_apart(runs)), strict=True)]
    environment = jinja.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja.StrictUndefined
    )
    page = environment.from_string(files("sim.figures.report").joinpath("page.html").read_text(encoding="utf-8"))
    comparisons = [compare_folders(headlines[0], variant) for variant in headlines[1:]]
    contents = {
        **_first_page(headlines, comparisons),
        **_tables(headlines[0], comparisons),
        **_figures(runs, jinja.utils.markupsafe.Markup),
        **_appendix(headlines),
        "narratives": _narratives(runs[0]),
    }
    return str(page.render(**contents))


def short_names(names: Sequence[str]) -> list[str]:
    """Leave out of the names of variants the name of the first, with which they begin."""
    first = names[0]
    return [
        capitalised(name[len(first) :].lstrip(",;: ")) if name != first and name.startswith(first) else name
        for name in names
    ]


def short_questions(questions: Sequence[str]) -> list[str]:
    """Leave out of the questions of variants the question of the first, with which they begin; each stands once."""
    first = questions[0]
    rests = [text[len(first) :].strip() if text.startswith(first) else text for text in questions[1:]]
    return list(dict.fromkeys([first, *filter(None, rests)]))


def _first_page(headlines: Sequence[Headline], comparisons: Sequence[RunComparison]) -> dict[str, Any]:
    """Return what the first page says."""
    picture = picture_of(headlines)
    caveats = caveats_of(Reading(headlines, [comparison.changes for comparison in comparisons]))
    others = [(comparison.variant, comparison.differences) for comparison in comparisons]
    return {
        "title": " against ".join(dict.fromkeys([headlines[0].name, *(_named_in_title(headlines[1:]))])),
        "questions": short_questions([head.folder.compiled.loaded.scenario.description for head in headlines]),
        "setting": setting_sentence(headlines),
        "answer": answer_sentence(headlines[0], others),
        "truth": truth_sentences(headlines),
        "picture": picture,
        "is_curves": isinstance(picture, Curves),
        "caveats": caveats,
        "uncertainty": uncertainty(headlines[0]),
        "names": [headline.name for headline in headlines],
    }


def _named_in_title(others: Sequence[Headline]) -> list[str]:
    """Name the other scenarios as the second half of a title; none if there are none."""
    names = [f"“{headline.name}”" for headline in others]
    return [" and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]] if names else []


def _tables(first: Headline, comparisons: Sequence[RunComparison]) -> dict[str, Any]:
    """Return the tables of outcomes, what other scenarios set otherwise, and where runs part."""
    drawn = first.folder.posterior is not None
    extent = "simulation error only (paired bootstrap for differences)" if comparisons else "simulation error only"
    return {
        "comparisons": comparisons,
        "events": outcome_rows(first, comparisons, shares=True),
        "measures": outcome_rows(first, comparisons, shares=False),
        "checks": [(comparison, check_rows(first.folder, comparison)) for comparison in comparisons],
        "intervals": intervals_are(first.folder.compiled, drawn, extent),
        "record_note": _table_notes(first, comparisons),
        "runs": first.folder.runs,
        "has_record": first.happened.last_day is not None,
    }


def _table_notes(first: Headline, comparisons: Sequence[RunComparison]) -> str:
    """Say why cells of the table of outcomes are empty, or not asked."""
    notes, last = [], first.happened.last_day
    if last is not None and last < first.folder.end:
        notes.append(
            f"What happened is left empty where the record, which ends on {spelled(last)}, does not settle it."
        )
    questions = [{estimate.name for estimate in comparison.variant.outcomes} for comparison in comparisons]
    if any(estimate.headline and estimate.name not in names for estimate in first.outcomes for names in questions):
        notes.append("Not asked: that scenario asks it of other actors, one by one; its own report has the answers.")
    return " ".join(notes)


def _figures(runs: Sequence[RunFolder], safe: Any) -> dict[str, Any]:
    """Draw the figures: those that are printed, and those that are folded away on screen; say why some are not there."""
    first, *others = runs
    printed: list[Draw] = [partial(apart_figure, [first, variant]) for variant in others]
    printed += [partial(draw, first) for draw in (tension_figure, paths_figure)]
    folded: list[Draw] = [partial(outcomes_figure, list(runs))]
    folded += [partial(draw, first) for draw in (survival_figure, acts_figure, hostility_figure)]
    left_out: list[str] = []
    drawn: dict[str, list[Any]] = {"figures": [], "more_figures": []}
    for name, wanted in (("figures", printed), ("more_figures", folded)):
        for draw in wanted:
            try:
                picture = draw()
            except CannotBeDrawn as error:
                left_out.append(str(error))
                continue
            number = len(drawn["figures"]) + len(drawn["more_figures"]) + 1
            drawn[name].append(safe(svg(picture, f"f{number}")))
    return {**drawn, "left_out": left_out}


def _appendix(headlines: Sequence[Headline]) -> dict[str, Any]:
    """Return what a colleague needs to check: the scenario in words, sources, how everything was made."""
    first = headlines[0].folder
    return {
        "words": scenario_sentences(first),
        "sources": [order for order in first.compiled.loaded.ordered if order.replayed],
        "labels": first.labels,
        "meanings": {act.name: act.entry.meaning for act in first.compiled.acts},
        "provenance": [_provenance(headline.name, headline.folder) for headline in headlines],
        "spelled": spelled,
    }


def _narratives(first: RunFolder) -> list[Narrative]:
    """Describe the most typical run of the most common path, and the worst; none if no run is kept whole."""
    if first.kept_whole == 0:
        return []
    worst, narratives = worst_run(first), []
    for path in path_classes(first)[:1]:
        title = f"The most typical path: {path.name}" + (" (and the worst)" if path.typical == worst else "")
        about = f"the run nearest to the average of the {RunScale(first.kept_whole).text(path.share)} that go this way"
        narratives.append(narrate_run(first, path.typical, title, about))
        if path.typical == worst:
            return narratives
    about = f"of {first.kept_whole:,} runs the one in which most hostility is done"
    return [*narratives, narrate_run(first, worst, "The worst path", about)]


def _provenance(name: str, folder: RunFolder) -> dict[str, Any]:
    keys = ("seed", "runs", "scenario_hash", "code_hash", "commit")
    rows = {
        key.replace("_", " "): str(folder.manifest[key])[:12] for key in keys if folder.manifest.get(key) is not None
    }
    return {
        "name": name,
        "command": folder.manifest.get("command"),
        "rows": rows,
        "versions": ", ".join(f"{library} {version}" for library, version in folder.manifest["versions"].items()),
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
