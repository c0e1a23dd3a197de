"""The command group: the verbs in sections, and errors as messages with exit code 2."""

import sys
from importlib import import_module
from typing import Any

import click

from sim import __version__
from sim.commands.desk import encodable
from sim.scenario.problems import UserError

SECTIONS = {
    "Play": ("run", "trace", "sweep", "explore"),
    "Foresee": ("forecast", "score", "options", "turning"),
    "Compare": ("compare", "sensitivity"),
    "Look": ("show", "list", "plot", "report"),
    "Evidence": ("fit", "pool", "calibrate", "backtest", "facts", "spread", "scales", "priors"),
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
        name = "act_options" if cmd_name == "options" else cmd_name
        command: click.Command = import_module(f"sim.commands.{name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs by section, each with the first sentence of its help."""
        for section, verbs in SECTIONS.items():
            commands = [(verb, self.get_command(ctx, verb)) for verb in verbs]
            with formatter.section(section):
                formatter.write_dl(
                    [(verb, command.get_short_help_str(120)) for verb, command in commands if command is not None]
                )

    def invoke(self, ctx: click.Context) -> Any:
        """Run a verb. On a UserError print all of its problems, and exit with 2."""
        try:
            return super().invoke(ctx)
        except UserError as error:
            for problem in error.problems:
                click.echo(encodable(f"error: {problem}", sys.stderr), err=True)
            sys.exit(2)
        except KeyboardInterrupt:
            sys.exit(130)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="escalate")
def main() -> None:
    """Simulate an international crisis from a scenario file.

    FILE is a path, or the bare name of a scenario that ships (escalate list scenarios); STUDY likewise
    (escalate list studies).
    """
