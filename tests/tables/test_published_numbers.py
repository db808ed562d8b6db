"""The published rows, the corrected figures and the check figures come out of the tables, given the whole benchmark."""

import csv

import pytest

from opinionscope.selection import parse
from opinionscope.tables import TABLES, Options

pytestmark = pytest.mark.reference

DOMAINS = {"opinionqa": "political", "nytimes": "books", "globalvalues": "global"}
OVERALL = {
    ("anthropic_opus", "verbalized"): (0.2264, 0.2068),
    ("anthropic_opus", "sequence"): (0.3251, 0.3251),
    ("gpt-4", "verbalized"): (0.2290, 0.2285),
    ("gpt-4", "sequence"): (0.2779, 0.2779),
    ("gpt-4", "log-probs"): (0.5499, 0.5499),
    ("gpt-3.5-turbo-0125", "verbalized"): (0.2914, None),
    ("gpt-3.5-turbo-0125", "sequence"): (0.3182, None),
    ("gpt-3.5-turbo-0125", "log-probs"): (0.4555, None),
}
POOLED, OPPOSITE = 0.144, 0.288
CHECK = {
    ("gpt-4", "persona"): (0.198, 0.054, 0.025, 0.085, 0.77),
    ("gpt-4", "few-shot"): (0.193, 0.049, 0.020, 0.079, 0.68),
    ("anthropic_opus", "persona"): (0.181, 0.037, 0.010, 0.066, 0.95),
    ("anthropic_opus", "few-shot"): (0.157, 0.012, -0.014, 0.040, 0.92),
    ("gpt-3.5-turbo-0125", "persona"): (0.325, 0.181, 0.150, 0.215, 0.31),
}


def rows_of(collection, name, text="", **options):
    return TABLES[name](collection, parse(text), Options(**options)).rows


def test_paper_scoring_gives_every_published_row(benchmark, reference):
    rows = rows_of(benchmark, "leaderboard", scoring="paper", by=("domain", "steering"))
    ours = {(row["model"], row["format"], row["domain"], row["steering"]): row for row in rows}
    with (reference / "published_tv.csv").open(encoding="utf-8", newline="") as file:
        published = list(csv.DictReader(file))
    assert len(published) == 64
    off = []
    for row in published:
        found = ours[row["model"], row["format"], DOMAINS[row["dataset"]], row["steering"]]
        half = (found["tv_high"] - found["tv_low"]) / 2
        if abs(found["tv"] - float(row["tv"])) > 0.002 or not 0.85 < half / float(row["half_width"]) < 1.6:
            off.append((row, found["tv"], half))
    assert not off


def test_both_scorings_give_the_overall_means(benchmark):
    paper, corrected = (
        {(row["model"], row["format"]): row["tv"] for row in rows_of(benchmark, "leaderboard", scoring=scoring)}
        for scoring in ("paper", "corrected")
    )
    for key, (published, sound) in OVERALL.items():
        assert paper[key] == pytest.approx(published, abs=0.001), key
        assert sound is None or corrected[key] == pytest.approx(sound, abs=0.001), key
    assert paper["mode", "baseline"] == pytest.approx(0.477, abs=0.001)


CROWD = {
    ("political", "none"): (0.264, 0.2403, 0.3395),
    ("political", "persona"): (0.268, 0.2610, 0.3672),
    ("political", "few-shot"): (0.250, 0.2412, 0.3278),
    ("books", "none"): (0.218, 0.2149, 0.2743),
    ("books", "persona"): (0.251, 0.2489, 0.3213),
    ("books", "few-shot"): (0.217, 0.2120, 0.2687),
}
"""By domain and steering: published; all estimates and one estimate by label, without groups of fewer than 30."""


def test_crowdworkers_as_published_and_with_every_estimate(benchmark):
    found = {}
    by = ("domain", "steering")
    for scoring, text, few in (
        ("paper", "", None),
        ("corrected", "dataset:opinionqa", 30),
        ("corrected", "dataset:nytimes", 0),
    ):
        for row in rows_of(benchmark, "leaderboard", text, scoring=scoring, smallest_n=few, by=by):
            if row["model"].startswith("crowdworkers"):
                assert row["format"] == "baseline"
                found[scoring, row["model"], row["domain"], row["steering"]] = row["tv"]
    for (domain, steering), (published, mean, one) in CROWD.items():
        assert found["paper", "crowdworkers", domain, steering] == pytest.approx(published, abs=0.0005)
        assert found["corrected", "crowdworkers", domain, steering] == pytest.approx(mean, abs=0.0001)
        assert found["corrected", "crowdworkers, one each", domain, steering] == pytest.approx(one, abs=0.0001)


def test_corrected_figures_of_single_cells(benchmark):
    rows = rows_of(benchmark, "leaderboard", by=("domain", "steering"))
    tv = {(row["model"], row["format"], row["domain"], row["steering"]): row["tv"] for row in rows}
    assert tv["gpt-4", "verbalized", "political", "none"] == pytest.approx(0.197, abs=0.001)
    assert tv["anthropic_opus", "verbalized", "books", "few-shot"] == pytest.approx(0.207, abs=0.001)
    assert tv["uniform", "baseline", "books", "persona"] == pytest.approx(0.223, abs=0.001)
    assert tv["mode", "baseline", "political", "persona"] == pytest.approx(0.499, abs=0.001)
    assert tv["mode", "baseline", "books", "persona"] == pytest.approx(0.577, abs=0.001)
    assert tv["perfect answer", "baseline", "books", "persona"] == pytest.approx(0.154, abs=0.0015)


def test_no_model_beats_the_pooled_answer_for_party(benchmark):
    text = "dataset:opinionqa format:verbalized group:democrat,republican steering:persona,few-shot"
    rows = rows_of(benchmark, "added-value", text, smallest_n=5)
    found = {(row["model"], row["steering"]): row for row in rows}
    for key, (tv, further, low, high, _) in CHECK.items():
        row = found[key]
        assert row["tv"] == pytest.approx(tv, abs=0.004), key
        assert row["tv_pooled"] == pytest.approx(POOLED, abs=0.004), key
        assert row["tv_opposite"] == pytest.approx(OPPOSITE, abs=0.004), key
        ours = (-row["added_value"], -row["high"], -row["low"])
        assert ours == pytest.approx((further, low, high), abs=0.004), key
    assert all(row["low"] < 0 for row in rows)


def test_gap_slopes(benchmark):
    text = "group:democrat,republican format:verbalized"
    rows = rows_of(benchmark, "group-shift", text, smallest_n=5)
    slopes = {(row["domain"], row["model"], row["steering"]): row["slope"] for row in rows}
    for (model, steering), (*_, slope) in CHECK.items():
        assert slopes["political", model, steering] == pytest.approx(slope, abs=0.01)
    assert slopes["books", "gpt-4", "persona"] == pytest.approx(0.01, abs=0.01)
    assert slopes["books", "gpt-4", "few-shot"] == pytest.approx(0.06, abs=0.01)


def test_knowledge_to_simulation_gaps(benchmark):
    rows = rows_of(benchmark, "knowledge-to-simulation", scoring="paper")
    gaps = {row["model"]: row["gap"] for row in rows if row["domain"] == "all"}
    expected = {"anthropic_opus": 0.436, "gpt-4": 0.213, "gpt-3.5-turbo-0125": 0.092}
    assert gaps == pytest.approx(expected, abs=0.002)
