"""Shapes in which models state percentages, beside those of test_verbalized: read as a careful person would."""
# ruff: noqa: E501

from collections.abc import Callable

import pytest

from opinionscope.elicitation import Reply, read_reply
from opinionscope.elicitation.expression import Verbalized
from opinionscope.survey.question import Question

READ_AS_50_30_15_5 = [
    '{"A": 50,"B": 30,"C": 15,"D": 5}',
    '{"A":50,"B":30,"C":15,"D":5}',
    "A: 50,B: 30,C: 15,D: 5",
    "A: 50 Prozent\nB: 30 Prozent\nC: 15 Prozent\nD: 5 Prozent",
    "A: 50 pour cent\nB: 30 pour cent\nC: 15 pour cent\nD: 5 pour cent",
    "A: 50 por ciento\nB: 30 por ciento\nC: 15 por ciento\nD: 5 por ciento",
    "A: 50 per cent\nB: 30 per cent\nC: 15 per cent\nD: 5 per cent",
    "A: 50 procent, B: 30 procent, C: 15 procent, D: 5 procent",
    "A: 50 per cento, B: 30 per cento, C: 15 per cento, D: 5 per cento",
    "A: 50 por cento, B: 30 por cento, C: 15 por cento, D: 5 por cento",
    "A: 50パーセント\nB: 30パーセント\nC: 15パーセント\nD: 5パーセント",
    "A: 50 процентов\nB: 30 процентов\nC: 15 процентов\nD: 5 процентов",
    "A: 50 percentage points, B: 30 percentage points, C: 15 percentage points, D: 5 percentage points",
    "A → 50%\nB → 30%\nC → 15%\nD → 5%",
    "A → 50\nB → 30\nC → 15\nD → 5",
    "A ⇒ 50%\nB ⇒ 30%\nC ⇒ 15%\nD ⇒ 5%",
    "A => 50%\nB => 30%\nC => 15%\nD => 5%",
    "A -> 50%, B -> 30%, C -> 15%, D -> 5%",
    "A = 50\nB = 30\nC = 15\nD = 5",
    "A := 50\nB := 30\nC := 15\nD := 5",
    "A | 50\nB | 30\nC | 15\nD | 5",
    "| A | 50 |\n| B | 30 |\n| C | 15 |\n| D | 5 |",
    "| Option | Label | Percent |\n|---|---|---|\n| A | Top priority | 50 |\n| B | Some priority | 30 |\n| C | No priority | 15 |\n| D | Refused | 5 |",
    "A – 50\nB – 30\nC – 15\nD – 5",
    "A: ５０％\nB: ３０％\nC: １５％\nD: ５％",
    "Ａ：５０％、Ｂ：３０％、Ｃ：１５％、Ｄ：５％",
    "A: ~50%, B: ≈30%, C: ∼15%, D: circa 5%",
    "A: ≈ 50 %\nB: ≈ 30 %\nC: ≈ 15 %\nD: ≈ 5 %",
    "50 percent of them choose A, 30 percent choose B, 15 percent choose C, and 5 percent choose D.",
    "50%: A\n30%: B\n15%: C\n5%: D",
    "50% A, 30% B, 15% C, 5% D",
    "- 50% would say A\n- 30% would say B\n- 15% would say C\n- 5% would say D",
    '[{"option": "A", "probability": 0.50}, {"option": "B", "probability": 0.30}, {"option": "C", "probability": 0.15}, {"option": "D", "probability": 0.05}]',
    '[{"label": "Top priority", "percentage": "50%"}, {"label": "Some priority", "percentage": "30%"}, {"label": "No priority", "percentage": "15%"}, {"label": "Refused", "percentage": "5%"}]',
    "[{'letter': 'A', 'label': 'Top priority', 'p': 50}, {'letter': 'B', 'label': 'Some priority', 'p': 30}, {'letter': 'C', 'label': 'No priority', 'p': 15}, {'letter': 'D', 'label': 'Refused', 'p': 5}]",
    '{"answers": [{"share": 50, "choice": "A"}, {"share": 30, "choice": "B"}, {"share": 15, "choice": "C"}, {"share": 5, "choice": "D"}]}',
    '```json\n[\n  {"answer": "A. Top priority", "likelihood": 50},\n  {"answer": "B. Some priority", "likelihood": 30},\n  {"answer": "C. No priority", "likelihood": 15},\n  {"answer": "D. Refused", "likelihood": 5}\n]\n```',
    '{"options": ["A","B","C","D"], "probabilities": [0.5, 0.3, 0.15, 0.05]}',
    '{"labels": ["Top priority","Some priority","No priority","Refused"], "percentages": ["50%","30%","15%","5%"]}',
    '{"distribution": {"A": 50, "B": 30, "C": 15, "D": 5}}',
    '{"answer": {"A": "50%", "B": "30%", "C": "15%", "D": "5%"}}',
    '{"A": {"label": "Top priority", "percentage": 50}, "B": {"label": "Some priority", "percentage": 30}, "C": {"label": "No priority", "percentage": 15}, "D": {"label": "Refused", "percentage": 5}}',
    '{"A": {"share": 50}, "B": {"share": 30}, "C": {"share": 15}, "D": {"share": 5}}',
    '[["A", 50], ["B", 30], ["C", 15], ["D", 5]]',
    '[("A", 0.5), ("B", 0.3), ("C", 0.15), ("D", 0.05)]',
    '[{"A": 50}, {"B": 30}, {"C": 15}, {"D": 5}]',
    "- option: A\n  probability: 50\n- option: B\n  probability: 30\n- option: C\n  probability: 15\n- option: D\n  probability: 5",
    "distribution:\n  A: 50\n  B: 30\n  C: 15\n  D: 5",
    'A: "50%"\nB: "30%"\nC: "15%"\nD: "5%"',
    "- A: 50\n- B: 30\n- C: 15\n- D: 5",
    "A. Top priority: 50%\nB. Some priority: 30%\nC. No priority: 15%\nD. Refused: 5%",
    "A) 50\nB) 30\nC) 15\nD) 5",
    "A) 50%\nB) 30%\nC) 15%\nD) 5%",
    "A. 50\nB. 30\nC. 15\nD. 5",
    "A 50%\nB 30%\nC 15%\nD 5%",
    "A 50\nB 30\nC 15\nD 5",
    "A,50\nB,30\nC,15\nD,5",
    "A\t50\nB\t30\nC\t15\nD\t5",
    '<answer>{"A": 50, "B": 30, "C": 15, "D": 5}</answer>',
    '{"A": 50, "B": 30, "C": 15, "D": 5}<|im_end|>',
    "\\boxed{A: 50, B: 30, C: 15, D: 5}",
    "<A>50</A><B>30</B><C>15</C><D>5</D>",
    "**A**: **50%**\n**B**: **30%**\n**C**: **15%**\n**D**: **5%**",
    '{"percent_A": 50, "percent_B": 30, "percent_C": 15, "percent_D": 5}',
    '{"Option A": 50, "Option B": 30, "Option C": 15, "Option D": 5}',
    '{"option_a": 50, "option_b": 30, "option_c": 15, "option_d": 5}',
    '{"A (Top priority)": 50, "B (Some priority)": 30, "C (No priority)": 15, "D (Refused)": 5}',
    "A: 50 out of 100, B: 30 out of 100, C: 15 out of 100, D: 5 out of 100",
]

