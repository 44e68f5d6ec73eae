"""Type-ahead over every entry, in both languages: a code by its exact letters, words by their meaning, typos forgiven."""

from functools import cache
from typing import Any

from rapidfuzz import fuzz, process

from bot.render.forms import option
from bot.render.notes import code_of
from knowledge.answer import entry_answer
from knowledge.base import KnowledgeBase
from knowledge.code import COOKIE_PAIRS, PAIRS
from knowledge.model import Language
from knowledge.search import index

MOST = 25
"""Choices offered: what a person reads before typing another letter."""
FLOOR = 70
"""Likeness (0–100) below which words are not a typo of one another."""


@cache
def _entries(base: KnowledgeBase) -> dict[str, tuple[str, str]]:
    """Every id with its titles, English and Chinese: those with an entry first, then what is composed."""
    known = {entry.id: (entry.title.en, entry.title.zh) for entry in base}
    composed = [id for id in (*PAIRS, *(f"cookie:{pair}" for pair in COOKIE_PAIRS)) if id not in known]
    return known | {id: (_title(base, id, "en"), _title(base, id, "zh")) for id in composed}


def _title(base: KnowledgeBase, id: str, language: Language) -> str:
    return entry_answer(base, (id,), language).title.partition(" — ")[2] or id


@cache
def _words(base: KnowledgeBase) -> dict[str, str]:
    return {id: f"{en} {zh}".casefold() for id, (en, zh) in _entries(base).items()}


def suggest(base: KnowledgeBase, typed: str, language: Language) -> list[dict[str, Any]]:
    """The options for what was typed so far, best first; for nothing typed, the entries in table order."""
    typed = typed.strip()[:100]
    ids = _ranked(base, typed) if typed else list(_entries(base))
    return [option(_label(base, id, language), id) for id in ids[:MOST]]


def _label(base: KnowledgeBase, id: str, language: Language) -> str:
    title = _entries(base)[id][language == "zh"].replace("`", "").replace("[[", "").replace("]]", "").replace("*", "")
    return f"{code_of(id)} · {title}"


def _ranked(base: KnowledgeBase, typed: str) -> list[str]:
    ids = list(_entries(base))
    low = typed.casefold()
    found = [id for id in ids if code_of(id) == typed]
    found += [id for id in ids if code_of(id).startswith(typed)]
    if len(typed) <= 4:
        found += [id for id in ids if code_of(id).casefold().startswith(low)]
        # A whole HTTP state: its first half and its second have entries of their own.
        found += [id for id in ids if typed[:2] == id or (len(typed) == 4 and id == f"cookie:{typed[2:]}")]
    words = _words(base)
    found += [id for id in ids if low in words[id]]
    if len(typed) > 2 or not typed.isascii():
        found += [id for id, _ in index(base).find(typed).hits if id in words]
        close = process.extract(low, words, scorer=fuzz.partial_ratio, limit=MOST, score_cutoff=FLOOR)
        found += [id for _, _, id in close]
    return list(dict.fromkeys(found))
