"""Log formats of anybody's own order: the state and the numbers are told by what they look like and stand next to."""

import re

from knowledge.loggroups import SERVER, is_server, like_name, sort_groups
from knowledge.logmask import DATE, find_request
from knowledge.lognumbers import ADDRESS, STATUS, Token, is_http, is_word, put_numbers, state_of, window_of
from knowledge.logquery import is_record, is_table_row
from knowledge.logrecord import GROUP, Fields

_TOKEN = re.compile(r'"(?>(?:[^"\\]++|\\.)*)"?|[^\s|,;"\0]+')
_CONNECTIONS = re.compile(r"\d+(?:/\d+){3}/\+?\d+")
_QUEUES = re.compile(r"\d+/\d+")
_BYTES = re.compile(r"\+?\d+")
_OWN = re.compile(r"<(?:NOSRV|BADREQ|STATS)>")
_BESIDE = re.compile(r"(?:[\w.:~-]{1,200}/)?<(?:NOSRV|BADREQ|STATS)>")
_DATED = re.compile(r"\[?\d{1,2}/[A-Z][a-z]{2}/\d{4}(?::|$)|\d{4}-\d\d-\d\d")
_REQUESTED = re.compile(r"(?:GET|POST|PUT|HEAD|DELETE|PATCH|OPTIONS|CONNECT)(?: |$)")
_BARE = re.compile(r"[-\d.:]+|[-=<>→⇒]+|[a-z]{2}|[LCSPRIDKU-][RCHDLQT-]")
_COUNTRIES = frozenset(
    ("CC", "CD", "CH", "CL", "CR", "DC", "ID", "IL", "IR", "IT", "KH", "KR", "LC", "LR", "LT", "PH", "PL", "PR", "PT", "RC", "SC",
     "SD", "SH", "SL", "ST", "UT")
)  # fmt: skip
"""Pairs that are a country or a state of America, too."""
_HAPROXY = re.compile(r"\bhaproxy\b", re.IGNORECASE)


def custom(text: str, masked: str) -> tuple[Fields, float]:
    """What a line without names and in no known order says, and how sure that is. Empty where it has no state."""
    tokens = [Token(m) for m in _TOKEN.finditer(text) if masked[m.start()] != "\0" or m[0].startswith('"')]
    groups = list(GROUP.finditer(masked))
    timers, conns, queues = sort_groups(masked, groups)
    request = find_request(text, masked)
    context = _context(masked, timers, conns, request)
    if timers is None and window_of(tokens) is not None:
        context += 2
    alone = (context < 3 or ("<" in masked and _OWN.search(masked) is not None)) and is_record(text, masked)
    row = alone and is_table_row(masked)
    told = _told(tokens) if alone else 0
    best, score, status = None, 0.0, None
    for n, token in enumerate(tokens):
        found, joined = state_of(token)
        if found is None:
            continue
        points = context + _points(tokens, n, found, timers is not None and timers[0].count("/") < 4)
        if alone:
            points += _lonely(tokens, n, found, context, row, told)
        if points > score:
            best, score, status = n, points, joined
    fields: Fields = {}
    if best is None or score < 4.5:
        if timers is not None and timers[0].count("/") >= 4 and context >= 4:
            put_numbers(fields, request, masked, tokens, timers, conns, queues, None)
            return fields, 0.5
        return {}, 0.0
    state, _ = state_of(tokens[best])
    if timers is not None and timers[0].count("/") < 4 and len(state or "") == 4 and timers.start() > tokens[best].start:
        timers = None  # connections without the retries
    fields["termination_state"] = state
    if status is not None:
        fields["status"] = status
    put_numbers(fields, request, masked, tokens, timers, conns, queues, best)
    return fields, min(0.95, score / 10)


