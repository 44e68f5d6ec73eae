"""Remedies on the proxy's side: a failing run, and the same run with the very snippet of an entry laid over it.

A fix of an entry names its proof (`proof = ["remedy-…"]`); here is what fails without it, and how it ends with it.
"""

from dataclasses import replace

from knowledge import load
from tests.lab import config
from tests.lab.clients import GET, HALF, HOST, request
from tests.lab.config import http
from tests.lab.scenario import NO_LINE, Expect, Scenario
from tests.lab.scenarios.client import SWITCHED, UPGRADE
from tests.lab.scenarios.server import CHUNKED
from tests.lab.servers import ANSWER, REFUSE, SILENT, Server, chunk, response, serve
from tests.lab.steps import (
    Script,
    admin,
    close,
    pause,
    read_end,
    read_end_for,
    read_head,
    read_until,
    reset,
    send,
    tell,
    wait,
)  # fmt: skip

GOOD = Expect("----", 200)
TIGHT = "tune.bufsize 4096\ntune.maxrewrite 1024"
X = "x" * 900
SLOW = serve((read_head, tell("asked"), pause(500), send(response())))
BUSY = serve((read_head, tell("asked"), pause(600), send(response())))
ONCE: Script = (send(GET), read_until(b"hello"))


def snippet(proof: str) -> str:
    """The configuration of the fix that names `proof`. LookupError where none does."""
    for entry in load():
        for fix in getattr(entry, "fixes", ()):
            if proof in fix.proof:
                return str(fix.config)
    raise LookupError(f"no fix of any entry names the proof {proof}")


def remedy(
    name: str, about: str, failing: Scenario, expect: Expect = GOOD, alone: bool = False, client: Script | None = None
) -> tuple[Scenario, Scenario]:
    """The failing run, and the run with the remedy. `alone` takes the snippet by itself, for a rule that replaces one."""
    base = config.http().partition("frontend web")[0] if alone else failing.config
    proof = f"remedy-{name}"
    fixed = replace(
        failing, name=proof, about=about, config=config.merge(base, snippet(proof)), expect=expect, later={},
        client=client or failing.client,
    )  # fmt: skip
    return replace(failing, name=f"without-{proof}", about=f"Without the remedy: {failing.about}"), fixed


def fails(about: str, conf: str, code: str, status: int | None, client: Script = ONCE, seen: int | str | None = "same",
          later: dict[str, Expect] | None = None, **servers: Server) -> Scenario:  # fmt: skip
    expect = Expect(code, status, seen)  # type: ignore[arg-type]
    return Scenario(
        name="", about=about, config=conf, client=client, expect=expect, later=later or {}, servers=servers or {"s1": SLOW}
    )


