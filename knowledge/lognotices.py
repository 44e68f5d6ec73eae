"""Lines that are no session's record: HAProxy's own notices, and lines that other programs wrote."""

import re
from collections.abc import Iterator
from functools import cache

from msgspec import Struct

from knowledge import prebuilt
from knowledge.loggroups import is_name
from knowledge.logrecord import GROUP, Fields


class _Message(Struct, frozen=True):
    """What is read of an entry in `messages.toml`."""

    name: str
    pattern: str
    words: tuple[str, ...]


class _Messages(Struct, frozen=True):
    message: tuple[_Message, ...]


_CONNECT = re.compile(r"Connect from \S+ to \S+ \((?P<fe>[^\s/()]+)/(?P<mode>HTTP|TCP)\)")
_OPENED = re.compile(r"(?:^|\s)(?:\S+:\d{1,5}|unix:\d+) \[[^\]\s]{11,24}\] (?P<fe>[\w.:~-]{1,200}) ")
_HANDSHAKE = re.compile(r"\[[^\]\s]{11,24}\] (?P<fe>[^\s/\[\]]{1,200})/[^\s\[\]]{1,200}: (?P<what>[A-Z][^\n]{3,300})")
_FOREIGN: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = tuple(
    (name, words, re.compile(pattern))
    for name, words, pattern in (
        ("envoy", ('Z] "',), r'\[\d{4}-\d\d-\d\dT[\d:.]+Z\] "(?:[A-Z-]+ [^"]*|-(?: [^"]*)?)" \d+ (?:-|[A-Za-z,]+) '),
        ("envoy", ("upstream_reset", "UPSTREAM_CLUSTER", "response_flags"),
         r"\bupstream_reset_before_response_started\b|\bUPSTREAM_CLUSTER\b|\"response_flags\":"),
        ("nginx", ("#",), r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[(?:emerg|alert|crit|error|warn|notice|info)\] \d+#\d+:"),
        ("nginx", ("nginx", "upstream"),
         r"\bnginx(?:\[\d+\])?: |\bupstream: \"|\"upstream_(?:addr|response_time|status)\":|upstream_response_time="),
        ("apache", ("] [",), r"\[[A-Z][a-z]{2} [A-Z][a-z]{2} +\d+ [\d:.]+ \d{4}\] \[[\w:.-]+\] \[(?:pid|client) "),
        ("traefik", ("@",), r'"[\w.-]+@(?:docker|file|kubernetes\w*|internal|consulcatalog)" "[^"]*" \d+ms'),
        ("traefik", ("RouterName", "entryPointName"), r'"(?:RouterName|entryPointName)":'),
        ("aws-alb", ("app/",),
         r"(?:^|\s)(?:https?|h2|grpcs?|wss?) \d{4}-\d\d-\d\dT[\d:.]+Z app/\S+ \S+ \S+ -?[\d.]+ -?[\d.]+ -?[\d.]+ "),
        ("aws-elb", ("Z ",), r"^\d{4}-\d\d-\d\dT[\d:.]+Z [\w-]+ [\d.]+:\d+ (?:[\d.]+:\d+|-) -?[\d.]+ -?[\d.]+ -?[\d.]+ "),
        ("squid", ("TCP_", "NONE_", "UDP_"), r"(?:^|\s)\d{9,10}\.\d{3} +\d+ \S+ (?:TCP|NONE|UDP)_[A-Z_]+/\d{3} "),
        ("caddy", ("logger",), r'"logger":"http\.(?:log|handlers)'),
        ("varnish", ("varnish",), r"\bvarnish(?:d|ncsa)(?:\[\d+\])?:"),
        ("kernel", ("kernel: ",), r"\bkernel: "),
        ("sshd", ("sshd",), r"\bsshd(?:-session)?\[\d+\]:"),
        ("keepalived", ("Keepalived",), r"\bKeepalived(?:_\w+)?\[\d+\]:"),
    )
)  # fmt: skip
"""Program, words of which its lines have one at least, and what they look like: words are looked for much faster."""

_COMBINED = re.compile(r'^\S+ \S+ \S+ \[[^\]]+\] "(?:[A-Z-]+ [^"]*|-|)" \d{3} (?:\d+|-)(?: "[^"]*" "[^"]*"| *$)')

_NOTICE = re.compile(
    r"\bServer \S+/\S+ (?:is|was) (?:UP|DOWN|going)|\bServer \S+/\S+ is (?:UP|DOWN|stopping)|\bProxy \S+ (?:started|stopped)"
    r"|\b(?:backend|proxy) '?\S+ has no server available|\bHealth check for (?:backup )?server|\[(?:WARNING|ALERT|NOTICE|DIAG)\]"
    r"|\b(?:Stopping|Pausing|Enabling) (?:frontend|backend|proxy|listen)\b|\bhas no server available!"
    r"|\bNew worker \(\d+\) forked|\bhaproxy version is\b|\bFormer worker\b|\bcurrent worker\b|\bexited with code \d+"
    r"|\breached process(?:'s)? |\bsystem (?:FD|memory) limit|\bresolvers?\b.*\bDNS\b|\badministratively READY\b"
    r"|\bSSL handshake failure\b|\bConnection (?:closed|error) during SSL handshake\b|\bTimeout during SSL handshake\b"
    r"|\bServer \S+ changed its (?:IP|FQDN)|\bpeers?\b.*\bresync|\bagent (?:check|reports)\b|\bLoading success\."
)
_NOTICE_WORDS = (
    "Server ", "Proxy ", "has no server available", "Health check for", "[WARNING]", "[ALERT]", "[NOTICE]", "[DIAG]", "Stopping ",
    "Pausing ", "Enabling ", "worker", "haproxy version is", "exited with code", "reached process", "system ", "resolver",
    "READY", "SSL handshake", "peer", "agent ", "Loading success.",
)  # fmt: skip
"""Every alternative of `_NOTICE` has one of these."""


def foreign(text: str) -> str | None:
    """Which other program's line this is, None where it is none that we know by its shape."""
    text = text[:4000]
    for name, words, pattern in _FOREIGN:
        if any(word in text for word in words) and pattern.search(text):
            return name
    return "clf" if _COMBINED.search(text) else None


def is_notice(text: str) -> bool:
    """True for one of HAProxy's own notices about servers, proxies, workers and handshakes."""
    text = text[:4000]
    return any(word in text for word in _NOTICE_WORDS) and _NOTICE.search(text) is not None


@cache
def _patterns() -> tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...]:
    """Only the messages' file is read: a line must not wait for the whole knowledge base."""
    table = prebuilt.table("messages", _Messages).message
    return tuple((f"message:{m.name}", m.words, re.compile(m.pattern)) for m in table)


def messages(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """The message entries that `text` matches, in table order: id (`message:server-down`) and where."""
    folded = text.casefold()
    for id, words, pattern in _patterns():
        for word in words:
            if word in folded:
                if (found := pattern.search(text)) is not None:
                    yield id, found
                break


def notice(text: str) -> str | None:
    """The id of the first message entry that `text` matches, None where none does."""
    return next((id for id, _ in messages(text[:4000])), None)


def stateless(masked: str) -> tuple[Fields, str] | None:
    """HAProxy's lines that never carry a state: `Connect from …` and failed handshakes. With the word for which."""
    if (found := _CONNECT.search(masked)) is not None:
        return {"frontend": found["fe"], "mode": found["mode"].lower()}, "connect"
    if (found := _HANDSHAKE.search(masked)) is not None and not GROUP.search(masked):
        return {"frontend": found["fe"]}, "handshake"
    return None


def opened(masked: str) -> Fields:
    """The frontend of a line that begins as HAProxy's do, with the client's address and the date, and has no state."""
    found = _OPENED.search(masked)
    return {"frontend": found["fe"]} if found is not None and is_name(found["fe"]) else {}
