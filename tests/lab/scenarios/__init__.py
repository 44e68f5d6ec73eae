"""All scenarios of the lab, by what ends the stream."""

from tests.lab.scenario import Scenario
from tests.lab.scenarios import client, cookies, h2, killed, proxy, rules, server, tcp, uploads

ALL: tuple[Scenario, ...] = (
    *client.SCENARIOS, *uploads.SCENARIOS, *server.SCENARIOS, *proxy.SCENARIOS, *rules.SCENARIOS, *killed.SCENARIOS,
    *cookies.SCENARIOS, *tcp.SCENARIOS, *h2.SCENARIOS,
)  # fmt: skip
