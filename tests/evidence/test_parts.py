"""Finished parts of long work: none is lost, none is taken for another, and going on gives what an unbroken run gives."""

import math

import numpy as np
import pytest

from sim import UserError
from sim.evidence.parts import NOT_KEPT, Parts, opened, pack, parts_folder, unpack
from sim.scenario.problems import Place, Problem

PLAN = {"kind": "squares", "runs": 5, "code_hash": "abc"}
TASKS = {f"number {number}": number for number in range(6)}


def square(number: int) -> dict:
    """A part: an array and what JSON holds; module-level, so that processes can make it."""
    return {"values": np.array([number**2, math.nan]), "number": number, "rows": [{"low": math.inf, "of": "ü"}]}


class Stopper:
    """Makes parts until it has made so many, then is stopped as by Ctrl-C."""

    def __init__(self, after: int):
        self.after, self.calls = after, 0

    def __call__(self, number: int) -> dict:
        if self.calls == self.after:
            raise KeyboardInterrupt
        self.calls += 1
        return square(number)


def begin(result, work=square, *, plan=PLAN, resume=False, force=False, tasks=TASKS):
    with opened(result, plan, resume=resume, force=force) as parts:
        return list(parts.collect(work, tasks))


def test_a_part_comes_back_as_it_was_and_has_the_same_bytes():
    part = square(3)
    back = unpack(pack(part))
    assert back["rows"] == part["rows"] and back["number"] == 3
    assert np.array_equal(back["values"], part["values"], equal_nan=True)
    assert pack(part) == pack(square(3)) != pack(square(2))


def refuse(number: int) -> dict:
    raise UserError([Problem(Place("case.yaml", number), "key", "is wrong", "what is right")])


def test_what_a_process_refuses_is_told_in_its_words():
    with pytest.raises(UserError, match=r"case.yaml:\d: key: is wrong; allowed: what is right"):
        list(NOT_KEPT.collect(refuse, {"one": 1, "two": 2}, workers=2))


def test_an_array_of_objects_is_no_part():
    with pytest.raises(TypeError, match="numbers, truth values or text"):
        pack({"values": np.array([{}], object)})


def test_work_that_was_stopped_keeps_its_parts_and_goes_on_with_them(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        begin(tmp_path / "r", Stopper(4))
    assert Parts(parts_folder(tmp_path / "r")).count() == 4
    rest = Stopper(99)
    resumed = begin(tmp_path / "r", rest, resume=True)
    assert rest.calls == 2
    assert [pack(part) for part in resumed] == [pack(part) for part in NOT_KEPT.collect(square, TASKS)]
    assert not parts_folder(tmp_path / "r").exists()


def test_work_that_was_stopped_before_its_first_part_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        begin(tmp_path / "r", Stopper(0))
    assert list(tmp_path.iterdir()) == []


def test_parts_are_the_same_in_the_same_order_whatever_the_workers():
    alone = [pack(part) for part in NOT_KEPT.collect(square, TASKS, workers=1)]
    assert alone == [pack(part) for part in NOT_KEPT.collect(square, TASKS, workers=2)]


def test_what_was_begun_is_gone_on_with_or_begun_again_but_never_in_silence(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        begin(tmp_path / "r", Stopper(2))
    with pytest.raises(UserError, match="begun and is not done; allowed: --resume"):
        begin(tmp_path / "r")
    again = Stopper(99)
    begin(tmp_path / "r", again, force=True)
    assert again.calls == len(TASKS)


def test_parts_of_other_work_are_never_taken(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        begin(tmp_path / "squares-1", Stopper(2))
    with pytest.raises(UserError, match=r"squares-1\.parts was begun with another runs, code"):
        begin(tmp_path / "squares-2", plan={**PLAN, "runs": 6, "code_hash": "abd"}, resume=True)
    with pytest.raises(UserError, match="was begun with another runs"):
        begin(tmp_path / "squares-1", plan={**PLAN, "runs": 6}, resume=True)


def test_resuming_where_nothing_was_begun_begins_it(tmp_path):
    assert len(begin(tmp_path / "r", resume=True)) == len(TASKS)


def test_a_damaged_part_is_named_and_not_used(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        begin(tmp_path / "r", Stopper(2))
    path = next(parts_folder(tmp_path / "r").glob("*.npz"))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(UserError, match=f"{path.name}: is damaged.*--resume"):
        begin(tmp_path / "r", resume=True)


def test_two_processes_are_not_at_work_on_one_result(tmp_path):
    with (
        opened(tmp_path / "r", PLAN, resume=False, force=False),
        pytest.raises(UserError, match="another process is at work"),
    ):
        begin(tmp_path / "r")


def test_progress_counts_every_part_once(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        begin(tmp_path / "r", Stopper(2))
    steps = []
    with opened(tmp_path / "r", PLAN, resume=True, force=False) as parts:
        list(parts.collect(square, TASKS, each=steps.append))
    assert steps == [2, 1, 1, 1, 1]
