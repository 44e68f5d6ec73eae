"""HTTP: the client goes, or keeps silent, in each phase of a request."""

from tests.lab.clients import ASK, CLOSE, GET, request
from tests.lab.config import http
from tests.lab.scenario import Expect, Scenario
from tests.lab.servers import SILENT, head, response, serve
from tests.lab.steps import (
    close,
    flood,
    logged,
    pause,
    read,
    read_end,
    read_head,
    reset,
    send,
    tell,
    until,
    wait,
)

KEY = "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw=="
UPGRADE = request("GET", "/ws", "Connection: Upgrade", "Upgrade: websocket", KEY, "Sec-WebSocket-Version: 13")
SWITCHED = (
    b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk=\r\n\r\n"
)
HANG = serve((read_head, tell("asked")))
WAITING = until("show sess", r"fe=web .*be=app")
PART = serve((read_head, send(response(body=b"x" * 1000, length=2000)), tell("sent")))
SLOW = serve((read_head, tell("asked"), wait("answer"), send(response())))

SCENARIOS = (
    Scenario(
        name="normal",
        about="A request is answered.",
        client=ASK,
        expect=Expect("----", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="normal-status-500",
        about="The server itself answers 500: a normal end.",
        client=ASK,
        servers={"s1": serve((read_head, send(response(500))))},
        expect=Expect("----", 500, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="client-abort-connect",
        about="With `option abortonclose` the client closes while HAProxy waits for the server's SYN-ACK.",
        config=http(app="timeout connect 2s", defaults="option abortonclose"),
        servers={"s1": SILENT},
        client=(send(GET), WAITING, close),
        expect=Expect("sC--", 503, None, timers="+/+/-1/-1/~2000"),
        later={"2.6": Expect("CC--", -1, timers="+/+/-1/-1/+")},
    ),
    Scenario(
        name="client-abort-connect-without-abortonclose",
        about="The client closes while HAProxy waits for the server's SYN-ACK: without `option abortonclose` it waits on.",
        config=http(app="no option abortonclose\ntimeout connect 600ms"),
        servers={"s1": SILENT},
        client=(send(GET), WAITING, close),
        expect=Expect("sC--", 503, None, timers="+/+/-1/-1/~600"),
    ),
    Scenario(
        name="client-reset-connect-without-abortonclose",
        about="The same, but the client resets the connection.",
        config=http(app="no option abortonclose\ntimeout connect 600ms"),
        servers={"s1": SILENT},
        client=(send(GET), WAITING, reset),
        expect=Expect("sC--", 503, None, timers="+/+/-1/-1/~600"),
        later={"3.4": Expect("CC--", -1, instead=Expect("sC--", 503, None, timers="+/+/-1/-1/~600"))},
    ),
    Scenario(
        name="client-abort-queue",
        about="With `option abortonclose` the client closes while it is queued for a busy server.",
        config=http(app="timeout queue 2s", defaults="option abortonclose", server="maxconn 1"),
        servers={"s1": HANG},
        others=((send(GET),),),
        client=(wait("asked"), send(GET), until("show stat", "web,FRONTEND"), WAITING, pause(100), close),
        expect=Expect("sQ--", 503, None, timers="+/~2000/-1/-1/~2000"),
        later={"2.6": Expect("CQ--", -1, timers="+/+/-1/-1/+")},
    ),
    Scenario(
        name="client-abort-queue-without-abortonclose",
        about="Without it, a queued request of a client that has gone waits until `timeout queue` strikes.",
        config=http(app="no option abortonclose\ntimeout queue 400ms", server="maxconn 1"),
        servers={"s1": HANG},
        others=((send(GET),),),
        client=(wait("asked"), send(GET), WAITING, pause(100), close),
        expect=Expect("sQ--", 503, None, timers="+/~400/-1/-1/~400"),
    ),
    Scenario(
        name="client-abort-headers",
        about="With `option abortonclose` the client closes while the server computes.",
        config=http(app="timeout server 2s", defaults="option abortonclose"),
        servers={"s1": HANG},
        client=(send(GET), wait("asked"), close),
        expect=Expect("sH--", 504, None, timers="+/+/+/-1/~2000"),
        later={"2.6": Expect("CH--", 400, None, timers="+/+/+/-1/+")},
    ),
    Scenario(
        name="client-abort-headers-without-abortonclose",
        about="The client closes while the server computes: without `option abortonclose` the answer is awaited.",
        config=http(app="no option abortonclose"),
        servers={"s1": SLOW},
        client=(send(GET), wait("asked"), close, pause(100), tell("answer")),
        expect=Expect("----", 200, None, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="client-reset-headers-without-abortonclose",
        about="The same, but the client resets the connection.",
        config=http(app="no option abortonclose"),
        servers={"s1": SLOW},
        client=(send(GET), wait("asked"), reset, pause(100), tell("answer")),
        expect=Expect("CD--", 200, None, timers="+/+/+/+/+"),
        later={"3.4": Expect("CD--", 400, None, instead=Expect("CD--", 200, None, timers="+/+/+/+/+"))},
    ),
    Scenario(
        name="client-timeout-headers",
        about="`timeout client` is shorter than the server's computing: does it strike after a complete request?",
        config=http("timeout client 200ms", "timeout server 400ms"),
        servers={"s1": HANG},
        client=(send(GET), read_end),
        expect=Expect("sH--", 504, timers="+/+/+/-1/~400"),
    ),
    Scenario(
        name="client-abort-data",
        about="The client closes in the middle of the response's body.",
        servers={"s1": serve((read_head, send(response(body=b"x" * 1000, length=2000)), tell("sent"), wait("gone"), send(b"x" * 1000)))},
        client=(send(GET), read(1000), close, pause(100), tell("gone")),
        expect=Expect("----", 200, timers="+/+/+/+/+"),
        later={"3.4": Expect("CD--", 200, timers="+/+/+/+/+")},
    ),
    Scenario(
        name="client-reset-data",
        about="The client resets the connection in the middle of the response's body, and the server stalls.",
        config=http(app="timeout server 1s"),
        servers={"s1": PART},
        client=(send(GET), wait("sent"), read(1000), reset),
        expect=Expect("sD--", 200, timers="+/+/+/+/~1000"),
        later={
            "3.0": Expect("CD--", 200, timers="+/+/+/+/~1000"),
            "3.2": Expect("sD--", 200, timers="+/+/+/+/~1000"),
            "3.4": Expect("CD--", 200, timers="+/+/+/+/+"),
        },
    ),
    Scenario(
        name="client-abort-data-abortonclose",
        about="With `option abortonclose` a closing client ends the transfer at once.",
        config=http(app="timeout server 2s", defaults="option abortonclose"),
        servers={"s1": PART},
        client=(send(GET), wait("sent"), read(1000), close),
        expect=Expect("sD--", 200, timers="+/+/+/+/~2000"),
        later={"2.6": Expect("CD--", 200, timers="+/+/+/+/+")},
    ),
    Scenario(
        name="client-abort-flood",
        about="The client closes while a large response streams.",
        servers={"s1": serve((read_head, send(head(200, "content-length: 900000000")), flood))},
        client=(send(GET), read(100000), close),
        expect=Expect("CD--", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="client-timeout-data",
        about="The client stops reading a large response: `timeout client` strikes.",
        config=http("timeout client 300ms"),
        servers={"s1": serve((read_head, send(head(200, "content-length: 900000000")), flood))},
        client_buffer=8192,
        client=(send(GET), read(1000), logged(1)),
        expect=Expect("cD--", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="client-timeout-last-data",
        about="The server has finished, the client does not take the rest: `timeout client` strikes.",
        config=http("timeout client 300ms", process="tune.sndbuf.client 4608\ntune.bufsize 65536"),
        servers={"s1": serve((read_head, send(response(200, "connection: close", body=b"x" * 50000)), close))},
        client_buffer=2304,
        client=(send(CLOSE), read(1), logged(1)),
        expect=Expect("----", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="client-abort-last-data",
        about="The server has finished, the client resets before it took the rest.",
        config=http(process="tune.sndbuf.client 4608\ntune.bufsize 65536"),
        servers={"s1": serve((read_head, send(response(200, "connection: close", body=b"x" * 50000)), close))},
        client_buffer=2304,
        client=(send(CLOSE), read(1), pause(150), reset),
        expect=Expect("----", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="client-timeout-tunnel",
        about="A WebSocket falls silent: `timeout tunnel` strikes.",
        config=http(app="timeout tunnel 300ms"),
        servers={"s1": serve((read_head, send(SWITCHED)))},
        client=(send(UPGRADE), read_end),
        expect=Expect("cD--", 101, timers="+/+/+/+/~300"),
    ),
    Scenario(
        name="client-timeout-websocket",
        about="A WebSocket falls silent and there is no `timeout tunnel`: `timeout client` strikes first.",
        config=http("timeout client 300ms", "timeout server 2s"),
        servers={"s1": serve((read_head, send(SWITCHED), read_end, close))},
        client=(send(UPGRADE), read_end),
        expect=Expect("cD--", 101, timers="+/+/+/+/+"),
    ),
)
