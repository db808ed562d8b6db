"""Every way a call can fail, told with a title and a next step, and never with a key."""

import traceback
from collections.abc import Callable
from typing import Any

import pytest

from opinionscope.elicitation import FORMATS, Call, Recipe
from opinionscope.respondents.base import RespondentError
from opinionscope.respondents.failures import classify
from opinionscope.respondents.gateway import LiteLLMRespondent, load
from opinionscope.respondents.named_models import NamedModel
from opinionscope.settings import ModelSettings, ParameterSettings
from opinionscope.values import replace

pytestmark = pytest.mark.parametrize("way", ["directly", "through litellm"], indirect=True)

Make = Callable[..., LiteLLMRespondent]
MakeCall = Callable[..., Call]

CANARY = "sk-canary-7f3a91c2d4e5"
PASSING = {"Too many requests", "The provider has trouble", "The model took too long", "The connection was lost"}
INVALID = {"type": "invalid_request_error"}


async def failure_of(model: LiteLLMRespondent, call: Call, *, watched: bool = False) -> RespondentError:
    with pytest.raises(RespondentError) as caught:
        await model.respond(call, (lambda text: None) if watched else None)
    return caught.value


@pytest.mark.parametrize("watched", [True, False])
@pytest.mark.parametrize(
    ("status", "message", "error", "title", "advice"),
    [
        (401, "Incorrect API key", {"code": "invalid_api_key"}, "The key was refused", "OPINIONSCOPE_API_KEY"),
        (402, "pay up", {}, "No credit left", "top it up"),
        (403, "Forbidden", {}, "Not allowed", "choose another model"),
        (404, "The model `x` does not exist", {"code": "model_not_found"} | INVALID, "No such model", "check the name"),
        (404, "Not Found", {}, "No such model", "/v1"),
        (
            400,
            "This model's maximum context length is 10 tokens",
            {},
            "The prompt is too long for this model",
            "longer",
        ),
        (413, "Payload too large", {}, "The request was refused", "status 413"),
        (400, "bad", {"code": "content_policy_violation"} | INVALID, "The provider refused the question", "another"),
        (
            400,
            "Unsupported value: 'temperature' does not support 1 with this model.",
            {"code": "unsupported_value"} | INVALID,
            "The model refuses a setting",
            "temperature",
        ),
        (422, "Something odd", {}, "The request was refused", "status 422"),
        (429, "Rate limit reached for requests", {}, "Too many requests", "fewer at the same time"),
        (
            429,
            "You exceeded your current quota, please check your plan and billing details.",
            {"code": "insufficient_quota", "type": "insufficient_quota"},
            "No credit left",
            "top it up",
        ),
        (429, "You exceeded your current quota. Please retry in 12s.", {}, "Too many requests", "in a while"),
        (500, "oops", {}, "The provider has trouble", "try again later"),
        (503, "busy", {}, "The provider has trouble", "try again later"),
        (504, "slow", {}, "The model took too long", "try again"),
        (529, "overloaded", {}, "The provider has trouble", "try again later"),
    ],
)
async def test_what_a_server_answers_is_told_with_the_next_step(
    fake_openai: Any,
    respondent: Make,
    call: MakeCall,
    waits: list[float],
    watched: bool,
    status: int,
    message: str,
    error: dict[str, Any],
    title: str,
    advice: str,
) -> None:
    for _ in range(2):
        fake_openai.fails(status, message, **error)
    failure = await failure_of(respondent(attempts=2), call(), watched=watched)
    assert failure.title == title
    assert advice in failure.message
    assert "litellm" not in failure.message.lower()
    assert len(waits) == (1 if title in PASSING else 0)


