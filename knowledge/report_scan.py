"""Counts session records in raw log bytes: one expression over big blocks, everything unusual read line by line.

The expression takes a whole line at a time and checks what must follow the counters, so that a record which a client put
into its User-Agent, URL or cookie is never counted. What it finds is checked when keys are folded, not per line.
"""

import re
from collections import Counter
from collections.abc import Callable
from operator import itemgetter

from knowledge import code as codes
from knowledge.logrecord import LogLine
from knowledge.report_json import JsonReader
from knowledge.report_tally import Key, Tally, key_of, stamp_of

BLOCK = 131_072
"""Bytes read at a time: fits the second-level cache, so findall runs from there."""

_MOST_RAW, _MOST_KNOWN = 2_500, 3_000

_DATE = rb"\[(../.../....:..:..):......\] "
_NAMES = rb"([^ ]++ [^ ]++) [^ ]++ "
_STATE = rb"(?:([^ ]++) [^ ]++ [^ ]++ [^ ]++ (?=.... )|[^ ]++ (?=.. ))([^ ]++) "
_COUNTERS = rb"\d[^ ]*+ \d++/\d++(?(3) [{\"\\][^\n]*+|$)"
_RECORDS = re.compile(_DATE + rb"(?:" + _NAMES + _STATE + _COUNTERS + rb"|([^\n]*+))", re.MULTILINE)
_rest = itemgetter(4)
_HANDSHAKE = re.compile(rb"[^ /]++/[^ ]++(?<=:) ")
_CLF = re.compile(
    rb'\[(../.../....:..:..):.. [+-]\d{4}\] "[^"]*+" (-1|\d{3}) \+?\d++ "" "" \d++ \d++ "?([^" ]++)"? "?([^" ]++)"? '
    rb'"?([^" ]++)"? -?\d++ -?\d++ -?\d++ -?\d++ \+?-?\d++ "?(....)"? \d++ \d++ '
)


def _read(text: str) -> LogLine:
    """The reader of single lines, loaded with its expressions when a log needs it (45 ms): most have nothing unusual."""
    from knowledge.logline import read_record

    return read_record(text)


class _Counted:
    """A key and how often it was found."""

    __slots__ = ("count", "key")

    def __init__(self, key: Key) -> None:
        self.key, self.count = key, 0


class Scanner:
    """Counts blocks of whole lines. `feed` them in any number, then take `finish()`."""

    def __init__(self, read: Callable[[str], LogLine] = _read) -> None:
        self._tally = Tally(keys={}, times={})
        self._raw: Counter[tuple[bytes, ...]] = Counter()
        self._read = read
        self._legal: dict[bytes, str] = {}
        self._json = JsonReader()
        self._known: dict[tuple[bytes, ...], _Counted | None] = {}

    def feed(self, block: bytearray | bytes, end: int) -> None:
        """Counts the lines in `block[:end]`, which ends with a newline."""
        found = _RECORDS.findall(block, 0, end)
        lines = block.count(b"\n", 0, end)
        self._raw.update(found)
        self._tally.lines += lines
        if (lines - len(found)) * 5 > lines:
            self._slowly(bytes(block[:end]))
        if unusual := [rest for rest in filter(None, map(_rest, found)) if _HANDSHAKE.match(rest) is None]:
            self._whole_lines(block, end, unusual)
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
            if raw[:1] == b"{" and (counted := self._json.read(raw)) is not None:
                add(*counted, 1)
                continue
            line = self._read(raw.decode("utf-8", "replace"))
            if line.termination_state is not None:
                add(key_of(line), stamp_of(line), 1)

    def _whole_lines(self, block: bytearray | bytes, end: int, rests: list[bytes]) -> None:
        """Lines that have HAProxy's date and something else after it than the expression knows, in their order."""
        at = 0
        for rest in rests:
            at = block.find(b"] " + rest + b"\n", at, end)
            line = self._read(bytes(block[block.rfind(b"\n", 0, at) + 1 : at + 2 + len(rest)]).decode("utf-8", "replace"))
            if line.termination_state is not None:
                self._tally.add(key_of(line), stamp_of(line), 1)
            at += len(rest)

    def _state(self, raw: bytes) -> str | None:
        known = self._legal.get(raw)
        if known is None:
            text = raw.decode("latin-1")
            known = text if codes.is_state(text) else ""
            if len(self._legal) < 10_000:
                self._legal[raw] = known
        return known or None

    def _fold(self) -> None:
        """Hands on what was found so far: nearly all of it is about the same servers and states, minute after minute."""
        known, times = self._known, Counter[tuple[bytes, str]]()
        for raw, count in self._raw.items():
            what = raw[1:]
            try:
                counted = known[what]
            except KeyError:
                if len(known) >= _MOST_KNOWN:
                    self._hand_on()
                key = self._key(*what)
                counted = known[what] = None if key is None else _Counted(key)
            if counted is not None:
                counted.count += count
                times[raw[0], counted.key[3]] += count
        for (date, state), count in times.items():
            self._tally.add_moment(date.decode("latin-1"), state, count)
        self._raw.clear()

    def _hand_on(self) -> None:
        for counted in self._known.values():
            if counted is not None:
                self._tally.add_key(counted.key, counted.count)
        self._known.clear()

    def _key(self, names: bytes, status: bytes, raw: bytes, rest: bytes) -> Key | None:
        """The key of what the expression found, None where it is no record."""
        state = self._state(raw) if not rest else None
        if state is None or b"\n" in names or bool(status) != (len(state) == 4):
            return None
        frontend, _, server = names.decode("utf-8", "replace").partition(" ")
        logged = int(status) if status.lstrip(b"-").isdigit() else None
        return frontend, server, logged, state

    def finish(self) -> Tally:
        """What was counted so far."""
        self._fold()
        self._hand_on()
        return self._tally
