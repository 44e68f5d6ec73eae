"""A paste cut into the pieces that may be records: JSON of any shape, records that lost the line breaks between them."""

import json
import quopri
import re
from collections.abc import Iterator
from typing import Any

from knowledge.logmask import mask
from knowledge.lognames import field_of
from knowledge.logobjects import table
from knowledge.wrapping import is_mark

_MOST = 1_000_000
"""Characters of JSON that are taken apart; what is longer is read line by line."""

_LISTS = frozenset(
    ("hits", "events", "results", "result", "values", "entries", "logs", "records", "data", "rows", "items", "messages",
     "response", "responses", "streams", "_source", "resourceLogs", "scopeLogs", "logRecords", "resource_logs", "scope_logs",
     "log_records", "Tables", "tables", "series")
)  # fmt: skip
"""Under these names an answer of a log store holds its records."""

_BREAKS = re.compile(r"<br ?/?>|</(?:p|div|tr|li)>", re.IGNORECASE)
_DATE = r"(?:[A-Z][a-z]{2} [ \d]?\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S{0,20})"
_HEADERS = re.compile(rf"(?<!\S)(?:<\d{{1,3}}>)?{_DATE} [\w.:-]{{1,100}} (?:[\w.-]{{1,100}} )?haproxy(?:\[\d+\])?: ")
_CLIENTS = re.compile(r"(?<!\S)(?:[0-9a-fA-F.:\[\]]{3,47}:\d{1,5}|unix:\d+) \[\d\d/[A-Z][a-z]{2}/\d{4}:")
_WRITTEN_BREAK = re.compile(rf"\\n(?:<\d{{1,3}}>)?(?:{_DATE}|[0-9a-fA-F.:\[\]]{{3,47}}:\d{{1,5}} \[\d\d/)")
_ends = json.JSONDecoder()


def pieces(text: str) -> list[tuple[str, bool]]:
    """What may be records in `text`: each with True where it is whole, False where the next piece may go on with it."""
    if text.lstrip()[:1] in ("{", "[") and (found := _objects(text)) is not None:
        return [(record, True) for record in found]
    if "=\n" in text and "=3D" in text:
        text = quopri.decodestring(text.encode()).decode("utf-8", "replace")  # a mail's quoted-printable
    if "<" in text:
        text = _BREAKS.sub("\n", text)
    lines = [line for line in text.split("\n") if line.strip().strip("`> \t") and not is_mark(line)]
    return [piece for line in lines for piece in _apart(line)]


def one_word_a_line(cut: list[tuple[str, bool]]) -> list[str]:
    """The records of a paste that has a line break for every space; none where it is no such paste."""
    if not 8 <= len(cut) <= 2000 or any(whole or len(line) > 400 for line, whole in cut):
        return []
    words = [line.strip().removeprefix("> ") for line, _ in cut]
    if sum(" " not in word for word in words) < 0.9 * len(words):
        return []
    return [line for line, _ in _apart(" ".join(words))]


def _apart(line: str) -> list[tuple[str, bool]]:
    if len(line) < 150:
        return [(line, False)]
    if "\\n" in line and line.lstrip()[:1] != "{" and _WRITTEN_BREAK.search(line) is not None:
        line = line.replace("\\n", "\n")
    found = [piece for part in line.split("\n") if part.strip() for piece in _starts(part)]
    return [(piece, len(found) > 1) for piece in found]


def _starts(line: str) -> Iterator[str]:
    """`line` cut where records begin, outside of what a client may have written; whole where it holds but one."""
    for pattern in (_HEADERS, _CLIENTS):
        if pattern.search(line, 40) is None:
            continue
        found = [m.start() for m in pattern.finditer(mask(line))]
        if len(found) > 1:
            for start, end in zip([0, *found[1:]], [*found[1:], len(line)], strict=True):
                yield line[start:end].strip()
            return
    yield line


def _objects(text: str) -> list[str] | None:
    """The records of a text that is JSON and nothing else: one a line, pretty-printed, a list, a log store's answer."""
    if len(text) > _MOST:
        return None
    found: list[Any] = []
    at, count = 0, len(text)
    while at < count:
        if text[at] in " \t\r\n,":
            at += 1
            continue
        if text[at] not in "{[":
            return None
        try:
            value, at = _ends.raw_decode(text, at)
        except (ValueError, RecursionError):
            return None
        found += _spread(value, 0)
    return [_line(v) for v in found] or None


def _spread(value: Any, depth: int) -> list[Any]:
    """The records in a JSON value; a pair of a time and a line, as Loki has it, is its line."""
    if isinstance(value, list) and depth < 8:
        if len(value) >= 2 and isinstance(value[0], str) and value[0].isdigit() and isinstance(value[1], str):
            return [value[1]]
        if all(isinstance(item, dict | list | str) for item in value):
            return [record for item in value for record in _spread(item, depth + 1)]
    if isinstance(value, dict) and depth < 8 and (rows := table(value)):
        return rows
    if isinstance(value, dict) and depth < 8 and not any(field_of(key) == "state" for key in value):
        for key, item in value.items():
            if key in _LISTS and isinstance(item, dict | list) and (key == "hits" or _many(item)):
                return _spread(item, depth + 1)
    return [value]


def _many(value: Any) -> bool:
    """True for a list of records, or what holds one."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(item, dict | list) for item in value)
    return any(key in _LISTS and _many(item) for key, item in value.items())


def _line(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
