"""HTTP/2 clients: resets of one stream, stalled windows, broken frames."""

from tests.lab import h2
from tests.lab.clients import request
from tests.lab.config import http
from tests.lab.scenario import NO_LINE, Expect, Scenario
from tests.lab.scenarios.client import HANG, WAITING
from tests.lab.servers import SILENT, head, response, serve
from tests.lab.steps import close, flood, logged, pause, read, read_end, read_head, read_until, send, tell, until, wait


def web(rules: str = "", app: str = "", **more: str) -> str:
    return http(rules, app, **more).replace("bind :80", "bind :80 proto h2")


ASK = h2.start() + h2.request()
UPLOAD = h2.start() + h2.request("POST", "/", {"content-length": "1000"}, body=True) + h2.frame(h2.DATA, 0, 1, b"x" * 100)
CANCEL = h2.frame(h2.RST_STREAM, 0, 1, h2.CANCEL)

SCENARIOS = (
    Scenario(
        name="h2-normal",
        about="A request is answered.",
        config=web(),
        client=(send(ASK), read_end),
        expect=Expect("----", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="h2-cancel-headers",
        about="The client resets the stream while the server computes.",
        config=web(defaults="no option abortonclose"),
        servers={"s1": HANG},
        client=(send(ASK), wait("asked"), send(CANCEL), logged(1)),
        expect=Expect("sH--", 504, None, timers="+/+/+/-1/+"),
        later={"2.6": Expect("CD--", -1, timers="+/+/+/-1/+"), "2.8": Expect("CD--", 400, None, timers="+/+/+/-1/+")},
    ),
    Scenario(
        name="h2-cancel-connect",
        about="The client resets the stream while HAProxy waits for the server's SYN-ACK.",
        config=web(app="timeout connect 2s", defaults="no option abortonclose"),
        servers={"s1": SILENT},
        client=(send(ASK), WAITING, send(CANCEL), logged(1)),
        expect=Expect("sC--", 503, None, timers="+/+/-1/-1/~2000"),
        later={"2.6": Expect("CC--", -1, timers="+/+/-1/-1/+")},
    ),
    Scenario(
        name="h2-cancel-queue",
        about="The client resets the stream while it is queued.",
        config=web(app="timeout queue 2s", server="maxconn 1", defaults="no option abortonclose"),
        servers={"s1": HANG},
        others=((send(ASK),),),
        client=(wait("asked"), send(ASK), until("show stat", r"(?m)^app,BACKEND,1,"), send(CANCEL), logged(1)),
        expect=Expect("sQ--", 503, None, timers="+/~2000/-1/-1/~2000"),
        later={"2.6": Expect("CQ--", -1, timers="+/+/-1/-1/+")},
    ),
    Scenario(
        name="h2-cancel-data",
        about="The client resets the stream in the middle of the body.",
        config=web(app="timeout server 1s"),
        servers={"s1": serve((read_head, send(response(length=1000)), tell("sent")))},
        client=(send(ASK), wait("sent"), read(90), pause(50), send(CANCEL), logged(1)),
        expect=Expect("sD--", 200, timers="+/+/+/+/~1000"),
        later={"3.0": Expect("CD--", 200, timers="+/+/+/+/~1000"), "3.2": Expect("sD--", 200, timers="+/+/+/+/~1000")},
    ),
    Scenario(
        name="h2-close-headers",
        about="The client closes the whole connection while the server computes.",
        config=web(defaults="no option abortonclose"),
        servers={"s1": HANG},
        client=(send(ASK), wait("asked"), close),
        expect=Expect("CD--", -1, timers="+/+/+/-1/+"),
        later={"2.8": Expect("CD--", 400, None, timers="+/+/+/-1/+")},
    ),
    Scenario(
        name="h2-timeout-data",
        about="The client's window stays shut: `timeout client` strikes.",
        config=web("timeout client 300ms"),
        servers={"s1": serve((read_head, send(head(200, "content-length: 900000000")), flood))},
        client=(send(ASK), read_end),
        expect=Expect("CD--", 200, timers="+/+/+/+/~300"),
        later={"2.6": Expect("cD--", 200, timers="+/+/+/+/~300")},
    ),
    Scenario(
        name="h2-timeout-last-data",
        about="The server has finished, the client's window stays shut.",
        config=web("timeout client 300ms"),
        servers={"s1": serve((read_head, send(response(body=b"x" * 5000))))},
        client=(send(h2.start(window=100) + h2.request()), read_end),
        expect=Expect("cL--", 200, timers="+/+/+/+/~300"),
    ),
    Scenario(
        name="h2-cancel-last-data",
        about="The server has finished, the client resets the stream before it took the rest.",
        config=web("timeout client 1s"),
        servers={"s1": serve((read_head, send(response(body=b"x" * 5000))))},
        client=(send(h2.start(window=100) + h2.request()), read(190), pause(100), send(CANCEL), logged(1)),
        expect=Expect("cL--", 200, timers="+/+/+/+/~1000"),
    ),
    Scenario(
        name="h2-upload-stalled",
        about="The upload stops half-way: `timeout client` is the shorter one.",
        config=web("timeout client 400ms", "timeout server 1s"),
        servers={"s1": HANG},
        client=(send(UPLOAD), read_end),
        expect=Expect("sH--", 504, timers="+/+/+/-1/~1000"),
        later={"2.8": Expect("cH--", 400, timers="+/+/+/-1/~400")},
    ),
    Scenario(
        name="h2-upload-cancel",
        about="The client resets the stream half-way through its upload.",
        config=web(),
        servers={"s1": HANG},
        client=(send(UPLOAD), wait("asked"), send(CANCEL), logged(1)),
        expect=Expect("CD--", -1, timers="+/+/+/-1/+"),
        later={"2.8": Expect("CH--", 400, None, timers="+/+/+/-1/+")},
    ),
    Scenario(
        name="h2-upload-too-long",
        about="The upload brings more bytes than its content-length said.",
        config=web(),
        servers={"s1": HANG},
        client=(send(UPLOAD), wait("asked"), send(h2.frame(h2.DATA, 1, 1, b"x" * 2000)), read_end),
        expect=Expect("CD--", -1, timers="+/+/+/-1/+"),
        later={"2.8": Expect("CH--", 400, None, timers="+/+/+/-1/+")},
    ),
    Scenario(
        name="h2-server-abort-headers",
        about="The server closes without an answer.",
        config=web(),
        servers={"s1": serve((read_head, close))},
        client=(send(ASK), read_until(b"\x03", 3), pause(100)),
        expect=Expect(NO_LINE),
        later={"2.8": Expect("SH--", 502, timers="+/+/+/-1/+")},
    ),
    Scenario(
        name="h2-server-abort-data",
        about="The server closes before the promised length is reached.",
        config=web(),
        servers={"s1": serve((read_head, send(response(length=100)), wait("got"), close))},
        client=(send(ASK), read_until(b"hello"), tell("got"), logged(1)),
        expect=Expect("SD--", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="h2-server-timeout-headers",
        about="The server takes the request and never answers.",
        config=web(app="timeout server 200ms"),
        servers={"s1": HANG},
        client=(send(ASK), logged(1)),
        expect=Expect("sH--", 504, timers="+/+/+/-1/~200"),
    ),
    Scenario(
        name="h2-deny",
        about="`http-request deny`.",
        config=web("http-request deny"),
        client=(send(ASK), logged(1)),
        expect=Expect("PR--", 403, timers="+/-1/-1/-1/+"),
    ),
    Scenario(
        name="h2-tarpit-cancel",
        about="The client resets its tarpitted stream.",
        config=web("http-request tarpit\ntimeout tarpit 600ms", defaults="no option abortonclose"),
        client=(send(ASK), until("show sess", "fe=web"), send(CANCEL), logged(1)),
        expect=Expect("PT--", 500, None, timers="-1/+/-1/-1/+"),
        later={"2.8": Expect("PR--", 500, None, timers="-1/+/-1/-1/+"), "3.0": Expect("PT--", 500, None, timers="-1/+/-1/-1/+")},
    ),
    Scenario(
        name="h2-bad-path",
        about="A request without a `:path`.",
        config=web(),
        client=(send(h2.start() + h2.request("GET", "")), read_end),
        expect=Expect(NO_LINE),
        later={"2.6": Expect("PR--", 0, timers="-1/-1/-1/-1/+")},
    ),
    Scenario(
        name="h2-on-h1-port",
        about="An HTTP/1 request on an HTTP/2 port.",
        config=web(),
        client=(send(request()), read_end),
        since="2.6",
        expect=Expect("PR--", 0, timers="-1/-1/-1/-1/+"),
    ),
    Scenario(
        name="h2-nothing",
        about="The client connects and sends nothing: `timeout client` strikes.",
        config=web("timeout client 200ms"),
        client=(read_end,),
        expect=Expect(NO_LINE),
    ),
    Scenario(
        name="h2-idle",
        about="An idle connection runs into `timeout http-keep-alive`: nothing more is logged.",
        config=web("timeout http-keep-alive 200ms\ntimeout client 200ms"),
        client=(send(ASK), read_end),
        quiet=True,
        expect=Expect("----", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="h2-half-request",
        about="HEADERS without END_HEADERS, and then nothing.",
        config=web("timeout client 200ms\ntimeout http-request 200ms"),
        client=(send(h2.start() + h2.frame(h2.HEADERS, 0, 1, b"\x82")), read_end),
        expect=Expect(NO_LINE),
    ),
)