def _lonely(tokens: list[Token], n: int, state: str, context: float, row: bool, told: int) -> float:
    """What a state gains in a record that is none of HAProxy's order, by what stands beside it and what else the record has."""
    beside = [tokens[k].text for k in (n - 1, n + 1) if 0 <= k < len(tokens)]
    if any(map(_BESIDE.fullmatch, beside)):
        return 4
    if is_http(tokens[n]) and not tokens[n].is_quoted:
        if row and state != "----" and any(STATUS.fullmatch(token.text) for token in tokens):
            return 3
        if any(map(STATUS.fullmatch, beside)):
            return 2
        return max(0.0 if state == "----" else 1.5 * min(2, told), 1.5 if context >= 1.5 else 0)
    if is_http(tokens[n]):
        return 2 if any(map(STATUS.fullmatch, beside)) else 1.5 if context >= 1.5 else 0
    if len(state) == 2 and not tokens[n].is_quoted and n in (0, len(tokens) - 1):
        ends = sum(ADDRESS.fullmatch(token.text) is not None for token in tokens)
        if ends > 1 + (state in _COUNTRIES) and all(map(_is_bare, tokens)):
            return 6  # who spoke with whom, and how it ended
        if state.isalpha() and not state.isupper():
            return max(1.5 * min(3, told), 1.5 if n and is_server(tokens[n - 1].text) else 0)
    return 1.5 if n and is_server(tokens[n - 1].text) and not state.isupper() else 0


def _told(tokens: list[Token]) -> int:
    """How many marks of a session stand in a line: a date, an address with its port, a request, a status, names."""
    texts = [token.text for token in tokens[:200]]
    names = sum(map(like_name, texts))
    return (
        any(map(_DATED.match, texts)) + any(map(ADDRESS.fullmatch, texts)) + any(map(STATUS.fullmatch, texts))
        + any(map(_REQUESTED.match, texts)) + any(map(_OWN.fullmatch, texts)) + (names > 1) + any(map(is_server, texts))
    )  # fmt: skip


def _is_bare(token: Token) -> bool:
    return _BARE.fullmatch(token.text) is not None or ADDRESS.fullmatch(token.text) is not None or like_name(token.text)


def _points(tokens: list[Token], n: int, state: str, tcp: bool) -> float:
    """How much a token looks like the state, by itself and by its neighbours."""
    after = tokens[n + 1].text if n + 1 < len(tokens) else ""
    before = tokens[n - 1].text if n else ""
    points = 0.0
    if len(state) == 4:
        points += 1.5
        if is_word(state):
            points -= 2.5  # STOP, DROP, STEP, SHIP are words
    elif state.isupper() and state.isalpha():
        points -= 0.5 if tcp else 1.5  # CH, SC, PR … are countries and abbreviations
    elif state == "--":
        points -= 1.0
    if "/" in after and _CONNECTIONS.fullmatch(after):
        points += 4 if n + 2 < len(tokens) and _QUEUES.fullmatch(tokens[n + 2].text) else 0.5
    if SERVER.fullmatch(after) or SERVER.fullmatch(before):
        points += 1
    if STATUS.fullmatch(before) or STATUS.fullmatch(after):
        points += 1.5
    if GROUP.fullmatch(after) or GROUP.fullmatch(before) or _BYTES.fullmatch(before):
        points += 0.5
    if tcp and GROUP.fullmatch(before) and _adds_up(before):
        points += 1
    if tokens[n].is_quoted:
        points -= 0.5
        if n > 4 and window_of(tokens[n - 5 : n]) == 0:
            points += 3  # right behind the timers
    return points


def _adds_up(group: str) -> bool:
    values = [int(v) for v in group.split("/")]
    return len(values) == 3 and sum(v for v in values[:2] if v > 0) <= values[2]


def _context(masked: str, timers: re.Match[str] | None, conns: re.Match[str] | None, request: str | None) -> float:
    points = 0.0
    if _HAPROXY.search(masked):
        points += 1.5
    if timers is not None:
        points += 3 if timers[0].count("/") in (2, 4, 5, 6, 7) else 1
        points += 1 if "-1" in timers[0].split("/") else 0
    if conns is not None:
        points += 2
    if SERVER.search(masked):
        points += 2
    if "<" in masked and _OWN.search(masked):
        points += 2
    if DATE.search(masked):
        points += 0.5
    if request is not None:
        points += 1
    return points
