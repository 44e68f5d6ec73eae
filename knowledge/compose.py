"""Sentences for states that have no entry of their own, put together from their letters (`clause` in letters.toml).

Where the lab recorded such a pair, `entries/recorded.toml` says what really happened instead.
"""

from functools import cache

from msgspec import Struct

from knowledge import prebuilt
from knowledge.base import KnowledgeBase
from knowledge.model import Language, Letter, Status, Text


class Recorded(Struct, frozen=True, forbid_unknown_fields=True):
    """A pair without an entry that the lab recorded: who ended what, in which scenarios and versions, and the statuses."""

    code: str
    verdict: Text
    text: Text
    statuses: tuple[Status, ...] = ()


class _Table(Struct, frozen=True, forbid_unknown_fields=True):
    pair: tuple[Recorded, ...]


@cache
def recorded() -> dict[str, Recorded]:
    """Every pair of `entries/recorded.toml` by its code."""
    return {found.code: found for found in prebuilt.table("recorded", _Table).pair}


def letters(base: KnowledgeBase, state: str) -> tuple[Letter, ...]:
    """The letters of a two- or four-letter state in their positions."""
    return tuple(base.letter(n, c) for n, c in enumerate(state, 1))


def pair_sentence(base: KnowledgeBase, pair: str, language: Language) -> str:
    """Who ended the session and in which phase, as one sentence or two."""
    if (known := recorded().get(pair)) is not None:
        return known.verdict.get(language)
    first, second = letters(base, pair)
    who, phase = first.clause.get(language), second.clause.get(language)
    if language == "zh":
        return f"{phase}，{who}。"
    return f"{_capital(who)} {phase}."


def cookie_sentence(base: KnowledgeBase, cookie: str, language: Language) -> str:
    """What the client's cookie said and what happened to the server's, as one sentence."""
    entry = base.cookies.get(f"cookie:{cookie}")
    if entry is not None:
        return entry.verdict.get(language)
    third, fourth = base.letter(3, cookie[0]), base.letter(4, cookie[1])
    given, done = third.clause.get(language), fourth.clause.get(language)
    if language == "zh":
        return f"{given}，{done}。"
    return f"{_capital(given)}; {done}."


def _capital(sentence: str) -> str:
    """Upper-cases the first letter unless the sentence starts with a keyword or code in backticks."""
    return sentence if sentence.startswith("`") else sentence[:1].upper() + sentence[1:]