DECIMAL_COMMAS = [
    '{"A": 50,5, "B": 29,5, "C": 15, "D": 5}',
    '{"A":50,5,"B":29,5,"C":15,"D":5}',
    "A: 50,5 percent, B: 29,5 percent, C: 15 percent, D: 5 percent",
    "A: 50,5 Prozent, B: 29,5 Prozent, C: 15 Prozent, D: 5 Prozent",
    "A: 50,5 pour cent\nB: 29,5 pour cent\nC: 15 pour cent\nD: 5 pour cent",
    "| A | 50,5 |\n| B | 29,5 |\n| C | 15 |\n| D | 5 |",
    '{"A": "50,5", "B": "29,5", "C": "15", "D": "5"}',
    '{"A": "50,5 %", "B": "29,5 %", "C": "15 %", "D": "5 %"}',
    "A: 50,5 %, B: 29,5 %, C: 15 %, D: 5 %",
    "A: 50,5%\nB: 29,5%\nC: 15%\nD: 5%",
    "A: 50,5\nB: 29,5\nC: 15\nD: 5",
    "A: 50,5, B: 29,5, C: 15, D: 5",
    "{A: 50,5, B: 29,5, C: 15,0, D: 5,0}",
    "A: 50,5; B: 29,5; C: 15; D: 5",
    '{"A": "0,505", "B": "0,295", "C": "0,15", "D": "0,05"}',
]

