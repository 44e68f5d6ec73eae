"""Many lines → a Report: counts per state, status, server, frontend and time. Bounded memory at any size."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from knowledge import code as codes
from knowledge.logrecord import LogLine
from knowledge.report_tally import MONTHS, Tally, key_of, stamp_of

Unit = Literal["minute", "hour", "day"]
_PRECISION: dict[Unit, int] = {"minute": 17, "hour": 14, "day": 11}
_STEP: dict[Unit, timedelta] = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_NORMAL_PAIRS = ("--", "LR")


class Moment(Struct, frozen=True):
    """The records of one minute, hour or day. `time` is ISO 8601 without seconds, in the log's own clock."""

    time: str
    states: dict[str, int]


class OverTime(Struct, frozen=True):
    """Records over time, earliest first, without gaps where there are at most a few hundred moments."""

    unit: Unit
    moments: tuple[Moment, ...]


class Report(Struct, frozen=True):
    """What a log holds. `lines` are all lines, `other_lines` those without a state, `states` records per state as logged,
    most first; `statuses`, `servers` ("backend/server") and `frontends` are records per state and that. `minus_one` says
    per state how many records had which timer at -1 (pastes only: files are counted without their timers)."""

    lines: int
    other_lines: int
    states: dict[str, int]
    statuses: dict[str, dict[str, int]]
    servers: dict[str, dict[str, int]]
    frontends: dict[str, dict[str, int]]
    over_time: OverTime
    minus_one: dict[str, dict[str, int]] = {}

    @property
    def records(self) -> int:
        """Lines that have a state."""
        return self.lines - self.other_lines

    def failures(self) -> list[tuple[str, int]]:
        """The states that are no normal end, most records first."""
        return [(state, count) for state, count in self.states.items() if not is_normal(state)]

    def normal(self) -> int:
        """Records that ended normally (`--`), or that HAProxy answered itself as it was told to (`LR`)."""
        return sum(count for state, count in self.states.items() if is_normal(state))


def is_normal(state: str) -> bool:
    """True for the states of a session that ended as it should."""
    return state[:2] in _NORMAL_PAIRS


def parse_stamp(stamp: str) -> datetime | None:
    """`24/Nov/2026:03:12` (or cut to the hour or the day), or an ISO date, as a datetime; None for anything else."""
    for text in (stamp[:17], stamp[:14], stamp[:11]):
        try:
            month = MONTHS.index(text[3:6]) + 1
            return datetime(int(text[7:11]), month, int(text[:2]), int(text[12:14] or 0), int(text[15:17] or 0))
        except ValueError:
            continue
    return None


def _over_time(times: Mapping[tuple[str, str], int], precision: int) -> OverTime:
    dated: dict[datetime, dict[str, int]] = {}
    parsed = {stamp: parse_stamp(stamp) for stamp in {stamp for stamp, _ in times}}
    for (stamp, state), count in times.items():
        moment = parsed[stamp]
        if moment is not None:
            states = dated.setdefault(moment, {})
            states[state] = states.get(state, 0) + count
    if not dated:
        return OverTime("minute", ())
    first, last = min(dated), max(dated)
    unit: Unit = "minute" if precision >= 17 and last - first <= timedelta(hours=4) else "hour"
    if precision < 14 or last - first > timedelta(days=10):
        unit = "day"
    binned: dict[datetime, dict[str, int]] = {}
    for moment, states in dated.items():
        bin_ = _floor(moment, unit)
        target = binned.setdefault(bin_, {})
        for state, count in states.items():
            target[state] = target.get(state, 0) + count
    current, end = _floor(first, unit), _floor(last, unit)
    if (end - current) / _STEP[unit] <= 400:
        while current <= end:
            binned.setdefault(current, {})
            current += _STEP[unit]
    form = "%Y-%m-%d" if unit == "day" else "%Y-%m-%dT%H:%M"
    return OverTime(unit, tuple(Moment(m.strftime(form), _sorted(binned[m])) for m in sorted(binned)))


def _floor(moment: datetime, unit: Unit) -> datetime:
    if unit == "day":
        return moment.replace(hour=0, minute=0)
    return moment.replace(minute=0) if unit == "hour" else moment


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def from_tally(tally: Tally, minus_one: dict[str, dict[str, int]] | None = None) -> Report:
    """The Report of what was counted."""
    states: dict[str, int] = {}
    tables: tuple[dict[str, dict[str, int]], ...] = ({}, {}, {})
    for (frontend, server, status, state), count in tally.keys.items():
        states[state] = states.get(state, 0) + count
        for table, column in zip(tables, ("" if status is None else str(status), server, frontend), strict=True):
            if column:
                row = table.setdefault(state, {})
                row[column] = row.get(column, 0) + count
    order = sorted(states, key=lambda s: (-states[s], codes.rank(s[:2]), s))
    statuses, servers, frontends = (
        {state: _sorted(table[state]) for state in order if state in table} for table in tables
    )
    records = sum(states.values())
    return Report(
        lines=tally.lines, other_lines=tally.lines - records, states={state: states[state] for state in order},
        statuses=statuses, servers=servers, frontends=frontends, over_time=_over_time(tally.times, tally.precision),
        minus_one=minus_one or {},
    )  # fmt: skip


def summarise_lines(lines: Iterable[LogLine]) -> Report:
    """The Report of lines that were read one by one, as those of a paste are."""
    tally = Tally(keys={}, times={})
    minus_one: dict[str, dict[str, int]] = {}
    for line in lines:
        tally.lines += line.count
        if line.termination_state is None:
            continue
        tally.add(key_of(line), stamp_of(line), line.count)
        for name, value in line.timers.items():
            if value == -1:
                row = minus_one.setdefault(line.termination_state, {})
                row[name] = row.get(name, 0) + line.count
    return from_tally(tally, minus_one)


def summarise_text(text: str) -> Report:
    """The Report of a pasted text."""
    from knowledge.logline import read_paste  # not needed for files

    return summarise_lines(read_paste(text))
