"""HTTP: HAProxy refuses what the server answers."""

from tests.lab.clients import ASK, GET
from tests.lab.config import http
from tests.lab.scenario import Expect, Scenario
from tests.lab.scenarios.client import UPGRADE
from tests.lab.servers import Serve, head, response, serve
from tests.lab.steps import close, read_end, read_head, read_until, send, tell, wait


def raw(*parts: bytes) -> Serve:
    """A server that answers with exactly these bytes and closes."""
    return serve((read_head, send(*parts), close))


SCENARIOS = (
    Scenario(
        name="response-garbage",
        about="The server's answer is no HTTP.",
        servers={"s1": raw(b"\x00\x01 nonsense\r\n\r\n")},
        client=ASK,
        expect=Expect("PH--", 502, timers="+/+/+/-1/+"),
    ),
    Scenario(
        name="response-bad-header",
        about="The server's answer has a header name with a space in it.",
        servers={"s1": raw(response(200, "Bad Name: x"))},
        client=ASK,
        expect=Expect("PH--", 502, timers="+/+/+/-1/+"),
    ),
    Scenario(
        name="response-nul-in-header",
        about="A header value of the server's answer has a NUL byte.",
        servers={"s1": raw(head(200, "X-A: a\x00b", "content-length: 0"))},
        client=ASK,
        expect=Expect("----", 200, timers="+/+/+/+/+"),
        later={"2.8": Expect("PH--", 502, timers="+/+/+/-1/+")},
    ),
    Scenario(
        name="response-two-lengths",
        about="The server's answer has two lengths that differ.",
        servers={"s1": raw(head(200, "content-length: 5", "content-length: 6"), b"hello")},
        client=ASK,
        expect=Expect("PH--", 502, timers="+/+/+/-1/+"),
    ),
    Scenario(
        name="response-transfer-encoding-twice",
        about="The server's answer says `Transfer-Encoding: chunked` twice.",
        servers={"s1": raw(head(200, "transfer-encoding: chunked", "transfer-encoding: chunked"), b"0\r\n\r\n")},
        client=ASK,
        expect=Expect("----", 200, timers="+/+/+/+/+"),
        later={"2.6": Expect("PH--", 502, timers="+/+/+/-1/+")},
    ),
    Scenario(
        name="response-headers-too-large",
        about="The server's response head does not fit into a buffer.",
        servers={"s1": raw(response(200, "X-Large: " + "x" * 20000))},
        client=ASK,
        expect=Expect("PH--", 502, timers="+/+/+/-1/+"),
    ),
    Scenario(
        name="response-too-many-headers",
        about="The server's answer has more headers than `tune.http.maxhdr` allows.",
        servers={"s1": raw(response(200, *(f"X-{n}: 1" for n in range(150))))},
        client=ASK,
        expect=Expect("PH--", 502, timers="+/+/+/-1/+"),
    ),
    Scenario(
        name="response-http09",
        about="The server answers with a bare body, without a status line.",
        servers={"s1": raw(b"<html>hello</html>")},
        client=ASK,
        expect=Expect("PH--", 502, timers="+/+/+/-1/+"),
    ),
    Scenario(
        name="response-unasked-switch",
        about="The server answers 101 to a request that asked for no upgrade.",
        servers={"s1": raw(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")},
        client=ASK,
        expect=Expect("----", 101, timers="+/+/+/+/+"),
        later={"2.6": Expect("PH--", 502, timers="+/+/+/-1/+")},
    ),
    Scenario(
        name="response-websocket-bad-accept",
        about="The server accepts a WebSocket without the right Sec-WebSocket-Accept.",
        servers={"s1": serve((read_head, send(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")))},
        config=http(app="timeout tunnel 300ms"),
        client=(send(UPGRADE), read_end),
        expect=Expect("cD--", 101, timers="+/+/+/+/~300"),
        later={"2.6": Expect("PH--", 502, timers="+/+/+/-1/+")},
    ),
    Scenario(
        name="response-bad-chunk",
        about="The server's body has a chunk size that is no number, in one packet with the head.",
        servers={"s1": raw(head(200, "transfer-encoding: chunked"), b"zz\r\n")},
        client=ASK,
        expect=Expect("PH--", 502, timers="+/+/+/-1/+"),
    ),
    Scenario(
        name="response-bad-chunk-later",
        about="A chunk size that is no number comes when the client already has the head.",
        servers={"s1": serve((read_head, send(head(200, "transfer-encoding: chunked"), b"5\r\nhello\r\n"), wait("got"), send(b"zz\r\n")))},
        client=(send(GET), read_until(b"hello"), tell("got"), read_end),
        expect=Expect("SD--", 200, timers="+/+/+/+/+"),
        later={"2.8": Expect("PD--", 200, timers="+/+/+/+/+")},
    ),
    Scenario(
        name="response-chunk-too-large",
        about="The server announces a chunk larger than HAProxy takes.",
        servers={"s1": serve((read_head, send(head(200, "transfer-encoding: chunked"), b"5\r\nhello\r\n"), wait("got"), send(b"fffffffffffffffff\r\n")))},
        client=(send(GET), read_until(b"hello"), tell("got"), read_end),
        expect=Expect("SD--", 200, timers="+/+/+/+/+"),
        later={"2.8": Expect("PD--", 200, timers="+/+/+/+/+")},
    ),
    Scenario(
        name="response-check-cache",
        about="`option checkcache` finds a cookie in a cacheable answer.",
        config=http(app="option checkcache"),
        servers={"s1": raw(response(200, "Cache-Control: public, max-age=60", "Set-Cookie: sid=1"))},
        client=ASK,
        expect=Expect("PH--", 200, timers="+/+/+/-1/+"),
        later={"2.8": Expect("PH--", 200, timers="+/+/+/+/+"), "3.2": Expect("PH--", 502, timers="+/+/+/+/+")},
    ),
)
