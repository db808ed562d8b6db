"""Several answers in one text: the one for the group that was asked for, or none."""

from collections.abc import Callable

import pytest

from opinionscope.elicitation import Reading, Reply, read_reply
from opinionscope.elicitation.reply import Expected
from opinionscope.survey.question import EVERYONE, Group, Question

Read = Callable[..., Reading]

OWN, OTHER = '{"A": 50, "B": 30, "C": 15, "D": 5}', '{"A": 10, "B": 20, "C": 30, "D": 40}'
OWN_ROW, OTHER_ROW = "ABAACBAADBAABCAABCABAACBADBCAB", "DDDCDDBDDDCDDADDDCDDBDDDCDDDDC"
DEMOCRAT = Group("Democrat", (("party", "Democrat"),))
REPUBLICAN = Group("Republican", (("party", "Republican"),))
FEMALE = Group("Female", (("sex", "Female"),))
JAPAN = Group("Japan", (("country", "Japan"),))
WHITE = Group("White", (("race", "White"),))
BOTH = Group("Democratic women", (("party", "Democrat"), ("sex", "Female")))


def _lines(*groups: tuple[str, tuple[int, ...]]) -> str:
    pairs = [(name, "\n".join(f"{x}: {n}%" for x, n in zip("ABCD", shares, strict=True))) for name, shares in groups]
    return "\n\n".join(f"{name}:\n{lines}" for name, lines in pairs)


def _columns(own: str, other: str) -> str:
    rows = [f"| {x} | {p}% | {q}% |" for x, p, q in zip("ABCD", (50, 30, 15, 5), (10, 20, 30, 40), strict=True)]
    return "\n".join((f"| Option | {own} | {other} |", "|---|---|---|", *rows))


NAMED = {
    "own first": (DEMOCRAT, f"Democrats: {OWN} Republicans: {OTHER}"),
    "own last": (REPUBLICAN, f"Democrats: {OTHER} Republicans: {OWN}"),
    "adjectives": (DEMOCRAT, f"**Republican voters**\n{OTHER}\n\n**Democratic voters**\n{OWN}"),
    "nested": (DEMOCRAT, f'{{"Democrats": {OWN}, "Republicans": {OTHER}}}'),
    "nested, own last": (DEMOCRAT, f'{{"Republican": {OTHER}, "Democrat": {OWN}}}'),
    "three groups": (DEMOCRAT, f"Independents: {OTHER}\nDemocrats: {OWN}\nRepublicans: {OTHER}"),
    "sexes": (FEMALE, f"Men: {OTHER}\nWomen: {OWN}"),
    "sexes, own first": (FEMALE, f"Females: {OWN}\nMales: {OTHER}"),
    "countries": (JAPAN, f"Germany: {OTHER}\nJapan: {OWN}"),
    "countries, own first": (JAPAN, f"In Japan: {OWN}\nIn Germany: {OTHER}"),
    "adjective of a country": (JAPAN, f"Japanese people: {OWN}\nGerman people: {OTHER}"),
    "races": (WHITE, f"Black Americans: {OTHER}\nWhite Americans: {OWN}"),
    "two attributes": (BOTH, f"Democratic men: {OTHER}\nDemocratic women: {OWN}"),
    "two attributes, the other one": (BOTH, f"Republican women: {OTHER}\nDemocratic women: {OWN}"),
    "everyone first": (DEMOCRAT, f"Overall: {OTHER}. Among Democrats: {OWN}"),
    "everyone for comparison": (DEMOCRAT, f"{OWN}\n\nFor comparison, all adults would be {OTHER}."),
    "an older one behind": (DEMOCRAT, f"Final answer: {OWN}\n\nAs a reminder, Democrats in 2014: {OTHER}"),
    "named again behind an answer": (DEMOCRAT, f"Answer: {OTHER}\n\nAnswer of Democrats: {OWN}"),
    "of some other size": (DEMOCRAT, f"Democrats: {OWN}\nRural Democrats: {OTHER}"),
    "some part, and everyone": (DEMOCRAT, f"All voters: {OTHER}\nRegistered Democrats: {OWN}"),
    "parts and their sum": (DEMOCRAT, f"Young: {OTHER}\nOld: {OWN[:-2]}6}}\nOverall: {OWN}"),
    "everyone asked": (EVERYONE, f"Democrats: {OTHER} Overall: {OWN}"),
    "lines": (DEMOCRAT, _lines(("Democrats", (50, 30, 15, 5)), ("Republicans", (10, 20, 30, 40)))),
    "lines, own last": (REPUBLICAN, _lines(("Democrats", (10, 20, 30, 40)), ("Republicans", (50, 30, 15, 5)))),
    "columns": (DEMOCRAT, _columns("Democrats", "Republicans")),
    "columns, own last": (REPUBLICAN, _columns("Republicans", "Democrats")),
    "columns, a country": (JAPAN, _columns("Japan", "Germany")),
    "two numbers an option": (
        DEMOCRAT,
        "A: Republicans: 10%, Democrats: 50%\nB: Republicans: 20%, Democrats: 30%\n"
        "C: Republicans: 30%, Democrats: 15%\nD: Republicans: 40%, Democrats: 5%",
    ),
    "two numbers an option, in maps": (
        DEMOCRAT,
        '{"A": {"Republicans": 10, "Democrats": 50}, "B": {"Republicans": 20, "Democrats": 30}, '
        '"C": {"Republicans": 30, "Democrats": 15}, "D": {"Republicans": 40, "Democrats": 5}}',
    ),
}
OTHERWISE_CLEAR = {
    "named, then final": f"Democrats may start from {OTHER}.\n\nFinal estimate: {OWN}",
    "named, then corrected": f"Among Democrats: {OTHER}\nThis is too low for A. Corrected: {OWN}",
    "named, then Answer": f"Democrats ten years ago: {OTHER}\n\n**Answer:**\n```json\n{OWN}\n```",
    "named, then normalised": f"Democrats: {OTHER}. Normalized to 100: {OWN}",
    "answered, then revised": f"Answer: {OTHER}\n\nActually, a better one: {OWN}",
    "revised": f"{OTHER}\nActually, let me revise: {OWN}",
    "final": f"First thought: {OTHER}\n\nFinal answer: {OWN}",
    "corrected": f"{OTHER}\nThat sums to too much. Corrected: {OWN}",
    "normalised": f"{OTHER}, then normalized: {OWN}",
    "draft, then Answer": f"A draft: {OTHER}\n\nAnswer: {OWN}",
    "said twice": f"{OWN}\n\nAgain: {OWN}",
    "said twice in other numbers": f"{OWN} or {{'A': 0.5, 'B': 0.3, 'C': 0.15, 'D': 0.05}}",
    "examples restated": f"Example 1\nQuestion: x?\nAnswer: {OTHER}\n\nNow the question to answer\nAnswer: {OWN}",
    "an example made up behind": f"{OWN}\n\nExample 6\nQuestion: y?\nAnswer: {OTHER}",
    "a shorter map as an example": f"{{'A': '83%', 'B': '17%'}} was the example. {OWN}",
}
UNCLEAR = {
    "nothing between": f"{OTHER}\n{OWN}",
    "behind their maps": f"{OWN} for Democrats and {OTHER} for Republicans",
    "two answers": f"Answer: {OWN}\nAnswer: {OTHER}",
    "low and high": f"Low estimate: {OTHER}\nHigh estimate: {OWN}",
    "other groups alone": f"Men: {OTHER}\nWomen: {OWN}",
    "ideologies": f"Liberals: {OTHER}\nModerates: {OWN}",
    "ideologies as keys": f'{{"conservative": {OTHER}, "liberal": {OWN}}}',
    "voters": f"**Harris voters**\n{OTHER}\n**Third-party voters**\n{OWN}",
    "parts of the group": f"Rural Democrats: {OTHER}\nUrban Democrats: {OWN}",
    "a part behind": f"{OTHER}\n\nAmong older Democrats it would be {OWN}.",
    "named, then doubted": f"Democrats may say {OTHER}, which is too extreme. So {OWN}",
}


