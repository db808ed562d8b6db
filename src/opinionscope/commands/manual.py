"""The manual page ``opinionscope.1``, made from the commands that also make ``--help``."""

from collections.abc import Iterator
from textwrap import wrap

import click

from opinionscope import __version__
from opinionscope.commands.grammar import PROGRAM
from opinionscope.regexes import regex

DATE = "2026-11-29"
"""Day of this version, for the foot of the page."""
ENVIRONMENT = (
    ("OPINIONSCOPE_HOME", "Keep settings, history, packs and themes under this folder, not in the platform's folders."),
    ("OPINIONSCOPE_API_KEY", "Key of the server that --api-base names."),
    ("OPENAI_API_KEY, ANTHROPIC_API_KEY, …", "Key of a provider, by the name that litellm gives it."),
    ("NO_COLOR", "Draw without colours."),
)
_ESCAPES = {"\\": "\\e", "-": "\\-", "`": "\\(ga", "'": "\\(aq", '"': "\\(dq", "^": "\\(ha", "~": "\\(ti"}
_UNSAFE = regex(r"[^ -~]|[\\\-`'\"^~]")


def manual(root: click.Group) -> list[str]:
    """The lines of the page, in roff with the man macros and in ASCII: every command with its options and examples."""
    context = click.Context(root, info_name=PROGRAM, **root.context_settings)
    return [*_head(context), *_commands(context), *_foot()]


def _head(context: click.Context) -> Iterator[str]:
    summary, *others = _paragraphs(context.command)
    yield f'.\\" Written by "{PROGRAM} man"; do not edit.'
    yield f'.TH {PROGRAM.upper()} 1 {DATE} "{PROGRAM} {__version__}" "User Commands"'
    yield ".SH NAME"
    yield from _lines(f"{PROGRAM} - {summary[:1].lower()}{summary[1:].rstrip('.')}")
    yield ".SH SYNOPSIS"
    yield _usage(context)
    yield ".SH DESCRIPTION"
    yield from _body(others)
    yield ".SH OPTIONS"
    yield from _options(context)
    yield from _examples(context.command)
    yield ".SH COMMANDS"


def _commands(context: click.Context) -> Iterator[str]:
    command = context.command
    if not isinstance(command, click.Group):
        return
    for name in command.list_commands(context):
        below = command.commands[name]
        if not below.hidden:
            inner = click.Context(below, parent=context, info_name=name)
            yield f'.SS "{_text(inner.command_path.removeprefix(PROGRAM).strip())}"'
            yield _usage(inner)
            yield ".PP"
            yield from _body(_paragraphs(below))
            yield from _options(inner)
            yield from _examples(below)
            yield from _commands(inner)


def _foot() -> Iterator[str]:
    yield ".SH ENVIRONMENT"
    for name, meaning in ENVIRONMENT:
        yield from (".TP", f"\\fB{_text(name)}\\fR", *_lines(meaning))


def _usage(context: click.Context) -> str:
    pieces = " ".join(context.command.collect_usage_pieces(context))
    return f"\\fB{_text(context.command_path)}\\fR {_text(pieces)}"


def _paragraphs(command: click.Command) -> list[str]:
    """The help of a command, one line a paragraph."""
    return [" ".join(each.split()) for each in (command.help or "").split("\n\n")]


def _body(paragraphs: list[str]) -> Iterator[str]:
    for number, paragraph in enumerate(paragraphs):
        if number:
            yield ".PP"
        yield from _lines(paragraph)


def _options(context: click.Context) -> Iterator[str]:
    """What has a line of its own; a command's --help goes without saying, and usage names the arguments."""
    for parameter in context.command.get_params(context):
        names, meaning = parameter.get_help_record(context) or ("", "")
        if meaning and not (context.parent and "--help" in parameter.opts):
            yield from (".TP", f"\\fB{_text(names)}\\fR", *_lines(meaning))


def _examples(command: click.Command) -> Iterator[str]:
    """The lines after the mark and the heading, as they stand."""
    if command.epilog:
        _, heading, *lines = command.epilog.splitlines()
        yield from (".PP", _text(heading), ".PP", ".EX", *map(_text, lines), ".EE")


def _lines(text: str) -> Iterator[str]:
    """Text that is filled, in lines of a usual length."""
    yield from map(_text, wrap(text, 72, break_long_words=False, break_on_hyphens=False))


def _text(text: str) -> str:
    """One line as roff takes it literally."""
    escaped = _UNSAFE.sub(lambda found: _ESCAPES.get(found[0]) or f"\\[u{ord(found[0]):04X}]", text)
    return f"\\&{escaped}" if escaped.startswith(".") else escaped
