"""What `from sim import …` offers has an example each, and the examples run."""

import doctest
from importlib import import_module

import pytest

import sim

EXAMPLES = ("load", "simulate", "estimates", "run", "trace", "compare", "sweep", "forecast", "options", "turning")


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_of_a_public_function_runs(name):
    function = getattr(sim, name)
    module = import_module(function.__module__)
    (example,) = doctest.DocTestFinder(recurse=False).find(function, name, module, globs={})
    assert example.examples
    results = doctest.DocTestRunner().run(example)
    assert results.attempted >= 2 and results.failed == 0


def test_every_name_is_there():
    assert [name for name in sim.__all__ if not hasattr(sim, name)] == []
