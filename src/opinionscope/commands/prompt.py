"""The prompt of a run, and what goes with it."""

from typing import Any

from opinionscope.commands.output import print_lines
from opinionscope.commands.printing import write
from opinionscope.report.details import not_sent, prompt_lines
from opinionscope.respondents.redaction import public_url
from opinionscope.runs import Run


def prompt_json(run: Run) -> dict[str, Any]:
    """Messages and settings; for a recorded model with a note that they were not sent."""
    sent: dict[str, Any] = {"messages": run.plan.first.prompt.messages, "request": _request_json(run)}
    if schema := run.plan.first.request.schema:
        sent["schema_where_possible"] = schema
    if not run.is_live:
        return sent | {"note": not_sent(run)}
    return sent | {"notes": list(run.plan.notes)} if run.plan.notes else sent


def _request_json(run: Run) -> dict[str, Any]:
    """What goes with the messages, under the names that chat completions give it; what is not sent is left out."""
    request, seed = run.plan.first.request, run.plan.first.seed
    settings: dict[str, Any] = {"model": run.model} if run.is_live else {}
    settings |= {"temperature": request.temperature, "max_tokens": request.max_tokens}
    if request.top_logprobs:
        settings |= {"logprobs": True, "top_logprobs": request.top_logprobs}
    if seed is not None:
        settings["seed"] = seed
    if run.api_base:
        settings["api_base"] = public_url(run.api_base)
    return settings


def print_prompt(run: Run) -> None:
    """Print whom it is for, the settings, and both messages as text."""
    if run.is_live:
        write(f"for {run.model}" + (f" at {public_url(run.api_base)}" if run.api_base else ""))
        for note in run.plan.notes:
            write(note)
    print_lines(prompt_lines(run))
