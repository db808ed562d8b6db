"""Numbers written as words in a number's place: "fifty-five percent", "half", "none"."""

import re

from opinionscope.elicitation.expression.written import ABOUT
from opinionscope.regexes import regex

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES = {
    **{word: str(number) for number, word in enumerate(_ONES)},
    **{word: str(number) for number, word in zip(range(20, 100, 10), _TENS, strict=True)},
    **{
        f"{ten} {one}": str(tens + ones)
        for tens, ten in zip(range(20, 100, 10), _TENS, strict=True)
        for ones, one in enumerate(_ONES[1:10], start=1)
    },
    **dict.fromkeys(("hundred", "one hundred", "a hundred"), "100"),
    **dict.fromkeys(("none", "nobody", "no one"), "0"),
    **dict.fromkeys(("half", "a half", "one half"), "50%"),
    **dict.fromkeys(("a quarter", "one quarter", "a fourth", "one fourth"), "25%"),
    **dict.fromkeys(("three quarters", "three fourths"), "75%"),
    **dict.fromkeys(("a third", "one third"), "33.3%"),
    "two thirds": "66.7%",
    **dict.fromkeys(("a fifth", "one fifth"), "20%"),
    **dict.fromkeys(("a tenth", "one tenth"), "10%"),
}
_WORDS = "|".join(name.replace(" ", "[ -]") for name in sorted(_VALUES, key=len, reverse=True))
_NEXT_KEY = r"[,;.] ?(?:[\n}\])|]|$|[^\W\d] ?[|)(]|[^\W\d][^,;:=\n]{0,80}[:=])"
_IN_PLACE = regex(rf"(?<=[:=|(>])( ?(?:(?:{ABOUT}) |~ ?)?)({_WORDS})(?= ?(?:%|per ?cent|{_NEXT_KEY}|[\n}}\])|]|$))")
"""A number that ends its entry: none is stated in “A: none, though perhaps 5%”."""
_BEFORE_PERCENT = regex(rf"\b({_WORDS})(?= per ?cent)", re.IGNORECASE)
SPOKEN = regex(rf"\b(?:{_WORDS})\b")


def in_digits(text: str, labels: tuple[str, ...]) -> str:
    """A folded text whose spoken numbers behind a mark are in digits; as it is where labels hold such words."""
    if any(SPOKEN.search(label.lower()) for label in labels):
        return text
    return _IN_PLACE.sub(lambda match: match[1] + _VALUES[match[2].replace("-", " ")], text)


def percents_in_digits(text: str) -> str:
    """A text in which spoken numbers before “percent” are in digits."""
    if "cent" not in text.lower():  # a search among all words takes longer
        return text
    return _BEFORE_PERCENT.sub(lambda match: _VALUES[match[1].lower().replace("-", " ")], text)
