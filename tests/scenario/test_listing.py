"""Tables of what there is: each says what it holds, and none hangs on the folder that one stands in."""

import json

import pytest
from two import TWO

from sim.scenario.library import shipped_names
from sim.scenario.listing import KINDS, listed_table
from sim.scenario.problems import UserError


def rows(name: str, file: str = "") -> list[dict[str, str]]:
    return json.loads(listed_table(name, file, (), "json"))


def test_without_a_kind_the_kinds_are_listed_with_what_each_holds():
    def more(loaded):
        """List what somebody adds."""
        return []

    listed = json.loads(listed_table("", "", (), "json", {"more": more}))
    assert [row["kind"] for row in listed] == [*KINDS, "more"]
    assert all(row["holds"] for row in listed) and listed[-1]["holds"] == "what somebody adds"


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_holds_something(name):
    assert rows(name)


def test_the_baseline_that_ships_is_listed_wherever_one_stands(folder):
    before = rows("actors")
    (folder / "baseline.yaml").write_text(TWO)
    assert rows("actors") == before
    assert {row["actor"] for row in rows("actors", "./baseline.yaml")} == {"north", "south"}
    assert [row["scenario"] for row in rows("scenarios")] == shipped_names()


def test_a_kind_that_is_none_is_told_with_the_nearest():
    with pytest.raises(UserError, match=r"no table is called 'drive'; .*did you mean 'drives'"):
        listed_table("drive", "", (), "text")
