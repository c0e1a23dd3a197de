"""Which acts are not left to luck: those replayed from the record, forced, or withheld, on any day of the clock."""

import pytest
from two import RECORD, WITH_RECORD

from sim.scenario.load import load
from sim.scenario.schedule import stretches

MOBILISED = "2030-03-02 force north.mobilise"
ACCUSED = "2030-03-03 force south.accuse"
REPEATED = "one entry for an act and a day; null in place of an entry takes it away"


@pytest.fixture
def ordered(patched):
    """The ordered acts of the small scenario with the small record and some settings."""

    def ordered(*settings: str) -> list[str]:
        assert patched(WITH_RECORD, *settings) == []
        return [f"{order.day} {order.do} {order.name}" for order in load("patch.yaml", settings).ordered]

    return ordered


def test_the_marked_rows_are_replayed_with_their_source_and_note(ordered):
    assert ordered() == [MOBILISED, ACCUSED]
    first = load("patch.yaml").ordered[0]
    assert (str(first.place), first.source, first.note, first.replayed) == (
        "record.csv:3",
        "a paper",
        "told late",
        True,
    )


@pytest.mark.parametrize(
    ("settings", "acts"),
    [
        (["record.replay=none"], []),
        (["record.replay=all"], [MOBILISED, ACCUSED]),
        (["record.replay=all", "clock.start=2030-02-01"], ["2030-02-27 force north.accuse", MOBILISED, ACCUSED]),
        (["record.replay=all", "clock.replay_until=2030-05-01"], [MOBILISED, ACCUSED, "2030-05-01 force north.clash"]),
        (["clock.replay_until=2030-03-02"], [MOBILISED]),
        (["record.replay=all", "record.month_only=first"], ["2030-03-01 force north.threaten", MOBILISED, ACCUSED]),
        (["record.replay=all", "record.month_only=last"], [MOBILISED, ACCUSED]),
    ],
)
def test_the_scenario_says_which_rows_are_replayed_until_when_and_on_which_day_of_a_month(ordered, settings, acts):
    assert ordered(*settings) == acts


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("2030-03,north,south,clash,,yes,a paper,", "record.csv:8: date: 2030-03 is marked for replay and names no day; allowed: a day, or record.month_only: first, middle or last"),
        ("2030-02-01,north,south,clash,,yes,a paper,", "record.csv:8: date: 2030-02-01 is marked for replay and lies before the clock; allowed: 2030-03-01 to 2030-12-31"),
        ("2030-03-03,south,north,accuse,,yes,a paper,", "record.csv:8: action: south.accuse on 2030-03-03 is replayed already, from line 4; allowed: one act of a kind a day; say in `outside` that it repeats"),
    ],
)  # fmt: skip
def test_a_marked_row_that_cannot_be_replayed_is_an_error(folder, patched, row, problem):
    (folder / "record.csv").write_text(RECORD + row + "\n")
    assert patched(WITH_RECORD) == [problem]


