"""What `tcp-request`, `http-response wait-for-body` and the PROXY protocol wait for, and who is blamed when it does not come."""

from tests.lab.clients import ASK, GET, HALF
from tests.lab.config import http, tcp
from tests.lab.scenario import NO_LINE, Expect, Scenario
from tests.lab.servers import response, serve
from tests.lab.steps import close, pause, read_end, read_head, send

WAITS = "tcp-request inspect-delay 300ms\ntcp-request content accept if { req.len gt 10000 }"
ACCEPT_PROXY = "bind :80 accept-proxy"

SCENARIOS = (
    Scenario(
        name="inspect-http",
        about="`tcp-request inspect-delay` in an HTTP frontend waits for more than comes: the request goes on after it.",
        config=http(WAITS),
        client=ASK,
        expect=Expect("----", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="inspect-http-half",
        about="Half a request head runs into `timeout http-request` although `tcp-request inspect-delay` is longer.",
        config=http("timeout http-request 200ms\ntcp-request inspect-delay 1s\ntcp-request content accept if HTTP"),
        client=(send(HALF), read_end),
        expect=Expect("cR--", 408, timers="-1/-1/-1/-1/~1200"),
        later={"2.6": Expect("cR--", 408, timers="-1/-1/-1/-1/~200")},
    ),
    Scenario(
        name="inspect-http-reject-silent",
        about="`tcp-request content reject` when `inspect-delay` is over without a request: from 2.6 on only `timeout client` strikes.",
        config=http("timeout client 500ms\ntcp-request inspect-delay 200ms\ntcp-request content accept if HTTP\ntcp-request content reject"),
        client=(read_end,),
        expect=Expect("PR--", -1, timers="-1/-1/-1/-1/~200"),
        later={"2.6": Expect("cR--", 408, timers="-1/-1/-1/-1/~500")},
    ),
    Scenario(
        name="inspect-tcp-reject",
        about="`tcp-request content reject` when `inspect-delay` is over without data.",
        config=tcp("tcp-request inspect-delay 200ms\ntcp-request content reject unless { req.len gt 0 }"),
        client=(read_end,),
        expect=Expect("PR", timers="-1/-1/~200"),
    ),
    Scenario(
        name="tcp-switch-mode-http",
        about="`tcp-request content switch-mode http` takes a TCP connection for HTTP.",
        config=tcp("tcp-request inspect-delay 1s\ntcp-request content switch-mode http if HTTP", defaults="option httplog")
        .replace("backend app", "backend app\n    mode http"),
        servers={"s1": serve((read_head, send(response())))},
        client=(send(GET), read_head, close),
        since="2.6",
        expect=Expect("----", 200),
    ),
    Scenario(
        name="session-reject",
        about="`tcp-request session reject` in an HTTP frontend: nothing is logged.",
        config=http("tcp-request session reject"),
        client=ASK,
        expect=Expect(NO_LINE),
    ),
    Scenario(
        name="response-wait-for-body",
        about="`http-response wait-for-body` waits for a body that stops.",
        config=http(app="http-response wait-for-body time 200ms"),
        servers={"s1": serve((read_head, send(response(length=1000))))},
        client=ASK,
        since="2.6",
        expect=Expect("sR--", 504, timers="+/+/+/-1/~200"),
        later={"2.8": Expect("sH--", 504, timers="+/+/+/+/~200")},
    ),
    Scenario(
        name="response-wait-for-body-abort",
        about="`http-response wait-for-body` waits for a body, and the server closes.",
        config=http(app="http-response wait-for-body time 2s"),
        servers={"s1": serve((read_head, send(response(length=1000)), pause(100), close))},
        client=ASK,
        since="2.6",
        expect=Expect("SD--", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="proxy-protocol-missing",
        about="A client that does not speak the PROXY protocol on a port that demands it: no line with a state.",
        config=http().replace("bind :80", ACCEPT_PROXY),
        client=ASK,
        expect=Expect(NO_LINE),
    ),
    Scenario(
        name="proxy-protocol-silent",
        about="A connection on a port that demands the PROXY protocol, without a byte: no line with a state.",
        config=http("timeout client 200ms").replace("bind :80", ACCEPT_PROXY),
        client=(read_end,),
        expect=Expect(NO_LINE),
    ),
    Scenario(
        name="proxy-protocol-unexpected",
        about="A PROXY protocol header on a port that does not expect one.",
        client=(send(b"PROXY TCP4 192.0.2.5 192.0.2.1 40000 80\r\n", GET), read_end),
        expect=Expect("PR--", 400, timers="-1/-1/-1/-1/+"),
    ),
)
