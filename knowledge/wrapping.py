"""What pipelines and chats put around a log line, taken off: JSON envelopes, escapes, fences, quotes, lines broken in two."""

import re

from knowledge.cleaning import clean

_LONG_DASHES = str.maketrans({"–": "\ue000", "—": "\ue001", "―": "\ue001", "⸺": "\ue001", "⸻": "\ue001", "−": "-"})
_BACK = str.maketrans({"\ue000": "–", "\ue001": "—"})
_BEFORE_NUMBER = re.compile(r"(?<![\w–—])[–—](?=\d)")
_MARKDOWN = re.compile(r"\\([_<>*\[\]{}|~`#()!.-])")
_RECORD_START = re.compile(
    r"\s*(?:>\s*)*(?:<\d{1,3}>|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:|\[\d{4}-\d\d-"
    r"|\[[A-Z]+\]|haproxy(?:\[|:)"
    r"|\S+ haproxy\[)"
)
_MESSAGE_START = re.compile(
    r"\s*(?:>\s*)*(?:\S+:\d{1,5} \[\d\d/|[\d.]{7,15}[: ]|\[\d\d/[A-Z][a-z]{2}/\d{4}|unix:\d|\{\s*\")"
)
_HEADER_ONLY = re.compile(r".*haproxy(?:\[\d+\])?:(?: [^ ]*)?", re.DOTALL)
_BLANKS = re.compile(r" [ \t]+|\t[ \t]+")
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
    text = _BLANKS.sub(" ", text).strip()
    return text[1:-1] if text[:1] == "*" == text[-1:] else text


def unescaped(text: str) -> str | None:
    """`text` with one level of JSON escapes undone, None where it has none: JSON in JSON that a cut left unreadable."""
    if '\\"' not in text:
        return None
    return re.sub(r'\\(["\\/])', r"\1", text)


def all_escaped(text: str) -> bool:
    """True where every double quote has a backslash before it, as some syslog daemons write them."""
    count = text.count('\\"')
    return count > 0 and count == text.count('"')


def starts_record(line: str, after: str = "") -> bool:
    """True where a line begins as log records do: a date, a priority, an address with its date, a JSON object.

    What HAProxy writes itself does not start a record where `after`, the line before, is a syslog header without more.
    """
    if _RECORD_START.match(line[:200]) is not None:
        return True
    return _MESSAGE_START.match(line[:200]) is not None and _HEADER_ONLY.fullmatch(after[:300].rstrip(" \\")) is None


def joined(first: str, second: str, *, tight: bool) -> tuple[str, ...]:
    """The ways in which a line broken in two may have read: cut at a space, or in the middle of a word (`tight` first)."""
    first, second = _CONTINUED.sub("", first).rstrip("\n"), second.strip()
    loose = f"{first.rstrip()} {second}"
    return (first + second, loose) if tight else (loose, first + second)


def continues(first: str, second: str) -> bool:
    """True where `second` looks like the rest of `first` and not like a sentence: indented, after an open quote, no prose."""
    if second[:1] in " \t" or first.endswith("\\") or first.count('"') % 2 or first.count("{") > first.count("}"):
        return True
    return all(re.search(r"[^A-Za-z,.!?']", word) or (len(word) < 4 and word.isupper()) for word in second.split())
