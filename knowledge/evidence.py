"""What live HAProxies logged: `evidence/<version>.jsonl`, one record per scenario, written by the lab (`make lab`)."""

import os
from functools import cache
from typing import Literal

import msgspec
from msgspec import Struct

from knowledge.model import Mode
from knowledge.prebuilt import kept

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "evidence")


class Record(Struct, frozen=True, omit_defaults=True):
    """One scenario on one HAProxy version. `status` is what was logged, `seen` what the client received (None: nothing),
    `state` is empty where nothing is logged, `timers` the timers of the line in ms, `line` the raw line with documentation
    addresses and a fixed date."""

    version: str
    scenario: str
    state: str
    mode: Mode
    line: str
    status: int | None = None
    seen: int | None = None
    timers: dict[str, int] = {}
    retries: int = 0
    term_events: str = ""

    @property
    def pair(self) -> str:
        return self.state[:2]

    @property
    def cookie(self) -> str:
        return self.state[2:]


@cache
def records() -> tuple[Record, ...]:
    """Every record, by version (oldest first) and scenario."""
    decode = msgspec.json.Decoder(Record).decode_lines
    found: list[Record] = []
    for name in os.listdir(FOLDER):
        if name.endswith(".jsonl"):
            with open(os.path.join(FOLDER, name), "rb") as file:
                found += decode(file.read())
    return tuple(sorted(found, key=lambda r: (version_key(r.version), r.scenario)))


def version_key(version: str) -> tuple[int, ...]:
    """"2.6.12" and "3.5-dev5" in the order of their release."""
    return tuple(int(part) for part in version.split("-")[0].split("."))


@cache
def for_pair(pair: str) -> tuple[Record, ...]:
    """The records whose first two letters are `pair`."""
    return _of("pair", pair)


@cache
def for_cookie(cookie: str) -> tuple[Record, ...]:
    """The records whose last two letters are `cookie`."""
    return _of("cookie", cookie)


def _of(half: Literal["pair", "cookie"], letters: str) -> tuple[Record, ...]:
    found = _by(half).get(letters)
    return () if found is None else msgspec.msgpack.decode(found, type=tuple[Record, ...])


@cache
def _by(half: Literal["pair", "cookie"]) -> dict[str, msgspec.Raw]:
    """The records by half a state, not decoded yet: an answer needs those of one, and reading all takes 20 ms."""

    def read() -> dict[str, list[Record]]:
        halves: dict[str, list[Record]] = {}
        for record in records():
            halves.setdefault(getattr(record, half), []).append(record)
        return halves

    return kept(f"evidence-{half}", [FOLDER, __file__], dict[str, msgspec.Raw], read)


@cache
def scenarios() -> frozenset[str]:
    """The names of all scenarios that ran."""
    return frozenset(r.scenario for r in records())
