"""HTTP: upgrades and CONNECT, and how either side ends a tunnel; interim answers, old versions, unusual but legal messages."""

from tests.lab.clients import ASK, GET, HOST, request
from tests.lab.config import http
from tests.lab.scenario import Expect, Scenario
from tests.lab.scenarios.client import HANG, SWITCHED, UPGRADE
from tests.lab.servers import head, response, serve
from tests.lab.steps import close, pause, read, read_end, read_head, read_until, reset, send, shut, tell, wait

CONNECT = b"CONNECT www.example.com:443 HTTP/1.1\r\n" + HOST.encode() + b":443\r\n\r\n"
UP = serve((read_head, send(SWITCHED), tell("up"), read_end, close))
CHUNKED = request("POST", "/", "Transfer-Encoding: chunked")

SCENARIOS = (
    Scenario(
        name="websocket-client-close",
        about="The client of a WebSocket closes, the server follows.",
        servers={"s1": UP},
        client=(send(UPGRADE), read_head, close),
        expect=Expect("----", 101, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="websocket-client-reset",
        about="The client of a WebSocket resets the connection.",
        servers={"s1": UP},
        client=(send(UPGRADE), read_head, pause(30), reset),
        expect=Expect("CD--", 101, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="websocket-server-close",
        about="The server of a WebSocket closes, the client follows.",
        servers={"s1": serve((read_head, send(SWITCHED), pause(50), close))},
        client=(send(UPGRADE), read_end, close),
        expect=Expect("----", 101, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="websocket-server-reset",
        about="The server of a WebSocket resets the connection.",
        servers={"s1": serve((read_head, send(SWITCHED), wait("up"), reset))},
        client=(send(UPGRADE), read_head, tell("up"), read_end),
        expect=Expect("SD--", 101, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="websocket-client-fin-timeout",
        about="The server of a WebSocket closes, the client never does: `timeout client-fin` plays no part.",
        config=http("timeout client-fin 200ms", "timeout tunnel 600ms"),
        servers={"s1": serve((read_head, send(SWITCHED), pause(50), close))},
        client=(send(UPGRADE), read_head),
        expect=Expect("----", 101, timers="+/+/+/+/+"),
        later={
            "2.8": Expect("cD--", 101, timers="+/+/+/+/~600"),
            "3.0": Expect("----", 101, timers="+/+/+/+/+"),
            "3.2": Expect("cD--", 101, timers="+/+/+/+/~600"),
        },
    ),
    Scenario(
        name="websocket-server-fin-timeout",
        about="The client of a WebSocket ends its side, the server never does: `timeout server-fin`, or from 2.8 on `timeout tunnel`.",
        config=http(app="timeout server-fin 200ms\ntimeout tunnel 600ms"),
        servers={"s1": serve((read_head, send(SWITCHED)))},
        client=(send(UPGRADE), read_head, pause(30), shut, read_end),
        expect=Expect("sD--", 101, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="websocket-refused",
        about="The server answers an upgrade with an ordinary 200.",
        client=(send(UPGRADE), read_end),
        expect=Expect("----", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="connect-tunnel-idle",
        about="A CONNECT tunnel falls silent: `timeout tunnel` strikes.",
        config=http(app="timeout tunnel 300ms"),
        servers={"s1": serve((read_head, send(head(200)), read_end, close))},
        client=(send(CONNECT), read_end),
        expect=Expect("cD--", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="connect-tunnel-normal",
        about="A CONNECT tunnel is used and closed by both sides.",
        servers={"s1": serve((read_head, send(head(200)), read_until(b"ping"), send(b"pong"), close))},
        client=(send(CONNECT), read_head, send(b"ping"), read_end, close),
        expect=Expect("----", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="expect-continue",
        about="The server says 100 Continue, takes the body and answers.",
        servers={"s1": serve((read_head, send(head(100)), read_until(b"x" * 10), send(response())))},
        client=(send(request("POST", "/", "Content-Length: 10", "Expect: 100-continue")), read_head, send(b"x" * 10), read_end),
        expect=Expect("----", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="early-hints",
        about="The server sends 103 Early Hints before its answer.",
        servers={"s1": serve((read_head, send(head(103, "link: </a.css>")), pause(50), send(response())))},
        client=ASK,
        expect=Expect("----", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="upload-trailers",
        about="A chunked upload with a trailer.",
        servers={"s1": serve((read_until(b"x-sum"), send(response())))},
        client=(send(CHUNKED, b"5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n"), read_end),
        expect=Expect("----", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="upload-bad-trailer",
        about="A chunked upload whose trailer is no header comes when the server has the body.",
        servers={"s1": HANG},
        client=(send(CHUNKED, b"5\r\nhello\r\n"), wait("asked"), send(b"0\r\nbad trailer\r\n\r\n"), read_end),
        expect=Expect("PH--", 400, timers="+/+/+/-1/+"),
        later={"3.2": Expect("PH--", 400, None, timers="+/+/+/-1/+")},
    ),
    Scenario(
        name="upload-chunked-abort",
        about="The client closes within a chunked upload.",
        servers={"s1": HANG},
        client=(send(CHUNKED, b"5\r\nhello\r\n"), wait("asked"), close),
        expect=Expect("CD--", -1, timers="+/+/+/-1/+"),
        later={"2.8": Expect("CH--", 400, None, timers="+/+/+/-1/+")},
    ),
    Scenario(
        name="request-http10",
        about="A request of HTTP/1.0 without keep-alive.",
        client=(send(b"GET / HTTP/1.0\r\n\r\n"), read_end),
        expect=Expect("----", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="request-without-host",
        about="An HTTP/1.1 request without a Host header.",
        client=(send(b"GET / HTTP/1.1\r\n\r\n"), read_end),
        expect=Expect("----", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="request-head",
        about="A HEAD request: the answer has a length and no body.",
        servers={"s1": serve((read_head, send(head(200, "content-length: 1000"))))},
        client=(send(request("HEAD")), read_head),
        expect=Expect("----", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="request-pipelined-garbage",
        about="Bytes that are no request follow a request at once.",
        client=(send(GET, b"\x00\x01 nonsense\r\n\r\n"), read_end),
        lines=2,
        expect=Expect("PR--", 400, timers="-1/-1/-1/-1/+"),
    ),
    Scenario(
        name="response-compressed",
        about="HAProxy compresses the answer.",
        config=http(app="compression algo gzip\ncompression type text/plain"),
        servers={"s1": serve((read_head, send(response(200, "content-type: text/plain", body=b"x" * 5000))))},
        client=(send(request("GET", "/", "Accept-Encoding: gzip")), read_end),
        expect=Expect("----", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="response-not-modified",
        about="The server answers 304.",
        servers={"s1": serve((read_head, send(head(304, "etag: a"))))},
        client=ASK,
        expect=Expect("----", 304, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="client-half-close-waiting",
        about="The client ends its sending direction after its request and waits: without `option abortonclose` it is answered.",
        config=http(app="no option abortonclose"),
        servers={"s1": serve((read_head, pause(150), send(response())))},
        client=(send(request("GET", "/", "Connection: close")), shut, read_end),
        expect=Expect("----", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="client-half-close-waiting-abortonclose",
        about="The same with `option abortonclose`: taken for an abort.",
        config=http(defaults="option abortonclose"),
        servers={"s1": serve((read_head, pause(600), send(response())))},
        client=(send(request("GET", "/", "Connection: close")), pause(50), shut, read_end),
        expect=Expect("----", 200, timers="+/+/+/+/~600"),
        later={"2.6": Expect("CH--", 400, timers="+/+/+/-1/+")},
    ),
    Scenario(
        name="client-reset-headers-abortonclose",
        about="With `option abortonclose` the client resets the connection while the server computes.",
        config=http(app="timeout server 2s", defaults="option abortonclose"),
        servers={"s1": HANG},
        client=(send(GET), wait("asked"), pause(30), reset),
        expect=Expect("sH--", 504, None, timers="+/+/+/-1/~2000"),
        later={"2.6": Expect("CD--", -1, timers="+/+/+/-1/+"), "2.8": Expect("CD--", 400, None, timers="+/+/+/-1/+")},
    ),
    Scenario(
        name="log-as-soon-as-possible",
        about="`option logasap`: the line is written with the headers, before the server breaks off the body.",
        config=http("option logasap"),
        servers={"s1": serve((read_head, send(response(length=1000)), pause(100), close))},
        client=(send(GET), read(20), read_end),
        expect=Expect("----", 200, timers="+/+/+/+/+"),
    ),
)
