"""HTTP/2 clients: rules that end a stream, connections that the client leaves; servers that speak HTTP/2."""

from tests.lab import h2
from tests.lab.clients import ASK as ASK1
from tests.lab.config import http
from tests.lab.scenario import Expect, Scenario
from tests.lab.scenarios.client import HANG
from tests.lab.scenarios.h2 import ASK, web
from tests.lab.servers import REFUSE, SILENT, Serve, response, serve
from tests.lab.steps import close, logged, pause, read, read_end, read_head, read_until, reset, send, tell, wait

GOAWAY = h2.frame(h2.GOAWAY, 0, 0, b"\x00" * 8)
OK = h2.frame(h2.HEADERS, h2.END_HEADERS, 1, b"\x88")
ANSWERED = {"2.6": Expect("SH--", 502, timers="+/+/+/-1/+")}
ASKED = read_until(b"\x01\x05\x00\x00\x00\x01")  # the head of a HEADERS frame that ends stream 1


def rst(code: int) -> bytes:
    return h2.frame(h2.RST_STREAM, 0, 1, code.to_bytes(4, "big"))


def speaks(*frames: bytes) -> Serve:
    """A server that takes a request over HTTP/2 and sends these frames."""
    return serve((send(h2.frame(h2.SETTINGS)), ASKED, send(*frames), tell("sent"), read_end))


def server_case(name: str, about: str, expect: Expect, server: Serve, **more: object) -> Scenario:
    return Scenario(
        name=f"h2-server-{name}", about=about, config=http(app="timeout server 300ms", server="proto h2"),
        servers={"s1": server}, client=ASK1, expect=expect, **more,  # type: ignore[arg-type]
    )  # fmt: skip


