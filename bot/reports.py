"""A log file that somebody dropped → the answer about it: fetched with limits, from Slack's hosts only, read by a child.

The token goes to the hosts of `HAFLAG_FILE_HOSTS` and nowhere else, never along a redirect. Nothing touches a disk.
"""

import asyncio
import base64
import logging
import sys
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import api_errors
from bot.logs import fields
from bot.metrics import Metrics
from bot.settings import SLACK_FILE_HOSTS
from knowledge.answer_model import Answer
from knowledge.model import Language

log = logging.getLogger(__name__)

MEGABYTES = 200
"""Most of a file, packed or not, that is fetched."""
READ_SECONDS = 120
"""How long fetching and reading one file may take."""
AT_ONCE = 2
"""Files read at the same time by one process."""
ANSWER_BYTES = 8 << 20


class FileRefused(Exception):
    """A file that cannot be read: `key` and `words` are the sentence of `phrases/slack_talk.toml` that says why."""

    def __init__(self, key: str, **words: object) -> None:
        super().__init__(key)
        self.key, self.words = key, words


class FileReport(msgspec.Struct, frozen=True):
    """What a file holds, and the picture of its failures over time (empty where its lines have no dates)."""

    answer: Answer
    png: bytes = b""


class Reports:
    """Reads files for people; a few at a time."""

    def __init__(self, hosts: Sequence[str] = SLACK_FILE_HOSTS, metrics: Metrics | None = None) -> None:
        self._metrics = metrics or Metrics()
        self._hosts = frozenset(hosts)
        self._free = asyncio.Semaphore(AT_ONCE)

    async def of_file(self, client: AsyncWebClient, file: dict[str, Any], language: Language) -> FileReport:
        """The report on one of Slack's file objects. FileRefused says in words why there is none."""
        async with self._free:
            try:
                async with asyncio.timeout(READ_SECONDS):
                    return await self._of_file(client, file, language)
            except TimeoutError:
                raise FileRefused("file_slow", seconds=READ_SECONDS) from None
            except (aiohttp.ClientError, OSError) as error:
                log.warning("file not read", extra=fields(error=type(error).__name__))
                raise FileRefused("file_failed") from None

    async def _of_file(self, client: AsyncWebClient, file: dict[str, Any], language: Language) -> FileReport:
        if not file.get("url_private_download"):
            file = await _info(client, str(file.get("id", "")))
        url = urlsplit(str(file.get("url_private_download") or file.get("url_private") or ""))
        local = url.hostname in ("127.0.0.1", "::1", "localhost")
        if url.netloc.lower() not in self._hosts or (url.scheme != "https" and not (local and url.scheme == "http")):
            raise FileRefused("file_elsewhere")
        if int(file.get("size") or 0) > MEGABYTES << 20:
            raise FileRefused("file_large", megabytes=MEGABYTES)
        session = client.session
        assert session is not None
        headers = {"Authorization": f"Bearer {client.token}"}
        async with session.get(
            url.geturl(), headers=headers, allow_redirects=False, timeout=aiohttp.ClientTimeout(total=READ_SECONDS)
        ) as answer:
            if answer.status != 200 or answer.content_type == "text/html":
                # Slack shows a sign-in page, with status 200 or a redirect to it, to tokens that may not read files.
                raise FileRefused("missing_scope", scope="files:read")
            return await _read(answer.content, language)


async def _info(client: AsyncWebClient, id: str) -> dict[str, Any]:
    try:
        return dict((await client.files_info(file=id))["file"])
    except SlackApiError as error:
        if api_errors.code(error) == "missing_scope":
            raise FileRefused("missing_scope", scope="files:read") from None
        raise FileRefused("file_failed") from None


async def _read(content: aiohttp.StreamReader, language: Language) -> FileReport:
    """Pours what arrives into a child that counts it and hands back the finished answer."""
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.report_child", language, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL,
        limit=ANSWER_BYTES,
    )  # fmt: skip
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        reading = asyncio.create_task(child.stdout.read(ANSWER_BYTES))
        received = 0
        try:
            async for chunk in content.iter_chunked(1 << 18):
                received += len(chunk)
                if received > MEGABYTES << 20:
                    raise FileRefused("file_large", megabytes=MEGABYTES)
                child.stdin.write(chunk)
                await child.stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            pass  # the child gave up on what it read; its exit status says so
        finally:
            child.stdin.close()
        said = await reading
        if await child.wait() != 0:
            raise FileRefused("file_unreadable")
        found = msgspec.json.decode(said, type=dict[str, Any])
        return FileReport(msgspec.convert(found["answer"], Answer), base64.b64decode(found["png"]))
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
