"""Workers: what goes on beside keys and drawing, and how the user hears that it failed."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec

from textual import work as textual_work
from textual.dom import DOMNode
from textual.message import Message
from textual.worker import Worker

from opinionscope.errors import OpinionscopeError

Arguments = ParamSpec("Arguments")


@dataclass
class Failed(Message):
    """An error has ended a worker."""

    error: Exception


def work(
    *, group: str = "default", exclusive: bool = False, exit_on_error: bool = False
) -> Callable[[Callable[Arguments, Coroutine[None, None, None]]], Callable[Arguments, Worker[None]]]:
    """Have a coroutine function run as a worker of the node that is its first argument.

    As Textual's own decorator, but an error ends the worker only, and the app tells it: Textual tells nobody. One of
    ours is an end like others. Nor are the arguments, whole runs among them, made into text to describe the worker.
    """

    def decorator(method: Callable[Arguments, Coroutine[None, None, None]]) -> Callable[Arguments, Worker[None]]:
        @wraps(method)
        async def told(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
            try:
                await method(*args, **kwargs)
            except Exception as error:
                node = args[0]
                assert isinstance(node, DOMNode)
                node.app.post_message(Failed(error))
                if not isinstance(error, OpinionscopeError):
                    raise

        name = method.__qualname__
        return textual_work(group=group, exclusive=exclusive, exit_on_error=exit_on_error, description=name)(told)

    return decorator


def as_told(error: Exception) -> OpinionscopeError:
    """An error as users read it: one of ours as it is, another by its name and with what to do."""
    if isinstance(error, OpinionscopeError):
        return error
    name = type(error).__name__
    return OpinionscopeError(f"the program met an error it does not know ({name}); try again, and report it")