NUMBERED_OPTIONS = [
    "{1:10,2:20,3:40,4:30}",
    "1 → 10%\n2 → 20%\n3 → 40%\n4 → 30%",
    "| 1 | 10% |\n| 2 | 20% |\n| 3 | 40% |\n| 4 | 30% |",
    "Very unlikely (1): 10%, Somewhat unlikely (2): 20%, Somewhat likely (3): 40%, Very likely (4): 30%",
    '{"Very unlikely": 10, "Somewhat unlikely": 20, "Somewhat likely": 40, "Very likely": 30}',
    '{"1": 10, "2": 20, "3": 40, "4": 30}',
    "{1: 10, 2: 20, 3: 40, 4: 30}",
    "1: 10%, 2: 20%, 3: 40%, 4: 30%",
    "1: 10%\n2: 20%\n3: 40%\n4: 30%",
    "1 - Very unlikely: 10%\n2 - Somewhat unlikely: 20%\n3 - Somewhat likely: 40%\n4 - Very likely: 30%",
    "1. Very unlikely: 10%\n2. Somewhat unlikely: 20%\n3. Somewhat likely: 40%\n4. Very likely: 30%",
    "1: Very unlikely - 10%\n2: Somewhat unlikely - 20%\n3: Somewhat likely - 40%\n4: Very likely - 30%",
    "Very unlikely: 10%\nSomewhat unlikely: 20%\nSomewhat likely: 40%\nVery likely: 30%",
    "| Very unlikely | 10% |\n| Somewhat unlikely | 20% |\n| Somewhat likely | 40% |\n| Very likely | 30% |",
    '{"A. Very unlikely": 10, "B. Somewhat unlikely": 20, "C. Somewhat likely": 40, "D. Very likely": 30}',
    "A. Very unlikely: 10%\nB. Somewhat unlikely: 20%\nC. Somewhat likely: 40%\nD. Very likely: 30%",
    '{"very_unlikely": 10, "somewhat_unlikely": 20, "somewhat_likely": 40, "very_likely": 30}',
    '[{"option": "Very unlikely", "probability": 0.1}, {"option": "Somewhat unlikely", "probability": 0.2}, {"option": "Somewhat likely", "probability": 0.4}, {"option": "Very likely", "probability": 0.3}]',
    '[{"option": 1, "probability": 0.1}, {"option": 2, "probability": 0.2}, {"option": 3, "probability": 0.4}, {"option": 4, "probability": 0.3}]',
    '{"1: Very unlikely": 10, "2: Somewhat unlikely": 20, "3: Somewhat likely": 40, "4: Very likely": 30}',
    '{"1": "10%", "2": "20%", "3": "40%", "4": "30%"}',
    "A: 1: 10%\nB: 2: 20%\nC: 3: 40%\nD: 4: 30%",
]

