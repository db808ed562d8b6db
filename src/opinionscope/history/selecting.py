"""Selection → SQL: a condition on the table `runs`, with bound parameters only.

A condition is written in one of two ways. *Walking* holds each run against it, for a list that is read from one end
until a page is full. *Indexed* lets SQLite begin with what is found in the small tables that runs share (questions,
groups, setups, tags) or in an index, for conditions that few runs fit. The unary ``+`` keeps SQLite from using an
index.

It selects what `selection.matching` selects. Quoted text in ASCII letters is looked up with FTS5, which does not know
that "ﬁ" and "fi" or "x²" and "x2" are the same; other scripts are read through, and found as `matching` finds them.
"""

import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache

from msgspec import Struct, field

from opinionscope.elicitation import OPTIONS
from opinionscope.history.rows import as_text, value_of
from opinionscope.selection import FIELDS, Selection, Term
from opinionscope.selection.matching import fits_name, fits_words, has_phrase, phrase_words
from opinionscope.survey.text import fold, has_words

Bound = str | float | bytes


def _next(table: str, column: str, fixed: str, known: str) -> str:
    """SQL for the rows that follow when the distinct values of one more column are looked up in an index."""
    same = "".join(f"{table}.{name} = {known}.{name} AND " for name in fixed.split())
    return f"(SELECT min({column}) FROM {table} WHERE {same}{table}.{column} > {known}.{column})"


def _distinct(name: str, table: str, columns: str) -> str:
    """Common table expressions for the distinct values of indexed columns, without reading the whole index."""
    steps, names = [], columns.split()
    for at, column in enumerate(names):
        fixed = names[:at]
        this, before = f"{name}_{at}", f"{name}_{at - 1}"
        listed, copied = ", ".join((*fixed, column)), "".join(f"{before}.{each}, " for each in fixed)
        same = " AND ".join(f"{table}.{each} = {before}.{each}" for each in fixed) or "1"
        first = f"SELECT {copied}(SELECT min({column}) FROM {table} WHERE {same})" + (f" FROM {before}" if at else "")
        if at:
            first += f" WHERE {before}.{fixed[-1]} IS NOT NULL"
        again = "".join(f"{this}.{each}, " for each in fixed)
        steps.append(
            f"{this} ({listed}) AS ({first} UNION ALL SELECT {again}{_next(table, column, ' '.join(fixed), this)} "
            f"FROM {this} WHERE {this}.{column} IS NOT NULL)"
        )
    last = f"{name}_{len(names) - 1}"
    steps.append(f"{name} AS MATERIALIZED (SELECT * FROM {last} WHERE {names[-1]} IS NOT NULL)")
    return ",\n".join(steps)


BLOCK = 256
"""Full text is looked for in blocks of so many calls, where only some runs are of interest."""
SETUP_COLUMNS = ("model", "steering", "format", "status")
INDEXED = ("question", "dataset", "domain", "topic", "group", *SETUP_COLUMNS, "tag", "sweep", "id", "on")
"""Fields by which an index finds runs, beside measures and texts."""
WITH = f"WITH RECURSIVE {_distinct('setups', 'runs', ' '.join(SETUP_COLUMNS))},\n{_distinct('labels', 'tags', 'tag')}\n"
"""What conditions refer to: the distinct setups of all runs, and the distinct tags."""

_QUESTION, _GROUP = "question_id || ' ' || title", "name || ' ' || expression"
_QUESTION_WORDS = "question_id || ' ' || dataset || ' ' || title || ' ' || text"
_SETUP_WORDS = "model || ' ' || steering || ' ' || format || ' ' || status"
_ONE_OF_TWO: Mapping[str, Mapping[str, str | int]] = {
    "kind": {"live": "live", "recorded": "recorded", "person": "person"},
    "reasoning": {"yes": 1, "no": 0},
}
_FURTHER = {option.name: option for option in OPTIONS}
_OWN_COLUMN = {"voice": "runs.voice", "order": "runs.option_order", "server": "coalesce(runs.api_base, '')"}


