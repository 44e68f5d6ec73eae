"""HTTP: request bodies that stop, break off, or meet a server that does not want them."""

from tests.lab.clients import GET, post, request
from tests.lab.config import http
from tests.lab.scenario import Expect, Scenario
from tests.lab.scenarios.client import HANG, WAITING
from tests.lab.servers import SILENT, response, serve
from tests.lab.steps import close, flood, logged, pause, read, read_end, read_head, read_until, reset, send, shut, tell, wait

BUFFERED = "option http-buffer-request"
EARLY = serve((read_head, send(response(413, "connection: close")), tell("sent"), read_end))

SCENARIOS = (
    Scenario(
        name="upload-normal",
        about="A whole upload is answered.",
        servers={"s1": serve((read(200), send(response())))},
        client=(send(post(1000)), read_end),
        expect=Expect("----", 200),
    ),
    Scenario(
        name="upload-stalled-client-timeout",
        about="The upload stops half-way and `timeout client` is the shorter one.",
        config=http("timeout client 200ms", "timeout server 500ms"),
        servers={"s1": HANG},
        client=(send(post(100, 1000)), read_end),
        expect=Expect("cH--", 408, timers="+/+/+/-1/~200"),
    ),
    Scenario(
        name="upload-stalled-server-timeout",
        about="The upload stops half-way and `timeout server` is the shorter one.",
        config=http("timeout client 500ms", "timeout server 200ms"),
        servers={"s1": HANG},
        client=(send(post(100, 1000)), read_end),
        expect=Expect("sH--", 504, timers="+/+/+/-1/~200"),
    ),
    Scenario(
        name="upload-stalled-equal-timeouts",
        about="The upload stops half-way and both timeouts are equal.",
        config=http("timeout client 300ms", "timeout server 300ms"),
        servers={"s1": HANG},
        client=(send(post(100, 1000)), read_end),
        expect=Expect("cH--", 408),
    ),
    Scenario(
        name="upload-abort",
        about="The client closes half-way through its upload.",
        servers={"s1": HANG},
        client=(send(post(100, 1000)), wait("asked"), close),
        expect=Expect("CH--", 400, None),
    ),
    Scenario(
        name="upload-reset",
        about="The client resets the connection half-way through its upload.",
        servers={"s1": HANG},
        client=(send(post(100, 1000)), wait("asked"), reset),
        expect=Expect("CH--", 400, None),
    ),
    Scenario(
        name="upload-buffered-stalled",
        about="With `option http-buffer-request` a stalled body runs into `timeout http-request`: nothing reaches a server.",
        config=http(defaults="timeout http-request 200ms", app=BUFFERED),
        client=(send(post(100, 1000)), read_end),
        expect=Expect("cR--", 408, timers="+/-1/-1/-1/~200"),
    ),
    Scenario(
        name="upload-buffered-stalled-client-timeout",
        about="The same without `timeout http-request`: `timeout client` strikes.",
        config=http("timeout client 200ms", BUFFERED),
        client=(send(post(100, 1000)), read_end),
        expect=Expect("cR--", 408),
    ),
    Scenario(
        name="upload-buffered-abort",
        about="With `option http-buffer-request` the client closes half-way through its upload.",
        config=http(app=BUFFERED),
        client=(send(post(100, 1000)), pause(50), close),
        expect=Expect("CR--", 400, None),
    ),
    Scenario(
        name="upload-wait-for-body",
        about="`http-request wait-for-body` runs into its time: the request goes on as it is.",
        config=http("http-request wait-for-body time 200ms", "timeout server 400ms"),
        servers={"s1": HANG},
        client=(send(post(100, 1000)), read_end),
        expect=Expect("cR--", 408),
        since="2.4",
    ),
    Scenario(
        name="upload-unread-server-timeout",
        about="The server does not read a large upload: `timeout server` strikes while HAProxy cannot send.",
        config=http(app="timeout server 300ms"),
        servers={"s1": serve(())},
        client=(send(post(0, 900000000)), flood),
        expect=Expect("sH--", 504),
    ),
    Scenario(
        name="upload-refused-early",
        about="The server answers 413 at once and reads on: the upload goes on to its end.",
        servers={"s1": EARLY},
        client=(send(post(100, 1000)), wait("sent"), pause(50), send(b"x" * 900), read_end),
        expect=Expect("----", 413),
    ),
    Scenario(
        name="upload-refused-early-close",
        about="The server answers 413 and closes while the client is still sending.",
        servers={"s1": serve((read_head, send(response(413, "connection: close")), close))},
        client=(send(post(100, 900000000)), flood),
        expect=Expect("----", 413),
    ),
    Scenario(
        name="upload-refused-early-reset",
        about="The server answers 413 and resets the connection while the client is still sending.",
        servers={"s1": serve((read_head, send(response(413, "connection: close")), pause(30), reset))},
        client=(send(post(100, 900000000)), flood),
        expect=Expect("SD--", 413),
    ),
    Scenario(
        name="upload-server-abort",
        about="The server closes without an answer in the middle of the upload.",
        servers={"s1": serve((read_head, close))},
        client=(send(post(100, 1000)), read_end),
        expect=Expect("SH--", 502),
    ),
    Scenario(
        name="upload-server-reset",
        about="The server resets the connection in the middle of a large upload.",
        servers={"s1": serve((read_head, pause(30), reset))},
        client=(send(post(100, 900000000)), flood),
        expect=Expect("SD--", 502),
    ),
    Scenario(
        name="upload-abort-after-headers",
        about="The server has begun to answer, the client closes half-way through its upload.",
        servers={"s1": serve((read_head, send(response(length=1000)), tell("sent")))},
        client=(send(post(100, 1000)), read_until(b"hello"), close),
        expect=Expect("CD--", 200),
    ),
    Scenario(
        name="upload-stalled-after-headers",
        about="The server has begun to answer, the upload stops: `timeout client` strikes.",
        config=http("timeout client 200ms", "timeout server 500ms"),
        servers={"s1": serve((read_head, send(response(length=1000)), tell("sent")))},
        client=(send(post(100, 1000)), read_end),
        expect=Expect("cD--", 200),
    ),
    Scenario(
        name="upload-expect-continue",
        about="The client waits for a 100 Continue that never comes: `timeout client` strikes.",
        config=http("timeout client 200ms", "timeout server 500ms"),
        servers={"s1": HANG},
        client=(send(post(0, 1000, "Expect: 100-continue")), read_end),
        expect=Expect("cH--", 408),
    ),
    Scenario(
        name="upload-bad-chunk",
        about="The request's body has a chunk size that is no number.",
        client=(send(request("POST", "/", "Transfer-Encoding: chunked"), b"5\r\nhello\r\nzz\r\n"), read_end),
        servers={"s1": HANG},
        expect=Expect("PR--", 400),
    ),
    Scenario(
        name="upload-bad-chunk-later",
        about="A chunk size that is no number comes when the server has the first part of the body.",
        client=(send(request("POST", "/", "Transfer-Encoding: chunked"), b"5\r\nhello\r\n"), wait("asked"), send(b"zz\r\n"), read_end),
        servers={"s1": HANG},
        expect=Expect("PH--", 400),
    ),
    Scenario(
        name="upload-bad-chunk-connect",
        about="A chunk size that is no number comes while HAProxy waits for the server's SYN-ACK.",
        config=http(app="timeout connect 500ms"),
        client=(send(request("POST", "/", "Transfer-Encoding: chunked"), b"5\r\nhello\r\n"), WAITING, send(b"zz\r\n"), read_end),
        servers={"s1": SILENT},
        expect=Expect("PC--", 400),
    ),
    Scenario(
        name="upload-bad-chunk-queue",
        about="A chunk size that is no number comes while the request is queued.",
        config=http(app="timeout queue 500ms", server="maxconn 1"),
        servers={"s1": HANG},
        others=((send(GET),),),
        after="asked",
        client=(send(request("POST", "/", "Transfer-Encoding: chunked"), b"5\r\nhello\r\n"), WAITING, pause(50), send(b"zz\r\n"), read_end),
        expect=Expect("PQ--", 400),
    ),
    Scenario(
        name="upload-bad-chunk-after-headers",
        about="A chunk size that is no number comes when the server has begun to answer.",
        client=(send(request("POST", "/", "Transfer-Encoding: chunked"), b"5\r\nhello\r\n"), wait("sent"), read_until(b"hello"), send(b"zz\r\n"), read_end),
        servers={"s1": serve((read_head, send(response(length=1000)), tell("sent")))},
        expect=Expect("PD--", 200),
    ),
)
