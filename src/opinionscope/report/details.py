"""The prompt, the answer and how it was read, as lines of text with a role: whoever shows them styles the roles."""

import math
from collections import Counter
from collections.abc import Iterator
from string import ascii_uppercase

from opinionscope.alignment.measures import MEASURES
from opinionscope.elicitation import Reading, Reply
from opinionscope.elicitation.prompting import NOW_ANSWER
from opinionscope.report.lines import BLANK, TextLine
from opinionscope.report.names import given
from opinionscope.report.people import people_lines
from opinionscope.report.words import Shown, Unit, cost, provenance, shown
from opinionscope.runs import Run

BRIEF = 40

NOT_RECORDED = (
    "The raw text of this recorded answer is not bundled: only its figures are, by option label. "
    "`opinionscope data import PATH` brings the text along, from a copy of the benchmark's repository."
)
ESTIMATED = (
    "A person estimated how the group answered, in percents that sum to 100: there is no text, and no model was asked."
)
NOT_SHOWN = (
    "This prompt was not sent: people were shown the question in the authors' own words and estimated how the group "
    "answered. It is what a live model would be sent."
)
GUESSED = "Set as bars in this program, in whole percents that sum to 100: there is no text, and no model was asked."
NOT_SHOWN_IN_PLAY = (
    "This prompt was not sent: a person saw the question, the options and the group, and set a bar for each option. "
    "It is what a live model would be sent."
)
NOT_SENT = (
    "This prompt was not sent: the recorded model was asked in its authors' own words. "
    "It is what a live model would be sent."
)
NOT_ASKED = "This prompt is not sent: recorded answers are fixed. It is what a live model would be sent."


_NOTHING_READ = {
    "running": "Nothing to read yet.",
    "cancelled": "Not read: the run was cancelled, and what had arrived is kept as it came.",
    "failed": "Nothing to read: no call succeeded.",
}
_SECOND_TURN = (
    BLANK,
    TextLine("assistant", "heading"),
    TextLine("What the model reasoned, sent back to it in a second call.", "muted"),
    BLANK,
    TextLine("user", "heading"),
    TextLine(NOW_ANSWER),
)


def prompt_lines(run: Run) -> tuple[TextLine, ...]:
    """What goes with the prompt, and its two messages; for a recorded model, that it was not sent."""
    call, is_second = run.plan.first, run.cell.reasons_in_a_call_before
    prompt, request, seed = call.prompt, call.request, call.seed
    if not prompt.user:
        return (TextLine(run.error or "No prompt.", "muted"),)
    settings = [f"temperature {request.temperature:g}", f"up to {_tokens(request.max_tokens)}"]
    if is_second:
        settings.append(f"after up to {_tokens(call.thinking.request.max_tokens)} of reasoning")
    if request.top_logprobs:
        settings.append(f"log-probs of the {request.top_logprobs} likeliest first tokens")
    if request.numbered:
        settings.append("as JSON where the provider can be held to it")
    if seed is not None:
        settings.append(f"seed {seed}")
    if number := len(run.plan.people):
        settings.append(f"the first of {number:,} people, each with a prompt of their own")
    return (
        TextLine(not_sent(run) or " · ".join(settings), "muted"),
        BLANK,
        TextLine("system", "heading"),
        TextLine(prompt.system),
        BLANK,
        TextLine("user", "heading"),
        TextLine(prompt.user),
        *(_SECOND_TURN if is_second else ()),
    )


def not_sent(run: Run) -> str:
    """That nobody got the prompt; "" where a model did, or will."""
    if run.kind == "person":
        return NOT_SHOWN_IN_PLAY
    if run.is_recorded and run.reply is None:
        return NOT_ASKED
    return NOT_SHOWN if run.is_estimated else NOT_SENT if run.is_recorded else ""


def _tokens(number: int) -> str:
    return "1 token" if number == 1 else f"{number} tokens"


def reading_lines(run: Run, unit: Unit = "nats") -> tuple[TextLine, ...]:
    """How the answer was read, figure by figure; all measures; and the pack's note on the question, if it has one."""
    return (*_reading(run), *measure_lines(run, unit), *_note(run.cell.question.note))


def answer_lines(run: Run) -> Iterator[TextLine]:
    """The raw answer, candidates for its first token, and how it ended; or why there is none."""
    if run.reply is None:
        yield TextLine(run.error or "No answer yet.", "muted")
        return
    yield from people_lines(run)
    if len(run.replies) > 1 and not run.is_estimated and all(_is_brief(reply) for reply in run.replies):
        yield from _brief_answers(run)
    else:
        for reply in run.replies:
            if len(run.replies) > 1:
                yield TextLine(f"{given(run)} {reply.call + 1:,} of {len(run.plan.calls):,}", "strong")
            yield from _one_answer(run, reply)
            yield from (BLANK,) if len(run.replies) > 1 else ()
    if words := cost(run) or (provenance(run) if run.is_recorded else ""):
        yield from (BLANK, TextLine(words, "muted"))


def _is_brief(reply: Reply) -> bool:
    """Whether there is no more to an answer than a few letters."""
    return not (reply.thought or reply.before or reply.first_token) and len(reply.text or "") <= BRIEF


