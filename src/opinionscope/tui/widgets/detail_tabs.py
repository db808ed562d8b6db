"""DetailTabs: the prompt in full, the raw answer, and how it was read."""

from string import ascii_uppercase

from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from opinionscope.history import Run
from opinionscope.report import cost
from opinionscope.tui.styles import MUTED

DETAILS = ("prompt", "answer", "reading")
NOT_RECORDED = (
    "The raw text of this recorded answer is not bundled: only its figures are, by option label. "
    "`opinionscope data import PATH` brings the text along, from a copy of the benchmark's repository."
)


class DetailTabs(Vertical):
    """Three tabs of text, each taken literally; they are put together after the first paint."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self._run = run
        self._partial_text = ""

    def on_mount(self) -> None:
        """Put the tabs together later."""
        self.call_after_refresh(self._put_together)

    def show(self, run: Run, partial_text: str = "") -> None:
        """Show the texts of a run; `partial_text` is an answer that is still arriving."""
        self._run, self._partial_text = run, partial_text
        for detail in DETAILS:
            for place in self.query(f"#text-{detail}").results(Static):
                place.update(self._text(detail))

    def open(self, detail: str) -> None:
        """Bring a tab to the front, if they have been put together by now."""
        from textual.widgets import TabbedContent

        for tabs in self.query(TabbedContent):
            tabs.active = f"tab-{detail}"
            tabs.query_one(f"#tab-{detail} VerticalScroll", VerticalScroll).focus()

    def _text(self, detail: str) -> Content:
        if detail == "prompt":
            return _prompt(self._run)
        if detail == "reading":
            return _reading(self._run)
        return Content(self._partial_text) if self._partial_text else _answer(self._run)

    async def _put_together(self) -> None:
        from textual.widgets import TabbedContent, TabPane

        tabs = TabbedContent()
        for detail in DETAILS:
            text = Static(self._text(detail), id=f"text-{detail}", markup=False)
            tabs.compose_add_child(
                TabPane(detail.capitalize(), VerticalScroll(text, can_focus=True), id=f"tab-{detail}")
            )
        await self.mount(tabs)


def _heading(text: str) -> tuple[str, str]:
    return (f"{text}\n", f"bold {MUTED}")


def _prompt(run: Run) -> Content:
    prompt, request = run.elicitation.prompt, run.elicitation.request
    asked = f"temperature {request.temperature:g} · up to {request.max_tokens} tokens"
    if request.top_logprobs:
        asked += f" · log-probs of the {request.top_logprobs} likeliest first tokens"
    if run.response and run.response.kind == "recorded":
        asked = "What a live model would be sent; the recorded one was asked in its authors' own words."
    return Content.assemble(
        (f"{asked}\n\n", MUTED), _heading("system"), prompt.system, "\n\n", _heading("user"), prompt.user
    )


def _answer(run: Run) -> Content:
    response = run.response
    if response is None:
        return Content.styled(run.error or "No answer yet.", MUTED)
    answer = response.answer
    if answer.text is None:
        return Content.styled(NOT_RECORDED, MUTED)
    parts: list[str | tuple[str, str]] = [answer.text or "(empty)"]
    if answer.first_token:
        parts += ["\n\n", _heading("candidates for the first token")]
        parts += [f"{candidate.logprob:9.3f}  {candidate.token!r}\n" for candidate in answer.first_token]
    if answer.offered:
        parts += ["\n\n", _heading("options as they were offered then")]
        parts += [f"{letter}  {label}\n" for letter, label in zip(ascii_uppercase, answer.offered, strict=False)]
    details = " · ".join(filter(None, (answer.finish_reason and f"ended by {answer.finish_reason}", cost(run))))
    return Content.assemble(*parts, (f"\n\n{details}" if details else "", MUTED))


def _reading(run: Run) -> Content:
    reading = run.reading
    if reading is None:
        return Content.styled("Nothing to read yet.", MUTED)
    verdict = f"Could not be read: {reading.reason}." if reading.distribution is None else "Read as a distribution."
    parts: list[str | tuple[str, str]] = [(f"{verdict}\n", "bold")]
    parts += [f"• {step}\n" for step in reading.trace]
    if reading.distribution:
        parts.append((f"coverage {reading.coverage:.0%}\n\n", MUTED))
        rows = zip(run.elicitation.question.labels, reading.figures, reading.distribution.probabilities, strict=True)
        parts += [f"{figure:>10.4g}  → {share:6.1%}  {label}\n" for label, figure, share in rows]
    return Content.assemble(*parts)
