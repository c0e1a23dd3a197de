"""Designs are spread as their names say, and are the same for the same seed."""

import numpy as np
import pytest

from sim.optional import needed
from sim.scenario.problems import UserError
from sim.study.design import LEVELS, cube, rows

DESIGNS = ("grid", "lhs", "sobol", "morris", "saltelli")


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("numbers", [0, 1, 3])
def test_a_design_has_as_many_points_as_it_says_inside_the_cube(design, numbers):
    points = cube(design, numbers, 4, seed=1)
    assert points.shape == (rows(design, numbers, 4), numbers)
    assert ((points >= 0) & (points <= 1)).all()


@pytest.mark.parametrize("design", DESIGNS[1:])
def test_the_same_seed_gives_the_same_points_and_another_seed_others(design):
    assert (cube(design, 3, 8, seed=1) == cube(design, 3, 8, seed=1)).all()
    assert not (cube(design, 3, 8, seed=1) == cube(design, 3, 8, seed=2)).all()


def test_a_grid_holds_both_ends_and_one_level_is_the_middle():
    assert cube("grid", 2, 3, 1)[:, 1].tolist() == [0.0, 0.5, 1.0] * 3
    assert cube("grid", 2, 1, 1).tolist() == [[0.5, 0.5]]


def test_a_latin_hypercube_has_one_point_in_every_slice():
    for column in cube("lhs", 3, 10, 1).T:
        assert sorted((column * 10).astype(int)) == list(range(10))


def test_a_sobol_sequence_has_as_many_points_in_every_quarter():
    points = (cube("sobol", 2, 64, 1) * 2).astype(int)
    assert np.unique(points, axis=0, return_counts=True)[1].tolist() == [16] * 4


def test_a_step_of_a_morris_trajectory_moves_one_number_by_the_same_jump():
    steps = np.diff(cube("morris", 3, 5, 1).reshape(5, 4, 3), axis=1)
    assert ((steps != 0).sum(axis=2) == 1).all()
    assert np.abs(steps[steps != 0]) == pytest.approx(LEVELS / (2 * (LEVELS - 1)))


def test_each_row_of_a_saltelli_design_between_its_two_samples_takes_one_number_from_the_other():
    first, *mixed, last = cube("saltelli", 3, 4, 1).reshape(4, 5, 3).transpose(1, 0, 2)
    for number, block in enumerate(mixed):
        others = [column for column in range(3) if column != number]
        assert (block[:, number] == last[:, number]).all() and (block[:, others] == first[:, others]).all()


def test_a_library_that_is_missing_is_named_with_the_command_that_installs_it():
    with pytest.raises(UserError, match=r"pip install -e '\.\[sensitivity\]'"):
        needed("no_such_library.part", "sensitivity", "the design 'morris'")
