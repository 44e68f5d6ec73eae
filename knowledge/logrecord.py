"""What one log line says: the LogLine and the small readers of values (states, timers, slash groups) that build it."""

import re
from typing import Any

from msgspec import Struct

from knowledge import code as codes
from knowledge.model import Mode

HTTP_TIMERS = ("TR", "Tw", "Tc", "Tr", "Ta")
TCP_TIMERS = ("Tw", "Tc", "Tt")
CONNECTIONS = ("actconn", "feconn", "beconn", "srv_conn")
QUEUES = ("srv_queue", "backend_queue")
NOSRV = "<NOSRV>"
BADREQ = "<BADREQ>"

Fields = dict[str, Any]
"""Names of LogLine's fields with what was found for them; a field that the line does not carry is absent."""


class LogLine(Struct, frozen=True, kw_only=True):
    """One log line, as far as it could be read.

    `termination_state` is as logged (`sC--`, `cD`), None where the line has none. `timers` are in ms, in the manual's
    order, under today's names (`Tq` of old lines is `TR`, `Tt` of old HTTP lines `Ta`); -1 is kept. `logasap` is True
    where a `+` says that time and bytes were still running. `connections` are the counters before the retries,
    `queues` the positions in the queues. `accepted` is the date as logged. `notice` is the id of the message entry where
    the line is one of HAProxy's own notices, `foreign` names another program whose line it is. `confidence` (0–1) says
    how sure the reading is and `reason` in one word how it was had. `count` is more than 1 only in our own canonical lines.
    """

    termination_state: str | None = None
    status: int | None = None
    mode: Mode | None = None
    timers: dict[str, int] = {}
    frontend: str | None = None
    backend: str | None = None
    server: str | None = None
    retries: int | None = None
    redispatched: bool = False
    connections: dict[str, int] = {}
    queues: dict[str, int] = {}
    bytes_read: int | None = None
    logasap: bool = False
    request: str | None = None
    accepted: str | None = None
    term_events: str | None = None
    fc_err: str | None = None
    bc_err: str | None = None
    notice: str | None = None
    foreign: str | None = None
    count: int = 1
    confidence: float = 0.0
    reason: str = "none"

    @property
    def pair(self) -> str | None:
        """The first two letters: who ended the session and in which phase."""
        return self.termination_state[:2] if self.termination_state else None

    @property
    def cookie(self) -> str | None:
        """The last two letters (persistence cookie), None in a TCP line."""
        return self.termination_state[2:] or None if self.termination_state else None

    @property
    def total(self) -> int | None:
        """The whole duration in ms (`Ta` in HTTP mode, `Tt` in TCP mode)."""
        return self.timers.get("Ta", self.timers.get("Tt"))

    @property
    def has_server(self) -> bool:
        """True where a server was chosen (not `<NOSRV>`, not one of HAProxy's own applets such as `<STATS>`)."""
        return bool(self.server) and not str(self.server).startswith("<") and self.server != "-"


STATE = r"[-LcCsSPRIDKU][-RCHDLQT](?:[-NIDVEOU][-NPDIRU])?"
SLOT = r"[-A-Za-z‐‑‒−–—―⸺⸻]{1,8}"
"""Where a state stands, also with the dashes that a phone made of its hyphens."""

GROUP = re.compile(r"(?<![\w./+:-])[+-]?\d{1,15}(?>(?:/[+-]?\d{1,15}){1,8})(?![\w/.:-])")
"""Numbers joined by slashes: timers, connections, queues."""


def spelled(text: str, http: bool | None = None) -> str | None:
    """The state that `text` spells; where long dashes leave two readings, four letters in an HTTP line, else two."""
    if len(text) > 8:
        return None
    if text.isascii():
        return text if len(text) in (2, 4) and codes.is_state(text) else None
    found = [s for s in codes.spellings(text) if codes.is_state(s)]
    if not found:
        return None
    wanted = 2 if http is False else 4
    return next((s for s in found if len(s) == wanted), found[0])


