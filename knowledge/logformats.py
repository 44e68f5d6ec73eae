"""HAProxy's own log formats (HTTP, HTTPS, TCP, CLF, default, error) and everything that keeps their order of fields.

Client-controlled text (captured headers, cookies, the request) can imitate a record; the real state is told from a forged
one by what must follow it: the counters, then only braces, the quoted request and the TLS fields.
"""

import re

from knowledge.loggroups import names_before
from knowledge.logmask import find_request
from knowledge.logrecord import (
    GROUP,
    SLOT,
    STATE,
    Fields,
    put_bytes,
    put_connections,
    put_queues,
    put_timers,
    spelled,
)  # fmt: skip

_N = r"\d{1,15}"
_COUNTERS = re.compile(
    rf"(?:(?<=[\s\0|;,])|^)[\[(]?(?P<state>{SLOT})[\])]?[ \t|;,]{{1,3}}"
    rf"(?P<conns>{_N}/{_N}/{_N}/{_N}/\+?{_N})(?:[ \t|;,]{{1,3}}(?P<queues>{_N}/{_N})(?![\w/]))?(?![\w/])"
)
_STRICT_TAIL = re.compile(
    r'\s*+(?>(?:\{[^{}"]*+\}?\s*+){0,2})(?:"(?:[A-Z-]{2,20} [^"]*+|<BADREQ>|)(?:"|$))\s*+(?>(?:[^\s"{}]++\s*+){0,8})$'
)
_BEFORE_STATE = re.compile(r"(?<!\S)(?:-1|\d{3}) \+?\d+ \S+ \S+ $")

# A configuration that breaks the format over several lines may leave backslashes in what is logged.
_CLF = re.compile(
    r'\[(?P<date>[^\]\s]{11,24}(?: [+-]\d{4})?)\] "(?P<request>[^"]*+)" (?P<status>-1|\d{3}) (?P<bytes>\+?\d+) '
    r'(?:\\?"[^"]{0,200}" \\?"[^"]{0,200}" )?\\?\d+ \\?\d+ '
    r'"?(?P<fe>[^"\s]+)"? "?(?P<be>[^"\s]+)"? "?(?P<srv>[^"\s]+)"? '
    r'\\?(?P<t1>-?\d+) (?P<t2>-?\d+) (?P<t3>-?\d+) (?P<t4>-?\d+) (?P<t5>\+?-?\d+) "?(?P<state>' + SLOT + r')"?'
    r"(?: (?P<ac>\d+) (?P<fc>\d+) \\?(?P<bc>\d+) (?P<sc>\d+) (?P<rc>\+?\d+)(?: (?P<sq>\d+) (?P<bq>\d+))?)?"
)


def _candidates(text: str, masked: str) -> list[re.Match[str]]:
    return [m for m in _COUNTERS.finditer(masked) if spelled(m["state"])]


def _real(text: str, found: list[re.Match[str]]) -> re.Match[str]:
    """The candidate that HAProxy wrote. A cookie capture may hold a forged record before it, a header one after it."""
    if len(found) > 1:
        for candidate in found:
            if _STRICT_TAIL.match(text, candidate.end()):
                return candidate
        quote = re.compile(r'["{]').search(text, found[0].end())
        return [m for m in found if quote is None or m.start() < quote.start()][-1]
    return found[0]


def counted(text: str, masked: str) -> Fields | None:
    """A record whose state stands before its counters (`… sC-- 12/12/3/1/3 0/0 …`), in HTTP or TCP order of fields."""
    found = _candidates(text, masked)
    if not found:
        return None
    match = _real(text, found)
    fields: Fields = {}
    groups = [g for g in GROUP.finditer(masked[: match.start()]) if g[0].count("/") >= 2]
    timers = groups[0] if groups else None
    tail = masked[match.end() :]
    http = "\0" in tail or (timers is not None and timers[0].count("/") >= 4) or None
    state = spelled(match["state"], http if http else timers is None or timers[0].count("/") >= 4)
    assert state is not None
    if state == "--" and _BEFORE_STATE.search(masked[max(0, match.start() - 600) : match.start()]) is not None:
        state = "----"  # HAProxy's own order has four letters behind the cookies: dashes that chat joined
    if http and len(state) == 2 and match.start() == 0:
        return {}  # `--` left of `sC--` by a cut: the letters that count are gone
    fields["termination_state"] = state
    put_connections(fields, match["conns"].split("/"))
    if match["queues"]:
        put_queues(fields, match["queues"].split("/"))
    if timers is not None:
        between = masked[timers.end() : match.start()]
        alone = followed_by_bytes(between)
        tcp = len(state) == 2 or (timers[0].count("/") == 2 and not alone)  # a TCP format may log all four letters
        put_timers(fields, timers[0].split("/"), tcp=tcp, alone=alone)
        fields |= names_before(masked, timers.start())
        _after_timers(fields, between, len(state) == 4 and not tcp)
    elif len(state) == 4 and (before := _BEFORE_STATE.search(masked[max(0, match.start() - 600) : match.start()])) is not None:
        _after_timers(fields, before[0], http=True)
        fields |= names_before(masked, match.start() - len(before[0]))
    if len(state) == 4 and (request := find_request(text[match.end() :], tail)) is not None:
        fields["request"] = request
    return fields


