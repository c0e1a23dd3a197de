"""List what of machine-coded tables touches a case, with the lines of a map that would take it up."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.commands.desk import Desk
from sim.commands.record_import import read_tables

if TYPE_CHECKING:
    from sim.evidence.survey import Draft, Survey, Surveyor
    from sim.layout import Page

Rows = list[list[Any]]


@dataclass(frozen=True)
class SurveyRequest:
    """The options of a survey.

    files: of tables, folders, archives, or - for standard input. mapping: of what is known already, a path or bare name.
    scenario: the case. most: how many rows a table shows, and how many lines of each kind a map gets. out: the map to
    write, if one is wanted.
    """

    files: tuple[Path, ...]
    form: str
    columns: str
    dates: str | None
    encoding: str
    mapping: str | None
    scenario: str | None
    most: int
    out: Path | None


def survey_record(desk: Desk, request: SurveyRequest) -> None:
    """Print the names and codes of tables that touch a case, and the line of a map for each; write them as a map.

    Raises UserError for a table, a map or a scenario that cannot be used, and where nothing touches the case.
    """
    from sim.evidence.case_map import CaseMap, read_map, scenario_named
    from sim.evidence.column_picks import form_of
    from sim.evidence.survey import Surveyor, draft_map
    from sim.keeping import whole_file
    from sim.scenario.library import find_map
    from sim.scenario.load import load
    from sim.scenario.problems import Place, Problem, UserError
    from sim.scenario.text_sources import open_sources

    if request.out is not None and request.out.exists() and not desk.force:
        problem = Problem(
            Place(str(request.out), 0), "", "exists already, and is not overwritten", "--force, or another name"
        )
        raise UserError([problem])
    form = form_of(request.form, request.columns, request.dates or "")
    mapping = find_map(request.mapping) if request.mapping else None
    loaded = load(scenario_named(request.scenario, mapping))
    scenario = loaded.scenario
    case = CaseMap(read_map(mapping, loaded), scenario) if mapping else None
    surveyor = Surveyor(scenario, case)
    with open_sources(request.files, request.encoding) as sources, read_tables(desk, sources, form) as rows:
        survey = surveyor.survey(rows)
    if request.out is not None and survey.touching:
        with whole_file(request.out) as raw:
            raw.write(draft_map(surveyor, survey, request.most).encode())
        desk.result = request.out
    data = _data(surveyor, survey)
    if desk.as_json:
        desk.answer_data(data)
    else:
        desk.answer(_text(data, scenario.name, request.most))
    if not survey.touching:
        words = "; ".join(f"{name}: {', '.join(known)}" for name, known in surveyor.searched().items())
        text = f"none of {survey.rows:,} rows has a side by a word of the case's actors"
        text += f"; {survey.refused.total():,} are no events" if survey.refused else ""
        raise UserError([Problem(Place(sources.tables[0].shown_as, 0), "", text, f"another --case; {words}")])


def _data(surveyor: "Surveyor", survey: "Survey") -> dict[str, Any]:
    def drafts(lines: "Iterator[Draft]") -> list[dict[str, Any]]:
        """List lines as data."""
        return [{"rows": d.rows, "text": d.text, "owners": list(d.owners), "line": d.line()} for d in lines]

    from sim.evidence.survey import meaning

    return {
        "rows": survey.rows,
        "touching": survey.touching,
        "malformed": [[why, count] for why, count in survey.refused.most_common()],
        "sides_mapped": survey.mapped,
        "names": drafts(surveyor.drafts(survey.names, survey)),
        "roles": drafts(surveyor.drafts(survey.roles, survey)),
        "codes": [
            {
                "rows": draft.rows,
                "actor": actor,
                "target": target,
                "scheme": code.scheme,
                "code": code.code,
                "meaning": meaning(code),
                "owners": list(draft.owners),
                "line": draft.line(),
            }
            for actor, target, code, draft in surveyor.code_drafts(survey)
        ],
        "beside": [[name, count] for name, count in survey.beside.most_common()],
    }


def _text(data: dict[str, Any], case: str, most: int) -> "Page":
    from sim.layout import Page
    from sim.scenario.problems import shown

    def listed_drafts(key: str) -> Rows:
        """List the rows of a table of lines, with the other actors that each may be."""
        return [[d["rows"], d["owners"][0], d["line"], ", ".join(d["owners"][1:])] for d in data[key]]

    malformed = sum(count for _, count in data["malformed"])
    head = (
        f"{data['rows']:,} rows, {data['touching']:,} with a side of {case}; {malformed:,} malformed. "
        f"{data['sides_mapped']:,} sides are in the map already. Each line is a draft: who is meant is for you to say."
    )
    codes = [
        [c["rows"], f"{c['actor']} → {c['target']}", shown(f"{c['code']} {c['meaning']}".strip(), 50), *(c["owners"][:1] or ["(none is near)"]), c["line"], ", ".join(c["owners"][1:])]
        for c in data["codes"]
    ]  # fmt: skip
    beside = [[count, shown(name, 90)] for name, count in data["beside"]]
    malformed_rows = [[count, shown(why, 90)] for why, count in data["malformed"]]
    tables = [
        ("Names, for `actors`", ["rows", "under", "line", "or"], listed_drafts("names")),
        ("Roles and countries, for `actors`", ["rows", "under", "line", "or"], listed_drafts("roles")),
        ("Codes between two of these, for `actions`", ["rows", "who", "code", "under", "line", "or"], codes),
        ("Beside them, of a country that the table does not say", ["rows", "side"], beside),
        ("Malformed rows, by reason", ["rows", "why"], malformed_rows),
    ]
    return Page(head, *(_cut(title, columns, rows, most) for title, columns, rows in tables if rows))


def _cut(title: str, head: list[str], rows: Rows, most: int) -> "Page":
    from sim.layout import Page, Table

    more = len(rows) - most
    rest = f"… and {more:,} more: --most shows more, --json all" if more > 0 else ""
    return Page(f"{title}:", Table(head, rows[:most]), rest)
