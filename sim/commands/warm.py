"""`escalate warm`: the rules compiled beforehand, for images and clusters."""

import click

from sim.commands.desk import Desk, with_desk
from sim.commands.switches import examples


@click.command(
    "warm",
    short_help="Compile the rules beforehand, for images and clusters.",
    epilog=examples(
        "escalate warm",
        "NUMBA_CACHE_DIR=/opt/cache escalate warm",
    ),
)
@with_desk()
def command(desk: Desk) -> None:
    """Compile the rules beforehand, so that later commands start at once.

    They are kept below NUMBA_CACHE_DIR, or else below the user's own folder of caches.
    """
    from sim.commands.compiling import WORK, missing_work
    from sim.rules.cache import kept_folder, why_not_kept
    from sim.scenario.problems import Place, Problem, UserError

    if missing_work(*WORK) and (reason := why_not_kept()):
        raise UserError([Problem(Place("escalate warm", 0), "", reason, "a folder that can be written")])
    folder = kept_folder()
    desk.compile(*WORK)
    desk.answer(f"The compiled rules are in {folder}")
