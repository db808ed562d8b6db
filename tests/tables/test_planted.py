"""Tables over answers in which the truth is known: it comes back, with the uncertainty that is claimed."""

from datetime import UTC, datetime

import numpy as np
import pytest
from msgspec.structs import replace

from opinionscope.alignment.together import holm
from opinionscope.charts.lines import plain
from opinionscope.collection.item import USUAL, Item
from opinionscope.report.figure import table_figure
from opinionscope.report.plots import plot_of_row
from opinionscope.survey import Group
from opinionscope.survey.question import Option
from opinionscope.tables import TableError
from opinionscope.tables.resampling import Clusters, interval

QUESTIONS = 60


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def test_the_shift_of_a_planted_slope_comes_back(made, planted, rng):
    """The model moves between groups by 0.6 of what people do."""
    human = rng.dirichlet(np.full(4, 8.0), (QUESTIONS, 2))
    middle = human.mean(axis=1, keepdims=True)
    (row,) = made("group-shift", planted(human, middle + 0.6 * (human - middle), 1e7)).rows
    assert row["slope"] == pytest.approx(0.6, abs=1e-6)
    assert row["direction"] == pytest.approx(1.0)
    assert row["size"] == pytest.approx(0.6, abs=0.001)
    assert row["pairs"] == QUESTIONS


def test_a_stereotype_has_a_slope_above_1_and_a_turned_one_below_0(made, planted, rng):
    human = rng.dirichlet(np.full(4, 50.0), (QUESTIONS, 2))
    middle = human.mean(axis=1, keepdims=True)
    for slope in (1.5, -0.5):
        (row,) = made("group-shift", planted(human, middle + slope * (human - middle))).rows
        assert row["slope"] == pytest.approx(slope, abs=0.001)
        assert row["direction"] == pytest.approx(np.sign(slope))


def test_sampling_people_does_not_pass_for_a_difference(made, planted, rng):
    """Both groups are the same people: what they seem to differ by is noise, and no size is claimed of it."""
    truth = rng.dirichlet(np.full(4, 8.0), QUESTIONS)
    drawn = np.stack([[rng.multinomial(40, p) / 40 for _ in range(2)] for p in truth])
    model = truth[:, np.newaxis] + np.zeros((1, 2, 1))
    (row,) = made("group-shift", planted(drawn, model, 40)).rows
    assert row["human_gap"] > 0.1
    assert row["size"] is None or row["size"] < 0.1


def test_n_people_are_worth_n_people(made, planted, rng):
    """A model that is n people drawn from the group."""
    truth = rng.dirichlet(np.full(4, 6.0), (1500, 2))
    for n in (20, 100):
        drawn = np.stack([[rng.multinomial(n, p) / n for p in pair] for pair in truth])
        (row,) = made("added-value", planted(truth, drawn, 1e6), resamples=10).rows
        assert row["worth_people"] == pytest.approx(n, rel=0.1)


def test_who_answers_with_the_pool_adds_nothing_and_who_knows_the_group_adds_all(made, planted, rng):
    human = rng.dirichlet(np.full(4, 8.0), (QUESTIONS, 2))
    pooled = human.mean(axis=1, keepdims=True) + np.zeros((1, 2, 1))
    (nothing,) = made("added-value", planted(human, pooled, 500)).rows
    assert nothing["added_value"] == pytest.approx(0.0, abs=1e-9)
    (everything,) = made("added-value", planted(human, human, 500)).rows
    assert everything["added_value"] == pytest.approx(everything["tv_pooled"])
    assert everything["share_above_0"] == 1.0


def test_the_best_is_none_of_a_single_question_where_others_have_an_interval(made, planted, rng):
    human = rng.dirichlet(np.full(4, 8.0), (QUESTIONS, 2))
    near = [replace(each, model="near") for each in planted(human, 0.5 * human + 0.125, 500)]
    lucky = [replace(each, model="lucky") for each in planted(human, human, 500)][:2]
    report = made("added-value", [*near, *lucky])
    assert report.rows[0]["model"] == "lucky"
    assert "Best: near" in report.sentence


def test_a_small_group_does_not_flatter_its_own_pool(made, planted, rng):
    """Groups that do not differ: the pool is the truth, so knowing the group, as 15 people's answer, is worth less."""
    truth = rng.dirichlet(np.full(4, 8.0), QUESTIONS * 5)
    drawn = np.stack([[rng.multinomial(16, p) / 16 for _ in range(2)] for p in truth])
    model = truth[:, np.newaxis] + np.zeros((1, 2, 1))
    (row,) = made("added-value", planted(drawn, model, 16)).rows
    assert row["tv_pooled"] < row["tv"]
    assert row["added_value"] > row["tv_pooled"] - row["tv"] + 0.02


