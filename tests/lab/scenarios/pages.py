"""HTTP: statuses that the configuration chooses: error pages, `return`, `deny_status`, rewritten statuses."""

from tests.lab.clients import ASK, GET, request
from tests.lab.config import http
from tests.lab.scenario import NO_LINE, Expect, Scenario
from tests.lab.servers import ANSWER, REFUSE, response, serve
from tests.lab.steps import close, pause, read_end, read_head, read_until, send, tell, wait

LUA = b"""
core.register_service("broken", "http", function(applet) error("on purpose") end)
core.register_service("halfway", "http", function(applet)
    applet:set_status(200)
    applet:add_header("content-length", "100")
    applet:start_response()
    applet:send("hello")
    error("on purpose")
end)
core.register_action("sleeps", {"http-req"}, function(txn) core.msleep(300) end)
"""
LONG = "%[" + f"str({'x' * 900})" + "]"

SCENARIOS = (
    Scenario(
        name="deny-http-error",
        about="`http-error status 403` with a page of its own: the log and the client have 403.",
        config=http("http-error status 403 content-type text/plain string no\nhttp-request deny"),
        client=ASK,
        expect=Expect("PR--", 403, timers="+/-1/-1/-1/+"),
    ),
    Scenario(
        name="deny-errorfile",
        about="`errorfile 403` that holds a 200: the client sees 200, the log has 403.",
        config=http("errorfile 403 @files/error.http\nhttp-request deny"),
        files={"error.http": b"HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\nsorry"},
        client=ASK,
        expect=Expect("PR--", 403, 200, timers="+/-1/-1/-1/+"),
    ),
    Scenario(
        name="deny-with-page",
        about="`http-request deny` with a status and a text of its own.",
        config=http("http-request deny status 418 content-type text/plain string teapot"),
        client=ASK,
        expect=Expect("PR--", 418, timers="+/-1/-1/-1/+"),
    ),
    Scenario(
        name="deny-unavailable",
        about="`http-request deny deny_status 503`: a 503 that no server had a part in.",
        config=http("http-request deny deny_status 503"),
        client=ASK,
        expect=Expect("PR--", 503, timers="+/-1/-1/-1/+"),
    ),
    Scenario(
        name="return-unavailable",
        about="`http-request return status 503`, a maintenance page.",
        config=http("http-request return status 503 content-type text/plain string maintenance"),
        client=ASK,
        expect=Expect("LR--", 503, timers="+/-1/-1/-1/+"),
    ),
    Scenario(
        name="return-in-backend",
        about="`http-request return status 404` in the backend.",
        config=http(app="http-request return status 404"),
        client=ASK,
        expect=Expect("LR--", 404, timers="+/-1/-1/-1/+"),
    ),
    Scenario(
        name="response-return-unavailable",
        about="`http-response return status 503` in place of the server's 200.",
        config=http(app="http-response return status 503 content-type text/plain string maintenance"),
        client=ASK,
        expect=Expect("LH--", 200, 503, timers="+/+/+/-1/+"),
        later={"2.6": Expect("LH--", 503, timers="+/+/+/-1/+"), "2.8": Expect("LH--", 503, timers="+/+/+/+/+")},
    ),
    Scenario(
        name="response-set-status",
        about="`http-response set-status 503` on the server's 200.",
        config=http(app="http-response set-status 503"),
        client=ASK,
        expect=Expect("----", 200, 503, timers="+/+/+/+/+"),
        later={"2.6": Expect("----", 503, timers="+/+/+/+/+")},
    ),
    Scenario(
        name="after-response-set-status",
        about="`http-after-response set-status 418` on HAProxy's own 403.",
        config=http("http-after-response set-status 418\nhttp-request deny"),
        client=ASK,
        since="2.6",
        expect=Expect("PR--", 418, timers="+/-1/-1/-1/+"),
    ),
    Scenario(
        name="after-response-rewrite-fails",
        about="A header that `http-after-response` adds to the server's answer finds no room.",
        config=http(app=f"http-after-response set-header X-Long {LONG * 3}", process="tune.bufsize 4096\ntune.maxrewrite 1024"),
        servers={"s1": serve((read_head, send(response(200, "X-Own: " + "x" * 2900))))},
        client=ASK,
        expect=Expect("PH--", 500, timers="+/+/+/-1/+"),
        later={"2.8": Expect("PH--", 500, timers="+/+/+/+/+")},
    ),
    Scenario(
        name="return-too-large",
        about="The text of `http-request return` does not fit into a buffer.",
        config=http(f"http-request return status 200 content-type text/plain lf-string {LONG * 5}", process="tune.bufsize 4096\ntune.maxrewrite 1024"),
        client=ASK,
        expect=Expect("PR--", 500, timers="-1/-1/-1/-1/+"),
        later={"3.0": Expect("LR--", 500, timers="-1/-1/-1/-1/+")},
    ),
    Scenario(
        name="redirect-too-large",
        about="The target of `http-request redirect` does not fit into a buffer.",
        config=http("http-request redirect location http://www.example.com/?b=%[hdr(x-own)]%[hdr(x-own)]", process="tune.bufsize 4096\ntune.maxrewrite 1024"),
        client=(send(request("GET", "/", "X-Own: " + "x" * 2900)), read_end),
        expect=Expect("IR--", 500, timers="-1/-1/-1/-1/+"),
    ),
    Scenario(
        name="response-redirect-too-large",
        about="The target of `http-response redirect` does not fit into a buffer.",
        config=http(app="http-response redirect location http://www.example.com/?b=%[res.hdr(x-own)]%[res.hdr(x-own)]", process="tune.bufsize 4096\ntune.maxrewrite 1024"),
        servers={"s1": serve((read_head, send(response(200, "X-Own: " + "x" * 2900))))},
        client=ASK,
        expect=Expect("IH--", 500, timers="+/+/+/-1/+"),
        later={"2.8": Expect("IH--", 500, timers="+/+/+/+/+")},
    ),
    Scenario(
        name="lua-service-fails",
        about="A Lua service ends with an error before it has answered.",
        config=http("http-request use-service lua.broken", process="lua-load @files/lab.lua"),
        files={"lab.lua": LUA},
        client=ASK,
        expect=Expect("LR--", 500, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="lua-service-fails-halfway",
        about="A Lua service ends with an error in the middle of its answer.",
        config=http("http-request use-service lua.halfway", process="lua-load @files/lab.lua"),
        files={"lab.lua": LUA},
        client=ASK,
        expect=Expect("LR--", 200, timers="+/+/+/+/+"),
        until="3.2",
    ),
    Scenario(
        name="lua-action-abandoned",
        about="The client closes while a Lua action sleeps.",
        config=http("http-request lua.sleeps", process="lua-load @files/lab.lua"),
        files={"lab.lua": LUA},
        client=(send(GET), pause(100), close),
        expect=Expect("----", 200, None, timers="+/+/+/+/+"),
        later={"3.4": Expect("CC--", -1, timers="+/+/-1/-1/+")},
    ),
    Scenario(
        name="spoe-agent-missing",
        about="The agent of a `filter spoe` refuses: the request goes on.",
        config=http(
            "filter spoe engine lab config @files/spoe.conf",
            more="backend agents\n    mode tcp\n    server a1 192.0.2.30:9000\n",
        ),
        servers={"s1": ANSWER, "a1": REFUSE},
        files={"spoe.conf": b"[lab]\nspoe-agent one\n    messages check\n    timeout hello 100ms\n    timeout idle 1s\n"
               b"    timeout processing 200ms\n    use-backend agents\nspoe-message check\n    event on-frontend-http-request\n"},
        client=ASK,
        expect=Expect("----", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="silent-log-level",
        about="`http-request set-log-level silent`: nothing is logged.",
        config=http("http-request set-log-level silent"),
        client=(send(GET), read_until(b"hello"), close),
        expect=Expect(NO_LINE, seen=200),
    ),
    Scenario(
        name="cache-hit-not-modified",
        about="The cache answers a conditional request: 304.",
        config=http(app="http-request cache-use small\nhttp-response cache-store small", more="cache small\n    total-max-size 4\n    max-age 60\n"),
        servers={"s1": serve((read_head, send(response(200, "cache-control: max-age=60", 'etag: "a"'))))},
        client=(send(GET), read_until(b"hello"), send(request("GET", "/", 'If-None-Match: "a"')), read_until(b"304 ")),
        lines=2,
        expect=Expect("LR--", 304, timers="+/+/+/+/+"),
        since="2.6",
    ),
    Scenario(
        name="set-timeout-server",
        about="`http-request set-timeout server` shortens the wait for this request.",
        config=http(app="http-request set-timeout server 200ms"),
        servers={"s1": serve((read_head, tell("asked"), wait("never")))},
        client=ASK,
        since="2.6",
        expect=Expect("sH--", 504, timers="+/+/+/-1/~200"),
    ),
)
