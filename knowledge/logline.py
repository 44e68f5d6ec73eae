"""A termination state found in any log line: `read_line` for one, `read_paste` for as many as somebody pastes."""

import re
from itertools import groupby
from operator import itemgetter

from knowledge import lognotices, term_events, wrapping
from knowledge.logfields import decode_object, flatten, messages, named, pairs
from knowledge.logformats import DATE, clf, counted, mask, opened, standard, stateless
from knowledge.loggroups import beside
from knowledge.logrecord import Fields, LogLine, build
from knowledge.logsplit import pieces
from knowledge.logtokens import custom

LONGEST = 20_000
"""Characters of one line that are read: HAProxy cuts its lines at 1,024 by default, and what counts stands in front."""

_LOOKS = re.compile(r"[-A-Za-z–—]{2}")
_ENVELOPE = re.compile(
    r'"(?:log|message|msg|MESSAGE|line|_raw|textPayload|short_message|full_message|event)"\s*:\s*"((?>(?:[^"\\]++|\\.)*))'
)
_STRUCTURED = re.compile(r"(<\d{1,3}>1 \S+ \S+ \S+ \S+ \S+ )((?:\[(?>(?:[^\]\\\"]++|\"(?>(?:[^\"\\]++|\\.)*)\"|\\.)*)\])+) ?")
_FIVE = re.compile(r"(?<![\w/])-?\d{1,12}/-?\d{1,12}/-?\d{1,12}/-?\d{1,12}/\+?-?\d{1,12}(?![\w/])")
_ISO = re.compile(r"(?:<\d{1,3}>1? ?)?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)")
_CANONICAL = re.compile(r"state=\S{2,4}(?: [a-z]+=\S+){0,8} count=(\d{1,12})")
_PART = re.compile(r"\bhaproxy\b|\[\d\d/[A-Z][a-z]{2}/\d{4}|\d/-?\d+/|\"[A-Za-z_]+\":")
_WIDTHS = (72, 76, 78, 79, 80, 100, 120, 132, 160, 200)
_IN_VAIN = 60
"""After so many lines without a state in a row no further ones are put together: each try costs several readings."""

_CUT_STATE = re.compile(r"(?<= )([LcCsSPRIDKU-][RCHDLQT-])[NIDVEOU-]$")


def read_line(text: str) -> LogLine:
    """What one log line says, whatever is wrapped around it. Never raises; linear in the length of `text`."""
    text = text[:LONGEST]
    if not wrapping.is_linked(text) and (fields := standard(text)) is not None:
        return LogLine(**fields, confidence=0.99, reason="http")
    if "\n" in text.strip():
        return max(read_paste(text[:6000]), key=_worth, default=LogLine())  # one record over several lines
    text = wrapping.untangle(text)
    return _read(text, 0) if len(text) > 12 and _LOOKS.search(text) else LogLine()


def read_record(text: str) -> LogLine:
    """`read_line` for lines of files, which mostly have nothing to undo: faster, with the same result."""
    if not wrapping.is_linked(text) and (fields := standard(text)) is not None:
        return LogLine(**fields, confidence=0.99, reason="http")
    if len(text) > LONGEST or wrapping.is_damaged(text):
        return read_line(text)
    text = text.strip()
    return _read(text, 0) if len(text) > 12 and _LOOKS.search(text) else LogLine()


def _read(text: str, depth: int) -> LogLine:
    if wrapping.all_escaped(text):
        text = text.replace('\\"', '"')
    text = wrapping.unquoted(text)
    found = _enveloped(text, depth)
    if found is not None:
        return found
    if depth < 2 and (cut := _ENVELOPE.search(text)) is not None:
        inner = _read(re.sub(r"\\(.)", lambda m: {"n": " ", "t": "\t"}.get(m[1], m[1]), cut[1]).strip(), depth + 1)
        if inner.termination_state is not None:
            return inner
    structured = _STRUCTURED.match(text)
    found = _plain(text[structured.end() :] if structured else text)
    if found.termination_state is None and structured:
        keys = named(pairs(structured[2].strip("[]")))
        return build(keys, "named", 0.93) if "termination_state" in keys and len(keys) > 1 else found
    if found.termination_state is None and depth < 2:
        for other in (_read(cell.strip(), depth + 1) for cell in wrapping.cells(text)):
            if other.termination_state is not None:
                return other
    if found.termination_state is None and depth < 2 and (unescaped := wrapping.unescaped(text)) is not None:
        other = _read(unescaped, depth + 1)
        if other.termination_state is not None or (found.reason == "none" and other.reason != "none"):
            return other
    return found


