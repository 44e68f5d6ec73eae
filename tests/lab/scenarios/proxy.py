"""HTTP: HAProxy itself refuses what it was sent, or has nothing left to work with."""

from tests.lab.clients import ASK, CLOSE, GET, HOST, request
from tests.lab.config import http
from tests.lab.scenario import Expect, Scenario
from tests.lab.scenarios.client import HANG
from tests.lab.steps import Script, fill_descriptors, read_end, send, tell, wait

# HAProxy opens its log socket with the first line, so one request goes ahead of those that find no descriptor left.
WARM: Script = (send(CLOSE), read_end, tell("warm"))

SCENARIOS = (
    Scenario(
        name="request-garbage",
        about="What comes is no HTTP at all.",
        client=(send(b"\x00\x01\x02 nonsense\r\n\r\n"), read_end),
        expect=Expect("PR--", 400, timers="-1/-1/-1/-1/+"),
    ),
    Scenario(
        name="request-tls-on-plain-port",
        about="A TLS ClientHello comes in on a plain HTTP port.",
        client=(send(b"\x16\x03\x01\x00\x20\x01\x00\x00\x1c\x03\x03" + b"\x55" * 32), read_end),
        expect=Expect("PR--", 400, timers="-1/-1/-1/-1/+"),
    ),
    Scenario(
        name="request-bad-header",
        about="A header name with a space in it.",
        client=(send(request("GET", "/", "Bad Name: x")), read_end),
        expect=Expect("PR--", 400, timers="-1/-1/-1/-1/+"),
    ),
    Scenario(
        name="request-header-without-colon",
        about="A header line without a colon.",
        client=(send(request("GET", "/", "nonsense")), read_end),
        expect=Expect("PR--", 400, timers="-1/-1/-1/-1/+"),
    ),
    Scenario(
        name="request-bad-path",
        about="A path with a byte that must not be there.",
        client=(send(b"GET /\xe9t\xe9 HTTP/1.1\r\n" + HOST.encode() + b"\r\n\r\n"), read_end),
        expect=Expect("PR--", 400, timers="-1/-1/-1/-1/+"),
    ),
    Scenario(
        name="request-two-lengths",
        about="Two Content-Length headers that differ.",
        client=(send(request("POST", "/", "Content-Length: 5", "Content-Length: 6", body=b"hello")), read_end),
        expect=Expect("PR--", 400, timers="-1/-1/-1/-1/+"),
        later={"3.2": Expect("PR--", 400, None, timers="-1/-1/-1/-1/+")},
    ),
    Scenario(
        name="request-bad-transfer-encoding",
        about="A Transfer-Encoding whose last coding is not chunked.",
        client=(send(request("POST", "/", "Transfer-Encoding: chunked, gzip")), read_end),
        expect=Expect("PR--", 400, timers="-1/-1/-1/-1/+"),
    ),
    Scenario(
        name="request-host-mismatch",
        about="An absolute request target whose authority is not the Host header's.",
        client=(send(request("GET", "http://other.example.com/")), read_end),
        expect=Expect("PR--", 400, timers="-1/-1/-1/-1/+"),
    ),
    Scenario(
        name="request-http-version",
        about="A request of HTTP version 3.0 in HTTP/1 text.",
        client=(send(b"GET / HTTP/3.0\r\n" + HOST.encode() + b"\r\n\r\n"), read_end),
        expect=Expect("----", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="request-headers-too-large",
        about="A request head that does not fit into `tune.bufsize` less `tune.maxrewrite`.",
        client=(send(request("GET", "/", "X-Large: " + "x" * 20000)), read_end),
        expect=Expect("PR--", 400, timers="-1/-1/-1/-1/+"),
        later={"3.2": Expect("PR--", 431, timers="-1/-1/-1/-1/+")},
    ),
    Scenario(
        name="request-too-many-headers",
        about="More headers than `tune.http.maxhdr` (101) allows.",
        client=(send(request("GET", "/", *(f"X-{n}: 1" for n in range(150)))), read_end),
        expect=Expect("PR--", 400, timers="-1/-1/-1/-1/+"),
    ),
    Scenario(
        name="request-websocket-without-key",
        about="A WebSocket handshake without its key.",
        client=(send(request("GET", "/ws", "Connection: Upgrade", "Upgrade: websocket")), read_end),
        expect=Expect("----", 200, timers="+/+/+/+/+"),
        later={"2.6": Expect("PR--", 400, timers="-1/-1/-1/-1/+")},
    ),
    Scenario(
        name="request-errorfile",
        about="An error file for 400 that holds another status: the log has the one, the client gets the other.",
        config=http("errorfile 400 @files/error.http"),
        files={"error.http": b"HTTP/1.0 418 Teapot\r\ncontent-length: 0\r\n\r\n"},
        client=(send(b"\x00\x01\x02 nonsense\r\n\r\n"), read_end),
        expect=Expect("PR--", 400, 418, timers="-1/-1/-1/-1/+"),
        later={
            "2.6": Expect("PR--", 400, timers="-1/-1/-1/-1/+"),
            "3.2": Expect("PR--", 400, 418, timers="-1/-1/-1/-1/+"),
        },
    ),
    Scenario(
        name="server-errorfile",
        about="An error file for 503 that holds a 200: the client sees no error, the log does.",
        config=http(app="errorfile 503 @files/error.http", server="disabled"),
        files={"error.http": b"HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\nsorry"},
        client=ASK,
        expect=Expect("SC--", 503, 200, timers="+/-1/-1/-1/+"),
    ),
    Scenario(
        name="server-errorloc",
        about="`errorloc302 503` sends the client elsewhere: it sees a 302.",
        config=http(app="errorloc302 503 http://sorry.example.com/", server="disabled"),
        client=ASK,
        expect=Expect("SC--", 503, 302, timers="+/-1/-1/-1/+"),
    ),
    Scenario(
        name="resource-source-ports",
        about="The server's `source` range has one port, which another connection holds.",
        config=http(server="source 127.0.0.9:21001-21001"),
        servers={"s1": HANG},
        others=((send(GET),),),
        client=(wait("asked"), send(GET), read_end),
        expect=Expect("SC--", 503, timers="+/+/-1/-1/+"),
    ),
    Scenario(
        name="resource-descriptors",
        about="The process runs out of file descriptors (`ulimit-n`) as it opens the connection to the server.",
        padding=(60, 600),
        limited=True,
        others=(WARM,),
        after="warm",
        client=(fill_descriptors(60, left=0), send(GET), read_end),
        expect=Expect("SC--", 503, timers="+/+/-1/-1/+"),
    ),
    Scenario(
        name="proxy-socket-limit",
        about="The next file descriptor's number is past the process's socket limit (`maxsock`).",
        padding=(60, 600),
        others=(WARM,),
        after="warm",
        client=(fill_descriptors(60, left=0), send(GET), read_end),
        expect=Expect("SC--", 503, timers="+/+/-1/-1/+"),
    ),
)
