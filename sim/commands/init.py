"""`escalate init`: a folder of scenarios of one's own, copied from those that ship, or a new case of a kind."""

import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from sim.commands.desk import Desk, with_desk
from sim.commands.switches import A_FOLDER, DAY, examples

if TYPE_CHECKING:
    from sim.scenario.kinds import CrisisKind
    from sim.scenario.new_case import NewCase
    from sim.scenario.nodes import Node
    from sim.scenario.problems import Place, Problem

BLANK = (
    "border.yaml",
    "kinds/interstate.yaml",
    "parts/scale.yaml",
    "parts/pairs.yaml",
    "schemas/scenario.schema.json",
    "schemas/patch.schema.json",
    "schemas/study.schema.json",
)
DAYS = {
    "start": "the first day of the clock",
    "replay_until": "the last day that is replayed from the record",
    "end": "the last day of the clock",
}


class Answers(NamedTuple):
    """What options say of a new case: who plays a role, which day a date is, the days of the clock."""

    name: str
    roles: tuple[str, ...]  # role=actor,actor
    dates: tuple[str, ...]  # date=day
    days: dict[str, date | None]


@click.command(
    "init",
    short_help="Make a folder with scenarios of your own.",
    epilog=examples(
        "escalate init mine --blank",
        "escalate init mine --kind interstate --role challenger=north",
    ),
)
@click.argument("directory", type=A_FOLDER)
@click.option("--blank", is_flag=True, help="Only a small crisis of two neighbours, to start from.")
@click.option("--kind", default="", help="A new case of a kind of crisis (escalate list kinds).")
@click.option("--name", default="", help="What the case is called; by default as its folder is.")
@click.option("--role", "roles", multiple=True, metavar="ROLE=ACTOR,…", help="Who plays a role of the kind.")
@click.option("--start", type=DAY, help="The first day of the case's clock.")
@click.option("--replay-until", type=DAY, help="The last day that is replayed from its record.")
@click.option("--end", type=DAY, help="The last day of its clock.")
@click.option("--date", "dates", multiple=True, metavar="NAME=DAY", help="A date that the kind leaves open.")
@with_desk()
def command(desk: Desk, directory: Path, blank: bool, kind: str, **options: Any) -> None:
    """Make DIRECTORY with scenarios of your own: all that ship, or a new case.

    With --kind: a case, an empty record, a map for imports and a study. What
    options leave open is asked on a terminal.
    """
    if not kind and (named := [name for name, value in options.items() if value]):
        raise click.UsageError(f"--{named[0].rstrip('s').replace('_', '-')} is of a new case: it takes --kind")
    if kind and blank:
        raise click.UsageError("--blank copies a case of a kind, and --kind makes one: one of the two")
    if kind:
        from sim.scenario.new_case import FILES

        refuse_existing(directory, FILES)
        days = {name: options[name] for name in DAYS}
        answers = Answers(options["name"], options["roles"], options["dates"], days)
        paths = start_case(directory, new_case(directory, kind, answers))
    else:
        paths = start_folder(directory, blank)
    for path in paths:
        desk.answer(f"wrote {path}")
    desk.note(next_steps(directory, is_case=bool(kind)))


def next_steps(directory: Path, is_case: bool) -> str:
    """Say what a reader may want to do next, as commands to type."""
    from sim.scenario.new_case import CASE

    if is_case:
        path = directory / CASE
        after = f"the case is {path}; fill its record, record.csv, then:"
        return f"Next: {after}\n  escalate check {path}\n  escalate run {path}"
    path = sorted(directory.glob("*.yaml"))[0]
    return f"Next: change a copy, and run it:\n  escalate check {path}\n  escalate run {path}"


def start_folder(directory: Path, blank: bool) -> list[Path]:
    """Copy the scenarios that ship into a folder.

    Parameters: blank, copy only a small crisis to start from.
    Returns the paths written. Raises UserError if one of the files exists (nothing is overwritten) or cannot be
    written.
    """
    from sim.scenario.library import shipped_folder

    shipped = shipped_folder()
    every = sorted(path.relative_to(shipped) for path in shipped.rglob("*") if path.is_file())
    files = [Path(name) for name in BLANK] if blank else every
    return write_new(directory, {str(file): (shipped / file).read_bytes() for file in files})


def refuse_existing(directory: Path, files: Iterable[str]) -> None:
    """Raise UserError if one of some files exists in a folder: nothing is overwritten."""
    from sim.scenario.problems import Place, Problem, UserError

    if there := [directory / file for file in files if (directory / file).exists()]:
        others = f", and so do {len(there) - 1} more files" if len(there) > 1 else ""
        text = f"exists already{others}, and nothing is overwritten"
        raise UserError([Problem(Place(str(there[0]), 0), "", text, "a new folder")])


def write_new(directory: Path, contents: dict[str, bytes]) -> list[Path]:
    """Write files into a folder, and return their paths.

    Raises UserError if one of them exists, before any is written; or cannot be written.
    """
    from sim.keeping import write_file, writing

    refuse_existing(directory, contents)
    for file, content in contents.items():
        with writing(directory):
            (directory / file).parent.mkdir(parents=True, exist_ok=True)
        write_file(directory / file, content)
    return [directory / file for file in contents]


