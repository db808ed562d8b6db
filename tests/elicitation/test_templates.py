"""Prompts of the user's own: what they may say, what is refused, and that nothing else suffers."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opinionscope.elicitation import FORMATS, Plan, Recipe, SteeringError, make_plan, voices
from opinionscope.elicitation.templates import FIELDS, LONGEST, Template, TemplateError, read_template
from opinionscope.survey.library import Library

LEAST = "{people}\n{question}\n{options}\n{instruction}"


def _plan(
    library: Library, folder: Path, name: str, *, steering: str = "persona", group: str = "Democrat", **more: Any
) -> Plan:
    question = library.question(more.pop("question", "ferry"))
    form = more.pop("form", "verbalized")
    who = library.group(question, group)
    return make_plan(library, question, who, steering, form, 3, Recipe(voice=name, **more), voices(folder))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "templates"
    made.mkdir()
    return made


def test_a_text_file_is_the_user_message(library: Library, folder: Path) -> None:
    (folder / "mine.txt").write_text(
        "{instruction}\nOf {people}, of {person}, of {group}, {party}:\n{background}\n{question}\n{options}\n"
        "({letters}; {{as such}})\n",
        encoding="utf-8",
    )
    made = _plan(library, folder, "mine")
    assert made.first.prompt.user == (
        f"{FORMATS['verbalized'].instruction(made.cell.question, made.cell.recipe)}\n"
        "Of Democrats, of a Democrat, of Democrat, Democrat:\n"
        "The ferry sails twice a day.\n"
        "Should the ferry to the island cost less for families?\n"
        "A. Agree\nB. Agree somewhat\nC. Disagree\nD. Refused\n"
        "(A, B, C, D; {as such})"
    )
    assert made.first.prompt.system == _plan(library, folder, "instruction").first.prompt.system


def test_a_toml_file_has_a_system_message_and_attributes_of_its_own(library: Library, folder: Path) -> None:
    (folder / "mine.toml").write_text(
        'summary = "short"\nsystem = "Be a {trade}."\nattributes = ["trade"]\n'
        'prompt = "{question} {options} {instruction}"',
        encoding="utf-8",
    )
    assert _plan(library, folder, "mine", group="Sailor").first.prompt.system == "Be a Sailor."
    listed = {voice.name: voice for voice in voices(folder)}["mine"]
    assert (listed.summary, listed.source) == ("short", str(folder / "mine.toml"))
    with pytest.raises(SteeringError, match=r"mine names \{trade\}, and nothing is known of the trade of Japan"):
        _plan(library, folder, "mine", group="Japan")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("steering", ["persona", "both"])
def test_examples_are_those_of_the_steering(library: Library, folder: Path, steering: str, form: str) -> None:
    (folder / "mine.txt").write_text(f"{LEAST}\n{{about_examples}}\n{{examples}}", encoding="utf-8")
    mine, own = (_plan(library, folder, name, steering=steering, form=form) for name in ("mine", "instruction"))
    start, end = own.first.prompt.user.index("Example 1\n"), own.first.prompt.user.index("\n\nNow the question")
    assert mine.first.prompt.user.endswith(own.first.prompt.user[start:end])
    assert mine.example_ids == own.example_ids
    said = "made up and say nothing about Democrats" if steering == "persona" else "how Democrats really answered"
    assert said in mine.first.prompt.user


def test_both_needs_a_place_for_the_real_answers(library: Library, folder: Path) -> None:
    (folder / "mine.txt").write_text(LEAST, encoding="utf-8")
    with pytest.raises(SteeringError, match=r"mine has no field \{examples\}"):
        _plan(library, folder, "mine", steering="both")


@pytest.mark.parametrize("form", ["verbalized", "log-probs"])
def test_reasoning_is_asked_for_in_a_template_as_it_is_without_one(library: Library, folder: Path, form: str) -> None:
    (folder / "mine.txt").write_text(LEAST, encoding="utf-8")
    mine, own = (_plan(library, folder, name, form=form, reasoning=True) for name in ("mine", "instruction"))
    assert own.first.prompt.user.rsplit("D. Refused\n", 1)[1] in mine.first.prompt.user


def test_options_follow_the_order_of_each_call(library: Library, folder: Path) -> None:
    (folder / "mine.txt").write_text(LEAST, encoding="utf-8")
    made = _plan(library, folder, "mine", order="reversed")
    assert "A. Refused\nB. Disagree\nC. Agree somewhat\nD. Agree\n" in made.first.prompt.user


def test_a_line_of_empty_fields_is_left_out(library: Library, folder: Path) -> None:
    (folder / "mine.txt").write_text("{people}\n\nTold: {background}\n\n{question}{options}{instruction}", "utf-8")
    lines = _plan(library, folder, "mine", question="bridge").first.prompt.user.split("\n")
    assert lines[:3] == ["Democrats", "", lines[2]]
    assert lines[2].startswith("Should the town build a bridge to the island?A. Agree")
    assert "Told: The ferry" in _plan(library, folder, "mine").first.prompt.user


def test_a_run_tells_which_template_in_which_state_made_its_prompt(library: Library, folder: Path) -> None:
    (folder / "mine.txt").write_text(LEAST, encoding="utf-8")
    before = _plan(library, folder, "mine")
    (folder / "mine.txt").write_text(f"{LEAST}!", encoding="utf-8")
    after = _plan(library, folder, "mine")
    assert before.template_version.startswith("mine@")
    assert before.template_version != after.template_version
    assert any(after.template_version in note for note in after.notes)
    plain = _plan(library, folder, "instruction")
    assert _plan(library, folder, "mine", steering="few-shot").template_version == plain.template_version


def test_what_stands_in_for_a_field_is_not_looked_at_again(folder: Path) -> None:
    template = Template("mine", "{people}|{question}|{{question}}")
    values = dict.fromkeys(FIELDS, "") | {"people": "{question}", "question": "{{people.__class__}}"}
    assert template.fill(values)[1] == "{question}|{{people.__class__}}|{question}"


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("bad.txt", LEAST + "\n{peple}", "line 5: {peple} is no field; expected people, person"),
        ("bad.txt", LEAST + "{trade}", "{trade} is no field"),
        ("bad.txt", LEAST + "{", "line 4: expected a field such as {people}"),
        ("bad.txt", LEAST + "}", "a brace itself is doubled"),
        ("bad.txt", LEAST + "{people.__class__}", 'at "{people.__class__}"'),
        ("bad.txt", LEAST + "{people!r:>9}", "expected a field"),
        ("bad.txt", LEAST + "{0}", "expected a field"),
        ("bad.txt", LEAST + "{}", "expected a field"),
        ("bad.txt", "{people}{options}{instruction}", "expected the field {question}"),
        ("bad.txt", "{people}{question}{instruction}", "expected the field {options}"),
        ("bad.txt", "{people}{question}{options}", "expected the field {instruction}"),
        ("bad.txt", "{question}{options}{instruction}", "whose answer is wanted"),
        ("bad.txt", "", "expected the field {question}"),
        ("bad.txt", LEAST + "x" * LONGEST, "at most 20,000 characters"),
        ("bad.txt", LEAST + "é" * 5 * LONGEST, "at most 20,000 characters"),
        ("bad.txt", LEAST.encode() + b"\xff", "expected text in UTF-8"),
        ("bad.toml", "prompt = 3", "prompt"),
        ("bad.toml", "prompt = '''", "bad.toml"),
        ("bad.toml", "summary = 'none'", "prompt"),
        ("bad.toml", f"prompt = '''{LEAST}'''\nsytem = 'x'", "sytem"),
        ("bad.toml", f"prompt = '''{LEAST}'''\nsystem = 'a {{'", "(system)"),
        ("bad.toml", f"prompt = '''{LEAST}'''\nattributes = ['Home port']", "small letters"),
        ("two words.txt", LEAST, "expected a name"),
        ("interview.txt", LEAST, "interview is a built-in voice"),
    ],
)
def test_a_broken_template_is_named_and_costs_nothing_else(
    folder: Path, name: str, content: str | bytes, expected: str
) -> None:
    (folder / "good.txt").write_text(LEAST, encoding="utf-8")
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    found = voices(folder)
    assert [voice.name for voice in found] == [*(voice.name for voice in voices()), "good"]
    (problem,) = found.problems
    assert problem.message.startswith(f"{name}: ")
    assert expected in problem.message
    assert "\n" not in problem.message
    assert len(problem.message) < 300


def test_of_two_files_of_one_name_the_first_is_taken(folder: Path) -> None:
    (folder / "mine.txt").write_text(LEAST, encoding="utf-8")
    (folder / "mine.toml").write_text(f"summary = 'this one'\nprompt = '''{LEAST}'''", encoding="utf-8")
    found = voices(folder)
    assert found.named("mine").summary == "this one"
    assert [str(problem) for problem in found.problems] == [
        "Template not used: mine.txt: expected one file a name, and there is a .toml of that name"
    ]


def test_other_files_and_folders_are_let_be(folder: Path) -> None:
    (folder / "notes.md").write_text("{", encoding="utf-8")
    (folder / ".hidden.txt").write_text("{", encoding="utf-8")
    (folder / "old.txt").mkdir()
    os.mkfifo(folder / "pipe.txt")
    assert voices(folder) == voices()
    assert voices(folder / "nowhere") == voices()


def test_a_template_may_begin_with_a_byte_order_mark_and_obeys_no_terminal(folder: Path) -> None:
    (folder / "mine.txt").write_bytes(b"\xef\xbb\xbf" + LEAST.encode() + b"\r\n\x1b[31mred")
    template = read_template(folder / "mine.txt")
    assert template.prompt == f"{LEAST}\n␛[31mred"


@given(st.lists(st.sampled_from(["{", "}", "{{", "}}", "{people}", "people", ".", "\n", " ", "{a}", "é"]), max_size=12))
def test_braces_mean_what_they_mean_to_str_format_or_are_refused(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str]
) -> None:
    text = "".join(pieces)
    path = tmp_path_factory.mktemp("braces") / "mine.txt"
    path.write_text(f"{LEAST}|{text}", encoding="utf-8")
    try:
        expected = text.format(people="{a}")
    except (AttributeError, IndexError, KeyError, ValueError):
        with pytest.raises(TemplateError, match=r"^Template not used: mine.txt: line \d+: "):
            read_template(path)
    else:
        filled = read_template(path).fill(dict.fromkeys(FIELDS, "x") | {"people": "{a}"})[1]
        assert filled.partition("|")[2] == expected.rstrip()


@given(st.text(max_size=40))
def test_text_without_braces_comes_through(text: str) -> None:
    plain = text.replace("{", "").replace("}", "")
    assert Template("mine", f"a{plain}b").fill({})[1] == f"a{plain}b"
