"""The command group: the verbs in sections, and errors as messages with exit code 2."""

import sys
from importlib import import_module
from typing import Any

import click

from sim import __version__
from sim.commands.desk import complain, helpful_first
from sim.commands.switches import WholeNumber, examples
from sim.scenario.problems import UserError, nearest, shown

SECTIONS = {
    "Play": ("run", "trace", "sweep", "explore", "forecast"),
    "Compare": ("compare", "options", "turning", "sensitivity"),
    "Look": ("show", "list", "plot", "report"),
    "Evidence": ("fit", "pool", "calibrate", "backtest", "score", "facts", "spread", "scales", "priors"),
    "Make": ("init", "check", "record", "warm"),
}
VERBS = [verb for verbs in SECTIONS.values() for verb in verbs]


class Group(click.Group):
    """Loads a verb's file when it is named, and turns the errors that a user can make into messages."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs, in the order of their sections."""
        return VERBS

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a verb; None for an unknown verb.

        It is `command` of the file that is named as the verb.
        """
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"sim.commands.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs by section, each with the first sentence of its help."""
        for section, verbs in SECTIONS.items():
            commands = [(verb, self.get_command(ctx, verb)) for verb in verbs]
            with formatter.section(section):
                formatter.write_dl(
                    [(verb, command.get_short_help_str(120)) for verb, command in commands if command is not None]
                )

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb that is typed. Fails with the nearest verb where there is none of that name."""
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            ctx.fail(no_command(args[0]))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a verb. On an error print what is wrong, the most helpful first, and exit with 2."""
        try:
            return super().invoke(ctx)
        except UserError as error:
            for problem in helpful_first(error.problems):
                complain(f"error: {problem}")
        except click.UsageError as error:
            complain(f"error: {usage_text(error)}")
            if error.ctx is not None:
                click.echo(f"{error.ctx.get_usage()}\n{error.ctx.command_path} --help says more.", err=True)
        except KeyboardInterrupt:
            sys.exit(130)
        sys.exit(2)


def usage_text(error: click.UsageError) -> str:
    """Say what is wrong with an option or an argument: what was found, what is allowed, the nearest name."""
    if isinstance(error, click.NoSuchOption) and error.ctx is not None:
        options = [name for param in error.ctx.command.params for name in param.opts if name.startswith("--")]
        similar = nearest(error.option_name, options)
        return f"no option is called '{shown(error.option_name)}'" + (f"; did you mean '{similar}'?" if similar else "")
    if isinstance(error, click.BadParameter) and error.param and isinstance(error.param.type, WholeNumber):
        value, limits = error.message.partition(" is not ")[0], error.param.type.limits_text()
        return f"{error.param.opts[0]}: found {value}; allowed: a whole number, {limits}"
    return error.format_message()


def no_command(name: str) -> str:
    """Say that there is no such verb, and which is the nearest."""
    similar = nearest(name, VERBS)
    hint = f"; did you mean '{similar}'?" if similar else ""
    return f"no command is called '{shown(name)}'{hint}"


@click.group(
    cls=Group,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples("escalate run baseline", "escalate compare baseline baseline+weak_backing"),
)
@click.version_option(__version__, prog_name="escalate")
def main() -> None:
    """Simulate an international crisis from a scenario file.

    FILE is a path, or the bare name of a scenario that ships (escalate list scenarios); a variant is laid over it
    with a plus (escalate list variants). STUDY likewise (escalate list studies).

    Tables fit the terminal, --wide shows every column. In a pipe or a file lines of text have 100 signs, tables have
    all of their columns, and nothing has colour (nor where NO_COLOR is set).
    """
