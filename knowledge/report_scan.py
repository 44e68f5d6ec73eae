"""Counts session records in raw log bytes: one expression over big blocks, everything unusual read line by line.

The expression takes a whole line at a time and checks what must follow the counters, so that a record which a client put
into its User-Agent, URL or cookie is never counted. What it finds is checked when keys are folded, not per line.
"""

import re
from collections import Counter
from collections.abc import Callable

from msgspec import Struct

from knowledge import code as codes
from knowledge.logline import read_record
from knowledge.logrecord import LogLine

BLOCK = 131_072
"""Bytes read at a time: fits the second-level cache, so findall runs from there."""

_MOST_RAW, _MOST_KEYS, _MOST_STAMPS = 20_000, 20_000, 30_000
OTHERS = "(others)"

_DATE = rb"\[(../.../....:..:..):......\] "
_HTTP = rb"([^ ]++) [^ ]++ [^ ]++ [^ ]++ (....) \d[^ ]*+ \d++/\d++ [{\"\\][^\n]*+"
_TCP = rb"[^ ]++ (..) \d[^ ]*+ \d++/\d++$"
_RECORDS = re.compile(_DATE + rb"(?:([^ ]++ [^ ]++) [^ ]++ (?:" + _HTTP + rb"|" + _TCP + rb")|([^\n]*+))", re.MULTILINE)
_HANDSHAKE = re.compile(rb"[^ /]++/[^ ]++(?<=:) ")
_CLF = re.compile(
    rb'\[(../.../....:..:..):.. [+-]\d{4}\] "[^"]*+" (-1|\d{3}) \+?\d++ "" "" \d++ \d++ "?([^" ]++)"? "?([^" ]++)"? '
    rb'"?([^" ]++)"? -?\d++ -?\d++ -?\d++ -?\d++ \+?-?\d++ "?(....)"? \d++ \d++ '
)

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Key = tuple[str, str, int | None, str]
"""Frontend, backend/server, status, state."""


class Tally(Struct):
    """What was counted: `lines` of any kind, records by key, and records by (date, state); dates are as logged, cut to
    the minute, the hour (`24/Nov/2026:03`) or the day where there are too many."""

    lines: int = 0
    keys: dict[Key, int] = {}
    times: dict[tuple[str, str], int] = {}
    precision: int = 17

    def add(self, key: Key, stamp: str, count: int) -> None:
        """Counts `count` records."""
        if key not in self.keys and len(self.keys) >= _MOST_KEYS:
            key = (OTHERS, OTHERS, key[2], key[3])
        self.keys[key] = self.keys.get(key, 0) + count
        if stamp:
            moment = (stamp[: self.precision], key[3])
            self.times[moment] = self.times.get(moment, 0) + count
            if len(self.times) > _MOST_STAMPS and self.precision > 11:
                self.coarsen(14 if self.precision > 14 else 11)

    def coarsen(self, precision: int) -> None:
        """Cuts all dates to `precision` characters: 14 is the hour, 11 the day."""
        self.precision = min(self.precision, precision)
        times: dict[tuple[str, str], int] = {}
        for (stamp, state), count in self.times.items():
            moment = (stamp[: self.precision], state)
            times[moment] = times.get(moment, 0) + count
        self.times = times

    def merge(self, other: "Tally") -> None:
        """Adds what another part of the same log had."""
        self.lines += other.lines
        if other.precision < self.precision:
            self.coarsen(other.precision)
        for key, count in other.keys.items():
            self.add(key, "", count)
        for (stamp, state), count in other.times.items():
            moment = (stamp[: self.precision], state)
            self.times[moment] = self.times.get(moment, 0) + count


def key_of(line: LogLine) -> Key:
    """The key under which a read line is counted. Its state must not be None."""
    backend = f"{line.backend}/{line.server}" if line.backend and line.server else line.backend or line.server or ""
    return (line.frontend or "", backend, line.status, line.termination_state or "")


def stamp_of(line: LogLine) -> str:
    """The minute at which a line's session was accepted, `24/Nov/2026:03:12`; empty where the line has no date."""
    text = line.accepted or ""
    if text[4:5] == "-":  # ISO 8601
        month = int(text[5:7]) if text[5:7].isdigit() else 0
        return f"{text[8:10]}/{_MONTHS[month - 1]}/{text[:4]}:{text[11:16]}" if 1 <= month <= 12 else ""
    return text[:17]


class Scanner:
    """Counts blocks of whole lines. `feed` them in any number, then take `finish()`."""

    def __init__(self, read: Callable[[str], LogLine] = read_record) -> None:
        self._tally = Tally(keys={}, times={})
        self._raw: Counter[tuple[bytes, ...]] = Counter()
        self._read = read
        self._legal: dict[bytes, str] = {}

    def feed(self, block: bytearray | bytes, end: int) -> None:
        """Counts the lines in `block[:end]`, which ends with a newline."""
        found = _RECORDS.findall(block, 0, end)
        lines = block.count(b"\n", 0, end)
        self._raw.update(found)
        self._tally.lines += lines
        if (lines - len(found)) * 5 > lines:
            self._slowly(bytes(block[:end]))
        if len(self._raw) > _MOST_RAW:
            self._fold()

    def _slowly(self, block: bytes) -> None:
        """Lines without HAProxy's own date: CLF, JSON, formats of anybody's own."""
        add = self._tally.add
        for raw in block.split(b"\n"):
            if not raw:
                continue
            if _RECORDS.search(raw) is not None:
                continue
            found = _CLF.search(raw)
            state = self._state(found[6]) if found else None
            if found and state:
                stamp, status, frontend, backend, server = (g.decode("utf-8", "replace") for g in found.groups()[:5])
                logged = None if status == "000" else int(status)
                add((frontend, f"{backend}/{server}", logged, state), stamp, 1)
                continue
            line = self._read(raw.decode("utf-8", "replace"))
            if line.termination_state is not None:
                add(key_of(line), stamp_of(line), 1)

    def _state(self, raw: bytes) -> str | None:
        known = self._legal.get(raw)
        if known is None:
            text = raw.decode("latin-1")
            known = text if codes.is_state(text) else ""
            if len(self._legal) < 10_000:
                self._legal[raw] = known
        return known or None

    def _fold(self) -> None:
        add, state_of = self._tally.add, self._state
        for (minute, names, status, http, tcp, rest), count in self._raw.items():
            stamp = minute.decode("latin-1")
            state = state_of(http or tcp) if not rest else None
            if state is not None and b"\n" not in names:
                frontend, _, server = names.decode("utf-8", "replace").partition(" ")
                logged = int(status) if http and status.lstrip(b"-").isdigit() else None
                add((frontend, server, logged, state), stamp, count)
            elif rest and _HANDSHAKE.match(rest) is None:
                line = self._read(f"[{stamp}:00.000] {rest.decode('utf-8', 'replace')}")
                if line.termination_state is not None:
                    add(key_of(line), stamp, count)
        self._raw.clear()

    def finish(self) -> Tally:
        """What was counted so far."""
        self._fold()
        return self._tally
