"""The expression formats, prompt and parser of each standing together."""

from collections.abc import Mapping

from opinionscope.elicitation.expression.base import ExpressionFormat, Request
from opinionscope.elicitation.expression.log_probs import LogProbs
from opinionscope.elicitation.expression.sequence import Sequence
from opinionscope.elicitation.expression.verbalized import Verbalized

FORMATS: Mapping[str, ExpressionFormat] = {format_.name: format_ for format_ in (Verbalized(), Sequence(), LogProbs())}

__all__ = ["FORMATS", "ExpressionFormat", "LogProbs", "Request", "Sequence", "Verbalized"]
