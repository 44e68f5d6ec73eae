"""Team notes as blocks: below an answer, and as a list with buttons. Rich text, so nothing in a note comes alive."""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.render.forms import NOTES, option, plain_text
from bot.render.mrkdwn import clean, clip
from knowledge.model import Language

if TYPE_CHECKING:
    from bot.store import Note

Block = dict[str, Any]
Called = Callable[[str], str]
"""Gives what a person is called, from the user's id; empty where that is not known."""

BELOW = 3
"""Notes shown below an answer."""
LISTED = 20


def code_of(entry: str) -> str:
    """An entry's id as people write it: `cookie:NI` is `NI`, `pos1:C` is `C`."""
    return entry.rpartition(":")[2] or entry


def below(notes: "Sequence[Note]", language: Language, called: Called | None = None) -> list[Block]:
    """The notes for below an answer. With `called`, for everybody's eyes: authors by name, as a mention would call them."""
    if not notes:
        return []
    shown = notes[-BELOW:]
    elements = [{"type": "rich_text_quote", "elements": _note(note, language, called)} for note in shown]
    if len(notes) > len(shown):
        code = code_of(notes[0].entry)
        words = NOTES(language, "more", count=len(notes) - len(shown), code=code).replace("`", "")
        elements.append({"type": "rich_text_section", "elements": [{"type": "text", "text": words, "style": {"italic": True}}]})
    return [{"type": "rich_text", "elements": elements}]


def listed(notes: "Sequence[Note]", language: Language, mine: Callable[["Note"], bool]) -> list[Block]:
    """The newest notes, each with buttons to change and delete it where `mine` says that its reader may."""
    blocks: list[Block] = []
    for note in list(reversed(notes))[:LISTED]:
        blocks.append({"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": _note(note, language, None)}]})
        if mine(note):
            blocks.append({"type": "actions", "elements": [_edit(note, language), _delete(note, language)]})
    return blocks


def menu(language: Language, entry: str) -> list[Block]:
    """The choices of an answer's overflow menu."""
    return [
        option(NOTES(language, "menu_add"), f"note {language} {entry}"),
        option(NOTES(language, "menu_list"), f"notes {language} "),
    ]


def _note(note: "Note", language: Language, called: Called | None) -> list[Block]:
    code = code_of(note.entry)
    head = NOTES(language, "label", code=code) + ("：" if language == "zh" else ": ")
    found: list[Block] = [{"type": "text", "text": head, "style": {"bold": True}}]
    before, inside, after = clean(note.text).partition(note.url) if note.url else (clean(note.text), "", "")
    if note.url and not inside:
        before += " "
    if before:
        found.append({"type": "text", "text": before})
    if note.url and urlsplit(note.url).scheme in ("http", "https"):
        found.append({"type": "link", "url": note.url})
    if after:
        found.append({"type": "text", "text": after})
    day = time.strftime("%Y-%m-%d", time.gmtime(note.updated))
    name = called(note.author) if called else ""
    found.append({"type": "text", "text": f" — {name}, {day}" if name else " — "})
    if not called:
        found += [{"type": "user", "user_id": note.author}, {"type": "text", "text": f", {day}"}]
    elif not name:
        found[-1]["text"] = f" — {day}"
    return found


def _edit(note: "Note", language: Language) -> Block:
    label = plain_text(NOTES(language, "edit"))
    return {"type": "button", "action_id": f"haflag:noteedit:{_number(note)}", "text": label, "value": f"{language} {note.id}"}


def _delete(note: "Note", language: Language) -> Block:
    confirm = {
        "title": plain_text(NOTES(language, "delete_title")), "text": plain_text(NOTES(language, "delete_text")),
        "confirm": plain_text(NOTES(language, "delete")), "deny": plain_text(NOTES(language, "cancel")), "style": "danger",
    }  # fmt: skip
    label = plain_text(clip(NOTES(language, "delete"), 75))
    return {
        "type": "button", "action_id": f"haflag:notedelete:{_number(note)}", "text": label, "style": "danger",
        "value": f"{language} {note.id}", "confirm": confirm,
    }  # fmt: skip


def _number(note: "Note") -> int:
    """A number that tells the buttons of one list apart."""
    return int(note.id[:4], 16) % 10_000
