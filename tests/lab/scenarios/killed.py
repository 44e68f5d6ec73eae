"""HTTP: an administrator or a server's change of state ends streams that were alive."""

from tests.lab.clients import GET, post
from tests.lab.config import http
from tests.lab.scenario import Expect, Scenario
from tests.lab.scenarios.client import HANG, PART, WAITING
from tests.lab.servers import SILENT
from tests.lab.steps import admin, kill_sessions, read, read_end, send, stop, until, wait

DOWN = "on-marked-down shutdown-sessions"
BACKUP = "server s1 192.0.2.10:8080 disabled on-marked-up shutdown-backup-sessions\nserver s2 192.0.2.11:8080 backup"

SCENARIOS = (
    Scenario(
        name="killed-request",
        about="`shutdown session` while HAProxy waits for the rest of a body that it buffers.",
        config=http("timeout client 1s\noption http-buffer-request"),
        client=(send(post(100, 1000)), until("show sess", "fe=web"), kill_sessions(), read_end),
        expect=Expect("KD--", 408, timers="-1/-1/-1/-1/~1000"),
        later={
            "2.6": Expect("KR--", 408, timers="-1/-1/-1/-1/~1000"),
            "2.8": Expect("KH--", 408, None, timers="-1/-1/-1/-1/~1000"),
            "3.0": Expect("KC--", 500, None, timers="-1/-1/-1/-1/+"),
        },
    ),
    Scenario(
        name="killed-connect",
        about="`shutdown session` while HAProxy waits for the server's SYN-ACK.",
        servers={"s1": SILENT},
        client=(send(GET), WAITING, kill_sessions(), read_end),
        expect=Expect("K---", -1, timers="+/+/-1/-1/+"),
        later={"3.0": Expect("KC--", 500, None, timers="+/+/-1/-1/+")},
    ),
    Scenario(
        name="killed-queue",
        about="`shutdown session` while the request is queued.",
        config=http(app="timeout server 1s", server="maxconn 1"),
        servers={"s1": HANG},
        others=((send(GET),),),
        client=(wait("asked"), send(GET), until("show stat", r"(?m)^app,BACKEND,1,"), kill_sessions("srv=<none>"), read_end),
        expect=Expect("KH--", 502, timers="+/~1000/+/-1/~1000"),
        later={"3.0": Expect("KC--", 500, None, timers="+/-1/-1/-1/+")},
    ),
    Scenario(
        name="killed-headers",
        about="`shutdown session` while the server computes.",
        servers={"s1": HANG},
        client=(send(GET), wait("asked"), kill_sessions(), read_end),
        expect=Expect("KH--", 502, timers="+/+/+/-1/+"),
        later={"3.0": Expect("KC--", 500, None, timers="+/+/+/-1/+")},
    ),
    Scenario(
        name="killed-data",
        about="`shutdown session` in the middle of the body.",
        servers={"s1": PART},
        client=(send(GET), wait("sent"), read(1000), kill_sessions(), read_end),
        expect=Expect("KD--", 200, timers="+/+/+/+/+"),
        later={"3.0": Expect("KC--", 500, 200, timers="+/+/+/+/+")},
    ),
    Scenario(
        name="killed-tarpit",
        about="`shutdown session` on a tarpitted request.",
        config=http("http-request tarpit\ntimeout tarpit 1s"),
        client=(send(GET), until("show sess", "fe=web"), kill_sessions(), read_end),
        expect=Expect("KT--", 500, timers="-1/~1000/-1/-1/~1000"),
        later={
            "2.8": Expect("KH--", 500, None, timers="-1/~1000/-1/-1/~1000"),
            "3.0": Expect("KC--", 500, None, timers="-1/-1/-1/-1/+"),
        },
    ),
    Scenario(
        name="killed-server-sessions",
        about="`shutdown sessions server` while the server computes.",
        servers={"s1": HANG},
        client=(send(GET), wait("asked"), admin("shutdown sessions server app/s1"), read_end),
        expect=Expect("KH--", 502, timers="+/+/+/-1/+"),
        later={"3.0": Expect("KC--", 500, None, timers="+/+/+/-1/+")},
    ),
    Scenario(
        name="killed-frontend",
        about="`shutdown frontend` while the server computes: the stream goes on.",
        config=http(app="timeout server 300ms"),
        servers={"s1": HANG},
        client=(send(GET), wait("asked"), admin("shutdown frontend web"), read_end),
        expect=Expect("sH--", 504, timers="+/+/+/-1/~300"),
    ),
    Scenario(
        name="maintenance-headers",
        about="The server goes into maintenance while it computes: the stream goes on.",
        config=http(app="timeout server 300ms"),
        servers={"s1": HANG},
        client=(send(GET), wait("asked"), admin("set server app/s1 state maint"), read_end),
        expect=Expect("sH--", 504, timers="+/+/+/-1/~300"),
    ),
    Scenario(
        name="server-down-headers",
        about="`on-marked-down shutdown-sessions`: the server goes into maintenance while it computes.",
        config=http(server=DOWN),
        servers={"s1": HANG},
        client=(send(GET), wait("asked"), admin("set server app/s1 state maint"), read_end),
        expect=Expect("DH--", 502, timers="+/+/+/-1/+"),
        later={"3.0": Expect("DC--", 500, None, timers="+/+/+/-1/+")},
    ),
    Scenario(
        name="server-down-data",
        about="`on-marked-down shutdown-sessions`: the server goes into maintenance in the middle of the body.",
        config=http(server=DOWN),
        servers={"s1": PART},
        client=(send(GET), wait("sent"), read(1000), admin("set server app/s1 state maint"), read_end),
        expect=Expect("DD--", 200, timers="+/+/+/+/+"),
        later={"3.0": Expect("DC--", 500, 200, timers="+/+/+/+/+")},
    ),
    Scenario(
        name="server-down-connect",
        about="`on-marked-down shutdown-sessions` while HAProxy waits for the server's SYN-ACK.",
        config=http(app="timeout connect 2s", server=DOWN),
        servers={"s1": SILENT},
        client=(send(GET), WAITING, admin("set server app/s1 state maint"), read_end),
        expect=Expect("D---", -1, timers="+/+/-1/-1/+"),
        later={"3.0": Expect("DC--", 500, None, timers="+/+/-1/-1/+")},
    ),
    Scenario(
        name="server-down-by-check",
        about="`on-marked-down shutdown-sessions`: a health check finds the server dead while it computes.",
        config=http(server=f"{DOWN} check inter 50ms fall 1"),
        servers={"s1": HANG},
        client=(send(GET), wait("asked"), stop("s1"), read_end),
        expect=Expect("DH--", 502, timers="+/+/+/-1/+"),
        later={"3.0": Expect("DC--", 500, None, timers="+/+/+/-1/+")},
    ),
    Scenario(
        name="backup-release-headers",
        about="`on-marked-up shutdown-backup-sessions`: the active server is back while the backup computes.",
        config=http(app=BACKUP),
        servers={"s1": HANG, "s2": HANG},
        client=(send(GET), wait("asked"), admin("set server app/s1 state ready"), read_end),
        expect=Expect("UH--", 502, timers="+/+/+/-1/+"),
        later={"3.0": Expect("UC--", 500, None, timers="+/+/+/-1/+")},
    ),
    Scenario(
        name="backup-release-data",
        about="`on-marked-up shutdown-backup-sessions` in the middle of the body.",
        config=http(app=BACKUP),
        servers={"s1": HANG, "s2": PART},
        client=(send(GET), wait("sent"), read(1000), admin("set server app/s1 state ready"), read_end),
        expect=Expect("UD--", 200, timers="+/+/+/+/+"),
        later={"3.0": Expect("UC--", 500, 200, timers="+/+/+/+/+")},
    ),
)
