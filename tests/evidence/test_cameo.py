"""Codes of CAMEO: what was meant is read from the code, or from what stands beside it, or the row is refused."""

import pytest

from sim.evidence.cameo import NoCodeError, code_names, code_of_text, read_code
from sim.scenario.load import load


def test_the_table_has_every_code_of_the_scale_that_ships_and_no_name_for_two_of_them():
    assert set(load("baseline").scenario.scale) <= set(code_names())
    full = [code for code in code_names() if len(code) > 2]
    assert len(full) > 280 and {code_of_text(code_names()[code]) for code in full} == set(full)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Make statement", "010"),
        ("fight with artillery and tanks", "194"),
        ("THREATEN, NOT SPECIFIED BELOW", "130"),
        ("Appeal for target to allow international involvement (non-mediation)", "0255"),
        ("Ease economic sanctions, boycott, or embargo", "085"),
        ("Decline to yield", "124"),
        ("Dance", None),
        ("", None),
    ],
)
def test_the_name_of_an_event_says_its_code(text, code):
    assert code_of_text(text) == code


@pytest.mark.parametrize("code", ["010", "013", "173", "1722", "0841", "200", "1999"])
def test_a_full_code_is_what_it_is_whatever_stands_beside_it(code):
    for text, root in (("", ""), ("Accuse", "11")):
        for roots in (True, False):
            read = read_code(code, text, root, roots=roots)
            assert (read.code, read.written, read.from_beside) == (code, "", False)


@pytest.mark.parametrize(
    ("cell", "text", "root", "code"),
    [
        ("13", "Make optimistic comment", "", "013"),
        ("13", "", "1", "013"),
        ("13", "", "01", "013"),
        ("20", "", "2", "020"),
        ("36", "", "3", "036"),
        ("841", "", "8", "0841"),
        ("841", "Return, release person(s)", "", "0841"),
        ("10", "Demand", "10", "100"),
        ("1", "Make statement", "1", "010"),
        ("05", "", "05", "050"),
        ("", "Accuse", "", "112"),
        ("---", "Accuse", "", "112"),
        ("13y", "", "", "137"),
        ("13Y", "Arrest, detain, or charge with legal action", "", "137"),
    ],
)
def test_a_code_that_lost_its_zero_is_read_from_what_stands_beside_it(cell, text, root, code):
    read = read_code(cell, text, root)
    assert read.code == code and read.written == cell


@pytest.mark.parametrize(
    ("cell", "text", "root", "why"),
    [
        ("13", "", "", "fewer than three digits"),
        ("13", "", "13", "fewer than three digits"),  # a root alone, or 013: nothing says which
        ("13", "Dance", "13", "fewer than three digits"),
        ("1", "", "1", "fewer than three digits"),
        ("841", "", "", "lost its first zero"),
        ("841", "", "84", "lost its first zero"),
        ("999", "", "", "is not a code of CAMEO"),
        ("21", "", "21", "fewer than three digits"),
        ("12345", "", "", "is not a code of CAMEO"),
        ("173.0", "", "", "is not a code of CAMEO"),
        ("x", "", "", "is not a code of CAMEO"),
        ("", "Dance", "", "is not the name of an event"),
        ("", "", "", "there is no code"),
    ],
)
def test_a_code_that_nothing_explains_is_refused(cell, text, root, why):
    with pytest.raises(NoCodeError, match=why):
        read_code(cell, text, root)


def test_a_root_stands_for_a_code_only_where_a_person_wrote_the_table():
    assert read_code("13", roots=True).code == "13" and read_code("05", roots=True).code == "05"
    assert read_code("13", "Make optimistic comment", roots=True).code == "013"
    for cell in ("36", "1", "841", "21"):
        with pytest.raises(NoCodeError):
            read_code(cell, roots=True)