_STATUS_BYTES = re.compile(r"[ \t|;,]{1,3}(?:-1|[1-5]\d\d)[ \t|;,]{1,3}\+?\d{1,15}(?![\w/])")


def followed_by_bytes(after: str) -> bool:
    """True where a status and the bytes stand right behind the timers."""
    return _STATUS_BYTES.match(after) is not None


def _after_timers(fields: Fields, between: str, http: bool) -> None:
    tokens = re.split(r"[ \t|;,]+", between.strip(" \t|;,"))
    if http and tokens and re.fullmatch(r"-1|\d{3}|0", tokens[0]):
        fields["status"] = int(tokens.pop(0))
    if tokens and re.fullmatch(r"\+?\d+", tokens[0]):
        put_bytes(fields, tokens[0])


def clf(text: str) -> Fields | None:
    """`option httplog clf` and `option tcplog clf`."""
    found = _CLF.search(text)
    if found is None or (state := spelled(found["state"], http=True)) is None:
        return None
    fields: Fields = {"termination_state": state, "frontend": found["fe"], "backend": found["be"], "server": found["srv"]}
    values = [found[f"t{n}"] for n in range(1, 6)]
    if found["request"].strip() == "TCP":
        fields["mode"] = "tcp"
        put_timers(fields, values[:4], tcp=True)  # Th Tw Tc Tt, then the bytes uploaded
    else:
        put_timers(fields, values, tcp=False)
        fields["status"], fields["request"] = int(found["status"]), found["request"]
    put_bytes(fields, found["bytes"])
    if found["ac"]:
        put_connections(fields, [found[k] for k in ("ac", "fc", "bc", "sc", "rc")])
    if found["sq"]:
        put_queues(fields, [found["sq"], found["bq"]])
    return fields


_STANDARD = re.compile(
    rf"(?P<head>[^\n\0\"{{}}]*? )?\[(?P<date>[^\]\s]{{11,24}})\] (?P<fe>[\w.:~-]++) (?P<be>[\w.:-]++)/(?P<srv>[\w.:<>-]++) "
    rf"(?P<tr>-?\d++)/(?P<tw>-?\d++)/(?P<tc>-?\d++)/(?P<tR>-?\d++)/(?P<asap>\+?)(?P<ta>\d++) (?P<st>-1|\d{{3}}) "
    rf"\+?(?P<b>\d++) [^ \"{{}}]++ [^ \"{{}}]++ (?P<state>{STATE}) "
    rf"(?P<ac>\d++)/(?P<fc>\d++)/(?P<bc>\d++)/(?P<sc>\d++)/(?P<rd>\+?)(?P<rc>\d++) "
    rf"(?P<sq>\d++)/(?P<bq>\d++)(?: \{{[^{{}}\"]*+\}}){{0,2}}+ "
    rf"\"(?P<request>(?:[A-Z-]++ [^\"\n]*+|<BADREQ>|))\"(?: [^\s\"{{}}]++){{0,3}}+\s*+"
)


def standard(text: str) -> Fields | None:
    """A whole line in the HTTP or HTTPS format, the common case, by one expression. None for anything else."""
    m = _STANDARD.fullmatch(text)
    if m is None:
        return None
    fields: Fields = {
        "termination_state": m["state"], "status": int(m["st"]), "mode": "http",
        "timers": {"TR": int(m["tr"]), "Tw": int(m["tw"]), "Tc": int(m["tc"]), "Tr": int(m["tR"]), "Ta": int(m["ta"])},
        "frontend": m["fe"], "backend": m["be"], "server": m["srv"], "retries": int(m["rc"]),
        "redispatched": m["rd"] == "+", "logasap": m["asap"] == "+", "bytes_read": int(m["b"]),
        "connections": {"actconn": int(m["ac"]), "feconn": int(m["fc"]), "beconn": int(m["bc"]), "srv_conn": int(m["sc"])},
        "queues": {"srv_queue": int(m["sq"]), "backend_queue": int(m["bq"])}, "request": m["request"],
        "accepted": m["date"],
    }  # fmt: skip
    return fields if len(m["state"]) == 4 else None
