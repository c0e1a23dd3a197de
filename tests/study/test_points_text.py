"""What the table of a sweep says of the runs that it sums up."""

import pytest

from sim.commands.sweep import points_text
from sim.study.load_study import load_study
from sim.study.sweep import sweep


@pytest.mark.parametrize(("scenario", "drawn"), [("baseline", True), ("border", False)])
def test_a_sweep_says_whether_its_runs_draw_their_bases(scenario, drawn, tmp_path):
    study = tmp_path / "study.yaml"
    study.write_text(
        f"name: One\ndescription: One?\nscenario: {scenario}\nlevers: {{parameters.rarity: [0.2]}}\nruns: 5\n"
    )
    table = sweep(str(study), out=tmp_path)
    assert ("each run draws the bases" in " ".join(str(points_text(load_study(str(study)), table)).split())) == drawn
