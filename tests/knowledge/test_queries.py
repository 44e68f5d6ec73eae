"""Ready queries: each is well formed, and those that run here find what they say in a real log."""

# ruff: noqa: E501  log lines are long

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import knowledge
from knowledge import code as codes
from knowledge import queries
from knowledge.logline import read_line
from tests.knowledge.loglines import LIVE

LINES = [
    f"Nov 24 03:12:45 lb1 haproxy[812]: {r['line']}" for r in LIVE if r["format"] in ("httplog", "tcplog") and "sid=q" not in r["line"]
]
TOOLS = [q.tool for q in queries.load()]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "haproxy.log"
    path.write_text("\n".join(LINES) + "\n")
    return path


def run(tool: str, state: str, log: Path) -> str:
    query = next(q for q in queries.load() if q.tool == tool)
    command = queries.filled(query, state).replace("/var/log/haproxy.log", str(log))
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, done.stderr
    return done.stdout


def wanted(state: str) -> list[str]:
    return [line for line in LINES if (read_line(line).termination_state or "").startswith(state)]


def test_every_place_where_logs_live() -> None:
    assert set(TOOLS) >= {"grep", "awk", "halog", "journalctl", "loki", "kql", "esql", "splunk", "cloudwatch", "clickhouse"}
    assert len(TOOLS) == len(set(TOOLS))


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("state", ["sC", "--", "sC--", "--NI", "CD"])
def test_filled_for_any_state(tool: str, state: str) -> None:
    text = queries.filled(next(q for q in queries.load() if q.tool == tool), state)
    assert (state[:2] if tool == "halog" else state) in text
    assert not re.search(r"\{(?:state|re|pair|like)\}", text)
    for opening, closing in ("()", "{}"):
        assert text.replace('[^"{', "[").replace("x22{", "").count(opening) == text.count(closing)
    assert text.count("'") % 2 == text.count("`") % 2 == text.replace('[^"{]', "").count('"') % 2 == 0


@pytest.mark.parametrize("state", codes.PAIRS)
def test_the_pattern_finds_the_state_and_no_other(state: str) -> None:
    pattern = re.compile(f'^[^"{{]* {queries.pattern(state)} [0-9]+/[0-9]+/[0-9]+/')
    line = f'lb [24/Nov/2026:03:12:25.101] web app/s1 0/0/1/2/3 503 217 - - {state}NI 12/12/3/1/0 0/0 {{x {state}-- 1/1/1/1/1 0/0}} "GET /{state} HTTP/1.1"'
    assert pattern.search(line)
    other = "SH" if state != "SH" else "sC"
    assert not pattern.search(line.replace(f" {state}NI ", f" {other}-- "))


@pytest.mark.parametrize("state", ["sC", "SC--", "--", "sD"])
def test_grep(state: str, log: Path) -> None:
    assert run("grep", state, log).splitlines() == wanted(state)[-20:]


@pytest.mark.parametrize("awk", ["mawk", "gawk", "awk"])
def test_awk(awk: str, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if (program := shutil.which(awk)) is None:
        pytest.skip(f"no {awk} here")
    (tmp_path / "awk").symlink_to(program)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    found = {name: int(n) for n, name in (line.split(" ", 1) for line in run("awk", "SC", log).splitlines())}
    expected: dict[str, int] = {}
    for line in map(read_line, wanted("SC")):
        name = f"{line.backend}/{line.server}"
        expected[name] = expected.get(name, 0) + 1
    assert found == expected


@pytest.mark.skipif(shutil.which("halog") is None, reason="no halog here")
def test_halog(log: Path) -> None:
    found = {line.split()[0] for line in run("halog", "SC", log).splitlines() if not line.startswith("#")}
    assert found == {f"{x.backend}/{x.server}" for x in map(read_line, wanted("SC")) if x.mode == "http"}


def test_parts_of_an_answer() -> None:
    base = knowledge.load()
    for language in ("en", "zh"):
        heading, *parts = queries.parts("sC", language)
        assert len(parts) == len(TOOLS)
        assert {part.language for part in parts} == {"sh", "query"}
        for code in ("sC", "sC--", "UH"):
            whole = base.answer(code, language).details
            assert whole[-len(parts) - 1] == heading
            assert whole[-len(parts) :] == queries.parts(code, language)[1:]


@pytest.mark.skipif(shutil.which("jq") is None, reason="no jq here")
def test_the_jq_filter(log: Path) -> None:
    text = queries.filled(next(q for q in queries.load() if q.tool == "haflag"), "sC")
    script = re.search(r"jq -c '([^']+)'", text)
    assert script
    rows = "\n".join(json.dumps({"termination_state": s}) for s in ("sC--", "SC--", None, "sC"))
    done = subprocess.run(["jq", "-c", script[1]], input=rows, capture_output=True, text=True, timeout=20)
    assert [json.loads(row)["termination_state"] for row in done.stdout.splitlines()] == ["sC--", "sC"]
