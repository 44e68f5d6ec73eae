"""Processes that are killed: what was confirmed is kept, what was not answered is answered by another, once."""

import asyncio
import json
import os
import random
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp

from bot.store import open_store
from tests.bot.conftest import fresh_database
from tests.bot.slack_stub import JSON, SECRET, TEAM, USER, SlackStub, running_stub, signed

WRITER = """
import asyncio, sys
from pathlib import Path
from bot.store import open_store

async def main():
    store = await open_store(None, Path(sys.argv[1]))
    async def write(n):
        while True:
            note = await store.add_note("T1", "sC", "a note", "", f"U{n}")
            print(note.id, flush=True)
    await asyncio.gather(*(write(n) for n in range(4)))

asyncio.run(main())
"""


async def test_sqlite_keeps_every_confirmed_note_through_kill_9(tmp_path: Path):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, str(tmp_path), stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert process.stdout is not None
    confirmed = {(await asyncio.wait_for(process.stdout.readline(), 30)).strip() for _ in range(random.randint(20, 90))}
    process.kill()
    confirmed.update(line for line in (await process.stdout.read()).splitlines() if len(line) == 32)
    await process.wait()
    store = await open_store(None, tmp_path)
    assert confirmed <= {note.id.encode() for note in await store.notes("T1")}
    await store.close()


class Calls(list[tuple[str, dict[str, Any]]]):
    """The calls of a stub; what was posted is `posts` too, for whoever reads the conversation."""

    def __init__(self, slack: SlackStub) -> None:
        self.posts: list[dict[str, Any]] = []
        slack.answers["conversations.replies"] = (200, {"ok": True, "messages": self.posts})

    def append(self, call: tuple[str, dict[str, Any]]) -> None:
        super().append(call)
        if call[0] == "chat.postMessage":
            self.posts.append({**call[1], "ts": f"{len(self.posts)}.9"})


class Running:
    """`haflag serve` as a process of its own; `log` is everything that it wrote."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self.process, self.log, self.url = process, log, ""

    async def ready(self) -> None:
        async with asyncio.timeout(60):
            while not self.url:
                for line in self.log.read_text("utf-8").splitlines():
                    said = json.loads(line)
                    if said["message"] == "serving":
                        self.url = f"http://127.0.0.1:{said['port']}"
                await asyncio.sleep(0.02)


async def start(slack: SlackStub, folder: Path, database: str, name: str) -> Running:
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "HAFLAG_", "DATABASE_URL", "PORT"))}
    log = folder / f"{name}.log"
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", cwd=folder, stdout=out, stderr=out,
            env={
                **keep, "PYTHONPATH": os.pathsep.join(sys.path), "PORT": "0", "HAFLAG_HOST": "127.0.0.1",
                "HAFLAG_RATE_LIMIT": "0", "DATABASE_URL": database, "SLACK_BOT_TOKEN": "xoxb-1-of-tests",
                "SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": f"{slack.base}/api/",
            },
        )  # fmt: skip
    return Running(process, log)


async def deliver(session: aiohttp.ClientSession, processes: list[Running], number: int, kind: str) -> int:
    """One event as Slack delivers it: again, some times, until it is acked; by turns to each process. The attempts."""
    event = {"type": kind, "user": USER, "channel": "C1", "ts": f"{number}.5", "text": "<@U0BOT00001> cD"}
    payload = {"type": "event_callback", "team_id": TEAM, "event_id": f"Ev{kind}{number}", "event": event}
    body = json.dumps(payload).encode()
    for attempt in range(8):
        url = processes[(number + attempt) % len(processes)].url
        try:
            async with session.post(
                f"{url}/slack/events", data=body, headers=signed(body, JSON), timeout=aiohttp.ClientTimeout(total=3)
            ) as answer:
                if answer.status == 200:
                    return attempt + 1
        except (aiohttp.ClientError, TimeoutError):
            pass
        await asyncio.sleep(0.1 * attempt)
    return 0


async def test_two_processes_on_one_database_one_of_them_killed_answer_everything_once(postgres: str, tmp_path: Path):
    database = await fresh_database(postgres)
    async with running_stub() as slack, aiohttp.ClientSession() as session:
        slack.calls = calls = Calls(slack)
        processes = [await start(slack, tmp_path, database, name) for name in "ab"]
        await asyncio.gather(*(process.ready() for process in processes))
        await slack.until(lambda: [m for m, _ in calls].count("auth.test") == 2, 20)
        events = [
            asyncio.create_task(deliver(session, processes, n, kind)) for n in range(60) for kind in ("app_mention", "message")
        ]
        await slack.until(lambda: len(calls.posts) > 10, 20)
        processes[0].process.kill()
        attempts = await asyncio.gather(*events)
        processes[1].process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(processes[1].process.wait(), 10)
    assert 0 not in attempts
    answered = Counter(post["metadata"]["event_payload"]["mark"] for post in calls.posts)
    assert answered == Counter({f"message:{TEAM}:C1:{n}.5": 1 for n in range(60)})
    assert processes[1].process.returncode == 0
    for process in processes:
        log = process.log.read_text("utf-8")
        assert "Traceback" not in log
        for secret in (SECRET, "xoxb-1-of-tests", "cD", database):
            assert secret not in log


async def test_a_signal_ends_a_process_that_is_still_starting(tmp_path: Path):
    async with running_stub() as slack:
        slack.answers["auth.test"] = (429, {"ok": False, "error": "ratelimited"})
        process = await start(slack, tmp_path, "", "a")
        await process.ready()
        await slack.until(lambda: slack.calls, 20)
        process.process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.process.wait(), 10) == 0
