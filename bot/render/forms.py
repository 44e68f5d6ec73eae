"""Windows that ask for something: a question, a team note, what was expected. Their fields are read back here too."""

import json
from typing import Any

from bot.render.mrkdwn import clip
from bot.render.richtext import inline, section
from knowledge.language import sentences
from knowledge.model import Language

Block = dict[str, Any]

TALK = sentences("slack_talk", "bot").say
NOTES = sentences("slack_notes", "bot").say

NOTE_CHARACTERS = 400
URL_CHARACTERS = 500
COMMENT_CHARACTERS = 500
LOG_CHARACTERS = 3_000


def plain_text(text: str) -> Block:
    """A text object without markup."""
    return {"type": "plain_text", "text": text, "emoji": False}


def option(text: str, value: str) -> Block:
    """One choice of a menu."""
    return {"text": plain_text(clip(text, 75)), "value": value}


def sentence(text: str) -> Block:
    """A paragraph of the bot's own, as rich text."""
    return {"type": "rich_text", "elements": [section(inline(text))]}


def window(title: str, blocks: list[Block], *, callback: str, metadata: str = "", submit: str = "", close: str = "") -> Block:
    """A modal."""
    found: Block = {"type": "modal", "callback_id": callback, "title": plain_text(title), "blocks": blocks}
    if submit:
        found["submit"] = plain_text(submit)
    if close:
        found["close"] = plain_text(close)
    return found | ({"private_metadata": metadata} if metadata else {})


def ask(language: Language, *, text: str = "", missed: bool = False) -> Block:
    """Asks for an entry, found while typing, or for a log line or words; `missed`: a message held nothing to explain."""
    lead = [sentence(TALK(language, "ask_not_found"))] if missed else []
    lines = _text("log", LOG_CHARACTERS, TALK(language, "ask_text_hint"), text, lines=True)
    log = _input("log", TALK(language, "ask_text"), lines)
    entry = _input("entry", TALK(language, "ask_entry"), _search(TALK(language, "ask_entry_hint")))
    return window(
        TALK(language, "ask_title"), [*lead, log, entry] if missed else [entry, log], callback="haflag:ask",
        submit=TALK(language, "ask_submit"), close=TALK(language, "ask_close"),
    )  # fmt: skip


def note(
    language: Language, metadata: str, *, code: str = "", text: str = "", url: str = "", delete: Block | None = None
) -> Block:
    """Asks for a team note's words and link, and what it is about where no `code` is given.

    With the button `delete` it is about a note that exists.
    """
    about = [sentence(NOTES(language, "about", code=f"`{code}`"))] if code else []
    if not code:
        about = [_input("entry", NOTES(language, "entry"), _search(NOTES(language, "entry_hint")), optional=False)]
    words = _text("text", NOTE_CHARACTERS, NOTES(language, "text_hint"), text, lines=True)
    link = _text("url", URL_CHARACTERS, NOTES(language, "url_hint"), url)
    return window(
        NOTES(language, "window_edit" if delete else "window_add"),
        [
            *about, _input("text", NOTES(language, "text"), words, optional=False), _input("url", NOTES(language, "url"), link),
            *([{"type": "actions", "elements": [delete]}] if delete else []),
        ],
        callback="haflag:note", metadata=metadata, submit=NOTES(language, "save"), close=NOTES(language, "cancel"),
    )  # fmt: skip


def feedback(language: Language, metadata: str) -> Block:
    """Asks what somebody expected instead; closing it counts the verdict without a comment."""
    field = _text("comment", COMMENT_CHARACTERS, TALK(language, "feedback_hint"), "", lines=True)
    blocks = [_input("comment", TALK(language, "feedback_label"), field), sentence(TALK(language, "feedback_about"))]
    found = window(
        TALK(language, "feedback_title"), blocks, callback="haflag:feedback", metadata=metadata,
        submit=TALK(language, "feedback_send"), close=TALK(language, "feedback_skip"),
    )  # fmt: skip
    return found | {"notify_on_close": True}


def typed(view: dict[str, Any], field: str) -> str:
    """What was typed or chosen in a field of a submitted window, empty where nothing was."""
    values = (view.get("state") or {}).get("values") or {}
    given = (values.get(field) or {}).get(f"haflag:field:{field}") or {}
    chosen = given.get("selected_option") or {}
    return str(given.get("value") or chosen.get("value") or "").strip()


def remembered(view: dict[str, Any]) -> dict[str, Any]:
    """What a window of ours remembers; empty where that is nothing of ours."""
    try:
        found = json.loads(str(view.get("private_metadata") or "{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _input(field: str, label: str, element: Block, *, optional: bool = True) -> Block:
    return {"type": "input", "block_id": field, "label": plain_text(label), "element": element, "optional": optional}


def _text(field: str, most: int, hint: str, value: str, *, lines: bool = False) -> Block:
    found: Block = {
        "type": "plain_text_input", "action_id": f"haflag:field:{field}", "max_length": most, "multiline": lines,
        "placeholder": plain_text(clip(hint, 150)),
    }  # fmt: skip
    return found | ({"initial_value": clip(value, most)} if value else {})


def _search(hint: str) -> Block:
    return {
        "type": "external_select", "action_id": "haflag:field:entry", "min_query_length": 0, "placeholder": plain_text(hint),
    }  # fmt: skip
