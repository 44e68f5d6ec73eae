"""JSON objects in log lines: decoded, mended where a log format wrote them by hand, flattened, the messages in them found."""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from knowledge.lognames import field_of

_MESSAGES = ("message", "msg", "log", "line", "_raw", "event.original", "textpayload", "body", "log.original", "content",
             "@message", "short_message", "full_message", "raw", "event", "rawmessage", "original", "data", "text", "entry",
             "_msg")  # fmt: skip


_DATED = re.compile(r"\[\d\d/[A-Z][a-z]{2}/\d{4}:")
_NESTED = (dict, list)
_DEEPEST = 16
_COLUMNS = ("meta", "columns", "fields", "header", "headers", "schema")
_ROWS = frozenset(("data", "rows", "Rows", "values", "results", "datarows"))
_OBJECT = re.compile(r'\{\s{0,40}"')
_decode = msgspec.json.Decoder(dict[str, Any]).decode
_PLUS = re.compile(r"(?<=[:\[,])\s*(\+\d{1,15})(?=\s*[,}\]])")
"""`%rc` and the timers of `option logasap` as numbers: JSON has no `+`, and what it says must not be lost."""

_BARE = re.compile(
    r'"(?>(?:[^"\\]++|\\.)*)"|(?<=[{,])\s{0,40}(?P<key>[A-Za-z_][\w.-]{0,60})\s{0,4}(?=:)'
    r'|(?<=:)\s{0,40}(?P<value>[^\s",\[\]{}][^",\[\]{}]{0,200}|)(?=[,}])'
)
_VALUE = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")


def flatten(value: Any) -> list[tuple[str, Any]]:
    """The leaves of a JSON value with their dotted paths, outermost first."""
    found: list[tuple[str, Any]] = []
    _flatten(value, "", 0, found)
    return found


def _flatten(value: Any, path: str, depth: int, found: list[tuple[str, Any]]) -> None:
    if depth < _DEEPEST and isinstance(value, dict):
        if len(value) == 2 and "value" in value:
            name = value.get("key", value.get("field", value.get("name")))
            if isinstance(name, str):  # an attribute of OpenTelemetry's, a field of CloudWatch's
                typed = value["value"]
                value = {name: next(iter(typed.values())) if isinstance(typed, dict) and len(typed) == 1 else typed}
        elif not _ROWS.isdisjoint(value) and len(rows := table(value)) == 1:
            value = rows[0]
        for key, item in value.items():
            below = f"{path}.{key}" if path else key
            if isinstance(item, _NESTED):
                _flatten(item, below, depth + 1, found)
            else:
                found.append((below, item))
    elif depth < _DEEPEST and isinstance(value, list):
        if 1 < len(value) < 9 and all(type(n) is int for n in value) and field_of(path) in ("timers", "conns", "queues"):
            value = ["/".join(map(str, value))]
        for item in value[:50]:
            _flatten(item, path, depth + 1, found)
    else:
        found.append((path, value))


def table(value: dict[str, Any]) -> list[dict[str, Any]]:
    """The records of an answer that has the names of its columns apart from its rows (ClickHouse, Elasticsearch's SQL, Splunk,
    Kusto, InfluxDB); none where it is no such answer."""
    if value.keys().isdisjoint(_ROWS):
        return []
    lists = [(key.casefold(), item) for key, item in value.items() if isinstance(item, list) and item]
    if len(lists) < 2:
        return []
    names = next((_column_names(item) for key, item in lists if key in _COLUMNS), [])
    for key, rows in lists:
        if names and key in _ROWS and all(isinstance(row, list) and len(row) == len(names) for row in rows):
            return [dict(zip(names, row, strict=True)) for row in rows]
    return []


def _column_names(columns: list[Any]) -> list[str]:
    named: list[Any] = [c.get("name", c.get("ColumnName", c.get("text"))) if isinstance(c, dict) else c for c in columns]
    return named if all(isinstance(name, str) for name in named) else []


def decode_row(text: str) -> str | None:
    """A JSON array of strings and numbers (`["fe","app/s1",503,"sC--"]`) as a line with its fields parted by `|`."""
    if text[:1] != "[" or text[-1:] != "]" or '"' not in text:
        return None
    try:
        row = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    if len(row) < 4 or any(isinstance(cell, _NESTED) for cell in row):
        return None
    return "|".join("-" if cell is None else str(cell) for cell in row)


def decode_object(text: str) -> dict[str, Any] | None:
    """The JSON object that `text` holds, between its first `{` and its last `}`; None where there is none."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end <= start or _OBJECT.match(text, start) is None:
        return None
    cut = text[start : end + 1]
    for attempt in (cut, _PLUS, requoted):
        try:
            return _decode(cut if attempt is cut else _PLUS.sub(r'"\1"', cut) if attempt is _PLUS else requoted(cut))
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            continue
    return None


def messages(leaves: list[tuple[str, Any]]) -> Iterator[str]:
    """The texts of a record that may be a log line themselves, the usual keys first."""
    texts = [(path.casefold(), value) for path, value in leaves if isinstance(value, str) and len(value) > 20]
    for path, value in texts:
        if path in _MESSAGES or path.rpartition(".")[2] in _MESSAGES:
            yield value
    for path, value in texts:
        if path.startswith(("values", "streams")) or path.endswith(".values"):
            yield value
    for _, value in texts:
        if len(value) > 60 and _DATED.search(value):
            yield value


def requoted(text: str) -> str:
    """`text` with quotes around the keys and values that need them to be JSON."""
    return _BARE.sub(_quoted, text)


def _quoted(found: re.Match[str]) -> str:
    bare = found["key"] if found["value"] is None else found["value"].strip()
    return found[0] if bare is None or _VALUE.fullmatch(bare) else json.dumps(bare)
