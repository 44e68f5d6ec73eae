"""What a scenario is: a configuration, what servers and client do, and what HAProxy must log."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from tests.lab.config import http
from tests.lab.line import Line
from tests.lab.servers import ANSWER, Server
from tests.lab.steps import Script
from tests.lab.versions import branch

NO_LINE = ""


class Expect(NamedTuple):
    """What is logged: the code (NO_LINE: nothing at all), the status, and the status that the client got.

    `timers` has the log line's own order; each is a number, "+" (0 or more) or "~200" (200 ms, and what a busy
    machine adds). `seen` is None where the client got no status. `instead` is as good: which of the two comes is a race.
    """

    code: str
    status: int | None = None
    seen: int | Literal["same"] | None = "same"
    timers: str = ""
    retries: str = ""
    instead: "Expect | None" = None

    @property
    def client_status(self) -> int | None:
        if self.seen != "same":
            return self.seen
        return self.status if self.status and self.status > 0 else None


class Outcome(NamedTuple):
    """What came out of a run: the lines of the judged client, the status it got for the last of them, everything else as text."""

    lines: tuple[Line, ...]
    seen: int | None
    notices: tuple[str, ...]
    fault: str


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One declaration. The last line of `client`'s connection is the one that is judged; `lines` says how many there
    are (one less where NO_LINE is expected), and with `quiet` no further one may come. `others` are further clients;
    `later` has what newer versions do otherwise, by the version that was seen to do it first. The client
    connects once `after` is told. `padding` takes file descriptors away from HAProxy (from, to), and `limited` makes
    the upper end its limit."""

    name: str
    about: str
    client: Script
    expect: Expect
    config: str = http()
    servers: Mapping[str, Server] = field(default_factory=lambda: {"s1": ANSWER})
    others: tuple[Script, ...] = ()
    later: Mapping[str, Expect] = field(default_factory=dict)
    lines: int = 1
    quiet: bool = False
    since: str = "2.2"
    until: str = ""
    client_buffer: int = 0
    files: Mapping[str, bytes] = field(default_factory=dict)
    after: str = ""
    padding: tuple[int, int] | None = None
    limited: bool = False

    def runs_on(self, version: tuple[int, int]) -> bool:
        return branch(self.since) <= version and (not self.until or version <= branch(self.until))

    def expected(self, version: tuple[int, int]) -> Expect:
        """What `version` (2, 6) must log."""
        newest = [changed for since, changed in self.later.items() if branch(since) <= version]
        return newest[-1] if newest else self.expect