@pytest.fixture
def read(priority: Question) -> Read:
    """Reads a text as the answer of a group."""

    def reading(text: str, group: Group = DEMOCRAT, format_name: str = "verbalized") -> Reading:
        return read_reply(Reply(text), format_name, priority, Expected(group, 30))

    return reading


@pytest.mark.parametrize(("group", "text"), NAMED.values(), ids=NAMED)
def test_the_answer_of_the_group_that_was_asked_for_counts(read: Read, group: Group, text: str) -> None:
    reading = read(text, group)
    assert reading.distribution is not None, reading.reason
    assert reading.distribution.probabilities == pytest.approx((0.5, 0.3, 0.15, 0.05))


@pytest.mark.parametrize("text", OTHERWISE_CLEAR.values(), ids=OTHERWISE_CLEAR)
def test_where_no_group_is_named_the_text_may_say_which_counts(read: Read, text: str) -> None:
    reading = read(text)
    assert reading.distribution is not None, reading.reason
    assert reading.distribution.probabilities == pytest.approx((0.5, 0.3, 0.15, 0.05))


@pytest.mark.parametrize("text", UNCLEAR.values(), ids=UNCLEAR)
def test_else_none_counts_and_both_are_told(read: Read, text: str) -> None:
    reading = read(text)
    assert reading.distribution is None
    assert "2 different distributions" in reading.reason
    told = [step for step in reading.trace if step.startswith("stated: ")]
    assert sorted(told) == ["stated: A 10, B 20, C 30, D 40", "stated: A 50, B 30, C 15, D 5"]


ROWS = {
    "named": f"Democrats: {OWN_ROW}\nRepublicans: {OTHER_ROW}",
    "named, own last": f"Republicans: {OTHER_ROW}\nDemocrats: {OWN_ROW}",
    "revised": f"{OTHER_ROW}\nActually, a better one:\n{OWN_ROW}",
    "another group behind": f"{OWN_ROW}\n\nRepublicans: {OTHER_ROW}",
    "example restated": f"Example 1: {OTHER_ROW}\nAnswer: {OWN_ROW}",
    "persons": "\n".join(
        f"{name}:\n" + "\n".join(f"{at}. {letter}" for at, letter in enumerate(row, 1))
        for name, row in (("Democrats", OWN_ROW), ("Republicans", OTHER_ROW))
    ),
}


@pytest.mark.parametrize("text", ROWS.values(), ids=ROWS)
def test_rows_of_letters_follow_the_same_rule(read: Read, text: str) -> None:
    reading = read(text, format_name="sequence")
    assert reading.figures == tuple(map(OWN_ROW.count, "ABCD")), reading.reason


def test_of_two_rows_that_nothing_tells_apart_none_counts(read: Read) -> None:
    reading = read(f"One set: {OTHER_ROW}\n\nOther set: {OWN_ROW}", format_name="sequence")
    assert reading.distribution is None
    assert f"stated: {OWN_ROW}" in reading.trace


PARTS = (("Liberal", "Moderate"), ("Urban Democrats", "Rural Democrats"), ("Biden voters", "Sanders voters"))


@pytest.mark.parametrize("heads", PARTS)
def test_columns_of_parts_of_the_group_are_no_answer_of_it(read: Read, heads: tuple[str, str]) -> None:
    assert read(_columns(*heads)).distribution is None
