"""An answer that is what was asked for and nothing else: one map of every letter offered.

Most answers are; read so, they take a fiftieth of the time.
"""

from opinionscope.regexes import regex

_ENTRY = r"""\s{0,8}+["']?([A-Z])["']?\s?:\s?["']?(\d{1,3}+(?:\.\d{1,6}+)?+)\s?(%?)["']?\s{0,8}+"""
_MAP = regex(rf"\s{{0,8}}+\{{{_ENTRY}(?:,{_ENTRY}){{1,25}}+\}}\s{{0,8}}+")
_IN_THE_MAP = regex(_ENTRY)


def whole_map(text: str, letters: str) -> tuple[dict[str, float], set[str]] | None:
    """Letter → number, and the letters whose number has a percent sign; None for every other text.

    What is read here is read alike by `find_pairs` without it.
    """
    if not _MAP.fullmatch(text):
        return None
    entries = _IN_THE_MAP.findall(text)
    if sorted(letter for letter, _, _ in entries) != sorted(letters):
        return None
    return {letter: float(number) for letter, number, _ in entries}, {letter for letter, _, sign in entries if sign}
