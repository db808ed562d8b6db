"""The expression formats, prompt and parser of each standing together."""

from collections.abc import Mapping

from opinionscope.elicitation.expression.base import ExpressionFormat, Request
from opinionscope.elicitation.expression.log_probs import LogProbs
from opinionscope.elicitation.expression.samples import Samples
from opinionscope.elicitation.expression.scaled_log_probs import ScaledLogProbs
from opinionscope.elicitation.expression.sequence import Sequence
from opinionscope.elicitation.expression.verbalized import Verbalized

_ALL = (Verbalized(), Sequence(), Samples(), LogProbs(), ScaledLogProbs())
FORMATS: Mapping[str, ExpressionFormat] = {format_.name: format_ for format_ in _ALL}

__all__ = ["FORMATS", "ExpressionFormat", "LogProbs", "Request", "Samples", "Sequence", "Verbalized"]
