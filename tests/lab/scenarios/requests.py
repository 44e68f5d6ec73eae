"""HTTP: the client goes, or keeps silent, before its request is whole; idle connections."""

from tests.lab.clients import ASK, GET, HALF
from tests.lab.config import http
from tests.lab.scenario import NO_LINE, Expect, Scenario
from tests.lab.steps import (
    close,
    pause,
    read_end,
    read_until,
    reset,
    send,
    shut,
)

SCENARIOS = (
    Scenario(
        name="client-abort-request",
        about="The client closes in the middle of its request head.",
        client=(send(HALF), close),
        expect=Expect("CR--", 400, None, timers="-1/-1/-1/-1/+"),
    ),
    Scenario(
        name="client-half-close-request",
        about="The client ends its sending direction in the middle of its request head, and reads on.",
        client=(send(HALF), shut, read_end),
        expect=Expect("CR--", 400, timers="-1/-1/-1/-1/+"),
    ),
    Scenario(
        name="client-reset-request",
        about="The client resets the connection in the middle of its request head.",
        client=(send(HALF), pause(50), reset),
        expect=Expect("CR--", 400, None, timers="-1/-1/-1/-1/+"),
    ),
    Scenario(
        name="client-abort-request-empty",
        about="The client connects and closes without a byte, as a bare TCP health check does.",
        client=(close,),
        expect=Expect("CR--", 400, None, timers="-1/-1/-1/-1/+"),
    ),
    Scenario(
        name="client-abort-request-empty-dontlognull",
        about="The same with `option dontlognull`: nothing is logged.",
        config=http("option dontlognull"),
        client=(close,),
        expect=Expect(NO_LINE),
    ),
    Scenario(
        name="client-abort-request-ignore-probes",
        about="The same with `option http-ignore-probes`.",
        config=http("option http-ignore-probes"),
        client=(close,),
        expect=Expect(NO_LINE),
    ),
    Scenario(
        name="client-timeout-request",
        about="`timeout http-request` strikes in the middle of the request head.",
        config=http("timeout http-request 200ms"),
        client=(send(HALF), read_end),
        expect=Expect("cR--", 408, timers="-1/-1/-1/-1/~200"),
    ),
    Scenario(
        name="client-timeout-request-empty",
        about="The client connects and sends nothing (a browser's pre-connect): `timeout http-request` strikes.",
        config=http("timeout http-request 200ms"),
        client=(read_end,),
        expect=Expect("cR--", 408, timers="-1/-1/-1/-1/~200"),
    ),
    Scenario(
        name="client-timeout-request-ignore-probes",
        about="The same with `option http-ignore-probes`: closed without a word, nothing is logged.",
        config=http("timeout http-request 200ms\noption http-ignore-probes"),
        client=(read_end,),
        expect=Expect(NO_LINE),
    ),
    Scenario(
        name="client-timeout-request-by-client",
        about="Without `timeout http-request`, `timeout client` bounds the request head.",
        config=http("timeout client 200ms"),
        client=(send(HALF), read_end),
        expect=Expect("cR--", 408, timers="-1/-1/-1/-1/~200"),
    ),
    Scenario(
        name="client-timeout-keep-alive",
        about="An idle connection after an answer runs into `timeout http-keep-alive`: closed, nothing more is logged.",
        config=http("timeout http-keep-alive 200ms"),
        client=ASK,
        expect=Expect("----", 200, timers="+/+/+/+/+"),
        quiet=True,
    ),
    Scenario(
        name="client-abort-second-request",
        about="The client of a kept-alive connection closes in the middle of its second request.",
        client=(send(GET), read_until(b"hello"), send(HALF), pause(50), close),
        expect=Expect(NO_LINE),
        later={"2.6": Expect("CR--", 400, None, timers="-1/-1/-1/-1/+")},
        lines=2,
    ),
    Scenario(
        name="client-timeout-second-request",
        about="The second request of a kept-alive connection stops half-way: `timeout http-request` strikes.",
        config=http("timeout http-request 200ms"),
        client=(send(GET), read_until(b"hello"), send(HALF), read_end),
        expect=Expect(NO_LINE),
        later={"2.6": Expect("cR--", 408, timers="-1/-1/-1/-1/~200")},
        lines=2,
    ),
)