def _enveloped(text: str, depth: int) -> LogLine | None:
    """A JSON object: the line that it carries, or the fields that it names."""
    decoded = decode_object(text) if depth < 3 else None
    if decoded is None:
        return None
    leaves = flatten(decoded)
    fields = named(leaves)
    state = fields.get("termination_state")
    for message in messages(leaves):
        inner = _read(message.strip(), depth + 1)
        if state is None and inner.termination_state is None and (inner.notice or inner.reason not in ("none", "foreign")):
            return inner
        if inner.termination_state is not None and state in (None, inner.termination_state):
            return inner
    if state is not None:
        return build(fields, "json", 0.97)
    other = lognotices.foreign(text)
    if other is None and len({"timers", "status", "backend", "frontend", "server"} & set(fields)) >= 3:
        return build(fields, "json", 0.6)
    return LogLine(foreign=other, reason="foreign" if other else "none", confidence=0.9 if other else 0.5)


def _plain(text: str) -> LogLine:
    text = wrapping.uncelled(text) or text
    masked = mask(text)
    date = DATE.search(masked)
    extra: Fields = {"accepted": date[1]} if date else {}
    if not extra and (iso := _ISO.match(text)) is not None:
        extra["accepted"] = iso[1]
    fields = counted(text, masked)
    if fields and ("timers" in fields or "backend" in fields):
        return build(fields | extra | _events(text), "tcp" if len(fields["termination_state"]) == 2 else "http", 0.98)
    if fields == {}:
        return build(extra, "cut", 0.5)
    if (record := clf(text)) is not None:
        return build(record | extra, "clf", 0.98)
    keys = named(pairs(text)) if "=" in text or ":" in text else {}
    if '":' in text and "termination_state" not in keys and (left := wrapping.fragment(text)) is not None:
        keys = named(pairs(left))
    if "termination_state" in keys and len(keys) >= 2:
        keys = beside(text, masked, keys) | keys
        if (ours := _CANONICAL.fullmatch(text)) is not None:
            keys["count"] = int(ours[1])
        return build(keys | extra, "named", 0.93)
    if fields is not None and "queues" in fields:
        return build(fields | extra | _events(text), "counters", 0.85)
    return _stateless(text, masked, extra, keys)


def _stateless(text: str, masked: str, extra: Fields, keys: Fields) -> LogLine:
    """What is left: other programs' lines, HAProxy's lines without a state, and formats of anybody's own."""
    if _FIVE.search(masked) is None:  # the timers, which nobody else's lines and no notice have
        if (other := lognotices.foreign(text)) is not None:
            return LogLine(foreign=other, reason="foreign", confidence=0.9)
        if (event := stateless(masked)) is not None:
            known = lognotices.notice(text)
            return LogLine(**event[0], **extra, notice=known, reason=event[1], confidence=0.95)
        if lognotices.is_notice(text):
            return LogLine(notice=lognotices.notice(text), reason="notice", confidence=0.95)
    fields, confidence = custom(text)
    if "termination_state" in fields:
        return build(fields | keys | extra | _events(text), "custom", confidence)
    if fields and (cut := _CUT_STATE.search(text)) and "timers" in fields:
        return build(fields | extra | {"termination_state": cut[1]}, "cut", 0.8)
    if fields:
        return build(fields | keys | extra, "fields", 0.5)
    if len({"timers", "status", "backend", "frontend", "server"} & set(keys)) >= 3:
        return build(keys | extra, "named", 0.6)
    known = lognotices.notice(text)
    if not known and (start := opened(masked)):
        return LogLine(**start, **extra, reason="fields", confidence=0.5)
    return LogLine(notice=known, reason="notice" if known else "none", confidence=0.9 if known else 0.5)


def _events(text: str) -> Fields:
    """The error fields of newer formats, where a line names them; `term_events` is known by its look, too."""
    found: Fields = {}
    if "term_events" in text or "_err" in text:
        found = {key: value for key, value in named(pairs(text)).items() if key in ("term_events", "fc_err", "bc_err")}
    if "term_events" not in found and (value := term_events.logged(text)):
        found["term_events"] = value
    return found


def read_paste(text: str) -> list[LogLine]:
    """The log lines of a paste, in order: fences and quotes taken off, lines broken in two or three put together.

    A line without a state is one too (see `LogLine.reason`); empty lines and fences are none.
    """
    found: list[LogLine] = []
    for whole, group in groupby(pieces(text), key=itemgetter(1)):
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
        even = len(lines[n + more - 1]) in _WIDTHS or len(lines[n + more - 1]) == len(lines[n + more])
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
