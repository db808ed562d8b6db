"""Place and time: the sentence that tells a model who was asked, and when, from the study card of a pack."""

from opinionscope.recipe import RecipeError
from opinionscope.regexes import regex
from opinionscope.survey.pack import StudyCard

UNKNOWN = "unknown"
"""How a card begins a text on what its source does not say."""

_YEAR = regex(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_FIRST_CLAUSE = regex(r"[^;.]+")


def place_and_time(card: StudyCard, dataset: str) -> str:
    """The population and the year or years of a survey, in one sentence.

    Raises:
        RecipeError: if the card lacks one of them.
    """
    who = _FIRST_CLAUSE.match(_known(card.population))
    years = sorted(_YEAR.findall(_known(card.fielded)))
    lacking = [what for what, found in (("population", who), ("year", years)) if not found]
    if who is None or not years:
        raise RecipeError(
            f"the study card of {dataset} names no {' and no '.join(lacking)}; leave --place-and-time out, or write "
            "population and fielded into the card of a pack of your own"
        )
    when = f"in {years[0]}" if years[0] == years[-1] else f"between {years[0]} and {years[-1]}"
    return f"The survey was taken {when}. Who was asked: {who[0].strip()}."


def _known(text: str) -> str:
    return "" if text.casefold().startswith(UNKNOWN) else text
