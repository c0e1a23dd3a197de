"""One check of scenario files: what it says of a patch, and that no other says it."""

from collections.abc import Callable

import pytest

from sim.scenario import checks


def check_alone_says(
    check: str, patch: str, problems: list[str], patched: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hold a check to all that is said of a patch of the small scenario."""
    assert patched(patch) == sorted(problems, key=lambda problem: (problem.split(":")[0], int(problem.split(":")[1])))
    alone = [(function, sections) for function, sections in checks.CHECKS if function.__name__ == check]
    monkeypatch.setattr(checks, "CHECKS", alone)
    assert set(patched(patch)) & set(problems), "another check says it"
