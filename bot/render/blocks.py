"""Answer → Block Kit: a message that fits one screen, and the window with everything.

Slack's limits (checked by a test over every entry): header 150 characters, button text 75 and value 2,000, 50 blocks a
message and 100 a window, and about 11,000 characters over all blocks of a message.
"""

import re
from collections.abc import Sequence
from typing import Any

from bot.render.fitting import fit
from bot.render.mrkdwn import clean, clip, clip_cells, escape, plain
from bot.render.notes import height
from bot.render.pieces import heading, rich, size
from bot.render.pieces import pages as all_pages
from bot.render.richtext import colon, section
from knowledge.answer_model import Action, Answer, Bullets, Code, Para, Part
from knowledge.language import sentences
from knowledge.model import Language

Block = dict[str, Any]

SAY = sentences("slack", "bot").say

MESSAGE_LINES = 8
"""Lines of a message between its title and its buttons."""
BESIDE_NOTES = 4
"""Of them an answer keeps so many whatever the team's notes take."""
LONGER = {"list": 60, "report": 24, "help": 14}
"""Kinds whose whole point is more than eight lines."""
MESSAGE_CHARACTERS = 9_000
LABEL = 32
"""Cells of a button's text: phones cut longer ones."""

_MARKS = {"normal": "✅", "info": "ℹ️", "warning": "⚠️", "critical": "🚨"}


def message(
    answer: Answer, *, note: str = "", shared_by: str = "", feedback: bool = True, lines_most: int = 0,
    below: Sequence[Block] = (), menu: Sequence[Block] = (), share: bool = True,
) -> dict[str, Any]:
    """A message with `text` (for notifications and screen readers) and `blocks`.

    `note` is a line below the answer, `shared_by` the id of the user who put it into the channel (then without the
    share button, as with `share` False), `below` the team's own blocks, `menu` the options of an overflow menu. What
    does not fit the screen waits behind the details button.
    """
    room = lines_most or LONGER.get(answer.kind, MESSAGE_LINES)
    shown, rest = fit(answer.summary, max(room - height(below), min(room, BESIDE_NOTES)) if below else room)
    texts = rich(shown)
    while sum(map(size, texts)) > MESSAGE_CHARACTERS:
        texts.pop()
        rest = True
    blocks: list[Block] = [_header(answer), *texts, *below]
    buttons = [a for a in answer.actions if a.kind == "language"]
    buttons += [a for a in answer.actions if a.kind == "share" and share and not shared_by]
    asks = [a for a in answer.actions if a.kind == "ask"]
    # What leads on comes first where the answer is a question back to the asker.
    buttons = [*asks, *buttons] if answer.severity is None else [*buttons, *asks]
    details = [a for a in answer.actions if a.kind == "details"]
    if rest and not details:
        details = [Action("details", SAY(answer.language, "details"), answer.question, answer.language)]
    overflow = [{"type": "overflow", "action_id": "haflag:menu:0", "options": list(menu)}] if menu else []
    blocks += _buttons([*details, *buttons], overflow)
    if feedback:
        blocks += _feedback(answer)
    if shared_by:
        blocks.append(_sharer(answer, shared_by))
    blocks += rich((Para(note),)) if note else []
    return {"text": fallback(answer, shown), "blocks": blocks}


def view(
    answer: Answer, page: int = 0, *, below: Sequence[Block] = (), buttons: Sequence[Block] = (), metadata: str = ""
) -> dict[str, Any]:
    """A window (modal) with all that the answer says, in pages where it is too long for one.

    `below` are the team's own blocks, `buttons` further ones, `metadata` what the window remembers for them.
    """
    pages = all_pages([*_not_repeated(answer.summary, answer.details), *answer.details])
    page = min(max(page, 0), len(pages) - 1)
    blocks: list[Block] = [_header(answer), *(below if page == 0 else ()), *pages[page]]
    kinds = ("ask", "language")
    more = [*_page_buttons(answer, page, len(pages)), *buttons]
    blocks += _buttons([a for a in answer.actions if a.kind in kinds], more)
    name = re.split(" [—·] ", answer.title, maxsplit=1)[0]
    title = plain(name).strip()
    if not 0 < len(title) <= 24:
        title = SAY(answer.language, "window")
    return {
        "type": "modal",
        "callback_id": "haflag:details",
        "title": {"type": "plain_text", "text": title, "emoji": False},
        "close": {"type": "plain_text", "text": SAY(answer.language, "close")},
        "blocks": blocks,
        **({"private_metadata": metadata} if metadata else {}),
    }


