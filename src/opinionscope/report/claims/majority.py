"""How far off the group's most frequent answer is when everybody gives it."""

from opinionscope.report.claims.base import BOARD, Evidence, Finding, Given, check
from opinionscope.tables.leaderboard_scores import BASELINE
from opinionscope.tables.words import number


@check("majority")
def majority(evidence: Evidence, _: Given) -> Finding:
    """Whether that answer is closer than the same share for every option."""
    known = {row["model"]: row["tv"] for row in evidence.board if row["format"] == BASELINE}
    mode, uniform = known.get("mode"), known.get("uniform")
    models = [row["tv"] for row in evidence.board if row["format"] != BASELINE and row["tv"] is not None]
    if mode is None or uniform is None or not models:
        return Finding("not known", "No recorded answers are at hand to compare it with.")
    closer = sum(tv < mode for tv in models)
    return Finding(
        "true" if mode < min(uniform, *models) else "false",
        f"Though it takes the answer to know it, its mean TV is {number(mode)}. The same share for every option has "
        f"{number(uniform)}, and {closer} of {len(models)} models and formats are closer than it.",
        BOARD,
    )
