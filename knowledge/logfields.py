"""Named fields of a log line: JSON of any nesting, key=value, `key: value`, under the names that log formats really use."""

import re
from collections.abc import Callable
from typing import Any

from knowledge.lognames import EITHER, OTHERS, field_of, guessed, is_sure, less_of
from knowledge.logrecord import (
    HTTP_TIMERS,
    Fields,
    put_bytes,
    put_connections,
    put_queues,
    put_retries,
    put_timers,
    spelled,
    whole,
)  # fmt: skip
from knowledge.logreshape import labelled

_EVIDENCE = frozenset(("timers", "frontend", "backend", "server", "retries", "connections", "queues"))
_TIMERS = frozenset((*HTTP_TIMERS, "Tt"))
_ADDRESS = re.compile(r"[\d.]{7,15}(?::\d+)?|\[?[0-9a-f:]{3,39}\]?:\d+")
_REQUEST = re.compile(r"[A-Z][A-Z-]{1,19} \S|<BADREQ>$")
_ACCEPTED = re.compile(r"\[?\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d|\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_STATUS = re.compile(r"[1-5]\d\d")
_BLANK = re.compile(r"\s|/")
_COUNT = re.compile(r"[+-]?\d{1,15}")
_PAIRS = (
    r"""(?:(?<=[\s,;|{(\[\0])|^)["']?"""
    r"""(?P<key>[A-Za-z_@][\w@.%-]{0,60})["']?"""
    r"""(?:=|:(?![ ][\w.%-]{1,60}=|[ ][A-Za-z_][\w.%-]{0,60}:[ ])[ ]?|\ =\ |\ :\ )"""
    r"""(?:"(?P<dq>(?>(?:[^"\\]++|\\.)*))"?|'(?P<sq>[^']*+)'?|\[(?P<box>[^\[\]"]{0,100}+)\]|(?P<bare>/[^\s"]*+|\{[\w,-]{0,80}\}"""
    r"""|-?\d{1,12}(?:,[+-]?\d{1,12}){1,7}(?![^\s|;\])])|[^\s,;|"'{}\[\]()]++))"""
    r"""|"(?>(?:[^"\\]++|\\.)*)"(?![ ]?:)"""
    r"""|(?<![^\s,;|])\{(?!["'\s])[^{}"]*+\}|(?<![^\s,;|])(?:[a-z]{2,10}:/)?/\S*+"""
)
_PAIR = re.compile(_PAIRS)
_WIDE_PAIR = re.compile(
    _PAIRS.replace(r"(?<=[\s,;|{(\[\0])", r"(?<=[\s,;|{(\[\0，；、｜。（【])")
    .replace("[A-Za-z_@][", "[A-Za-z_@\u00c0-\u1fff\u3041-\u9fff\uac00-\ud7af][")
    .replace("(?:=|:", r"(?:=|[：＝]\s?|:")
    .replace(r"()]++", "()，；、｜。）】]++")
)
"""The same for keys of other alphabets and the punctuation of Chinese and Japanese."""


def pairs(text: str) -> list[tuple[str, str]]:
    """The key=value pairs of `text` outside of quoted strings and URLs."""
    found = []
    for match in (_PAIR if text.isascii() else _WIDE_PAIR).finditer(text):
        if match["key"]:
            quoted = match["dq"] if match["dq"] is not None else match["sq"]
            quoted = match["box"] if quoted is None else quoted
            value = match["bare"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted) if "\\" in quoted else quoted
            if "/" in value and quoted is None and ("=" in value or ":" in value):
                found += _split(match["key"], value)
            else:
                found.append((match["key"], value))
    return labelled(found, text) if "Label=" in text or "CEF:" in text else found


def _split(key: str, value: str) -> list[tuple[str, str]]:
    """`Tw=0/Tc=1/Tr=2` and `Tw:0/Tc:1/Tr:2`, which are pairs, too."""
    sign = "=" if "=" in value else ":"
    parts = [part.partition(sign)[::2] for part in f"{key}{sign}{value}".split("/")]
    are_pairs = all(name.isalpha() and (sign == "=" or whole(number) is not None) for name, number in parts)
    return parts if are_pairs else [(key, value)]


def named(
    leaves: list[tuple[str, Any]], around: Callable[[], Fields] | None = None, signs: Callable[[], int] | None = None
) -> Fields:
    """The fields that keys name. A key that names a field with a value it cannot have is passed over.

    A state under a key that other programs use too (`state`, `flags`) counts only beside HAProxy's names, timers or retries,
    named or told by what stands `around` it, or where the line has `signs` enough of a session.
    """
    fields: Fields = {}
    timers: dict[str, int] = {}
    either: list[tuple[int, str]] = []
    unknown: list[tuple[str, Any]] = []
    late: list[tuple[str, Any]] = []
    sure, waited = False, None
    for key, value in leaves:
        if isinstance(value, bool) or value is None:
            continue
        field = field_of(key)
        if field is None:
            unknown.append((key, value))
        elif field == "Tq":
            waited = whole(value) if waited is None else waited
        elif field == EITHER:
            if (number := whole(value)) is not None:
                either.append((number, "Tw" if timers.keys() & {"Tw", "Tc"} else ""))
        else:
            if field == "state" and not sure:
                sure = is_sure(key) and isinstance(value, str) and spelled(value.strip()) is not None
            elif len(key) == 1:
                field = _short(key, field, value, fields)
            _put(fields, timers, field, value)
    for key, value in unknown:
        field = guessed(key)
        if field == "Tq":
            waited = whole(value) if waited is None else waited
        elif field == "TR":
            late.append((key, value))
        elif field is not None and field not in timers and field not in fields and (whole(value) or 0) < 1_000_000_000:
            sure = sure or field == "state"
            _put(fields, timers, field, value)
        elif field is None and isinstance(value, str) and value.count("/") >= 4:
            _put_group(fields, "conns" if "timers" in fields else "timers", value)
    for _, value in late if {"Tw", "Tc"} & timers.keys() and {"Ta", "Tt"} & timers.keys() else ():
        _put(fields, timers, "TR", value)  # without the others a `request_time` is the whole time
    if waited is not None and "TR" not in timers:
        timers["TR"] = waited  # where a line has both, `Tq` is the handshakes and the idle time with it
    _put_either(timers, either)
    if timers:
        _settle_timers(fields, timers)
    if not sure and "termination_state" in fields and not _is_backed(fields, timers, leaves, around, signs):
        del fields["termination_state"]
    return fields


def _short(key: str, field: str, value: Any, fields: Fields) -> str:
    """What a key of one letter means: `S:503` is a status, `B:app` a backend."""
    if field == "server" and "status" not in fields and _STATUS.fullmatch(str(value)):
        return "status"
    return "backend" if key == "B" and whole(value) is None else field


def _is_backed(
    fields: Fields, timers: dict[str, int], leaves: list[tuple[str, Any]], around: Callable[[], Fields] | None,
    signs: Callable[[], int] | None,
) -> bool:  # fmt: skip
    """True where a state under a name that others use too has evidence: the more, the more its letters are a word's."""
    if any(key in OTHERS for key, _ in leaves):
        return False
    state = fields["termination_state"]
    needed = 2 if state.isalpha() and not {"Tw", "Tc"} <= timers.keys() else 1
    less = {field for key, _ in leaves if (field := less_of(key)) is not None}
    found = (fields.keys() & _EVIDENCE) - less
    if len(found) < needed and around is not None:
        found |= (around().keys() & _EVIDENCE) - less
    if len(found) >= needed:
        return True
    told = signs() if signs is not None else 0
    return told > 0 and told + len(found) + ("status" in fields) > 1 + (state.isupper() and state.isalpha())


def _put_either(timers: dict[str, int], either: list[tuple[int, str]]) -> None:
    """`tr` in small letters: two of them are TR and Tr; one is the one that is missing, or what its place says."""
    if len(either) > 1:
        timers.setdefault("TR", either[0][0])
    for number, after in either[-1:]:
        if number < 0 <= max(timers.get("Tw", -1), timers.get("Tc", -1)):
            timers.setdefault("Tr", number)  # what has been in the queue had its request
            continue
        first = "Tr" in timers or ("TR" not in timers and not after and {"Tw", "Tc"} <= timers.keys())
        timers.setdefault("TR" if first else "Tr", number)


def _put(fields: Fields, timers: dict[str, int], field: str, value: Any) -> None:
    if field in _TIMERS:
        if (number := whole(value)) is not None:
            timers.setdefault(field, number)
            if isinstance(value, str) and value.lstrip().startswith("+"):
                fields["logasap"] = True
        return
    text = value.strip() if isinstance(value, str) else str(value)
    if field == "state":
        state = spelled(text)
        if state is not None and len(state) > len(fields.get("termination_state", "")):
            fields["termination_state"] = state
    elif field == "status":
        number = whole(value)
        if number is not None and (number in (-1, 0) or 100 <= number <= 999):
            fields.setdefault("status", number)
    elif field in ("frontend", "backend", "server", "backend_server"):
        if isinstance(value, str):
            _put_name(fields, field, text)
    elif field == "retries":
        if "retries" not in fields:
            put_retries(fields, text)
    elif field == "redispatched":
        fields["redispatched"] = text.casefold() in ("1", "true", "yes", "+")
    elif field == "bytes":
        if "bytes_read" not in fields:
            put_bytes(fields, text)
    elif field == "request":
        if _REQUEST.match(text):
            fields.setdefault("request", text)
    elif field in ("timers", "conns", "queues"):
        _put_group(fields, field, text)
    elif field in ("actconn", "feconn", "beconn", "srv_conn"):
        if (number := whole(value)) is not None:
            fields.setdefault("connections", {}).setdefault(field, number)
    elif field in ("srv_queue", "backend_queue"):
        if (number := whole(value)) is not None:
            fields.setdefault("queues", {}).setdefault(field, number)
    elif field == "mode":
        if text.casefold() in ("http", "tcp"):
            fields["mode"] = text.casefold()
    elif field == "accepted":
        if len(text) < 40 and _ACCEPTED.match(text):
            fields.setdefault(field, text.strip("[]"))
    elif field in ("term_events", "fc_err", "bc_err") and text not in ("", "-"):
        fields.setdefault(field, text)


def _put_name(fields: Fields, field: str, text: str) -> None:
    backend, slash, server = text.partition("/")
    if slash and field != "frontend" and backend and server and "/" not in server:
        fields.setdefault("backend", backend)
        fields.setdefault("server", server)
    elif field == "backend_server" or not text or _BLANK.search(text):
        return
    elif field not in fields or (_ADDRESS.fullmatch(fields[field]) and not _ADDRESS.fullmatch(text)):
        fields[field] = text


def _put_group(fields: Fields, field: str, text: str) -> None:
    values = text.strip("[]()").replace(",", "/").split("/")
    if not all(_COUNT.fullmatch(v) for v in values):
        return
    if field == "timers":
        put_timers(fields, values, tcp=len(values) in (3, 4))
    elif field == "conns" and len(values) == 5:
        put_connections(fields, values)
    elif field == "queues" and len(values) == 2:
        put_queues(fields, values)


def _settle_timers(fields: Fields, timers: dict[str, int]) -> None:
    """HTTP's total is `Ta`, or `Tt` where a format logs the old one; TCP has Tw, Tc, Tt alone."""
    if timers.keys() == {"TR", "Tc", "Tt"} and "status" not in fields and len(fields.get("termination_state", "")) == 2:
        timers["Tw"] = timers.pop("TR")  # the time in the queue under `tq`: TCP has no request to wait for
    answered = fields.get("status", -1) > 0  # TCP formats may log a status too, which is -1
    http = bool({"TR", "Tr", "Ta"} & set(timers)) or answered or len(fields.get("termination_state", "")) == 4
    http = http and fields.get("mode") != "tcp"
    if http and "Ta" not in timers and "Tt" in timers:
        timers["Ta"] = timers.pop("Tt")
    order = HTTP_TIMERS if http else ("Tw", "Tc", "Tt")
    fields["timers"] = {name: timers[name] for name in order if name in timers}
