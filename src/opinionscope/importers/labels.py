"""Option labels as sources write them: which stand for no answer, and where a label's scale value is known from."""

import html
import re
from collections.abc import Iterable

from opinionscope.regexes import regex
from opinionscope.survey.pack import OptionEntry, SharesEntry
from opinionscope.survey.text import clean_line

EXACT = 2.0**53
"""Beyond this a float is no exact integer."""
SHARE_DECIMALS = 6

_NOT_ASKED = (
    r"(?-i:IAP|NAP)|inap|inapplicable|not asked|not asked in (?:the |this )?(?:survey|wave|country)|question not asked"
    r"|(?:legitimate|valid) skip|system missing"
)
_CODE = r"(?:[(\[]?[-−]?\d{1,4}(?:[)\]]\s?[:=.–-]?|\s?[:=.–-]|(?=\s))\s?)?"
_BEHIND = r"\b(?!\s+\w)"
_NONRESPONSE = regex(
    _CODE + r"[*<{(\[]?(?:[(\[]?(?:vol(?:unteered)?\b\.?|do not read|don['’]t read|spontaneous)\s?[)\]:]\s?)?"
    r"(?:i\b ?)?(?:(?:unsure|not sure|no opinion)\s?/\s?)?"
    rf"(dk|{_NOT_ASKED}|don['’´`]?t know|do not know|(?:respondent )?refus(?:ed|es|al)(?: to (?:answer|say))?"
    r"|(?:did )?not? answer(?: given)?|missing|other missing|not available"
    r"|not applicable|unknown|n/a|n\.\s?a|undisclosed|never heard of|can['’´`]?t (?:rate|choose|say)"
    r"|cannot choose|no response|web blank|not (?:ascertained|stated|answered)|skipped(?: on web)?"
    r"|(?:prefer|(?:['’]d |would )?rather|choose) not(?: to)?"
    r" (?:say|answer|respond|disclose)"
    r"|declined? to (?:answer|respond|say|state)"
    r"|do(?: not|n['’]t) (?:want|wish) to (?:answer|say)"
    r"|wei(?:ß|ss) (?:ich )?nicht|w\.\s?n|nicht beantwortet"
    r"|keine a(?:ngabe|ntwort)|k\.\s?a|trifft nicht zu|verweigert"
    r"|(?:ne |je ne )?sai[st] pas|nsp|sans réponse|ne se prononce pas|ne veut pas répondre|pas de réponse"
    r"|refus|non[ -]réponse"
    r"|préf[èe]re ne pas (?:répondre|dire)"
    r"|no (?:lo )?s(?:abe|é)|no (?:contesta|responde)|ns/n[cr]|no sabe ?/ ?no (?:contesta|responde)"
    r"|prefiero no (?:contestar|responder|decir(?:lo)?)"
    r"|weet (?:ik )?niet|geen antwoord|wil niet zeggen|non (?:so|saprei|risponde)|preferisco non rispondere"
    r"|não s(?:abe|ei)|não respond(?:eu|e)|prefiro não responder"
    r"|nie wiem|trudno powiedzieć|odmowa(?: odpowiedzi)?|brak odpowiedzi|nevím|bez odpovědi|nem tudja|nem válaszolt"
    r"|ve[td] (?:ej|inte|ikke)|vill? (?:ej|inte|ikke) svar[ae]|ej svar|ikke besvart|en osaa sanoa|en tiedä"
    r"|bilmiyorum|cevap yok|δεν (?:γνωρίζω|ξέρω|απαντώ)"
    r"|не знаю|затрудняюсь ответить|отказ(?: от ответа)?|нет ответа"
    rf"|わからない|無回答|不知道|不清楚|拒绝回答|모름|모르겠다|무응답|لا أعرف|tidak tahu){_BEHIND}",
    re.IGNORECASE,
)
_BLOCK = r"br|center|div|h[1-6r]|li|[ou]l|p|table|tbody|t[dhr]"
_INLINE = r"a|b|big|em|font|i|img|mark|s|small|span|strong|su[bp]|u"
_HTML = regex(
    rf"</?(?:(?P<block>{_BLOCK})|{_INLINE})(?:\s+[\w-]+\s*=[^<>]*|\s*/?)>|(?P<entity>&(?:[a-z]{{2,8}}|#\d+);)",
    re.IGNORECASE,
)
"""Of its elements only: “<nationality>” and “<No answer>” are words of a questionnaire."""
_NEGATIONS = frozenset({"not", "nicht"})
_NOBODY_ASKED = regex(rf"{_CODE}(?:{_NOT_ASKED}){_BEHIND}", re.IGNORECASE)


def without_html(text: str) -> str:
    """A text without the tags and entities of HTML that survey tools leave in it: "<b>How&nbsp;often</b>?"."""
    if not _HTML.search(text):
        return text
    return _HTML.sub(lambda found: " " if found["block"] else html.unescape(found["entity"] or ""), text)


def is_nonresponse(label: str) -> bool:
    """Whether a label stands for no answer: "Refused", "DK" and the other names that the sources give it.

    Its code may stand before it: "99 = Refused", "(-1) Inapplicable".
    """
    return _NONRESPONSE.match(label.strip()) is not None


def is_not_asked(label: str) -> bool:
    """Whether a label stands for people to whom the question was not put: "IAP", "-1. Inapplicable"."""
    return _NOBODY_ASKED.match(label.strip()) is not None


def has_opposite(label: str, others: Iterable[str]) -> bool:
    """Whether a label denies another of its question, and so is an answer: "Trifft nicht zu" beside "Trifft eher zu".

    The other has the same words but for the negation, begins with the first of them, and may have more.
    """
    words = _words(label)
    stem = [word for word in words if word not in _NEGATIONS]
    if not stem or len(stem) == len(words):
        return False
    return any(
        found[:1] == stem[:1] and {*stem} <= {*found} and _NEGATIONS.isdisjoint(found) for found in map(_words, others)
    )


def _words(label: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", label.casefold())


def fold_label(label: str) -> str:
    """What labels have in common that differ in case and blanks only."""
    return clean_line(label).casefold()


def option_entry(entry: OptionEntry | str) -> OptionEntry:
    """An option of a pack, a bare label as an entry."""
    return OptionEntry(entry) if isinstance(entry, str) else entry


def whole(figure: float) -> float:
    """The figure as an integer where it is one, so that files say 12 and not 12.0."""
    return int(figure) if abs(figure) < EXACT and figure == int(figure) else figure


def shares_entry(shares: Iterable[float]) -> SharesEntry:
    """Shares as packs keep them, without the number of people."""
    return SharesEntry([whole(round(share, SHARE_DECIMALS)) for share in shares])