@pytest.mark.parametrize(
    ("temperature", "settings", "advice"),
    [
        (0.5, {}, "the temperature 0.5; ask with --temperature 1, or set the line Temperature under o, or choose"),
        (1.0, {"temperature": 0.25}, "the temperature 0.25; change it in [models.mine], or choose"),
        (0.5, {"temperature": 0.25}, "the temperature 0.5; ask with --temperature 1, or set the line"),
    ],
)
async def test_a_temperature_that_is_refused_is_named_with_the_place_to_change_it(
    fake_openai: Any,
    respondent: Make,
    call: MakeCall,
    temperature: float,
    settings: dict[str, Any],
    advice: str,
) -> None:
    fake_openai.fails(400, "Unsupported value: 'temperature' does not support this with this model.", **INVALID)
    named = NamedModel(
        "mine", ModelSettings("openai/toy-model", fake_openai.base, parameters=ParameterSettings(**settings))
    )
    made = call()
    request = replace(made.request, temperature=temperature)
    cell = replace(made.cell, recipe=Recipe(temperature=temperature))
    made = replace(made, request=request, cell=cell)
    failure = await failure_of(respondent(named=named), made)
    assert advice in failure.message


async def test_too_many_tokens_asked_for_names_the_setting_that_asks_for_fewer(
    fake_openai: Any, respondent: Make, call: MakeCall
) -> None:
    fake_openai.fails(400, "max_tokens is too large: 600. This model gives at most 100 tokens", **INVALID)
    failure = await failure_of(respondent(), call())
    assert "ask for fewer with max_tokens under [models.NAME.parameters]" in failure.message


async def test_a_temperature_that_is_refused_with_status_500_is_left_out(
    fake_openai: Any, respondent: Make, call: MakeCall
) -> None:
    fake_openai.fails(500, "temperature unsupported")
    response = await respondent().respond(call())
    assert response.text
    assert "temperature" not in fake_openai.bodies[-1]


@pytest.mark.parametrize("watched", [True, False])
@pytest.mark.parametrize(
    "words", ["temperature: deprecated here, leave it out", "Unsupported value: 'temperature' does not support 1.0"]
)
async def test_the_usual_temperature_is_left_out_where_it_is_refused_and_that_is_said(
    fake_openai: Any, respondent: Make, call: MakeCall, words: str, watched: bool
) -> None:
    fake_openai.fails(400, words, **INVALID)
    model = respondent()
    for _ in range(2):
        assert (await model.respond(call(), (lambda text: None) if watched else None)).text
    assert ["temperature" in body for body in fake_openai.bodies] == [True, False, False]
    assert any("without a temperature" in note for note in model.learned())


@pytest.mark.parametrize("watched", [True, False])
@pytest.mark.parametrize(
    "body",
    [b"<html>\x1b[31m<h1>Welcome to the hotel</h1></html>", b"{not json", b"[1, 2]", b'{"hello": "world"}', b""],
)
async def test_a_page_that_is_no_answer_is_called_so(
    fake_openai: Any, respondent: Make, call: MakeCall, watched: bool, body: bytes
) -> None:
    fake_openai.then(body=body, content_type="text/html").then(body=body, content_type="text/html")
    failure = await failure_of(respondent(attempts=1), call(), watched=watched)
    assert failure.title in ("The answer makes no sense", "The answer is empty")
    assert "\x1b" not in str(failure)
    assert "<h1>" not in str(failure)


async def test_an_error_page_is_quoted_without_markup_or_escapes_and_briefly(
    fake_openai: Any, respondent: Make, call: MakeCall
) -> None:
    page = b"<html><style>p {}</style><body>\x1b]0;x\x07<h1>Bad [/gateway]</h1>" + b"<p>word</p>" * 5_000
    fake_openai.then(status=502, body=page, content_type="text/html")
    failure = await failure_of(respondent(attempts=1), call())
    assert failure.title == "The provider has trouble"
    assert "Bad [/gateway]" in failure.message
    assert not {"\x1b", "\x07", "<", ">"} & set(failure.message)
    assert len(failure.message) < 600


