"""How many crowdworkers stand behind a score of theirs."""

from statistics import median

from opinionscope.report.claims.base import BOARD, Evidence, Finding, Given, check
from opinionscope.selection import parse
from opinionscope.survey.answers import CROWDWORKERS
from opinionscope.tables.words import number


@check("estimates")
def estimates(evidence: Evidence, _: Given) -> Finding:
    """Whether one estimate stands behind each comparison."""
    selected = parse(f"kind:recorded model:{CROWDWORKERS}")
    sizes = [len(item.singles) for item in evidence.collection.items(selected) if item.singles]
    rows = {row["model"]: row["tv"] for row in evidence.board}
    together, alone = rows.get(CROWDWORKERS), rows.get(f"{CROWDWORKERS}, one each")
    if not sizes or together is None or alone is None:
        return Finding("not known", "No crowdworkers' estimates are at hand.")
    return Finding(
        "true" if max(sizes) == 1 else "false",
        f"The mean of {min(sizes)} to {max(sizes)} people's estimates stands behind a comparison (median "
        f"{median(sizes):g}): TV {number(together)}. One person alone has {number(alone)} in the mean.",
        BOARD,
    )
