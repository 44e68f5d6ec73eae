"""JSON objects in log lines: decoded, mended where a log format wrote them by hand, flattened, the messages in them found."""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

_MESSAGES = ("message", "msg", "log", "line", "_raw", "event.original", "textpayload", "body", "log.original", "content",
             "@message", "short_message", "full_message", "raw", "event", "rawmessage", "original", "data", "text", "entry",
             "_msg")  # fmt: skip


_DATED = re.compile(r"\[\d\d/[A-Z][a-z]{2}/\d{4}:")
_NESTED = (dict, list)
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
    if depth < 8 and isinstance(value, dict):
        if value.keys() == {"key", "value"} and isinstance(value["key"], str):  # an attribute of OpenTelemetry's
            typed = value["value"]
            value = {value["key"]: next(iter(typed.values())) if isinstance(typed, dict) and len(typed) == 1 else typed}
        for key, item in value.items():
            below = f"{path}.{key}" if path else key
            if isinstance(item, _NESTED):
                _flatten(item, below, depth + 1, found)
            else:
                found.append((below, item))
    elif depth < 8 and isinstance(value, list):
        for item in value[:50]:
            _flatten(item, path, depth + 1, found)
    else:
        found.append((path, value))


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
        if path.startswith(("values", "streams")):
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
