"""Questions, groups and human distributions, and the files they are kept in."""

from opinionscope.survey.distribution import Distribution, DistributionError
from opinionscope.survey.library import Library
from opinionscope.survey.pack import Pack, PackError, read_pack
from opinionscope.survey.question import Group, Option, Question

__all__ = [
    "Distribution",
    "DistributionError",
    "Group",
    "Library",
    "Option",
    "Pack",
    "PackError",
    "Question",
    "read_pack",
]
