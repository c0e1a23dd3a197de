"""Files are read as YAML 1.2, with the line of every value, and nothing in a file can bring the reader down."""

import os
from datetime import date

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario import yaml_file
from sim.scenario.problems import UserError
from sim.scenario.signs import invisible
from sim.scenario.yaml_file import parse_yaml, plain_scalar, read_yaml
from sim.scenario.yaml_text import write_yaml


def problems(text: str) -> list[str]:
    with pytest.raises(UserError) as caught:
        parse_yaml(text, "a.yaml")
    return [str(problem) for problem in caught.value.problems]


@pytest.fixture(params=["C", "Python"])
def either_parser(request, monkeypatch):
    """PyYAML has two parsers; where the fast one is not built, the other must be as safe."""
    monkeypatch.setattr(yaml_file, "Loader", yaml.CSafeLoader if request.param == "C" else yaml.SafeLoader)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("1e-3", 0.001),
        ("1E3", 1000.0),
        (".5", 0.5),
        ("-7", -7),
        ("+7", 7),
        ("0", 0),
        ("1.", 1.0),
        ("123456789012345678901", 123456789012345678901.0),
        ("1e-3x", "1e-3x"),
        ("nan", "nan"),
        ("2017-02-28", date(2017, 2, 28)),
        ("2017-02-28T12:00:00", "2017-02-28T12:00:00"),
        ("2017-2-8", "2017-2-8"),
        ('"022"', "022"),
        ("'12:30'", "12:30"),
        ('"null"', "null"),
        ('"2017-02-30"', "2017-02-30"),
    ],
)
def test_scalars_are_those_of_yaml_1_2(written, meant, either_parser):
    value = parse_yaml(f"key: {written}", "a.yaml").plain()["key"]
    assert (value, type(value)) == (meant, type(meant))


@pytest.mark.parametrize("text", ["022", "-07", "12:30", "190:20:30.15", "0x1F", "0o17", "0b11", "1_000", "007.5"])
def test_what_readers_disagree_about_is_refused_unless_quoted(text, either_parser):
    said = f"a.yaml:2: in.key: {text} is a number to some readers of YAML and text to others"
    assert problems(f"in:\n  key: {text}") == [f"{said}; allowed: the text in quotes, or a plain decimal number"]
    assert parse_yaml(f"key: '{text}'", "a.yaml").plain() == {"key": text}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("day: 2017-02-30", "day: 2017-02-30 is not a date: day is out of range for month; allowed: a day of the calendar, year-month-day"),
        ("days: [2017-01-01, 0000-01-01]", "days[1]: 0000-01-01 is not a date: year 0 is out of range; allowed: a day of the calendar, year-month-day"),
        ("number: .nan", "number: .nan is not a finite number; allowed: a number, or the text in quotes"),
        ("number: -.INF", "number: -.INF is not a finite number; allowed: a number, or the text in quotes"),
        ("number: 1e999", "number: 1e999 is too large for a number; allowed: a finite number"),
        ("one: 1\none: 2", "one: the key is given twice (first at line 1)"),
        ("{in: {one: 1, one: 2}}", "in.one: the key is given twice (first at line 1)"),
        ("in: {<<: {one: 1}}", "in: merge keys (<<) are not used here; allowed: extends, at the top of the file"),
        ("scale: {022: 3}", "scale.022: the key 022 is a number to some readers of YAML; allowed: the key in quotes"),
        ("one: !!str 1", "one: the tag tag:yaml.org,2002:str is not allowed; allowed: plain values, no tags"),
        ("one: !!python/object/apply:os.system [ls]", "one: the tag tag:yaml.org,2002:python/object/apply:os.system is not allowed; allowed: plain values, no tags"),
        ("one: *nothing", "one: no value above is marked &nothing; allowed: *nothing after the end of what it repeats"),
        ("one: &one [*one]", "one[0]: no value above is marked &one; allowed: *one after the end of what it repeats"),
        ("{[a, b]: 1}", "a list or mapping stands where a key should; allowed: a key of plain text"),
        ("one: &x a\n*x : 2", "an alias stands where a key should; allowed: a key of plain text"),
        ('text: "a\\0b"', "text: holds \\x00, which is not text; allowed: text"),
        ("- a list", "is not a mapping; allowed: keys and values, `key: value`"),
        ("a text", "is not a mapping; allowed: keys and values, `key: value`"),
        ("--- {one: 1}\n--- {two: 2}", "a second document starts here; allowed: one document a file"),
    ],
)  # fmt: skip
def test_what_is_refused_is_told_with_its_key_and_what_is_allowed(text, said, either_parser):
    last_line = text.count("\n") + 1
    assert problems(text) == [f"a.yaml:{last_line}: {said}"]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("meaning: an act: two acts", 1, "is not YAML: mapping values are not allowed in this context; allowed: one `key: value` a line; text with a colon in it stands in quotes"),
        ("one:\n\ttwo: 2", 2, "is not YAML: while scanning for the next token, found character that cannot start any token; allowed: spaces, not tabs, before a key; text that starts with a sign stands in quotes"),
        ("one: 1\n\ttwo: 2", 2, "is not YAML: while scanning a plain scalar that starts at line 1, found a tab character that violates indentation; allowed: spaces, not tabs, before a key"),
        ("one: {a: 1,\n  b: 2\ntwo: 3\n", 3, "is not YAML: while parsing a flow mapping that starts at line 1, did not find expected ',' or '}'; allowed: `{key: value, key: value}`; text with a comma or bracket in it stands in quotes"),
        ("one: 'a\ntwo: 3\n", 3, "is not YAML: while scanning a quoted scalar that starts at line 1, found unexpected end of stream"),
        ("one: 1\ntwo: a\x07b", 2, "is not YAML: control characters are not allowed; allowed: text without control characters"),
        ("", 0, "is empty; allowed: a mapping of keys to values"),
        ("# nothing but a comment", 0, "is empty; allowed: a mapping of keys to values"),
    ],
)  # fmt: skip
def test_what_is_no_yaml_is_told_with_its_line_and_a_hint(text, line, said):
    (found,) = problems(text)
    assert found == (f"a.yaml:{line}: {said}" if line else f"a.yaml: {said}")


