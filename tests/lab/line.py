"""A log line of the lab's HAProxy, taken apart: default HTTP or TCP format, with `term_events` behind it from 3.2 on."""

import re
from typing import Literal, NamedTuple

HTTP_FORMAT = (
    "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r"
)
TCP_FORMAT = "%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq"

_COMMON = r"(?P<address>[0-9a-f.:]+):(?P<port>\d+) \[[^]]+\] (?P<frontend>\S+) (?P<backend>[^/ ]+)/(?P<server>\S+) "
_COUNTS = r" \d+/\d+/\d+/\d+/(?P<retries>\+?\d+) \d+/\d+"
_EVENTS = r"(?: (?P<events>\{[^{}]*\}|-))?$"
_LINES = {
    "http": re.compile(
        _COMMON + r"(?P<timers>[-\d]+/[-\d]+/[-\d]+/[-\d]+/\+?[-\d]+) (?P<status>-?\d+) (?P<bytes>\+?\d+) \S+ \S+ "
        rf"(?P<code>\S{{4}}){_COUNTS}(?: \{{[^}}]*\}})* \"(?P<request>.*?)\"{_EVENTS}"
    ),
    "tcp": re.compile(
        _COMMON + rf"(?P<timers>[-\d]+/[-\d]+/\+?[-\d]+) (?P<bytes>\+?\d+) (?P<code>\S\S){_COUNTS}{_EVENTS}"
    ),
}


class Line(NamedTuple):
    """One logged stream. `text` is the line without the syslog head and without the lab's own `term_events`."""

    text: str
    mode: Literal["http", "tcp"]
    code: str
    status: int | None
    timers: tuple[int, ...]
    retries: str
    server: str
    port: int
    bytes: int
    term_events: str | None


def parse(datagram: str) -> Line | None:
    """The line in a syslog datagram; None for anything else that HAProxy logs (a server going down …)."""
    text = datagram.strip().partition("]: ")[2]
    for mode in ("http", "tcp"):
        if found := _LINES[mode].match(text):
            events = found["events"]
            return Line(
                text=text[: found.start("events") - 1] if events else text,
                mode=mode,
                code=found["code"],
                status=int(found["status"]) if mode == "http" else None,
                timers=tuple(int(part) for part in found["timers"].split("/")),
                retries=found["retries"],
                server=f"{found['backend']}/{found['server']}",
                port=int(found["port"]),
                bytes=int(found["bytes"]),
                term_events=events,
            )
    return None
