"""The rows of Slack's requests over HTTP: throughput, latency, start, memory, calls to Slack."""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from bot.report_child import Task
from tests.bench import servers
from tests.bench.load import questions
from tests.bench.measure import ENVIRONMENT, ROOT, Row, held, pinned, ratio, rounds

POLL = 10.0
"""Milliseconds that Bolt sleeps between two looks for an ack where it polls."""


def rows(quick: bool, log: Path) -> list[Row]:
    """All rows that need running servers. `log` is what is summarised beside the acks."""
    seconds, count = (0.7, 3) if quick else (2.0, 5)
    with servers.slack() as slack, servers.floor() as floor, servers.echo() as echo, servers.bot(slack.port) as bot:
        before = servers.counts(slack.port)["calls"]
        bot.load(64, 0.5, "code", most=64)
        after: Any = servers.counts(slack.port)["calls"]
        asked = after.get("auth.test", 0) - before.get("auth.test", 0)  # type: ignore[attr-defined]
        for server in (floor, echo, bot):
            server.load(16, 0.4, "code")
        bot.load(16, 0.4, "words")

        def at(server: servers.Server, connections: int, kind: str) -> Callable[[], dict[str, float]]:
            return lambda: server.load(connections, seconds, kind)

        found = rounds(count, {
            "floor16": at(floor, 16, "code"), "bot16": at(bot, 16, "code"), "words16": at(bot, 16, "words"),
            "new16": at(bot, 16, "new"), "echo16": at(echo, 16, "code"),
            "floor1": at(floor, 1, "code"), "bot1": at(bot, 1, "code"),
        })  # fmt: skip
        kinds = {kind: bot.load(1, seconds / 2, kind, most=1_000)["p50"] for kind in ("click", "shortcut", "closed")}
        slowest = max(kinds, key=lambda kind: kinds[kind])
        memory = held(bot.pid) / held(floor.pid)
        notes = f"{held(bot.pid):.0f} MB after the load; bare Bolt {held(echo.pid):.0f} MB"
        summarising = beside(bot, seconds, 3 if quick else 5, log)

    def rate(name: str) -> list[float]:
        return [run["rate"] for run in found[name]]

    p50 = {name: [run["p50"] for run in found[name]] for name in ("floor1", "bot1")}
    code, words, new, bare = (ratio(rate(name), rate("floor16")) for name in ("bot16", "words16", "new16", "echo16"))
    path = "signed `/haflag cD`, 16 connections: requests/s over the floor"
    poll = f"{slowest}; one that waits for a poll shows as 1 or more"
    return [
        Row(path, code, 0.60, 0.90, True, note=f"a bare Bolt echo: {bare:.2f} ×"),
        Row("the same, 1 connection: p50 over the floor's", ratio(p50["bot1"], p50["floor1"]), 1.6, 1.1),
        Row("slowest other interaction: p50 over Bolt's poll of 10 ms", kinds[slowest] / POLL, 0.5, 0.1, note=poll),
        Row("symptom question, 16 connections: requests/s over the floor", words, 0.40, 0.70, True,
            note=f"{len(questions())} questions in turn, which are kept; each asked for the first time: {new:.2f} ×"),
        *summarising,
        Row("connections that 300 Web API calls open", asyncio.run(_calls()), 2, 1, unit="connections"),
        Row("auth.test calls on 64 simultaneous first requests", asked, 1, 0, unit="calls"),
        Row("memory over bare Starlette", memory, 1.8, 1.4, note=notes),
    ]


def beside(bot: servers.Server, seconds: float, count: int, log: Path) -> list[Row]:
    """Acks while the bot's own child fetches and summarises a log on the same processor, over acks while it idles."""
    idle, busy, finished = [], [], 0
    with servers.files(log.parent) as place:
        host = f"127.0.0.1:{place.port}"
        task = Task(f"http://{host}/{log.name}", "xoxb-1", (host,), "en", 1 << 34, 1 << 34, 120)
        for _ in range(count):
            idle.append(bot.load(16, seconds, "code"))
            child = subprocess.Popen(
                pinned([sys.executable, "-m", "bot.report_child"], servers.SERVER), stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL, env=ENVIRONMENT, cwd=ROOT,
            )  # fmt: skip
            assert child.stdin is not None
            child.stdin.write(msgspec.json.encode(task))
            child.stdin.close()
            time.sleep(0.5)
            busy.append(bot.load(16, seconds, "code"))
            finished += child.poll() is not None
            child.kill()
            child.wait()
    note = f"{log.stat().st_size / 1e9:.1f} GB" + (f"; {finished} of {count} were read before the load ended" if finished else "")
    acks, p99 = (ratio([run[key] for run in busy], [run[key] for run in idle]) for key in ("rate", "p99"))
    return [
        Row("acks while a log is summarised on the same processor, over idle", acks, 0.90, 0.98, True, note=note),
        Row("their p99 over idle", p99, 1.5),
    ]


def soak_row(seconds: float) -> Row:
    """Half of what the server can, for `seconds`: every request answered, once and right. RuntimeError where one was not."""
    with servers.slack() as slack, servers.bot(slack.port) as bot:
        bot.load(16, 1, "code")
        most = bot.load(16, 3, "code")["rate"]
        before = held(bot.pid)
        rate = most / 2
        found = bot.load(16, seconds, "code", most=int(rate * seconds * 1.1), rate=rate)
        note = (
            f"{found['requests']:,.0f} answers in {seconds:.0f} s at {rate:,.0f}/s, none lost or wrong; "
            f"p50 {found['p50']:.1f} ms, p99 {found['p99']:.1f} ms; memory {before:.0f} → {held(bot.pid):.0f} MB"
        )
    return Row("requests/s answered at half capacity, over those sent", found["rate"] / rate, 0.98, at_least=True, note=note)


def start_row(quick: bool) -> Row:
    """From the start of the process to its first signed answer; the database is there, as after any restart."""
    with servers.slack() as slack, tempfile.TemporaryDirectory() as folder:

        def once(server: Callable[[], Any]) -> Callable[[], float]:
            def measured() -> float:
                with server() as running:
                    return float(running.ready)

            return measured

        def bot() -> Any:
            return servers.bot(slack.port, folder)

        once(bot)()
        kinds = {"floor": once(servers.floor), "bot": once(bot), "echo": once(servers.echo)}
        found = rounds(3 if quick else 5, kinds)
    note = f"{1000 * median(found['bot']):.0f} ms; a bare Bolt echo: {ratio(found['echo'], found['floor']):.2f} ×"
    return Row("start to first ack over bare Starlette", ratio(found["bot"], found["floor"]), 2.6, 1.5, note=note)


async def _calls() -> int:
    """Connections that 300 calls of the Web API open, one after the other, through the bot's own client."""
    from bot.app import http_session, web_client
    from bot.settings import Settings

    with servers.slack() as slack:
        before: Any = servers.counts(slack.port)["connections"]
        async with http_session() as session:
            client = web_client(Settings(api_url=f"http://127.0.0.1:{slack.port}/api/"), session)
            for _ in range(300):
                await client.chat_postMessage(channel="C1", text="x", token="xoxb-1")
        after: Any = servers.counts(slack.port)["connections"]
    return int(after - before)
