"""The kind that ships: Cambodia is a case of it, and a new case takes seven lines."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from sim.scenario.compile import Compiled, compile_tables
from sim.scenario.library import shipped_folder
from sim.scenario.load import load

SHORT = """\
extends: kinds/regime_crisis.yaml
name: Short
description: Does the vote end in a ban?
roles: {government: ruritania, opposition: league, outside_powers: grand_duchy, patrons: empire}
actors: {ruritania: {label: Ruritania}, league: {label: League}, grand_duchy: {label: Grand Duchy}, empire: {label: Empire}}
clock: {start: 2030-05-01, replay_until: 2030-08-31, end: 2031-12-31}
dates.vote: {date: 2030-12-09, source: made up}
"""


@pytest.fixture(autouse=True)
def shipped(folder: Path) -> None:
    """The files that ship, in a folder of one's own, as `escalate init` copies them."""
    shutil.copytree(shipped_folder(), folder, dirs_exist_ok=True)


CAST = {"government": "cambodia", "opposition": "opposition", "outside_powers": "united_states", "patrons": "china"}


def written_by_hand(text: str) -> str:
    """The text of a kind or a case with the names of players in place of those of roles, and without its roles."""
    text = re.sub(r"^roles:( .*)?\n(  .*\n)*", "", text, flags=re.M)
    for role, player in CAST.items():
        text = re.sub(rf"(?<!^)\b{role}\b", player, text, flags=re.M)  # a section may be called as a role is
    return text


def compiled(text: str) -> Compiled:
    Path("case.yaml").write_text(text, encoding="utf-8")
    return compile_tables(load("case.yaml"))


def test_the_tables_of_the_baseline_are_those_of_the_kind_written_out_by_hand():
    by_kind = compile_tables(load("./baseline.yaml"))
    for file in ("kinds/regime_crisis.yaml", "parts/commonness.yaml", "baseline.yaml"):
        Path(file).write_text(written_by_hand(Path(file).read_text(encoding="utf-8")), encoding="utf-8")
    by_hand = compile_tables(load("./baseline.yaml"))
    assert by_hand.loaded.scenario.roles is None and by_kind.loaded.scenario.roles is not None
    for name, table in by_hand.tables._asdict().items():
        one, other = np.asarray(table), np.asarray(getattr(by_kind.tables, name))
        assert (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes()), name
    for names in ("actors", "channels", "facts", "drives", "pairs"):
        assert getattr(by_hand, names) == getattr(by_kind, names)
    assert [act.name for act in by_hand.acts] == [act.name for act in by_kind.acts]
    assert [row.name for row in by_hand.loaded.rows_inside] == [row.name for row in by_kind.loaded.rows_inside]


def test_a_new_case_takes_seven_lines_and_a_second_outside_power_one_and_its_label():
    first = compiled(SHORT)
    wider = compiled(SHORT.replace("outside_powers: grand_duchy", "outside_powers: [grand_duchy, republic]") + "actors.republic.label: R\n")  # fmt: skip
    assert wider.actors == sorted([*first.actors, "republic"])
    own = [[act.action for act in one.acts if act.actor == "grand_duchy"] for one in (first, wider)]
    assert own[0] == own[1] == [act.action for act in wider.acts if act.actor == "republic"]
    assert {"visa_measures_grand_duchy", "visa_measures_republic"} < set(wider.facts)


def test_a_government_may_stand_without_a_patron():
    case = SHORT.replace(", patrons: empire", "").replace(", empire: {label: Empire}", "")
    loaded = compiled(case).loaded
    assert not loaded.scenario.patrons and "backing" not in loaded.scenario.parameters


def test_a_case_that_gives_no_date_of_the_vote_hears_of_the_line_of_the_kind():
    with pytest.raises(Exception, match=r"kinds/regime_crisis.yaml:\d+.*: dates.vote.date: is missing"):
        compiled("\n".join(line for line in SHORT.splitlines() if not line.startswith("dates")))


def test_a_parameter_is_called_as_the_case_calls_it():
    assert load("./baseline.yaml").scenario.parameters["backing"].label == "Chinese backing"


def test_the_kind_with_pooled_numbers_is_the_kind_but_for_what_cases_share():
    Path("pooled.yaml").write_text(SHORT.replace("kinds/regime_crisis.yaml", "regime_crisis_pooled"), encoding="utf-8")
    Path("case.yaml").write_text(SHORT, encoding="utf-8")
    pooled, plain = (load(name).resolved() for name in ("pooled.yaml", "case.yaml"))
    assert 0 < pooled["parameters"]["leverage"]["value"] < 1 < plain["parameters"]["leverage"]["value"]
    for shared in ("parameters", "pairs", "caveats", "description"):
        pooled.pop(shared), plain.pop(shared)
    assert pooled == plain
