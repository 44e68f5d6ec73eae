"""What one untangled log line says: envelopes opened, the formats tried one after the other, likeliest first."""

import re

from knowledge import lognotices, term_events, wrapping
from knowledge.logfields import named, pairs
from knowledge.logformats import clf, counted
from knowledge.loggroups import beside
from knowledge.logmask import DATE, mask, request_of
from knowledge.logobjects import decode_object, decode_row, flatten, messages
from knowledge.logquery import is_prose, is_query, signs
from knowledge.logrecord import Fields, LogLine, build
from knowledge.logreshape import reshaped
from knowledge.logtokens import custom

_ENVELOPE = re.compile(
    r'(?:"(?:log|message|msg|MESSAGE|line|_raw|textPayload|short_message|full_message|event)"\s*(?::|=>)\s*'
    r'|(?<![^\s,{])(?:log|message|msg|line|event|raw)=)"((?>(?:[^"\\]++|\\.)*))'
)
_STRUCTURED = re.compile(r"(<\d{1,3}>1 \S+ \S+ \S+ \S+ \S+ )((?:\[(?>(?:[^\]\\\"]++|\"(?>(?:[^\"\\]++|\\.)*)\"|\\.)*)\])+) ?")
_FIVE = re.compile(r"(?<![\w/])-?\d{1,12}/-?\d{1,12}/-?\d{1,12}/-?\d{1,12}/\+?-?\d{1,12}(?![\w/])")
_ISO = re.compile(r"(?:<\d{1,3}>1? ?)?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)")
_OPEN = frozenset(("none", "fields", "named", "notice", "foreign"))
_CANONICAL = re.compile(r"state=\S{2,4}(?: [a-z]+=\S+){0,8} count=(\d{1,12})")
_ENDED = re.compile(
    r"(?<=\s)(?=[-A-Z]*[A-Za-z])[-LcCsSPRIDKU][-RCHDLQT](?:[NIDVEOU-]-|-[NPDIRU-]|[NIDVEOU][NPDIRU])(?!\S)"
    r"|(?<=[\0\d] )[cs][RCHDLQT]$|\d \0{4,6} \d+ \d+ \d+ \d"
)
"""A state among what stands in a CLF line and is no quoted string, or the counters of HAProxy's own CLF."""
_CUT_STATE = re.compile(r"(?<= )([LcCsSPRIDKU-][RCHDLQT-])[NIDVEOU-]$")


def read(text: str, depth: int) -> LogLine:
    """What a line says from which `wrapping.untangle` took what chat did; `depth` counts the envelopes opened so far."""
    if wrapping.all_escaped(text):
        text = text.replace('\\"', '"')
    text = wrapping.unquoted(text).replace("#011", "\t")  # rsyslog's tab
    found = _enveloped(text, depth)
    if found is not None:
        return found
    if text[:1] == "[" and (row := decode_row(text)) is not None:
        text = row
    if depth < 2 and (cut := _ENVELOPE.search(text)) is not None:
        inner = read(re.sub(r"\\(.)", lambda m: {"n": " ", "t": "\t"}.get(m[1], m[1]), cut[1]).strip(), depth + 1)
        if inner.termination_state is not None:
            return inner
    structured = _STRUCTURED.match(text)
    found = _plain(text[structured.end() :] if structured else text)
    if found.termination_state is None and structured:
        ours = "haproxy" in structured[1]
        keys = named(pairs(structured[2].strip("[]").replace("][", " ")), None, (lambda: 2) if ours else None)
        return build(keys, "named", 0.93) if "termination_state" in keys and len(keys) > 1 else found
    if found.termination_state is None and depth < 2:
        for other in (read(cell.strip(), depth + 1) for cell in wrapping.cells(text)):
            if other.termination_state is not None:
                return other
    if found.termination_state is None and depth < 2 and (bare := wrapping.unbraced(text)) is not None:
        other = read(bare.strip(), depth + 1)
        if other.termination_state is not None:
            return other
    if found.termination_state is None and depth < 2 and (unescaped := wrapping.unescaped(text)) is not None:
        other = read(unescaped, depth + 1)
        if other.termination_state is not None or (found.reason == "none" and other.reason != "none"):
            return other
    poor = found.termination_state is not None and found.reason == "custom"
    poor = poor and (found.backend is None or (found.status is None and text[:1] in "([<{'"))
    if depth < 2 and (poor or (found.termination_state is None and found.reason in _OPEN)):
        for plainer in reshaped(text):
            other = read(plainer, depth + 1)
            if other.termination_state is not None and (
                not poor or (other.termination_state == found.termination_state and _told(other) > _told(found))
            ):
                return other
    return found


