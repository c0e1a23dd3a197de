"""Every check of scenario files is tested; what may be meant is a warning; a sound scenario gives none."""

import ast
import inspect
import textwrap

import pytest
from test_check_actions import CASES as OF_ACTIONS
from test_check_names import CASES as OF_NAMES
from test_check_numbers import CASES as OF_NUMBERS
from test_check_questions import CASES as OF_QUESTIONS
from two import line_of, said

from sim.rules.registry import DRIVES as REGISTERED
from sim.scenario import checks
from sim.scenario.load import load

# what is told and is no error: settings of the small scenario, and what is said
TOLD = [
    ("numbers_lie_in_their_own_range", ["parameters.half_life=40"], "--set parameters.half_life=40: parameters.half_life.value: 40 lies outside the range that its entry gives; allowed: 2 to 30, unless it is meant"),
    ("bases_are_given_or_learned", ["channels.south.north.neutral=null"], "--set channels.south.north.neutral=null: channels.south.north.neutral: the base of south → north, neutral, is neither given nor learned from a record; allowed: a base, or a record (without one, runs draw it from `pairs`)"),
    ("records_teach", ["channels.south.north.neutral=null", "clock.start=2030-02-01", "clock.replay_until=2030-02-10", "acts.first_troops.date=2030-02-02", "record={file: record.csv, replay: none, month_only: leave_out}"], "--set record={file: record.csv, replay: none, month_only: leave_o…: record.file: no row has a day up to 2030-02-10, the last that is replayed, so no base is learned from it; allowed: rows of the time before the runs (without any, runs draw bases from `pairs`)"),
    ("steps_lie_in_the_clock", ["parameters.half_life.steps={2031-01-01: 3}"], "--set parameters.half_life.steps={2031-01-01: 3}: parameters.half_life.steps.2031-01-01: the clock ends on 2030-12-31, so this step changes nothing"),
    ("factors_of_nought_leave_answers", ["channels.north.south.hostile.base_times=0"], "--set channels.north.south.hostile.base_times=0: channels.north.south.hostile.base_times.value: at 0 the actor does nothing of its own accord, yet goes on answering what is done to it; allowed: 0 if that is meant; entries of `acts` with do: withhold keep all acts away"),
    ("windows_hold_days", ["clock.end=2030-07-01"], f"two.yaml:{line_of('shots: {metric')}: outcomes.shots.until: summit, 2030-10-01, lies after the clock's end, 2030-07-01, where the question ends"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "settings", "warning"), TOLD, ids=[case[0] for case in TOLD])
def test_what_may_be_meant_is_told_and_is_no_error(check, settings, warning, monkeypatch):
    assert [str(one) for one in load("two.yaml", settings).warnings] == [warning]
    others = [(function, sections) for function, sections in checks.CHECKS if function.__name__ != check]
    monkeypatch.setattr(checks, "CHECKS", others)
    assert not load("two.yaml", settings).warnings


def test_every_check_is_tested():
    assert {case[0] for case in [*OF_NAMES, *OF_NUMBERS, *OF_ACTIONS, *OF_QUESTIONS, *TOLD]} == {
        function.__name__ for function, _ in checks.CHECKS
    }


def test_a_small_scenario_is_sound():
    assert said() == []


def test_every_number_that_a_drive_divides_by_is_declared_where_the_drive_is():
    """`sight.constant` under a fraction line of a drive stands in its divisors, and nothing else does but what its signal divides by."""
    for name, drive in REGISTERED.items():
        tree = ast.parse(textwrap.dedent(inspect.getsource(drive.function)))
        divided = {
            node.right.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and isinstance(node.right, ast.Attribute)
        }
        assert divided <= set(drive.divisors) <= set(drive.needs), name
