"""What pipelines and chats put around a log line, taken off: JSON envelopes, escapes, fences, quotes, lines broken in two."""

import re

from knowledge.cleaning import clean

_LONG_DASHES = str.maketrans({"–": "\ue000", "—": "\ue001", "―": "\ue001", "⸺": "\ue001", "⸻": "\ue001", "−": "-"})
_BACK = str.maketrans({"\ue000": "–", "\ue001": "—"})
_BEFORE_NUMBER = re.compile(r"(?<![\w–—])[–—](?=\d)")
_MARKDOWN = re.compile(r"\\([_<>*\[\]{}|~`#()!.-])")
_RECORD_START = re.compile(
    r"\s*(?:>\s*)*(?:<\d{1,3}>|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:|\{\s*\"|\S+:\d{1,5} \[\d\d/"
    r"|[\d.]{7,15}[: ]|\[\d\d/[A-Z][a-z]{2}/\d{4}|\[[A-Z]+\]|haproxy(?:\[|:)|unix:\d|\S+ haproxy\[)"
)
_CONTINUED = re.compile(r"[ \t]*\\$")


def untangle(text: str) -> str:
    """`text` as it was logged, chat's mangling undone; long dashes stay where a state may stand, for its reader to judge."""
    text = text.replace("\ue000", "").replace("\ue001", "")
    if not text.isascii():
        text = text.translate(_LONG_DASHES)
    text = clean(text)
    if not text.isascii():
        text = _BEFORE_NUMBER.sub("-", text.translate(_BACK))
    if "\\" in text:
        text = _MARKDOWN.sub(r"\1", text)
    return text.strip()


def unescaped(text: str) -> str | None:
    """`text` with one level of JSON escapes undone, None where it has none: JSON in JSON that a cut left unreadable."""
    if '\\"' not in text:
        return None
    return re.sub(r'\\(["\\/])', r"\1", text)


def all_escaped(text: str) -> bool:
    """True where every double quote has a backslash before it, as some syslog daemons write them."""
    count = text.count('\\"')
    return count > 0 and count == text.count('"')


def starts_record(line: str) -> bool:
    """True where a line begins as log records do: a date, a priority, an address with its date, a JSON object."""
    return _RECORD_START.match(line[:200]) is not None


def joined(first: str, second: str) -> tuple[str, ...]:
    """The ways in which a line broken in two may have read: cut at a space, or in the middle of a word."""
    first, second = _CONTINUED.sub("", first).rstrip("\n"), second.strip()
    if first.endswith(" "):
        return (first + second,)
    return (f"{first} {second}", first + second)
