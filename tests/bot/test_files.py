"""Log files dropped into a conversation: read with limits, from Slack's hosts only, reported in one message."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.bot.slack_stub import USER
from tests.bot.talking import CHANNEL, DIRECT, LINE, Talk, talking, title, words

LOG = "\n".join(LINE.replace("03:12:", f"03:{minute}:") for minute in (12, 12, 12, 14, 15)).encode() + b"\n"


class Files:
    """A file host that wants the bot's token."""

    def __init__(self) -> None:
        self.content: dict[str, bytes] = {}
        self.tokens: list[str] = []
        self.base = ""

    async def serve(self, request: web.Request) -> web.Response:
        self.tokens.append(request.headers.get("Authorization", ""))
        if request.match_info["name"] == "login":
            return web.Response(text="<html>Sign in</html>", content_type="text/html")
        if request.match_info["name"] == "moved":
            raise web.HTTPFound("http://192.0.2.1/elsewhere")
        return web.Response(body=self.content[request.match_info["name"]], content_type="text/plain")

    def file(self, name: str, content: bytes = LOG, **more: Any) -> dict[str, Any]:
        self.content[name] = content
        found = {"id": "F1", "name": name, "size": len(content), "url_private_download": f"{self.base}/files/{name}"}
        return found | more


@pytest.fixture
async def files() -> AsyncIterator[Files]:
    host = Files()
    app = web.Application()
    app.router.add_get("/files/{name}", host.serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield host
    await runner.cleanup()


@pytest.fixture
async def dropping(tmp_path: Path, files: Files) -> AsyncIterator[Talk]:
    async with talking(tmp_path, file_hosts=(files.base.removeprefix("http://"),)) as talk:
        yield talk


async def drop(talk: Talk, *found: dict[str, Any]) -> None:
    await talk.direct("", subtype="file_share", files=list(found))


@pytest.mark.parametrize("packed", [False, True])
async def test_a_log_becomes_a_report_with_its_chart_in_place_of_the_first_word(dropping: Talk, files: Files, packed: bool):
    await drop(dropping, files.file("haproxy.log", gzip.compress(LOG) if packed else LOG))
    assert "Reading" in title(dropping.posted[0])
    [report] = dropping.updated
    assert "5 of 5 sessions failed" in title(report)
    assert "█" in words(report["blocks"])
    assert "haproxy.log" in words(report["blocks"])
    assert "4111" not in str(report)
    assert files.tokens == ["Bearer xoxb-1"]


async def test_a_mention_with_a_file_is_reported_in_its_thread_once(dropping: Talk, files: Files):
    file = files.file("haproxy.log")
    ts = await dropping.mention("", files=[file])
    event = {"type": "message", "subtype": "file_share", "channel_type": "channel", "channel": CHANNEL, "user": USER}
    await dropping.event({**event, "text": f"<@U0BOT00001> {''}", "ts": ts, "files": [file]})
    assert len(dropping.posted) == 1
    assert dropping.posted[0]["thread_ts"] == ts


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"url_private_download": "https://evil.example.com/x"}, "not stored by Slack"),
        ({"url_private_download": "https://files.slack.com/x"}, "not stored by Slack"),
        ({"size": 900 << 20}, "larger than"),
    ],
)
async def test_files_that_are_not_fetched(dropping: Talk, files: Files, more: dict[str, Any], said: str):
    await drop(dropping, files.file("a.log") | more)
    assert said in dropping.updated[0]["text"]
    assert files.tokens == [], "the token goes nowhere"


@pytest.mark.parametrize("name", ["login", "moved"])
async def test_a_sign_in_page_is_a_missing_permission(dropping: Talk, files: Files, name: str):
    await drop(dropping, files.file(name))
    assert "files:read" in dropping.updated[0]["text"]


async def test_a_file_whose_address_slack_hides_is_asked_for(dropping: Talk, files: Files):
    file = files.file("a.log")
    dropping.slack.answers["files.info"] = (200, {"ok": True, "file": file})
    await drop(dropping, {"id": "F1", "name": "a.log", "file_access": "check_file_info"})
    assert "5 of 5" in title(dropping.updated[0])
    dropping.refuse("files.info", "missing_scope", needed="files:read")
    await drop(dropping, {"id": "F1", "name": "a.log"})
    assert "files:read" in dropping.updated[1]["text"]


async def test_a_damaged_archive_is_said(dropping: Talk, files: Files):
    await drop(dropping, files.file("a.gz", b"\x1f\x8b\x08\x00broken"))
    assert "neither text nor" in dropping.updated[0]["text"]


async def test_files_without_a_state_are_said_plainly(dropping: Talk, files: Files):
    await drop(dropping, files.file("notes.txt", b"buy milk\n"))
    assert "No termination state" in title(dropping.updated[0])


async def test_only_the_first_files_of_a_heap_are_read(dropping: Talk, files: Files):
    await drop(dropping, *(files.file(f"{n}.log") for n in range(5)))
    assert len(dropping.updated) == 3
    assert "first 3" in words(dropping.updated[-1]["blocks"])
    assert all(said["channel"] == DIRECT for said in dropping.posted)


async def test_the_message_shortcut_reads_a_file_into_its_window(dropping: Talk, files: Files):
    message = {"ts": "1.1", "text": "", "files": [files.file("haproxy.log")]}
    await dropping.interaction("message_action", callback_id="explain_log", message=message, channel={"id": CHANNEL})
    assert "Reading" in words(dropping.windows[0]["blocks"])
    assert "5 of 5" in title(dropping.called("views.update")[0]["view"])
