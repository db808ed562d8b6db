"""Drawings turned into Textual's content: the roles of a chart become theme colours."""

from collections.abc import Mapping, Sequence

from textual.content import Content

from opinionscope.charts.lines import Line, Role

MUTED = "$foreground 66%"

ROLE_STYLES: Mapping[Role, str] = {
    "human": "$chart-human",
    "model": "$chart-model",
    "human-bar": "$chart-human on $chart-track",
    "model-bar": "$chart-model on $chart-track",
    "partial-bar": "$chart-model 60% on $chart-track",
    "expected-bar": "$foreground 60% on $chart-track",
    "pooled": "bold $foreground on $chart-track",
    "pooled-on-bar": "bold $background on $chart-human",
    "interval": "$foreground on $chart-track",
    "interval-on-human": "$background on $chart-human",
    "interval-on-model": "$background on $chart-model",
    "track": "on $chart-track",
    "heading": "bold $primary",
    "rule": "$foreground 20%",
    "label": "",
    "value": "bold",
    "muted": MUTED,
    "warning": "$warning",
    "above": "$chart-model",
    "below": "$chart-human",
}


def to_content(lines: Sequence[Line]) -> Content:
    """A drawing as content; texts are taken literally, never as markup."""
    return Content("\n").join(Content.assemble(*((text, ROLE_STYLES[role]) for text, role in line)) for line in lines)
