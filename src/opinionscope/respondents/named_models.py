"""Named models: what a user's settings say of a model, and the key and headers that its calls get.

Secrets come from the environment or from a command, are kept in memory only, and are told to the redaction as soon
as they are known. A provider's own key goes to no server but the provider's own, under whatever name it is asked for.
"""

import asyncio
import hashlib
import os
from typing import Any

import msgspec
from msgspec import Struct

from opinionscope.elicitation import PLAIN, Call, Plan
from opinionscope.respondents.base import RespondentError
from opinionscope.respondents.providers import PROVIDERS, checked_base, is_own_server, is_plain
from opinionscope.respondents.redaction import remember, scrub
from opinionscope.settings import ModelSettings
from opinionscope.survey.text import clean_line
from opinionscope.values import replace

LONGEST_LINE = 65536
LONGEST_SHOWN = 500
_OF_THE_REQUEST = ("temperature", "max_tokens")
SERVER_VARIABLES = ("_API_BASE", "_BASE_URL")
"""How the names of variables end that put another server in the place of a provider's own."""
TITLE = "The model's settings cannot be used"


_printed: dict[tuple[str, ...], list[str]] = {}
"""Command → the different keys that it printed, one after the other; the last one counts."""


class _Run(Struct):
    """A command under way, and how many calls wait for it."""

    task: asyncio.Task[str]
    waiting: int = 0


_under_way: dict[tuple[str, ...], _Run] = {}


