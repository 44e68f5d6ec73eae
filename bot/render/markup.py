"""The inline markup of texts (`code`, *strong*, [[id]]) taken apart once for every renderer."""

import re
from collections.abc import Callable, Iterator
from typing import Literal

Span = Literal["text", "code", "strong", "link"]

_MARKUP = re.compile(r"`([^`\n]+)`|\*(?! )([^*\n`]+)\*|\[\[([^\]\n]+)\]\]")


def spans(text: str) -> Iterator[tuple[Span, str]]:
    """The text in pieces: (kind, content without its marks)."""
    end = 0
    for found in _MARKUP.finditer(text):
        if found.start() > end:
            yield "text", text[end : found.start()]
        code, strong, link = found.groups()
        if code is not None:
            yield "code", code
        elif strong is not None:
            yield "strong", strong
        else:
            yield "link", link
        end = found.end()
    if end < len(text):
        yield "text", text[end:]


def convert(text: str, /, **styles: Callable[[str], str]) -> str:
    """The text with every span passed through its style (`text`, `code`, `strong`, `link`); all four are required."""
    return "".join(styles[kind](content) for kind, content in spans(text))