def test_everything_wrong_with_the_values_of_a_file_is_told_at_once():
    said = problems("a: 022\nb: 1\nb: 2\nc: [2017-02-30]\n")
    assert [line.split(" ")[0] + line.split(" ")[1] for line in said] == [
        "a.yaml:1:a:",
        "a.yaml:3:b:",
        "a.yaml:4:c[0]:",
    ]


def test_a_value_stands_at_the_line_of_its_key_and_an_item_at_its_own():
    node = parse_yaml("one:\n  two: >-\n    long\n    text\n  three:\n    - a\n    - {b:\n        c}\n", "a.yaml")
    places = {
        (): 1,
        ("one",): 1,
        ("one", "two"): 2,
        ("one", "three"): 5,
        ("one", "three", 0): 6,
        ("one", "three", 1, "b"): 7,
    }
    assert {path: node.node_at(path).place.line for path in places} == places


def test_an_alias_repeats_what_it_names():
    assert parse_yaml("one: &x {a: [1, 2]}\ntwo: *x\n", "a.yaml").plain()["two"] == {"a": [1, 2]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 2_000_000, "is nested too deeply; allowed: at most 30 levels"),
        ("{a: " * 2_000_000, "is nested too deeply; allowed: at most 30 levels"),
        ("- " * 2_000_000, "is nested too deeply; allowed: at most 30 levels"),
        (
            "a: [" + "1," * 100_001 + "]",
            "a[99997]: the file holds too many values, aliases counted each time; allowed: at most 100,000",
        ),
    ],
    ids=["brackets", "braces", "dashes", "values"],
)
def test_what_is_too_much_neither_crashes_nor_recurses(text, said, either_parser):
    (found,) = problems(text)
    assert found.startswith("a.yaml:1: ") and found.endswith(said)


def test_aliases_that_multiply_are_counted_each_time(either_parser):
    rows = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    rows += [
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]"
        for before, name in zip("abcdefghi", "bcdefghij", strict=True)
    ]
    assert problems("\n".join(rows)) == [
        "a.yaml:6: f[0]: the file holds too many values, aliases counted each time; allowed: at most 100,000"
    ]


def test_a_file_is_read_or_said_to_be_unreadable(folder):
    def said(name: str) -> str:
        with pytest.raises(UserError) as caught:
            read_yaml(folder / name, name)
        return str(caught.value)

    (folder / "latin.yaml").write_bytes(b"one: 1\nname: Montr\xe9al\n")
    (folder / "wide.yaml").write_bytes("name: wide".encode("utf-16"))
    (folder / "large.yaml").write_text("# " + "x" * 1_000_000)
    (folder / "folder.yaml").mkdir()
    os.mkfifo(folder / "pipe.yaml")
    assert said("latin.yaml") == "latin.yaml:2: byte 0xe9 is not UTF-8 text; allowed: text encoded as UTF-8"
    assert said("wide.yaml") == "wide.yaml:1: byte 0xff is not UTF-8 text; allowed: text encoded as UTF-8"
    assert said("large.yaml") == "large.yaml: is too large; allowed: at most 1,000,000 bytes"
    assert said("folder.yaml") == "folder.yaml: is a directory; allowed: a file"
    assert said("pipe.yaml") == "pipe.yaml: is not a regular file; allowed: a file"
    assert said("none.yaml") == "none.yaml: there is no such file"
    assert said("two.yaml/a.yaml") == "two.yaml/a.yaml: cannot be read: Not a directory"
    assert said("x" * 300).endswith("cannot be read: File name too long")
    assert said("\0.yaml").endswith("cannot be read: embedded null byte")


def test_a_byte_order_mark_is_no_part_of_the_first_key(folder):
    (folder / "mark.yaml").write_text("name: marked", encoding="utf-8-sig")
    assert read_yaml(folder / "mark.yaml", "mark.yaml").plain() == {"name": "marked"}


TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n\t"), max_size=30)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.dates()
    | TEXTS
)
LOOKALIKES = st.sampled_from(
    [
        "NO",
        "022",
        "0841",
        "12:30",
        "1e-3",
        "null",
        "Null",
        "True",
        "~",
        ".inf",
        "2017-02-30",
        "<<",
        "- a",
        "a: b",
        "#",
        "=",
        "[",
        "&a",
        "!t",
        "@",
    ]
)


@given(
    st.dictionaries(
        TEXTS.filter(lambda key: key != "<<" and not invisible(key)),
        st.recursive(SCALARS | LOOKALIKES, lambda inner: st.lists(inner, max_size=3), max_leaves=5),
        max_size=4,
    )
)
@settings(max_examples=150, deadline=None)
def test_what_is_written_reads_back_to_the_same(data):
    assert parse_yaml(write_yaml(data) if data else "{}", "a.yaml").plain() == data


@given(st.text(st.sampled_from("0123456789.:-+_eExob"), min_size=1, max_size=12))
@settings(max_examples=300, deadline=None)
def test_an_unquoted_scalar_is_a_finite_number_a_date_itself_or_refused(text):
    try:
        value = plain_scalar(text)
    except ValueError:
        return
    if isinstance(value, float | int):
        assert value == float(text)
    else:
        assert str(value) == text
