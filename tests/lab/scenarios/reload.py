"""An old process after a reload: a soft stop, and what `hard-stop-after` does to what is left."""

import os
import signal

from tests.lab.clients import GET
from tests.lab.config import http, tcp
from tests.lab.scenario import Expect, Scenario
from tests.lab.scenarios.client import HANG, PART
from tests.lab.scenarios.tcp import ECHO
from tests.lab.servers import response, serve
from tests.lab.steps import Peer, pause, read, read_end, read_head, send, tell, wait

HARD = "hard-stop-after 300ms"


async def soft_stop(peer: Peer) -> None:
    """What a reload tells the old process."""
    os.kill(peer.lab.pid, signal.SIGUSR1)


SCENARIOS = (
    Scenario(
        name="soft-stop-headers",
        about="A soft stop while the server computes: the stream is served to its end.",
        servers={"s1": serve((read_head, tell("asked"), pause(200), send(response())))},
        client=(send(GET), wait("asked"), soft_stop, read_end),
        expect=Expect("----", 200, timers="+/+/+/+/+"),
    ),
    Scenario(
        name="hard-stop-headers",
        about="`hard-stop-after` strikes while the server computes.",
        config=http(process=HARD),
        servers={"s1": HANG},
        client=(send(GET), wait("asked"), soft_stop, read_end),
        expect=Expect("KH--", 502, timers="+/+/+/-1/+"),
        later={"3.0": Expect("KC--", 500, None, timers="+/+/+/-1/+")},
    ),
    Scenario(
        name="hard-stop-data",
        about="`hard-stop-after` strikes in the middle of the body.",
        config=http(process=HARD),
        servers={"s1": PART},
        client=(send(GET), wait("sent"), read(1000), soft_stop, read_end),
        expect=Expect("KD--", 200, timers="+/+/+/+/+"),
        later={"3.0": Expect("KC--", 500, 200, timers="+/+/+/+/+")},
    ),
    Scenario(
        name="tcp-hard-stop",
        about="`hard-stop-after` strikes on an idle TCP connection.",
        config=tcp(process=HARD),
        servers={"s1": ECHO},
        client=(wait("greeted"), read(5), soft_stop, read_end),
        expect=Expect("K-", timers="+/+/+"),
        later={"3.0": Expect("KC", timers="+/+/+")},
    ),
)
