"""The one way from a model's name to its respondent; only what that respondent needs is loaded."""

from opinionscope.local.models import is_local
from opinionscope.respondents.base import Respondent, RespondentError
from opinionscope.respondents.limits import UNLIMITED, LimitBook
from opinionscope.respondents.named_models import NamedModel, check_server
from opinionscope.respondents.person import is_person
from opinionscope.respondents.providers import NAME_HINT, PROVIDERS, is_asked_directly, key_variable
from opinionscope.respondents.recorded import RECORDED_PREFIX, RecordedRespondent, Recordings, is_recorded
from opinionscope.settings import DEFAULTS, Paths, Settings
from opinionscope.survey import Library
from opinionscope.survey.answers import PERSON_PREFIX
from opinionscope.survey.text import clean_line

LONGEST_NAME = 200
ROUTER_PREFIX = "router/"
PROXY_ADVICE = (
    "Start a LiteLLM proxy with the file (litellm --config FILE), and ask it with "
    "-m openai/NAME --api-base http://127.0.0.1:4000/v1"
)


def default_live_model() -> str | None:
    """The first model of the first provider whose key is set in the environment; None if no key is."""
    ready = (provider for provider in PROVIDERS.values() if provider.examples and key_variable(provider))
    return next((provider.examples[0] for provider in ready), None)


def needs_litellm(model: str, api_base: str | None, settings: Settings = DEFAULTS) -> bool:
    """Whether a model of this name, which may be one of the settings, is asked through litellm: that loads slowly."""
    asked = settings.asked_as(model)
    return not (is_recorded(asked) or is_local(asked) or is_asked_directly(asked, api_base))


def respondent_for(
    model: str,
    library: Library,
    api_base: str | None = None,
    *,
    settings: Settings = DEFAULTS,
    limits: LimitBook = UNLIMITED,
) -> Respondent:
    """The respondent of a name: ``recorded/NAME``, one of the user's own, or any that litellm knows.

    Args:
        api_base: the server to ask; recorded models have no use for it.
        settings: the user's own models, time-out and attempts.
        limits: rate limits, shared by all respondents.

    Raises:
        RespondentError: if it is no name, if nothing of that model was recorded, if `api_base` is no address, or if
            what the settings say of the model cannot be used.
    """
    if not model or len(model) > LONGEST_NAME or any(c.isspace() or not c.isprintable() for c in model):
        shown = clean_line(model)[:40]
        reason = f'"{shown}" is no model name: expected one word without blanks or control characters; {NAME_HINT}'
        raise RespondentError(reason, title="No such model")
    if model.startswith(ROUTER_PREFIX):
        raise RespondentError(f"Router files are not read any more. {PROXY_ADVICE}", title="No such model")
    if is_person(model):
        name = clean_line(model.removeprefix(PERSON_PREFIX))
        reason = (
            f"{clean_line(model)} is a person, whom no program can ask; `opinionscope play --name {name}` lets them"
        )
        raise RespondentError(f"{reason} guess", title="Not a model")
    if is_recorded(model):
        name = model.removeprefix(RECORDED_PREFIX)
        recordings = Recordings.read(library.answer_files, name)
        return RecordedRespondent(name, recordings if recordings.sheets else Recordings.read(library.answer_files))
    named = NamedModel(model, settings.models[model]) if model in settings.models else None
    if is_local(model if named is None else named.model):
        from opinionscope.respondents.this_machine import ThisMachine

        if api_base is not None:
            raise RespondentError(f"{model} is asked on this machine; leave the server address (--api-base) out")
        return ThisMachine(model, settings, Paths.find(), named=named, limits=limits)
    from opinionscope.respondents.gateway import LiteLLMRespondent

    if named is not None:
        check_server(named, api_base)
        model, api_base = named.model, named.api_base
    return LiteLLMRespondent(model, api_base, settings.timeout, attempts=settings.attempts, named=named, limits=limits)