def start_case(directory: Path, case: "NewCase") -> list[Path]:
    """Write the files of a new case into a folder, once each of them is sound.

    Returns the paths written. Raises UserError with what is wrong, or if one of the files exists.
    """
    from sim.evidence.case_map import read_map
    from sim.evidence.new_map import map_text
    from sim.scenario.library import shipped_files
    from sim.scenario.load import load
    from sim.scenario.new_case import CASE, MAP, STUDY
    from sim.study.load_study import load_study

    texts = case.texts()
    with TemporaryDirectory() as room:
        folder = Path(room)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
        loaded = load(folder / CASE)
        of_kind = case.kind.name if case.kind.name in shipped_files("map") else None
        texts[MAP] = map_text(loaded.scenario, of_kind)
        (folder / MAP).write_text(texts[MAP], encoding="utf-8")
        read_map(folder / MAP, loaded)
        load_study(str(folder / STUDY))
    return write_new(directory, {name: text.encode() for name, text in texts.items()})


def new_case(directory: Path, kind_name: str, answers: Answers) -> "NewCase":
    """Gather what a new case needs, from options and, on a terminal, by asking.

    Raises UserError with every answer that is missing or wrong, with the nearest name.
    """
    from sim.scenario.kinds import read_kind
    from sim.scenario.new_case import NewCase
    from sim.scenario.problems import Place, Problem, UserError
    from sim.scenario.roles import cast_of

    kind = read_kind(kind_name, Place("--kind", 0))
    problems: list[Problem] = []
    casting = casting_of(kind, answers.roles, problems)
    dates = open_dates(kind, answers.dates, problems)
    days = {name: answers.days[name] or ask_day(name, meaning, problems) for name, meaning in DAYS.items()}
    cast = cast_of(kind.roles, casting, Place("--role", 0), problems)
    start, until, end = (days[name] for name in DAYS)
    if start and until and end and not start <= until < end:
        text = f"the clock goes from {start} over {until} to {end}"
        problems.append(
            Problem(Place("--replay-until", 0), "", text, "--start, --replay-until and --end in their order")
        )
    if problems:
        raise UserError(problems)
    assert start and until and end
    played = type(cast)({role: players for role, players in cast.players.items() if players})
    known = {name: day for name, day in dates.items() if day is not None}
    return NewCase(kind, answers.name or directory.resolve().name, played, start, until, end, known)


def casting_of(kind: "CrisisKind", roles: Sequence[str], problems: "list[Problem]") -> "Node":
    """Read `role=actor,actor` options, and ask for the roles that nobody plays yet, as the loader reads `roles`."""
    from sim.scenario.nodes import Node
    from sim.scenario.problems import Place

    answered = pairs("--role", roles, "a role and its actors, as government=belarus", problems)
    if sys.stdin.isatty():
        for role, entry in kind.roles.items():
            if role not in answered:
                names = "names such as france, several between commas" if entry.many else "a name such as france"
                none = "" if entry.required else ", or nothing"
                question = f"{role}: {entry.label} ({names}{none})"
                answer = click.prompt(question, default="", show_default=False, err=True)
                answered |= {role: (answer, Place("the answer", 0))} if answer else {}
    players = {
        role: [Node(name.strip(), place) for name in text.split(",")] for role, (text, place) in answered.items()
    }
    return Node({role: Node(names, names[0].place) for role, names in players.items()}, Place("--role", 0))


def open_dates(kind: "CrisisKind", dates: Sequence[str], problems: "list[Problem]") -> dict[str, date | None]:
    """Read `name=day` options of the dates that a kind leaves open, and ask for the others."""
    from sim.scenario.problems import Problem, shown, unknown

    answered = pairs("--date", dates, "a name and a day, as vote=2020-08-09", problems)
    days: dict[str, date | None] = {}
    for name, (text, place) in answered.items():
        try:
            days[name] = DAY.convert(text, None, None)
        except click.BadParameter as error:
            problems.append(Problem(place, shown(name), error.message))
            days[name] = None
        if name not in kind.open_dates:
            problems.append(unknown(place, "", f"open date of {kind.name}", name, kind.open_dates))
    misspelt = {problem.nearest for problem in problems}
    for name, label in kind.open_dates.items():
        if name not in days and name not in misspelt:
            days[name] = ask_day(
                name, f"the day of the {label[:1].lower()}{label[1:]}", problems, option=f"--date {name}=2020-08-09"
            )
    return days


def ask_day(name: str, meaning: str, problems: "list[Problem]", option: str = "") -> date | None:
    """Ask for a day on a terminal; elsewhere it is a problem that no option gives it."""
    from sim.scenario.problems import Place, Problem

    if sys.stdin.isatty():
        answer: date = click.prompt(f"{meaning} (as 2020-08-09)", type=DAY, err=True)
        return answer
    place = f"--{name.replace('_', '-')}" if not option else "--date"
    problems.append(Problem(Place(place, 0), "", f"is missing: {meaning}", option or f"{place} 2020-08-09"))
    return None


def pairs(option: str, texts: Sequence[str], allowed: str, problems: "list[Problem]") -> "dict[str, tuple[str, Place]]":
    """Read `key=value` options: the value of each key, and where it stands; one that is given twice is a problem."""
    from sim.scenario.problems import Place, Problem, shown

    values: dict[str, tuple[str, Place]] = {}
    for text in texts:
        place = Place(f"{option} {shown(text)}", 0)
        key, equals, value = text.partition("=")
        if not equals or not key.strip() or not value.strip():
            problems.append(Problem(place, "", "is not a pair", allowed))
        elif key.strip() in values:
            problems.append(Problem(place, "", f"{shown(key.strip())} is given twice", "one of them"))
        else:
            values[key.strip()] = (value.strip(), place)
    return values
