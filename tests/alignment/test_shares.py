import numpy as np
import pytest

from opinionscope.alignment.spread import student_intervals, wilson_intervals


def test_wilsons_interval_is_that_of_the_literature_and_says_what_nobody_chose():
    # Newcombe 1998, Statistics in Medicine 17(8), table I, method 3.
    found = wilson_intervals([81 / 263, 15 / 148, 0 / 20, 1 / 29], np.array([263, 148, 20, 29]))
    expected = [(0.2553, 0.3662), (0.0624, 0.1605), (0.0, 0.1611), (0.0061, 0.1718)]
    assert found == pytest.approx(np.array(expected), abs=5e-5)


def test_wilsons_interval_holds_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(0)
    truth = np.array([0.62, 0.3, 0.08])
    ends = wilson_intervals(rng.multinomial(40, truth, 4000) / 40, 40)
    covered = ((ends[..., 0] <= truth) & (truth <= ends[..., 1])).mean(axis=0)
    assert np.all(np.abs(covered - 0.95) < 0.025)


def test_repeats_that_agree_leave_no_width_and_those_that_differ_students():
    assert np.ptp(student_intervals([[0.25, 0.75]] * 3), axis=-1) == pytest.approx(0)
    low, high = student_intervals([[0.4, 0.6], [0.5, 0.5]])[0]
    assert (low, high) == (0.0, 1.0)
    low, high = student_intervals([[0.4, 0.6], [0.5, 0.5], [0.45, 0.55]])[0]
    assert high - low == pytest.approx(2 * 4.302653 * 0.05 / 3**0.5)
