"""What a notebook shows of an object is a line: its name, its sizes, its file."""

from dataclasses import replace

import pytest

import sim
from sim.results.estimates import Estimate
from sim.study.folder import SweepFolder
from sim.study.load_study import LoadedStudy


@pytest.fixture(scope="module")
def objects(tmp_path_factory) -> dict[str, object]:
    """Return one of each kind of object that the public face returns, with what hangs on it."""
    out = tmp_path_factory.mktemp("outputs")
    here, there = sim.load("border"), sim.load("border", ["parameters.reciprocity=0.5"])
    run, simulated, compared = sim.run("border", 20, out=out), sim.simulate(here, 20), sim.compare(here, there, 20)
    sim.sweep("backing", 1, out)
    (sweep,) = (out / "backing").iterdir()
    return {
        "loaded": here,
        "compiled": sim.compile_scenario(here),
        "run": run,
        "results": simulated,
        "totals": simulated.totals,
        "tally": run.tally,
        "estimate": sim.estimates(run.tally)[0],
        "comparison": compared,
        "difference": compared.differences[0],
        "parting": compared.parting,
        "study": sim.load_study("backing"),
        "sweep": SweepFolder(sweep),
    }


def test_no_object_takes_more_than_a_line_of_300_signs(objects):
    for kind, one in objects.items():
        text = repr(one)
        assert text.startswith(f"<{type(one).__name__} ") and len(text) <= 300 and text.isprintable(), kind


def test_a_line_holds_name_sizes_and_file(objects):
    run = objects["run"]
    assert repr(objects["loaded"]) == (
        "<Loaded Border dispute (border): 2 actors, 48 actions, 2030-03-01 to 2030-12-31, 0 rows of record>"
    )
    assert "20 runs, seed 1, 2030-03-01 to 2030-12-31>" in repr(run) and run.path.name in repr(run)
    assert "99 points, 1 runs each, seed 1>" in repr(objects["sweep"])
    assert "against" in repr(objects["comparison"]) and "20 pairs of runs" in repr(objects["comparison"])


def test_long_names_and_paths_are_cut(objects):
    loaded, study, estimate = objects["loaded"], objects["study"], objects["estimate"]
    assert isinstance(loaded, sim.Loaded) and isinstance(study, LoadedStudy) and isinstance(estimate, Estimate)
    long = "x" * 1000
    scenario = loaded.scenario.model_copy(update={"name": long})
    named = replace(loaded, file=f"/{long}/mine.yaml", scenario=scenario)
    others = [sim.compile_scenario(named), replace(study, file=long, base=named), replace(estimate, name=long)]
    for one in (named, *others, sim.compare(named, named, 5)):
        assert len(repr(one)) <= 300
    assert "x/mine.yaml): 2 actors" in repr(named)
