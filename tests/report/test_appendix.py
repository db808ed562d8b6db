from opinionscope.commands.appendix import _latex, _markdown
from opinionscope.elicitation import FORMATS, Reply, Usage
from opinionscope.report.appendix import AppendixTable, Paragraph, Verbatim, write_appendix
from opinionscope.values import replace


def test_equal_prompts_stand_once_and_sums_are_those_of_the_runs(make_run):
    answer = Reply('{"A": 50, "B": 30, "C": 15, "D": 5}', usage=Usage(100, 20, 0.5, 1.0))
    one = make_run(answer, seed=7)
    other = make_run(answer, seed=8, id="R2")
    lost = replace(make_run(None, id="R3"), status="failed")
    recorded = make_run(answer, recorded="published 2024", id="R4")
    blocks = list(write_appendix([one, other, lost, recorded], "tag:paper"))
    assert [block.text for block in blocks if isinstance(block, Verbatim)] == [
        one.plan.first.prompt.system, one.plan.first.prompt.user
    ]  # fmt: skip
    said = " ".join(block.text for block in blocks if isinstance(block, Paragraph))
    assert "4 runs, selected by tag:paper, made on 2026-01-02" in said
    assert "3 done, 1 failed" in said
    assert "Tokens sent 200, received 40; cost 1.0000 USD" in said
    assert "P1, sent in 3 runs" in said
    assert FORMATS["verbalized"].rule in said
    models, settings, _, runs = (block.rows for block in blocks if isinstance(block, AppendixTable))
    assert [(row["answered"], row["server"], row["runs"], row["cost USD"]) for row in models] == [
        ("gpt-4", "its provider", 2, 1.0), ("no answer", "its provider", 1, 0.0), ("gpt-4", "recorded", 1, None)
    ]  # fmt: skip
    assert settings[0]["seeds"] == "7, 8"
    assert [row["prompt"] for row in runs] == ["P1", "P1", "P1", ""]


def test_a_failed_call_does_not_make_the_tokens_of_all_others_unknown(make_run):
    answer = make_run(Reply('{"A": 50, "B": 30, "C": 15, "D": 5}', usage=Usage(100, 20, None, 1.0)))
    lost = make_run(Reply("", unread="no answer"), id="R2")
    models, said = [], ""
    for block in write_appendix([answer, lost]):
        said += block.text if isinstance(block, Paragraph) else ""
        models += block.rows if isinstance(block, AppendixTable) else []
    assert "Tokens sent 100 (known for 1 of 2 calls), received 20 (known for 1 of 2 calls); cost unknown." in said
    assert "recorded by others" not in said
    assert sum(row.get("tokens in") or 0 for row in models) == 100


def test_a_prompt_with_fences_and_commands_stays_within_its_block():
    assert _markdown(Verbatim("a ```b``` c")) == "````text\na ```b``` c\n````"
    assert _latex(Verbatim(r"50 % \end{Verbatim}")).count(r"\end{Verbatim}") == 1
    table = _latex(AppendixTable([{"run": "a{tabular}", "why": "one sentence that is longer than an id", "tv": 0.5}]))
    assert r"\begin{longtable}{lp{25mm}r}" in table
    assert r"a\{tabular\} & one" in table
    assert _latex(Paragraph("50 % & x_1 −")) == r"50 \% \& x\_1 $-$"


def test_every_format_says_how_it_is_read():
    assert all(form.rule.endswith(".") for form in FORMATS.values())
