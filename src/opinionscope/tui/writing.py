"""Writing questions from Explore: the form is opened, and what it saved is looked at without a restart."""

from typing import TYPE_CHECKING

from opinionscope.errors import OpinionscopeError
from opinionscope.survey import Library, Question
from opinionscope.survey.own import OWN, OwnPack
from opinionscope.tui.screens.write import Outcome, WriteScreen

if TYPE_CHECKING:
    from opinionscope.tui.app import OpinionscopeApp
    from opinionscope.tui.arrangement import Arrangement
    from opinionscope.tui.messages import WritingWanted

NOT_OWN = "Only questions written in this form can be changed in it; w writes one."


def open_form(app: "OpinionscopeApp", arrangement: "Arrangement", wanted: "WritingWanted") -> None:
    """Open the form for a new question, or for one of the user's own."""
    library, folder, question = arrangement.library, arrangement.data, wanted.question
    try:
        own = OwnPack.of(question, library, folder) if question else OwnPack.named(OWN, library, folder)
        if own is None:
            app.notify(NOT_OWN, timeout=4)
            return
        form = WriteScreen(own, question.id if question else "")
    except OpinionscopeError as error:
        app.notify(error.message, title=error.title, severity="error", timeout=8, markup=False)
        return

    async def look_at(outcome: Outcome) -> None:
        after = await arrangement.renew_library()
        key = f"{own.dataset}/{outcome.question_id}"
        if outcome.is_deleted:
            key = _beside(key, library, after)
        wanted.then(after, key)
        app.notify("Deleted" if outcome.is_deleted else f"Saved as {key}", timeout=4, markup=False)

    def done(outcome: Outcome | None) -> None:
        if outcome is not None:
            app.run_worker(look_at(outcome), group="library")

    app.push_screen(form, done)


def _beside(gone: str, before: Library, after: Library) -> str:
    """The question that stood next to one that is gone."""
    keys = [_key(question) for question in after.questions]
    place = [_key(question) for question in before.questions].index(gone)
    return keys[min(place, len(keys) - 1)]


def _key(question: Question) -> str:
    return f"{question.dataset}/{question.id}"
