"""The benchmarks work: every part imports, one small round of each kind measures and checks. Nothing is timed here."""

import asyncio
from collections import Counter
from importlib import import_module
from itertools import chain
from pathlib import Path

import pytest

from knowledge.report_files import summarise_files
from tests.bench import load, logs
from tests.bench.floor import application
from tests.bench.measure import ROOT, Row, ratio, rounds
from tests.bench.reasons import REASONS, reasons
from tests.bot.slack_stub import serving

PARTS = ("__main__", "answer_rows", "echo", "http_rows", "load", "log_rows", "logs", "measure", "reasons", "servers", "slack")


@pytest.mark.parametrize("part", PARTS)
def test_every_part_imports(part: str):
    assert import_module(f"tests.bench.{part}").__doc__


async def test_the_load_checks_every_answer():
    async with serving(application()) as url:
        port = int(url.rpartition(":")[2])
        code = load.Load("code", 200)
        found = await code.run(port, 4, 5)
        assert (found["requests"], found["failed"]) == (200, 0)
        assert 0 < found["p50"] <= found["p99"]
        words = load.Load("code", 20)
        words.marker = b"not what the floor says"
        assert (await words.run(port, 2, 5))["failed"] == 20
        forged = load.Load("code", 10)
        forged.requests = iter([next(load.requests([load.slash("cD")], 1)).replace(b"v0=", b"v0=0", 1)] * 10)
        assert (await asyncio.wait_for(forged.run(port, 1, 5), 10))["failed"] == 10


def test_no_two_requests_are_alike():
    made = list(load.requests([load.slash("cD"), load.click()], 50))
    assert len(set(made)) == 50


def test_the_log_is_counted_as_a_slow_reader_counts_it(tmp_path: Path):
    block = logs.template(4_000)
    path = tmp_path / "x.log"
    path.write_bytes(block)
    expected: Counter[str] = Counter()
    for line in block.decode().splitlines():
        words = line.split(" ")
        if " is DOWN" not in line and "SSL handshake" not in line:
            expected[words[14] if words[7] == "web" else words[11]] += 1
    assert dict(expected) == summarise_files([path]).states
    assert b"SC-- 1/1/1/1/0" in block
    assert len(b"".join(chain.from_iterable([logs.stream(3 * len(block))]))) >= 3 * len(block)


def test_rounds_alternate_and_rows_judge():
    order: list[str] = []
    found = rounds(3, {name: lambda name=name: order.append(name) or len(order) for name in "ab"})
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert ratio(found["b"], found["a"]) == 1.2
    verdicts = [Row("x", value, 0.6, 0.9, True).verdict() for value in (0.5, 0.7, 0.95, None)]
    assert verdicts == ["missed", "reached", "beyond", "not measured"]
    assert [Row("x", value, 1.5, 1.0).verdict() for value in (2, 1.2, 0.9)] == ["missed", "reached", "beyond"]


def test_every_reason_belongs_to_a_row_of_the_table():
    table = (ROOT / "docs" / "performance.md").read_text("utf-8").splitlines()
    rows = [line.split(" | ")[0].removeprefix("| ") for line in table]
    for start in REASONS:
        assert any(row.startswith(start) for row in rows), start
    told = reasons(["memory over bare Starlette", "something else"])
    assert told.startswith("- **memory over bare Starlette**: ")
    assert "something else" not in told
