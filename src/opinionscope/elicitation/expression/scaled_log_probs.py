"""Temperature-scaled log-probs: log-probs, flattened or sharpened as other questions of the same model suggest."""

from typing_extensions import override

from opinionscope.elicitation.expression.log_probs import LogProbs


class ScaledLogProbs(LogProbs):
    """Asks and reads as log-probs do; the temperature is fitted and applied where the answer is scored."""

    name = "scaled-log-probs"
    title = "Scaled log-probs"
    summary = "log-probs, with a temperature fitted on other questions"
    rule = f"{LogProbs.rule} The log-probabilities are divided by a temperature fitted on other questions of the model."
    scaled = True

    @property
    @override
    def recorded_as(self) -> str:
        return LogProbs.name
