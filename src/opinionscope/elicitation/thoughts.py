"""What a model thought, and the markers that it and its server left, parted from what it answered.

Nothing in a thought is ever taken for an answer. There are two kinds: thoughts that a model was told to write down
before a line with ANSWER:, and those that models trained to reason put between markers of their own, and that many
servers pass on in the answer. These are told by a table of families. To add a family: add one entry to `FAMILIES`.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from opinionscope.elicitation.reply import Reply
from opinionscope.regexes import regex
from opinionscope.values import replace

_OPEN, _CLOSE = r"(?:<[|｜]?|&lt;|◁|【|⟨|«)\s{0,4}", r"\s{0,4}(?:[|｜]?>|&gt;|▷|】|⟩|»)"
_NAME = r"(?:think|thinking|thoughts?|reason|reasoning|reflect|reflection|analysis)"
_LONG_NAME = (
    rf"(?:[a-z]{{1,12}}[:_▁-]){{0,3}}(?:ant)?(?:{_NAME}|scratch_?pad|cot|rationale|deliberation|(?:inner_)?monologue)"
    r"(?:[ _▁-](?:process|content|trace|steps?|start|begin|fast|slow|mode|block|budget|phase|section|text))?"
)
_ENDING_NAME = (
    rf"(?:[/\\]\s{{0,4}}{_LONG_NAME}|(?:end|stop|close)[ _▁-](?:of[ _▁-])?{_LONG_NAME}|{_LONG_NAME}[ _▁-]end)"
)
_CHANNEL = r"<[|｜]?channel[|｜]?>\s{0,4}"
_MESSAGE = r"(?:[^<\n]{0,80}(?:<[|｜]constrain[|｜]>[^<\n]{0,40})?<[|｜]message[|｜]>)?"
_ANSWER_HEADING = r"^#{1,6} ?(?:final )?(?:response|answer)\b\W{0,4}"


class Family(NamedTuple):
    """How one kind of model marks its thoughts; patterns are matched in any case.

    Attributes:
        begins: where a thought begins.
        ends: where it ends.
        signs: in lower case, what stands in every text that has one of the two; most answers have none, and are not
            searched.
        nests: whether every beginning needs an end of its own; if not, one end closes all.
        lone_end: whether an end without a beginning closes a thought that the server began itself.
    """

    name: str
    begins: str
    ends: str
    signs: tuple[str, ...]
    nests: bool = True
    lone_end: bool = True


FAMILIES = (
    Family(
        "tags",
        rf"{_OPEN}{_LONG_NAME}(?:\s[^<>\n]{{0,80}})?(?<!/){_CLOSE}",
        rf"{_OPEN}{_ENDING_NAME}{_CLOSE}",
        ("<", "&lt;", "◁", "【", "⟨", "«"),
    ),
    Family("square brackets", rf"\[\s{{0,4}}{_NAME}\s{{0,4}}\]", rf"\[\s{{0,4}}/\s{{0,4}}{_NAME}\s{{0,4}}\]", ("[",)),
    Family(
        "channels (gpt-oss, Gemma)",
        rf"{_CHANNEL}(?:analysis|commentary|thought|thinking|reasoning)\b{_MESSAGE}",
        rf"{_CHANNEL}final\b{_MESSAGE}|<channel\|>",
        ("<",),
        nests=False,
    ),
    Family(
        "channels whose special tokens were dropped (gpt-oss)",
        r"\A\s{0,4}(?:assistant)?(?-i:analysis(?=\s{0,4}[^\sa-z:]))|(?-i:assistant\n?(?:analysis|commentary))",
        r"(?-i:assistant\n?final)(?:\s?json\b)?",
        ("analysis", "assistant"),
        nests=False,
    ),
    Family("inner speech (Apertus)", r"<\|inner_prefix\|>", r"<\|inner_suffix\|>", ("<",)),
    Family("numbered special tokens (MedGemma)", r"<unused94>(?:thought\b)?", r"<unused95>", ("<",)),
    Family("a channel whose special tokens were dropped (Gemma)", r"\Athought\n", r"(?!)", ("thought\n",)),
    Family(
        "sentences (Granite)",
        rf"^\W{{0,8}}here(?: is|['’]s) my {_NAME}(?: process)?\W{{0,3}}(?::|$)",
        r"here(?: is|['’]s) my (?:final )?(?:response|answer)\W{0,3}(?::|$)",
        (" my ",),
        nests=False,
        lone_end=False,
    ),
    Family(
        "lines (Ollama)",
        r"\A\s{0,8}Thinking\.\.\.\s{0,4}$(?=[\s\S]{0,99999}?^\.\.\.done thinking\.)",
        r"^\.\.\.done thinking\.",
        ("...done",),
        lone_end=False,
    ),
    Family(
        "headings",
        rf"\A\s{{0,8}}#{{1,6}} ?{_NAME}\W{{0,4}}$(?=[\s\S]{{0,99999}}?{_ANSWER_HEADING})",
        _ANSWER_HEADING,
        ("#",),
        nests=False,
        lone_end=False,
    ),
    Family(
        "folded away (Open WebUI)",
        r"\A\s{0,8}<details\b[^<>\n]{0,200}>\s{0,8}<summary>[^<\n]{0,40}(?:think|thought|reason)[^<\n]{0,40}</summary>",
        "</details>",
        ("<",),
        lone_end=False,
    ),
    Family(
        "code fences",
        rf"^ {{0,3}}```+ ?{_NAME} {{0,4}}$",
        r"^ {0,3}```+ {0,4}$",
        ("```",),
        nests=False,
        lone_end=False,
    ),
)
_SIGNS = tuple({sign for family in FAMILIES for sign in family.signs})

_TURN = r"[|｜][^<>|｜\s]{1,40}[|｜]"
_PLAIN_TURN = r"(?-i:^[ \t#*]{0,6}(?:User|Human)[ *]{0,3}:(?! ?[\d~])|### ?(?:Instruction|Input|Human|User)\b)"
"""Where a model without an end token went on with the other side of the chat."""
_ROLE = r"(?:\s?(?:assistant|model)\b)?"
_SPECIAL = (
    rf"<\|(?:im_start|start|turn)\|?>{_ROLE}|<\|?start_header_id\|>\s?assistant\s?<\|end_header_id\|>|<{_TURN}>|"
    rf"<start_of_turn>{_ROLE}|</?(?:s|eos|bos|pad|unk|extra_id_\d{{1,2}}|end_of_turn|end_of_text|endoftext|end|im_end|eot_id)>|"
    rf"<turn\|>|\[/?INST\]|\[/?(?:EOS|BOS|PAD)\]|<<?/?SYS>?>|{_PLAIN_TURN}|"
    r"<[|｜][^<>|｜\s]{0,40}[|｜]?\s{0,8}\Z|#{2,6}\s{0,8}\Z"  # what a limit of tokens or a stop sequence left of one
)
_WRAPPER = (
    r"(?:<\|?\s{0,2}(?P<end>/)?\s{0,2}(?P<last>end_of_)?(?:begin_of_|start_of_|final_)?"
    r"(?:ans|answer|response|solution|output|final|result)\s{0,2}\|?>)"
)


_LINE_OF_THINKING = regex(
    r"\s{0,4}[*#]{1,6} ?\w{3,20}ing\b[^\n.]{0,80}\n\s{0,4}(?:i|my)\b|"
    r"[\W_]{0,8}(?:(?:thinking|thoughts?|reasoning|analysis)(?: process)?(?:\W{0,4}:|[^\w:]{0,6}$|[)}\]])|"
    r"(?:(?:okay|ok|al(?:l )?right|hm+|so|first|now)\b[^\w\n]{1,4}){0,3}"
    r"(?:(?:(?:i|we)(?:['’]ll)? need|we have) to\b|the user\b|let(?: me|['’]s) (?:think|see|analy[sz]e)\b))",
    re.IGNORECASE | re.MULTILINE,
)
"""A first line that heads thoughts or thinks aloud: “Thinking Process:”, “**Refining the Numbers**”, “We need to …”."""
_ANY_TAG = regex(r"\s{0,8}(?P<tag><\|?(?P<name>[a-z][\w:-]{2,40})\|?>)", re.IGNORECASE)


@lru_cache(maxsize=1)
def _thought_markers() -> re.Pattern[str]:
    """All families in one pattern; the group that matched is `e` or `b` with the place of its family."""
    parts = (f"(?P<e{at}>{family.ends})|(?P<b{at}>{family.begins})" for at, family in enumerate(FAMILIES))
    return re.compile("|".join(parts), re.IGNORECASE | re.MULTILINE)


@lru_cache(maxsize=1)
def _special_tokens() -> re.Pattern[str]:
    return re.compile(_SPECIAL, re.IGNORECASE | re.MULTILINE)


@lru_cache(maxsize=1)
def _wrappers() -> re.Pattern[str]:
    return re.compile(_WRAPPER, re.IGNORECASE)


def part_thoughts(text: str) -> tuple[str, str]:
    """The thoughts in a text, and what was answered outside of them; no thought: ("", text).

    The answer is what stands behind the last thought. If nothing does, it is what stands before the first one. A
    thought that never ends has no answer.
    """
    outside: list[str] = []
    thoughts: list[str] = []
    depth, start = [0] * len(FAMILIES), 0
    for at, begins, where in _marks(text):
        was_open = any(depth)
        if begins:
            depth[at] = depth[at] + 1 if FAMILIES[at].nests else 1
        elif depth[at]:
            depth[at] = depth[at] - 1 if FAMILIES[at].nests else 0
        elif FAMILIES[at].lone_end:
            thoughts += outside
            outside, was_open = [""], True
        else:
            continue
        (thoughts if was_open else outside).append(text[start : where[0]])
        start = where[1]
    if not start:
        return "", text
    is_open = any(depth)
    (thoughts if is_open else outside).append(text[start:])
    said = [] if is_open else [piece for piece in (outside[-1], outside[0]) if _says_something(piece)]
    answer = said[0] if said else ""
    thoughts += [piece for piece in outside if piece is not answer]
    return "".join(thoughts).strip(), answer.lstrip()


def _marks(text: str) -> Iterator[tuple[int, bool, tuple[int, int]]]:
    """Each marker: the place of its family, whether a thought begins, and where it stands."""
    lowered = text.lower()
    if not any(sign in lowered for sign in _SIGNS):
        return
    for match in _thought_markers().finditer(text):
        name = match.lastgroup or ""
        yield int(name[1:]), name[0] == "b", match.span()


def begins_with_open_tag(text: str) -> bool:
    """Whether a text begins with an unknown tag (<plan>) that never ends, or as a thought without a tag."""
    if _LINE_OF_THINKING.match(text):
        return True
    tag = _ANY_TAG.match(text)
    if tag is None or _wrappers().match(tag["tag"]) or _special_tokens().match(tag["tag"]):
        return False
    return re.search(rf"/\s?\|?{re.escape(tag['name'])}\b", text) is None


def _says_something(text: str) -> bool:
    return any(map(str.isalnum, text))


def bare_answer(text: str) -> str:
    """A text without leaked special tokens (<|im_end|>, </s>) and without a wrapper around it (<answer>).

    A turn that a model went on to write behind such a token is no part of its answer. Of several different wrapped
    answers none is preferred: the marks alone are dropped.
    """
    pieces = [piece for piece in _special_tokens().split(text) if _says_something(piece)]
    if not pieces:
        return text if not _special_tokens().search(text) else ""
    first = pieces[0] if len(pieces[0]) < len(text) else text
    marks = list(_wrappers().finditer(first))
    opening = [mark for mark in marks if not (mark["end"] or mark["last"])]
    if len(opening) == 1:
        closing = next((mark.start() for mark in marks if mark.start() > opening[0].start()), len(first))
        wrapped = first[opening[0].end() : closing]
        if _says_something(wrapped):
            return wrapped.strip()
    return _wrappers().sub(" ", first) if marks else first


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
        return _split_behind(marks, text)
    is_bare = not is_cut_off and all(map(str.strip, text.strip().splitlines()))
    return ("", text) if is_bare else (text.strip(), "")


def _split_behind(marks: Sequence[re.Match[str]], text: str) -> tuple[str, str]:
    """What stands before and behind the last mark of an answer; all of it before where there is none."""
    if not marks:
        return text.strip(), ""
    return text[: marks[-1].start()].strip(), text[marks[-1].end() :].lstrip()


def without_tags(reply: Reply) -> Reply:
    """An answer whose tagged thoughts are set apart; one with nothing behind them has no text, but a reason for it.

    Log-probs are of the first token, thought or not, and stay as they are.
    """
    if reply.text is None or reply.first_token is not None:
        return reply
    thought, text = part_thoughts(reply.text)
    if not thought and text == reply.text:
        if not (reply.is_cut_off and begins_with_open_tag(reply.text)):
            return reply
        thought, text = _split_behind(list(_LOOSE_MARK.finditer(text)), text)
    return parted(reply, thought, text, why_no_answer(reply))


def why_no_answer(reply: Reply, at_its_end: str = NO_ANSWER_BEHIND) -> str:
    """Why a thought has no answer behind it; `at_its_end` where nothing cut it off."""
    if reply.is_broken_off:
        return f"the provider ended the answer ({reply.finish_reason}) while the model still reasoned; ask again"
    return CUT_BEFORE_ANSWER if reply.is_cut_off else at_its_end


def parted(reply: Reply, thought: str, text: str, unread: str) -> Reply:
    """The answer as a thought, added to those it has, and a text; for want of a text, with the reason why."""
    thoughts = "\n\n".join(filter(None, (reply.thought, thought)))
    if text:
        return replace(reply, text=text, thought=thoughts)
    return replace(reply, text=None, thought=thoughts, unread=unread)
