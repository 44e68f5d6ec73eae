"""HTTP: what HAProxy tries again, and what it does not: redispatch, `retry-on`, idle connections that break."""

from tests.lab.clients import ASK, GET
from tests.lab.config import http
from tests.lab.scenario import NO_LINE, Expect, Scenario
from tests.lab.scenarios.server import BOTH_ORDERED
from tests.lab.servers import ANSWER, REFUSE, SILENT, response, serve
from tests.lab.steps import close, pause, read_end, read_head, read_until, reset, send, tell, wait

CLOSES = serve((read_head, close))

SCENARIOS = (
    Scenario(
        name="server-refused-redispatch",
        about="The first server refuses, `option redispatch` finds the second.",
        config=http(app="retries 1\noption redispatch 1\n" + BOTH_ORDERED),
        servers={"s1": REFUSE, "s2": ANSWER},
        client=ASK,
        expect=Expect("----", 200, timers="+/+/+/+/+", retries="+1"),
    ),
    Scenario(
        name="server-timeout-connect-retried",
        about="The same with two retries: three times `timeout connect`.",
        config=http(app="timeout connect 100ms\nretries 2"),
        servers={"s1": SILENT},
        client=ASK,
        expect=Expect("sC--", 503, timers="+/+/-1/-1/~300", retries="2"),
    ),
    Scenario(
        name="server-timeout-connect-redispatch",
        about="The first server drops every SYN, `option redispatch 1` finds the second.",
        config=http(app="timeout connect 100ms\nretries 1\noption redispatch 1\n" + BOTH_ORDERED),
        servers={"s1": SILENT, "s2": ANSWER},
        client=ASK,
        expect=Expect("----", 200, timers="+/~100/+/+/~100", retries="+1"),
    ),
    Scenario(
        name="server-abort-headers-retried",
        about="The server closes without an answer, `retry-on empty-response` tries again and succeeds.",
        config=http(app="retries 2\nretry-on empty-response"),
        servers={"s1": serve((read_head, close), (read_head, send(response())))},
        client=ASK,
        expect=Expect("----", 200, timers="+/+/+/+/+", retries="1"),
    ),
    Scenario(
        name="server-timeout-headers-retried",
        about="`retry-on response-timeout`: the first answer never comes, the second try is answered.",
        config=http(app="timeout server 200ms\nretries 2\nretry-on response-timeout"),
        servers={"s1": serve((read_head,), (read_head, send(response())))},
        client=ASK,
        expect=Expect("----", 200, timers="+/+/~200/+/~200", retries="1"),
    ),
    Scenario(
        name="server-503-retried",
        about="`retry-on 503`: the server's own 503 is not passed on.",
        config=http(app="retries 2\nretry-on 503"),
        servers={"s1": serve((read_head, send(response(503))), (read_head, send(response())))},
        client=ASK,
        expect=Expect("----", 200, timers="+/+/+/+/+", retries="1"),
    ),
    Scenario(
        name="server-idle-reset",
        about="A reused connection is reset by the server as the second request of the same client comes.",
        servers={"s1": serve((read_head, send(response()), read_until(b"\r\n\r\n", 2), reset))},
        client=(send(GET), read_until(b"hello"), send(GET), read_end),
        expect=Expect("SD--", -1, timers="+/+/+/-1/+"),
        later={"2.6": Expect(NO_LINE)},
        lines=2,
    ),
    Scenario(
        name="server-idle-reset-other-client",
        about="With `http-reuse always` the first request of a client goes out on an idle connection that the server resets.",
        config=http(app="http-reuse always"),
        servers={"s1": serve((read_head, send(response()), read_until(b"\r\n\r\n", 2), reset), (read_head, send(response())))},
        others=((send(GET), read_until(b"hello"), tell("first")),),
        client=(wait("first"), pause(50), send(GET), read_end),
        expect=Expect("SD--", -1, timers="+/+/+/-1/+"),
        later={"2.6": Expect("SH--", 502, timers="+/+/+/-1/+"), "2.8": Expect(NO_LINE)},
    ),
    Scenario(
        name="server-idle-reset-retried",
        about="The same with `retry-on conn-failure empty-response`: a fresh connection answers.",
        config=http(app="http-reuse always\nretries 2\nretry-on conn-failure empty-response"),
        servers={"s1": serve((read_head, send(response()), read_until(b"\r\n\r\n", 2), reset), (read_head, send(response())))},
        others=((send(GET), read_until(b"hello"), tell("first")),),
        client=(wait("first"), pause(50), send(GET), read_end),
        expect=Expect("----", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="retried-refused",
        about="Both servers refuse: the retry of `option redispatch` changes nothing.",
        config=http(app="retries 1\noption redispatch 1\n" + BOTH_ORDERED),
        servers={"s1": REFUSE, "s2": REFUSE},
        client=ASK,
        expect=Expect("SC--", 503, timers="+/+/-1/-1/+", retries="+1"),
    ),
    Scenario(
        name="retried-empty",
        about="`retry-on empty-response`, and every attempt ends without an answer.",
        config=http(app="retries 2\nretry-on empty-response"),
        servers={"s1": CLOSES},
        client=ASK,
        expect=Expect("SH--", 502, timers="+/+/+/-1/+", retries="2"),
    ),
    Scenario(
        name="retried-timeout",
        about="`retry-on response-timeout`, and no attempt is answered.",
        config=http(app="timeout server 150ms\nretries 2\nretry-on response-timeout"),
        servers={"s1": serve((read_head,))},
        client=ASK,
        expect=Expect("sH--", 504, timers="+/+/~300/-1/~450", retries="2"),
    ),
    Scenario(
        name="retried-junk",
        about="`retry-on junk-response`, and every answer is junk.",
        config=http(app="retries 1\nretry-on junk-response"),
        servers={"s1": serve((read_head, send(b"\x00 nonsense\r\n\r\n"), close))},
        client=ASK,
        expect=Expect("PH--", 502, timers="+/+/+/-1/+", retries="1"),
    ),
    Scenario(
        name="retried-503",
        about="`retry-on 503`, and every answer is a 503: the last one is passed on.",
        config=http(app="retries 1\nretry-on 503"),
        servers={"s1": serve((read_head, send(response(503))))},
        client=ASK,
        expect=Expect("----", 503, timers="+/+/+/+/+", retries="1"),
    ),
    Scenario(
        name="retried-other-server",
        about="`retry-on empty-response` with `option redispatch 1`: the other server answers.",
        config=http(app="retries 1\nretry-on empty-response\noption redispatch 1\n" + BOTH_ORDERED),
        servers={"s1": CLOSES, "s2": ANSWER},
        client=ASK,
        expect=Expect("----", 200, timers="+/+/+/+/+", retries="+1"),
    ),
    Scenario(
        name="retry-disabled",
        about="`http-request disable-l7-retry` keeps `retry-on` away from this request.",
        config=http("http-request disable-l7-retry", "retries 2\nretry-on empty-response"),
        servers={"s1": serve((read_head, close), (read_head, send(response())))},
        client=ASK,
        expect=Expect("SH--", 502, timers="+/+/+/-1/+", retries="0"),
    ),
)