def _is_session(masked: str) -> bool:
    return signs(masked) > 0 or signs(masked, 1) > 2


def _told(line: LogLine) -> int:
    return sum(value is not None for value in (line.status, line.frontend, line.backend, line.server, line.request))


def _enveloped(text: str, depth: int) -> LogLine | None:
    """A JSON object: the line that it carries, or the fields that it names."""
    decoded = decode_object(text) if depth < 3 else None
    if decoded is None:
        return None
    if isinstance(octets := decoded.get("MESSAGE"), list):  # journald, where a message is no text of UTF-8
        octets = bytes(o for o in octets if isinstance(o, int) and 0 <= o < 256)
        return read(octets.decode("utf-8", "replace").strip(), depth + 1)
    if isinstance(decoded.get("query"), dict):
        return LogLine(confidence=0.5)  # a question to a log store
    leaves = flatten(decoded)
    fields = named(leaves)
    state = fields.get("termination_state")
    for message in messages(leaves):
        inner = read(message.strip(), depth + 1)
        if state is None and inner.termination_state is None and (inner.notice or inner.reason not in ("none", "foreign")):
            return inner
        if inner.termination_state is not None and state in (None, inner.termination_state):
            return inner
    if state is not None:
        if "request" not in fields and (request := request_of(leaves)) is not None:
            fields["request"] = request
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
    keys: Fields = {}
    if "=" in text or ":" in text or not text.isascii():
        found = pairs(text)
        keys = named(found, lambda: beside(text, masked, {}), lambda: signs(masked, 1))
        if len(keys) < 5 and "termination_state" in keys:
            if lognotices.is_notice(text):
                keys = {}
            elif is_prose(masked, len(keys) > 3) and not _is_session(masked):
                keys = named([(key, value) for key, value in found if key != "ts"], lambda: beside(text, masked, {}))
    if '":' in text and "termination_state" not in keys and (left := wrapping.fragment(text)) is not None:
        keys = named(pairs(left))
    told = "termination_state" in keys and (len(keys) >= 2 or beside(text, masked, keys) or _is_session(masked))
    if told and not is_query(masked):
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
        if (other := lognotices.foreign(text)) is not None and not (other == "clf" and _ENDED.search(masked)):
            return LogLine(foreign=other, reason="foreign", confidence=0.9)
        if (event := lognotices.stateless(masked)) is not None:
            known = lognotices.notice(text)
            return LogLine(**event[0], **extra, notice=known, reason=event[1], confidence=0.95)
        if lognotices.is_notice(text):
            return LogLine(notice=lognotices.notice(text), reason="notice", confidence=0.95)
    fields, confidence = custom(text[:8000], masked[:8000])
    if "termination_state" in fields and is_query(masked):
        return LogLine(confidence=0.5)
    if "termination_state" in fields:
        return build(fields | keys | extra | _events(text), "custom", confidence)
    if fields and (cut := _CUT_STATE.search(text)) and "timers" in fields:
        return build(fields | extra | {"termination_state": cut[1]}, "cut", 0.8)
    if fields:
        return build(fields | keys | extra, "fields", 0.5)
    if len({"timers", "status", "backend", "frontend", "server"} & set(keys)) >= 3:
        return build(keys | extra, "named", 0.6)
    known = lognotices.notice(text)
    if not known and (start := lognotices.opened(masked)):
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
