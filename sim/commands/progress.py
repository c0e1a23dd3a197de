"""How far long work has come: a bar on a terminal, and plain lines for a log, a pipe or a scheduler's file."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STEP_SECONDS = 10.0  # between two lines, at least
STEP_SHARE = 0.1  # of the work, between two lines
BEAT_SECONDS = 20.0  # between two lines of work of unknown length
LONGEST_SECONDS = 300.0  # between two lines, even if less than that share was done


class Lines:
    """Writes a line now and then.

    The first comes after STEP_SECONDS, so short work says nothing. The next ones come once STEP_SHARE more is done, and
    never sooner than STEP_SECONDS after the last; where the work is slow, after LONGEST_SECONDS.

    Parameters: total, how much there is to do; unit, of what; name, of the work; initial, how much is done already;
    write, takes a line; clock, returns seconds.
    """

    def __init__(
        self,
        total: int,
        unit: str,
        name: str,
        initial: int,
        write: Callable[[str], object],
        clock: Callable[[], float] = time.monotonic,
    ):
        self.total, self.unit, self.name = total, unit, name
        self.write, self.clock = write, clock
        self.finished = self.last_finished = initial
        self.begun = self.last_time = clock()
        self.has_spoken = False

    def update(self, more: int) -> None:
        """Take how much more is done, and write a line if it is time for one."""
        self.finished += more
        now = self.clock()
        waited, share = now - self.last_time, (self.finished - self.last_finished) / max(1, self.total)
        far = not self.has_spoken or share >= STEP_SHARE or waited >= LONGEST_SECONDS or self.finished >= self.total
        if waited >= STEP_SECONDS and far:
            self.last_time, self.last_finished, self.has_spoken = now, self.finished, True
            share = self.finished / max(1, self.total)
            head = f"{self.name}: " if self.name else ""
            self.write(f"{head}{self.finished:,} of {self.total:,} {self.unit} ({share:.0%}), {now - self.begun:.0f} s")


class Beats:
    """Writes a line every BEAT_SECONDS while work goes on of which nobody knows how much there is.

    Parameters: unit, of what; write, takes a line; clock, returns seconds.
    """

    def __init__(self, unit: str, write: Callable[[str], object], clock: Callable[[], float] = time.monotonic):
        self.unit, self.write, self.clock = unit, write, clock
        self.finished = 0
        self.begun = self.last_time = clock()

    def update(self, more: int) -> None:
        """Take how much more is done, and write a line if it is time for one."""
        self.finished += more
        now = self.clock()
        if now - self.last_time >= BEAT_SECONDS:
            self.last_time = now
            self.write(f"{self.finished:,} {self.unit}, {now - self.begun:.0f} s")


@contextmanager
def bar(total: int, unit: str, name: str, initial: int) -> Iterator[Callable[[int], object]]:
    """Draw a bar on standard error, with the rate and the time that is left; it is taken away at the end.

    Parameters: as those of `Lines`. Yields a function that takes how much more is done.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
    from rich.table import Column
    from rich.text import Text

    class Rate(ProgressColumn):
        """Shows how much is done in a second, or how long each takes."""

        def render(self, task: Task) -> Text:
            """Return the rate as text."""
            speed = task.finished_speed or task.speed or 0.0
            many = f"{speed:,.0f} a second" if speed >= 10.0 else f"{speed:.2g} a second"
            return Text(many if speed > 0.0 else "")

    counted = TextColumn("{task.completed:,.0f} of {task.total:,.0f} " + unit)
    columns = [BarColumn(20), counted, Rate(), TimeRemainingColumn()]
    with Progress(
        TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True, ratio=1)),
        *columns,
        console=Console(stderr=True),
        transient=True,
    ) as progress:
        task = progress.add_task(name or unit, total=total, completed=initial)
        yield lambda more: progress.update(task, advance=more)


@contextmanager
def wheel(text: str) -> Iterator[None]:
    """Turn a wheel beside a text on standard error until the block ends."""
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status(Text(text)):
        yield
