"""What a client may have written into a log line (quoted strings, captures, the request), told from what HAProxy wrote."""

import re
from typing import Any

from knowledge.logrecord import BADREQ

_QUOTED = re.compile(r'(?<![^\s=:,;|(\[{>])"((?>(?:[^"\\]++|\\.)*))(?:"|$)')
_BRACES = re.compile(r'(?<![^\s|,;])\{(?!")[^{}"]*+(?:\}|$)')
_CUT_QUOTED = re.compile(r'[^"{}]*[^\s=:,;|(\[{"}>\\]"(?=\s|$)')
_CUT_BRACES = re.compile(r'[^{}"]*\}(?= [{"])')
_TIMERS = re.compile(r"(?<![\w/])-?\d+/-?\d+/-?\d+/-?\d+/\+?-?\d+ (?:-1|\d{3}) ")
_METHOD = r"[A-Z][A-Z_-]{1,19}"
REQUEST = re.compile(rf"(?:{_METHOD}[ \t]\S.*|{_METHOD} |<BADREQ>)", re.DOTALL)
_BARE_REQUEST = re.compile(rf"(?<![^\s|,;=:\[(<'])({_METHOD} [^\s\0]{{1,4000}} HTTP/\d(?:\.\d)?)(?![^\s|,;\])>'}}])")
DATE = re.compile(r"\[(\d{1,2}/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d(?:\.\d{1,6})?(?: [+-]\d{4})?)\]")


def mask(text: str) -> str:
    """`text` with what a client may have written (quoted strings, captures in braces) blanked out, same length."""
    if (cut := _CUT_QUOTED.match(text) or _CUT_BRACES.match(text)) is not None and not _TIMERS.search(cut[0]):
        text = "\0" * cut.end() + text[cut.end() :]  # the line begins inside a quoted string or a capture
    text = _QUOTED.sub(lambda m: "\0" * len(m[0]), text)
    return _BRACES.sub(lambda m: "\0" * len(m[0]), text) if "{" in text else text


def quoted(text: str) -> list[tuple[int, int, str]]:
    """The quoted strings of `text`: where each starts and ends, and what is in it."""
    return [(m.start(), m.end(), m[1]) for m in _QUOTED.finditer(text)]


def find_request(text: str, masked: str) -> str | None:
    """The request line: quoted, or bare with its HTTP version."""
    for _, _, inner in quoted(text):
        if REQUEST.fullmatch(inner) and (inner == BADREQ or inner.count(" ") <= 60):
            return inner.replace("—", "--").replace("–", "-").replace("\t", " ")
    bare = _BARE_REQUEST.search(masked)
    return bare[1] if bare else None


def request_of(leaves: list[tuple[str, Any]]) -> str | None:
    """The request line that a record has under a key of any name (GELF's `short_message`), told by its HTTP version."""
    texts = (value for _, value in leaves if isinstance(value, str) and " HTTP/" in value[-10:])
    return next((text for text in texts if _BARE_REQUEST.fullmatch(text)), None)