def _brief_answers(run: Run) -> Iterator[TextLine]:
    """Many short answers in one paragraph, each with its option's label, and what went wrong with others."""
    labels = run.cell.question.labels
    said = Counter(_label(reply, labels) for reply in run.replies if reply.text)
    lost = Counter(reply.unread for reply in run.replies if reply.unread)
    yield TextLine(" ".join((reply.text or "·").strip() or "·" for reply in run.replies))
    for heading, found in (("how often each was said", said), ("calls without an answer", lost)):
        if found:
            yield from (BLANK, TextLine(heading, "heading"))
            yield from (TextLine(f"{count:>6,}  {words}") for words, count in found.most_common())


def _label(reply: Reply, labels: tuple[str, ...]) -> str:
    """A letter with the label it stood for in its call; anything else as it was said."""
    text = (reply.text or "").strip()
    offered = reply.offered or labels
    at = ascii_uppercase.find(text.upper()) if len(text) == 1 else -1
    return offered[at] if 0 <= at < len(offered) else text


def _one_answer(run: Run, reply: Reply) -> Iterator[TextLine]:
    for answer, reason in reply.before:
        yield from (TextLine("an answer before, which could not be read", "heading"), TextLine(answer))
        yield from (TextLine(f"asked again: {reason}", "muted"), BLANK)
    if reply.thought:
        yield from (TextLine("what the model reasoned first", "heading"), TextLine(reply.thought), BLANK)
        yield TextLine("its answer", "heading")
    if reply.text is None and reply.unread and run.is_live:
        yield TextLine(reply.unread, "muted")
    elif reply.text is None:
        yield TextLine(_no_text(run), "muted")
        if run.is_estimated and reply.figures:
            yield from _percents(run, reply.figures)
    else:
        yield TextLine(reply.text or "(empty)")
    if reply.first_token:
        yield from (BLANK, TextLine("candidates for the first token", "heading"))
        yield from (TextLine(f"{candidate.logprob:9.3f}  {candidate.token!r}") for candidate in reply.first_token)
    if reply.offered:
        yield from (BLANK, TextLine("options as they were offered then", "heading"))
        yield from (
            TextLine(f"{letter}  {label}") for letter, label in zip(ascii_uppercase, reply.offered, strict=False)
        )
    ended = f"ended by {reply.finish_reason}" if reply.finish_reason else ""
    held = "held to a JSON schema" if reply.structured else ""
    if details := " · ".join(filter(None, (ended, held))):
        yield from (BLANK, TextLine(details, "muted"))


def _no_text(run: Run) -> str:
    if run.is_estimated:
        return GUESSED if run.kind == "person" else ESTIMATED
    return NOT_RECORDED if run.is_recorded else "The answer has no text."


def _percents(run: Run, figures: tuple[float | None, ...]) -> Iterator[TextLine]:
    """What one person estimated, option by option."""
    for label, figure in zip(run.cell.question.labels, figures, strict=False):
        yield TextLine(f"{'not asked' if figure is None else f'{figure:g} %':>9}  {label}")


def _reading(run: Run) -> Iterator[TextLine]:
    reading = run.reading
    if reading is None:
        yield TextLine(_NOTHING_READ.get(run.status, "Nothing to read."), "muted")
        return
    read = reading.distribution
    yield TextLine("Read as a distribution." if read else f"Could not be read: {reading.reason}.", "strong")
    yield from (TextLine(f"• {step}") for step in reading.trace)
    if read is None:
        return
    yield from (TextLine(_coverage(reading), "muted"), BLANK)
    labels = run.cell.question.labels
    bounds = reading.bounds or (None,) * len(labels)
    for label, figure, share, bound in zip(labels, reading.figures, read.probabilities, bounds, strict=True):
        if bound is None:
            yield TextLine(f"{figure:>10.4g}  → {share:6.1%}  {label}")
        else:
            yield TextLine(f"{'not listed':>10}  → {below(bound):>6}  {label}")


def below(bound: float) -> str:
    """The most that a share can be which was not measured, rounded up: "<0.3%"."""
    return f"<{max(0.1, math.ceil(round(bound * 1000, 6)) / 10):.1f}%"


def _coverage(reading: Reading) -> str:
    return "coverage not recorded" if reading.coverage is None else f"coverage {reading.coverage:.0%}"


def _note(note: str) -> Iterator[TextLine]:
    if note:
        yield from (BLANK, TextLine("note on the question", "heading"), TextLine(note))


def measure_lines(run: Run, unit: Unit) -> Iterator[TextLine]:
    """All measures that are defined for a run; nothing where it was not compared."""
    if run.alignment is None:
        return
    defined = [
        shown(measure, run.alignment, unit) for name, measure in MEASURES.items() if name in run.alignment.scores
    ]
    name_width = max(len(each.label) for each in defined)
    value_width = max(len(_value(each)) for each in defined)
    yield from (BLANK, TextLine("all measures", "heading"))
    for each in defined:
        yield TextLine(f"{each.label:<{name_width}}  {_value(each):<{value_width}}  {each.meaning}")


def _value(measure: Shown) -> str:
    return " ".join(filter(None, (measure.value, measure.unit, measure.interval and f"({measure.interval})")))
