"""Additions to click's commands: clean errors, no repeated options, suggested names, completion."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from importlib import import_module
from io import StringIO
from typing import TYPE_CHECKING, Any, NoReturn

import click
from typing_extensions import override

from opinionscope.commands.printing import tell
from opinionscope.errors import FAILED, INTERRUPTED, USAGE, OpinionscopeError, StoppedError, exit_code
from opinionscope.regexes import regex
from opinionscope.streams import OutputError
from opinionscope.suggesting import did_you_mean

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

PROGRAM = "opinionscope"
_HELD = "\0"
_NEGATED = regex(r"-(?![\d-]|[A-Za-z]$)\S")
_NEGATED_FIELD = regex(r"-\w+(:|[<>=])")
"""What a selection must not be, if its letter is no option of the command; a field with a value always is one."""


class Name(click.types.StringParamType):
    """The name of something at hand, which a shell can complete.

    Args:
        kind: what of; a key of `completing.OFFERS`.
        metavar: how the help calls it.
    """

    def __init__(self, kind: str, metavar: str) -> None:
        self._kind = kind
        self._metavar = metavar

    @override
    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return self._metavar

    @override
    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> "list[CompletionItem[str]]":
        from opinionscope.commands.completing import completions

        return completions(self._kind, ctx, incomplete)


class NameOrPath(Name):
    """The name of something at hand, or a file or folder."""

    @override
    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> "list[CompletionItem[str]]":
        from click.shell_completion import CompletionItem

        return [*super().shell_complete(ctx, param, incomplete), CompletionItem(incomplete, type="file")]


QUESTION = Name("question", "ID")
GROUP = Name("group", "GROUP")
MODEL = Name("model", "MODEL")
VOICE = Name("voice", "NAME")
DATASET = Name("dataset", "DATASET")
DOMAIN = Name("domain", "D")
RUN = Name("run", "RUN_ID")
SWEEP = Name("sweep", "ID")
RESULTS = NameOrPath("sweep", "ID|DIR|FILE")
SELECTION = Name("selection", "SELECTION")
TABLE = Name("table", "NAME")
THEME = Name("theme", "NAME")


class Choice(click.Choice[str]):
    """One of several names; a mistyped one is answered with the nearest."""

    @override
    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        return " ".join((f"{super().get_invalid_choice_message(value, ctx)}", _question(str(value), self.choices)))


class Registered(Choice):
    """One of the names of a registry, which is loaded when they are needed."""

    def __init__(self, module: str, registry: str) -> None:
        self._module, self._registry = module, registry
        self.case_sensitive = True

    @cached_property
    def choices(self) -> tuple[str, ...]:  # type: ignore[override]
        """The names, in the order of the registry."""
        return tuple(getattr(import_module(f"opinionscope.{self._module}"), self._registry))


STEERING = Registered("elicitation", "STEERINGS")
FORMAT = Registered("elicitation", "FORMATS")
ORDER = Registered("elicitation", "ORDERS")


class Command(click.Command):
    """A command whose options are given once."""

    @override
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        _refuse_repeated(self, ctx, args)
        return super().parse_args(ctx, args)


class SelectionCommand(Command):
    """A command that takes a selection: what it must not be, ``-tag:pilot``, is no option."""

    @override
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        kept = args[: args.index("--")] if "--" in args else args
        options = {name for each in self.get_params(ctx) for name in each.opts if len(name) == 2}

        def is_negated(arg: str) -> bool:
            return bool(_NEGATED_FIELD.match(arg) or (_NEGATED.match(arg) and arg[:2] not in options))

        return super().parse_args(ctx, [_HELD + arg if is_negated(arg) else arg for arg in kept] + args[len(kept) :])

    @override
    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, with the selection as it was typed."""
        for name, value in ctx.params.items():
            if isinstance(value, tuple):
                ctx.params[name] = tuple(each.removeprefix(_HELD) if isinstance(each, str) else each for each in value)
        return super().invoke(ctx)


class Commands(click.Group):
    """A group of commands: an error ends a command with one sentence on stderr and its exit code."""

    command_class = Command
    group_class = type

    @override
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        _refuse_repeated(self, ctx, args)
        return super().parse_args(ctx, args)

    @override
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if not ctx.resilient_parsing and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            raise click.UsageError(f'No such command "{args[0]}". {_question(args[0], self.commands)}'.rstrip(), ctx)
        return super().resolve_command(ctx, args)

    @override
    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; click would answer Ctrl-C with an empty line first."""
        try:
            return super().invoke(ctx)
        except StoppedError as stopped:
            _end("Stopped.", exit_code(stopped.number))
        except KeyboardInterrupt:
            _end("Interrupted.", INTERRUPTED)

    @override
    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the command line; in standalone mode exit, with errors shown on stderr."""
        if not standalone_mode:
            return super().main(args, prog_name or PROGRAM, complete_var, standalone_mode=False, **extra)
        with _failures_told():
            code = super().main(args, prog_name or PROGRAM, complete_var, standalone_mode=False, **extra)
            sys.stdout.flush()
        raise SystemExit(code if isinstance(code, int) else 0)


@contextmanager
def _failures_told() -> Iterator[None]:
    try:
        yield
    except OutputError as error:
        _end(f"Error: {error}", FAILED)
    except OpinionscopeError as error:
        _end(f"Error: {error}", USAGE)
    except click.ClickException as error:
        shown = StringIO()
        error.show(shown)
        _end(shown.getvalue().rstrip(), error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        _end("Interrupted.", INTERRUPTED)


def _end(sentence: str, code: int) -> NoReturn:
    with suppress(OpinionscopeError):
        tell(sentence)
    raise SystemExit(code)


def _question(word: str, names: Sequence[str] | Any) -> str:
    question = did_you_mean(word, names)
    return question[:1].upper() + question[1:]


def _refuse_repeated(command: click.Command, ctx: click.Context, args: list[str]) -> None:
    """Refuse an option that takes one value and is given several times.

    Raises:
        click.UsageError: naming it. click itself would take the last, without a word.
    """
    if ctx.resilient_parsing:
        return
    _, _, given = command.make_parser(ctx).parse_args(list(args))
    if any(each.is_eager for each in given):
        return
    for each, times in Counter(given).items():
        if times > 1 and isinstance(each, click.Option) and not (each.multiple or each.is_flag or each.count):
            names = " / ".join(each.opts)
            how = "once, with commas between values" if "," in (each.metavar or "") else "once"
            raise click.UsageError(f"{names} is given {times} times; give it {how}.", ctx)
