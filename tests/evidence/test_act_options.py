"""Options and turning points: acts forced or withheld, each run against its twin."""

import json
import re
import shlex
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from sim.commands.group import main
from sim.engine.loop import play_runs
from sim.evidence.act_options import options
from sim.evidence.forced import orders_of_day, played_arm, situation, standing_on, under_orders
from sim.evidence.turning_points import turning
from sim.results.blocks import empty_totals, play_blocks
from sim.rules.arrays import WITHHELD
from sim.scenario.load import load
from sim.scenario.problems import UserError

PAGE = (Path(__file__).parents[2] / "docs" / "options.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def stand():
    return situation("baseline", None, None)


@pytest.fixture(scope="module")
def compiled(stand):
    return stand.compiled()


def acts_of_day(compiled, actor: str, on: date, runs: int = 40) -> list[set[str]]:
    """What an actor does on a day, in each of some runs."""
    day = compiled.day(on)
    done = []
    for _, acts, _ in play_runs(compiled, 1, range(runs)):
        done.append({act.name for code, act in enumerate(compiled.acts) if act.actor == actor and acts[day, code]})
    return done


def test_the_control_has_no_act_of_the_actor_that_day_and_an_option_its_one_act_in_every_run(stand, compiled):
    nothing = under_orders(compiled, orders_of_day(compiled, "cambodia", stand.on))
    forced = under_orders(compiled, orders_of_day(compiled, "cambodia", stand.on, "cambodia.arrest"))
    assert acts_of_day(nothing, "cambodia", stand.on) == [set()] * 40
    assert acts_of_day(forced, "cambodia", stand.on) == [{"cambodia.arrest"}] * 40
    others = acts_of_day(compiled, "united_states", stand.on)
    assert acts_of_day(nothing, "united_states", stand.on) == others


def test_orders_change_nothing_of_what_was_learned_and_nothing_of_the_scenario_itself(stand, compiled):
    before = compiled.tables.schedule.copy()
    other = under_orders(compiled, orders_of_day(compiled, "cambodia", stand.on))
    assert other.teaching is compiled.teaching
    assert np.array_equal(compiled.tables.schedule, before) and not np.array_equal(other.tables.schedule, before)


def test_an_option_that_is_the_control_makes_exactly_no_difference(stand, compiled):
    nothing = under_orders(compiled, orders_of_day(compiled, "cambodia", stand.on))
    arm = played_arm(nothing, nothing, "nothing", stand.outcome, 200, 1, lambda pairs: None)
    assert (arm.effect.mean, arm.parted, arm.first_acts) == (0.0, 0, ())


def test_an_act_that_nothing_answers_changes_nothing_and_one_that_opens_a_door_does():
    rows = {row["change"]: row for row in options("baseline", "government", runs=400).rows()}
    assert rows["cambodia.sue_party"]["low"] > 5.0  # points: the court may rule thirty days later
    table = turning("baseline", runs=400)
    assert table.rows()[0]["change"] == "cambodia.detain_leader" and table.rows()[0]["high"] < 0.0


def test_what_is_available_is_what_the_engine_would_let_the_actor_do(stand, compiled):
    standing = standing_on(stand.loaded, stand.on)
    from sim.engine.crisis import Crisis

    model = Crisis(compiled)
    while model.date < stand.on:
        model.step()
    for act in compiled.acts:
        reason = model.actor(act.actor).reason(stand.on, act.action)
        assert bool(reason.available) == (not standing.failing(act, stand.on)), act.name


def test_acts_that_are_not_available_are_listed_with_the_requirement_that_fails():
    table = options("baseline", "cambodia", runs=100)
    reasons = {row["change"]: row["reason"] for row in table.absent}
    assert "leader_detained must be at most 0, and was 1" in reasons["cambodia.detain_leader"]
    assert {row["change"] for row in table.rows()}.isdisjoint(reasons)
    assert "judgement" in table.text().lower() and "<table>" in table._repr_html_()


def test_on_a_later_day_all_of_the_record_before_it_is_replayed():
    stand = situation("baseline", date(2017, 12, 20), "any_imposition")
    names = {order.name for order in stand.loaded.ordered}
    assert "cambodia.dissolve_party" in names and max(order.day for order in stand.loaded.ordered) < date(2017, 12, 20)
    table = options("baseline", "government", on="2017-12-20", outcome="any_imposition", runs=100)
    assert "cambodia.dissolve_party" in {row["change"] for row in table.absent}


def test_dated_series_are_held_at_what_was_known_on_the_evening_before():
    known = situation("baseline", None, None, as_known=True).loaded.scenario.parameters["north_korea_salience"]
    assert max(known.steps or {date(2017, 9, 1): 0.0}) <= date(2017, 9, 15)
    assert max(load("baseline").scenario.parameters["north_korea_salience"].steps) > date(2017, 9, 15)


def test_strategies_are_those_that_the_actor_does_not_have():
    table = options("border", "north", strategies=True, runs=100)
    own = load("border").scenario.actors["north"].strategy
    assert len(table.rows()) == 5 and own not in {row["change"] for row in table.rows()}


def test_intervals_of_turning_points_are_widened_for_their_number(stand, compiled):
    code = next(code for code, act in enumerate(compiled.acts) if act.name == "cambodia.detain_leader")
    without = under_orders(compiled, [(compiled.day(date(2017, 9, 3)), code, WITHHELD)])
    alone = played_arm(compiled, without, "", stand.outcome, 400, 1, lambda pairs: None).effect
    (row,) = [row for row in turning("baseline", runs=400).rows() if row["change"] == "cambodia.detain_leader"]
    assert row["difference"] == alone.mean and row["low"] < alone.low < alone.high < row["high"]


def test_threads_change_no_outcome(compiled):
    one, two = (
        np.concatenate([block.outcomes for block in play_blocks(compiled, 1, range(1200), empty_totals(compiled), threads=threads)])
        for threads in (1, 2)
    )  # fmt: skip
    assert np.array_equal(one, two, equal_nan=True)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: options("baseline", "cambodja"), "did you mean 'cambodia'?"),
        (lambda: options("european_union", "outside_powers"), "2 actors play the role outside_powers"),
        (lambda: options("baseline", "cambodia", outcome="dissolved"), "no outcome is called 'dissolved'"),
        (lambda: options("baseline", "cambodia", on="2019-09-01"), "lie beyond 2018-09-30"),
        (lambda: options("baseline", "cambodia", on="2016-01-01"), "teaches too little"),
        (lambda: options("border", "north", on="2030-06-01"), "names no record of dated acts"),
        (lambda: options("baseline", "cambodia", outcome="imposed"), "no outcome of one answer is called 'imposed'"),
        (lambda: turning("baseline", settings=["record.replay=none", "clock.replay_until=2017-08-21"]), "there is nothing to withhold"),
    ],
)  # fmt: skip
def test_what_the_case_does_not_have_is_an_error(call, words):
    with pytest.raises(UserError) as error:
        call()
    assert words in str(error.value)


@pytest.mark.slow
def test_every_command_and_line_of_the_page_works(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for kind, block in re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.M | re.S):
        if kind == "python":
            exec(block, {})
        for line in block.splitlines() if kind == "sh" else []:
            _, *arguments = shlex.split(line)
            result = CliRunner().invoke(main, arguments)
            assert result.exit_code == 0, f"{line}\n{result.output}"
    assert len(list(Path().glob("outputs/baseline/*/figures/*.png"))) == 4
    again = CliRunner().invoke(main, ["turning", "baseline", "--runs", "500", "--json"])
    assert json.loads(again.stdout)["unit"] == "points"
