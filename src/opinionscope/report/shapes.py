"""Things that have one shape in all JSON that the command line prints."""

from typing import Any

from opinionscope.survey import Question


def question_shape(question: Question) -> dict[str, Any]:
    """A question: its id, dataset, domain, text and option labels in survey order."""
    return {
        "id": question.id,
        "dataset": question.dataset,
        "domain": question.domain,
        "text": question.text,
        "options": list(question.labels),
    }
