"""Socket Mode: a connection to Slack, every envelope acked, a seamless change when Slack asks for one, and a watchdog that
replaces a connection gone deaf."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.logs import begin_request, fields
from bot.once import Deliveries
from bot.payload import PayloadError, check

log = logging.getLogger(__name__)

PING_SECONDS = 10.0
DEAF_SECONDS = 60.0
"""Seconds without a working connection after which one is built anew (apps.connections.open allows one a minute)."""
FINISH_SECONDS = 3.0
"""Seconds that envelopes under way have to be acked before their connection is closed."""


class Connection(SocketModeClient):
    """A Socket Mode client that leaves it to its owner what to do when Slack says that it will disconnect."""

    def __init__(self, app_token: str, client: AsyncWebClient, ping: float, leave: Callable[["Connection", str], None]) -> None:
        super().__init__(app_token, web_client=client, ping_interval=ping)
        self.busy = 0
        self.leaving = False
        self._leave = leave

    async def run_message_listeners(self, message: dict[str, Any], raw_message: str) -> None:
        if message.get("type") == "disconnect":
            self._leave(self, str(message.get("reason")))
            return
        await super().run_message_listeners(message, raw_message)

    async def end(self, seconds: float = FINISH_SECONDS) -> None:
        """Closes after what is under way has been acked, or after `seconds`."""
        until = time.monotonic() + seconds
        while self.busy and time.monotonic() < until:
            await asyncio.sleep(0.01)
        try:
            async with asyncio.timeout(2):
                await self.close()  # type: ignore[no-untyped-call]
        except TimeoutError:
            log.warning("socket did not close in time")


class SocketMode:
    """Keeps one Socket Mode connection alive from `start()` to `stop()`."""

    def __init__(
        self, deliveries: Deliveries, client: AsyncWebClient, app_token: str, *, ping: float = PING_SECONDS,
        deaf: float = DEAF_SECONDS, clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._deliveries, self._web, self._app_token = deliveries, client, app_token
        self._ping, self._deaf, self._now = ping, deaf, clock
        self._client: Connection | None = None
        self._work: set[asyncio.Task[None]] = set()
        self.replaced = 0

    async def check(self) -> None:
        """Asks Slack whether the app token may connect. SlackApiError where it may not."""
        await self._web.apps_connections_open(app_token=self._app_token)

    async def start(self) -> None:
        """Connects in the background, and goes on trying for as long as it takes."""
        self._connect()
        self._run(self._watch())

    async def connected(self) -> bool:
        """True while the connection answers pings."""
        return self._client is not None and await self._client.is_connected()

    async def stop(self) -> None:
        """Ends the watchdog, lets what is under way be acked, and closes the connection. Slack sends on until then: events
        that come now are left unacked, for another process or the next one."""
        if self._client is not None:
            self._client.leaving = True
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)
        await self._close()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    def _new(self) -> Connection:
        connection = Connection(self._app_token, self._web, self._ping, self._leave)
        connection.socket_mode_request_listeners.append(self.handle)
        return connection

    def _connect(self) -> None:
        self._client = self._new()
        self._run(self._client.connect())  # type: ignore[no-untyped-call]

    async def _close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.end()

    def _leave(self, connection: Connection, reason: str) -> None:
        """Slack will end a connection: the next one is opened before, unless there are too many of them already."""
        if connection is self._client:
            log.info("socket to be replaced", extra=fields(reason=reason[:40]))
            self._run(self._change(connection, first=reason != "too_many_websockets"))

    async def _change(self, old: Connection, *, first: bool) -> None:
        if not first:
            await old.end(0)
            await asyncio.sleep(self._ping)
        self._client = self._new()
        await self._client.connect()  # type: ignore[no-untyped-call]
        if first:
            await old.end()

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
        """One envelope: what Bolt says goes back with the ack; what Bolt cannot take is acked all the same.

        Only an event that should come again is not acked: Slack then delivers it to whichever connection is well.
        """
        assert isinstance(client, Connection)
        if client.leaving and request.type == "events_api":
            return
        begin_request()
        client.busy += 1
        try:
            said, acked = await self._said(request)
            if acked:
                await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, said))
        except Exception:
            log.exception("ack not sent")
        finally:
            client.busy -= 1

    async def _said(self, request: SocketModeRequest) -> tuple[Any, bool]:
        try:
            check(request.payload)
            retry = {"x-slack-retry-num": str(request.retry_attempt)} if request.retry_attempt else {}
            answer = await self._deliveries(request.payload, retry, request.envelope_id)
        except PayloadError as error:
            log.warning("envelope refused", extra=fields(why=str(error)))
            return None, True
        except Exception:
            log.exception("envelope failed")
            return None, request.type != "events_api"
        if answer.status != 200 or not answer.body or not request.accepts_response_payload:
            return None, answer.status < 500
        return msgspec.json.decode(answer.body) if answer.body.startswith(b"{") else {"text": answer.body.decode()}, True
