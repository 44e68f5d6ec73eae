"""The tokens of a line of anybody's own order: which are states, which are timers, retries, a status, names."""

import re

from knowledge.logformats import followed_by_bytes
from knowledge.loggroups import SERVER, is_server, like_name, names_before, names_in_a_row
from knowledge.logrecord import BADREQ, HTTP_TIMERS, SLOT, Fields, put_connections, put_queues, put_retries, put_timers, spelled

_STATE = re.compile(rf"[\[(<'*]{{0,2}}(?P<state>{SLOT})[\])>'*]{{0,2}}")
_JOINED = re.compile(rf"(?:(?P<st>-1|[1-5]\d\d)[/:](?P<after>{SLOT})|(?P<before>{SLOT})[/:](?P<st2>-1|[1-5]\d\d))")
_NUMBER = re.compile(r"-?\d{1,12}")
_BOXED = re.compile(r"\[?(-1|[1-5]\d\d)\]?")
_METHODS = frozenset(("GET", "POST", "PUT", "HEAD", "DELETE", "PATCH", "OPTIONS", "CONNECT"))
_VERSION = re.compile(r"HTTP/\d(?:\.\d)?")
ADDRESS = re.compile(r"(?:\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}\]?):\d{1,5}")
"""With its port."""

STATUS = re.compile(r"-1|[1-5]\d\d")


class Token:
    __slots__ = ("is_quoted", "start", "text")

    def __init__(self, match: re.Match[str]) -> None:
        self.is_quoted = match[0].startswith('"')
        self.text = match[0].strip('"') if self.is_quoted else match[0]
        self.start = match.start()


def state_of(token: Token) -> tuple[str | None, int | None]:
    if len(token.text) > 14:
        return None, None
    if (found := _STATE.fullmatch(token.text)) is not None:
        return spelled(found["state"]), None
    if (found := _JOINED.fullmatch(token.text)) is not None:
        return spelled(found["after"] or found["before"]), int(found["st"] or found["st2"])
    return None, None


def put_numbers(
    fields: Fields, request: str | None, masked: str, tokens: list[Token], timers: re.Match[str] | None,
    conns: re.Match[str] | None, queues: re.Match[str] | None, state: int | None,
) -> None:  # fmt: skip
    http = len(fields.get("termination_state", "----")) == 4 or request is not None or BADREQ in masked
    if request is not None:
        fields["request"] = request
    if timers is not None:
        alone = followed_by_bytes(masked[timers.end() : timers.end() + 50])
        put_timers(fields, timers[0].split("/"), tcp=timers[0].count("/") <= 3, alone=alone)
        http = http and timers[0].count("/") > 3
    window = window_of(tokens) if timers is None else None
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


def _retries(fields: Fields, tokens: list[Token], state: int, timed: bool) -> None:
    """The number behind the state, where a line logs the retries alone: with a `+`, or small and with more behind it."""
    after = [token.text for token in tokens[state + 1 : state + 3]]
    if not after or (state and tokens[state - 1].text == "-"):
        return  # the default order: connections that a cut left
    last = len(after) > 1 and not _NUMBER.fullmatch(after[1])
    if re.fullmatch(r"\+\d{1,2}", after[0]) or (timed and last and re.fullmatch(r"\d|10", after[0])):
        put_retries(fields, after[0])


def _has_anchor(tokens: list[Token], numbers: list[int | None]) -> bool:
    """A state of HTTP beside a number: what HAProxy's formats have and other programs' lines don't."""
    return any(
        is_http(token) and any(0 <= k < len(numbers) and numbers[k] is not None for k in (n - 1, n + 1))
        for n, token in enumerate(tokens)
    )


def is_http(token: Token) -> bool:
    """A state of four letters that is no word."""
    state, _ = state_of(token)
    return state is not None and len(state) == 4 and not is_word(state)


def is_word(state: str) -> bool:
    """True where four letters may be a word (STOP, SHIP, DROP): capitals with a vowel in the third place."""
    return state.isalpha() and state.isupper() and state[2] in "IEOU"


def _status(fields: Fields, tokens: list[Token], timers: re.Match[str] | None, window: int | None, state: int | None) -> None:
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
        elif token.text in _METHODS and n + 1 < len(tokens):
            places.append(n + 1 + (tokens[n + 1].text[:1] in "/*h"))
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
    alone = [token.text for token in tokens if STATUS.fullmatch(token.text) and token.text != "-1"]
    if len(alone) == 1 and timers is None and window is None:
        fields["status"] = int(alone[0])


def _names(fields: Fields, masked: str, tokens: list[Token], timers: re.Match[str] | None) -> None:
    """`fe be/srv`, or three names in a row."""
    servers = [m for m in SERVER.finditer(masked) if is_server(m[0])]
    if servers:
        close = next((m for m in servers if timers is not None and 0 < timers.start() - m.end() < 4), servers[0])
        fields |= names_before(masked, close.end())
        behind = masked[close.end() : close.end() + 200].split(" ")[1:3]
        if "frontend" not in fields and len(behind) == 2 and like_name(behind[0]) and ADDRESS.fullmatch(behind[1]):
            fields["frontend"] = behind[0]
        return
    fields |= names_in_a_row([t.text.strip("'<>") if t.text[:2] != "<N" else t.text for t in tokens])


def window_of(tokens: list[Token]) -> int | None:
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
