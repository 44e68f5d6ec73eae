"""HTTP: HAProxy answers or refuses by a rule of the configuration."""

from tests.lab.clients import ASK, GET, request
from tests.lab.config import http
from tests.lab.scenario import NO_LINE, Expect, Scenario
from tests.lab.servers import ANSWER, response, serve
from tests.lab.steps import close, pause, read_end, read_head, read_until, reset, send

LUA = b"""
core.register_service("hello", "http", function(applet)
    applet:set_status(200)
    applet:add_header("content-length", "5")
    applet:start_response()
    applet:send("hello")
end)
core.register_action("fails", {"http-req"}, function(txn) error("on purpose") end)
"""
LONG = "x" * 2000
TARPIT = "http-request tarpit\ntimeout tarpit 300ms"

SCENARIOS = (
    Scenario(
        name="deny",
        about="`http-request deny`.",
        config=http("http-request deny"),
        client=ASK,
        expect=Expect("PR--", 403, timers="+/-1/-1/-1/+"),
    ),
    Scenario(
        name="deny-status",
        about="`http-request deny deny_status 429`.",
        config=http("http-request deny deny_status 429"),
        client=ASK,
        expect=Expect("PR--", 429, timers="+/-1/-1/-1/+"),
    ),
    Scenario(
        name="deny-in-backend",
        about="`http-request deny` in the backend.",
        config=http(app="http-request deny"),
        client=ASK,
        expect=Expect("PR--", 403, timers="+/-1/-1/-1/+"),
    ),
    Scenario(
        name="block-by-reject",
        about="`http-request reject` closes without an answer.",
        config=http("http-request reject"),
        client=ASK,
        expect=Expect("PR--", -1, timers="-1/-1/-1/-1/+"),
    ),
    Scenario(
        name="silent-drop",
        about="`http-request silent-drop` (as root: the client is told nothing).",
        config=http("http-request silent-drop"),
        client=(send(GET),),
        expect=Expect("PR--", -1, timers="-1/-1/-1/-1/+"),
    ),
    Scenario(
        name="auth",
        about="`http-request auth` asks for a password.",
        config=http("http-request auth realm staff"),
        client=ASK,
        expect=Expect("LR--", 401, timers="+/-1/-1/-1/+"),
    ),
    Scenario(
        name="return",
        about="`http-request return status 200`.",
        config=http("http-request return status 200 content-type text/plain string hello"),
        client=ASK,
        expect=Expect("LR--", 200, timers="+/-1/-1/-1/+"),
    ),
    Scenario(
        name="redirect",
        about="`http-request redirect`.",
        config=http("http-request redirect location http://www.example.com/new"),
        client=ASK,
        expect=Expect("LR--", 302, timers="+/-1/-1/-1/+"),
    ),
    Scenario(
        name="redirect-server",
        about="`redir` on the server line sends the client to the server itself.",
        config=http(server="redir http://static.example.com"),
        client=ASK,
        expect=Expect("LC--", 302, timers="+/+/-1/-1/+"),
    ),
    Scenario(
        name="stats-page",
        about="The statistics page.",
        config=http("stats enable\nstats uri /stats"),
        client=(send(request("GET", "/stats", "Connection: close")), read_end),
        expect=Expect("LR--", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="stats-auth",
        about="The statistics page without its password.",
        config=http("stats enable\nstats uri /stats\nstats auth admin:secret"),
        client=(send(request("GET", "/stats")), read_end),
        expect=Expect("LR--", 401, timers="+/-1/-1/-1/+"),
        later={"2.6": Expect("LR--", 400, 401, timers="+/+/+/-1/+")},
    ),
    Scenario(
        name="prometheus",
        about="The Prometheus exporter.",
        config=http("http-request use-service prometheus-exporter"),
        client=(send(request("GET", "/metrics?scope=global", "Connection: close")), read_end),
        expect=Expect("LR--", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="monitor-uri",
        about="`monitor-uri` answers a load balancer's probe: nothing is logged.",
        config=http("monitor-uri /alive"),
        client=(send(request("GET", "/alive")), read_end),
        expect=Expect(NO_LINE, seen=200),
    ),
    Scenario(
        name="monitor-fail",
        about="`monitor fail` makes `monitor-uri` answer 503.",
        config=http("monitor-uri /alive\nmonitor fail if TRUE"),
        client=(send(request("GET", "/alive")), read_end),
        expect=Expect(NO_LINE, seen=503),
    ),
    Scenario(
        name="cache-hit",
        about="The cache answers the second request.",
        config=http(app="http-request cache-use small\nhttp-response cache-store small", more="cache small\n    total-max-size 4\n    max-age 60\n"),
        servers={"s1": serve((read_head, send(response(200, "cache-control: max-age=60"))))},
        client=(send(GET), read_until(b"hello"), send(GET), read_until(b"hello", 2)),
        lines=2,
        expect=Expect("LR--", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="lua-service",
        about="A Lua service answers.",
        config=http("http-request use-service lua.hello", process="lua-load @files/lab.lua"),
        files={"lab.lua": LUA},
        client=ASK,
        expect=Expect("LR--", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="lua-action-fails",
        about="A Lua action ends with an error: the request goes on.",
        config=http("http-request lua.fails", process="lua-load @files/lab.lua"),
        files={"lab.lua": LUA},
        client=ASK,
        expect=Expect("----", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="lua-file-denies",
        about="A Lua action that returns act.DENY.",
        config=http("http-request lua.denies", process="lua-load @files/lab.lua"),
        files={"lab.lua": b'core.register_action("denies", {"http-req"}, function(txn) return act.DENY end)'},
        client=ASK,
        expect=Expect("PR--", 403, timers="+/-1/-1/-1/+"),
    ),
    Scenario(
        name="lua-done",
        about="A Lua action that answers by `txn:done`.",
        config=http("http-request lua.done", process="lua-load @files/lab.lua"),
        files={"lab.lua": b"""core.register_action("done", {"http-req"}, function(txn)
            local reply = txn:reply(); reply:set_status(200); txn:done(reply) end)"""},
        client=ASK,
        expect=Expect("LR--", 200, timers="+/-1/-1/-1/+"),
    ),
    Scenario(
        name="tarpit",
        about="`http-request tarpit` holds the request for `timeout tarpit`.",
        config=http(TARPIT),
        client=ASK,
        expect=Expect("PT--", 500, timers="-1/~300/-1/-1/~300"),
    ),
    Scenario(
        name="tarpit-status",
        about="`http-request tarpit deny_status 429`.",
        config=http("http-request tarpit deny_status 429\ntimeout tarpit 300ms"),
        client=ASK,
        expect=Expect("PT--", 429, timers="-1/~300/-1/-1/~300"),
    ),
    Scenario(
        name="tarpit-abort",
        about="The client closes while it is tarpitted.",
        config=http("http-request tarpit\ntimeout tarpit 600ms"),
        client=(send(GET), pause(100), close),
        expect=Expect("PT--", 500, None, timers="-1/+/-1/-1/+"),
    ),
    Scenario(
        name="tarpit-abort-abortonclose",
        about="The same with `option abortonclose`.",
        config=http("http-request tarpit\ntimeout tarpit 600ms", defaults="option abortonclose"),
        client=(send(GET), pause(100), close),
        expect=Expect("PT--", 500, None, timers="-1/+/-1/-1/+"),
    ),
    Scenario(
        name="tarpit-reset",
        about="The client resets the connection while it is tarpitted.",
        config=http("http-request tarpit\ntimeout tarpit 600ms"),
        client=(send(GET), pause(100), reset),
        expect=Expect("PT--", 500, None, timers="-1/+/-1/-1/+"),
    ),
    Scenario(
        name="request-rewrite-fails",
        about="A header that HAProxy adds to the request does not fit into `tune.maxrewrite`.",
        config=http(f"http-request set-header X-Long %[str({'x' * 900}),bytes(0)]%[str({'x' * 900})]%[str({'x' * 900})]", process="tune.bufsize 4096\ntune.maxrewrite 1024"),
        client=(send(request("GET", "/", "X-Own: " + "x" * 2900)), read_end),
        expect=Expect("PR--", 500, timers="-1/-1/-1/-1/+"),
    ),
    Scenario(
        name="request-rewrite-fails-relaxed",
        about="The same with `http-request strict-mode off`: the request goes on without the header.",
        config=http(f"http-request strict-mode off\nhttp-request set-header X-Long %[str({'x' * 900})]%[str({'x' * 900})]%[str({'x' * 900})]", process="tune.bufsize 4096\ntune.maxrewrite 1024"),
        client=(send(request("GET", "/", "X-Own: " + "x" * 2900)), read_end),
        expect=Expect("----", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="response-rewrite-fails",
        about="A header that HAProxy adds to the response does not fit into `tune.maxrewrite`.",
        config=http(app=f"http-response set-header X-Long %[str({'x' * 900})]%[str({'x' * 900})]%[str({'x' * 900})]", process="tune.bufsize 4096\ntune.maxrewrite 1024"),
        servers={"s1": serve((read_head, send(response(200, "X-Own: " + "x" * 2900))))},
        client=ASK,
        expect=Expect("PH--", 500, timers="+/+/+/-1/+"),
        later={"3.0": Expect("PH--", 500, timers="+/+/+/+/+")},
    ),
    Scenario(
        name="response-deny",
        about="`http-response deny`.",
        config=http(app="http-response deny"),
        client=ASK,
        expect=Expect("PH--", 502, timers="+/+/+/-1/+"),
        later={"3.0": Expect("PH--", 502, timers="+/+/+/+/+")},
    ),
    Scenario(
        name="response-deny-status",
        about="`http-response deny deny_status 403`.",
        config=http(app="http-response deny deny_status 403"),
        client=ASK,
        expect=Expect("PH--", 403, timers="+/+/+/-1/+"),
        later={"3.0": Expect("PH--", 403, timers="+/+/+/+/+")},
    ),
    Scenario(
        name="response-return",
        about="`http-response return` answers in the server's place.",
        config=http(app="http-response return status 200 content-type text/plain string hello"),
        client=ASK,
        expect=Expect("LH--", 200, timers="+/+/+/-1/+"),
        later={"3.0": Expect("LH--", 200, timers="+/+/+/+/+")},
    ),
    Scenario(
        name="response-redirect",
        about="`http-response redirect` answers in the server's place.",
        config=http(app="http-response redirect location http://www.example.com/new"),
        client=ASK,
        expect=Expect("LH--", 302, timers="+/+/+/-1/+"),
        later={"3.0": Expect("LH--", 302, timers="+/+/+/+/+")},
    ),
    Scenario(
        name="response-content-reject",
        about="`tcp-response content reject` in an HTTP backend.",
        config=http(app="tcp-response inspect-delay 1s\ntcp-response content reject"),
        client=ASK,
        expect=Expect("PD--", -1, timers="+/+/+/-1/+"),
    ),
    Scenario(
        name="content-reject",
        about="`tcp-request content reject` in an HTTP frontend.",
        config=http("tcp-request inspect-delay 1s\ntcp-request content reject if HTTP"),
        client=ASK,
        expect=Expect("PR--", -1, timers="-1/-1/-1/-1/+"),
    ),
    Scenario(
        name="connection-reject",
        about="`tcp-request connection reject`: nothing is logged.",
        config=http("tcp-request connection reject"),
        client=ASK,
        expect=Expect(NO_LINE),
    ),
    Scenario(
        name="restricted-header-names",
        about="`option http-restrict-req-hdr-names reject` and a header name with a dot.",
        config=http("option http-restrict-req-hdr-names reject"),
        client=(send(request("GET", "/", "X.Name: x")), read_end),
        expect=Expect("PR--", 403, timers="+/-1/-1/-1/+"),
        since="2.6",
    ),
    Scenario(
        name="use-server-down",
        about="`use-server` names a server that is down: another one is taken.",
        config=http(app="use-server s1 if TRUE\nserver s1 192.0.2.10:8080 disabled\nserver s2 192.0.2.11:8080"),
        servers={"s1": ANSWER, "s2": ANSWER},
        client=ASK,
        expect=Expect("----", 200, timers="+/+/+/+/+"),
    ),
)
