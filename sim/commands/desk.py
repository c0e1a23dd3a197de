"""The desk of a command: where its results go, what it prints, and how far its work has come.

The result goes to standard output, as text or as JSON; all other messages go to standard error, and nowhere
when a machine reads. What cannot be printed is written all the same, and the error blames the output.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.commands.progress import Lines, bar, wheel
from sim.commands.screen import RED, YELLOW, is_terminal, message, screen_of
from sim.commands.switches import DESK_OPTIONS
from sim.scenario.problems import Place, Problem, UserError

if TYPE_CHECKING:
    from sim.evidence.folder import EvidencePlan
    from sim.evidence.parts import Parts
    from sim.layout import Page, Screen
    from sim.results.posterior import Posterior
    from sim.scenario.compile import Compiled

MOST_ALIKE = 2  # warnings of one kind that are all shown
Row = dict[str, Any]
Each = Callable[[int], object]


def counted(number: int, noun: str) -> str:
    """Write a number of things: 1 row, 2 rows."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


@dataclass
class Desk:
    """The surroundings of a command.

    out: where folders of results go. as_json: print data for a machine. force: make a result again although it exists.
    verify: check the contents of a result that exists, and not only the sizes of its files. wide: keep every column of
    a table, however narrow the terminal.
    """

    out: Path = Path("outputs")
    as_json: bool = False
    force: bool = False
    verify: bool = False
    wide: bool = False
    notes: set[str] = field(default_factory=set)
    warned: set[tuple[str, str]] = field(default_factory=set)
    result: Path | None = None
    print_error: OSError | None = None
    has_compiled: bool = False

    # --- words

    def screen(self) -> "Screen":
        """Return the screen that results are laid out for."""
        return screen_of(sys.stdout, self.wide)

    def answer(self, result: "str | Page") -> None:
        """Print a result, or remember that it could not be printed.

        Parameters: result, a page, which is laid out for the terminal or as a pipe gets it; or text, printed as it is.
        """
        try:
            if sys.stdout is None:
                raise OSError("it is closed")
            text = result if isinstance(result, str) else result.text(self.screen())
            click.echo(encodable(text, sys.stdout))
            sys.stdout.flush()
        except OSError as error:
            self.print_error = self.print_error or error
            with suppress(OSError, ValueError):  # what is left unsaid must not be tried again at the exit
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def answer_data(self, data: Any) -> None:
        """Print a result as JSON."""
        from sim.keeping import json_text

        self.answer(json_text(data))

    def note(self, text: str) -> None:
        """Say something beside the result, once."""
        self._say(text)

    def _say(self, text: str, colour: str = "") -> None:
        if not self.as_json and text not in self.notes:
            click.echo(encodable(message(text, colour), sys.stderr), err=True)
        self.notes.add(text)

    def warn(self, problems: Iterable[Problem], whole: bool = False) -> None:
        """Say each warning once in a command; of many of one file and section, the first and how many more there are.

        Parameters: whole, all of them, however many.
        """
        groups: dict[object, list[str]] = {}
        for problem in problems:
            warning, group = (problem.key, problem.text), (problem.place.file, problem.key.partition(".")[0])
            if warning not in self.warned:
                self.warned.add(warning)
                groups.setdefault(group, []).append(str(problem))
        for lines in groups.values():
            shown = lines if whole or len(lines) <= MOST_ALIKE else lines[:1]
            for line in shown:
                self._say(f"warning: {line}", YELLOW)
            if len(shown) < len(lines):
                self._say(f"warning: {len(lines) - 1} more of this kind (escalate check lists them all)", YELLOW)

    @contextmanager
    def progress(self, total: int, unit: str, name: str = "", initial: int = 0) -> Iterator[Each]:
        """Show how far long work has come: a bar on a terminal, elsewhere a line now and then (see `Lines`).

        Parameters: total, how much there is to do; initial, how much of it is done already.
        Yields a function that takes how much more is done.
        """
        if self.as_json or sys.stderr is None or not total:
            yield lambda more: None
        elif is_terminal(sys.stderr):
            with bar(total, unit, name, initial) as update:
                yield update
        else:
            yield Lines(
                total, unit, name, initial, lambda line: click.echo(encodable(line, sys.stderr), err=True)
            ).update

    def close(self) -> None:
        """Raise UserError if the result could not be printed."""
        if self.print_error is not None and not isinstance(self.print_error, BrokenPipeError):
            text = f"cannot be written: {self.print_error.strerror or self.print_error}"
            written = f"the complete result is in {self.result}" if self.result else "an output that can be written"
            raise UserError([Problem(Place("standard output", 0), "", text, written)])

    def compile(self, *kinds: str) -> None:
        """Compile the rules for some kinds of work, as far as they are not kept compiled, and say so: it takes a while.

        Parameters: kinds, keys of `compiling.WORK`.
        Raises UserError for a rule that breaks a law.
        """
        from sim.commands.compiling import compile_work, missing_work, purposes
        from sim.rules.cache import FURTHER_SECONDS, SECONDS, why_not_kept

        if not (missing := missing_work(*kinds)):
            return
        reason = why_not_kept()
        seconds = FURTHER_SECONDS if self.has_compiled else SECONDS
        text = f"Compiling the rules for {purposes(missing)}, {'about' if reason else 'once, about'} {seconds} s"
        self.has_compiled = True
        if reason:
            self.note(f"{reason[0].upper()}{reason[1:]}.")
        if self.as_json or not is_terminal(sys.stderr):
            self.note(f"{text}.")
            compile_work(*missing)
        else:
            with wheel(text):
                compile_work(*missing)

    # --- results

    def keep(self, folder: Path, noun: str, work: Callable[[Path], object]) -> bool:
        """Make a result's folder by `work`, unless a whole one exists, and say which.

        Parameters: noun, what the result is called; work, writes it into a folder.
        Returns whether it was made. Raises UserError where it cannot be written, or exists and is damaged.
        """
        from sim.keeping import keep

        is_new = keep(folder, work, force=self.force, contents=self.verify)
        self.result = folder
        if not is_new:
            self.note(f"An identical {noun} is in {folder} (--force makes it again).")
        return is_new

    def keep_in_parts(
        self, plan: "EvidencePlan", noun: str, work: "Callable[[Path, Parts], object]", resume: bool
    ) -> bool:
        """Make a result's folder by `work`, as `keep` does, from parts that stay on disk until it is whole.

        Parameters: work, writes the result into a folder, of parts that it collects; resume, go on from those that
        were kept when it was stopped.
        Returns whether it was made. Raises UserError as `keep` and `parts.opened` do.
        """
        from sim.evidence.parts import opened
        from sim.keeping import is_whole

        folder = plan.folder(self.out)
        if is_whole(folder) and not self.force:
            return self.keep(folder, noun, lambda part: None)
        with opened(folder, plan.begun_with, resume=resume, force=self.force) as parts:
            try:
                return self.keep(folder, noun, lambda part: work(part, parts))
            except KeyboardInterrupt:
                if parts.count():
                    self.note(
                        f"Stopped. {parts.count()} finished parts are in {parts.folder}; --resume goes on with them."
                    )
                raise

    def keep_rows_in_parts(
        self, plan: "EvidencePlan", work: "Callable[[Parts], Sequence[Row]]", resume: bool
    ) -> list[Row]:
        """Make a result that is one table from parts, unless it exists.

        Returns its rows. Raises UserError as `keep_in_parts` does.
        """
        from sim.keeping import read_rows

        self.keep_in_parts(plan, "result", lambda part, parts: plan.write(part, {plan.kind: work(parts)}), resume)
        return read_rows(plan.folder(self.out) / f"{plan.kind}.parquet")

    def draw(self, folder: Path, figures: Sequence[str], work: Sequence[str] = ()) -> None:
        """Draw those figures of a finished folder that it lacks.

        Parameters: work, the kinds of compiled work that drawing takes.
        Raises UserError, with the command that draws them, where they cannot be drawn: the folder stays whole.
        """
        missing = [name for name in figures if self.force or not (folder / "figures" / f"{name}.png").is_file()]
        if not missing:
            return
        self.compile(*work)
        from sim.figures.plot import plot

        try:
            plot([folder], missing, note=lambda text: None)
        except UserError:
            raise
        except Exception as error:  # whatever a drawing library raises, the results are there
            text = f"the figures cannot be drawn: {type(error).__name__}: {error}"
            allowed = f"the results are complete; run escalate plot {folder}, once this is mended"
            raise UserError([Problem(Place(str(folder), 0), "", text, allowed)]) from error

    # --- what scenarios are played with

    def read_posterior(self, compiled: "Compiled", fit: Path | None) -> "Posterior | None":
        """Read the draws of a fit, and say what is drawn; None without a fit.

        Raises UserError for draws that are not sound, or do not fit the scenario.
        """
        if fit is None:
            return None
        from sim.results.posterior import Posterior, read_draws

        posterior = Posterior(compiled, read_draws(fit))
        for line in posterior.in_words():
            self.note(line)
        return posterior


