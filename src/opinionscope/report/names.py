"""Models' names as they are shown: some servers name a model by the file it was loaded from."""

import re

from opinionscope.regexes import regex
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


def _file_name(path: str) -> str:
    return re.split(r"[\\/]", path.rstrip("\\/"))[-1] or path