def test_the_clustered_interval_covers_the_truth_in_95_of_100(rng):
    """Groups of a question share an error, so that items are not independent; 500 simulated tables."""
    truth, covered = 0.2, 0
    clusters = np.repeat(np.arange(80), 4)
    for at in range(500):
        shared = np.repeat(rng.normal(0, 0.05, 80), 4)
        values = truth + shared + rng.normal(0, 0.05, len(clusters))
        means = Clusters(clusters, np.zeros_like(clusters), 600, seed=at).means(values, np.zeros_like(clusters), 1)
        low, high = interval(means.draws[:, 0])
        covered += low <= truth <= high
    assert 0.93 <= covered / 500 <= 0.97


def test_resamples_are_those_of_a_plain_loop(rng):
    """One product of matrices is the loop over drawn clusters."""
    clusters, cells = rng.integers(0, 12, 300), rng.integers(0, 3, 300)
    values = rng.random(300)
    resampler = Clusters(clusters, np.zeros_like(clusters), 20)
    means = resampler.means(values, cells, 3)
    for draw in range(20):
        drawn = np.repeat(np.arange(12), resampler._counts[draw].astype(int))
        for cell in range(3):
            found = np.concatenate([values[(clusters == each) & (cells == cell)] for each in drawn])
            assert means.draws[draw, cell] == pytest.approx(found.mean(), rel=1e-5)
    assert means.number.sum() == 300


def test_a_difference_is_paired_and_settled_only_beyond_noise(made, planted, rng):
    human = rng.dirichlet(np.full(4, 8.0), (QUESTIONS, 2))
    uniform = np.full_like(human, 0.25)
    nearer = (human + uniform) / 2
    items = [*planted(human, uniform, 900, steering="none"), *planted(human, nearer, 900, steering="persona"),
             *planted(human, nearer, 900, steering="few-shot")]  # fmt: skip
    first, second = made("few-shot-gain", items).rows
    assert (first["a"], first["b"], first["verdict"]) == ("none", "persona", "persona closer")
    assert first["difference"] == pytest.approx(first["tv_b"] - first["tv_a"])
    assert second["verdict"] == "no difference beyond noise"


@pytest.mark.parametrize("name", ["few-shot-gain", "experiments"])
def test_nothing_is_settled_by_fewer_than_five_questions(made, planted, rng, name):
    """All resamples of one question are the same, and those of two of one mind lie on one side of 0."""
    human = rng.dirichlet(np.full(4, 8.0), (5, 2))
    for questions in (1, 2, 4, 5):
        people = human[:questions]
        items = [*planted(people, np.full_like(people, 0.25), 900, steering="none"),
                 *planted(people, 0.9 * people + 0.025, 900, steering="persona")]  # fmt: skip
        report = made(name, items)
        (row,) = report.rows
        verdict = "persona closer" if questions == 5 else "fewer than 5 questions"
        assert (row["verdict"], row["low"] is None) == (verdict, questions < 5)
        assert ("ewer than 5 questions" in report.sentence) is (questions < 5)


def test_one_question_has_no_interval_beside_others_of_its_row(made, planted, rng):
    """The people's spread is known for the first question alone; others have options without a place on a scale."""
    human = rng.dirichlet(np.full(4, 8.0), (6, 2))
    items = planted(human, 0.9 * human + 0.025, 900)
    unplaced = tuple(Option(f"{at}") for at in range(4))
    items[2:] = [replace(each, question=replace(each.question, options=unplaced)) for each in items[2:]]
    (row,) = made("collapse", items).rows
    assert row["spread_ratio"] is not None
    assert (row["spread_low"], row["entropy_low"] is None) == (None, False)


def test_answers_without_steering_have_a_table_where_there_are_no_others(made, planted, rng):
    human, model = rng.dirichlet(np.full(4, 8.0), (2, 8, 2))
    plain, steered = planted(human, model, 900, steering="none"), planted(human, model, 900)
    assert {row["steering"] for row in made("leaderboard", plain).rows} == {"none"}
    assert {row["steering"] for row in made("leaderboard", [*plain, *steered]).rows} == {"persona"}


