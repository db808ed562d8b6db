"""Models' names as they are shown: some servers name a model by the file it was loaded from."""

import re

from opinionscope.local.models import LOCAL_PREFIX
from opinionscope.regexes import regex
from opinionscope.respondents.redaction import public_url
from opinionscope.runs import Run

_IS_PATH = regex(r"[\\/~]|\.{1,2}[\\/]|[A-Za-z]:[\\/]")


def without_folders(model: str) -> str:
    """A model's name, a path in it cut to the file's name: ``openai/tiny.gguf`` for ``openai//home/me/tiny.gguf``."""
    if _IS_PATH.match(model):
        return _file_name(model)
    provider, slash, rest = model.partition("/")
    return f"{provider}{slash}{_file_name(rest)}" if _IS_PATH.match(rest) else model


def answered_as(resolved: str, asked: str) -> str:
    """The name to show of the model that answered: the server's; where that is a path, the one that was asked for."""
    return without_folders(asked) if without_folders(resolved) != resolved else resolved


def given(run: Run) -> str:
    """What a run has of whoever was asked: the answer of a model, or the estimate of a person who guessed."""
    return "estimate" if run.is_estimated else "answer"


def answer_title(run: Run) -> str:
    """What stands above a run's answers."""
    return "Estimates" if run.is_estimated else "Answer"


def server_of(run: Run) -> str:
    """Where a live model was asked, without what only its user may see of an address."""
    if run.api_base:
        return public_url(run.api_base)
    return "this machine" if run.model.startswith(LOCAL_PREFIX) else "its provider"


def _file_name(path: str) -> str:
    return re.split(r"[\\/]", path.rstrip("\\/"))[-1] or path
