"""What a model thought, parted from what it answered: nothing in a thought is ever taken for an answer.

There are two kinds: thoughts that a model was told to write down before a line with ANSWER:, and those that models
trained to reason put between markers of their own (`markers.FAMILIES`), and that many servers pass on in the answer.
"""

import re

from opinionscope.elicitation.markers import begins_with_open_tag, part_thoughts
from opinionscope.elicitation.reply import BROKEN_OFF, Reply
from opinionscope.regexes import regex
from opinionscope.values import replace

CUT_BEFORE_ANSWER = (
    "the model was cut off while it still reasoned, before it came to its answer; allow more with max_tokens under "
    "[models.NAME.parameters] in the settings, ask again without reasoning, or choose a model that needs fewer words"
)
NO_ANSWER_MARK = (
    "the model reasoned, but began no line with ANSWER:, so that nobody can tell its answer from its thoughts"
)
NO_ANSWER_BEHIND = "the model wrote down its thoughts and no answer behind them; choose a model that answers at once"

_MARK = r"^[\s*#>_]{0,8}%s(?:[\s*_]{0,4}[:：][*_]{0,3}|[*_]{0,3}[ \t]{0,4}$)"
_ANSWER_MARK = regex(_MARK % "(?:(?:FINAL|Final) )?ANSWER", re.MULTILINE)
_LOOSE_MARK = regex(_MARK % "(?:final )?answer", re.IGNORECASE | re.MULTILINE)


def split_thought(text: str, *, is_cut_off: bool = False) -> tuple[str, str]:
    """What was reasoned, and what was answered behind the last line that begins with ANSWER:.

    Where no line has it in capitals, and the text came to its own end, any other spelling will do; where there is
    none at all, a text of one paragraph is an answer without a thought. Else the whole is a thought, and the answer "".
    While a text still arrives, it counts as cut off.
    """
    marks = list(_ANSWER_MARK.finditer(text)) or ([] if is_cut_off else list(_LOOSE_MARK.finditer(text)))
    if marks:
        return text[: marks[-1].start()].strip(), text[marks[-1].end() :].lstrip()
    is_bare = not is_cut_off and all(map(str.strip, text.strip().splitlines()))
    return ("", text) if is_bare else (text.strip(), "")


def without_tags(reply: Reply) -> Reply:
    """An answer whose tagged thoughts are set apart; one with nothing behind them has no text, but a reason for it.

    Log-probs are of the first token, thought or not, and stay as they are.
    """
    if reply.text is None or reply.first_token is not None:
        return reply
    thought, text = part_thoughts(reply.text)
    if not thought and text == reply.text:
        is_cut_thought = reply.is_cut_off and begins_with_open_tag(reply.text)
        return parted(reply, reply.text.strip(), "", why_no_answer(reply)) if is_cut_thought else reply
    return parted(reply, thought, text, why_no_answer(reply))


def why_no_answer(reply: Reply, at_its_end: str = NO_ANSWER_BEHIND) -> str:
    """Why a thought has no answer behind it; `at_its_end` where nothing cut it off."""
    if reply.finish_reason.lower() in BROKEN_OFF:
        return f"the provider ended the answer ({reply.finish_reason}) while the model still reasoned; ask again"
    return CUT_BEFORE_ANSWER if reply.is_cut_off else at_its_end


def parted(reply: Reply, thought: str, text: str, unread: str) -> Reply:
    """The answer as a thought, added to those it has, and a text; for want of a text, with the reason why."""
    thoughts = "\n\n".join(filter(None, (reply.thought, thought)))
    if text:
        return replace(reply, text=text, thought=thoughts)
    return replace(reply, text=None, thought=thoughts, unread=unread)
