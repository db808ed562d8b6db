"""What many runs share, stored once under its hash: questions, groups, prompts and human answers.

Each function that stores does so unless the value is there already, and returns the hash; all of them want a connection
that is in a transaction.
"""

import sqlite3
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple

from opinionscope.elicitation import Prompt
from opinionscope.history.rows import Row, hash_of, insert, insert_list
from opinionscope.survey import Distribution, Group, Option, Question

_TEXTS = ("dataset", "domain", "title", "text", "context", "wording", "source_key", "note")
"""Columns of a question that are called as its fields are."""


def _as_tuple(value: Any) -> Any:
    """A value whose Structs, at every depth, are tuples of their fields."""
    if isinstance(value, Struct):
        value = astuple(value)
    return tuple(map(_as_tuple, value)) if isinstance(value, tuple) else value


@lru_cache(maxsize=4_096)
def question_hash(question: Question) -> str:
    """The hash that a question is stored under."""
    return hash_of(*_as_tuple(question))


def store_question(connection: sqlite3.Connection, question: Question) -> str:
    """Store a question with its options and topics."""
    key = question_hash(question)
    row: Row = {"hash": key, "question_id": question.id} | {name: getattr(question, name) for name in _TEXTS}
    if insert(connection, "questions", [row], known_ok=True):
        owner = {"question_hash": key}
        options = ({"label": o.label, "value": o.value, "nonresponse": o.nonresponse} for o in question.options)
        insert_list(connection, "options", owner, options)
        insert_list(connection, "topics", owner, ({"topic": topic} for topic in question.topics))
    return key


def restored_question(row: sqlite3.Row, options: Iterable[sqlite3.Row], topics: Iterable[str]) -> Question:
    """A question from its row, its note under `question_note`, with its options in survey order."""
    texts = {name: row[name] for name in _TEXTS} | {"note": row["question_note"]}
    offered = tuple(Option(each["label"], each["value"], bool(each["nonresponse"])) for each in options)
    return Question(id=row["question_id"], options=offered, topics=tuple(topics), **texts)


@lru_cache(maxsize=4_096)
def _group_hash(group: Group) -> str:
    return hash_of(*_as_tuple(group))


def store_group(connection: sqlite3.Connection, group: Group) -> str:
    """Store a group with its attributes."""
    key = _group_hash(group)
    row = {"hash": key, "name": group.name, "expression": group.expression}
    if insert(connection, "groups", [row], known_ok=True):
        attributes = ({"attribute": attribute, "value": value} for attribute, value in group.attributes)
        insert_list(connection, "group_attributes", {"group_hash": key}, attributes)
    return key


def prompt_hash(prompt: Prompt) -> str:
    """The hash that a prompt is stored under."""
    return hash_of(prompt.system, prompt.user)


def store_prompt(connection: sqlite3.Connection, prompt: Prompt) -> str:
    """Store the two messages of a prompt."""
    key = prompt_hash(prompt)
    insert(connection, "prompts", [{"hash": key, "system": prompt.system, "user": prompt.user}], known_ok=True)
    return key


def store_human(connection: sqlite3.Connection, human: Distribution, question: str, group: str) -> str:
    """Store how a group answered a question, both given by their hashes."""
    key = hash_of(question, group, human.n, human.probabilities)
    row: Row = {"hash": key, "question_hash": question, "group_hash": group, "n": human.n}
    if insert(connection, "humans", [row], known_ok=True):
        insert_list(connection, "human_shares", {"human_hash": key}, ({"probability": p} for p in human.probabilities))
    return key