UNREAD = [
    "A: 50,30,15,5",
    "A: 30 → 50%, B: 30 → 20%, C: 15 → 15%, D: 5 → 15%",
    "A: 30 -> 50%, B: 30 -> 20%, C: 15 -> 15%, D: 5 -> 15%",
    "5% A 50% B 30% C",
    "50% of A people like B, 30% of them do not",
    '[{"option": "A", "probability": 0.5}, {"option": "B", "probability": "some"}]',
    '[{"option": "A", "men": 50, "women": 10}, {"option": "B", "men": 30, "women": 20}]',
    '{"options": ["A", "B", "C", "D"], "probabilities": [0.5, 0.3]}',
    '{"ages": [18, 34, 50], "probabilities": [0.5, 0.3, 0.2]}',
    "A 9, B 15, C 4, D 2",
    "A\nB\nC\nD",
    "{1: 50, 2: 30, 3: 15, 4: 5}",
    "50\n30\n15\n10",
]


@pytest.fixture(scope="module")
def book(make_question: Callable[..., Question]) -> Question:
    """Four options that carry a number of their own."""
    return make_question("1: Very unlikely", "2: Somewhat unlikely", "3: Somewhat likely", "4: Very likely")


def _shares(text: str, question: Question) -> tuple[float, ...]:
    reading = read_reply(Reply(text), "verbalized", question)
    assert reading.distribution is not None, reading.reason
    return tuple(100 * share for share in reading.distribution.probabilities)


@pytest.mark.parametrize("text", READ_AS_50_30_15_5)
def test_shapes(text: str, priority: Question) -> None:
    assert _shares(text, priority) == pytest.approx((50, 30, 15, 5))


@pytest.mark.parametrize("text", DECIMAL_COMMAS)
def test_decimal_commas(text: str, priority: Question) -> None:
    assert _shares(text, priority) == pytest.approx((50.5, 29.5, 15, 5))


@pytest.mark.parametrize("text", NUMBERED_OPTIONS)
def test_options_named_by_their_words_or_their_own_number(text: str, book: Question) -> None:
    assert _shares(text, book) == pytest.approx((10, 20, 40, 30))


@pytest.mark.parametrize(
    "text", ["2: Somewhat unlikely", "Somewhat unlikely", "2", "Answer: 2", "B. Somewhat unlikely"]
)
def test_one_option_named_by_its_words_or_its_own_number(text: str, book: Question) -> None:
    assert read_reply(Reply(text), "samples", book).figures == (0, 1, 0, 0)


@pytest.mark.parametrize("text", UNREAD)
def test_what_leaves_open_which_number_belongs_to_which_option_is_unread(text: str, priority: Question) -> None:
    reading = Verbalized().read(Reply(text), priority)
    assert reading.distribution is None
    assert reading.reason


def test_a_number_names_no_option_where_not_all_are_numbered(make_question: Callable[..., Question]) -> None:
    mixed = make_question("1: Never", "Sometimes", "3: Always")
    assert Verbalized().read(Reply('{"1": 50, "2": 30, "3": 20}'), mixed).distribution is None


def test_a_name_shared_by_two_options_names_neither(make_question: Callable[..., Question]) -> None:
    twins = make_question("1: Likely", "2: Likely", "3: Unlikely")
    assert Verbalized().read(Reply('{"Likely": 50, "Unlikely": 50}'), twins).distribution is None
    assert _shares('{"1": 50, "2": 30, "3": 20}', twins) == pytest.approx((50, 30, 20))


def test_what_was_stated_stays_with_an_answer_that_is_not_scored(priority: Question) -> None:
    reading = Verbalized().read(Reply('{"A": 60, "B": 50, "C": 30, "D": 18}'), priority)
    assert (reading.distribution, reading.figures, reading.stated) == (None, (), (60, 50, 30, 18))
    assert "158" in reading.reason
    assert Verbalized().read(Reply('{"A": 60, "B": 1}'), priority).stated == (60, 1, None, None)
    assert Verbalized().read(Reply("I cannot say."), priority).stated == ()
    assert Verbalized().read(Reply('{"A": 50, "B": 30, "C": 15, "D": 5}'), priority).stated == ()
