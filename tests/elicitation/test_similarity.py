"""Similarity by words alone."""

from opinionscope.elicitation.similarity import most_similar
from opinionscope.survey.question import Option, Question


def _question(question_id: str, text: str, title: str = "", context: str = "") -> Question:
    return Question(question_id, "d", "own", title, text, (Option("Yes"), Option("No")), context=context)


TARGET = _question("target", "Should gun owners need a licence?")
CORPUS = (
    TARGET,
    _question("books", "Do you read novels in the evening?"),
    _question("guns", "Should a licence for guns cost more?"),
    _question("owners", "Are gun owners careful?"),
    _question("common", "Should people read?"),
)


def _ids(target: Question, corpus: tuple[Question, ...], most: int = 9) -> list[str]:
    return [question.id for question in most_similar(target, (q for q in corpus if q is not target), corpus, most)]


def test_the_more_words_are_shared_the_more_similar() -> None:
    assert _ids(TARGET, CORPUS) == ["owners", "guns", "common", "books"]


def test_a_shared_rare_word_counts_more_than_a_shared_common_one() -> None:
    target = _question("t", "Should turbines turn?")
    common = tuple(_question(f"a{number}", f"Should {word} move?") for number, word in enumerate(("boats", "trains")))
    assert _ids(target, (target, *common, _question("z", "Turbines which move?")), most=1) == ["z"]


def test_gives_no_more_than_asked_for() -> None:
    assert _ids(TARGET, CORPUS, most=2) == ["owners", "guns"]
    assert _ids(TARGET, CORPUS, most=0) == []


def test_ties_go_by_id_whatever_the_order() -> None:
    strangers = tuple(_question(question_id, "Lamps?") for question_id in ("b", "c", "a"))
    assert _ids(TARGET, (TARGET, *strangers)) == ["a", "b", "c"]
    assert _ids(TARGET, (TARGET, *reversed(strangers))) == ["a", "b", "c"]


def test_case_and_accents_make_no_difference() -> None:
    target = _question("t", "CAFÉS and Wine")
    corpus = (target, _question("a", "Lamps at night"), _question("z", "cafes and wine bars"))
    assert _ids(target, corpus) == ["z", "a"]


def test_leaves_out_the_same_wording_but_not_the_same_words_about_another_thing() -> None:
    target = _question("t", "How likely are you to read it?", context="A tale of the sea.")
    corpus = (
        target,
        _question("same", "how likely  are you to read it?", title="Other title", context="A TALE of the sea."),
        _question("other", "How likely are you to read it?", context="A tale of the moon."),
    )
    assert _ids(target, corpus) == ["other"]


def test_a_question_without_words_breaks_nothing() -> None:
    target = _question("t", "2 + 2 = ?")
    assert _ids(target, (target, _question("b", "Lamps?"), _question("a", "¿?"))) == ["a", "b"]
