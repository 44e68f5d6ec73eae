"""HTTP: what the third and fourth letter say about the persistence cookie."""

import time
from collections.abc import Mapping

from tests.lab.clients import request
from tests.lab.config import http
from tests.lab.scenario import Expect, Scenario
from tests.lab.servers import ANSWER, REFUSE, Serve, Server, response, serve
from tests.lab.steps import Script, close, read_end, read_head, send

_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def stamp(seconds_ago: int) -> str:
    """A date as HAProxy writes it into a cookie with `maxidle` or `maxlife`: units of 4 s, 30 bits, five digits."""
    units = (int(time.time()) - seconds_ago) >> 2
    return "".join(_DIGITS[(units >> shift) & 63] for shift in (24, 18, 12, 6, 0))


def ask(cookie: str = "", method: str = "GET") -> Script:
    return (send(request(method, "/", *([f"Cookie: SRV={cookie}"] if cookie else []))), read_end)


def persist(cookie: str, more: str = "", first: str = "", second: str = "") -> str:
    servers = f"server s1 192.0.2.10:8080 cookie one {first}\nserver s2 192.0.2.11:8080 cookie two {second}"
    return http(app=f"cookie SRV {cookie}\n{more}\n{servers}")


SETS: Serve = serve((read_head, send(response(200, "Set-Cookie: SRV=own; path=/"))))
ANSWERS = {"s1": ANSWER, "s2": ANSWER}
SETTERS = {"s1": SETS, "s2": SETS}


def case(name: str, about: str, config: str, client: Script, expect: Expect, servers: Mapping[str, Server] | None = None) -> Scenario:
    return Scenario(name=f"cookie-{name}", about=about, config=config, client=client, expect=expect, servers=servers or ANSWERS)


