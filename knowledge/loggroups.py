"""Numbers joined by slashes and `backend/server`, told apart by where they stand: for formats of anybody's own order."""

import math
import re

from knowledge.logmask import find_request
from knowledge.logrecord import GROUP, Fields, put_connections, put_queues, put_timers, spelled, strays

NAME = re.compile(r"[A-Za-z0-9_.:~@<>#*+-]{1,200}")
SERVER = re.compile(r"(?<![\w/.:-])[A-Za-z0-9_.:-]{1,100}/(?:<[A-Z]{3,10}>|[A-Za-z0-9_.:-]{1,100})(?![\w/=:-])")
_VERSIONED = re.compile(r"/\d+(?:\.\d+)*$|^\d+/")
_IN_A_ROW = re.compile(r"[A-Za-z_][\w.:~-]*+(?:/[\w.:<>-]++){2}")
_LIKE_NAME = re.compile(r"[A-Za-z_<][\w.:<>~-]{0,100}")
_NOT_NAMES = re.compile(
    r"[\d.:+-]+|TLSv?[\d.]+|SSLv\d|[A-Z]{3,7}|HTTP/[\d.]+|\[.*|.*\]|.*=.*|.*[0-9a-fA-F]{12,}.*|.*(?:GCM|SHA|CBC)[-_\d].*|haproxy|[a-z]-?[a-z]{1,4}:[\d.]+"
)
_NUMBERS = re.compile(r"\[?[+-]?\d+(?:/[+-]?\d+)*\]?")
_MEDIA = re.compile(r"(?:text|application|image|audio|video|multipart|font)/", re.IGNORECASE)


def sort_groups(
    masked: str, groups: list[re.Match[str]]
) -> tuple[re.Match[str] | None, re.Match[str] | None, re.Match[str] | None]:
    """Which slash groups are the timers, the connections and the queues."""
    fives = [g for g in groups if g[0].count("/") >= 4]
    timers = next((g for g in fives if _after_server(masked, g)), None)
    if timers is None and len(fives) > 1:
        whole = [g for g in fives if math.isfinite(strays([int(v) for v in g[0].split("/")][:5]))]  # what adds up
        timers = whole[0] if len(whole) == 1 else None
    conns = None
    for group in fives:
        if group is timers:
            continue
        values = [int(v) for v in group[0].split("/")]
        if len(values) == 5 and min(values) >= 0 and (_queue_after(masked, group) or timers is not None) and conns is None:
            conns = group
        elif timers is None:
            timers = group
    if timers is None and len(fives) >= 2:
        timers, conns = fives[0], fives[1]
    if conns is not None and timers is not None and conns.start() < timers.start() and not _queue_after(masked, conns):
        conns = None
    if timers is None:
        timers = next((g for g in groups if g[0].count("/") in (2, 3)), None)
    queues = None
    if conns is not None:
        queues = next((g for g in groups if g.start() >= conns.end() and g[0].count("/") == 1), None)
    return timers, conns, queues


def _queue_after(masked: str, group: re.Match[str]) -> bool:
    return re.match(r"[ \t|;,]{1,3}\d+/\d+(?![\w/])", masked[group.end() : group.end() + 40]) is not None


def _after_server(masked: str, group: re.Match[str]) -> bool:
    before = masked[max(0, group.start() - 250) : group.start()].split()
    return bool(before) and (is_server(before[-1]) or _IN_A_ROW.fullmatch(before[-1]) is not None)


def is_server(token: str) -> bool:
    """`backend/server`, not a slash group, a product with its version, a media type or a date."""
    if not SERVER.fullmatch(token) or GROUP.fullmatch(token):
        return False
    return not _VERSIONED.search(token) and not _MEDIA.match(token)


_STATUS_AFTER = re.compile(
    r"(?:\] {1,2}\0[\0 ]*|HTTP/\d(?:\.\d)?[\"'\])>]? |(?<![\w-])(?:GET|POST|PUT|HEAD|DELETE|PATCH|OPTIONS|CONNECT) )"
    r"(-1|[1-5]\d\d)(?![\w/.-])"
)
"""The status behind the request, or behind its method alone."""


def _is_http(keys: Fields) -> bool:
    return "status" in keys or len(keys.get("termination_state", "")) == 4


