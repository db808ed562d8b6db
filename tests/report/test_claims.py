"""Claims about the benchmark: what can be computed follows the data, the rest has a source."""

import json
from types import SimpleNamespace

import pytest

from opinionscope.charts.lines import plain
from opinionscope.report.card_drawing import draw_card
from opinionscope.report.claim_checks import CHECKS, Evidence
from opinionscope.report.claims import claims_about
from opinionscope.report.study_card import study_card, with_claims
from opinionscope.survey import Library, PackError

DATASETS = ("opinionqa", "nytimes", "globalopinionqa")


@pytest.fixture(scope="module")
def evidence(bundled_library):
    return Evidence(bundled_library, DATASETS)


@pytest.fixture
def pack_of(tmp_path):
    """Makes evidence of one small pack in the place of a benchmark's."""

    def make(groups=(), incomes=None):
        pack = {
            "format": "opinionscope-pack/1",
            "dataset": "nytimes",
            "title": "Books",
            "card": {"composition": {"income": incomes or {}}},
            "groups": {name: {"party": name} for name in groups},
            "options": ["Yes", "No"],
            "questions": [{"id": "b", "title": "B", "text": "B?"}],
        }
        (tmp_path / "nytimes.pack.json").write_text(json.dumps(pack))
        return Evidence(Library.load([tmp_path]), DATASETS)

    return make


def test_the_card_marks_every_claim_by_word_and_glyph_with_a_source_or_a_computation(bundled_library):
    view = with_claims(study_card(bundled_library, "nytimes"), bundled_library)
    text = plain(draw_card(view, 80))
    verdicts = {each.id: each.verdict for each in view.claims}
    assert len(verdicts) == len(view.claims) >= 12
    assert all(each.computed or each.source for each in view.claims)
    assert {verdicts[name] for name in ("json-against-log-probs", "seven-groups", "measured-by-kl")} == {"false"}
    assert {verdicts[name] for name in ("incomes", "non-naive", "decay-after-rlhf")} == {"not known"}
    assert "✗ false      “JSON is 15.7 % better than log-probs”" in text
    assert "? not known  “Distributional alignment decays after RLHF”" in text
    assert "opinionscope table leaderboard kind:recorded" in text
    waiting = plain(draw_card(study_card(bundled_library, "nytimes"), 80))
    assert "Working out" in waiting


def test_a_reduction_is_true_of_the_data_that_have_it(evidence):
    check = CHECKS["reduction"]
    assert check(evidence, {"share": 0.157}).verdict == "false"
    of_one = check(evidence, {"share": 0.36})
    assert of_one.verdict == "not known"
    assert "gpt-3.5-turbo-0125 36 %" in of_one.because


def test_groups_are_counted_in_the_packs(evidence, pack_of):
    found = CHECKS["groups"](evidence, {"number": 7})
    assert found.verdict == "false"
    assert "4 of OpinionQA and NYT Book Opinions (Democrat, Republican, Male, Female)" in found.because
    assert "2 of OpinionQA (White, Black); and 26 countries" in found.because
    made = {number: pack_of([f"P{at}" for at in range(number)]) for number in (6, 7, 8)}
    verdicts = {number: CHECKS["groups"](each, {"number": 7}).verdict for number, each in made.items()}
    assert verdicts == {6: "false", 7: "true", 8: "false"}


def test_an_income_within_a_band_is_not_known_and_one_beyond_it_false(evidence, pack_of):
    given = {"share": 0.78, "from": 75000}
    found = CHECKS["incomes"](evidence, given)
    assert (found.verdict, found.because.startswith("Implausible")) == ("not known", True)
    poorer = pack_of(incomes={"Less than $30,000": 60, "$30,000 - $99,999": 30, "$100,000 or more": 10})
    assert CHECKS["incomes"](poorer, given).verdict == "false"
    richer = pack_of(incomes={"Less than $75,000": 22, "$75,000 or more": 78})
    assert CHECKS["incomes"](richer, given).verdict == "true"
    assert CHECKS["incomes"](richer, {"share": 0.7, "from": 75000}).verdict == "false"


@pytest.mark.parametrize(
    ("tv_of_mode", "verdict", "closer"), [(0.5, "false", "2 of 2"), (0.3, "false", "1 of 2"), (0.1, "true", "0 of 2")]
)
def test_the_most_frequent_answer_is_held_against_models_and_uniform(tv_of_mode, verdict, closer):
    rows = [("mode", "baseline", tv_of_mode), ("uniform", "baseline", 0.36), ("a", "x", 0.2), ("b", "x", 0.4)]
    board = [{"model": model, "format": form, "tv": tv} for model, form, tv in rows]
    found = CHECKS["majority"](SimpleNamespace(board=board), {})
    assert found.verdict == verdict
    assert closer in found.because


@pytest.mark.parametrize(("sizes", "verdict"), [((1, 1), "true"), ((1, 4, 6), "false")])
def test_estimates_are_counted_behind_each_comparison(sizes, verdict):
    rows = [{"model": "crowdworkers", "tv": 0.25}, {"model": "crowdworkers, one each", "tv": 0.4}]
    items = [SimpleNamespace(singles=((0.5, 0.5),) * size) for size in sizes]
    evidence = SimpleNamespace(board=rows, collection=SimpleNamespace(items=lambda _: items))
    found = CHECKS["estimates"](evidence, {})
    assert found.verdict == verdict
    assert f"{min(sizes)} to {max(sizes)} people's" in found.because
    assert "TV .250. One person alone has .400" in found.because


@pytest.mark.parametrize("name", CHECKS)
def test_without_data_nothing_is_known(name, tmp_path):
    nothing = Evidence(Library.load([tmp_path]), DATASETS)
    assert CHECKS[name](nothing, {"share": 0.5, "number": 7, "from": 1}).verdict == "not known"


@pytest.mark.parametrize("entry", ['verdict = "false"', 'check = "guess"', 'verdict = "true"\nsource = "hearsay"'])
def test_a_claim_without_a_source_or_a_known_check_is_refused(entry, tmp_path, bundled_library):
    path = tmp_path / "benchmark.claims.toml"
    path.write_text(f'datasets = ["nytimes"]\n[sources]\n[[claims]]\nid = "a"\nclaim = "A"\n{entry}\n')
    with pytest.raises(PackError, match=r"claims\[0\]"):
        claims_about("nytimes", bundled_library, path=path)
    assert claims_about("own", bundled_library, path=path) == ()