_WHOLE = re.compile(r'\s*"?\+?(-?\d{1,18})(?: ?ms|\.0+)?"?\s*')


def whole(text: object) -> int | None:
    """A whole number with or without `+` and `ms`, None where it is none (JSON may hold a fraction, a list, anything)."""
    if isinstance(text, int):
        return None if isinstance(text, bool) else text
    if isinstance(text, float):
        return int(text) if text.is_integer() else None
    if not isinstance(text, str):
        return None
    if len(text) < 19 and text.isascii() and text.isdigit():
        return int(text)
    found = _WHOLE.fullmatch(text)
    return int(found[1]) if found else None


def put_timers(fields: Fields, values: list[str], tcp: bool, *, alone: bool = False) -> bool:
    """Names a slash group of timers; False where its length is none that HAProxy's formats have.

    `alone`: the bytes stand behind it, so that the last of six numbers is the whole time and not they.
    """
    numbers = [int(v.lstrip("+")) for v in values]
    count = len(numbers)
    if tcp and count in (3, 4):  # Th may stand before Tw
        fields["timers"] = dict(zip(TCP_TIMERS, numbers[-3:], strict=True))
    elif count >= 5:
        fields["timers"] = dict(zip(HTTP_TIMERS, _five(numbers, alone), strict=True))
    else:
        return False
    if values[-1].startswith("+"):
        fields["logasap"] = True
    return True


def _five(numbers: list[int], alone: bool) -> list[int]:
    """TR, Tw, Tc, Tr and Ta among five to eight numbers: TR/Tq/Tw…, Th/Ti/TR/Tw…, Th/Ti/TR/Tq/Tw… and …/Ta/bytes are in use."""
    if len(numbers) == 6 and not alone and strays(numbers[:5]) < strays([numbers[0], *numbers[2:]]):
        return numbers[:5]
    first = {7: 2, 8: 2}.get(len(numbers), 0)
    return [numbers[first], *numbers[-4:]]


def strays(five: list[int]) -> float:
    """How far five timers are from adding up; without end where what follows a -1 cannot be known."""
    after, known = five[1:4], sum(v for v in five[:4] if v > 0)
    if known > five[4] or (-1 in after and any(v != -1 for v in after[after.index(-1) :])):
        return float("inf")
    return five[4] - known


def put_connections(fields: Fields, values: list[str]) -> None:
    """Names actconn/feconn/beconn/srv_conn/retries."""
    fields["connections"] = dict(zip(CONNECTIONS, (int(v) for v in values[:4]), strict=True))
    put_retries(fields, values[4])


def put_retries(fields: Fields, text: str | int) -> None:
    """Retries, where a leading `+` says that the session was redispatched to another server."""
    number = whole(text)
    if number is not None:
        fields["retries"] = number
        fields["redispatched"] = str(text).strip().startswith("+")


def put_queues(fields: Fields, values: list[str]) -> None:
    """Names srv_queue/backend_queue."""
    fields["queues"] = dict(zip(QUEUES, (int(v) for v in values), strict=True))


def put_bytes(fields: Fields, text: str | int) -> None:
    """Bytes read, where a leading `+` says that more were to come."""
    number = whole(text)
    if number is not None:
        fields["bytes_read"] = number
        if str(text).startswith("+"):
            fields["logasap"] = True


def settle_mode(fields: Fields) -> None:
    """HTTP or TCP, from what was found; absent where nothing tells."""
    timers = fields.get("timers", {})
    state = fields.get("termination_state")
    if "Tt" in timers and "Ta" not in timers and "Tr" not in timers and "TR" not in timers and fields.get("status", -1) < 1:
        fields["mode"] = "tcp"
    elif {"TR", "Tr", "Ta"} & set(timers) or "status" in fields or "request" in fields or (state and len(state) == 4):
        fields["mode"] = "http"
    elif state:
        fields["mode"] = "tcp"


def build(fields: Fields, reason: str, confidence: float) -> LogLine:
    """A LogLine of what was found."""
    if "mode" not in fields:
        settle_mode(fields)
    return LogLine(**fields, reason=reason, confidence=confidence)