async def test_connections_that_break_are_tried_again_and_those_that_cannot_be_made_are_not(
    fake_openai: Any, respondent: Make, call: MakeCall, waits: list[float]
) -> None:
    fake_openai.always(cut_after=0)
    assert (await failure_of(respondent(attempts=2), call())).title == "The connection was lost"
    assert len(waits) == 1
    port = fake_openai.port
    fake_openai.close()
    failure = await failure_of(respondent(api_base=f"http://127.0.0.1:{port}/v1"), call())
    assert failure.title == "The server cannot be reached"
    assert f"nothing answers at http://127.0.0.1:{port}/v1" in failure.message
    assert len(waits) == 1


async def test_https_where_http_is_spoken(fake_openai: Any, respondent: Make, call: MakeCall) -> None:
    failure = await failure_of(respondent(api_base=f"https://127.0.0.1:{fake_openai.port}/v1"), call())
    assert failure.title == "The server cannot be reached"
    assert "https or http" in failure.message


async def test_a_name_that_no_provider_has(respondent: Make, call: MakeCall) -> None:
    for name in ("nonsense", "nonsense/model"):
        failure = await failure_of(respondent(name, api_base=None), call())
        assert failure.title == "No such model"
        assert "openai/NAME with --api-base" in failure.message


async def test_a_provider_without_log_probs_is_named_before_anything_is_sent(
    fake_openai: Any, respondent: Make, call: MakeCall
) -> None:
    failure = await failure_of(respondent("mistral/toy"), call("log-probs"))
    assert failure.title == "No log-probabilities"
    for form in FORMATS.values():
        assert (form.name in failure.message) is not bool(form.request.top_logprobs)
    assert fake_openai.requests == []


async def test_no_key_comes_out_in_message_repr_traceback_or_locals(
    fake_openai: Any, respondent: Make, call: MakeCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    monkeypatch.setenv("OPENAI_BASE_URL", fake_openai.base)
    monkeypatch.setenv("OPINIONSCOPE_API_KEY", CANARY)
    model = respondent("openai/toy-model", api_base=None, attempts=1)
    replies: list[dict[str, Any]] = [
        {"status": 401, "body": b'{"error": {"message": "Incorrect API key provided: %s."}}' % CANARY.encode()},
        {"status": 500, "body": b"<html>Authorization: Bearer %s</html>" % CANARY.encode()},
        {"body": b"{%s" % CANARY.encode()},
        {"cut_after": 0},
        {"text": ""},
    ]
    for reply in replies:
        for asked in (model, respondent(attempts=1)):
            fake_openai.then(**reply)
            failure = await failure_of(asked, call())
            shown = "".join(
                traceback.TracebackException.from_exception(failure, capture_locals=True).format(chain=True)
            )
            context = failure.__context__
            assert CANARY in fake_openai.requests[-1].headers["authorization"]
            for text in (str(failure), repr(failure), repr(vars(failure)), shown, repr(asked), repr(context)):
                assert CANARY not in text
                assert "canary" not in text


NEXT_STEPS = ("choose", "check", "try again", "top it up", "put the right one", "a name looks like", "install")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("AuthenticationError", "The key was refused"),
        ("PermissionDeniedError", "Not allowed"),
        ("NotFoundError", "No such model"),
        ("ContextWindowExceededError", "The prompt is too long for this model"),
        ("ContentPolicyViolationError", "The provider refused the question"),
        ("UnsupportedParamsError", "The model refuses a setting"),
        ("RateLimitError", "Too many requests"),
        ("BudgetExceededError", "No credit left"),
        ("Timeout", "The model took too long"),
        ("ImportError", "A Python package is missing"),
        ("SomethingOfTheNextRelease", "The call failed"),
    ],
)
def test_a_call_that_was_never_sent_is_told_by_the_class_of_the_error_and_not_by_its_words(
    name: str, title: str
) -> None:
    error = type(name, (Exception,), {})("status 500: context window, rate limit, api key, {words} of a library")
    failure = classify(error, "toy", "openai", None)
    assert failure.title == title
    assert any(step in failure.message for step in NEXT_STEPS), failure.message
    assert "of a library" not in failure.message


