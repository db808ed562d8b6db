"""The measures held against popfidelity (PyPI, Apache-2.0), whose Rust shares no code with this program.

To 1e-9 they agree on total variation, Jensen–Shannon and its distance, 1-Wasserstein, spread and entropy ratio, an
item's score, missed mass, top gap, and on KL where no share is 0. Where they do not, the definitions differ:

- KL: popfidelity adds ε to every share of both sides and normalises them again; here only the model's side is smoothed,
  q' = (1 − ε) q + ε / K. With ε = 0 popfidelity gives nan where nobody chose an option; here its term is 0.
- Logarithms: popfidelity takes base 2 if none is named; here KL and JS are in nats, and only the JS distance in base 2.
- 1-Wasserstein: popfidelity wants positions that increase strictly, for all options; here they stand in any order, and
  options without a value (refusals) take no part.
- Spread ratio where all people chose the same option: infinite in popfidelity, not defined (nan) here.
- Score: popfidelity divides by the data set's mean TV of uniform unless told `per_item`; here it is the item's own.
"""

import math

import numpy as np
import pytest

from opinionscope.alignment.measures import MEASURES
from opinionscope.alignment.pairs import Pairs

pf = pytest.importorskip("popfidelity")
from popfidelity import alignment, dispersion, metrics  # noqa: E402

ROWS, VALUES = 200, np.array([1.0, 2.0, 4.0, 5.0, 9.0])


def near(expected):
    return pytest.approx(expected, rel=1e-9, abs=1e-9, nan_ok=True)


def paired(human, model, values=VALUES):
    rows, nothing = len(human), np.full(len(human), np.nan)
    return Pairs(human, model, np.ones_like(human, bool), np.tile(values, (rows, 1)), nothing, nothing)


@pytest.fixture(scope="module")
def pairs():
    """Random pairs, some with options that one side or both never chose."""
    rng = np.random.default_rng(5)
    human, model = rng.dirichlet(np.ones(5), ROWS), rng.dirichlet(np.full(5, 0.3), ROWS)
    human[:60, 1] = model[30:90, 2] = model[40:50, 1] = 0
    return paired(*(side / side.sum(axis=1, keepdims=True) for side in (human, model)))


@pytest.fixture(scope="module")
def cells(pairs):
    labels = tuple(f"{at:03}" for at in range(ROWS))
    return [pf.Cells(labels, tuple("ABCDE"), side) for side in (pairs.human, pairs.model)]


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("tv", lambda p, q: metrics.distance(p, q, "total_variation")),
        ("js", lambda p, q: metrics.distance(p, q, "js_divergence", base=math.e)),
        ("js_distance", lambda p, q: 1 - alignment.globalopinionqa_similarity(p, q)),
        ("wasserstein", lambda p, q: metrics.distance(p, q, "wasserstein", positions=VALUES)),
        ("wasserstein_normalised", lambda p, q: 1 - alignment.opinionqa_alignment(p, q, VALUES)),
        ("spread_ratio", lambda p, q: metrics.distance(p, q, "sd_ratio", positions=VALUES)),
        ("entropy_ratio", lambda p, q: metrics.entropy(q) / metrics.entropy(p)),
        ("score", lambda p, q: [alignment.simbench_score(*each, per_item=True) for each in zip(p, q, strict=True)]),
    ],
)
def test_both_agree(pairs, name, theirs):
    assert MEASURES[name](pairs) == near(np.asarray(theirs(pairs.human, pairs.model)))


def test_both_agree_on_what_the_model_leaves_out_and_on_the_first_choice(pairs, cells):
    missed = dispersion.support_collapse(*cells)["unexpressed_prevalence"].to_numpy()
    modal = dispersion.modal_collapse(*cells)
    assert MEASURES["missed_mass"](pairs) == near(missed)
    top = (modal["model_concentration"] - modal["survey_concentration"]).to_numpy()
    assert MEASURES["top_gap"](pairs) == near(top)


def test_means_and_baselines_of_the_benchmark_agree(pairs):
    theirs = alignment.meister_alignment(pairs.human, pairs.model)
    assert MEASURES["tv"](pairs).mean() == near(theirs["total_variation"])
    assert (1 - pairs.human.max(axis=-1)).mean() == near(theirs["majority_baseline"])


def test_kl_agrees_without_zeros_and_is_smoothed_in_another_way(pairs):
    human, model = pairs.human, pairs.model
    known = (human > 0).all(axis=1) & (model > 0).all(axis=1)
    plain = metrics.distance(human[known], model[known], "kl", epsilon=0.0, base=math.e)
    assert MEASURES["kl_unsmoothed"](pairs)[known] == near(plain)
    ours, epsilon = MEASURES["kl"](pairs), pairs.epsilon
    added = epsilon / 5 / (1 - epsilon)
    theirs = metrics.distance(human, model, "kl", epsilon=added, base=math.e)
    both = [(side + added) / (1 + 5 * added) for side in (human, model)]
    assert theirs == near((both[0] * np.log(both[0] / both[1])).sum(axis=1))
    assert np.abs(theirs - ours).max() > 0.01
    in_bits = metrics.distance(human[known], model[known], "kl", epsilon=0.0)
    assert in_bits * math.log(2) == near(plain)


def test_the_edges_are_defined_differently(pairs):
    one, other = np.array([[0.0, 1.0, 0.0, 0.0, 0.0]]), pairs.model[:1]
    assert np.isinf(metrics.distance(one, other, "sd_ratio", positions=VALUES)).all()
    assert np.isnan(MEASURES["spread_ratio"](paired(one, other))).all()
    assert np.isnan(metrics.distance(one, other, "kl", epsilon=0.0)).all()
    assert MEASURES["kl_unsmoothed"](paired(one, other)) == near(-np.log(other[:, 1]))
    assert np.isinf(metrics.distance(other, one, "kl", epsilon=0.0)).all()
    assert np.isinf(MEASURES["kl_unsmoothed"](paired(other, one))).all()
    backwards = VALUES[::-1]
    with pytest.raises(ValueError, match="increase"):
        metrics.distance(one, other, "wasserstein", positions=backwards)
    mirrored = MEASURES["wasserstein"](paired(one[:, ::-1], other[:, ::-1], backwards))
    assert mirrored == near(metrics.distance(one, other, "wasserstein", positions=VALUES))
    whole = alignment.simbench_score(pairs.human, pairs.model)
    assert whole != pytest.approx(MEASURES["score"](pairs).mean(), abs=1)
