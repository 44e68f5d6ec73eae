"""What a run must show against what it showed; and the run as a record of evidence, the same however often it is made."""

import re
import zlib
from collections.abc import Sequence
from pathlib import Path

from knowledge.evidence import Record
from tests.lab.harness import run_all
from tests.lab.scenario import Expect, Outcome, Scenario
from tests.lab.versions import Build

SLACK_MS = 400
"""What a busy machine may add to a timer."""
_DATE = re.compile(r"\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d\.\d{3}\]")
_LOOPBACK = re.compile(r"\b127(?:\.\d+){3}\b|::1\b|\bunix:\d+")


def faults(scenario: Scenario, build: Build, outcome: Outcome) -> list[str]:
    """Every way in which the outcome is not what the scenario expects of this version; empty where all is as expected."""
    expect = scenario.expected(build.major)
    found = _faults(scenario, expect, outcome)
    return found if found and not (expect.instead and not _faults(scenario, expect.instead, outcome)) else []


def _faults(scenario: Scenario, expect: Expect, outcome: Outcome) -> list[str]:
    if outcome.fault:
        return [outcome.fault]
    wanted = scenario.lines - (not expect.code)
    found = [f"{len(outcome.lines)} lines were logged, {wanted} expected"] if len(outcome.lines) != wanted else []
    if not expect.code or not outcome.lines:
        return found
    line = outcome.lines[-1]
    if line.code != expect.code:
        found.append(f"logged {line.code}, expected {expect.code}: {line.text}")
    if expect.status is not None and line.status != expect.status:
        found.append(f"logged status {line.status}, expected {expect.status}")
    if outcome.seen != expect.client_status:
        found.append(f"the client got {outcome.seen}, expected {expect.client_status}")
    if expect.retries and line.retries != expect.retries:
        found.append(f"retries {line.retries}, expected {expect.retries}")
    for name, pattern, value in zip(_names(line.mode), filter(None, expect.timers.split("/")), line.timers, strict=False):
        if not _fits(pattern, value):
            found.append(f"{name} is {value}, expected {pattern}")
    return found


async def settled(scenarios: Sequence[Scenario], build: Build, folder: Path, at_once: int = 8) -> dict[str, Outcome]:
    """The outcome of every scenario that `build` can run, by name.

    Timeouts of a few hundred milliseconds are at the mercy of a busy machine, so what came out otherwise than expected
    is run again by itself, twice at most; what it gives then is what counts.
    """
    outcomes = await run_all(scenarios, build, folder, at_once)
    for _ in range(2):
        again = [s for s in scenarios if s.name in outcomes and faults(s, build, outcomes[s.name])]
        outcomes |= await run_all(again, build, folder, 1)
    return outcomes


def _names(mode: str) -> tuple[str, ...]:
    return ("TR", "Tw", "Tc", "Tr", "Ta") if mode == "http" else ("Tw", "Tc", "Tt")


def _fits(pattern: str, value: int) -> bool:
    if pattern == "+":
        return value >= 0
    if pattern.startswith("~"):
        return int(pattern[1:]) - 20 <= value <= int(pattern[1:]) + SLACK_MS
    return value == int(pattern)


def record(scenario: Scenario, build: Build, outcome: Outcome) -> Record:
    """The judged line as evidence: documentation addresses, a fixed date, timers rounded down to 50 ms so that a second
    recording of the same behaviour is the same text. `state` is empty where nothing was to be logged."""
    if not scenario.expected(build.major).code:
        mode = "tcp" if "mode tcp" in scenario.config else "http"
        return Record(build.version, scenario.name, "", mode, "", seen=outcome.seen)  # type: ignore[arg-type]
    line = outcome.lines[-1]
    timers = [-1 if t < 0 else t // 50 * 50 for t in line.timers]
    text = re.sub(r"(?<= )\+?-?\d+(?:/-?\d+)*/\+?-?\d+(?= )", lambda _: "/".join(map(str, timers)), line.text, count=1)
    port = 40000 + zlib.crc32(scenario.name.encode()) % 20000
    text = re.sub(r"^\S+:\d+(?= )", f"198.51.100.7:{port}", text)
    text = _LOOPBACK.sub("192.0.2.1", _DATE.sub("[24/Nov/2026:03:12:45.000]", text))
    return Record(
        version=build.version,
        scenario=scenario.name,
        state=line.code,
        mode=line.mode,
        line=text,
        status=line.status,
        seen=outcome.seen,
        timers=dict(zip(_names(line.mode), timers, strict=True)),
        retries=int(line.retries.lstrip("+")),
        term_events=line.term_events or "",
    )
