"""Whatever the bytes: rows that are counted one by one, or a refusal in words; never anything else."""

import gzip

import pytest
from coded_tables import ICEWS_HEAD, MAP, gdelt, icews
from hypothesis import given, settings
from hypothesis import strategies as st
from test_published_tables import acled, polecat, table, ucdp

from sim.evidence.case_map import CaseMap, read_map
from sim.evidence.event_sources import FORMS
from sim.evidence.event_tables import events
from sim.evidence.importing import COLUMNS, Choice, import_rows
from sim.evidence.survey import Surveyor
from sim.scenario.load import load
from sim.scenario.problems import UserError

LOADED = load("baseline")
SCENARIO = LOADED.scenario
CASE = CaseMap(read_map(MAP, LOADED), SCENARIO)
SURVEYOR = Surveyor(SCENARIO, None)
SCRAPS = st.binary(max_size=4) | st.sampled_from([b"", b"\t", b",", b";", b'"', b"\n", b"\r\n", b"None", b"\xff", b"\x00", b"13/13/2017", b"9999", b"(nobody)", "é".encode()])  # fmt: skip


@pytest.fixture(scope="module")
def tables(tmp_path_factory) -> dict[str, bytes]:
    """A sound table in each form."""
    folder = tmp_path_factory.mktemp("sound")
    made = {
        "polecat": table(folder / "p", "polecat", [polecat(), polecat("2", mode="arrest;ban")], separator="\t"),
        "acled": table(folder / "a", "acled", [acled(), acled("2", "03 September 2017", "2")]),
        "ucdp": table(folder / "u", "ucdp", [ucdp("1", "2017-09-01", "2017-09-30", "4")]),
    }
    sound = {form: path.read_bytes() for form, path in made.items()}
    sound["icews"] = "\n".join("\t".join(row) for row in (ICEWS_HEAD, icews(), icews())).encode()
    sound["gdelt"] = "\n".join("\t".join(row) for row in (gdelt(), gdelt(58))).encode()
    sound["csv"] = b"date,source,target,code\n2017-09-03,KHM,Kem Sokha,173\n3 May 2017,KHM;USA,CHN,Arrests|13\n"
    assert set(sound) == set(FORMS)
    return sound


def judge(path, raw: bytes, form: str) -> None:
    """Import and survey bytes: every row is counted once, and what is written is a row of a record."""
    path.write_bytes(raw)
    rows: list[tuple] = []
    try:
        report = import_rows(events(path, form), CASE, rows.append, Choice(SCENARIO.clock, once_within=3))
        SURVEYOR.survey(events(path, form))
    except UserError as error:
        assert all(str(problem).startswith(str(path)) and str(problem).isprintable() for problem in error.problems)
        return
    left_out = [
        report.same_day,
        report.echoes.total(),
        report.same_event,
        report.within.total(),
        report.outside,
        report.beyond,
    ]
    left_out += [report.refused.total(), report.several_actors.total(), report.several_codes.total(), report.unmapped_codes.total()]  # fmt: skip
    assert report.written == len(rows) and report.rows == len(rows) + sum(left_out)
    assert all(len(row) == len(COLUMNS) and all(isinstance(cell, str) for cell in row) for row in rows)


@given(raw=st.binary(max_size=300) | st.binary(max_size=100).map(lambda raw: gzip.compress(raw, mtime=0)), form=st.sampled_from(sorted(FORMS)))  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_counted_or_refused_in_words(tmp_path_factory, raw, form):
    judge(tmp_path_factory.getbasetemp() / "any", raw, form)


@given(data=st.data(), form=st.sampled_from(sorted(FORMS)))
@settings(max_examples=250, deadline=None)
def test_a_table_with_bytes_struck_out_or_put_in_is_counted_or_refused(tmp_path_factory, tables, data, form):
    raw = tables[form]
    for _ in range(data.draw(st.integers(1, 3))):
        start, length = data.draw(st.integers(0, len(raw))), data.draw(st.integers(0, 12))
        raw = raw[:start] + data.draw(SCRAPS) + raw[start + length :]
    judge(tmp_path_factory.getbasetemp() / "any", raw, form)
