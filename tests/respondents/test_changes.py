"""By which refusals a setting is left out, and by which it is not."""

import pytest

from opinionscope.elicitation.expression.base import Request
from opinionscope.respondents.changes import NO_SYSTEM, NO_TEMPERATURE, TEXT, wanted_change
from opinionscope.respondents.failures import Failure

REFUSALS = (
    ("unsupported value: 'temperature' does not support 1.0 with this model", NO_TEMPERATURE),
    ("response_format is not supported", TEXT),
    ("prompt flagged: global temperature, see our usage policies", ""),
    ("content_filter: response_format and prompt were blocked", ""),
    ("maximum context length is 4096 tokens; got {'temperature': 1, 'stream': true}", ""),
)


@pytest.mark.parametrize(("words", "change"), REFUSALS)
def test_a_prompt_refused_for_what_it_holds_is_not_asked_again_with_less(words, change):
    failure = Failure("Refused", "refused", status=400, words=words)
    assert wanted_change(failure, Request(100), (), has_schema=True, is_usual=True) == change


REPEATED = "response_format is not supported, 'input': {'messages': [{'role': 'system', 'content': 'hi'}]}"


@pytest.mark.parametrize(
    ("words", "made", "change"),
    [
        ("only user and assistant roles are supported", (), NO_SYSTEM),
        ("only user and assistant roles are supported with response_format", (NO_SYSTEM,), TEXT),
        (REPEATED, (), TEXT),
        (REPEATED.replace("'", '\\"'), (), TEXT),
    ],
)
def test_a_server_that_repeats_the_messages_says_nothing_of_roles(words, made, change):
    """The system message stays one, and the setting that the server names is left out."""
    failure = Failure("Refused", "refused", status=400, words=words)
    assert wanted_change(failure, Request(100), made, has_schema=True, is_usual=True) == change
