"""Plots as text."""

import numpy as np

from opinionscope.report.plots import scatter


def test_a_plot_is_as_large_as_it_was_asked_for_whatever_the_terminal():
    shares = np.linspace(0, 1, 40)
    lines = scatter((shares, shares), 0.0, 1.0, 130, 50)
    assert (len(lines), max(map(len, lines))) == (50, 130)
