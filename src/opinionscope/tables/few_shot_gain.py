"""Few-shot gain: what a persona adds to no steering, and examples to a persona."""

from opinionscope.alignment.measures import MEASURES
from opinionscope.collection import Collection, Item
from opinionscope.selection import Selection
from opinionscope.tables.answers import FIELDS, Answers
from opinionscope.tables.base import Options, Report, Rows, TableError, table, usual
from opinionscope.tables.paired import DIFFERENCE, JUDGED, Contrast, add_differences, judge, outcome
from opinionscope.tables.words import BY_QUESTION

COLUMNS = (
    *usual("model", "format", "domain"),
    *DIFFERENCE,
)
STEPS = (("none", "persona"), ("persona", "few-shot"))


@table("few-shot-gain", "what a persona adds to no steering, and few-shot examples to a persona")
def few_shot_gain(collection: Collection, selection: Selection, options: Options) -> Report:
    """One row a step, model, format and domain."""
    answers = Answers.read(collection, selection, options)
    rows = Rows()
    add_differences(rows, answers, MEASURES["tv"](answers.pairs), [step(*pair) for pair in STEPS], _name, options)
    if not rows.rows:
        raise TableError("no question was answered for the same group under two steering methods")
    judge(rows)
    notes = [BY_QUESTION, JUDGED, "Pairs: the same question, group, model and format.", *answers.notes]
    return rows.report(COLUMNS, outcome(rows), notes)


def step(a: str, b: str) -> Contrast:
    """One steering method against another."""
    return Contrast(a, b, lambda item: item.steering == a, lambda item: item.steering == b)


def _name(item: Item) -> dict[str, str]:
    return {"model": item.name, "format": FIELDS["format"](item), "domain": item.question.domain}
