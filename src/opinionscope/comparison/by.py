"""The fields by which sets of answers can be compared; apart, for the command line lists them."""

from opinionscope.elicitation import OPTIONS

BY = (
    "model",
    "server",
    "steering",
    "format",
    "kind",
    "voice",
    "order",
    "reasoning",
    "repeats",
    "samples",
    "examples",
    "temperature",
    *(option.name for option in OPTIONS),
)
