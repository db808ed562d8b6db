"""What can go wrong with a model on this machine."""

from opinionscope.errors import OpinionscopeError


class LocalModelError(OpinionscopeError):
    """A model on this machine that cannot be had or asked: why, and the next step."""

    title = "The local model cannot be used"
