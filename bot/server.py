"""HTTP: Slack's endpoint behind its guard, health, and whatever routes else are mounted; uvicorn without an access log."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hmac import compare_digest
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bot.guard import WHOLE, Guard
from bot.metrics import CONTENT_TYPE
from bot.once import Deliveries
from bot.settings import Settings

PATH = "/slack/events"
HEADER_SECONDS = 10.0
"""Seconds that a request's head may take to arrive."""
HEAD_BYTES = 300_000
"""Bytes that may arrive before the end of a request's head; the parser itself has no limit."""
CONNECTIONS = 1_000
"""Connections that are served at the same time; more get status 503."""
IDLE_SECONDS = 75
"""Seconds that a connection without a request is kept: longer than the usual load balancer's 60."""
DRAIN_SECONDS = 4
"""Seconds that requests under way have on shutdown: Slack gives them three."""

Checks = Mapping[str, Callable[[], Awaitable[bool]]]
"""What has to hold for this process to be sent work, by name."""


def asgi(settings: Settings, deliveries: Deliveries, *, checks: Checks, routes: Sequence[BaseRoute] = ()) -> ASGIApp:
    """The whole HTTP side: `/healthz`, `/readyz` with `checks`, `/metrics`, `routes`, and `/slack/events` where there is a
    signing secret."""
    bearer = settings.metrics_token

    async def healthy(request: Request) -> Response:
        return PlainTextResponse("ok")

    async def ready(request: Request) -> Response:
        # More checks join while the process starts.
        found = {name: await check() for name, check in tuple(checks.items())}
        return JSONResponse({"ready": all(found.values()), "checks": found}, 200 if all(found.values()) else 503)

    async def metrics(request: Request) -> Response:
        given = request.headers.get("authorization", "")
        if bearer is not None and not compare_digest(given.encode(), f"Bearer {bearer.reveal()}".encode()):
            return PlainTextResponse("unauthorized", 401, {"WWW-Authenticate": "Bearer"})
        return Response(deliveries.metrics.text(), headers={"content-type": CONTENT_TYPE})

    own = [Route("/healthz", healthy), Route("/readyz", ready), Route("/metrics", metrics)]
    pages = Starlette(routes=[*own, *routes])
    if settings.signing_secret is None:
        return pages
    secret = settings.signing_secret.reveal()
    return Guard(pages, path=PATH, signing_secret=secret, deliver=deliveries, metrics=deliveries.metrics)


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol that also gives up on a head that does not end: half-sent requests must not pile up."""

    _late: asyncio.TimerHandle | None = None
    _in_head = True
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._in_head = False
        self._watch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self.transport.abort()
                return
        super().data_received(data)
        # Nearly every head arrives in one piece: no timer is set for those.
        if self._in_head is (self._late is None):
            self._watch()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True

    def on_headers_complete(self) -> None:
        self._in_head, self._head_bytes = False, 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self.scope["state"][WHOLE] = True
        super().on_message_complete()

    def _watch(self) -> None:
        """Sets the timer of a head that has begun, or takes it away from one that is there."""
        if self._late is not None:
            self._late.cancel()
            self._late = None
        if self._in_head:
            self._late = self.loop.call_later(HEADER_SECONDS, self.transport.abort)


class Server(uvicorn.Server):
    """A uvicorn server whose process owns its signals: `stop()` ends it."""

    def __init__(self, app: ASGIApp) -> None:
        options: dict[str, Any] = {
            "loop": "none", "http": Protocol, "ws": "none", "lifespan": "off", "log_config": None, "access_log": False,
            "server_header": False, "proxy_headers": False, "timeout_keep_alive": IDLE_SECONDS,
            "timeout_graceful_shutdown": DRAIN_SECONDS, "limit_concurrency": CONNECTIONS,
        }  # fmt: skip
        super().__init__(uvicorn.Config(app, **options))

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def stop(self) -> None:
        self.should_exit = True


def listen(host: str, port: int) -> socket.socket:
    """A bound socket. OSError where the address is taken or not this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=2048)