SCENARIOS = (
    Scenario(
        name="h2-reject",
        about="`http-request reject` on an HTTP/2 stream.",
        config=web("http-request reject"),
        client=(send(ASK), logged(1)),
        expect=Expect("PR--", -1, timers="-1/-1/-1/-1/+"),
    ),
    Scenario(
        name="h2-silent-drop",
        about="`http-request silent-drop` on an HTTP/2 stream.",
        config=web("http-request silent-drop"),
        client=(send(ASK), logged(1)),
        expect=Expect("PR--", -1, timers="-1/-1/-1/-1/+"),
    ),
    Scenario(
        name="h2-tarpit",
        about="`http-request tarpit` holds an HTTP/2 stream.",
        config=web("http-request tarpit\ntimeout tarpit 200ms"),
        client=(send(ASK), logged(1)),
        expect=Expect("PT--", 500, timers="-1/~200/-1/-1/~200"),
        later={"2.8": Expect("PR--", 500, timers="-1/~200/-1/-1/~200"), "3.0": Expect("PT--", 500, timers="-1/~200/-1/-1/~200")},
    ),
    Scenario(
        name="h2-return",
        about="`http-request return` on an HTTP/2 stream.",
        config=web("http-request return status 200 content-type text/plain string hello"),
        client=(send(ASK), logged(1)),
        expect=Expect("LR--", 200, timers="+/-1/-1/-1/+"),
    ),
    Scenario(
        name="h2-refused",
        about="The server refuses the connection of an HTTP/2 stream.",
        config=web(),
        servers={"s1": REFUSE},
        client=(send(ASK), logged(1)),
        expect=Expect("SC--", 503, timers="+/+/-1/-1/+"),
    ),
    Scenario(
        name="h2-timeout-connect",
        about="Every SYN of an HTTP/2 stream's connection is dropped.",
        config=web(app="timeout connect 200ms"),
        servers={"s1": SILENT},
        client=(send(ASK), logged(1)),
        expect=Expect("sC--", 503, None, timers="+/+/-1/-1/~200"),
    ),
    Scenario(
        name="h2-goaway-headers",
        about="The client says GOAWAY and stays while the server computes: the stream goes on.",
        config=web(app="timeout server 300ms"),
        servers={"s1": HANG},
        client=(send(ASK), wait("asked"), send(GOAWAY), logged(1)),
        expect=Expect("sH--", 504, timers="+/+/+/-1/~300"),
    ),
    Scenario(
        name="h2-close-data",
        about="The client closes the whole connection in the middle of the body.",
        config=web(app="timeout server 1s"),
        servers={"s1": serve((read_head, send(response(length=1000)), tell("sent")))},
        client=(send(ASK), wait("sent"), read(90), pause(50), close),
        expect=Expect("sD--", 200, timers="+/+/+/+/~1000"),
        later={"3.0": Expect("CD--", 200, timers="+/+/+/+/~1000"), "3.2": Expect("sD--", 200, timers="+/+/+/+/~1000")},
    ),
    Scenario(
        name="h2-reset-data",
        about="The client resets the whole connection in the middle of the body.",
        config=web(app="timeout server 1s"),
        servers={"s1": serve((read_head, send(response(length=1000)), tell("sent")))},
        client=(send(ASK), wait("sent"), read(90), pause(50), reset),
        expect=Expect("sD--", 200, timers="+/+/+/+/~1000"),
        later={"3.0": Expect("CD--", 200, timers="+/+/+/+/~1000"), "3.2": Expect("sD--", 200, timers="+/+/+/+/~1000")},
    ),
    Scenario(
        name="h2-server-timeout-data",
        about="The server stops in the middle of the body of an HTTP/2 stream.",
        config=web(app="timeout server 300ms"),
        servers={"s1": serve((read_head, send(response(length=1000))))},
        client=(send(ASK), logged(1)),
        expect=Expect("sD--", 200, timers="+/+/+/+/~300"),
        later={"3.0": Expect("CD--", 200, timers="+/+/+/+/~300"), "3.2": Expect("sD--", 200, timers="+/+/+/+/~300")},
    ),
    server_case(
        "answers", "A server that speaks HTTP/2 answers.", Expect("----", 200, timers="+/+/+/+/+"),
        speaks(OK, h2.frame(h2.DATA, h2.END_STREAM, 1, b"hello")),
    ),
    server_case(
        "refuses-stream", "The server resets the stream with REFUSED_STREAM before it answers.",
        Expect("SD--", -1, timers="+/+/+/-1/+"), speaks(rst(7)), later=ANSWERED,
    ),
    server_case(
        "resets-stream", "The server resets the stream with INTERNAL_ERROR before it answers.",
        Expect("SD--", -1, timers="+/+/+/-1/+"), speaks(rst(2)), later=ANSWERED,
    ),
    server_case(
        "cancels-data", "The server resets the stream with CANCEL in the middle of the body.",
        Expect("SD--", 200, timers="+/+/+/+/+"),
        serve((send(h2.frame(h2.SETTINGS)), ASKED, send(OK, h2.frame(h2.DATA, 0, 1, b"hello")), pause(50), send(rst(8)), read_end)),
    ),
    server_case(
        "goaway", "The server says GOAWAY without having taken the stream, and closes.",
        Expect("SH--", 502, timers="+/+/+/-1/+"),
        serve((send(h2.frame(h2.SETTINGS)), ASKED, send(GOAWAY), pause(20), close)),
    ),
    server_case(
        "silent", "A server that speaks HTTP/2 takes the request and never answers.",
        Expect("sH--", 504, timers="+/+/+/-1/~300"), speaks(),
    ),
    server_case(
        "not-spoken", "The server line says `proto h2`, the server answers in HTTP/1.",
        Expect("SC--", 503, timers="+/+/-1/-1/+"), later={"3.2": Expect("SH--", 502, timers="+/+/+/-1/+")}, 
        server=serve((read_until(b"PRI"), send(response()), read_end)),
    ),
    server_case(
        "broken-frame", "The server sends a frame that is too large.",
        Expect("SD--", -1, timers="+/+/+/-1/+"), later=ANSWERED, server=speaks(b"\xff\xff\xff\x00\x00\x00\x00\x00\x01"),
    ),
)