def test_the_sentence_names_the_part_of_the_table_that_it_is_about(made, planted, rng):
    human, model = rng.dirichlet(np.full(4, 8.0), (2, 8, 2))
    items = [*planted(human, model, 900), *planted(human, model, 900, steering="few-shot")]
    for by, where in (("group", "Democrat, own, persona+few-shot"), ("steering", "own, few-shot")):
        assert made("leaderboard", items, by=(by,)).sentence.startswith(f"Closest in {where}: m verbalized")


def test_describing_and_simulating_are_compared_over_the_same_items(made, planted):
    human = np.full((8, 2, 4), [70, 10, 10, 10])
    near, far = np.full((8, 2, 4), [60, 20, 10, 10]), np.full((8, 2, 4), [50, 30, 10, 10])
    described = planted(human, np.concatenate((near[:4], far[4:])), 900)
    simulated = [replace(item, format="sequence") for item in planted(human, far, 900)]
    unread = [replace(item, answer=None) for item in simulated[7:8]]
    (row,) = made("knowledge-to-simulation", [*described, *simulated[:7], *unread]).rows
    assert (row["tv_verbalized"], row["tv_simulated"], row["gap"]) == pytest.approx((0.1, 0.2, 1.0))
    assert row["items"] == 7 + 7


def test_a_domain_that_could_not_be_read_in_one_format_counts_in_neither(made, planted):
    human, near, far = (np.full((4, 2, 4), each) for each in ([70, 10, 10, 10], [60, 20, 10, 10], [50, 30, 10, 10]))

    def answered(model, domain, **how):
        return [
            replace(item, question=replace(item.question, dataset=domain, domain=domain), **how)
            for item in planted(human, model, 900)
        ]

    described = [*answered(near, "own"), *answered(near, "political"), *answered(far, "books")]
    simulated = [each for domain in ("own", "political") for each in answered(far, domain, format="sequence")]
    unread = answered(far, "books", format="sequence", answer=None)
    over_all = made("knowledge-to-simulation", [*described, *simulated, *unread]).rows[0]
    assert (over_all["domain"], over_all["items"], over_all["gap"]) == ("all", 32, pytest.approx(1.0))


def test_holm_is_stricter_than_each_alone():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


def test_calibration_of_a_shrunken_model(made, planted, rng):
    human = rng.dirichlet(np.full(4, 2.0), (QUESTIONS, 2))
    (row,) = made("calibration", planted(human, 0.25 + 0.5 * (human - 0.25), 300)).rows
    assert (row["slope"], row["intercept"]) == (pytest.approx(0.5), pytest.approx(0.125))
    bins = made("calibration", planted(human, human, 300), by=("decile",)).rows
    assert all(each["human_share"] == pytest.approx(each["model_share"]) for each in bins)


def test_small_groups_are_left_out_and_counted(made, planted, rng):
    human = rng.dirichlet(np.full(4, 8.0), (QUESTIONS, 2))
    few = planted(human, human, 7)
    with pytest.raises(TableError):
        made("added-value", few)
    report = made("added-value", few, smallest_n=5)
    assert report.rows[0]["items"] == 2 * QUESTIONS


@pytest.mark.parametrize("table", ["few-shot-gain", "experiments"])
def test_a_difference_that_stands_alone_may_not_stand_among_others(made, planted, rng, table):
    """Holm over all rows of the table, whichever experiment they are of."""
    flat = np.full((QUESTIONS, 2, 4), 0.25)

    def at(tv):
        return flat + np.asarray(tv)[:, np.newaxis, np.newaxis] * np.array([1.0, -1.0, 0.0, 0.0])

    def model(name, gains):
        none = planted(flat, at(np.full(QUESTIONS, 0.15)), 900, steering="none")
        both = none + planted(flat, at(0.15 - gains), 900, steering="persona")
        return [replace(each, model=name) for each in both]

    noise = rng.normal(0, 0.03, QUESTIONS)
    small = (noise - noise.mean()) / noise.std() * 0.03 + 2.4 * 0.03 / np.sqrt(QUESTIONS)
    (alone,) = made(table, model("m", small)).rows
    assert alone["verdict"] == "persona closer"
    others = [each for name in "abcdefgh" for each in model(name, rng.normal(0, 0.03, QUESTIONS))]
    together = next(row for row in made(table, model("m", small) + others).rows if row["model"] == "m")
    assert (together["high"] < 0, together["verdict"]) == (True, "no difference beyond noise")
    assert together["more_questions"] > 0
    assert "chance" not in together


