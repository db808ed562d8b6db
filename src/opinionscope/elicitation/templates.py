"""Templates: prompts of the user's own, as text files with named fields such as {people}.

A file ``NAME.txt`` is the user message alone; a file ``NAME.toml`` has `prompt`, and may have `system`, `summary` and
`attributes`. A field is replaced in one pass: what stands in for it is never looked at again, and no field reaches
beyond its own text. ``{{`` and ``}}`` are braces. A line whose fields are all empty is left out.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct, field

from opinionscope.errors import OpinionscopeError
from opinionscope.regexes import regex
from opinionscope.survey.question import Group
from opinionscope.survey.text import clean, clean_line, fold, not_utf8

FIELDS: Mapping[str, str] = {
    "people": "the group in the plural: Democratic women",
    "person": "one of the group: a Democratic woman",
    "group": "the name of the group",
    "question": "the question as it was asked",
    "background": "what people were told before it; empty for most",
    "options": "the options, a line each, with their letters",
    "letters": "the letters alone: A, B, C",
    "examples": "the worked examples, or the group's real answers",
    "about_examples": "a sentence on how the examples are to be taken",
    "instruction": "the form of the answer, which the reader of answers relies on",
}
"""What a template may name, beside the attributes of a group."""

ATTRIBUTES = (
    "party",
    "sex",
    "gender",
    "race",
    "ethnicity",
    "country",
    "age",
    "education",
    "income",
    "religion",
    "region",
    "ideology",
)
"""Attributes known without being declared in `attributes`."""

OBLIGATORY = ("question", "options", "instruction")
NAME_A_GROUP = ("people", "person", "group")
LONGEST = 20_000
SUFFIXES = (".toml", ".txt")

_NAME = regex(r"\w[\w-]{0,39}")
_FIELD = r"[a-z][a-z0-9_]{0,39}"
_FIELD_NAME = regex(_FIELD)
_TOKEN = regex(rf"\{{\{{|\}}\}}|\{{({_FIELD})\}}|[{{}}]")
_SHOWN = 30


class TemplateError(OpinionscopeError):
    """A template file that cannot be used."""

    title = "Template not used"


class TemplateFile(msgspec.Struct, forbid_unknown_fields=True):
    """A template as written in a TOML file.

    Attributes:
        prompt: the user message.
        system: the system message; "" for the program's own.
        summary: one line for the list of voices.
        attributes: further attributes of groups that are named as fields, such as "trade".
    """

    prompt: str
    system: str = ""
    summary: str = ""
    attributes: tuple[str, ...] = ()


class Template(Struct, frozen=True):
    """A prompt of the user's own; its fields are known to be right.

    Attributes:
        name: the file's, without its ending.
        system: "" for the program's own.
        source: the file it was read from.
        attributes: those that are declared.
    """

    name: str
    prompt: str
    system: str = ""
    summary: str = ""
    source: str = ""
    attributes: tuple[str, ...] = field(default=())

    @property
    def version(self) -> str:
        """Name and beginning of the hash of its text, to tell a changed template from what it was."""
        digest = hashlib.sha256(f"{self.system}\0{self.prompt}".encode()).hexdigest()
        return f"{self.name}@{digest[:8]}"

    @property
    def fields(self) -> frozenset[str]:
        """The fields that are named in the prompt or in the system message."""
        return frozenset(name for _, name in _tokens(f"{self.system}\n{self.prompt}") if name)

    def lacks(self, group: Group) -> str:
        """An attribute that the template names and the group does not have; "" if there is none."""
        return next(iter(sorted(self.fields - FIELDS.keys() - attribute_fields(group).keys())), "")

    def fill(self, values: Mapping[str, str]) -> tuple[str, str]:
        """System message ("" for the program's own) and user message, with a value for every field."""
        return _filled(self.system, values), _filled(self.prompt, values)


def attribute_fields(group: Group) -> Mapping[str, str]:
    """The attributes of a group under the names that their fields have: "age group" as ``{age_group}``."""
    return {"_".join(fold(name).split()): value for name, value in group.attributes}


def load_templates(folder: Path) -> tuple[tuple[Template, ...], tuple[TemplateError, ...]]:
    """The templates in a folder, in order of their names, and one problem for each file that is none."""
    templates: dict[str, Template] = {}
    problems: list[TemplateError] = []
    for path in _files(folder):
        try:
            template = read_template(path)
            if template.name in templates:
                raise _refused(path, "expected one file a name, and there is a .toml of that name")
        except TemplateError as problem:
            problems.append(problem)
        else:
            templates[template.name] = template
    return tuple(templates.values()), tuple(problems)


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.suffix in SUFFIXES and not path.name.startswith(".") and path.is_file():
            yield path


def read_template(path: Path) -> Template:
    """Read and check one template.

    Raises:
        TemplateError: naming the file and what was expected of it.
    """
    if not _NAME.fullmatch(path.stem):
        raise _refused(path, "expected a name of at most 40 letters, digits and hyphens, without blanks")
    file = _read(path)
    prompt, system = clean(file.prompt).strip(), clean(file.system).strip()
    attributes = tuple(clean_line(name) for name in file.attributes)
    if odd := next((name for name in attributes if not _FIELD_NAME.fullmatch(name)), None):
        raise _refused(path, f'expected attributes in small letters, digits and underscores, got "{odd[:_SHOWN]}"')
    for part, text in (("prompt", prompt), ("system", system)):
        if problem := _problem_in(text, {*FIELDS, *ATTRIBUTES, *attributes}):
            raise _refused(path, f"{problem} ({part})" if path.suffix == ".toml" else problem)
    template = Template(path.stem, prompt, system, clean_line(file.summary), str(path), attributes)
    if missing := next((name for name in OBLIGATORY if name not in template.fields), ""):
        raise _refused(path, f"expected the field {{{missing}}}: {FIELDS[missing]}")
    if not template.fields & {*NAME_A_GROUP, *ATTRIBUTES, *attributes}:
        raise _refused(path, "expected a field that says whose answer is wanted: {people}, {person} or {group}")
    return template


def _read(path: Path) -> TemplateFile:
    try:
        with path.open("rb") as file:
            content = file.read(4 * LONGEST + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise _refused(path, f"it cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        if len(content) > 4 * LONGEST:
            raise _too_long(path) from error
        raise _refused(path, not_utf8(content)) from error
    if len(text) > LONGEST:
        raise _too_long(path)
    if path.suffix == ".txt":
        return TemplateFile(text)
    try:
        return msgspec.toml.decode(text, type=TemplateFile)
    except msgspec.DecodeError as error:
        raise _refused(path, clean_line(str(error)).replace("$.", "")) from error


def _refused(path: Path, reason: str) -> TemplateError:
    return TemplateError(f"{clean_line(path.name)}: {reason}")


def _too_long(path: Path) -> TemplateError:
    return _refused(path, f"expected at most {LONGEST:,} characters")


def _tokens(text: str) -> Iterator[tuple[int, str]]:
    """Where the tokens of a text stand, and which field each is; "" for what is none."""
    return ((match.start(), match[1] or "") for match in _TOKEN.finditer(text))


def _problem_in(text: str, known: set[str]) -> str:
    """What is wrong with the fields of a text; "" if nothing is."""
    for at, name in _tokens(text):
        line = text.count("\n", 0, at) + 1
        if name and name not in known:
            return f"line {line}: {{{name}}} is no field; expected {', '.join(FIELDS)} or an attribute"
        if not name and text[at : at + 2] not in ("{{", "}}"):
            shown = clean_line(text[at : at + _SHOWN])
            return f'line {line}: expected a field such as {{people}} at "{shown}"; a brace itself is doubled'
    return ""


def _filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields replaced in one pass, without lines all of whose fields are empty."""

    def value(match: re.Match[str]) -> str:
        return values[match[1]] if match[1] else match[0][0]

    lines: list[str] = []
    skipped = False
    for line in text.split("\n"):
        names = [name for _, name in _tokens(line) if name]
        if names and not any(values[name] for name in names):
            skipped = True
        elif not (skipped and not line.strip() and (not lines or not lines[-1].strip())):
            lines.append(_TOKEN.sub(value, line))
            skipped = False
    return "\n".join(lines).strip()
