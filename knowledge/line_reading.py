"""The facts of one log line in words: what its numbers add up to, most useful first, never against its state."""

import re

from knowledge import term_events
from knowledge.language import sentences
from knowledge.logrecord import BADREQ, NOSRV, LogLine
from knowledge.model import Language
from knowledge.timers import Phases, as_timeout, attempts, phases

MOST = 6
"""Facts about one line; more would hide the first ones."""

Fact = tuple[str, dict[str, object]]


def facts(line: LogLine, language: Language) -> tuple[str, ...]:
    """What this line says, as short sentences in `language`: at most six. Repeats no address, URL, cookie or header."""
    say = sentences("line").say
    found = [*_time(line, phases(line)), *_events(line, language), *_place(line), *_extra(line)]
    for key, fields in found:
        if key == "cookie":  # its letters are sentences too
            fields |= {side: say(language, str(fields[side])) for side in ("client", "server")}
    return tuple(say(language, key, **fields) for key, fields in found[:MOST])


def _n(number: int) -> str:
    return f"{number:,}"


def _time(line: LogLine, at: Phases) -> list[Fact]:
    """The timers: how far it came, and what took the time."""
    pair, t = line.pair or "", line.timers
    found: list[Fact] = []
    if _held(line):
        held = line.total if line.total is not None else t["Tw"]
        return [("tarpit_timeout", {"ms": _n(held), "timeout": timeout})] if (timeout := as_timeout(held)) else []
    if at.reached == "connect" and pair == "sQ":
        return _queue_timeout(t["Tw"])
    if at.reached is not None and at.reached != "data":
        key = {"request": "tr_minus", "queue": "tw_minus", "connect": "tc_minus", "response": "tr_resp_minus"}[at.reached]
        if at.reached == "request" and line.request != BADREQ:
            key = "tr_minus_read"
        elif at.reached == "response" and pair[:1] in ("P", "L", "I"):
            key = "tr_resp_own"
        found.append((key, {}))
    if at.connecting is not None and pair[1:] == "C":
        found += _connecting(line, pair, at.connecting)
    elif at.waiting is not None:
        found += _waiting(pair, line.status, at.waiting)
    elif at.reached == "request" and pair == "cR" and at.elapsed is not None:
        if timeout := as_timeout(at.elapsed):
            found.append(("request_timeout", {"ms": _n(at.elapsed), "timeout": timeout}))
    elif at.transfer is not None:
        found += _transfer(line, pair, at.transfer)
    if pair[:1] == "C" and at.elapsed:
        standstill = as_timeout(at.transfer) if pair == "CD" and line.mode == "http" and at.transfer else None
        found += [("client_left_body", {"ms": _n(at.transfer or 0), "timeout": standstill})] if standstill else _left(at.elapsed)
    return found


def _held(line: LogLine) -> bool:
    """Whether a tarpit held the request: only there `Tw` has a value although `TR` has none. HAProxy 2.8 logs it as `PR`."""
    return line.pair == "PT" or line.timers.get("TR", 0) == -1 < line.timers.get("Tw", -1)


def _queue_timeout(waited: int) -> list[Fact]:
    timeout = as_timeout(waited)
    return [("queue_timeout", {"ms": _n(waited), "timeout": timeout})] if timeout else [("queued", {"ms": _n(waited)})]


def _connecting(line: LogLine, pair: str, connecting: int) -> list[Fact]:
    if pair == "sC":
        found = attempts(line, connecting)
        if found is None:
            return [("connect_time", {"ms": _n(connecting)})]
        count, timeout = found
        key = "attempts_one" if count == 1 else "attempts_many"
        return [(key, {"ms": _n(connecting), "count": count, "timeout": timeout})]
    if pair == "SC" and line.has_server:
        retries = line.retries or 0
        if retries and connecting <= 1250 * retries:
            return [("refused_pauses", {"ms": _n(connecting), "count": retries + 1})]
        if not retries and connecting <= 200:
            return [("refused_fast", {"ms": _n(connecting)})]
        return [("connect_time", {"ms": _n(connecting)})]
    return []


def _waiting(pair: str, status: int | None, waiting: int) -> list[Fact]:
    if pair == "sH":
        timeout = as_timeout(waiting)
        if timeout:
            return [("server_timeout", {"ms": _n(waiting), "timeout": timeout})]
        return [("server_waited", {"ms": _n(waiting)})]
    key = {"SH": "server_died", "PH": "server_broke"}.get(pair) if status != 400 else None
    return [(key, {"ms": _n(waiting)})] if key else []


def _transfer(line: LogLine, pair: str, transfer: int) -> list[Fact]:
    if pair not in ("cD", "sD"):
        return []
    timeout = as_timeout(transfer)
    if timeout is None:
        return [("tunnel_hint", {"ms": _n(transfer)})]
    key = "server_idle" if pair == "sD" else "client_idle_tcp" if line.mode == "tcp" else "client_idle"
    return [(key, {"ms": _n(transfer), "timeout": timeout})]


def _left(elapsed: int) -> list[Fact]:
    timeout = as_timeout(elapsed) if elapsed >= 5000 else None
    return [("client_left_round", {"ms": _n(elapsed), "timeout": timeout})] if timeout else [("client_left", {"ms": _n(elapsed)})]


