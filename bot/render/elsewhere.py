"""The line below an answer that leads to the pages of its entries in the reference."""

from collections.abc import Sequence
from typing import Any

from bot.render.mrkdwn import clip, escape, plain
from bot.site.address import address
from knowledge.base import KnowledgeBase
from knowledge.language import sentences
from knowledge.model import Cookie, Language, TimerEntry

SAY = sentences("site", "bot").say
LABEL = 40
"""Characters of a link's text."""


def links(reference: str, base: KnowledgeBase, ids: Sequence[str], language: Language) -> list[dict[str, Any]]:
    """A context block with a link per entry id, in the reference that stands at the address `reference` (without a slash at
    its end); no block where that is empty or no entry has a page."""
    found = [(_name(base, id, language), page) for id in ids if (page := address(base, id))] if reference else []
    if not found:
        return []
    return _line(found, reference, language)


def overview(reference: str, language: Language) -> list[dict[str, Any]]:
    """The same line with one link, to the table of all states."""
    return _line([(SAY(language, "grid"), "index.html")], reference, language) if reference else []


def _line(found: Sequence[tuple[str, str]], reference: str, language: Language) -> list[dict[str, Any]]:
    shown = " · ".join(f"<{escape(f'{reference}/{language}/{page}')}|{escape(name)}>" for name, page in found)
    text = SAY(language, "in_reference", links=shown)
    return [{"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}]


def _name(base: KnowledgeBase, id: str, language: Language) -> str:
    """Codes and timers as they are written in logs, other entries by their title."""
    entry = base.get(id)
    if entry is None or isinstance(entry, TimerEntry | Cookie) or id == getattr(entry, "code", ""):
        return id.rpartition(":")[2]
    return clip(plain(entry.title.get(language)), LABEL).replace("|", "/")
