"""Team notes as blocks: below an answer, and as a list with buttons. Rich text, so nothing in a note comes alive."""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.render.cells import width as cells
from bot.render.fitting import LINE
from bot.render.forms import NOTES, option, plain_text
from bot.render.mrkdwn import clean, clip
from knowledge.model import Language

if TYPE_CHECKING:
    from bot.store import Note

Block = dict[str, Any]
Called = Callable[[str], str]
"""Gives what a person is called, from the user's id; empty where that is not known."""

BELOW = 2
"""Notes shown below an answer."""
CHARACTERS = 160
"""Characters of a note below an answer."""
LISTED = 12
NAME = "@somebody"
"""What a mention is taken for where lines are counted."""


def code_of(entry: str) -> str:
    """An entry's id as people write it: `cookie:NI` is `NI`, `pos1:C` is `C`."""
    return entry.rpartition(":")[2] or entry


def below(
    notes: "Sequence[Note]", language: Language, called: Called | None = None, *, whole: bool = False
) -> list[Block]:
    """The newest notes for below an answer, long ones cut; all of them where `whole`.

    With `called`, for everybody's eyes: authors by name, as a mention would call them.
    """
    if not notes:
        return []
    shown = notes if whole else notes[-BELOW:]
    most = 0 if whole else CHARACTERS
    elements = [{"type": "rich_text_quote", "elements": _note(note, language, called, most)} for note in shown]
    if len(notes) > len(shown):
        words = NOTES(language, "more", count=len(notes) - len(shown), code=code_of(notes[0].entry)).replace("`", "")
        elements.append({"type": "rich_text_section", "elements": [{"type": "text", "text": words, "style": {"italic": True}}]})
    return [{"type": "rich_text", "elements": elements}]


def height(blocks: Sequence[Block]) -> int:
    """Lines that the notes of `below` take on the screen."""
    elements = [element for block in blocks for element in block["elements"]]
    texts = ["".join(part.get("text") or part.get("url") or NAME for part in element["elements"]) for element in elements]
    return sum(max(1, -(-cells(text) // LINE)) for text in texts)


def listed(notes: "Sequence[Note]", language: Language, mine: Callable[["Note"], bool]) -> list[Block]:
    """The newest notes, and a menu of those that `mine` says their reader may change."""
    shown = list(reversed(notes))[:LISTED]
    items = [{"type": "rich_text_section", "elements": _note(note, language, None, 0)} for note in shown]
    blocks: list[Block] = [{"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "ordered", "elements": items}]}]
    options = [
        option(f"{number}. {code_of(note.entry)} · {note.text}", f"{language} {note.id}")
        for number, note in enumerate(shown, 1)
        if mine(note)
    ]
    if options:
        choose = {
            "type": "static_select", "action_id": "haflag:noteedit:0", "placeholder": plain_text(NOTES(language, "edit_which")),
            "options": options,
        }  # fmt: skip
        blocks.append({"type": "actions", "elements": [choose]})
    return blocks


def menu(language: Language, entry: str) -> list[Block]:
    """The choices of an answer's overflow menu."""
    return [
        option(NOTES(language, "menu_add"), f"note {language} {entry}"),
        option(NOTES(language, "menu_list"), f"notes {language} "),
    ]


def delete(language: Language, id: str) -> Block:
    """The button that deletes a note, after a question."""
    confirm = {
        "title": plain_text(NOTES(language, "delete_title")), "text": plain_text(NOTES(language, "delete_text")),
        "confirm": plain_text(NOTES(language, "delete")), "deny": plain_text(NOTES(language, "cancel")), "style": "danger",
    }  # fmt: skip
    label = plain_text(NOTES(language, "delete"))
    return {
        "type": "button", "action_id": "haflag:notedelete:0", "text": label, "style": "danger", "confirm": confirm,
        "value": f"{language} {id}",
    }  # fmt: skip


def _note(note: "Note", language: Language, called: Called | None, most: int) -> list[Block]:
    head = NOTES(language, "label", code=code_of(note.entry)) + ("：" if language == "zh" else ": ")
    words = clean(clip(note.text, most) if most else note.text)
    before, inside, after = words.partition(note.url) if note.url else (words, "", "")
    found: list[Block] = [{"type": "text", "text": head, "style": {"bold": True}}]
    if before:
        found.append({"type": "text", "text": before if inside or not note.url else before + " "})
    if _web(note.url):
        found.append({"type": "link", "url": note.url})
    if after:
        found.append({"type": "text", "text": after})
    day = time.strftime("%Y-%m-%d", time.gmtime(note.updated))
    if called is None:
        found += [{"type": "text", "text": " — "}, {"type": "user", "user_id": note.author}]
        found.append({"type": "text", "text": f" · {day}"})
    else:
        name = called(note.author)
        found.append({"type": "text", "text": f" — {name} · {day}" if name else f" — {day}"})
    return found


def _web(url: str) -> bool:
    return urlsplit(url).scheme in ("http", "https")