def complain(text: str, colour: str = RED) -> None:
    """Print an error or a warning, its first word in colour on a terminal."""
    click.echo(encodable(message(text, colour), sys.stderr), err=True)


def helpful_first(problems: Sequence[Problem]) -> list[Problem]:
    """Sort problems: first those with the name that was meant, of which others are often only the consequence."""
    return sorted(problems, key=lambda problem: not problem.nearest)


def encodable(text: str, stream: Any) -> str:
    """Return text that a stream can take: what its encoding does not have is written as an escape."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def with_desk(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command a desk, with those of its options that are named: out, force, verify, json."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap a command, so that it gets a desk."""

        @wraps(function)
        def with_options(*arguments: Any, **options: Any) -> Any:
            """Make a desk of the options, and call the command."""
            fields = {DESK_OPTIONS[name].field: options.pop(DESK_OPTIONS[name].field) for name in names}
            desk = Desk(**fields)
            try:
                return function(desk, *arguments, **options)
            finally:
                if not isinstance(sys.exception(), UserError):
                    desk.close()

        command: Callable[..., Any] = with_options
        for name in reversed(names):
            command = DESK_OPTIONS[name].option(command)
        return command

    return decorate


@contextmanager
def hazards_named(file: str) -> Iterator[None]:
    """Turn a hazard that is not a number into an error of the scenario. Raises UserError."""
    try:
        yield
    except ArithmeticError as error:
        problem = Problem(Place(file, 0), "", str(error), "numbers with which every hazard is a number")
        raise UserError([problem]) from None
