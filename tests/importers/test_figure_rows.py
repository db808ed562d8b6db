"""Rows of tables of figures that are no options: nets among counts, percents, statistics, differences, bases."""

from typing import Any

import pytest

ASKED = "Do you like buses?\n,Total,Men,Women\n"
AGREE = "Strongly agree,140,160,120\nTend to agree,100,80,120\n"
DISAGREE = "Tend to disagree,80,80,80\nStrongly disagree,48,60,40\n"
NO_ANSWER = "Don't know,32,20,40\n"
OPTIONS = ["Strongly agree", "Tend to agree", "Tend to disagree", "Strongly disagree", "Don't know"]
PERCENTS = "Yes,23%,38%,15%\nNo,59%,31%,32%\nNeither,18%,31%,53%\n"


def _entry(field: Any, gathered: Any) -> dict[str, Any]:
    (entry,) = field.entries(gathered).values()
    return dict(entry)


def _labels(field: Any, gathered: Any) -> list[str]:
    return [each["label"] for each in _entry(field, gathered)["options"]]


@pytest.mark.parametrize(
    ("agree", "disagree"),
    [
        ("Net agree", "Net disagree"),
        ("T2B", "B2B"),
        ("Agree", "Disagree"),
        ("Agree (all)", "Disagree (all)"),
        ("Summary: agree", "Summary: disagree"),
        ("Strongly or tend to agree", "Strongly or tend to disagree"),
        ("Positive", "Negative"),
    ],
)
def test_nets_among_counts_are_no_options(agree: str, disagree: str, field: Any) -> None:
    nets = f"{agree},240,240,240\n", f"{disagree},128,140,120\n"
    below = ASKED + AGREE + DISAGREE + NO_ANSWER + "".join(nets)
    between = ASKED + nets[0] + AGREE + nets[1] + DISAGREE + NO_ANSWER
    for content in (below, between):
        gathered = field.gather(content)
        assert _labels(field, gathered) == OPTIONS
        assert _entry(field, gathered)["human"]["Men"] == [160, 80, 80, 60, 20]
        assert f'"{agree}" is a sum of others' in " ".join(each.reason for each in gathered.set_aside)


def test_percents_without_signs_are_told_by_what_is_left_without_nets(field: Any) -> None:
    content = "Agree,60,60,60\nStrongly agree,35,40,30\nTend to agree,25,20,30\nDisagree,40,40,40\n"
    gathered = field.gather(ASKED + content)
    assert _labels(field, gathered) == ["Strongly agree", "Tend to agree", "Disagree"]
    assert "read as percents" in field.told(gathered)


def test_an_option_that_is_as_much_as_two_others_stays_one(field: Any) -> None:
    gathered = field.gather(ASKED + AGREE + DISAGREE + NO_ANSWER)
    assert _labels(field, gathered) == OPTIONS, "to disagree, 48 + 32, 60 + 20 and 40 + 40 tend as many"
    scale = "Do you like buses?\n,Men,Women\nVery likely,10,15\nLikely,30,40\nSomewhat likely,20,25\nNot likely,7,9\n"
    assert len(_labels(field, field.gather(scale))) == len("1234")
    whole = ASKED + "Base,400,400,400\nAgree,200,200,200\nAgree somewhat,120,80,100\nAgree a little,80,120,100\n"
    assert "Agree" in _labels(field, field.gather(whole)), "they are all 400 with it"


@pytest.mark.parametrize(
    "bases",
    [
        "Base,1000,480,520\n",
        'BASE,"1,000",480,520\n',
        "Base: all respondents,1000,480,520\n",
        "Weighted base,1000,480,520\n",
        "Bases,1000,480,520\n",
        "(n),1000,480,520\n",
        "Respondents,1000,480,520\n",
        "Total,1000,480,520\n",
        "Weighted base,990,490,500\nUnweighted base,1000,480,520\n",
        "Unweighted base,1000,480,520\nBase,990,490,500\nTotal,100%,100%,100%\n",
    ],
)
def test_a_base_beside_percents_is_the_number_of_people(bases: str, field: Any) -> None:
    for content in (ASKED + bases + PERCENTS, ASKED + PERCENTS + bases):
        human = _entry(field, field.gather(content))["human"]
        assert [each["n"] for each in human.values()] == [1000, 480, 520]


def test_a_total_of_the_percents_is_no_number_of_people(field: Any) -> None:
    for total in ("Total,100%,100%,100%\n", "Base,100%,100%,100%\n"):
        gathered = field.gather(ASKED + PERCENTS + total)
        assert not any(each.get("n") for each in _entry(field, gathered)["human"].values())
    gathered = field.gather(ASKED + PERCENTS + "Total,1000,480,520\n")
    assert '"Total" was read as the number of people' in field.told(gathered)


COUNTS = "Yes,500,182,78\nNo,300,149,166\nNeither,200,149,276\n"


@pytest.mark.parametrize("figures", [COUNTS, PERCENTS, PERCENTS.replace("%", "")])
@pytest.mark.parametrize(
    "row",
    [
        "Net support,28,-5,30\n",
        "Difference,28,12,-3\n",
        "Chi-square,12.3,,\np,0.01,,\n",
        "Average,33.3,33.3,33.4\n",
        "Skewness,0.3,0.2,0.3\n",
        "Column %,100,100,100\n",
        "% answering,95,96,97\n",
        "Response rate,55%,60%,50%\n",
        "Share of sample,100%,48%,52%\n",
        "Answered,1000,480,520\nSkipped,10,12,15\n",
    ],
)
def test_differences_and_statistics_are_no_options_and_drop_no_group(row: str, figures: str, field: Any) -> None:
    gathered = field.gather(ASKED + figures + row)
    assert _labels(field, gathered) == ["Yes", "No", "Neither"]
    assert len(_entry(field, gathered)["human"]) == len("TMW")
    label = row.partition(",")[0]
    assert f'"{label}"' in field.told(gathered) + " ".join(each.reason for each in gathered.set_aside)


def test_an_option_that_is_written_in_another_way_stays_one(field: Any) -> None:
    for figures in ("Yes,60%,59%,61%\nNo,40,41,39\n", "Yes,60,59,61\nNo,39,40,38\nBoth,0.5,0.5,0.5\n"):
        options = figures.count("\n")
        assert len(_labels(field, field.gather(ASKED + figures))) == options
    thousands = 'Yes,"1,234","1,000","1,100"\nNo,800,500,400\nBoth,20,30,40\n'
    assert len(_labels(field, field.gather(ASKED + thousands))) == len("YNB")
    lead = "Lead,28,25,30\nFollow,72,75,70\n"
    assert _labels(field, field.gather(ASKED + lead)) == ["Lead", "Follow"]
