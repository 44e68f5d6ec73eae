"""Texts as Slack's mrkdwn, for the places that take nothing richer: fallback text and context lines."""

import re

from bot.render.cells import width as cells
from bot.render.markup import convert

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def clean(text: str) -> str:
    """The text without control characters and halves of surrogate pairs, which Slack refuses."""
    return _CONTROL.sub("", text)


def escape(text: str) -> str:
    """The text with Slack's three control characters escaped: no mention, link or date in it comes alive."""
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str) -> str:
    """The text without its inline markup, for headers, buttons and notifications."""
    return clean(convert(text, text=str, code=str, strong=str, link=_name))


def clip(text: str, limit: int) -> str:
    """The text cut to `limit` characters, with an ellipsis where it was longer."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def clip_cells(text: str, limit: int) -> str:
    """The text cut to `limit` cells of the screen (a Han character takes two), with an ellipsis where it was longer."""
    if cells(text) <= limit:
        return text
    while cells(text) > limit - 1:
        text = text[:-1]
    return text.rstrip("，。、 ") + "…"


def _name(id: str) -> str:
    return id.rpartition(":")[2]
