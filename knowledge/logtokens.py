"""Log formats of anybody's own order: the state and the numbers are told by what they look like and stand next to."""

import re

from knowledge.logformats import DATE, find_request, followed_by_bytes, names_before
from knowledge.loggroups import SERVER, is_server, like_name, names_in_a_row, sort_groups
from knowledge.logquery import is_record, is_table_row
from knowledge.logrecord import GROUP, HTTP_TIMERS, SLOT, Fields, put_connections, put_queues, put_retries, put_timers, spelled

_TOKEN = re.compile(r'"(?>(?:[^"\\]++|\\.)*)"?|[^\s|,;"\0]+')
_STATE = re.compile(rf"[\[(<'*]{{0,2}}(?P<state>{SLOT})[\])>'*]{{0,2}}")
_JOINED = re.compile(rf"(?:(?P<st>-1|[1-5]\d\d)[/:](?P<after>{SLOT})|(?P<before>{SLOT})[/:](?P<st2>-1|[1-5]\d\d))")
_NUMBER = re.compile(r"-?\d{1,12}")
_STATUS = re.compile(r"-1|[1-5]\d\d")
_BOXED = re.compile(r"\[?(-1|[1-5]\d\d)\]?")
_CONNECTIONS = re.compile(r"\d+(?:/\d+){3}/\+?\d+")
_QUEUES = re.compile(r"\d+/\d+")
_BYTES = re.compile(r"\+?\d+")
_OWN = re.compile(r"<(?:NOSRV|BADREQ|STATS)>")
_VERSION = re.compile(r"HTTP/\d(?:\.\d)?")
_HAPROXY = re.compile(r"\bhaproxy\b", re.IGNORECASE)


class _Token:
    __slots__ = ("is_quoted", "start", "text")

    def __init__(self, match: re.Match[str]) -> None:
        self.is_quoted = match[0].startswith('"')
        self.text = match[0].strip('"') if self.is_quoted else match[0]
        self.start = match.start()


def custom(text: str, masked: str) -> tuple[Fields, float]:
    """What a line without names and in no known order says, and how sure that is. Empty where it has no state."""
    tokens = [_Token(m) for m in _TOKEN.finditer(text) if masked[m.start()] != "\0" or m[0].startswith('"')]
    groups = list(GROUP.finditer(masked))
    timers, conns, queues = sort_groups(masked, groups)
    request = find_request(text, masked)
    context = _context(masked, timers, conns, request)
    if timers is None and _window(tokens) is not None:
        context += 2
    alone = context < 3 and is_record(text, masked)
    row = alone and is_table_row(masked)
    best, score, status = None, 0.0, None
    for n, token in enumerate(tokens):
        found, joined = _state_of(token)
        if found is None:
            continue
        points = context + _points(tokens, n, found, timers is not None and timers[0].count("/") < 4)
        if alone:
            points += _lonely(tokens, n, found, context, row)
        if points > score:
            best, score, status = n, points, joined
    fields: Fields = {}
    if best is None or score < 4.5:
        if timers is not None and timers[0].count("/") >= 4 and context >= 4:
            _numbers(fields, request, masked, tokens, timers, conns, queues, None)
            return fields, 0.5
        return {}, 0.0
    state, _ = _state_of(tokens[best])
    if timers is not None and timers[0].count("/") < 4 and len(state or "") == 4 and timers.start() > tokens[best].start:
        timers = None  # connections without the retries
    fields["termination_state"] = state
    if status is not None:
        fields["status"] = status
    _numbers(fields, request, masked, tokens, timers, conns, queues, best)
    return fields, min(0.95, score / 10)


def _lonely(tokens: list[_Token], n: int, state: str, context: float, row: bool) -> float:
    """What a state gains in a record that is none of HAProxy's order, by a status or a server beside it."""
    beside = [tokens[k].text for k in (n - 1, n + 1) if 0 <= k < len(tokens)]
    if _is_http(tokens[n]):
        if row and state != "----" and any(_STATUS.fullmatch(token.text) for token in tokens):
            return 3
        return 2 if any(map(_STATUS.fullmatch, beside)) else 1.5 if context >= 1.5 else 0
    return 1.5 if n and is_server(tokens[n - 1].text) and not state.isupper() else 0