SLOW_ANSWER = fails("The server needs longer than `timeout server`.", http(app="timeout server 200ms"), "sH--", 504)
EVENTS = fails(
    "A stream of events pauses for longer than `timeout server`.", http(app="timeout server 200ms"), "sD--", 200,
    (send(request("GET", "/events")), read_until(b"0\r\n\r\n")), later={"3.0": Expect("CD--", 200), "3.2": Expect("sD--", 200)},
    s1=serve((read_head, send(CHUNKED, chunk(b"data: 1\n\n")), pause(500), send(chunk(b"data: 2\n\n"), b"0\r\n\r\n"))),
)  # fmt: skip
WEBSOCKET = serve((read_head, send(SWITCHED), read_end_for(600), send(b"\x81\x02hi"), close))
REFUSED = fails("The server refuses.", http(), "SC--", 503, s1=REFUSE, s2=ANSWER, sorry=ANSWER)
DROPPED = fails("The server's host drops every SYN.", http(app="timeout connect 200ms"), "sC--", 503, s1=SILENT, s2=ANSWER)
EMPTY = fails("The server closes without an answer.", http(), "SH--", 502, s1=serve((read_head, close)), s2=ANSWER)
IDLE = replace(
    fails(
        "The server resets an idle connection as it is reused.", http(app="http-reuse always"), "SD--", -1, seen=None,
        later={"2.6": Expect("SH--", 502), "2.8": Expect(NO_LINE)},
        s1=serve((read_head, send(response()), read_until(b"\r\n\r\n", 2), reset), (read_head, send(response()))),
        s2=ANSWER, client=(pause(50), send(GET), read_until(b"hello")),
    ),
    others=((send(GET), read_until(b"hello"), tell("first")),), after="first",
)  # fmt: skip
FULL = replace(
    fails(
        "The server's `maxconn` is taken.", http(app="timeout queue 200ms", server="maxconn 1"), "sQ--", 503,
        s1=BUSY, s2=BUSY, s3=BUSY,
    ),
    others=((send(GET),),), after="asked",
)  # fmt: skip
STUCK = replace(
    FULL,
    about="The server's queue is full, and a cookie sends the client there.",
    config=http(app="cookie SRV insert\nserver s1 192.0.2.10:8080 cookie s1 maxconn 1 maxqueue 1"),
    expect=Expect("SQVN", 503),
    others=tuple((send(request("GET", "/", "Cookie: SRV=s1")), tell(name)) for name in ("one", "two")),
    client=(wait("one"), wait("two"), pause(100), send(request("GET", "/", "Cookie: SRV=s1")), read_until(b"hello")),
)
SWITCH: Script = (send(GET), wait("asked"), admin("set server app/s1 state maint"), read_until(b"hello"))
BACK: Script = (
    admin("set server app/main state maint"), send(GET), wait("asked"), admin("set server app/main state ready"), read_until(b"hello"),
)  # fmt: skip
LARGE = request("GET", "/", "X-Large: " + "x" * 20000)
OWN = "X-Own: " + "x" * 2900
TARPIT = fails("A tarpit rule without a limit.", http("http-request tarpit\ntimeout tarpit 200ms"), "PT--", 500,
               later={"2.8": Expect("PR--", 500), "3.0": Expect("PT--", 500)}, s1=ANSWER)