DATED = "insert indirect nocache maxidle 10m maxlife 1h"
SCENARIOS = (
    case("insert-none", "`cookie insert`: a new visitor.", persist("insert indirect nocache"), ask(), Expect("--NI", 200)),
    case("insert-valid", "`cookie insert`: a visitor who has been here.", persist("insert indirect nocache"), ask("two"), Expect("--VN", 200)),
    case("insert-invalid", "`cookie insert`: a cookie that names no server.", persist("insert indirect nocache"), ask("gone"), Expect("--II", 200)),
    case("insert-down", "`cookie insert`: the cookie's server is down, another one answers.", persist("insert indirect nocache", second="disabled"), ask("two"), Expect("--DI", 200)),
    case("insert-down-persist", "`option persist`: the client is sent to its server although that is down.", persist("insert indirect nocache", "option persist", second="disabled"), ask("two"), Expect("--DN", 200)),
    case("insert-down-refused", "`option persist`: the client is sent to its dead server, which refuses.", persist("insert indirect nocache", "option persist", second="disabled"), ask("two"), Expect("SCDN", 503), {"s1": ANSWER, "s2": REFUSE}),
    case("insert-down-redispatched", "`option persist` with `option redispatch 1`: after the refusal another server answers.", persist("insert indirect nocache", "option persist\nretries 2\noption redispatch 1", second="disabled"), ask("two"), Expect("--DI", 200), {"s1": ANSWER, "s2": REFUSE}),
    case("insert-valid-redispatched", "The cookie's server refuses and is not yet known to be down: `option redispatch 1` takes another.", persist("insert indirect nocache", "retries 2\noption redispatch 1"), ask("two"), Expect("--DI", 200), {"s1": ANSWER, "s2": REFUSE}),
    case("maxidle-new", "`maxidle` and `maxlife`: a new visitor.", persist(DATED), ask(), Expect("--NI", 200)),
    case("maxidle-fresh", "The cookie's last date is now.", persist(DATED), ask(f"two|{stamp(0)}|{stamp(0)}"), Expect("--VU", 200)),
    case("maxidle-updated", "The cookie's last date is a minute old.", persist(DATED), ask(f"two|{stamp(60)}|{stamp(60)}"), Expect("--VU", 200)),
    case("maxidle-expired", "The cookie's last date is older than `maxidle`.", persist(DATED), ask(f"two|{stamp(1200)}|{stamp(1200)}"), Expect("--EI", 200)),
    case("maxlife-old", "The cookie's first date is older than `maxlife`.", persist(DATED), ask(f"two|{stamp(60)}|{stamp(7200)}"), Expect("--OI", 200)),
    case("maxidle-undated", "A cookie without a date where `maxidle` is set.", persist(DATED), ask("two"), Expect("--VU", 200)),
    case("use-server", "A `use-server` rule decides, the cookie is not looked at.", persist("insert indirect nocache", "use-server s1 if TRUE"), ask("two"), Expect("--UN", 200)),
    case("use-server-none", "A `use-server` rule decides, and there is no cookie.", persist("insert indirect nocache", "use-server s1 if TRUE"), ask(), Expect("--NN", 200)),
    case("insert-provided", "`cookie insert`: the server sets the cookie itself, HAProxy overwrites it.", persist("insert"), ask(), Expect("--NI", 200), SETTERS),
    case("insert-provided-valid", "`cookie insert indirect`: a known visitor, and the server sets the cookie itself.", persist("insert indirect"), ask("two"), Expect("--VD", 200), SETTERS),
    case("preserve-provided", "`cookie insert preserve`: the server's own cookie is passed on.", persist("insert preserve"), ask(), Expect("--NP", 200), SETTERS),
    case("preserve-none", "`cookie insert preserve`: the server sets none.", persist("insert preserve"), ask(), Expect("--NI", 200)),
    case("insert-direct-valid", "`cookie insert` without `indirect`: a visitor who has been here.", persist("insert"), ask("two"), Expect("--VN", 200)),
    case("postonly-get", "`cookie insert postonly`: a GET gets no cookie.", persist("insert postonly"), ask(), Expect("--NN", 200)),
    case("passive-none", "`cookie SRV` alone: the server sets none.", persist(""), ask(), Expect("----", 200)),
    case("passive-provided", "`cookie SRV` alone: the server sets one.", persist(""), ask(), Expect("----", 200), SETTERS),
    case("passive-valid", "`cookie SRV` alone: a visitor who has been here.", persist(""), ask("two"), Expect("----", 200)),
    case("passive-invalid", "`cookie SRV` alone: a cookie that names no server.", persist(""), ask("gone"), Expect("----", 200)),
    case("passive-down", "`cookie SRV` alone: the cookie's server is down.", persist("", second="disabled"), ask("two"), Expect("----", 200)),
    case("rewrite-provided", "`cookie rewrite`: the server sets one, HAProxy rewrites it.", persist("rewrite"), ask(), Expect("--NR", 200), SETTERS),
    case("rewrite-none", "`cookie rewrite`: the server sets none.", persist("rewrite"), ask(), Expect("--NN", 200)),
    case("rewrite-valid", "`cookie rewrite`: a visitor who has been here, and the server sets the cookie again.", persist("rewrite"), ask("two"), Expect("--VR", 200), SETTERS),
    case("prefix-provided", "`cookie prefix`: the server sets one, HAProxy puts its own in front.", persist("prefix"), ask(), Expect("--NR", 200), SETTERS),
    case("prefix-valid", "`cookie prefix`: a visitor who has been here.", persist("prefix"), ask("two~own"), Expect("--VN", 200)),
    case("ignore-persist", "`ignore-persist` leaves the cookie unread.", persist("insert indirect nocache", "ignore-persist if TRUE"), ask("two"), Expect("--UN", 200)),
    case("error-before-response", "The request ends before a response: what was read of the cookie stays in the log.", persist("insert indirect nocache", first="disabled", second="disabled"), ask("two"), Expect("SCDN", 503)),
    case("rewrite-invalid", "`cookie rewrite`: a cookie that names no server, and the server sets none.", persist("rewrite"), ask("gone"), Expect("--IN", 200)),
    case("postonly-provided", "`cookie insert indirect postonly`: a GET, and the server sets the cookie itself.", persist("insert indirect postonly"), ask(), Expect("--ND", 200), SETTERS),
    case("preserve-provided-valid", "`cookie insert preserve`: a known visitor, and the server sets the cookie itself.", persist("insert preserve"), ask("two"), Expect("--VP", 200), SETTERS),
    case("use-server-redispatched", "A `use-server` rule names a server that refuses: `option redispatch 1` takes another.", persist("insert indirect nocache", "use-server s1 if TRUE\nretries 2\noption redispatch 1"), ask("two"), Expect("--UI", 200), {"s1": REFUSE, "s2": ANSWER}),
    case("valid-retried", "The cookie's server closes without an answer: `retry-on` with `option redispatch 1` takes another.", persist("insert indirect nocache", "retries 2\noption redispatch 1\nretry-on empty-response"), ask("two"), Expect("--DI", 200), {"s1": ANSWER, "s2": serve((read_head, close))}),
    case("rewrite-down", "`cookie rewrite`: the cookie's server is down, and the answering one sets the cookie.", persist("rewrite", second="disabled"), ask("two"), Expect("--DR", 200), SETTERS),
    case("invalid-rewritten", "`cookie rewrite`: a cookie that names no server, and the server sets one.", persist("rewrite"), ask("gone"), Expect("--IR", 200), SETTERS),
    case("invalid-error", "A cookie that names no server, and every server refuses.", persist("insert indirect nocache"), ask("gone"), Expect("SCIN", 503), {"s1": REFUSE, "s2": REFUSE}),
    case("valid-same-server", "The cookie's server, the only one, closes without an answer: `retry-on` with `option redispatch 1` takes it again.",
         http(app="cookie SRV insert indirect nocache\nretries 2\noption redispatch 1\nretry-on empty-response\nserver s1 192.0.2.10:8080 cookie one"),
         ask("one"), Expect("--VI", 200), {"s1": serve((read_head, close), (read_head, send(response())))}),
)
