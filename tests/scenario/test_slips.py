"""Slips of the pen: what a number, a date, true or false was meant to be, and signs that nobody sees."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario.problems import UserError, nearest
from sim.scenario.signs import named_signs, plainer
from sim.scenario.slips import date_slip, number_slip, truth_slip
from sim.scenario.yaml_file import parse_yaml, plain_scalar

ENTRY = "a number, the name of a parameter, or {value: …}"


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("yes", "found yes (text): it is text here, not a number"),
        ("off", "found off (text): it is text here, not a number"),
        ("n/a", "found n/a (text): it is text here; what is not known is left out"),
        ("nan", "found nan (text): it is text here; what is not known is left out"),
        ("true", "found true (true or false)"),
        ("'0.2'", "found 0.2 (text): a number in quotes is text, write 0.2"),
        ("0,2", "found 0,2 (text): a number has a decimal point, not a comma, write 0.2"),
        ("1,000", "found 1,000 (text): a number has no separators"),
        ("1,000,000", "found 1,000,000 (text): a number has no separators, write 1000000"),
        ("1 000", "found 1 000 (text): a number has no separators, write 1000"),
        ("5%", "found 5% (text): a number has no % sign, write 0.05"),
        ("5 days", "found 5 days (text): a number stands without its unit, write 5"),
        ("0.5x", "found 0.5x (text): a number stands without its unit, write 0.5"),
        ("~0.5", "found ~0.5 (text): a number stands without a sign before it, write 0.5"),
        ("'<3'", "found <3 (text): a number stands without a sign before it, write 3"),
        ("1/4", "found 1/4 (text): a fraction is not calculated, write 0.25"),
        ("0.1-0.3", "found 0.1-0.3 (text): it is more than one number; a range has low and high"),
        ("0.1 to 0.3", "found 0.1 to 0.3 (text): it is more than one number; a range has low and high"),
        (".5.", "found .5. (text): it is not a decimal number"),
        ("1e5.2", "found 1e5.2 (text): it is not a decimal number"),
        ("−0.2", "found −0.2 (text): it holds − minus sign (U+2212), write -0.2"),
        ("０.２", "found ０.２ (text): it holds ０ fullwidth digit zero (U+FF10), ２ fullwidth digit two (U+FF12), write 0.2"),
        ("much", "no parameter is called 'much'; allowed: average_mark, reciprocity, half_life"),
        ("[0.2]", "found a list"),
        ("{}", "is an empty mapping: mappings are merged, so it changes nothing; allowed: null, which removes what stands there, or entries"),
        ("2030-03-01", "found 2030-03-01 (a date)"),
    ],
)  # fmt: skip
def test_what_stands_for_a_number_is_told_with_what_was_meant(patched, written, why):
    allowed = "" if "allowed" in why else f"; allowed: {ENTRY}"
    (found,) = patched(f"pairs.state_to_state:\n  momentum: {written}\n")
    assert found == f"patch.yaml:3: pairs.state_to_state.momentum: {why}{allowed}"


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("'2030-03-05'", "a date in quotes is text, write 2030-03-05"),
        ("2030-3-5", "a date is written with all of its digits and hyphens, write 2030-03-05"),
        ("2030/03/05", "a date is written with all of its digits and hyphens, write 2030-03-05"),
        ("20300305", "a date is written with all of its digits and hyphens, write 2030-03-05"),
        ("25.3.2030", "a date begins with its year, write 2030-03-25"),
        ("03/25/2030", "a date begins with its year, write 2030-03-25"),
        ("3/5/2030", "a date begins with its year"),
        ("2030-03-05T12:00", "a date has no time of day, write 2030-03-05"),
        ("2030-03", "it names no day"),
        ("2030", "it names no day"),
        ("5 March 2030", "a date is written in digits, write 2030-03-05"),
        ("Mar 5, 2030", "a date is written in digits, write 2030-03-05"),
        ("2030‑03‑05", "a date is written with all of its digits and hyphens, write 2030-03-05"),
        ("2030-02-30x", ""),
        ("soon", ""),
    ],
)
def test_what_stands_for_a_date_is_told_with_what_was_meant(patched, written, why):
    (found,) = patched(f"clock.replay_until: {written}\n")
    start = f"patch.yaml:2: clock.replay_until: found {written.strip(chr(39))} ("
    assert found.startswith(start)
    assert found.endswith(f"{': ' + why if why else ''}; allowed: a date, year-month-day without quotes")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("yes", ": write true"), ("On", ": write true"), ("n", ": write false"), ("0", ": write false"),
     ("'true'", ": in quotes it is text, write true"), ("maybe", "")],
)  # fmt: skip
def test_what_stands_for_true_or_false_is_told_with_what_was_meant(patched, written, meant):
    (found,) = patched(f"outcomes.peak.headline: {written}\n")
    assert found.endswith(f"){meant}; allowed: true or false")


@given(st.text(max_size=12) | st.text("0123456789.,-+/:% eE", max_size=12))
@settings(max_examples=300, deadline=None)
def test_what_was_meant_is_what_our_reader_reads(text):
    for slip, kinds in ((number_slip, (int, float)), (date_slip, object), (truth_slip, bool)):
        why, meant = slip(text)
        assert isinstance(why, str)
        if meant:
            assert isinstance(plain_scalar(meant), kinds)


PLAIN = "; allowed: plain spaces, and no sign that cannot be seen"


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("one: 1\ntwo:\xa05\n", 2, "is not YAML: it holds an odd sign, no-break space (U+00A0)"),
        ("two:\xa05\nthree: 3\n", 1, "is not YAML: it holds an odd sign, no-break space (U+00A0)"),
        ("two:\xa05", 1, "is not YAML: it holds an odd sign, no-break space (U+00A0)"),
        ("one: 1\nname：Two\nthree: 3", 2, "is not YAML: it holds an odd sign, ： fullwidth colon (U+FF1A)"),
        ("in: {v:\xa05}", 1, "in.v:\\xa05: the key holds an odd sign, no-break space (U+00A0)"),
        ("one: 1\n\xa0 two: 5", 2, "\\xa0 two: the key holds an odd sign, no-break space (U+00A0)"),
        ("na\u200bme: 5", 1, "na\\u200bme: the key holds an odd sign, zero width space (U+200B)"),
        ("two: \xa05", 1, "two: \\xa05 holds an odd sign, no-break space (U+00A0)"),
        ("two: north\u200b", 1, "two: north\\u200b holds an odd sign, zero width space (U+200B)"),
        ("two: 5\u200b1", 1, "two: 5\\u200b1 holds an odd sign, zero width space (U+200B)"),
        ("two: \ufeff2017-09-03", 1, "two: \\ufeff2017-09-03 holds an odd sign, zero width no-break space (U+FEFF)"),
        ("two: tr\xadue", 1, "two: tr\\xadue holds an odd sign, soft hyphen (U+00AD)"),
        ("two: \u202e5", 1, "two: \\u202e5 holds an odd sign, right-to-left override (U+202E)"),
    ],
)  # fmt: skip
def test_a_sign_that_nobody_sees_is_told_where_it_stands(text, line, problem):
    with pytest.raises(UserError) as caught:
        parse_yaml(text, "a.yaml")
    assert str(caught.value) == f"a.yaml:{line}: {problem}{PLAIN}"


@pytest.mark.parametrize("sign", ["\x85", "\u2028", "\u2029"])
def test_a_line_that_ends_for_some_readers_only_is_refused_since_no_line_number_would_be_sure(sign):
    with pytest.raises(UserError, match=r"a.yaml:2: holds an odd sign, .*, which ends a line to some readers only"):
        parse_yaml(f"one: 1\r\n# a comment{sign}two: 3\n", "a.yaml")


@pytest.mark.parametrize(
    "text", ["two: 10\xa0000 people", "two: '\xa05'", "two: x # a\xa0comment", "two: नि\u200dर्णय लिया", "two: “so”"]
)
def test_text_keeps_its_spaces_and_joiners(text):
    assert parse_yaml(text, "a.yaml").plain()["two"] == text[5:].split(" #")[0].strip("'")


def test_a_setting_with_odd_signs_is_refused(patched):
    assert patched("", "rules.rarity=\xa01")[0].startswith(
        "--set rules.rarity=\\xa01: rules.rarity: \\xa01 holds an odd"
    )
    assert patched("", "rules.rarity\xa0=1") == [f"--set rules.rarity\\xa0=1: the key holds an odd sign, no-break space (U+00A0){PLAIN}"]  # fmt: skip


def test_letters_that_look_like_others_are_named(patched):
    (key,) = patched("actors.north.strаtegy: grim_trigger\n")
    assert "unknown key (it holds а cyrillic small letter a (U+0430)); " in key and key.endswith(
        "did you mean 'strategy'?"
    )
    (name,) = patched("actions.north.clash.target: sоuth\n")
    assert "found sоuth (text): it holds о cyrillic small letter o (U+043E); " in name


@pytest.mark.parametrize(
    ("name", "meant"),
    [("Chinese Backing", "chinese_backing"), ("CHINESE_BACKING", "chinese_backing"), ("chinese-backing", "chinese_backing"),
     ("chinesebacking", "chinese_backing"), ("ｃhinese_backing", "chinese_backing"), ("chinese_backing", ""), ("x", "")],
)  # fmt: skip
def test_capitals_blanks_and_odd_letters_do_not_hide_what_was_meant(name, meant):
    assert nearest(name, ["leverage", "chinese_backing", "standing"]) == meant


def test_signs_are_named_and_made_plain():
    assert named_signs("\xa0") == "no-break space (U+00A0)"
    assert named_signs("\xa0\u200b\u200c\u200d") == "no-break space (U+00A0), zero width space (U+200B), zero width non-joiner (U+200C) and 1 more"  # fmt: skip
    assert plainer("\ufeff−５\u2009％") == "-5 %"


def test_a_parameter_is_no_truth(patched):
    (found,) = patched("parameters.reciprocity: yes\n")
    entry = "a number where another file has the entry, or an entry with value, low, high, unit, meaning, source"
    why = "found yes (text): it is text here, not a number"
    assert found == f"patch.yaml:2: parameters.reciprocity: {why}; allowed: {entry}"
