"""Files that people drop: fetched by a real child from a real server, with limits, and the token for Slack's hosts alone."""

import asyncio
import gzip
import os
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import zstandard
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot import report_child, reports
from bot.reports import FileRefused, Reports

LINE = (
    "Jan  2 03:04:05 lb1 haproxy[7]: 192.0.2.1:4711 [02/Jan/2026:03:04:05.006] www app/s1 0/0/-1/-1/3003 503 217 - - sC-- "
    '9/9/2/0/3 0/0 "GET / HTTP/1.1"\n'
)
LOG = (LINE * 2000).encode()
TOKEN = "xoxb-the-token"


class Host:
    """A stand-in for Slack's file server; `given` are the tokens that came."""

    def __init__(self) -> None:
        self.given: list[str] = []
        self.bodies: dict[str, bytes] = {}
        self.base = self.other = ""

    async def file(self, request: web.Request) -> web.StreamResponse:
        self.given.append(request.headers.get("Authorization", ""))
        match request.match_info["name"]:
            case "away":
                raise web.HTTPFound(f"{self.other}/plain")
            case "round":
                raise web.HTTPFound("/round")
            case "near":
                raise web.HTTPFound("/plain")
            case "login":
                return web.Response(text="<!DOCTYPE html><title>Sign in", content_type="text/html")
            case "login-as-text":
                return web.Response(text="\n<!DOCTYPE html><title>Sign in", content_type="text/plain")
            case "gone":
                raise web.HTTPNotFound
            case "cut":
                response = web.StreamResponse(headers={"Content-Length": str(len(LOG))})
                await response.prepare(request)
                await response.write(LOG[:1000])
                assert request.transport is not None
                request.transport.abort()
                return response
            case "silent":
                await asyncio.sleep(30)
        return web.Response(body=self.bodies[request.match_info["name"]])


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    made = Host()
    app = web.Application()
    app.router.add_get("/{name}", made.file)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    for _ in range(2):
        await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.base, made.other = (f"http://127.0.0.1:{address[1]}" for address in runner.addresses)
    made.bodies["plain"] = LOG
    yield made
    await runner.cleanup()


async def ask(host: Host, name: str, **file: Any) -> reports.FileReport:
    client = AsyncWebClient(token=TOKEN)
    url = name if "/" in name else f"{host.base}/{name}"
    return await Reports((host.base.split("//")[1],)).of_file(client, {"id": "F1", "url_private_download": url, **file}, "en")


async def refused(host: Host, name: str, **file: Any) -> tuple[str, dict[str, object]]:
    with pytest.raises(FileRefused) as caught:
        await ask(host, name, **file)
    return caught.value.key, caught.value.words


async def test_plain_and_packed_files_give_one_report(host: Host):
    host.bodies["gz"], host.bodies["zst"] = gzip.compress(LOG), zstandard.compress(LOG)
    found = await asyncio.gather(*(ask(host, name) for name in ("plain", "gz", "zst", "near")))
    assert all(report.answer == found[0].answer for report in found)
    assert "2,000" in str(found[0].answer)
    assert found[0].png.startswith(b"\x89PNG")
    assert set(host.given) == {f"Bearer {TOKEN}"}


async def test_the_token_goes_nowhere_else(host: Host):
    assert await refused(host, f"{host.other}/plain") == ("file_elsewhere", {})
    for url in ("https://evil.example.com/x", "file:///etc/passwd", "https://[::1", "", "ftp://127.0.0.1/x"):
        assert (await refused(host, url or "/"))[0] == "file_elsewhere"
    assert host.given == []
    assert await refused(host, "away") == ("missing_scope", {"scope": "files:read"})
    assert host.given == [f"Bearer {TOKEN}"]


def test_which_addresses_are_allowed():
    hosts = ("files.example.com", "files.example.com:8443", "127.0.0.1:9")
    for url in ("https://files.example.com/a", "https://FILES.example.com:443/a", "https://files.example.com:8443/a", "http://127.0.0.1:9/"):
        assert report_child.allowed(url, hosts)
    for url in (
        "http://files.example.com/a", "https://files.example.com@evil.example.org/", "https://evil.example.org/files.example.com",
        "https://u:p@files.example.com/", "https://files.example.com.evil.example.org/", "https://files.example.com:1/", "http://127.0.0.1/",
    ):  # fmt: skip
        assert not report_child.allowed(url, hosts)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("login", "missing_scope"), ("login-as-text", "missing_scope"), ("gone", "file_failed"), ("cut", "file_failed"),
        ("round", "file_failed"), ("binary", "file_unreadable"), ("late", "file_unreadable"),
        ("half", "file_unreadable"), ("halfz", "file_unreadable"),
    ],
)  # fmt: skip
async def test_what_is_no_log_is_refused_in_words(host: Host, name: str, key: str):
    host.bodies["late"] = b"\x7fELF" + b"\x01" * 2000 + b"\0" * 10
    host.bodies["binary"] = b"\x89PNG\r\n\0\0\0" + os.urandom(3000)
    host.bodies["half"] = gzip.compress(os.urandom(50_000))[:9_000]
    host.bodies["halfz"] = b"\x28\xb5\x2f\xfd" + os.urandom(500)
    assert (await refused(host, name))[0] == key


async def test_limits_hold_packed_and_unpacked(host: Host, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reports, "MEGABYTES", 1)
    monkeypatch.setattr(reports, "UNPACKED_MEGABYTES", 8)
    host.bodies["big"] = b"x" * (2 << 20)
    host.bodies["bomb"] = gzip.compress(b"\n" * (64 << 20))
    host.bodies["zbomb"] = zstandard.compress(b"\n" * (64 << 20))
    assert await refused(host, "big") == ("file_large", {"megabytes": 1})
    assert await refused(host, "plain", size=5 << 20) == ("file_large", {"megabytes": 1})
    for name in ("bomb", "zbomb"):
        assert await refused(host, name) == ("file_large", {"megabytes": 8})


async def test_time_is_limited_and_the_child_ends(host: Host, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reports, "READ_SECONDS", 1)
    started = time.monotonic()
    assert (await refused(host, "silent"))[0] == "file_slow"
    assert time.monotonic() - started < 5


async def test_a_crowd_is_told_to_come_back(host: Host, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reports, "WAITING", 0)
    many = Reports((host.base.split("//")[1],))
    asked = [many.of_file(AsyncWebClient(token=TOKEN), {"url_private_download": f"{host.base}/plain"}, "en") for _ in range(4)]
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(f, reports.FileReport) for f in found) == 2
    assert [f.key for f in found if isinstance(f, FileRefused)] == ["file_busy", "file_busy"]


async def test_the_child_knows_no_secret_and_shows_none(host: Host, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hunter2@db.example.com/x")
    seen: list[str] = []
    real = asyncio.create_subprocess_exec

    async def watched(*args: Any, **how: Any) -> asyncio.subprocess.Process:
        seen.append(repr((args, how)))
        return await real(*args, **how)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", watched)
    await ask(host, "plain")
    assert len(seen) == 1
    assert TOKEN not in seen[0]
    assert "hunter2" not in seen[0]
    assert host.base not in seen[0]


