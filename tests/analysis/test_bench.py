"""The loop in C, which the benchmark races, follows the rules: it compiles, and does the same acts."""

import shutil

import pytest

from analysis.bench.c_loop import compiled_loop
from sim.engine.learning import compile_scenario
from sim.scenario.load import load

pytestmark = pytest.mark.slow  # and the same on every Python


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler, cc")
@pytest.mark.parametrize("name", ["baseline", "venezuela"])
def test_the_loop_in_c_compiles_and_does_the_acts_of_the_rules(name, tmp_path):
    """Venezuela has two patrons, and facts that hold at the start. Other acts raise RuntimeError."""
    loop = compiled_loop(compile_scenario(load(name)), tmp_path)
    assert loop is not None and loop.play(1, 500, 1)[1:] == loop.play(1, 500, 2)[1:]
