"""A termination state found in any log line: `read_line` for one, `read_paste` for as many as somebody pastes."""

import re
from itertools import groupby
from operator import itemgetter

from knowledge import lognotices, wrapping
from knowledge.logformats import standard
from knowledge.logreading import read
from knowledge.logrecord import LogLine
from knowledge.logsplit import one_word_a_line, pieces

LONGEST = 20_000
"""Characters of one line that are read: HAProxy cuts its lines at 1,024 by default, and what counts stands in front."""

_LOOKS = re.compile(r"[-A-Za-z–—]{2}")
_PART = re.compile(r"\bhaproxy\b|\[\d\d/[A-Z][a-z]{2}/\d{4}|\d/-?\d+/|\"[A-Za-z_]+\":")
_WIDTHS = (72, 76, 78, 79, 80, 100, 120, 132, 160, 200)
_IN_VAIN = 60
"""After so many lines without a state in a row no further ones are put together: each try costs several readings."""


def read_line(text: str) -> LogLine:
    """What one log line says, whatever is wrapped around it. Never raises; linear in the length of `text`."""
    text = text[:LONGEST]
    if not wrapping.is_linked(text) and (fields := standard(text)) is not None:
        return LogLine(**fields, confidence=0.99, reason="http")
    if "\n" in text.strip():
        return max(read_paste(text[:6000]), key=_worth, default=LogLine())  # one record over several lines
    text = wrapping.untangle(text)
    return read(text, 0) if len(text) > 12 and _LOOKS.search(text) else LogLine()


def read_record(text: str) -> LogLine:
    """`read_line` for lines of files, which mostly have nothing to undo: faster, with the same result."""
    if not wrapping.is_linked(text) and (fields := standard(text)) is not None:
        return LogLine(**fields, confidence=0.99, reason="http")
    if len(text) > LONGEST or wrapping.is_damaged(text):
        return read_line(text)
    text = text.strip()
    return read(text, 0) if len(text) > 12 and _LOOKS.search(text) else LogLine()


def read_paste(text: str) -> list[LogLine]:
    """The log lines of a paste, in order: fences and quotes taken off, lines broken in two or three put together.

    A line without a state is one too (see `LogLine.reason`); empty lines and fences are none.
    """
    found: list[LogLine] = []
    cut = pieces(text)
    if (records := one_word_a_line(cut)) and not any(read_line(line).termination_state for line, _ in cut):
        found = [read_line(record) for record in records]
        if any(line.termination_state for line in found):
            return found
        found = []
    for whole, group in groupby(cut, key=itemgetter(1)):
        lines = [line for line, _ in group]
        if whole:
            found += map(read_line, lines)
            continue
        n, in_vain = 0, 0
        while n < len(lines):
            line, used = _longest(lines, n) if in_vain < _IN_VAIN else (read_line(lines[n]), 1)
            in_vain = in_vain + 1 if line.termination_state is None else 0
            found.append(line)
            n += used
    return found


def logged(text: str) -> list[LogLine]:
    """The lines of a text that is log and nothing but words around it; none where it is a question in words.

    One line with a state that stands where a log has it is enough; without one, every line must be HAProxy's own notice
    or a line of another program that we know.
    """
    if len(text) < 20:
        return []
    found = read_paste(text)
    if any(line.termination_state is not None for line in found):
        return found
    known = [line.reason in ("connect", "handshake", "cut", "fields", "foreign") for line in found]
    notices = lognotices.is_notice(text) and all(line.reason == "notice" for line in found)
    whole = len(text) >= 60 or wrapping.starts_record(text)  # "reached process FD limit" alone is a question
    return found if found and (all(known) or (notices and whole)) else []


def _longest(lines: list[str], n: int) -> tuple[LogLine, int]:
    """The record that begins at line `n`, and how many lines it is written over."""
    best, used = read_line(lines[n]), 1
    if not _PART.search(lines[n]):
        return best, used
    text = wrapping.untangle(lines[n])
    for more in range(1, 6):
        if best.reason == "json" or n + more >= len(lines):
            break
        following = wrapping.untangle(lines[n + more])
        if wrapping.starts_record(following, text):
            break
        alone = read_line(lines[n + more])
        if best.termination_state is not None and alone.termination_state is not None:
            break
        if best.reason in ("notice", "foreign", "connect", "handshake") or alone.notice is not None:
            break
        even = len(lines[n + more - 1]) in (*_WIDTHS, len(lines[n + more])) or (
            more > 1 and len(lines[n + more - 1]) == len(lines[n])
        )
        ways = wrapping.joined(text, following, tight=even)
        if lines[n + more - 1].endswith(" "):
            ways = ways[even:][:1]
        options = [(read_line(o), o) for o in ways]
        line, joined = max(options, key=lambda o: _worth(o[0]))
        if _worth(line) > max(_worth(best), _worth(alone)) or (
            _worth(line) >= max(_worth(best), _worth(alone)) and wrapping.continues(text, lines[n + more])
        ):
            best, used, text = line, more + 1, joined
        elif best.termination_state is not None or alone.termination_state is not None:
            break
        else:
            text = joined  # nothing yet: the state may stand one line further on
    return best, used


def _worth(line: LogLine) -> float:
    """How complete a reading is: to choose between ways of putting broken lines together."""
    if line.termination_state is None:
        return 0.5 * bool(line.notice) + 0.2 * (line.reason not in ("none", "foreign", "fields"))
    return (
        4 + 2 * line.confidence + len(line.timers) * 0.3 + (line.retries is not None) + bool(line.queues)
        + (line.request is not None) + (line.server is not None) + (line.frontend is not None)
        + (line.request is not None and line.request.endswith(("HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/3.0", "<BADREQ>")))
    )  # fmt: skip