@pytest.mark.parametrize(
    ("entry", "acts"),
    [
        ("{act: north.clash, date: 2030-03-04, do: force, source: a guess}", [MOBILISED, ACCUSED, "2030-03-04 force north.clash"]),
        ("{act: north.clash, date: 2030-12-31, do: force}", [MOBILISED, ACCUSED, "2030-12-31 force north.clash"]),
        ("{act: south.declare, date: 2030-04-01, do: withhold}", [MOBILISED, ACCUSED, "2030-04-01 withhold south.declare"]),
        ("{act: north.mobilise, date: 2030-03-02, do: withhold}", ["2030-03-02 withhold north.mobilise", ACCUSED]),
        ("{act: south.accuse, date: 2030-03-03, until: 2030-03-05, do: withhold}", [MOBILISED, *(f"2030-03-0{day} withhold south.accuse" for day in (3, 4, 5))]),
    ],
)  # fmt: skip
def test_an_act_is_forced_or_withheld_on_replayed_and_on_free_days(ordered, entry, acts):
    assert ordered(f"acts.what_if={entry}") == acts


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{act: north.accuse, date: 2030-03-04, do: withhold}", "acts.one: north.accuse is not replayed on 2030-03-04, so there is nothing to withhold; allowed: an act that is replayed then, or a free day; did you mean 'south.accuse'?"),
        ("{act: north.mobilise, date: 2030-03-03, do: withhold}", "acts.one: north.mobilise is not replayed on 2030-03-03, so there is nothing to withhold; allowed: a day on which it is: 2030-03-02"),
        ("{act: north.mobilise, date: 2030-03-03, until: 2030-03-05, do: withhold}", "acts.one: north.mobilise is not replayed from 2030-03-03 to 2030-03-05, so there is nothing to withhold; allowed: a day on which it is: 2030-03-02"),
        ("{act: north.mobilise, date: 2030-03-02, do: force}", f"acts.one: north.mobilise on 2030-03-02 is replayed already, at record.csv:3; allowed: {REPEATED}"),
        ("{act: north.clash, date: 2030-05-02, until: 2030-05-04, do: force}", "acts.one.until: an act is forced on one day, so `until` means nothing; allowed: date alone (another entry forces the act that ends it)"),
        ("{act: north.clash, date: 2030-05-02, until: 2030-05-01, do: withhold}", "acts.one.until: 2030-05-01 lies before the date; allowed: 2030-05-02 or later"),
        ("{act: north.clash, date: 2031-05-02, do: force}", "acts.one.date: 2031-05-02 lies outside the clock; allowed: 2030-03-01 to 2030-12-31"),
    ],
)  # fmt: skip
def test_an_entry_that_would_change_nothing_is_an_error(patched, entry, problem):
    assert patched(WITH_RECORD + f"acts.one: {entry}") == [f"patch.yaml:4: {problem}"]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("date: 2030-05-01, do: force", "date: 2030-05-01, do: force", "forced already"),
        ("date: 2030-05-01, do: force", "date: 2030-05-01, do: withhold", "forced already"),
        ("date: 2030-05-01, do: withhold", "date: 2030-05-01, do: force", "withheld already"),
        ("date: 2030-05-01, do: withhold", "date: 2030-04-01, until: 2030-06-01, do: withhold", "withheld already"),
    ],
)
def test_two_entries_may_not_speak_of_one_act_on_one_day(patched, first, second, said):
    patch = f"acts.one: {{act: south.accuse, {first}}}\nacts.two: {{act: south.accuse, {second}}}\n"
    assert patched(patch) == [
        f"patch.yaml:3: acts.two: south.accuse on 2030-05-01 is {said}, at patch.yaml:2; allowed: {REPEATED}"
    ]


def test_acts_are_withheld_by_what_they_have_in_common(ordered):
    absent = "acts.absent={acts: {actor: south}, date: 2030-03-03, until: 2030-03-04, do: withhold}"
    assert ordered(absent) == [
        MOBILISED, "2030-03-03 withhold south.accuse", "2030-03-03 withhold south.declare",
        "2030-03-04 withhold south.accuse", "2030-03-04 withhold south.declare",
    ]  # fmt: skip
    assert [(stretch.days, stretch.names) for stretch in stretches(load("patch.yaml", [absent]).ordered)] == [
        ("2030-03-02", ("north.mobilise",)),
        ("2030-03-03 to 2030-03-04", ("south.accuse", "south.declare")),
    ]


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{acts: {role: imposition}, date: 2030-04-01, do: force}", "acts.x: forces acts by what they have in common, and one that is forced has a name: act"),
        ("{date: 2030-04-01, do: withhold}", "acts.x: needs one of act and acts"),
        ("{act: north.clash, acts: {role: threat}, date: 2030-04-01, do: withhold}", "acts.x: needs one of act and acts"),
        ("{acts: {role: support}, date: 2030-04-01, do: withhold}", "acts.x.acts: selects no action: none fits all of its parts"),
    ],
)  # fmt: skip
def test_what_cannot_be_ordered_by_what_it_has_in_common_is_an_error(patched, entry, problem):
    assert patched(f"acts.x: {entry}\n") == [f"patch.yaml:2: {problem}"]
