"""How many groups the benchmark scores, counted in its packs."""

from opinionscope.report.claims.base import Evidence, Finding, Given, check
from opinionscope.survey.library import NotFoundError
from opinionscope.tables.answers import STUDY_GROUPS

PLACE = "country"
"""Groups by where people live are no demographic groups."""


@check("groups")
def groups(evidence: Evidence, given: Given) -> Finding:
    """Whether the packs have so many demographic groups that are scored; `given` has their ``number``."""
    where: dict[str, list[str]] = {}
    countries: set[str] = set()
    for dataset in evidence.datasets:
        try:
            pack = evidence.library.pack(dataset)
        except NotFoundError:
            continue
        scored = STUDY_GROUPS.get(dataset)
        for name, group in pack.groups.items():
            if any(attribute == PLACE for attribute, _ in group.attributes):
                countries.add(name)
            elif group.attributes and (scored is None or name in scored):
                where.setdefault(name, []).append(pack.title)
    if not where:
        return Finding("not known", "None of the benchmark's packs is at hand.")
    together: dict[str, list[str]] = {}
    for name, titles in where.items():
        together.setdefault(" and ".join(titles), []).append(name)
    told = "; ".join(f"{len(names)} of {titles} ({', '.join(names)})" for titles, names in together.items())
    also = f"; and {len(countries)} countries" if countries else ""
    return Finding("true" if len(where) == given["number"] else "false", f"Counted in the packs: {told}{also}.")
