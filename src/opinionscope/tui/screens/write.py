"""WriteScreen: a form for a question of one's own, with what the model will see beside it."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from msgspec import Struct
from textual import on
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static
from typing_extensions import override

from opinionscope.errors import OpinionscopeError
from opinionscope.survey import Library
from opinionscope.survey.own import OWN, OwnPack
from opinionscope.survey.own_draft import Checked, Draft, Field
from opinionscope.survey.text import counted
from opinionscope.tui.actions import Scope, bindings_in
from opinionscope.tui.arrangement import Arrangement
from opinionscope.tui.messages import WritingWanted
from opinionscope.tui.screens.confirm import ConfirmScreen
from opinionscope.tui.screens.window import Window
from opinionscope.tui.styles import MUTED
from opinionscope.tui.widgets.form_field import FormField, State
from opinionscope.tui.widgets.key_footer import KeyFooter
from opinionscope.tui.widgets.question_preview import QuestionPreview
from opinionscope.tui.working import Failed, work

NOT_OWN = "Only questions written in this form can be changed in it; w writes one."


class _Look(Struct, frozen=True):
    """How a field is shown.

    Attributes:
        example: stands in the empty field.
        lines: rows to type in.
    """

    label: str
    example: str
    lines: int


FIELDS: Mapping[Field, _Look] = {
    "text": _Look("Question", "Should the library open earlier, later, or as it does now?", 3),
    "options": _Look("Options", "Earlier = 1\nAs now = 2\nLater = 3\nDid not say = no answer", 6),
    "people": _Look("People", "party=Democrat: 12, 30, 8, 1\nParents: 20%, 50%, 25%, 5%; n=60", 3),
    "context": _Look("Background", "It opens at ten.", 2),
    "title": _Look("Title", "Opening hours", 1),
}
EXAMPLE = Draft(**{name: look.example for name, look in FIELDS.items()})


class Outcome(Struct, frozen=True):
    """What the form has done.

    Attributes:
        question_id: the question saved, or deleted.
    """

    question_id: str
    is_deleted: bool = False


class WriteScreen(Window[Outcome]):
    """Returns what was done, or None.

    Args:
        own: the pack that is written.
        question_id: the question to change; "" for a new one.

    Raises:
        PackError: if the pack cannot be read.
        NotFoundError: if it has no such question.
    """

    CSS_PATH = "write.tcss"
    AUTO_FOCUS = "#field-text TextArea"
    SCOPE: ClassVar[Scope] = "write"
    BINDINGS = bindings_in(SCOPE)

    def __init__(self, own: OwnPack, question_id: str = "") -> None:
        super().__init__()
        self._own = own
        self._question_id = question_id
        self._known = own.groups()
        self._first = own.draft(question_id) if question_id else Draft()
        self._touched: set[Field] = set()
        self._is_saving = False

    @override
    def compose(self) -> ComposeResult:
        title = "Change your question" if self._question_id else "Write a question of your own"
        place = f"{self._own.dataset}/{self._question_id}" if self._question_id else self._own.path.name
        yield Static(Content.assemble((title, "bold $primary"), (f"   {place}", MUTED)), id="write-title", markup=False)
        with VerticalScroll(id="write", can_focus=False):
            with VerticalScroll(id="write-form", can_focus=False):
                for name, look in FIELDS.items():
                    first = getattr(self._first, name)
                    yield FormField(look.label, first, example=look.example, lines=look.lines, id=f"field-{name}")
            with VerticalScroll(id="write-preview"):
                yield QuestionPreview()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Say what each field is for."""
        self._tell(self._check())

    @on(FormField.Changed)
    def _typed(self) -> None:
        draft = self._draft()
        self._touched |= {name for name in FIELDS if getattr(draft, name) != getattr(self._first, name)}
        self._tell(draft.check(self._known))

    def _field(self, name: Field) -> FormField:
        return self.query_one(f"#field-{name}", FormField)

    def _draft(self) -> Draft:
        return Draft(**{name: self._field(name).value for name in FIELDS})

    def _check(self) -> Checked:
        return self._draft().check(self._known)

    def _tell(self, checked: Checked) -> None:
        for name in FIELDS:
            self._field(name).tell(*self._sentence(name, checked))
        is_untouched = self._draft() == Draft()
        self.query_one(QuestionPreview).show(EXAMPLE.check(()) if is_untouched else checked, is_example=is_untouched)

    def _sentence(self, name: Field, checked: Checked) -> tuple[str, State]:
        if name in checked.problems and name in self._touched:
            return checked.problems[name], "problem"
        if self._field(name).value.strip() and name not in checked.problems:
            return _fine(name, checked), "fine"
        return _hint(name, checked), "hint"

    # Saving, leaving, deleting

    def action_save(self) -> None:
        """Save, or go to the first field that is not right yet."""
        checked = self._check()
        wrong = next((name for name in FIELDS if name in checked.problems), None)
        if wrong is not None:
            self._touched |= set(FIELDS)
            self._tell(checked)
            self._field(wrong).take_focus()
            self.app.bell()
            return
        written = checked.written()

        def save() -> str:
            if not self._question_id:
                return self._own.add(written)
            self._own.change(self._question_id, written)
            return self._question_id

        self._carry_out(save)

    @override
    def action_leave(self) -> None:
        """Leave; ask first if something would be lost."""
        if self.is_unsaved:
            self.ask_to_leave()
        elif not self._is_saving:
            self.close_with(None)

    @property
    def is_unsaved(self) -> bool:
        """Whether something would be lost."""
        return self.is_mounted and not self._is_saving and self._draft() != self._first

    def ask_to_leave(self, go_on: Callable[[], object] | None = None) -> None:
        """Ask whether what was typed may go; then leave, and go on to what was wanted."""
        if any(isinstance(screen, ConfirmScreen) for screen in self.app.screen_stack):
            return

        def leave(_: bool) -> None:
            self.close_with(None)
            if go_on is not None:
                go_on()

        ConfirmScreen("What you typed is not saved.", "Throw it away", "Go on writing").ask(self.app, leave)

    def action_delete(self) -> None:
        """Delete the question, if that is meant so."""

        def delete() -> str:
            self._own.delete(self._question_id)
            return self._question_id

        question = "Delete this question? Runs of it stay in the history."
        confirm = ConfirmScreen(question, "Delete it", "Keep it")
        confirm.ask(self.app, lambda _: self._carry_out(delete, is_deleted=True))

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return bool(self._question_id) if action == "delete" else True

    @work()
    async def _carry_out(self, change: Callable[[], str], *, is_deleted: bool = False) -> None:
        """Change the pack once, however often the key is pressed."""
        if self._is_saving:
            return
        self._is_saving = True
        try:
            question_id = await asyncio.to_thread(change)
        except Exception:
            self._is_saving = False
            raise
        self.pop_until_active()
        self.close_with(Outcome(question_id, is_deleted))