def _state_of(token: _Token) -> tuple[str | None, int | None]:
    if len(token.text) > 14:
        return None, None
    if (found := _STATE.fullmatch(token.text)) is not None:
        return spelled(found["state"]), None
    if (found := _JOINED.fullmatch(token.text)) is not None:
        return spelled(found["after"] or found["before"]), int(found["st"] or found["st2"])
    return None, None


def _points(tokens: list[_Token], n: int, state: str, tcp: bool) -> float:
    """How much a token looks like the state, by itself and by its neighbours."""
    after = tokens[n + 1].text if n + 1 < len(tokens) else ""
    before = tokens[n - 1].text if n else ""
    points = 0.0
    if len(state) == 4:
        points += 1.5
        if state.isupper() and state.isalpha():
            points -= 2.5  # STOP, DROP, STEP, SHIP are words
    elif state.isupper() and state.isalpha():
        points -= 0.5 if tcp else 1.5  # CH, SC, PR … are countries and abbreviations
    elif state == "--":
        points -= 1.0
    if "/" in after and _CONNECTIONS.fullmatch(after):
        points += 4 if n + 2 < len(tokens) and _QUEUES.fullmatch(tokens[n + 2].text) else 0.5
    if SERVER.fullmatch(after) or SERVER.fullmatch(before):
        points += 1
    if _STATUS.fullmatch(before) or _STATUS.fullmatch(after):
        points += 1.5
    if GROUP.fullmatch(after) or GROUP.fullmatch(before) or _BYTES.fullmatch(before):
        points += 0.5
    if tcp and GROUP.fullmatch(before) and _adds_up(before):
        points += 1
    if tokens[n].is_quoted:
        points -= 0.5
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


def _numbers(
    fields: Fields, request: str | None, masked: str, tokens: list[_Token], timers: re.Match[str] | None,
    conns: re.Match[str] | None, queues: re.Match[str] | None, state: int | None,
) -> None:  # fmt: skip
    http = len(fields.get("termination_state", "----")) == 4 or request is not None
    if request is not None:
        fields["request"] = request
    if timers is not None:
        alone = followed_by_bytes(masked[timers.end() : timers.end() + 50])
        put_timers(fields, timers[0].split("/"), tcp=timers[0].count("/") <= 3, alone=alone)
        http = http and timers[0].count("/") > 3
    window = _window(tokens) if timers is None else None
    if window is not None:
        fields["timers"] = dict(zip(HTTP_TIMERS, (int(tokens[n].text) for n in range(window, window + 5)), strict=True))
    if conns is not None and "-" not in conns[0] and conns[0].count("/") == 4:
        put_connections(fields, conns[0].split("/"))
    if queues is not None and "-" not in queues[0] and "+" not in queues[0]:
        put_queues(fields, queues[0].split("/"))
    _names(fields, masked, tokens, timers)
    if state is not None and "retries" not in fields:
        _retries(fields, tokens, state, timers is not None or window is not None)
    if "status" not in fields and http:
        _status(fields, tokens, timers, window, state)


def _retries(fields: Fields, tokens: list[_Token], state: int, timed: bool) -> None:
    """The number behind the state, where a line logs the retries alone: with a `+`, or small and with more behind it."""
    after = [token.text for token in tokens[state + 1 : state + 3]]
    if not after or (state and tokens[state - 1].text == "-"):
        return  # the default order: connections that a cut left
    last = len(after) > 1 and not _NUMBER.fullmatch(after[1])
    if re.fullmatch(r"\+\d{1,2}", after[0]) or (timed and last and re.fullmatch(r"\d|10", after[0])):
        put_retries(fields, after[0])


