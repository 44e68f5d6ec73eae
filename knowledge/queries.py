"""Ready queries for where logs really live (files, journal, Loki, Elasticsearch, Splunk …), from `entries/queries.toml`."""

from functools import cache
from typing import Literal

from msgspec import Struct

from knowledge import prebuilt
from knowledge.answer_model import Code, Heading, Part
from knowledge.language import sentences
from knowledge.model import Language, Text

SAY = sentences("answer").say


class Query(Struct, frozen=True, forbid_unknown_fields=True):
    """One query. `text` has the places {state}, {pair}, {re} and {like}; doubled braces are single ones."""

    tool: str
    language: Literal["sh", "query"]
    title: Text
    text: str


class _Queries(Struct, frozen=True, forbid_unknown_fields=True):
    """The file `queries.toml` as it is written."""

    query: tuple[Query, ...]


@cache
def load() -> tuple[Query, ...]:
    """All queries, in the order in which they are offered. msgspec.ValidationError names a field at fault."""
    return prebuilt.table("queries", _Queries).query


def pattern(state: str) -> str:
    """The regular expression (POSIX extended, RE2 and PCRE alike) that finds a state; a pair with any cookie letters."""
    return state if len(state) == 4 else f"{state}[A-Z-]*"


def filled(query: Query, state: str) -> str:
    """The query for a legal state of two or four letters."""
    like = state if len(state) == 4 else f"{state}*"
    return query.text.strip().format(state=state, pair=state[:2], re=pattern(state), like=like)


def parts(state: str, language: Language) -> tuple[Part, ...]:
    """All queries for a state as parts of an answer, below a heading."""
    filled_in = (Code(filled(q, state), q.title.get(language), "sh" if q.language == "sh" else "query") for q in load())
    return (Heading(SAY(language, "queries")), *filled_in)
