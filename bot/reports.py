"""A log file that somebody dropped → the answer about it: fetched with limits, from Slack's hosts only, by a child.

The token goes to the hosts of `HAFLAG_FILE_HOSTS` and nowhere else. Nothing touches a disk.
"""

import asyncio
import base64
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

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
"""Most of a file as Slack keeps it, packed or not, that is fetched."""
UNPACKED_MEGABYTES = 4_000
"""Most of it unpacked: logs shrink to a tenth, bombs to a thousandth."""
READ_SECONDS = 120
"""How long fetching and reading one file may take."""
AT_ONCE = 2
"""Files read at the same time by one process."""
WAITING = 8
"""Files that wait for that at most."""
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
        self._hosts = tuple(hosts)
        self._metrics = metrics or Metrics()
        self._free = asyncio.Semaphore(AT_ONCE)
        self._asked = 0

    async def of_file(self, client: AsyncWebClient, file: dict[str, Any], language: Language) -> FileReport:
        """The report on one of Slack's file objects. FileRefused says in words why there is none."""
        if self._asked >= AT_ONCE + WAITING:
            raise self._refused(FileRefused("file_busy"))
        self._asked += 1
        try:
            async with self._free:
                found = await self._of_file(client, file, language)
        except FileRefused as refused:
            raise self._refused(refused) from None
        finally:
            self._asked -= 1
        self._metrics.files.labels("read").inc()
        return found

    def _refused(self, refused: FileRefused) -> FileRefused:
        self._metrics.files.labels(refused.key).inc()
        return refused

    async def _of_file(self, client: AsyncWebClient, file: dict[str, Any], language: Language) -> FileReport:
        if not file.get("url_private_download"):
            file = await _info(client, str(file.get("id", "")))
        if str(file.get("size") or 0).isdecimal() and int(file.get("size") or 0) > MEGABYTES << 20:
            raise FileRefused("file_large", megabytes=MEGABYTES)
        task = {
            "url": str(file.get("url_private_download") or file.get("url_private") or ""), "token": client.token or "",
            "hosts": self._hosts, "language": language, "most": MEGABYTES << 20, "most_unpacked": UNPACKED_MEGABYTES << 20,
            "seconds": READ_SECONDS,
        }  # fmt: skip
        try:
            async with asyncio.timeout(READ_SECONDS):
                said = await _child(msgspec.json.encode(task))
        except TimeoutError:
            raise FileRefused("file_slow", seconds=READ_SECONDS) from None
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            log.error("file not read", extra=fields(error=type(error).__name__))
            raise FileRefused("file_failed") from None
        match said.refused:
            case "missing_scope":
                raise FileRefused("missing_scope", scope="files:read")
            case "file_large":
                raise FileRefused("file_large", megabytes=MEGABYTES)
            case "file_bomb":
                raise FileRefused("file_large", megabytes=UNPACKED_MEGABYTES)
            case "file_slow":
                raise FileRefused("file_slow", seconds=READ_SECONDS)
            case str() as key if key:
                raise FileRefused(key)
        if said.answer is None:
            raise FileRefused("file_failed")
        return FileReport(said.answer, base64.b64decode(said.png))


class _Said(msgspec.Struct, frozen=True):
    refused: str = ""
    answer: Answer | None = None
    png: str = ""


async def _child(task: bytes) -> _Said:
    """Runs the child on a task: its address and token travel by standard input, where no process list shows them."""
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.report_child", stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL,
        env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), **_kept(os.environ)}, limit=ANSWER_BYTES,
    )  # fmt: skip
    try:
        said, _ = await child.communicate(task)
        if child.returncode or len(said) > ANSWER_BYTES:
            raise ValueError("the child failed")
        return msgspec.json.decode(said, type=_Said)
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


def _kept(environ: Mapping[str, str]) -> dict[str, str]:
    """What the child needs of the environment: how to reach Slack, and no secret."""
    names = ("PATH", "LANG", "LC_ALL", "SSL_CERT_FILE", "SSL_CERT_DIR", "SYSTEMROOT")
    return {name: value for name, value in environ.items() if name in names or name.lower() in ("https_proxy", "no_proxy")}


async def _info(client: AsyncWebClient, id: str) -> dict[str, Any]:
    try:
        return dict((await client.files_info(file=id))["file"])
    except SlackApiError as error:
        if api_errors.code(error) == "missing_scope":
            raise FileRefused("missing_scope", scope="files:read") from None
        raise FileRefused("file_failed") from None
    except (aiohttp.ClientError, TimeoutError, KeyError, TypeError):
        raise FileRefused("file_failed") from None
