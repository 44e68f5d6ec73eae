"""What is counted of a log: the Tally, the key of a record and its date."""

from msgspec import Struct

from knowledge.logrecord import LogLine

_MOST_KEYS, _MOST_STAMPS = 20_000, 30_000
OTHERS = "(others)"

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

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
        """Counts `count` records with one key and one date; an empty date is none."""
        self.add_key(key, count)
        if stamp:
            self.add_moment(stamp, key[3], count)

    def add_key(self, key: Key, count: int) -> None:
        """Counts records by what they are, not by when."""
        if key not in self.keys and len(self.keys) >= _MOST_KEYS:
            key = (OTHERS, OTHERS, key[2], key[3])
        self.keys[key] = self.keys.get(key, 0) + count

    def add_moment(self, stamp: str, state: str, count: int) -> None:
        """Counts records by when they were, by their date as logged."""
        moment = (stamp[: self.precision], state)
        self.times[moment] = self.times.get(moment, 0) + count
        if len(self.times) > _MOST_STAMPS and self.precision > 11:
            self.coarsen(14 if self.precision > 14 else 11)

    def coarsen(self, precision: int) -> None:
        """Cuts all dates to `precision` characters: 14 is the hour, 11 the day."""
        self.precision = min(self.precision, precision)
        times, self.times = self.times, {}
        for (stamp, state), count in times.items():
            self.add_moment(stamp, state, count)

    def merge(self, other: "Tally") -> None:
        """Adds what another part of the same log had."""
        self.lines += other.lines
        if other.precision < self.precision:
            self.coarsen(other.precision)
        for key, count in other.keys.items():
            self.add_key(key, count)
        for (stamp, state), count in other.times.items():
            self.add_moment(stamp, state, count)


def key_of(line: LogLine) -> Key:
    """The key under which a read line is counted. Its state must not be None."""
    backend = f"{line.backend}/{line.server}" if line.backend and line.server else line.backend or line.server or ""
    return (line.frontend or "", backend, line.status, line.termination_state or "")


def stamp_of(line: LogLine) -> str:
    """The minute at which a line's session was accepted, `24/Nov/2026:03:12`; empty where the line has no date."""
    return stamp_of_date(line.accepted or "")


def stamp_of_date(text: str) -> str:
    """The minute of a date as logged, or in ISO 8601, as HAProxy writes it."""
    if text[4:5] == "-":  # ISO 8601
        month = int(text[5:7]) if text[5:7].isdigit() else 0
        return f"{text[8:10]}/{MONTHS[month - 1]}/{text[:4]}:{text[11:16]}" if 1 <= month <= 12 else ""
    return text[:17]