def notice(text: str) -> dict[str, Any]:
    """A message of one sentence of the bot's own, for the asker only."""
    return {"text": escape(plain(text)), "blocks": rich((Para(text),))}


def fallback(answer: Answer, shown: Sequence[Part]) -> str:
    """The answer in plain words, for notifications, screen readers and workflows."""
    words = [plain(answer.title)]
    for part in shown:
        if isinstance(part, Para):
            words.append(plain(f"{part.label}{colon(part.label)}{part.text}" if part.label else part.text))
        elif isinstance(part, Code):
            words.append(part.text)
        elif isinstance(part, Bullets):
            words += [plain(item) for item in part.items]
    return escape(clip("\n".join(words), 1_500))


def value(language: Language, question: str) -> str:
    """What a button carries: language and question, within Slack's 2,000 characters."""
    return clip(f"{language} {question}", 1_990)


def asked(value: str) -> tuple[Language, str]:
    """Language and question of a button's value."""
    language, _, question = value.partition(" ")
    return ("zh" if language == "zh" else "en"), question


def _sharer(answer: Answer, user: str) -> Block:
    """Who put an answer into the channel, and the question; as rich text, so that nothing of the question comes alive."""
    asked = clean(clip(answer.question, 120))
    before, _, after = SAY(answer.language, "shared_by", user="\x00", question=asked).partition("\x00")
    texts = [{"type": "text", "text": text} for text in (before, after)]
    named = [texts[0], {"type": "user", "user_id": user}, texts[1]]
    return {"type": "rich_text", "elements": [section([e for e in named if e.get("text") != ""])]}


def _header(answer: Answer) -> Block:
    mark = f"{_MARKS[answer.severity]} " if answer.severity else ""
    return heading(mark + plain(answer.title))


def _buttons(actions: list[Action], more: list[Block] | None = None) -> list[Block]:
    found: list[Block] = []
    for action in actions:
        found.append(_button(action.kind, len(found), action.label, value(action.language, action.question)))
    found += more or []
    return [{"type": "actions", "elements": found[:25]}] if found else []


def _button(kind: str, number: int, label: str, value: str) -> Block:
    whole = clip(plain(label).strip(), 75) or "…"
    button = {
        "type": "button",
        "action_id": f"haflag:{kind}:{number}",
        "text": {"type": "plain_text", "text": (short := clip_cells(whole, LABEL)), "emoji": False},
        "value": value,
    }
    return button if short == whole else button | {"accessibility_label": whole}


def _page_buttons(answer: Answer, page: int, pages: int) -> list[Block]:
    found = []
    for number, key in ((page - 1, "page_back"), (page + 1, "page_next")):
        if 0 <= number < pages:
            label = SAY(answer.language, key, page=number + 1, pages=pages)
            found.append(_button("page", number, label, value(answer.language, answer.question)))
    return found


def _feedback(answer: Answer) -> list[Block]:
    right = next((a for a in answer.actions if a.kind == "right"), None)
    wrong = next((a for a in answer.actions if a.kind == "wrong"), None)
    if right is None or wrong is None:
        return []

    def half(action: Action) -> Block:
        carried = clip(f"{action.kind} {value(action.language, action.question)}", 1_990)
        return {"text": {"type": "plain_text", "text": clip(plain(action.label), 75)}, "value": carried}

    buttons = {
        "type": "feedback_buttons",
        "action_id": "haflag:feedback:0",
        "positive_button": half(right),
        "negative_button": half(wrong),
    }
    return [{"type": "context_actions", "elements": [buttons]}]


def _not_repeated(summary: tuple[Part, ...], details: tuple[Part, ...]) -> list[Part]:
    """The parts of the summary that the details do not say again."""
    said = [part.text for part in details if isinstance(part, Para | Code) and part.text]
    return [
        part
        for part in summary
        if not isinstance(part, Para | Code) or not any(part.text.startswith(text) for text in said)
    ]
