"""HTTP: HAProxy answers by itself: `return`, redirects, the statistics page, cache, Lua, monitoring."""

from tests.lab.clients import ASK, GET, request
from tests.lab.config import http
from tests.lab.scenario import NO_LINE, Expect, Scenario
from tests.lab.servers import response, serve
from tests.lab.steps import read_end, read_head, read_until, send

LUA = b"""
core.register_service("hello", "http", function(applet)
    applet:set_status(200)
    applet:add_header("content-length", "5")
    applet:start_response()
    applet:send("hello")
end)
core.register_action("fails", {"http-req"}, function(txn) error("on purpose") end)
"""

SCENARIOS = (
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
)