SCENARIOS = tuple(
    scenario
    for pair in (
        remedy("slow-answer", "`timeout server` is longer than the answer takes.", SLOW_ANSWER),
        remedy(
            "slow-path", "The slow path has a timeout of its own.",
            replace(SLOW_ANSWER, client=(send(request("GET", "/export")), read_until(b"hello")), since="2.4"),
        ),
        remedy("events", "The stream's path has a timeout of its own.", replace(EVENTS, since="2.4")),
        remedy(
            "websocket-server", "`timeout tunnel` is longer than the pause.",
            fails("A WebSocket pauses for longer than `timeout server`.", http(app="timeout server 200ms"), "sD--", 101,
                  (send(UPGRADE), read_until(b"\x81\x02hi"), close), s1=WEBSOCKET),
            Expect("----", 101),
        ),
        remedy(
            "websocket-client", "`timeout tunnel` is longer than the pause.",
            fails("A WebSocket pauses for longer than `timeout client` and `timeout server`.",
                  http("timeout client 200ms", "timeout server 400ms"), "cD--", 101,
                  (send(UPGRADE), read_until(b"\x81\x02hi"), close), s1=WEBSOCKET),
            Expect("----", 101),
        ),
        remedy("refused", "Health checks and redispatch find the other server.", REFUSED),
        remedy("dropped", "After the first timeout the other server answers.", DROPPED),
        remedy("empty-answer", "The request is sent again, to the other server.", EMPTY),
        remedy("idle-reset", "`http-reuse safe` gives a client's first request a fresh connection.", IDLE),
        remedy("idle-reset-never", "`http-reuse never` gives every request a fresh connection.", IDLE),
        remedy("queue", "The servers' `maxconn` is higher.", FULL),
        remedy("queue-servers", "More servers share the load.", FULL),
        remedy("queue-full", "`option redispatch` lets sticky clients leave a full server.", STUCK, Expect("--VN", 200)),
        remedy(
            "junk-answer", "`retry-on junk-response` asks the other server.",
            fails("The server's answer is no HTTP.", http(), "PH--", 502, s1=serve((read_head, send(b"\x01\r\n\r\n"), close)), s2=ANSWER),
        ),
        remedy(
            "large-request", "A larger `tune.bufsize` takes the request.",
            fails("The request's head is larger than a buffer.", http(), "PR--", 400, (send(LARGE), read_until(b"\r\n\r\n")),
                  later={"3.2": Expect("PR--", 431)}, s1=ANSWER),
        ),
        remedy(
            "request-rewrite", "Larger buffers leave room for the header.",
            fails("A header that HAProxy adds to the request does not fit.",
                  http("\n".join(f"http-request set-header X-{n} %[str({X})]" for n in range(3)), process=TIGHT), "PR--", 500,
                  (send(request("GET", "/", OWN)), read_until(b"\r\n\r\n")), s1=ANSWER),
        ),
        remedy(
            "response-rewrite", "Larger buffers leave room for the header.",
            fails("A header that HAProxy adds to the response does not fit.",
                  http(app="\n".join(f"http-response set-header X-{n} %[str({X})]" for n in range(3)), process=TIGHT), "PH--", 500,
                  s1=serve((read_head, send(response(200, OWN))))),
        ),
        remedy(
            "response-header", "The application's large header is removed before HAProxy adds its own.",
            fails("A large header of the application leaves no room.",
                  http(app="\n".join(f"http-response set-header X-{n} %[str({X})]" for n in range(3)), process=TIGHT), "PH--", 500,
                  s1=serve((read_head, send(response(200, "X-Debug-Trace: " + "x" * 2900))))),
        ),
        remedy(
            "bad-path", "HAProxy is told to accept the path.",
            fails("A path has a byte that must not be there.", http(), "PR--", 400,
                  (send(b"GET /\xe9 HTTP/1.1\r\n" + HOST.encode() + b"\r\n\r\n"), read_until(b"\r\n\r\n")), s1=ANSWER),
        ),
        remedy("tarpit-rate", "Only clients above a rate are held.", TARPIT, alone=True),
        remedy("tarpit-deny", "Clients above a rate are refused, not held.", TARPIT, alone=True),
        remedy(
            "slow-request", "`timeout http-request` leaves time for a slow client.",
            fails("The client's request head takes longer than `timeout http-request`.", http("timeout http-request 200ms"),
                  "cR--", 408, (send(HALF), pause(500), send(b"ample.com\r\n\r\n"), read_until(b"hello")), s1=ANSWER),
        ),
        remedy(
            "probe-silent", "Empty connections are not logged.",
            fails("A checker connects and closes.", http(), "CR--", 400, (close,), None, s1=ANSWER), Expect(NO_LINE),
        ),
        remedy(
            "probe-monitor", "The checker asks for `monitor-uri`, which is not logged.",
            fails("A checker connects and closes.", http(), "CR--", 400, (close,), None, s1=ANSWER), Expect(NO_LINE, seen=200),
            client=(send(request("GET", "/lb-health", "Connection: close")), read_end),
        ),
        remedy(
            "server-down-running", "Without `on-marked-down shutdown-sessions` what runs may finish.",
            fails("The server goes into maintenance while it computes.", http(server="on-marked-down shutdown-sessions"), "DH--", 502,
                  SWITCH, later={"3.0": Expect("DC--", 500, None)}, s1=SLOW, s2=SLOW),
        ),
        remedy(
            "backup-running", "Without `on-marked-up shutdown-backup-sessions` what runs may finish.",
            fails("The active server is back while the backup computes.",
                  http(app="server main 192.0.2.10:8080 on-marked-up shutdown-backup-sessions\nserver spare 192.0.2.11:8080 backup"),
                  "UH--", 502, BACK, later={"3.0": Expect("UC--", 500, None)}, main=SLOW, spare=SLOW),
        ),
    )
    for scenario in pair
)  # fmt: skip
