"""`escalate check`: everything wrong with files of scenarios, studies, facts or maps."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.commands.desk import Desk, complain, helpful_first, with_desk
from sim.commands.screen import RED, YELLOW
from sim.commands.switches import BELIEF, SETTING, examples
from sim.layout import Page

if TYPE_CHECKING:
    from sim.scenario.summary import Report

KINDS = ("scenario", "study", "facts", "map")


@click.command(
    "check",
    short_help="Report everything wrong with scenarios, studies, facts, maps.",
    epilog=examples(
        "escalate check baseline",
        "escalate check mine/*.yaml --set parameters.leverage=3",
    ),
)
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@SETTING
@BELIEF
@with_desk("json")
def command(desk: Desk, files: tuple[str, ...], settings: tuple[str, ...], beliefs: tuple[str, ...]) -> None:
    """Report everything wrong with scenarios, studies, files of facts or maps."""
    reports = [checked_file(file, settings, beliefs) for file in files]
    if desk.as_json:
        desk.answer_data([report.as_data() for report in reports])
    for report in [] if desk.as_json else reports:
        for problem in helpful_first(report.problems):
            complain(f"{'warning' if problem.warning else 'error'}: {problem}", YELLOW if problem.warning else RED)
        if report.sound:
            desk.answer(Page(f"{report.file}: sound. {report.summary}"))
    sys.exit(0 if all(report.sound for report in reports) else 2)


def checked_file(file: str, settings: Sequence[str] = (), beliefs: Sequence[str] = ()) -> "Report":
    """Load a scenario, a study, a file of facts or a map, and report what is wrong with it or what it holds.

    Parameters: file, a path or bare name; settings, key=value, laid over a scenario; beliefs,
    the same, of its case.
    """
    from sim.scenario.library import find_file
    from sim.scenario.problems import UserError
    from sim.scenario.summary import Report, checked
    from sim.scenario.variants import split_variants
    from sim.study.library import is_study

    if split_variants(file)[1]:
        return checked(file, settings)
    try:
        path = find_file(file, *KINDS)
        option, laid = ("--set", settings) if settings else ("--believe", beliefs)
        if is_map(path):
            refuse_settings(file, option, laid, "a map", "names and codes, in the map")
            return map_report(file, path)
        if is_study(path):
            refuse_settings(file, option, laid, "a study", "levers and vary, in the study")
            return study_report(file)
        if is_facts(path):
            refuse_settings(file, option, laid, "a file of facts", "ensembles and ablations, in the file")
            return facts_report(file)
    except UserError as error:
        return Report(file, False, error.problems, "")
    return checked(file, settings, beliefs)


def is_facts(path: Path) -> bool:
    """Tell whether a file is one of facts. What cannot be read is none."""
    from sim.scenario.library import shown_path
    from sim.scenario.problems import UserError
    from sim.scenario.yaml_file import read_yaml

    try:
        return "facts_of" in read_yaml(path, shown_path(path)).items
    except UserError:
        return False


def study_report(file: str) -> "Report":
    """Report what a study holds. Raises UserError with every problem."""
    from sim.scenario.labels import labelled, labels_of
    from sim.scenario.library import shown_path
    from sim.scenario.problems import listed
    from sim.scenario.summary import Report
    from sim.study.load_study import load_study

    loaded = load_study(file)
    study = loaded.study
    keys = [labelled(key, labels_of(loaded.base.scenario)) for key in loaded.keys]
    summary = (
        f"A study of {loaded.base.scenario.name} ({shown_path(Path(loaded.base.file))}): {loaded.points:,} points × {study.runs:,} runs, "
        f"{loaded.points * study.runs:,} in all; varies {listed(keys)}; reports {listed(loaded.outcomes, 6)}."
    )
    return Report(file, True, loaded.warnings, summary)


def facts_report(file: str) -> "Report":
    """Report what a file of facts holds. Raises UserError with every problem."""
    from sim.evidence.load_facts import load_facts
    from sim.scenario.library import shown_path
    from sim.scenario.load import load
    from sim.scenario.problems import listed
    from sim.scenario.summary import Report

    facts, scenario, _ = load_facts(file)
    base = load(scenario)
    summary = (
        f"{len(facts.statements)} statements of {base.scenario.name} ({shown_path(Path(base.file))}), "
        f"{facts.runs:,} runs of each ensemble; taken away one by one: {listed(facts.ablations) or 'nothing'}."
    )
    return Report(file, True, base.warnings, summary)


def is_map(path: Path) -> bool:
    """Tell whether a file is a map: whether it lists patterns of actors, or codes of actions. What cannot be read is none."""
    from sim.scenario.library import shown_path
    from sim.scenario.problems import UserError
    from sim.scenario.yaml_file import read_yaml

    try:
        sections = read_yaml(path, shown_path(path)).items
    except UserError:
        return False
    entries = [node for key in ("actors", "actions") if key in sections for node in sections[key].items.values()]
    return any(node.is_list for node in entries)


def map_report(file: str, path: Path) -> "Report":
    """Report what a map holds, against the scenario that it is for. Raises UserError with every problem."""
    from sim.evidence.case_map import read_map, scenario_of_map
    from sim.scenario.load import load
    from sim.scenario.summary import Report

    base = load(scenario_of_map(path))
    mapped = read_map(path, base)
    patterns = sum(map(len, mapped.actors.values()))
    summary = f"A map for {base.scenario.name}: {patterns} patterns of {len(mapped.actors)} actors, codes of {len(mapped.actions)} actions."
    return Report(file, True, [], summary)


def refuse_settings(file: str, option: str, settings: Sequence[str], noun: str, allowed: str) -> None:
    """Refuse values that would be laid over what is no scenario. Raises UserError."""
    from sim.scenario.problems import Place, Problem, UserError

    if settings:
        text = f"values are laid over scenarios, not over {noun}"
        raise UserError([Problem(Place(file, 0), option, text, allowed)])
