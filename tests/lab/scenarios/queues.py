"""HTTP: requests that wait for a slot on a server, and what becomes of them."""

from tests.lab.clients import GET, request
from tests.lab.config import http
from tests.lab.scenario import Expect, Scenario
from tests.lab.scenarios.client import HANG, WAITING
from tests.lab.servers import ANSWER, response, serve
from tests.lab.steps import admin, close, pause, read_end, read_head, read_until, send, tell, until, wait

SCENARIOS = (
    Scenario(
        name="server-queue-timeout",
        about="The server's `maxconn` is taken: `timeout queue` strikes.",
        config=http(app="timeout queue 200ms", server="maxconn 1"),
        servers={"s1": HANG},
        others=((send(GET),),),
        client=(wait("asked"), send(GET), read_end),
        expect=Expect("sQ--", 503, timers="+/~200/-1/-1/~200"),
    ),
    Scenario(
        name="server-queue-timeout-connect",
        about="Without `timeout queue`, `timeout connect` bounds the wait in the queue.",
        config=http(app="timeout connect 200ms", server="maxconn 1"),
        servers={"s1": HANG},
        others=((send(GET),),),
        client=(wait("asked"), send(GET), read_end),
        expect=Expect("sQ--", 503, timers="+/~200/-1/-1/~200"),
    ),
    Scenario(
        name="server-queue-full",
        about="A cookie sends the client to a server whose `maxqueue` is full: it goes to another server.",
        config=http(app="cookie SRV insert\nserver s1 192.0.2.10:8080 cookie one maxconn 1 maxqueue 1\nserver s2 192.0.2.11:8080 cookie two"),
        servers={"s1": HANG, "s2": ANSWER},
        others=((send(request("GET", "/", "Cookie: SRV=one")),), (wait("asked"), send(request("GET", "/", "Cookie: SRV=one")))),
        client=(wait("asked"), until("show stat", r"(?m)^app,s1,1,"), send(request("GET", "/", "Cookie: SRV=one")), read_end),
        expect=Expect("SQVN", 503, timers="+/-1/-1/-1/+"),
    ),
    Scenario(
        name="server-queue-server-down",
        about="The server goes into maintenance while a request waits in the queue, and there is no other.",
        config=http(app="timeout queue 300ms", server="maxconn 1"),
        servers={"s1": HANG},
        others=((send(GET),),),
        client=(wait("asked"), send(GET), WAITING, admin("set server app/s1 state maint"), read_end),
        expect=Expect("sQ--", 503, timers="+/~300/-1/-1/~300"),
        later={"2.8": Expect("SC--", 503, timers="+/-1/-1/-1/+")},
    ),
    Scenario(
        name="server-queue-answered",
        about="The slot comes free in time: a normal end, and Tw says how long it took.",
        config=http(app="http-reuse never", server="maxconn 1"),
        servers={"s1": serve((read_head, tell("asked"), wait("go"), pause(200), send(response(200, "connection: close")), close), (read_head, send(response())))},
        others=((send(GET),),),
        client=(wait("asked"), send(GET), tell("go"), read_until(b"hello")),
        expect=Expect("----", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="server-fullconn",
        about="The server's `maxconn` is larger than what `minconn` and `fullconn` leave now: the wait counts as queue.",
        config=http(app="timeout queue 200ms\nfullconn 100", server="minconn 1 maxconn 10"),
        servers={"s1": HANG},
        others=((send(GET),),),
        client=(wait("asked"), send(GET), read_end),
        expect=Expect("sQ--", 503, timers="+/~200/-1/-1/~200"),
    ),
    Scenario(
        name="server-queue-cookie",
        about="A cookie binds the request to a full server while another one is idle: `timeout queue` strikes.",
        config=http(app="timeout queue 200ms\ncookie SRV insert\nserver s1 192.0.2.10:8080 cookie one maxconn 1\nserver s2 192.0.2.11:8080 cookie two"),
        servers={"s1": HANG, "s2": ANSWER},
        others=((send(request("GET", "/", "Cookie: SRV=one")),),),
        client=(wait("asked"), send(request("GET", "/", "Cookie: SRV=one")), read_end),
        expect=Expect("sQVN", 503, timers="+/~200/-1/-1/~200"),
    ),
    Scenario(
        name="server-queue-drain",
        about="The server is drained while a request waits for it in the queue.",
        config=http(app="timeout queue 300ms", server="maxconn 1"),
        servers={"s1": HANG},
        others=((send(GET),),),
        client=(wait("asked"), send(GET), WAITING, admin("set server app/s1 state drain"), read_end),
        expect=Expect("sQ--", 503, timers="+/~300/-1/-1/~300"),
        later={"2.8": Expect("SC--", 503, timers="+/-1/-1/-1/+")},
    ),
    Scenario(
        name="server-queue-priority",
        about="Of two queued requests the one with the lower `set-priority-class` waits until `timeout queue`.",
        config=http(app="timeout queue 300ms\nhttp-request set-priority-class int(10)", server="maxconn 1"),
        servers={"s1": HANG},
        others=((send(GET),),),
        client=(wait("asked"), send(GET), read_end),
        expect=Expect("sQ--", 503, timers="+/~300/-1/-1/~300"),
    ),
    Scenario(
        name="server-weight-zero",
        about="Every server has weight 0: none may take a new client.",
        config=http(server="weight 0"),
        client=(send(GET), read_end),
        expect=Expect("SC--", 503, timers="+/-1/-1/-1/+"),
    ),
    Scenario(
        name="server-full-other",
        about="The server whose `maxqueue` is full, with `option redispatch`: another one answers.",
        config=http(app="option redispatch\ncookie SRV insert\nserver s1 192.0.2.10:8080 cookie one maxconn 1 maxqueue 1\nserver s2 192.0.2.11:8080 cookie two"),
        servers={"s1": HANG, "s2": ANSWER},
        others=((send(request("GET", "/", "Cookie: SRV=one")),), (wait("asked"), send(request("GET", "/", "Cookie: SRV=one")))),
        client=(wait("asked"), until("show stat", r"(?m)^app,s1,1,"), send(request("GET", "/", "Cookie: SRV=one")), read_end),
        expect=Expect("--DI", 200, timers="+/+/+/+/+"),
    ),
)
