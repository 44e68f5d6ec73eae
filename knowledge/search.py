"""Words → ranked entries, with a confidence that knows when nothing fits."""

from functools import cache
from typing import Literal

from msgspec import Struct

from knowledge.base import KnowledgeBase


class SearchResult(Struct, frozen=True):
    """Hits are (entry id, score 0–1), best first; `confidence` is that of the first hit."""

    hits: tuple[tuple[str, float], ...]
    confidence: float
    outcome: Literal["one", "several", "nothing"]


class Index:
    """What can be found, built once from the entries and the lexicon."""

    def __init__(self, base: KnowledgeBase) -> None:
        self._base = base

    def find(self, text: str) -> SearchResult:
        return SearchResult((), 0.0, "nothing")


@cache
def index(base: KnowledgeBase) -> Index:
    """The index of a knowledge base, built once."""
    return Index(base)
