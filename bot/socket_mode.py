"""Socket Mode: one connection to Slack, every envelope acked, and a watchdog that replaces a connection gone deaf."""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.app import dispatch
from bot.logs import fields
from bot.payload import PayloadError, check

log = logging.getLogger(__name__)

PING_SECONDS = 10.0
DEAF_SECONDS = 60.0
"""Seconds without a working connection after which one is built anew (apps.connections.open allows one a minute)."""


class SocketMode:
    """Keeps one Socket Mode connection alive from `start()` to `stop()`."""

    def __init__(
        self, app: AsyncApp, app_token: str, *, ping: float = PING_SECONDS, deaf: float = DEAF_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._app, self._app_token = app, app_token
        self._ping, self._deaf, self._now = ping, deaf, clock
        self._client: SocketModeClient | None = None
        self._work: set[asyncio.Task[None]] = set()
        self.replaced = 0

    async def check(self) -> None:
        """Asks Slack whether the app token may connect. SlackApiError where it may not."""
        await self._app.client.apps_connections_open(app_token=self._app_token)

    async def start(self) -> None:
        """Connects in the background, and goes on trying for as long as it takes."""
        self._connect()
        self._run(self._watch())

    async def connected(self) -> bool:
        """True while the connection answers pings."""
        return self._client is not None and await self._client.is_connected()

    async def stop(self) -> None:
        """Ends the watchdog, closes the connection and waits for both."""
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)
        await self._close()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    def _connect(self) -> None:
        client = SocketModeClient(self._app_token, web_client=self._app.client, ping_interval=self._ping)
        client.socket_mode_request_listeners.append(self.handle)
        self._client = client
        self._run(client.connect())  # type: ignore[no-untyped-call]

    async def _close(self) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        try:
            async with asyncio.timeout(5):
                await client.close()  # type: ignore[no-untyped-call]
        except TimeoutError:
            log.warning("socket did not close in time")

    async def _watch(self) -> None:
        well = self._now()
        while True:
            await asyncio.sleep(self._ping)
            if await self.connected():
                well = self._now()
            elif self._now() - well > self._deaf:
                log.warning("socket deaf, building a new one", extra=fields(seconds=round(self._now() - well)))
                await self._close()
                self._connect()
                self.replaced += 1
                well = self._now()

    async def handle(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        """One envelope: what Bolt says goes back with the ack; what Bolt cannot take is acked all the same."""
        said = None
        try:
            check(request.payload)
            retry = {"x-slack-retry-num": str(request.retry_attempt)} if request.retry_attempt else {}
            answer = await dispatch(self._app, request.payload, retry)
            if answer.status == 200 and answer.body and request.accepts_response_payload:
                said = json.loads(answer.body) if answer.body.startswith("{") else {"text": answer.body}
        except PayloadError as error:
            log.warning("envelope refused", extra=fields(why=str(error)))
        except Exception:
            log.exception("envelope failed")
        try:
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, said))
        except Exception:
            log.exception("ack not sent")
