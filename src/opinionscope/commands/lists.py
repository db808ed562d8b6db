"""`opinionscope questions`, `groups` and `models`: the available choices."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from opinionscope.commands.output import print_json, print_table, warn
from opinionscope.commands.printing import tell, write
from opinionscope.errors import OpinionscopeError
from opinionscope.report.as_json import group_json, question_json
from opinionscope.respondents.cards import ModelCard, in_order
from opinionscope.respondents.catalog import live_models, recorded_models, recorded_problems, server_models
from opinionscope.suggesting import did_you_mean
from opinionscope.survey import Group, PackError, Question
from opinionscope.survey.library import NotFoundError
from opinionscope.survey.microdata import Microdata, Slice
from opinionscope.survey.question import DOMAIN_TITLES
from opinionscope.survey.text import counted, fold, has_words, search_words
from opinionscope.workspace import Workspace

MODEL_HEADER = ("MODEL", "KIND", "LOGPROBS", "STRUCTURED", "STREAM", "1000 CALLS", "FORMATS", "", "API BASE")
MODEL_WIDTHS = (34, 8, 8, 10, 6, 10, 40, 36, 25)
MODEL_LEAST_NEEDED = (6, 7, 8, 3, 4)
"""Columns that a narrow terminal omits, in this order."""
MOST_VALUES = 8


def list_questions(workspace: Workspace, search: str, domain: str | None, as_json: bool) -> None:
    """Print the questions that contain all words."""
    library = workspace.library
    _check_domain(workspace, domain)
    found = library.search(search, domain)
    if as_json:
        print_json([question_json(question, library) for question in found])
        return
    rows = [(q.id, q.domain, q.title, str(len(q.options)), ", ".join(g.name for g in library.groups(q))) for q in found]
    print_table(("ID", "DOMAIN", "TITLE", "K", "GROUPS"), rows, (28, 9, 34, 2, 40))
    tell(counted(len(found), "question"))


def _check_domain(workspace: Workspace, domain: str | None) -> None:
    at_hand = tuple(dict.fromkeys(question.domain for question in workspace.library.questions))
    if domain is not None and domain not in (*at_hand, *DOMAIN_TITLES):
        hint = f"expected one of {', '.join(at_hand)}; {did_you_mean(domain, at_hand)}".rstrip("; ")
        raise NotFoundError(f'there is no domain "{domain}"; {hint}', title="No such domain")


def list_groups(workspace: Workspace, question_id: str | None, search: str, domain: str | None, as_json: bool) -> None:
    """Print the groups, with how many questions they answered and the smallest n among them."""
    library = workspace.library
    _check_domain(workspace, domain)
    found = [library.question(question_id)] if question_id else library.search("", domain)
    answers: dict[tuple[str, Group], list[Question]] = {}
    for question in found:
        for group in library.groups(question):
            answers.setdefault((question.dataset, group), []).append(question)
    described, words = [], search_words(search)
    only = found[0] if question_id else None
    for (dataset, group), answered in answers.items():
        if has_words(fold(f"{group.name} {group.expression} {dataset}"), words):
            sizes = [human.n for q in answered if (human := library.human(q, group)) and human.n is not None]
            described.append(group_json(group, dataset, len(answered), min(sizes, default=None), only))
    if as_json:
        print_json(described)
        return
    rows = [
        (
            g["name"],
            g["expression"],
            g["dataset"],
            str(g["questions"]),
            "–" if g["smallest_n"] is None else f"{g['smallest_n']:,.0f}",
        )
        for g in described
    ]
    print_table(("GROUP", "AS TYPED", "DATASET", "QUESTIONS", "SMALLEST n"), rows, (22, 26, 16, 9, 10))
    tell(counted(len(described), "group"))
    if only is not None:
        _tell_of_composing(workspace, only)


def _tell_of_composing(workspace: Workspace, question: Question) -> None:
    """Say which attributes can be joined to a group, where single people's answers are at hand."""
    try:
        microdata = workspace.library.microdata(question.dataset)
    except PackError as problem:
        warn([problem])
        return
    if microdata is None:
        return
    attributes = [(name, microdata.slices(name)) for name in microdata.attributes]
    example = ",".join(f"{name}={slices[0].value}" for name, slices in attributes[:2] if slices)
    listed = ", ".join(f"{name} ({_values(microdata, name, slices)})" for name, slices in attributes)
    tell(f'Other groups can be composed, as in -g "{example}", of {listed}.')


def _values(microdata: Microdata, attribute: str, slices: Sequence[Slice]) -> str:
    shown = [part.value for part in slices[:MOST_VALUES]]
    if microdata.has_numbers(attribute):
        shown.append("or any range")
    elif len(slices) > MOST_VALUES:
        shown.append("…")
    return " | ".join(shown)


def list_models(workspace: Workspace, search: str, as_json: bool, api_base: str | None = None) -> None:
    """Print the models that can be asked now, favourites and last used ones first, and the server of those found.

    Args:
        api_base: a server, of which alone the models are listed.
    """
    warn(recorded_problems(workspace.library))
    remembered, problem = workspace.state.read()
    warn([problem] if problem else [])
    if api_base is not None:
        cards = list(asyncio.run(server_models(api_base)))
    else:
        cards = [*asyncio.run(live_models(settings=workspace.settings)), *recorded_models(workspace.library)]
    words = search_words(search)
    found = [card for card in cards if all(word in fold(f"{card.name} {card.detail}") for word in words)]
    found = in_order(found, remembered)
    if as_json:
        print_json([_model_json(card, card.name in remembered.favourites) for card in found])
        return
    rows = [
        (
            card.name,
            card.kind,
            _known(card.log_probs),
            _known(card.structured),
            _known(card.streaming),
            _price(card),
            ", ".join(card.formats),
            card.detail,
            card.api_base or remembered.servers.get(card.name, ""),
        )
        for card in found
    ]
    print_table(MODEL_HEADER, rows, MODEL_WIDTHS, MODEL_LEAST_NEEDED)
    tell(f"{counted(len(found), 'model')}; any other litellm name works as well, given its key")


def _price(card: ModelCard) -> str:
    if card.price_usd is None:
        return "unknown"
    return f"${card.price_usd * 1000:,.2f}" if card.price_usd else "free"


def _known(fact: bool | None) -> str:
    return "?" if fact is None else "yes" if fact else "no"


def _model_json(card: ModelCard, favourite: bool) -> dict[str, Any]:
    return {
        "name": card.name,
        "kind": card.kind,
        "formats": list(card.formats),
        "api_base": card.api_base,
        "log_probs": card.log_probs,
        "structured": card.structured,
        "streaming": card.streaming,
        "price_usd": card.price_usd,
        "favourite": favourite,
        "detail": card.detail,
    }


def print_keys(rows: Sequence[Sequence[str]], problems: Iterable[OpinionscopeError], as_json: bool) -> None:
    """Print actions: id, screen, keys, what each does; what the settings say wrong about keys goes to stderr."""
    if as_json:
        print_json([dict(zip(("id", "screen", "keys", "does"), row, strict=True)) for row in rows])
    else:
        write("\n".join("\t".join(row) for row in rows))
    for problem in problems:
        tell(str(problem))
