"""Shared by all tests: the toy scenarios are importable as `toy`, and the baseline is compiled once."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from toy import shipped


@pytest.fixture(scope="session")
def baseline():
    """The baseline, compiled."""
    return shipped("baseline")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no worker is left with it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