def prepare(connection: sqlite3.Connection) -> None:
    """Teach a connection the functions that conditions use."""
    functions: Mapping[str, Callable[[str, str], bool]] = {
        "has_words": _has_words,
        "fits_name": _fits_name,
        "fits_words": _fits_words,
        "has_phrase": has_phrase,
    }
    for name, function in functions.items():
        connection.create_function(name, 2, function, deterministic=True)


@lru_cache(maxsize=65_536)
def _has_words(text: str, words: str) -> bool:
    return has_words(fold(text), words.split(), whole=True)


@lru_cache(maxsize=65_536)
def _fits_name(text: str, wanted: str) -> bool:
    return fits_name(text, wanted) if text else wanted == "none"


@lru_cache(maxsize=65_536)
def _fits_words(text: str, wanted: str) -> bool:
    return fits_words(text, wanted) if text else wanted == "none"


class Condition(Struct):
    """SQL for WHERE, and the values of its parameters.

    Args:
        walking: how it is written; see the module.
        among: SQL for the few runs that it will be held against, so that full text is looked for in their calls
            only; "" for all runs.
    """

    walking: bool = False
    values: dict[str, Bound] = field(default_factory=dict)
    among: str = ""

    def of(self, selection: Selection, rare: frozenset[Term] = frozenset()) -> str:
        """The SQL for a selection; its values are added to `values`.

        Args:
            rare: terms that only few runs fit, to be written for an index although the others are not.
        """
        return " AND ".join(self._term(term, is_rare=term in rare) for term in selection.terms) or "1"

    def column(self, name: str) -> str:
        """A column of `runs`, by its index or not."""
        return f"{'+' if self.walking else ''}runs.{name}"

    def bind(self, value: Bound) -> str:
        """A parameter with that value."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f":{name}"

    def hits(self, term: Term) -> str | None:
        """A statement for what an index of a large table finds for a term: one row a run, or nearly so.

        None for terms that are looked for in small tables, in `runs` itself, or that are negated.
        """
        if term.negated:
            return None
        if term.operator == "between" and FIELDS[term.field].kind == "measure":
            return self._measured(term)
        if term.operator == "text" and (query := _query(term.values[0])):
            return f"SELECT rowid FROM call_search WHERE call_search MATCH {self.bind(query)}"
        return None

    def found(self, term: Term) -> str | None:
        """A statement for the runs that any index finds for a term, as `hits` for those of large tables.

        None where a run has to be looked at to tell.
        """
        if term.negated or (term.operator == "is" and "none" in term.values):
            return None
        if term.operator == "word" or term.field in INDEXED:
            return f"SELECT id FROM runs WHERE {self._positive(term)}"
        return self.hits(term)

    def _term(self, term: Term, *, is_rare: bool) -> str:
        walking = self.walking
        is_of_all = term.negated and term.operator == "between"
        self.walking = is_of_all or (walking and not is_rare)
        try:
            sql = self._positive(term)
        finally:
            self.walking = walking
        return f"({sql}) IS NOT TRUE" if term.negated else f"({sql})"

    def _positive(self, term: Term) -> str:
        if term.operator == "word":
            return self._words(term.values[0])
        if term.operator == "text":
            return self._text(term.values[0])
        if term.operator == "between":
            return self._between(term)
        return " OR ".join(self._is(term.field, value) for value in term.values)

    def _words(self, words: str) -> str:
        wanted = self.bind(words)
        return " OR ".join(
            (
                f"{self.column('question_hash')} IN "
                f"(SELECT hash FROM questions WHERE has_words({_QUESTION_WORDS}, {wanted}))",
                f"{self.column('group_hash')} IN (SELECT hash FROM groups WHERE has_words({_GROUP}, {wanted}))",
                self._setup(f"has_words({_SETUP_WORDS}, {wanted})"),
                self._tag(f"has_words(tag, {wanted})"),
            )
        )

    def _setup(self, condition: str) -> str:
        columns = f"{self.column('model')}, runs.steering, runs.format, runs.status"
        return f"({columns}) IN (SELECT * FROM setups WHERE {condition})"

    def _tag(self, condition: str) -> str:
        if self.walking:
            return f"EXISTS (SELECT 1 FROM tags WHERE run_id = runs.id AND {condition})"
        found = f"SELECT run_id FROM tags WHERE tag IN (SELECT tag FROM labels WHERE {condition})"
        return f"runs.id IN ({found})"

    def _is(self, name: str, value: str) -> str:
        wanted = self.bind(value)
        match name:
            case "question" | "dataset" | "domain":
                fits = f"fits_words({_QUESTION}, {wanted})" if name == "question" else f"fits_name({name}, {wanted})"
                return f"{self.column('question_hash')} IN (SELECT hash FROM questions WHERE {fits})"
            case "topic":
                found = f"SELECT question_hash FROM topics WHERE fits_words(topic, {wanted})"
                if value == "none":
                    found += " UNION SELECT hash FROM questions WHERE hash NOT IN (SELECT question_hash FROM topics)"
                return f"{self.column('question_hash')} IN ({found})"
            case "group":
                return f"{self.column('group_hash')} IN (SELECT hash FROM groups WHERE fits_words({_GROUP}, {wanted}))"
            case "tag":
                found = self._tag(f"fits_name(tag, {wanted})")
                none = "NOT EXISTS (SELECT 1 FROM tags WHERE run_id = runs.id)"
                return f"{found} OR {none}" if value == "none" else found
            case "sweep" | "id":
                return self._id(value) if name == "id" else self._sweep(value)
            case _ if name in SETUP_COLUMNS:
                return self._setup(f"fits_name({name}, {wanted})")
            case _ if name in _ONE_OF_TWO:
                stored = [self.bind(own) for known, own in _ONE_OF_TWO[name].items() if fits_name(known, value)]
                return f"{self.column(name)} IN ({', '.join(stored)})"
            case _ if name in _FURTHER:
                return f"fits_name({value_of(_FURTHER[name])}, {wanted})"
        fits = "fits_words" if FIELDS[name].kind == "words" else "fits_name"
        return f"{fits}({_OWN_COLUMN[name]}, {wanted})"

    def _sweep(self, value: str) -> str:
        if value == "none":
            return "NOT EXISTS (SELECT 1 FROM sweep_cells WHERE run_id = runs.id)"
        wanted = self.bind(value)
        named = f"SELECT id FROM sweeps WHERE fits_name(id, {wanted}) OR fits_name(name, {wanted})"
        return f"{self.column('id')} IN (SELECT run_id FROM sweep_cells WHERE sweep IN ({named}))"

    def _id(self, value: str) -> str:
        """Ids are in capital letters."""
        wanted = self.bind(value.removesuffix("*").upper())
        if value.endswith("*"):
            return f"{self.column('id')} >= {wanted} AND runs.id < {wanted} || '~'"
        return f"{self.column('id')} = {wanted}"

    def _between(self, term: Term) -> str:
        if FIELDS[term.field].kind == "measure":
            if not self.walking:
                return f"runs.id IN ({self._measured(term)})"
            measure = self.bind(term.field)
            inside = self.inside("value", term)
            return f"EXISTS (SELECT 1 FROM scores WHERE run_id = runs.id AND measure = {measure} AND {inside})"
        match term.field:
            case "on":
                return self.inside("runs.created", term)
            case "n":
                inside = self.inside("n", term)
                return f"EXISTS (SELECT 1 FROM humans WHERE hash = runs.human_hash AND {inside})"
            case "coverage":
                inside = self.inside("coverage", term)
                return f"EXISTS (SELECT 1 FROM readings WHERE run_id = runs.id AND {inside})"
            case "examples":
                return self.inside("runs.examples_wanted", term)
        return self.inside(f"runs.{term.field}", term)

    def _measured(self, term: Term) -> str:
        measure = self.bind(term.field)
        return f"SELECT run_id FROM scores WHERE measure = {measure} AND {self.inside('value', term)}"

    def inside(self, expression: str, term: Term) -> str:
        """The bounds of a term, for an expression."""
        parts = []
        if term.low is not None:
            parts.append(f"{expression} {'>' if term.low_open else '>='} {self.bind(_stored(term.low))}")
        if term.high is not None:
            parts.append(f"{expression} {'<' if term.high_open else '<='} {self.bind(_stored(term.high))}")
        return " AND ".join(parts) or f"{expression} IS NOT NULL"

    def _text(self, phrase: str) -> str:
        wanted, query = self.bind(phrase), _query(phrase)
        in_question = " OR ".join(f"has_phrase({column}, {wanted})" for column in ("text", "context"))
        parts = [f"{self.column('question_hash')} IN (SELECT hash FROM questions WHERE {in_question})"]
        if not query:
            prompts = f"prompts WHERE (has_phrase(system, {wanted}) OR has_phrase(user, {wanted}))"
            calls = f"calls WHERE (has_phrase(coalesce(raw_text, ''), {wanted}) OR has_phrase(thought, {wanted}))"
            if not self.walking:
                hits = self._hits(f"SELECT hash FROM {prompts}", f"SELECT run_id FROM {calls}")
                return " OR ".join((*parts, *hits))
            planned = f"SELECT 1 FROM planned_calls JOIN {prompts} AND prompts.hash = planned_calls.prompt_hash"
            return " OR ".join(
                (
                    *parts,
                    f"EXISTS (SELECT 1 FROM {calls} AND run_id = runs.id)",
                    f"EXISTS (SELECT 1 FROM {prompts} AND hash = runs.prompt_hash)",
                    f"EXISTS ({planned} AND run_id = runs.id)",
                )
            )
        match = self.bind(query)
        keys = f"SELECT rowid FROM prompt_search WHERE prompt_search MATCH {match}"
        in_prompt = f"SELECT prompt_hash FROM prompt_keys WHERE id IN ({keys})"
        calls = f"SELECT call_search.rowid FROM {self._blocks()} call_search WHERE call_search MATCH {match}"
        if self.among:
            calls += f" AND call_search.rowid BETWEEN {BLOCK} * block AND {BLOCK} * block + {BLOCK - 1}"
        if not self.walking:
            return " OR ".join((*parts, *self._hits(in_prompt, f"SELECT run_id FROM calls WHERE id IN ({calls})")))
        return " OR ".join(
            (
                f"EXISTS (SELECT 1 FROM calls WHERE run_id = runs.id AND +id IN ({calls}))",
                *parts,
                f"+runs.prompt_hash IN ({in_prompt})",
                f"EXISTS (SELECT 1 FROM planned_calls WHERE run_id = runs.id AND +prompt_hash IN ({in_prompt}))",
            )
        )

    def _blocks(self) -> str:
        """SQL for where the calls of some runs are: what was asked together lies together."""
        if not self.among:
            return ""
        blocks = f"SELECT DISTINCT calls.id / {BLOCK} AS block FROM runs CROSS JOIN calls ON run_id = runs.id"
        return f"({blocks} WHERE {self.among}) CROSS JOIN"

    def _hits(self, in_prompt: str, in_call: str) -> tuple[str, str, str]:
        return (
            f"{self.column('prompt_hash')} IN ({in_prompt})",
            f"{self.column('id')} IN ({in_call})",
            f"{self.column('id')} IN (SELECT run_id FROM planned_calls WHERE prompt_hash IN ({in_prompt}))",
        )


def _query(phrase: str) -> str:
    """Quoted text in the query language of FTS5; "" if FTS5 cannot find it as `matching` does."""
    words = phrase_words(phrase)
    if not words or not phrase.isascii():
        return ""
    end = "*" if phrase.endswith("*") else ""
    spellings = dict.fromkeys((" ".join(words), " ".join(words).replace("ss", "ß")))
    return " OR ".join(f'"{spelling}"{end}' for spelling in spellings)


def _stored(bound: float | datetime) -> Bound:
    if not isinstance(bound, datetime):
        return bound
    try:
        return as_text(bound)
    except OverflowError:
        return bound.isoformat()