def _has_anchor(tokens: list[_Token], numbers: list[int | None]) -> bool:
    """A state of HTTP beside a number: what HAProxy's formats have and other programs' lines don't."""
    return any(
        _is_http(token) and any(0 <= k < len(numbers) and numbers[k] is not None for k in (n - 1, n + 1))
        for n, token in enumerate(tokens)
    )


def _is_http(token: _Token) -> bool:
    """A state of four letters that is no word."""
    state, _ = _state_of(token)
    return state is not None and len(state) == 4 and not state.isalpha()


def _status(fields: Fields, tokens: list[_Token], timers: re.Match[str] | None, window: int | None, state: int | None) -> None:
    """The status stands after the timers, the request or the server, or beside the state."""
    named = (fields.get("request"), fields.get("server"))
    places: list[int] = []
    if window is not None and window > 1 and _NUMBER.fullmatch(tokens[window - 1].text):
        places.append(window - 2)  # the bytes stand between
    if state is not None and not (state > 1 and re.fullmatch(r"\+?-?\d+(?:[/]\S*)?", tokens[state - 2].text)):
        places.append(state - 1)
    if state is not None and state > 3 and tokens[state - 1].text == "-" == tokens[state - 2].text:
        places.append(state - 4)  # the bytes and the cookies stand between
    places += [n + 1 for n, token in enumerate(tokens) if token.text.casefold() in ("status", "code", "status_code")]
    for n, token in enumerate(tokens):
        if (timers is not None and token.start == timers.start()) or (window is not None and n == window + 4):
            places.insert(len(places) if places and places[0] == (state or 0) - 1 else 0, n + 1)
        elif token.text in named or is_server(token.text) or _VERSION.fullmatch(token.text):
            places.append(n + 1)
    if state is not None:
        places += [state - 2, state - 1, state + 1] if _NUMBER.fullmatch(tokens[state - 1].text) else [state - 1, state + 1]
    places += [n - 1 for n, token in enumerate(tokens) if token.text == fields.get("backend")]
    if state is not None:
        first = next((n + 1 for n in range(state - 1, -1, -1) if not _NUMBER.fullmatch(tokens[n].text)), 0)
        places.append(first)  # where the numbers before the state begin
    for place in places:
        if 0 <= place < len(tokens):
            found = _BOXED.fullmatch(tokens[place].text)
            if found:
                fields["status"] = int(found[1])
                return


def _names(fields: Fields, masked: str, tokens: list[_Token], timers: re.Match[str] | None) -> None:
    """`fe be/srv`, or three names in a row."""
    servers = [m for m in SERVER.finditer(masked) if is_server(m[0])]
    if servers:
        close = next((m for m in servers if timers is not None and 0 < timers.start() - m.end() < 4), servers[0])
        fields |= names_before(masked, close.end())
        return
    fields |= names_in_a_row([t.text for t in tokens])


def _window(tokens: list[_Token]) -> int | None:
    """Five numbers in a row that add up as TR, Tw, Tc, Tr and Ta do, or that have a -1 and stand before a status."""
    numbers = [int(t.text) if _NUMBER.fullmatch(t.text) else None for t in tokens]
    anchored = None
    for n in range(len(numbers) - 4):
        five = [v for v in numbers[n : n + 5] if v is not None]
        if len(five) == 5 and min(five) >= -1 and five[4] >= 0:
            parts = sum(v for v in five[:4] if v > 0)
            status = numbers[n + 5] if n + 5 < len(numbers) else None
            before_status = status is not None and (status == -1 or 100 <= status < 600)
            if (-1 in five[:4] and (before_status or parts <= five[4])) or 0 <= five[4] - parts <= 3:
                return n
            if before_status and n and like_name(tokens[n - 1].text):
                return n
            if parts <= five[4] and five[4] > 0:
                anchored = _has_anchor(tokens, numbers) if anchored is None else anchored
                if anchored and (n + 5 == len(numbers) or numbers[n + 5] is None):
                    return n
    return None
