"""Parts of an Answer as Slack blocks of a size that Slack takes, and in pages for windows."""

from typing import Any

from bot.render.mrkdwn import clip, plain
from bot.render.richtext import Element, elements
from knowledge.answer_model import Heading, Part

Block = dict[str, Any]

BLOCK_CHARACTERS = 2_900
PAGE_CHARACTERS = 12_000
PAGE_BLOCKS = 80


def rich(parts: list[Part] | tuple[Part, ...]) -> list[Block]:
    """Parts as rich_text blocks, each of at most `BLOCK_CHARACTERS`."""
    blocks: list[Block] = []
    room = 0
    for element in _pieces(elements(parts)):
        length = size(element)
        if length > room:
            blocks.append({"type": "rich_text", "elements": []})
            room = BLOCK_CHARACTERS
        blocks[-1]["elements"].append(element)
        room -= length
    return blocks


def heading(text: str) -> Block:
    """A header block."""
    return {"type": "header", "text": {"type": "plain_text", "text": clip(text.strip(), 150) or "…", "emoji": False}}


def pages(parts: list[Part]) -> list[list[Block]]:
    """Blocks, in as many pages as the parts need; a page ends between headings where it can."""
    groups: list[list[Part]] = [[]]
    for part in parts:
        if isinstance(part, Heading):
            groups.append([part])
        else:
            groups[-1].append(part)
    found: list[list[Block]] = [[]]
    room = PAGE_CHARACTERS
    for group in groups:
        head = [heading(plain(group[0].text))] if group and isinstance(group[0], Heading) else []
        for block in [*head, *rich(group[len(head) :])]:
            length = size(block)
            if found[-1] and (length > room or len(found[-1]) >= PAGE_BLOCKS):
                # A heading goes with what it heads.
                carried = [found[-1].pop()] if found[-1][-1]["type"] == "header" else []
                found.append(carried)
                room = PAGE_CHARACTERS
            found[-1].append(block)
            room -= length
    return found


def _pieces(found: list[Element]) -> list[Element]:
    """Elements, those too large for one block taken apart at their items, or lines."""
    pieces: list[Element] = []
    for element in found:
        if size(element) <= BLOCK_CHARACTERS:
            pieces.append(element)
            continue
        children: list[Element] = []
        for child in element["elements"]:
            text = child.get("text", "")
            cuts = range(0, len(text), BLOCK_CHARACTERS) if len(text) > BLOCK_CHARACTERS else ()
            children += [child | {"text": text[n : n + BLOCK_CHARACTERS]} for n in cuts] or [child]
        piece: list[Element] = []
        for child in children:
            if piece and size(piece) + size(child) > BLOCK_CHARACTERS:
                pieces.append(element | {"elements": piece})
                piece = []
            piece.append(child)
        pieces.append(element | {"elements": piece})
    return pieces


def size(found: Any) -> int:
    """Characters of all texts in a structure of blocks."""
    if isinstance(found, dict):
        return sum(len(x) if key == "text" and isinstance(x, str) else size(x) for key, x in found.items())
    return sum(size(x) for x in found) if isinstance(found, list) else 0