async def test_every_public_exception_of_litellm_ends_in_a_sentence_with_a_next_step() -> None:
    await load()
    import litellm

    for name in [name for name in dir(litellm.exceptions) if not name.startswith("_")]:
        kind = getattr(litellm.exceptions, name)
        if isinstance(kind, type) and issubclass(kind, Exception):
            failure = classify(kind.__new__(kind), "toy", "openai", None)
            assert any(step in failure.message for step in NEXT_STEPS), (name, failure.message)


@pytest.mark.parametrize("watched", [True, False])
@pytest.mark.parametrize(
    ("reply", "title", "words"),
    [
        (
            {"status": 502, "body": b"<html><head><title>Bad</title></head><body><h1>Too many hamsters</h1></body>"},
            "The provider has trouble",
            'The server said: "Bad – Too many hamsters"',
        ),
        ({"status": 502, "body": b"<html><title>Just a title</title>"}, "The provider has trouble", "Just a title"),
        ({"status": 500, "body": b"out of hay"}, "The provider has trouble", 'The server said: "out of hay"'),
        ({"status": 500, "body": b""}, "The provider has trouble", "failed on its side (status 500)"),
        ({"status": 422, "body": b'{"detail": [{"loc": ["x"], "msg": "hay?"}]}'}, "The request was refused", "hay?"),
        ({"status": 418, "body": b'{"error": "short and stout"}'}, "The request was refused", "short and stout"),
        ({"status": 400, "body": b'[{"error": {"message": "a list", "status": "NO"}}]'}, "The request", "a list"),
        ({"status": 400, "body": b'{"title": "Bad", "detail": "as RFC 9457"}'}, "The request was", "as RFC 9457"),
        ({"body": b"<html><h1>Sign in</h1>", "content_type": "text/html"}, "The answer makes no sense", "Sign in"),
        ({"body": b'{"error": {"message": "loading", "code": 503}}'}, "The provider has trouble", "(status 503)"),
        ({"body": b'{"error": "no hay today"}'}, "The provider has trouble", "no hay today"),
        ({"cut_after": 0}, "The connection was lost", "closed the connection before it answered"),
        ({"choices": False}, "The answer is empty", "nothing in it"),
    ],
)
async def test_the_servers_own_words_are_told_and_nobody_elses(
    fake_openai: Any,
    respondent: Make,
    call: MakeCall,
    reply: dict[str, Any],
    title: str,
    words: str,
    watched: bool,
) -> None:
    fake_openai.always(**reply)
    failure = await failure_of(respondent(attempts=1), call(), watched=watched)
    assert failure.title.startswith(title)
    assert words in failure.message
    for foreign in ("litellm", "openai.", "Error code", "Traceback", "Exception"):
        assert foreign not in failure.message


async def test_a_stream_that_was_cut_off_is_called_that(fake_openai: Any, respondent: Make, call: MakeCall) -> None:
    fake_openai.always(pieces=["AB"] * 9, cut_after=5)
    failure = await failure_of(respondent(attempts=1), call("sequence"), watched=True)
    assert failure.title == "The connection was lost"
    assert "was cut off after" in failure.message
    assert "failed on its side" not in failure.message


async def test_an_answer_that_came_too_late_says_whether_it_had_begun(
    fake_openai: Any, respondent: Make, call: MakeCall, waits: list[float]
) -> None:
    fake_openai.then(hold=True).then(hold_after=1)
    nothing = await failure_of(respondent(timeout=0.3), call("sequence"), watched=True)
    begun = await failure_of(respondent(timeout=2), call("sequence"), watched=True)
    assert "no answer came within 0.3 s" in nothing.message
    assert "the answer had begun and was not whole within 2 s" in begun.message
    assert waits == [], "a time-out is not repeated"