def _place(line: LogLine) -> list[Fact]:
    """The server, the retries, the queue, the connections."""
    pair = line.pair or ""
    found: list[Fact] = []
    if line.server == NOSRV:
        if pair[1:] == "C" or pair == "sQ":
            if pair == "SC":
                found.append(("nosrv_down", {}))
        elif pair[:1] == "L" or (pair[:1] == "P" and line.request != BADREQ):
            found.append(("nosrv_local", {}))
        elif pair[1:] == "R":
            found.append(("nosrv_early", {}))
    if line.retries:
        failed = pair[1:] == "C"
        key = ("exhausted" if failed else "retried") + ("_once" if line.retries == 1 else "")
        found.append((key, {"count": _n(line.retries)}))
        if line.redispatched:
            found.append(("redispatched", {}))
    if line.timers.get("Tw", 0) >= 10 and pair != "sQ" and not _held(line):
        key = "queued_again" if line.redispatched else "queued_tcp" if line.mode == "tcp" and pair[1:] != "Q" else "queued"
        found.append((key, {"ms": _n(line.timers["Tw"])}))
    for queue, key in (("srv_queue", "queue_server"), ("backend_queue", "queue_backend")):
        if line.queues.get(queue, 0) > 0:
            found.append((key, {"count": _n(line.queues[queue])}))
            if queue == "srv_queue" and line.connections.get("srv_conn", 0) > 1:
                found.append(("srv_full", {"count": _n(line.connections["srv_conn"])}))
    feconn = line.connections.get("feconn", 0)
    if feconn >= 500 and feconn % 500 == 0:
        found.append(("fe_full", {"count": _n(feconn)}))
    return found


def _events(line: LogLine, language: Language) -> list[Fact]:
    """Which side moved first, and what followed, where the line carries HAProxy's `term_events`."""
    if not line.term_events or (events := term_events.decode(line.term_events)) is None:
        return []
    clean = all(event.act == "own" or event.name.endswith(":eos") for event in events.sequence)
    if clean and events.sequence and line.pair in ("--", "LR") and line.mode == "http":
        return []
    from knowledge.events_answer import in_line

    return [("events", {"said": said})] if (said := in_line(events, language)) else []


def _extra(line: LogLine) -> list[Fact]:
    """Status, bytes, logasap, newer fields, cookie letters."""
    pair, failed = line.pair or "", (line.pair or "--") not in ("--", "LR")
    found: list[Fact] = []
    if line.request == BADREQ:
        found.append(("badreq", {}))
    if line.status == -1:
        found.append(("no_status_page", {"count": _n(line.bytes_read)}) if line.bytes_read else ("no_status", {}))
    if line.logasap:
        found.append(("logasap", {}))
    elif failed and line.bytes_read == 0:
        # HAProxy's own pages are not counted for a request that it could not parse, and by 3.4 not at all.
        sure = line.mode == "tcp" or line.status == -1 or pair in ("KC", "DC", "UC")
        found.append(("nothing_sent" if sure else "nothing_counted", {}))
    elif failed and line.bytes_read and pair[1:] == "D" and line.timers.get("Tr", 0) >= 0:
        found.append(("bytes_sent", {"count": _n(line.bytes_read)}))
    for name in ("fc_err", "bc_err"):
        value = getattr(line, name)
        if value and value not in ("0", "-", "none") and re.fullmatch(r"[\w-]{1,40}", value):
            found.append((name, {"value": value}))
    cookie = line.cookie
    if cookie and cookie != "--":
        found.append(("cookie", {"letters": cookie, "client": f"c3_{cookie[0]}", "server": f"c4_{cookie[1]}"}))
    return found


_SAFE = re.compile(r"[\w.:<>~-]{1,80}")


def canonical(line: LogLine) -> str:
    """The line without anything private, for buttons: `state=sC-- status=503 TR=0 … retries=3 be=app srv=s1`.

    `read_line` reads it back to the same facts. No address, date, URL, cookie value or header is in it.
    """
    parts = [f"state={line.termination_state}"] if line.termination_state else []
    if line.mode == "tcp" and line.cookie:
        parts.append("mode=tcp")  # `option tcplog clf` writes four letters
    if line.status is not None:
        parts.append(f"status={line.status}")
    plus = "+" if line.logasap else ""
    parts += [f"{name}={plus if name in ('Ta', 'Tt') else ''}{value}" for name, value in line.timers.items()]
    if line.retries is not None:
        parts.append(f"retries={'+' if line.redispatched else ''}{line.retries}")
    parts += [f"{name}={value}" for name, value in (*line.connections.items(), *line.queues.items())]
    if line.bytes_read is not None:
        parts.append(f"bytes={plus}{line.bytes_read}")
    parts += [
        f"{key}={value}"
        for key, value in (("fe", line.frontend), ("be", line.backend), ("srv", line.server))
        if value and _SAFE.fullmatch(value)
    ]
    if line.request == BADREQ:
        parts.append(f"request={BADREQ}")
    for name in ("term_events", "fc_err", "bc_err"):
        value = getattr(line, name)
        if value and re.fullmatch(r"[\w-]{1,40}|\{[\w,-]{0,80}\}", value):
            parts.append(f"{name}={value}")
    return " ".join(parts)
