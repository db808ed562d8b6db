"""What a run says, in words and as JSON: the same for the TUI, the command line and scripts."""

from opinionscope.report.as_json import group_json, question_json, row_json, run_json
from opinionscope.report.caveats import caveats, infinity_sentence
from opinionscope.report.chart import chart_data
from opinionscope.report.details import (
    NOT_RECORDED,
    NOT_SENT,
    answer_lines,
    not_sent,
    prompt_lines,
    reading_lines,
)
from opinionscope.report.lines import LineRole, TextLine
from opinionscope.report.people import people_sentences
from opinionscope.report.spread import spread_sentences
from opinionscope.report.text_check import text_check_sentences
from opinionscope.report.words import (
    KL_NAME,
    MEANINGS,
    Unit,
    brief_provenance,
    cost,
    divergence,
    knowing_sentence,
    muted_sentence,
    noise_sentence,
    noise_verdict,
    other_measures,
    plan_words,
    provenance,
    recipe_words,
    sample_size,
)

__all__ = [
    "KL_NAME",
    "MEANINGS",
    "NOT_RECORDED",
    "NOT_SENT",
    "LineRole",
    "TextLine",
    "Unit",
    "answer_lines",
    "brief_provenance",
    "caveats",
    "chart_data",
    "cost",
    "divergence",
    "group_json",
    "infinity_sentence",
    "knowing_sentence",
    "muted_sentence",
    "noise_sentence",
    "noise_verdict",
    "not_sent",
    "other_measures",
    "people_sentences",
    "plan_words",
    "prompt_lines",
    "provenance",
    "question_json",
    "reading_lines",
    "recipe_words",
    "row_json",
    "run_json",
    "sample_size",
    "spread_sentences",
    "text_check_sentences",
]