def beside(text: str, masked: str, keys: Fields) -> Fields:
    """What a line that names its state says without names: timers, connections, the request, `fe be/srv`."""
    fields: Fields = {}
    timers, conns, queues = sort_groups(masked, list(GROUP.finditer(masked)))
    after = timers is not None and _after_server(masked, timers)
    if timers is not None and "timers" not in keys and timers[0].count("/") >= 4:
        put_timers(fields, timers[0].split("/"), tcp=False)
    elif timers is not None and "timers" not in keys and len(keys.get("termination_state", "")) == 2 and after:
        put_timers(fields, timers[0].split("/"), tcp=True)
    if conns is not None and "retries" not in keys and "-" not in conns[0] and conns[0].count("/") == 4:
        put_connections(fields, conns[0].split("/"))
    if queues is not None and "queues" not in keys and "-" not in queues[0] and "+" not in queues[0]:
        put_queues(fields, queues[0].split("/"))
    if "status" not in keys and (status := _STATUS_AFTER.search(masked)) is not None:
        fields["status"] = int(status[1])
    if "request" not in keys and _is_http(keys | fields) and (request := find_request(text, masked)) is not None:
        fields["request"] = request
    if not keys.keys() & {"backend", "server"}:
        if after and timers is not None:
            return fields | names_before(masked, timers.start())
        alone = (m for m in SERVER.finditer(masked) if masked[m.start() - 1 : m.start()] in ("", " ") and is_server(m[0]))
        if (found := next(alone, None)) is not None and masked[found.end() : found.end() + 1] in ("", " "):
            fields |= names_before(masked, found.end())
    return fields


def names_in_a_row(texts: list[str]) -> Fields:
    """Frontend, backend and server as three names in a row; backend and server as two beside a number or a state."""
    texts = texts[:400]
    named = [like_name(text) for text in texts] + [False]
    for n in range(len(texts) - 2):
        if named[n] and named[n + 1] and named[n + 2] and not named[n + 3]:
            if n and named[n - 1]:
                continue
            row = texts[n : n + 3]
            return dict(zip(("frontend", "backend", "server"), row[::-1] if row[2].endswith("~") else row, strict=True))
    for n in range(len(texts) - 1):
        if named[n] and named[n + 1]:
            sides = [k for k in (n - 1, n + 2) if 0 <= k < len(texts)]
            if not any(named[k] for k in sides) and any(_NUMBERS.fullmatch(texts[k]) or spelled(texts[k]) for k in sides):
                return dict(zip(("backend", "server"), texts[n : n + 2], strict=True))
    return {}


def like_name(text: str) -> bool:
    """True for what a proxy or a server may be called, and nothing else that lines hold."""
    return _LIKE_NAME.fullmatch(text) is not None and not _NOT_NAMES.fullmatch(text) and spelled(text) is None


_ARROWS = ("->", "=>", "→", ">")
_CUT_HERE = re.compile(r"\[?(?:…|\.{3,})\]?")  # how the name behind it began is not known


def names_before(masked: str, end: int) -> Fields:
    """Frontend, backend and server that stand right before `end`: `fe be/srv`."""
    found: Fields = {}
    before = masked[max(0, end - 700) : end].rstrip(" \t|;,").replace("\0", " ")
    tokens = [token for token in re.split(r"[ \t|;,]+", before) if token not in _ARROWS]
    for back in range(1, min(4, len(tokens)) + 1):
        token = tokens[-back]
        backend, slash, server = token.rpartition("=")[2].strip("[]()'").rstrip(":").partition("/")
        if slash and _CUT_HERE.match(backend) and NAME.fullmatch(server):
            return {"server": server}
        if slash and server.count("/") == 1 and all(map(is_name, parts := (backend, *server.split("/")))):
            return dict(zip(("frontend", "backend", "server"), parts, strict=True))
        if slash and "/" not in server and NAME.fullmatch(backend) and (not server or NAME.fullmatch(server)):
            if GROUP.fullmatch(token):
                continue
            found["backend"] = backend
            if server:
                found["server"] = server
            if len(tokens) > back and back <= len(tokens) - 1:
                frontend = tokens[-back - 1].rpartition("=")[2].strip("[]'").rstrip(":")
                if is_name(frontend):
                    found["frontend"] = frontend
            break
    if not found and len(tokens) > 3 and before[-len(tokens[-1]) - 1] in "|;,\t" and all(map(is_name, tokens[-3:])):
        return dict(zip(("frontend", "backend", "server"), tokens[-3:], strict=True))
    return found


_LETTER = re.compile(r"[A-Za-z]")
_NO_NAME = re.compile(r"[\d.:]+|[0-9a-fA-F:.]+:\d+|unix:\d+|-|\d{4}-\d\d-\d\dT.*")


def is_name(token: str) -> bool:
    return bool(
        NAME.fullmatch(token)
        and _LETTER.search(token)
        and not token.endswith(":")
        and not token.startswith("..")
        and token not in ("ms", "us", "s")
        and spelled(token) is None
        and not _NO_NAME.fullmatch(token)
    )