def _hint(name: Field, checked: Checked) -> str:
    """What belongs into an empty field."""
    if name == "title":
        return f"for lists; without one: {checked.title}" if checked.title else "a few words for lists, if you like"
    return {
        "text": "as the model is to read it",
        "options": "one a line; “= 2” place on a scale, “= no answer” refusal",
        "people": "a group, and its counts or shares (%) · may stay empty",
        "context": "what people were told beforehand · may stay empty",
    }[name]


def _fine(name: Field, checked: Checked) -> str:
    """What was understood."""
    if name == "options":
        scaled = sum(option.value is not None for option in checked.options)
        unanswered = sum(option.nonresponse for option in checked.options)
        parts = [f"{len(checked.options)} options"]
        parts += [f"{scaled} on a scale"] if scaled else []
        parts += [f"{unanswered} no answer"] if unanswered else []
        return " · ".join(parts)
    if name == "people":
        told = "with figures" if any(each.figures is not None for each in checked.people) else "to be asked as"
        return f"{counted(len(checked.people), 'group')} {told}"
    return ""


def open_form(app: App[Any], arrangement: Arrangement, wanted: WritingWanted) -> None:
    """Open the form for a new question, or for one of the user's own."""
    library, folder, question = arrangement.library, arrangement.paths.data, wanted.question
    try:
        own = OwnPack.of(question, library, folder) if question else OwnPack.named(OWN, library, folder)
        if own is None:
            app.notify(NOT_OWN, timeout=4)
            return
        form = WriteScreen(own, question.id if question else "")
    except OpinionscopeError as error:
        app.post_message(Failed(error))
        return

    @work(group="library")
    async def look_at(app: App[Any], outcome: Outcome) -> None:
        after = await arrangement.renew_library()
        key = f"{own.dataset}/{outcome.question_id}"
        if outcome.is_deleted:
            key = _beside(key, library, after)
        wanted.then(after, key)
        app.notify("Deleted" if outcome.is_deleted else f"Saved as {key}", timeout=4, markup=False)

    form.ask(app, lambda outcome: look_at(app, outcome))


def _beside(gone: str, before: Library, after: Library) -> str:
    """The question that stood next to one that is gone."""
    keys = [question.key for question in after.questions]
    place = [question.key for question in before.questions].index(gone)
    return keys[min(place, len(keys) - 1)]
