"""HTTP: servers that speak FastCGI (`use-fcgi-app`)."""

import struct
from collections.abc import Mapping

from tests.lab.clients import ASK
from tests.lab.config import http
from tests.lab.scenario import Expect, Scenario
from tests.lab.servers import Serve, serve
from tests.lab.steps import close, pause, read, read_end, reset, send

STDOUT, END_REQUEST = 6, 3
HEAD = b"Status: 200 OK\r\nContent-Type: text/plain\r\n\r\n"


def record(kind: int, content: bytes) -> bytes:
    return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content


END = record(STDOUT, b"") + record(END_REQUEST, b"\x00" * 8)


def case(name: str, about: str, expect: Expect, server: Serve, later: Mapping[str, Expect] | None = None, since: str = "2.2") -> Scenario:
    config = http(
        app="use-fcgi-app lab\ntimeout server 300ms", server="proto fcgi", more="fcgi-app lab\n    docroot /srv\n    index index.php\n"
    )
    return Scenario(
        name=f"fastcgi-{name}", about=about, config=config, servers={"s1": server}, client=ASK, expect=expect,
        later=later or {}, since=since,
    )  # fmt: skip


SCENARIOS = (
    case("answers", "The application answers.", Expect("----", 200, timers="+/+/+/+/+"),
         serve((read(16), send(record(STDOUT, HEAD + b"hello"), END), read_end))),
    case("silent", "The application never answers.", Expect("sH--", 504, timers="+/+/+/-1/~300"), serve((read(16), read_end))),
    case("closes", "The application closes without an answer.", Expect("SH--", 502, timers="+/+/+/-1/+"), serve((read(16), pause(20), close))),
    case("ends-empty", "The application ends the request without an answer.", Expect("sH--", 504, timers="+/+/+/-1/~300"),
         serve((read(16), pause(20), send(END), read_end)), {"3.2": Expect("SH--", 502, timers="+/+/+/-1/+")}),
    case("resets-data", "The application resets the connection in the middle of the body.", Expect("SD--", 200, timers="+/+/+/+/+"),
         serve((read(16), send(record(STDOUT, HEAD + b"hello")), pause(50), reset))),
    case("closes-data", "The application closes in the middle of the body.", Expect("SD--", 200, timers="+/+/+/+/+"),
         serve((read(16), send(record(STDOUT, HEAD + b"hello")), pause(50), close))),
    case("stalls-data", "The application stops in the middle of the body.", Expect("sD--", 200, timers="+/+/+/+/~300"),
         serve((read(16), send(record(STDOUT, HEAD + b"hello")), read_end)),
         {"3.0": Expect("CD--", 200, timers="+/+/+/+/~300"), "3.2": Expect("sD--", 200, timers="+/+/+/+/~300")}),
    case("bad-head", "The application's answer has a line that is no header.", Expect("PH--", 502, timers="+/+/+/-1/+"),
         serve((read(16), send(record(STDOUT, b"Status: 200 OK\r\nno header\r\n\r\nhello"), END), read_end)), since="2.6"),
    case("garbage", "What comes from the application is no FastCGI.", Expect("sH--", 504, timers="+/+/+/-1/~300"),
         serve((read(16), send(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"), read_end))),
)
