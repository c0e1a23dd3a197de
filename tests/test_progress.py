"""Progress in plain lines: none for short work, a line now and then for long."""

import sys
from itertools import pairwise

from sim.commands.desk import Desk
from sim.commands.progress import Beats, Lines


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self):
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def lines_of(steps: int, seconds: float) -> list[str]:
    """What is written while so many steps take so long each."""
    clock, written = Clock(), []
    lines = Lines(steps, "sets", "Baseline", 0, written.append, clock)
    for _ in range(steps):
        clock.now += seconds
        lines.update(1)
    return written


def test_work_of_a_few_seconds_says_nothing():
    assert lines_of(100, 0.04) == [] and lines_of(1, 4.9) == []


def test_long_work_says_something_at_each_tenth():
    assert lines_of(100, 2.0)[0] == "Baseline: 5 of 100 sets (5%), 10 s"
    assert len(lines_of(100, 2.0)) == 11
    assert lines_of(100, 2.0)[-1] == "Baseline: 100 of 100 sets (100%), 200 s"


def test_lines_are_ten_seconds_apart_or_more():
    times = [float(line.split()[-2]) for line in lines_of(300, 0.15)]
    assert times and min(b - a for a, b in pairwise(times)) >= 10


def test_slow_work_is_heard_of_every_few_minutes():
    assert len(lines_of(1000, 60.0)) > 100


def test_work_of_unknown_length_is_heard_of_now_and_then():
    clock, written = Clock(), []
    beats = Beats("sets weighed", written.append, clock)
    for _ in range(50):
        clock.now += 1.0
        beats.update(10)
    assert written == ["200 sets weighed, 20 s", "400 sets weighed, 40 s"]


def test_lines_go_to_a_standard_error_that_is_no_terminal_and_nowhere_for_a_machine(capsys, monkeypatch):
    now = iter([0.0, 11.0, 0.0, 11.0])
    monkeypatch.setattr(Lines.__init__, "__defaults__", (lambda: next(now),))
    for desk in (Desk(), Desk(as_json=True)):
        with desk.progress(4, "sets") as each:
            each(1)
    captured = capsys.readouterr()
    assert captured.err == "1 of 4 sets (25%), 11 s\n" and captured.out == ""
    assert not sys.stderr.isatty()
