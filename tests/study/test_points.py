"""Points as people design them: on a log scale, whole, under constraints, listed, or of every number that has a range."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from studies import problems_of, write_study

from sim.commands.check import checked_file
from sim.scenario.problems import UserError
from sim.study.constraints import parsed_constraint
from sim.study.load_study import LoadedStudy, load_study
from sim.study.points import points_of
from sim.study.schema import Range, Study

R = "parameters.reciprocity"
DESIGNS = st.sampled_from(["grid", "lhs", "sobol", "morris", "saltelli"])


def rows(design: str, points: int, seed: int, constraints=(), **spreads: Range) -> np.ndarray:
    """The points of a study of numbers a, b, … with ranges of their own."""
    vary = {f"n.{name}": spread for name, spread in spreads.items()}
    study = Study(name="s", description="d", scenario="s", runs=1, design=design, points=points, seed=seed, vary=vary)
    ranges = {key: (spread.low, spread.high) for key, spread in vary.items()}
    return points_of(study, ranges, [parsed_constraint(text) for text in constraints], {}).rows


def study(folder, **entries) -> LoadedStudy:
    return load_study(str(write_study(folder, **entries)))


@settings(deadline=None, max_examples=40)
@given(DESIGNS, st.integers(0, 2**40), st.floats(0.01, 5), st.floats(1.5, 100), st.integers(-3, 5), st.integers(4, 30))
def test_every_point_lies_in_its_range_and_whole_numbers_are_whole(design, seed, low, ratio, first, span):
    log, whole = Range(low=low, high=low * ratio, scale="log"), Range(low=first, high=first + span, integer=True)
    drawn = rows(design, 4, seed, a=log, b=whole)
    assert np.array_equal(drawn, rows(design, 4, seed, a=log, b=whole))
    assert (drawn[:, 0] >= low).all() and (drawn[:, 0] <= low * ratio).all()
    assert set(drawn[:, 1]) <= {float(number) for number in range(first, first + span + 1)}


def test_a_log_range_is_even_over_the_logarithm():
    drawn = rows("lhs", 1000, 1, a=Range(low=0.01, high=100, scale="log"))[:, 0]
    shares = np.histogram(np.log10(drawn), bins=4, range=(-2, 2))[0] / 1000
    assert shares == pytest.approx([0.25] * 4)  # a hypercube of 1,000 has 250 in each quarter
    assert rows("grid", 3, 1, a=Range(low=0.01, high=100, scale="log"))[:, 0] == pytest.approx([0.01, 1, 100])


def test_whole_numbers_are_equally_likely_ends_included():
    drawn = rows("lhs", 600, 1, a=Range(low=1, high=6, integer=True))[:, 0]
    assert np.unique(drawn, return_counts=True)[1].tolist() == [100] * 6
    assert rows("grid", 4, 1, a=Range(low=1, high=10, integer=True))[:, 0].tolist() == [1, 4, 7, 10]


@settings(deadline=None, max_examples=25)
@given(st.sampled_from(["grid", "lhs"]), st.integers(0, 1000))
def test_every_point_meets_every_constraint_and_a_hypercube_has_as_many_as_were_wanted(design, seed):
    unit = Range(low=0, high=1)
    drawn = rows(design, 12, seed, ["n.a < n.b", "2 * n.a + n.b <= 1.5"], a=unit, b=unit)
    assert (drawn[:, 0] < drawn[:, 1]).all() and (2 * drawn[:, 0] + drawn[:, 1] <= 1.5).all()
    assert np.array_equal(drawn, rows(design, 12, seed, ["n.a < n.b", "2 * n.a + n.b <= 1.5"], a=unit, b=unit))
    assert len(drawn) == 12 if design == "lhs" else 0 < len(drawn) < 144


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("n.a < n.b", True), ("n.a > n.b", False), ("2 * n.a + 1 >= n.b", True), ("-n.a <= 0", True), ("n.a - n.b > -1", True),
        ("n.a + n.a <= 0.5", True), ("1e-1 > n.a", False), ("n.b <= 1", True), ("3 < 4 * n.a + n.b - .5", False),
    ],
)  # fmt: skip
def test_a_constraint_compares_two_sums(text, holds):
    columns = {"n.a": np.array([0.25]), "n.b": np.array([1.0])}
    assert parsed_constraint(text).holds(columns).tolist() == [holds]


@pytest.mark.parametrize("text", ["", "n.a", "n.a < n.b < 1", "n.a = 1", "n.a ** 2 < 1", "n.a n.b < 1", "n.a <", "__import__('os') < 1"])  # fmt: skip
def test_what_is_no_constraint_is_not_read_as_one(text):
    assert parsed_constraint(text) is None


def test_a_constraint_may_name_a_number_that_nothing_varies(tmp_path):
    loaded = study(tmp_path, constraints=[f"{R} <= 1.5 * rules.rarity"], levers=None)
    limit = 1.5 * loaded.base.scenario.rules.rarity.value
    assert 0 < loaded.design.max() <= limit
    (warning,) = [problem for problem in loaded.warnings if problem.key == "constraints"]
    assert f"{5 - len(loaded.design)} of 5 points that were drawn break them" in warning.text


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_points_may_be_listed_in_the_study_or_in_a_table_beside_it(tmp_path, separator):
    listed = study(tmp_path, vary=None, points=[{R: 0.1}, {R: 0.25}])
    table = f"{R}{separator}rules.rarity\n0.1{separator}0.2\n0.25{separator}0.3\n\n"
    (tmp_path / "points.csv").write_text(table, encoding="utf-8-sig")
    read = study(tmp_path, vary=None, points="points.csv")
    assert listed.design.tolist() == [[0.1], [0.25]] and read.design.tolist() == [[0.1, 0.2], [0.25, 0.3]]
    assert listed.points == read.points == 4 and read.keys[1:] == [R, "rules.rarity"]
    assert read.scenario_at(1).scenario.rules.rarity.value == 0.3


def test_empty_columns_of_a_spreadsheet_are_no_keys_and_a_point_that_stands_there_twice_is_told(tmp_path):
    (tmp_path / "points.csv").write_text(f"{R};;\n0,1;;\n0,25;;\n0,1;;\n")
    read = study(tmp_path, vary=None, points="points.csv")
    assert read.design.tolist() == [[0.1], [0.25], [0.1]]
    told = [str(warning) for warning in read.warnings if "points" in warning.key]
    assert told == [f"{tmp_path}/points.csv:4: points[2]: is the same as points[0], and is played again"]
    many = study(tmp_path, vary=None, points=[{R: 0.1}] * 300)  # however many they are, they are no error
    assert len(many.design) == 300 and len(many.warnings) > 100
    problems = problems_of(tmp_path, vary=None, points=[{R: 0.1}] * 300 + [{"rules.rarity": 0.1}])
    assert any("there are more problems of one kind" in problem for problem in problems)  # the last of them an error


def test_a_cell_that_is_no_number_is_reported_with_its_line_and_column(tmp_path):
    (tmp_path / "points.csv").write_text(f"{R},rules.rarity\n0.1,0.2\n0.25,much\n0.3\n")
    problems = problems_of(tmp_path, vary=None, points="points.csv")
    assert problems == [
        "/points.csv:3: rules.rarity: found 'much'; allowed: a number",
        "/points.csv:4: rules.rarity: found ''; allowed: a number",
    ]
    (tmp_path / "points.csv").write_text("parameters.reciprocty\n0.1\n")
    assert "did you mean 'parameters.reciprocity'?" in problems_of(tmp_path, vary=None, points="points.csv")[0]


def test_all_is_every_number_that_has_a_range_but_for_levers_and_what_is_left_out(tmp_path):
    every = study(tmp_path, vary="all", design={"method": "lhs", "points": 3})
    assert R in every.study.vary and every.points == 6 and len(every.study.vary) > 1
    fewer = study(tmp_path, vary={"all": True, R: {"high": 0.2}}, levers={"actors.south.strategy": ["unresponsive"]}, leave_out=["*.half*"], design="lhs", points=3)  # fmt: skip
    assert fewer.study.vary[R].high == 0.2
    assert set(every.study.vary) - set(fewer.study.vary) == {"parameters.half_life"}


def test_a_list_of_keys_takes_the_range_of_each(tmp_path):
    listed = study(tmp_path, vary=[R, "parameters.half_life"], design="lhs", points=3)
    assert np.array_equal(
        listed.design, study(tmp_path, vary={R: {}, "parameters.half_life": {}}, design="lhs", points=3).design
    )
    assert (
        study(tmp_path, vary=["all"], design="lhs", points=3).keys
        == study(tmp_path, vary="all", design="lhs", points=3).keys
    )


@pytest.mark.parametrize(
    ("vary", "problem"),
    [
        ([R, R], "vary[1]: parameters.reciprocity stands there twice; allowed: once"),
        ([{R: {"low": 0.1}}], "a key; for a range, `key: {low: …, high: …}`"),
        (["parameters.reciprocty"], "did you mean 'parameters.reciprocity'?"),
    ],
)
def test_a_list_that_names_no_numbers_is_refused(tmp_path, vary, problem):
    assert problem in problems_of(tmp_path, vary=vary)[0]


def test_a_hypercube_that_meets_its_constraints_nowhere_is_refused(tmp_path):
    with pytest.raises(UserError, match="meet them, and 4 are needed"):
        study(tmp_path, design="lhs", points=4, levers=None, constraints=[f"{R} > 1"])


def test_check_says_how_many_points_there_are(tmp_path):
    path = write_study(tmp_path, vary={R: {"low": 0.01, "scale": "log"}}, design="lhs", points=4)
    assert "8 points × 20 runs" in checked_file(str(path)).summary
