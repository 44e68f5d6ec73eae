"""Every scenario on the machine's HAProxy: what it logs, what the client gets, and that the evidence says the same."""

import asyncio
import re
import subprocess
from pathlib import Path

import pytest

from knowledge import evidence, load
from knowledge.code import is_state
from knowledge.evidence import version_key
from tests.lab.harness import run
from tests.lab.judge import faults, record
from tests.lab.record import all_scenarios
from tests.lab.scenario import Expect, Outcome, Scenario
from tests.lab.servers import REFUSE
from tests.lab.versions import Build

SCENARIOS = {scenario.name: scenario for scenario in all_scenarios()}


def test_every_scenario_has_a_name_of_its_own() -> None:
    assert len(SCENARIOS) == len(all_scenarios())


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str, haproxy: Build, outcomes: dict[str, Outcome]) -> None:
    scenario = SCENARIOS[name]
    if not scenario.runs_on(haproxy.major):
        assert name not in outcomes
        return
    assert faults(scenario, haproxy, outcomes[name]) == []


def test_a_wrong_expectation_is_found(haproxy: Build, tmp_path: Path) -> None:
    """The judge can fail: the same run, expected otherwise in every field."""
    right = SCENARIOS["server-refused-no-retry"]
    wrong = Scenario(
        name="wrong", about=right.about, client=right.client, servers={"s1": REFUSE},
        expect=Expect("sC--", 504, 200, timers="+/+/+/-1/~500", retries="3"),
    )  # fmt: skip
    outcome = asyncio.run(run(wrong, haproxy, tmp_path))
    found = "\n".join(faults(wrong, haproxy, outcome))
    for part in ("expected sC--", "status 503, expected 504", "client got 503", "Tc is -1", "Ta is", "retries 0"):
        assert part in found


def test_the_evidence_agrees(haproxy: Build, outcomes: dict[str, Outcome]) -> None:
    """What is recorded of this version is what it does now."""
    recorded = {kept.scenario: kept for kept in evidence.records() if version_key(kept.version)[:2] == haproxy.major}
    if not recorded:
        pytest.skip(f"no evidence of HAProxy {haproxy.version}: `make lab` records it")
    for name, outcome in outcomes.items():
        made = record(SCENARIOS[name], haproxy, outcome)
        kept = recorded[name]
        if not SCENARIOS[name].expected(haproxy.major).instead:
            assert (made.state, made.status, made.seen) == (kept.state, kept.status, kept.seen), name


def test_evidence_is_public_and_legal() -> None:
    for kept in evidence.records():
        where = f"{kept.version} {kept.scenario}"
        assert not re.search(r"\b(?:127|10|172|192\.168)\.\d", kept.line), where
        if kept.state:
            assert is_state(kept.state), where
            assert f" {kept.state} " in kept.line, where
            assert kept.mode == ("http" if len(kept.state) == 4 else "tcp"), where
        else:
            assert not kept.line, where


def _check(haproxy: Build, path: Path) -> str:
    done = subprocess.run([*haproxy.command, "-c", "-f", str(path)], capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else ""


def test_a_broken_configuration_is_found(haproxy: Build, tmp_path: Path) -> None:
    path = tmp_path / "broken.cfg"
    path.write_text("defaults\n    timeout nonsense 1s\n", "utf-8")
    assert "nonsense" in _check(haproxy, path)


def _snippets() -> list[tuple[str, str]]:
    fixes = [(f"{entry.id}-{n}", fix.config) for entry in load() for n, fix in enumerate(getattr(entry, "fixes", ()), 1)]
    return [(name, text) for name, text in fixes if text]


@pytest.mark.parametrize(("name", "snippet"), _snippets(), ids=[name for name, _ in _snippets()])
def test_snippet_is_a_legal_configuration(name: str, snippet: str, haproxy: Build, tmp_path: Path) -> None:
    path = tmp_path / "snippet.cfg"
    path.write_text(f"defaults\n    mode http\n    timeout client 5s\n    timeout server 5s\n    timeout connect 5s\n{snippet}\n", "utf-8")
    assert _check(haproxy, path) == "", name
