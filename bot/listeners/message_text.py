"""What a Slack message holds to explain, wherever it is: text, blocks, the attachments of alerts, a file's preview."""

from collections.abc import Iterator
from typing import Any

from knowledge.base import KnowledgeBase
from knowledge.question import read

MOST = 60_000
"""Characters of a piece that are looked at."""
_STATED = ("line", "paste", "state", "cookie", "compare", "events")


def evidence(base: KnowledgeBase, message: dict[str, Any]) -> str:
    """The first piece of a message that has a log line or a state in it, else empty.

    One piece, as Slack sends most texts twice (marked up, and as blocks), and a line read twice would count as two.
    """
    return next((piece for piece in _pieces(message) if read(piece, base).kind in _STATED), "")


def text_of(message: dict[str, Any]) -> str:
    """The first piece of a message that is not empty."""
    return next(_pieces(message), "")


def _pieces(message: dict[str, Any]) -> Iterator[str]:
    for piece in _all(message):
        if piece.strip():
            yield piece.strip()[:MOST]


def _all(message: dict[str, Any]) -> Iterator[str]:
    yield _string(message.get("text"))
    yield _blocks(message.get("blocks"))
    for attachment in _list(message.get("attachments")):
        texts = [_string(attachment.get(key)) for key in ("pretext", "title", "text")]
        texts += [f"{_string(f.get('title'))} {_string(f.get('value'))}" for f in _list(attachment.get("fields"))]
        yield "\n".join(texts)
        yield _blocks(attachment.get("blocks"))
        for quoted in _list(attachment.get("message_blocks")):
            yield _blocks((quoted.get("message") or {}).get("blocks"))
        yield _string(attachment.get("fallback"))
    for file in _list(message.get("files")):
        yield _string(file.get("preview"))


def _blocks(blocks: Any) -> str:
    return "\n".join(_block(block) for block in _list(blocks))


def _block(block: dict[str, Any]) -> str:
    """The text of one block; the parts of a line stay together, lists and code keep their line ends."""
    kind = block.get("type")
    if kind in ("rich_text", "rich_text_list"):
        return "\n".join(_block(element) for element in _list(block.get("elements")))
    if kind in ("rich_text_section", "rich_text_preformatted", "rich_text_quote"):
        return "".join(_string(e.get("text") or e.get("url")) for e in _list(block.get("elements")))
    if kind == "context":
        return "\n".join(_string(e.get("text")) for e in _list(block.get("elements")))
    texts = [block.get("text"), *_list(block.get("fields"))]
    return "\n".join(_string(t.get("text") if isinstance(t, dict) else t) for t in texts if t)


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