def test_runs_are_told_day_by_day_and_drawn_in_their_order(made, planted, rng):
    human = rng.dirichlet(np.full(4, 8.0), (QUESTIONS, 2))
    uniform = np.full_like(human, 0.25)
    late, early = datetime(2026, 5, 9, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
    items = [replace(each, created=late) for each in planted(human, (human + uniform) / 2, 300)]
    items += [replace(each, created=early) for each in planted(human, uniform, 300)]
    items += [replace(each, created=late, kind="recorded", model="recorded/a") for each in planted(human, human, 300)]
    items += [replace(each, created=late, model="b") for each in planted(human, human, 300)] + planted(human, human)
    report = made("over-time", items)
    _, first, second = report.rows
    assert "m verbalized, persona: TV" in report.sentence
    assert "on 2026-05-01," in report.sentence
    assert (first["date"], second["date"], first["items"]) == ("2026-05-01", "2026-05-09", 2 * QUESTIONS)
    assert second["tv"] == pytest.approx(first["tv"] / 2)
    caption, lines = plot_of_row("over-time", report, 1, 60, 12)
    assert "2026-05-01 to 2026-05-09" in caption
    (left,), (right,) = ([line.index("●") for line in lines if line.count("●") == 1][at : at + 1] for at in (0, 1))
    assert left < right
    assert any("●" in plain([line]) for line in table_figure("over-time", report, [0, 1]).lines)
    with pytest.raises(TableError, match="have no date"):
        made("over-time", planted(human, human, 300))


@pytest.fixture
def answers(planted):
    """Makes answers of a model in a domain: the same people and the same answer for each question and group."""

    def make(human, answer, model, domain, groups=("Democrat", "Republican"), **how):
        items = planted(np.full((4, 2, 4), human), np.full((4, 2, 4), answer), 900, **how)
        return [
            replace(each, model=model, question=replace(each.question, dataset=domain, domain=domain))
            for each in items
            if each.group.name in groups
        ]

    return make


PEOPLE, NEAR, FAR = [70, 10, 10, 10], [50, 30, 10, 10], [40, 40, 10, 10]


def test_one_more_domain_of_one_model_does_not_move_what_the_others_are_held_against(made, answers):
    few = [*answers(PEOPLE, NEAR, "a", "political"), *answers(PEOPLE, FAR, "b", "political")]
    before = made("leaderboard", few)
    after = made("leaderboard", [*few, *answers([25, 25, 25, 25], [26, 24, 25, 25], "c", "own")])
    uniform = [next(row["tv"] for row in each.rows if row["model"] == "uniform") for each in (before, after)]
    assert uniform == pytest.approx([0.45, 0.45])
    assert before.sentence.startswith("Closest in political, persona: a verbalized with TV .200")
    assert "; 2 of 2 are closer than the same share for every option (.450)" in before.sentence
    assert after.sentence.startswith("Closest: a verbalized with TV .200")
    assert "; 2 of 2 are closer than the same share for every option (.450)" in after.sentence
    assert "Over own, not to be ranked with the rest over political: c verbalized." in after.notes


def test_what_is_said_of_two_surveys_with_a_model_each_does_not_hang_on_which_was_asked_last(made, answers):
    both = [*answers(PEOPLE, FAR, "a", "garden"), *answers(PEOPLE, NEAR, "b", "village")]
    for items in (both, both[::-1]):
        report = made("leaderboard", items)
        assert report.sentence.startswith("Closest: a verbalized with TV .300")
        assert "Over village, not to be ranked with the rest over garden: b verbalized." in report.notes


def test_nobody_is_held_against_a_pool_that_is_known_in_some_of_the_domains_only(made, answers):
    alone = {"groups": ("Democrat",)}
    items = [*answers(PEOPLE, NEAR, "a", "political"), *answers(PEOPLE, NEAR, "a", "village", **alone)]
    report = made("leaderboard", items)
    assert report.sentence.endswith("closer than the same share for every option (.450).")
    assert "Over political, not to be ranked with the rest over political and village: pooled; opposite group." in (
        report.notes
    )


def test_other_domains_under_one_steering_method_are_told_where_rows_are_split_by_it(made, answers):
    items = [
        *answers(PEOPLE, NEAR, "a", "political"),
        *answers(PEOPLE, NEAR, "a", "books", steering="few-shot"),
        *(each for domain in ("political", "books") for each in answers(PEOPLE, FAR, "b", domain)),
    ]
    told = "Over political, not to be ranked with the rest over books and political: a verbalized (persona)."
    assert told in made("leaderboard", items, by=("steering",)).notes


def test_groups_without_attributes_are_pooled_only_where_everyone_is_known(made, answers):
    regulars, tourists, everyone = (
        [replace(each, group=Group(name), run_id=name) for each in answers(people, NEAR, "a", "village", ("Democrat",))]
        for name, people in (("Regulars", PEOPLE), ("Tourists", NEAR), ("Everyone", FAR))
    )
    pooled = [
        {row["model"]: row["tv"] for row in made("leaderboard", items).rows if row["format"] == "baseline"}["pooled"]
        for items in ([*regulars, *tourists], everyone + regulars, everyone)
    ]
    assert pooled == [None, pytest.approx(0.3), None]


def test_a_model_of_a_few_questions_has_no_interval_and_is_not_ranked(made, planted, rng):
    human = rng.dirichlet(np.full(4, 8.0), (20, 2))
    far = planted(human, np.full((20, 2, 4), 0.25))
    near = [replace(each, model="near") for each in planted(human, 0.9 * human + 0.025)]
    assert "All rows are of fewer than 5 questions: their order says little." in made("leaderboard", near[:8]).notes
    assert [made("domains", near[:number]).rows[0]["low"] is None for number in (8, 10)] == [True, False]
    for questions, closest in ((4, "m"), (5, "near")):
        report = made("leaderboard", [*far, *near[: 2 * questions]])
        row = next(row for row in report.rows if row["model"] == "near")
        assert (row["tv_low"] is None) is (questions < 5)
        said = "Fewer than 5 questions, not to be ranked: near verbalized (4 questions)."
        assert (said in report.notes) is (questions < 5)
        assert report.sentence.startswith(f"Closest in own, persona: {closest} verbalized")
        said = "; 0 of 1 are closer than" if questions < 5 else "; 1 of 2 is closer than"
        assert said in report.sentence


def test_answers_compared_with_other_figures_of_people_are_told(made, answers):
    before = answers(PEOPLE, NEAR, "a", "village")
    after = [replace(each, run_id=f"late {at}") for at, each in enumerate(answers(FAR, NEAR, "b", "village"))]
    said = "Of 8 pairs of a question and a group, not all answers are compared with the same figures of people"
    assert any(note.startswith(said) for note in made("leaderboard", before + after).notes)
    assert not any("figures of people" in note for note in made("leaderboard", before).notes)


def test_a_choice_is_judged_where_all_else_is_alike(made, planted):
    """A is closer than B in the format that both were asked in; it alone was asked in another, and is far off there."""
    human = np.tile([0.4, 0.3, 0.2, 0.1], (QUESTIONS, 2, 1))

    def off(by: float) -> np.ndarray:
        return human + np.array([by, 0, 0, -by])

    def asked(model: str, by: float, **how: str) -> list[Item]:
        return [replace(each, model=model, **how) for each in planted(human, off(by))]

    a, b, far = asked("A", 0.05), asked("B", 0.1), asked("A", -0.3, format="log-probs")
    report = made("choices", [*a, *b, *far])
    rows = {row["choice"]: row for row in report.rows}
    assert (rows["model"]["best"], rows["model"]["worst"]) == ("A", "B")
    assert rows["model"]["tv_best"] == pytest.approx(0.05)
    assert rows["model"]["range"] == pytest.approx(0.05)
    assert (rows["format"]["best"], rows["format"]["tv_best"]) == ("verbalized", pytest.approx(0.05))
    assert rows["model"]["items"] == rows["format"]["items"] == 4 * QUESTIONS
    assert rows["question and group"]["items"] == 6 * QUESTIONS
    few = made("choices", [*a, *b, *far, *asked("C", 0.1)[:10]])
    assert "Asked of too few of them, and left out: model C." in few.notes
    other = (each for form in ("verbalized", "log-probs") for each in asked("B", 0.1, format=form, steering="none"))
    apart = made("choices", [*a, *far, *other])
    assert "Never compared with all else alike, and so no row: model, steering." in apart.notes


def test_recorded_answers_are_no_other_voice_or_order_than_runs_as_usual(made, planted):
    human = np.tile([0.4, 0.3, 0.2, 0.1], (QUESTIONS, 2, 1))
    recorded = [replace(each, model="A", kind="recorded") for each in planted(human, human)]
    runs = [replace(each, model="B", recipe=USUAL) for each in planted(human, human[:, :, ::-1])]
    assert [row["choice"] for row in made("choices", [*recorded, *runs]).rows] == ["model", "question and group"]
