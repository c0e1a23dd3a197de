"""Cross-checks: what no single entry can know. One small named function each, run on the sound parts.

A check names the sections that it reads; it is passed over while one of them is unsound, since the form
has been reported already.
"""

from sim.scenario import check_actions, check_ladder, check_names, check_numbers, check_questions  # noqa: F401  (they register)
from sim.scenario.problems import Problem, first_of
from sim.scenario.sound import CHECKS, Sound

__all__ = ["CHECKS", "Sound", "cross_checks"]


def cross_checks(sound: Sound) -> list[Problem]:
    """Return every problem that the checks find in the sound parts."""
    problems: list[Problem] = []
    for function, sections in CHECKS:
        if all(getattr(sound.scenario, section) is not None for section in sections):
            problems += first_of(function(sound))
    return problems