class NamedModel(Struct, frozen=True):
    """A model as the settings describe it.

    Attributes:
        name: what goes into ``-m``.
        settings: its table in the settings.
    """

    name: str
    settings: ModelSettings

    @property
    def model(self) -> str:
        """The name litellm takes."""
        return self.settings.model

    @property
    def api_base(self) -> str | None:
        """The server to ask; None for the provider's own."""
        return self.settings.api_base or None

    @property
    def parameters(self) -> dict[str, Any]:
        """What is sent with every call, in place of what the format asks for."""
        given: dict[str, Any] = msgspec.to_builtins(self.settings.parameters)
        return given

    @property
    def place(self) -> str:
        """Where it is written down, as errors name it."""
        return f"[models.{self.name}]"

    @property
    def has_key(self) -> bool:
        """Whether it says where its key is."""
        return bool(self.settings.key_env or self.settings.key_command)

    @property
    def costs_nothing(self) -> bool:
        """Whether nobody is paid for its answers."""
        return False

    @property
    def key_place(self) -> str:
        """Where the key comes from, as errors name it; "" where it does not say."""
        by_command = f"the command of {self.place} that prints it" if self.settings.key_command else ""
        return self.settings.key_env or by_command

    @property
    def key_number(self) -> int:
        """Which of the keys that its command printed so far calls get now, from 1; 0 for none of them."""
        return len(_printed.get(self.settings.key_command, ()))

    @property
    def further_parameters(self) -> dict[str, Any]:
        """What is sent beside what a call says."""
        return {name: value for name, value in self.parameters.items() if name not in _OF_THE_REQUEST}

    def applied(self, plan: Plan) -> Plan:
        """A plan with the parameters in place of its own, and with a note that tells who is asked, and how."""
        given = self._in_place_of(plan.first)
        told = [f"{name} {_shown(value)}" for name, value in (given | self.further_parameters).items()]
        is_alias = bool(self.model) and not self.name.endswith(self.model)
        facts = [f"is {self.model}"] * is_alias + [f"sends {', '.join(told)}"] * bool(told)
        if not facts:
            return plan
        request = replace(plan.first.request, **given)
        cell = replace(plan.cell, recipe=replace(plan.cell.recipe, temperature=request.temperature))
        return replace(
            plan,
            cell=cell,
            calls=tuple(replace(call, cell=cell, request=request) for call in plan.calls),
            notes=tuple(dict.fromkeys((*plan.notes, f"{self.place} {' and '.join(facts)}"))),
        )

    def applied_to(self, call: Call) -> Call:
        """A single call with the parameters in place of its own, as in `applied`."""
        given = self._in_place_of(call)
        return replace(call, request=replace(call.request, **given)) if given else call

    def schema(self, call: Call) -> dict[str, Any] | None:
        """The JSON schema of the answer to a call; None where it is text."""
        return call.request.schema

    def request_hash(self, call: Call, model: str, api_base: str | None) -> str:
        """A hash of all that decides the reply to a call to this model at this server; it tells no secret."""
        call = self.applied_to(call)
        sent = {
            "model": model,
            "api_base": api_base,
            "servers": {name: os.environ[name] for name in os.environ if name.endswith(SERVER_VARIABLES)},
            "headers": dict(self.settings.headers),
            "parameters": self.further_parameters,
            "request": msgspec.to_builtins(call.request),
            "messages": call.messages,
            "seed": call.seed,
            **({"completion": True} if call.cell.recipe.completion else {}),
        }
        return hashlib.sha256(msgspec.json.encode(sent, order="deterministic")).hexdigest()

    def _in_place_of(self, call: Call) -> dict[str, Any]:
        """The parameters that go before those of a call.

        Log-probs are those of one token, whatever is said of their number; a temperature that was chosen for the run
        goes before that of the settings.
        """
        given = {name: value for name, value in self.parameters.items() if name in _OF_THE_REQUEST}
        if call.request.top_logprobs:
            given.pop("max_tokens", None)
        if call.cell.recipe.temperature != PLAIN.temperature:
            given.pop("temperature", None)
        return given

    @property
    def is_ready(self) -> bool:
        """Whether the keys that it names by variable are there; a command is taken at its word."""
        return all(os.environ.get(variable, "").strip() for variable in self._variables)

    async def prepare(self, provider: str) -> None:
        """Get hold of the key, before anything is sent.

        Args:
            provider: litellm's word for the model's provider.

        Raises:
            RespondentError: naming the variable or the setting, never its value.
        """
        for variable in self._variables:
            remember(os.environ.get(variable, "").strip())
            if problem := self._variable_problem(variable, provider):
                raise RespondentError(problem, title=TITLE)
        if self.settings.key_command and self.settings.key_command not in _printed:
            problem = await _kept_once(self.settings.key_command, self.settings.key_timeout)
            if problem:
                raise RespondentError(f"key_command of {self.place} {problem}", title=TITLE)

    async def has_newer_key(self, refused: int) -> bool:
        """Run the command once more, unless it has printed another key since; whether there is another one now.

        Args:
            refused: the `key_number` of the key that a provider refused; it may have expired.

        Raises:
            RespondentError: if the command gives no key any more.
        """
        if not self.settings.key_command:
            return False
        if self.key_number == refused:
            problem = await _kept_once(self.settings.key_command, self.settings.key_timeout)
            if problem:
                raise RespondentError(f"the key was refused, and key_command of {self.place} {problem}", title=TITLE)
        return self.key_number != refused

    def credentials(self) -> dict[str, Any]:
        """The key and the headers of a call, as keywords for litellm; only after `prepare`."""
        given: dict[str, Any] = {}
        if self.settings.key_env:
            given["api_key"] = os.environ[self.settings.key_env]
        elif self.settings.key_command:
            given["api_key"] = _printed[self.settings.key_command][-1]
        if headers := self.settings.headers:
            given["extra_headers"] = {header: os.environ[variable] for header, variable in headers.items()}
        return given

    @property
    def _variables(self) -> tuple[str, ...]:
        return (*((self.settings.key_env,) if self.settings.key_env else ()), *self.settings.headers.values())

    def _variable_problem(self, variable: str, provider: str) -> str:
        value = os.environ.get(variable, "")
        if not value.strip():
            return f"{self.place} takes {variable} from the environment; set it"
        if variable == self.settings.key_env and not is_plain(value):
            return f"{variable} holds a blank or a line break; set it to the bare key"
        if not all(" " <= character <= "~" for character in value):
            return f"{variable} holds more than one line of plain text; set it to the bare value"
        if owner := foreign_owner(variable, provider, self.api_base):
            advice = f"put the key for {self.place} into a variable of its own"
            return f"{variable} holds the key of {owner}, which is sent to nobody else; {advice}"
        return ""


def _shown(value: Any) -> str:
    """A parameter as it is sent, as JSON, and without secrets."""
    return clean_line(scrub(msgspec.json.encode(value).decode()))[:LONGEST_SHOWN]


def foreign_owner(variable: str, provider: str, api_base: str | None) -> str:
    """The provider whose key a variable holds, if a call would hand it to somebody else; "" if it would not.

    Args:
        variable: its name; one that holds the same value as a provider's variable counts as that one.
        provider, api_base: who is asked; None for the provider's own server.
    """
    value = os.environ.get(variable)
    for owner in PROVIDERS.values():
        if any(known == variable or (value and os.environ.get(known) == value) for known in owner.key_variables):
            at_home = provider == owner.name if api_base is None else is_own_server(owner.name, api_base)
            return "" if at_home else owner.title
    return ""


def check_server(model: NamedModel, api_base: str | None) -> None:
    """See that a named model is asked at its own server, or at its provider where it names none.

    Args:
        api_base: the server that was asked for apart from it; None for none.

    Raises:
        RespondentError: if an address is none, or if another server was asked for, which would get the model's key.
    """
    own = None if model.api_base is None else checked_base(model.api_base)
    other = None if api_base is None else checked_base(api_base)
    if other is not None and other != own:
        where = f"at {own}" if own else "at its provider"
        raise RespondentError(
            f"{model.name} is asked {where}, as [models.{model.name}] says; leave --api-base out, or write the "
            f"model as {model.model}",
            title=TITLE,
        )


async def _kept_once(command: tuple[str, ...], seconds: float) -> str:
    """As `_keep_printed`; calls that need the same key at the same time share one run, which may ask the user.

    One of them that is cancelled leaves the run to the others; the last one ends it.
    """
    run = _under_way.get(command)
    if run is None:
        run = _under_way[command] = _Run(asyncio.create_task(_keep_printed(command, seconds)))
    run.waiting += 1
    try:
        return await asyncio.shield(run.task)
    finally:
        run.waiting -= 1
        if not run.waiting:
            _under_way.pop(command, None)
            run.task.cancel()
            await asyncio.wait([run.task])


async def _keep_printed(command: tuple[str, ...], seconds: float) -> str:
    """Run a command, and keep the first line that it prints as a key; why there is none, or ""."""
    from_command, to_us = os.pipe()
    printed = asyncio.StreamReader(LONGEST_LINE)
    pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(printed), os.fdopen(from_command, "rb", 0)
    )
    try:
        process = await _started(command, to_us)
        if process is None:
            return "cannot be run; check that it is installed"
        key = await _first_line(process, printed, seconds)
    finally:
        pipe.close()
    if key is None:
        return f"printed no key within {seconds:g} s; run it by hand once"
    if process.returncode != 0 or not is_plain(key):
        return f"printed no key (exit code {process.returncode}); run it by hand once"
    remember(key)
    keys = _printed.setdefault(command, [])
    if keys[-1:] != [key]:
        keys.append(key)
    return ""


async def _started(command: tuple[str, ...], stdout: int) -> asyncio.subprocess.Process | None:
    """The command under way; None if it cannot be run.

    It prints into a pipe of ours: one of asyncio's own would be waited for until all that it started have ended, too.
    """
    nowhere = asyncio.subprocess.DEVNULL
    try:
        return await asyncio.create_subprocess_exec(*command, stdin=nowhere, stdout=stdout, stderr=nowhere)
    except (OSError, ValueError):
        return None
    finally:
        os.close(stdout)


async def _first_line(process: asyncio.subprocess.Process, printed: asyncio.StreamReader, seconds: float) -> str | None:
    """The first line that is not blank, once the command has ended; None if that takes too long."""
    try:
        async with asyncio.timeout(seconds):
            await process.wait()
            while (line := await printed.readline()) and not line.strip():
                pass
    except TimeoutError:
        return None
    except ValueError:
        return ""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return line.decode("latin-1").strip()
